"""What lights a room: the sun and the sky through its windows by day, its lamps by night."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth.assets.bank import Bank
from spnet.synth.layouts.room.openings import Gap
from spnet.synth.layouts.room.palette import pick
from spnet.synth.scene import Colour, Light, Sky

_CASTERS = 2  # lights that may throw shadows
_SOFTNESS = 0.015  # metres; with larger lamps, walls that are lit at a flat angle would shadow themselves


@dataclass(frozen=True)
class Hour:
    """When it is."""

    daylight: float
    """0 at night, 1 by day."""
    sunny: bool
    lamps: Colour | None
    """The colour of lamps that are on; none if they are off."""


def draw_hour(rng: Generator, has_windows: bool) -> Hour:
    """A time of day; the lamps are on where there is little other light."""
    daylight = pick(rng, (1.0, 1.0, 1.0, 0.8, 0.5, 0.0)) if has_windows else 0.0
    warmth = rng.uniform(0.0, 1.0)
    on = daylight < 0.6 or rng.random() < 0.3
    return Hour(
        daylight,
        daylight > 0.6 and rng.random() < 0.6,
        (1.0, 0.92 - 0.2 * warmth, 0.85 - 0.45 * warmth) if on else None,
    )


def draw_lights(
    rng: Generator, hour: Hour, windows: Sequence[Gap], lamps: Sequence[NDArray[np.float64]], eye: NDArray[np.float64]
) -> list[Light]:
    """The sun, the light of the sky at the largest windows, and the lamps nearest to the camera: four at most.

    A room without any of them is lit by a torch above the camera.
    """
    lights = []
    largest = sorted(windows, key=lambda gap: -gap.width * gap.height)
    if hour.sunny and largest:
        lights.append(_sun(rng, pick(rng, largest)))
    on = [] if hour.lamps is None else sorted(lamps, key=lambda lamp: float(np.linalg.norm(lamp - eye)))
    if hour.daylight > 0:
        room = 3 - len(lights) if on else 4 - len(lights)
        is_alone = not lights and not on
        lights += [_skylight(rng, gap, hour.daylight, is_alone) for gap in largest[: max(1, room)]]
    if hour.lamps is not None:
        share = 1.0 if hour.daylight < 0.3 else 0.4
        lights += [_lamp(rng, lamp, hour.lamps, share / max(1, len(on)) ** 0.5) for lamp in on[: 4 - len(lights)]]
    if lights:
        return [replace(light, shadows=light.shadows and place < _CASTERS) for place, light in enumerate(lights)]
    return [Light((1.5, 1.4, 1.3), position=(float(eye[0]), float(eye[1]) + 0.4, float(eye[2])))]


def _sun(rng: Generator, gap: Gap) -> Light:
    """The sun where it shines through an opening."""
    swing, elevation = rng.uniform(-0.9, 0.9), rng.uniform(0.2, 0.95)
    out = (-gap.wall.inward[0], -gap.wall.inward[1])
    level = np.array([out[0] * np.cos(swing) - out[1] * np.sin(swing), out[0] * np.sin(swing) + out[1] * np.cos(swing)])
    x, y, z = level[0] * np.cos(elevation), np.sin(elevation), level[1] * np.cos(elevation)
    strength, warmth = rng.uniform(2.5, 6.0), rng.uniform(0.0, 0.35) * (1.2 - elevation)
    colour = (strength, strength * (0.95 - 0.5 * warmth), strength * (0.88 - warmth))
    return Light(colour, direction=(float(x), float(y), float(z)), softness=0.01)


def _skylight(rng: Generator, gap: Gap, daylight: float, shadows: bool) -> Light:
    """What comes in through an opening from all of the sky, as if from its middle."""
    x, z = gap.wall.at(gap.middle, 0.12)
    strength = daylight * gap.width * gap.height * rng.uniform(1.0, 2.0)
    colour = (0.92 * strength, 0.98 * strength, 1.05 * strength)
    height = gap.bottom + 0.85 * gap.height
    return Light(colour, position=(x, height, z), softness=_SOFTNESS, shadows=shadows)


def _lamp(rng: Generator, place: NDArray[np.float64], tone: Colour, share: float) -> Light:
    strength = share * rng.uniform(3.5, 7.0)
    red, green, blue = (strength * part for part in tone)
    x, y, z = (float(value) for value in place)
    return Light((red, green, blue), position=(x, y, z), softness=_SOFTNESS)


def draw_ambient(rng: Generator, hour: Hour, windows: Sequence[Gap]) -> Colour:
    """Light that walls and ceiling throw back from everywhere."""
    glass = sum(gap.width * gap.height for gap in windows)
    by_day = hour.daylight * min(0.32, 0.1 + 0.04 * glass) * rng.uniform(0.7, 1.2)
    by_lamps = 0.0 if hour.lamps is None else rng.uniform(0.1, 0.22)
    red, green, blue = hour.lamps or (1.0, 1.0, 1.0)
    cool = rng.uniform(0.0, 0.12)
    return (
        by_day * (1 - cool) + by_lamps * red,
        by_day + by_lamps * green,
        by_day * (1 + cool) + by_lamps * blue,
    )


def draw_sky(rng: Generator, bank: Bank, hour: Hour) -> Sky:
    """A sky as bright as the hour, against a room's dimness."""
    light = 0.03 + hour.daylight * rng.uniform(1.2, 3.0)
    grey = 0.0 if hour.sunny else rng.uniform(0.4, 0.95)
    zenith = np.array([0.3, 0.5, 0.95]) * (1 - grey) + 0.75 * grey
    horizon = np.array([0.75, 0.85, 0.98]) * (1 - grey) + 0.85 * grey
    panoramas = bank.textures_of("panorama")
    shown = pick(rng, panoramas) if panoramas and hour.daylight > 0.6 and rng.random() < 0.4 else None
    return Sky(
        _colour(light * zenith),
        _colour(light * horizon),
        _colour(light * np.array([0.25, 0.23, 0.2])),
        clouds=rng.uniform(0, 0.8),
        panorama=shown,
        turn=rng.uniform(0, 2 * np.pi),
    )


def _colour(values: NDArray[np.float64]) -> Colour:
    red, green, blue = (float(value) for value in values)
    return (red, green, blue)
