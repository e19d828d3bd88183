"""Writes small random transcoder sets in every format, and what the reference computes with them.

    python make_golden.py        (in this folder; packages as in README.md)
"""
import base64, json, os, shutil, warnings, zlib
import numpy as np, torch, yaml
from safetensors.torch import save_file
from circuit_tracer.transcoder.activation_functions import TopK
from circuit_tracer.transcoder.cross_layer_transcoder import CrossLayerTranscoder, load_clt, load_gemma_scope_2_clt
from circuit_tracer.transcoder.single_layer_transcoder import (
    load_gemma_scope_2_transcoder, load_gemma_scope_transcoder, load_relu_transcoder, TranscoderSet)

warnings.filterwarnings("ignore")
LAYERS, FEATURES, WIDTH, POSITIONS = 3, 40, 6, 5
generator = torch.Generator().manual_seed(20)
CPU = torch.device("cpu")


def random(*shape, scale=1.0):
    return torch.randn(*shape, generator=generator) * scale


def start(case, kind, **fields):
    shutil.rmtree(case, ignore_errors=True)
    os.makedirs(case)
    config = dict(model_name="random", model_kind=kind, feature_input_hook="mlp.hook_in",
                  feature_output_hook="hook_mlp_out", scan=f"golden/{case}", **fields)
    with open(f"{case}/config.yaml", "w") as file:
        yaml.safe_dump(config, file, sort_keys=False)


def finish(case, transcoders):
    """Keeps a random input and what the reference makes of it."""
    inputs = random(LAYERS, POSITIONS, WIDTH)
    with torch.no_grad():
        activations = transcoders.encode(inputs)
        reconstruction = transcoders.decode(activations, inputs)
    save_file(dict(input=inputs, activations=activations.contiguous(), reconstruction=reconstruction.contiguous()),
              f"{case}/expected.safetensors")


def per_layer(case, load, paths):
    finish(case, TranscoderSet({i: load(p, i, device=CPU, dtype=torch.float32) for i, p in enumerate(paths)},
                               feature_input_hook="mlp.hook_in", feature_output_hook="hook_mlp_out"))


def native_plt(case, dtype, threshold=False, skip=False, top_k=None):
    start(case, "transcoder_set", **(dict(activation="topk", k=top_k) if top_k else {}))
    paths = []
    for layer in range(LAYERS):
        tensors = dict(W_enc=random(FEATURES, WIDTH), W_dec=random(FEATURES, WIDTH), b_enc=random(FEATURES, scale=0.3),
                       b_dec=random(WIDTH, scale=0.3))
        if threshold:
            tensors["activation_function.threshold"] = random(FEATURES, scale=0.5).abs()
        if skip:
            tensors["W_skip"] = random(WIDTH, WIDTH)
        paths.append(f"{case}/layer_{layer}.safetensors")
        save_file({name: tensor.to(dtype).contiguous() for name, tensor in tensors.items()}, paths[-1])

    def load(*arguments, **keywords):
        transcoder = load_relu_transcoder(*arguments, lazy_encoder=False, lazy_decoder=False, **keywords)
        if top_k:
            transcoder.activation_function = TopK(top_k)
        return transcoder

    per_layer(case, load, paths)


def gemma_scope(case, save, dtype, column_major=()):
    names = [f"layer_{layer}/params.npz" for layer in range(LAYERS)]
    start(case, "transcoder_set", transcoders=names)
    for name in names:
        os.makedirs(os.path.dirname(f"{case}/{name}"))
        arrays = dict(W_enc=random(WIDTH, FEATURES), W_dec=random(FEATURES, WIDTH), b_enc=random(FEATURES, scale=0.3),
                      b_dec=random(WIDTH, scale=0.3), threshold=random(FEATURES, scale=0.5).abs())
        arrays = {key: value.numpy().astype(dtype) for key, value in arrays.items()}
        for key in column_major:
            arrays[key] = np.asfortranarray(arrays[key])
        save(f"{case}/{name}", **arrays)
    per_layer(case, load_gemma_scope_transcoder, [f"{case}/{name}" for name in names])


