"""Compare `atlas generate` with transformers on a real model: tokens, the five likeliest next tokens, greedy text.

usage: compare_generation.py ATLAS MODEL [--count 20]
Needs Python with transformers and torch. Exit code 1 when any prompt differs.
"""
import argparse, json, os, subprocess, sys, tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

TOPICS = ["The capital of France is", "Water boils at", "def fibonacci(n):", "The opposite of hot is", "2 + 2 =",
          "Once upon a time", "In 1969, two astronauts", "La capitale de l'Espagne est", "She sells sea shells by",
          "The chemical symbol of gold is"]
ENDINGS = ["", " a", " \"", " — ", "\tthe"]

ap = argparse.ArgumentParser()
ap.add_argument("atlas")
ap.add_argument("model")
ap.add_argument("--count", type=int, default=20)
a = ap.parse_args()
prompts = [t + e for t in TOPICS for e in ENDINGS]
tok = AutoTokenizer.from_pretrained(a.model)
model = AutoModelForCausalLM.from_pretrained(a.model, dtype=torch.float32).eval()
with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as f:
    f.write("".join(p + "\n" for p in prompts))
    f.flush()
    run = [a.atlas, "generate", "--file", f.name, "--model", a.model, "--count", str(a.count), "--json"]
    ours = json.loads(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
wrong, worst = 0, 0.0
for prompt, found in zip(prompts, ours, strict=True):
    ids = tok(prompt, add_special_tokens=False).input_ids
    if tok.bos_token_id is not None and ids[:1] != [tok.bos_token_id]:
        ids = [tok.bos_token_id] + ids
    x = torch.tensor([ids])
    with torch.no_grad():
        p = model(x).logits[0, -1].softmax(-1)
        text = model.generate(x, attention_mask=torch.ones_like(x), max_new_tokens=a.count, min_new_tokens=a.count,
                              do_sample=False, eos_token_id=None, pad_token_id=0)[0, len(ids):].tolist()
    top = p.topk(5)
    worst = max(worst, max(abs(c["probability"] - float(p[c["token"]])) for c in found["nextTokens"]))
    same = (found["tokens"] == ids, [c["token"] for c in found["nextTokens"]] == top.indices.tolist(),
            found["generated"] == text)
    if not all(same):
        wrong += 1
        print(f"differs {same}: {prompt!r}")
print(f"{len(prompts)} prompts, {wrong} differ; largest difference of a probability {worst:.1e}")
sys.exit(wrong > 0)
