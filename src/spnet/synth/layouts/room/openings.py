"""Windows, doors and passages: where they are in a plan's walls, and what they are made of."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from spnet.synth import shapes
from spnet.synth.layouts.room.furnishing import Room
from spnet.synth.layouts.room.item import level
from spnet.synth.layouts.room.occupancy import Footprint
from spnet.synth.layouts.room.palette import pick
from spnet.synth.layouts.room.parts import Part, box
from spnet.synth.layouts.room.plan import Wall
from spnet.synth.scene import Mesh


@dataclass(frozen=True, eq=False)
class Gap:
    """An opening in a wall."""

    wall: Wall
    kind: str
    """"window", "door" or "passage"."""
    left: float
    bottom: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Metres along the wall."""
        return self.left + self.width / 2


WINDOWS = {  # style: least and greatest sill, width and height
    "usual": ((0.6, 1.0), (0.8, 2.0), (1.0, 1.5)),
    "tall": ((0.05, 0.3), (0.8, 2.6), (1.8, 2.3)),
    "small": ((1.3, 1.6), (0.4, 0.9), (0.4, 0.8)),
    "wide": ((0.7, 1.0), (2.0, 4.5), (1.0, 1.5)),
}


def draw_window(rng: Generator, room: Room, style: str, wall: Wall) -> Gap | None:
    """A window in a free part of a wall, or None."""
    (sill_low, sill_high), (least, most), (low, high) = WINDOWS[style]
    wide, sill = min(rng.uniform(least, most), wall.length - 0.6), rng.uniform(sill_low, sill_high)
    tall = min(rng.uniform(low, high), room.plan.height - sill - 0.2)
    return _draw_gap(rng, room, wall, "window", sill, wide, tall)


def draw_door(rng: Generator, room: Room, wall: Wall, kind: str) -> Gap | None:
    """A door or a passage in a free part of a wall, or None; the floor before it stays free."""
    wide = rng.uniform(0.75, 1.0) if kind == "door" else rng.uniform(0.9, min(2.4, max(0.95, wall.length - 0.8)))
    tall = min(rng.uniform(1.98, 2.12), room.plan.height - 0.12)
    gap = _draw_gap(rng, room, wall, kind, 0.0, wide, tall)
    if gap is not None:
        x, z = wall.at(gap.middle, 0.45)
        room.floor.keep_free(Footprint(x, z, wall.turn, wide, 0.9))
    return gap


def _draw_gap(rng: Generator, room: Room, wall: Wall, kind: str, bottom: float, wide: float, tall: float) -> Gap | None:
    if wide < 0.35 or tall < 0.3 or wall.length < wide + 0.5:
        return None
    for _ in range(5):
        left = rng.uniform(0.25, wall.length - wide - 0.25)
        ends = (wall.at(left, 0.1), wall.at(left + wide, 0.1))
        fits = all(room.plan.headroom(x, z) > bottom + tall + 0.08 for x, z in ends)
        if fits and room.wall_is_free(wall, left - 0.15, bottom, left + wide + 0.15, bottom + tall):
            room.take_wall(wall, left - 0.12, max(0.0, bottom - 0.06), left + wide + 0.12, bottom + tall + 0.12)
            return Gap(wall, kind, left, bottom, wide, tall)
    return None


def build_window(room: Room, gap: Gap, thickness: float) -> None:
    """Frame, panes, sill, and now and then bars or a seat of things on the sill."""
    rng, palette = room.rng, room.palette
    wide, high, deep = gap.width, gap.height, -0.65 * thickness
    frame, bar = rng.uniform(0.04, 0.08), rng.uniform(0.025, 0.06)
    columns = max(1, round(wide / rng.uniform(0.5, 1.1)))
    rows = 1 if rng.random() < 0.5 else int(rng.integers(2, 4))
    x, y = gap.middle, gap.bottom
    parts = [
        box(x, y, deep, wide, frame, 0.06, palette.trim),
        box(x, y + high - frame, deep, wide, frame, 0.06, palette.trim),
    ]
    parts += [box(x + s * (wide - frame) / 2, y, deep, frame, high, 0.06, palette.trim) for s in (-1, 1)]
    parts += [box(gap.left + i * wide / columns, y, deep, bar, high, 0.05, palette.trim) for i in range(1, columns)]
    parts += [box(x, y + i * high / rows, deep, wide, bar, 0.045, palette.trim) for i in range(1, rows)]
    parts.append(box(x, y, deep, wide - frame, high, 0.004, palette.glass))
    if y > 0.3:
        parts.append(box(x, y - 0.035, 0.02, wide + 0.12, 0.035, 0.16, palette.trim))
        room.places.append(
            (gap.wall.pose(gap.middle, 0.0, 0.0), level(y, wide - 0.12, 0.5 * thickness, high, z=-0.25 * thickness))
        )
        parts.append(box(x, y - 0.002, -0.3 * thickness, wide, 0.004, 0.6 * thickness, palette.trim))
    room.add(parts, gap.wall.pose())


