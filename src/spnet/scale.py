"""The scale of a scene: what its depth is divided by before a network and multiplied by after it.

Weights trained with a fixed divisor expect depth as a share of a largest depth ("max_depth:20", as in SPNet's paper).
The other rules take the divisor from the measured depth of the frame itself, so that the same scene measured in another
unit, or built at another size, is the same to the network.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.units import MAX_DEPTH_RANGE

_FIXED = "max_depth"


def _geometric_mean(measured: NDArray[np.float64]) -> float:
    return float(np.exp(np.log(measured).mean()))


_OF_DATA: dict[str, Callable[[NDArray[np.float64]], float]] = {
    "mean": lambda measured: float(measured.mean()),
    "median": lambda measured: float(np.median(measured)),
    "log_mean": _geometric_mean,
}

SCALE_RULES = (*_OF_DATA, f"{_FIXED}:N")
"""How a rule can be written; N is a number of metres."""


def scene_scale(depth: NDArray[np.floating], mask: NDArray[np.bool_], rule: str) -> float:
    """What a frame's depth is divided by under a rule.

    The rules of the data scale with it: of ``k * depth`` the scale is k times that of `depth`, up to rounding.

    Args:
        depth: (H,W) metres, finite and positive where `mask` is True.
        mask: (H,W), where depth is measured.
        rule: "mean", "median", "log_mean", the exponential of the mean of log depth, each over the measured pixels; or
            "max_depth:N", N metres whatever the frame.

    Returns:
        Metres, above 0.

    Raises:
        SpnetError: an unknown rule, an N that is no plausible distance, or nothing measured to take a scale from.
    """
    metres = fixed_scale(rule)
    if metres is not None:
        return metres
    measured = depth[mask].astype(np.float64)
    if not measured.size:
        raise SpnetError(f"scale {rule}: the depth has no valid point to take it from")
    return _OF_DATA[rule](measured)


def fixed_scale(rule: str) -> float | None:
    """The metres of a rule "max_depth:N"; None for a rule of the data.

    Raises:
        SpnetError: it is no rule.
    """
    if rule in _OF_DATA:
        return None
    name, _, number = rule.partition(":")
    try:
        metres = float(number) if name == _FIXED else 0.0
    except ValueError:
        metres = 0.0
    nearest, farthest = MAX_DEPTH_RANGE
    if not nearest <= metres <= farthest:
        expected = f"{', '.join(SCALE_RULES)}, N metres from {nearest:g} to {farthest:g}, as in {_FIXED}:20"
        raise SpnetError(f"scale {rule[:40]!r}: expected one of {expected}")
    return metres
