"""A GGUF file of a Llama or a Gemma 3 as a Hugging Face folder: config.json, model.safetensors in F32, tokenizer.json.

usage: python convert_gguf.py MODEL.gguf FOLDER

Weights are dequantised one tensor at a time, so memory stays at the file and its largest tensor. The folder appears
under its name when it is whole. Needs gguf and numpy.
"""
import json
import math
import os
import shutil
import struct
import sys
import warnings

from progress import Progress
from refusal import Refusal


def architecture(name, fields):
    """What differs between the two: the tensors of a block, the fields of config.json, what is done to a tensor."""
    heads, groups = fields[f"{name}.attention.head_count"], fields[f"{name}.attention.head_count_kv"]
    block = {
        "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm"}
    if name == "llama":
        block["ffn_norm"] = "post_attention_layernorm"
        width = fields["llama.embedding_length"] // heads
        if fields["llama.rope.dimension_count"] != width:
            raise Refusal(f"llama.rope.dimension_count: expected {width}, found {fields['llama.rope.dimension_count']}")
        own = dict(architectures=["LlamaForCausalLM"], model_type="llama", head_dim=width, hidden_act="silu",
                   attention_bias=False, mlp_bias=False, rope_theta=fields["llama.rope.freq_base"], rope_scaling=None)

        def transform(part, tensor):
            """llama.cpp turns neighbours of a pair of rows together, Hugging Face rows half a head apart."""
            count = {"attn_q": heads, "attn_k": groups}.get(part)
            if count is None:
                return tensor
            return tensor.reshape(count, tensor.shape[0] // count // 2, 2, -1).swapaxes(1, 2).reshape(tensor.shape)
    elif name == "gemma3":
        block |= {
            "post_attention_norm": "post_attention_layernorm", "ffn_norm": "pre_feedforward_layernorm",
            "post_ffw_norm": "post_feedforward_layernorm", "attn_q_norm": "self_attn.q_norm",
            "attn_k_norm": "self_attn.k_norm"}
        width, period = fields["gemma3.attention.key_length"], 6
        kinds = ["sliding_attention"] * (period - 1) + ["full_attention"]
        layers = fields["gemma3.block_count"]
        # The scale of scores and the windows' rotary base are not in the file; these are Gemma 3's at this size.
        own = dict(architectures=["Gemma3ForCausalLM"], model_type="gemma3_text", head_dim=width,
                   hidden_activation="gelu_pytorch_tanh", attention_bias=False, query_pre_attn_scalar=width,
                   rope_theta=fields["gemma3.rope.freq_base"], rope_local_base_freq=10000.0, rope_scaling=None,
                   sliding_window=fields["gemma3.attention.sliding_window"], sliding_window_pattern=period,
                   layer_types=[kinds[layer % period] for layer in range(layers)],
                   attn_logit_softcapping=None, final_logit_softcapping=None)

        def transform(part, tensor):
            """llama.cpp stores gains, Gemma what is added to a gain of 1."""
            return tensor - 1 if part.endswith("norm") else tensor
    else:
        raise Refusal(f"general.architecture: expected llama or gemma3, found {name}")
    return block, own, transform


UNDERSTOOD = {
    "block_count", "context_length", "embedding_length", "feed_forward_length", "vocab_size", "rope.freq_base",
    "rope.dimension_count", "attention.head_count", "attention.head_count_kv", "attention.key_length",
    "attention.value_length", "attention.sliding_window", "attention.layer_norm_rms_epsilon"}


def configuration(name, fields, own, is_tied):
    """config.json."""
    strange = [key for key in fields if key.startswith(name + ".") and key[len(name) + 1:] not in UNDERSTOOD]
    if strange:
        raise Refusal(f"{strange[0]}: is not understood and could change what the model computes")
    ids = {f"{role}_token_id": fields[f"tokenizer.ggml.{role}_token_id"] for role in ("bos", "eos")}
    return dict(
        **own, hidden_size=fields[f"{name}.embedding_length"], num_hidden_layers=fields[f"{name}.block_count"],
        num_attention_heads=fields[f"{name}.attention.head_count"],
        num_key_value_heads=fields[f"{name}.attention.head_count_kv"],
        intermediate_size=fields[f"{name}.feed_forward_length"], vocab_size=len(fields["tokenizer.ggml.tokens"]),
        max_position_embeddings=fields[f"{name}.context_length"],
        rms_norm_eps=fields[f"{name}.attention.layer_norm_rms_epsilon"], tie_word_embeddings=is_tied,
        pad_token_id=fields["tokenizer.ggml.padding_token_id"], dtype="float32", **ids)


def shortest(value):
    """A float32 of the file as the shortest decimal that means it: 9.99999997e-07 was written as 1e-06."""
    import numpy
    return float(str(numpy.float32(value))) if isinstance(value, float) else value


def tensor_names(name, block, layers, present):
    """GGUF's name of each tensor, the part of a block that it is, and its Hugging Face name, in the file's order."""
    names = {"token_embd.weight": ("token_embd", "model.embed_tokens.weight")}
    for layer in range(layers):
        for part, target in block.items():
            names[f"blk.{layer}.{part}.weight"] = (part, f"model.layers.{layer}.{target}.weight")
    names["output_norm.weight"] = ("output_norm", "model.norm.weight")
    if "output.weight" in present:
        names["output.weight"] = ("output", "lm_head.weight")
    for tensor in names:
        if tensor not in present:
            raise Refusal(f"tensor {tensor}: is missing")
    for tensor in present:
        if tensor not in names:
            raise Refusal(f"tensor {tensor}: is not understood for {name}")
    return names


def write_weights(path, tensors, names, transform):
    """model.safetensors: a header of names, types, shapes and places, then the numbers."""
    import numpy
    from gguf import dequantize
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for source, (_, target) in names.items():
        shape = [int(count) for count in reversed(tensors[source].shape)]
        end = offset + 4 * math.prod(shape)
        header[target] = dict(dtype="F32", shape=shape, data_offsets=[offset, end])
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file, Progress("converting weights", offset) as progress:
        file.write(struct.pack("<Q", len(text)) + text)
        for source, (part, target) in names.items():
            tensor = tensors[source]
            numbers = numpy.asarray(dequantize(tensor.data, tensor.tensor_type), dtype=numpy.float32)
            numbers = transform(part, numbers.reshape(header[target]["shape"]))
            if not numpy.isfinite(numbers).all():
                raise Refusal(f"tensor {source}: expected finite numbers, found NaN or infinity")
            numpy.ascontiguousarray(numbers, dtype="<f4").tofile(file)
            progress.advance(numbers.nbytes)
        sync(file)


def write_json(path, value, **options):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, **options)
        file.write("\n")
        sync(file)


