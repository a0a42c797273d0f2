"""Meshes made from numbers: what layouts build walls, furniture, ground and plants from.

Texture coordinates are metres along the surface, so that a texture's repetition has its real size; on `cards` they run
from 0 to 1. A mesh's material is the index given, in the scene's list.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spnet.synth.scene import VERTEX, Mesh

Opening = tuple[float, float, float, float]
"""In a wall: left, bottom, width, height, metres."""


def join(meshes: Sequence[Mesh]) -> Mesh:
    """One mesh of several."""
    if not meshes:
        return Mesh(np.zeros(0, VERTEX), np.zeros((0, 3), np.int32))
    starts = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes[:-1]])
    triangles = np.concatenate([mesh.triangles + np.int32(start) for mesh, start in zip(meshes, starts, strict=True)])
    rows = [mesh.vertices.view(f"V{VERTEX.itemsize}") for mesh in meshes]  # fields are copied one by one, rows at once
    return Mesh(np.concatenate(rows).view(VERTEX), triangles)


def cross(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """The cross product of vectors (...,3); several times as fast as NumPy's for few of them."""
    product = np.empty(np.broadcast(a, b).shape)
    for axis, (following, last) in enumerate(((1, 2), (2, 0), (0, 1))):
        product[..., axis] = a[..., following] * b[..., last] - a[..., last] * b[..., following]
    return product


def moved(mesh: Mesh, pose: NDArray[np.float64]) -> Mesh:
    """The mesh under a pose (4,4), which may stretch."""
    vertices = mesh.vertices.copy()
    vertices["position"] = mesh.vertices["position"] @ pose[:3, :3].T + pose[:3, 3]
    vertices["normal"] = _unit(mesh.vertices["normal"] @ np.linalg.inv(pose[:3, :3]))
    return Mesh(vertices, mesh.triangles)


def pose(position: ArrayLike = (0, 0, 0), turn: float = 0.0, scale: ArrayLike = 1.0) -> NDArray[np.float64]:
    """The pose (4,4) of something turned by `turn` radians about the vertical (front +z towards +x) and then moved."""
    matrix = np.eye(4)
    cosine, sine = np.cos(turn), np.sin(turn)
    matrix[:3, :3] = np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]]) * np.broadcast_to(scale, 3)
    matrix[:3, 3] = position
    return matrix


def quad(origin: ArrayLike, along: ArrayLike, up: ArrayLike, material: int = 0) -> Mesh:
    """The parallelogram from `origin` along two edges; seen from where `along` x `up` points."""
    origin, along, up = (np.asarray(value, np.float64) for value in (origin, along, up))
    corners = np.array([origin, origin + along, origin + along + up, origin + up])
    wide, high = np.linalg.norm(along), np.linalg.norm(up)
    uv = np.array([[0, high], [wide, high], [wide, 0], [0, 0]])
    return _flat(corners[None], uv[None], material)


def box(size: ArrayLike, material: int = 0, *, top: int | None = None) -> Mesh:
    """A box of width, height and depth, its base centred at the origin; its upper side may have another material."""
    wide, high, deep = np.asarray(size, np.float64)
    x, z = wide / 2, deep / 2
    sides = [
        quad((-x, 0, z), (wide, 0, 0), (0, high, 0), material),
        quad((x, 0, z), (0, 0, -deep), (0, high, 0), material),
        quad((x, 0, -z), (-wide, 0, 0), (0, high, 0), material),
        quad((-x, 0, -z), (0, 0, deep), (0, high, 0), material),
        quad((-x, high, z), (wide, 0, 0), (0, 0, -deep), material if top is None else top),
        quad((-x, 0, -z), (wide, 0, 0), (0, 0, deep), material),
    ]
    return join(sides)


def wall(
    length: float, height: float, thickness: float, openings: Sequence[Opening] = (), material: int = 0, reveal: int = 0
) -> Mesh:
    """A wall from the origin along +x, its front at z = 0 facing +z, its back at -thickness.

    Openings (left, bottom, width, height) lie inside the wall and do not overlap; their sides are of `reveal`.
    """
    faces = _around(length, height, openings)
    parts = []
    for left, bottom, right, top in faces:
        parts.append(_rectangle(left, bottom, right, top, 0.0, 1, material))
        parts.append(_rectangle(left, bottom, right, top, -thickness, -1, material))
    for opening in openings:
        parts += _sides(opening, 0.0, -thickness, reveal)
    parts += _sides((0.0, 0.0, length, height), -thickness, 0.0, material)  # inside out: a wall's own sides face away
    return join(parts)


def surface(points: NDArray[np.float64], material: int = 0) -> Mesh:
    """A smooth sheet through a grid of points (M,N,3); seen from where rows x columns points, lit from both sides."""
    rows, columns = points.shape[:2]
    across = (
        np.gradient(points, axis=1) if columns > 2 else np.broadcast_to(points[:, -1:] - points[:, :1], points.shape)
    )
    down = np.gradient(points, axis=0) if rows > 2 else np.broadcast_to(points[-1:] - points[:1], points.shape)
    vertices = np.zeros((rows, columns), VERTEX)
    vertices["position"] = points
    vertices["normal"] = _unit(cross(down, across))
    steps_across = np.linalg.norm(np.diff(points, axis=1), axis=2).mean(axis=0)
    steps_down = np.linalg.norm(np.diff(points, axis=0), axis=2).mean(axis=1)
    vertices["uv"][..., 0] = np.concatenate([[0], np.cumsum(steps_across)])
    vertices["uv"][..., 1] = np.concatenate([[0], np.cumsum(steps_down)])[:, None]
    vertices["material"] = material
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).reshape(-1, 1)
    triangles = corner + np.array([[0, columns, columns + 1, 0, columns + 1, 1]])
    return Mesh(vertices.reshape(-1), triangles.reshape(-1, 3).astype(np.int32))


