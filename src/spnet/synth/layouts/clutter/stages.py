"""Where clutter is: on a table, on a room's floor, in a yard, in open land."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spnet.synth import shapes
from spnet.synth.layouts import solids
from spnet.synth.layouts.builder import Builder, drawn_paint
from spnet.synth.layouts.clutter import landforms
from spnet.synth.layouts.clutter.light import daylight, lamplight
from spnet.synth.scene import Colour, Light, Material, Sky


@dataclass(frozen=True, eq=False)
class Stage:
    """A place for things, and the space around it."""

    ground: landforms.Ground
    """Of what things fall on."""
    middle: NDArray[np.float64]
    """(3,) the point of it around which things lie."""
    spread: float
    """How far from there, metres."""
    size: float
    """Of the things, metres."""
    low: NDArray[np.float64]
    """(3,) with `high`, the corners of the space in which cameras and things can be."""
    high: NDArray[np.float64]
    indoors: bool

    def light(self, rng: np.random.Generator) -> tuple[list[Light], Sky, Colour]:
        """Lights, sky and ambient light that fit the place."""
        return lamplight(rng, self.middle, self.low, self.high) if self.indoors else daylight(rng)


def draw_stage(builder: Builder, finish: int | None = None) -> Stage:
    """Any place; with `finish`, floor and walls are of that material."""
    kind = builder.rng.random()
    if kind < 0.3:
        return table(builder, finish)
    if kind < 0.6:
        return floor(builder, finish)
    return outside(builder, finish, wide=kind > 0.85)


def table(builder: Builder, finish: int | None = None) -> Stage:
    """A table in a room, for things from a coin's size to a pot's."""
    rng = builder.rng
    low, high = room(builder, rng.uniform((2.2, 2.3, 2.2), (5.5, 3.0, 5.5)), finish)
    wide, deep, height = rng.uniform(0.9, 2.2), rng.uniform(0.6, 1.0), rng.uniform(0.4, 1.0)
    middle = np.array([rng.uniform(-0.4, 0.4) * (high[0] - wide), height, rng.uniform(-0.45, 0.3) * (high[2] - deep)])
    wood = finish if finish is not None else builder.material(builder.textured(("wood", "wall", "stone"), gloss=0.3))
    thick = rng.uniform(0.02, 0.06)
    feet = middle + np.array([(x * (wide / 2 - 0.06), 0, z * (deep / 2 - 0.06)) for x in (-1, 1) for z in (-1, 1)])
    legs = [(x, (height - thick) / 2, z) for x, _, z in feet]
    centres = [(middle[0], height - thick / 2, middle[2]), *legs]
    sizes = [(wide, thick, deep), *[(0.06, height - thick, 0.06)] * 4]
    builder.add(solids.boxes(centres, sizes, material=wood))
    size = float(np.exp(rng.uniform(np.log(0.03), np.log(0.3))))
    spread = min(0.5 * deep - 0.6 * size, rng.uniform(3, 7) * size)
    return Stage(
        landforms.level(height), middle, max(spread, 0.05), size, np.array([low[0], height + 0.02, low[2]]), high, True
    )


def floor(builder: Builder, finish: int | None = None) -> Stage:
    """A room's floor, for things from a shoe's size to a chest's."""
    rng = builder.rng
    low, high = room(builder, rng.uniform((3.0, 2.3, 3.0), (9.0, 4.5, 9.0)), finish)
    size = float(np.exp(rng.uniform(np.log(0.12), np.log(0.8))))
    spread = min(rng.uniform(2.5, 6) * size, 0.5 * high[0], 0.5 * high[2])
    middle = rng.uniform(-1, 1, 3) * (high - spread) * (1, 0, 1)
    return Stage(landforms.level(0.0), middle, float(spread), size, low, high, True)


