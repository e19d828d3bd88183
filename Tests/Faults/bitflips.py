#!/usr/bin/env python3
"""Flips single bits of an atlas, and asks every damaged copy whether it knows.

    python3 Tests/Faults/bitflips.py .build/release/AtlasProbe some.atlas --count 2000

A copy may be refused, its damage may be found by verify, or nothing at all may have changed. What must not happen: verify
says "sound" and an answer differs from the undamaged atlas's; a crash; a hang. The exit code is 1 if it did.
"""

import argparse
import collections
import concurrent.futures
import glob
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile


def ask(probe, path, timeout, *options):
    """What the probe says of an atlas: ('crash' or 'hang', detail), or ('ended', its lines)."""
    done = subprocess.run(
        [probe, path, *options], capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (timeout, timeout + 5)))
    if done.returncode == -signal.SIGXCPU:
        return "hang", f"after {timeout} s of processor time"
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[:1]
        return "crash", f"exit code {done.returncode} {' '.join(last)}"
    return "ended", done.stdout.decode(errors="replace").splitlines()


def judge(kind, said, sound):
    """The outcome's name, and what is wrong with it if something is."""
    if kind != "ended":
        return kind, said
    first = said[0] if said else ""
    if first.startswith("open\t"):
        return "refused", None
    if first != "verify\tsound":
        return "found", None
    differing = [line for line in said if line not in sound]
    if said == list(sound):
        return "no answer changed", None
    return "silent", f"{differing[:3]}"


def run_cases(cases, make, probe, sound, timeout, jobs, options=()):
    """Runs every case on a copy of its own; returns counts of outcomes, and the failures."""
    counts, failures = collections.Counter(), []
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:

        def run(number_and_case):
            number, case = number_and_case
            path = os.path.join(folder, f"{number}.atlas")
            try:
                if not make(path, case):
                    return case, "not possible", None
                return case, *judge(*ask(probe, path, timeout, *options), sound)
            finally:
                for left in glob.glob(path + "*"):
                    os.remove(left)

        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            for done, (case, outcome, wrong) in enumerate(pool.map(run, enumerate(cases)), 1):
                counts[outcome] += 1
                if wrong is not None:
                    failures.append((case, outcome, wrong))
                    print(f"{outcome}: {case}: {wrong}", flush=True)
                if done % 500 == 0:
                    print(f"{done} of {len(cases)}: {dict(counts)}", file=sys.stderr, flush=True)
    return counts, failures


def end(title, counts, failures):
    """Tells how often each outcome was, and ends with 1 if there were failures."""
    print(title)
    for outcome, count in counts.most_common():
        print(f"  {outcome:20} {count}")
    print(f"  failures: {len(failures)}")
    sys.exit(1 if failures else 0)


def undamaged(probe, path, timeout, *options):
    """What the probe says of the sound atlas, twice the same."""
    with tempfile.TemporaryDirectory() as folder:
        copies = [shutil.copy(path, os.path.join(folder, name)) for name in ("one.atlas", "other.atlas")]
        (kind, said), (_, again) = [ask(probe, copy, timeout, *options) for copy in copies]
    if kind != "ended" or not said or said[0] != "verify\tsound" or said != again:
        sys.exit(f"{path}: expected a sound atlas with steady answers, found {kind}: {said[:3]}")
    return said


def flip(path, atlas, bit):
    data = bytearray(atlas)
    data[bit // 8] ^= 1 << bit % 8
    with open(path, "wb") as file:
        file.write(data)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("probe")
    parser.add_argument("atlas")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=int, default=60, help="seconds of processor time")
    options = parser.parse_args()
    sound = undamaged(options.probe, options.atlas, options.timeout, "--few")
    with open(options.atlas, "rb") as file:
        atlas = file.read()
    bits = random.Random(options.seed).sample(range(len(atlas) * 8), options.count)
    counts, failures = run_cases(
        bits, lambda path, bit: flip(path, atlas, bit), options.probe, sound, options.timeout, options.jobs,
        ("--few",))
    end(f"{options.atlas}: {len(atlas)} bytes, {len(sound)} answers, {options.count} bit flips, seed {options.seed}",
        counts, failures)


if __name__ == "__main__":
    main()
