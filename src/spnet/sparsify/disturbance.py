"""Steps that falsify measurements."""

import numpy as np
from numpy.typing import NDArray

from spnet.sparsify.scene import Scene

_MOST_DEVIATIONS = 3.0

_Depth = NDArray[np.float32]


def add_noise(depth: _Depth, scene: Scene, values: tuple[float, ...], generator: np.random.Generator) -> _Depth:
    """Multiply each measurement by its own 1 + s * n, n standard normal and cut at 3 deviations.

    The deviation is thus a share s of the depth everywhere. With s at most 0.3 no depth becomes 0 or negative.
    """
    (share,) = values
    factor = generator.standard_normal(depth.shape, dtype=np.float32)
    np.clip(factor, -_MOST_DEVIATIONS, _MOST_DEVIATIONS, out=factor)
    factor *= np.float32(share)
    factor += 1
    factor *= depth
    return factor


def add_outliers(depth: _Depth, scene: Scene, values: tuple[float, ...], generator: np.random.Generator) -> _Depth:
    """Replace a share of the measurements by anything within the scene's range of depths, uniform in inverse depth.

    That is how the disparity of a false match of a stereo or structured-light camera is distributed.
    """
    (share,) = values
    wrong, where = generator.random((2, *depth.shape), dtype=np.float32)
    chosen = (wrong < share) & (depth > 0)
    if not chosen.any():
        return depth
    known = scene.truth[scene.truth > 0]
    nearest, farthest = 1 / known.min().astype(np.float64), 1 / known.max().astype(np.float64)
    false = 1 / (farthest + (nearest - farthest) * where[chosen].astype(np.float64))
    disturbed = depth.copy()
    disturbed[chosen] = np.clip(false, known.min(), known.max())
    return disturbed
