"""From the light that falls on a sensor to the 8-bit picture a camera hands out."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

_MIDDLE_GREY = 0.18


@dataclass(frozen=True)
class CameraStyle:
    """What a camera does to its picture."""

    exposure: float
    """Stops away from a middle grey mean."""
    white_balance: tuple[float, float, float]
    """Gains of the channels."""
    contrast: float
    """Slope of the tone curve at middle grey; 1 leaves it."""
    saturation: float
    vignetting: float
    """Light lost in the corners, 0 to 1."""
    blur: float
    """Standard deviation of the lens and its focus, pixels."""
    motion: tuple[float, float]
    """How far the picture moved while exposed: columns and rows."""
    shot_noise: float
    """Standard deviation at full light, of what counting photons does."""
    read_noise: float
    """Standard deviation of what the circuit adds, everywhere."""
    sharpening: float
    """How much of what a blur of one pixel takes away is added again; 0 for none."""
    quality: int
    """Of the JPEG that the picture went through; 0 for none."""


def draw_style(rng: Generator) -> CameraStyle:
    """A camera as one comes across them: most are decent, some are poor."""
    poor = rng.random() < 0.25
    warmth, tint = rng.normal(0, 0.09), rng.normal(0, 0.03)
    moves = rng.random() < (0.4 if poor else 0.1)
    angle, length = rng.uniform(0, np.pi), rng.uniform(0.5, 2.5) if moves else 0.0
    return CameraStyle(
        exposure=rng.normal(0.0, 0.4),
        white_balance=(float(np.exp(warmth)), float(np.exp(tint)), float(np.exp(-warmth))),
        contrast=rng.uniform(1.1, 1.85),
        saturation=rng.uniform(0.5, 1.1),
        vignetting=rng.uniform(0, 0.45) if rng.random() < 0.6 else 0.0,
        blur=rng.uniform(0.3, 1.0) if poor else rng.uniform(0, 0.45),
        motion=(float(length * np.cos(angle)), float(length * np.sin(angle))),
        shot_noise=float(np.exp(rng.uniform(np.log(0.003), np.log(0.05 if poor else 0.02)))),
        read_noise=float(np.exp(rng.uniform(np.log(0.0005), np.log(0.012 if poor else 0.004)))),
        sharpening=rng.uniform(0.4, 1.5) if rng.random() < 0.7 else 0.0,
        quality=int(rng.integers(45, 97)) if rng.random() < 0.7 else 0,
    )


def photograph(light: NDArray[np.float32], style: CameraStyle, rng: Generator) -> NDArray[np.uint8]:
    """The picture (H,W,3) uint8 sRGB of linear light (H,W,3), by a camera of that style."""
    exposed = light * np.float32(_gain(light) * 2**style.exposure)
    exposed *= np.array(style.white_balance, np.float32)
    exposed *= _vignette(light.shape[0], light.shape[1], style.vignetting)[..., None]
    exposed = _blurred(exposed, style)
    spread = np.sqrt(style.shot_noise**2 * np.maximum(exposed, 0) + style.read_noise**2)
    exposed += spread * rng.standard_normal(exposed.shape, np.float32)
    return _compressed(_toned(exposed, style), style.quality)


def _gain(light: NDArray[np.float32]) -> float:
    """Automatic exposure: the geometric mean of luminance to middle grey, but let highlights burn only so far."""
    luminance = np.maximum(light @ np.array([0.2126, 0.7152, 0.0722], np.float32), 1e-4)
    by_mean = _MIDDLE_GREY / float(np.exp(np.log(luminance).mean()))
    by_highlights = 2.0 / max(float(np.percentile(luminance, 90)), 1e-4)
    return min(by_mean, by_highlights)


def _vignette(height: int, width: int, strength: float) -> NDArray[np.float32]:
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    return 1 - np.float32(strength) * ((x * x + y * y) / 2) ** 1.5


def _blurred(exposed: NDArray[np.float32], style: CameraStyle) -> NDArray[np.float32]:
    if style.blur > 0.15:
        exposed = ndimage.gaussian_filter(exposed, (style.blur, style.blur, 0), truncate=3.0)
    if any(style.motion):
        columns, rows = style.motion
        shifts = [
            ndimage.shift(exposed, (share * rows, share * columns, 0), order=1, mode="nearest")
            for share in (-0.5, -0.17, 0.17, 0.5)
        ]
        exposed = np.mean(shifts, axis=0, dtype=np.float32)
    return exposed


def _toned(exposed: NDArray[np.float32], style: CameraStyle) -> NDArray[np.uint8]:
    grey = exposed @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    coloured = grey[..., None] + np.float32(style.saturation) * (exposed - grey[..., None])
    positive = np.maximum(coloured, 0)
    shouldered = (
        positive * (1 + positive / 9) / (1 + 0.55 * positive)
    )  # white at 3 times a white sheet (Reinhard 2002, eq. 4)
    encoded = np.minimum(shouldered, 1) ** np.float32(1 / 2.2)
    middle = np.float32(0.46)
    if style.sharpening:
        encoded += np.float32(style.sharpening) * (encoded - ndimage.gaussian_filter(encoded, (1, 1, 0), truncate=2.0))
    curved = middle + np.float32(style.contrast) * (encoded - middle)
    return (np.clip(curved, 0, 1) * 255 + 0.5).astype(np.uint8)


def _compressed(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    if not quality:
        return picture
    stored = io.BytesIO()
    Image.fromarray(picture).save(stored, "JPEG", quality=quality)
    return np.asarray(Image.open(stored))
