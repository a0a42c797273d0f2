"""Whether an exported network gives what PyTorch gives."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.export.graph import Graph, grown

Run: TypeAlias = Callable[[NDArray[np.float32]], NDArray[np.float32]]
Shape: TypeAlias = tuple[int, int, int]
"""Batch, height, width."""

BOUND = 1e-4
"""The largest difference, as a share of the maximum of PyTorch's output, channel by channel."""

HALF_BOUND = 2e-2
"""The same with kernels of float16, each of which is off by up to 2^-11 of itself."""

_MULTIPLES: tuple[Shape, ...] = ((1, 64, 64), (1, 96, 96), (2, 96, 128), (1, 160, 96), (3, 128, 96), (1, 96, 224))
_ANY: tuple[Shape, ...] = ((1, 1, 1), (2, 20, 50), (1, 70, 65), (2, 67, 100), (3, 97, 70), (1, 161, 66), (1, 96, 128))


def shapes_for(*, any_size: bool, smallest: int) -> list[Shape]:
    """The shapes to compare on, none of them with a side that the format would pad to less than `smallest` pixels."""
    shapes = _ANY if any_size else _MULTIPLES
    return [shape for shape in shapes if min(grown(side) for side in shape[1:]) >= smallest]


def check_equal(run: Run, graph: Graph, shapes: Sequence[Shape], *, name: str) -> float:
    """The largest difference between a runtime's output and PyTorch's, as a share of the latter's maximum.

    Raises:
        SpnetError: it is beyond `BOUND` (`HALF_BOUND` for float16 kernels), or not a number.
    """
    bound = HALF_BOUND if graph.half else BOUND
    worst = 0.0
    for index, shape in enumerate(shapes):
        x = example(shape, seed=index)
        expected, found = graph.reference(x), run(x)
        if found.shape != expected.shape:
            raise SpnetError(f"{name} gives {found.shape} where PyTorch gives {expected.shape}: nothing was written")
        difference = np.abs(found - expected).max(axis=(0, 2, 3)) / np.abs(expected).max(axis=(0, 2, 3))
        if not (difference <= bound).all():  # NaN fails, too
            size = "x".join(map(str, shape[1:]))
            raise SpnetError(
                f"{name} differs from PyTorch by {difference.max():.1e} of the maximum at {size}, more than {bound:g}: "
                "nothing was written" + ("; export without half" if graph.half else "")
            )
        worst = max(worst, float(difference.max()))
    return worst


def example(shape: Shape, seed: int) -> NDArray[np.float32]:
    """An input (N,5,H,W) as completion makes it: a picture, and a tenth of its pixels measured."""
    batch, height, width = shape
    generator = np.random.default_rng(seed)
    x = np.empty((batch, 5, height, width), dtype=np.float32)
    x[:, :3] = generator.random((batch, 3, height, width), dtype=np.float32)
    x[:, 4] = generator.random((batch, height, width)) < 0.1
    x[:, 4, 0, 0] = 1  # a single pixel has a measurement, too
    x[:, 3] = generator.uniform(0.2, 1, (batch, height, width)) * x[:, 4]
    return x
