"""The time of day and the weather: the sun, the sky, the air, and whether lamps are lit."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth.assets.bank import Bank
from spnet.synth.scene import Colour, Light, Sky


@dataclass(frozen=True)
class Weather:
    """Light from above."""

    sun: Light | None
    sky: Sky
    ambient: Colour
    dark: bool
    """Lamps and windows are lit."""


def drawn_weather(rng: Generator, bank: Bank) -> Weather:
    """Mostly day, clear or covered; now and then a low sun, fog or dusk."""
    kind = str(
        rng.choice(("clear", "low sun", "veiled", "overcast", "fog", "dusk"), p=(0.42, 0.15, 0.15, 0.15, 0.04, 0.09))
    )
    turn = float(rng.uniform(0, 2 * np.pi))
    if kind == "dusk":
        return _dusk(rng, turn)
    if kind in ("overcast", "fog"):
        return _covered(rng, turn, fog=kind == "fog")
    low = kind == "low sun"
    height = np.radians(rng.uniform(6, 20) if low else rng.uniform(22, 68))
    strength = rng.uniform(1.7, 2.6) if low else rng.uniform(2.3, 3.2)
    warmth = np.array((1.0, 0.72, 0.45)) if low else np.array((1.0, 0.95, 0.86))
    if kind == "veiled":
        strength *= 0.45
    blue = rng.uniform(0.8, 1.2)
    pale = 0.5 if kind == "veiled" else 0.0
    horizon = np.array((0.72, 0.85, 1.0)) * (1 - 0.3 * low) + np.array((0.35, 0.12, -0.1)) * low
    zenith = np.array((0.22, 0.42, 0.85)) * blue * (1 - 0.35 * low)
    sky = Sky(
        zenith=_colour(zenith * (1 - pale) + 0.8 * pale),
        horizon=_colour(horizon * (1 - pale) + 0.95 * pale),
        ground=(0.2, 0.19, 0.15),
        clouds=float(rng.beta(1.3, 1.8)),
        panorama=_panorama(rng, bank, 0.3),
        turn=turn,
        haze=float(rng.uniform(0.02, 0.18) if rng.random() < 0.8 else rng.uniform(0.18, 0.5)),
    )
    softness = 0.012 if kind != "veiled" else float(rng.uniform(0.02, 0.08))
    sun = Light(_colour(strength * warmth), direction=_direction(turn, height), softness=softness)
    ambient = np.array((0.42, 0.5, 0.62)) * rng.uniform(0.7, 1.1) * (0.75 if low else 1.0) + 0.2 * pale
    return Weather(sun, sky, _colour(ambient), dark=False)


def _covered(rng: Generator, turn: float, *, fog: bool) -> Weather:
    grey = rng.uniform(0.65, 1.0)
    tone = np.array((0.95, 0.98, 1.03))
    haze = rng.uniform(0.7, 0.95) if fog else rng.uniform(0.03, 0.25)
    sky = Sky(
        zenith=_colour(grey * tone * (1.05 if fog else 0.8)),
        horizon=_colour(grey * tone * 1.05),
        ground=(0.3, 0.3, 0.3),
        clouds=0.0 if fog else float(rng.uniform(0.3, 1.0)),
        turn=turn,
        haze=float(haze),
    )
    sun = Light(_colour(0.35 * grey * tone), direction=_direction(turn, np.radians(rng.uniform(50, 80))), softness=0.35)
    return Weather(sun, sky, _colour(0.95 * grey * tone), dark=False)


def _dusk(rng: Generator, turn: float) -> Weather:
    late = rng.uniform(0.35, 1.0)
    glow = np.array((0.42, 0.3, 0.28)) if rng.random() < 0.6 else np.array((0.25, 0.28, 0.4))
    sky = Sky(
        zenith=_colour(np.array((0.06, 0.09, 0.2)) * late),
        horizon=_colour(glow * late),
        ground=(0.05, 0.05, 0.05),
        clouds=float(rng.uniform(0.0, 0.6)),
        turn=turn,
        haze=float(rng.uniform(0.02, 0.3)),
    )
    return Weather(None, sky, _colour(np.array((0.13, 0.15, 0.22)) * late), dark=True)


def _panorama(rng: Generator, bank: Bank, share: float) -> int | None:
    choices = bank.textures_of("panorama")
    return int(rng.choice(choices)) if choices and rng.random() < share else None


def _direction(turn: float, height: float) -> tuple[float, float, float]:
    return (float(np.sin(turn) * np.cos(height)), float(np.sin(height)), float(np.cos(turn) * np.cos(height)))


def _colour(values: NDArray[np.float64]) -> Colour:
    red, green, blue = np.maximum(values, 0.002)
    return (float(red), float(green), float(blue))
