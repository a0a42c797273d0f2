"""Sparse depth made of dense depth, as sensors and benchmarks have it.

A pattern is text: one step, or several joined by ``+`` and done from left to right, each on what the one before left:
``lines:16+noise:0.02`` is a LiDAR with noise. `PATTERNS` lists the steps. Sensors (`lines`, `holes`, `features`) see
the shapes of the complete scene wherever they stand in a pattern, but measure only what is left.

What is drawn depends on the seed, the frame's name, and the step, on nothing else: not on the order of frames, on
workers, on the machine or on the other steps of the pattern, so that ``lines:16`` and ``lines:16+noise:0.02`` take the
same points, and ``points:100`` some of those of ``points:500``. Draws come from PCG64, seeded by SHA-256, almost all as
plain uniform numbers, whose streams NumPy has kept since 1.17; only `noise` relies on its normal numbers. Whatever
decides which pixels stay is computed by operations that IEEE 754 rounds the same everywhere.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.files.limits import check_pixel_count
from spnet.sparsify.patterns import PATTERNS, Pattern, Step, parse
from spnet.sparsify.scene import FARTHEST, NEAREST, Scene

__all__ = ["ASSUMED_DEGREES_ACROSS", "PATTERNS", "Pattern", "Sparse", "Step", "parse", "sparsify"]

ASSUMED_DEGREES_ACROSS = 60.0
"""The horizontal field of view of a camera that is not known."""


@dataclass(frozen=True, eq=False)
class Sparse:
    """What a sensor would have measured of a frame."""

    depth: NDArray[np.float32]
    """(H,W) metres, 0 where `mask` is False."""
    mask: NDArray[np.bool_]
    """(H,W), True where there is a measurement."""


def sparsify(
    truth: NDArray[np.floating],
    pattern: str,
    *,
    seed: int,
    frame: str,
    camera: Camera | None = None,
    rgb: NDArray[np.uint8] | None = None,
) -> Sparse:
    """Measure a frame of known depth by a pattern.

    Measurements lie on pixels of known depth and are the truth there, except: after `noise` and `outliers`; the points
    of `lines` that lie behind an edge, which are the truth of a pixel nearby and farther than that at their own; and
    those of `grid`, which are the truth of a pixel of their cell, at the cell's centre whether that is known or not.

    Args:
        truth: (H,W) metres; NaN, and what is not between a micrometre and 1000 km, means that it is not known.
        pattern: see `PATTERNS`.
        seed: of the run.
        frame: name of the frame, different for frames that are to be drawn differently.
        camera: of the same size, for `lines` and `holes`; None assumes one of 60 degrees across.
        rgb: (H,W,3), for `features`, and for `holes` to know dark and shiny surfaces.

    Returns:
        New arrays; without a measurement if the truth is empty or outside what the sensor sees.

    Raises:
        SpnetError: a pattern that is none, arrays or a camera of other sizes, or `features` without an image.
    """
    steps = parse(pattern)
    scene = _scene(truth, camera, rgb)
    depth, done = scene.truth.copy(), Counter[str]()
    for step in steps:
        generator = _generator(seed, frame, step.name, done[step.name])
        depth = PATTERNS[step.name].apply(depth, scene, step.values, generator)
        done[step.name] += 1
    return Sparse(depth, depth > 0)


def _scene(truth: NDArray[np.floating], camera: Camera | None, rgb: NDArray[np.uint8] | None) -> Scene:
    if truth.ndim != 2 or truth.dtype.kind != "f":
        raise SpnetError(f"truth: {truth.dtype} of shape {truth.shape}, expected floats (H,W) in metres")
    height, width = truth.shape
    check_pixel_count(width, height, "truth")
    if camera is not None and (camera.width, camera.height) != (width, height):
        raise SpnetError(f"camera: {camera.width}x{camera.height}, but the truth is {width}x{height}; crop it alike")
    if rgb is not None and (rgb.dtype != np.uint8 or rgb.shape != (height, width, 3)):
        raise SpnetError(f"rgb: {rgb.dtype} of shape {rgb.shape}, expected uint8 {(height, width, 3)} as the truth")
    with np.errstate(over="ignore"):  # what does not fit is infinite, so not known
        metres = truth.astype(np.float32)
    known = (metres >= NEAREST) & (metres <= FARTHEST)
    return Scene(np.where(known, metres, np.float32(0)), camera or _assumed_camera(width, height), rgb)


def _assumed_camera(width: int, height: int) -> Camera:
    return Camera.from_fov(width, height, ASSUMED_DEGREES_ACROSS)


def _generator(seed: int, frame: str, step: str, occurrence: int) -> np.random.Generator:
    """The draws of one step: PCG64, seeded by a hash that is the same on every machine."""
    name = f"{seed}\n{step}\n{occurrence}\n{frame}".encode("utf-8", "surrogatepass")
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(name).digest(), "little")))
