"""Views cut, resized, mirrored and recoloured: depth keeps to its pixels of the image."""

import dataclasses
import io
import math
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from spnet.camera import Camera
from spnet.train.view import View

_ASPECT = math.log(4 / 3)  # of a random resized crop, either way
_WAVE = 10  # pixels
_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601

_Image = NDArray[np.uint8]
_Planes = NDArray[np.float32]  # (3,H,W), 0 to 255


class Window(NamedTuple):
    """A part of an image, in pixels."""

    top: int
    left: int
    height: int
    width: int


def random_crop(within: Window, size: tuple[int, int], generator: Generator) -> Window:
    """A window of that height and width anywhere in another, or as much of it as there is."""
    height, width = min(size[0], within.height), min(size[1], within.width)
    top = int(generator.integers(within.height - height + 1))
    left = int(generator.integers(within.width - width + 1))
    return Window(within.top + top, within.left + left, height, width)


def random_resized_crop(within: Window, smallest: float, generator: Generator) -> Window:
    """A window of `smallest` to 1 of the area of another, 3:4 to 4:3 in shape (Szegedy et al., CVPR 2015)."""
    area = within.height * within.width * generator.uniform(smallest, 1)
    aspect = math.exp(generator.uniform(-_ASPECT, _ASPECT))  # width over height
    size = round(math.sqrt(area / aspect)), round(math.sqrt(area * aspect))
    return random_crop(within, (max(size[0], 1), max(size[1], 1)), generator)


def zoomed(within: Window, size: tuple[int, int], zoom: tuple[float, float], generator: Generator) -> Window:
    """The window that fills `size` when it is enlarged by a factor drawn from `zoom`, or by more if it must be."""
    fitting = max(size[0] / within.height, size[1] / within.width)
    factor = generator.uniform(max(zoom[0], fitting), max(zoom[1], fitting))
    return random_crop(within, (max(round(size[0] / factor), 1), max(round(size[1] / factor), 1)), generator)


def whole(view: View) -> Window:
    """All of a view."""
    return Window(0, 0, *view.truth.shape)


def resize_blended(view: View, window: Window, size: tuple[int, int]) -> View:
    """The window of a view at another size, image and depth bilinear.

    Nothing beyond the window's border counts. A resized depth pixel is known only where all its sources were; across an
    edge of the depth it lies between the two surfaces, as in the recipes of the papers.
    """
    part = _part(view.truth, window)
    truth = _bilinear(part, size)
    truth[_bilinear((part == 0).astype(np.float32), size) > 0] = 0
    rgb = _resized(Image.fromarray(_part(view.rgb, window)), size, None)
    return dataclasses.replace(view, rgb=rgb, truth=truth, camera=_camera(view.camera, window, size))


def resize_sampled(view: View, window: Window, size: tuple[int, int], shift: tuple[float, float]) -> View:
    """The window of a view at another size, the image smooth, each depth that of the pixel it falls into.

    Args:
        view: the view.
        window: of it.
        size: height and width of the result.
        shift: rows and columns of the view by which the image's window lies elsewhere than the depth's, as far as there
            is image.
    """
    rows = window.top + (2 * np.arange(size[0]) + 1) * window.height // (2 * size[0])
    columns = window.left + (2 * np.arange(size[1]) + 1) * window.width // (2 * size[1])
    truth = view.truth.take(rows, 0).take(columns, 1)
    height, width = view.truth.shape
    top = min(max(window.top + shift[0], 0.0), float(height - window.height))
    left = min(max(window.left + shift[1], 0.0), float(width - window.width))
    box = (left, top, left + window.width, top + window.height)
    rgb = _resized(Image.fromarray(view.rgb), size, box)
    return dataclasses.replace(view, rgb=rgb, truth=truth, camera=_camera(view.camera, window, size))


