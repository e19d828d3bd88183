"""circuit-tracer's server on a folder that the program wrote."""

import atexit
import importlib.util
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "Sources/DemoData/Demo"
PROGRAM = os.environ.get("ATLAS_PROGRAM", str(ROOT / ".build/debug/atlas"))
#: What the viewer's pages load from the web, by the name under which VIEWER_LIBRARIES holds it.
LIBRARIES = ("d3.js", "jetpack.js", "dagre.min.js", "pako.min.js", "npy.js", "hotserver-client-ws.js")
PROMPT = "two-step-0000"
SUPERNODE = 'Texas & 100 % "more"'
NAMED, LABEL = "2/157", "says a capital"

_folder = tempfile.TemporaryDirectory(prefix="atlas-viewer-")
atexit.register(_folder.cleanup)


#: Where the viewer shows a graph with its supernodes, by slug, as the program told.
addresses = {}


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"atlas {' '.join(map(str, arguments[:2]))} failed: {done.stderr.strip()}")
    for address, slug in re.findall(r"address: (\?slug=([a-z0-9-]+)\S*)", done.stderr):
        addresses[slug] = address
    return done.stdout


def exported(scan="./data/feat"):
    """A folder with the graph of a prompt, a circuit, a new attribution, and the features of all."""
    folder = pathlib.Path(_folder.name)
    corpus, left = folder / "corpus.jsonl", {"two-step": 30, "city-state": 10, "addition": 10}
    with corpus.open("w") as file:
        for line in (DEMO / "corpus.jsonl").read_text().splitlines():
            family = json.loads(line)["tags"]["family"]
            if left.get(family, 0) > 0:
                left[family] -= 1
                file.write(line + "\n")
    atlas, site = folder / "viewer.atlas", folder / "site"
    model = ("--model", DEMO / "model", "--transcoders", DEMO / "transcoders")
    run("index", corpus, "--atlas", atlas, *model, "--quiet")
    run("label", "set", NAMED, LABEL, "--atlas", atlas)
    report = json.loads(run("query", "prompt", PROMPT, "--atlas", atlas, "--json"))
    strongest = [f"{feature['feature']['layer']}/{feature['feature']['index']}" for feature in report["features"][:2]]
    run("supernode", "set", SUPERNODE, *strongest, "--atlas", atlas)
    run("export", "graph", "--prompt", PROMPT, "--atlas", atlas, "--output", site, "--scan", scan)
    run("query", "circuit", "--token", report["answer"], "--size", "15", "--atlas", atlas,
        "--output", site / "circuit.json", "--scan", scan)
    run("attribute", report["text"], *model, "--output", site / "attributed.json", "--scan", scan)
    run("export", "features", "--atlas", atlas, "--output", site / "feat", "--quiet")
    return site


def frontend():
    """The viewer's pages: as installed, or, where VIEWER_LIBRARIES names a folder, a copy that loads its libraries
    from there and not from the web."""
    installed = pathlib.Path(importlib.util.find_spec("circuit_tracer").origin).parent / "frontend/assets"
    libraries = os.environ.get("VIEWER_LIBRARIES")
    if not libraries:
        return installed
    copy = pathlib.Path(_folder.name) / "frontend"
    shutil.copytree(installed, copy)
    shutil.copytree(libraries, copy / "libraries")
    index = copy / "index.html"
    page = index.read_text()
    for name in LIBRARIES:
        if not (copy / "libraries" / name).exists():
            (copy / "libraries" / name).write_text("")
        stem = re.escape(name.split(".")[0])
        page = re.sub(rf"https://[^']*/{stem}[^'/]*\.js", f"./libraries/{name}", page)
    index.write_text(page)
    return copy


def serve(site):
    """Serves `site` with circuit-tracer's server; its address."""
    # The server's module alone: the package itself loads torch.
    place = importlib.util.find_spec("circuit_tracer").origin
    file = pathlib.Path(place).parent / "frontend/local_server.py"
    specification = importlib.util.spec_from_file_location("local_server", file)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    module.serve(str(site), frontend_dir=str(frontend()), port=port)
    return f"http://localhost:{port}"


sys.path.insert(0, str(ROOT / "Tests/Pages"))
