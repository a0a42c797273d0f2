"""Log depth that spreads over a grid: pixels are drawn to their neighbours by links, to what is measured by a hold.

A link joins a pixel to the next on its right or below. Its strength says how much the two hear of each other, its slope
by how much the next is expected to be farther. What minimises

    sum over links: strength * (next - pixel - slope)^2  +  sum over pixels: hold * (pixel - measured)^2

is approached from a start by sweeps that replace every pixel by the weighted mean of what its neighbours and its
measurement expect of it, with the momentum of the Chebyshev semi-iteration (Golub and Varga, Numerische Mathematik 3,
1961). All of it is plain arithmetic on tensors (N,C,H,W), so that it trains and exports like any layer.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

Links = tuple[Tensor, Tensor]
"""A value for each link: (N,1,H,W) of those to the right, and of those to the pixel below; 0 at the far borders."""

SENSOR_ERROR = 0.008
"""The typical error in log depth of measurements such as sensors make."""

_SMALLEST = 1e-6
_EXACT = 0.001  # the typical error in log depth of measurements that have none
_SUSPICION = 3.0
_WRONG = 0.3  # an error in log depth that no noise makes
_SMOOTHING_RADIUS = 0.8
_MOST_IN_A_ROW = 16  # sweeps that a graph has one after the other: in loops all of it takes a sixth longer
_TINY = 1e-12  # less than the share of one pixel in the largest window


def differences(field: Tensor) -> Links:
    """How much more the next pixel has than each of a field (N,C,H,W)."""
    return F.pad(field[:, :, :, 1:] - field[:, :, :, :-1], (0, 1)), F.pad(
        field[:, :, 1:] - field[:, :, :-1], (0, 0, 0, 1)
    )


def colour_strength(image: Tensor, colour: float, floor: float) -> Links:
    """Links' strength by an image (N,3,H,W) in [0,1]: exp(-mean |difference| / colour) + floor.

    Source: Levin, Lischinski and Weiss, "Colorization using Optimization" (SIGGRAPH 2004).
    """
    right, below = (
        torch.exp(side.abs().sum(dim=1, keepdim=True) * (-1 / (colour * image.shape[1]))) + floor
        for side in (image[:, :, :, 1:] - image[:, :, :, :-1], image[:, :, 1:] - image[:, :, :-1])
    )
    return F.pad(right, (0, 1)), F.pad(below, (0, 0, 0, 1))


def pooled(log_depth: Tensor, mask: Tensor, scales: int) -> list[tuple[Tensor, Tensor]]:
    """At each scale from the finest, half the size of the one before: the mean of what is measured in a cell (N,1,H,W),
    0 where nothing is, and the share of its pixels that are measured."""
    total, share = log_depth * mask, mask
    levels = [(total, share)]
    for _ in range(scales - 1):
        total, share = F.avg_pool2d(total, 2), F.avg_pool2d(share, 2)
        levels.append((total / share.clamp(min=_SMALLEST), share))
    return levels


def filled(levels: Sequence[tuple[Tensor, Tensor]], windows: Sequence[int]) -> list[Tensor]:
    """At each scale of `pooled`, what is measured (N,1,H,W), and elsewhere what the next coarser scale has there.

    At the coarsest one a cell without a measurement has the mean of the smallest window about it that holds any, and 0
    where none does. ("Pull and push": Gortler et al., "The Lumigraph", SIGGRAPH 1996.)

    Args:
        levels: the mean of what is measured in a cell and its share, from the finest scale.
        windows: odd sides, from the largest to the smallest.
    """
    mean, share = levels[-1]
    coarsest = torch.zeros_like(mean)
    for window in windows:
        held = F.avg_pool2d(share, window, stride=1, padding=window // 2)
        total = F.avg_pool2d(mean * share, window, stride=1, padding=window // 2)
        coarsest = torch.where(held > 0, total / held.clamp(min=_TINY), coarsest)
    fields = [torch.where(share > 0, mean, coarsest)]
    for mean, share in reversed(levels[:-1]):
        fields.insert(0, torch.where(share > 0, mean, enlarged(fields[0])))
    return fields


def spread(
    start: Tensor, strength: Links, slopes: Links, hold: Tensor, measured: Tensor, *, sweeps: int, radius: float
) -> Tensor:
    """Spread log depth over the grid.

    Args:
        start: (N,1,H,W), where the sweeps begin.
        strength, slopes: of the links.
        hold: (N,1,H,W), 0 where nothing is measured.
        measured: (N,1,H,W) log depth.
        sweeps: how many.
        radius: spectral radius that the momentum assumes, under 1.

    Returns:
        (N,1,H,W).
    """
    right, below = strength
    left, above = F.pad(right[:, :, :, :-1], (1, 0)), F.pad(below[:, :, :-1], (0, 0, 1, 0))
    pull_right, pull_below = right * slopes[0], below * slopes[1]
    pushed = F.pad(pull_right[:, :, :, :-1], (1, 0)) + F.pad(pull_below[:, :, :-1], (0, 0, 1, 0))
    share = 1 / (right + left + below + above + hold + _SMALLEST)
    source = (hold * measured - pull_right - pull_below + pushed) * share
    momenta = [1.0]
    for sweep in range(1, sweeps):
        momenta.append(1 / (1 - radius**2 * momenta[-1] / (2 if sweep == 1 else 4)))
    in_loop = torch.jit.is_tracing() and sweeps > _MOST_IN_A_ROW  # type: ignore[attr-defined, no-untyped-call]
    sweep_all = _scripted_sweeps() if in_loop else _sweep
    result: Tensor = sweep_all(
        start, right * share, left * share, below * share, above * share, source, torch.tensor(momenta)
    )
    return result


def smoothed(field: Tensor, strength: Links, sweeps: int) -> Tensor:
    """A field (N,1,H,W) after sweeps that hold nothing: even on either side of weak links, sharp across them."""
    nothing = torch.zeros_like(field)
    return spread(field, strength, (nothing, nothing), nothing, nothing, sweeps=sweeps, radius=_SMOOTHING_RADIUS)


def _sweep(
    now: Tensor, right: Tensor, left: Tensor, below: Tensor, above: Tensor, source: Tensor, momenta: Tensor
) -> Tensor:
    before = now
    for sweep in range(momenta.shape[0]):
        around = F.pad(now, [1, 1, 1, 1])
        across = right * around[:, :, 1:-1, 2:] + left * around[:, :, 1:-1, :-2]
        following = across + below * around[:, :, 2:, 1:-1] + above * around[:, :, :-2, 1:-1] + source
        following = momenta[sweep] * following + (1 - momenta[sweep]) * before
        before, now = now, following
    return now


@cache
def _scripted_sweeps() -> Any:
    """`_sweep` that stays a loop in a traced graph, which would be thousands of nodes otherwise."""
    return torch.jit.script(_sweep)


def typical_error(hold: Tensor, lacking: Tensor) -> Tensor:
    """How far measurements typically are from the diffusion: (N,1,1,1), at least 0.001, without a gradient.

    The square of the mean root: what most lack counts, and not the few that are wrong.

    Args:
        hold: (N,1,H,W), 0 where nothing is measured.
        lacking: (N,1,H,W), measured log depth less that of the diffusion.
    """
    mask = (hold > 0).to(lacking.dtype)
    roots = (lacking.detach().abs().sqrt() * mask).sum((2, 3), True)
    return ((roots / mask.sum((2, 3), True).clamp(min=1)) ** 2).clamp(min=_EXACT)


def trusted(hold: Tensor, lacking: Tensor, typical: Tensor) -> Tensor:
    """The hold of measurements, by how far they are from what the diffusion makes of them all.

    Where most are near it they are exact, and are believed the more; where most are not, they are noisy, and less.
    One that is much farther off than any noise is most likely wrong. No gradient goes through what is lacking.

    Args:
        hold, lacking, typical: as for `typical_error`, and from it.

    Returns:
        (N,1,H,W).
    """
    trust = (SENSOR_ERROR / typical) ** _SUSPICION
    return hold * trust / (1 + (lacking.detach().abs() / _WRONG) ** 2)


def settled(field: Tensor, measured: Tensor, hold: Tensor, inertia: float, scales: int) -> Tensor:
    """Add what a field still lacks of its measurements, spread about each of them.

    At each scale but the finest a cell gets the mean that its 3x3 neighbours lack, weighted by their hold, and as much
    of the next coarser scale's as the inertia of its pixels weighs against those; a pixel gets what it lacks itself,
    and as much of its cell's. ("Push and pull" as in `filled`.)

    Args:
        field, measured, hold: (N,1,H,W).
        inertia: above 0, of a pixel.
        scales: how many; H and W are multiples of 2^(scales-1).

    Returns:
        (N,1,H,W).
    """
    lacking, holds = [hold * (measured - field)], [hold]
    for _ in range(scales - 1):
        lacking.append(F.avg_pool2d(lacking[-1], 2))
        holds.append(F.avg_pool2d(holds[-1], 2))
    added = torch.zeros_like(holds[-1])
    for scale in range(scales - 1, -1, -1):
        total, weight = lacking[scale], holds[scale]
        if scale:
            total, weight = (F.avg_pool2d(each, 3, stride=1, padding=1) for each in (total, weight))
        of_cell = inertia / 4**scale
        added = (total + of_cell * added) / (weight + of_cell)
        if scale:
            added = enlarged(added)
    return field + added


def enlarged(field: Tensor) -> Tensor:
    """(N,1,H,W) to (N,1,2H,2W), bilinearly; without the operator for it, which engines round to bfloat16."""
    around = F.pad(field, (1, 1, 1, 1), mode="replicate")
    above, below = (0.75 * around[:, :, 1:-1] + 0.25 * side for side in (around[:, :, :-2], around[:, :, 2:]))
    pixels = [
        0.75 * rows[:, :, :, 1:-1] + 0.25 * side
        for rows in (above, below)
        for side in (rows[:, :, :, :-2], rows[:, :, :, 2:])
    ]
    return F.pixel_shuffle(torch.cat(pixels, dim=1), 2)
