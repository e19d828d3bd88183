"""A model of Gemma 2's 2B shape with random weights, and transcoders for it: what they say is nothing, what they cost is what real ones
of their size cost.

    python make_wide_model.py FOLDER TOKENIZER [--kinds plt clt] [--active 48]

Needs numpy. TOKENIZER is a model's folder whose tokenizer is taken. Numbers are bfloat16; the model takes 5 GB, per-layer transcoders of
16,384 features a layer 4 GB, cross-layer ones 29 GB. Every tensor is cut from one block of random numbers at a place of its own, so that
no two rows are the same.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy

LAYERS, WIDTH, HEADS, VALUE_HEADS, HEAD, INNER, VOCABULARY, FEATURES = 26, 2304, 8, 4, 256, 9216, 256_000, 16_384
#: Numbers of the block that tensors are cut from: a prime, so that rows of no tensor fall on one another.
BLOCK = 33_554_393


class Numbers:
    """Random numbers of a standard deviation, as bfloat16."""

    def __init__(self):
        self.block = numpy.random.default_rng(0).standard_normal(BLOCK, dtype=numpy.float32)
        self.place = 0
        self.scaled = {}

    def write(self, file, count, deviation):
        if deviation not in self.scaled:
            bits = (self.block * numpy.float32(deviation)).view(numpy.uint32) + 0x8000
            self.scaled[deviation] = (bits >> 16).astype(numpy.uint16)
        bits = self.scaled[deviation]
        while count:
            part = bits[self.place:self.place + count]
            part.tofile(file)
            count -= len(part)
            self.place = (self.place + len(part)) % BLOCK
        self.place = (self.place + 7_919) % BLOCK


def save(path, tensors, numbers):
    """Writes tensors {name: (shape, standard deviation)}."""
    header, end = {}, 0
    for name, (shape, _) in tensors.items():
        size = 2 * int(numpy.prod(shape))
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 64 + 56)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for shape, deviation in tensors.values():
            numbers.write(file, int(numpy.prod(shape)), deviation)


def model(folder, tokenizer, numbers):
    folder.mkdir(parents=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        if (tokenizer / name).exists():
            shutil.copy(tokenizer / name, folder / name)
    (folder / "config.json").write_text(json.dumps({
        "architectures": ["Gemma2ForCausalLM"], "model_type": "gemma2", "hidden_size": WIDTH, "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS, "num_key_value_heads": VALUE_HEADS, "head_dim": HEAD, "intermediate_size": INNER,
        "vocab_size": VOCABULARY, "max_position_embeddings": 8192, "rms_norm_eps": 1e-6, "rope_theta": 10000.0,
        "hidden_activation": "gelu_pytorch_tanh", "sliding_window": 4096, "query_pre_attn_scalar": 256,
        "attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0, "tie_word_embeddings": True, "bos_token_id": 0,
    }))
    tensors = {"model.embed_tokens.weight": ((VOCABULARY, WIDTH), 0.02), "model.norm.weight": ((WIDTH,), 0.1)}
    for layer in range(LAYERS):
        own = f"model.layers.{layer}."
        for name, shape in {
            "self_attn.q_proj": (HEADS * HEAD, WIDTH), "self_attn.k_proj": (VALUE_HEADS * HEAD, WIDTH),
            "self_attn.v_proj": (VALUE_HEADS * HEAD, WIDTH), "self_attn.o_proj": (WIDTH, HEADS * HEAD),
            "mlp.gate_proj": (INNER, WIDTH), "mlp.up_proj": (INNER, WIDTH), "mlp.down_proj": (WIDTH, INNER),
        }.items():
            tensors[f"{own}{name}.weight"] = (shape, 0.02)
        for name in ("input", "post_attention", "pre_feedforward", "post_feedforward"):
            tensors[f"{own}{name}_layernorm.weight"] = ((WIDTH,), 0.1)
    save(folder / "model.safetensors", tensors, numbers)


def transcoders(folder, kind, active, numbers):
    folder.mkdir(parents=True)
    name = "transcoder_set" if kind == "plt" else "cross_layer_transcoder"
    (folder / "config.yaml").write_text(
        f"model_name: random\nmodel_kind: {name}\nfeature_input_hook: mlp.hook_in\nfeature_output_hook: mlp.hook_out\n"
        f"activation: topk\nk: {active}\n")
    for layer in range(LAYERS):
        end = "" if kind == "plt" else f"_{layer}"
        encoder = {
            f"W_enc{end}": ((FEATURES, WIDTH), 0.02), f"b_enc{end}": ((FEATURES,), 0.1), f"b_dec{end}": ((WIDTH,), 0.01)}
        if kind == "plt":
            save(folder / f"layer_{layer}.safetensors", encoder | {"W_dec": ((FEATURES, WIDTH), 0.02)}, numbers)
        else:
            save(folder / f"W_enc_{layer}.safetensors", encoder, numbers)
            save(folder / f"W_dec_{layer}.safetensors", {f"W_dec_{layer}": ((FEATURES, LAYERS - layer, WIDTH), 0.004)}, numbers)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("--kinds", nargs="*", choices=["plt", "clt"], default=["plt", "clt"])
    parser.add_argument("--active", type=int, default=48, help="features that fire a token and layer")
    options = parser.parse_args()
    numbers = Numbers()
    if not (options.folder / "model").exists():
        model(options.folder / "model", options.tokenizer, numbers)
    for kind in options.kinds:
        if not (options.folder / kind).exists():
            transcoders(options.folder / kind, kind, options.active, numbers)


if __name__ == "__main__":
    main()
