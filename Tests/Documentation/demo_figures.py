"""Measures what the pages say about the demo, and keeps it in results.json: demo_figures.py PROGRAM ATLAS [NAME …].

ATLAS is the demo's atlas as `make demo` makes it. Each figure is taken from what a command prints as JSON. Names say which
measurements are made anew; all unless given, five minutes of processor time on the debug program.
"""

import collections
import datetime
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import figures

DEMO = figures.ROOT / "Sources/DemoData/Demo"
CORPUS = DEMO / "corpus.jsonl"
LAYERS = 6


def machine():
    """The machine in words: its processors and their number."""
    known = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in known.read_text().splitlines() if line.startswith("model name")] if known.exists() else []
    return f"{os.cpu_count()} × {names[0] if names else os.uname().machine}"


def commit():
    """The commit that is checked out; "-dirty" says that files differ from it."""
    return subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=7", "--exclude=*"], cwd=figures.ROOT, check=True, capture_output=True, text=True).stdout.strip()


class Demo:
    """The program and the demo's atlas."""

    def __init__(self, program, atlas):
        self.program, self.atlas = str(Path(program).resolve()), str(Path(atlas).resolve())

    def run(self, *words):
        told = subprocess.run([self.program, *map(str, words), "--json"], capture_output=True, text=True)
        if told.returncode != 0:
            sys.exit(f"atlas {' '.join(map(str, words))}: {told.stderr.strip()}")
        return json.loads(told.stdout)

    def query(self, *words):
        return self.run("query", *words, "--atlas", self.atlas)

    def model(self, transcoders="transcoders"):
        return ["--model", DEMO / "model", "--transcoders", DEMO / transcoders]


def named(feature):
    return f"{feature['layer']}/{feature['index']}"


def atlas(demo):
    told = demo.run("info", demo.atlas)
    return [{
        "edges_a_graph": round(told["edgeCount"] / told["graphCount"]), "bytes_an_edge": told["bytesPerEdge"],
        "bytes_an_activation": told["bytesPerActivation"], "tokens": told["countedTokens"], "violation": told["largestViolation"],
    }]


def operands(demo):
    told = demo.query("operands", "--all", "--limit", 10_000)
    clear = collections.Counter(feature["shape"]["fit"] for feature in told["features"] if feature["shape"].get("explained", 0) > 0.8)
    kinds = {
        "last_digit": "(a+b) mod 10", "last_digits": "a mod 10, b mod 10", "tens": "a div 10, b div 10", "sum": "a+b",
        "last_two_digits": "(a+b) mod 100", "sums_tens": "(a+b) div 10",
    }
    return [{"features": told["featureCount"], **{key: clear[fit] for key, fit in kinds.items()}}]


def additions(demo):
    """The features that the page shows an addition's way by, and what links them."""
    values = {}
    for feature, position in (("0/204", "largest"), ("1/152", "last"), ("2/459", "last"), ("0/321", "last"), ("5/99", "last"), ("2/434", "last")):
        shape = demo.query("operands", feature, "--position", position)["shape"]
        values[f"fit_{feature.replace('/', '_')}"] = shape["explained"]
    stored = {named(row["node"]["feature"]): row["meanShare"] for row in demo.query("upstream", "1/152")["neighbours"] if "feature" in row["node"]}
    values |= {"share_0_204": stored["0/204"], "share_0_375": stored["0/375"]}
    for target, sources in (("2/459", ["1/152", "1/167"]), ("5/99", ["0/321", "2/434"])):
        rows = demo.query("upstream", target, "--by", "twera", "--limit", 1_000, *demo.model())["neighbours"]
        weights = {named(row["node"]["feature"]): row["weights"] for row in rows if "feature" in row["node"]}
        for source in sources:
            key = source.replace("/", "_")
            values |= {f"virtual_{key}": weights[source]["virtualWeight"], f"twera_{key}": weights[source]["twera"], f"together_{key}": weights[source]["coactiveTokens"]}
    return [values]


def acronym(demo):
    circuit = demo.query("circuit", "--token", "K")
    nodes = [(node["node"], node["influence"]) for node in circuit["nodes"] if node["node"]["kind"] != "logit"]
    share = next(influence for node, influence in nodes if node.get("text") == " Kinetic")
    drivers = demo.query("drivers", "--token", "K", "--limit", 1_000)["features"]
    direct = {named(row["node"]["feature"]): row["directEffect"] for row in drivers}
    alone = [named(row["feature"]) for row in demo.query("invariant", "--where", "family=acronym")["features"] if row["insideShare"] == 1 and row["outsideCount"] == 0]
    return [{
        "prompts": circuit["promptCount"], "kinetic": share, "most": max(influence for _, influence in nodes), "writer": direct["2/338"],
        "second_writer": direct["1/117"], "only_acronyms": ", ".join(alone),
    }]


