"""From light to an 8-bit picture, as a camera does it: automatic exposure, filmic curve, sRGB, sensor noise."""

import numpy as np
from numpy.typing import NDArray

MIDDLE_GREY = 0.16
HIGHLIGHTS = 3.0
NOISE_OF_LIGHT, NOISE_OF_READING = 0.0003, 0.002


def develop(light: NDArray[np.float32], generator: np.random.Generator) -> NDArray[np.uint8]:
    """The picture (H,W,3) of linear light (H,W,3) in any scale; the noise is drawn from `generator`."""
    exposed = np.clip(np.nan_to_num(light.astype(np.float64)), 0.0, None)
    exposed *= _exposure(exposed)
    deviation = np.sqrt(NOISE_OF_LIGHT * exposed + NOISE_OF_READING**2)
    noisy = np.clip(exposed + deviation * generator.standard_normal(exposed.shape), 0.0, None)
    steps = np.rint(255 * _encode(_filmic(noisy)))
    return steps.astype(np.uint8)


def _exposure(light: NDArray[np.float64]) -> float:
    """The factor that brings the typical brightness to middle grey without losing more than a few highlights."""
    luminance = light @ np.array([0.2126, 0.7152, 0.0722])
    brightest = max(float(luminance.max()), 1e-30)
    dark = max(1e-3 * float(np.median(luminance)), 1e-12 * brightest)  # black has no logarithm
    typical = np.exp(np.mean(np.log(luminance + dark)))
    bright = max(float(np.percentile(luminance, 97)), dark)
    return float(min(MIDDLE_GREY / typical, HIGHLIGHTS / bright))


def _filmic(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Toe and shoulder of film: Narkowicz's rational fit of the ACES reference curve (2016)."""
    curve = light * (2.51 * light + 0.03) / (light * (2.43 * light + 0.59) + 0.14)
    return np.clip(curve, 0.0, 1.0)


def _encode(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """IEC 61966-2-1, sRGB."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
