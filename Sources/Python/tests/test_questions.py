"""Every question, asked of the program and of a server: the same answers, with the fields that their types name."""

import sys
import typing

import pytest
from conftest import MODEL, PROGRAM, corpus

from feature_atlas import Atlas, AtlasError, Client, answers
from feature_atlas.display import Pages
from feature_atlas.program import find_program

GROUP = "family=addition"
#: A prompt and its answer.
TEXT, ANSWER = next((record["text"], record["answer"]) for record in corpus() if record["tags"]["family"] == "two-step")


#: A question's name, how it is asked, and the type of its answer.
QUESTIONS = {
    "drivers": (lambda q, e: q.drivers(ANSWER), answers.Drivers),
    "upstream": (lambda q, e: q.upstream(e[1]), answers.Neighbours),
    "downstream": (lambda q, e: q.downstream(e[0], where=GROUP), answers.Neighbours),
    "upstream by weights": (lambda q, e: q.upstream_by_weights(e[1]), answers.Neighbours),
    "downstream by weights": (lambda q, e: q.downstream_by_weights(e[0], by="era"), answers.Neighbours),
    "feature": (lambda q, e: q.feature(e[0]), answers.FeatureReport),
    "correlated": (lambda q, e: q.correlated(e[0], by="jaccard"), answers.Correlated),
    "edge": (lambda q, e: q.edge(*e), answers.EdgeReport),
    "inhibitors": (lambda q, e: q.inhibitors(e[1]), answers.Inhibitors),
    "operands": (lambda q, e: q.operands(e[0]), answers.Operands),
    "ranked operands": (lambda q, e: q.ranked_operands(limit=5), answers.RankedOperands),
    "operand labels": (lambda q, e: q.operand_labels(*e), answers.OperandLabels),
    "graph features": (lambda q, e: q.graph_features(TEXT, nodes=0.7), answers.GraphFeatures),
    "prompt": (lambda q, e: q.prompt(TEXT), answers.PromptReport),
    "search": (lambda q, e: q.search("capital"), answers.SearchResult),
    "search of promoters": (lambda q, e: q.search("Austin", kind="promoters", prompt=TEXT), answers.SearchResult),
    "listed features": (lambda q, e: q.listed_features(sort="-density", labelled=False, limit=5), answers.FeatureList),
    "dead features": (lambda q, e: q.listed_features(dead=True, layer=1, after="3", limit=5), answers.FeatureList),
    "listed prompts": (lambda q, e: q.listed_prompts(where=GROUP, sort="-nodes", limit=5), answers.PromptList),
    "listed tokens": (lambda q, e: q.listed_tokens(sort="text", limit=5), answers.LogitList),
    "diff": (lambda q, e: q.diff(GROUP, "family=two-step"), answers.Diff),
    "contrast": (lambda q, e: q.contrast("family=two-step", "family=city-state", pair_by="city"), answers.Contrast),
    "invariant": (lambda q, e: q.invariant(GROUP, share=0.5), answers.Invariant),
    "similar": (lambda q, e: q.similar(1, by="activation"), answers.Similar),
    "families": (lambda q, e: q.families(threshold=0.5), answers.Families),
    "failures": (lambda q, e: q.failures(by="family"), answers.Failures),
    "circuit": (lambda q, e: q.circuit(token=ANSWER, size=10), answers.Circuit),
    "expanded circuit": (lambda q, e: q.circuit(token=ANSWER, size=3, expand=[e[0]]), answers.Circuit),
    "circuit of a prompt": (lambda q, e: q.circuit(prompt=TEXT, size=10), answers.Circuit),
    "circuit stability": (lambda q, e: q.circuit_stability(feature=e[1], size=5), answers.Stability),
    "stability": (lambda q, e: q.stability(TEXT), answers.Stability),
    "supernodes": (lambda q, e: q.supernodes(where=GROUP, size=8), answers.SuggestedSupernodes),
    "motifs": (lambda q, e: q.motifs(rewirings=3, graphs=3, signed=False), answers.Motifs),
    "heads": (lambda q, e: q.heads(), answers.Heads),
    "feature heads": (lambda q, e: q.feature_heads(e[1]), answers.FeatureHeads),
    "head": (lambda q, e: q.head(1, 0), answers.HeadReport),
    "head pairs": (lambda q, e: q.head_pairs(1, 0, prompts=1), answers.HeadPairs),
    "attention": (lambda q, e: q.attention(TEXT, 1, 0, 3, 1), answers.Attention),
    "head validation": (lambda q, e: q.validate_heads((1, 3), (1, 2), prompts=2, pairs=5), answers.HeadValidation),
    "run": (lambda q, e: q.run("calc: 1"), answers.Run),
    "run of a difference": (lambda q, e: q.run("calc: 1+1=", target="2", minus="3"), answers.Run),
    "steered text": (
        lambda q, e: q.steer_text(TEXT, [f"{e[0]}@1-=x2"], count=3, temperature=0.7, seed=2, doses=[0, 2], watch=[ANSWER]),
        answers.SteeredText,
    ),
    "steer": (lambda q, e: q.steer(e[0], prompts=1), answers.Steering),
    "steer predict": (lambda q, e: q.steer_predict(features=2, prompts=4, risers=5), answers.SteeringTest),
    "validation": (lambda q, e: q.validate(where="family=two-step", interventions=4), answers.Validation),
    "exchange": (lambda q, e: q.exchange("a", where=GROUP, trials=3, features=5), answers.Exchange),
    "intervention": (lambda q, e: q.intervene(TEXT, [f"{e[0]}@1-=x0", "0/3@5=1.5"]), answers.Intervention),
    "information": (lambda q, e: q.information(), answers.Information),
}


def misfits(value, kind, place):
    """Where a value is not of its type: fields too many or too few, and values of others."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        if not isinstance(value, list):
            yield f"{place}: {value!r} is no list"
            return
        for number, item in enumerate(value):
            yield from misfits(item, inner[0], f"{place}[{number}]")
    elif origin is dict:
        for key, item in value.items():
            yield from misfits(item, inner[1], f"{place}.{key}")
    elif origin is typing.Union:
        if all(list(misfits(value, one, place)) for one in inner):
            yield f"{place}: {value!r} is none of {inner}"
    elif origin is typing.Literal:
        if value not in inner:
            yield f"{place}: {value!r} is none of {inner}"
    elif isinstance(kind, type) and issubclass(kind, dict):
        hints = typing.get_type_hints(kind)
        if not isinstance(value, dict):
            yield f"{place}: {value!r} is no object"
            return
        for key in sorted(kind.__required_keys__ - set(value)):
            yield f"{place}.{key}: missing in a {kind.__name__}"
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
        # The program tells as many changes as are asked for.
        assert len(by_program["changed"]) == 20 < len(by_server["changed"])
        by_server["changed"] = by_server["changed"][:20]
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
