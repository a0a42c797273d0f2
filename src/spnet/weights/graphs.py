"""What an ONNX file of ours says of itself, without the package that reads ONNX.

A file is one protobuf message, ModelProto: fields one after the other, each a key, a length and as many bytes. The
graph with its gigabytes is a single field, and is stepped over.

Sources: https://protobuf.dev/programming-guides/encoding and onnx/onnx.proto in https://github.com/onnx/onnx
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

FORMAT = "spnet-graph-1"
"""Marks the graphs that `spnet export` writes, in their metadata under "format"."""

_METADATA = 14  # ModelProto.metadata_props, whose entries have a key (1) and a value (2)
_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5  # wire types
_MAX_FIELDS = 10_000
_MAX_ENTRY_BYTES = 2**16


def read_graph_metadata(path: Path) -> dict[str, str]:
    """The metadata of an ONNX file that `spnet export` wrote; empty for any other file, and for a damaged one, which
    the engine that reads the graph will name."""
    found: dict[str, str] = {}
    with path.open("rb") as file:
        for _, content in _fields(file, path.stat().st_size, wanted=_METADATA):
            entry = dict(_fields(BytesIO(content), len(content)))
            found[_text(entry.get(1, b""))] = _text(entry.get(2, b""))
    return found if found.get("format") == FORMAT else {}


def _fields(file: BinaryIO, size: int, wanted: int | None = None) -> Iterator[tuple[int, bytes]]:
    """The fields of a message that hold bytes, by number; of others than the `wanted` one the bytes are not read."""
    for _ in range(_MAX_FIELDS):
        key = _varint(file)
        length = _length(file, key & 7) if key is not None else None
        if key is None or length is None or file.tell() + length > size:
            return
        if key & 7 == _BYTES and wanted in (None, key >> 3) and length <= _MAX_ENTRY_BYTES:
            yield key >> 3, file.read(length)
        else:
            file.seek(length, 1)


def _length(file: BinaryIO, wire_type: int) -> int | None:
    """How many bytes a field still has; None where it is of no known type, or the file ends."""
    if wire_type == _VARINT:
        return None if _varint(file) is None else 0
    if wire_type == _BYTES:
        return _varint(file)
    return {_FIXED_64: 8, _FIXED_32: 4}.get(wire_type)


def _varint(file: BinaryIO) -> int | None:
    """A number of seven bits a byte, the lowest first; None where the file ends, or the number does not."""
    number = 0
    for shift in range(0, 64, 7):
        byte = file.read(1)
        if not byte:
            return None
        number |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return number
    return None


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
