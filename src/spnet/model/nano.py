"""Nano: a small network of SPNet's blocks that steers a diffusion of the measured depth and draws no depth itself.

A few tens of thousands of images teach a small network little about depth, but much about where depth is continuous.
So a U-Net of SP-Norm blocks looks at the image and at what is measured, and says at five scales how strong the link
between two neighbours is, which slope it has, how far the coarser scale's relief goes on, and how much each measurement
is worth. A diffusion, from the coarsest scale to half the image's size, does what it says; at the image's own size its
colours are the links, and what is lacking of the measurements is spread about them first. Before any training the links
are those of the image's colours everywhere, and it completes as well as its sibling "guided" (`spnet.classic`).

All is in the log of normalised depth: what is measured times k gives the answer times k.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spnet.model.diffusion import (
    SENSOR_ERROR,
    Links,
    colour_strength,
    differences,
    enlarged,
    filled,
    pooled,
    settled,
    smoothed,
    spread,
    trusted,
    typical_error,
)
from spnet.model.network import STRIDE, Block, Config
from spnet.model.norms import NORMS, is_compiled

SCALES = 5
"""Of the diffusion: 1/2 to 1/32."""
NANO: dict[str, Config] = {"nano": Config((24, 48, 96, 192), (2, 2, 4, 2), outputs=2)}

_COLOUR, _FLOOR = 0.012, 0.001  # of links before any training; see `colour_strength`
_WINDOWS = (95, 47, 23, 11, 5)  # of the means that the diffusion starts from, cells of the coarsest scale
_SMOOTHING = 4  # sweeps over what the coarser scale says, so that its relief ends at edges
_SWEEPS = (12, 24, 32, 32, 64)  # from the finest scale to the coarsest
_RADII = (0.98, 0.995, 0.995, 0.995, 0.995)  # of their momenta; the finest scale's are for what is near
_RELIEF = 0.8
_HOLD = 30.0
_INERTIA = 1.0  # of a pixel against what is lacking about it
_FINEST_COLOUR, _FINEST_FLOOR = 0.02, 0.002  # at the image's own size
_FINEST_SMOOTHING, _FINEST_SWEEPS, _FINEST_RADIUS, _FINEST_RELIEF = 2, 8, 0.95, 0.8
_EXACTNESS = 0.5  # the power of measurements' typical error in that of depth
_SLOPE = 0.1  # of an answer of 1
_BORDERS = (0, 0, 4, 3, 2)  # cells at the image's borders without slopes: what goes on beyond is not seen
_LINK_ERROR = 0.005  # the error of a slope whose link has strength 1
_BEYOND = 0.05  # in logs, how far depth goes beyond what is measured anywhere
_MOST_STRENGTH, _MOST_HOLD = 4.0, 3.0  # how far, in logs, answers change what the diffusion starts with
_FARTHEST = 12.0  # in logs, from the scale that depth is divided by
_NEAREST = math.exp(-_FARTHEST)
_ANSWERS = 6  # strength and slope of two links, worth of a measurement, relief
_PIXELS = 4  # of a cell at half the image's size
_EXPECTED_LOG_ERROR = -4.0  # before any training


class Steered(NamedTuple):
    """What a training looks at: the output, and what led to it."""

    output: Tensor
    """As `Nano.forward` has it."""
    log_depth: list[Tensor]
    """(N,1,h,w) each, at the image's size and at the scales of the diffusion, from the finest."""
    slopes: list[Links]
    """What links expect of the next pixel, at the scales of the diffusion."""
    log_slope_errors: list[Links]
    """The log of the scale of a Laplacian about the slope: the stronger a link, the smaller."""


class _Injected(nn.Module):
    """From one scale to the next coarser: norm and a convolution of stride 2, and what is known there added."""

    def __init__(self, norm: str, finer: int, coarser: int) -> None:
        super().__init__()
        self.norm = NORMS[norm](finer)
        self.reduce = nn.Conv2d(finer, coarser, kernel_size=2, stride=2)
        self.inject = nn.Conv2d(3, coarser, kernel_size=1)

    def forward(self, x: Tensor, known: Tensor) -> Tensor:
        return self.reduce(self.norm(x)) + self.inject(known)


