"""What the demo's language model holds about a sum, by layer: ridge probes, and whether its answer follows them."""

import json
import sys
from pathlib import Path

import torch

from document_stream import tokenizer
from language_model import LanguageModel

# The sums that are one token; 192 to 198 are written in two.
NUMBERS = 192
PAIRS = [(a, b) for a in range(100) for b in range(100) if a + b < NUMBERS]
QUANTITIES = {
    "last digit of the sum": lambda a, b: (a + b) % 10,
    "last digits' carry": lambda a, b: int(a % 10 + b % 10 >= 10),
    "sum without its last digit": lambda a, b: (a + b) // 10,
    "last digit of a": lambda a, b: a % 10,
}


def streams(model, prefix="calc"):
    """The residual stream after the last token of every sum, [layers + 1, sums, width], and its tokens."""
    encoder = tokenizer()
    device = next(model.parameters()).device
    codes = [[0] + encoder.encode(f"{prefix}: {a}+{b}=").ids for a, b in PAIRS]
    assert len({len(code) for code in codes}) == 1, "expected prompts of one length"
    tokens = torch.tensor(codes, device=device)
    with torch.no_grad():
        parts = [torch.stack([x[:, -1] for x in model(part)[1]]) for part in tokens.split(1000)]
    return torch.cat(parts, dim=1), tokens


def ridge_accuracy(x, classes, seed=0):
    """The share of right classes on a fifth of the rows that a ridge regression on the rest did not see."""
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed)).to(x.device)
    cut = len(x) * 4 // 5
    x = torch.cat((x - x.mean(0), torch.ones_like(x[:, :1])), dim=1).double()
    targets = torch.nn.functional.one_hot(classes).double()
    train, test = order[:cut], order[cut:]
    gram = x[train].T @ x[train] + 1e-3 * cut * x[train].square().mean() * torch.eye(x.shape[1], device=x.device).double()
    weights = torch.linalg.solve(gram, x[train].T @ targets[train])
    return (x[test] @ weights).argmax(1).eq(classes[test]).double().mean().item()


def followed(model, tokens, stream, layer, classes, seed=0):
    """How often the answer ends in another sum's last digit once the stream after a layer tells that digit.

    The directions are those between the digits' mean streams; what the stream has along them is exchanged.
    """
    draw = torch.Generator().manual_seed(seed)
    one = torch.randperm(len(tokens), generator=draw)[:1000].to(tokens.device)
    other = torch.randperm(len(tokens), generator=draw)[:1000].to(tokens.device)
    x = stream[layer]
    means = torch.stack([x[classes == digit].mean(0) for digit in range(10)])
    basis = torch.linalg.svd(means - means.mean(0))[2][:9]
    change = ((x[other] - x[one]) @ basis.T) @ basis
    encoder = tokenizer()
    digits = torch.tensor([encoder.token_to_id(str(number)) for number in range(NUMBERS)], device=tokens.device)

    def add(_, __, output):
        output[:, -1] += change
        return output

    place = model.layers[layer - 1] if layer > 0 else model.embed_tokens
    handle = place.register_forward_hook(add)
    with torch.no_grad():
        logits = model(tokens[one])[0][:, -1]
    handle.remove()
    ends = logits[:, digits].softmax(-1)
    share = torch.zeros(len(one), 10, device=tokens.device).index_add_(
        1, torch.arange(NUMBERS, device=tokens.device) % 10, ends)
    moved = classes[one] != classes[other]
    return share.argmax(1).eq(classes[other])[moved].double().mean().item()


def report(model):
    """The probes by layer."""
    model.eval()
    stream, tokens = streams(model)
    device = tokens.device
    table = {}
    for name, quantity in QUANTITIES.items():
        classes = torch.tensor([quantity(a, b) for a, b in PAIRS], device=device)
        table[name] = [round(ridge_accuracy(x, classes), 3) for x in stream]
    classes = torch.tensor([(a + b) % 10 for a, b in PAIRS], device=device)
    table["answer follows the last digit"] = [
        round(followed(model, tokens, stream, layer, classes), 3) for layer in range(len(stream))]
    return table


if __name__ == "__main__":
    print(json.dumps(report(LanguageModel.load(Path(sys.argv[1]))), indent=2))
