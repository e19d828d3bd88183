"""Named arrays as one safetensors file, read and written with numpy alone."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Dict, Mapping, Tuple, Union

import numpy as np
import numpy.typing as npt

from .errors import AtlasError

_TYPES = {"F32": "<f4", "F64": "<f8", "F16": "<f2", "I32": "<i4", "I64": "<i8", "U8": "u1", "BOOL": "?"}
_NAMES = {np.dtype(kind): name for name, kind in _TYPES.items()}
#: No header is longer; the format itself says so.
_LONGEST_HEADER = 100_000_000

Path_ = Union[str, "os.PathLike[str]"]


def write(path: Path_, arrays: Mapping[str, npt.NDArray[Any]], metadata: Mapping[str, str]) -> None:
    """Writes arrays and texts in one step: a reader never sees half of the file."""
    header: Dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    offset = 0
    contents = []
    for name, array in arrays.items():
        content = np.ascontiguousarray(array)
        kind = content.dtype.newbyteorder("<") if content.dtype.byteorder == ">" else content.dtype
        content = content.astype(kind)
        header[name] = {
            "dtype": _NAMES[kind],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + content.nbytes],
        }
        offset += content.nbytes
        contents.append(content)
    text = json.dumps(header, ensure_ascii=False, sort_keys=True).encode()
    text += b" " * (-len(text) % 8)
    file = Path(path)
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".partial", dir=file.parent)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(len(text).to_bytes(8, "little") + text)
            for content in contents:
                opened.write(content.tobytes())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, file)
    except BaseException as error:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise AtlasError(f"{file}: cannot be written: {error}") from None
        raise


def read(path: Path_) -> Tuple[Dict[str, npt.NDArray[Any]], Dict[str, str]]:
    """The arrays and texts of a file."""
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise AtlasError(f"{file}: cannot be read: {error}") from None
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(len(content) - 8, _LONGEST_HEADER):
        raise AtlasError(f"{file}: expected a safetensors file, found {len(content)} bytes of something else")
    try:
        header = json.loads(content[8 : 8 + length])
        metadata = header.pop("__metadata__", {})
        arrays = {}
        for name, entry in header.items():
            if entry["dtype"] not in _TYPES:
                raise AtlasError(f"{file}: {name}: expected numbers of {', '.join(_TYPES)}, found {entry['dtype']}")
            start, stop = entry["data_offsets"]
            part = memoryview(content)[8 + length + start : 8 + length + stop] if 0 <= start <= stop else b""
            arrays[name] = np.frombuffer(part, _TYPES[entry["dtype"]]).reshape(entry["shape"])
        return arrays, {str(key): str(value) for key, value in metadata.items()}
    except (ValueError, KeyError, TypeError, AttributeError, UnicodeDecodeError, RecursionError) as error:
        raise AtlasError(f"{file}: expected a safetensors file, found a damaged one: {error}") from None
