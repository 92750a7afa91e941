//! Aurora Incident Response: a `.fox` file.
//!
//! Its times have no zone: `--zone` names it. Kill chain: Recon is reconnaissance, Weaponization resource development, Delivery
//! initial access, Exploitation execution, Installation persistence, C2 command and control; the types of event Lateral
//! Movement, Exfil and C2 come before that, and Actions on Obj. is no tactic. Human is a user's doing, Engagement a responder's.
//! Verdicts: Infected is compromised, Accessed suspected, Clean cleared. What stands in its table of malware is malicious.
//! Keys to MISP and VirusTotal, which Aurora keeps in its file, are left out and told.

use super::Neighbour;
use super::entries::{self, Observed, identity, settle};
use super::fields::{Fields, document, each};
use super::prose::{self, Prose};
use super::references::{self, listed};
use super::remarks::{self, Own, take_first, take_listed, take_named};
use super::words;
use crate::import::{Made, Making, Outcome, made};
use crate::ingest::instant::Form;
use crate::values::time::Known;
use crate::values::vocabulary::{ActionStatus, AssetKind, IndicatorType, Tactic};
use crate::values::{Kind, When};

pub const FORMAT: Neighbour = Neighbour {
    name: "aurora",
    what: "a case of Aurora Incident Response: its .fox file",
    keeps: "timeline, systems with their verdicts, accounts, malware, network indicators, exfiltration, actions, notes, findings from open sources; the summary to be set by hand",
    loses: "API keys, investigators (they belong into team.toml), evidence without its bytes, pins",
    detect: |head| head.text().contains("\"storage_format_version\""),
    read,
};

/// Keys to other systems, and where they are.
const SECRETS: [&str; 2] = ["mispapikey", "vtapikey"];

fn read(bytes: &[u8], making: &mut Making<'_>) -> Result<(), String> {
    let document = document(bytes)?;
    let mut all = Fields::of_json(&document, "")?;
    for name in SECRETS {
        if all.text(name).is_some() {
            making.remark(format!(
                "`{name}` is a secret and was left out; it still stands in the file itself, so revoke it before the file is shared"
            ));
        }
    }
    if let Some(summary) = all.text("summary") {
        making.tell("summary", &summary);
    }
    all.pass(&["storage_format_version", "locked", "case_id", "caseid", "mispserver", "mispeventid", "hosts"]);
    all.pass(&[
        "event_types",
        "system_types",
        "verdicts",
        "status",
        "task_types",
        "direction",
        "killchain",
        "evidence_types",
    ]);
    let mut table = |name: &str, making: &mut Making<'_>, read: &mut dyn FnMut(&str, Fields, &mut Making<'_>)| {
        let rows = all.list(name);
        each(&rows, &format!("/{name}"), making, &mut |number, mut fields, making| {
            let key = fields.text("recid").unwrap_or_else(|| format!("at {number}"));
            fields.pass(&["w2ui"]);
            read(&format!("{name}/{key}"), fields, making);
        });
    };
    table("systems", making, &mut system);
    table("investigated_systems", making, &mut investigated);
    table("compromised_accounts", making, &mut account);
    table("malware", making, &mut malware);
    table("network_indicators", making, &mut network);
    table("timeline", making, &mut event);
    table("exfiltration", making, &mut exfiltration);
    table("actions", making, &mut action);
    table("casenotes", making, &mut note);
    table("osint", making, &mut osint);
    table("evidence", making, &mut |_, fields, making| {
        fields.count(making, Outcome::Skipped(entries::NO_BYTES.to_owned()))
    });
    table("investigators", making, &mut |_, fields, making| fields.count(making, Outcome::Skipped(PEOPLE.to_owned())));
    all.lose_rest("case", making);
    Ok(())
}

const PEOPLE: &str = "people belong into the roster, with their keys: team.toml";

/// A time of Aurora, without a zone; casebook writes those of its own entries in UTC.
fn time(text: Option<String>, is_own: bool, making: &Making<'_>) -> Result<When, String> {
    let form = if is_own { Form::IsoUtc } else { Form::Iso };
    words::when(text.as_deref().unwrap_or_default(), form, making).map_err(|why| why.to_string())
}

