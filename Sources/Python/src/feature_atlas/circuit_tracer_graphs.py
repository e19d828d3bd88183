"""Graphs to and from circuit-tracer.

``from_circuit_tracer`` writes a live or saved ``circuit_tracer.Graph`` as a raw graph file, which ``atlas import raw``
takes into an atlas: attribution on a GPU there, the atlas here. ``to_circuit_tracer`` makes a ``circuit_tracer.Graph``
of a stored graph or of a raw graph file. ``RAW_GRAPH.md`` beside this package describes the file.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Union, cast

import numpy as np
import numpy.typing as npt

from . import safetensors_file
from .errors import AtlasError
from .graph import Graph
from .raw_graph_files import check, config_of, of_file
from .stored import ERROR, FEATURE, KINDS, LOGIT, TOKEN
from .table import _package

FORMAT = "feature-atlas raw graph"
FORMAT_VERSION = "1"
#: What circuit-tracer's decoded prompts begin with; the atlas's texts have no special tokens.
_BEGINNING = re.compile(r"<\|?(?:bos|s|begin_of_text|endoftext|startoftext)\|?>")

Tokenizer = Union[str, Callable[[int], str], Any]


def from_circuit_tracer(
    graph: Any,
    output: Union[str, os.PathLike[str]],
    *,
    tokenizer: Optional[Tokenizer] = None,
    prompt: Optional[str] = None,
    model_name: Optional[str] = None,
    transcoder_name: Optional[str] = None,
    transcoder_kind: Optional[str] = None,
    features_per_layer: Optional[int] = None,
    external_id: Optional[str] = None,
    answer: Optional[str] = None,
    tags: Optional[Mapping[str, str]] = None,
    trust: bool = False,
) -> None:
    """Writes a graph as a raw graph file.

    :param graph: a ``circuit_tracer.Graph``, or the path of one that ``Graph.to_pt`` saved
    :param output: the file, which appears whole or not at all
    :param tokenizer: tells tokens' texts: a tokenizer with ``decode``, a function of an id, or a name or folder for
        ``transformers.AutoTokenizer``
    :param prompt: the text without special tokens; ``graph.input_string`` less a beginning-of-sequence token's text
        unless given
    :param transcoder_name: the transcoder set's name; ``graph.scan`` unless given
    :param trust: load a ``.pt`` that holds other objects than a graph's, which can run any code that is in it
    """
    if isinstance(graph, (str, os.PathLike)):
        graph = _loaded(os.fspath(graph), trust)
    where = str(output)
    if transcoder_kind not in (None, "per-layer", "cross-layer"):
        raise AtlasError(f"{where}: transcoder_kind: expected per-layer or cross-layer, found {transcoder_kind!r}")
    text_of = _decoder(tokenizer)
    try:
        tokens = _numbers(graph.input_tokens, np.int64).reshape(-1)
        arrays: Dict[str, npt.NDArray[Any]] = {
            "input_ids": tokens,
            "active_features": _numbers(graph.active_features, np.int64).reshape(-1, 3),
            "activation_values": _numbers(graph.activation_values, np.float32).reshape(-1),
            "selected_features": _numbers(graph.selected_features, np.int64).reshape(-1),
            "logit_tokens": np.array([int(target.vocab_idx) for target in graph.logit_targets], dtype=np.int64),
            "logit_probabilities": _numbers(graph.logit_probabilities, np.float32).reshape(-1),
            "logit_positions": np.full(len(graph.logit_targets), len(tokens) - 1, dtype=np.int64),
            "adjacency": _numbers(graph.adjacency_matrix, np.float32),
        }
        names = [str(target.token_str) for target in graph.logit_targets]
        vocabulary, layers = int(graph.vocab_size), int(graph.cfg.n_layers)
        width = getattr(graph.cfg, "d_model", None)
        model = model_name or str(graph.cfg.model_name)
        scan = graph.scan
        text = str(graph.input_string)
    except (AttributeError, TypeError, ValueError, RuntimeError) as error:
        raise AtlasError(f"{where}: expected a circuit_tracer.Graph, found {type(graph).__name__}: {error}") from None
    check(where, arrays, layers, vocabulary)
    metadata = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "layer_count": str(layers),
        "model_name": model,
        "vocabulary_size": str(vocabulary),
        "prompt": _without_beginning(text) if prompt is None else prompt,
    }
    targets = arrays["logit_tokens"].tolist()
    texts = [
        name or (text_of(token) if text_of is not None and token < vocabulary else "")
        for name, token in zip(names, targets)
    ]
    if all(texts):
        metadata["target_texts"] = json.dumps(texts, ensure_ascii=False)
    for name, token in zip(names, targets):
        if token >= vocabulary and not name:
            raise AtlasError(f"{where}: logit_targets: expected a description of target {token}, found none")
    metadata["targets"] = json.dumps(
        [f"#{token}" if token < vocabulary else name for name, token in zip(names, targets)], ensure_ascii=False
    )
    if text_of is not None:
        metadata["token_texts"] = json.dumps([text_of(token) for token in tokens.tolist()], ensure_ascii=False)
    if transcoder_name is None and scan is not None:
        transcoder_name = scan if isinstance(scan, str) else ",".join(str(part) for part in scan)
    for key, value in (
        ("transcoder_name", transcoder_name),
        ("transcoder_kind", transcoder_kind),
        ("model_width", width or None),
        ("features_per_layer", features_per_layer),
        ("external_id", external_id),
        ("answer", answer),
    ):
        if value is not None:
            metadata[key] = str(value)
    if tags is not None:
        metadata["tags"] = json.dumps({str(key): str(value) for key, value in tags.items()}, ensure_ascii=False)
    stored = {name: array.astype(np.int32) if array.dtype == np.int64 else array for name, array in arrays.items()}
    safetensors_file.write(output, stored, metadata)


def to_circuit_tracer(graph: Union[Graph, str, os.PathLike[str]], *, as_dict: bool = False) -> Any:
    """A ``circuit_tracer.Graph`` of a stored graph, or of a raw graph file.

    A stored graph is pruned: what was pruned away has no edges there, so that influences and scores that circuit-tracer
    computes are those of what was kept. A raw graph file is whole.

    :param as_dict: the constructor's arguments with numpy arrays, without torch and circuit-tracer
    """
    arguments = _of_stored(graph) if isinstance(graph, Graph) else of_file(graph)
    if as_dict:
        return arguments
    torch = _package("torch", "torch")
    module = _package("circuit_tracer.graph", "torch")
    config = _package("circuit_tracer.utils.tl_nnsight_mapping", "torch").UnifiedConfig(**arguments["cfg"])
    targets = [module.LogitTarget(text, token) for text, token in arguments["logit_targets"]]
    tensors = {
        name: torch.from_numpy(np.array(value)) for name, value in arguments.items() if isinstance(value, np.ndarray)
    }
    return module.Graph(**{**arguments, **tensors, "cfg": config, "logit_targets": targets})


def _without_beginning(text: str) -> str:
    found = _BEGINNING.match(text)
    return text[found.end() :] if found else text


def _of_stored(graph: Graph) -> Dict[str, Any]:
    if graph.source is None:
        raise AtlasError("to_circuit_tracer: expected a graph that an atlas gave, found one without")
    identity = graph.source.identity
    layers, positions = identity.layer_count, len(graph.tokens)
    kinds = graph.nodes["kind"]
    kind = np.array([KINDS.index(value) for value in kinds.values] + [-1])[kinds.codes]
    layer, index = (np.asarray(np.ma.getdata(graph.nodes[name])) for name in ("layer", "feature_index"))
    position = graph.nodes["position"]
    is_feature = kind == FEATURE
    features = int(np.count_nonzero(is_feature))
    errors, tokens = features, features + layers * positions
    logits = tokens + positions
    count = logits + len(graph.targets)
    place = np.zeros(len(kind), dtype=np.int64)
    place[is_feature] = np.arange(features)
    is_error = kind == ERROR
    place[is_error] = errors + layer[is_error] * positions + position[is_error]
    place[kind == TOKEN] = tokens + position[kind == TOKEN]
    # Logits stand in the order of the targets, and every target has its node.
    is_logit = kind == LOGIT
    place[is_logit] = logits + np.arange(int(np.count_nonzero(is_logit)))
    adjacency = np.zeros((count, count), dtype=np.float32)
    adjacency[place[graph.edges["target"]], place[graph.edges["source"]]] = graph.edges["weight"]
    vocabulary = identity.vocabulary_size
    return {
        "input_string": graph.text,
        "input_tokens": np.array(graph.tokens, dtype=np.int64),
        "active_features": np.stack([layer[is_feature], position[is_feature], index[is_feature]], axis=1).astype(
            np.int64
        ),
        "adjacency_matrix": adjacency,
        "cfg": config_of(identity.model_name, layers, identity.model_width, vocabulary),
        "selected_features": np.arange(features, dtype=np.int64),
        "activation_values": np.asarray(graph.nodes["activation"])[is_feature],
        "logit_targets": [
            (target.text, vocabulary + target.ordinal if target.token is None else target.token)
            for target in graph.targets
        ],
        "logit_probabilities": np.array([target.probability for target in graph.targets], dtype=np.float32),
        "scan": identity.transcoder_name,
        "vocab_size": vocabulary,
    }


def _loaded(path: str, trust: bool) -> Any:
    torch = _package("torch", "torch")
    module = _package("circuit_tracer.graph", "torch")
    config = _package("circuit_tracer.utils.tl_nnsight_mapping", "torch").UnifiedConfig
    if not Path(path).is_file():
        raise AtlasError(f"{path}: expected a graph that Graph.to_pt saved, found no file")
    try:
        if trust:
            return module.Graph.from_pt(path)
        with torch.serialization.safe_globals([config, module.LogitTarget]):
            fields = torch.load(path, weights_only=True, map_location="cpu")
        targets = fields.get("logit_targets")
        if isinstance(targets, torch.Tensor):
            fields["logit_targets"] = [module.LogitTarget("", int(token)) for token in targets.tolist()]
        return module.Graph(**fields)
    except Exception as error:  # whatever a damaged or foreign file makes torch throw
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if "weights only" in why.lower():
            why = "objects that are no graph's"
        hint = "" if trust else "; trust=True loads what holds other objects, and can run code that is in it"
        raise AtlasError(
            f"{path}: expected a graph that Graph.to_pt saved, found something else: {why}{hint}"
        ) from None


def _decoder(tokenizer: Optional[Tokenizer]) -> Optional[Callable[[int], str]]:
    if tokenizer is None:
        return None
    if isinstance(tokenizer, str):
        try:
            tokenizer = _package("transformers", "torch").AutoTokenizer.from_pretrained(tokenizer)
        except (OSError, ValueError) as error:
            raise AtlasError(f"tokenizer {tokenizer}: {error}") from None
    if hasattr(tokenizer, "decode"):
        decode = tokenizer.decode
        return lambda token: str(decode([token]))
    return cast(Callable[[int], str], tokenizer)


def _numbers(values: Any, kind: Any) -> npt.NDArray[Any]:
    """A tensor or array as numpy's; half-precision numbers become Float32."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        values = values.float() if kind is np.float32 else values
        values = values.numpy()
    return np.asarray(values).astype(kind)
