//! Keys, region and endpoint, from the variables and files that every program of AWS reads.

use std::collections::BTreeMap;
use std::fmt;

/// What a request to S3-compatible storage needs. It never prints its keys.
#[derive(Clone)]
pub struct Settings {
    key: String,
    secret: String,
    token: Option<String>,
    pub region: String,
    /// `https://…`; the scheme says whether TLS is used.
    pub endpoint: String,
    /// Whether the bucket is the first name of the path, and not of the host.
    pub path_style: bool,
}

/// Why there are no settings.
#[derive(Debug, PartialEq, Eq)]
pub enum Lacking {
    /// The profile that is asked for is in neither file.
    Profile(String),
    Keys,
}

/// The texts of the files of AWS, empty where there are none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Files<'f> {
    /// `~/.aws/credentials`
    pub credentials: &'f str,
    /// `~/.aws/config`
    pub config: &'f str,
}

type Section = BTreeMap<String, String>;

impl Settings {
    /// `variable` gives a variable of the environment that is not empty. The precedence is that of AWS: variables, then the
    /// profile in the file of credentials, then that in the file of configuration.
    pub fn read(variable: &dyn Fn(&str) -> Option<String>, files: Files<'_>) -> Result<Self, Lacking> {
        let asked = variable("AWS_PROFILE").or_else(|| variable("AWS_DEFAULT_PROFILE"));
        let profile = asked.clone().unwrap_or_else(|| "default".to_owned());
        let credentials = sections(files.credentials);
        let config = sections(files.config);
        let named = if profile == "default" { profile.clone() } else { format!("profile {profile}") };
        let kept = credentials.get(&profile);
        let set = config.get(&named).or_else(|| config.get(&format!("profile {profile}")));
        let value =
            |name: &str| kept.and_then(|section| section.get(name)).or_else(|| set.and_then(|set| set.get(name)));
        let own = variable("AWS_ACCESS_KEY_ID").zip(variable("AWS_SECRET_ACCESS_KEY"));
        if let (None, Some(asked), None, None) = (&own, asked, kept, set) {
            return Err(Lacking::Profile(asked));
        }
        let (key, secret, token) = match own {
            Some((key, secret)) => (key, secret, variable("AWS_SESSION_TOKEN")),
            None => {
                let kept = value("aws_access_key_id").zip(value("aws_secret_access_key"));
                let (key, secret) = kept.ok_or(Lacking::Keys)?;
                (key.clone(), secret.clone(), value("aws_session_token").cloned())
            }
        };
        let region = variable("AWS_REGION")
            .or_else(|| variable("AWS_DEFAULT_REGION"))
            .or_else(|| value("region").cloned())
            .unwrap_or_else(|| "us-east-1".to_owned());
        let service = value("services").and_then(|name| config.get(&format!("services {name}")));
        let endpoint = variable("AWS_ENDPOINT_URL_S3")
            .or_else(|| variable("AWS_ENDPOINT_URL"))
            .or_else(|| service?.get("s3.endpoint_url").cloned())
            .or_else(|| value("endpoint_url").cloned());
        let style = value("s3.addressing_style").map(String::as_str);
        let path_style = match style {
            Some("virtual") => false,
            Some("path") => true,
            // Names of hosts for every bucket are not what most servers have.
            _ => endpoint.is_some(),
        };
        let endpoint = endpoint.unwrap_or_else(|| {
            let tail = if region.starts_with("cn-") { ".cn" } else { "" };
            format!("https://s3.{region}.amazonaws.com{tail}")
        });
        Ok(Self { key, secret, token, region, endpoint, path_style })
    }

