#!/usr/bin/env python3
"""Measures the timeline of tools' outputs, beside pandas on tables and JSON lines, and beside evtx_dump on event logs.

usage: benches/ingest.py [--rows 1000000] [--runs 3] [--python PYTHON] [--evtx FOLDER] [--keep FOLDER]

  timesketch.csv, timesketch.jsonl, hayabusa.csv, hayabusa.jsonl
           `casebook timeline ITEM --format jsonl > /dev/null`: all rows, read, sorted and written
  pandas   reads the same file, takes its time as one, and sorts by it; and, in a row of its own, writes JSON lines to /dev/null, too
  evtx     the event logs below FOLDER, or those of the demo, repeated until there are about as many records as rows were asked
           for, but at most 200,000, against `evtx_dump -o jsonl` (`cargo install evtx`) on each of them

Builds nothing: it uses target/release/casebook. Without pandas (`PYTHON -m pip install pandas`) or evtx_dump their rows are left out, and it
is said. The table shows medians in seconds by the clock, and of all processors together, which say more on a machine that does other
work, too: casebook uses all cores. Nothing is left behind without --keep.
"""

import argparse
import datetime
import glob
import hashlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CASEBOOK = os.environ.get("CASEBOOK_BINARY") or os.path.join(ROOT, "target", "release", "casebook")
ENVIRONMENT = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "CASEBOOK_NOW": "2026-03-05T12:00:00Z"}
TIMES = {"timesketch": "datetime", "hayabusa": "Timestamp"}
MOST_RECORDS = 200_000
PANDAS = """
import sys, pandas
path, column, writes = sys.argv[1:]
rows = pandas.read_csv(path) if path.endswith("csv") else pandas.read_json(path, lines=True)
rows["at"] = pandas.to_datetime(rows[column], utc=True, format="ISO8601")
rows = rows.sort_values("at", kind="stable")
if writes == "yes":
    rows.to_json("/dev/null", orient="records", lines=True, date_format="iso")
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--python", default=sys.executable, help="one that has pandas")
    parser.add_argument("--evtx", default=os.path.join(ROOT, "demo"), help="a folder with event logs")
    parser.add_argument("--keep", help="build in this folder and keep it")
    arguments = parser.parse_args()
    folder = os.path.abspath(arguments.keep or tempfile.mkdtemp(prefix="casebook-bench-"))
    ENVIRONMENT["HOME"] = folder
    ENVIRONMENT["GIT_CONFIG_GLOBAL"] = os.path.join(folder, "gitconfig")
    try:
        measure(folder, arguments)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


def measure(folder, arguments):
    case = os.path.join(folder, "case")
    items = build(case, arguments)
    has_pandas = subprocess.run([arguments.python, "-c", "import pandas"], capture_output=True).returncode == 0
    dump = shutil.which("evtx_dump")
    load = os.getloadavg()[0]
    print(f"\n{arguments.rows:,} rows; median of {arguments.runs}, {os.cpu_count()} cores, load before {load:.1f}\n")
    print("| what | MB | seconds | of processors | times as fast | asked for | peak memory |\n|---|---|---|---|---|---|---|")
    for name, (item, paths) in items.items():
        megabytes = sum(os.path.getsize(path) for path in paths) / 1e6
        own, used, memory = median(arguments.runs, [CASEBOOK, "timeline", item, "--format", "jsonl"], case)
        print(f"| `casebook timeline`, {name} | {megabytes:.0f} | {own:.2f} | {used:.2f} | | | {memory} MB (≤ 100) |")
        if name == "event logs":
            rivals = {"`evtx_dump -o jsonl`": ([dump, "-o", "jsonl"], 1)} if dump else {}
        else:
            column = TIMES[name.split(".")[0]]
            program = [arguments.python, "-c", PANDAS, paths[0], column]
            rivals = {"pandas: read and sort": ([*program, "no"], 5), "pandas: read, sort and write": ([*program, "yes"], 5)}
            rivals = rivals if has_pandas else {}
        for rival, (command, asked) in rivals.items():
            files = paths if name == "event logs" else [None]
            theirs, used, memory = median(arguments.runs, command, case, files)
            print(f"| {rival} | | {theirs:.2f} | {used:.2f} | {theirs / own:.1f} | ≥ {asked} | {memory} MB |")
        sys.stdout.flush()
    if not has_pandas:
        print(f"\nnote: {arguments.python} has no pandas, so that nothing is compared with it")
    if not dump:
        print("\nnote: there is no evtx_dump, so that nothing is compared with it")


# Making the case.


def build(case, arguments):
    """The items of the case by what they are, with their files."""
    demand([CASEBOOK, "init", case, "--id", "BENCH", "--title", "A case to measure"], "/")
    with open(os.path.join(case, "team.toml"), encoding="utf-8") as team:
        person = next(line.split('"')[1] for line in team if line.startswith("handle = "))
    items = {}
    for number, (name, write) in enumerate(WRITERS.items()):
        item = f"x-bench{number:03}"
        path = os.path.join(case, "evidence", item, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            write(file, arguments.rows)
        register(case, item, [path], person)
        items[name] = (item, [path])
    logs = sorted(glob.glob(os.path.join(glob.escape(arguments.evtx), "**", "*.evtx"), recursive=True))
    if logs:
        items["event logs"] = ("x-benchev0", repeat(case, "x-benchev0", logs, min(arguments.rows, MOST_RECORDS), person))
    return items


def repeat(case, item, logs, wanted, person):
    """The logs, one copy after the other, until there are about so many records, at some 600 bytes each."""
    folder = os.path.join(case, "evidence", item)
    os.makedirs(folder, exist_ok=True)
    paths, size = [], 0
    while size < wanted * 600 and len(paths) < 2_000:
        log = logs[len(paths) % len(logs)]
        paths.append(os.path.join(folder, f"{len(paths):04}.evtx"))
        shutil.copy(log, paths[-1])
        size += os.path.getsize(log)
    register(case, item, paths, person)
    return paths


def register(case, item, paths, person):
    lines = []
    for path in sorted(paths):
        with open(path, "rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {item}/{os.path.basename(path)}\n")
    listing = "".join(lines)
    size = sum(os.path.getsize(path) for path in paths)
    with open(f"{case}/evidence/{item}.sha256", "w", encoding="utf-8", newline="\n") as file:
        file.write(listing)
    with open(f"{case}/evidence/{item}.toml", "w", encoding="utf-8", newline="\n") as file:
        digest = hashlib.sha256(listing.encode()).hexdigest()
        file.write(f'id = "{item}"\ntitle = "Generated files"\nkind = "log"\nstorage = "lfs"\nfiles = {len(paths)}\nbytes = {size}\n'
                   f'list = "{digest}"\n\n[acquired]\nat = 2026-02-01T08:00:00Z\nby = "{person}"\n')


def events(rows):
    """Rows in no order, the same for the same number."""
    rng = random.Random(7)
    for number in range(rows):
        at = 1_600_000_000_000_000 + rng.randrange(30 * 86_400_000_000)
        moment = datetime.datetime.fromtimestamp(at / 1e6, datetime.timezone.utc)
        yield {
            "number": number, "at": at, "moment": moment, "host": f"WS{rng.randrange(200):03}.corp.example.org",
            "user": f"user{rng.randrange(300)}", "ip": f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}",
            "id": rng.choice([4624, 4625, 4672, 4688, 7045, 1102]),
        }


def timesketch(event):
    message = (f"[{event['id']} / 0x{event['id']:04x}] Source Name: Microsoft-Windows-Security-Auditing Strings: ['S-1-5-18', '{event['user']}', "
               f"'CORP', '0x3e7', '{event['ip']}', '{event['number']}'] Computer Name: {event['host']}")
    return {
        "message": message, "timestamp": event["at"], "datetime": event["moment"].isoformat(timespec="microseconds"),
        "timestamp_desc": "Content Modification Time", "data_type": "windows:evtx:record", "hostname": event["host"],
        "username": event["user"], "src_ip": event["ip"], "event_identifier": event["id"],
        "source_name": "Microsoft-Windows-Security-Auditing", "parser": "winevtx", "tag": "",
    }


def hayabusa(event):
    return {
        "Timestamp": event["moment"].isoformat(" ", "milliseconds").replace("+", " +"), "RuleTitle": f"Logon of kind {event['id']}",
        "Level": ["info", "low", "med", "high"][event["number"] % 4], "Computer": event["host"], "Channel": "Sec", "EventID": event["id"],
        "RecordID": event["number"], "Details": f"Type: 3 - NETWORK ¦ TgtUser: {event['user']} ¦ SrcComp: - ¦ SrcIP: {event['ip']} ¦ LID: 0x3e7",
        "ExtraFieldInfo": "AuthenticationPackageName: NTLM ¦ KeyLength: 128", "RuleID": "e87bd730-df45-4ae9-85de-6c75369c5d29",
    }


def as_csv(row):
    def write(file, rows):
        quoted = lambda value: f'"{value}"' if isinstance(value, str) and value else str(value)
        for number, event in enumerate(events(rows)):
            cells = row(event)
            if number == 0:
                file.write(",".join(cells) + "\n")
            file.write(",".join(map(quoted, cells.values())) + "\n")
    return write


def as_jsonl(row):
    def write(file, rows):
        for event in events(rows):
            file.write(json.dumps(row(event), ensure_ascii=False) + "\n")
    return write


WRITERS = {
    "timesketch.csv": as_csv(timesketch), "timesketch.jsonl": as_jsonl(timesketch),
    "hayabusa.csv": as_csv(hayabusa), "hayabusa.jsonl": as_jsonl(hayabusa),
}


# Measuring.


def median(runs, command, folder, files=(None,)):
    """Seconds by the clock and of processors, and the most memory that one process took, in MB."""
    seconds, used, memory = zip(*(timed(command, folder, files) for _ in range(runs)))
    return statistics.median(seconds), statistics.median(used), max(memory)


def timed(command, folder, files):
    start = time.perf_counter()
    used, memory = 0.0, 0
    for file in files:
        with open(os.devnull, "wb") as nowhere:
            process = subprocess.Popen(command + ([file] if file else []), cwd=folder, env=ENVIRONMENT, stdout=nowhere, stderr=subprocess.PIPE)
            said = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"{' '.join(command)} ended with {status}:\n{said.decode(errors='replace')}"[:4000])
        used += usage.ru_utime + usage.ru_stime
        memory = max(memory, usage.ru_maxrss // 1024)
    return time.perf_counter() - start, used, memory


def demand(command, folder):
    ran = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    if ran.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}"[:4000])


if __name__ == "__main__":
    main()
