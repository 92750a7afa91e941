#!/usr/bin/env python3
"""Measures casebook on a generated case against what a user would do without it, in one run, as ratios.

usage: benches/compare.py [--entries 10000] [--evidence 100000] [--runs 7] [--keep FOLDER]

Builds nothing: it uses target/release/casebook. Prints a table: medians in seconds, and each as a ratio to a bare
`git commit` of the same change in the same repository. The pre-commit framework is measured where it is installed.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CASEBOOK = os.path.join(ROOT, "target", "release", "casebook")
ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Bob Example", "GIT_AUTHOR_EMAIL": "bob@example.org",
    "GIT_COMMITTER_NAME": "Bob Example", "GIT_COMMITTER_EMAIL": "bob@example.org",
    "CASEBOOK_NOW": "2026-03-05T12:00:00Z",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--evidence", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--keep", help="build the case in this folder and keep it")
    arguments = parser.parse_args()
    folder = arguments.keep or tempfile.mkdtemp(prefix="casebook-bench-")
    ENVIRONMENT["HOME"] = folder
    ENVIRONMENT["GIT_CONFIG_GLOBAL"] = os.path.join(folder, "gitconfig")
    try:
        measure(os.path.join(folder, "case"), arguments)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


def run(command, folder, check=True):
    ended = subprocess.run(command, cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if check and ended.returncode:
        sys.exit(f"{' '.join(command)}: exit {ended.returncode}\n{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}")
    return ended


def timed(command, folder):
    started = time.perf_counter()
    run(command, folder)
    return time.perf_counter() - started


def peak_memory(command, folder):
    """Megabytes of the largest process among the command and its children."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n"
    )
    return int(run([sys.executable, "-c", code, *command], folder).stdout)


def served(case, edit, runs):
    """Seconds from an edit to the event that tells a browser of it, and to the page that shows it."""
    command = [CASEBOOK, "serve", "--format", "json"]
    server = subprocess.Popen(command, cwd=case, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        page = json.loads(server.stdout.readline())["url"]
        events = urllib.request.urlopen(page.replace("technical/", "events"))

        def event():
            return next(line for line in events if line.startswith(b"data: "))

        event()
        told, shown = [], []
        for _ in range(runs):
            started = time.perf_counter()
            edit()
            event()
            told.append(time.perf_counter() - started)
            urllib.request.urlopen(f"{page}report").read()
            shown.append(time.perf_counter() - started)
        return statistics.median(told), statistics.median(shown)
    finally:
        server.terminate()
        server.wait()


def measure(case, arguments):
    if not os.path.isdir(case):
        build(case, arguments)
    finding = sorted(os.listdir(os.path.join(case, "findings")))[0]
    path = os.path.join(case, "findings", finding)
    number = [0]

    def edit():
        number[0] += 1
        with open(path, encoding="utf-8") as file:
            text = file.read()
        first, rest = text.split('title = "', 1)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'{first}title = "Changed {number[0]} {time.time_ns()}"{rest[rest.index(chr(34)) + 1:]}')

    def change():
        edit()
        run(["git", "add", f"findings/{finding}"], case)

    def commits(*options):
        times = []
        for _ in range(arguments.runs):
            change()
            times.append(timed(["git", *options, "commit", "-q", "-m", "one finding"], case))
        return statistics.median(times)

    off = ("-c", f"core.hooksPath={os.path.join(case, '.no-hooks')}")
    nothing = ("-c", f"core.hooksPath={hooks_that_do_nothing(case)}")
    rows = []
    commits()  # warms the caches of the disk and of casebook
    bare = commits(*off)
    rows.append(("bare `git commit` of one changed finding", bare))
    rows.append(("the same with hooks of one line of shell that do nothing", commits(*nothing)))
    gate = commits("-c", f"core.hooksPath={only_the_gate(case)}")
    rows.append(("the same with casebook's pre-commit hook alone", gate))
    rows.append(("the same with every hook of casebook, report included", commits()))
    framework = shutil.which("pre-commit")
    if framework:
        rows.append(("the pre-commit framework with one trivial hook", with_framework(case, change, arguments)))
    cold = []
    for _ in range(3):
        shutil.rmtree(os.path.join(case, ".git", "casebook"), ignore_errors=True)
        cold.append(timed([CASEBOOK, "check"], case))
    rows.append(("cold `casebook check` of the work tree, evidence hashed", statistics.median(cold)))
    rows.append(("`casebook diff HEAD~1..HEAD` of one changed finding, both sides checked",
                 statistics.median([timed([CASEBOOK, "diff", "HEAD~1..HEAD"], case) for _ in range(arguments.runs)])))
    rows.append(("`casebook report`", statistics.median([timed([CASEBOOK, "report", "--output", "-"], case) for _ in range(3)])))
    told, shown = served(case, edit, arguments.runs)
    rows.append(("`casebook serve`: from a saved finding to the event in the browser", told))
    rows.append(("the same, to the whole page", shown))
    print(f"{arguments.entries} entries, {arguments.evidence} evidence files, median of {arguments.runs}\n")
    print("| what | seconds | ratio to bare commit |\n|---|---|---|")
    for what, seconds in rows:
        print(f"| {what} | {seconds:.3f} | {seconds / bare:.2f} |")
    print(f"\nthe pre-commit hook adds {gate - bare:.3f} s")
    print(f"\npeak memory: pre-commit {peak_memory([CASEBOOK, 'hook', 'run', 'pre-commit'], case)} MB, "
          f"cold check {cold_memory(case)} MB, report {peak_memory([CASEBOOK, 'report', '--output', '-'], case)} MB")


