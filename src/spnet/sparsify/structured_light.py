"""Where a structured-light camera (Kinect, PrimeSense, RealSense) measures nothing.

It finds the pattern of a projector that stands beside it, so it fails where the projector does not shine, where too
little of the pattern comes back, and where the pattern is too distorted to be found again. See Mallick, Das and
Majumdar, "Characterizations of noise in Kinect depth images: a review", IEEE Sensors Journal 14(6), 2014.
"""

import numpy as np
from numpy.typing import NDArray

from spnet.sparsify.scene import Scene, some_depths

_BASELINE = (0.05, 0.09)  # metres to the projector; 0.075 in the first Kinect
_LONGEST_BASELINE = 0.05  # of the scene's median depth
_WINDOW = 0.008  # radians: four pixels of a Kinect, the window that is looked at as a whole
_WIDEST_WINDOW = 16  # pixels to each side
_STEEP = (4.0, 10.0)  # tangents of the angle between ray and normal between which the chance of a loss grows to ...
_EDGE_CHANCE = (0.5, 1.0)  # ... this, drawn for each frame
_DARK, _SHINY = 45, 235  # brightness out of 255 below which, and above which, surfaces start to be lost
_FAR_SHARE = (0.8, 1.1)  # of the scene's pixels are nearer than where losses by distance start
_FAR_FADE = 1.3  # times that distance, and all is lost
_TOLERANCE = 0.25  # pixels: steps of quantised depth cast no shadow
_BLOB = 0.84  # of the noise: about one pixel in a hundred is above
_BORDER = 0.06  # of width and height, at most: what the depth camera does not see of the image
_COARSE, _FINE = 0.06, 0.012  # radians: cells of the two noises by which losses come in patches with ragged edges
_FINE_SHARE = 0.35  # of their sum

_Depth = NDArray[np.float32]
_Mask = NDArray[np.bool_]


def punch_holes(depth: _Depth, scene: Scene, values: tuple[float, ...], generator: np.random.Generator) -> _Depth:
    """Remove measurements where a structured-light camera would have none.

    Lost are, in ragged patches: depth edges and their surroundings, steep surfaces, the far end of the scene, dark and
    overexposed surfaces (where the image is known), a few blobs and a strip at the border; and whole, the shadows of
    the projector, which stands 5 to 9 cm to the left or right of the camera, though at most a twentieth of the scene's
    median depth. How strong each is, is drawn for each frame. What is kept is not changed.
    """
    darkness, shine, reach, edges, baseline, side = (float(share) for share in generator.random(6))
    chance = _steepness(scene, _between(_EDGE_CHANCE, edges))
    np.maximum(chance, _farther_than(scene, reach), out=chance)
    if scene.rgb is not None:
        brightness = _brightness(scene.rgb, min(round(_WINDOW * scene.camera.fx / 2), _WIDEST_WINDOW))
        np.maximum(chance, _badly_lit(brightness, darkness, shine), out=chance)
    fine, coarse = (_noise(depth.shape, cell * scene.camera.fx, generator) for cell in (_FINE, _COARSE))
    fine *= np.float32(_FINE_SHARE)
    coarse *= np.float32(1 - _FINE_SHARE)
    coarse += fine
    kept = (chance <= coarse) & (coarse < _BLOB)
    kept &= ~_shadow(scene, _between(_BASELINE, baseline), projector_on_the_right=side < 0.5)
    kept &= _within_border(depth.shape, generator)
    return depth * kept


def _between(limits: tuple[float, float], share: float) -> float:
    return limits[0] + share * (limits[1] - limits[0])


def _steepness(scene: Scene, strength: float) -> _Depth:
    """The chance (H,W) of a loss by steepness, at most `strength`, which it is at depth edges.

    The relative change of depth from pixel to pixel, times the focal length, is the tangent of the angle between the
    ray and the surface's normal. It is taken across a few pixels, as the camera correlates windows of its pattern.
    """
    tangent = np.zeros_like(scene.truth)
    for axis, focal in ((0, scene.camera.fy), (1, scene.camera.fx)):
        depth, steepest = np.moveaxis(scene.truth, axis, 0), np.moveaxis(tangent, axis, 0)
        reach = min(max(1, round(_WINDOW * focal / 2)), _WIDEST_WINDOW)
        before, after = depth[: -2 * reach], depth[2 * reach :]
        known = np.minimum(before, after) > 0
        change = np.abs(after - before) * known
        change /= np.maximum(np.maximum(before, after), np.finfo(np.float32).tiny)
        change *= np.float32(focal / (2 * reach))
        np.maximum(steepest[reach:-reach], change, out=steepest[reach:-reach])
    tangent -= np.float32(_STEEP[0])
    tangent *= np.float32(strength / (_STEEP[1] - _STEEP[0]))
    return np.clip(tangent, 0, np.float32(strength), out=tangent)


