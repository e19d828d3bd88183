"""Trains five small byte-level tokenizers on made-up text and records what the reference makes of nasty strings.

Run from this folder: python make_golden.py   (needs: pip install tokenizers==0.22.2)
Everything is derived from the seed, so a second run writes the same files.
"""
import json
import random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

SEED = 20261122
VOCABULARY = 600
PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*"
           r"|\s*[\r\n]+|\s+(?!\S)|\s+")
LLAMA3 = PATTERN % r"\p{N}{1,3}"
QWEN = PATTERN % r"\p{N}"


def corpus(rng):
    """Sentences of invented words, numbers, contractions, code and a little of other scripts."""
    onsets = ["b", "br", "c", "d", "dr", "f", "g", "h", "k", "l", "m", "n", "p", "qu", "r", "s", "st", "t", "th", "v"]
    vowels = ["a", "e", "i", "o", "u", "ai", "ee", "ou"]
    codas = ["", "n", "r", "s", "t", "nd", "st", "ng"]
    words = ["".join(rng.choice(onsets) + rng.choice(vowels) for _ in range(rng.randint(1, 3))) + rng.choice(codas)
             for _ in range(400)]
    words += ["the", "of", "and", "don't", "it's", "we're", "they've", "I'm", "you'll", "he'd", "naïve", "Straße",
              "привет", "мир", "你好", "世界", "こんにちは", "שלום", "مرحبا", "한국어", "👍", "👩‍👩‍👧", "é", "e\u0301"]
    lines = []
    for _ in range(3000):
        line = " ".join(rng.choice(words) for _ in range(rng.randint(3, 14)))
        kind = rng.random()
        if kind < 0.2:
            line += " %d" % rng.randint(0, 10 ** rng.randint(1, 8))
        elif kind < 0.3:
            line = "    if (%s_%d == \"%s\") {\n\t\treturn %s;\n    }\n" % (
                rng.choice(words), rng.randint(0, 99), rng.choice(words), rng.choice(words))
        lines.append(line[:1].upper() + line[1:] + rng.choice([".", "!", "?", "...", "\n", "\n\n", ""]))
    return lines


def trained(pre_tokenizer, specials, lines, alphabet=True, normalizer=None, **options):
    tokenizer = Tokenizer(models.BPE(**options))
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=specials, show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()) if alphabet else []))
    return tokenizer


def tokenizers(lines):
    byte_level = pre_tokenizers.ByteLevel
    gpt2 = trained(byte_level(add_prefix_space=False), ["<|endoftext|>"], lines)
    yield "gpt2", gpt2, {}

    llama3 = trained(pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA3), "isolated"), byte_level(add_prefix_space=False, use_regex=False)]),
        ["<|begin_of_text|>", "<|end_of_text|>"], lines, ignore_merges=True)
    # Tokens that no merge makes: only `ignore_merges` reaches them.
    yield "llama3", llama3, {"unmerged": ["Ġindivisible", "zzzzzz", "ĊĊĊĊĊĊĊ"]}

    qwen = trained(pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN), "isolated"), byte_level(add_prefix_space=False, use_regex=False)]),
        ["<|endoftext|>", "<|im_start|>"], lines, normalizer=normalizers.NFC())
    # Literal in the text, in either form; normalized, the same token in both.
    qwen.add_tokens([AddedToken("<cafe\u0301>", normalized=False), AddedToken("<re\u0301sume\u0301>", normalized=True)])
    yield "qwen", qwen, {}

    smollm = trained(pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True), byte_level(add_prefix_space=False)]),
        ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], lines)
    yield "smollm", smollm, {"legacy_merges": True}

    prefixed = trained(pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=False), byte_level(add_prefix_space=True)]),
        ["<unk>", "<s>"], lines, alphabet=False, unk_token="<unk>", fuse_unk=True)
    prefixed.add_special_tokens([AddedToken("<mask>", lstrip=True), AddedToken("<sep>", rstrip=True)])
    prefixed.add_tokens([
        AddedToken("cat", single_word=True), AddedToken("<both>", lstrip=True, rstrip=True, single_word=True),
        AddedToken("  ", normalized=True), AddedToken("<", normalized=False), AddedToken("<<", normalized=False)])
    yield "prefixed", prefixed, {}


