"""Image-guided completion: log depth spreads from the measured pixels, and hardly across edges of the image.

Sources: a weighted Laplace equation whose links fade with the difference of colour is the fill of Levin, Lischinski
and Weiss, "Colorization using Optimization" (SIGGRAPH 2004); the sweeps are the Chebyshev semi-iteration of Golub
and Varga (Numerische Mathematik 3, 1961).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float32]

_COLOUR = 0.02  # the mean difference of the channels (white is 1) that cuts a link to 1/e
_FLOOR = 0.002  # what is left of a link across any edge
_COARSEST = 4  # cells along the longer side of the coarsest scale
_RELIEF = 0.8  # how much of the coarser scale's relief is expected at the finer one
_SMOOTHING = 4  # sweeps over the enlarged coarser depth
_SMOOTHING_RADIUS = 0.8  # spectral radius that those assume
_SWEEPS = (8, 16, 32)  # with measured pixels held: at the finest scale, the next one, and every coarser one
_RADIUS = 0.995  # spectral radius that these assume


class _Scale(NamedTuple):
    """The fields of one scale, flat: a margin of one image row, the image's rows, another margin.

    A pixel's neighbours lie constant shifts away, so that each step is arithmetic on contiguous arrays. No link
    leaves the image: what the margins hold counts for nothing, as long as it is finite.
    """

    width: int
    depth: _Floats  # log depth
    previous: _Floats
    source: _Floats  # added to the neighbours' weighted sum in each sweep
    weights: _Floats  # (4, ...) of the pixels below, above, right and left in that sum
    links: _Floats  # (2, ...) conductance to the pixel below and to the one on the right
    product: _Floats

    def at(self, field: _Floats, shift: int = 0) -> _Floats:
        """The field (..., H * W) as each pixel sees it `shift` ahead, a view."""
        return field[..., self.width + shift : field.shape[-1] - self.width + shift]

    def image(self, field: _Floats) -> _Floats:
        """The field as rows and columns (..., H, W), a view."""
        return self.at(field).reshape(*field.shape[:-1], -1, self.width)


def fill(rgb: NDArray[np.uint8], depth: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Spread log depth from coarse scales to fine ones, along surfaces and not across edges of the image.

    The contract is that of `spnet.classic`. At each scale every pixel tends to the mean of its 4-neighbours, by
    links of weight exp(-mean over channels of |difference| / 0.02) + 0.002 of the image (white is 1) averaged to
    that scale. A link does not draw its ends to equal depths but to most of the difference that the coarser scale
    shows there, so that slopes go on between measurements instead of levelling out. Measured pixels are held; a
    coarse cell holds the mean of those inside it. The number of sweeps is fixed. Takes about 100 bytes of memory
    per pixel.
    """
    log_depth = np.log(depth[mask])
    middle = np.float32(log_depth.mean(dtype=np.float64))
    log_depth -= middle
    pyramid = _pyramid(rgb, log_depth, mask)
    memory = np.zeros((10, mask.size + 2 * mask.shape[1]), np.float32)
    scale = _scale(memory, *pyramid[-1].shape[1:])
    for level in reversed(range(len(pyramid))):
        image, (total, count) = pyramid[level][:3], pyramid[level][3:]
        if level < len(pyramid) - 1:
            coarse = scale.image(scale.depth).copy()
            scale = _scale(memory, *image.shape[1:])
            _enlarge(coarse, scale.image(scale.depth))
        _link(image, scale)
        _expect_relief(scale)
        _hold(total, count, scale)
        _sweep(scale, _SWEEPS[min(level, len(_SWEEPS) - 1)], _RADIUS)
    dense = np.clip(scale.image(scale.depth), log_depth.min(), log_depth.max())
    dense += middle
    np.exp(dense, out=dense)
    np.clip(dense, depth[mask].min(), depth[mask].max(), out=dense)
    np.copyto(dense, depth, where=mask)
    return dense


def _pyramid(rgb: NDArray[np.uint8], log_depth: _Floats, mask: NDArray[np.bool_]) -> list[_Floats]:
    """Planes (5, H, W) from fine to coarse: three colours, so scaled that the sum of their differences is a link's
    exponent; the sum of the measured log depths in each cell; their number.

    Sum and number are in a unit that may differ from cell to cell: only their quotient means something.
    """
    planes = np.zeros((5, *mask.shape), np.float32)
    planes[:3] = rgb.transpose(2, 0, 1)
    planes[:3] *= np.float32(1 / (3 * 255 * _COLOUR))
    planes[3][mask] = log_depth
    planes[4] = mask
    pyramid = [planes]
    while max(pyramid[-1].shape[1:]) > _COARSEST:
        pyramid.append(_halve(pyramid[-1]))
    return pyramid


