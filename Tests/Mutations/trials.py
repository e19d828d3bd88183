"""Runs of the tests: which suites reach which mutants, and which mutants they notice."""

import concurrent.futures
import glob
import hashlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time

FAILED = re.compile(rb"recorded an issue|\bfailed after\b|Fatal error")
# The suites of a mutant are tried in goes, each of those that need no more than this together: a mutant that a short
# suite notices needs no long one.
GO_SECONDS = (10, 40)
# Whose tests the sources of a target are before all: its own, but for these.
OWN_TESTS = {"AtlasStore": "AtlasTests", "AtlasQuery": "AtlasTests", "AtlasExperiments": "AtlasTests"}
LONGEST_SUITE = 600


class Trials:
    """Runs the built tests of a package copy."""

    def __init__(self, place, scratch, only=None):
        self.place, self.scratch = place, scratch
        self.only = only.split(",") if only else [""]
        self.program = os.path.join(place, ".build/debug/FeatureAtlasPackageTests.xctest")

    def command(self, *arguments):
        if sys.platform == "linux":
            return [self.program, "--testing-library", "swift-testing", *arguments]
        return ["swift", "test", "--skip-build", *arguments]

    def suites(self):
        """The names of all suites, as `AtlasTests.SearchTests`."""
        listed = subprocess.run(
            self.command("--list-tests") if sys.platform == "linux" else ["swift", "test", "list", "--skip-build"],
            cwd=self.place, capture_output=True, check=True).stdout.decode()
        names = {line.split("/")[0] for line in listed.splitlines() if "/" in line}
        return sorted(name for name in names if any(part in name for part in self.only))

    def run(self, suites, limit, extra, name="run"):
        """Runs suites until one test fails: None when all passed, else how they did not; and the seconds.

        What the tests wrote for a while lies in a folder of its own, which goes with the run.
        """
        folder = os.path.join(self.scratch, name)
        os.makedirs(folder, exist_ok=True)
        environment = {**os.environ, "TMPDIR": folder, "SWIFT_BACKTRACE": "enable=no", **extra}
        pattern = "^(" + "|".join(re.sub(r"[^\w]", r"\\\g<0>", suite) for suite in suites) + ")/"
        began = time.monotonic()
        process = subprocess.Popen(
            self.command("--filter", pattern), cwd=self.place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, env=environment, start_new_session=True)
        try:
            outcome = self.watched(process, began + limit)
        finally:
            for number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, number)
                except ProcessLookupError:
                    break
                if number == signal.SIGTERM:
                    time.sleep(0.05)
            process.wait()
            shutil.rmtree(folder, ignore_errors=True)
        return outcome, time.monotonic() - began

    @staticmethod
    def watched(process, end):
        text = b""
        while True:
            left = end + waited(process.pid) - time.monotonic()
            if left <= 0:
                return "hung"
            if not select.select([process.stdout], [], [], min(left, 1))[0]:
                continue
            piece = os.read(process.stdout.fileno(), 65536)
            if not piece:
                code = process.wait()
                if code == 0:
                    return None
                return "crashed" if code < 0 else f"exit code {code}"
            text = (text + piece)[-200_000:]
            match = FAILED.search(text)
            if match:
                start = text.rfind(b"\n", 0, match.start()) + 1
                line = text[start:].split(b"\n")[0].decode(errors="replace")
                # The symbol and the colours in front of the sentence are left out.
                return re.sub(r"^[^\w`\"]+", "", re.sub(r"\x1b\[[0-9;]*m", "", line))[:160]

    def reach(self, ids, path, jobs):
        """For each suite its seconds and the mutants that it reaches ({number: id}), kept in `path` as long as these
        mutants and the suite's files are the same. Suites that fail by themselves are told and left out."""
        kept = {"ids": [], "suites": {}}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                kept = json.load(file)
        known = kept["suites"] if set(ids.values()) <= set(kept["ids"]) else {}
        suites = self.suites()
        digests = {suite: self.digest(suite) for suite in suites}
        todo = [suite for suite in suites if known.get(suite, {}).get("digest") != digests[suite]]
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            for done, (suite, found) in enumerate(pool.map(lambda suite: (suite, self.reached(suite, ids)), todo), 1):
                known[suite] = {**found, "digest": digests[suite]}
                if found["failed"]:
                    print(f"  {suite} fails by itself and is left out: {found['failed']}", flush=True)
                elif done % 20 == 0:
                    print(f"  {done} of {len(todo)} suites", flush=True)
                with open(path, "w", encoding="utf-8") as file:
                    json.dump({"ids": list(ids.values()), "suites": known}, file)
        return {suite: known[suite] for suite in suites if not known[suite]["failed"]}

    def reached(self, suite, ids):
        """Runs a suite by itself with all mutants off."""
        name = "reached-" + hashlib.sha256(suite.encode()).hexdigest()[:16]
        places = os.path.join(self.scratch, name + ".bytes")
        with open(places, "wb") as file:
            file.write(bytes(4096))
        outcome, seconds = self.run([suite], LONGEST_SUITE, {"FEATURE_ATLAS_REACHED": places}, name)
        with open(places, "rb") as file:
            reached = [ids[place] for place, byte in enumerate(file.read()) if byte and place in ids]
        os.unlink(places)
        return {"seconds": round(seconds, 2), "reached": reached, "failed": outcome}

    def digest(self, suite):
        """Of the files that name a suite."""
        target, name = suite.split(".", 1)
        digest = hashlib.sha256()
        for folder, folders, names in os.walk(os.path.join(self.place, "Tests", target)):
            folders.sort()
            for file_name in sorted(names):
                if file_name.endswith(".swift"):
                    with open(os.path.join(folder, file_name), "rb") as file:
                        text = file.read()
                    if name.strip("`").encode() in text:
                        digest.update(text)
        return digest.hexdigest()

    def trial(self, number, site, reach, name="run"):
        """Tries a mutant: (what noticed it or None, the seconds, the suites that reach it)."""
        suites = {suite: one for suite, one in reach.items() if site.id in one["reached"]}
        spent = 0.0
        for now in goes(site, suites):
            usual = sum(suites[suite]["seconds"] for suite in now)
            outcome, took = self.run(now, 45 + 4 * usual, {"FEATURE_ATLAS_MUTANT": str(number)}, name)
            spent += took
            if outcome:
                return outcome, spent, len(suites)
        return None, spent, len(suites)


def waited(process):
    """The seconds for which a process could have run while other programs had the cores: no reason to take it for hung."""
    delays = [0]
    for path in glob.glob(f"/proc/{process}/task/*/schedstat"):
        try:
            with open(path, encoding="ascii") as file:
                delays.append(int(file.read().split()[1]))
        except OSError:
            pass
    return max(delays) / 1e9


def goes(site, suites):
    """The suites that reach a mutant, in goes: those of its own target before the others, among them those that reach
    few mutants, which are about little else, and short ones."""
    target = site.path.split("/")[1]
    own = OWN_TESTS.get(target, target + "Tests") + "."
    ranked = sorted(suites, key=lambda suite: (
        not suite.startswith(own), suites[suite]["seconds"] * (10 + len(suites[suite]["reached"])), suite))
    parts, seconds = [[]], 0.0
    for suite in ranked:
        seconds += suites[suite]["seconds"]
        if parts[-1] and len(parts) <= len(GO_SECONDS) and seconds > GO_SECONDS[len(parts) - 1]:
            parts.append([])
            seconds = suites[suite]["seconds"]
        parts[-1].append(suite)
    return [part for part in parts if part]