fn event(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let notes = fields.text("notes").unwrap_or_default();
    if let Some(own) = remarks::own(&notes, Kind::Finding) {
        return finding(key, fields, &own, making);
    }
    let own = remarks::own(&notes, Kind::Event);
    let when = match time(fields.text("date_time"), own.is_some(), making) {
        Ok(when) => when,
        Err(why) => return fields.count(making, Outcome::Refused(why)),
    };
    let id = identity(making, Kind::Event, key, own.as_ref().map(|own| own.id));
    let mut entry = Made::new(id);
    let kind = fields.text("event_type").unwrap_or_default();
    let chain = fields.text("killchain").unwrap_or_default();
    let tactic = tactic(&kind, &chain);
    let (host, other) = (fields.text("event_host"), fields.text("event_source_host"));
    let asset = |name: &Option<String>| name.as_ref().and_then(|name| making.names.asset(name));
    // `->` is from the host of the event to the other, `<-` the other way.
    let (mut source, mut destination) = (asset(&other), asset(&host));
    if fields.text("direction").as_deref() == Some("->") {
        (source, destination) = (destination, source);
    }
    entry.line("title", &fields.text("event_data").unwrap_or_else(|| "(no title)".to_owned()));
    entry.maybe("tactic", tactic).maybe("source", source).maybe("destination", destination);
    let attribution = fields.text("attribution");
    match own.filter(|own| own.id == id) {
        Some(own) => {
            entry.word("actor", attribution.as_deref().unwrap_or("unknown"));
            remarks::event(&mut entry, &own, when, making);
        }
        None => {
            let actor = match kind.as_str() {
                "Human" => "user",
                "Engagement" => "responder",
                _ if tactic.is_some() => "attacker",
                _ => "unknown",
            };
            let mut said = Prose::default();
            said.add(Some(&notes)).fact("Type", Some(&kind)).fact("Attribution", attribution);
            said.fact("Owner", fields.text("owner"));
            said.fact("Kill chain", (!chain.is_empty() && tactic.is_none()).then_some(&chain));
            said.fact("Host", host.filter(|host| making.names.asset(host).is_none()));
            said.fact("Other host", other.filter(|host| making.names.asset(host).is_none()));
            said.fact("Follow up", fields.flag("followup").then_some("yes"));
            entry.when("time", &when).word("actor", actor).set("techniques", words::techniques(&notes));
            entry.markdown("description", &said.text());
        }
    }
    fields.pass(&["date_added", "visual", "followup", "owner", "event_id"]);
    fields.lose_rest("timeline", making);
    settle(making, &fields, entry);
}

fn tactic(kind: &str, chain: &str) -> Option<Tactic> {
    match (kind, chain) {
        ("Lateral Movement", _) => Some(Tactic::LateralMovement),
        ("Exfil", _) => Some(Tactic::Exfiltration),
        ("C2", _) | (_, "C2") => Some(Tactic::CommandAndControl),
        (_, "Recon") => Some(Tactic::Reconnaissance),
        (_, "Weaponization") => Some(Tactic::ResourceDevelopment),
        (_, "Delivery") => Some(Tactic::InitialAccess),
        (_, "Exploitation") => Some(Tactic::Execution),
        (_, "Installation") => Some(Tactic::Persistence),
        _ => None,
    }
}

/// A finding that casebook wrote into the timeline.
fn finding(key: &str, mut fields: Fields, own: &Own, making: &mut Making<'_>) {
    let mut entry = Made::new(identity(making, Kind::Finding, key, Some(own.id)));
    let observed = match fields.text("date_time").map(|date| time(Some(date), true, making)).transpose() {
        Ok(observed) => observed,
        Err(why) => return fields.count(making, Outcome::Refused(why)),
    };
    let hosts = fields.text("event_host").unwrap_or_default();
    let authors = fields.text("owner").unwrap_or_default();
    entry
        .line("title", fields.text("event_data").unwrap_or_default().trim_start_matches("Finding: "))
        .set("assets", listed(&hosts, ", ", &references::assets(&making.names)).ids)
        .set("authors", authors.split(", ").filter_map(|name| words::person(name, making)));
    remarks::finding(&mut entry, own, observed, making);
    fields.pass(&["event_type", "direction", "killchain", "visual", "followup", "attribution", "event_source_host"]);
    fields.lose_rest("timeline", making);
    settle(making, &fields, entry);
}

