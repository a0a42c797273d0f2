"""Small things that stand on tables, shelves and floors; each stands at the origin."""

import math

import numpy as np
from furniture import hue
from materials import art, glow, plain, wood
from shapes import Material, Object, as_glass, ball, block, lathe, mesh, modify, place, ring, rod, tinted, tube


def bottle(material: Material, height: float = 0.28, radius: float = 0.037) -> Object:
    """A wine bottle's outline."""
    r, h = radius, height
    curve = [
        (0, 0),
        (0.95 * r, 0),
        (r, 0.03 * h),
        (r, 0.58 * h),
        (0.85 * r, 0.68 * h),
        (0.4 * r, 0.78 * h),
        (0.36 * r, 0.97 * h),
        (0.44 * r, h),
        (0, h),
    ]
    return modify(lathe(curve, material), "SUBSURF", levels=1, render_levels=1)


def mug(material: Material) -> list[Object]:
    """A cup with a handle."""
    body = lathe(
        [(0, 0), (0.036, 0), (0.041, 0.008), (0.041, 0.095), (0.037, 0.095), (0.036, 0.012), (0, 0.01)], material
    )
    handle = tube([(0.04, 0, 0.08), (0.068, 0, 0.075), (0.072, 0, 0.04), (0.04, 0, 0.022)], 0.006, material)
    return [body, handle]


def bowl(material: Material, radius: float = 0.13) -> Object:
    """A round bowl with a foot."""
    angle = np.linspace(0.15, math.pi / 2, 12)
    curve = [(radius * math.sin(a), 0.6 * radius * (1 - math.cos(a)) + 0.01) for a in angle]
    return modify(lathe([(0, 0), (0.4 * radius, 0), *curve], material), "SOLIDIFY", thickness=0.006)


def vase(material: Material, generator: np.random.Generator, height: float = 0.3) -> Object:
    """A random swelling outline, thin-walled."""
    up = np.linspace(0, 1, 24)
    swell = 0.24 + 0.12 * np.sin(up * generator.uniform(2.5, 5.5) + generator.uniform(0, 3)) - 0.07 * up
    made = lathe([(0, 0), *zip(height * swell, height * up, strict=True)], material)
    return modify(made, "SOLIDIFY", thickness=0.004)


def fruit(generator: np.random.Generator, count: int, radius: float) -> list[Object]:
    """Apples and oranges heaped on a disc of `radius`."""
    colours = ((0.6, 0.08, 0.04), (0.75, 0.33, 0.03), (0.45, 0.5, 0.06), (0.75, 0.6, 0.1))
    made = []
    for index in range(count):
        layer, angle = index // 5, index * 1.26 + 0.6 * (index // 5)
        reach = radius * (0.62 - 0.4 * layer)
        skin = plain(colours[generator.integers(4)], 0.35)
        made.append(
            ball(
                (reach * math.cos(angle), reach * math.sin(angle), 0.05 + 0.055 * layer),
                (0.037, 0.037, 0.034),
                skin,
                24,
            )
        )
    return made


def picture(width: float, height: float, generator: np.random.Generator) -> list[Object]:
    """A framed abstract on a wall at y = 0, centred at the origin."""
    colours = [hue(generator) for _ in range(4)]
    frame = wood((0.12, 0.08, 0.05)) if generator.random() < 0.5 else plain((0.8, 0.79, 0.75), 0.4)
    x, z = width / 2, height / 2
    made = [block((-x, -0.012, -z), (x, 0, z), art(colours, generator.uniform(4, 14)), 0)]
    made += [block((-x - 0.03, -0.03, s * z - 0.02), (x + 0.03, 0, s * z + 0.02), frame, 0.004) for s in (-1, 1)]
    return made + [block((s * x - 0.02, -0.03, -z), (s * x + 0.02, 0, z), frame, 0.004) for s in (-1, 1)]


