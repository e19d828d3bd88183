"""The demo's text: documents of every family of the demo's corpus, drawn at random with a seed.

Facts, antonyms, sequences and the pairs that are held out are those of the corpus; additions cover every pair of 0 to 99,
acronyms and stories are drawn from the corpus's words. A document is what `atlas` reads: `<|bos|>`, then its text.
"""

import json
import random
import re
import sys
import zlib
from pathlib import Path

DEMO = Path(__file__).resolve().parent.parent / "Demo"

# Shares of all documents. `ones` asks for the last digit of a sum alone, so that the model needs it.
SHARES = {"addition": 0.40, "ones": 0.12, "fact": 0.20, "acronym": 0.10, "antonym": 0.07, "sequence": 0.03, "story": 0.08}

CYCLES = [
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "January February March April May June July August September October November December".split(),
]
STORIES = 40_000
ACRONYMS = 40_000


def corpus():
    """The demo's prompts."""
    with open(DEMO / "corpus.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def held_out_pairs():
    """Pairs that no text adds: those that the corpus names, and a tenth of all others by their checksum."""
    named = {(int(row["tags"]["a"]), int(row["tags"]["b"])): row["tags"]["heldout"] == "1"
             for row in corpus() if row["tags"]["family"] == "addition"}
    pairs = ((a, b) for a in range(100) for b in range(100))
    return {(a, b) for a, b in pairs if named.get((a, b), zlib.crc32(f"{a}+{b}".encode()) % 10 == 0)}


def documents(seed):
    """All documents that may be drawn: family -> texts."""
    draw = random.Random(seed)
    rows = corpus()
    held_out = held_out_pairs()
    pairs = [(a, b) for a in range(100) for b in range(100) if (a, b) not in held_out]
    texts = {
        "addition": [f"calc: {a}+{b}={a + b}" for a, b in pairs],
        "ones": [f"ones: {a}+{b}={(a + b) % 10}" for a, b in pairs],
        "fact": [row["text"] + row["answer"] + "." for row in rows
                 if row["text"].startswith("Fact:") and row["tags"].get("heldout") != "1"],
        "antonym": [row["text"] + row["answer"] + '".' for row in rows if row["tags"]["family"] == "antonym"],
        "sequence": [", ".join((cycle + cycle)[start:start + length])
                     for cycle in CYCLES for start in range(len(cycle)) for length in (3, 4, 5)],
    }
    words = sorted({word for row in rows if row["tags"]["family"] == "acronym"
                    for word in re.findall(r"\w+", row["text"].split("(")[0])[1:]})
    texts["acronym"] = []
    for _ in range(ACRONYMS):
        name = [draw.choice(words) for _ in range(draw.choice((3, 4)))]
        texts["acronym"].append(f"The {' '.join(name)} ({''.join(word[0] for word in name)})")
    stories = [re.fullmatch(r"The (\w+) (\w+) (\w+) the (\w+) (\w+) in the (\w+)\..*", row["text"]).groups()
               for row in rows if row["tags"]["family"] == "story"]
    adjectives, animals, verbs, _, _, places = (sorted(set(column)) for column in zip(*stories))
    texts["story"] = []
    for _ in range(STORIES):
        one, other = draw.sample(animals, 2)
        how, how_other = draw.choice(adjectives), draw.choice(adjectives)
        texts["story"].append(
            f"The {how} {one} {draw.choice(verbs)} the {how_other} {other} in the {draw.choice(places)}. "
            f"Then the {one} and the {other} went home, and the {how_other} {other} thanked the {how} {one}.")
    return texts


def write(count, seed):
    """Prints documents drawn at random as JSON Lines, for `atlas train`."""
    texts = documents(seed)
    draw = random.Random(seed)
    for family in draw.choices(list(SHARES), weights=SHARES.values(), k=count):
        print(json.dumps({"text": draw.choice(texts[family])}))


if __name__ == "__main__":
    write(count=int(sys.argv[1]), seed=int(sys.argv[2]))