fn system(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let kind_name = fields.text("system_type").unwrap_or_default();
    let description = fields.text("description").unwrap_or_default();
    let own = remarks::own(&description, Kind::Asset);
    let own_kind = own.as_ref().and_then(|own| own.lines.first()?.strip_prefix("kind: ")?.parse::<AssetKind>().ok());
    let kind = own_kind.or_else(|| words::asset_kind(&kind_name)).unwrap_or(AssetKind::Other);
    let name = fields.text("text").unwrap_or_default();
    let addresses = fields.text("ip").unwrap_or_default();
    let (owner, system) = (fields.text("owner"), fields.text("os"));
    fields.pass(&["date_added", "pin", "id"]);
    fields.lose_rest("systems", making);
    entries::asset(making, &fields, key, own.as_ref().map(|own| own.id), (&name, kind), &mut |entry, making| {
        let team = owner.as_deref().and_then(|name| words::group(name, making));
        if let Some(own) = own.as_ref().filter(|own| own.id == entry.id) {
            let mut lines = own.lines.get(1..).unwrap_or_default().to_vec();
            let mut identifiers: Vec<String> = Vec::new();
            while lines.last().is_some_and(|line| !line.contains(' ')) {
                identifiers.extend(lines.pop());
            }
            entry.maybe("criticality", take_named(&mut lines, "criticality")).set("identifiers", identifiers);
            entry.markdown("description", &lines.join("\n")).maybe("owner", team);
            own.put(entry, making);
            return;
        }
        let mut said = Prose::default();
        said.add(Some(&description)).fact("Operating system", system.as_deref());
        said.fact("Owner", owner.as_deref().filter(|_| team.is_none()));
        said.fact("Type", Some(&kind_name).filter(|_| kind == AssetKind::Other));
        entry.set("identifiers", addresses.split([',', ';', ' ']).map(str::trim)).maybe("owner", team);
        entry.markdown("description", &said.text());
    });
}

/// What was found on a system: it is said of the asset, which is made here where the table of systems has it not.
fn investigated(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let name = fields.text("hostname").unwrap_or_default();
    let summary = fields.text("summary").unwrap_or_default();
    let own = remarks::own(&summary, Kind::Asset);
    let verdict = fields.text("verdict");
    let compromise = match verdict.as_deref() {
        Some("Infected") => Some("compromised"),
        Some("Accessed") => Some("suspected"),
        Some("Clean") => Some("cleared"),
        _ => None,
    };
    let mut said = Prose::default();
    said.add(own.is_none().then_some(&summary));
    said.fact("Verdict", verdict.filter(|_| compromise.is_none()));
    for (name, field) in [
        ("First compromise", "first_compromise"),
        ("Analysis", "analysis_status"),
        ("Analyst", "analyst"),
        ("Report", "report_status"),
    ] {
        said.fact(name, fields.text(field));
    }
    fields.pass(&["date_added", "date_updated", "analysis_required"]);
    fields.lose_rest("investigated_systems", making);
    let containment = own.as_ref().and_then(|own| take_named(&mut own.lines.clone(), "containment"));
    let id = own.map(|own| own.id).or_else(|| making.names.asset(&name));
    let say = |entry: &mut Made| {
        let before = entry.get("description").unwrap_or_default().to_owned();
        let mut all = Prose::default();
        all.add(Some(before)).add(Some(said.text()));
        entry.maybe("compromise", compromise).maybe("containment", containment.as_deref());
        entry.markdown("description", &all.text());
    };
    if let Some(entry) = id.and_then(|id| making.made_mut(id)) {
        say(entry);
        return fields.count(making, Outcome::Taken);
    }
    match id.filter(|id| making.is_known(*id)) {
        Some(known) => {
            making.lose("investigated_systems: what is said of an asset that the case has");
            fields.count(making, entries::known_as(making, "the asset of this name", known));
        }
        None => _ = entries::asset(making, &fields, key, None, (&name, AssetKind::Host), &mut |entry, _| say(entry)),
    }
}

