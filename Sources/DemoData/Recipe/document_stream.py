"""The demo's text as rows of tokens without end."""

import numpy as np
from tokenizers import Tokenizer

from demo_text import DEMO, SHARES, documents


def tokenizer():
    """The demo's tokenizer."""
    return Tokenizer.from_file(str(DEMO / "model" / "tokenizer.json"))


class DocumentStream:
    """Tokens of documents drawn at random, one after the other, cut into rows."""

    def __init__(self, seed, shares=SHARES):
        texts = documents(seed)
        encoder = tokenizer()
        self.families = list(shares)
        self.documents = []
        for family in self.families:
            encoded = encoder.encode_batch(texts[family])
            self.documents.append([np.array([0] + code.ids, dtype=np.int64) for code in encoded])
        self.chances = np.array([shares[family] for family in self.families])
        self.chances = self.chances / self.chances.sum()
        self.random = np.random.default_rng(seed)

    def rows(self, count, length):
        """`count` rows of `length` tokens and one more, which is only foretold; [count, length + 1]."""
        needed = count * (length + 1)
        parts, found = [], 0
        while found < needed:
            for family in self.random.choice(len(self.families), size=256, p=self.chances):
                pool = self.documents[family]
                parts.append(pool[self.random.integers(len(pool))])
                found += len(parts[-1])
        return np.concatenate(parts)[:needed].reshape(count, length + 1)
