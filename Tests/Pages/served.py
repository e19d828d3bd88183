"""A small atlas with friendly and hostile prompts, served and exported once for all tests."""

import atexit
import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / "Sources/AtlasInterface/Pages"
DEMO = ROOT / "Sources/DemoData/Demo"
PROGRAM = os.environ.get("ATLAS_PROGRAM", str(ROOT / ".build/debug/atlas"))

MARKUP = "<script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
LONG = ["Fact: the capital of the state containing Houston is Austin"] * 4
RIGHT_TO_LEFT = "\u202eمرحبا\u202c שלום \u2067abc"

_folder = tempfile.TemporaryDirectory(prefix="atlas-pages-")
atexit.register(_folder.cleanup)
_kept = {}


def _run(*arguments):
    answer = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
    if answer.returncode != 0:
        raise RuntimeError(f"atlas {' '.join(arguments[:2])} failed: {answer.stderr.strip()}")


def _corpus():
    """Prompts of the demo: a small grid of additions, some facts, and texts that try to be markup."""
    chosen, counts = [], {"two-step": 6, "city-state": 6, "antonym": 3}
    for line in (DEMO / "corpus.jsonl").read_text().splitlines():
        prompt = json.loads(line)
        family = prompt["tags"]["family"]
        if counts.get(family, 0) > 0:
            counts[family] -= 1
            chosen.append(prompt)
    for a in range(4):
        for b in range(4):
            chosen.append({"id": f"grid-{a}-{b}", "text": f"calc: {a}+{b}=", "answer": str(a + b),
                           "tags": {"family": "grid", "a": str(a), "b": str(b)}})
    # Near the model's context: its graph is several windows wide.
    chosen.append({"id": "long", "text": " ".join(line.rstrip(".") + "." for line in LONG) + " Fact: the capital of the state containing Dallas is",
                   "tags": {"family": "long"}})
    chosen.append({"id": "markup", "text": f"{MARKUP} is", "tags": {"family": MARKUP}})
    chosen.append({"id": "right-to-left", "text": f"{RIGHT_TO_LEFT} is", "tags": {"family": RIGHT_TO_LEFT}})
    return "".join(json.dumps(prompt) + "\n" for prompt in chosen)


def atlas():
    """The atlas's path."""
    if "atlas" not in _kept:
        corpus = pathlib.Path(_folder.name) / "pages.jsonl"
        corpus.write_text(_corpus())
        path = str(pathlib.Path(_folder.name) / "pages.atlas")
        _run("index", str(corpus), "--atlas", path, "--model", str(DEMO / "model"),
             "--transcoders", str(DEMO / "transcoders"), "--heads", "--quiet")
        _kept["atlas"] = path
    return _kept["atlas"]


def neuron_atlas():
    """The path of an atlas whose features are the demo model's neurons, over a small grid of additions."""
    if "neuron atlas" not in _kept:
        corpus = pathlib.Path(_folder.name) / "neurons.jsonl"
        corpus.write_text("".join(json.dumps({
            "text": f"calc: {a}+{b}=", "answer": str(a + b), "tags": {"family": "grid", "a": str(a), "b": str(b)}}) + "\n"
            for a in range(4) for b in range(4)))
        path = str(pathlib.Path(_folder.name) / "neurons.atlas")
        _run("index", str(corpus), "--atlas", path, "--model", str(DEMO / "model"), "--neurons", "--max-neurons", "100",
             "--quiet")
        _kept["neuron atlas"] = path
    return _kept["neuron atlas"]


