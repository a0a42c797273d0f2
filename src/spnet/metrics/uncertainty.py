"""Whether a model knows where it is wrong."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfinv

from spnet.errors import SpnetError
from spnet.metrics.pixels import compare, values_at

STEPS = 100
"""Points of a curve: sparsification removes 0, 1 ... 99 % of the pixels."""

CALIBRATION_LEVELS = (10, 20, 30, 40, 50, 60, 70, 80, 90, 95)
"""Probabilities in % of the intervals at which a calibration curve is kept and drawn."""

DISTRIBUTIONS = ("normal", "laplace")

_Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sparsification:
    """The error of what is left when the least certain pixels are removed."""

    removed: _Values
    """(STEPS,) shares of the pixels, 0 to 0.99."""
    error: _Values
    """(STEPS,) metres, when pixels are removed in the order of their uncertainty."""
    oracle: _Values
    """(STEPS,) metres, when they are removed in the order of their true error: the best that is possible."""

    @property
    def ause(self) -> float:
        """Area under the sparsification error in metres: the mean of error - oracle; 0 if the order is perfect."""
        return float(np.mean(self.error - self.oracle))


@dataclass(frozen=True, eq=False)
class Calibration:
    """How often the truth lies in the intervals that are said to hold it."""

    expected: _Values
    """(STEPS - 1,) probabilities of the central intervals about the prediction, 0.01 to 0.99."""
    observed: _Values
    """(STEPS - 1,) share of the pixels whose truth lies in theirs."""

    @property
    def error(self) -> float:
        """Mean of |observed - expected|, 0 to 1."""
        return float(np.mean(np.abs(self.observed - self.expected)))

    @property
    def at_levels(self) -> tuple[float, ...]:
        """The observed shares in % at `CALIBRATION_LEVELS`."""
        return tuple(100 * float(self.observed[level * STEPS // 100 - 1]) for level in CALIBRATION_LEVELS)


def measure_uncertainty(
    prediction: NDArray[np.floating],
    truth: NDArray[np.floating],
    uncertainty: NDArray[np.floating],
    *,
    mask: NDArray[np.bool_] | None = None,
    distribution: str | None = None,
) -> dict[str, float]:
    """Measure how well a predicted uncertainty tells the error of one frame.

    Args:
        prediction, truth, mask: as for `spnet.metrics.measure`.
        uncertainty: (H,W), finite and at least 0 wherever there is truth; larger is less certain. Only its order
            counts for the AUSE, so that 1 - confidence will do.
        distribution: what the uncertainty is the scale of, in metres, to measure its calibration: "normal", a standard
            deviation, or "laplace", the scale b of exp(-|error| / b). None measures no calibration.

    Returns:
        "ause_rmse" and "ause_mae", and with a distribution "calibration" in %, as `METRICS` describes them.

    Raises:
        SpnetError: as `measure`; an uncertainty that is none; an unknown distribution.
    """
    error, scale = _error_and_scale(prediction, truth, uncertainty, mask)
    measured = {
        "ause_rmse": _sparsification(error, scale, squared=True).ause,
        "ause_mae": _sparsification(error, scale, squared=False).ause,
    }
    if distribution is not None:
        measured["calibration"] = 100 * _calibration(error, scale, distribution).error
    return measured


def sparsification_curve(
    prediction: NDArray[np.floating],
    truth: NDArray[np.floating],
    uncertainty: NDArray[np.floating],
    *,
    mask: NDArray[np.bool_] | None = None,
    squared: bool = True,
) -> Sparsification:
    """The curves behind "ause_rmse", or with `squared` false those behind "ause_mae"; see `measure_uncertainty`.

    Ilg et al., "Uncertainty estimates and multi-hypotheses networks for optical flow", ECCV 2018, section 5.1, without
    their division by the first point, so that it stays an error in metres, as Poggi et al., "On the uncertainty of
    self-supervised monocular depth estimation", CVPR 2020, have it. Pixels of equal uncertainty are removed in
    equal parts, so the order of pixels plays no part.
    """
    return _sparsification(*_error_and_scale(prediction, truth, uncertainty, mask), squared=squared)


def calibration_curve(
    prediction: NDArray[np.floating],
    truth: NDArray[np.floating],
    uncertainty: NDArray[np.floating],
    *,
    distribution: str,
    mask: NDArray[np.bool_] | None = None,
) -> Calibration:
    """The curve behind "calibration"; see `measure_uncertainty`.

    Kuleshov, Fenner and Ermon, "Accurate uncertainties for deep learning using calibrated regression", ICML 2018,
    with central intervals.
    """
    return _calibration(*_error_and_scale(prediction, truth, uncertainty, mask), distribution)


def _error_and_scale(
    prediction: NDArray[np.floating],
    truth: NDArray[np.floating],
    uncertainty: NDArray[np.floating],
    mask: NDArray[np.bool_] | None,
) -> tuple[_Values, _Values]:
    """The absolute errors (N,) and the uncertainties (N,) of the pixels that count."""
    compared = compare(prediction, truth, mask)
    error = np.abs(compared.prediction - compared.truth)
    return error, values_at(compared, uncertainty, "uncertainty")


def _sparsification(error: _Values, scale: _Values, *, squared: bool) -> Sparsification:
    removed = np.arange(STEPS) / STEPS
    cost = error**2 if squared else error
    curves = [_mean_of_the_rest(cost, order) for order in (scale, error)]
    found, oracle = (np.sqrt(curve) if squared else curve for curve in curves)
    return Sparsification(removed, found, oracle)


def _mean_of_the_rest(cost: _Values, order: _Values) -> _Values:
    """The mean cost (STEPS,) of the pixels that are left when those largest in `order` are removed.

    Of n pixels floor(n * share) are removed, so one or more are left.
    """
    ascending = np.argsort(order, kind="stable")
    _, first, count = np.unique(order[ascending], return_index=True, return_counts=True)
    shared = np.repeat(np.add.reduceat(cost[ascending], first) / count, count)
    left = order.size - order.size * np.arange(STEPS) // STEPS
    mean: _Values = np.cumsum(shared)[left - 1] / left
    return mean


def _calibration(error: _Values, scale: _Values, distribution: str) -> Calibration:
    expected = np.arange(1, STEPS) / STEPS
    if distribution == "normal":
        widths = math.sqrt(2) * erfinv(expected)
    elif distribution == "laplace":
        widths = -np.log1p(-expected)
    else:
        raise SpnetError(f"distribution: found {distribution!r}, expected one of {', '.join(DISTRIBUTIONS)}")
    # The smallest interval, in scales, that holds the truth; a scale of 0 holds only an error of 0.
    needed = np.sort(np.divide(error, scale, out=np.where(error > 0, np.inf, 0.0), where=scale > 0))
    return Calibration(expected, np.searchsorted(needed, widths, side="right") / error.size)
