"""Builds the documentation of every module that has a catalogue into one site: build.py MODULES FOLDER.

MODULES is the folder of a debug build (`swift build --product atlas`), FOLDER is replaced. Uses the toolchain's own `docc`. Any
warning fails it. `python3 -m http.server --directory FOLDER` then shows the site, below /documentation.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Pictures that the README shows too; docc knows no WebP, browsers go by the bytes.
PICTURE = re.compile(r"\(\.\./\.\./\.\./\.pictures/([\w-]+)-light\.webp\)")


def tool(name):
    """Where the toolchain that `swift` belongs to has a tool."""
    swift = shutil.which("swift")
    beside = Path(swift).resolve().parent / name if swift else None
    if beside and beside.exists():
        return str(beside)
    if shutil.which("xcrun"):
        return subprocess.run(["xcrun", "--find", name], check=True, capture_output=True, text=True).stdout.strip()
    found = shutil.which(name)
    return found or sys.exit(f"{name}: expected it beside swift, found none: install a whole toolchain")


def run(command):
    """Runs a command, and gives the warnings that it has; a failure ends this program."""
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    said = (told.stdout + told.stderr).strip()
    if told.returncode != 0:
        sys.exit(f"{Path(command[0]).name} {' '.join(command[1:4])} …\n{said}")
    return said if re.search(r"\b(warning|error):", said) else ""


def order(catalogues):
    """The modules with catalogues, each behind those that it stands on."""
    manifest = json.loads(subprocess.run(["swift", "package", "--ignore-lock", "dump-package"], cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    below = {
        target["name"]: [name for kind in target["dependencies"] for name in (kind.get("byName") or kind.get("target") or [None])[:1]]
        for target in manifest["targets"]
    }
    done = []

    def visit(name):
        for other in below.get(name, []):
            if other in catalogues and other not in done:
                visit(other)
        if name not in done:
            done.append(name)

    for name in sorted(catalogues):
        visit(name)
    return done


def module_maps(modules):
    """Arguments that let the compiler find the C modules that ours import."""
    build = ROOT / modules
    folders = [place for place in (ROOT / "Sources").iterdir() if (place / "module.modulemap").exists()]
    folders += [place.parent for place in (build.parent / "checkouts").glob("**/module.modulemap") if "/Tests/" not in str(place)]
    maps = [place for place in build.glob("*.build/module.modulemap")]
    return [f"-I{place}" for place in folders] + [word for place in maps for word in ("-Xcc", f"-fmodule-map-file={place}")]


def stage(catalogue, folder):
    """A copy of a catalogue with the pictures that its pages show."""
    shutil.copytree(catalogue, folder)
    for article in folder.rglob("*.md"):
        text = article.read_text()
        for name in set(PICTURE.findall(text)):
            shutil.copy(ROOT / f".pictures/{name}-light.webp", article.parent / f"{name}.png")
            shutil.copy(ROOT / f".pictures/{name}-dark.webp", article.parent / f"{name}~dark.png")
        article.write_text(PICTURE.sub(r"(\1)", text))


def main(modules, site):
    """Builds the modules in the order in which they stand on each other, so that links between them are found."""
    build = ROOT / modules
    catalogues = {place.stem: place for place in (ROOT / "Sources").glob("*/*.docc")}
    target = json.loads(subprocess.run(["swift", "-print-target-info"], check=True, capture_output=True, text=True).stdout)["target"]
    maps = module_maps(modules)
    with tempfile.TemporaryDirectory() as work:
        archives, warnings = [], []
        for name in order(catalogues):
            symbols, archive = Path(work) / name / "symbols", Path(work) / f"{name}.doccarchive"
            symbols.mkdir(parents=True)
            warnings.append(run([
                tool("swift-symbolgraph-extract"), "-module-name", name, "-target", target["unversionedTriple"], "-I", str(build / "Modules"), *maps,
                "-minimum-access-level", "public", "-skip-synthesized-members", "-output-dir", str(symbols),
            ]))
            stage(catalogues[name], Path(work) / name / f"{name}.docc")
            warnings.append(run([
                tool("docc"), "convert", str(Path(work) / name / f"{name}.docc"), "--additional-symbol-graph-dir", str(symbols),
                "--fallback-display-name", name, "--fallback-bundle-identifier", f"feature-atlas.{name}", "--output-path", str(archive),
                "--enable-experimental-external-link-support", *(word for other in archives for word in ("--dependency", str(other))),
                # What a parameter's name says already is not said again.
                "--disable-parameters-and-returns-validation",
            ]))
            archives.append(archive)
        if any(warnings):
            sys.exit("\n".join(filter(None, warnings)))
        shutil.rmtree(site, ignore_errors=True)
        Path(site).parent.mkdir(parents=True, exist_ok=True)
        run([tool("docc"), "merge", *map(str, reversed(archives)), "--synthesized-landing-page-name", "Feature Atlas", "--output-path", site])
    print(f"{site}: {len(archives)} modules; python3 -m http.server --directory {site} shows them below /documentation")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
