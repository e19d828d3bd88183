"""What two answers differ in beyond rounding."""

import math

#: Sums of shards run in another order than sums of prompts.
RELATIVE = 1e-12
#: A spread is the root of a difference of two such sums, so that what is rounded off of them is its square.
SPREAD = 1e-7


def differences(expected, found, path="answer"):
    """Places where the second is not the first: other keys, lengths, texts, whole numbers, or numbers beyond rounding."""
    if isinstance(expected, dict) and isinstance(found, dict):
        if expected.keys() != found.keys():
            yield f"{path}: keys {sorted(expected.keys() ^ found.keys())}"
        for key in expected.keys() & found.keys():
            yield from differences(expected[key], found[key], f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{path}: {len(expected)} and {len(found)} entries"
        for place, pair in enumerate(zip(expected, found)):
            yield from differences(*pair, f"{path}[{place}]")
    elif isinstance(expected, float) or isinstance(found, float):
        least = SPREAD if path.lower().endswith("spread") else RELATIVE
        if not math.isclose(expected, found, rel_tol=RELATIVE, abs_tol=least):
            yield f"{path}: {expected!r} and {found!r}"
    elif expected != found or type(expected) is not type(found):
        yield f"{path}: {expected!r} and {found!r}"


def by_hash(answer, hashes=None):
    """An answer with prompts called by their hashes: ids are each file's own.

    :param hashes: by id, for an answer of one atlas; one over shards tells them itself
    """
    if isinstance(answer, list):
        return [by_hash(item, hashes) for item in answer]
    if not isinstance(answer, dict):
        return answer
    named = {key: by_hash(value, hashes) for key, value in answer.items() if key not in ("promptID", "shard")}
    if "promptID" in answer and hashes is not None:
        named["prompt"] = hashes[answer["promptID"]]
    return named
