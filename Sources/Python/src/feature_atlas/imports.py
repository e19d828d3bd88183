"""Files of others into an atlas, by the ``atlas`` program.

from feature_atlas import Atlas, import_graphs

summary = import_graphs(["downloads"], "found.atlas")
for refusal in summary["refused"]:
    print(refusal["reason"])
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Dict, List, Optional, Sequence, Union, cast

from .errors import AtlasError
from .program import Place, Program, ProgramSettings
from .program_answers import ImportSummary

if TYPE_CHECKING:
    from typing_extensions import Unpack

#: One file or folder, or several.
Files = Union[Place, Sequence[Place]]


def import_graphs(
    files: Files,
    atlas: Place,
    *,
    corpus: Optional[str] = None,
    cross_layer: bool = False,
    **settings: Unpack[ProgramSettings],
) -> ImportSummary:
    """Takes attribution graphs of circuit-tracer and Neuronpedia, files or folders of them, into an atlas.

    The atlas is made if there is none. Each file is stored as a whole or not at all; ``refused`` tells those left out.
    """
    return _import("graphs", files, atlas, {"corpus": corpus}, ["--cross-layer"] * cross_layer, settings)


def import_raw(
    files: Files,
    atlas: Place,
    *,
    corpus: Optional[str] = None,
    node_threshold: Optional[float] = None,
    edge_threshold: Optional[float] = None,
    model_name: Optional[str] = None,
    transcoder_name: Optional[str] = None,
    **settings: Unpack[ProgramSettings],
) -> ImportSummary:
    """Takes unpruned graphs, as ``from_circuit_tracer`` writes them, into an atlas, and prunes them."""
    options: Dict[str, object] = {
        "corpus": corpus,
        "node-threshold": node_threshold,
        "edge-threshold": edge_threshold,
        "model-name": model_name,
        "transcoder-name": transcoder_name,
    }
    return _import("raw", files, atlas, options, [], settings)


def import_labels(file: Place, atlas: Place, *, replace: bool = False, **settings: Unpack[ProgramSettings]) -> None:
    """Takes names of features, a table or Neuronpedia's explanations, into an atlas; ``replace``: over those it has."""
    flags = ["--replace"] * replace
    Program(atlas, **settings).run(["import", "labels", f"--atlas={os.fspath(atlas)}", *flags, "--", os.fspath(file)])


def _import(
    what: str, files: Files, atlas: Place, options: Dict[str, object], flags: List[str], settings: ProgramSettings
) -> ImportSummary:
    places = [files] if isinstance(files, (str, os.PathLike)) else list(files)
    if not places:
        raise AtlasError(f"import {what}: expected files, found none")
    given = [f"--{name}={value}" for name, value in options.items() if value is not None]
    arguments = ["import", what, f"--atlas={os.fspath(atlas)}", "--json", "--quiet", *given, *flags, "--"]
    # Files that were left out end the program with 1, and are told in its answer.
    found = Program(atlas, **settings).json([*arguments, *(os.fspath(place) for place in places)], codes=(0, 1))
    return cast(ImportSummary, found)
