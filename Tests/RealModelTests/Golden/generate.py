"""Records what transformers and tokenizers make of the real models: next tokens, greedy text, ids of 2,100 texts.

usage: python generate.py FOLDER [MODEL…]    (transformers 4.57.3, torch 2.15, tokenizers 0.22.2; float32, CPU, eager)
       python generate.py FOLDER --text MODEL NUMBER    the ids of one text, to compare with

FOLDER holds smollm2/ and gemma3/ as `make real-models GEMMA=accept` leaves them. Writes texts.json and MODEL.json here.
"""
import hashlib
import json
import pathlib
import struct
import sys

from tokenizers import Tokenizer

from prompts import PROMPTS
from scripts import texts

HERE = pathlib.Path(__file__).parent
COUNT = 20
TOP = 10


def digest(ids):
    """How many ids, and half of the SHA-256 of them as little-endian Int32."""
    return f"{len(ids)} {hashlib.sha256(struct.pack(f'<{len(ids)}i', *ids)).hexdigest()[:32]}"


def forward(model, ids):
    """Logits that follow the prompt; then greedy tokens, and how far the best logit was ahead at each."""
    import torch
    logits = model(torch.tensor([ids]), use_cache=True)
    first, cache, generated, gaps = logits.logits[0, -1], logits.past_key_values, [], []
    current = first
    for step in range(COUNT):
        best = current.topk(2)
        generated.append(best.indices[0].item())
        gaps.append(round((best.values[0] - best.values[1]).item(), 6))
        if step + 1 < COUNT:
            output = model(torch.tensor([[generated[-1]]]), past_key_values=cache, use_cache=True)
            current, cache = output.logits[0, -1], output.past_key_values
    return first, generated, gaps


def model_values(folder, tokenizer):
    import torch
    from transformers import AutoModelForCausalLM
    load = lambda dtype: AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()
    model, start = load(torch.float32), json.loads((folder / "config.json").read_text())["bos_token_id"]
    prompts = [[start] + tokenizer.encode(text, add_special_tokens=False).ids for text in PROMPTS]
    cases, logits = [], []
    with torch.no_grad():
        for ids in prompts:
            first, generated, gaps = forward(model, ids)
            top = first.topk(TOP)
            cases.append(dict(ids=ids, top=top.indices.tolist(), logits=[round(v, 6) for v in top.values.tolist()],
                              logSumExp=round(first.double().logsumexp(-1).item(), 6), generated=generated, gaps=gaps))
            logits.append(first)
        del model
        exact = load(torch.float64)
        rounding = max((exact(torch.tensor([ids])).logits[0, -1] - first.double()).abs().max().item()
                       for ids, first in zip(prompts, logits))
    return dict(prompts=cases, rounding=rounding)


def write(name, folder, samples):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    values = model_values(folder, tokenizer)
    values["texts"] = [digest(tokenizer.encode(text, add_special_tokens=False).ids) for text in samples]
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in values["prompts"])
    tokens = ",\n".join(json.dumps(values["texts"][at:at + 100], separators=(",", ":"))[1:-1]
                        for at in range(0, len(samples), 100))
    (HERE / f"{name}.json").write_text(
        f'{{"rounding":{values["rounding"]:.3g},\n"prompts":[\n{lines}],\n"texts":[\n{tokens}]}}\n')
    print(f"{name}: float32 is within {values['rounding']:.1e} of float64")


if __name__ == "__main__":
    source, arguments = pathlib.Path(sys.argv[1]), sys.argv[2:]
    samples = [text for _, text in texts()]
    if arguments[:1] == ["--text"]:
        tokenizer = Tokenizer.from_file(str(source / arguments[1] / "tokenizer.json"))
        found = tokenizer.encode(samples[int(arguments[2])], add_special_tokens=False)
        print(ascii(samples[int(arguments[2])]), found.ids, ascii(found.tokens), sep="\n")
        sys.exit()
    names = list(dict.fromkeys(name for name, _ in texts()))
    lines = ",\n".join(json.dumps(text) for text in samples)
    (HERE / "texts.json").write_text(
        f'{{"kinds":{json.dumps(names)},\n"prompts":{json.dumps(PROMPTS, indent=0)},\n"texts":[\n{lines}]}}\n')
    for name in arguments or ["smollm2", "gemma3"]:
        write(name, source / name, samples)
