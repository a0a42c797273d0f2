"""What people sit and lie on, drawn anew for each room."""

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.room import things
from spnet.synth.layouts.room.furniture import legs
from spnet.synth.layouts.room.item import Item, built
from spnet.synth.layouts.room.palette import Palette, pick
from spnet.synth.layouts.room.parts import Part, box, lifted


def chair(rng: Generator, palette: Palette) -> Item:
    wide, deep, seat, back = (
        rng.uniform(0.4, 0.48),
        rng.uniform(0.4, 0.48),
        rng.uniform(0.43, 0.48),
        rng.uniform(0.36, 0.55),
    )
    frame, solid = pick(rng, (*palette.woods[:2], palette.metal, palette.dark)), pick(rng, ("box", "pole"))
    parts = [*legs(wide, seat, deep, 0.035, frame, solid), box(0, seat - 0.02, 0, wide, 0.03, deep, frame)]
    if rng.random() < 0.5:
        parts.append(Part("cushion", 0, seat, 0, wide - 0.02, 0.05, deep - 0.02, pick(rng, palette.fabrics)))
    rear = -deep / 2 + 0.02
    posts = [Part(solid, side * (wide / 2 - 0.02), seat, rear, 0.035, back, 0.03, frame, 0, -0.12) for side in (-1, 1)]
    style = int(rng.integers(3))
    if style == 0:  # slats
        slats = [
            Part("box", 0, seat + share * back, rear - 0.12 * share * back, wide - 0.04, 0.05, 0.018, frame, 0, -0.12)
            for share in (0.35, 0.6, 0.86)
        ]
    elif style == 1:  # bars
        slats = [
            Part("pole", x, seat, rear, 0.018, back - 0.03, 0.018, frame, 0, -0.12) for x in np.linspace(-0.14, 0.14, 5)
        ]
        slats.append(Part("box", 0, seat + 0.9 * back, rear - 0.11 * back, wide, 0.05, 0.022, frame, 0, -0.12))
    else:
        slats = [Part("box", 0, seat + 0.3 * back, rear - 0.036 * back, wide, 0.68 * back, 0.025, frame, 0, -0.12)]
    return built([*parts, *posts, *slats], (wide, seat + back, deep + 0.06))


def office_chair(rng: Generator, palette: Palette) -> Item:
    cloth, seat = pick(rng, (palette.leather, palette.dark, *palette.fabrics)), rng.uniform(0.44, 0.52)
    star = [
        Part("box", 0.14 * np.sin(t), 0.06, 0.14 * np.cos(t), 0.04, 0.03, 0.3, palette.dark, t)
        for t in np.arange(5) * 1.2566
    ]
    wheels = [
        Part("ball", 0.28 * np.sin(t), 0, 0.28 * np.cos(t), 0.06, 0.06, 0.06, palette.dark)
        for t in np.arange(5) * 1.2566
    ]
    parts = [
        *star,
        *wheels,
        Part("pole", 0, 0.06, 0, 0.05, seat - 0.1, 0.05, palette.metal),
        Part("cushion", 0, seat - 0.08, 0, 0.5, 0.1, 0.48, cloth),
        box(0, seat, -0.24, 0.06, 0.15, 0.03, palette.dark),
        Part("cushion", 0, seat + 0.1, -0.24, 0.46, rng.uniform(0.4, 0.65), 0.1, cloth, 0, -0.12),
        box(-0.27, seat + 0.16, 0, 0.05, 0.03, 0.25, palette.dark),
        box(0.27, seat + 0.16, 0, 0.05, 0.03, 0.25, palette.dark),
        box(-0.27, seat - 0.04, 0, 0.03, 0.2, 0.04, palette.dark),
        box(0.27, seat - 0.04, 0, 0.03, 0.2, 0.04, palette.dark),
    ]
    return built(parts, (0.62, seat + 0.6, 0.62))


def stool(rng: Generator, palette: Palette) -> Item:
    high, wide, frame = rng.uniform(0.42, 0.75), rng.uniform(0.3, 0.4), pick(rng, (*palette.woods, palette.metal))
    ring = box(0, 0.3 * high, 0, wide - 0.04, 0.02, 0.02, frame)
    parts = [*legs(wide * 0.8, high, wide * 0.8, 0.03, frame, "pole"), ring, ring._replace(turn=np.pi / 2)]
    return built([*parts, Part("cylinder", 0, high - 0.04, 0, wide, 0.05, wide, pick(rng, (frame, palette.leather)))])


