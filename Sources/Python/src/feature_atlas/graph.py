"""One prompt's stored graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Optional

from .bits import Floats
from .table import Table


@dataclass(frozen=True)
class Target:
    """What a graph explains: a token's logit, or something made of several (then ``token`` is ``None``)."""

    ordinal: int
    text: str
    probability: float
    position: int
    token: Optional[int]
    kind: str = "token"


@dataclass(frozen=True)
class Graph:
    """A prompt's kept nodes and edges, as tables whose ``node``, ``source`` and ``target`` refer to each other.

    ``influence`` is ``[targets][nodes]``. In a notebook it shows as the pages draw it where ``display`` was given a
    program or server, else as numbers.
    """

    prompt: str
    text: str
    tokens: List[int]
    token_texts: List[str]
    targets: List[Target]
    nodes: Table
    edges: Table
    influence: Floats
    replacement_score: float
    completeness_score: float
    node_threshold: float
    edge_threshold: float
    source: Any = None

    def to_circuit_tracer(self, as_dict: bool = False) -> Any:
        """The graph as a ``circuit_tracer.Graph``; see :func:`feature_atlas.to_circuit_tracer`."""
        from .circuit_tracer_graphs import to_circuit_tracer

        return to_circuit_tracer(self, as_dict=as_dict)

    def __repr__(self) -> str:
        return f"<Graph of {self.text!r}: {len(self.nodes)} nodes, {len(self.edges)} edges>"

    def _repr_html_(self) -> str:
        from .display import graph_html

        return graph_html(self)
