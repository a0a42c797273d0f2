"""Log depth that spreads over a grid: pixels are drawn to their neighbours by links, to what is measured by a hold.

A link joins a pixel to the next on its right or below. Its strength says how much the two hear of each other, its slope
by how much the next is expected to be farther. What minimises

    sum over links: strength * (next - pixel - slope)^2  +  sum over pixels: hold * (pixel - measured)^2

is approached from a start by sweeps that replace every pixel by the weighted mean of what its neighbours and its
measurement expect of it, with the momentum of the Chebyshev semi-iteration (Golub and Varga, Numerische Mathematik 3,
1961). All of it is plain arithmetic on tensors (N,C,H,W), so that it trains and exports like any layer.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor
from torch.nn import functional as F

Links = tuple[Tensor, Tensor]
"""A value for each link: (N,1,H,W) of those to the right, and of those to the pixel below; 0 at the far borders."""

_SMALLEST = 1e-6
_NEIGHBOURS = ((2, 0, 1, 1), (0, 2, 1, 1), (1, 1, 2, 0), (1, 1, 0, 2))
"""Zeros about a 1 that make kernels of 3x3 which look right, left, below and above: one convolution a sweep, so that
exported graphs stay small."""
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
    weights = torch.cat([right, left, below, above], dim=1) * share
    look = torch.cat([F.pad(start.new_ones(1, 1, 1, 1), zeros) for zeros in _NEIGHBOURS]).view(4, 1, 3, 3)
    before, now, momentum = start, start, 1.0
    with _not_rounded(start.device.type):
        for sweep in range(sweeps):
            following = (F.conv2d(now, look, padding=1) * weights).sum(dim=1, keepdim=True) + source
            if sweep:
                momentum = 1 / (1 - radius**2 * momentum / (2 if sweep == 1 else 4))
                following = momentum * following + (1 - momentum) * before
            before, now = now, following
    return now


def _not_rounded(device: str) -> AbstractContextManager[object]:
    """Depth stays in float32 where autocast would round what goes into a convolution."""
    return torch.autocast(device, enabled=False) if torch.is_autocast_enabled(device) else nullcontext()


def enlarged(field: Tensor) -> Tensor:
    """(N,C,H,W) to (N,C,2H,2W), bilinearly."""
    return F.interpolate(field, scale_factor=2, mode="bilinear", align_corners=False)