def gemma_scope_2(case, dtype, cross_layer, skip):
    names = [f"resid_{layer}.safetensors" for layer in range(LAYERS)]
    start(case, "cross_layer_transcoder" if cross_layer else "transcoder_set", transcoders=names)
    for name in names:
        tensors = dict(
            w_enc=random(WIDTH, FEATURES), b_enc=random(FEATURES, scale=0.3), b_dec=random(WIDTH, scale=0.3),
            w_dec=random(FEATURES, LAYERS, WIDTH) if cross_layer else random(FEATURES, WIDTH),
            threshold=random(FEATURES, scale=0.5).abs())
        if skip:
            tensors["affine_skip_connection"] = random(WIDTH, WIDTH)
        save_file({key: tensor.to(dtype) for key, tensor in tensors.items()}, f"{case}/{name}")
    paths = [f"{case}/{name}" for name in names]
    if cross_layer:
        # The loader leaves out the file with the highest key, so it is given one more.
        transcoders = load_gemma_scope_2_clt(dict(enumerate(paths + paths[-1:])), device=CPU, dtype=torch.float32)
        # It also leaves the skip in its stored type, which then cannot be multiplied with the rest.
        transcoders.W_skip.data = transcoders.W_skip.data.float()
        finish(case, transcoders)
    else:
        per_layer(case, load_gemma_scope_2_transcoder, paths)


def native_clt(case, dtype, threshold, skip):
    start(case, "cross_layer_transcoder")
    skips = []
    for i in range(LAYERS):
        tensors = {f"W_enc_{i}": random(FEATURES, WIDTH), f"b_enc_{i}": random(FEATURES, scale=0.3),
                   f"b_dec_{i}": random(WIDTH, scale=0.3)}
        if threshold:
            tensors[f"threshold_{i}"] = random(FEATURES, scale=0.5).abs()
        if skip:
            tensors[f"W_skip_{i}"] = random(WIDTH, WIDTH)
            skips.append(tensors[f"W_skip_{i}"].to(dtype).float())
        save_file({key: tensor.to(dtype) for key, tensor in tensors.items()}, f"{case}/W_enc_{i}.safetensors")
        save_file({f"W_dec_{i}": random(FEATURES, LAYERS - i, WIDTH).to(dtype)}, f"{case}/W_dec_{i}.safetensors")
    transcoders = load_clt(case, device=CPU, dtype=torch.float32, lazy_decoder=False)
    if skip:
        # The loader leaves skips in the files; the class computes with them.
        transcoders.W_skip = torch.nn.Parameter(torch.stack(skips))
    finish(case, transcoders)


def deflated():
    """Raw deflated data of every kind of block: stored, fixed and dynamic codes, long matches, several blocks."""
    noise = np.random.default_rng(3)
    texts = {
        "empty": b"", "one": b"x", "zeros": bytes(30000), "sentence": b"The quick brown fox. " * 40,
        "noise": noise.bytes(3000), "floats": noise.normal(size=500).astype("f4").tobytes(),
        "mixed": bytes(2000) + noise.bytes(500) + b"ab" * 900 + noise.integers(0, 4, 4000).astype("u1").tobytes(),
    }
    cases = []
    for name, data in texts.items():
        for level, strategy, memory in ((0, 0, 8), (1, 0, 1), (9, 0, 9), (6, zlib.Z_FIXED, 8), (6, zlib.Z_HUFFMAN_ONLY, 1),
                                        (6, zlib.Z_RLE, 8)):
            if level == 0 and len(data) > 10000:
                continue
            packer = zlib.compressobj(level, zlib.DEFLATED, -15, memory, strategy)
            packed = packer.compress(data) + packer.flush()
            cases.append(dict(name=f"{name}, level {level}, strategy {strategy}", bytes=len(data), crc=zlib.crc32(data),
                              packed=base64.b64encode(packed).decode()))
    with open("deflated.json", "w") as file:
        json.dump(cases, file, indent=0)


native_plt("plt_relu", torch.float32)
native_plt("plt_jumprelu_skip", torch.bfloat16, threshold=True, skip=True)
native_plt("plt_topk", torch.float32, top_k=25)
gemma_scope("gemma_scope", np.savez, "<f4")
gemma_scope("gemma_scope_deflated", np.savez_compressed, "<f4", column_major=("W_enc",))
gemma_scope("gemma_scope_half", np.savez, "<f2", column_major=("W_dec",))
gemma_scope_2("gemma_scope_2_plt", torch.float32, cross_layer=False, skip=True)
gemma_scope_2("gemma_scope_2_plt_half", torch.bfloat16, cross_layer=False, skip=False)
gemma_scope_2("gemma_scope_2_clt", torch.bfloat16, cross_layer=True, skip=True)
native_clt("clt_relu_skip", torch.float16, threshold=False, skip=True)
native_clt("clt_jumprelu", torch.float32, threshold=True, skip=False)
deflated()
