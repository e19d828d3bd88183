"""Errors of input and output: the n-th write, sync, truncation, renaming or read of a command fails, is cut short or is
torn, n over the whole run; then the same command runs undisturbed. See README.md.

    python3 Tests/Faults/faults.py [--tries N] [--seed N] [--only OPERATION] [--class CLASS] [--at N]
"""

import argparse
import functools
import os
import random
import subprocess
import sys
import tempfile

from workshop import ROOT, Tally, Workshop, Wrong, run

SHIM = os.path.join(ROOT, ".build", "faults-shim.so")

# Name, the calls that count, what happens to one of them, and the share of all tries.
CLASSES = [
    ("EIO at a write or sync", "wstn", "EIO", 5),
    ("ENOSPC at a write", "wtn", "ENOSPC", 3),
    ("ENOSPC from a write on", "wtn", "lasting", 3),
    ("a short write", "w", "short", 2),
    ("a torn write, then killed", "wstn", "torn", 4),
    ("EIO at a read", "r", "EIO", 3),
    ("a short read", "r", "short", 2),
]


def build():
    source = os.path.join(os.path.dirname(__file__), "shim.c")
    if not os.path.exists(SHIM) or os.path.getmtime(SHIM) < os.path.getmtime(source):
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", SHIM, source, "-ldl"], check=True)


def disturbed(operation, folder, letters, kind, at):
    count = folder + ".count"
    environment = {
        "LD_PRELOAD": SHIM, "FAULT_FOLDER": folder + "/", "FAULT_CALLS": letters, "FAULT_KIND": kind,
        "FAULT_AT": str(at), "FAULT_COUNT": count}
    outcome = run(operation.arguments, folder, environment)
    calls = 0
    if os.path.exists(count):
        with open(count, encoding="ascii") as file:
            calls = int(file.read() or 0)
        os.remove(count)
    return outcome, calls


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=1500, help="how many calls fail, over all operations and classes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="one operation")
    parser.add_argument("--class", dest="kind", help="one class, or a part of its name")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="tries side by side")
    parser.add_argument("--at", type=int, help="this call alone")
    options = parser.parse_args()
    if sys.platform != "linux":
        print("the shim is for Linux: nothing was tried")
        return 0
    build()
    chance = random.Random(options.seed)
    tally = Tally("errors of input and output")
    with tempfile.TemporaryDirectory(prefix="atlas-faults-") as scratch:
        shop = Workshop(scratch, options.only)
        classes = [c for c in CLASSES if options.kind is None or options.kind in c[0]]
        weight = sum(c[3] for c in classes) * len(shop.operations)

        def attempt(operation, name, letters, kind, at, calls):
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                operation.prepare(shop, folder)
                outcome, _ = disturbed(operation, folder, letters, kind, at)
                tally.add(name)
                try:
                    shop.judge(operation, folder, outcome, was_killed=kind == "torn")
                except Wrong as wrong:
                    tally.fail(name, f"--only '{operation.name}' --class '{name}' --at {at} of {calls}", wrong)

        tries = []
        for operation in shop.operations:
            for name, letters, kind, share in classes:
                with tempfile.TemporaryDirectory(dir=scratch) as folder:
                    operation.prepare(shop, folder)
                    calls = disturbed(operation, folder, letters, "EIO", 0)[1]
                wanted = max(1, round(options.tries * share / weight))
                # Spread over the whole run, each in its own part of it.
                moments = {1 + int((k + chance.random()) * calls / wanted) for k in range(wanted)} if calls else set()
                for at in [options.at] if options.at else sorted(moments):
                    tries.append(functools.partial(attempt, operation, name, letters, kind, at, calls))
        chance.shuffle(tries)
        tally.run(tries, options.jobs)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
