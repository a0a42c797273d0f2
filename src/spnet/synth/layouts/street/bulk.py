"""Many shapes at once: streets are made of thousands of rectangles, boxes and rods.

Texture coordinates are metres, as in `spnet.synth.shapes`. `materials` is one index, or one for each shape.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spnet.synth.scene import VERTEX, Mesh
from spnet.synth.shapes import cross

_Real = TypeVar("_Real", bound=np.floating)

_PAIR = np.array([0, 1, 2, 0, 2, 3], np.int32)

# A box's faces: corners (6,4,3) in units of its size, the base centred at the origin; the last one is the base.
_BOX = np.array(
    [
        [(-0.5, 0, 0.5), (0.5, 0, 0.5), (0.5, 1, 0.5), (-0.5, 1, 0.5)],
        [(0.5, 0, 0.5), (0.5, 0, -0.5), (0.5, 1, -0.5), (0.5, 1, 0.5)],
        [(0.5, 0, -0.5), (-0.5, 0, -0.5), (-0.5, 1, -0.5), (0.5, 1, -0.5)],
        [(-0.5, 0, -0.5), (-0.5, 0, 0.5), (-0.5, 1, 0.5), (-0.5, 1, -0.5)],
        [(-0.5, 1, 0.5), (0.5, 1, 0.5), (0.5, 1, -0.5), (-0.5, 1, -0.5)],
        [(-0.5, 0, -0.5), (0.5, 0, -0.5), (0.5, 0, 0.5), (-0.5, 0, 0.5)],
    ]
)
_BOX_NORMALS = np.array([(0, 0, 1), (1, 0, 0), (0, 0, -1), (-1, 0, 0), (0, 1, 0), (0, -1, 0)], np.float64)
_BOX_ACROSS = np.array([(0, 1), (2, 1), (0, 1), (2, 1), (0, 2), (0, 2)])  # the axes that u and v of each face run along


def quads(origins: ArrayLike, along: ArrayLike, up: ArrayLike, materials: ArrayLike = 0) -> Mesh:
    """Parallelograms (N) from `origins` (N,3) along two edges each (N,3); seen from where `along` x `up` points."""
    origins, along, up = (np.asarray(value, np.float64).reshape(-1, 3) for value in (origins, along, up))
    origins, along, up = np.broadcast_arrays(origins, along, up)
    corners = np.stack([origins, origins + along, origins + along + up, origins + up], axis=1)
    return faces(corners, materials)


def faces(corners: NDArray[np.float64], materials: ArrayLike = 0) -> Mesh:
    """Flat faces (N,4,3), counter-clockwise from where they are seen; a triangle names its last corner twice."""
    along = corners[:, 1] - corners[:, 0]
    normals = unit(cross(along, corners[:, 2] - corners[:, 0]))
    across = unit(along)
    away = corners - corners[:, :1]
    uv = np.stack(
        [np.einsum("nij,nj->ni", away, across), -np.einsum("nij,nj->ni", away, cross(normals, across))], axis=-1
    )
    return four_cornered(corners, normals[:, None], uv, materials)


def panels(rectangles: ArrayLike, z: ArrayLike = 0.0, materials: ArrayLike = 0) -> Mesh:
    """Rectangles (N,4) of left, bottom, right, top in planes of constant z, facing +z; one pattern runs over all."""
    left, bottom, right, top = np.asarray(rectangles, np.float64).reshape(-1, 4).T
    across, above = np.stack([left, right, right, left], 1), np.stack([bottom, bottom, top, top], 1)
    depth = np.broadcast_to(np.asarray(z, np.float64).reshape(-1, 1), across.shape)
    return four_cornered(np.stack([across, above, depth], -1), (0, 0, 1), np.stack([across, -above], -1), materials)


def boxes(
    bases: ArrayLike, sizes: ArrayLike, turns: ArrayLike = 0.0, materials: ArrayLike = 0, *, closed: bool = False
) -> Mesh:
    """Boxes (N) on the centres of their bases (N,3), of width, height and depth (N,3), turned about the vertical.

    Only `closed` ones have an underside.
    """
    bases, sizes = (np.asarray(value, np.float64).reshape(-1, 3) for value in (bases, sizes))
    bases, sizes = np.broadcast_arrays(bases, sizes)
    sides = 6 if closed else 5
    corners = _BOX[None, :sides] * sizes[:, None, None]
    across = np.take_along_axis(corners, np.broadcast_to(_BOX_ACROSS[None, :sides, None], (*corners.shape[:3], 2)), -1)
    normals = np.broadcast_to(_BOX_NORMALS[None, :sides, None], corners.shape)
    if np.any(turns):
        turned = _about_vertical(np.broadcast_to(np.asarray(turns, np.float64), len(bases)))
        corners = np.einsum("nij,nfcj->nfci", turned, corners)
        normals = np.einsum("nij,nfcj->nfci", turned, normals)
    corners = corners + bases[:, None, None]
    each = np.repeat(np.broadcast_to(materials, len(bases)), sides)
    return four_cornered(
        corners.reshape(-1, 4, 3), normals.reshape(-1, 4, 3), (across * (1, -1)).reshape(-1, 4, 2), each
    )


def rods(
    starts: ArrayLike,
    ends: ArrayLike,
    radius: ArrayLike,
    end_radius: ArrayLike | None = None,
    *,
    sides: int = 5,
    materials: ArrayLike = 0,
) -> Mesh:
    """Straight round rods (N) between points (N,3), open at their ends; they may taper."""
    starts, ends = (np.asarray(value, np.float64).reshape(-1, 3) for value in (starts, ends))
    starts, ends = np.broadcast_arrays(starts, ends)
    way = ends - starts
    forward = unit(way)
    hint = np.where(abs(forward[:, 1:2]) < 0.9, (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))
    side = unit(cross(forward, hint))
    angle = np.linspace(0, 2 * np.pi, sides + 1)[None, :, None]
    ring = np.cos(angle) * side[:, None] + np.sin(angle) * cross(side, forward)[:, None]
    radii = [np.broadcast_to(value, len(starts)) for value in (radius, radius if end_radius is None else end_radius)]
    vertices = np.zeros((len(starts), 2, sides + 1), VERTEX)
    vertices["position"] = np.stack(
        [point[:, None] + ring * size[:, None, None] for point, size in zip((starts, ends), radii, strict=True)], axis=1
    )
    vertices["normal"] = ring[:, None]
    vertices["uv"][..., 0] = angle[..., 0] * radii[0][:, None, None]
    vertices["uv"][:, 1, :, 1] = np.linalg.norm(way, axis=1)[:, None]
    vertices["material"] = np.broadcast_to(materials, len(starts))[:, None, None]
    first = np.arange(len(starts))[:, None] * (2 * sides + 2) + np.arange(sides)
    corners = first[..., None] + np.array([0, sides + 1, sides + 2, 0, sides + 2, 1])
    return Mesh(vertices.reshape(-1), corners.reshape(-1, 3).astype(np.int32))


def four_cornered(corners: NDArray[np.float64], normals: ArrayLike, uv: ArrayLike, materials: ArrayLike) -> Mesh:
    """Quadrilaterals of corners (N,4,3); normals and texture coordinates are for each corner, or broadcast to it."""
    vertices = np.zeros(corners.shape[:2], VERTEX)
    vertices["position"] = corners
    vertices["normal"] = normals
    vertices["uv"] = uv
    vertices["material"] = np.broadcast_to(materials, len(corners))[:, None]
    triangles = 4 * np.arange(len(corners), dtype=np.int32)[:, None] + _PAIR
    return Mesh(vertices.reshape(-1), triangles.reshape(-1, 3))


def sheet(points: NDArray[np.float64], materials: NDArray[np.integer]) -> Mesh:
    """A smooth sheet through a grid of points (M,N,3), with a material for each of its cells (M-1,N-1)."""
    normals = unit(cross(np.gradient(points, axis=0), np.gradient(points, axis=1)))
    across = np.linalg.norm(np.diff(points, axis=1), axis=2).mean(axis=0).cumsum()
    down = np.linalg.norm(np.diff(points, axis=0), axis=2).mean(axis=1).cumsum()
    uv = np.stack(np.meshgrid(np.append(0, across), np.append(0, down)), axis=-1)
    corners, facing, at = (cells(value) for value in (points, normals, uv))
    return four_cornered(corners, facing, at, materials.reshape(-1))


def cells(grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of values at a grid's points (M,N,K), those at the four corners of each cell ((M-1)*(N-1),4,K)."""
    corners = np.stack([grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]], axis=2)
    return corners.reshape(-1, 4, grid.shape[-1])


