#!/usr/bin/env python3
"""Measures the reports of a case for all audiences, beside a static site generator that gets their finished Markdown.

usage: benches/reports.py [--entries 10000] [--runs 5] [--keep FOLDER]

  cold     `casebook report --all-audiences` without anything remembered: it reads and judges the case of a commit, writes every
           report as HTML and as Markdown, and searches the finished bytes for what they must not hold
  changed  the same after a commit that changed one entry, with what was remembered of the one before
  html     the same as changed, but HTML alone, which is all that mdBook writes
  mdbook   `mdbook build` of a book whose chapters are the Markdown files of the first: it writes them as HTML, without its search
           index

Builds nothing: it uses target/release/casebook, and mdbook from PATH (`cargo install mdbook`); without it that row is left out.
The table shows medians in seconds by the clock. Nothing is left behind without --keep.
"""

import argparse
import glob
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CASEBOOK = os.environ.get("CASEBOOK_BINARY") or os.path.join(ROOT, "target", "release", "casebook")
GENERATE = os.path.join(ROOT, "benches", "generate.py")
ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Bob Example", "GIT_AUTHOR_EMAIL": "bob@example.org",
    "GIT_COMMITTER_NAME": "Bob Example", "GIT_COMMITTER_EMAIL": "bob@example.org",
    "CASEBOOK_NOW": "2026-03-05T12:00:00Z",
}
BOOK = """[book]
title = "Reports"
[output.html]
[output.html.search]
enable = false
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", help="build in this folder and keep it")
    arguments = parser.parse_args()
    folder = os.path.abspath(arguments.keep or tempfile.mkdtemp(prefix="casebook-bench-"))
    os.makedirs(folder, exist_ok=True)
    ENVIRONMENT["HOME"] = folder
    ENVIRONMENT["GIT_CONFIG_GLOBAL"] = os.path.join(folder, "gitconfig")
    try:
        measure(folder, arguments.entries, arguments.runs)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


def measure(folder, entries, runs):
    case, out = os.path.join(folder, "case"), os.path.join(folder, "out")
    load = os.getloadavg()[0]
    demand([CASEBOOK, "init", case, "--id", "BENCH", "--title", "A case to measure"], "/")
    demand([sys.executable, GENERATE, case, "--entries", str(entries), "--evidence", "100"], "/")
    commit(case, "The case")
    report = [CASEBOOK, "report", "--all-audiences", "--output", out]
    times = {"cold": [], "changed": [], "html": [], "mdbook": []}
    for run in range(runs):
        shutil.rmtree(os.path.join(case, ".git", "casebook"), ignore_errors=True)
        times["cold"].append(timed(report, case))
        change(case, run)
        times["changed"].append(timed(report, case))
        times["html"].append(timed([*report[:-1], os.path.join(folder, "html"), "--format", "html"], case))
        if shutil.which("mdbook"):
            times["mdbook"].append(timed(["mdbook", "build"], book(folder, out)))
    pages = glob.glob(os.path.join(out, "**", "*.html"), recursive=True)
    megabytes = sum(os.path.getsize(page) for page in pages) / 1e6
    print(f"\n{entries:,} entries, {len(pages)} audiences, {megabytes:.1f} MB of HTML; median of {runs}, {os.cpu_count()} cores, load before {load:.1f}\n")
    print("| what | seconds | to mdbook | asked for |\n|---|---|---|---|")
    asked = {"cold": "≤ 1", "changed": "≤ 0.1", "html": "< 1 to mdbook", "mdbook": ""}
    for what, seconds in times.items():
        if seconds:
            median = statistics.median(seconds)
            ratio = f"{median / statistics.median(times['mdbook']):.2f}" if times["mdbook"] else ""
            print(f"| {what} | {median:.3f} | {ratio} | {asked[what]} |")


def change(case, run):
    """A commit in which one finding has another title."""
    finding = sorted(glob.glob(os.path.join(case, "findings", "*.toml")))[run]
    with open(finding, encoding="utf-8") as file:
        lines = file.readlines()
    titled = next(number for number, line in enumerate(lines) if line.startswith("title = "))
    lines[titled] = f'title = "Changed in run {run}"\n'
    with open(finding, "w", encoding="utf-8") as file:
        file.writelines(lines)
    commit(case, f"Change {run}")


def book(folder, out):
    """A book of the Markdown reports."""
    place = os.path.join(folder, "book")
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(os.path.join(place, "src"))
    summary = []
    for page in sorted(glob.glob(os.path.join(out, "**", "report.md"), recursive=True)):
        name = os.path.basename(os.path.dirname(page)) + ".md"
        shutil.copy(page, os.path.join(place, "src", name))
        summary.append(f"- [{name}]({name})\n")
    with open(os.path.join(place, "src", "SUMMARY.md"), "w", encoding="utf-8") as file:
        file.writelines(["# Summary\n\n", *summary])
    with open(os.path.join(place, "book.toml"), "w", encoding="utf-8") as file:
        file.write(BOOK)
    return place


def commit(case, message):
    demand(["git", "add", "--all"], case)
    demand(["git", "-c", "core.hooksPath=/nonexistent", "commit", "-q", "-m", message], case)


def timed(command, folder):
    start = time.perf_counter()
    demand(command, folder)
    return time.perf_counter() - start


def demand(command, folder):
    ran = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    if ran.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}"[:4000])


if __name__ == "__main__":
    main()