def outside(builder: Builder, finish: int | None = None, *, wide: bool = False) -> Stage:
    """Open ground under the sky, for things up to a house's size if `wide`."""
    rng = builder.rng
    size = float(np.exp(rng.uniform(np.log(1.0), np.log(5.0)) if wide else rng.uniform(np.log(0.2), np.log(1.2))))
    reach = min(220.0, 110 * size)
    spread = rng.uniform(3, 7) * size
    if rng.random() < 0.75:
        ground = landforms.hills(rng, 5 * size, reach)
    else:
        ground = landforms.formula(rng, rng.uniform(4, 12) * size)
    soil = builder.textured(("ground", "road"), tint=0.2, gloss=0.05, bump=0.8)
    landforms.lay(builder, ground, reach, finish if finish is not None else builder.material(soil))
    landforms.scatter(builder, ground, 3.5 * spread, 0.8 * reach)
    middle = np.array([0.0, float(ground(np.zeros(1), np.zeros(1))[0]), 0.0])
    edge = 0.4 * reach
    return Stage(ground, middle, spread, size, np.array([-edge, -edge, -edge]), np.array([edge, edge, edge]), False)


def room(
    builder: Builder, size: NDArray[np.float64], finish: int | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Floor, walls and ceiling of a box about the vertical axis, and what is on them; its lower and upper corner."""
    rng, (wide, high, deep) = builder.rng, size
    x, z = wide / 2, deep / 2
    wall, ground, ceiling = (
        builder.material(builder.textured(roles, tint=0.15, gloss=gloss)) if finish is None else finish
        for roles, gloss in ((("wall",), 0.05), (("floor",), 0.25), (("ceiling",), 0.03))
    )
    other = builder.material(builder.textured(("wall", "brick", "wood"))) if finish is None else finish
    walls = [wall if rng.random() < 0.75 else other for _ in range(4)]
    starts = ((-x, 0, -z), (x, 0, -z), (x, 0, z), (-x, 0, z))
    sides = zip(starts, ((wide, 0, 0), (0, 0, deep), (-wide, 0, 0), (0, 0, -deep)), strict=True)
    for (origin, along), material in zip(sides, walls, strict=True):
        builder.add(shapes.quad(origin, along, (0, high, 0), material))
        if finish is None:
            _hang(builder, np.array(origin), np.array(along, np.float64), high)
    builder.add(shapes.quad((-x, 0, z), (wide, 0, 0), (0, 0, -deep), ground))
    builder.add(shapes.quad((-x, high, -z), (wide, 0, 0), (0, 0, deep), ceiling))
    return np.array([-x, 0.0, -z]), np.array([x, high, z])


def _hang(builder: Builder, origin: NDArray[np.float64], along: NDArray[np.float64], high: float) -> None:
    """A skirting board, and by chance pictures, panels, a window or a door, flat on a wall."""
    rng, length = builder.rng, float(np.linalg.norm(along))
    along, up = along / length, np.array([0.0, 1.0, 0.0])
    frame = np.stack([along, up, np.cross(along, up)], axis=1)
    paint = builder.material(Material(drawn_paint(rng), gloss=0.3))
    centres, sizes, kinds = [(length / 2, 0.05, 0.0)], [(length, 0.1, 0.03)], [paint]
    left = 0.3
    while left < length - 1.2:
        wide, tall = rng.uniform(0.4, 1.1), rng.uniform(0.4, 1.2)
        if rng.random() < 0.45:
            low = rng.uniform(0.9, max(0.95, high - tall - 0.3)) if rng.random() < 0.8 else 0.0
            centres.append((left + wide / 2, low + tall / 2, 0.0))
            sizes.append((wide, tall, rng.uniform(0.02, 0.12)))
            kinds.append(_panel(builder))
        left += wide + rng.uniform(0.2, 1.5)
    places = origin + np.array(centres) @ frame.T
    builder.add(solids.boxes(places, sizes, frame, kinds))


def _panel(builder: Builder) -> int:
    rng = builder.rng
    kind = rng.random()
    if kind < 0.25:
        blue = rng.uniform(0.8, 1.3)
        return builder.material(Material((0.8, 0.9, min(1.0, blue)), emission=rng.uniform(0.8, 2.5)))
    if kind < 0.5:
        return builder.material(builder.textured(("wood", "metal", "fabric"), gloss=0.3))
    return builder.material(Material(drawn_paint(rng), gloss=rng.uniform(0.05, 0.7)))
