"""How far a depth map is from the truth, and what each of the numbers means.

`measure` compares one frame; means are over frames, as every benchmark of depth completion has them, and are the
caller's business. All sums are in float64. A pixel counts where the mask is true and the truth is known. A prediction
that is missing at such a pixel is an error, so that a failure cannot improve a mean. `METRICS` describes every number:
tables and documents are made from it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.metrics.edges import EDGE_RATIO, EDGE_REACH, edge_band
from spnet.metrics.pixels import Compared, compare
from spnet.metrics.uncertainty import (
    CALIBRATION_LEVELS,
    Calibration,
    Sparsification,
    calibration_curve,
    measure_uncertainty,
    sparsification_curve,
)

__all__ = [
    "CALIBRATION_LEVELS",
    "METRICS",
    "Calibration",
    "Metric",
    "Sparsification",
    "calibration_curve",
    "edge_band",
    "measure",
    "measure_uncertainty",
    "sparsification_curve",
]


@dataclass(frozen=True)
class Metric:
    """What a number is, for tables and documents."""

    label: str
    """The heading of its column."""
    unit: str
    """Of the number: "m", "1/km", "%", or nothing for ratios."""
    lower_is_better: bool
    decimals: int
    """That are worth showing."""
    meaning: str
    """How it is computed, in a line; p is the prediction, t the truth."""

    def text(self, value: float) -> str:
        """The number as tables show it, without its unit."""
        return f"{value:.{self.decimals}f}"


_DELTAS = {"1.02": 1.02, "1.05": 1.05, "1.1": 1.1, "1.25": 1.25, "1.25^2": 1.25**2, "1.25^3": 1.25**3}

METRICS: dict[str, Metric] = {
    "rmse": Metric("RMSE", "m", True, 4, "root of the mean of (p - t)²"),
    "mae": Metric("MAE", "m", True, 4, "mean of |p - t|"),
    "rel": Metric("REL", "", True, 4, "mean of |p - t| / t"),
    "irmse": Metric("iRMSE", "1/km", True, 2, "root of the mean of (1000/p - 1000/t)²"),
    "imae": Metric("iMAE", "1/km", True, 2, "mean of |1000/p - 1000/t|"),
    "log10": Metric("log10", "", True, 4, "mean of |log10 p - log10 t|"),
    **{
        f"delta_{name}": Metric(f"δ < {name}", "%", False, 2, f"pixels where max(p/t, t/p) < {name}")
        for name in _DELTAS
    },
    "edge_rmse": Metric(
        "edge RMSE",
        "m",
        True,
        4,
        f"RMSE within {EDGE_REACH} pixels of neighbours of which one is more than {EDGE_RATIO:g} times as far as the "
        "other in truth; frames without such an edge have none",
    ),
    "affine_rel": Metric(
        "affine REL", "", True, 4, "REL of s·p + o with the s and o that make the sum of (s·p + o - t)² smallest"
    ),
    "authors_rmse": Metric(
        "RMSE (authors')", "", True, 3, "RMSE of depths scaled so that the maximum depth is 256, as SPNet's authors do"
    ),
    "authors_rel": Metric(
        "REL (authors')", "", True, 4, "mean of |p - t| / (t + 0.000001) on that scale, as SPNet's authors do"
    ),
    "ause_rmse": Metric(
        "AUSE (RMSE)", "m", True, 4, "mean over shares removed of RMSE by uncertainty less RMSE by true error"
    ),
    "ause_mae": Metric(
        "AUSE (MAE)", "m", True, 4, "mean over shares removed of MAE by uncertainty less MAE by true error"
    ),
    "calibration": Metric(
        "calibration error", "%", True, 2, "mean of |observed - expected| share of truths in intervals of 1 % to 99 %"
    ),
}
"""Every number that `measure` and `measure_uncertainty` return, in the order of tables."""


def measure(
    prediction: NDArray[np.floating],
    truth: NDArray[np.floating],
    *,
    mask: NDArray[np.bool_] | None = None,
    max_depth: float | None = None,
) -> dict[str, float]:
    """Measure the error of one depth map.

    Args:
        prediction: (H,W) metres; finite and above 0 wherever there is truth to compare with.
        truth: (H,W) metres; NaN, infinity, 0 and negative values mean that it is not known.
        mask: (H,W), true where pixels count; None for all.
        max_depth: in metres, the depth that the authors' files call 65535; None leaves out their two numbers.

    Returns:
        Numbers by their name in `METRICS`. "edge_rmse" is missing where the truth has no edge among the pixels that
        count; "authors_rmse" and "authors_rel" without `max_depth`.

    Raises:
        SpnetError: arrays of other types or shapes, no pixel to compare, a maximum depth that is not positive, or
            pixels with truth where the prediction is not finite or not above 0.
    """
    if max_depth is not None and not 0 < max_depth < np.inf:
        raise SpnetError(f"max_depth: found {max_depth}, expected metres above 0")
    compared = compare(prediction, truth, mask)
    measured = _errors(compared) | _deltas(compared)
    in_band = edge_band(truth)[compared.where]
    if in_band.any():
        measured["edge_rmse"] = _root_mean_square((compared.prediction - compared.truth)[in_band])
    measured["affine_rel"] = _affine_rel(compared)
    if max_depth is not None:
        measured |= _authors_errors(compared, max_depth)
    return measured


def _errors(compared: Compared) -> dict[str, float]:
    prediction, truth = compared.prediction, compared.truth
    error, inverse_error = prediction - truth, 1000 / prediction - 1000 / truth
    return {
        "rmse": _root_mean_square(error),
        "mae": float(np.mean(np.abs(error))),
        "rel": float(np.mean(np.abs(error) / truth)),
        "irmse": _root_mean_square(inverse_error),
        "imae": float(np.mean(np.abs(inverse_error))),
        "log10": float(np.mean(np.abs(np.log10(prediction) - np.log10(truth)))),
    }


def _deltas(compared: Compared) -> dict[str, float]:
    """Shares in %: Eigen, Puhrsch and Fergus, NeurIPS 2014; the narrow ones, Cheng, Wang and Yang, ECCV 2018."""
    ratio = np.maximum(compared.prediction / compared.truth, compared.truth / compared.prediction)
    return {f"delta_{name}": 100 * float(np.mean(ratio < limit)) for name, limit in _DELTAS.items()}


def _affine_rel(compared: Compared) -> float:
    """REL after the scale and offset of depth that fit best: what is left once the scale is given away.

    The fit is of depth, as in Ke et al., "Repurposing diffusion-based image generators for monocular depth
    estimation", CVPR 2024, not of inverse depth as in Ranftl et al., TPAMI 2022: predictions here are depth, and an
    inverse that is fitted may cross 0, where its depth is infinite.
    """
    prediction, truth = compared.prediction, compared.truth
    predicted, true = prediction - np.mean(prediction), truth - np.mean(truth)
    spread = float(np.mean(predicted**2))
    scale = float(np.mean(predicted * true)) / spread if spread > 0 else 0.0
    return float(np.mean(np.abs(scale * predicted - true) / truth))


def _authors_errors(compared: Compared, max_depth: float) -> dict[str, float]:
    prediction, truth = (256 / max_depth * depth for depth in (compared.prediction, compared.truth))
    error = prediction - truth
    return {
        "authors_rmse": _root_mean_square(error),
        "authors_rel": float(np.mean(np.abs(error) / (truth + 1e-6))),
    }


def _root_mean_square(error: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(error**2)))
