"""The table of what was noticed, and the mutants that were not."""

import collections
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))


def equivalents():
    """Mutants that change no answer, with the reason: {id: reason}."""
    with open(os.path.join(HERE, "equivalent.json"), encoding="utf-8") as file:
        return {entry["id"]: entry["reason"] for entry in json.load(file)}


def state(result, known):
    if result["noticed"]:
        return "noticed"
    return "equivalent" if result["id"] in known else "survived"


def table(results, heading, key, known):
    rows = collections.defaultdict(collections.Counter)
    for result in results:
        rows[key(result)][state(result, known)] += 1
    lines = [f"{heading:44} mutants noticed equivalent survived  share"]
    for name in sorted(rows) + ["all"]:
        counts = rows[name] if name != "all" else sum(rows.values(), collections.Counter())
        real = counts["noticed"] + counts["survived"]
        share = f"{100 * counts['noticed'] / real:5.1f} %" if real else "      –"
        lines.append(f"{name:44} {sum(counts.values()):7} {counts['noticed']:7} {counts['equivalent']:10} "
                     f"{counts['survived']:8} {share}")
    return "\n".join(lines)


def told(results, dropped, by_file):
    known = equivalents()
    parts = [table(results, "area", lambda result: result["area"], known),
             table(results, "rule", lambda result: result["rule"], known)]
    if by_file:
        parts.append(table(results, "file", lambda result: result["file"].removeprefix("Sources/"), known))
    parts.append(f"{len(dropped)} more do not compile and are left out.")
    survivors = [result for result in results if state(result, known) == "survived"]
    if survivors:
        parts.append("Survivors:\n" + "\n".join(
            f"{one['id']} {one['file']}:{one['line']}  {one['rule']}: {one['before']} → {one['after']}  "
            f"({one['suites']} suites reach it)\n         {one['context']}" for one in survivors))
    lost = known.keys() & {result["id"] for result in results if result["noticed"]}
    if lost:
        parts.append("Listed as equivalent and noticed: " + ", ".join(sorted(lost)))
    return "\n\n".join(parts)
