"""Questions about circuits over many graphs."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, cast

from .. import answers
from .question import Asking, Feature, Prompt, Question, feature_name

_CIRCUIT_FLAGS = {
    "token": "token-id",
    "rank": "rank-by",
    "nodes": "node-threshold",
    "edges": "edge-threshold",
}


def _seed(token_id: Optional[int], feature: Optional[Feature], where: Optional[str]) -> Dict[str, Any]:
    return {"token": token_id, "feature": None if feature is None else feature_name(feature), "where": where}


class CircuitQuestions(Asking):
    """Global circuits, how stable they are, and what recurs."""

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
        expand: Sequence[Feature] = (),
    ) -> answers.Circuit:
        """The global circuit that leads to a token, a feature, a prompt's targets or a group's answers.

        The strongest inputs of the features in ``expand`` join, however weak.
        """
        names = [feature_name(one) for one in expand]
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
            ["circuit", *(f"--expand={name}" for name in names)],
            "circuits",
            options,
            _CIRCUIT_FLAGS,
            token,
            prompt,
            "always" if by == "twera" else "never",
            server_only={"expand": ",".join(names) or None},
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
