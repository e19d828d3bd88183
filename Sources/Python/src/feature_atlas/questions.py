"""The questions that an atlas answers, one method each, whoever answers them.

:class:`feature_atlas.Atlas` has them answered by the ``atlas`` program, :class:`feature_atlas.Client` by a server. No
question is answered here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Tuple, Union, cast

from . import answers
from .errors import AtlasError

#: A feature: ``(2, 157)``, ``"2/157"`` or ``{"layer": 2, "index": 157}``.
Feature = Union[str, Tuple[int, int], "answers.FeatureID"]
#: A prompt: its id in the atlas, a corpus's own id, or its text.
Prompt = Union[int, str]


@dataclass(frozen=True)
class Question:
    """One question, as a command of the program and as a request to a server."""

    command: List[str]
    route: str
    options: Dict[str, Any] = field(default_factory=dict)
    #: What options are called on the command line where that is not their name in the request.
    flags: Mapping[str, str] = field(default_factory=dict)
    #: The token, prompt and feature that the route and options need: a server wants ids.
    token: Optional[str] = None
    prompt: Optional[Prompt] = None
    #: ``never``, ``maybe`` (where the program was given one) or ``always``.
    model: str = "never"
    #: Whether a server answers it as a job.
    is_job: bool = False
    #: What only one of both understands.
    program_only: Dict[str, Any] = field(default_factory=dict)
    server_only: Dict[str, Any] = field(default_factory=dict)


def feature_name(feature: Feature) -> str:
    """A feature as ``layer/index``."""
    if isinstance(feature, str):
        layer, _, index = feature.partition("/")
        if layer.isascii() and layer.isdigit() and index.isascii() and index.isdigit():
            return feature
    elif isinstance(feature, Mapping):
        return f"{feature['layer']}/{feature['index']}"
    elif isinstance(feature, tuple) and len(feature) == 2:
        return f"{int(feature[0])}/{int(feature[1])}"
    raise AtlasError(f"expected a feature as layer/index, found {feature!r}")


class Questions:
    """Every question as a method; answers are dictionaries typed by :mod:`feature_atlas.answers`.

    ``where`` is a group of prompts: ``tag=value``, ``corpus=name``, ``right=yes``, several with commas between.
    ``limit`` is how many rows there are at most. Questions that need the replacement model say so.
    """

    def _answer(self, question: Question) -> Any:
        raise NotImplementedError

    # Features.

    def drivers(
        self, token: Optional[str] = None, *, token_id: Optional[int] = None, limit: int = 20
    ) -> answers.Drivers:
        """Which features drive a token's logit, across prompts. The token is named by its text or id."""
        command, route = _token(["drivers"], "logits/{token}", token, token_id)
        return cast(answers.Drivers, self._answer(Question(command, route, {"limit": limit}, token=token)))

    def upstream(self, feature: Feature, *, where: Optional[str] = None, limit: int = 20) -> answers.Neighbours:
        """What drives a feature by stored edges: features, tokens and errors."""
        return self._neighbours("upstream", feature, where, limit)

    def downstream(self, feature: Feature, *, where: Optional[str] = None, limit: int = 20) -> answers.Neighbours:
        """What a feature drives by stored edges: features and logits."""
        return self._neighbours("downstream", feature, where, limit)

    def upstream_by_weights(
        self, feature: Feature, *, by: str = "twera", where: Optional[str] = None, limit: int = 20
    ) -> answers.Neighbours:
        """What drives a feature by ``twera``, ``era`` or ``virtual`` weights. Needs the model."""
        return self._weight_neighbours("upstream", feature, by, where, limit)

    def downstream_by_weights(
        self, feature: Feature, *, by: str = "twera", where: Optional[str] = None, limit: int = 20
    ) -> answers.Neighbours:
        """What a feature drives by ``twera``, ``era`` or ``virtual`` weights. Needs the model."""
        return self._weight_neighbours("downstream", feature, by, where, limit)

    def feature(self, feature: Feature) -> answers.FeatureReport:
        """What excites a feature, what it writes, and its neighbours."""
        name = feature_name(feature)
        return cast(answers.FeatureReport, self._answer(Question(["feature", name], f"features/{name}")))

    def correlated(
        self, feature: Feature, *, by: str = "pearson", where: Optional[str] = None, limit: int = 20
    ) -> answers.Correlated:
        """Which features fire where a feature fires, by ``pearson`` or ``jaccard``."""
        name = feature_name(feature)
        options = {"by": by, "where": where, "limit": limit}
        question = Question(["correlated", name], f"features/{name}/correlated", options)
        return cast(answers.Correlated, self._answer(question))

    def edge(self, source: str, target: str, *, examples: int = 5, where: Optional[str] = None) -> answers.EdgeReport:
        """What one node does to another, across prompts: features are ``layer/index``, tokens their texts."""
        command = ["edge", "--", source, target]
        question = Question(
            command,
            f"edges/{_segment(source)}/{_segment(target)}",
            {"examples": examples, "where": where},
            model="maybe",
        )
        return cast(answers.EdgeReport, self._answer(question))

    def inhibitors(self, feature: Feature, *, where: Optional[str] = None, limit: int = 20) -> answers.Inhibitors:
        """What may keep a feature silent where it is expected to fire. Needs the model."""
        name = feature_name(feature)
        question = Question(
            ["inhibitors", name], f"features/{name}/inhibitors", {"where": where, "limit": limit}, model="maybe"
        )
        return cast(answers.Inhibitors, self._answer(question))

    def operands(
        self,
        feature: Feature,
        *,
        rows: str = "a",
        columns: str = "b",
        position: str = "last",
        where: Optional[str] = None,
    ) -> answers.Operands:
        """A feature's activation over the two operands of a template, which two tags tell."""
        name = feature_name(feature)
        options = {"rows": rows, "columns": columns, "position": position, "where": where}
        return cast(answers.Operands, self._answer(Question(["operands", name], f"features/{name}/operands", options)))

    def ranked_operands(
        self,
        *,
        kind: Optional[str] = None,
        rows: str = "a",
        columns: str = "b",
        position: str = "last",
        where: Optional[str] = None,
        limit: int = 20,
    ) -> answers.RankedOperands:
        """Features that depend on two operands, best fits first; ``kind`` is a class as ``stripe`` or ``lookup``."""
        options = {
            "class": kind,
            "rows": rows,
            "columns": columns,
            "position": position,
            "where": where,
            "limit": limit,
        }
        return cast(answers.RankedOperands, self._answer(Question(["operands", "--all"], "operands", options)))

    # Prompts.

    def prompt(self, prompt: Prompt, *, limit: int = 20) -> answers.PromptReport:
        """One prompt: what the model said and which features mattered."""
        question = Question(
            ["prompt", "--", str(prompt)],
            "prompts/{prompt}",
            {"limit": limit},
            prompt=prompt,
            server_only={"features": limit},
        )
        return cast(answers.PromptReport, self._answer(question))

    def search(self, text: str, *, limit: int = 20) -> answers.SearchResult:
        """Prompts, labels and supernodes that contain some words."""
        question = Question(["search", "--", text], "search", {"limit": limit}, server_only={"text": text})
        return cast(answers.SearchResult, self._answer(question))

    def diff(
        self, a: str, b: Optional[str] = None, *, false_discovery_rate: Optional[float] = None, limit: int = 20
    ) -> answers.Diff:
        """Which features and edges set two groups of prompts apart; ``b`` is all others unless given."""
        options = {"a": a, "b": b, "rate": false_discovery_rate, "limit": limit}
        question = Question(["diff"], "diff", options, {"rate": "false-discovery-rate"})
        return cast(answers.Diff, self._answer(question))

    def contrast(self, a: str, b: str, *, pair_by: str, limit: int = 20) -> answers.Contrast:
        """Which features are active in exactly one prompt of each pair that shares a tag's value."""
        options = {"a": a, "b": b, "by": pair_by, "limit": limit}
        return cast(answers.Contrast, self._answer(Question(["contrast"], "contrast", options, {"by": "pair-by"})))

    def invariant(self, where: str, *, share: Optional[float] = None, limit: int = 20) -> answers.Invariant:
        """Which features the prompts of a group have in common, and which none has."""
        options = {"where": where, "share": share, "limit": limit}
        return cast(answers.Invariant, self._answer(Question(["invariant"], "invariant", options)))

    def similar(
        self, prompt: Prompt, *, by: Optional[str] = None, where: Optional[str] = None, limit: int = 10
    ) -> answers.Similar:
        """Which prompts the model treats like one prompt, by ``influence`` or ``activation``."""
        question = Question(
            ["similar", "--", str(prompt)],
            "prompts/{prompt}/similar",
            {"by": by, "where": where, "limit": limit},
            prompt=prompt,
        )
        return cast(answers.Similar, self._answer(question))

    def families(
        self,
        *,
        where: Optional[str] = None,
        by: str = "influence",
        threshold: Optional[float] = None,
        prompts: Optional[int] = None,
        limit: int = 20,
    ) -> answers.Families:
        """Groups of prompts that the model treats alike."""
        options = {"where": where, "by": by, "threshold": threshold, "prompts": prompts, "limit": limit}
        return cast(answers.Families, self._answer(Question(["families"], "families", options)))

    def failures(self, *, where: Optional[str] = None, by: Optional[str] = None, limit: int = 20) -> answers.Failures:
        """Which answers to distrust: much error influence, wrong, or unsound sums; ``by`` is a tag."""
        options = {"where": where, "tag": by, "limit": limit}
        return cast(answers.Failures, self._answer(Question(["failures"], "failures", options, {"tag": "by"})))

    # Circuits.

    def circuit(
        self,
        *,
        token: Optional[str] = None,
        token_id: Optional[int] = None,
        feature: Optional[Feature] = None,
        prompt: Optional[Prompt] = None,
        where: Optional[str] = None,
        size: Optional[int] = None,
        rank_by: Optional[str] = None,
        node_threshold: Optional[float] = None,
        edge_threshold: Optional[float] = None,
        prompts: Optional[int] = None,
        by: str = "edges",
    ) -> answers.Circuit:
        """The global circuit that leads to a token, a feature, a prompt's targets or a group's answers."""
        options = {
            **_seed(token_id, feature, where),
            "size": size,
            "rank": rank_by,
            "nodes": node_threshold,
            "edges": edge_threshold,
            "prompts": prompts,
            "by": by,
        }
        question = Question(
            ["circuit"], "circuits", options, _CIRCUIT_FLAGS, token, prompt, "always" if by == "twera" else "never"
        )
        return cast(answers.Circuit, self._answer(question))

    def circuit_stability(
        self,
        *,
        token: Optional[str] = None,
        token_id: Optional[int] = None,
        feature: Optional[Feature] = None,
        where: Optional[str] = None,
        size: Optional[int] = None,
        limit: int = 20,
    ) -> answers.Stability:
        """The share of pruning settings that keep each node and edge of a circuit (``limit``: for the program)."""
        options = {**_seed(token_id, feature, where), "size": size}
        question = Question(
            ["stable"], "circuits/stability", options, _CIRCUIT_FLAGS, token, program_only={"limit": limit}
        )
        return cast(answers.Stability, self._answer(question))

    def stability(self, prompt: Prompt, *, limit: int = 20) -> answers.Stability:
        """The share of pruning settings that keep each node and edge of a prompt's graph."""
        question = Question(
            ["stable", f"--prompt={prompt}"],
            "prompts/{prompt}/stability",
            prompt=prompt,
            program_only={"limit": limit},
        )
        return cast(answers.Stability, self._answer(question))

    def supernodes(
        self,
        *,
        token: Optional[str] = None,
        token_id: Optional[int] = None,
        feature: Optional[Feature] = None,
        prompt: Optional[Prompt] = None,
        where: Optional[str] = None,
        size: Optional[int] = None,
        rank_by: Optional[str] = None,
        threshold: Optional[float] = None,
    ) -> answers.SuggestedSupernodes:
        """Features of a circuit that may be treated as one, and what that loses."""
        options = {**_seed(token_id, feature, where), "size": size, "rank": rank_by, "threshold": threshold}
        question = Question(["supernodes"], "circuits/supernodes", options, _CIRCUIT_FLAGS, token, prompt)
        return cast(answers.SuggestedSupernodes, self._answer(question))

    def motifs(
        self,
        *,
        where: Optional[str] = None,
        graphs: Optional[int] = None,
        rewirings: Optional[int] = None,
        signed: bool = True,
        false_discovery_rate: Optional[float] = None,
        limit: int = 20,
    ) -> answers.Motifs:
        """Labelled subgraphs that recur over prompts, against rewired graphs."""
        options = {
            "where": where,
            "graphs": graphs,
            "rewirings": rewirings,
            "rate": false_discovery_rate,
            "limit": limit,
        }
        question = Question(
            ["motifs"] + ([] if signed else ["--unsigned"]),
            "motifs",
            options,
            {"rate": "false-discovery-rate"},
            server_only={} if signed else {"signed": "no"},
        )
        return cast(answers.Motifs, self._answer(question))

    # Heads.

    def heads(self) -> answers.Heads:
        """Where every head looks, and how much of the stored edges goes through it."""
        return cast(answers.Heads, self._answer(Question(["heads"], "heads", program_only={"limit": 100_000})))

    def feature_heads(self, feature: Feature) -> answers.FeatureHeads:
        """The heads that carry a feature."""
        name = feature_name(feature)
        question = Question(["heads", "--feature", name], f"features/{name}/heads", program_only={"limit": 100_000})
        return cast(answers.FeatureHeads, self._answer(question))

    def head(self, layer: int, head: int, *, limit: int = 20) -> answers.HeadReport:
        """What one head carries, and to what."""
        question = Question(
            ["head", f"{int(layer)}.{int(head)}"],
            f"heads/{int(layer)}/{int(head)}",
            {"limit": limit},
        )
        return cast(answers.HeadReport, self._answer(question))

    def head_pairs(self, layer: int, head: int, *, prompts: int = 30, limit: int = 20) -> answers.HeadPairs:
        """The pairs of sources that make a head look, over prompts. Needs the model."""
        question = Question(
            ["head", f"{int(layer)}.{int(head)}", "--pairs"],
            f"heads/{int(layer)}/{int(head)}/pairs",
            {"limit": limit, "prompts": prompts},
            model="always",
        )
        return cast(answers.HeadPairs, self._answer(question))

    def attention(
        self,
        prompt: Prompt,
        layer: int,
        head: int,
        query: int,
        key: int,
        *,
        against: Optional[str] = None,
        pairs: int = 20,
    ) -> answers.Attention:
        """Why a head looks from one position of a prompt to another. Needs the model."""
        options = {"qk": f"{int(layer)}.{int(head)}@{int(query)},{int(key)}", "against": against, "pairs": pairs}
        question = Question(
            ["attention", "--", str(prompt)], "prompts/{prompt}/attention", options, prompt=prompt, model="always"
        )
        return cast(answers.Attention, self._answer(question))

    # The model is run; all of these need it.

    def run(self, text: str) -> answers.Run:
        """Runs a new text: what the model says, and which features of the atlas matter."""
        question = Question(["run", "--", text], "runs", model="always", is_job=True, server_only={"text": text})
        return cast(answers.Run, self._answer(question))

    def validate(
        self,
        *,
        where: str,
        interventions: int = 200,
        by: Optional[str] = None,
        ablation: Optional[float] = None,
        measured_prompts: Optional[int] = None,
        seed: Optional[int] = None,
    ) -> answers.Validation:
        """Tests what the atlas predicts by silencing features on held-out prompts of a group."""
        options = {
            "where": where,
            "interventions": interventions,
            "by": by,
            "ablation": ablation,
            "measuredPrompts": measured_prompts,
            "seed": seed,
        }
        question = Question(
            ["validate"], "validations", options, {"measuredPrompts": "measured-prompts"}, model="always", is_job=True
        )
        return cast(answers.Validation, self._answer(question))

    def steer(
        self,
        feature: Feature,
        *,
        factor: Optional[float] = None,
        prompts: int = 16,
        read: Optional[str] = None,
        where: Optional[str] = None,
        seed: Optional[int] = None,
        limit: int = 10,
    ) -> answers.Steering:
        """What rises and falls when a feature is made stronger wherever it fires."""
        name = feature_name(feature)
        options = {"factor": factor, "prompts": prompts, "read": read, "where": where, "seed": seed, "limit": limit}
        question = Question(
            ["steer", name], "steerings", options, model="always", is_job=True, server_only={"feature": name}
        )
        return cast(answers.Steering, self._answer(question))

    def steer_predict(
        self,
        *,
        features: Optional[int] = None,
        risers: Optional[int] = None,
        factor: Optional[float] = None,
        prompts: int = 16,
        read: Optional[str] = None,
        where: Optional[str] = None,
        seed: Optional[int] = None,
    ) -> answers.SteeringTest:
        """Whether the atlas foretells what rises when features are steered."""
        options = {
            "features": features,
            "risers": risers,
            "factor": factor,
            "prompts": prompts,
            "read": read,
            "where": where,
            "seed": seed,
        }
        question = Question(["steer-predict"], "steering-tests", options, model="always", is_job=True)
        return cast(answers.SteeringTest, self._answer(question))

    def exchange(
        self,
        by: str,
        *,
        where: Optional[str] = None,
        features: Optional[int] = None,
        rank_by: Optional[str] = None,
        positions: Optional[str] = None,
        judgement: Optional[str] = None,
        strength: Optional[float] = None,
        trials: Optional[int] = None,
        seed: Optional[int] = None,
    ) -> answers.Exchange:
        """Puts the features of one value of a tag in the place of another's: does the answer follow?"""
        options = {
            "by": by,
            "where": where,
            "features": features,
            "rankBy": rank_by,
            "positions": positions,
            "judgement": judgement,
            "strength": strength,
            "trials": trials,
            "seed": seed,
        }
        question = Question(
            ["exchange", "--quiet"], "exchanges", options, {"rankBy": "rank-by"}, model="always", is_job=True
        )
        return cast(answers.Exchange, self._answer(question))

    def validate_heads(
        self,
        *heads: Tuple[int, int],
        where: Optional[str] = None,
        pairs: Optional[int] = None,
        least_weight: Optional[float] = None,
        tokens_before_end: Optional[int] = None,
        prompts: Optional[int] = None,
        seed: Optional[int] = None,
    ) -> answers.HeadValidation:
        """Tests by interventions why heads, each (layer, head), look where they look, and whether answers need it."""
        names = [f"{int(layer)}.{int(head)}" for layer, head in heads]
        options = {
            "where": where,
            "pairs": pairs,
            "leastWeight": least_weight,
            "tokensBeforeEnd": tokens_before_end,
            "prompts": prompts,
            "seed": seed,
        }
        question = Question(
            ["validate-heads", *names, "--quiet"],
            "head-validations",
            options,
            {"leastWeight": "least-weight", "tokensBeforeEnd": "before-end"},
            model="always",
            is_job=True,
            server_only={"heads": names},
        )
        return cast(answers.HeadValidation, self._answer(question))

    def _neighbours(self, side: str, feature: Feature, where: Optional[str], limit: int) -> answers.Neighbours:
        name = feature_name(feature)
        question = Question([side, name], f"features/{name}/{side}", {"where": where, "limit": limit})
        return cast(answers.Neighbours, self._answer(question))

    def _weight_neighbours(
        self, side: str, feature: Feature, by: str, where: Optional[str], limit: int
    ) -> answers.Neighbours:
        name = feature_name(feature)
        if by not in ("twera", "era", "virtual"):
            raise AtlasError(f"by: expected twera, era or virtual, found {by!r}")
        options = {"by": by, "where": where, "limit": limit}
        question = Question([side, name], f"features/{name}/{side}", options, model="always")
        return cast(answers.Neighbours, self._answer(question))


_CIRCUIT_FLAGS = {
    "token": "token-id",
    "rank": "rank-by",
    "nodes": "node-threshold",
    "edges": "edge-threshold",
}


def _token(command: List[str], route: str, token: Optional[str], token_id: Optional[int]) -> Tuple[List[str], str]:
    if (token is None) == (token_id is None):
        raise AtlasError("expected either a token's text or its id")
    if token_id is None:
        return command, route
    return command + [f"--token-id={int(token_id)}"], route.replace("{token}", str(int(token_id)))


def _seed(token_id: Optional[int], feature: Optional[Feature], where: Optional[str]) -> Dict[str, Any]:
    return {"token": token_id, "feature": None if feature is None else feature_name(feature), "where": where}


def _segment(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")