fn account(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let account = fields.text("account_name").unwrap_or_default();
    let domain = fields.text("domain");
    let name = domain.map_or_else(|| account.clone(), |domain| format!("{domain}\\{account}"));
    let context = fields.text("context").unwrap_or_default();
    let own = remarks::own(&context, Kind::Asset);
    let sid = fields.text("sid");
    let more: Vec<(&str, Option<String>)> =
        [("Last activity", "last_activity"), ("Privileges", "privileges"), ("Attribution", "attribution")]
            .map(|(name, field)| (name, fields.text(field)))
            .to_vec();
    fields.pass(&["date_added"]);
    fields.lose_rest("compromised_accounts", making);
    let own_id = own.as_ref().map(|own| own.id);
    entries::asset(making, &fields, key, own_id, (&name, AssetKind::Account), &mut |entry, making| {
        entry.set("identifiers", sid.as_slice());
        if let Some(own) = own.as_ref().filter(|own| own.id == entry.id) {
            let mut lines = own.lines.clone();
            entry.maybe("containment", take_named(&mut lines, "containment"));
            entry.maybe("compromise", take_named(&mut lines, "compromise")).markdown("description", &lines.join("\n"));
            own.put(entry, making);
            return;
        }
        let mut said = Prose::default();
        said.add(Some(&context));
        more.iter().for_each(|(name, value)| _ = said.fact(name, value.as_deref()));
        entry.word("compromise", "compromised").markdown("description", &said.text());
    });
}

/// What an indicator says beside its value: of casebook's own the facts, of others the prose.
struct Said {
    own: Option<Own>,
    prose: Prose,
    verdict: &'static str,
    /// Names of assets that it was seen on.
    hosts: String,
    last_seen: Option<When>,
}

impl Said {
    fn put(&self, entry: &mut Made, making: &mut Making<'_>) {
        if let Some(when) = &self.last_seen {
            entry.when("last_seen", when);
        }
        if let Some(own) = self.own.as_ref().filter(|own| own.id == entry.id) {
            let (text, citations) = prose::citations(&own.lines.join("\n"), making);
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            if let Some(when) = take_named(&mut lines, "first seen").and_then(|text| prose::shown_time(&text)) {
                entry.when("first_seen", &when);
            }
            entry.maybe("confidence", take_named(&mut lines, "confidence"));
            entry.word("verdict", take_named(&mut lines, "verdict").as_deref().unwrap_or("unknown"));
            entry.markdown("description", &lines.join("\n"));
            citations.into_iter().for_each(|cited| cited.put(entry));
            own.put(entry, making);
        } else {
            entry.word("verdict", self.verdict).markdown("description", &self.prose.text());
        }
        for asset in listed(&self.hosts, ", ", &references::assets(&making.names)).ids {
            entry.row("sightings", [("asset", asset.to_string().into())]);
        }
    }
}

fn malware(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let name = fields.text("text").unwrap_or_default();
    let path = fields.text("path_on_disk");
    let digest = fields.text("md5").unwrap_or_default();
    let notes = fields.text("notes").unwrap_or_default();
    let own = remarks::own(&notes, Kind::Indicator);
    let whole = path.as_ref().map_or_else(|| name.clone(), |path| joined(path, &name));
    let named = if own.is_some() { &whole } else { &name };
    let (kind, value) = match words::digest_type(&digest) {
        Some(IndicatorType::Sha256) if !name.is_empty() => (IndicatorType::FilenameSha256, format!("{named}|{digest}")),
        Some(kind) => (kind, digest.clone()),
        None => (IndicatorType::Filename, named.clone()),
    };
    let mut prose = Prose::default();
    prose.add(Some(&notes)).fact("File", (!value.starts_with(&whole)).then_some(&whole));
    prose.fact("Digest", Some(&digest).filter(|digest| words::digest_type(digest).is_none()));
    for (name, field) in [
        ("Created", "creation_date"),
        ("Modified", "modification_date"),
        ("VirusTotal", "vt"),
        ("Attribution", "attribution"),
    ] {
        prose.fact(name, fields.text(field));
    }
    let hosts = fields.text("hostname").unwrap_or_default();
    prose.fact("Host", Some(&hosts));
    let said = Said { own, prose, verdict: "malicious", hosts, last_seen: None };
    fields.pass(&["date_added"]);
    fields.lose_rest("malware", making);
    let of = Observed { key, own: said.own.as_ref().map(|own| own.id), kind, value: &value };
    entries::indicator(making, &fields, &of, &mut |entry, making| said.put(entry, making));
}

/// The path of a file in a folder.
fn joined(folder: &str, name: &str) -> String {
    let between = if folder.contains('\\') || folder.ends_with(':') { '\\' } else { '/' };
    format!("{}{between}{name}", folder.trim_end_matches(['\\', '/']))
}

