"""Kills: SIGKILL at a random moment of a command, then the same command undisturbed. See README.md.

    python3 Tests/Faults/kills.py [--tries N] [--seed N] [--only OPERATION]
"""

import argparse
import functools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

from workshop import PROGRAM, Tally, Workshop, Wrong

# Tries of an operation for one of the others: making and changing files as a whole gets most of them.
SHARES = {"create": 3, "migrate": 3, "merge": 2, "index": 2}


def killed(operation, folder, moment):
    """Whether the command was still running."""
    with open(os.devnull, "w", encoding="ascii") as nowhere:
        process = subprocess.Popen(
            [PROGRAM] + operation.arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=nowhere, stderr=nowhere)
        try:
            process.wait(timeout=moment)
            return False
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            return process.wait() == -signal.SIGKILL


def duration(operation, shop, scratch):
    """Seconds of an undisturbed run: the middle one of three."""
    times = []
    for _ in range(3):
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            operation.prepare(shop, folder)
            start = time.monotonic()
            killed(operation, folder, 600)
            times.append(time.monotonic() - start)
    return sorted(times)[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=1000, help="how many kills hit a running command")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="tries side by side")
    parser.add_argument("--only", help="one operation")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    tally = Tally("kills")
    with tempfile.TemporaryDirectory(prefix="atlas-kills-") as scratch:
        shop = Workshop(scratch, options.only)
        weight = sum(SHARES.get(o.name, 1) for o in shop.operations)

        def attempt(operation, length, part):
            # Later moments come after the end now and then: then an earlier one of the same part is taken.
            for sooner in range(20):
                moment = length * part * 0.95**sooner
                with tempfile.TemporaryDirectory(dir=scratch) as folder:
                    operation.prepare(shop, folder)
                    if not killed(operation, folder, moment):
                        continue
                    tally.add(operation.name)
                    try:
                        shop.judge(operation, folder, None)
                    except Wrong as wrong:
                        tally.fail(operation.name, f"killed after {moment:.3f} of {length:.3f} s", wrong)
                    return

        tries = []
        for operation in shop.operations:
            length = duration(operation, shop, scratch)
            wanted = max(1, -(-options.tries * SHARES.get(operation.name, 1) // weight))
            for k in range(wanted):
                tries.append(functools.partial(attempt, operation, length, (k + chance.random()) / wanted))
        chance.shuffle(tries)
        tally.run(tries, options.jobs)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
