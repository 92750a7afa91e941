//! Observables: the values themselves. Their ids follow from what they are, so every producer gives the same id to the same
//! value (STIX 2.1, section 2.9).

use super::pattern::{address, number};
use crate::values::vocabulary::IndicatorType;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The namespace of the ids of observables in STIX 2.1.
const NAMESPACE: Uuid = Uuid::from_u128(0x00abedb4_aa42_466c_9c01_fed23315a9b7);

/// The observables of a value, those that others refer to first; none for a type that STIX has nothing for.
pub fn observables(kind: IndicatorType, value: &str) -> Vec<Map<String, Value>> {
    use IndicatorType as Type;
    let hash = |name: &str, digest: &str| object("file", json!({ "hashes": { name: digest } }), &["hashes"]);
    let certificate =
        |name: &str, digest: &str| object("x509-certificate", json!({ "hashes": { name: digest } }), &["hashes"]);
    let one = match kind {
        Type::IpSrc | Type::IpDst => object(address(value), json!({ "value": value }), &["value"]),
        Type::IpDstPort => return connection(value).unwrap_or_default(),
        Type::Domain | Type::Hostname => object("domain-name", json!({ "value": value }), &["value"]),
        Type::Url => object("url", json!({ "value": value }), &["value"]),
        Type::Email | Type::EmailSrc | Type::EmailDst => object("email-addr", json!({ "value": value }), &["value"]),
        Type::Md5 => hash("MD5", value),
        Type::Sha1 => hash("SHA-1", value),
        Type::Sha256 => hash("SHA-256", value),
        Type::Sha512 => hash("SHA-512", value),
        Type::Filename => object("file", json!({ "name": value }), &["name"]),
        Type::FilenameSha256 => {
            let Some((name, digest)) = value.split_once('|') else { return Vec::new() };
            object("file", json!({ "hashes": { "SHA-256": digest }, "name": name }), &["hashes", "name"])
        }
        Type::Regkey => object("windows-registry-key", json!({ "key": value }), &["key"]),
        Type::Mutex => object("mutex", json!({ "name": value }), &["name"]),
        Type::MacAddress => {
            object("mac-addr", json!({ "value": value.to_ascii_lowercase().replace('-', ":") }), &["value"])
        }
        Type::Asn => match number(value) {
            Some(number) => object("autonomous-system", json!({ "number": number }), &["number"]),
            None => return Vec::new(),
        },
        Type::X509Sha1 => certificate("SHA-1", value),
        Type::X509Sha256 => certificate("SHA-256", value),
        Type::Account => object("user-account", json!({ "account_login": value }), &["account_login"]),
        _ => return Vec::new(),
    };
    vec![one]
}

/// A connection to a port of a host.
fn connection(value: &str) -> Option<Vec<Map<String, Value>>> {
    let (host, port) = value.split_once('|')?;
    let port: u16 = port.parse().ok()?;
    let host = object(address(host), json!({ "value": host }), &["value"]);
    let traffic = json!({ "dst_ref": host["id"], "dst_port": port, "protocols": [if host["type"] == "ipv6-addr" { "ipv6" } else { "ipv4" }] });
    let traffic = object("network-traffic", traffic, &["dst_port", "dst_ref", "protocols"]);
    Some(vec![host, traffic])
}

/// An observable, its id made of the properties that the standard names for its type, in the order of their names.
fn object(kind: &str, fields: Value, contributing: &[&str]) -> Map<String, Value> {
    let named: Map<String, Value> =
        contributing.iter().map(|name| ((*name).to_owned(), fields[*name].clone())).collect();
    // Names in order, no spaces, and characters of JSON as they are: the canonical form of RFC 8785 for texts and whole numbers.
    let canonical = Value::Object(named).to_string();
    let id = format!("{kind}--{}", Uuid::new_v5(&NAMESPACE, canonical.as_bytes()));
    let mut object = Map::new();
    object.insert("type".to_owned(), json!(kind));
    object.insert("spec_version".to_owned(), json!("2.1"));
    object.insert("id".to_owned(), json!(id));
    if let Value::Object(fields) = fields {
        object.extend(fields);
    }
    object
}