def _halve(planes: _Floats) -> _Floats:
    """Average cells of 2 x 2 pixels of (C, H, W); at an odd side, the one or two that are left."""
    _, height, width = planes.shape
    rows = planes[:, ::2].copy()
    pairs = rows[:, : height // 2]
    pairs += planes[:, 1::2]
    pairs *= np.float32(0.5)
    cells: _Floats = rows[:, :, ::2].copy()
    pairs = cells[:, :, : width // 2]
    pairs += rows[:, :, 1::2]
    pairs *= np.float32(0.5)
    return cells


def _scale(memory: _Floats, height: int, width: int) -> _Scale:
    """Lay out the fields of a scale in `memory` (10, pixels and two rows at least), over those of another."""
    fields = memory[:, : (height + 2) * width]
    return _Scale(width, fields[0], fields[1], fields[2], fields[3:7], fields[7:9], fields[9])


def _enlarge(coarse: _Floats, fine: _Floats) -> None:
    """Write a field (H/2, W/2), half sizes rounded up, into `fine` (H, W), bilinearly."""
    height, width = fine.shape
    near, far = np.float32(0.75), np.float32(0.25)
    coarse = np.pad(coarse, 1, mode="edge")
    rows = np.empty((height + height % 2, coarse.shape[1]), np.float32)
    rows[0::2] = near * coarse[1:-1] + far * coarse[:-2]
    rows[1::2] = near * coarse[1:-1] + far * coarse[2:]
    rows = rows[:height]
    fine[:, 0::2] = near * rows[:, 1:-1] + far * rows[:, :-2]
    fine[:, 1::2] = (near * rows[:, 1:-1] + far * rows[:, 2:])[:, : width // 2]


def _link(image: _Floats, scale: _Scale) -> None:
    """Set the weights of a pixel's neighbours: its links to them, divided by their sum."""
    scale.links.fill(0)
    down, right = scale.image(scale.links)
    _conduct(image[:, 1:] - image[:, :-1], down[:-1])
    _conduct(image[:, :, 1:] - image[:, :, :-1], right[:, :-1])
    share = scale.at(scale.product)
    share.fill(1e-12)  # a single pixel has no links
    sides = ((scale.links[0], 0), (scale.links[0], -scale.width), (scale.links[1], 0), (scale.links[1], -1))
    for link, shift in sides:
        share += scale.at(link, shift)
    np.reciprocal(share, out=share)
    for weight, (link, shift) in zip(scale.weights, sides, strict=True):
        np.multiply(scale.at(link, shift), share, out=scale.at(weight))


def _conduct(difference: _Floats, out: _Floats) -> None:
    """Write the conductance (H, W) of links from the scaled colour differences (3, H, W), which are used up."""
    np.abs(difference, out=difference)
    np.add(difference[0], difference[1], out=out)
    out += difference[2]
    np.negative(out, out=out)
    np.exp(out, out=out)
    out += np.float32(_FLOOR)


def _expect_relief(scale: _Scale) -> None:
    """Smooth the depth along the links, and set the source to most of its relief: each pixel's difference from its
    neighbours' weighted mean, which the sweeps then reproduce."""
    relief = scale.at(scale.source)
    relief.fill(0)
    _sweep(scale, _SMOOTHING, _SMOOTHING_RADIUS)
    _sum_neighbours(scale, scale.depth, relief)
    np.subtract(scale.at(scale.depth), relief, out=relief)
    relief *= np.float32(_RELIEF)


def _hold(total: _Floats, count: _Floats, scale: _Scale) -> None:
    """Fix the depth of cells (H, W) with measurements at their mean; `total` is used up."""
    held = count > 0
    mean = np.divide(total, count, out=total, where=held)
    np.copyto(scale.image(scale.depth), mean, where=held)
    np.copyto(scale.image(scale.source), mean, where=held)
    np.copyto(scale.image(scale.weights), np.float32(0), where=held)


def _sweep(scale: _Scale, sweeps: int, radius: float) -> None:
    """Replace depth by its neighbours' weighted sum plus the source, `sweeps` times, with Chebyshev momentum."""
    current, previous = scale.depth, scale.previous
    previous[:] = current
    momentum = 1.0
    for sweep in range(sweeps):
        if sweep:
            momentum = 1 / (1 - radius**2 * momentum / (2 if sweep == 1 else 4))
        following = scale.at(previous)
        following *= np.float32(1 / momentum - 1)
        following += scale.at(scale.source)
        _sum_neighbours(scale, current, following)
        following *= np.float32(momentum)
        current, previous = previous, current
    scale.depth[:] = current


def _sum_neighbours(scale: _Scale, field: _Floats, out: _Floats) -> None:
    """Add the weighted sum of each pixel's neighbours to `out` (H * W)."""
    product = scale.at(scale.product)
    for weight, shift in zip(scale.weights, (scale.width, -scale.width, 1, -1), strict=True):
        np.multiply(scale.at(weight), scale.at(field, shift), out=product)
        out += product