    pub(super) fn credentials(&self) -> rusty_s3::Credentials {
        match &self.token {
            Some(token) => rusty_s3::Credentials::new_with_token(&self.key, &self.secret, token),
            None => rusty_s3::Credentials::new(&self.key, &self.secret),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// The sections of such a file. A key below an indented group, as `endpoint_url` below `s3 =`, is `s3.endpoint_url`.
fn sections(text: &str) -> BTreeMap<String, Section> {
    let mut sections: BTreeMap<String, Section> = BTreeMap::new();
    let mut section = String::new();
    let mut group = String::new();
    for line in text.lines() {
        let kept = line.trim();
        if kept.is_empty() || kept.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = kept.strip_prefix('[') {
            let name = name.split(']').next().unwrap_or(name);
            section = name.split_ascii_whitespace().collect::<Vec<_>>().join(" ").replace('"', "");
            group.clear();
            sections.entry(section.clone()).or_default();
        } else if let Some((key, value)) = kept.split_once('=') {
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            let is_below = line.starts_with([' ', '\t']) && !group.is_empty();
            let name = if is_below { format!("{group}.{key}") } else { key.clone() };
            if !is_below {
                group = if value.is_empty() { key } else { String::new() };
            }
            if !value.is_empty() {
                sections.entry(section.clone()).or_default().insert(name, value.to_owned());
            }
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::{Files, Lacking, Settings};

    const CREDENTIALS: &str = "# kept by hand\n[default]\naws_access_key_id = AKDEFAULT\naws_secret_access_key=s/e=c\n\n\
        [lab]\naws_access_key_id = AKLAB\naws_secret_access_key = secretlab\naws_session_token = token\n";
    const CONFIG: &str = "[default]\nregion = eu-west-1\n[profile lab]\nregion=lab-1\nservices = own\n\
        s3 =\n  addressing_style = virtual\n[services own]\ns3 =\n  endpoint_url = https://s3.lab.example\nsqs =\n  endpoint_url = https://sqs\n\
        [profile   \"old\"]\nendpoint_url = http://127.0.0.1:9000\naws_access_key_id = AKOLD\naws_secret_access_key = secretold\n";

    fn read(variables: &[(&str, &str)]) -> Result<Settings, Lacking> {
        let find = |name: &str| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        Settings::read(&find, Files { credentials: CREDENTIALS, config: CONFIG })
    }

    #[test]
    fn profiles_are_read_from_both_files() {
        let plain = read(&[]).unwrap();
        assert_eq!((plain.key.as_str(), plain.secret.as_str()), ("AKDEFAULT", "s/e=c"));
        assert_eq!((plain.endpoint.as_str(), plain.path_style), ("https://s3.eu-west-1.amazonaws.com", false));
        let lab = read(&[("AWS_PROFILE", "lab")]).unwrap();
        assert_eq!((lab.key.as_str(), lab.token.as_deref()), ("AKLAB", Some("token")));
        assert_eq!(
            (lab.endpoint.as_str(), lab.region.as_str(), lab.path_style),
            ("https://s3.lab.example", "lab-1", false)
        );
        let old = read(&[("AWS_PROFILE", "old")]).unwrap();
        assert_eq!((old.key.as_str(), old.path_style, old.region.as_str()), ("AKOLD", true, "us-east-1"));
    }

    #[test]
    fn variables_come_before_files() {
        let keys =
            [("AWS_ACCESS_KEY_ID", "AKENV"), ("AWS_SECRET_ACCESS_KEY", "secretenv"), ("AWS_REGION", "cn-north-1")];
        let set = read(&keys).unwrap();
        assert_eq!((set.key.as_str(), set.token.as_deref()), ("AKENV", None));
        assert_eq!(set.endpoint, "https://s3.cn-north-1.amazonaws.com.cn");
        let set = read(&[("AWS_ENDPOINT_URL", "https://a"), ("AWS_ENDPOINT_URL_S3", "https://b")]).unwrap();
        assert_eq!((set.endpoint.as_str(), set.path_style), ("https://b", true));
        // A key without its secret is none.
        assert_eq!(read(&[("AWS_ACCESS_KEY_ID", "AKENV")]).unwrap().key, "AKDEFAULT");
    }

    #[test]
    fn what_is_lacking_is_named_and_keys_are_never_printed() {
        assert_eq!(read(&[("AWS_PROFILE", "nobody")]).unwrap_err(), Lacking::Profile("nobody".to_owned()));
        let none = Settings::read(&|_| None, Files::default());
        assert_eq!(none.unwrap_err(), Lacking::Keys);
        let shown = format!("{:?}", read(&[("AWS_PROFILE", "lab")]).unwrap());
        assert!(!shown.contains("secret") && !shown.contains("AKLAB") && !shown.contains("token"), "{shown}");
    }
}
