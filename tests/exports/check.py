#!/usr/bin/env python3
"""Reads an export with the library of the program that it is for.

usage: check.py FORMAT FILE|FOLDER [SCHEMA]

Where the program has no library, the rules of its importer are said here again.

Ends with 1 and says why where the library does not take the file, or does not find in it what was written.
"""

import csv
import datetime
import json
import sys


def stix(path):
    import stix2
    from stix2validator import ValidationOptions, print_results, validate_file

    options = ValidationOptions(strict=True, version="2.1", enforce_refs=True, disabled=["202"])
    results = validate_file(path, options)
    if not results.is_valid:
        print_results(results)
        raise SystemExit(1)
    warnings = [str(warning) for warning in results._object_results and [w for r in results.object_results for w in r.warnings]]
    assert not warnings, "\n".join(warnings[:20])
    # The ids of observables follow from their values as the library of OASIS makes them.
    kinds = {"ipv4-addr": stix2.v21.IPv4Address, "ipv6-addr": stix2.v21.IPv6Address, "domain-name": stix2.v21.DomainName,
             "url": stix2.v21.URL, "email-addr": stix2.v21.EmailAddress, "file": stix2.v21.File, "mutex": stix2.v21.Mutex,
             "windows-registry-key": stix2.v21.WindowsRegistryKey, "mac-addr": stix2.v21.MACAddress,
             "network-traffic": stix2.v21.NetworkTraffic, "autonomous-system": stix2.v21.AutonomousSystem,
             "x509-certificate": stix2.v21.X509Certificate, "user-account": stix2.v21.UserAccount}
    for item in json.load(open(path, encoding="utf-8"))["objects"]:
        if item["type"] in kinds:
            fields = {k: v for k, v in item.items() if k not in ("type", "id", "spec_version", "object_marking_refs")}
            own = kinds[item["type"]](**fields)
            assert own.id == item["id"], f"{item} should be {own.id}"


def misp(path):
    from pymisp import MISPEvent

    written = json.load(open(path, encoding="utf-8"))["Event"]
    event = MISPEvent(strict_validation=True)
    event.from_dict(**json.loads(json.dumps(written)))
    assert len(event.attributes) == len(written["Attribute"])
    for attribute, own in zip(event.attributes, written["Attribute"]):
        assert attribute.type == own["type"] and attribute.category == own["category"], own
        assert attribute.type in event.describe_types["category_type_mappings"][attribute.category], own
    assert len(event.event_reports) == len(written["EventReport"])
    json.loads(event.to_json())


def navigator(path):
    from mitreattack.navlayers import Layer

    written = json.load(open(path, encoding="utf-8"))
    layer = Layer(written, strict=True)
    assert layer.layer is not None, "the layer was not taken"
    own = layer.to_dict()
    assert len(own.get("techniques", [])) == len(written["techniques"])
    assert own["versions"] == written["versions"], own["versions"]


SHEETS = {
    "Timeline": ["Timestamp_UTC_0", "EvidenceType", "Event System", "<->", "Remote System", "Suspect Account", "MITRE Tactic",
                 "MITRE Techniques", "Visualize", "Activity", "Notes"],
    "Systems": ["Date Added", "HostName", "IPAddress", "Location", "SystemType", "OS", "EntryPoint", "Reason for Listing ",
                "EvidenceCollected", "Notes"],
    "Accounts": ["AccountName", "UserName", "SID", "AccountType", "AccountPrivileges", "First known compromised use",
                 "Last known compromised use", "Notes"],
    "Indicators": ["Source", "TLP", "IndicatorType", "Indicator", "SHA256", "SHA1", "MD5", "Notes"],
    "Containment -Isolation": ["Timestamp_UTC_0", "TargetType", "TargetName", "IsolationMethod",
                               "Timestamp of Isolation Requested", "Timestamp of isolation", "Notes"],
    "Recommendations": ["Finding/Issue", "Recommendations", "ApplyTo", "Priority", "Status", "Notes"],
    "Investigation Streams": ["Priority", "ID", "Work Stream", "Request / Task", "Significant Updates", "Assigned To",
                              "CurrentStatus", "Date Updated", "Date Completed"],
    "Evidence Tracker": ["Evidence ID", "EvidenceType", "EvidenceFormat", "EvidenceSource", "Date Requested", "Date Received",
                         "Collected By", "Evidence Hash (If applicible)", "Storage Location", "Chain of Custory Notes",
                         "Evidence Description", "Notes"],
}


