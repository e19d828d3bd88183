"""Places in a Swift file where a rule can make a mutant, and what stands there instead."""

import hashlib
import re
from dataclasses import dataclass

from swiftlexer import interpolation_end, tokens

# Checks of our own mistakes, capacities and progress: a mutant there changes no answer.
UNTOUCHED = re.compile(
    r"\b(precondition|assert|fatalError|preconditionFailure|reserveCapacity|unsafeUninitializedCapacity|progress|jobs"
    r"|operator|import|hash|capacity|batch)\b|^\s*(case \w+ = |@|#)")

SIGNS = {"+": "-", "-": "+", "+=": "-=", "-=": "+="}
COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
LOGIC = {"&&": "||", "||": "&&"}
STATEMENT = re.compile(r"^(try )?[a-z][\w.?!\[\]]*\(.*\)$")
CONDITION = re.compile(r"\b(?:if|guard) ((?!let |var |case |#)[^,{}]+?) (?:\{|else \{)")

SQL_TEXT = re.compile(r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|WHERE|ORDER BY|JOIN)\b")
SQL_RULES = [
    ("sql comparison", re.compile(r"(?<= )(<=|>=|<|>)(?= )"), lambda m: COMPARISONS[m.group()]),
    ("sql order", re.compile(r" DESC\b"), lambda m: ""),
    ("sql order", re.compile(r"ORDER BY [\w.]+(?=$|[\s,)\"])(?! DESC)"), lambda m: m.group() + " DESC"),
    ("sql condition", re.compile(r" AND [\w.]+ (?:=|<|>|<=|>=|<>|IS NOT|IS) [\w.']+(?![\w.'(]| *[-+*/<>&|])"),
     lambda m: ""),
    ("sql join", re.compile(r"LEFT JOIN"), lambda m: "JOIN"),
    ("sql sum", re.compile(r"\bsum\("), lambda m: "max("),
    ("sql extreme", re.compile(r"\bmin\((?!\))"), lambda m: "max("),
    ("sql extreme", re.compile(r"\bmax\((?!\))"), lambda m: "min("),
    ("sql distinct", re.compile(r"\bDISTINCT "), lambda m: ""),
    ("sql sign", re.compile(r"(?<= )[-+](?= )"), lambda m: SIGNS[m.group()]),
    ("sql magnitude", re.compile(r"\babs\("), lambda m: "("),
]


@dataclass(frozen=True)
class Site:
    """One mutant: a rule at one place of a file."""

    id: str  # the same as long as the line, the rule and the place in the line are
    path: str
    line: int
    start: int  # in the file, in characters
    end: int
    rule: str
    before: str  # the text at start..<end
    after: str  # what it means when the mutant is on, for people
    context: str  # the line


def sites(path, source):
    """All places of a file, in order."""
    lines = source.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    untouched = untouched_lines(lines)
    found = []
    for rule, start, end, after in sorted(candidates(source, lines, starts), key=lambda c: (c[1], c[0], c[3])):
        line = next_line(starts, start)
        if line not in untouched:
            found.append((rule, start, end, after, line))
    return list(identified(path, source, lines, starts, found))


def next_line(starts, place):
    low, high = 0, len(starts) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if starts[middle] <= place else (low, middle)
    return low


def untouched_lines(lines):
    """Lines of checks of our own mistakes, from their first to the one that closes their parentheses."""
    untouched = set()
    depth = 0
    for number, line in enumerate(lines):
        if depth > 0 or UNTOUCHED.search(line):
            untouched.add(number)
            if depth > 0 or re.search(r"\b(precondition|assert|fatalError|preconditionFailure)\(", line):
                depth += line.count("(") - line.count(")")
    return untouched


def identified(path, source, lines, starts, found):
    seen = {}
    for rule, start, end, after, line in found:
        text = lines[line].strip()
        column = start - starts[line] - (len(lines[line]) - len(lines[line].lstrip()))
        key = (path, rule, text, column, after)
        seen[key] = seen.get(key, 0) + 1
        digest = hashlib.sha256(repr(key + (seen[key],)).encode()).hexdigest()[:8]
        yield Site(digest, path, line + 1, start, end, rule, source[start:end], after, text)


