"""Writes what the pages show of the program's output anew: shown.py PROGRAM ATLAS [--check].

A block whose first line is `$ atlas …` shows what that command prints about the demo; ATLAS is the demo's atlas as `make demo` makes
it, indexed with `--measure 10`. With `--check` nothing is written, and a block that differs ends this program with 1. `make test`
compares headings and explanations only, on a small atlas.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(?ms)^(```text\n\$ (atlas [^\n]*)\n)(.*?)(^```)")
DEMO = ROOT / "Sources/DemoData/Demo"


def output(command, program, atlas):
    """What a shown command prints."""
    with tempfile.TemporaryDirectory() as folder:
        for name, place in (("demo.atlas", atlas), ("Sources", ROOT / "Sources"), ("atlas", program)):
            (Path(folder) / name).symlink_to(Path(place).resolve())
        told = subprocess.run(
            ["sh", "-c", f'PATH="$PWD:$PATH" MODEL={DEMO}/model TRANSCODERS={DEMO}/transcoders; {command}'],
            cwd=folder, capture_output=True, text=True,
        )
    if told.returncode != 0:
        sys.exit(f"{command}: {told.stderr.strip()}")
    return told.stdout


def main(program, atlas, checks):
    differing = []
    for page in [ROOT / "README.md", *sorted((ROOT / "Sources").glob("*/*.docc/*.md"))]:
        text = page.read_text()

        def renewed(block):
            return block[1] + output(block[2], program, atlas) + block[4]

        new = BLOCK.sub(renewed, text)
        if new != text:
            differing.append(str(page.relative_to(ROOT)))
            if not checks:
                page.write_text(new)
    print("\n".join(f"{page}: {'differs' if checks else 'written'}" for page in differing) or "every block is what the program prints")
    sys.exit(1 if checks and differing else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "--check" in sys.argv[3:])
