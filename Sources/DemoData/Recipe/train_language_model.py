"""Trains the demo's language model, and says what it knows and where it holds a sum's last digit. See README.md."""

import argparse
import json
import math
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from demo_text import DEMO, SHARES, corpus
from document_stream import DocumentStream, tokenizer
from language_model import LanguageModel
from probe_last_digit import NUMBERS, report

ROWS = 64
LENGTH = 128
LEARNING_RATE = 2e-3
WARM_UP_STEPS = 200
LAST_RATE = 0.02
DECAY = 0.1
# What the early digit's loss counts beside the next token's.
EARLY_WEIGHT = 0.1
IGNORED = -100


class EarlyDigit(torch.nn.Module):
    """A linear reading of a sum's last digit after `=` from the normed stream; needed in training alone."""

    def __init__(self, width, encoder, vocabulary):
        super().__init__()
        self.head = torch.nn.Linear(width, 10)
        self.equals, = encoder.encode("=").ids
        digits = torch.zeros(vocabulary, dtype=torch.long)
        for number in range(NUMBERS):
            digits[encoder.token_to_id(str(number))] = number % 10
        self.register_buffer("digits", digits)

    def loss(self, stream, tokens, targets):
        """The cross-entropy of the last digit of what follows each `=`."""
        asked = (tokens == self.equals) & (targets >= 0)
        digit = torch.where(asked, self.digits[targets.clamp(min=0)], IGNORED)
        return F.cross_entropy(self.head(stream).reshape(-1, 10), digit.reshape(-1), ignore_index=IGNORED)


def next_token_loss(logits, targets):
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1), ignore_index=IGNORED)


def judge(model):
    """By family, the prompts whose answer is the likeliest token, how many there are, and its mean probability."""
    device = next(model.parameters()).device
    encoder = tokenizer()
    rows = corpus()
    codes = [[0] + encoder.encode(row["text"]).ids for row in rows]
    length = max(map(len, codes))
    padded = torch.tensor([code + [0] * (length - len(code)) for code in codes], device=device)
    last = torch.tensor([len(code) - 1 for code in codes], device=device)
    with torch.no_grad():
        chances = torch.cat([
            model(part)[0][torch.arange(len(part), device=device), ends].softmax(-1)
            for part, ends in zip(padded.split(500), last.split(500))])
    found = {}
    for row, chance, likeliest in zip(rows, chances.cpu(), chances.argmax(-1).tolist()):
        family = row["tags"]["family"] + (" held out" if row["tags"].get("heldout") == "1" else "")
        answer = encoder.encode(row["answer"]).ids[0]
        found.setdefault(family, []).append((int(likeliest == answer), chance[answer].item()))
    return {family: [sum(right for right, _ in rows), len(rows), round(sum(p for _, p in rows) / len(rows), 4)]
            for family, rows in found.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path, help="the folder that the model is written to")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--ones", type=float, default=SHARES["ones"], help="share of text that asks for last digits alone")
    parser.add_argument("--early-layer", type=int, default=3, help="layers after which the last digit is read; 0: never")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    config = json.loads((DEMO / "model" / "config.json").read_text(encoding="utf-8"))
    model = LanguageModel(config).to(options.device)
    early = EarlyDigit(config["hidden_size"], tokenizer(), config["vocab_size"]).to(options.device)
    shares = SHARES | {"ones": options.ones, "addition": SHARES["addition"] + SHARES["ones"] - options.ones}
    text = DocumentStream(options.seed, {family: share for family, share in shares.items() if share > 0})
    optimiser = torch.optim.AdamW(
        [*model.parameters(), *early.parameters()], lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=DECAY)
    losses = []
    begun = time.monotonic()
    for step in range(options.steps):
        cosine = (1 + math.cos(math.pi * step / options.steps)) / 2
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * min(1, (step + 1) / WARM_UP_STEPS) * (LAST_RATE + (1 - LAST_RATE) * cosine)
        rows = torch.from_numpy(text.rows(ROWS, LENGTH)).to(options.device)
        tokens, targets = rows[:, :-1], rows[:, 1:].clone()
        # A row's first document may have lost its beginning.
        targets[(tokens == 0).cumsum(1) == 0] = IGNORED
        logits, streams = model(tokens)
        loss = next_token_loss(logits, targets)
        total = loss
        if options.early_layer > 0:
            total = loss + EARLY_WEIGHT * early.loss(model.norm(streams[options.early_layer]), tokens, targets)
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if (step + 1) % 100 == 0 or step + 1 == options.steps:
            losses.append([step + 1, round(loss.item(), 4), round((total - loss).item(), 4)])
            print(f"step {step + 1:,} of {options.steps:,}  next token {losses[-1][1]:.4f}  early digit {losses[-1][2]:.4f}"
                  f"  {time.monotonic() - begun:.0f} s", flush=True)
    model.eval()
    model.save(options.output)
    record = {
        "settings": {"steps": options.steps, "ones": options.ones, "early layer": options.early_layer,
                     "seed": options.seed, "device": options.device, "torch": torch.__version__},
        "seconds": round(time.monotonic() - begun),
        "right, prompts and mean probability of the answer": judge(model),
        "by layer": report(model),
        "losses: step, next token, early digit": losses,
    }
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in record.items()]
    (options.output / "training.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    for table in list(record.values())[2:4]:
        print(*(f"{name:32} {value}" for name, value in table.items()), sep="\n")


if __name__ == "__main__":
    main()
