"""PCD files of the Point Cloud Library.

Format: https://pointclouds.org/documentation/tutorials/pcd_file_format.html. It leaves out binary_compressed:
two uint32, the compressed and the full size, then LZF data of all values of the first field, the second ...
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from spnet.clouds.arrays import parse_rows
from spnet.clouds.limits import check_point_count
from spnet.clouds.lzf import MOST_EXPANSION, decompress
from spnet.errors import SpnetError
from spnet.files.lines import lines_of
from spnet.files.records import bytes_left, read_fields, unpack

_LONGEST_LINE = 4096
_MOST_HEADER_LINES = 100
_MOST_FIELDS = 1000
_XYZ = ("x", "y", "z")
_TYPES = {"F": ("4", "8"), "I": ("1", "2", "4", "8"), "U": ("1", "2", "4", "8")}


@dataclass(frozen=True)
class _Header:
    """names: of the fields. formats: their NumPy types. counts: of values in each. data: the encoding."""

    names: Sequence[str]
    formats: Sequence[str]
    counts: Sequence[int]
    points: int
    data: str


def read_pcd(path: Path) -> NDArray[np.float64]:
    """Read the fields x, y, z: (N,3).

    Raises:
        SpnetError: a damaged header, no x, y, z, an unknown encoding, or fewer points than claimed.
    """
    name = str(path)
    with path.open("rb") as file:
        header = _read_header(file, name)
        check_point_count(header.points, name)
        if header.points == 0:
            raise SpnetError(f"{name}: holds no points")
        if header.data == "ascii":
            return _read_ascii(file, header, name)
        if header.data == "binary":
            return read_fields(file, _record(header), _XYZ, header.points, name)
        return _read_compressed(file, header, name)


def _read_header(file: IO[bytes], name: str) -> _Header:
    """Parse the lines up to DATA; leaves the file behind it."""
    entries: dict[str, list[str]] = {}
    for number, line in enumerate(lines_of(file, name, longest=_LONGEST_LINE)):
        key, *words = line.split() or ["#"]
        if number > _MOST_HEADER_LINES:
            break
        if not key.startswith("#"):
            entries[key] = words
        if key == "DATA":
            return _check_header(entries, name)
    raise SpnetError(f"{name}: its PCD header does not end with DATA")


def _check_header(entries: Mapping[str, list[str]], name: str) -> _Header:
    for key in ("FIELDS", "SIZE", "TYPE", "POINTS", "DATA"):
        if not entries.get(key):
            raise SpnetError(f"{name}: its PCD header has no {key}")
    names, sizes, types = entries["FIELDS"], entries["SIZE"], entries["TYPE"]
    counts = _whole_numbers(entries.get("COUNT", ["1"] * len(names)), name)
    if not len(names) == len(sizes) == len(types) == len(counts) <= _MOST_FIELDS:
        raise SpnetError(f"{name}: its PCD header lists FIELDS, SIZE, TYPE and COUNT of different lengths")
    for kind, size in zip(types, sizes, strict=True):
        if size not in _TYPES.get(kind, ()):
            raise SpnetError(f"{name}: its PCD header has a field of TYPE {kind[:8]} and SIZE {size[:8]}")
    if any(names.count(axis) != 1 or counts[names.index(axis)] != 1 for axis in _XYZ):
        raise SpnetError(f"{name}: its fields are {names[:12]}, expected x, y and z, one number each")
    data = entries["DATA"][0]
    if data not in ("ascii", "binary", "binary_compressed"):
        raise SpnetError(f"{name}: its DATA is {data[:40]!r}, expected ascii, binary or binary_compressed")
    formats = [f"<{kind.lower()}{size}" for kind, size in zip(types, sizes, strict=True)]
    return _Header(names, formats, counts, _whole_numbers(entries["POINTS"], name)[0], data)


def _whole_numbers(words: Sequence[str], name: str) -> list[int]:
    if not all(word.isdecimal() and len(word) <= 10 for word in words):
        raise SpnetError(f"{name}: its PCD header has {' '.join(words)[:40]!r}, expected whole numbers")
    return [int(word) for word in words]


def _offsets(header: _Header) -> tuple[dict[str, int], int]:
    """Where the fields x, y, z start in a point, in bytes, and how long a point is."""
    lengths = [np.dtype(kind).itemsize * count for kind, count in zip(header.formats, header.counts, strict=True)]
    return {axis: sum(lengths[: header.names.index(axis)]) for axis in _XYZ}, sum(lengths)


def _record(header: _Header) -> np.dtype[np.void]:
    offsets, length = _offsets(header)
    formats = [header.formats[header.names.index(axis)] for axis in _XYZ]
    return np.dtype({"names": _XYZ, "formats": formats, "offsets": list(offsets.values()), "itemsize": length})


def _read_ascii(file: IO[bytes], header: _Header, name: str) -> NDArray[np.float64]:
    """Read one point a line; a field of several values takes as many columns."""
    x, y, z = (sum(header.counts[: header.names.index(axis)]) for axis in _XYZ)
    lines = (line for line in lines_of(file, name, longest=_LONGEST_LINE) if line)
    rows = parse_rows(lines, (x, y, z), name)
    if len(rows) != header.points:
        raise SpnetError(f"{name}: claims {header.points:,} points, but holds {len(rows):,}; it is damaged")
    return rows


def _read_compressed(file: IO[bytes], header: _Header, name: str) -> NDArray[np.float64]:
    compressed, full = unpack(file, "<II", name)
    offsets, length = _offsets(header)
    if full != length * header.points or compressed > bytes_left(file) or full > compressed * MOST_EXPANSION:
        raise SpnetError(
            f"{name}: claims {header.points:,} points of {length} bytes in {compressed:,} compressed ones, "
            f"and {bytes_left(file):,} bytes follow; it is damaged or cut short"
        )
    data = decompress(file.read(compressed), full, name)
    columns = []
    for axis in _XYZ:
        kind = header.formats[header.names.index(axis)]
        columns.append(np.frombuffer(data, dtype=kind, count=header.points, offset=offsets[axis] * header.points))
    return np.stack(columns, axis=1).astype(np.float64)
