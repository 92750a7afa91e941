//! A case with people who have keys, a server to push to, and what both do.

use super::support::{Desk, Ran};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The finding of the sound case.
pub const FINDING: &str = "f-7q2k9dm4";

/// A citation of the evidence of the sound case.
const CITATION: &str = "evidence+={ item = \"x-7q2k9dm4\", path = \"auth.log\", at = \"lines:1\" }";

/// A clone in which everybody works, and a bare repository with the hooks of a server.
pub struct Firm {
    pub desk: Desk,
    pub server: PathBuf,
}

/// The public key of a person of the tests.
pub fn public_key(name: &str) -> String {
    fs::read_to_string(keys().join(format!("{name}.pub"))).unwrap().trim().to_owned()
}

fn keys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/keys")
}

impl Firm {
    /// With alice as lead, bob as analyst, carol as reviewer, and a policy that wants one approval for what is confirmed.
    pub fn new() -> Self {
        let firm = Self::unfounded();
        firm.push("main").ok();
        firm
    }

    /// The same, and nothing was pushed yet.
    pub fn unfounded() -> Self {
        Self::of_policy("")
    }

    /// The same, with more in its policy.
    pub fn of_policy(more: &str) -> Self {
        let desk = Desk::with(|desk| {
            let carol = format!(
                "[[people]]\nhandle = \"carol\"\nname = \"Carol Example\"\nroles = [\"reviewer\"]\nteam = \"ir\"\nkeys = [\"{}\"]\n\n",
                public_key("carol")
            );
            let team = desk.read("team.toml");
            desk.write("team.toml", team.replacen("[[teams]]", &format!("{carol}[[teams]]"), 1));
            let policy = desk.read("policy.toml");
            desk.write(
                "policy.toml",
                format!("{policy}\n[[signoffs]]\nkind = \"finding\"\nstatus = [\"confirmed\"]\napprovals = 1\n{more}"),
            );
        });
        for name in ["alice", "bob", "carol", "mallory"] {
            let key = desk.sandbox.path(name);
            fs::copy(keys().join(name), &key).unwrap();
            fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let server = desk.sandbox.path("server.git");
        desk.sandbox.git(&desk.top, &["init", "-q", "--bare", "-b", "main", server.to_str().unwrap()]).ok();
        desk.sandbox.casebook(&server, &["hook", "install", "--server"]).ok();
        desk.git(&["remote", "add", "origin", server.to_str().unwrap()]).ok();
        Self { desk, server }
    }

    pub fn push(&self, reference: &str) -> Ran {
        self.desk.git(&["push", "-q", "origin", reference])
    }

    /// Signs as somebody, with their key.
    pub fn sign(&self, who: &str, arguments: &[&str]) -> Ran {
        let key = self.desk.sandbox.path(who);
        self.desk.casebook(&[&["sign", "--by", who, "--key", key.to_str().unwrap()], arguments].concat())
    }

    /// Signs with a key of one's choice a text of one's choice, and puts it where sign-offs are.
    pub fn forge(&self, key: &str, text: &str, namespace: &str) {
        let signer = text.lines().find_map(|line| line.strip_prefix("signer: ")).unwrap();
        let name = casebook::review::name_of(text.as_bytes(), &signer.parse().unwrap());
        let path = self.desk.path(&format!("signoffs/{name}.stmt"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let key = self.desk.sandbox.path(key);
        let arguments = ["-q", "-Y", "sign", "-n", namespace, "-f", key.to_str().unwrap(), path.to_str().unwrap()];
        self.desk.sandbox.run("ssh-keygen", &self.desk.top, &arguments).ok();
    }

    /// Makes the finding a confirmed one, with what the rules ask of such.
    pub fn confirm(&self) {
        self.desk
            .casebook(&[
                "set",
                FINDING,
                "status=confirmed",
                "confidence=high",
                "reason=two sources agree",
                "severity=high",
                CITATION,
            ])
            .ok();
    }

    /// The state of an item, by `casebook signoffs`.
    pub fn state(&self, item: &str) -> String {
        let ran = self.desk.casebook(&["signoffs", item, "--format", "json"]);
        let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.text()));
        value[0]["state"].as_str().unwrap().to_owned()
    }

    /// The server refuses a push of the branch, with this in what it says.
    #[track_caller]
    pub fn is_refused(&self, reference: &str, with: &str) {
        let before = self.desk.sandbox.git(&self.server, &["for-each-ref"]).ok().stdout;
        let ran = self.push(reference);
        assert_ne!(ran.code, 0, "the server took it: {}", ran.text());
        assert!(ran.stderr.contains(with), "not `{with}`:\n{}", ran.stderr);
        assert_eq!(self.desk.sandbox.git(&self.server, &["for-each-ref"]).ok().stdout, before);
        let is_pushed_before = self.desk.git(&["rev-parse", "-q", "--verify", "origin/main"]).code == 0;
        if reference == "main" && with.starts_with("error[") && is_pushed_before {
            self.is_found(with);
        }
    }

    /// A forge that runs no hooks has a workflow, whose one command says the same of what would be pushed to the protected branch.
    #[track_caller]
    fn is_found(&self, what: &str) {
        let ran = self.desk.casebook(&["check", "--range", "origin/main..main", "--protected"]).code(1);
        assert!(ran.stdout.contains(what), "not `{what}`:\n{}", ran.text());
    }

    /// Another clone of the server.
    pub fn clone(&self, name: &str) -> PathBuf {
        let folder = self.desk.sandbox.path(name);
        self.desk
            .sandbox
            .git(&self.desk.top, &["clone", "-q", self.server.to_str().unwrap(), folder.to_str().unwrap()])
            .ok();
        folder
    }
}