def lathe(profile: ArrayLike, sides: int = 16, material: int = 0) -> Mesh:
    """A profile (N,2) of radius and height turned about the vertical; heights rise along it."""
    radius, height = np.asarray(profile, np.float64).T
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    points = np.stack(
        [np.outer(radius, np.sin(angle)), np.repeat(height[:, None], sides + 1, 1), np.outer(radius, np.cos(angle))], -1
    )
    mesh = surface(points[::-1], material)
    ends = mesh.vertices.reshape(len(radius), sides + 1)
    ends["normal"][:, 0] = ends["normal"][:, -1] = _unit(ends["normal"][:, 0] + ends["normal"][:, -1])
    return mesh


def cylinder(radius: float, height: float, sides: int = 16, material: int = 0) -> Mesh:
    """A closed cylinder standing on the origin, with sharp rims."""
    side = lathe([(radius, 0), (radius, height)], sides, material)
    lids = [
        lathe([(radius, height), (1e-6, height)], sides, material),
        lathe([(1e-6, 0), (radius, 0)], sides, material),
    ]
    for lid, up in zip(lids, (1, -1), strict=True):
        lid.vertices["normal"] = (0, up, 0)
    return join([side, *lids])


def tube(path: ArrayLike, radius: ArrayLike, sides: int = 6, material: int = 0) -> Mesh:
    """A round tube along a path (N,3), of one radius or one a point: wires, rails, pipes, branches."""
    path = np.asarray(path, np.float64)
    forward = _unit(np.gradient(path, axis=0))
    hint = np.array([0.0, 1.0, 0.0]) if abs(forward[0, 1]) < 0.9 else np.array([1.0, 0.0, 0.0])
    side = _carried(_unit(cross(forward[0], hint)), forward)
    over = cross(side, forward)
    angle = np.linspace(0, 2 * np.pi, sides + 1)[None, :, None]
    ring = np.cos(angle) * side[:, None] + np.sin(angle) * over[:, None]
    points = path[:, None] + ring * np.broadcast_to(radius, len(path))[:, None, None]
    mesh = surface(points, material)
    mesh.vertices["normal"] = ring.reshape(-1, 3)
    return mesh


def cards(centres: ArrayLike, along: ArrayLike, up: ArrayLike, material: int = 0) -> Mesh:
    """Rectangles (N) about centres (N,3) with edges (N,3) each, one whole texture on each: leaves, grass, signs."""
    centres, along, up = (np.asarray(value, np.float64) for value in (centres, along, up))
    low = centres - along / 2 - up / 2
    corners = np.stack([low, low + along, low + along + up, low + up], axis=1)
    uv = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float64)
    return _flat(corners, np.broadcast_to(uv, (len(centres), 4, 2)), material)


def _flat(corners: NDArray[np.float64], uv: NDArray[np.float64], material: int) -> Mesh:
    """Rectangles (N,4,3) with one normal each."""
    vertices = np.zeros(corners.shape[:2], VERTEX)
    vertices["position"] = corners
    vertices["normal"] = _unit(cross(corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]))[:, None]
    vertices["uv"] = uv
    vertices["material"] = material
    triangles = 4 * np.arange(len(corners))[:, None] + np.array([[0, 1, 2, 0, 2, 3]])
    return Mesh(vertices.reshape(-1), triangles.reshape(-1, 3).astype(np.int32))


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.floating]:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def _rectangle(left: float, bottom: float, right: float, top: float, z: float, side: int, material: int) -> Mesh:
    start = left if side > 0 else right
    mesh = quad((start, bottom, z), (side * (right - left), 0, 0), (0, top - bottom, 0), material)
    mesh.vertices["uv"] = np.stack([mesh.vertices["position"][:, 0], -mesh.vertices["position"][:, 1]], axis=1)
    return mesh


def _sides(opening: Opening, front: float, back: float, material: int) -> list[Mesh]:
    """The four sides of a hole through a wall, facing into it."""
    left, bottom, wide, high = opening
    right, top, through = left + wide, bottom + high, back - front
    return [
        quad((left, bottom, front), (0, 0, through), (0, high, 0), material),
        quad((right, bottom, back), (0, 0, -through), (0, high, 0), material),
        quad((left, bottom, front), (wide, 0, 0), (0, 0, through), material),
        quad((left, top, back), (wide, 0, 0), (0, 0, -through), material),
    ]


def _carried(side: NDArray[np.floating], forward: NDArray[np.floating]) -> NDArray[np.floating]:
    """A direction across the start of a path taken along it (N,3), turned no more than the path turns."""
    sides = [side]
    for ahead in forward[1:]:
        side = side - (side @ ahead) * ahead
        side = side / max(float(np.linalg.norm(side)), 1e-12)
        sides.append(side)
    return np.array(sides)


def _around(length: float, height: float, openings: Sequence[Opening]) -> list[tuple[float, float, float, float]]:
    """Rectangles (left, bottom, right, top) that cover a wall but its openings: columns between openings' edges."""
    edges = sorted({0.0, length, *(left for left, *_ in openings), *(left + wide for left, _, wide, _ in openings)})
    faces = []
    for left, right in pairwise(edges):
        middle, bottom = (left + right) / 2, 0.0
        for start, low, wide, high in sorted(openings, key=lambda opening: opening[1]):
            if start < middle < start + wide:
                faces.append((left, bottom, right, low))
                bottom = low + high
        faces.append((left, bottom, right, height))
    return [face for face in faces if face[3] - face[1] > 1e-9]
