"""The packed columns of an atlas, one function a kind; ``Schema/blocks.md`` is their description."""

from __future__ import annotations

from typing import Optional, Tuple

import lz4.frame
import numpy as np

from .bits import BitStream, Floats, Integers
from .block_contents import (
    Activations as Activations,
)
from .block_contents import (
    Edges as Edges,
)
from .block_contents import (
    Effects as Effects,
)
from .block_contents import (
    Heads as Heads,
)
from .block_contents import (
    Measured as Measured,
)
from .block_contents import (
    Nodes as Nodes,
)
from .block_contents import (
    Patterns as Patterns,
)
from .block_contents import (
    Postings as Postings,
)
from .errors import BlockFault

ACTIVATION_BITS = 9
WEIGHT_BITS = 10
LOADING_BITS = 6
#: No LZ4 frame expands by more than this; a frame that claims more is damaged.
LARGEST_EXPANSION = 256


def content(frame: bytes) -> bytes:
    """What an LZ4 frame holds, with its size and checksum checked."""
    try:
        info = lz4.frame.get_frame_info(frame)
    except (RuntimeError, ValueError) as error:
        raise BlockFault("an LZ4 frame", f"{len(frame)} bytes: {error}") from None
    size = info["content_size"]
    if not info["content_checksum"] or not size:
        raise BlockFault("an LZ4 frame with content size and checksum", "a frame without")
    if size > len(frame) * LARGEST_EXPANSION:
        raise BlockFault(f"at most {len(frame) * LARGEST_EXPANSION} bytes", f"a size of {size}")
    try:
        found, used = lz4.frame.decompress(frame, return_bytes_read=True)
    except (RuntimeError, EOFError, ValueError) as error:
        raise BlockFault("sound LZ4 data", str(error)) from None
    if len(found) != size or used != len(frame):
        raise BlockFault(f"{size} bytes in a frame of {len(frame)}", f"{len(found)} bytes in a frame of {used}")
    return bytes(found)


def _open(frame: bytes, kind: int) -> Tuple[BitStream, int]:
    stream = BitStream(content(frame))
    found = stream.read(8)
    if found != kind:
        raise BlockFault(f"block kind {kind}", f"kind {found}")
    version = stream.read(8)
    if version != 1:
        raise BlockFault("block version 1", f"version {version}")
    return stream, stream.count("elements")


def _sums_to(counts: Integers, total: int, what: str) -> None:
    found = int(counts.sum())
    if found != total:
        raise BlockFault(f"{total} {what}", str(found))


def _running(gaps: Integers, counts: Integers) -> Integers:
    """Numbers from gaps: in each group of ``counts``, the first is its gap, every other the one before plus gap plus 1."""
    sums = np.cumsum(gaps + 1)
    starts = np.cumsum(counts) - counts
    used = counts > 0
    before = np.concatenate([[0], sums])[starts[used]]
    numbers: Integers = sums - 1 - np.repeat(before, counts[used])
    return numbers


def tokens(frame: bytes) -> Integers:
    """Token ids by position: kind 1."""
    stream, count = _open(frame, 1)
    width = stream.read(6)
    if not 1 <= width <= 32:
        raise BlockFault("token ids of 1 to 32 bits", str(width))
    found = stream.fixed(count, width)
    stream.require_end()
    return found


def activations(frame: bytes) -> Activations:
    """Active features: kind 2."""
    stream, count = _open(frame, 2)
    layers, positions = stream.count("layers"), stream.count("positions")
    if layers * max(1, positions) > stream.remaining:
        raise BlockFault("a count a layer and position", f"{layers} x {positions}")
    all_counts, all_indices = [], []
    left = count
    for layer in range(layers):
        counts = stream.gaps(positions)
        own = int(counts.sum())
        left -= own
        if left < 0:
            raise BlockFault(f"{count} activations", f"more at layer {layer}")
        all_indices.append(_running(stream.gaps(own), counts))
        all_counts.append(counts)
    if left:
        raise BlockFault(f"{count} activations", str(count - left))
    counts = np.concatenate(all_counts) if all_counts else np.zeros(0, dtype=np.int64)
    places = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    layer_of, position_of = np.divmod(places, max(1, positions))
    indices = np.concatenate(all_indices) if all_indices else np.zeros(0, dtype=np.int64)
    values = stream.magnitudes(count, ACTIVATION_BITS)
    stream.require_end()
    return Activations(layer_of, position_of, indices, values)


def nodes(frame: bytes) -> Nodes:
    """Kept nodes: kind 3. Exact."""
    stream, count = _open(frame, 3)
    kinds = stream.bytes_of(count).astype(np.int64)
    if count and int(kinds.max()) > 3:
        raise BlockFault("node kinds 0 to 3", f"kind {int(kinds.max())}")
    places = []
    for _ in range(3):
        column = np.cumsum(stream.zigzags(count))
        if count and not 0 <= int(column.min()) <= int(column.max()) < 1 << 32:
            raise BlockFault("layers, positions and indices from 0", str(int(column.min())))
        places.append(column)
    values = []
    for _ in range(5):
        planes = stream.bytes_of(4 * count).reshape(4, count)
        values.append(np.ascontiguousarray(planes.T).view("<f4").reshape(count).astype(np.float32))
    stream.require_end()
    return Nodes(kinds, places[0], places[1], places[2], *values)


