//! Observables: the values that they are, and when they were observed.

use super::{Bundle, JOINED, One, make, time};
use crate::import::neighbour::entries::mark;
use crate::import::neighbour::fields::Fields;
use crate::import::neighbour::prose::Prose;
use crate::import::neighbour::words;
use crate::import::{Made, Making, Outcome};
use crate::ingest::json::text;
use crate::values::EntryId;
use crate::values::vocabulary::IndicatorType;
use serde_json::Value;

pub(super) const OBSERVABLES: &[&str] = &[
    "artifact",
    "autonomous-system",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "mac-addr",
    "mutex",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "windows-registry-key",
    "x509-certificate",
];

/// The fields of an observable from which its values are made.
const OF_VALUES: &[&str] = &[
    "value",
    "hashes",
    "key",
    "name",
    "number",
    "dst_ref",
    "dst_port",
    "protocols",
    "account_login",
    "command_line",
    "subject",
];

impl Bundle {
    pub(super) fn observable(&mut self, kind: &str, one: &One, mut fields: Fields, making: &mut Making<'_>) {
        let values = values_of(kind, &one.value, &|id| self.get(id));
        if values.is_empty() {
            return self.context(kind, one, fields, making);
        }
        let mut said = Prose::default();
        let names: Vec<&str> = values.iter().map(|(_, value)| value.as_str()).collect();
        said.fact("Name", fields.text("name").filter(|name| !names.iter().any(|value| value.contains(name.as_str()))));
        for name in fields.rest() {
            if !OF_VALUES.contains(&name.as_str())
                && let Some(text) = fields.text(&name)
                && !text.starts_with(['{', '['])
            {
                said.fact(&name, Some(text));
            }
        }
        fields.pass(OF_VALUES);
        fields.lose_rest(kind, making);
        let mut fill = |entry: &mut Made, making: &mut Making<'_>| {
            mark(entry, making, one.marking);
            entry.markdown("description", &said.text());
        };
        let ids = make(making, &fields, (&one.id, None), &values, &mut fill);
        self.made.entry(one.id.clone()).or_default().extend(ids);
    }

    /// What was observed: of STIX 2.0 the values that stand in it, of 2.1 when those were seen that it refers to.
    pub(super) fn observed(&mut self, one: &One, mut fields: Fields, making: &mut Making<'_>) {
        let seen = [
            ("first_seen", time(&mut fields, "first_observed", making)),
            ("last_seen", time(&mut fields, "last_observed", making)),
        ];
        let count = fields.text("number_observed").filter(|count| count != "1");
        fields.pass(&["object_refs", "labels", "confidence", "external_references"]);
        if let Some(Value::Object(inside)) = fields.value("objects") {
            let mut values = Vec::new();
            for object in inside.values() {
                let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
                values.extend(values_of(kind, object, &|id| inside.get(id)));
            }
            fields.lose_rest("observed-data", making);
            if values.is_empty() {
                return self.context(
                    "observed-data",
                    one,
                    Fields::of_json(&one.value, self.pointer(&one.id)).unwrap_or(fields),
                    making,
                );
            }
            let mut said = Prose::default();
            said.fact("Observed", count.map(|count| format!("{count} times")));
            let ids = make(making, &fields, (&one.id, None), &values, &mut |entry, making| {
                mark(entry, making, one.marking);
                seen.iter().for_each(|(key, when)| {
                    if let Some(when) = when {
                        entry.when(key, when);
                    }
                });
                entry.markdown("description", &said.text());
            });
            self.made.entry(one.id.clone()).or_default().extend(ids);
            return;
        }
        fields.lose_rest("observed-data", making);
        let ids: Vec<EntryId> = self
            .referred(&one.value, "object_refs")
            .filter_map(|(id, _)| self.made.get(id))
            .flatten()
            .copied()
            .collect();
        if self.is_own || ids.is_empty() {
            return fields.count(making, Outcome::Skipped(JOINED.to_owned()));
        }
        let mut is_said = false;
        for id in ids {
            let Some(entry) = making.made_mut(id) else { continue };
            for (key, when) in &seen {
                if let Some(when) = when
                    && !entry.has(key)
                {
                    entry.when(key, when);
                    is_said = true;
                }
            }
        }
        fields.count(making, if is_said { Outcome::Taken } else { Outcome::Skipped(JOINED.to_owned()) });
    }
}

/// The values of an observable; `get` finds those that it refers to.
fn values_of<'v>(
    kind: &str,
    value: &'v Value,
    get: &dyn Fn(&str) -> Option<&'v Value>,
) -> Vec<(IndicatorType, String)> {
    use IndicatorType as Type;
    let one = |key: &str| value.get(key).map(text).filter(|text| !text.trim().is_empty());
    let all = |kind: Type, key: &str| one(key).map(|value| (kind, value)).into_iter().collect();
    let hashes = |of: &[(&str, Type)]| -> Vec<(Type, String)> {
        let list = value.get("hashes").and_then(Value::as_object);
        let found = list.into_iter().flatten().filter_map(|(name, digest)| {
            let plain = words::plain(name).replace(' ', "");
            let kind = of.iter().find(|(name, _)| *name == plain)?.1;
            Some((kind, digest.as_str()?.to_owned()))
        });
        found.collect()
    };
    match kind {
        "ipv4-addr" | "ipv6-addr" => all(Type::IpDst, "value"),
        "domain-name" => all(Type::Domain, "value"),
        "url" => all(Type::Url, "value"),
        "email-addr" => all(Type::Email, "value"),
        "email-message" => all(Type::EmailSubject, "subject"),
        "mac-addr" => all(Type::MacAddress, "value"),
        "mutex" => all(Type::Mutex, "name"),
        "windows-registry-key" => all(Type::Regkey, "key"),
        "user-account" => {
            one("account_login").or(one("user_id")).map(|name| (Type::Account, name)).into_iter().collect()
        }
        "process" => all(Type::CommandLine, "command_line"),
        "autonomous-system" => one("number").map(|number| (Type::Asn, format!("AS{number}"))).into_iter().collect(),
        "x509-certificate" => hashes(&[("sha1", Type::X509Sha1), ("sha256", Type::X509Sha256)]),
        "network-traffic" => {
            let host = one("dst_ref").and_then(|id| get(&id)?.get("value").map(text));
            match (host, one("dst_port")) {
                (Some(host), Some(port)) if host.parse::<core::net::IpAddr>().is_ok() => {
                    vec![(Type::IpDstPort, format!("{host}|{port}"))]
                }
                _ => Vec::new(),
            }
        }
        "file" | "artifact" => {
            let digests = hashes(&[
                ("md5", Type::Md5),
                ("sha1", Type::Sha1),
                ("sha256", Type::Sha256),
                ("sha512", Type::Sha512),
                ("ssdeep", Type::Ssdeep),
            ]);
            match (&digests[..], one("name")) {
                ([], name) => name.map(|name| (Type::Filename, name)).into_iter().collect(),
                ([(Type::Sha256, digest)], Some(name)) => vec![(Type::FilenameSha256, format!("{name}|{digest}"))],
                _ => digests,
            }
        }
        _ => Vec::new(),
    }
}