def candidates(source, lines, starts):
    """(rule, start, end, after) for each place."""
    stream = tokens(source)
    for index, token in enumerate(stream):
        previous = stream[index - 1] if index else None
        following = stream[index + 1] if index + 1 < len(stream) else None
        if token.kind == "operator":
            if "string" not in (previous and previous.kind, following and following.kind):
                yield from of_operator(source, token, previous)
        elif token.kind == "number":
            yield from of_number(source, token, previous)
        elif token.kind == "word":
            yield from of_word(source, token, previous)
        elif token.kind == "string" and SQL_TEXT.search(token.text):
            yield from of_sql(token)
    for number, line in enumerate(lines):
        yield from of_line(lines, number, starts[number])


def of_operator(source, token, previous):
    text = token.text
    before, behind = source[token.start - 1:token.start], source[token.end:token.end + 1]
    if previous and previous.text in ("func", "operator"):
        return
    if before.isspace() and behind.isspace():
        if text in SIGNS:
            yield "sign", token.start, token.end, SIGNS[text]
        if text in ("+", "-"):
            yield "dropped term", token.start, token.end, "without what follows"
        if text in ("+=", "-=", "*=", "/="):
            yield "omitted change", token.start, token.end, "nothing"
        if text in ("*", "/"):
            yield "dropped factor", token.start, token.end, "without what follows"
        if text in COMPARISONS:
            yield "comparison", token.start, token.end, COMPARISONS[text]
        if text in LOGIC:
            yield "logic", token.start, token.end, LOGIC[text]
    elif text == "..<" and not before.isspace() and not behind.isspace() and before not in "([" and behind not in ")]":
        yield "bound", token.start, token.end, "..< one less than"
    elif text in ("!", "-") and not behind.isspace() and (before.isspace() or before in "([") and not behind.isdigit():
        yield "negation", token.start, token.end, "nothing"


def of_number(source, token, previous):
    if previous and previous.end == token.start and previous.text not in ("(", "[", "..<", "..."):
        return
    if "x" in token.text or source[token.end:token.end + 1] == ".":
        return
    yield "constant", token.start, token.end, changed_number(token.text)


def changed_number(text):
    if "." not in text:
        return f"{text} + 1"
    return "1" if float(text.replace("_", "")) == 0 else f"{text} × 1.25"


def of_word(source, token, previous):
    if token.text in ("min", "max") and source[token.end:token.end + 1] == "(":
        if not previous or previous.text not in (".", "func"):
            yield "extreme", token.start, token.end, "max" if token.text == "min" else "min"
    if token.text == "magnitude" and previous and previous.text == "." and source[token.end:token.end + 1] != "(":
        yield "magnitude", token.start, token.end, "the number itself"


def of_sql(token):
    text = token.text
    hidden = []
    at = text.find("\\(")
    while at >= 0:
        end = interpolation_end(text, at)
        hidden.append((at, end))
        at = text.find("\\(", end)
    for rule, pattern, replaced in SQL_RULES:
        for match in pattern.finditer(text):
            if not any(match.start() < end and start < match.end() for start, end in hidden):
                yield rule, token.start + match.start(), token.start + match.end(), replaced(match)


def of_line(lines, number, start):
    line = lines[number]
    code = line.strip()
    indent = len(line) - len(line.lstrip())
    if code.startswith("//"):
        return
    match = CONDITION.search(line)
    if match and '"' not in match.group(1) and balanced(match.group(1)):
        yield "condition", start + match.start(1), start + match.end(1), "the opposite"
    previous = lines[number - 1].strip() if number else ""
    if STATEMENT.match(code) and balanced(code) and re.search(r"[{}]$|^[\w. ]+ [-+*]?= .*[\w)]$|\)$", previous):
        yield "omitted statement", start + indent, start + len(line.rstrip()), "nothing"


def balanced(text):
    depth = 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if depth < 0:
            return False
    return depth == 0
