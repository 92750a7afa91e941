//! Events of AWS CloudTrail
//! (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>): `eventTime` is
//! in UTC. The files that CloudTrail delivers, with a list in `Records`; one event a line, a list, or what `lookup-events` gives with the event as a text in `CloudTrailEvent`.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, Told};
use super::super::json;
use super::super::row::{Row, Timed};
use serde_json::Value;
use std::io::{self, BufRead};

pub const FORMAT: Format =
    Format { name: "cloudtrail", what: "events of AWS CloudTrail", detect, cut: cut::nowhere, read };

fn detect(head: &Head<'_>) -> bool {
    let text = head.text();
    let has = |keys: &[&str]| keys.iter().all(|key| text.contains(key));
    text.trim_start().starts_with(['{', '['])
        && (has(&["\"eventVersion\"", "\"eventSource\"", "\"eventName\""])
            || has(&["\"CloudTrailEvent\"", "\"EventName\""]))
}

fn read(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let mut row = |value: &Value| event(value, told);
    match json::begins_with_member(source, "Records")? {
        true => json::each_of_member(source, "Records", &mut row, hear),
        false => json::each(source, &mut row, hear),
    }
}

fn event(value: &Value, told: &Told) -> Result<Row, String> {
    match value.get("CloudTrailEvent").and_then(Value::as_str) {
        Some(inner) => {
            let inner: Value = serde_json::from_str(inner).map_err(|_| "its `CloudTrailEvent` is no JSON")?;
            json::fits(&inner)?;
            Ok(Row {
                fields: json::fields(value).into_iter().chain(json::fields(&inner)).collect(),
                ..row(&inner, told)?
            })
        }
        None => row(value, told),
    }
}

fn row(value: &Value, told: &Told) -> Result<Row, String> {
    let get = |pointer: &str| json::at(value, pointer);
    let name = get("/eventName").ok_or("it has no `eventName`")?;
    let service = get("/eventSource").unwrap_or_default();
    let failed = get("/errorCode").map(|code| format!(": {code}")).unwrap_or_default();
    Ok(Row {
        times: vec![Timed {
            means: "eventTime".to_owned(),
            at: instant::read(&get("/eventTime").unwrap_or_default(), Form::Iso, told),
        }],
        message: format!("{name} ({service}){failed}"),
        account: [
            "/userIdentity/arn",
            "/userIdentity/userName",
            "/userIdentity/principalId",
            "/userIdentity/invokedBy",
        ]
        .into_iter()
        .find_map(get),
        source: get("/sourceIPAddress"),
        fields: json::fields(value),
        ..Row::default()
    })
}
