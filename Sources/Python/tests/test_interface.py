"""The interface over HTTP, by tools that know only its description: a fuzzer, and a generated client."""

import importlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import corpus, run, served

import make_answers

pytestmark = pytest.mark.skipif(sys.version_info < (3, 10), reason="the tools need Python 3.10")
TESTS = Path(__file__).parent
ANSWER = next(record["answer"] for record in corpus() if record["tags"]["family"] == "two-step")


@pytest.fixture(scope="module")
def description(server):
    """The description as it is served, as text."""
    return urllib.request.urlopen(f"{server}api/v1/openapi.json").read().decode()


@pytest.fixture(scope="module")
def own_server(atlas_file, tmp_path_factory):
    """A server of a copy: what is written there, no other test reads."""
    file = tmp_path_factory.mktemp("fuzzed") / "fuzzed.atlas"
    subprocess.run(["cp", atlas_file, file], check=True)
    with served(file) as address:
        yield address


def test_every_answer_and_body_has_a_named_form(description):
    document = json.loads(description)
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            contents = [response["content"] for response in operation["responses"].values()]
            if "requestBody" in operation:
                contents.append(operation["requestBody"]["content"])
            for content in contents:
                (form,) = content.values()
                name = make_answers.component(form["schema"])
                assert name in schemas, path
                assert name == "OpenAPIDocument" or schemas[name].get("properties"), name
            for parameter in operation["parameters"]:
                kind = parameter["schema"]
                limits = {"enum", "maximum", "maxLength", "pattern"} & set(kind)
                assert limits and parameter["description"], f"{path}: {parameter['name']} has no bounds"
                assert parameter["in"] != "path" or parameter["required"]


def test_the_types_of_answers_are_those_of_the_description(description):
    assert make_answers.FILE.read_text() == make_answers.module(json.loads(description)), "run make_answers.py"


def test_a_fuzzer_that_reads_the_description_finds_nothing(own_server, tmp_path):
    pytest.importorskip("schemathesis")
    interface = f"{own_server}api/v1"
    settings = ["--config-file", str(TESTS / "schemathesis.toml")]
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", *settings, "run", f"{interface}/openapi.json", "--url", interface],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(TESTS), "COLUMNS": "120"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    # Nothing was left out but the description itself, and what was asked was not a handful.
    paths = json.load(urllib.request.urlopen(f"{interface}/openapi.json"))["paths"]
    operations = sum(len(one) for path, one in paths.items() if path != "/openapi.json")
    assert f"Tested: {operations}" in done.stdout
    assert int(re.search(r"(\d+) generated", done.stdout).group(1)) > 20 * operations


@pytest.fixture(scope="module")
def generated(description, server, tmp_path_factory):
    """A client that a generator writes of the description: how to import its modules, and the client."""
    pytest.importorskip("openapi_python_client")
    folder = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_text(description)
    options = ["--path", "openapi.json", "--meta", "none", "--output-path", "atlas_interface"]
    done = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", *options],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and "Unable to" not in done.stdout, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    try:
        client = importlib.import_module("atlas_interface").Client(base_url=f"{server}api/v1")
        yield lambda name: importlib.import_module(f"atlas_interface.{name}"), client
    finally:
        sys.path.remove(str(folder))


def test_a_generated_client_gets_the_programs_answers_as_typed_objects(generated, atlas_file, edge):
    module, client = generated

    def program(*question):
        return json.loads(run("query", *question, "--json", "--atlas", atlas_file))

    feature = module("api.features.get_features_layer_index").sync(2, 157, client=client)
    assert feature.to_dict() == program("feature", "2/157")
    assert (feature.feature.layer, feature.feature.index, feature.label) == (2, 157, "a name")

    place = [int(number) for number in edge[1].split("/")]
    upstream = module("api.features.get_features_layer_index_upstream").sync(*place, client=client, limit=3)
    assert upstream.to_dict() == program("upstream", edge[1], "--limit", "3")
    assert type(upstream).__name__ == "GlobalNeighbours" and upstream.neighbours[0].node.kind

    listed = module("api.logits.get_logits").sync(client=client, search=ANSWER.strip(), limit=1000)
    token = next(item.token for item in listed.items if item.text == ANSWER)
    circuit = module("api.circuits.get_circuits").sync(client=client, token=token, size=10)
    assert circuit.to_dict() == program("circuit", "--token", ANSWER, "--size", "10")
    assert circuit.seed.token == token and circuit.edges[0].mean

    head = module("api.heads.get_heads_layer_head").sync(1, 0, client=client, limit=20)
    assert head.to_dict() == program("head", "1.0") and head.head.layer == 1

    prompt = module("api.prompts.get_prompts_id").sync("two-step-0000", client=client)
    assert prompt.to_dict() == program("prompt", "two-step-0000")
    assert [token.text for token in prompt.tokens]


def test_a_generated_client_runs_a_text_and_is_told_what_is_wrong(generated):
    module, client = generated
    models = module("models")
    ticket = module("api.runs.post_runs").sync(client=client, body=models.RunBody(text="calc: 1"))
    report = None
    for _ in range(600):
        report = module("api.jobs.get_jobs_id").sync(ticket.job, client=client)
        if report.state.value not in ("queued", "running"):
            break
        time.sleep(0.05)
    assert isinstance(report.result, models.RunReport) and report.result.text == "calc: 1"
    assert report.result.graph.nodes and report.result.next_tokens[0].probability > 0
    problem = module("api.features.get_features_layer_index").sync(0, 99_999, client=client)
    assert isinstance(problem, models.Problem) and "no feature 0/99999" in problem.detail
