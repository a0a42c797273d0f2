"""Sparse input as the papers' recipes draw it from the truth.

Sources: Wang et al., "G2-MonoDepth" (T-PAMI 46(5), 2024) for "authors", "PacGDC" (ICCV 2025) for "pacgdc", and their
public code for the numbers. Where the source has no hole masks of real sensors, `spnet.sparsify` imitates them.
"""

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from spnet.scale import fixed_scale, scene_scale
from spnet.sparsify import sparsify
from spnet.train.augment import Window, random_crop
from spnet.train.view import View
from spnet.train.virtual_lidar import scan

_NOISE = (0.01, 0.1)  # of the scale
_FEWEST_KEYPOINTS = 20
_SEEDS = 2**32

_Depth = NDArray[np.float32]
_Mask = NDArray[np.bool_]


def measure_as_authors(view: View, rule: str, generator: Generator) -> _Depth:
    """Noise (half of the time), coarse blocks (half), holes (0.8), and pixels dropped: up to 90 % or more than that."""
    depth = view.truth
    if generator.random() < 0.5:
        depth = add_noise(depth, rule, generator)
    if generator.random() < 0.5:
        depth = blocks(depth, float(2 ** generator.integers(1, 5)))
    if generator.random() < 0.8:
        depth = depth * hole_mask(view, generator)
    dropped = generator.uniform(0, 0.9) if generator.random() < 0.5 else generator.uniform(0.9, 1)
    return drop(depth, dropped, generator)


def measure_as_pacgdc(view: View, rule: str, generator: Generator) -> _Depth:
    """Holes (0.75), noise (0.25), coarse blocks (0.25), and then uniform points (0.5), a LiDAR (0.35) or keypoints.

    Keypoints are corners of the image here, and SIFT's there.
    """
    depth = view.truth
    if generator.random() < 0.75:
        depth = depth * hole_mask(view, generator)
    if generator.random() < 0.25:
        depth = add_noise(depth, rule, generator)
    if generator.random() < 0.25:
        depth = blocks(depth, generator.uniform(1, 16))
    kind, dropped = generator.random(), generator.uniform(0.9, 1)
    if generator.random() < 0.5:
        dropped = generator.uniform(0.4, 0.9)
    if 0.5 <= kind < 0.85 and (scanned := scan(depth, generator)).any():
        return scanned
    if kind >= 0.85:
        corners = sparsify(depth, f"features:{depth.size}", seed=0, frame="", rgb=view.rgb)
        if np.count_nonzero(corners.mask) >= _FEWEST_KEYPOINTS:
            return corners.depth
    return drop(depth, dropped, generator)


def add_noise(depth: _Depth, rule: str, generator: Generator) -> _Depth:
    """Normal noise on a random subset of the measured pixels, its deviation 0.01 to 0.1 of the scale.

    The result stays between 0 and a fixed largest depth; what came to 0 is no measurement any more.
    """
    measured = depth > 0
    if not measured.any():
        return depth
    deviation = generator.uniform(*_NOISE) * scene_scale(depth, measured, rule)
    noisy = generator.random(depth.shape, np.float32) > generator.random()
    noise = generator.standard_normal(depth.shape, np.float32) * np.float32(deviation)
    farthest = fixed_scale(rule) or math.inf
    return np.clip(depth + noise * (noisy & measured), 0, np.float32(farthest))


def blocks(depth: _Depth, factor: float) -> _Depth:
    """The depth (H,W) resized to 1 / factor and back, each time by the nearest pixel: blocks of one depth each."""
    rows, columns = (_coarse(side, max(int(side / factor), 1)) for side in depth.shape)
    return depth.take(rows, 0).take(columns, 1)


def drop(depth: _Depth, share: float, generator: Generator) -> _Depth:
    """The depth without a random share of its pixels."""
    return depth * (generator.random(depth.shape, np.float32) > share)


def hole_mask(view: View, generator: Generator) -> _Mask:
    """A mask (H,W), False in holes: that of the view or an imitated one, through a random affine map."""
    mask = view.holes
    if mask is None:
        seed = int(generator.integers(_SEEDS))
        mask = sparsify(view.truth, "holes", seed=seed, frame="", camera=view.camera, rgb=view.rgb).mask
        mask = mask | (view.truth == 0)  # what is not known is not measured anyway
    size = view.truth.shape
    top, left, height, width = random_crop(Window(0, 0, *mask.shape), size, generator)
    return warp(mask[top : top + height, left : left + width], size, generator)


def warp(mask: _Mask, size: tuple[int, int], generator: Generator) -> _Mask:
    """A mask (h,w) through a random affine map, at a size (H,W); True where it does not reach.

    Turned by any angle, sheared by up to 60 degrees, 0.5 to 4 times as large, moved by up to half of the size, mirrored
    or not.
    """
    angle, shear = generator.uniform(-math.pi, math.pi), math.tan(math.radians(generator.uniform(-60, 60)))
    mirror = 1.0 if generator.random() < 0.5 else -1.0
    turned = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    back = np.linalg.inv(generator.uniform(0.5, 4) * turned @ np.array([[mirror, shear], [0, 1]]))
    columns_rows = np.array([size[1], size[0]])
    centre = columns_rows / 2 + generator.uniform(-0.5, 0.5, 2) * columns_rows
    start = np.array([mask.shape[1], mask.shape[0]]) / 2 - back @ centre
    coefficients = (back[0, 0], back[0, 1], start[0], back[1, 0], back[1, 1], start[1])
    image = Image.fromarray(mask.astype(np.uint8))
    warped = image.transform((size[1], size[0]), Image.Transform.AFFINE, tuple(map(float, coefficients)), fillcolor=1)
    return np.asarray(warped) > 0


def _coarse(side: int, cells: int) -> NDArray[np.intp]:
    """For each pixel along a side, the one whose value its cell has."""
    return np.arange(side) * cells // side * side // cells
