"""The one exception of this package."""

from __future__ import annotations


class AtlasError(Exception):
    """What went wrong, in one line: what failed, where, what was expected, what was found."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class BlockFault(Exception):
    """What is wrong inside a packed column; whoever knows the row makes an :class:`AtlasError` of it."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
