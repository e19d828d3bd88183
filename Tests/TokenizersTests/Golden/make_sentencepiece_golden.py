"""Trains small SentencePiece-style tokenizers, and one like Pythia's, on made-up text; records what the reference makes
of nasty strings.

Run from this folder: python make_sentencepiece_golden.py   (needs: pip install tokenizers==0.22.2)
Everything is derived from the seed, so a second run writes the same files.
"""
import json
import random

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from make_golden import NASTY, SEED, corpus

MORE = [
    "▁", "▁▁", " ▁ ", "▁▁x", "x▁y", "x ▁y", "▁ x", "<0x41>", "<0x0A>", "x<0xe2>", "<s>", "a<s> b", "<s>▁x", "<s> x", " <s>", "<bos>\n\n", "x\n\n\ny",
    "<start_of_turn>user\nhi<end_of_turn>\n", "▁▁▁▁", "    x", "a,b,,c", ",", ",,", "a,", ",a", "1,2 3", "of the", "of  the", " of the ", "the of",
    "x\U0001f468y\U0001f468\U0001f468z", "éé\U0001f600é", "字\U0001f600字字\x01字", "\x01字\x01\x01", "\u2603\x7f\u2603", "<unk>x", "<pad>",
    "no\tbreak\u00a0here", "\ud55c\u1112\u1161", "x" * 60, "the of and " * 12, "qzqzqz " * 8,
]


def trained(lines, size, specials, bytes_held=range(256), words=True, **options):
    """A tokenizer whose merges stay inside words, or may straddle them."""
    tokenizer = Tokenizer(models.BPE(**options))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    if words:
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    held = ["<0x%02X>" % byte for byte in bytes_held]
    tokenizer.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=size, special_tokens=specials + held, show_progress=False, limit_alphabet=70))
    return tokenizer, set(held)


def save(name, tokenizer, held=(), unmerged=(), added=(), **parts):
    data = json.loads(tokenizer.to_str())
    data["added_tokens"] = [token for token in data["added_tokens"] if token["content"] not in held]
    for text in unmerged:
        data["model"]["vocab"][text] = len(data["model"]["vocab"])
    for text in added:
        data["model"]["vocab"].setdefault(text, len(data["model"]["vocab"]))
        data["added_tokens"].append(dict(
            id=data["model"]["vocab"][text], content=text, single_word=False, lstrip=False, rstrip=False,
            normalized=False, special=False))
    data["added_tokens"].sort(key=lambda token: token["id"])
    for part, value in parts.items():
        if part == "legacy_merges":
            data["model"]["merges"] = [" ".join(pair) for pair in data["model"]["merges"]]
        else:
            data[part] = value
    with open(name + ".tokenizer.json", "w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")
    return Tokenizer.from_file(name + ".tokenizer.json")


REPLACE = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
SPACE = {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}
STRIP = {"type": "Strip", "content": " ", "start": 1, "stop": 0}


def sequence(member, *steps):
    return {"type": "Sequence", member: list(steps)}


def tokenizers(lines):
    options = dict(unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    gemma, held = trained(lines, 700, ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"], **options)
    yield "gemma", save(
        "gemma", gemma, held, added=["\n", "\n\n", "\n\n\n", "▁▁", "▁▁▁", "▁▁▁▁"], normalizer=REPLACE,
        pre_tokenizer={"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False},
        decoder=sequence("decoders", SPACE, {"type": "ByteFallback"}, {"type": "Fuse"}))

    # Merges straddle words here, as in no published vocabulary.
    llama, held = trained([line[:40] for line in lines], 700, ["<unk>", "<s>", "</s>"], words=False, **options)
    chain = sequence("decoders", SPACE, {"type": "ByteFallback"}, {"type": "Fuse"}, STRIP)
    yield "llama2", save(
        "llama2", llama, held, normalizer=sequence("normalizers", {"type": "Prepend", "prepend": "▁"}, REPLACE),
        pre_tokenizer=None, decoder=chain)

    first, held = trained(lines, 600, ["<unk>", "<s>", "</s>"], **options)
    yield "metaspace_first", save(
        "metaspace_first", first, held, normalizer=None, legacy_merges=True, decoder=chain, pre_tokenizer={
            "type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False})

    always, held = trained(lines, 400, ["<unk>", "<s>"], bytes_held=(), unk_token="<unk>", fuse_unk=True)
    metaspace = {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True, "prepend_scheme": "always"}
    yield "metaspace_always", save("metaspace_always", always, normalizer=None, pre_tokenizer=metaspace, decoder=metaspace)

    # Three-byte characters fall back to bytes, others become unknown, each its own; no decoder.
    partial, held = trained(
        lines, 600, ["<unk>"], bytes_held=list(range(0x80, 0xC0)) + list(range(0xE0, 0xF0)), unk_token="<unk>",
        byte_fallback=True, ignore_merges=True)
    split = {"type": "Split", "pattern": {"String": ","}, "behavior": "Removed", "invert": False}
    yield "partial", save(
        "partial", partial, held, unmerged=["▁indivisible", "zzzzzz", "of▁the"], decoder=None,
        normalizer=sequence("normalizers", {"type": "NFC"}, REPLACE),
        pre_tokenizer=sequence("pretokenizers", split, {"type": "Digits", "individual_digits": True}))

    # One vocabulary, whose Split is written in four ways; the file keeps the last.
    for behavior in ("Isolated", "MergedWithNext", "Contiguous", "MergedWithPrevious"):
        invert = behavior in ("Contiguous", "MergedWithPrevious")
        split = {"type": "Split", "pattern": {"String": "▁"}, "behavior": behavior, "invert": invert}
        name = "split_" + behavior.lower()
        tokenizer = save("split", llama, {"<0x%02X>" % byte for byte in range(256)}, normalizer=REPLACE,
                         pre_tokenizer=split, decoder=chain)
        yield name, tokenizer

    pythia = Tokenizer(models.BPE())
    pythia.normalizer = normalizers.NFC()
    pythia.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pythia.decoder = decoders.ByteLevel()
    pythia.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=600, special_tokens=["<|endoftext|>", "<|padding|>"], show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    pythia.add_tokens([AddedToken(" " * count, normalized=True) for count in range(24, 1, -1)])
    pythia.save("pythia.tokenizer.json", pretty=False)
    yield "pythia", Tokenizer.from_file("pythia.tokenizer.json")


def main():
    rng = random.Random(SEED)
    lines = corpus(rng)
    pieces = [text for text in NASTY + MORE if 0 < len(text) < 12] + ["the", " the", "a", " ", "  ", "\n", "▁", "<s>", ","]
    mixed = ["".join(rng.choice(pieces) for _ in range(rng.randint(2, 9))) for _ in range(60)]
    texts = list(dict.fromkeys(NASTY + MORE + mixed))
    golden = {"texts": texts, "tokenizers": {}}
    for name, tokenizer in tokenizers(lines):
        ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
        size = tokenizer.get_vocab_size()
        sequences = [[rng.randrange(size) for _ in range(rng.randint(1, 8))] for _ in range(40)]
        decoded = [tokenizer.decode(sequence, skip_special_tokens=False) for sequence in sequences]
        golden["tokenizers"][name] = {
            "vocabularySize": size, "ids": ids,
            "decoding": [{"ids": i, "text": t} for i, t in zip(sequences, decoded)]}
    with open("sentencepiece.expected.json", "w", encoding="utf-8") as file:
        json.dump(golden, file, ensure_ascii=True, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