def save(name, tokenizer, unmerged=(), legacy_merges=False):
    data = json.loads(tokenizer.to_str())
    for text in unmerged:
        data["model"]["vocab"][text] = len(data["model"]["vocab"])
    if legacy_merges:
        data["model"]["merges"] = [" ".join(pair) for pair in data["model"]["merges"]]
    with open(name + ".tokenizer.json", "w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")
    return Tokenizer.from_file(name + ".tokenizer.json")


NASTY = [
    "", " ", "  ", "   ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\t", "\t\t", " \n ", " \n\n  x", "x \n", "x\n \n y", "\u00a0", "\u3000",
    "a\u00a0b", "a\u3000b", "\u3000\u3000字", "\u2028x\u2029", "\u0085x", "\u200bx", "x\u200d", "\ufeffx", "\u180e", "\u1680x",
    "Hello world", "Hello, world!", " leading", "trailing ", "double  space", "triple   space", "tabs\t\tand  spaces",
    "it's", "IT'S", "it'S", "don't", "DON'T", "we're they've I'm you'll he'd", "WE'RE THEY'VE I'M YOU'LL HE'D", "'s", "'S", "'ſ", "x'ſt",
    "'", "''", "'''", "''s", "' s", " 's", "'sx", "'llama", "'Re'Ve'lL", "'r", "'v", "'l", "'re", "rock'n'roll", "’s", "it’s", "'\u0301s",
    "0", "12", "123", "1234", "12345678", "1 2 3", "1,234,567.89", "3.14159", "x1y2z3", "007", "١٢٣", "१२३४", "①②③", "Ⅷ", "½¾", "²³", "１２３", "一二三",
    "𝟘𝟙𝟚𝟛", "1\u03012", "\U00011de0\U00011de1", "a\U00011de0b1", "\U00010940\U00010941x", "\u088f", "x\ua7cey",
    "👍", "👍🏽", "👩‍👩‍👧‍👦", "👩‍🚀", "🏳️‍🌈", "🇩🇪🇫🇷", "1️⃣", "❤️", "a👍b", " 👍", "👍 ", "👍👍👍", "☃", "🫠",
    "שלום עולם", "مرحبا بالعالم", "\u202eabc\u202c", "a\u200fb", "السَّلَامُ", "בְּרֵאשִׁית", "123 שלום 456",
    "你好世界", "你好，世界。", "こんにちは 世界", "カタカナ", "한국어 텍스트", "각", "\u1112\u1161\u11ab", "繁體字", "𠀀𠀁", "㍿",
    "é", "e\u0301", "E\u0301", "e\u0301\u0301", "\u0301", "\u0301e", " \u0301", "a\u0301\u0327", "a\u0327\u0301", "ñ", "n\u0303", "Å", "A\u030a", "\u212b", "ﬁ", "ẛ\u0323",
    "q\u0307\u0323", "\u1e0b\u0323", "d\u0323\u0307", "\u0958", "\u0915\u093c", "\u0344", "\u2126", "\uf900", "\ufb2c",
    "Straße", "naïve café", "cafe\u0301", "Ångström", "İstanbul", "ǅ", "ʰ", "ªº", "привет мир", "Ελληνικά", "हिन्दी", "ไทย", "ქართული", "አማርኛ",
    "\x00", "a\x00b", "\x01\x02\x03", "\x07\x1b[0m", "\x7f", "\x80\x81", "\x9f", "\ufffd", "\ufffd\ufffd", "bad \ufffd byte", "\ufffe", "\U0010ffff", "\ue000",
    "<|endoftext|>", "a<|endoftext|>b", " <|endoftext|> ", "<|endoftext|><|endoftext|>", "<|endoftext|", "|endoftext|>", "<|im_start|>user\nhi<|im_end|>",
    "<|begin_of_text|>x", "<|end_of_text|>", "<|END_OF_TEXT|>", "<cafe\u0301>", "<café>", "x<résumé>y", "x<re\u0301sume\u0301>y", "<re\u0301sumé>",
    "<mask>", "a <mask> b", "a   <mask>   b", "<mask><mask>", "<sep>  x", "<sep>\n<mask>", "a<sep> <sep> b", "\u3000<mask>\u3000<sep>\u3000x",
    "cat", "a cat", "cats", "concat", "cat.", "(cat)", "_cat", "cat_", "cat1", "é cat", "écat", "cat\u0301", "cat\u200d", "\u200ccat", "cat cat catcat", "cat·", "猫cat",
    "<both>", "x <both> y", "x<both>y", "x. <both> .y", "<both> <both>", "<both>  <mask>", "  <both>", "<", "<<", "<<<", "<<<<", "<ma", "<unk>", "<s>x</s>", "a  b", "a    b",
    "indivisible", " indivisible", "an indivisible", "zzzzzz", "zzzzzzz", "\n\n\n\n\n\n\n", "\n\n\n\n\n\n\nx",
    "def f(x):\n    return x ** 2\n", "if (a_1 == \"b\") {\n\t\treturn;\n    }\n", "{\"key\": [1, 2, 3]}", "https://example.org/a?b=c&d=%20", "a.b.c...", "!!!", "?!?!", "--", "a--b", "a - b",
    "#include <stdio.h>", "$100", "100%", "5€", "£5", "©®™", "…", "–—", "«»", "“quoted”", "‘s’", "x=y\r\n", "x!\r\n\r\ny", "!\n\n!", " !\n", "!\n !", "\n!", "\r", "\r\r", "\n\r\n", "x\ry",
    "CamelCaseWord", "snake_case_word", "UPPER lower", "a" * 90, "ab" * 60, " " * 70, "\n" * 50, "1" * 40, "!" * 70, "é" * 50, "👍" * 20, "\u0301" * 30, "the" * 40,
    "\u0300\u0301\u0302", "o\u0302\u0301\u0323", "\U0001d15e", "\U0001d157\U0001d165", "\u0f73", "\u0f71\u0f72",
    # Marks newer than the reference's normalization, and Tibetan vowel signs that decompose into marks only.
    "x\u05a8\U00011070", "\u0f7d\U00011d44", "\U00011935\U00011930", "\u0301\u0f73", "e\u0f73\u0301", "\u0f73\u0f73", "\u0f75\u0316", "\u0f81\u0f74",
    # Letters, numbers and word characters newer than the reference's regular expressions.
    "\U00011de0cat", "cat\U00011de0", "\u088fcat", " \u088f\u088f", "\U00011de01", "— “x” … ’s",
]


def random_texts(rng, count):
    """Strings of pieces that meet each other in unforeseen ways."""
    pieces = [text for text in NASTY if 0 < len(text) < 12] + ["the", " the", "a", "Z", "9", " ", "  ", "\n", "\t", "'", "."]
    return ["".join(rng.choice(pieces) for _ in range(rng.randint(2, 9))) for _ in range(count)]


def main():
    rng = random.Random(SEED)
    lines = corpus(rng)
    texts = list(dict.fromkeys(NASTY + random_texts(rng, 80)))
    golden = {"texts": texts, "tokenizers": {}}
    for name, tokenizer, options in tokenizers(lines):
        tokenizer = save(name, tokenizer, **options)
        ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
        size = tokenizer.get_vocab_size()
        sequences = [[rng.randrange(size) for _ in range(rng.randint(1, 8))] for _ in range(40)]
        decoded = [tokenizer.decode(sequence, skip_special_tokens=False) for sequence in sequences]
        golden["tokenizers"][name] = {
            "vocabularySize": size, "ids": ids,
            "decoding": [{"ids": i, "text": t} for i, t in zip(sequences, decoded)]}
    with open("expected.json", "w", encoding="utf-8") as file:
        json.dump(golden, file, ensure_ascii=True, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