def austin(demo):
    told = demo.query("feature", "5/283")
    direct = next(edge["mean"] for edge in told["downstream"] if edge["node"].get("text") == " Austin")
    return [{"direct_effect": direct, "active_tokens": told["activeTokens"]}]


def exchange(demo):
    rows = []
    for name, strength in (("their mean activation", 1), ("twice that", 2)):
        told = demo.query("exchange", "--by", "state", "--where", "family=two-step", "--trials", 3000, "--strength", strength, *demo.model(), "--quiet")["trials"]
        outcomes, control = (collections.Counter(trial[key] for trial in told) for key in ("outcome", "control"))
        rows.append({
            "put_in_at": name, "trials": len(told), "becomes_other": outcomes["moved"], "stays": outcomes["stayed"],
            "becomes_another": outcomes["lost"], "control": control["moved"],
        })
    return rows


def quality(folder):
    def measured(demo):
        told = demo.run("evaluate", CORPUS, *demo.model(folder), "--quiet")
        answer, worst = told["answerPosition"], max(told["families"], key=lambda family: 1 - family["answerPosition"]["topOneAgreement"])
        return [{
            "transcoders": folder.removeprefix("transcoders-").replace("transcoders", "cross-layer"), "agreement": answer["topOneAgreement"], "divergence": answer["divergence"], "worst_family": worst["name"],
            "worst_agreement": worst["answerPosition"]["topOneAgreement"], "worst_divergence": worst["answerPosition"]["divergence"],
            "token_agreement": told["topOneAgreement"], "token_divergence": told["divergence"],
            "active": sum(layer["activeFeaturesPerToken"] for layer in told["layers"]) / LAYERS, "replacement": told["meanReplacementScore"],
            "completeness": told["meanCompletenessScore"], "path": told["meanPathLength"],
        }]
    return measured


def held_out(demo):
    values = {}
    for family in ("two-step", "addition"):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as corpus:
            corpus.writelines(line for line in CORPUS.open() if json.loads(line)["tags"]["family"] == family)
            corpus.flush()
            told = demo.run("evaluate", corpus.name, *demo.model(), "--family-tag", "heldout", "--attributed-prompts", 0, "--no-layers-alone", "--quiet")
        for part in told["families"]:
            key = f"{family.replace('-', '_')}_{'held_out' if part['name'] == '1' else 'in_text'}"
            own = part["answerPosition"]
            values |= {key: own["count"], f"{key}_divergence": own["divergence"], f"{key}_right": round(own["replacementRightShare"] * own["knownCount"]), f"{key}_agreed": round(own["topOneAgreement"] * own["count"])}
    return [values]


#: By name: the command that is told, and what measures.
MEASURED = {
    "demo, atlas": ("atlas info demo.atlas", atlas),
    "demo, operands": ("atlas query operands --all --atlas demo.atlas", operands),
    "demo, additions": ("atlas query operands FEATURE, upstream 1/152, upstream 2/459 and 5/99 --by twera", additions),
    "demo, acronym": ("atlas query circuit --token K, drivers --token K, invariant --where family=acronym", acronym),
    "demo, Austin": ("atlas query feature 5/283 --atlas demo.atlas", austin),
    "demo, exchange": ("atlas query exchange --by state --where family=two-step --trials 3000 --strength 1 and 2", exchange),
    "demo, cross-layer": ("atlas evaluate Sources/DemoData/Demo/corpus.jsonl with transcoders", quality("transcoders")),
    "demo, per-layer": ("atlas evaluate Sources/DemoData/Demo/corpus.jsonl with transcoders-per-layer", quality("transcoders-per-layer")),
    "demo, held out": ("atlas evaluate with --family-tag heldout, a family at a time", held_out),
}


def main(program, place, names):
    demo = Demo(program, place)
    for name in names or MEASURED:
        command, measure = MEASURED[name]
        result = {"command": command, "machine": machine(), "date": datetime.date.today().isoformat(), "commit": commit(), "rows": measure(demo)}
        results = figures.read(figures.RESULTS)
        results[name] = result
        figures.RESULTS.write_text(figures.kept(results))
        print(f"{name}: {json.dumps(result['rows'], ensure_ascii=False)}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