def edges(frame: bytes, node_count: int) -> Edges:
    """Kept edges between ``node_count`` nodes: kind 4."""
    stream, count = _open(frame, 4)
    found = stream.count("nodes")
    if found != node_count:
        raise BlockFault(f"edges between {node_count} nodes", f"between {found}")
    counts = stream.gaps(node_count)
    _sums_to(counts, count, "edges by target")
    source = _running(stream.gaps(count), counts)
    if count and int(source.max()) >= node_count:
        raise BlockFault(f"sources below {node_count}", str(int(source.max())))
    target = np.repeat(np.arange(node_count, dtype=np.int64), counts)
    weight = stream.magnitudes(count, WEIGHT_BITS)
    stream.require_end()
    return Edges(source, target, weight)


def influence(frame: bytes, target_count: int, node_count: int) -> Floats:
    """Each node's influence on each target, ``[targets][nodes]``: kind 5."""
    stream, count = _open(frame, 5)
    found = stream.varint()
    if (count, found) != (target_count, node_count):
        raise BlockFault(f"influences of {node_count} nodes on {target_count} targets", f"of {found} on {count}")
    values = stream.magnitudes(count * node_count, WEIGHT_BITS)
    stream.require_end()
    return values.reshape(count, node_count)


def postings(frame: bytes) -> Postings:
    """Places where features fire: kind 6."""
    stream, count = _open(frame, 6)
    groups = stream.count("features")
    if groups > count:
        raise BlockFault(f"at most {count} features", str(groups))
    features = np.cumsum(stream.varints(groups) + 1) - 1
    counts = stream.gaps(groups)
    _sums_to(counts, count, "postings by feature")
    if groups and int(counts.min()) == 0:
        raise BlockFault("an entry a feature", "none")
    first_prompts = stream.gaps(groups)
    prompt_gaps = stream.gaps(count - groups)
    position_gaps = stream.gaps(count)
    starts = np.cumsum(counts) - counts
    steps = np.zeros(count, dtype=np.int64)
    is_first = np.zeros(count, dtype=bool)
    is_first[starts] = True
    steps[~is_first] = prompt_gaps
    sums = np.cumsum(steps)
    prompts = sums - np.repeat(sums[starts], counts) + np.repeat(first_prompts, counts)
    # A run: entries of one feature and prompt, whose positions are told from the one before.
    begins_run = is_first | (steps > 0)
    runs = np.diff(np.concatenate([np.flatnonzero(begins_run), [count]]))
    positions = _running(position_gaps, runs)
    values = stream.magnitudes(count, ACTIVATION_BITS)
    stream.require_end()
    return Postings(np.repeat(features, counts), prompts, positions, values)


def histogram(frame: bytes) -> Integers:
    """Exact counts by bin: kind 7."""
    stream, count = _open(frame, 7)
    found = stream.gaps(count)
    stream.require_end()
    return found


def effects(frame: bytes, target_count: int, node_count: int, answer_target: Optional[int]) -> Effects:
    """What each node does to everything that is read: kind 9; ``answer_target`` shares its row with the answer."""
    stream, count = _open(frame, 9)
    own = 2 if answer_target is None else 1
    found = stream.varint()
    if (count, found) != (target_count + own, node_count):
        raise BlockFault(f"effects of {node_count} nodes on {target_count + own} readouts", f"of {found} on {count}")
    rows = np.stack([stream.magnitudes(node_count, WEIGHT_BITS) for _ in range(count)])
    stream.require_end()
    answer = rows[1] if answer_target is None else rows[own + answer_target]
    return Effects(rows[0], answer, rows[own:])


def measured(frame: bytes, node_count: int) -> Measured:
    """What silencing nodes did: kind 10."""
    stream, count = _open(frame, 10)
    found = stream.varint()
    if found != node_count:
        raise BlockFault(f"measurements in a graph of {node_count} nodes", f"{found} nodes")
    places = np.cumsum(stream.gaps(count) + 1) - 1
    if count and int(places[-1]) >= node_count:
        raise BlockFault(f"measured nodes below {node_count}", str(int(places[-1])))
    columns = [stream.magnitudes(count, WEIGHT_BITS) for _ in range(3)]
    stream.require_end()
    return Measured(places, *columns)


def heads(frame: bytes, edge_count: int, layer_count: int) -> Heads:
    """The main heads of a graph's edges: kind 11."""
    stream, count = _open(frame, 11)
    if count != edge_count:
        raise BlockFault(f"heads of {edge_count} edges", f"of {count}")
    head_count = stream.varint()
    if not 1 <= head_count <= 65536:
        raise BlockFault("1 to 65536 heads a layer", str(head_count))
    counts = stream.gaps(count)
    if count and int(counts.max()) > 8:
        raise BlockFault("at most 8 heads an edge", str(int(counts.max())))
    total = int(counts.sum())
    places = _running(stream.gaps(total), counts)
    if total and int(places.max()) >= layer_count * head_count:
        raise BlockFault(f"heads of {layer_count} layers of {head_count}", f"place {int(places.max())}")
    loading = stream.magnitudes(total, LOADING_BITS)
    rest = stream.magnitudes(count, LOADING_BITS)
    stream.require_end()
    layer, head = np.divmod(places, head_count)
    return Heads(np.repeat(np.arange(count, dtype=np.int64), counts), layer, head, loading, rest)


def patterns(frame: bytes) -> Patterns:
    """Where the model's heads look in a prompt: kind 12."""
    stream, count = _open(frame, 12)
    columns = [stream.magnitudes(count, LOADING_BITS) for _ in range(5)]
    stream.require_end()
    return Patterns(*columns)
