"""Wavefront OBJ files as arrays.

Format: http://paulbourke.net/dataformats/obj/
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.synth.assets.polygons import triangulate

MAX_CORNERS = 6_000_000
MAX_MATERIALS = 1_000
MAX_VERTICES = 2_000_000

_LARGEST_POSITION = 1e9
_LARGEST_UV = 1e3


@dataclass(frozen=True, eq=False)
class Wavefront:
    """Triangles of an OBJ file."""

    positions: NDArray[np.float64]
    """(V,3)."""
    uv: NDArray[np.float64]
    """(U,2), v upwards; the last one, which nothing in the file gave, is (0,0)."""
    corners: NDArray[np.int32]
    """(T,3), in `positions`."""
    corner_uv: NDArray[np.int32]
    """(T,3), in `uv`; the last one where the file gives none."""
    material: NDArray[np.int32]
    """(T,), in `names`."""
    names: tuple[str, ...]
    """Names of the materials; "" for triangles without one."""
    libraries: tuple[str, ...]
    """MTL files, as written."""


@dataclass
class _Reading:
    """What has been read so far."""

    positions: list[list[str]] = field(default_factory=list)
    uv: list[list[str]] = field(default_factory=list)
    corners: list[tuple[int, int]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    material: list[int] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    libraries: list[str] = field(default_factory=list)
    current: int = -1


def parse_obj(text: str) -> Wavefront:
    """Read the triangles and polygons of an OBJ file; lines, curves and normals are skipped.

    Raises:
        SpnetError: no faces, more than MAX_CORNERS corners or MAX_MATERIALS materials, an index out of range,
            or what should be a finite number and is not.
    """
    reading = _Reading()
    try:
        for line in text.splitlines():
            words = line.split()
            if words and words[0] in _STATEMENTS:
                _STATEMENTS[words[0]](reading, words, line)
        positions = _numbers(reading.positions, 3)
        if not (np.abs(positions) <= _LARGEST_POSITION).all():
            raise ValueError("a coordinate that is not finite, or huge")
        uv = np.vstack([_numbers(reading.uv, 2), np.zeros((1, 2))])
        uv[~(np.abs(uv) <= _LARGEST_UV).all(axis=1)] = 0  # some files have nonsense on surfaces without a picture
    except ValueError as error:
        raise SpnetError(f"damaged, or not an OBJ file: {str(error)[:100]!r}") from None
    if not reading.ends:
        raise SpnetError("holds no faces")
    indices = np.array(reading.corners, np.int64)
    indices[:, 1] = np.where(indices[:, 1] < 0, len(uv) - 1, indices[:, 1])
    if indices.min() < 0 or indices[:, 0].max() >= len(positions) or indices[:, 1].max() >= len(uv):
        raise SpnetError("a face names a vertex that does not exist")
    ends = np.array(reading.ends, np.int64)
    chosen, polygon = triangulate(positions, indices[:, 0], ends)
    return Wavefront(
        positions,
        uv,
        indices[chosen, 0].astype(np.int32),
        indices[chosen, 1].astype(np.int32),
        np.array(reading.material, np.int32)[polygon],
        tuple(reading.names),
        tuple(reading.libraries),
    )


def _add_face(reading: _Reading, words: list[str], line: str) -> None:
    if len(words) < 4:
        return  # a point or a line
    if len(reading.corners) + len(words) > MAX_CORNERS:
        raise SpnetError(f"has more than the {MAX_CORNERS:,} corners of faces that are read")
    for word in words[1:]:
        position, _, rest = word.partition("/")
        uv = rest.partition("/")[0]
        reading.corners.append((_index(position, len(reading.positions)), _index(uv, len(reading.uv)) if uv else -1))
    reading.ends.append(len(reading.corners))
    if reading.current < 0:
        _use_material(reading, [], "")
    reading.material.append(reading.current)


def _index(word: str, count: int) -> int:
    """OBJ counts from 1, and backwards from the last one with negative numbers."""
    index = int(word)
    index = index - 1 if index > 0 else count + index
    if index < 0 or index >= 2**31:
        raise ValueError(f"index {word}")
    return index


def _use_material(reading: _Reading, words: list[str], line: str) -> None:
    name = " ".join(words[1:])
    reading.current = reading.names.setdefault(name, len(reading.names))
    if len(reading.names) > MAX_MATERIALS:
        raise SpnetError(f"has more than the {MAX_MATERIALS:,} materials that are read")


def _add_library(reading: _Reading, words: list[str], line: str) -> None:
    reading.libraries.append(line.partition(words[0])[2].strip())


def _add_position(reading: _Reading, words: list[str], line: str) -> None:
    reading.positions.append(words[1:4])


def _add_uv(reading: _Reading, words: list[str], line: str) -> None:
    reading.uv.append([*words[1:3], "0"][:2])


_STATEMENTS: dict[str, Callable[[_Reading, list[str], str], None]] = {
    "v": _add_position,
    "vt": _add_uv,
    "f": _add_face,
    "usemtl": _use_material,
    "mtllib": _add_library,
}


def _numbers(rows: list[list[str]], columns: int) -> NDArray[np.float64]:
    if len(rows) > MAX_VERTICES:
        raise SpnetError(f"has more than the {MAX_VERTICES:,} vertices that are read")
    if any(len(row) != columns for row in rows):
        raise ValueError("a vertex with too few numbers")
    return np.array(rows, np.float64).reshape(len(rows), columns)
