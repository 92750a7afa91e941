//! OpenIOC 1.0 (Mandiant): one indicator that is met by any of the values that the case calls malicious or suspicious.

use super::format::{Export, File};
use super::source::{Source, seconds, tlp};
use crate::model::Indicator;
use crate::values::vocabulary::{IndicatorType, Verdict};

/// What a value is compared with: the document, the search in it, the type of content.
fn term(kind: IndicatorType) -> Option<(&'static str, &'static str, &'static str)> {
    use IndicatorType as Type;
    Some(match kind {
        Type::IpSrc => ("PortItem", "PortItem/localIP", "IP"),
        Type::IpDst => ("PortItem", "PortItem/remoteIP", "IP"),
        Type::Domain | Type::Hostname => ("Network", "Network/DNS", "string"),
        Type::Url => ("Network", "Network/URI", "string"),
        Type::UserAgent => ("Network", "Network/UserAgent", "string"),
        Type::Email | Type::EmailSrc => ("Email", "Email/From", "string"),
        Type::EmailDst => ("Email", "Email/To", "string"),
        Type::EmailSubject => ("Email", "Email/Subject", "string"),
        Type::Md5 => ("FileItem", "FileItem/Md5sum", "md5"),
        Type::Sha1 => ("FileItem", "FileItem/Sha1sum", "sha1"),
        Type::Sha256 => ("FileItem", "FileItem/Sha256sum", "sha256"),
        Type::Filename => ("FileItem", "FileItem/FileName", "string"),
        Type::Regkey => ("RegistryItem", "RegistryItem/KeyPath", "string"),
        Type::Mutex => ("ProcessItem", "ProcessItem/HandleList/Handle/Name", "string"),
        Type::NamedPipe => ("ProcessItem", "ProcessItem/HandleList/Handle/Name", "string"),
        Type::WindowsServiceName => ("ServiceItem", "ServiceItem/name", "string"),
        Type::WindowsScheduledTask => ("TaskItem", "TaskItem/Name", "string"),
        Type::Process => ("ProcessItem", "ProcessItem/name", "string"),
        Type::CommandLine => ("ProcessItem", "ProcessItem/arguments", "string"),
        _ => return None,
    })
}

pub fn export(source: &Source<'_>) -> Export {
    let mut items = String::new();
    let mut refused = Vec::new();
    for (entry, indicator) in source.case().indicators().filter(|(_, indicator)| counts(indicator)) {
        let Some((document, search, kind)) = term(indicator.r#type) else {
            refused.push((entry.id(), format!("OpenIOC has no term for `{}`", indicator.r#type)));
            continue;
        };
        let about = indicator
            .description
            .as_ref()
            .map(|text| format!("        <Comment>{}</Comment>\n", escaped(text.as_str())));
        items.push_str(&format!(
            "      <IndicatorItem id=\"{}\" condition=\"is\">\n        <Context document=\"{document}\" search=\"{search}\" type=\"mir\"/>\n        <Content type=\"{kind}\">{}</Content>\n{}      </IndicatorItem>\n",
            source.uuid(entry.id()),
            escaped(indicator.value.as_str()),
            about.unwrap_or_default(),
        ));
    }
    let lead = source.case().record.as_ref().and_then(|record| record.value.lead.as_ref());
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ioc xmlns=\"http://schemas.mandiant.com/2010/ioc\" id=\"{}\" last-modified=\"{}\">\n  <short_description>{}</short_description>\n  <description>{}, case {}, commit {}</description>\n  <authored_by>{}</authored_by>\n  <authored_date>{}</authored_date>\n  <links/>\n  <definition>\n    <Indicator operator=\"OR\" id=\"{}\">\n{items}    </Indicator>\n  </definition>\n</ioc>\n",
        source.uuid("openioc"),
        xml_time(source.at),
        escaped(source.title()),
        tlp(source.told.marking),
        escaped(&source.told.case_id),
        source.commit,
        escaped(lead.map_or("casebook", |lead| source.name(lead))),
        xml_time(source.began),
        source.uuid("openioc indicator"),
    );
    Export { files: vec![File::new("case.ioc", text)], refused }
}

/// Whether it is something to look for: neither benign nor one's own.
fn counts(indicator: &Indicator) -> bool {
    matches!(indicator.verdict, Verdict::Malicious | Verdict::Suspicious) && indicator.never_defang != Some(true)
}

/// A time as the schema has it: to the second, without a zone.
fn xml_time(at: jiff::Timestamp) -> String {
    seconds(at).trim_end_matches('Z').to_owned()
}

/// A text in XML 1.0, which has no place for control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' => escaped.push(character),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