def repeated(mesh: Mesh, poses: NDArray[np.float64], materials: ArrayLike | None = None) -> Mesh:
    """The mesh under each of the poses (N,4,4).

    Args:
        mesh: to repeat.
        poses: turn, and may stretch along the mesh's own axes and mirror.
        materials: (S,) or (N,S): what the mesh's material numbers stand for, in all or in each of them; by default
            themselves.
    """
    count = len(poses)
    linear = poses[:, :3, :3].swapaxes(1, 2)
    lengths = np.sqrt((linear * linear).sum(axis=2, keepdims=True))
    both = np.zeros((count, 7, 6), np.float32)  # positions, normals and a one to positions and normals
    both[:, :3, :3], both[:, 3:6, 3:], both[:, 6, :3] = linear, linear / lengths**2, poses[:, :3, 3]
    own = np.ones((len(mesh.vertices), 7), np.float32)
    own[:, :3], own[:, 3:6] = mesh.vertices["position"], mesh.vertices["normal"]
    turned = own @ both
    if abs(lengths - 1).max(initial=0) > 1e-6:
        turned[..., 3:] = unit(turned[..., 3:])
    vertices = np.empty((count, len(mesh.vertices)), VERTEX)
    vertices["position"], vertices["normal"] = turned[..., :3], turned[..., 3:]
    vertices["uv"], vertices["material"] = mesh.vertices["uv"], mesh.vertices["material"]
    if materials is not None:
        meanings = np.atleast_2d(np.asarray(materials, np.int64))
        vertices["material"] = np.broadcast_to(meanings[:, mesh.vertices["material"]], vertices.shape)
    triangles = mesh.triangles + len(mesh.vertices) * np.arange(count, dtype=np.int32)[:, None, None]
    return Mesh(vertices.reshape(-1), triangles.reshape(-1, 3))


