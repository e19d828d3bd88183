"""Questions that run the model; all of them need it."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Tuple, cast

from .. import answers
from ..errors import AtlasError
from .question import Asking, Feature, Question, feature_name


class ExperimentQuestions(Asking):
    """What the model does when it is run, and when features are set in it."""

    def run(self, text: str, *, target: Optional[str] = None, minus: Optional[str] = None) -> answers.Run:
        """Runs a new text: what the model says, and which features of the atlas matter.

        The graph explains the likeliest tokens, or the logit of ``target``, less that of ``minus``: tokens' texts or ``#ID``.
        """
        question = Question(
            ["run", "--", text],
            "runs",
            {"target": target, "minus": minus},
            model="always",
            is_job=True,
            server_only={"text": text},
        )
        return cast(answers.Run, self._answer(question))

    def steer_text(
        self,
        text: str,
        settings: Sequence[str],
        *,
        count: int = 12,
        temperature: Optional[float] = None,
        seed: Optional[int] = None,
        doses: Sequence[float] = (),
        watch: Sequence[str] = (),
    ) -> answers.SteeredText:
        """Continues a text as it is and with features set, as ``["2/157@3-=x3"]``, and tells what comes next by dose.

        At dose d a multiple m multiplies by 1 + d (m - 1), and a value is d times as large.
        """
        if isinstance(settings, str) or not settings:
            raise AtlasError(f"settings: expected a list of LAYER/INDEX@POSITIONS=VALUE, found {settings!r}")
        written = [float(dose) for dose in doses]
        body: Dict[str, object] = {
            "text": text,
            "settings": [_setting(setting) for setting in settings],
            "doses": written or None,
            "watched": list(watch) or None,
        }
        command = ["steer-text", *(f"--set={setting}" for setting in settings), *(f"--watch={token}" for token in watch)]
        if written:
            command.append(f"--doses={','.join(map(repr, written))}")
        question = Question(
            [*command, "--", text],
            "steered-texts",
            {"count": count, "temperature": temperature, "seed": seed},
            model="always",
            is_job=True,
            server_only=body,
        )
        return cast(answers.SteeredText, self._answer(question))

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

    def intervene(
        self,
        text: str,
        settings: Sequence[str],
        *,
        mode: str = "free",
        layers: Optional[str] = None,
        limit: int = 20,
    ) -> answers.Intervention:
        """Runs a text as it is and with features set, as ``["2/157@12=x0", "3/40@10-=1.5"]``.

        ``mode`` is free, attention-frozen, norms-frozen, constrained (to ``layers``, ``"2-4"``) or frozen.
        """
        if isinstance(settings, str) or not settings:
            raise AtlasError(f"settings: expected a list of LAYER/INDEX@POSITIONS=VALUE, found {settings!r}")
        body: Dict[str, object] = {"text": text, "settings": [_setting(setting) for setting in settings], "mode": mode}
        if layers is not None:
            body["layers"] = layers
        question = Question(
            ["intervene", *(f"--set={setting}" for setting in settings), "--", text],
            "interventions",
            model="always",
            is_query=False,
            is_job=True,
            program_only={"mode": mode, "layers": layers, "limit": limit},
            server_only=body,
        )
        return cast(answers.Intervention, self._answer(question))


def _setting(text: str) -> Dict[str, object]:
    """A setting as a server takes it."""
    place, equals, value = text.partition("=")
    feature, at, positions = place.partition("@")
    name = "multiple" if value.startswith("x") else "value"
    try:
        number = float(value[1:] if value.startswith("x") else value)
    except ValueError:
        equals = ""
    if not equals or not at:
        raise AtlasError(f"settings: expected LAYER/INDEX@POSITIONS=VALUE, found {text!r}")
    return {"feature": feature_name(feature), "positions": positions, name: number}