def kanvas(path):
    """The workbook as openpyxl reads it, with which Kanvas does."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    for name, headings in SHEETS.items():
        rows = list(book[name].iter_rows())
        assert [cell.value for cell in rows[0]] == headings, name
        for row in rows[1:]:
            assert all(cell.data_type in ("s", "n") and not cell.data_type == "f" for cell in row), row
    info = {row[0].value: row[1].value for row in book["Case Info"].iter_rows()}
    assert info["CaseID:"] and info["TLP:"] in ("TLP-Clear", "TLP-Green", "TLP-Amber", "TLP-Red"), info
    for row in list(book["Timeline"].iter_rows(values_only=True))[1:]:
        datetime.datetime.strptime(row[0], "%Y-%m-%d %H:%M:%S")
        assert row[3] in (None, "->", "<-", "<->") and row[8] in (None, "yes"), row


IRIS_CATEGORIES = ["Unspecified", "Legitimate", "Remediation", "Initial Access", "Execution", "Persistence",
                   "Privilege Escalation", "Defense Evasion", "Credential Access", "Discovery", "Lateral Movement",
                   "Collection", "Command and Control", "Exfiltration", "Impact"]
IRIS_ASSETS = ["Account", "Firewall", "Linux - Server", "Linux - Computer", "Linux Account", "Mac - Computer",
               "Phone - Android", "Phone - IOS", "Windows - Computer", "Windows - Server", "Windows - DC", "Router", "Switch",
               "VPN", "WAF"]
IRIS_TLP = ["red", "amber", "green", "clear", "amber+strict"]


def iris_csv(folder):
    """What the importers of IRIS do with each row, as its routes of cases have it."""
    with open(f"{folder}/1-assets.csv", newline="", encoding="utf-8") as file:
        assets = list(csv.DictReader(file))
    with open(f"{folder}/2-iocs.csv", newline="", encoding="utf-8") as file:
        iocs = list(csv.DictReader(file))
    with open(f"{folder}/3-timeline.csv", newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == ["event_date", "event_tz", "event_title", "event_category", "event_content", "event_raw",
                                     "event_source", "event_assets", "event_iocs", "event_tags"]
        events = list(reader)
    for asset in assets:
        assert list(asset) == ["asset_name", "asset_type_name", "asset_description", "asset_ip", "asset_domain", "asset_tags"]
        assert asset["asset_name"] and asset["asset_type_name"] in IRIS_ASSETS, asset
    for ioc in iocs:
        assert list(ioc) == ["ioc_value", "ioc_type", "ioc_description", "ioc_tags", "ioc_tlp"]
        assert ioc["ioc_value"] and ioc["ioc_tlp"] in IRIS_TLP, ioc
    assert len({(ioc["ioc_value"], ioc["ioc_type"]) for ioc in iocs}) == len(iocs)
    names = {asset["asset_name"] for asset in assets}
    values = {ioc["ioc_value"] for ioc in iocs}
    for event in events:
        at = datetime.datetime.fromisoformat(event["event_date"] + event["event_tz"])
        assert at.utcoffset() == datetime.timedelta(0)
        assert event["event_title"] and event["event_category"] in IRIS_CATEGORIES, event
        assert all(name in names for name in event["event_assets"].split(";") if name), event
        assert all(value in values for value in event["event_iocs"].split("|") if value), event


IRIS_KEYS = {
    "evidences": "filename date_added file_hash added_by custom_attributes file_uuid id file_size",
    "timeline": "event_id event_title event_in_summary event_date event_tz event_date_wtz event_content event_tags event_source "
                "event_raw custom_attributes category event_uuid event_in_graph event_color event_is_flagged assets iocs",
    "iocs": "ioc_value",
    "assets": "asset_id asset_uuid asset_name asset_description asset_compromise_status_id type analysis_status date_added "
              "asset_domain asset_ip asset_info asset_tags custom_attributes light_asset_description asset_ioc "
              "asset_compromise_status",
    "tasks": "task_title task_status task_tags task_open_date task_close_date task_last_update task_description "
             "custom_attributes task_uuid id task_assignees",
    "notes": "comments directory",
}


def iris(path):
    """The keys that an export of IRIS has, and words of its vocabularies."""
    case = json.load(open(path, encoding="utf-8"))
    assert list(case) == ["case", "evidences", "timeline", "iocs", "assets", "tasks", "comments", "notes", "export_date"]
    for part, keys in IRIS_KEYS.items():
        for item in case[part]:
            missing = set(keys.split()) - set(item)
            assert not missing, f"{part} lacks {missing}"
    for task in case["tasks"]:
        assert task["task_status"] in ("To do", "In progress", "On hold", "Done", "Canceled"), task
    for event in case["timeline"]:
        assert event["category"] in IRIS_CATEGORIES, event
        datetime.datetime.fromisoformat(event["event_date"] + event["event_tz"])


AURORA_KEYS = ("storage_format_version locked case_id client start_date summary timeline investigated_systems malware "
               "compromised_accounts network_indicators exfiltration hosts systems osint investigators evidence actions casenotes "
               "event_types system_types verdicts status task_types direction killchain evidence_types").split()


def aurora(path):
    """What Aurora reads: its keys, numbered rows, and words of the vocabularies in the file."""
    text = open(path, encoding="utf-8").read()
    case = json.loads(text)
    assert list(case) == AURORA_KEYS and case["storage_format_version"] == 7
    assert "\n\t\"locked\"" in text
    words = {name: {word["text"] for word in case[name]} | {""} for name in AURORA_KEYS[-8:]}
    for part in AURORA_KEYS[6:19]:
        assert [row["recid"] for row in case[part]] == list(range(1, len(case[part]) + 1)), part
    for row in case["timeline"]:
        assert row["date_time"] == "" or datetime.datetime.strptime(row["date_time"], "%Y-%m-%d %H:%M:%S")
        assert row["event_type"] in words["event_types"] and row["killchain"] in words["killchain"], row
        assert row["direction"] in words["direction"], row
    assert all(row["system_type"] in words["system_types"] for row in case["systems"])
    assert all(row["verdict"] in words["verdicts"] for row in case["investigated_systems"])
    assert all(row["status"] in words["status"] and row["task_type"] in words["task_types"] for row in case["actions"])
    assert all(row["type"] in words["evidence_types"] for row in case["evidence"])


def veris(path, schema=None):
    import jsonschema

    incident = json.load(open(path, encoding="utf-8"))
    schema = json.load(open(schema, encoding="utf-8"))
    # The snapshot of 2020 knows no year after 2022.
    schema["properties"]["timeline"]["properties"]["incident"]["properties"]["year"]["maximum"] = 9999
    jsonschema.Draft4Validator(schema).validate(incident)


def openioc(path):
    import xml.etree.ElementTree as tree

    ns = "{http://schemas.mandiant.com/2010/ioc}"
    root = tree.parse(path).getroot()
    assert root.tag == f"{ns}ioc" and root.get("id")
    assert [child.tag.removeprefix(ns) for child in root] == ["short_description", "description", "authored_by",
                                                              "authored_date", "links", "definition"]
    for item in root.iter(f"{ns}IndicatorItem"):
        context, content = item.find(f"{ns}Context"), item.find(f"{ns}Content")
        assert item.get("condition") == "is" and context.get("search").startswith(context.get("document")) and content.text


CHECKS = {"stix": stix, "misp": misp, "navigator": navigator, "kanvas": kanvas, "iris-csv": iris_csv, "iris": iris,
          "aurora": aurora, "veris": veris, "openioc": openioc}

if __name__ == "__main__":
    CHECKS[sys.argv[1]](*sys.argv[2:])
