"""The field's reference and this program in turn on the same prompts: seconds, memory, and how far their graphs differ.

    python compare_attribution.py ATLAS BENCHMARKS MODEL [--kinds plt clt] [--tokens 9 64 256] [--results FILE]

Needs circuit-tracer, nnsight and torch. The reference is PyPI's circuit-tracer, a fork of the paper's authors' repository of the same
name. Transcoders are made first: random directions, with biases set on a text so that a chosen number of features fires a token and
layer; good for speed, memory and exactness, meaningless as features. Each program runs a prompt once unmeasured and then measured, in
one process each; where the machine's memory does not hold the reference's batch of targets it is tried with smaller ones, and told as
that where it holds none. Loading is not counted.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
SEED = 0
#: Active features a token and layer, and features a layer, of each kind.
SIZES = {"plt": (32, 2048), "clt": (16, 512)}
TEXT = (
    "The capital of the state containing Dallas is Austin, and the river that runs through it is dammed twice before the city. In 1969 "
    "two astronauts walked on the moon while a third waited in orbit. Water boils at one hundred degrees, unless the pressure changes. "
    "She sells sea shells by the sea shore, and he buys them on Fridays. A river runs from the mountains to the sea, and along it stand "
    "the oldest towns of the country, each with its own market and its own bridge. "
)
#: Targets that the reference takes at once; fewer where memory ends.
BATCHES = (256, 64, 16)
#: A reference that takes longer than this is run once only.
LONG = 60


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("atlas", help="the program")
    parser.add_argument("benchmarks", help="the program of measurements")
    parser.add_argument("model", help="the model's folder")
    parser.add_argument("--work", default=".build/compare", help="where transcoders and graphs are kept")
    parser.add_argument("--kinds", nargs="+", choices=["plt", "clt"], default=["plt", "clt"])
    parser.add_argument("--tokens", nargs="+", type=int, default=[9, 64, 256])
    parser.add_argument("--nodes", type=int, default=1000, help="features that become targets")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--precisions", nargs="+", default=["float32"], help="how exactly this program computes edges")
    parser.add_argument("--limit", type=float, default=3600, help="seconds that the reference may take for one prompt")
    parser.add_argument("--transcoders-only", action="store_true", help="make the transcoders and compare nothing")
    parser.add_argument("--results", help="keep rows in this file of results, as measurements do")
    parser.add_argument("--reference", nargs=4, metavar=("KIND", "IDS", "BATCH", "OUT"), help=argparse.SUPPRESS)
    return parser.parse_args()


def calibrated(options, kind, folder):
    """Random transcoders whose features fire as often as they should, in the files that both programs read."""
    import torch
    import yaml
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if (folder / "config.yaml").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    active, features = SIZES[kind]
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32).eval()
    seen = []
    for layer in model.model.layers:
        layer.mlp.register_forward_hook(lambda _, x, y: seen.append((x[0][0].detach(), y[0].detach())))
    with torch.no_grad():
        model(**AutoTokenizer.from_pretrained(options.model)(TEXT, return_tensors="pt"))
    numbers = torch.Generator().manual_seed(SEED)
    count, width = len(seen), model.config.hidden_size
    names = []
    for layer, (inputs, outputs) in enumerate(seen):
        inputs, outputs = inputs[1:], outputs[1:]
        encoder = torch.randn(features, width, generator=numbers) / inputs.norm(dim=-1).mean()
        bias = -torch.quantile(inputs @ encoder.T, 1 - active / features, dim=0)
        slots = count - layer if kind == "clt" else 1
        size = outputs.norm(dim=-1).mean() / (active * width * slots) ** 0.5
        decoder = torch.randn(features, slots, width, generator=numbers) * size
        if kind == "plt":
            parts = {"W_enc": encoder, "W_dec": decoder[:, 0].contiguous(), "b_enc": bias, "b_dec": outputs.mean(0)}
            save_file(parts, folder / f"layer_{layer}.safetensors")
            names.append(f"layer_{layer}.safetensors")
        else:
            parts = {f"W_enc_{layer}": encoder, f"b_enc_{layer}": bias, f"b_dec_{layer}": outputs.mean(0)}
            save_file(parts, folder / f"W_enc_{layer}.safetensors")
            save_file({f"W_dec_{layer}": decoder}, folder / f"W_dec_{layer}.safetensors")
    described = {
        "model_name": "local", "model_kind": "transcoder_set" if kind == "plt" else "cross_layer_transcoder",
        "feature_input_hook": "mlp.hook_in", "feature_output_hook": "mlp.hook_out", "scan": "calibrated-random",
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(described | ({"transcoders": names} if names else {})))


def reference(options, kind, ids, batch, out):
    """Runs the reference on one prompt and saves its graph; prints seconds and peak memory."""
    import torch
    from circuit_tracer import ReplacementModel, attribute
    from circuit_tracer.transcoder.cross_layer_transcoder import load_clt
    from circuit_tracer.transcoder.single_layer_transcoder import load_transcoder_set
    from safetensors.torch import save_file

    torch.set_num_threads(options.threads)
    folder = Path(options.work) / kind
    common = dict(
        feature_input_hook="mlp.hook_in", feature_output_hook="mlp.hook_out", scan="calibrated-random",
        device=torch.device("cpu"), dtype=torch.float32, lazy_encoder=False, lazy_decoder=False)
    if kind == "plt":
        files = sorted(folder.glob("layer_*.safetensors"))
        transcoders = load_transcoder_set({int(file.stem.split("_")[1]): str(file) for file in files}, **common)
    else:
        transcoders = load_clt(str(folder), **common)
    model = ReplacementModel.from_pretrained_and_transcoders(
        options.model, transcoders, backend="nnsight", device=torch.device("cpu"), dtype=torch.float32)
    prompt = torch.tensor(json.loads(ids))
    seconds = []
    while len(seconds) < 2 and (not seconds or seconds[0] < LONG):
        start = time.perf_counter()
        # Features are ranked anew after as many targets, whatever the batch.
        graph = attribute(
            prompt, model, batch_size=int(batch), update_interval=4 * BATCHES[0] // int(batch), max_feature_nodes=options.nodes,
            max_n_logits=10)
        seconds.append(time.perf_counter() - start)
    save_file(
        {
            "input_ids": graph.input_tokens.int().contiguous(), "active_features": graph.active_features.int().contiguous(),
            "selected_features": graph.selected_features.int().contiguous(),
            "logit_tokens": torch.tensor([target.vocab_idx for target in graph.logit_targets], dtype=torch.int32),
            "adjacency": graph.adjacency_matrix.float().contiguous(),
        }, out)
    print(json.dumps({"seconds": seconds[-1], "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}))


def ours(options, kind, text, ids, precision, out):
    """The same by this program: the graph by the command, seconds by the measurements, warm."""
    folder = str(Path(options.work) / kind)
    common = ["--model", options.model, "--transcoders", folder, "--precision", precision]
    listed = ",".join(map(str, ids))
    subprocess.run(
        [options.atlas, "attribute", "--tokens", listed, *common, "--max-feature-nodes", str(options.nodes), "--output", out],
        check=True, stdout=subprocess.DEVNULL)
    results = Path(options.work) / "results.json"
    results.unlink(missing_ok=True)
    subprocess.run(
        [
            options.benchmarks, "attribution", *common, "--tokens", str(len(ids)), "--maximum-feature-nodes", str(options.nodes),
            "--repetitions", "3", "--jobs", str(options.threads), "--results", str(results), text,
        ], check=True, stdout=subprocess.DEVNULL)
    rows = json.loads(results.read_text())["long prompts"]["rows"][1:]
    fastest = min(rows, key=lambda row: row["seconds"])
    return {"seconds": fastest["seconds"], "peak_gib": fastest["peak_gibibytes"]}


def difference(one, other):
    """How many features both chose, and the largest difference of edges between nodes that both have, beside the largest edge."""
    import numpy
    from safetensors.numpy import load_file

    graphs = [load_file(one), load_file(other)]
    assert graphs[0]["input_ids"].tolist() == graphs[1]["input_ids"].tolist(), "the programs read other tokens"
    names = []
    for graph in graphs:
        chosen = graph["active_features"][graph["selected_features"]].tolist()
        rest = len(graph["adjacency"]) - len(chosen) - len(graph["logit_tokens"])
        own = [("feature", *feature) for feature in chosen] + [("other", place) for place in range(rest)]
        names.append(own + [("logit", int(token)) for token in graph["logit_tokens"]])
    shared = sorted(set(names[0]) & set(names[1]))
    edges = []
    for graph, own in zip(graphs, names):
        places = {name: place for place, name in enumerate(own)}
        kept = [places[name] for name in shared]
        edges.append(graph["adjacency"][numpy.ix_(kept, kept)])
    return {
        "active": len(graphs[1]["active_features"]), "reference_active": len(graphs[0]["active_features"]),
        "shared": sum(name[0] == "feature" for name in shared), "chosen": len(graphs[0]["selected_features"]),
        "difference": float(numpy.abs(edges[0] - edges[1]).max()), "edge": float(numpy.abs(edges[0]).max()),
    }


def referred(options, kind, ids, out):
    """What the reference took: `told` in words, and seconds and memory where it came to an end."""
    for batch in BATCHES:
        command = [
            sys.executable, __file__, options.atlas, options.benchmarks, options.model, "--work", options.work, "--nodes",
            str(options.nodes), "--threads", str(options.threads), "--reference", kind, json.dumps(ids), str(batch), out,
        ]
        try:
            run = subprocess.run(command, stdout=subprocess.PIPE, timeout=options.limit, text=True)
        except subprocess.TimeoutExpired:
            return {"batch": batch, "told": f"more than {options.limit:.0f} s", "least": options.limit}
        if run.returncode > 0:
            return {"batch": batch, "told": f"ended with {run.returncode}"}
        if run.returncode == 0:
            told = json.loads(run.stdout.splitlines()[-1])
            return {"batch": batch, "told": f"{told['seconds']:.1f} s", **told}
    return {"batch": batch, "told": "killed, as where memory ends"}


def measured(options, kind, count):
    """A row for each precision."""
    from transformers import AutoTokenizer

    # The reference puts such a token in front where there is none, and lets no feature be active there.
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    text = (tokenizer.bos_token or "") + TEXT * (1 + count // 60)
    ids = tokenizer(text)["input_ids"][:count]
    assert len(ids) == count, f"{len(ids)} tokens"
    out = [str(Path(options.work) / f"{kind}-{count}-{who}.safetensors") for who in ("reference", "ours")]
    reference = referred(options, kind, ids, out[0])
    for precision in options.precisions:
        own = ours(options, kind, text, ids, precision, out[1])
        row = {
            "kind": kind, "tokens": count, "precision": precision, "seconds": own["seconds"], "gibibytes": own["peak_gib"],
            "batch": reference["batch"], "reference": reference["told"], "reference_memory": "", "times": "", "agreement": "",
            "largest": "",
        }
        if "least" in reference:
            row["times"] = f"more than {reference['least'] / own['seconds']:.0f}"
        if "seconds" in reference:
            found = difference(*out)
            row |= found | {
                "reference_memory": f"{reference['peak_gib']:.1f} GiB", "ratio": reference["seconds"] / own["seconds"],
                "times": f"{reference['seconds'] / own['seconds']:.0f}", "agreement": f"{found['shared']} of {found['chosen']}",
                "largest": f"{found['difference']:.0e} of {found['edge']:.1f}",
            }
        yield row


def shown(row):
    own = f"{row['kind']}  {row['tokens']:4} tokens  {row['precision']:7}  ours {row['seconds']:8.3f} s {row['gibibytes']:5.1f} GiB   reference "
    told = own + f"{row['reference']} {row['reference_memory']}"
    told += f"   {row['times']} times" if row["times"] else ""
    return told + (f"   {row['agreement']} features shared, edges differ by {row['largest']}" if row["agreement"] else "")


def keep(options, rows):
    """Adds the rows to a file of results."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Documentation"))
    import demo_figures
    import figures

    file = Path(options.results)
    results = figures.read(file) if file.exists() else {}
    results["beside circuit-tracer by length"] = {
        "command": "make compare", "machine": demo_figures.machine(), "date": time.strftime("%Y-%m-%d"),
        "commit": demo_figures.commit(), "rows": rows,
    }
    file.write_text(figures.kept(results))


def main():
    options = arguments()
    if options.reference:
        return reference(options, *options.reference)
    rows = []
    for kind in options.kinds:
        calibrated(options, kind, Path(options.work) / kind)
        for count in () if options.transcoders_only else options.tokens:
            for row in measured(options, kind, count):
                rows.append(row)
                print(shown(row), flush=True)
    if options.results and rows:
        keep(options, rows)


if __name__ == "__main__":
    main()
