"""Furniture: each stands at the origin with its front towards -y, to be moved with `shapes.place`."""

import math
from dataclasses import dataclass

import numpy as np
from materials import cloth, glow, plain, wood
from shapes import Material, Object, ball, block, lathe, modify, place, rod, sheet, tinted, tube


@dataclass(frozen=True)
class Finish:
    """The few surfaces that the furniture of one home shares."""

    timber: Material
    lacquer: Material
    fabric: Material
    accent: Material
    steel: Material
    own_colour: Material
    """Takes each object's colour."""


WOODS = ((0.42, 0.24, 0.11), (0.28, 0.14, 0.07), (0.62, 0.43, 0.24), (0.15, 0.09, 0.06), (0.7, 0.58, 0.42))
HUES = (
    (0.45, 0.08, 0.06), (0.06, 0.17, 0.32), (0.12, 0.26, 0.16), (0.62, 0.42, 0.10), (0.35, 0.34, 0.33),
    (0.72, 0.66, 0.55), (0.10, 0.10, 0.12), (0.32, 0.14, 0.28), (0.15, 0.35, 0.38), (0.75, 0.30, 0.14),
)  # fmt: skip


def hue(generator: np.random.Generator) -> tuple[float, float, float]:
    """One of the colours of things, a little off."""
    base = np.array(HUES[generator.integers(len(HUES))])
    red, green, blue = np.clip(base * generator.uniform(0.75, 1.3, 3), 0.02, 0.9).tolist()
    return red, green, blue


def finish(generator: np.random.Generator, own_colour: Material) -> Finish:
    """Surfaces that go together."""
    pattern = ("weave", "stripes", "magic")[generator.integers(3)]
    return Finish(
        timber=wood(WOODS[generator.integers(len(WOODS))]),
        lacquer=plain(np.full(3, generator.uniform(0.55, 0.85)) * (1, 0.98, 0.94), 0.35),
        fabric=cloth(hue(generator), hue(generator), 8.0),
        accent=cloth(hue(generator), hue(generator), 10.0, pattern),
        steel=plain((0.6, 0.6, 0.62), 0.25, metallic=1.0),
        own_colour=own_colour,
    )


def table(
    width: float, depth: float, height: float, top: Material, leg: Material, thick: float = 0.035
) -> list[Object]:
    """Four square legs, an apron and a top."""
    x, y = width / 2, depth / 2
    made = [block((-x, -y, height - thick), (x, y, height), top, 0.006)]
    for sx in (-1, 1):
        made.append(
            block(
                (sx * (x - 0.06) - 0.01, -y + 0.06, height - 0.11),
                (sx * (x - 0.06) + 0.01, y - 0.06, height - thick),
                leg,
            )
        )
        for sy in (-1, 1):
            cx, cy = sx * (x - 0.06), sy * (y - 0.06)
            made.append(block((cx - 0.025, cy - 0.025, 0), (cx + 0.025, cy + 0.025, height - thick), leg))
    return made


def chair(leg: Material, seat: Material) -> list[Object]:
    """A dining chair with a slatted back."""
    made = [block((-0.22, -0.22, 0.43), (0.22, 0.22, 0.475), seat, 0.015)]
    for x in (-0.19, 0.19):
        made.append(rod((x * 1.08, -0.22, 0), (x, -0.19, 0.43), 0.016, leg, 0.02))
        made.append(tube([(x * 1.08, 0.24, 0), (x, 0.2, 0.43), (x, 0.22, 0.7), (x, 0.29, 0.93)], 0.017, leg))
        made.append(rod((x, -0.19, 0.2), (x, 0.21, 0.2), 0.011, leg))
    for height, lean in ((0.62, 0.21), (0.74, 0.235), (0.87, 0.27)):
        made.append(tube([(-0.19, lean, height), (0, lean + 0.03, height), (0.19, lean, height)], 0.018, leg))
    return made


