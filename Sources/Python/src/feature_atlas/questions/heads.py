"""Questions about attention heads."""

from __future__ import annotations

from typing import Optional, cast

from .. import answers
from .question import Asking, Feature, Prompt, Question, feature_name


class HeadQuestions(Asking):
    """Where heads look, what they carry and why."""

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
