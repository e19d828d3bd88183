"""Every question, asked of the program and of a server: the same answers, with the fields that their types name."""

import subprocess
import sys
import typing

import numpy as np
import pytest
from conftest import MODEL, PROGRAM, TRANSCODERS, corpus

from feature_atlas import Atlas, AtlasError, Client, answers
from feature_atlas.answers import causality, circuits, features, groups, heads, information, prompts
from feature_atlas.display import Pages
from feature_atlas.program import find_program

GROUP = "family=addition"
#: A prompt and its answer.
TEXT, ANSWER = next((record["text"], record["answer"]) for record in corpus() if record["tags"]["family"] == "two-step")


@pytest.fixture(scope="module")
def server(atlas_file):
    process = subprocess.Popen(
        [PROGRAM, "serve", str(atlas_file), "--port", "0", "--model", str(MODEL), "--transcoders", str(TRANSCODERS)],
        stdout=subprocess.PIPE,
    )
    try:
        yield process.stdout.readline().decode().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def client(server):
    return Client(server)


@pytest.fixture(scope="module")
def edge(atlas):
    """A feature that another one drives, and that one: the edge of most prompts."""
    table = atlas.aggregated_edges()
    rows = [
        (row[table.schema.names.index("support")], row)
        for row in table.rows()
        if row[1] == "feature" and row[table.schema.names.index("target_kind")] == "feature"
    ]
    row = max(rows, key=lambda pair: pair[0])[1]
    place = table.schema.names.index("target_layer")
    return f"{row[2]}/{row[3]}", f"{row[place]}/{row[place + 1]}"


#: A question's name, how it is asked, and the type of its answer.
QUESTIONS = {
    "drivers": (lambda q, e: q.drivers(ANSWER), features.Drivers),
    "upstream": (lambda q, e: q.upstream(e[1]), typing.List[features.Neighbour]),
    "downstream": (lambda q, e: q.downstream(e[0], where=GROUP), typing.List[features.Neighbour]),
    "upstream by weights": (lambda q, e: q.upstream_by_weights(e[1]), features.WeightNeighbours),
    "downstream by weights": (lambda q, e: q.downstream_by_weights(e[0], by="era"), features.WeightNeighbours),
    "feature": (lambda q, e: q.feature(e[0]), features.FeatureReport),
    "correlated": (lambda q, e: q.correlated(e[0], by="jaccard"), features.Correlated),
    "edge": (lambda q, e: q.edge(*e), features.EdgeReport),
    "inhibitors": (lambda q, e: q.inhibitors(e[1]), features.Inhibitors),
    "operands": (lambda q, e: q.operands(e[0]), features.Operands),
    "ranked operands": (lambda q, e: q.ranked_operands(limit=5), features.RankedOperands),
    "prompt": (lambda q, e: q.prompt(TEXT), prompts.PromptReport),
    "search": (lambda q, e: q.search("capital"), prompts.SearchResult),
    "diff": (lambda q, e: q.diff(GROUP, "family=two-step"), groups.Diff),
    "contrast": (lambda q, e: q.contrast("family=two-step", "family=city-state", pair_by="city"), groups.Contrast),
    "invariant": (lambda q, e: q.invariant(GROUP, share=0.5), groups.Invariant),
    "similar": (lambda q, e: q.similar(1, by="activation"), groups.Similar),
    "families": (lambda q, e: q.families(threshold=0.5), groups.Families),
    "failures": (lambda q, e: q.failures(by="family"), groups.Failures),
    "circuit": (lambda q, e: q.circuit(token=ANSWER, size=10), circuits.Circuit),
    "circuit of a prompt": (lambda q, e: q.circuit(prompt=TEXT, size=10), circuits.Circuit),
    "circuit stability": (lambda q, e: q.circuit_stability(feature=e[1], size=5), circuits.CircuitStability),
    "stability": (lambda q, e: q.stability(TEXT), circuits.PromptStability),
    "supernodes": (lambda q, e: q.supernodes(where=GROUP, size=8), circuits.SuggestedSupernodes),
    "motifs": (lambda q, e: q.motifs(rewirings=3, graphs=3, signed=False), circuits.Motifs),
    "heads": (lambda q, e: q.heads(), heads.Heads),
    "feature heads": (lambda q, e: q.feature_heads(e[1]), heads.FeatureHeads),
    "head": (lambda q, e: q.head(1, 0), heads.HeadReport),
    "head pairs": (lambda q, e: q.head_pairs(1, 0, prompts=1), heads.HeadPairs),
    "attention": (lambda q, e: q.attention(TEXT, 1, 0, 3, 1), heads.Attention),
    "head validation": (lambda q, e: q.validate_heads((1, 3), (1, 2), prompts=2, pairs=5), heads.HeadValidation),
    "run": (lambda q, e: q.run("calc: 1"), causality.Run),
    "steer": (lambda q, e: q.steer(e[0], prompts=1), causality.Steering),
    "steer predict": (lambda q, e: q.steer_predict(features=2, prompts=4, risers=5), causality.SteeringTest),
    "validation": (lambda q, e: q.validate(where="family=two-step", interventions=4), causality.Validation),
    "exchange": (lambda q, e: q.exchange("a", where=GROUP, trials=3, features=5), causality.Exchange),
    "intervention": (lambda q, e: q.intervene(TEXT, [f"{e[0]}@1-=x0", "0/3@5=1.5"]), causality.Intervention),
    "information": (lambda q, e: q.information(), information.Information),
}


