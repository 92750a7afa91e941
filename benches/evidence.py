#!/usr/bin/env python3
"""Measures `casebook evidence verify` against the usual hashing programs on the same files, in one run, as ratios.

usage: benches/evidence.py [--workloads W1,W2,W2b,W3] [--runs 5] [--scale 1] [--keep FOLDER]

  W1   one file of 4 GiB
  W2   100,000 files of 1 to 16 KiB in 1,000 items, committed
  W2b  the same files in one item
  W3   2,000 files of 1 to 3.3 MB in 20 items

Builds nothing: it uses target/release/casebook. The same seed gives the same bytes. W1 and W3 are items of a store whose
bytes lie in the work tree, which Git ignores. The caches of the disk are warm. Every round runs each program once; the
tables show medians in seconds by the clock and of the processors, the ratio of casebook to each by the clock, and what was
asked for. Where the load that is shown is above 1, something else ran, and only the processors' seconds say much. Programs
that are not installed are left out. `--scale 0.01` makes everything smaller, to try the script; at scale 1, 5 GB must be
free, with --keep 13 GB.
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
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
JOBS = os.cpu_count() or 1
ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Bob Example", "GIT_AUTHOR_EMAIL": "bob@example.org",
    "GIT_COMMITTER_NAME": "Bob Example", "GIT_COMMITTER_EMAIL": "bob@example.org",
    "CASEBOOK_NOW": "2026-03-05T12:00:00Z",
}

# Items, files in each, smallest and largest size, home of the bytes.
WORKLOADS = {
    "W1": (1, 1, 4 << 30, 4 << 30, "store"),
    "W2": (1000, 100, 1 << 10, 16 << 10, "git"),
    "W2b": (1, 100_000, 1 << 10, 16 << 10, "git"),
    "W3": (20, 100, 1_000_000, 3_300_000, "store"),
}

XARGS = f"`xargs -P{JOBS}`"
# What was asked for: the most that casebook may take, as a part of the time of another program.
ASKED = {
    "W1": {"`openssl dgst`": 0.9},
    "W2": {f"`sha256sum` under {XARGS}": 0.75, "`hashdeep -a`": 0.35},
    "W2b": {f"`sha256sum` under {XARGS}": 0.75, "`hashdeep -a`": 0.35},
    "W3": {f"`openssl dgst` under {XARGS}": 0.75, "`hashdeep -a`": 0.3},
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", default="W1,W2,W2b,W3")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--keep", help="build the cases in this folder and keep them")
    arguments = parser.parse_args()
    folder = os.path.abspath(arguments.keep or tempfile.mkdtemp(prefix="casebook-bench-"))
    ENVIRONMENT["HOME"] = folder
    ENVIRONMENT["GIT_CONFIG_GLOBAL"] = os.path.join(folder, "gitconfig")
    try:
        for workload in arguments.workloads.split(","):
            case = os.path.join(folder, workload)
            if not os.path.isdir(case):
                build(workload, case, arguments.scale)
            measure(workload, case, arguments.runs)
            if not arguments.keep:
                shutil.rmtree(case)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


# Making the cases.


def build(workload, case, scale):
    os.makedirs(os.path.dirname(case), exist_ok=True)
    for key, value in [("user.name", "Bob Example"), ("user.email", "bob@example.org"), ("gc.auto", "0"), ("maintenance.auto", "false")]:
        demand(["git", "config", "--global", key, value], "/")
    demand([CASEBOOK, "init", case, "--id", f"BENCH-{workload}", "--title", "A case to measure"], "/")
    fill(workload, case, scale)
    demand(["git", "add", "-A"], case)
    demand(["git", "commit", "-q", "--no-verify", "-m", "Fill the case"], case)


def fill(workload, case, scale):
    items, files, least, most, storage = WORKLOADS[workload]
    if workload == "W1":
        least = most = max(1, int(most * scale))
    elif items == 1:
        files = max(1, int(files * scale))
    else:
        items = max(1, int(items * scale))
    rng = random.Random(1)
    with open(os.path.join(case, "team.toml"), encoding="utf-8") as team:
        person = next(line.split('"')[1] for line in team if line.startswith("handle = "))
    for _ in range(items):
        item = new_id(rng, "x")
        os.makedirs(os.path.join(case, "evidence", item))
        lines, total = [], 0
        for number in range(files):
            size = rng.randint(least, most)
            path = f"{item}/log-{number:06}.bin"
            lines.append(f"{write_random(rng, os.path.join(case, 'evidence', path), size)}  {path}\n")
            total += size
        record_item(case, item, "".join(lines), len(lines), total, storage, new_id(rng, "c"), person)
        if storage != "git":
            with open(os.path.join(case, ".git", "info", "exclude"), "a", encoding="utf-8") as file:
                file.write(f"/evidence/{item}/\n")


def write_random(rng, path, size):
    hashing = hashlib.sha256()
    with open(path, "wb") as file:
        while size:
            piece = rng.randbytes(min(size, 1 << 20))
            hashing.update(piece)
            file.write(piece)
            size -= len(piece)
    return hashing.hexdigest()


def record_item(case, item, listing, files, total, storage, custody, person):
    digest = hashlib.sha256(listing.encode()).hexdigest()
    write(f"{case}/evidence/{item}.sha256", listing)
    write(
        f"{case}/evidence/{item}.toml",
        f'id = "{item}"\ntitle = "Generated files"\nkind = "log"\nstorage = "{storage}"\nfiles = {files}\nbytes = {total}\n'
        f'list = "{digest}"\n\n[acquired]\nat = 2026-02-01T08:00:00Z\nby = "{person}"\n',
    )
    write(
        f"{case}/custody/{custody}.toml",
        f'id = "{custody}"\nitem = "{item}"\nat = 2026-02-01T08:00:00Z\nby = "{person}"\naction = "collected"\n'
        f'digest = "sha256:{digest}"\n',
    )


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def new_id(rng, letter):
    return letter + "-" + "".join(rng.choice(ALPHABET) for _ in range(8))


# Measuring.


def measure(workload, case, runs):
    rivals = programs(workload, case)
    modes = ways_to_verify(workload)
    commands = {**{name: [CASEBOOK, "evidence", "verify", *options] for name, options in modes.items()}, **rivals}
    load = os.getloadavg()[0]
    for command in commands.values():  # Warms the caches of the disk, and what quick modes remember.
        timed(command, case)
    times = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(timed(command, case))
    clock = {name: statistics.median(seconds for seconds, _ in all_times) for name, all_times in times.items()}
    processors = {name: statistics.median(seconds for _, seconds in all_times) for name, all_times in times.items()}
    own = next(iter(modes))
    print(f"\n{workload}: {describe(case)}; median of {runs}, {JOBS} cores, load before {load:.1f}\n")
    print("| what | seconds | of processors | casebook takes | asked for | peak memory |\n|---|---|---|---|---|---|")
    for name in commands:
        asked = ASKED[workload].get(name)
        ratio = "" if name in modes else f"{clock[own] / clock[name]:.2f} of it"
        if name == "`git status`" and QUICK in modes:
            asked, ratio = 2, f"{clock[QUICK] / clock[name]:.2f} of it, quick"
        memory = f"{peak_memory(commands[name], case)} MB" if name in modes else ""
        asked = f"≤ {asked}" if asked else ""
        print(f"| {name} | {clock[name]:.3f} | {processors[name]:.2f} | {ratio} | {asked} | {memory} |")
    sys.stdout.flush()


QUICK = "`casebook evidence verify --worktree --quick`, nothing changed"


def ways_to_verify(workload):
    """The first is compared with the others."""
    modes = {"`casebook evidence verify --worktree`": ["--worktree"]}
    help_text = subprocess.run([CASEBOOK, "evidence", "verify", "--help"], capture_output=True, text=True).stdout
    if "--quick" in help_text:
        modes[QUICK] = ["--worktree", "--quick"]
    if workload.startswith("W2"):
        modes["`casebook evidence verify`, HEAD and work tree"] = []
    return modes


def programs(workload, case):
    """The rivals that are installed, each with the command that hashes every file of evidence."""
    names = sorted(
        os.path.relpath(os.path.join(folder, name), case)
        for folder, _, files in os.walk(os.path.join(case, "evidence")) if os.path.basename(folder) != "evidence"
        for name in files
    )
    beside = os.path.join(case, ".git")
    listed = os.path.join(beside, "bench-files")
    with open(listed, "w", encoding="utf-8") as file:
        file.write("".join(f"{name}\0" for name in names))
    each = max(1, min(1000, len(names) // (JOBS * 4)))
    shared = ["xargs", "-0", "-a", listed, f"-P{JOBS}", f"-n{each}"]
    one = ["xargs", "-0", "-a", listed]
    openssl = ["openssl", "dgst", "-sha256"]
    rivals = {"`openssl dgst`": [*one, *openssl]}
    if workload != "W1":
        rivals[f"`openssl dgst` under {XARGS}"] = [*shared, *openssl]
    rivals["`sha256sum`"] = [*one, "sha256sum"]
    if workload != "W1":
        rivals[f"`sha256sum` under {XARGS}"] = [*shared, "sha256sum"]
    known = os.path.join(beside, "bench-known")
    rivals["`hashdeep -a`"] = [*one, "hashdeep", "-c", "sha256", "-a", "-k", known]
    rivals["`rhash`"] = [*one, "rhash", "--sha256"]
    rivals = {name: command for name, command in rivals.items() if shutil.which(next(word for word in command if not is_xargs(word, listed)))}
    if "`hashdeep -a`" in rivals:
        prepare_hashdeep(known, rivals, one, case)
    if workload.startswith("W2"):
        rivals["`git status`"] = ["git", "status"]
    return rivals


def prepare_hashdeep(known, rivals, one, case):
    # A command line has a limit, so that xargs may run hashdeep more than once; it reads the names from a file instead.
    listed = known + "-names"
    names = open(one[3], encoding="utf-8").read().split("\0")[:-1]
    with open(listed, "w", encoding="utf-8") as file:
        file.write("".join(f"{name}\n" for name in names))
    with open(known, "w", encoding="utf-8") as file:
        subprocess.run(["hashdeep", "-l", "-c", "sha256", "-f", listed], cwd=case, stdout=file, check=True)
    rivals["`hashdeep -a`"] = ["hashdeep", "-l", "-c", "sha256", "-a", "-k", known, "-f", listed]


def is_xargs(word, listed):
    return word in ("xargs", listed) or word.startswith("-")


def describe(case):
    sizes = [
        os.path.getsize(os.path.join(folder, name))
        for folder, _, files in os.walk(os.path.join(case, "evidence")) if os.path.basename(folder) != "evidence"
        for name in files
    ]
    return f"{len(sizes):,} files, {sum(sizes) / 1e9:.2f} GB"


def demand(command, folder):
    ended = subprocess.run(command, cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if ended.returncode:
        sys.exit(f"{' '.join(command)}: exit {ended.returncode}\n{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}")


def timed(command, folder):
    """Seconds by the clock, and those that processors worked. The output goes to a file, as a user would keep it."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            sys.exit(f"{' '.join(command[:8])}: exit {process.returncode}\n{output.read()[-2000:].decode(errors='replace')}")
    return seconds, usage.ru_utime + usage.ru_stime


def peak_memory(command, folder):
    """Megabytes. A process begins with the peak of what started it, so it is started by a small one."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n"
    )
    small = [sys.executable, "-S", "-c", code, *command]
    return int(subprocess.run(small, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main()
