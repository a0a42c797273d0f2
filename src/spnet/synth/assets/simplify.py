"""Fewer triangles that look the same: edges are collapsed in the order of the error that this makes.

The error is that of Garland and Heckbert, Surface Simplification Using Quadric Error Metrics (SIGGRAPH 1997), per unit
of area: a mean square distance. Vertices move to a neighbour's place, never between, so that texture coordinates stay
exact; open borders, and seams where texture coordinates or materials change, collapse only along themselves. Each round
collapses many edges, no two of which share a triangle.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spnet.synth.assets.foliage import thinned
from spnet.synth.assets.surfaces import Indices, Reals, Surface, extents, first_at_place, pieces

_BORDER_WEIGHT = 2.0  # of the plane that keeps a border in its place, per square of the edge's length
_LEAST_COSINE = 0.2  # between a triangle's normals before and after a collapse
_MAX_ROUNDS = 150
_FINE, _COARSE = 0.04, 0.15  # most tolerance for leaves, as a share of their extent
_LEVELS = 6  # of error within a round
_PASSES = 4  # over the candidates of a round


def simplified(
    surface: Surface, limit: int, tolerance: float, rng: np.random.Generator, *, leafy: bool = False
) -> Surface:
    """The surface with about `limit` triangles at most.

    Args:
        surface: what to simplify.
        limit: how many triangles to keep.
        tolerance: root mean square distance from where a surface was that is always accepted, in the units of the
            positions.
        rng: draws which of similar edges collapse first.
        leafy: whether small pieces are leaves: they keep their shape, within eight times the tolerance, and where
            that is not enough they are thinned out.
    """
    anything = np.full(len(surface.positions), np.inf)
    if not leafy:
        simple = _collapsed(surface, 0, np.minimum(tolerance, anything), rng)
        return _collapsed(simple, limit, anything, rng)
    piece = pieces(surface)
    extent = extents(surface, piece)[piece]
    simple = _collapsed(surface, 0, np.minimum(tolerance, _FINE * extent), rng, may_vanish=False)
    simple = _collapsed(simple, limit, np.minimum(8 * tolerance, _COARSE * extent), rng, may_vanish=False)
    return _collapsed(thinned(simple, surface, limit, rng), limit, anything, rng)


def _collapsed(
    surface: Surface, limit: int, tolerance: Reals, rng: np.random.Generator, may_vanish: bool = True
) -> Surface:
    """Collapse edges until `limit` triangles are left, or each costs more than the `tolerance` (V,) of its start."""
    quadrics = _quadrics(surface)
    for _ in range(_MAX_ROUNDS):
        excess = len(surface.corners) - limit
        if excess <= 0:
            break
        collapses = _possible(surface, may_vanish)
        error = _errors(quadrics, surface.positions, collapses)
        error = np.where(error <= tolerance[collapses.start] ** 2, error, np.inf)
        least = np.argsort(error, kind="stable")[: max(500, 2 * excess)]
        least = _shuffled(least[error[least] < np.inf], rng)
        chosen = _independent(surface, collapses, least)[: (excess + 1) // 2]
        if len(chosen) == 0:
            break
        np.add.at(quadrics, collapses.end[chosen], quadrics[collapses.start[chosen]])
        surface = _applied(surface, collapses, chosen)
    return surface


def _shuffled(ordered: Indices, rng: np.random.Generator) -> Indices:
    """Roughly in the same order: neighbours of nearly the same error would otherwise wait for each other in a row."""
    level = np.arange(len(ordered)) * _LEVELS // max(1, len(ordered))
    return ordered[np.lexsort((rng.random(len(ordered)), level))]


@dataclass(frozen=True, eq=False)
class _Collapses:
    """Vertices `start` that may move to `end` (both (C,)), and what becomes of their skins: a row for each."""

    start: Indices
    end: Indices
    row: Indices
    """(R,) the collapse that a row belongs to."""
    skin_start: Indices
    skin_end: Indices


def _possible(surface: Surface, may_vanish: bool) -> _Collapses:
    """The collapses that tear no border and no seam: all skins of `start` continue along the edge."""
    corners, skins, count = surface.corners, surface.skins, len(surface.positions)
    start, end = (corners[:, order].ravel() for order in ([0, 1, 2, 1, 2, 0], [1, 2, 0, 0, 1, 2]))
    skin_start, skin_end = (skins[:, order].ravel() for order in ([0, 1, 2, 1, 2, 0], [1, 2, 0, 0, 1, 2]))
    rows = np.lexsort((skin_start, start * count + end))
    start, end, skin_start, skin_end = start[rows], end[rows], skin_start[rows], skin_end[rows]
    first_of_edge = np.diff(start * count + end, prepend=-1) != 0
    first_of_skin = first_of_edge | (np.diff(skin_start, prepend=-1) != 0)
    edge = np.cumsum(first_of_edge) - 1
    sides, skins_along = np.bincount(edge), np.bincount(edge[first_of_skin])
    start, end = start[first_of_edge], end[first_of_edge]
    _, place = np.unique(skins, return_index=True)
    skins_of = np.bincount(corners.ravel()[place], minlength=count)
    on_border = np.zeros(count, bool)
    on_border[start[sides == 1]] = True
    valence = np.bincount(corners.ravel(), minlength=count)
    allowed = (skins_along == skins_of[start]) & ((sides == 1) | ~on_border[start])
    if not may_vanish:
        allowed &= (sides < valence[start]) | (sides < valence[end])
    kept = first_of_skin & allowed[edge]
    return _Collapses(
        start[allowed], end[allowed], (np.cumsum(allowed) - 1)[edge[kept]], skin_start[kept], skin_end[kept]
    )


def _independent(surface: Surface, collapses: _Collapses, ordered: Indices) -> Indices:
    """Of the collapses `ordered`, those that turn no triangle over and share none with one before them."""
    corners = surface.corners
    by_vertex = np.argsort(corners.ravel(), kind="stable")
    valence = np.bincount(corners.ravel(), minlength=len(surface.positions))
    start = collapses.start[ordered]
    rank = np.repeat(np.arange(len(ordered)), valence[start])
    offset = np.arange(len(rank)) - np.repeat(np.cumsum(valence[start]) - valence[start], valence[start])
    triangle, corner = np.divmod(by_vertex[(np.cumsum(valence) - valence)[start][rank] + offset], 3)
    end = collapses.end[ordered][rank]
    before = surface.positions[corners[triangle]]
    after = before.copy()
    after[np.arange(len(rank)), corner] = surface.positions[end]
    turned = _turned(before, after) & ~(corners[triangle] == end[:, np.newaxis]).any(axis=1)
    bad = np.bincount(rank[turned], minlength=len(ordered)) > 0
    rank, triangle = rank[~bad[rank]], triangle[~bad[rank]]
    return ordered[_apart(rank, triangle, len(ordered), len(corners))]


def _apart(rank: Indices, triangle: Indices, ranks: int, triangles: int) -> NDArray[np.bool_]:
    """Which of `ranks` to take so that no two of the rows (rank, triangle) share a triangle; low ranks go first."""
    taken = np.zeros(ranks, bool)
    for _ in range(_PASSES):
        first = np.full(triangles, ranks)
        np.minimum.at(first, triangle, rank)
        beaten = np.bincount(rank[first[triangle] < rank], minlength=ranks) > 0
        leading = np.bincount(rank, minlength=ranks) > 0
        taken |= leading & ~beaten
        occupied = np.zeros(triangles, bool)
        occupied[triangle[taken[rank]]] = True
        blocked = np.bincount(rank[occupied[triangle]], minlength=ranks) > 0
        rank, triangle = rank[~blocked[rank]], triangle[~blocked[rank]]
    return taken


def _turned(before: Reals, after: Reals) -> NDArray[np.bool_]:
    """Which of the triangles (N,3,3) have another direction, or hardly any area, afterwards."""
    old = np.cross(before[:, 1] - before[:, 0], before[:, 2] - before[:, 0])
    new = np.cross(after[:, 1] - after[:, 0], after[:, 2] - after[:, 0])
    lengths = np.sqrt((old**2).sum(axis=1) * (new**2).sum(axis=1))
    return (old * new).sum(axis=1) <= _LEAST_COSINE * lengths


def _applied(surface: Surface, collapses: _Collapses, chosen: Indices) -> Surface:
    moved = np.arange(len(surface.positions))
    moved[collapses.start[chosen]] = collapses.end[chosen]
    is_chosen = np.zeros(len(collapses.start), bool)
    is_chosen[chosen] = True
    rows = is_chosen[collapses.row]
    changed = np.arange(surface.skins.max() + 1)
    changed[collapses.skin_start[rows]] = collapses.skin_end[rows]
    corners, skins = moved[surface.corners], changed[surface.skins]
    whole = (corners[:, 0] != corners[:, 1]) & (corners[:, 1] != corners[:, 2]) & (corners[:, 2] != corners[:, 0])
    corners, skins = corners[whole], skins[whole]
    single = first_at_place(corners)  # a sheet may fold onto itself
    return replace(surface, corners=corners[single], skins=skins[single])


def _quadrics(surface: Surface) -> Reals:
    """For each vertex, the planes around it: (V,11) upper triangles of symmetric 4x4 matrices, and their weight."""
    points = surface.positions[surface.corners]
    normal = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    doubled = np.linalg.norm(normal, axis=1, keepdims=True)
    normal = normal / np.maximum(doubled, 1e-30)
    quadrics = np.zeros((len(surface.positions), 11))
    for corner in range(3):
        np.add.at(quadrics, surface.corners[:, corner], _plane(normal, points[:, 0], doubled[:, 0] / 6))
    seams = _seams(surface.skins)
    for corner in range(3):
        seam, following = seams[:, corner], (corner + 1) % 3
        edge = points[seam, following] - points[seam, corner]
        length = np.linalg.norm(edge, axis=1)
        upright = np.cross(edge, normal[seam]) / np.maximum(length, 1e-30)[:, np.newaxis]
        plane = _plane(upright, points[seam, corner], _BORDER_WEIGHT * length**2)
        for place in (corner, following):
            np.add.at(quadrics, surface.corners[seam, place], plane)
    return quadrics


def _seams(skins: Indices) -> NDArray[np.bool_]:
    """(T,3) whether no other triangle continues the surface across the edge from a corner to the following one."""
    following = np.roll(skins, -1, axis=1)
    edges = np.minimum(skins, following) * (skins.max() + 1) + np.maximum(skins, following)
    _, edge, times = np.unique(edges, return_inverse=True, return_counts=True)
    return (times[edge] == 1).reshape(skins.shape)


def _plane(normal: Reals, point: Reals, weight: Reals) -> Reals:
    distance = -(normal * point).sum(axis=1)
    x, y, z = normal.T
    terms = (x * x, x * y, x * z, x * distance, y * y, y * z, y * distance, z * z, z * distance, distance**2)
    return np.stack([*terms, np.ones_like(x)], axis=1) * weight[:, np.newaxis]


def _errors(quadrics: Reals, positions: Reals, collapses: _Collapses) -> Reals:
    """Mean square distance (C,) of where a vertex goes from the planes that it stands for."""
    planes = quadrics[collapses.start]
    x, y, z = positions[collapses.end].T
    one = np.ones_like(x)
    terms = (x * x, 2 * x * y, 2 * x * z, 2 * x, y * y, 2 * y * z, 2 * y, z * z, 2 * z, one)
    squared = (planes[:, :10] * np.stack(terms, axis=1)).sum(axis=1) / np.maximum(planes[:, 10], 1e-30)
    edge = positions[collapses.start] - positions[collapses.end]
    return np.maximum(squared, 0) + 1e-6 * (edge**2).sum(axis=1)  # on flat ground, short edges go first
