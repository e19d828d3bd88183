"""The tokenizer inside a GGUF file as `tokenizer.json`.

A GGUF file lists tokens, their kinds, and merges or scores; the steps around them are known from the models' own files.
"""
from refusal import Refusal

NORMAL, CONTROL, USER_DEFINED, BYTE = 1, 3, 4, 6


def tokenizer_files(fields):
    """`tokenizer.json` and `tokenizer_config.json` of a GGUF file's `tokenizer.ggml` fields."""
    kind = (fields["tokenizer.ggml.model"], fields["tokenizer.ggml.pre"])
    if kind not in BUILDERS:
        known = ", ".join(" ".join(names) for names in BUILDERS)
        raise Refusal(f"tokenizer.ggml.model, pre: expected one of {known}, found {' '.join(kind)}")
    tokens, kinds = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    if len(tokens) != len(kinds):
        raise Refusal(f"tokenizer.ggml.token_type: expected {len(tokens)}, one a token, found {len(kinds)}")
    vocabulary = {token: index for index, token in enumerate(tokens)}
    if len(vocabulary) != len(tokens):
        raise Refusal(f"tokenizer.ggml.tokens: expected {len(tokens)} different tokens, found {len(vocabulary)}")
    strange = set(kinds) - {NORMAL, CONTROL, USER_DEFINED, BYTE}
    if strange:
        raise Refusal(f"tokenizer.ggml.token_type: expected 1, 3, 4 and 6, found {sorted(strange)}")
    added = [
        dict(id=index, content=token, single_word=False, lstrip=False, rstrip=False, normalized=False,
             special=kind == CONTROL)
        for index, (token, kind) in enumerate(zip(tokens, kinds)) if kind in (CONTROL, USER_DEFINED)]
    steps, settings = BUILDERS[kind](fields, vocabulary)
    file = dict(version="1.0", truncation=None, padding=None, added_tokens=added, **steps)
    roles = dict(bos="bos", eos="eos", unk="unknown", pad="padding")
    for role, field in roles.items():
        settings[f"{role}_token"] = tokens[fields[f"tokenizer.ggml.{field}_token_id"]]
    return file, settings


def smollm(fields, vocabulary):
    """Digits one by one, then GPT-2's bytes and pattern."""
    byte_level = dict(type="ByteLevel", trim_offsets=True, use_regex=True)
    steps = dict(
        normalizer=None,
        pre_tokenizer=dict(type="Sequence", pretokenizers=[
            dict(type="Digits", individual_digits=True), dict(byte_level, add_prefix_space=False)]),
        post_processor=None, decoder=dict(byte_level, add_prefix_space=True),
        model=model(vocabulary, fields["tokenizer.ggml.merges"]))
    return steps, dict(tokenizer_class="GPT2Tokenizer", add_prefix_space=False, clean_up_tokenization_spaces=False)


def gemma(fields, vocabulary):
    """SentencePiece's pairs with spaces as ▁ and bytes for what has no token."""
    begin = "<bos>"
    steps = dict(
        normalizer=dict(type="Replace", pattern=dict(String=" "), content="▁"),
        pre_tokenizer=dict(type="Split", pattern=dict(String=" "), behavior="MergedWithPrevious", invert=False),
        post_processor=dict(
            type="TemplateProcessing",
            single=[dict(SpecialToken=dict(id=begin, type_id=0)), dict(Sequence=dict(id="A", type_id=0))],
            pair=[dict(SpecialToken=dict(id=begin, type_id=0)), dict(Sequence=dict(id="A", type_id=0)),
                  dict(SpecialToken=dict(id=begin, type_id=1)), dict(Sequence=dict(id="B", type_id=1))],
            special_tokens={begin: dict(id=begin, ids=[vocabulary[begin]], tokens=[begin])}),
        decoder=dict(type="Sequence", decoders=[
            dict(type="Replace", pattern=dict(String="▁"), content=" "), dict(type="ByteFallback"), dict(type="Fuse")]),
        model=model(vocabulary, merges_by_score(fields, vocabulary), unknown="<unk>"))
    return steps, dict(tokenizer_class="GemmaTokenizerFast", add_bos_token=True, add_eos_token=False,
                       clean_up_tokenization_spaces=False)


def merges_by_score(fields, vocabulary):
    """The pairs that make each token, best score first, as transformers' SentencePiece converter orders them.

    SentencePiece cuts the user's own symbols out before it merges anything; as merges they come first, with score 0.
    """
    scored = []
    kinds, scores = fields["tokenizer.ggml.token_type"], fields["tokenizer.ggml.scores"]
    for token, index in vocabulary.items():
        if kinds[index] in (CONTROL, BYTE):
            continue
        score = 0.0 if kinds[index] == USER_DEFINED else scores[index]
        pairs = [
            (token[:cut], token[cut:]) for cut in range(1, len(token))
            if token[:cut] in vocabulary and token[cut:] in vocabulary]
        pairs.sort(key=lambda pair: (vocabulary[pair[0]], vocabulary[pair[1]]))
        scored += [(score, len(left), len(right), left, right) for left, right in pairs]
    scored.sort(key=lambda entry: entry[:3], reverse=True)
    return [[left, right] for *_, left, right in scored]


def model(vocabulary, merges, unknown=None):
    is_byte_level = unknown is None
    return dict(
        type="BPE", dropout=None, unk_token=unknown, continuing_subword_prefix=None, end_of_word_suffix=None,
        fuse_unk=not is_byte_level, byte_fallback=not is_byte_level, ignore_merges=False, vocab=vocabulary,
        merges=merges)


BUILDERS = {("gpt2", "smollm"): smollm, ("llama", "default"): gemma}