def sofa(
    width: float, cover: Material, accent: Material, generator: np.random.Generator, seats: int = 3
) -> list[Object]:
    """Arms, back, seat cushions and a few loose cushions."""
    x = width / 2
    made = [
        block((-x, -0.42, 0.1), (x, 0.42, 0.3), cover, 0.02),
        block((-x, 0.2, 0.1), (x, 0.45, 0.8), cover, 0.07),
        block((-x - 0.02, -0.45, 0.08), (-x + 0.18, 0.44, 0.6), cover, 0.06),
        block((x - 0.18, -0.45, 0.08), (x + 0.02, 0.44, 0.6), cover, 0.06),
    ]
    feet = [(sx * (x - 0.1), sy * 0.36) for sx in (-1, 1) for sy in (-1, 1)]
    made += [rod((*foot, 0), (*foot, 0.1), 0.025, accent) for foot in feet]
    step = (width - 0.36) / seats
    for seat in range(seats):
        left = -x + 0.18 + seat * step
        made.append(block((left + 0.006, -0.44, 0.3), (left + step - 0.006, 0.2, 0.45), cover, 0.045))
        if generator.random() < 0.6:
            pillow = cushion(0.42, accent)
            made += place([pillow], (left + step / 2, 0.1, 0.64), generator.uniform(-0.3, 0.3))
    return made


def cushion(size: float, cover: Material) -> Object:
    """An upright puffed square, leaning back."""
    u, v = np.meshgrid(np.linspace(-1, 1, 13), np.linspace(-1, 1, 13), indexing="ij")
    puff = 0.09 * ((1 - u**4) * (1 - v**4)) ** 0.5
    wide = size / 2 * (1 - 0.06 * (u * v) ** 2)
    both = [np.concatenate([a, b[::-1]]) for a, b in ((u * wide, u * wide), (-puff, puff), (v * wide, v * wide))]
    return sheet(both[0], both[1] + 0.25 * both[2], both[2], cover)


def cabinet(
    width: float, depth: float, height: float, columns: int, rows: int, front: Material, handle: Material
) -> list[Object]:
    """A carcass with doors or drawers, each with a bar handle."""
    x, y = width / 2, depth / 2
    made = [block((-x, -y + 0.02, 0.0), (x, y, height), front, 0.002)]
    step, rise = width / columns, (height - 0.08) / rows
    for column in range(columns):
        for row in range(rows):
            left, low = -x + column * step, 0.08 + row * rise
            made.append(
                block(
                    (left + 0.003, -y, low + 0.003), (left + step - 0.003, -y + 0.02, low + rise - 0.003), front, 0.003
                )
            )
            if rise < 0.45:
                ends = ((left + 0.3 * step, low + 0.7 * rise), (left + 0.7 * step, low + 0.7 * rise))
            else:
                edge = left + (0.88 if column % 2 == 0 else 0.12) * step
                ends = ((edge, low + 0.62 * rise), (edge, low + 0.9 * rise))
            made.append(rod((ends[0][0], -y - 0.025, ends[0][1]), (ends[1][0], -y - 0.025, ends[1][1]), 0.006, handle))
            made += [rod((ex, -y - 0.025, ez), (ex, -y, ez), 0.005, handle) for ex, ez in ends]
    return made


def shelf(width: float, depth: float, height: float, boards: int, timber: Material, back: bool = True) -> list[Object]:
    """An open bookcase; the boards' tops are at height / boards apart."""
    x, y = width / 2, depth / 2
    made = [block((s * x - 0.011, -y, 0), (s * x + 0.011, y, height), timber, 0.002) for s in (-1, 1)]
    for board in range(boards + 1):
        low = max(0.04, board * (height - 0.02) / boards)
        made.append(block((-x, -y, low), (x, y, low + 0.02), timber, 0.002))
    return [*made, block((-x, y - 0.008, 0), (x, y, height), timber, 0)] if back else made


