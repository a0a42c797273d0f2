"""What is seen through the windows: ground, houses opposite, trees, and the sky behind them."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth import shapes
from spnet.synth.layouts.builder import Builder, drawn_paint
from spnet.synth.layouts.room.openings import Gap
from spnet.synth.layouts.room.palette import Palette, pick
from spnet.synth.layouts.room.parts import Part, Thing, box
from spnet.synth.scene import Material


def build_outdoors(builder: Builder, palette: Palette, gaps: list[Gap], brightness: float) -> list[Thing]:
    """Surroundings of a room on some storey, for its windows; `brightness` is the light they give of themselves."""
    rng = builder.rng
    if not gaps:
        return []
    soil = -rng.uniform(0.2, 0.6) - (0.0 if rng.random() < 0.4 else 2.9 * rng.integers(1, 6))
    ground = builder.textured(("ground", "road"), tint=0.2)
    index = builder.material(_bright(ground, brightness))
    builder.add(shapes.quad((-150, soil, 150), (300, 0, 0), (0, 0, -300), index))
    things: list[Thing] = []
    for wall in dict.fromkeys(gap.wall for gap in gaps):
        pose = wall.pose(wall.length / 2, 0.0, soil)
        if rng.random() < 0.8:
            things.append(_build_house(builder, pose, -rng.uniform(6, 35), brightness))
        things += [_tree(rng, palette, pose, soil) for _ in range(int(rng.integers(1, 4)))]
    return things


def _bright(material: Material, brightness: float) -> Material:
    return Material(
        material.colour, material.texture, material.repeat, gloss=0.05, bump=material.bump, emission=brightness
    )


def _build_house(builder: Builder, pose: NDArray[np.float64], away: float, brightness: float) -> Thing:
    """A facade across the view, with rows of windows."""
    rng = builder.rng
    storeys, bay = int(rng.integers(2, 7)), rng.uniform(1.6, 3.2)
    high, wide = 3.0 * storeys + 0.6, bay * int(rng.integers(5, 14))
    plaster = builder.material(_bright(builder.textured(("facade", "brick"), tint=0.3), brightness))
    pane = builder.material(Material((0.08, 0.1, 0.13), gloss=0.9, emission=0.5 * brightness))
    lit = builder.material(Material((1.0, 0.75, 0.4), emission=1.5))
    trim = builder.material(Material(drawn_paint(rng), emission=brightness))
    place = pose @ shapes.pose((rng.uniform(-0.3, 0.3) * wide, 0, away - 4.0))
    x, y = np.meshgrid((np.arange(round(wide / bay)) + 0.5) * bay - wide / 2, 3.0 * np.arange(storeys) + 2.0)
    glass = np.stack([x.ravel(), y.ravel(), np.full(x.size, 4.03)], axis=1)
    across, over = rng.uniform(0.8, 1.3), rng.uniform(1.2, 1.8)
    is_lit = rng.random(len(glass)) < (0.3 if brightness < 0.3 else 0.0)
    for centres, material, grown in (
        (glass - (0, 0, 0.015), trim, 0.24),
        (glass[~is_lit], pane, 0.0),
        (glass[is_lit], lit, 0.0),
    ):
        if len(centres):
            builder.add(shapes.cards(centres, (across + grown, 0, 0), (0, over + grown, 0), material), place)
    return place, [box(0, 0, 0, wide, high, 8.0, plaster)]


def _tree(rng: Generator, palette: Palette, pose: NDArray[np.float64], soil: float) -> Thing:
    """A trunk, branches and a crown of big leaves; its crown near the window's height where the room is high up."""
    high = max(rng.uniform(3, 8), -soil + rng.uniform(-1, 3))
    place = pose @ shapes.pose((rng.uniform(-6, 6), 0, -rng.uniform(4, 14)), rng.uniform(0, 6.28))
    bark, green = palette.woods[0], pick(rng, palette.leaves)
    parts = [Part("cylinder", 0, 0, 0, 0.25, 0.7 * high, 0.25, bark)]
    count, crown = 150, rng.uniform(0.2, 0.35) * min(high, 8.0)
    away = rng.normal(0, 1, (count, 3))
    away *= crown * rng.uniform(0.3, 1.0, (count, 1)) / np.linalg.norm(away, axis=1, keepdims=True)
    turns, tilts, sizes = rng.uniform(0, 6.28, count), rng.uniform(0.2, 2.4, count), rng.uniform(0.35, 0.8, count)
    for (x, y, z), turn, tilt, size in zip(away.tolist(), turns.tolist(), tilts.tolist(), sizes.tolist(), strict=True):
        parts.append(Part("leaf", x, 0.75 * high + y, z, 0.8 * size, size, size, green, turn, tilt))
    parts += [Part("pole", 0, 0.55 * high, 0, 0.1, 0.3 * high, 0.1, bark, turn, 0.6) for turn in (0.3, 2.5, 4.4)]
    return place, parts


def build_light_well(builder: Builder, palette: Palette, gaps: list[Gap], brightness: float) -> list[Thing]:
    """A bright wall close behind the windows of a room below the ground."""
    pale = builder.material(Material((0.6, 0.6, 0.58), emission=brightness))
    return [
        (
            gap.wall.pose(gap.middle, -0.9, gap.bottom - 0.3),
            [box(0, 0, 0, gap.width + 1.2, gap.height + 0.2, 0.05, pale)],
        )
        for gap in gaps
    ]
