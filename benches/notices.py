#!/usr/bin/env python3
"""Measures the plan of notices for a push of 100 commits, beside what mails of commits are made of: `git log --patch` of the push.

usage: benches/notices.py [--entries 10000] [--commits 100] [--runs 7] [--keep FOLDER]

  plan      `casebook notify plan A..B`: eight routes for five audiences, in a case whose findings have many markings; the hundred commits
            confirm, withdraw and change findings and add actions
  cold      the same without anything remembered
  git log   `git log --patch A..B`, which scripts that mail commits read

Builds nothing: it uses target/release/casebook. The table shows medians in seconds by the clock.
"""

import argparse
import glob
import os
import re
import shutil
import statistics
import sys
import tempfile

sys.dont_write_bytecode = True
from reports import CASEBOOK, ENVIRONMENT, GENERATE, commit, demand, timed

ROUTES = """
[[routes]]
handle = "legal"
audience = "legal"
channels = ["legal-mail"]
on = ["due-soon", "milestone", "overdue", "reached"]
kind = ["case", "finding"]
status = ["confirmed", "contained"]

[[routes]]
handle = "severe"
audience = "executive"
channels = ["board-mail"]
kind = ["finding"]
status = ["confirmed"]
severity = ["critical", "high"]

[[routes]]
handle = "work"
audience = "operations"
channels = ["chat", "queue"]
on = ["changed", "overdue", "reached"]
kind = ["action"]

[[routes]]
handle = "hunt"
audience = "indicators"
channels = ["hunt"]
kind = ["indicator"]

[[routes]]
handle = "customers"
audience = "customer"
channels = ["page"]
kind = ["finding"]
status = ["confirmed"]

[[routes]]
handle = "techniques"
audience = "operations"
channels = ["chat"]
techniques = ["T1486", "T1566"]

[[routes]]
handle = "low"
audience = "operations"
channels = ["chat"]
tlp = "green"
kind = ["finding"]

[[routes]]
handle = "all"
audience = "technical"
channels = ["team"]
on = ["changed", "reached"]
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--keep", help="build in this folder and keep it")
    arguments = parser.parse_args()
    folder = os.path.abspath(arguments.keep or tempfile.mkdtemp(prefix="casebook-bench-"))
    os.makedirs(folder, exist_ok=True)
    ENVIRONMENT["HOME"] = folder
    ENVIRONMENT["GIT_CONFIG_GLOBAL"] = os.path.join(folder, "gitconfig")
    try:
        measure(folder, arguments)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


def measure(folder, arguments):
    case = os.path.join(folder, "case")
    load = os.getloadavg()[0]
    demand([CASEBOOK, "init", case, "--id", "BENCH", "--title", "A case to measure"], "/")
    demand([sys.executable, GENERATE, case, "--entries", str(arguments.entries), "--evidence", "100"], "/")
    with open(os.path.join(case, "policy.toml"), "a", encoding="utf-8") as file:
        file.write(ROUTES)
    commit(case, "The case")
    for number in range(arguments.commits):
        change(case, number)
    ends = f"HEAD~{arguments.commits}..HEAD"
    plan = [CASEBOOK, "notify", "plan", ends, "--format", "json"]
    times = {"plan": [], "cold": [], "git log": []}
    for _ in range(arguments.runs):
        shutil.rmtree(os.path.join(case, ".git", "casebook"), ignore_errors=True)
        times["cold"].append(planned(plan, case))
        times["plan"].append(planned(plan, case))
        times["git log"].append(timed(["git", "log", "--patch", ends], case))
    print(f"\n{arguments.entries:,} entries, {arguments.commits} commits; median of {arguments.runs}, {os.cpu_count()} cores, load before {load:.1f}\n")
    print("| what | seconds | to git log | asked for |\n|---|---|---|---|")
    for what, seconds in times.items():
        median = statistics.median(seconds)
        print(f"| {what} | {median:.3f} | {median / statistics.median(times['git log']):.2f} | {'≤ 0.3' if what == 'plan' else ''} |")


def planned(plan, case):
    """Some of what is planned is withheld, so that it ends with 1."""
    return timed(["sh", "-c", '"$@"; [ $? -le 1 ]', "sh", *plan], case)


def change(case, number):
    """A commit that changes a finding and adds an action."""
    finding = sorted(glob.glob(os.path.join(case, "findings", "*.toml")))[number]
    with open(finding, encoding="utf-8") as file:
        text = file.read()
    status = ["confirmed", "withdrawn", "proposed"][number % 3]
    text = re.sub(r'^status = ".*"$', f'status = "{status}"', text, count=1, flags=re.M)
    text = re.sub(r'^title = ".*"$', f'title = "Changed by commit {number}"', text, count=1, flags=re.M)
    with open(finding, "w", encoding="utf-8") as file:
        file.write(text)
    name = f"r-{number:08d}"
    with open(os.path.join(case, "actions", f"{name}.toml"), "w", encoding="utf-8") as file:
        file.write(f'id = "{name}"\ntitle = "Task {number}"\nphase = "contain"\nstatus = "open"\n')
    commit(case, f"Commit {number}")


if __name__ == "__main__":
    main()