class Nano(nn.Module):
    """Image, normalised sparse depth and its mask in; normalised dense depth and its expected error out.

    Args:
        config: channels and blocks of the scales 1/4 to 1/32, and the norm, as for `spnet.model.SPNet`.

    Raises:
        ValueError: a config that no network can be built with.
    """

    def __init__(self, config: Config | None = None) -> None:
        super().__init__()
        self.config = config or NANO["nano"]
        if self.config.outputs != 2:
            raise ValueError(f"outputs {self.config.outputs}: expected 2, depth and its expected error")
        norm, widths = self.config.norm, self.config.all_channels[1:]
        self.stem = nn.Conv2d(3, widths[0], kernel_size=4, stride=2, padding=1)
        self.stem_inject = nn.Conv2d(3, widths[0], kernel_size=1)
        self.reductions = nn.ModuleList([_Injected(norm, finer, coarser) for finer, coarser in pairwise(widths)])
        self.encoder = nn.ModuleList(
            [
                nn.Sequential(*[Block(channels, NORMS[norm](channels), rate) for rate in rates])
                for channels, rates in zip(self.config.channels, self.config.block_drop_rates(), strict=True)
            ]
        )
        self.enlargements = nn.ModuleList(
            [nn.ConvTranspose2d(coarser, finer, kernel_size=2, stride=2) for finer, coarser in pairwise(widths)]
        )
        self.fusions = nn.ModuleList([nn.Conv2d(2 * finer, finer, kernel_size=1) for finer in widths[:-1]])
        self.decoder = nn.ModuleList(
            [nn.Identity(), *[Block(channels, NORMS[norm](channels), 0.0) for channels in self.config.channels[:3]]]
        )
        self.heads = nn.ModuleList([nn.Conv2d(channels, _ANSWERS, kernel_size=3, padding=1) for channels in widths])
        self.finest_head = nn.Conv2d(widths[0], 2 * _PIXELS, kernel_size=1)
        self.log_hold = nn.Parameter(torch.full((1 + SCALES,), math.log(_HOLD)))
        self.log_link_error = nn.Parameter(torch.full((SCALES,), math.log(_LINK_ERROR)))
        self.log_sureness = nn.Parameter(torch.tensor(0.0))
        self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.xavier_normal_(module.weight)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]  # every convolution here has a bias
        for head in (self.finest_head, *self.heads):
            nn.init.zeros_(head.weight)  # the diffusion starts as it is

    def forward(self, rgb: Tensor, depth: Tensor, mask: Tensor) -> Tensor | Steered:
        """Complete normalised depth.

        Args:
            rgb: N,3,H,W in [0, 1]. H and W are multiples of 32.
            depth: N,1,H,W, divided by the log mean of what is measured; 0 where there is none.
            mask: N,1,H,W, 1 where depth is measured, 0 elsewhere.

        Returns:
            N,2,H,W: normalised depth, above 0, and the log of the scale b of a Laplacian of log depth about it. In
            training mode a `Steered` that holds it.
        """
        if not is_compiled() and (rgb.shape[2] % STRIDE or rgb.shape[3] % STRIDE):
            raise ValueError(f"{rgb.shape[2]}x{rgb.shape[3]}: height and width must be multiples of {STRIDE}")
        (finest, mask), *measured = pooled(torch.log(depth.clamp(min=_NEAREST)), mask, 1 + SCALES)
        fields = filled(measured, _WINDOWS)
        answers, worth, log_error = self._answers(rgb, fields, measured)
        limits = _range(finest, mask)
        log_depth, slopes, log_errors = self._steer(rgb, fields[-1], measured, answers, limits)
        hold = torch.exp(self.log_hold[0] + _limited(worth, _MOST_HOLD)) * mask
        dense = enlarged(log_depth[0])
        typical = typical_error(hold, finest - dense)
        hold = trusted(hold, finest - dense, typical)
        dense = torch.clamp(_finished(rgb, dense, finest, hold), *limits)
        log_error = self._log_error(log_error, hold.detach(), typical)
        output = torch.cat([torch.exp(dense.clamp(-_FARTHEST, _FARTHEST)), log_error], dim=1)
        return Steered(output, [dense, *log_depth], slopes, log_errors) if self.training else output

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Compile the U-Net alone: the diffusion's hundred sweeps are too long a program for compilers."""
        self._answers = torch.compile(self._answers, *args, **kwargs)  # type: ignore[method-assign]

    def _answers(
        self, rgb: Tensor, fields: Sequence[Tensor], measured: Sequence[tuple[Tensor, Tensor]]
    ) -> tuple[list[Tensor], Tensor, Tensor]:
        """The heads' answers (N,6,h,w) from the finest scale; measurements' worth and the expected error (N,1,H,W)."""
        known = [torch.cat([field, mean, share], dim=1) for field, (mean, share) in zip(fields, measured, strict=True)]
        x = self.stem(rgb) + self.stem_inject(known[0])
        maps = [x]
        for reduction, blocks, there in zip(self.reductions, self.encoder, known[1:], strict=True):
            x = blocks(reduction(x, there))
            maps.append(x)
        answers = [self.heads[-1](x)]
        for scale in range(SCALES - 2, -1, -1):
            x = self.fusions[scale](torch.cat([maps[scale], self.enlargements[scale](x)], dim=1))
            x = self.decoder[scale](x)
            answers.insert(0, self.heads[scale](x))
        worth, log_error = self.finest_head(x).float().split(_PIXELS, dim=1)
        return [answer.float() for answer in answers], F.pixel_shuffle(worth, 2), F.pixel_shuffle(log_error, 2)

    def _steer(
        self,
        rgb: Tensor,
        start: Tensor,
        measured: Sequence[tuple[Tensor, Tensor]],
        answers: Sequence[Tensor],
        limits: tuple[Tensor, Tensor],
    ) -> tuple[list[Tensor], list[Links], list[Links]]:
        """The diffusion that the answers ask for: log depth in limits, slopes and their log errors at each scale."""
        strengths, colours = [], rgb.flatten(0, 1)[:, None]  # engines pool maps of one channel faster than of three
        for _ in range(SCALES):
            colours = F.avg_pool2d(colours, 2)
            strengths.append(colour_strength(colours.view(-1, 3, *colours.shape[2:]), _COLOUR, _FLOOR))
        nearest, farthest = limits
        log_depth: list[Tensor] = []
        all_slopes: list[Links] = []
        log_errors: list[Links] = []
        for scale in range(SCALES - 1, -1, -1):
            mean, share = measured[scale]
            right, below, slope_right, slope_below, worth, going_on = answers[scale].chunk(_ANSWERS, dim=1)
            changed = (_limited(right, _MOST_STRENGTH), _limited(below, _MOST_STRENGTH))
            relief = torch.sigmoid(going_on + math.log(_RELIEF / (1 - _RELIEF)))
            strength = (strengths[scale][0] * changed[0].exp(), strengths[scale][1] * changed[1].exp())
            start = smoothed(start, strength, _SMOOTHING)
            rises = differences(start)
            steep = _SLOPE * _inside(mean, _BORDERS[scale])
            slopes = (relief * rises[0] + steep * slope_right, relief * rises[1] + steep * slope_below)
            hold = torch.exp(self.log_hold[1 + scale] + _limited(worth, _MOST_HOLD)) * (share > 0)
            dense = spread(start, strength, slopes, hold, mean, sweeps=_SWEEPS[scale], radius=_RADII[scale])
            dense = torch.minimum(torch.maximum(dense, nearest), farthest)
            log_depth.insert(0, dense)
            if self.training:
                all_slopes.insert(0, slopes)
                log_errors.insert(0, self._log_errors(scale, strengths[scale], changed))
            if scale:
                start = enlarged(dense)
        return log_depth, all_slopes, log_errors

    def _log_error(self, answer: Tensor, hold: Tensor, typical: Tensor) -> Tensor:
        """Of log depth (N,1,H,W): the less, the more exact measurements are, and the more one is believed there."""
        log_error = answer + _EXPECTED_LOG_ERROR + _EXACTNESS * torch.log(typical / SENSOR_ERROR)
        return log_error - torch.log1p(torch.exp(self.log_sureness + log_error) * hold)

    def _log_errors(self, scale: int, by_colour: Links, changed: Links) -> Links:
        """Of links' slopes, by their strength; at the far borders, where there is none, finite."""
        right, below = (
            self.log_link_error[scale] - torch.log(colour.clamp(min=_FLOOR)) - log_change
            for colour, log_change in zip(by_colour, changed, strict=True)
        )
        return right, below


