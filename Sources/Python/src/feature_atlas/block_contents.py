"""What the packed columns of an atlas hold, a kind each."""

from __future__ import annotations

from typing import NamedTuple

from .bits import Floats, Integers


class Activations(NamedTuple):
    """Active features, ascending by layer, position and index."""

    layer: Integers
    position: Integers
    feature_index: Integers
    activation: Floats


class Nodes(NamedTuple):
    """Kept nodes in graph order; ``kind`` is 0 feature, 1 error, 2 token, 3 logit.

    ``number`` is a feature's index or a logit's place among the targets.
    """

    kind: Integers
    layer: Integers
    position: Integers
    number: Integers
    activation: Floats
    influence: Floats
    cumulative_influence: Floats
    input_sum: Floats
    bias_input: Floats


class Edges(NamedTuple):
    """Kept edges, ascending by target and source: places in the list of nodes."""

    source: Integers
    target: Integers
    weight: Floats


class Postings(NamedTuple):
    """Places where features fire, ascending by feature (a node key), prompt (its id in the file) and position."""

    feature: Integers
    prompt_id: Integers
    position: Integers
    activation: Floats


class Effects(NamedTuple):
    """What each node does, ``[nodes]``, and ``[targets][nodes]``."""

    gap: Floats
    answer: Floats
    targets: Floats


class Measured(NamedTuple):
    """What silencing nodes did, ascending by node."""

    node: Integers
    answer: Floats
    gap: Floats
    divergence: Floats


class Heads(NamedTuple):
    """The main heads of edges: ``edge``, ``layer``, ``head`` and ``loading`` by entry, ``rest`` by edge."""

    edge: Integers
    layer: Integers
    head: Integers
    loading: Floats
    rest: Floats


class Patterns(NamedTuple):
    """Where the model's heads look, by layer, then head: means over positions after the first."""

    previous: Floats
    same: Floats
    first: Floats
    distance: Floats
    entropy: Floats
