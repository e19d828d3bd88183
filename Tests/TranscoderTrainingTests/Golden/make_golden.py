"""What PyTorch's own differentiation makes of the training loss, as golden data.

    python3 make_golden.py        (torch 2.9 or later, numpy, safetensors)

Small random layers and a batch for each kind of transcoder; parameters, batch, loss and gradients are written as
safetensors beside this file. Computed in float64 and stored in float32.
"""

import json
import math
import os

import torch
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
LAYERS, WIDTH, FEATURES, TOKENS = 3, 8, 12, 10
BANDWIDTH, WEIGHT, STEEPNESS, KEPT = 0.5, 0.01, 4.0, 3


class JumpReLU(torch.autograd.Function):
    """x where x > threshold; the threshold's gradient by the rectangle of the bandwidth (Rajamanoharan et al. 2024)."""

    @staticmethod
    def forward(context, x, threshold):
        context.save_for_backward(x, threshold)
        return x * (x > threshold)

    @staticmethod
    def backward(context, gradient):
        x, threshold = context.saved_tensors
        near = (x - threshold).abs() < BANDWIDTH / 2
        return gradient * (x > threshold), (-threshold / BANDWIDTH * near * gradient).sum(0)


def activate(kind, pre, threshold):
    if kind == "jumprelu":
        return JumpReLU.apply(pre, threshold)
    if kind == "topk":
        mask = torch.zeros_like(pre).scatter(1, pre.topk(KEPT, dim=1).indices, 1)
        return pre * mask
    least = pre.flatten().topk(KEPT * TOKENS).values[-1]
    return pre * ((pre >= least) & (pre > 0))


def make(name, architecture, kind, seed):
    torch.manual_seed(seed)
    options = dict(dtype=torch.float64)
    inputs = torch.randn(LAYERS, TOKENS, WIDTH, **options)
    targets = torch.randn(TOKENS, LAYERS, WIDTH, **options)
    tensors = {"inputs": inputs, "targets": targets}
    parameters = {}
    for layer in range(LAYERS):
        slots = LAYERS - layer if architecture == "clt" else 1
        own = {
            "encoder": torch.randn(FEATURES, WIDTH, **options) / math.sqrt(WIDTH),
            "encoderBias": torch.randn(FEATURES, **options) * 0.1,
            "decoder": torch.randn(FEATURES, slots, WIDTH, **options) * 0.5,
            "decoderBias": torch.randn(WIDTH, **options) * 0.1,
        }
        if kind == "jumprelu":
            own["threshold"] = torch.rand(FEATURES, **options) * 0.5
        if architecture == "plt-skip":
            own["skip"] = torch.randn(WIDTH, WIDTH, **options) * 0.2
        for key, value in own.items():
            # What float32 cannot hold would differ in the comparison.
            parameters[layer, key] = value.float().double().requires_grad_()
    inputs, targets = inputs.float().double(), targets.float().double()
    written = [parameters[layer, "decoderBias"] for layer in range(LAYERS)]
    penalty = 0
    weight = WEIGHT if kind == "jumprelu" else 0
    for layer in range(LAYERS):
        get = lambda key: parameters[layer, key]
        pre = inputs[layer] @ get("encoder").T + get("encoderBias")
        active = activate(kind, pre, parameters.get((layer, "threshold")))
        for slot in range(get("decoder").shape[1]):
            written[layer + slot] = written[layer + slot] + active @ get("decoder")[:, slot]
        if architecture == "plt-skip":
            written[layer] = written[layer] + inputs[layer] @ get("skip").T
        size = get("decoder").flatten(1).norm(dim=1)
        penalty = penalty + weight * torch.tanh(STEEPNESS / math.sqrt(WIDTH) * active * size).sum() / TOKENS
    errors = sum(((written[layer] - targets[:, layer]) ** 2).sum() for layer in range(LAYERS)) / (WIDTH * TOKENS)
    (errors + penalty).backward()
    for (layer, key), value in parameters.items():
        tensors[f"{layer}.{key}"] = value.detach()
        tensors[f"{layer}.{key}.gradient"] = value.grad
    tensors["loss"] = (errors + penalty).detach().reshape(1)
    save_file({key: value.float().contiguous() for key, value in tensors.items()}, os.path.join(HERE, name + ".safetensors"))


make("clt-jumprelu", "clt", "jumprelu", 1)
make("plt-skip-jumprelu", "plt-skip", "jumprelu", 2)
make("plt-topk", "plt", "topk", 3)
make("clt-batchtopk", "clt", "batchtopk", 4)
