"""Questions about prompts, alone and in groups."""

from __future__ import annotations

from typing import Optional, cast

from .. import answers
from .question import Asking, Prompt, Question


class PromptQuestions(Asking):
    """What the model said, and which prompts it treats alike or apart."""

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

    def graph_features(
        self, prompt: Prompt, *, nodes: Optional[float] = None, edges: Optional[float] = None
    ) -> answers.GraphFeatures:
        """How generic or specific the features of a prompt's graph are, and what operands call them."""
        question = Question(
            ["graph-features", "--", str(prompt)],
            "prompts/{prompt}/graph/features",
            {"nodes": nodes, "edges": edges},
            prompt=prompt,
        )
        return cast(answers.GraphFeatures, self._answer(question))

    def search(
        self, text: str, *, kind: Optional[str] = None, prompt: Optional[Prompt] = None, limit: int = 20
    ) -> answers.SearchResult:
        """Prompts, their names, tokens, features that promote them, labels and supernodes under some words.

        ``kind`` asks for one of these alone; with ``prompt``, ``promoters`` are features of its graph.
        """
        question = Question(
            ["search"] + ([] if prompt is None else [f"--prompt={prompt}"]) + (["--", text]),
            "search",
            {"kind": kind, "limit": limit},
            prompt=prompt,
            server_only={"text": text},
        )
        return cast(answers.SearchResult, self._answer(question))

    def listed_prompts(
        self,
        *,
        search: Optional[str] = None,
        where: Optional[str] = None,
        sort: str = "id",
        after: Optional[str] = None,
        limit: int = 20,
    ) -> answers.PromptList:
        """Prompts of a group, in an order; ``after`` is the ``next`` of the part before."""
        options = {"search": search, "where": where, "sort": sort, "after": after, "limit": limit}
        return cast(answers.PromptList, self._answer(Question(["prompts"], "prompts", options)))

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
