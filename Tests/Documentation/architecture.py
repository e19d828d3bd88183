"""Draws the targets of Package.swift as two pictures of one layout, light and dark: architecture.py FOLDER.

Library targets and the program stand in rows, each above all that it stands on; an arrow that others imply is left out. Packages
and system libraries that a target uses stand below its name.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: The program's target; of executables it alone is drawn.
PROGRAM = "atlas"
#: Targets that hold data or stand for C code in one module, told in words.
LEFT_OUT = {"DemoData", "CKernels"}

WIDTH, HEIGHT = 150, 44
#: The width left in a row for an arrow that passes it.
GAP = 14
GAP_ACROSS, GAP_DOWN = 22, 46
MARGIN = 24
#: Letters that fit below a name.
LONGEST = 26

COLOURS = {
    "architecture": {"ground": "#ffffff", "box": "#f2f5f9", "edge": "#8593a6", "line": "#5b6b80", "name": "#16202c", "beside": "#4a5a6d"},
    "architecture~dark": {"ground": "#11161d", "box": "#1d2632", "edge": "#6b7c92", "line": "#93a4b8", "name": "#eef3f8", "beside": "#b4c1cf"},
}


def manifest():
    """The package as its manifest describes it."""
    told = subprocess.run(["swift", "package", "--ignore-lock", "dump-package"], cwd=ROOT, capture_output=True, text=True)
    if told.returncode != 0:
        sys.exit(f"Package.swift: expected a manifest that can be read: {told.stderr.strip()}")
    return json.loads(told.stdout)


def dependencies(target):
    """Names of the targets and of the packages' products that a target depends on."""
    targets, products = [], []
    for dependency in target["dependencies"]:
        for kind, place in (("byName", targets), ("target", targets), ("product", products)):
            if kind in dependency:
                place.append(dependency[kind][0])
    return targets, products


def drawn(package):
    """The targets to draw: by name what each stands on, and what is told beside it."""
    kinds = {target["name"]: target["type"] for target in package["targets"]}
    names = [name for name, kind in kinds.items() if kind == "regular" and name not in LEFT_OUT or name == PROGRAM]
    below, beside = {}, {}
    for target in package["targets"]:
        if target["name"] in names:
            targets, products = dependencies(target)
            below[target["name"]] = {name for name in targets if name in names}
            beside[target["name"]] = [name.removeprefix("C") for name in targets if kinds.get(name) == "system"] + products
    return below, beside


def reach(below):
    """All that each target stands on, however far down."""
    found = {}

    def of(name):
        if name not in found:
            found[name] = set(below[name]).union(*(of(other) for other in below[name]))
        return found[name]

    for name in below:
        of(name)
    return found


def levels(below, whole):
    """How high each target stands: above all that it stands on."""
    height = {}
    for name in sorted(below, key=lambda name: len(whole[name])):
        height[name] = 1 + max((height[other] for other in below[name]), default=-1)
    return height


def chains(below, height):
    """Each arrow as the places that it goes through: its ends, and a gap (a tuple) in every row between."""
    return [
        [name, *((name, other, level) for level in range(height[name] - 1, height[other], -1)), other]
        for name in sorted(below)
        for other in sorted(below[name])
    ]


def rows(height, arrows):
    """Targets and gaps in rows from the top, each row ordered so that arrows are short."""
    level = dict(height) | {place: place[2] for arrow in arrows for place in arrow[1:-1]}
    near = {place: [] for place in level}
    for arrow in arrows:
        for upper, lower in zip(arrow, arrow[1:]):
            near[upper].append(lower)
            near[lower].append(upper)
    ordered = [sorted((place for place in level if level[place] == row), key=str) for row in range(max(level.values()) + 1)]
    for turn in range(12):
        for row in ordered if turn % 2 else ordered[::-1]:
            where = {place: (index + 0.5) / len(each) for each in ordered for index, place in enumerate(each)}
            row.sort(key=lambda place: (sum(where[other] for other in near[place]) / max(1, len(near[place])), str(place)))
    return ordered[::-1]


def breadth(place):
    """The width of a target's box, or of the gap that an arrow goes through."""
    return WIDTH if isinstance(place, str) else GAP


def corners(layout):
    """The upper left corner of every place, and the picture's size."""
    spans = [sum(map(breadth, row)) + (len(row) - 1) * GAP_ACROSS for row in layout]
    corner = {}
    for level, (row, span) in enumerate(zip(layout, spans)):
        x = MARGIN + (max(spans) - span) / 2
        for place in row:
            corner[place] = (x, MARGIN + level * (HEIGHT + GAP_DOWN))
            x += breadth(place) + GAP_ACROSS
    return corner, max(spans) + 2 * MARGIN, 2 * MARGIN + len(layout) * HEIGHT + (len(layout) - 1) * GAP_DOWN


def course(arrow, corner):
    """An arrow as the path of an SVG."""
    parts = []
    for upper, lower in zip(arrow, arrow[1:]):
        x, y = corner[upper][0] + breadth(upper) / 2, corner[upper][1] + HEIGHT
        end, bottom = corner[lower][0] + breadth(lower) / 2, corner[lower][1]
        bend = (bottom - y) / 2
        parts.append(f"{'L' if parts else 'M'}{x:g} {y:g}C{x:g} {y + bend:g} {end:g} {bottom - bend:g} {end:g} {bottom:g}")
    return "".join(parts)


def picture(colours, package):
    """The picture as SVG."""
    below, beside = drawn(package)
    whole = reach(below)
    direct = {name: {other for other in below[name] if not any(other in whole[third] for third in below[name])} for name in below}
    height = levels(direct, whole)
    arrows = chains(direct, height)
    corner, across, down = corners(rows(height, arrows))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across:g} {down:g}" width="{across:g}" height="{down:g}" role="img" '
        'aria-labelledby="title" font-family="Helvetica, Arial, sans-serif" text-anchor="middle">',
        '<title id="title">The targets of Feature Atlas; each arrow leads to what a target stands on</title>',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{colours["line"]}"/></marker></defs>',
        f'<rect width="{across:g}" height="{down:g}" fill="{colours["ground"]}"/>',
    ]
    for arrow in arrows:
        lines.append(f'<path d="{course(arrow, corner)}" fill="none" stroke="{colours["line"]}" stroke-width="1.2" marker-end="url(#tip)"/>')
    for name in sorted(below):
        x, y = corner[name]
        told = ", ".join(beside[name])
        if len(told) > LONGEST:
            told = f"{beside[name][0]} and {len(beside[name]) - 1} more"
        lines.append(f'<rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="{colours["box"]}" stroke="{colours["edge"]}"/>')
        middle = x + WIDTH / 2
        lines.append(f'<text x="{middle:g}" y="{y + (20 if told else 27):g}" font-size="14" fill="{colours["name"]}">{name}</text>')
        if told:
            lines.append(f'<text x="{middle:g}" y="{y + 35:g}" font-size="10.5" fill="{colours["beside"]}">{told}</text>')
    return "\n".join(lines + ["</svg>", ""])


def pictures():
    """Both pictures by file name."""
    package = manifest()
    return {f"{name}.svg": picture(colours, package) for name, colours in COLOURS.items()}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, text in pictures().items():
        (folder / name).write_text(text)
