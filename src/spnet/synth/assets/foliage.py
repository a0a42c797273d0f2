"""Fewer leaves, each larger: Cook et al., Stochastic Simplification of Aggregate Detail (SIGGRAPH 2007)."""

import numpy as np

from spnet.synth.assets.surfaces import Surface, areas, extents, pieces

_LEAF = 0.1  # of the whole's extent, the most that a leaf has
_LEAST_LEAVES = 200  # with fewer, each may be something
_MOST_LEFT_OUT = 0.97
_MOST_REGROWN = 2.0  # area that a leaf gets back; one with two sides lost half of it rightly
_MOST_ENLARGED = 3.5


def thinned(surface: Surface, original: Surface, limit: int, rng: np.random.Generator) -> Surface:
    """Leave out leaves at random until about `limit` triangles are left, and let the others cover what all did.

    Args:
        surface: simplified.
        original: what it was before, with the same positions.
        limit: how many triangles to keep.
        rng: draws the leaves that stay.
    """
    piece_of = pieces(original)
    piece = piece_of[surface.corners[:, 0]]
    size = np.bincount(piece, minlength=piece_of.max() + 1)
    extent = extents(original, piece_of)
    is_leaf = (size > 0) & (extent < _LEAF * np.ptp(original.positions, axis=0).max())
    if is_leaf.sum() < _LEAST_LEAVES:
        return surface
    share = min(_MOST_LEFT_OUT, max(0.0, (len(surface.corners) - limit) / size[is_leaf].sum()))
    kept = ~is_leaf | (rng.random(len(size)) >= share)
    before = np.bincount(piece_of[original.corners[:, 0]], areas(original), len(size))
    after = np.bincount(piece, areas(surface), len(size))
    regrown = np.clip(before / np.maximum(after, 1e-30), 1, _MOST_REGROWN)
    scale = np.where(is_leaf, np.minimum(_MOST_ENLARGED, np.sqrt(regrown / (1 - share))), 1.0)
    weight = np.maximum(np.bincount(piece_of, minlength=len(size)), 1)
    centre = np.stack([np.bincount(piece_of, surface.positions[:, axis]) / weight for axis in range(3)], axis=1)
    positions = centre[piece_of] + (surface.positions - centre[piece_of]) * scale[piece_of][:, np.newaxis]
    return Surface(positions, surface.corners[kept[piece]], surface.skins[kept[piece]])
