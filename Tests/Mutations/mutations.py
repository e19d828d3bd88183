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

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="the mutants, without building")
    parser.add_argument("--only", help="mutants whose id, area, rule or file contains this")
    parser.add_argument("--resume", action="store_true", help="keep what an earlier run found of the same mutants")
    parser.add_argument("--survivors", action="store_true", help="with --resume: try anew what survived")
    parser.add_argument("--jobs", type=int, default=2, help="mutants side by side")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--scale", type=float, default=1.0, help="how many times as many mutants are chosen")
    parser.add_argument("--scratch", default=os.path.join(ROOT, ".build-mutations"))
    parser.add_argument("--at", help="where the copy lies, with its own .build; otherwise in the scratch folder")
    parser.add_argument("--files", action="store_true", help="the table by file too")
    options = parser.parse_args()
    mutants = chosen(ROOT, options.seed, options.scale)
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
    return not only or any(only in text for text in (site.id, area, site.rule, site.path))


def tried(options, mutants):
    """Builds and tries them; 1 when one survived that no one has called equivalent."""
    scratch = os.path.abspath(options.scratch)
    shop = Workshop(ROOT, os.path.abspath(options.at or os.path.join(scratch, "package")), mutants)
    # Mutants that did not compile need no second try where the sources are the same.
    remembered = os.path.join(scratch, "dropped.json")
    ids = [site.id for _, site in mutants]
    for entry in read(remembered, []):
        if entry["id"] in ids:
            shop.dropped[ids.index(entry["id"])] = entry["reason"]
    shop.prepare()
    print(f"{len(mutants)} mutants; building", flush=True)
    shop.build(os.path.join(scratch, "build.log"))
    write(remembered, [{"id": ids[number], "reason": reason} for number, reason in shop.dropped.items()])
    trials = Trials(shop.place, scratch)
    reach_path = os.path.join(scratch, "reach.json")
    results_path = os.path.join(scratch, "results.json")
    if not options.resume:
        for path in (reach_path, results_path):
            if os.path.exists(path):
                os.unlink(path)
    print("which suites reach which mutants", flush=True)
    reach = trials.reach(ids, reach_path)
    results = {result["id"]: result for result in read(results_path, []) if result["id"] in ids}
    todo = [number for number, (area, site) in enumerate(mutants)
            if number not in shop.dropped and matches(options.only, area, site)
            and (site.id not in results or options.survivors and not results[site.id]["noticed"])]
    names = queue.Queue()
    for job in range(options.jobs):
        names.put(f"run{job}")

    def attempt(number):
        name = names.get()
        try:
            return number, trials.trial(number, ids[number], reach, name)
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
            write(results_path, list(results.values()))
            print(f"{done + 1}/{len(todo)} {time.monotonic() - began:.0f} s  {site.id} {site.path}:{site.line} "
                  f"{site.rule} {site.before} → {site.after}: {noticed or 'SURVIVED'}", flush=True)
    shown = sorted((results[identity] for identity in ids if identity in results),
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
