"""Writes measured figures into the pages, from one file: figures.py [--check].

results.json holds what was measured, by name: the command, the machine, the date, the commit, and rows of values. tables.json says
how pages show them. A table stands behind `<!-- figures: NAME -->`; of a sentence only its figures are written. With `--check`
nothing is written, and a page that differs ends this program with 1.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "Tests/Documentation/results.json"
TABLES = ROOT / "Tests/Documentation/tables.json"
#: What says where a measurement comes from; the rows stand beside it.
ORIGIN = ["command", "machine", "date", "commit"]
MARKED = re.compile(r"(?m)^(<!-- figures: ([^\n]+) -->\n)((?:\|[^\n]*\n)+)")
#: `{key}`, `{key:.1f}`, `{0.key:.1%}` (of the first row), `{key/other:.1f}` (a quotient).
PLACE = re.compile(r"\{(?:(\d+)\.)?(\w+)(?:/(\w+))?(?::([^}]*))?\}")


def pages():
    """Every page that may show figures."""
    return [ROOT / "README.md", *sorted((ROOT / "Sources").rglob("*.md"))]


def read(path):
    return json.loads(path.read_text())


def kept(results):
    """Results as they are kept: measurements by name, a row a line."""
    parts = []
    for name in sorted(results):
        result = results[name]
        lines = [f"    {json.dumps(key)}: {json.dumps(result[key], ensure_ascii=False)}," for key in ORIGIN]
        rows = ",\n".join("      " + json.dumps(row, ensure_ascii=False) for row in result["rows"])
        parts.append("\n".join([f"  {json.dumps(name, ensure_ascii=False)}: {{", *lines, f'    "rows": [\n{rows}\n    ]', "  }"]))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def shown(value, form):
    """A value as a page shows it: no value is nothing, a share has a space before its sign, `p` leaves out the zero before a point."""
    if value is None:
        return ""
    bare = form.startswith("p")
    told = format(value, form[1:] if bare else form) if form else str(value)
    if bare:
        told = re.sub(r"^([+-]?)0\.", r"\1.", told)
    return re.sub(r"e([+-])0", r"e\1", told).replace("%", " %") if form else told


def figure(place, rows, row=None):
    """The text of one place of a cell or a sentence."""
    index, key, other, form = place.groups()
    values = rows[int(index)] if index else row if row is not None else rows[0]
    for name in filter(None, (key, other)):
        if name not in values:
            raise KeyError(f"{place[0]}: expected one of {', '.join(values)}")
    value = values[key] / values[other] if other else values[key]
    return shown(value, form or "")


def rows_of(sources, results):
    """The rows of some measurements one after another; those of a list stand side by side."""
    rows = []
    for source in sources:
        beside = [results[name]["rows"] for name in (source if isinstance(source, list) else [source])]
        if len({len(each) for each in beside}) > 1:
            raise ValueError(f"{source}: expected as many rows in each, found {[len(each) for each in beside]}")
        rows += [{key: value for part in parts for key, value in part.items()} for parts in zip(*beside)]
    return rows


def table(layout, results):
    """A table in Markdown, a row a line or, transposed, a row a column; an empty value leaves its cell empty."""
    rows = rows_of(layout["from"], results)
    cells = []
    for row in rows:
        line = []
        for column in layout["columns"]:
            places = [place.groups() for place in PLACE.finditer(column["cell"])]
            empty = any(row.get(key) is None and key in row for _, key, _, _ in places)
            line.append("" if empty else PLACE.sub(lambda place: figure(place, rows, row), column["cell"]))
        cells.append(line)
    lines = [[column["heading"] for column in layout["columns"]], *cells]
    if layout.get("transposed"):
        lines = [list(line) for line in zip(*lines)]
    drawn = ["|" + "|".join(f" {cell} " if cell else " " for cell in line) + "|" for line in lines]
    drawn.insert(1, "|" + "---|" * len(lines[0]))
    return "\n".join(drawn) + "\n"


def sentence(pattern):
    """What finds a sentence in a page, however its lines are broken, with a group for each figure."""
    parts, end = [], 0
    for place in PLACE.finditer(pattern):
        parts += [re.escape(pattern[end:place.start()]), r"([+−-]?[\d.,]+(?:e-?\d+)?(?:\s%)?)"]
        end = place.end()
    return re.compile(re.sub(r"(?:\\ )+", r"\\s+", "".join([*parts, re.escape(pattern[end:])])))


def written(page, text, results, layouts):
    """A page with its figures as the results have them, and what is wrong with it."""
    problems = []

    def drawn(match):
        layout = layouts["tables"].get(match[2])
        if layout is None:
            problems.append(f"{page}: {match[2]}: expected a table of tables.json")
            return match[0]
        return match[1] + table(layout, results)

    text = MARKED.sub(drawn, text)
    for told in layouts["sentences"]:
        if told["page"] != page:
            continue
        rows = rows_of([told["from"]], results)
        found = list(sentence(told["text"]).finditer(text))
        if len(found) != 1:
            problems.append(f"{page}: expected once, found {len(found)} times: {told['text']}")
            continue
        match = found[0]
        places = list(PLACE.finditer(told["text"]))
        for number in range(len(places), 0, -1):
            new = figure(places[number - 1], rows)
            # A share may stand at a line's end, with its sign on the next.
            if re.sub(r"\s", " ", match[number]) != new:
                text = text[:match.start(number)] + new + text[match.end(number):]
    return text, problems


def main(checks):
    results, layouts = read(RESULTS), read(TABLES)
    differing, problems = [], []
    for path in pages():
        page = str(path.relative_to(ROOT))
        old = path.read_text()
        new, wrong = written(page, old, results, layouts)
        problems += wrong
        if new != old:
            differing.append(page)
            if not checks:
                path.write_text(new)
    if not checks:
        RESULTS.write_text(kept(results))
    print("\n".join(problems + [f"{page}: {'differs' if checks else 'written'}" for page in differing]) or "every figure is that of results.json")
    sys.exit(1 if problems or checks and differing else 0)


if __name__ == "__main__":
    main("--check" in sys.argv[1:])
