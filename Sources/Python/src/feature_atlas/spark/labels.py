"""Names of features by rule, from where they fire most in any shard: the rule of the program's derivation."""

from __future__ import annotations

import math
import unicodedata
from typing import Callable, Dict, List, NamedTuple, Sequence, Set, Tuple

FIRING_TOKENS = 3
OTHER_TOKENS = 2
#: How many of the tokens that a feature promotes are looked at.
PROMOTED_TOKENS = 10
LEAST_SHARE = 0.15
LEAST_CONTEXT_SHARE = 0.25
LEAST_LIFT = 3.0


class Example(NamedTuple):
    """One of the prompts where a feature fires most."""

    token: int
    before: Set[int]
    next: int
    #: The size of the activation.
    activation: float

    @classmethod
    def at(cls, tokens: Sequence[int], position: int, predicted: int, activation: float) -> Example:
        """The example at a place of a prompt."""
        following = tokens[position + 1] if position + 1 < len(tokens) else predicted
        return cls(tokens[position], set(tokens[1:position]), following, abs(activation))


def label(
    examples: List[Example], promoted: List[int], vocabulary: Callable[[int], str], frequency: Callable[[int], float]
) -> str:
    """The name of one side of a feature.

    :param examples: the strongest, strongest first
    :param promoted: the tokens that this side promotes
    :param frequency: the share of all prompts that contain a token
    """
    total = sum(example.activation for example in examples)

    def ranked(tokens: Callable[[Example], Set[int]]) -> List[Tuple[int, float]]:
        weights: Dict[int, float] = {}
        for example in examples:
            for token in tokens(example):
                weights[token] = weights.get(token, 0.0) + example.activation
        return [
            (token, weight / total) for token, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        ]

    def told(tokens: List[int]) -> str:
        return ", ".join(quoted(vocabulary(token)) for token in tokens)

    on = ranked(lambda example: {example.token})
    named = [entry for entry in on[:FIRING_TOKENS] if entry[1] >= LEAST_SHARE] or on[:1]
    text = "on " + told([token for token, _ in named])
    if sum(share for _, share in named) < 0.5:
        text += ", …"
    context = []
    for token, share in ranked(lambda example: example.before):
        lift = share / frequency(token)
        if share >= LEAST_CONTEXT_SHARE and lift >= LEAST_LIFT:
            context.append((-share * math.log(lift), token))
    if context:
        text += " after " + told([token for _, token in sorted(context)[:OTHER_TOKENS]])
    wanted = set(promoted)
    coming = ranked(lambda example: {example.next} & wanted)
    if coming and sum(share for _, share in coming) >= LEAST_SHARE:
        text += " → " + told([token for token, _ in coming[:OTHER_TOKENS]])
    return text


def quoted(token: str) -> str:
    """A token between quotation marks, with what cannot be seen spelled out."""
    special = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    parts = []
    for letter in token:
        if letter in special:
            parts.append(special[letter])
        elif unicodedata.category(letter) == "Cc":
            parts.append(f"\\u{{{ord(letter):x}}}")
        else:
            parts.append(letter)
    return '"' + "".join(parts) + '"'