def sofa(rng: Generator, palette: Palette, seats: int | None = None) -> Item:
    """A sofa, or an armchair of one seat."""
    count = int(rng.integers(2, 4)) if seats is None else seats
    each, deep, seat, back = (
        rng.uniform(0.55, 0.7),
        rng.uniform(0.8, 0.95),
        rng.uniform(0.38, 0.46),
        rng.uniform(0.3, 0.48),
    )
    arm, rest = rng.uniform(0.1, 0.22), rng.uniform(0.14, 0.24)
    cloth = pick(rng, (palette.leather, *palette.fabrics))
    wide = count * each + 2 * arm
    parts = [*legs(wide - 0.1, 0.08, deep - 0.1, 0.05, palette.woods[0])]
    parts.append(Part("box", 0, 0.07, 0, wide - 0.04, seat - 0.2, deep - 0.04, cloth))
    parts.append(Part("cushion", 0, 0.1, -deep / 2 + 0.12, wide - 0.02, seat + back - 0.12, 0.24, cloth))
    for side in (-1, 1):
        parts.append(Part("cushion", side * (wide - arm) / 2, 0.06, 0, arm, seat + rest - 0.06, deep, cloth))
    for i in range(count):
        x = (i - (count - 1) / 2) * each
        parts.append(Part("cushion", x, seat - 0.16, 0.08, each, 0.18, deep - 0.22, cloth))
        parts.append(Part("cushion", x, seat - 0.02, -deep / 2 + 0.24, each - 0.02, back, 0.2, cloth, 0, -0.2))
    for _ in range(int(rng.integers(0, count + 2))):
        x, pillow = rng.uniform(-0.4, 0.4) * count * each, rng.uniform(0.32, 0.45)
        turn, material = rng.normal(0, 0.25), pick(rng, palette.fabrics)
        parts.append(Part("cushion", x, seat - 0.01, -0.02, pillow, pillow, 0.14, material, turn, -0.5))
    return built(parts, (wide, seat + back, deep))


def armchair(rng: Generator, palette: Palette) -> Item:
    return sofa(rng, palette, 1)


def bed(rng: Generator, palette: Palette) -> Item:
    """Its head is at the back."""
    wide, deep, high = rng.choice((0.9, 1.0, 1.4, 1.6, 1.8)), rng.uniform(1.95, 2.1), rng.uniform(0.42, 0.6)
    wood, cover = pick(rng, (*palette.woods, palette.front)), pick(rng, palette.fabrics)
    head, fold = rng.uniform(0.75, 1.2), rng.uniform(0.3, 0.7)
    parts = [
        box(0, 0, -deep / 2 + 0.025, wide + 0.08, head, 0.05, wood),
        box(0, 0.12, 0, wide + 0.06, high - 0.3, deep - 0.06, wood),
        *legs(wide + 0.06, 0.14, deep - 0.06, 0.07, wood),
        Part("cushion", 0, high - 0.2, 0.02, wide, 0.2, deep - 0.1, palette.linen),
        Part(
            "cushion", 0, high - 0.17, fold / 2 + 0.03, wide + 0.08, rng.uniform(0.22, 0.28), deep - fold - 0.12, cover
        ),
        Part(
            "cushion", 0, high - 0.02, fold - deep / 2 + 0.1, wide + 0.09, 0.09, 0.3, pick(rng, (palette.linen, cover))
        ),
    ]
    pillows = 1 if wide < 1.2 else 2
    for i in range(pillows):
        x = (i - (pillows - 1) / 2) * wide / 2
        parts.append(
            Part(
                "cushion", x, high - 0.03, -deep / 2 + 0.28, 0.62, 0.16, 0.42, palette.linen, rng.normal(0, 0.08), -0.25
            )
        )
    if rng.random() < 0.4:
        x = rng.uniform(-0.25, 0.25) * wide
        parts += lifted(things.folded_cloth(rng, palette), x, high + 0.05, 0.3 * deep)
    return built(parts, (wide + 0.1, head, deep))
