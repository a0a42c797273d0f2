"""Which pixels are compared, and what is refused."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.files.limits import check_pixel_count

_SMALLEST, _LARGEST = float(np.finfo(np.float32).smallest_subnormal), float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class Compared:
    """The pixels that count, row by row."""

    where: NDArray[np.bool_]
    """(H,W)."""
    prediction: NDArray[np.float64]
    """(N,) metres, finite and above 0."""
    truth: NDArray[np.float64]
    """(N,) metres, finite and above 0."""


def known_depth(depth: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Where depth is finite and above 0, in what float32 can hold: the errors' squares then do not overflow."""
    metres = depth.astype(np.float64)
    return (metres >= _SMALLEST) & (metres <= _LARGEST)


def compare(prediction: NDArray[np.floating], truth: NDArray[np.floating], mask: NDArray[np.bool_] | None) -> Compared:
    """The pixels where `mask` is true and the truth is known, that is finite and above 0; at least one.

    Raises:
        SpnetError: arrays of other shapes or types, no such pixel, or one where nothing useful was predicted.
    """
    _check_depth(truth, "truth")
    _check_depth(prediction, "prediction", truth.shape)
    where = known_depth(truth)
    if mask is not None:
        if mask.dtype != np.bool_ or mask.shape != truth.shape:
            raise SpnetError(f"mask: {mask.dtype} of shape {mask.shape}, expected bool {truth.shape} as the truth")
        where &= mask
    if not where.any():
        raise SpnetError("truth: no pixel has known depth, so nothing can be measured; leave this frame out of the set")
    predicted = prediction[where].astype(np.float64)
    _refuse(where, ~known_depth(predicted), predicted, "prediction", "a finite depth above 0")
    return Compared(where, predicted, truth[where].astype(np.float64))


def values_at(compared: Compared, values: NDArray[np.floating], name: str) -> NDArray[np.float64]:
    """What an array (H,W) holds at the pixels (N,) that count.

    Raises:
        SpnetError: an array of another shape, or a value there that is not finite or below 0.
    """
    _check_depth(values, name, compared.where.shape)
    found = values[compared.where].astype(np.float64)
    _refuse(compared.where, ~((found >= 0) & (found <= _LARGEST)), found, name, "a finite number of at least 0")
    return found


def _refuse(
    where: NDArray[np.bool_], bad: NDArray[np.bool_], values: NDArray[np.float64], name: str, expected: str
) -> None:
    """Raise SpnetError if any of the pixels (N,) at `where` is bad: a failure must not improve a mean."""
    if bad.any():
        row, column = (int(index[np.argmax(bad)]) for index in np.nonzero(where))
        raise SpnetError(
            f"{name}: {np.count_nonzero(bad):,} of {bad.size:,} pixels with truth are wrong, the first is "
            f"{values[bad][0]:g} at row {row}, column {column}; expected {expected} wherever the truth is known"
        )


def _check_depth(depth: NDArray[np.floating], name: str, expected: tuple[int, ...] | None = None) -> None:
    if depth.ndim != 2 or depth.dtype.kind != "f":
        raise SpnetError(f"{name}: {depth.dtype} of shape {depth.shape}, expected floats (H,W)")
    if expected is not None and depth.shape != expected:
        raise SpnetError(f"{name}: shape {depth.shape}, but the truth is {expected}; compare at the truth's size")
    check_pixel_count(depth.shape[1], depth.shape[0], name)