def dress_window(room: Room, gap: Gap) -> None:
    """Curtains, a blind, or nothing."""
    rng, palette, high = room.rng, room.palette, gap.height + gap.bottom
    style = rng.random()
    if style < 0.4 and room.is_below_ceiling(
        Footprint(*gap.wall.at(gap.middle, 0.1), gap.wall.turn, gap.width, 0.1), high + 0.15
    ):
        _hang_curtains(room, gap, min(high + 0.12, room.plan.height - 0.04))
    elif style < 0.55:
        drop, tilt = gap.height * rng.uniform(0.15, 1.0), rng.uniform(0.1, 1.2)
        slats = [
            Part("box", gap.middle, high - y, -0.03, gap.width - 0.05, 0.004, 0.042, palette.white, 0, tilt)
            for y in np.arange(0.06, drop, 0.04)
        ]
        room.add(
            [*slats, box(gap.middle, high - 0.05, -0.03, gap.width - 0.03, 0.04, 0.04, palette.white)], gap.wall.pose()
        )
    elif style < 0.66:
        drop = gap.height * rng.uniform(0.1, 0.6)
        roll = Part(
            "pole", gap.left + 0.02, high - 0.03, -0.03, 0.05, gap.width - 0.04, 0.05, palette.curtain, 0, 0, -np.pi / 2
        )
        room.add(
            [box(gap.middle, high - drop, -0.03, gap.width - 0.06, drop, 0.004, palette.curtain), roll], gap.wall.pose()
        )


def _hang_curtains(room: Room, gap: Gap, top: float) -> None:
    rng = room.rng
    bottom = rng.uniform(0.02, 0.1) if rng.random() < 0.6 else max(0.02, gap.bottom - rng.uniform(0.05, 0.25))
    start, end = (
        max(0.03, gap.left - rng.uniform(0.1, 0.3)),
        min(gap.wall.length - 0.03, gap.left + gap.width + rng.uniform(0.1, 0.3)),
    )
    rod = Part("pole", start, top, 0.09, 0.025, end - start, 0.025, room.palette.metal, 0, 0, -np.pi / 2)
    room.add([rod], gap.wall.pose())
    wide = rng.uniform(0.15, 0.4) * (end - start)
    for left in (start, end - wide):
        x, z = gap.wall.at(left + wide / 2, 0.09)
        spot = Footprint(x, z, gap.wall.turn, wide, 0.1)
        if room.floor.height(spot, ignore_kept=True) == 0:
            room.builder.add(curtain(rng, wide, top - bottom, room.palette.curtain), gap.wall.pose(left, 0.09, bottom))
            room.floor.take(spot, top)
            room.take_wall(gap.wall, left, bottom, left + wide, top)


def curtain(rng: Generator, wide: float, high: float, material: int) -> Mesh:
    """A cloth from the origin along +x that hangs in folds, deeper towards its lower hem."""
    t, s = np.linspace(0, 1, max(12, int(wide / 0.018))), np.linspace(1, 0, 5)[:, None]
    folds, phase = wide / rng.uniform(0.08, 0.14), rng.uniform(0, 6.28)
    wave = np.sin(2 * np.pi * folds * t + phase + 0.7 * np.sin(2 * np.pi * t * 1.7 + phase))
    deep = 0.018 + 0.022 * (1 - s)
    gather = 1 - 0.12 * np.sin(np.pi * s) * rng.uniform(0, 1)
    x = wide * (0.5 + (t - 0.5) * gather)
    points = np.stack([x, high * s + 0 * x, deep * wave + 0 * x], axis=-1)
    return shapes.surface(points, material)


def build_door(room: Room, gap: Gap, thickness: float, *, angle: float | None) -> None:
    """The frame, and a leaf opened by `angle` radians, into the room or out of it; no leaf if that is None."""
    rng, palette, x, high = room.rng, room.palette, gap.middle, gap.height
    wide, casing = gap.width, rng.uniform(0.05, 0.1)
    trims = [box(x + s * (wide + casing) / 2, 0, 0.008, casing, high + casing, 0.024, palette.trim) for s in (-1, 1)]
    trims.append(box(x, high, 0.008, wide + 2 * casing, casing, 0.026, palette.trim))
    trims += [box(x + s * (wide / 2 - 0.015), 0, -thickness / 2, 0.03, high, thickness, palette.trim) for s in (-1, 1)]
    trims.append(box(x, high - 0.03, -thickness / 2, wide, 0.03, thickness, palette.trim))
    room.add(trims, gap.wall.pose())
    if angle is None:
        return
    side = pick(rng, (-1, 1))  # of the hinges
    inwards = angle == 0 or rng.random() < 0.45
    hinge = gap.wall.pose(gap.middle + side * (wide / 2 - 0.03), 0.0 if inwards else -thickness)
    swing = side * angle if inwards else -side * angle
    leaf = hinge @ shapes.pose((0, 0, -0.022 if inwards else 0.022), swing)
    parts = _leaf(rng, palette.door, palette.metal, wide - 0.06, high - 0.04)
    room.add([part._replace(x=-side * part.x) for part in parts], leaf)
    if angle > 0.2 and inwards:
        spot = leaf @ (-side * wide / 2, 0, 0, 1)
        room.floor.take(Footprint(float(spot[0]), float(spot[2]), gap.wall.turn + swing, wide, 0.06), high)


def _leaf(rng: Generator, wood: int, metal: int, wide: float, high: float) -> list[Part]:
    """A door's leaf that extends from its hinges at the origin along +x, with panels on both sides."""
    parts = [box(wide / 2, 0.01, 0, wide, high, 0.04, wood)]
    rows = int(rng.integers(0, 4))
    columns = int(rng.integers(1, 3))
    for i in range(rows):
        for j in range(columns):
            tall, across = (high - 0.2) / rows, (wide - 0.14) / columns
            x, y = 0.07 + (j + 0.5) * across, 0.12 + i * tall
            parts.append(box(x, y, 0, across - 0.08, tall - 0.1, 0.056, wood))
    for side in (-1, 1):
        parts.append(box(wide - 0.12, 1.03, side * 0.055, 0.13, 0.02, 0.018, metal))
        parts.append(box(wide - 0.07, 0.95, side * 0.024, 0.035, 0.2, 0.01, metal))
    return parts
