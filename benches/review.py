#!/usr/bin/env python3
"""Measures the server's gate, the audit of a history, and the verification of sign-offs, in one run.

usage: benches/review.py [--only push,audit,signoffs] [--runs 3] [--scale 1] [--keep FOLDER]

  push      100 commits to a case of 10,000 entries: with the hooks of a server, against the same push without hooks
  audit     `casebook audit` of 10,000 commits, which add and edit entries of a case of 1,000
  signoffs  `casebook signoffs` of a case with 1,000 signed findings, against the same case without its sign-offs

Builds nothing: it uses target/release/casebook. Every round pushes into a copy of the same server, which has judged the case
before. The table shows medians in seconds by the clock, and what was asked for. Where the load that is shown is above 1,
something else ran. `--scale 0.01` makes everything smaller, to try the script. Nothing is left behind without --keep.
"""

import argparse
import hashlib
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
GENERATE = os.path.join(ROOT, "benches", "generate.py")
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Bob Example", "GIT_AUTHOR_EMAIL": "bob@example.org",
    "GIT_COMMITTER_NAME": "Bob Example", "GIT_COMMITTER_EMAIL": "bob@example.org",
    "CASEBOOK_NOW": "2026-03-05T12:00:00Z",
}
POLICY = """
[[signoffs]]
kind = "finding"
status = ["confirmed"]
approvals = 1

[[transitions]]
kind = "finding"
from = "confirmed"
to = ["superseded"]
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="push,audit,signoffs")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--keep", help="build in this folder and keep it")
    arguments = parser.parse_args()
    folder = os.path.abspath(arguments.keep or tempfile.mkdtemp(prefix="casebook-bench-"))
    os.makedirs(folder, exist_ok=True)
    ENVIRONMENT["HOME"] = folder
    ENVIRONMENT["GIT_CONFIG_GLOBAL"] = os.path.join(folder, "gitconfig")
    for key, value in [("user.name", "Bob Example"), ("user.email", "bob@example.org"), ("gc.auto", "0"), ("maintenance.auto", "false")]:
        demand(["git", "config", "--global", key, value], "/")
    scaled = lambda number: max(2, int(number * arguments.scale))
    load = os.getloadavg()[0]
    try:
        measures = {
            "push": lambda: push(os.path.join(folder, "push"), scaled(10_000), scaled(100), arguments.runs),
            "audit": lambda: audit(os.path.join(folder, "audit"), scaled(1_000), scaled(10_000), arguments.runs),
            "signoffs": lambda: signoffs(os.path.join(folder, "signoffs"), scaled(1_000), arguments.runs),
        }
        rows = [row for name in arguments.only.split(",") for row in measures[name]()]
        print(f"\nmedian of {arguments.runs}, {os.cpu_count()} cores, load before {load:.1f}\n")
        print("| what | seconds | asked for |\n|---|---|---|")
        for what, seconds, asked in rows:
            print(f"| {what} | {seconds:.3f} | {asked} |")
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


# The three cases.


def push(folder, entries, commits, runs):
    case = found(os.path.join(folder, "case"), entries)
    servers = {True: os.path.join(folder, "with.git"), False: os.path.join(folder, "without.git")}
    for has_hooks, server in servers.items():
        demand(["git", "init", "-q", "--bare", "-b", "main", server], "/")
        if has_hooks:
            demand([CASEBOOK, "hook", "install", "--server"], server)
        demand(["git", "push", "-q", "--no-verify", server, "main"], case)
    grow(case, commits)
    times = {True: [], False: []}
    for _ in range(runs):
        for has_hooks, server in servers.items():
            copy = server + ".copy"
            shutil.copytree(server, copy, symlinks=True)
            times[has_hooks].append(timed(["git", "push", "-q", "--no-verify", copy, "main"], case))
            shutil.rmtree(copy)
    plain, judged = (statistics.median(times[has_hooks]) for has_hooks in (False, True))
    what = f"push of {commits:,} commits to {entries:,} entries"
    yield f"{what}, without hooks", plain, ""
    yield f"{what}, with them", judged, ""
    yield "what the hooks cost", judged - plain, "≤ 1"


def audit(folder, entries, commits, runs):
    case = found(os.path.join(folder, "case"), entries)
    grow(case, commits)
    demand(["git", "repack", "-adq"], case)
    seconds = statistics.median(timed([CASEBOOK, "audit"], case) for _ in range(runs))
    yield f"`casebook audit` of {commits:,} commits", seconds, "≤ 5"


def signoffs(folder, count, runs):
    case = found(os.path.join(folder, "case"), 50)
    sign(case, count, os.path.join(folder, "key"))
    listed = subprocess.run([CASEBOOK, "signoffs", "--format", "json"], cwd=case, env=ENVIRONMENT, capture_output=True, text=True).stdout
    if listed.count('"approved"') != count:
        sys.exit(f"{count} findings are signed, and not all are approved:\n{listed[:2000]}")
    seconds = {}
    for is_signed in (True, False):
        if not is_signed:
            shutil.rmtree(os.path.join(case, "signoffs"))
        seconds[is_signed] = statistics.median(timed([CASEBOOK, "signoffs"], case, {0, 1}) for _ in range(runs))
    yield f"`casebook signoffs`, {count:,} findings, each signed", seconds[True], ""
    yield "the same without the sign-offs", seconds[False], ""
    yield f"what {count:,} sign-offs cost", seconds[True] - seconds[False], "≤ 0.2"


# Making them.


def found(case, entries):
    """A case with a person who may sign, committed."""
    os.makedirs(os.path.dirname(case), exist_ok=True)
    demand([CASEBOOK, "init", case, "--id", "BENCH", "--title", "A case to measure"], "/")
    key = os.path.join(os.path.dirname(case), "key")
    demand(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "rita", "-f", key], "/")
    public = open(f"{key}.pub", encoding="utf-8").read().strip()
    append(f"{case}/team.toml", f'\n[[people]]\nhandle = "rita"\nname = "Rita Example"\nroles = ["lead", "reviewer"]\nkeys = ["{public}"]\n')
    append(f"{case}/policy.toml", POLICY)
    demand([sys.executable, GENERATE, case, "--entries", str(entries), "--evidence", "100"], "/")
    demand(["git", "add", "-A"], case)
    demand(["git", "commit", "-q", "--no-verify", "-m", "Fill the case"], case)
    return case


def grow(case, commits):
    """Commits that edit a finding each, every fifth a new event, through git fast-import."""
    rng = random.Random(2)
    findings = sorted(os.listdir(os.path.join(case, "findings")))
    findings = [name for name in findings if name.endswith(".toml")]
    texts = {name: open(os.path.join(case, "findings", name), encoding="utf-8").read() for name in findings}
    stream = []
    for number in range(commits):
        if number % 5 == 4:
            event = new_id(rng, "e")
            path, text = f"events/{event}.toml", f'id = "{event}"\ntitle = "Event {number}"\ntime = 2026-02-01T08:00:00Z\nactor = "attacker"\n'
        else:
            name = rng.choice(findings)
            lines = [line for line in texts[name].splitlines() if not line.startswith("title = ")]
            path, text = f"findings/{name}", "\n".join([lines[0], f'title = "Edited by commit {number}"', *lines[1:]]) + "\n"
            texts[name] = text
        message = f"Commit {number}"
        stream.append(
            f"commit refs/heads/main\ncommitter Bob Example <bob@example.org> {1772700000 + number} +0000\ndata {len(message)}\n{message}\n"
            + ("from refs/heads/main^0\n" if number == 0 else "")
            + f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n"
        )
    process = subprocess.run(["git", "fast-import", "--quiet"], cwd=case, env=ENVIRONMENT, input="".join(stream), text=True)
    if process.returncode:
        sys.exit("git fast-import failed")
    demand(["git", "reset", "-q", "--hard"], case)


def sign(case, count, key):
    """Findings, and a sign-off of each."""
    rng = random.Random(3)
    policy = sha256(open(f"{case}/policy.toml", "rb").read())
    os.makedirs(f"{case}/signoffs", exist_ok=True)
    names = []
    for number in range(count):
        finding = new_id(rng, "f")
        text = f'id = "{finding}"\ntitle = "Finding {number}"\nstatus = "proposed"\ntype = "observation"\nsummary = "What was seen."\n'
        write(f"{case}/findings/{finding}.toml", text)
        statement = (
            f"casebook-signoff v1\ncase: BENCH\nrole: reviewer\ndecision: approve\nsigner: rita\nsigned-at: 2026-03-04T09:00:00Z\n"
            f"policy: {policy}\nentry: {finding} {sha256(text.encode())}\n"
        )
        name = f"{case}/signoffs/{sha256(statement.encode())[:16]}-rita.stmt"
        write(name, statement)
        names.append(name)
    for start in range(0, len(names), 500):
        demand(["ssh-keygen", "-q", "-Y", "sign", "-n", "casebook-signoff", "-f", key, *names[start : start + 500]], case)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def new_id(rng, letter):
    return letter + "-" + "".join(rng.choice(ALPHABET) for _ in range(8))


def write(path, text):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def append(path, text):
    with open(path, "a", encoding="utf-8", newline="\n") as file:
        file.write(text)


# Running programs.


def demand(command, folder):
    ended = subprocess.run(command, cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if ended.returncode:
        sys.exit(f"{' '.join(command[:9])}: exit {ended.returncode}\n{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}")


def timed(command, folder, may_end=frozenset([0])):
    """Seconds by the clock."""
    started = time.perf_counter()
    ended = subprocess.run(command, cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if ended.returncode not in may_end:
        sys.exit(f"{' '.join(command[:9])}: exit {ended.returncode}\n{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}")
    return seconds


if __name__ == "__main__":
    main()