def only_the_gate(case):
    folder = os.path.join(case, ".git", "hooks-of-the-gate")
    os.makedirs(folder, exist_ok=True)
    shutil.copy(os.path.join(case, ".git", "hooks", "pre-commit"), folder)
    return folder


def hooks_that_do_nothing(case):
    folder = os.path.join(case, ".git", "hooks-of-nothing")
    os.makedirs(folder, exist_ok=True)
    for name in ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"]:
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 0\n")
        os.chmod(path, 0o755)
    return folder


def cold_memory(case):
    shutil.rmtree(os.path.join(case, ".git", "casebook"), ignore_errors=True)
    return peak_memory([CASEBOOK, "check"], case)


def with_framework(case, change, arguments):
    config = os.path.join(case, ".pre-commit-config.yaml")
    with open(config, "w", encoding="utf-8") as file:
        file.write("repos:\n- repo: local\n  hooks:\n  - {id: trivial, name: trivial, entry: 'true', language: system, always_run: true, pass_filenames: false}\n")
    hooks = os.path.join(case, ".git", "framework-hooks")
    os.makedirs(hooks, exist_ok=True)
    hook = os.path.join(hooks, "pre-commit")
    with open(hook, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nexec pre-commit run --config .pre-commit-config.yaml\n")
    os.chmod(hook, 0o755)
    times = []
    for _ in range(arguments.runs):
        change()
        times.append(timed(["git", "-c", f"core.hooksPath={hooks}", "commit", "-q", "-m", "one finding"], case))
    os.remove(config)
    return statistics.median(times)


def build(case, arguments):
    os.makedirs(os.path.dirname(case), exist_ok=True)
    run(["git", "config", "--global", "user.name", "Bob Example"], "/")
    run(["git", "config", "--global", "user.email", "bob@example.org"], "/")
    run(["git", "config", "--global", "gc.auto", "0"], "/")
    run(["git", "config", "--global", "maintenance.auto", "false"], "/")
    run([CASEBOOK, "init", case, "--id", "BENCH-1", "--title", "A case to measure"], "/")
    generate = [sys.executable, os.path.join(ROOT, "benches", "generate.py"), case]
    run([*generate, "--entries", str(arguments.entries), "--evidence", str(arguments.evidence)], "/")
    run(["git", "add", "-A"], case)
    run(["git", "commit", "-q", "-m", "Fill the case"], case)
    run(["git", "gc", "-q"], case)


if __name__ == "__main__":
    main()