fn network(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let (address, domain, port) = (fields.text("ip"), fields.text("domainname"), fields.text("port"));
    let context = fields.text("context").unwrap_or_default();
    // casebook writes the assets that a value was seen on behind its id.
    let (before, hosts) = match remarks::own(&context, Kind::Indicator) {
        Some(_) => (context.clone(), String::new()),
        None => context
            .rsplit_once('\n')
            .map_or((context.clone(), String::new()), |(before, hosts)| (before.to_owned(), hosts.to_owned())),
    };
    let own = remarks::own(&before, Kind::Indicator);
    let mut values: Vec<(IndicatorType, String)> = Vec::new();
    match (&address, &port) {
        (Some(address), Some(port)) => values.push((IndicatorType::IpDstPort, format!("{address}|{port}"))),
        (Some(address), None) => values.push((IndicatorType::IpDst, address.clone())),
        _ => {}
    }
    values.extend(domain.as_ref().map(|name| (name_type(name), name.clone())));
    let mut prose = Prose::default();
    prose.add(Some(&context)).fact("Port", port.filter(|_| address.is_none()));
    for (name, field) in [("Malware", "malware"), ("Whois", "whois"), ("Attribution", "attribution")] {
        prose.fact(name, fields.text(field));
    }
    let last = fields.text("last_activity");
    let last_seen = last.as_ref().and_then(|text| time(Some(text.clone()), own.is_some(), making).ok());
    prose.fact("Last activity", last.filter(|_| last_seen.is_none()));
    let hosts = if own.is_some() { hosts } else { String::new() };
    let said = Said { own, prose, verdict: "unknown", hosts, last_seen };
    fields.pass(&["date_added"]);
    fields.lose_rest("network_indicators", making);
    let keys: Vec<String> =
        (0..values.len()).map(|at| if at == 0 { key.to_owned() } else { format!("{key}/{at}") }).collect();
    let own = said.own.as_ref().map(|own| own.id);
    let all: Vec<Observed<'_>> =
        values.iter().zip(&keys).map(|((kind, value), key)| Observed { key, own, kind: *kind, value }).collect();
    entries::indicators(making, &fields, &all, &mut |entry, making| said.put(entry, making));
}

/// The type of a name in the column of domains, where people write links and addresses, too.
fn name_type(name: &str) -> IndicatorType {
    match words::type_of_value(name) {
        Some(kind @ (IndicatorType::Url | IndicatorType::IpDst)) => kind,
        _ => IndicatorType::Domain,
    }
}

fn exfiltration(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let when = match time(fields.text("exfiltime"), false, making) {
        Ok(when) => when,
        Err(why) => return fields.count(making, Outcome::Refused(why)),
    };
    let (file, target) = (fields.text("filename"), fields.text("exfil_to"));
    let title = format!("Exfiltration of {}", file.as_deref().unwrap_or("data"));
    let title = target.as_deref().map_or(title.clone(), |target| format!("{title} to {target}"));
    let staging = fields.text("stagingsystem");
    let source = staging.as_ref().and_then(|name| making.names.asset(name));
    let mut said = Prose::default();
    said.add(fields.text("notes")).fact("Staging system", staging.filter(|_| source.is_none()));
    for (name, field) in
        [("Original", "original"), ("Size", "size"), ("Contents", "contents"), ("Attribution", "attribution")]
    {
        said.fact(name, fields.text(field));
    }
    let indicators = target.map(|target| making.names.indicators_of(&target).to_vec()).unwrap_or_default();
    let mut entry = Made::new(making.id(Kind::Event, key));
    entry
        .line("title", &title)
        .when("time", &when)
        .word("actor", "attacker")
        .word("tactic", Tactic::Exfiltration)
        .maybe("source", source)
        .set("indicators", indicators)
        .markdown("description", &said.text());
    fields.pass(&["created", "date_added"]);
    fields.lose_rest("exfiltration", making);
    settle(making, &fields, entry);
}