def books(
    width: float, depth: float, clearance: float, material: Material, generator: np.random.Generator
) -> list[Object]:
    """A row of books from x = 0 to `width`, backs towards -y, some leaning or missing."""
    made, x = [], 0.0
    while x < width - 0.05:
        if generator.random() < 0.06:
            x += generator.uniform(0.03, 0.12)
            continue
        thick, tall = generator.uniform(0.012, 0.05), clearance * generator.uniform(0.6, 0.93)
        front = -depth / 2 + generator.uniform(0.0, 0.04)
        volume = block((0, front, 0), (thick, depth / 2 - 0.02, tall), material, 0.002)
        volume.location.x = x
        if generator.random() < 0.08:
            volume.rotation_euler.y = generator.uniform(0.08, 0.2)
            x += 0.15 * tall
        made.append(tinted(volume, hue(generator)))
        x += thick + 0.001
    return made


def bed(
    width: float, frame: Material, cover: Material, accent: Material, generator: np.random.Generator
) -> list[Object]:
    """Frame, mattress, pillows and a wrinkled duvet; the head is towards +y."""
    x = width / 2
    made = [
        block((-x, -1.02, 0.12), (x, 1.02, 0.3), frame, 0.01),
        block((-x - 0.03, 1.02, 0), (x + 0.03, 1.08, 1.05), frame, 0.02),
        block((-x + 0.02, -1.0, 0.3), (x - 0.02, 1.0, 0.52), plain((0.85, 0.84, 0.8), 0.9), 0.06),
    ]
    u, v = np.meshgrid(np.linspace(-1, 1, 90), np.linspace(-1, 1, 90), indexing="ij")
    fall = np.maximum(np.abs(u) - 0.86, 0) * 2.6 + np.maximum(-v - 0.9, 0) * 3
    waves = sum(
        generator.uniform(0.004, 0.013) * np.sin(generator.uniform(3, 16) * u + generator.uniform(-14, 14) * v + phase)
        for phase in generator.uniform(0, 6, 9)
    )
    duvet = sheet(u * (x + 0.05), -0.2 + 0.86 * v, 0.6 + waves + 0.03 * np.cos(2 * u) - 0.75 * fall**1.2, cover)
    made.append(modify(duvet, "SOLIDIFY", thickness=0.05))
    for side in (-0.5, 0.5) if width > 1.2 else (0,):
        pillow = cushion(0.62, accent)
        pillow.rotation_euler.x = -1.0
        made += place([pillow], (side * width, 0.8, 0.68), generator.uniform(-0.15, 0.15))
    return made


def floor_lamp(shade: Material, steel: Material) -> list[Object]:
    """A pole on a disc with a cloth shade that glows."""
    made = [rod((0, 0, 0), (0, 0, 0.025), 0.15, steel), rod((0, 0, 0), (0, 0, 1.5), 0.011, steel)]
    return [*made, lathe([(0.21, 1.35), (0.14, 1.68)], shade), ball((0, 0, 1.5), 0.04, glow((1, 0.8, 0.55), 25.0), 16)]


def pendant(drop: float, shade: Material, steel: Material, radius: float = 0.2) -> list[Object]:
    """A dome that hangs `drop` below the origin on a cable."""
    curve = [(radius * math.sin(a), -drop + radius * math.cos(a)) for a in np.linspace(0.12, 1.5, 14)]
    dome = modify(lathe(curve, shade), "SOLIDIFY", thickness=0.004)
    return [
        rod((0, 0, 0), (0, 0, -drop + radius), 0.004, steel),
        dome,
        ball((0, 0, -drop + 0.05), 0.045, glow((1, 0.85, 0.6), 30.0), 16),
    ]


def curtain(width: float, height: float, cover: Material, generator: np.random.Generator) -> Object:
    """Hanging folds from the origin's height downwards, along x."""
    u, v = np.meshgrid(np.linspace(0, 1, 140), np.linspace(0, 1, 14), indexing="ij")
    folds, phase = width * 9, generator.uniform(0, 6)
    swing = 0.045 * np.sin(2 * np.pi * folds * u + phase + 0.5 * np.sin(5 * v)) * (0.6 + 0.4 * v)
    return sheet(u * width + 0.01 * np.sin(9 * v + 7 * u), swing, -v * height, cover)