def wavered(view: View, deviation: float, generator: Generator) -> View:
    """The view with each depth that of a pixel some way off, so that depth's edges waver about the image's.

    Structured light and stereo see edges so, by a few pixels, and elsewhere nothing changes much.

    Args:
        view: the view.
        deviation: pixels, of rows and of columns; they change smoothly over some ten pixels.
        generator: of the draws.
    """
    height, width = view.truth.shape
    coarse = (height // _WAVE + 2, width // _WAVE + 2)
    ways = [_bilinear(generator.normal(0, deviation, coarse).astype(np.float32), (height, width)) for _ in range(2)]
    rows = np.clip(np.rint(np.arange(height)[:, None] + ways[0]), 0, height - 1).astype(np.intp)
    columns = np.clip(np.rint(np.arange(width) + ways[1]), 0, width - 1).astype(np.intp)
    return dataclasses.replace(view, truth=view.truth[rows, columns])


def flip(view: View) -> View:
    """The view as a mirror shows it, left and right exchanged."""
    camera = dataclasses.replace(view.camera, cx=view.camera.width - 1 - view.camera.cx)
    rgb, truth = np.ascontiguousarray(view.rgb[:, ::-1]), np.ascontiguousarray(view.truth[:, ::-1])
    return dataclasses.replace(view, rgb=rgb, truth=truth, camera=camera)


def jitter(rgb: _Image, strength: float, generator: Generator) -> _Image:
    """The image (H,W,3) with brightness, contrast and saturation times U(1 - strength, 1 + strength), in any order."""
    return _as_image(_jittered(_as_planes(rgb), strength, generator))


def photograph_again(rgb: _Image, strength: float, generator: Generator) -> _Image:
    """The image (H,W,3) jittered, and in half of the cases each: unsharp, noisy, compressed.

    Real images of 640x480 pixels are softer than rendered ones, and few cameras hand out what they saw unchanged.
    """
    softness, noise, quality = generator.uniform(0.3, 1.15), generator.uniform(1, 9), int(generator.integers(35, 96))
    soft, noisy, compressed = generator.random(3) < 0.5
    planes = _as_planes(rgb)
    if soft:
        planes = softened(planes, softness)
    planes = _jittered(planes, strength, generator)
    if noisy:
        planes += np.float32(noise) * generator.standard_normal(planes.shape, np.float32)
    rgb = _as_image(planes)
    if compressed:
        stored = io.BytesIO()
        Image.fromarray(rgb).save(stored, "JPEG", quality=quality)
        rgb = np.asarray(Image.open(stored))
    return rgb


def softened(planes: _Planes, deviation: float) -> _Planes:
    """Planes (3,H,W) blurred by so many pixels, at most 1.15: one or two sweeps of three taps along each axis."""
    sweeps = 1 if deviation**2 <= 2 / 3 else 2
    side = np.float32(deviation**2 / 2 / sweeps)  # a sweep's variance is twice the weight of its outer taps
    for axis in (1, 2) * sweeps:
        before = np.moveaxis(planes, axis, 0)
        planes = planes * (1 - 2 * side)
        after = np.moveaxis(planes, axis, 0)
        after[1:] += side * before[:-1]
        after[:-1] += side * before[1:]
        after[0] += side * before[0]
        after[-1] += side * before[-1]
    return planes


def rescale(view: View, factor: float) -> View:
    """The view of the same scene built that many times as large."""
    return dataclasses.replace(view, truth=view.truth * np.float32(factor))


def _as_planes(rgb: _Image) -> _Planes:
    return np.array(rgb.transpose(2, 0, 1), np.float32, order="C")


def _as_image(planes: _Planes) -> _Image:
    return np.ascontiguousarray(np.rint(np.clip(planes, 0, 255)).astype(np.uint8).transpose(1, 2, 0))


def _jittered(planes: _Planes, strength: float, generator: Generator) -> _Planes:
    """The planes, changed in place."""
    brightness, contrast, saturation = generator.uniform(1 - strength, 1 + strength, 3).astype(np.float32)
    for kind in generator.permutation(3):
        if kind == 0:
            planes *= brightness
        else:
            grey: _Planes = np.tensordot(np.array(_LUMA, np.float32), planes, 1)
            around, factor = (grey.mean(), contrast) if kind == 1 else (grey, saturation)
            planes *= factor
            planes += (1 - factor) * around
        np.clip(planes, 0, 255, out=planes)
    return planes


def _part(image: NDArray[Any], window: Window) -> NDArray[Any]:
    rows, columns = slice(window.top, window.top + window.height), slice(window.left, window.left + window.width)
    return np.ascontiguousarray(image[rows, columns])


def _bilinear(values: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    return np.array(Image.fromarray(values).resize((size[1], size[0]), Image.Resampling.BILINEAR))


def _resized(image: Image.Image, size: tuple[int, int], box: tuple[float, float, float, float] | None) -> _Image:
    return np.asarray(image.resize((size[1], size[0]), Image.Resampling.BILINEAR, box=box))


def _camera(camera: Camera, window: Window, size: tuple[int, int]) -> Camera:
    return camera.crop(window.left, window.top, window.width, window.height).resize(size[1], size[0])
