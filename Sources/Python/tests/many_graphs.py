"""Graph files imported and asked, beside the atlas that they come from.

    python Sources/Python/tests/many_graphs.py --count 200

indexes prompts of the demo, exports each graph whole, imports the files into an atlas without a model, asks both
atlases the same questions, fails where answers differ that must not, and prints what it took. What is read off edges
must be the same: edges, direct effects, neighbours, means and shares in groups. Influence is that of the kept edges in
an imported atlas and of all edges in an indexed one, so that what ranks by it agrees in part; the share is told.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from pathlib import Path

from conftest import DEMO, MODEL, PROGRAM, TRANSCODERS, run

from feature_atlas import Atlas, import_graphs

#: Two families of prompts that questions about groups hold against each other.
GROUPS = ("two-step", "city-state")


def index(count, folder):
    """An atlas of so many prompts of the demo's families in turn."""
    families = {}
    for line in (DEMO / "corpus.jsonl").read_text().splitlines():
        families.setdefault(json.loads(line)["tags"]["family"], []).append(line)
    order = sorted(families, key=lambda family: (family not in GROUPS, family))
    chosen, place = [], 0
    while len(chosen) < count:
        chosen += [families[family][place] for family in order if place < len(families[family])]
        place += 1
    (folder / "corpus.jsonl").write_text("\n".join(chosen[:count]) + "\n")
    run(
        "index", folder / "corpus.jsonl", "--atlas", folder / "source.atlas", "--model", MODEL,
        "--transcoders", TRANSCODERS, "--no-effects", "--quiet",
    )  # fmt: skip
    return folder / "source.atlas"


def node_name(node):
    return json.dumps({name: value for name, value in node.items() if name not in ("text", "label")}, sort_keys=True)


def close(one, other):
    return math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-7)


def shared(one, other):
    """The share of a list's entries that are in another."""
    return len(set(one) & set(other)) / max(1, len(set(one)))


class Comparison:
    """Two atlases, what was asked of both, and how long each took."""

    def __init__(self, source, imported):
        self.source, self.imported = source, imported
        self.rows = []

    def ask(self, name, question, other=None):
        """Both answers, timed; ``other`` where the imported atlas is asked in other words."""
        took, answers = [], []
        for atlas, asked in ((self.source, question), (self.imported, other or question)):
            start = time.perf_counter()
            answers.append(asked(atlas))
            took.append(time.perf_counter() - start)
        self.rows.append([name, *took, ""])
        return answers

    def told(self, what):
        self.rows[-1][3] = what

    def table(self):
        lines = [f"{'question':<12} {'source s':>9} {'imported s':>11}  agreement"]
        lines += [f"{name:<12} {one:>9.2f} {other:>11.2f}  {what}" for name, one, other, what in self.rows]
        return "\n".join(lines)


