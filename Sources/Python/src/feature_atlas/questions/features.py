"""Questions about features and what links them."""

from __future__ import annotations

from typing import Optional, cast

from .. import answers
from ..errors import AtlasError
from .question import Asking, Feature, Question, feature_name, segment, token_route


class FeatureQuestions(Asking):
    """What drives tokens and features, and what features drive."""

    def drivers(
        self, token: Optional[str] = None, *, token_id: Optional[int] = None, limit: int = 20
    ) -> answers.Drivers:
        """Which features drive a token's logit, across prompts. The token is named by its text or id."""
        command, route = token_route(["drivers"], "logits/{token}", token, token_id)
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
            f"edges/{segment(source)}/{segment(target)}",
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

    def operand_labels(self, *features: Feature) -> answers.OperandLabels:
        """What features are called by their activations over the two operands of a template, as ``a+b ≈ 153``."""
        names = [feature_name(feature) for feature in features]
        question = Question(["operand-labels", *names], "operand-labels", server_only={"features": " ".join(names)})
        return cast(answers.OperandLabels, self._answer(question))

    def listed_features(
        self,
        *,
        search: Optional[str] = None,
        layer: Optional[int] = None,
        dead: bool = False,
        minimum_density: Optional[float] = None,
        labelled: Optional[bool] = None,
        sort: str = "feature",
        after: Optional[str] = None,
        limit: int = 20,
    ) -> answers.FeatureList:
        """Features that fire, or with ``dead`` those that never do, in an order; ``after`` is the ``next`` of the part before."""
        flags = (["--dead"] if dead else []) + ([] if labelled is None else ["--labelled" if labelled else "--unlabelled"])
        only = {"firing": "no"} if dead else {}
        if labelled is not None:
            only["labelled"] = "yes" if labelled else "no"
        question = Question(
            ["features"] + flags,
            "features",
            {
                "search": search,
                "layer": layer,
                "minimumDensity": minimum_density,
                "sort": sort,
                "after": after,
                "limit": limit,
            },
            {"minimumDensity": "minimum-density"},
            server_only=only,
        )
        return cast(answers.FeatureList, self._answer(question))

    def listed_tokens(
        self, *, search: Optional[str] = None, sort: str = "prompts", after: Optional[str] = None, limit: int = 20
    ) -> answers.LogitList:
        """Tokens whose logit some stored graph explains, in an order; ``after`` is the ``next`` of the part before."""
        options = {"search": search, "sort": sort, "after": after, "limit": limit}
        return cast(answers.LogitList, self._answer(Question(["logits"], "logits", options)))

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