def sync(file):
    """A file that gets its name after a crash of the machine must hold what was written."""
    file.flush()
    os.fsync(file.fileno())


def read(source):
    """The fields and tensors of a GGUF file by name."""
    from gguf import GGUFReader
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = GGUFReader(source)
        return {key: field.contents() for key, field in reader.fields.items()}, {t.name: t for t in reader.tensors}
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        raise Refusal(f"{source}: is no readable GGUF file ({error})") from error


def convert(source, folder, papers=()):
    """Writes `folder`, which must not exist; `papers` are files (name, bytes) to lie beside the model."""
    try:
        import gguf, numpy  # noqa: F401
    except ImportError as error:
        raise Refusal(f"Python's package {error.name} is missing: pip install -r Sources/RealModels/requirements.txt") from error
    from gguf_tokenizer import tokenizer_files
    print(f"reading {os.path.basename(source)}", file=sys.stderr, flush=True)
    fields, tensors = read(source)
    try:
        fields = {key: shortest(value) for key, value in fields.items()}
        name = fields["general.architecture"]
        block, own, transform = architecture(name, fields)
        names = tensor_names(name, block, fields[f"{name}.block_count"], tensors)
        tokenizer, settings = tokenizer_files(fields)
        config = configuration(name, fields, own, is_tied="output.weight" not in tensors)
    except KeyError as error:
        raise Refusal(f"{source}: field {error} is missing") from error
    partial = folder + ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    os.makedirs(partial)
    for paper, content in papers:
        with open(os.path.join(partial, paper), "wb") as file:
            file.write(content)
            sync(file)
    write_json(os.path.join(partial, "config.json"), config, indent=2)
    write_json(os.path.join(partial, "tokenizer.json"), tokenizer)
    write_json(os.path.join(partial, "tokenizer_config.json"), settings, indent=2)
    write_weights(os.path.join(partial, "model.safetensors"), tensors, names, transform)
    os.rename(partial, folder)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python convert_gguf.py MODEL.gguf FOLDER")
    try:
        if os.path.exists(sys.argv[2]):
            raise Refusal(f"{sys.argv[2]}: exists; name a folder that does not")
        convert(sys.argv[1], sys.argv[2])
    except (Refusal, OSError) as error:
        sys.exit(f"error: {error}")
