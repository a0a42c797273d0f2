"""From the triangles of a file to those of a model: placed, welded, simplified, shaded."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from spnet.errors import SpnetError
from spnet.synth.assets.obj import Wavefront
from spnet.synth.assets.sh3f import Entry
from spnet.synth.assets.surfaces import Surface, first_at_place
from spnet.synth.scene import VERTEX, Mesh

CREASE = np.cos(np.radians(45))
"""Cosine of the angle between two triangles from which on an edge is sharp."""

_WELD = 2e-5  # of the model's size: closer vertices are one
_WELD_UV = 2.0**-12


@dataclass(frozen=True, eq=False)
class Skin:
    """What the skins of a Surface stand for."""

    material: NDArray[np.int64]
    """(S,)."""
    uv: NDArray[np.float64]
    """(S,2), v downwards."""


def placed(wavefront: Wavefront, entry: Entry) -> NDArray[np.float64]:
    """The positions (V,3) in a model's axes: metres, base centre at the origin, y up, front towards +z.

    Raises:
        SpnetError: the model is flat in two directions.
    """
    turned = wavefront.positions @ entry.rotation.T
    used = turned[wavefront.corners.ravel()]
    low, high = used.min(axis=0), used.max(axis=0)
    extent = high - low
    if (extent > 1e-9 * extent.max()).sum() < 2:
        raise SpnetError("is a line or a point")
    scale = np.where(extent > 1e-9 * extent.max(), entry.size / np.maximum(extent, 1e-30), 1.0)
    return (turned - ((low + high) / 2 * (1, 0, 1) + low * (0, 1, 0))) * scale


def welded(wavefront: Wavefront, positions: NDArray[np.float64], textured: NDArray[np.bool_]) -> tuple[Surface, Skin]:
    """One vertex where the file has several at one place; triangles without area and doubles are left out.

    Args:
        wavefront: the file.
        positions: (V,3), for those of the file.
        textured: (M,) whether the texture coordinates of a material matter.

    Raises:
        SpnetError: nothing is left.
    """
    step = _WELD * np.ptp(positions[wavefront.corners.ravel()], axis=0).max()
    corners = _same(*np.rint(positions[wavefront.corners.ravel()] / step).astype(np.int64).T)
    material = np.repeat(wavefront.material, 3).astype(np.int64)
    uv = np.where(textured[material][:, np.newaxis], wavefront.uv[wavefront.corner_uv.ravel()] * (1, -1) + (0, 1), 0.0)
    skins = _same(corners, material, *np.rint(uv / _WELD_UV).astype(np.int64).T)
    places = positions[wavefront.corners.ravel()][np.unique(corners, return_index=True)[1]]
    first = np.unique(skins, return_index=True)[1]
    corners, skins = corners.reshape(-1, 3), skins.reshape(-1, 3)
    kept = np.flatnonzero(_has_area(places, corners, 0.1 * step**2))
    kept = kept[first_at_place(corners[kept])]
    if len(kept) == 0:
        raise SpnetError("has no triangle with an area")
    return Surface(places, corners[kept], skins[kept]), Skin(material[first], uv[first])


def shaded(surface: Surface, skin: Skin) -> Mesh:
    """What is drawn: smooth but for edges sharper than CREASE, the vertices in the order of their first use."""
    normals, bend = _bent_normals(surface)
    keys = _same(surface.skins.ravel(), bend)
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    corner = first[order]
    vertices = np.zeros(len(corner), VERTEX)
    vertices["position"] = surface.positions[surface.corners.ravel()[corner]]
    vertices["normal"] = normals[bend[corner]]
    vertices["uv"] = skin.uv[surface.skins.ravel()[corner]]
    vertices["material"] = skin.material[surface.skins.ravel()[corner]]
    return Mesh(vertices, rank[inverse].reshape(-1, 3).astype(np.int32))


def _same(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each row of columns, equal for equal rows."""
    number = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        ranks = np.unique(column, return_inverse=True)[1]
        number = np.unique(number * (ranks.max(initial=0) + 1) + ranks, return_inverse=True)[1]
    return number


def _has_area(positions: NDArray[np.float64], corners: NDArray[np.int64], least: float) -> NDArray[np.bool_]:
    points = positions[corners]
    doubled = np.linalg.norm(np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]), axis=1)
    return doubled > 2 * least


def _bent_normals(surface: Surface) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Unit normals (N,3), and for each corner (3T,) which it has: corners that smooth edges connect share one."""
    corners = surface.corners
    points = surface.positions[corners]
    flat = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    unit = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-30)
    following = np.roll(corners, -1, axis=1)
    edges = (np.minimum(corners, following) * len(surface.positions) + np.maximum(corners, following)).ravel()
    order = np.argsort(edges, kind="stable")
    here, there = order[:-1], order[1:]
    smooth = (edges[here] == edges[there]) & ((unit[here // 3] * unit[there // 3]).sum(axis=1) >= CREASE)
    here, there = here[smooth], there[smooth]
    here_end, there_end = here - here % 3 + (here + 1) % 3, there - there % 3 + (there + 1) % 3
    crossed = corners.ravel()[here] != corners.ravel()[there]  # neighbours usually run along an edge in opposite ways
    start = np.concatenate([here, here_end])
    end = np.concatenate([np.where(crossed, there_end, there), np.where(crossed, there, there_end)])
    links = coo_array((np.ones(len(start), bool), (start, end)), (corners.size, corners.size))
    count, bend = connected_components(links, directed=False)
    weight = _angles(points)[:, np.newaxis] * np.repeat(flat, 3, axis=0)  # by area, too: flats beside bevels stay flat
    total = np.stack([np.bincount(bend, weight[:, axis], count) for axis in range(3)], axis=1)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    return np.where(length > 1e-12, total / np.maximum(length, 1e-12), (0.0, 1.0, 0.0)), bend.astype(np.int64)


def _angles(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The angle at each corner of triangles (T,3,3): (3T,) radians."""
    one, other = np.roll(points, -1, axis=1) - points, np.roll(points, 1, axis=1) - points
    lengths = np.linalg.norm(one, axis=2) * np.linalg.norm(other, axis=2)
    cosine = (one * other).sum(axis=2) / np.maximum(lengths, 1e-30)
    return np.arccos(np.clip(cosine, -1, 1)).ravel()
