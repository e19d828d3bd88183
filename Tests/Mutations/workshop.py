"""The copy of the package that mutants are built in, and its build."""

import os
import re
import shutil
import subprocess
import sys

import switching

ERROR = re.compile(r"^(.*?\.swift):(\d+):\d+: error: (.*)$", re.M)
ROUNDS = 25


class Workshop:
    """A copy of the package at `place`, its mutants {number: (area, site)}, and those that do not compile."""

    def __init__(self, root, place, mutants, targets):
        self.root, self.place, self.mutants, self.targets = root, place, mutants, targets
        self.dropped = {}

    def prepare(self):
        """Copies what git knows or would add; files that are as they were keep their time, so little is built anew."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=self.root, check=True,
            capture_output=True).stdout.decode().split("\0")
        wanted = {name for name in listed if name and os.path.isfile(os.path.join(self.root, name))}
        if os.path.exists(os.path.join(self.root, "Package.resolved")):
            wanted.add("Package.resolved")
        self.write_mutants()
        mutated = self.written.keys()
        for name in sorted(wanted - mutated):
            source, copy = os.path.join(self.root, name), os.path.join(self.place, name)
            if not same(source, copy):
                os.makedirs(os.path.dirname(copy), exist_ok=True)
                shutil.copy2(source, copy)
        for folder in ("Sources", "Tests"):
            for path, _, names in os.walk(os.path.join(self.place, folder)):
                for name in names:
                    whole = os.path.join(path, name)
                    if os.path.relpath(whole, self.place) not in wanted | mutated and name.endswith(".swift"):
                        os.unlink(whole)

    def write_mutants(self):
        """Writes the files with mutants, without those that were dropped."""
        by_file = {}
        for number, (_, site) in self.mutants.items():
            files = by_file.setdefault(site.path, [])
            if number not in self.dropped:
                files.append((number, site))
        self.written = {}
        for path, numbered in by_file.items():
            with open(os.path.join(self.root, path), encoding="utf-8") as file:
                source = file.read()
            self.written[path] = switching.switched(source, numbered) if numbered else source
            self.written["/".join(path.split("/")[:2]) + "/MutantSwitch.swift"] = switching.SWITCH
        for path, text in self.written.items():
            write(os.path.join(self.place, path), text)

    def build(self, log):
        """Builds until every mutant that is left compiles."""
        for _ in range(ROUNDS):
            # The lock goes by path and not by folder; the copy is this script's alone.
            run = subprocess.run(
                ["swift", "build", "--ignore-lock", "--product", "FeatureAtlasPackageTests"], cwd=self.place,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                env={**os.environ, "FEATURE_ATLAS_DEVELOPMENT": "1", "FEATURE_ATLAS_TESTS": self.targets})
            text = run.stdout.decode(errors="replace")
            with open(log, "w", encoding="utf-8") as file:
                file.write(text)
            if run.returncode == 0:
                return
            culprits = self.culprits(text)
            if not culprits:
                sys.exit(f"the copy does not build, and no mutant is to blame: see {log}")
            for number, why in culprits.items():
                site = self.mutants[number][1]
                print(f"  does not compile: {site.path}:{site.line}, {site.rule}: {why}", flush=True)
            self.dropped.update(culprits)
            self.write_mutants()
        sys.exit(f"the copy does not build after {ROUNDS} rounds: see {log}")

    def culprits(self, text):
        """The mutants that errors are about: named by their operator, or at the line, or the nearest to it."""
        found = {}
        for path, line, message in ERROR.findall(text):
            path = os.path.relpath(os.path.realpath(path), os.path.realpath(self.place))
            here = {number: site.line for number, (_, site) in self.mutants.items()
                    if site.path == path and number not in self.dropped}
            if not here:
                continue
            blamed = (switching.symbols_in(message) & here.keys()) or {n for n, at in here.items() if at == int(line)}
            if not blamed:
                with open(os.path.join(self.place, path), encoding="utf-8") as file:
                    blamed = switching.symbols_in(file.read().split("\n")[int(line) - 1]) & here.keys()
            if not blamed:
                nearest = min(abs(at - int(line)) for at in here.values())
                blamed = {n for n, at in here.items() if abs(at - int(line)) == nearest}
            for number in blamed:
                found.setdefault(number, message)
        return found


def same(one, other):
    if not os.path.isfile(other) or os.path.getsize(one) != os.path.getsize(other):
        return False
    with open(one, "rb") as first, open(other, "rb") as second:
        return first.read() == second.read()


def write(path, text):
    data = text.encode("utf-8")
    if os.path.isfile(path):
        with open(path, "rb") as file:
            if file.read() == data:
                return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