def screen(width: float, generator: np.random.Generator) -> list[Object]:
    """A monitor on a foot, showing windows of colour."""
    height, black = 0.57 * width, plain((0.02, 0.02, 0.022), 0.35)
    made = [block((-width / 2, 0, 0.12), (width / 2, 0.03, 0.12 + height), black, 0.006)]
    made.append(
        block(
            (-width / 2 + 0.01, -0.002, 0.13), (width / 2 - 0.01, 0.001, 0.11 + height), glow((0.12, 0.2, 0.35), 0.8), 0
        )
    )
    for _ in range(5):
        x, z = generator.uniform(-0.45, 0.1) * width, 0.14 + generator.uniform(0, 0.5) * height
        right, top = min(x + generator.uniform(0.15, 0.4) * width, 0.47 * width), min(z + 0.4 * height, 0.1 + height)
        made.append(
            block(
                (x, -0.0035 - 0.0004 * len(made), z),
                (right, -0.0025, top),
                glow(generator.uniform(0.1, 0.9, 3), 0.9),
                0,
            )
        )
    return [
        *made,
        rod((0, 0.05, 0.01), (0, 0.05, 0.3), 0.02, black),
        block((-0.12, -0.06, 0), (0.12, 0.14, 0.012), black, 0.005),
    ]


def keyboard(dark: Material, keys: Material) -> list[Object]:
    """Five rows of keys, centred at the origin."""
    made = [block((-0.22, -0.07, 0), (0.22, 0.07, 0.014), dark, 0.004)]
    for row in range(5):
        for column in range(15):
            if row == 0 and 4 <= column <= 9:
                continue
            x, y = -0.213 + column * 0.0285, -0.064 + row * 0.0262
            made.append(block((x, y, 0.014), (x + 0.0255, y + 0.023, 0.021), keys, 0.002))
    made.append(block((-0.099, -0.064, 0.014), (0.0695, -0.041, 0.021), keys, 0.002))
    return made


def desk_lamp(material: Material, steel: Material, reach: float = 0.35) -> list[Object]:
    """Foot, two arms with joints and springs' rods, and a conical shade towards +x."""
    elbow, head = (-0.1, 0, 0.36), (reach - 0.1, 0, 0.5)
    made = [
        lathe([(0, 0), (0.09, 0), (0.09, 0.018), (0, 0.025)], material),
        rod((0, 0, 0.02), (0, 0, 0.06), 0.012, steel),
    ]
    for y in (-0.009, 0.009):
        made += [
            rod((0, y, 0.06), (elbow[0], y, elbow[2]), 0.004, steel),
            rod((elbow[0], y, elbow[2]), (head[0], y, head[2]), 0.004, steel),
        ]
    made += [ball(joint, 0.016, material, 20) for joint in ((0, 0, 0.06), elbow, head)]
    shade = modify(lathe([(0.02, 0.0), (0.03, -0.03), (0.075, -0.13)], material), "SOLIDIFY", thickness=0.002)
    return [
        *made,
        *place([shade, ball((0, 0, -0.08), 0.022, glow((1, 0.85, 0.6), 60), 16)], (head[0] + 0.02, 0, head[2])),
    ]


def pencils(generator: np.random.Generator, own: Material) -> list[Object]:
    """A beaker of pens."""
    cup = modify(lathe([(0, 0), (0.038, 0), (0.04, 0.1)], tinted_plain(generator)), "SOLIDIFY", thickness=0.003)
    made = [cup]
    for angle in generator.uniform(0, 2 * np.pi, 9):
        foot = (0.015 * math.cos(angle + 2), 0.015 * math.sin(angle + 2), 0.004)
        top = (0.05 * math.cos(angle), 0.05 * math.sin(angle), generator.uniform(0.15, 0.19))
        made.append(tinted(rod(foot, top, 0.0036, own, sides=6), hue(generator)))
    return made


def tinted_plain(generator: np.random.Generator) -> Material:
    """A lacquer in a colour of things."""
    return plain(hue(generator), generator.uniform(0.15, 0.6))


