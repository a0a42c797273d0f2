"""Light over clutter: the sun, an overcast sky, lamps in a room."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth.layouts import solids
from spnet.synth.layouts.builder import Builder
from spnet.synth.scene import Colour, Light, Material, Sky


def warm(rng: Generator, level: float, spread: float = 0.1, towards: float = 0.0) -> Colour:
    """White light of that strength, a little warmer or cooler; `towards` warm if positive."""
    warmth = rng.normal(towards, spread)
    red, green, blue = level * np.exp(np.array([warmth, 0.1 * warmth, -warmth]))
    return (float(red), float(green), float(blue))


def daylight(rng: Generator) -> tuple[list[Light], Sky, Colour]:
    """Sun, sky and the sky's light on surfaces."""
    sunny = rng.random() < 0.7
    height, turn = np.radians(rng.uniform(14, 72)), rng.uniform(0, 2 * np.pi)
    direction = (float(np.cos(height) * np.sin(turn)), float(np.sin(height)), float(np.cos(height) * np.cos(turn)))
    strength = rng.uniform(1.6, 3.2) if sunny else rng.uniform(0.15, 0.6)
    sun = Light(warm(rng, strength, 0.06, 0.25 * (1 - np.sin(height))), direction, softness=0.01 if sunny else 0.15)
    bright = rng.uniform(0.7, 1.2)
    if sunny:
        zenith = (0.22 * bright, 0.42 * bright, 0.85 * bright)
        sky = Sky(zenith, warm(rng, 0.9 * bright, 0.08), clouds=rng.uniform(0, 0.7), turn=turn, haze=_haze(rng))
        return [sun], sky, warm(rng, rng.uniform(0.45, 0.8), 0.05, -0.12)
    grey = warm(rng, bright, 0.06, -0.05)
    sky = Sky(warm(rng, 0.8 * bright, 0.05, -0.1), grey, clouds=rng.uniform(0.3, 1), turn=turn, haze=_haze(rng))
    return [sun], sky, warm(rng, rng.uniform(0.8, 1.3), 0.05, -0.05)


def lamplight(
    rng: Generator, middle: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> tuple[list[Light], Sky, Colour]:
    """One to three lamps in a space between two corners (3,), and what walls throw back of their light."""
    lamps = []
    room_for_light = 0.3 * float(np.linalg.norm(high - low))
    mood = rng.normal(0.08, 0.14)
    for number in range(int(rng.integers(1, 4))):
        share = rng.uniform((0.12, 0.6, 0.12), (0.88, 0.9, 0.88))
        place = low + share * (high - low)
        far = min(float(np.linalg.norm(place - middle)), room_for_light) ** 2 + 0.15
        strength = rng.uniform(0.9, 2.2) * far * (1.0 if number == 0 else rng.uniform(0.15, 0.7))
        softness = rng.uniform(0.02, 0.2) * min(1.0, far**0.5)
        position = (float(place[0]), float(place[1]), float(place[2]))
        lamps.append(Light(warm(rng, strength, 0.06, mood), position=position, softness=softness, shadows=number < 2))
    ambient = warm(rng, rng.uniform(0.3, 0.75), 0.04, mood / 2)
    return lamps, Sky(zenith=ambient, horizon=ambient, ground=ambient, clouds=0.0), ambient


def hanging_lamps(builder: Builder, places: NDArray[np.float64], radius: float, cord: float) -> list[Light]:
    """Lamps at places (N,3) on cords of that length, which light well what is `radius` metres away."""
    rng, glow, dark = builder.rng, Material((0.9, 0.9, 0.85), emission=3.0), Material((0.05, 0.05, 0.05))
    up = np.array([0.0, 1.0, 0.0])
    heads = places + 0.06 * radius * up
    builder.add(solids.boxes(heads, 0.06 * radius * np.array([2.0, 0.3, 2.0]), material=builder.material(glow)))
    builder.add(solids.rods(heads, heads + cord * up, 0.004 * radius, 4, builder.material(dark)))
    lamps = []
    for number, (x, y, z) in enumerate(places.tolist()):
        strength = rng.uniform(0.6, 1.8) * (0.15 + radius**2)
        colour = warm(rng, strength, 0.15, 0.1)
        lamps.append(Light(colour, position=(x, y, z), softness=0.05 * radius, shadows=number < 2))
    return lamps


def _haze(rng: Generator) -> float:
    return float(rng.choice([0.0, rng.uniform(0.02, 0.2), rng.uniform(0.2, 0.7)], p=[0.3, 0.55, 0.15]))
