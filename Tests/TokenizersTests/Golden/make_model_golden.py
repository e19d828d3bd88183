"""Tokenizers of the kinds beside byte-pair encoding, and patterns that tokenizers are published with, with what the
reference does with them.

usage: python make_model_golden.py      (tokenizers 0.22.2; writes models/*.tokenizer.json and models.expected.json here)

The vocabularies are trained on the texts of expected.json and on repetitions of their words; nothing of third parties.
"""
import base64, json, os, random, struct
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

here = os.path.dirname(os.path.abspath(__file__))
texts = json.load(open(os.path.join(here, "expected.json")))["texts"]
texts += ["", " ", "Ünïcödé Ǆ ŉ ﬁ ① Å ℌ ½ é é 한국어 각 क़ बिल्ली", "don't stop. Really ? 3,000 items!", "<0x0A>", "▁ ▁x",
          "I'M here WE'LL go 12345 $3.50 #tag @user https://a.b/c?d=e", "HTTPServer camelCase snake_case XMLHttpRequest",
          "日本語とカタカナ 漢字 ｶﾅ", "مرحبا بالعالم", "Привет, мир! Ёлка", "a\u200bb\u00adc\ufeffd", "x" * 300, "ß ẞ İ ı Σσς"]
os.makedirs(os.path.join(here, "models"), exist_ok=True)
result = {"texts": texts, "tokenizers": {}, "patterns": {}}
random.seed(1)
corpus = texts + [" ".join(random.choices(" ".join(texts).split(), k=12)) for _ in range(400)]


def charsmap(pairs):
    """A SentencePiece table with a trivial double array: every node has its 256 children in a block of its own."""
    normalized, offsets = b"", {}
    for source, target in pairs.items():
        offsets[source.encode()] = len(normalized)
        normalized += target.encode() + b"\0"
    nodes = {b""}
    for source in offsets:
        for n in range(1, len(source) + 1): nodes.add(source[:n])
    order = {node: index for index, node in enumerate(sorted(nodes, key=lambda x: (len(x), x)))}
    # Block of a node: units [256*(k+1), 256*(k+2)); child of byte c at block ^ c, leaf at block ^ 0.
    units = [0] * (256 * (len(order) + 2))
    def place(node):
        if node == b"": return 0
        return (256 * (order[node[:-1]] + 1)) ^ node[-1]
    for node in sorted(nodes, key=len):
        block = 256 * (order[node] + 1)
        offset = place(node) ^ block
        assert offset < 1 << 21
        has_leaf = node in offsets
        units[place(node)] = offset << 10 | (1 << 8 if has_leaf else 0) | (node[-1] if node else 0)
        if has_leaf: units[block] = 1 << 31 | offsets[node]
    trie = b"".join(struct.pack("<I", u) for u in units)
    return struct.pack("<I", len(trie)) + trie + normalized


table = charsmap({"ﬁ": "fi", "①": "1", "ℌ": "H", "½": "1/2", "\u200b": " ", "Ａ": "A", "é": "é", "가": "GA", "\t": " "})


def keep(name, tokenizer):
    path = os.path.join(here, "models", name + ".tokenizer.json")
    tokenizer.save(path, pretty=False)
    ids = [tokenizer.encode(t, add_special_tokens=False).ids for t in texts]
    decoding = [{"ids": i, "text": tokenizer.decode(i, skip_special_tokens=False)} for i in ids]
    result["tokenizers"][name] = {"vocabularySize": tokenizer.get_vocab_size(), "ids": ids, "decoding": decoding}


def word_piece(name, normalizer, pre, **options):
    t = Tokenizer(models.WordPiece(unk_token="[UNK]", **options))
    t.normalizer, t.pre_tokenizer, t.decoder = normalizer, pre, decoders.WordPiece()
    t.train_from_iterator(corpus, trainers.WordPieceTrainer(vocab_size=420, special_tokens=["[PAD]", "[UNK]", "[CLS]"], show_progress=False))
    keep(name, t)


def unigram(name, normalizer, pre, byte_fallback=False, decoder=None):
    t = Tokenizer(models.Unigram())
    t.normalizer, t.pre_tokenizer, t.decoder = normalizer, pre, decoder or decoders.Metaspace()
    t.train_from_iterator(corpus, trainers.UnigramTrainer(vocab_size=380, special_tokens=["<unk>", "<s>"], unk_token="<unk>", show_progress=False))
    if byte_fallback:
        state = json.loads(t.to_str())
        state["model"]["vocab"] += [[f"<0x{b:02X}>", -20.0 - b / 1000] for b in range(256)]
        state["model"]["byte_fallback"] = True
        t = Tokenizer.from_str(json.dumps(state))
    keep(name, t)


P = pre_tokenizers
N = normalizers
word_piece("bert", N.BertNormalizer(), P.BertPreTokenizer())
word_piece("bert_cased", N.BertNormalizer(lowercase=False, strip_accents=True, handle_chinese_chars=False, clean_text=False), P.Whitespace(), max_input_chars_per_word=12)
word_piece("word_nfkd", N.Sequence([N.NFKD(), N.StripAccents(), N.Lowercase(), N.Strip()]), P.Sequence([P.WhitespaceSplit(), P.Punctuation("merged_with_previous")]))
unigram("unigram", N.Sequence([N.Nmt(), N.NFKC(), N.Replace(Regex(" {2,}"), " ")]), P.Metaspace())
unigram("unigram_bytes", N.NFD(), P.Metaspace(prepend_scheme="first"), byte_fallback=True,
        decoder=decoders.Sequence([decoders.ByteFallback(), decoders.Replace("▁", " "), decoders.Fuse(), decoders.Strip(" ", 1, 0)]))
unigram("unigram_table", N.Precompiled(table), P.Sequence([P.WhitespaceSplit(), P.Metaspace()]))

o200k = "|".join([r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
                  r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
                  r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])
patterns = {
    "GPT-4o (o200k), Llama 4": o200k,
    "Tekken (Mistral Nemo)": o200k.replace("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", "").replace(r"\p{N}{1,3}", r"\p{N}"),
    "GPT-4 (cl100k)": r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s""",
    "DeepSeek V3, numbers": r"\p{N}{1,3}",
    "DeepSeek V3, ideographs": r"[一-龥぀-ゟ゠-ヿ]+",
    "DeepSeek V3": r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "Qwen 3.5": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "Falcon, StarCoder digits": r"[0-9][0-9][0-9]",
    "BLOOM": r" ?[^(\s|[.,!?…。，、।۔،])]+",
    "Kimi K2": r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "words and spaces": r"\w+|[^\w\s]+",
    "lazy and anchored": r"^.|.$|a.*?b|\bq",
}
names = {"isolated": "Isolated", "removed": "Removed", "contiguous": "Contiguous", "merged_with_previous": "MergedWithPrevious", "merged_with_next": "MergedWithNext"}
for name, text in patterns.items():
    for behavior in names:
        for invert in (False, True):
            if behavior not in ("isolated", "removed") and name not in ("DeepSeek V3, numbers", "words and spaces"): continue
            step = P.Split(Regex(text), behavior, invert)
            pieces = [[t[a:b] for _, (a, b) in step.pre_tokenize_str(t)] for t in texts]
            result["patterns"].setdefault(name, {"regex": text, "cases": []})["cases"].append({"behavior": names[behavior], "invert": invert, "pieces": pieces})
json.dump(result, open(os.path.join(here, "models.expected.json"), "w"), ensure_ascii=True, separators=(",", ":"))
