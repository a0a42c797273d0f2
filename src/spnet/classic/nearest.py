"""Nearest-neighbour completion."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt


def fill(rgb: NDArray[np.uint8], depth: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Give every pixel the depth of the nearest measured pixel; the image plays no part.

    The contract is that of `spnet.classic`. Among measured pixels at the same distance the choice is
    arbitrary, but always the same.
    """
    nearest = distance_transform_edt(~mask, return_distances=False, return_indices=True)
    dense: NDArray[np.float32] = depth[tuple(nearest)]
    return dense