def signed_neuron():
    """The layer, index and most negative activation of a neuron that has both signs, at last tokens too."""
    if "signed neuron" not in _kept:
        with contextlib.closing(sqlite3.connect(neuron_atlas())) as database:
            candidates = database.execute("""
                SELECT layer, feature_index, minimum FROM features WHERE maximum > 0 AND negative_prompts > 3
                ORDER BY negative_prompts * (active_prompts - negative_prompts) DESC, layer, feature_index LIMIT 50
                """).fetchall()
        for layer, index, minimum in candidates:
            answer = subprocess.run([PROGRAM, "query", "operands", f"{layer}/{index}", "--atlas", neuron_atlas(), "--json"],
                                    capture_output=True, text=True, check=True)
            shape = json.loads(answer.stdout)["shape"]
            if shape.get("minimum", 0) < 0 < shape["maximum"]:
                _kept["signed neuron"] = (layer, index, minimum)
                break
    return _kept["signed neuron"]


def _serve(*options, path=None):
    process = subprocess.Popen([PROGRAM, "serve", path or atlas(), "--port", "0", *options],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    atexit.register(process.terminate)
    address = process.stdout.readline().strip().rstrip("/")
    if not address.startswith("http"):
        raise RuntimeError(f"atlas serve did not start: {address}{process.stderr.read()}")
    return address


def address():
    """Where the atlas is served, with its model."""
    if "address" not in _kept:
        _kept["address"] = _serve("--model", str(DEMO / "model"), "--transcoders", str(DEMO / "transcoders"))
    return _kept["address"]


def plain_address():
    """Where the atlas is served without a model and for reading only."""
    if "plain" not in _kept:
        _kept["plain"] = _serve("--read-only")
    return _kept["plain"]


def neuron_address():
    """Where the atlas of neurons is served, for reading only."""
    if "neurons" not in _kept:
        _kept["neurons"] = _serve("--read-only", path=neuron_atlas())
    return _kept["neurons"]


def exported():
    """The address of an export's folder."""
    if "export" not in _kept:
        folder = pathlib.Path(_folder.name) / "export"
        _run("export", "dashboards", "--atlas", atlas(), "--output", str(folder))
        _kept["export"] = (folder / "index.html").as_uri()
    return _kept["export"]


def exported_neurons():
    """The address of an export of the atlas of neurons."""
    if "neuron export" not in _kept:
        folder = pathlib.Path(_folder.name) / "neuron-export"
        _run("export", "dashboards", "--atlas", neuron_atlas(), "--output", str(folder))
        _kept["neuron export"] = (folder / "index.html").as_uri()
    return _kept["neuron export"]


def ask(path):
    """An answer of the interface."""
    with urllib.request.urlopen(f"{address()}/api/v1/{path}") as response:
        return json.load(response)


def send(method, path, body):
    """Writes through the interface."""
    request = urllib.request.Request(f"{address()}/api/v1/{path}", method=method, data=None if body is None else json.dumps(body).encode(),
                                     headers={} if body is None else {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def forget():
    """Takes out every name and run that a test kept, so that no test meets those of another."""
    if "address" not in _kept:
        return
    for item in ask("labels?limit=1000")["items"]:
        send("DELETE", f"features/{item['feature']['layer']}/{item['feature']['index']}/label", None)
    for kind in ("supernodes", "saved-runs"):
        for item in ask(f"{kind}?limit=1000")["items"]:
            send("DELETE", f"{kind}/{urllib.parse.quote(item['name'], safe='')}", None)


@contextlib.contextmanager
def temporary_file(name, content):
    """The path of a file with some bytes, while it is wanted."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / name
        path.write_bytes(content)
        yield str(path)


def prompt_named(text):
    """The id of the first prompt that holds some words."""
    for prompt in ask("prompts?limit=1000")["items"]:
        if text in prompt["text"]:
            return prompt["id"]
    raise KeyError(text)


def strongest_feature():
    """The feature of most influence in a two-step prompt, as layer and index."""
    prompt = prompt_named("the capital of the state containing")
    feature = ask(f"prompts/{prompt}")["features"][0]["feature"]
    return feature["layer"], feature["index"]


def has_route(path):
    """Whether this server documents a route."""
    if "routes" not in _kept:
        _kept["routes"] = ask("openapi.json")["paths"]
    return path in _kept["routes"]