def _finished(rgb: Tensor, log_depth: Tensor, measured: Tensor, hold: Tensor) -> Tensor:
    """Log depth (N,1,H,W) at the image's own size: what it lacks of the measurements, and the image's edges."""
    strength = colour_strength(rgb, _FINEST_COLOUR, _FINEST_FLOOR)
    log_depth = smoothed(log_depth, strength, _FINEST_SMOOTHING)
    log_depth = settled(log_depth, measured, hold, _INERTIA, 1 + SCALES)
    log_depth = smoothed(log_depth, strength, _FINEST_SMOOTHING)
    right, below = differences(log_depth)
    slopes = _FINEST_RELIEF * right, _FINEST_RELIEF * below
    log_depth = spread(log_depth, strength, slopes, hold, measured, sweeps=_FINEST_SWEEPS, radius=_FINEST_RADIUS)
    return (log_depth + hold * measured) / (1 + hold)


def _inside(field: Tensor, border: int) -> Tensor:
    """(1,1,h,w): 1 in all cells of a field (N,1,h,w) but those so near to a side, and there 0."""
    rows, columns = (
        (torch.arange(side, device=field.device) >= border) & (torch.arange(side, device=field.device) < side - border)
        for side in field.shape[2:]
    )
    return (rows[:, None] & columns).to(field.dtype)[None, None]


def _range(log_depth: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The least and the greatest log depth (N,1,1,1) that an answer may have: near what is measured (N,1,H,W)."""
    unknown = (1 - mask) * (2 * _FARTHEST)
    nearest, farthest = (log_depth + unknown).amin((2, 3), True), (log_depth - unknown).amax((2, 3), True)
    is_empty = nearest > farthest
    return (
        torch.where(is_empty, -_FARTHEST, nearest - _BEYOND),
        torch.where(is_empty, _FARTHEST, farthest + _BEYOND),
    )


def _limited(answer: Tensor, most: float) -> Tensor:
    """The answer, smoothly kept within `most` to either side of 0."""
    return most * torch.tanh(answer / most)
