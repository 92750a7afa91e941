#!/usr/bin/env python3
"""Fills a case with seeded entries and small evidence files, for measuring.

usage: benches/generate.py CASE [--entries 10000] [--evidence 100000] [--seed 1]

CASE is a folder made by `casebook init`. The same seed gives the same bytes. Evidence is put into items of 100 files of
64 to 1024 bytes each; entries are findings, events, indicators, assets and actions that refer to each other.
"""

import argparse
import hashlib
import os
import random

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
FOLDERS = {"f": "findings", "e": "events", "i": "indicators", "a": "assets", "r": "actions", "x": "evidence", "c": "custody"}
TECHNIQUES = ["T1021.001", "T1059.001", "T1078", "T1110.001", "T1543.003", "T1005", "T1486", "T1566.001"]
SENTENCE = "The log of the host shows the logon, the service that followed it, and the connection that it made. "


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case")
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--evidence", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    os.chdir(arguments.case)
    person = roster_person()
    items = make_evidence(rng, arguments.evidence, person)
    make_entries(rng, arguments.entries - 2 * len(items), items, person)


def roster_person():
    for line in open("team.toml", encoding="utf-8"):
        if line.startswith("handle = "):
            return line.split('"')[1]
    raise SystemExit("team.toml has no person: set git's user.name and user.email before `casebook init`")


def new_id(rng, letter):
    return letter + "-" + "".join(rng.choice(ALPHABET) for _ in range(8))


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def moment(rng):
    return f"2026-01-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}Z"


def make_evidence(rng, count, person):
    items = []
    for start in range(0, count, 100):
        item = new_id(rng, "x")
        items.append(item)
        lines, total = [], 0
        os.makedirs(f"evidence/{item}")
        for number in range(start, min(start + 100, count)):
            content = rng.randbytes(rng.randint(64, 1024))
            name = f"log-{number:06}.bin"
            with open(f"evidence/{item}/{name}", "wb") as file:
                file.write(content)
            lines.append(f"{hashlib.sha256(content).hexdigest()}  {item}/{name}\n")
            total += len(content)
        listing = "".join(lines)
        digest = hashlib.sha256(listing.encode()).hexdigest()
        write(f"evidence/{item}.sha256", listing)
        write(
            f"evidence/{item}.toml",
            f'id = "{item}"\ntitle = "Logs from {start}"\nkind = "log"\nstorage = "git"\nfiles = {len(lines)}\n'
            f'bytes = {total}\nlist = "{digest}"\n\n[acquired]\nat = 2026-02-01T08:00:00Z\nby = "{person}"\n',
        )
        custody = new_id(rng, "c")
        write(
            f"custody/{custody}.toml",
            f'id = "{custody}"\nitem = "{item}"\nat = 2026-02-01T08:00:00Z\nby = "{person}"\naction = "collected"\n'
            f'digest = "sha256:{digest}"\n',
        )
    return items


def make_entries(rng, count, items, person):
    share = {"a": 0.10, "i": 0.25, "r": 0.10, "e": 0.30, "f": 0.25}
    ids = {letter: [new_id(rng, letter) for _ in range(int(count * part))] for letter, part in share.items()}
    pick = lambda letter: rng.choice(ids[letter])
    some = lambda letter, most: "".join(f'    "{entry}",\n' for entry in sorted({pick(letter) for _ in range(rng.randint(2, most))}))

    def cite(number):
        if not items:
            return ""
        item = number % len(items)
        return f'\n[[evidence]]\nitem = "{items[item]}"\npath = "log-{item * 100:06}.bin"\nat = "bytes:{number % 60}+4"\n'

    for number, entry in enumerate(ids["a"]):
        write(f"assets/{entry}.toml", f'id = "{entry}"\nname = "host{number:05}.corp.example"\nkind = "host"\ncompromise = "suspected"\n')
    for number, entry in enumerate(ids["i"]):
        value = f"{1 + number % 9}.{20 + number // 9 % 200}.{1 + number // 1800 % 250}.{1 + number % 250}"
        write(f"indicators/{entry}.toml", f'id = "{entry}"\ntype = "other"\nvalue = "sample-{number}-{value}"\nverdict = "malicious"\nconfidence = "moderate"\n')
    for number, entry in enumerate(ids["r"]):
        write(f"actions/{entry}.toml", f'id = "{entry}"\ntitle = "Action {number}"\nphase = "contain"\nstatus = "open"\nassets = [\n{some("a", 4)}]\n')
    for number, entry in enumerate(ids["e"]):
        write(
            f"events/{entry}.toml",
            f'id = "{entry}"\ntitle = "Event {number}: a logon"\ntime = {moment(rng)}\nactor = "attacker"\n'
            f'techniques = ["{rng.choice(TECHNIQUES)}"]\ndestination = "{pick("a")}"\nindicators = [\n{some("i", 3)}]\n{cite(number)}',
        )
    for number, entry in enumerate(ids["f"]):
        write(
            f"findings/{entry}.toml",
            f'id = "{entry}"\ntitle = "Finding {number}: the intruder reached a host"\nstatus = "proposed"\ntype = "observation"\n'
            f'authors = ["{person}"]\nconfidence = "moderate"\nreason = "One log."\nobserved = {moment(rng)}\n'
            f'techniques = ["{rng.choice(TECHNIQUES)}"]\nassets = [\n{some("a", 4)}]\nindicators = [\n{some("i", 4)}]\n'
            f'summary = """\n{SENTENCE * rng.randint(2, 5)}\n"""\n{cite(number)}',
        )


if __name__ == "__main__":
    main()
