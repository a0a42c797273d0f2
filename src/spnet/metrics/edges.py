"""Where depth breaks off in the truth."""

import numpy as np
from numpy.typing import NDArray

from spnet.metrics.pixels import known_depth

EDGE_RATIO = 1.1
"""Neighbouring pixels whose depths differ by more than this factor belong to different surfaces."""

EDGE_REACH = 3
"""Pixels, up, down, left, right and diagonally, from an edge to the border of its band."""


def edge_band(truth: NDArray[np.floating]) -> NDArray[np.bool_]:
    """The pixels (H,W) within 3 of a depth edge of the truth, whether the truth is known there or not.

    An edge lies between two neighbours in a row or column, both known, of which one is more than 1.1 times as far as
    the other: the occluding contours of Bochkovskii et al., "Depth Pro", ICLR 2025, section 4, which takes factors
    from 1.05 to 1.25. A factor sees near and far edges alike. Both of the neighbours belong to the edge; the band is
    as wide as the blur that completion leaves where it spreads depth across an edge. Where the truth is sparse or holed
    along its edges, these are not seen.

    Args:
        truth: (H,W) metres; see `known_depth` for what is known of it.
    """
    known = known_depth(truth)
    depth = np.where(known, truth, 1).astype(np.float64)
    band = np.zeros(truth.shape, dtype=np.bool_)
    for axis in (0, 1):
        metres, present = np.moveaxis(depth, axis, 0), np.moveaxis(known, axis, 0)
        edge = np.moveaxis(band, axis, 0)
        nearer, farther = np.minimum(metres[1:], metres[:-1]), np.maximum(metres[1:], metres[:-1])
        breaks = present[1:] & present[:-1] & (farther > EDGE_RATIO * nearer)
        edge[1:] |= breaks
        edge[:-1] |= breaks
    return _grown(band, EDGE_REACH)


def _grown(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """The mask with all pixels within so many rows and columns of it."""
    for axis in (0, 1):
        source, grown = np.moveaxis(mask, axis, 0), np.moveaxis(mask.copy(), axis, 0)
        for shift in range(1, min(reach, len(source) - 1) + 1):
            grown[shift:] |= source[:-shift]
            grown[:-shift] |= source[shift:]
        mask = np.moveaxis(grown, 0, axis)
    return mask
