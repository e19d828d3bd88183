"""Questions over all shards: Spark SQL adds up, the program answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Set, Union

from ..errors import AtlasError
from ..program import Place
from ..questions import Question, Questions
from .failures import reason
from .feature_rows import side_of
from .keys import Key, about_features, feature_named, feature_of, listed, node_key, told_features
from .question_atlas import QuestionAtlas
from .question_rows import QuestionRows
from .shard_rows import ShardRows
from .shards import read_shards

#: Prompts of a circuit unless told.
CIRCUIT_PROMPTS = 200
#: Rounds in which inputs of a circuit's features are fetched at most; each finds at least one.
ROUNDS = 64


class ShardedAtlas(Questions):
    """The shards below a folder, asked as one atlas.

        with ShardedAtlas(spark, "out") as atlas:
            atlas.drivers(" Austin")

    It answers ``drivers``, ``upstream``, ``downstream``, ``edge``, ``feature`` and ``circuit`` as
    :class:`feature_atlas.Atlas` does, over all prompts: ``where`` is not understood. Sums over shards differ from those
    of one atlas in rounding only. Where an answer names a prompt, ``promptID`` is its id in the atlas of ``shard``, and
    ``prompt`` its hash.

    :param program: the program on this machine; see :func:`feature_atlas.program.find_program`
    :param verify: whether every file is read and compared with its digest first
    """

    def __init__(
        self, spark: Any, out: Union[str, Path], *, program: Optional[Place] = None, verify: bool = False
    ) -> None:
        self.shards = read_shards(out, verify)
        self._rows = ShardRows(spark, self.shards)
        self._atlas = QuestionAtlas(self.shards.shards[0].atlas, program)
        self._fill = QuestionRows(self._rows, self._atlas, self.shards.totals)

    def __enter__(self) -> ShardedAtlas:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Removes what questions left on this machine."""
        self._atlas.close()

    def _answer(self, question: Question) -> Any:
        kind = question.command[0]
        answers: Dict[str, Callable[[Question], Any]] = {
            "drivers": self._drivers, "upstream": self._nearby, "downstream": self._nearby,
            "edge": self._edge, "feature": self._feature, "circuit": self._circuit,
        }  # fmt: skip
        if kind not in answers:
            raise AtlasError(f"{kind}: not answered over shards; one atlas does (atlas merge makes it)")
        if question.options.get("where") is not None:
            raise AtlasError(f"{kind}: where: not understood over shards; one atlas does (atlas merge makes it)")
        if question.model == "always":
            raise AtlasError(f"{kind} by weights: not answered over shards")
        try:
            self._atlas.begin()
            return self._named(answers[kind](question))
        except AtlasError:
            raise
        except Exception as error:
            raise AtlasError(reason(error)) from None

    def _ask(self, question: Question, known: Set[Key]) -> Any:
        """Asks the program, names the features that the answer tells of, and asks again."""
        answer = self._atlas.answer(question)
        told = told_features(answer) - known
        if not told:
            return answer
        self._fill.put_features(told)
        known |= told
        return self._atlas.answer(question)

    def _named(self, answer: Any) -> Any:
        """An answer whose prompts are named as they are outside the small atlas."""
        if isinstance(answer, list):
            return [self._named(item) for item in answer]
        if not isinstance(answer, dict):
            return answer
        named = {key: self._named(value) for key, value in answer.items()}
        if answer.get("promptID") in self._atlas.names:
            named.update(self._atlas.names[answer["promptID"]])
        return named

    def _token_ids(self, question: Question) -> List[int]:
        if question.token is not None:
            return self._atlas.tokens(question.token)
        for place, part in enumerate(question.command):
            name, _, value = part.partition("=")
            if name == "--token-id":
                return [int(value or question.command[place + 1])]
        identifier = question.options.get("tokenID", question.options.get("token"))
        return [] if identifier is None else [int(identifier)]

    def _drivers(self, question: Question) -> Any:
        self._fill.put_totals()
        statistics = self._fill.put_tokens()
        occurrences = sum(row["effect_prompts"] for row in statistics.values())
        for token in self._token_ids(question):
            if token in statistics and statistics[token]["prompt_count"]:
                self._fill.put_drivers(token, statistics[token], occurrences)
        return self._ask(question, set())

    def _nearby(self, question: Question) -> Any:
        feature = feature_named(question.command[1])
        self._fill.put_totals()
        self._fill.put_nearest(feature)
        end = "target" if question.command[0] == "upstream" else "source"
        self._fill.put_edges(f"{end} = {node_key(feature)}")
        return self._ask(question, {feature})

    def _feature(self, question: Question) -> Any:
        feature = feature_named(question.command[1])
        layer, index = feature
        found = self._rows.rows("feature_sums", about_features({feature}))
        sides = {}
        if found:
            (sums,) = found
            sides[1] = side_of(self._rows.spark, self._rows.frames, layer, index, 1, max(0.0, sums["maximum"]))
            if sums["negative_tokens"]:
                sides[-1] = side_of(self._rows.spark, self._rows.frames, layer, index, -1, -sums["minimum"])
            wanted = {(row[2], row[3]) for side in sides.values() for row in side.examples}
            self._atlas.add_prompts(self._rows.facts(wanted))
            self._atlas.clear_derived()
        self._fill.put_totals()
        for sign, side in sides.items():
            infix = "negative_" if sign < 0 else ""
            self._atlas.insert(
                f"feature_{infix}examples", "layer, feature_index, band, rank, prompt_id, position, activation",
                [
                    (layer, index, band, rank, self._atlas.ids[shard, ordinal], position, activation)
                    for band, rank, shard, ordinal, position, activation in side.examples
                ],
            )  # fmt: skip
            self._atlas.insert(
                f"feature_{infix}bands", "layer, feature_index, band, prompt_count",
                [(layer, index, band, count) for band, count in side.bands.items()],
            )  # fmt: skip
        self._fill.put_nearest(feature)
        for sign, side in sides.items():
            table = "feature_statistics" if sign > 0 else "feature_negative_tails"
            self._atlas.set_histogram(table, feature, side.histogram)
        self._atlas.insert(
            "token_effects", "kind, layer, feature_index, rank, token, value",
            [tuple(row) for row in self._rows.rows("token_effects", about_features({feature}))],
        )  # fmt: skip
        self._fill.put_edges(f"target = {node_key(feature)} OR source = {node_key(feature)}")
        return self._ask(question, {feature})

    def _edge(self, question: Question) -> Any:
        source_text, target_text = question.command[-2:]
        sources, targets = self._nodes(source_text), self._nodes(target_text)
        features = {feature_of(key) for key in (*sources, *targets) if key >> 40 == 0}
        chosen: List[Key] = []
        for source in sources:
            for target in targets:
                chosen += self._rows.edge_prompts(source, target)
        self._atlas.add_prompts(self._rows.facts(chosen))
        self._atlas.clear_derived()
        self._fill.put_totals()
        self._fill.put_tokens()
        for feature in features:
            self._fill.put_nearest(feature)
        if sources and targets:
            self._fill.put_edges(f"target IN ({listed(targets)}) AND source IN ({listed(sources)})")
        return self._ask(question, set(features))

    def _nodes(self, text: str) -> List[int]:
        """The node keys that a text may mean."""
        kind, mark, rest = text.partition(":")
        if not mark:
            layer, _, index = text.partition("/")
            is_number = all(part.isascii() and part.isdigit() and len(part) < 9 for part in (layer, index))
            return [node_key((int(layer), int(index)))] if is_number else []
        if kind == "error":
            return [1 << 40 | int(rest) << 24] if rest.isascii() and rest.isdigit() and len(rest) < 6 else []
        if kind in ("token", "logit"):
            return [(2 if kind == "token" else 3) << 40 | token for token in self._atlas.tokens(rest)]
        return []

    def _circuit(self, question: Question) -> Any:
        feature = question.options.get("feature")
        if feature is not None:
            return self._circuit_of_feature(question, feature_named(feature))
        tokens = self._token_ids(question)
        if not tokens and question.token is None:
            raise AtlasError("circuit: expected a token or a feature over shards; one atlas answers the rest")
        limit = question.options.get("prompts") or CIRCUIT_PROMPTS
        chosen: List[Key] = []
        for token in tokens:
            found = self._rows.spark.sql(
                f"SELECT shard, ordinal FROM {{e}} WHERE token = {token} ORDER BY shard, ordinal LIMIT {int(limit)}",
                e=self._rows.frames["explained"],
            )
            chosen += [(row[0], row[1]) for row in found.collect()]
        self._atlas.add_prompts(self._rows.facts(chosen))
        self._atlas.clear_derived()
        self._fill.put_totals()
        statistics = self._fill.put_tokens()
        answer = self._ask(question, set())
        # The small atlas has the first prompts only.
        token = answer["seed"]["token"]["_0"] if isinstance(answer["seed"]["token"], dict) else answer["seed"]["token"]
        answer["groupSize"] = statistics[token]["prompt_count"]
        return answer

    def _circuit_of_feature(self, question: Question, feature: Key) -> Any:
        self._fill.put_totals()
        self._fill.put_nearest(feature)
        known, open_features = {feature}, {feature}
        loaded: Set[Key] = set()
        whole = Question(
            question.command, question.route,
            {**question.options, "nodes": 1.0, "edges": 1.0}, question.flags, question.token, question.prompt,
        )  # fmt: skip
        for _ in range(ROUNDS):
            # What grows from inputs that are there may end too early; what it joins is asked for its inputs next.
            self._fill.put_edges(f"target IN ({listed(node_key(entry) for entry in open_features)})")
            loaded |= open_features
            open_features = told_features(self._atlas.answer(whole)) - loaded
            if not open_features:
                break
        return self._ask(question, known)