fn action(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let task = fields.text("task").unwrap_or_default();
    let own = remarks::own(&task, Kind::Action);
    let mut entry = Made::new(identity(making, Kind::Action, key, own.as_ref().map(|own| own.id)));
    let mut lines: Vec<String> = match own.as_ref().filter(|own| own.id == entry.id) {
        Some(own) => {
            own.put(&mut entry, making);
            own.lines.clone()
        }
        None => task.lines().map(str::to_owned).collect(),
    };
    let title = take_first(&mut lines);
    entry.line("title", &title);
    let mut done = None;
    let mut said = Prose::default();
    if own.is_some() {
        let phase = lines.first().and_then(|line| line.strip_prefix("phase: ")).map(str::to_owned);
        if let Some(phase) = phase {
            lines.remove(0);
            entry.word("phase", phase);
        }
        entry.set("assets", take_listed(&mut lines, &references::assets(&making.names)));
        remarks::take_ticket(&mut lines, &mut entry);
        done = take_named(&mut lines, "done");
        entry.maybe("priority", take_named(&mut lines, "priority"));
    } else {
        let kind = fields.text("task_type");
        entry.word("phase", "investigate");
        said.fact("Type", kind.filter(|kind| kind != "Analysis" && kind != "Other"));
    }
    if let Some(date) = fields.text("date_due") {
        match time(Some(date.clone()), own.is_some(), making) {
            Ok(When { known: Known::At(at), .. }) => _ = entry.cell("due", made::moment_value(at)),
            _ => _ = said.fact("Due", Some(date)),
        }
    }
    if let Some(name) = fields.text("owner") {
        let (person, team) = (words::person(&name, making), words::group(&name, making));
        said.fact("Owner", Some(&name).filter(|_| person.is_none() && team.is_none()));
        entry.maybe("assignee", person).maybe("owner", team);
    }
    let status = fields.text("status").unwrap_or_default();
    // casebook writes so what no longer stands.
    let known = match status.as_str() {
        "Closed" if own.is_some() => Some(ActionStatus::Declined),
        status => words::action_status(status),
    };
    let text = if own.is_some() { lines.join("\n") } else { String::new() };
    said.add(own.is_none().then(|| lines.join("\n")));
    entries::status(&mut entry, making, (&status, known), done.as_deref(), &mut said);
    let (before, last) = text.rsplit_once('\n').unwrap_or(("", &text));
    if own.is_some() && !last.is_empty() && matches!(entry.get("status"), Some("declined" | "done")) {
        said.add(Some(before));
        entry.markdown("outcome", last);
    } else {
        said.add(Some(&text));
    }
    entry.markdown("description", &said.text());
    fields.pass(&["date_added", "task_type"]);
    fields.lose_rest("actions", making);
    settle(making, &fields, entry);
}

fn note(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let text = fields.text("note").unwrap_or_default();
    let (owner, added) = (fields.text("owner"), fields.text("date_added"));
    let own = remarks::own(&text, Kind::Decision);
    fields.lose_rest("casenotes", making);
    if let Some(own) = own {
        return decision(key, &fields, own, (owner, added), making);
    }
    let first = text.lines().next().unwrap_or("Note").trim_start_matches(['#', ' ']);
    let title: String = first.chars().take(60).collect();
    let mut said = Prose::default();
    said.add(Some(&text)).fact("By", owner);
    entries::note(making, &fields, &title, &said);
}

/// A decision that casebook wrote into the notes.
fn decision(
    key: &str,
    fields: &Fields,
    mut own: Own,
    (owner, added): (Option<String>, Option<String>),
    making: &mut Making<'_>,
) {
    let mut entry = Made::new(identity(making, Kind::Decision, key, Some(own.id)));
    let first = take_first(&mut own.lines);
    let (state, question) = first.split_once(": ").unwrap_or(("", &first));
    entry.line("question", question).word("status", if state == "Decision" { "taken" } else { "open" });
    entry.maybe("by", owner.and_then(|name| words::person(&name, making)));
    if state == "Decision" {
        let at = added.and_then(|text| words::when(&text, Form::Milliseconds, making).ok());
        if let Some(When { known: Known::At(at), .. }) = at {
            entry.cell("at", made::moment_value(at));
        }
    }
    own.put(&mut entry, making);
    match state {
        "Decision" => remarks::decided(&mut entry, own.lines),
        _ => _ = entry.markdown("decision", &own.lines.join("\n")),
    }
    settle(making, fields, entry);
}

fn osint(_: &str, mut fields: Fields, making: &mut Making<'_>) {
    let title = fields.text("text").unwrap_or_else(|| "Open source".to_owned());
    let mut said = Prose::default();
    said.add(fields.first(&["desc", "description"])).fact("Link", fields.text("url"));
    fields.pass(&["date_added"]);
    fields.lose_rest("osint", making);
    entries::note(making, &fields, &title, &said);
}