def misfits(value, kind, place):
    """Where a value is not of its type: fields that no type names, and values of others."""
    origin = typing.get_origin(kind)
    if kind is typing.Any:
        return
    if origin is list:
        if not isinstance(value, list):
            yield f"{place}: {value!r} is no list"
            return
        for number, item in enumerate(value):
            yield from misfits(item, typing.get_args(kind)[0], f"{place}[{number}]")
    elif origin is dict:
        for key, item in value.items():
            yield from misfits(item, typing.get_args(kind)[1], f"{place}.{key}")
    elif isinstance(kind, type) and issubclass(kind, dict):
        hints = typing.get_type_hints(kind)
        if not isinstance(value, dict):
            yield f"{place}: {value!r} is no object"
            return
        for key, item in value.items():
            if key not in hints:
                yield f"{place}.{key}: no field of {kind.__name__}"
            else:
                yield from misfits(item, hints[key], f"{place}.{key}")
    elif kind is float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"{place}: {value!r} is no number"
    elif type(value) is not kind:
        yield f"{place}: {value!r} is no {kind.__name__}"


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_program_and_server_answer_alike_and_as_typed(atlas, client, edge, name):
    ask, kind = QUESTIONS[name]
    by_program, by_server = ask(atlas, edge), ask(client, edge)
    assert list(misfits(by_program, kind, name)) == []
    assert list(misfits(by_server, kind, name)) == []
    if name == "intervention":
        # The program tells fewer next tokens, and as many changes as are asked for.
        for answer in (by_program, by_server):
            assert answer["changed"] and answer["nextTokens"] and len(answer["settings"]) == 2
            answer["nextTokens"], answer["changed"] = answer["nextTokens"][:4], answer["changed"][:5]
            for row in answer["nextTokens"] + answer["changed"]:
                # One writes the digits of single precision, the other those of double.
                row.update(before=float(np.float32(row["before"])), after=float(np.float32(row["after"])))
    if name in ("run", "circuit stability", "stability"):
        # Threads and lists cut short by one of both.
        by_program, by_server = set(by_program), set(by_server)
    assert by_program == by_server


def test_errors_are_the_lines_of_the_program_and_the_server(atlas, client):
    for asked in (atlas, client):
        for wrong in (
            lambda q: q.feature("0/999999"),
            lambda q: q.feature("x"),
            lambda q: q.drivers("no such token"),
            lambda q: q.prompt("no such prompt"),
            lambda q: q.circuit(),
            lambda q: q.diff("nonsense"),
            lambda q: q.exchange("family"),
        ):
            with pytest.raises(AtlasError) as caught:
                wrong(asked)
            message = str(caught.value)
            assert "\n" not in message and not message.startswith("Error")
            assert "Traceback" not in message and len(message) > 10


def test_texts_that_begin_like_options_are_texts(atlas):
    assert atlas.search("--help")["prompts"] == []
    with pytest.raises(AtlasError):
        atlas.prompt("--help")
    with pytest.raises(AtlasError):
        atlas.drivers("--json")


def test_a_question_that_needs_the_model_says_so(atlas_file):
    with Atlas(atlas_file, program=PROGRAM) as opened, pytest.raises(AtlasError, match="model="):
        opened.run("calc: 1")
    with pytest.raises(AtlasError, match="model="):
        Atlas(atlas_file, model=MODEL)


def test_the_program_is_looked_for_in_four_places(monkeypatch, tmp_path):
    assert find_program(PROGRAM) == PROGRAM
    monkeypatch.setenv("FEATURE_ATLAS_PROGRAM", sys.executable)
    assert find_program() == sys.executable
    monkeypatch.setenv("FEATURE_ATLAS_PROGRAM", str(tmp_path / "none"))
    with pytest.raises(AtlasError, match="FEATURE_ATLAS_PROGRAM"):
        find_program()


def test_a_server_that_is_not_there_is_one_line():
    with pytest.raises(AtlasError, match="no answer"):
        Client("http://127.0.0.1:9").heads()
    for wrong in ("127.0.0.1:80", "file:///etc/passwd", ""):
        with pytest.raises(AtlasError):
            Client(wrong)


def test_a_question_that_takes_too_long_is_one_line(atlas_file):
    with Atlas(atlas_file, program=PROGRAM, timeout=0.001) as opened, pytest.raises(AtlasError, match="within"):
        opened.heads()


def test_cells_show_the_pages_and_can_change_nothing(atlas, edge):
    import urllib.error
    import urllib.request

    pages = Pages(atlas)
    try:
        frame = pages.graph("two-step-0000")
        assert frame._repr_html_().startswith("<iframe")
        page = urllib.request.urlopen(frame.url.split("#")[0])
        assert b"Feature Atlas" in page.read()
        assert "frame-ancestors" not in page.headers["Content-Security-Policy"]
        assert page.headers["X-Frame-Options"] is None
        answer = urllib.request.urlopen(f"{pages.url}/api/v1/prompts/{atlas.prompt_id('two-step-0000')}/graph")
        assert b"nodes" in answer.read()
        assert edge[0] in pages.feature(edge[0]).url
        request = urllib.request.Request(f"{pages.url}/api/v1/supernodes/x", data=b"{}", method="PUT")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        assert caught.value.code == 501
        other = urllib.request.Request(pages.url, headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(other)
        assert caught.value.code == 403
    finally:
        pages.close()


def test_every_answer_is_exported():
    for _, kind in QUESTIONS.values():
        name = typing.get_args(kind)[0].__name__ if typing.get_origin(kind) else kind.__name__
        assert name in answers.__all__
