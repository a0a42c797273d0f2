"""Triangles as they are simplified: joined where they touch, apart where their looks change."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Indices = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles whose corners have a position and a skin: what changes at a seam."""

    positions: Reals
    """(V,3)."""
    corners: Indices
    """(T,3), in `positions`; three different ones each."""
    skins: Indices
    """(T,3): two corners at one position look the same if their skins are equal; no skin is at two positions."""


def areas(surface: Surface) -> Reals:
    """(T,) of its triangles."""
    points = surface.positions[surface.corners]
    return np.linalg.norm(np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]), axis=1) / 2


def pieces(surface: Surface) -> Indices:
    """(V,) which connected piece a vertex is of."""
    count = len(surface.positions)
    ends = surface.corners[:, [1, 2]]
    links = coo_array((np.ones(ends.size, bool), (np.repeat(surface.corners[:, 0], 2), ends.ravel())), (count, count))
    return connected_components(links, directed=False)[1].astype(np.int64)


def extents(surface: Surface, piece: Indices) -> Reals:
    """The longest side of the box around each piece, given as (V,) by `pieces`."""
    low, high = np.full((piece.max() + 1, 3), np.inf), np.full((piece.max() + 1, 3), -np.inf)
    np.minimum.at(low, piece, surface.positions)
    np.maximum.at(high, piece, surface.positions)
    return (high - low).max(axis=1)


def first_at_place(corners: Indices) -> Indices:
    """Of triangles (T,3) with the same three corners, in any order, the first: in their order, their indices."""
    low, middle, high = np.sort(corners, axis=1).T
    count = corners.max(initial=0) + 1  # its cube is below 2**63: MAX_VERTICES
    return np.sort(np.unique((low * count + middle) * count + high, return_index=True)[1])