def compare(source, imported, names):
    """Asks both atlases; raises AssertionError where what must be equal is not.

    :param names: the prompts' texts, which are the same in both
    """
    both = Comparison(source, imported)
    edges = 0
    start = time.perf_counter()
    for name in names:
        here, there = (edge_weights(atlas.graph(name)) for atlas in (source, imported))
        assert here == there, name
        edges += len(here)
    both.rows.append(["graphs", 0, time.perf_counter() - start, f"{len(names)} graphs, {edges} edges the same"])

    here, there = both.ask("info", lambda atlas: atlas.information())
    for field in ("promptCount", "graphCount", "edgeCount", "aggregatedEdgeCount", "explainedTokenCount"):
        assert here[field] == there[field], field
    assert there["isImported"] and not here["isImported"]
    both.told(f"{here['graphCount']} graphs and {here['edgeCount']} edges in both")

    token = source.prompt(names[0])["predicted"]["text"]
    here, there = both.ask("drivers", lambda atlas: atlas.drivers(token, limit=50))
    first, second = ({node_name(row["node"]): row for row in answer["features"]} for answer in (here, there))
    common = first.keys() & second.keys()
    assert common
    for name in common:
        assert first[name]["directSupport"] == second[name]["directSupport"], name
        assert close(first[name].get("directEffect", 0), second[name].get("directEffect", 0)), name
    both.told(f"direct effects of {len(common)} features equal; {shared(first, second):.0%} of the rows")

    feature = next(row["node"]["feature"] for row in here["features"])
    for side in ("upstream", "downstream"):
        here, there = both.ask(side, lambda atlas, side=side: getattr(atlas, side)(feature, limit=10_000))
        first, second = ({node_name(row["node"]): row for row in answer["neighbours"]} for answer in (here, there))
        assert first.keys() == second.keys() and first
        for name, row in first.items():
            for field in ("support", "mean", "spread", "signConsistency", "samePositionShare"):
                assert close(row[field], second[name][field]), f"{side} {name} {field}"
        both.told(f"{len(first)} nodes with the same means, spreads and supports")

    here, there = both.ask("circuit", lambda atlas: atlas.circuit(token=token, size=20))
    first, second = (circuit_edges(answer) for answer in (here, there))
    common = first.keys() & second.keys()
    assert common and all(close(first[name], second[name]) for name in common)
    both.told(f"{len(common)} edges of equal mean; {shared(first, second):.0%} of the edges")

    here, there = both.ask(
        "diff",
        lambda atlas: atlas.diff(f"family={GROUPS[0]}", f"family={GROUPS[1]}", limit=10_000),
        lambda atlas: atlas.diff(f"corpus={GROUPS[0]}", f"corpus={GROUPS[1]}", limit=10_000),
    )
    first, second = ({(node_name(r["source"]), node_name(r["target"])): r for r in a["edges"]} for a in (here, there))
    common = first.keys() & second.keys()
    for name in common:
        for field in ("firstMean", "secondMean", "firstShare", "secondShare"):
            assert close(first[name].get(field, 0), second[name].get(field, 0)), f"diff {name} {field}"
    assert first.keys() == second.keys()
    both.told(f"{len(common)} edges with the same shares and means")

    here, there = both.ask("motifs", lambda atlas: atlas.motifs(rewirings=5, graphs=50))
    for field in ("readGraphs", "meanEdges"):
        assert close(here[field], there[field]), field
    assert here["testedCount"] == there["testedCount"]
    both.told(f"{here['testedCount']} motifs tested in {here['readGraphs']} graphs of both")

    here, there = both.ask("similar", lambda atlas: atlas.similar(names[0], limit=10))
    first, second = ([row["text"] for row in answer["prompts"]] for answer in (here, there))
    assert first and second
    both.told(f"{shared(first, second):.0%} of the ten most similar prompts")

    here, there = both.ask("stable", lambda atlas: atlas.stability(names[0], limit=10_000))
    first, second = (stable_edges(answer) for answer in (here, there))
    common = first.keys() & second.keys()
    assert common and all(first[name] == second[name] for name in common)
    both.told(f"{len(common)} edges of equal weight; {shared(first, second):.0%} of the edges")
    return both


def edge_weights(graph):
    """A graph's edges by what they link."""
    columns = [graph.nodes[name] for name in ("kind", "layer", "position", "feature_index", "token")]
    names = [tuple(map(str, row)) for row in zip(*(column.tolist() for column in columns))]
    ends = zip(graph.edges["source"].tolist(), graph.edges["target"].tolist(), graph.edges["weight"].tolist())
    return {(names[source], names[target]): weight for source, target, weight in ends}


def circuit_edges(answer):
    names = [node_name(node["node"]) for node in answer["nodes"]]
    return {(names[edge["source"]], names[edge["target"]]): edge["mean"] for edge in answer["edges"]}


def stable_edges(answer):
    ends = ("source", "sourcePosition", "target", "targetPosition")
    return {json.dumps([row[end] for end in ends], sort_keys=True): row["weight"] for row in answer["edges"]}


def bring_over(source, names, folder, file, program=PROGRAM):
    """Exports graphs and imports them, those of the groups as corpora of their names; the seconds of both."""
    start = time.perf_counter()
    tags = {prompt: value for prompt, name, value in source.tags().rows() if name == "family"}
    prompts = source.prompts().to_pandas()
    families = {text: tags[prompt] for prompt, text in zip(prompts["prompt"], prompts["text"])}
    for name in names:
        part = folder / (families[name] if families[name] in GROUPS else "others")
        source.export_graph(name, part, node_threshold=1, edge_threshold=1)
    exported = time.perf_counter() - start
    start = time.perf_counter()
    for part in sorted(path for path in folder.iterdir() if path.is_dir()):
        summary = import_graphs(part, file, corpus=part.name, cross_layer=True, program=program)
        assert summary["refused"] == [], summary["refused"]
    return exported, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=200, help="how many graphs")
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory(prefix="many-graphs-") as place:
        folder = Path(place)
        start = time.perf_counter()
        path = index(count, folder)
        print(f"indexed {count} prompts in {time.perf_counter() - start:.1f} s")
        with Atlas(path, program=PROGRAM) as source:
            names = [json.loads(line)["text"] for line in (folder / "corpus.jsonl").read_text().splitlines()]
            (folder / "graphs").mkdir()
            exported, imported = bring_over(source, names, folder / "graphs", folder / "imported.atlas")
            size = sum(file.stat().st_size for file in (folder / "graphs").rglob("*.json")) / 1e6
            print(f"exported {count} graphs, {size:.0f} MB, in {exported:.1f} s; imported them in {imported:.1f} s")
            run("verify", folder / "imported.atlas")
            with Atlas(folder / "imported.atlas", program=PROGRAM) as other:
                print(compare(source, other, names).table())


if __name__ == "__main__":
    main()
