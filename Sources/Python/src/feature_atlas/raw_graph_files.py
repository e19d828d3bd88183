"""Raw graph files: what they hold, and as what circuit-tracer takes it. ``RAW_GRAPH.md`` describes the file."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, Mapping, Union

import numpy as np
import numpy.typing as npt

from . import safetensors_file
from .errors import AtlasError

_REQUIRED = (
    "input_ids",
    "active_features",
    "activation_values",
    "selected_features",
    "logit_tokens",
    "logit_probabilities",
    "adjacency",
)


def of_file(path: Union[str, os.PathLike[str]]) -> Dict[str, Any]:
    """The arguments of a ``circuit_tracer.Graph`` of a raw graph file."""
    arrays, metadata = safetensors_file.read(path)
    missing = [name for name in _REQUIRED if name not in arrays]
    if missing:
        raise AtlasError(f"{path}: expected a raw graph, found no array {missing[0]}")
    positions = len(arrays["input_ids"])
    targets = arrays["logit_tokens"].tolist()
    others = len(arrays["adjacency"]) - len(arrays["selected_features"]) - len(targets) - positions
    layers = others // max(1, positions)
    try:
        texts = json.loads(metadata.get("target_texts") or metadata.get("targets") or "[]")
        largest = max([*targets, *arrays["input_ids"].tolist()], default=0)
        vocabulary = int(metadata.get("vocabulary_size") or largest + 1)
        width = int(metadata.get("model_width") or 0)
    except ValueError as error:
        raise AtlasError(f"{path}: metadata: {error}") from None
    texts = texts if isinstance(texts, list) and len(texts) == len(targets) else [""] * len(targets)
    texts = ["" if text == f"#{token}" else text for text, token in zip(texts, targets)]
    check(str(path), {name: arrays[name] for name in _REQUIRED}, layers, vocabulary)
    wide = {name: arrays[name].astype(np.int64) for name in ("input_ids", "active_features", "selected_features")}
    return {
        "input_string": metadata.get("prompt", ""),
        "input_tokens": wide["input_ids"],
        "active_features": wide["active_features"],
        "adjacency_matrix": arrays["adjacency"].astype(np.float32),
        "cfg": config_of(metadata.get("model_name", ""), layers, width, vocabulary),
        "selected_features": wide["selected_features"],
        "activation_values": arrays["activation_values"].astype(np.float32),
        "logit_targets": [(str(text), int(token)) for text, token in zip(texts, targets)],
        "logit_probabilities": arrays["logit_probabilities"].astype(np.float32),
        "scan": metadata.get("transcoder_name"),
        "vocab_size": vocabulary,
    }


def config_of(model: str, layers: int, width: int, vocabulary: int) -> Dict[str, Any]:
    """The fields of circuit-tracer's ``UnifiedConfig``; what an atlas does not know is 0."""
    return {
        "n_layers": layers,
        "d_model": width,
        "d_head": 0,
        "n_heads": 0,
        "d_mlp": 0,
        "d_vocab": vocabulary,
        "tokenizer_name": model,
        "model_name": model,
        "original_architecture": "",
    }


def check(where: str, arrays: Mapping[str, npt.NDArray[Any]], layers: int, vocabulary: int) -> None:
    """Throws unless the arrays are those of one graph."""

    def require(is_sound: bool, what: str, expected: str, found: object) -> None:
        if not is_sound:
            raise AtlasError(f"{where}: {what}: expected {expected}, found {found}")

    def require_below(what: str, values: npt.NDArray[Any], limit: int) -> None:
        if values.size:
            low, high = int(values.min()), int(values.max())
            require(0 <= low and high < limit, what, f"0 to {limit - 1}", low if low < 0 else high)

    positions, active = len(arrays["input_ids"]), len(arrays["active_features"])
    selected, targets = len(arrays["selected_features"]), len(arrays["logit_tokens"])
    count = selected + layers * positions + positions + targets
    adjacency = arrays["adjacency"]
    require(positions > 0, "input_ids", "tokens", "none")
    require(adjacency.shape == (count, count), "adjacency", f"{count} x {count} numbers", adjacency.shape)
    require(arrays["active_features"].shape == (active, 3), "active_features", "three columns", "others")
    require(
        len(arrays["activation_values"]) == active, "activation_values", str(active), len(arrays["activation_values"])
    )
    require(
        len(arrays["logit_probabilities"]) == targets,
        "logit_probabilities",
        str(targets),
        len(arrays["logit_probabilities"]),
    )
    require_below("input_ids", arrays["input_ids"], vocabulary)
    require_below("layers of active_features", arrays["active_features"][:, 0], layers)
    require_below("positions of active_features", arrays["active_features"][:, 1], positions)
    require_below("indices of active_features", arrays["active_features"][:, 2], 1 << 24)
    require_below("selected_features", arrays["selected_features"], active)
    require(
        len(np.unique(arrays["selected_features"])) == selected, "selected_features", "each feature once", "one twice"
    )
    require_below("logit_tokens", arrays["logit_tokens"], 1 << 31)
    for name in ("activation_values", "logit_probabilities", "adjacency"):
        require(bool(np.isfinite(arrays[name]).all()), name, "finite numbers", "others")
    fixed = slice(selected, count - targets)
    require(not adjacency[fixed].any(), "adjacency", "nothing that affects errors and tokens", "edges to them")
    require(not adjacency[:, count - targets :].any(), "adjacency", "nothing that logits affect", "edges from them")