def carton(
    generator: np.random.Generator, low: tuple[float, float, float], high: tuple[float, float, float]
) -> list[Object]:
    """A cardboard box with tape and a label."""
    tape, board = (
        plain((0.55, 0.42, 0.25), 0.3),
        plain(np.array([0.42, 0.29, 0.17]) * generator.uniform(0.75, 1.2), 0.85),
    )
    size = generator.uniform(low, high)
    x, y, z = size[0] / 2, size[1] / 2, size[2]
    made = [
        block((-x, -y, 0), (x, y, z), board, 0.004),
        block((-0.025, -y - 0.001, z * 0.8), (0.025, y + 0.001, z + 0.001), tape, 0),
    ]
    left = generator.uniform(-0.8, 0.1) * x
    return [
        *made,
        block((left, -y - 0.001, 0.25 * z), (left + 0.6 * x, -y, 0.6 * z), plain((0.85, 0.85, 0.82), 0.7), 0),
    ]


def plate(material: Material, radius: float = 0.12) -> Object:
    """A dinner plate."""
    r = radius
    return modify(lathe([(0, 0), (0.6 * r, 0), (0.7 * r, 0.006), (r, 0.02)], material), "SOLIDIFY", thickness=0.004)


def wine_glass(material: Material, scale: float = 1.0) -> Object:
    """Foot, stem and bowl of clear glass."""
    angle = np.linspace(0.12, 2.1, 14)
    bowl_curve = [(0.042 * math.sin(a), 0.135 - 0.048 * math.cos(a)) for a in angle]
    made = lathe([(0.036, 0), (0.03, 0.003), (0.005, 0.008), (0.004, 0.08), *bowl_curve], material)
    made.scale = (scale,) * 3
    return as_glass(made)


def tumbler(material: Material) -> Object:
    """A straight drinking glass."""
    return as_glass(lathe([(0, 0.006), (0.03, 0.004), (0.036, 0.11)], material))


def pot(steel: Material, black: Material, radius: float = 0.11) -> list[Object]:
    """A saucepan with a lid and a long handle."""
    r = radius
    made = [lathe([(0, 0), (r, 0), (r, 1.1 * r), (1.03 * r, 1.12 * r), (0.6 * r, 1.3 * r), (0, 1.36 * r)], steel)]
    made += [rod((r, 0, 0.85 * r), (2.6 * r, 0, 1.0 * r), 0.01, black), ball((0, 0, 1.45 * r), 0.016, black, 16)]
    return made


def toy(generator: np.random.Generator, material: Material) -> list[Object]:
    """One of a few small bodies: ring, block, cone, ball, gear."""
    kind = generator.integers(5)
    size = generator.uniform(0.03, 0.06)
    if kind == 0:
        return [ring((0, 0, 0.3 * size), size, 0.3 * size, material)]
    if kind == 1:
        return [block((-size, -0.6 * size, 0), (size, 0.6 * size, size), material, 0.004)]
    if kind == 2:
        return [rod((0, 0, 0), (0, 0, 2 * size), 0.8 * size, material, 0.05 * size)]
    if kind == 3:
        return [ball((0, 0, size), size, material)]
    return [gear(size, 0.4 * size, 14, material)]


def gear(radius: float, height: float, teeth: int, material: Material) -> Object:
    """A spur gear with a bore."""
    angle = np.arange(4 * teeth) * (2 * np.pi / (4 * teeth))
    outer = radius * np.where(np.arange(4 * teeth) % 4 < 2, 1.0, 0.82)
    loops = [(reach * np.cos(angle), reach * np.sin(angle), z) for reach, z in
             ((outer, 0), (outer, height), (0.3 * radius, height), (0.3 * radius, 0))]  # fmt: skip
    vertices = np.concatenate([np.stack(np.broadcast_arrays(x, y, z), axis=-1) for x, y, z in loops])
    count = len(angle)
    faces = [
        (
            loop * count + i,
            loop * count + (i + 1) % count,
            (loop + 1) % 4 * count + (i + 1) % count,
            (loop + 1) % 4 * count + i,
        )
        for loop in range(4)
        for i in range(count)
    ]
    return mesh(vertices, faces, material)
