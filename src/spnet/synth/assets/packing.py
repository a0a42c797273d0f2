"""Geometry in few bytes: quantised, as differences, sorted by significance, compressed with xz.

Positions and texture coordinates get 16 bits of each model's range, normals 2 x 8 bits on an octahedron (Meyer et al.,
On Floating-Point Normal Vectors, EGSR 2010). Triangles are coded against the number of vertices named before them, so
that a vertex at its first use is a zero; vertices stand in that order.
"""

import lzma
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.synth.scene import VERTEX

_STEPS = 65535
_NORMAL_STEPS = 254
_VERTEX_COLUMNS = 8
_VERTEX_BYTES = 2 * _VERTEX_COLUMNS
_TRIANGLE_BYTES = 3 * 4


@dataclass(frozen=True)
class Packing:
    """What is needed to unpack."""

    vertices: int
    triangles: int
    starts: tuple[int, ...]
    """Where in the vertices each model begins."""
    ranges: tuple[tuple[float, ...], ...]
    """For each model, the least x, y, z, u, v, then the extent of each."""


def packed(vertices: NDArray[np.void], triangles: NDArray[np.int32], first: Sequence[int]) -> tuple[bytes, Packing]:
    """Compress vertices (V,) of VERTEX, and triangles (T,3).

    Args:
        vertices: those of all models, all of them used.
        triangles: in `vertices`, which stand in the order of their first use.
        first: the triangle that each model begins with.
    """
    starts = [int(triangles[number].min()) for number in first]
    columns = np.zeros((len(vertices), _VERTEX_COLUMNS), np.uint16)
    ranges = []
    for start, end in zip(starts, [*starts, len(vertices)][1:], strict=True):
        numbers = np.column_stack([vertices["position"][start:end], vertices["uv"][start:end]]).astype(np.float64)
        low, extent = numbers.min(axis=0), np.ptp(numbers, axis=0)
        columns[start:end, :5] = np.rint((numbers - low) / np.where(extent > 0, extent, 1) * _STEPS)
        ranges.append((*low.tolist(), *extent.tolist()))
    columns[:, 5:7] = _octahedral(vertices["normal"])
    columns[:, 7] = vertices["material"]
    differences = np.diff(columns, axis=0, prepend=np.zeros((1, _VERTEX_COLUMNS), np.uint16))
    flat = triangles.ravel().astype(np.int64)
    named = np.maximum.accumulate(np.concatenate([[-1], flat[:-1]])) + 1
    codes = (named - flat).astype("<u4")
    raw = _planes(differences.T.astype("<u2")) + _planes(codes)
    return lzma.compress(raw, format=lzma.FORMAT_XZ, preset=6), Packing(
        len(vertices), len(triangles), tuple(starts), tuple(ranges)
    )


def unpacked(data: bytes, packing: Packing, name: str) -> tuple[NDArray[np.void], NDArray[np.int32]]:
    """The vertices and triangles that were packed.

    Args:
        data: from `packed`.
        packing: from `packed`; its counts are within bounds and its starts in order.
        name: of the file, for errors.

    Raises:
        SpnetError: damaged.
    """
    vertex_count, triangle_count = packing.vertices, packing.triangles
    raw = _decompressed(data, vertex_count * _VERTEX_BYTES + triangle_count * _TRIANGLE_BYTES, name)
    split = vertex_count * _VERTEX_BYTES
    columns = _from_planes(raw[:split], "<u2").reshape(_VERTEX_COLUMNS, vertex_count)
    columns = np.add.accumulate(columns, axis=1, dtype=np.uint16)
    vertices = np.empty(vertex_count, VERTEX)
    for start, end, numbers in zip(packing.starts, [*packing.starts, vertex_count][1:], packing.ranges, strict=True):
        low, step = np.array(numbers[:5]), np.array(numbers[5:]) / _STEPS
        found = low + columns[:5, start:end].T * step
        vertices["position"][start:end], vertices["uv"][start:end] = found[:, :3], found[:, 3:]
    first, second = np.minimum(columns[5:7], _NORMAL_STEPS).astype(np.int64)
    vertices["normal"] = _octahedral_normals()[first, second]
    vertices["material"] = columns[7]
    codes = _from_planes(raw[split:], "<u4").astype(np.int64)
    first_use = codes == 0
    flat = np.cumsum(first_use) - first_use - codes
    if flat.min(initial=0) < 0 or flat.max(initial=-1) >= vertex_count:
        raise SpnetError(f"{name}: damaged: a triangle names a vertex that does not exist")
    return vertices, flat.reshape(-1, 3).astype(np.int32)


def _decompressed(data: bytes, size: int, name: str) -> bytes:
    decompressor = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=2**27)
    try:
        raw = decompressor.decompress(data, max_length=size)
    except lzma.LZMAError as error:
        raise SpnetError(f"{name}: damaged: its geometry cannot be decompressed: {error}") from None
    if len(raw) != size:
        raise SpnetError(f"{name}: damaged: {len(raw):,} bytes of geometry, expected {size:,}")
    return raw


def _planes(numbers: NDArray[np.unsignedinteger]) -> bytes:
    """All lowest bytes, then all second lowest, and so on, row by row."""
    rows = np.ascontiguousarray(np.atleast_2d(numbers))
    parts = rows.view(np.uint8).reshape(*rows.shape, rows.itemsize)
    return np.ascontiguousarray(parts.transpose(2, 0, 1)).tobytes()


def _from_planes(data: bytes, dtype: str) -> NDArray[np.unsignedinteger]:
    size = np.dtype(dtype).itemsize
    return np.ascontiguousarray(np.frombuffer(data, np.uint8).reshape(size, -1).T).view(dtype)[:, 0]


def _octahedral(normals: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Unit vectors (N,3) as two numbers up to 254: an even one, so that those along an axis are exact."""
    unit = normals / np.maximum(np.abs(normals).sum(axis=1, keepdims=True), 1e-12)
    flat = unit[:, :2]
    folded = (1 - np.abs(flat[:, ::-1])) * np.where(flat >= 0, 1, -1)
    return np.rint((np.where(unit[:, 2:] < 0, folded, flat) + 1) * (_NORMAL_STEPS / 2)).astype(np.uint16)


def _octahedral_normals() -> NDArray[np.float32]:
    """(255,255,3) the unit vectors of all pairs of numbers."""
    number = np.arange(_NORMAL_STEPS + 1) / (_NORMAL_STEPS / 2) - 1
    flat = np.stack(np.meshgrid(number, number, indexing="ij"), axis=2)
    z = 1 - np.abs(flat).sum(axis=2, keepdims=True)
    folded = (1 - np.abs(flat[..., ::-1])) * np.where(flat >= 0, 1, -1)
    normals = np.concatenate([np.where(z < 0, folded, flat), z], axis=2)
    return (normals / np.linalg.norm(normals, axis=2, keepdims=True)).astype(np.float32)
