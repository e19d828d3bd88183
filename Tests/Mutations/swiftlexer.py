"""Swift source cut into tokens: as much of the language as finding places for mutants needs."""

import re
from dataclasses import dataclass

WORD = re.compile(r"`[^`]+`|[A-Za-z_$#@][A-Za-z0-9_]*")
NUMBER = re.compile(r"0[xob][0-9A-Fa-f_]+(?:\.[0-9A-Fa-f]+)?(?:p[+-]?\d+)?|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?")
OPERATOR = re.compile(r"\.\.[.<]|[-+*/%&|^<>=!~?]+")


@dataclass(frozen=True)
class Token:
    """A piece of the source; comments and white space are between tokens."""

    kind: str  # word, number, operator, string (its text without the quotation marks), mark (any other character)
    text: str
    start: int

    @property
    def end(self):
        return self.start + len(self.text)


def tokens(source):
    """The tokens of a file in order. What stands in an interpolation belongs to its string; raw strings give none."""
    found = []
    at = 0
    while at < len(source):
        character = source[at]
        if character.isspace():
            at += 1
        elif source.startswith("//", at):
            at = _behind(source, "\n", at)
        elif source.startswith("/*", at):
            at = _behind(source, "*/", at)
        elif re.match(r'#+"', source[at:at + 8]):
            hashes = re.match(r"#+", source[at:]).group()
            marks = '"""' if source.startswith('"""', at + len(hashes)) else '"'
            at = _behind(source, marks + hashes, at + len(hashes) + len(marks))
        elif character == '"':
            marks = '"""' if source.startswith('"""', at) else '"'
            end = string_end(source, at + len(marks), marks)
            found.append(Token("string", source[at + len(marks):end], at + len(marks)))
            at = end + len(marks)
        else:
            for kind, pattern in (("word", WORD), ("number", NUMBER), ("operator", OPERATOR)):
                match = pattern.match(source, at)
                if match:
                    found.append(Token(kind, match.group(), at))
                    at = match.end()
                    break
            else:
                found.append(Token("mark", character, at))
                at += 1
    return found


def _behind(source, text, at):
    place = source.find(text, at)
    return len(source) if place < 0 else place + len(text)


def string_end(source, at, marks):
    """Where the string whose text begins at `at` has its closing `marks`."""
    while at < len(source) and not source.startswith(marks, at):
        if source.startswith("\\(", at):
            at = interpolation_end(source, at)
        else:
            at += 2 if source[at] == "\\" else 1
    return at


def interpolation_end(source, at):
    """The place behind the interpolation that begins at `at`."""
    depth = 0
    at += 1
    while at < len(source):
        if source[at] == "(":
            depth += 1
        elif source[at] == ")":
            depth -= 1
            if depth == 0:
                return at + 1
        elif source[at] == '"':
            at = string_end(source, at + 1, '"')
        at += 1
    return at
