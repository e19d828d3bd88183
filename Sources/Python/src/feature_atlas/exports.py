"""What the ``atlas`` program writes for other tools, as methods of an atlas."""

from __future__ import annotations

import os
from pathlib import Path
from typing import List, Mapping, Optional, Sequence

from .errors import AtlasError
from .program import Place, Program
from .questions import Feature, Prompt, feature_name


class Exports:
    """Files for viewers of graphs, for Neuronpedia and for network tools; see ``atlas export --help``."""

    program: Program

    def export_graph(
        self,
        prompt: Prompt,
        folder: Place,
        *,
        slug: Optional[str] = None,
        scan: Optional[str] = None,
        node_threshold: Optional[float] = None,
        edge_threshold: Optional[float] = None,
        format: str = "json",
        with_bias: bool = False,
        overwrite: bool = False,
    ) -> Path:
        """Writes a prompt's graph for circuit-tracer's viewer and Neuronpedia, or as ``format="graphml"``; its file."""
        options = {
            "prompt": prompt,
            "output": os.fspath(folder),
            "slug": slug,
            "scan": scan,
            "node-threshold": node_threshold,
            "edge-threshold": edge_threshold,
            "format": format,
        }
        flags = ["--with-bias"] * with_bias + ["--overwrite"] * overwrite
        lines = self._export("graph", options, flags).splitlines()
        if not lines:
            raise AtlasError("atlas export graph: expected the file's name, found nothing")
        return Path(lines[-1])

    def export_features(self, folder: Place, features: Optional[Sequence[Feature]] = None) -> None:
        """Writes what circuit-tracer's viewer shows of features; of all that fire unless some are named."""
        self._export("features", {"output": os.fspath(folder), "features": _list(features)}, ["--quiet"])

    def export_bundle(
        self,
        folder: Place,
        features: Optional[Sequence[Feature]] = None,
        *,
        model_id: Optional[str] = None,
        source_set: Optional[str] = None,
        creator: Optional[str] = None,
        creator_id: Optional[str] = None,
    ) -> None:
        """Writes features as Neuronpedia imports them, a folder a layer; all that fire unless some are named."""
        options = {
            "output": os.fspath(folder),
            "features": _list(features),
            "model-id": model_id,
            "source-set": source_set,
            "creator": creator,
            "creator-id": creator_id,
        }
        self._export("bundle", options, ["--quiet"])

    def export_labels(self, file: Place) -> None:
        """Writes the names that people gave, as a table (``.csv``) or as Neuronpedia's explanations (``.jsonl``)."""
        self._export("labels", {"output": os.fspath(file)}, [])

    def _export(self, what: str, options: Mapping[str, object], flags: List[str]) -> str:
        given = [f"--{name}={value}" for name, value in options.items() if value is not None]
        return self.program.run(["export", what, f"--atlas={self.program.atlas}", *given, *flags])


def _list(features: Optional[Sequence[Feature]]) -> Optional[str]:
    return None if features is None else ",".join(map(feature_name, features))