def _farther_than(scene: Scene, reach: float) -> _Depth:
    """The chance of a loss by distance."""
    sample = np.sort(some_depths(scene.truth))
    first = int(_between(_FAR_SHARE, reach) * sample.size)
    if first >= sample.size:
        return np.zeros_like(scene.truth)
    start = sample[first]
    return np.clip((scene.truth - start) / (np.float32(_FAR_FADE - 1) * start), 0, 1)


def _brightness(rgb: NDArray[np.uint8], reach: int) -> NDArray[np.integer]:
    """The mean brightness (H,W), 0 to 255, over a window of so many pixels to each side."""
    red, green, blue = (rgb[:, :, channel].astype(np.uint16) for channel in range(3))  # sums stay below 2**16
    brightness: NDArray[np.integer] = (2 * red + 5 * green + blue) >> 3
    for axis, size in enumerate(brightness.shape):
        padded = np.pad(brightness, [(reach, reach) if axis == side else (0, 0) for side in (0, 1)], mode="edge")
        windows = np.moveaxis(padded, axis, 0)
        total = windows[:size].copy()
        for shift in range(1, 2 * reach + 1):
            total += windows[shift : shift + size]
        brightness = np.moveaxis(total // np.uint16(2 * reach + 1), 0, axis)
    return brightness


def _badly_lit(brightness: NDArray[np.integer], darkness: float, shine: float) -> _Depth:
    """The chance of a loss by brightness, at most `darkness` where it is 0 and `shine` where it is 255."""
    table = np.arange(256, dtype=np.float32)
    chance = np.maximum(darkness * (_DARK - table) / _DARK, shine * (table - _SHINY) / (255 - _SHINY))
    return np.maximum(chance, 0).astype(np.float32)[brightness]


def _noise(shape: tuple[int, ...], cell: float, generator: np.random.Generator) -> _Depth:
    """Smooth noise between 0 and 1: uniform draws at the corners of cells of so many pixels, blended between them."""
    cell = max(cell, 1.0)
    lattice = generator.random([int(size / cell) + 3 for size in shape], dtype=np.float32)
    for axis, size in ((1, shape[1]), (0, shape[0])):
        position = np.arange(size) / cell + generator.random()
        corner = position.astype(np.intp)
        share = (position - corner).astype(np.float32).reshape([-1, 1] if axis == 0 else [1, -1])
        share *= share * (3 - 2 * share)  # level at the corners, so that patches are round
        before, after = lattice.take(corner, axis), lattice.take(corner + 1, axis)
        lattice = before + share * (after - before)
    return lattice


def _shadow(scene: Scene, baseline: float, *, projector_on_the_right: bool) -> _Mask:
    """Where something nearer stands between the surface and the projector.

    Seen from the projector, pixels of a row keep their order; what is overtaken by a nearer one is hidden by it.
    """
    sample = some_depths(scene.truth)
    if not sample.size:
        return np.zeros(scene.truth.shape, dtype=np.bool_)
    baseline = min(baseline, _LONGEST_BASELINE * float(np.median(sample)))
    known = scene.truth > 0
    shift = np.where(known, np.float32(scene.camera.fx * baseline), np.float32(0))
    shift /= np.where(known, scene.truth, np.float32(1))
    if projector_on_the_right:
        shift = shift[:, ::-1]
    seen_at = shift + np.arange(shift.shape[1], dtype=np.float32)
    hidden = seen_at < np.maximum.accumulate(seen_at, axis=1) - np.float32(_TOLERANCE)
    return hidden[:, ::-1] if projector_on_the_right else hidden


def _within_border(shape: tuple[int, ...], generator: np.random.Generator) -> _Mask:
    """All but a strip along each side, most often thin."""
    inside = np.zeros(shape, dtype=np.bool_)
    shares = _BORDER * generator.random((2, 2)) ** 2
    (top, bottom), (left, right) = (
        (int(first * size), size - int(last * size)) for (first, last), size in zip(shares, shape, strict=True)
    )
    inside[top:bottom, left:right] = True
    return inside
