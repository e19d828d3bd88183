"""The training step of `Benchmarks training` in PyTorch, dense as its trainers have it, on the same threads.

    python compare_training.py [--layers 6] [--width 128] [--features 512] [--architecture clt] [--threads 2]

Needs torch. Prints seconds a step and tokens a second: compare them with Benchmarks in the same minute on a quiet machine.
"""

import argparse
import math
import time

import torch

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--layers", type=int, default=6)
parser.add_argument("--width", type=int, default=128)
parser.add_argument("--features", type=int, default=512)
parser.add_argument("--architecture", choices=["clt", "plt"], default="clt")
parser.add_argument("--batch-tokens", type=int, default=1024)
parser.add_argument("--steps", type=int, default=20)
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(0)
L, D, F, N = options.layers, options.width, options.features, options.batch_tokens
BANDWIDTH, WEIGHT, STEEPNESS = 0.5, 1e-4, 40 / math.sqrt(D)


class JumpReLU(torch.autograd.Function):
    @staticmethod
    def forward(context, x, threshold):
        context.save_for_backward(x, threshold)
        return x * (x > threshold)

    @staticmethod
    def backward(context, gradient):
        x, threshold = context.saved_tensors
        near = (x - threshold).abs() < BANDWIDTH / 2
        return gradient * (x > threshold), (-threshold / BANDWIDTH * near * gradient).sum(0)


parameter = lambda *shape, scale: torch.nn.Parameter(torch.randn(*shape) * scale)
slots = [L - layer if options.architecture == "clt" else 1 for layer in range(L)]
encoder = [parameter(F, D, scale=D**-0.5) for _ in range(L)]
encoder_bias = [torch.nn.Parameter(torch.full((F,), -1.6)) for _ in range(L)]
threshold = [torch.nn.Parameter(torch.full((F,), BANDWIDTH / 2)) for _ in range(L)]
decoder = [parameter(F, count * D, scale=0.1 * D**-0.5) for count in slots]
decoder_bias = [torch.nn.Parameter(torch.zeros(D)) for _ in range(L)]
parameters = encoder + encoder_bias + threshold + decoder + decoder_bias
optimizer = torch.optim.Adam(parameters, lr=1e-3, fused=True)
inputs, targets = torch.randn(L, N, D), torch.randn(N, L * D)


def step():
    written = torch.cat(decoder_bias).expand(N, L * D)
    penalty = 0
    for layer in range(L):
        active = JumpReLU.apply(torch.addmm(encoder_bias[layer], inputs[layer], encoder[layer].T), threshold[layer])
        own = active @ decoder[layer]
        end = (L - layer - slots[layer]) * D
        written = written + torch.nn.functional.pad(own, (layer * D, end))
        penalty = penalty + WEIGHT * torch.tanh(STEEPNESS * active * decoder[layer].norm(dim=1)).sum() / N
    loss = ((written - targets) ** 2).sum() / (D * N) + penalty
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()


step()
began = time.monotonic()
for _ in range(options.steps):
    step()
seconds = (time.monotonic() - began) / options.steps
print(f"{options.architecture}, {L} layers of {F} features, width {D}, {N} tokens a step")
print(f"seconds a step  {seconds:.4f}\ntokens a second {N / seconds:.0f}")
