"""Mutants of the sources, and whether the tests notice them. See README.md.

    python3 Tests/Mutations/mutations.py [--list] [--only TEXT] [--resume] [--jobs N]
"""

import argparse
import concurrent.futures
import json
import os
import queue
import sys
import time

from choice import SEED, chosen
from report import told
from trials import Trials
from workshop import Workshop

# The tests that import what is mutated; those of the program and the server, further away and slow, are left out.
TARGETS = ("TensorsTests,SafetensorsTests,TokenizersTests,CircuitsTests,TranscodersTests,AttributionTests,AtlasTests,"
           "AtlasIndexingTests")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="the mutants, without building")
    parser.add_argument("--only", help="mutants whose id, area, rule or file contains this, or one of these: TEXT,TEXT")
    parser.add_argument("--resume", action="store_true", help="keep what an earlier run found of the same mutants")
    parser.add_argument("--survivors", action="store_true", help="with --resume: try anew what survived")
    parser.add_argument("--jobs", type=int, default=2, help="mutants side by side")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--scale", type=float, default=1.0, help="how many times as many mutants are chosen")
    parser.add_argument("--beyond", type=float, default=0, metavar="SCALE",
                        help="without those that are chosen at this scale, but with those named: new ones alone")
    parser.add_argument("--scratch", default=os.path.join(ROOT, ".build-mutations"))
    parser.add_argument("--at", help="where the copy lies, with its own .build; otherwise in the scratch folder")
    parser.add_argument("--targets", default=TARGETS, help=f"whose tests are run; {TARGETS}")
    parser.add_argument("--suites", help="the suites alone whose name contains this, or one of these: TEXT,TEXT")
    parser.add_argument("--skip-build", action="store_true", help="the copy is built as it should be")
    parser.add_argument("--files", action="store_true", help="the table by file too")
    options = parser.parse_args()
    mutants = chosen(ROOT, options.seed, options.scale, options.beyond)
    if options.list:
        for area, site in mutants:
            if matches(options.only, area, site):
                print(f"{site.id} {site.path}:{site.line}  {area}, {site.rule}: {site.before} → {site.after}\n"
                      f"         {site.context}")
        print(f"{len(mutants)} mutants")
        return
    os.makedirs(options.scratch, exist_ok=True)
    sys.exit(tried(options, mutants))


def matches(only, area, site):
    texts = (site.id, area, site.rule, site.path)
    return not only or any(part in text for part in only.split(",") for text in texts)


def tried(options, mutants):
    """Builds and tries them; 1 when one survived that no one has called equivalent."""
    scratch = os.path.abspath(options.scratch)

    def kept(name):
        return os.path.join(scratch, name)

    # Numbers stay with their mutants, so that a file is built anew only when its own mutants change.
    numbers = read(kept("numbers.json"), {})
    free = (number for number in range(4096) if number not in set(numbers.values()))
    for _, site in mutants:
        if site.id not in numbers:
            numbers[site.id] = next(free)
    write(kept("numbers.json"), numbers)
    mutants = {numbers[site.id]: (area, site) for area, site in mutants}
    ids = {number: site.id for number, (_, site) in mutants.items()}
    shop = Workshop(ROOT, os.path.abspath(options.at or kept("package")), mutants, options.targets)
    # Mutants that did not compile need no second try.
    for entry in read(kept("dropped.json"), []):
        if numbers[entry["id"]] in ids:
            shop.dropped[numbers[entry["id"]]] = entry["reason"]
    if not options.skip_build:
        shop.prepare()
        print(f"{len(mutants)} mutants; building", flush=True)
        shop.build(kept("build.log"))
        write(kept("dropped.json"), [{"id": ids[number], "reason": reason} for number, reason in shop.dropped.items()])
    trials = Trials(shop.place, scratch, options.suites)
    if not options.resume:
        for path in (kept("reach.json"), kept("results.json")):
            if os.path.exists(path):
                os.unlink(path)
    print("which suites reach which mutants", flush=True)
    reach = trials.reach(ids, kept("reach.json"), options.jobs)
    results = {result["id"]: result for result in read(kept("results.json"), []) if result["id"] in numbers}
    todo = [number for number, (area, site) in mutants.items()
            if number not in shop.dropped and matches(options.only, area, site)
            and (site.id not in results or options.survivors and not results[site.id]["noticed"])]
    # By id, which is by chance: an interrupted run has seen some of everything.
    todo.sort(key=ids.get)
    names = queue.Queue()
    for job in range(options.jobs):
        names.put(f"run{job}")

    def attempt(number):
        name = names.get()
        try:
            return number, trials.trial(number, mutants[number][1], reach, name)
        finally:
            names.put(name)

    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done, (number, (noticed, seconds, suites)) in enumerate(pool.map(attempt, todo)):
            area, site = mutants[number]
            results[site.id] = {
                "id": site.id, "area": area, "file": site.path, "line": site.line, "rule": site.rule,
                "before": site.before, "after": site.after, "context": site.context, "noticed": noticed,
                "seconds": round(seconds, 1), "suites": suites}
            write(kept("results.json"), list(results.values()))
            print(f"{done + 1}/{len(todo)} {time.monotonic() - began:.0f} s  {site.id} {site.path}:{site.line} "
                  f"{site.rule} {site.before} → {site.after}: {noticed or 'SURVIVED'}", flush=True)
    shown = sorted((results[identity] for identity in ids.values() if identity in results),
                   key=lambda one: (one["file"], one["line"]))
    text = told(shown, shop.dropped, options.files)
    print("\n" + text)
    return 1 if "Survivors:" in text else 0


def read(path, default):
    if not os.path.exists(path):
        return default
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write(path, value):
    aside = path + ".new"
    with open(aside, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
    os.replace(aside, path)


if __name__ == "__main__":
    main()
