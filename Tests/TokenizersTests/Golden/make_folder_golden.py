"""Records what transformers makes of tokenizer folders whose tokens do not all stand in tokenizer.json.

Run from this folder: python make_folder_golden.py   (needs: pip install transformers==4.57.3 tokenizers==0.22.2)
Each folder is `gpt2.tokenizer.json` beside the files that are written here; the texts and ids are what a prompt becomes:
the ids without special tokens, with the token in front that circuit-tracer 0.5.0 (`ensure_tokenized`) would put there,
or the beginning-of-sequence token where there is one.
"""
import json
import pathlib
import tempfile

from transformers import AutoTokenizer

FAST = {"tokenizer_class": "PreTrainedTokenizerFast"}
BOS = {**FAST, "bos_token": "<|endoftext|>"}
OWN = {"0": dict(content="<|endoftext|>", single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)}
TEXTS = ["<|im_start|>user\nhi<|im_end|>\n", "the <|im_start|> end", "  <|endoftext|>  the user's", "user users the  <|im_end|> x", "the  <|im_end|>",
         "the", "[SEP] the [MASK]", " the end", "<|im_end|>the"]


def flags(content, **changes):
    return {**dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=True), "content": content, **changes}


def decoder(*tokens):
    return {"added_tokens_decoder": {**OWN, **{str(600 + at): token for at, token in enumerate(tokens)}}}


def folders():
    """name, tokenizer_config.json, special_tokens_map.json, added_tokens.json; and the prefix space of tokenizer.json."""
    yield "decoder and additional tokens", {**BOS, "additional_special_tokens": ["<|im_end|>"], **decoder(flags("<|im_start|>"))}, None, None, False
    yield "decoder that strips", {**BOS, **decoder(flags("<|im_start|>", lstrip=True, rstrip=True))}, None, None, False
    yield "decoder that changes flags", {**BOS, "added_tokens_decoder": {"0": flags("<|endoftext|>", lstrip=True, rstrip=True)}}, None, None, False
    yield "decoder that normalizes", {**BOS, **decoder(flags("user", normalized=True, special=False))}, None, None, False
    yield "decoder with whole words", {**BOS, **decoder(flags("user", single_word=True, special=False))}, None, None, False
    yield "decoder alone counts", {**BOS, **decoder()}, {"additional_special_tokens": ["<|im_end|>"]}, {"<|im_start|>": 600}, False
    yield "map", FAST, {"bos_token": "<|endoftext|>", "additional_special_tokens": ["<|im_end|>", "<|im_start|>"]}, None, False
    yield "map of objects", FAST, {"bos_token": flags("<|endoftext|>"), "additional_special_tokens": [flags("<|im_end|>", lstrip=True)]}, None, False
    yield "map that strips", FAST, {"bos_token": flags("<|endoftext|>", lstrip=True, rstrip=True)}, None, False
    yield "map beside the configuration", {**FAST, "additional_special_tokens": ["<|im_start|>"]}, {"bos_token": "<|endoftext|>", "additional_special_tokens": ["<|im_end|>"]}, None, False
    yield "map that takes the beginning away", BOS, {"bos_token": None, "pad_token": "<|im_end|>"}, None, False
    yield "list", BOS, None, {"<|im_end|>": 601, "<|im_start|>": 600}, False
    yield "list of special tokens", {**BOS, "eos_token": "<|im_end|>"}, None, {"<|im_end|>": 601, "<|im_start|>": 600}, False
    yield "list that repeats", BOS, None, {"<|endoftext|>": 0, "<|im_start|>": 600}, False
    yield "object with flags", {**BOS, "eos_token": {"__type": "AddedToken", **flags("<|im_end|>", lstrip=True, normalized=True)}}, None, None, False
    yield "every role", {**BOS, "eos_token": "<|im_end|>", "unk_token": "<unk>", "pad_token": "<|im_start|>", "sep_token": "[SEP]", "cls_token": "[CLS]", "mask_token": "[MASK]"}, None, None, False
    yield "token of the vocabulary", {**BOS, "pad_token": "the"}, None, None, False
    yield "named extra token", {**BOS, "extra_special_tokens": {"image_token": "<|im_end|>"}}, None, None, False
    yield "prefix space", {**BOS, "add_prefix_space": True}, None, None, False
    yield "prefix space left alone", {**BOS, "add_prefix_space": None}, None, None, True
    yield "prefix space taken away", {**BOS, "add_prefix_space": False}, None, None, True
    yield "prefix space not mentioned", BOS, None, None, True
    yield "class of GPT-2", {"tokenizer_class": "GPT2Tokenizer"}, None, None, False
    yield "no beginning but padding", {**FAST, "bos_token": None, "pad_token": "<|im_end|>", "eos_token": "<|im_start|>"}, None, None, False
    yield "no beginning but an end", {**FAST, "eos_token": "<|im_end|>"}, None, None, False
    yield "no beginning and padding of id 0", {**FAST, "pad_token": "<|endoftext|>", "eos_token": "<|im_end|>"}, None, None, False
    yield "no beginning but another", {**FAST, "additional_special_tokens": ["<|endoftext|>", "<|im_end|>"]}, None, None, False


def prompt(tokenizer, text):
    ids = tokenizer(text, add_special_tokens=False).input_ids
    if tokenizer.bos_token_id is not None:
        return ids if ids[:1] == [tokenizer.bos_token_id] else [tokenizer.bos_token_id] + ids
    if ids[0] in tokenizer.all_special_ids:
        return ids
    candidates = [tokenizer.bos_token_id, tokenizer.pad_token_id, tokenizer.eos_token_id] + tokenizer.all_special_ids
    return [next(filter(None, candidates))] + ids


def main():
    expected = []
    for name, configuration, roles, listed, prefix in folders():
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            data = json.loads(pathlib.Path("gpt2.tokenizer.json").read_text(encoding="utf-8"))
            data["pre_tokenizer"]["add_prefix_space"] = prefix
            files = {"tokenizer_config.json": configuration, "special_tokens_map.json": roles, "added_tokens.json": listed}
            files = {file: value for file, value in files.items() if value is not None}
            for file, value in [("tokenizer.json", data), ("config.json", {"model_type": "bert"}), *files.items()]:
                (folder / file).write_text(json.dumps(value), encoding="utf-8")
            tokenizer = AutoTokenizer.from_pretrained(folder)
            expected.append({"name": name, "prefixSpace": prefix, "files": {file: json.dumps(value) for file, value in files.items()},
                             "texts": TEXTS, "ids": [prompt(tokenizer, text) for text in TEXTS]})
    pathlib.Path("folders.expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
