"""Random fields that repeat without a seam, and the means to bend and soften them."""

from functools import lru_cache

import numpy as np
from scipy import fft, ndimage

from spnet.synth.assets.drawn.drawing import SIZE, Field


def clouds(
    rng: np.random.Generator,
    *,
    low: float = 1.0,
    high: float = 256.0,
    slope: float = 1.0,
    stretch: tuple[float, float] = (1.0, 1.0),
) -> Field:
    """Gaussian noise of mean 0 and deviation 1 with a power-law spectrum, shaped in the frequency domain.

    Args:
        rng: source of the randomness.
        low: coarsest detail, in waves across the texture.
        high: finest detail, likewise.
        slope: amplitude falls as frequency ** -slope: 0 is even noise, 1 natural, 2 smooth.
        stretch: how many times longer features are down and across.
    """
    spectrum = fft.rfft2(rng.standard_normal((SIZE, SIZE)))
    spectrum *= _passband(low, high, slope, stretch)
    field: Field = fft.irfft2(spectrum, (SIZE, SIZE))
    return field / field.std()


@lru_cache(maxsize=32)
def _passband(low: float, high: float, slope: float, stretch: tuple[float, float]) -> Field:
    """(SIZE, SIZE // 2 + 1) amplitudes of the frequencies that `rfft2` gives; nothing of the mean."""
    down = fft.fftfreq(SIZE, 1 / SIZE)[:, None] * stretch[0]
    across = fft.rfftfreq(SIZE, 1 / SIZE)[None, :] * stretch[1]
    squared = down * down + across * across
    kept = np.exp(-np.square(squared / high**2)) * (1.0 - np.exp(-np.square(squared / low**2)))
    amplitude: Field = kept * np.maximum(squared, low**2) ** (-slope / 2)
    amplitude.flags.writeable = False
    return amplitude


def level(field: Field) -> Field:
    """The field squeezed smoothly from mean 0, deviation 1 into 0 to 1."""
    squeezed: Field = 1.0 / (1.0 + np.exp(-1.7 * field))
    return squeezed


def step(field: Field, start: Field | float, end: Field | float) -> Field:
    """From 0 where the field is at most `start` to 1 where it reaches `end` (which may be the smaller), smoothly."""
    share = np.clip((field - start) / (end - start), 0.0, 1.0)
    eased: Field = share * share * (3.0 - 2.0 * share)
    return eased


def soften(field: Field, pixels: float) -> Field:
    """Gaussian blur across the borders; `pixels` is its deviation."""
    softened: Field = ndimage.gaussian_filter(field, pixels, mode="wrap")
    return softened


def bend(field: Field, down: Field, right: Field) -> Field:
    """The field with each pixel fetched from `down` pixels below and `right` pixels to the right of it."""
    rows, columns = np.mgrid[:SIZE, :SIZE]
    bent: Field = ndimage.map_coordinates(field, (rows + down, columns + right), order=1, mode="grid-wrap")
    return bent


def cavity(height: Field, pixels: float = 4.0) -> Field:
    """How much lower each place lies than what is around it, at least 0: where dirt gathers and light is lost."""
    hollow: Field = np.maximum(soften(height, pixels) - height, 0.0)
    return hollow


def specks(rng: np.random.Generator, share: float, pixels: float) -> Field:
    """Blots from 0 to 1 that cover about `share` of the texture, each some `pixels` wide."""
    noise = clouds(rng, low=SIZE / pixels / 4, high=SIZE / pixels / 2, slope=0.0)
    threshold = np.quantile(noise, 1.0 - share)
    return step(noise, threshold - 0.15, threshold + 0.15)