def poses(points: ArrayLike, turns: ArrayLike = 0.0, scales: ArrayLike = 1.0) -> NDArray[np.float64]:
    """Poses (N,4,4) of things at points (N,3), turned about the vertical (front +z towards +x).

    `scales`: one number, or (N,3).
    """
    points = np.asarray(points, np.float64).reshape(-1, 3)
    scales = np.asarray(scales, np.float64)
    matrices = np.zeros((len(points), 4, 4))
    turned = _about_vertical(np.broadcast_to(np.asarray(turns, np.float64), len(points)))
    matrices[:, :3, :3] = turned * np.broadcast_to(scales, (len(points), 3))[:, None]
    matrices[:, :3, 3] = points
    matrices[:, 3, 3] = 1
    return matrices


def unit(vectors: NDArray[_Real]) -> NDArray[_Real]:
    """The vectors (...,3) with length 1; those without a length point up."""
    lengths = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))[..., None]
    if lengths.size and lengths.min() > 1e-9:
        return vectors / lengths
    return np.where(lengths > 1e-9, vectors / np.maximum(lengths, 1e-9), np.array([0, 1, 0], vectors.dtype))


def _about_vertical(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    matrices = np.zeros((len(turns), 3, 3))
    matrices[:, 0, 0] = matrices[:, 2, 2] = np.cos(turns)
    matrices[:, 0, 2] = np.sin(turns)
    matrices[:, 2, 0] = -np.sin(turns)
    matrices[:, 1, 1] = 1
    return matrices
