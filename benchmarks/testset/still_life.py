"""Still lifes: bodies with holes, analytic shapes, heaps that fell, glass and house plants."""

import math

import bpy
import numpy as np
from capture import View
from furniture import hue
from lights import lamp, overcast
from materials import cloth, glass, laid, paint, plain, veined, wood
from mathutils import Matrix, Vector
from pierced import colander, perforated, pipes, sponge
from plants import pot_plant
from shapes import Material, Object, ball, block, modify, place, ring, rod, sheet, show, tumble
from wares import bottle, bowl, fruit, gear, mug, picture, toy, tumbler, vase, wine_glass


def _stage(generator: np.random.Generator, reach: float = 1.4) -> None:
    """A table top before a wall, lit from two sides."""
    choice = generator.integers(4)
    top = (
        wood((0.45, 0.28, 0.15)),
        veined((0.7, 0.68, 0.66), (0.25, 0.24, 0.23), 4.0),
        cloth(hue(generator), hue(generator), 9.0, "magic"),
        plain(np.full(3, generator.uniform(0.25, 0.7)), 0.5),
    )[choice]
    block((-reach, -0.8 * reach, -0.06), (reach, 0.8 * reach, 0), top, 0.01)
    plaster = paint(
        np.array([0.62, 0.6, 0.56]) * generator.uniform(0.5, 1.2) * generator.uniform(0.85, 1.15, 3), grain=50
    )
    brick = laid(((0.45, 0.25, 0.17), (0.36, 0.2, 0.14)), (0.5,) * 3, (0.22, 0.075))
    back = brick if generator.random() < 0.4 else plaster
    block((-4, 0.8 * reach + 0.3, -1.5), (4, 0.8 * reach + 0.4, 3), back, 0)
    block((-4, -3, -1.52), (4, 0.8 * reach + 0.3, -1.5), wood((0.3, 0.2, 0.12)), 0)
    lamp((-1.2, -1.1, 1.7), 30, (0.5, 0.5), towards=(0, 0, 0.1))
    lamp((1.7, -0.6, 1.3), 14, (0.9, 0.9), towards=(0, 0, 0.2), colour=(0.82, 0.9, 1.0))
    overcast(0.15)


def _seen(generator: np.random.Generator, away: float = 1.25, up: float = 0.55, target: float = 0.16) -> View:
    angle = generator.uniform(-0.4, 0.4)
    return View(
        (away * math.sin(angle), -away * math.cos(angle), up * generator.uniform(0.8, 1.25)),
        (0, 0.05, target),
        generator.uniform(0.8, 1.0),
    )


def holes(generator: np.random.Generator, variant: int) -> View:
    """Perforated sheets, a Menger sponge, tubes, rings, a colander: depth that is seen through."""
    _stage(generator)
    steel = plain((0.6, 0.6, 0.61), 0.3, 1.0)
    back, front = generator.permutation([-0.4, 0.05, 0.48]), generator.permutation([-0.42, 0.0, 0.4])
    pattern = perforated(0.42, 0.36, int(generator.integers(6, 12)), plain(hue(generator), 0.4))
    place([pattern], (back[0], 0.28, 0), generator.uniform(-0.4, 0.4))
    timber = wood((0.6, 0.42, 0.25)) if variant == 1 else plain(hue(generator), 0.4)
    place(sponge(0.27, timber), (back[1], 0.12, 0), generator.uniform(0.2, 0.9))
    tilted = perforated(0.3, 0.3, 5, steel)
    tilted.rotation_euler.x = -0.5
    place([tilted], (back[2], 0.25, 0), generator.uniform(-0.5, 0.5))
    place(pipes(steel), (front[0], -0.2, 0), generator.uniform(-0.5, 0.5))
    place([colander(plain(hue(generator), 0.3))], (front[1], -0.16, 0))
    for index in range(4):
        drift = generator.uniform(-0.02, 0.02, 2)
        ring(
            (front[2] + drift[0], -0.32 + drift[1], 0.014 + 0.026 * index),
            0.085 - 0.01 * index,
            0.013,
            plain(hue(generator), 0.3),
        )
    place([gear(0.1, 0.03, 16, steel)], (0.5 * front[2], -0.42, 0.0))
    place([gear(0.06, 0.03, 10, steel)], (0.5 * front[2] + 0.17, -0.47, 0.0), 0.2)
    return _seen(generator)


def solids(generator: np.random.Generator, variant: int) -> View:
    """Spheres, cones, tori, prisms, superquadrics and a saddle on a table, none hidden from the light."""
    _stage(generator)
    places = [
        (x + generator.uniform(-0.06, 0.06), y + generator.uniform(-0.06, 0.06))
        for y in (-0.35, 0.0, 0.36)
        for x in (-0.6, -0.2, 0.2, 0.6)
    ]
    for index in generator.permutation(12).tolist():
        x, y = places[index]
        size = generator.uniform(0.07, 0.14) * (1.35 if y > 0.2 else 0.9)
        place(
            _solid(index, size, plain(hue(generator), generator.uniform(0.08, 0.7)), generator),
            (x, y, 0),
            generator.uniform(0, 6),
        )
    return _seen(generator)


def _solid(kind: int, size: float, material: Material, generator: np.random.Generator) -> list[Object]:
    if kind % 6 == 0:
        return [ball((0, 0, size), size, material, 64)]
    if kind % 6 == 1:
        return [rod((0, 0, 0), (0, 0, 2.2 * size), 0.8 * size, material, 0.0, 48)]
    if kind % 6 == 2:
        return [ring((0, 0, 1.25 * size), 0.9 * size, 0.35 * size, material, axis=(0, 1, 0.0))]
    if kind % 6 == 3:
        return [rod((0, 0, 0), (0, 0, 2 * size), 0.8 * size, material, sides=int(generator.integers(3, 9)))]
    if kind % 6 == 4:
        return [_superquadric(size, generator.uniform(0.2, 2.6), material)]
    u, v = np.meshgrid(np.linspace(-1, 1, 30), np.linspace(-1, 1, 30), indexing="ij")
    saddle = sheet(1.2 * size * u, 1.2 * size * v, size * (0.9 + 0.7 * (u**2 - v**2)), material)
    return [modify(saddle, "SOLIDIFY", thickness=0.008)]


def _superquadric(size: float, power: float, material: Material) -> Object:
    """|x|^(2/power) + |y|^(2/power) + |z|^(2/power) = 1, from box-like to spiky."""
    v, u = np.meshgrid(np.linspace(-np.pi / 2, np.pi / 2, 48), np.linspace(-np.pi, np.pi, 96), indexing="ij")
    bent = [np.sign(part) * np.abs(part) ** power for part in (np.cos(v), np.sin(v), np.cos(u), np.sin(u))]
    return sheet(size * bent[0] * bent[2], size * bent[0] * bent[3], size * (1 + bent[1]), material, smooth=50)


def pile(generator: np.random.Generator, variant: int) -> View:
    """Blocks, rings, cones, balls and gears that Blender's rigid bodies let fall into a tray."""
    _stage(generator)
    show()
    scene = bpy.context.scene
    bpy.ops.rigidbody.world_add()
    timber = wood((0.5, 0.34, 0.2))
    tray = [block((-0.4, -0.3, 0), (0.4, 0.3, 0.012), timber, 0)]
    tray += [block((s * 0.4 - 0.01, -0.31, 0), (s * 0.4 + 0.01, 0.31, 0.07), timber, 0) for s in (-1, 1)]
    tray += [block((-0.41, s * 0.3 - 0.01, 0), (0.41, s * 0.3 + 0.01, 0.07), timber, 0) for s in (-1, 1)]
    floor = block((-3, -3, -0.2), (3, 3, 0.0), timber, 0)
    for each in (*tray, floor):
        _let_fall(each, "PASSIVE", "MESH")
    for index in range(int(generator.integers(50, 66))):
        (falling,) = toy(generator, plain(hue(generator), generator.uniform(0.15, 0.6)))
        _centre(falling)
        at = (*generator.uniform((-0.26, -0.18), (0.26, 0.18)), 0.15 + 0.03 * index)
        _let_fall(tumble(falling, generator, at), "ACTIVE", "CONVEX_HULL")
    scene.rigidbody_world.substeps_per_frame = 5
    scene.rigidbody_world.point_cache.frame_end = 100
    for step in range(1, 101):
        scene.frame_set(step)
    floor.hide_render = True
    return _seen(generator, 0.95, 0.62, 0.06)


def _centre(made: Object) -> None:
    """Move the origin, about which bodies turn, to the middle of the bounding box."""
    middle = sum((Vector(corner) for corner in made.bound_box), Vector()) / 8
    made.data.transform(Matrix.Translation(-middle))


def _let_fall(made: Object, kind: str, shape: str) -> None:
    world = bpy.context.scene.rigidbody_world
    world.collection = world.collection or bpy.data.collections.new("bodies")
    world.collection.objects.link(made)
    body = made.rigid_body
    body.type, body.collision_shape = kind, shape
    body.friction, body.restitution = 0.6, 0.1
    body.use_margin, body.collision_margin = True, 0.001


def glassware(generator: np.random.Generator, variant: int) -> View:
    """Wine glasses, tumblers, bottles and a pane, with bread-and-butter things among and behind them."""
    _stage(generator)
    clear, tinted_ = glass(), glass((0.55, 0.85, 0.6))
    spots = [(x, y) for y in (-0.25, 0.0, 0.25) for x in (-0.45, -0.15, 0.15, 0.45)]
    for index, (x, y) in enumerate(spots):
        at = (x + generator.uniform(-0.06, 0.06), y + generator.uniform(-0.05, 0.05), 0)
        kind = (index + variant) % 6
        if kind == 0:
            place([wine_glass(clear, generator.uniform(1.0, 1.3))], at)
        elif kind == 1:
            place([tumbler(clear)], at)
        elif kind == 2:
            see_through = bottle(tinted_, generator.uniform(0.26, 0.32))
            see_through["glass"] = True
            place([see_through], at)
        elif kind == 3:
            place([vase(plain(hue(generator), 0.2), generator, generator.uniform(0.15, 0.3))], at)
        elif kind == 4:
            place(mug(plain(hue(generator), 0.2)), at, generator.uniform(0, 6))
        else:
            place([bowl(plain(hue(generator), 0.3), 0.09), *fruit(generator, 5, 0.085)], at)
    place([wine_glass(clear, 1.25)], (-0.05, -0.42, 0)), place([tumbler(clear)], (0.22, -0.4, 0))
    place(picture(0.7, 0.5, generator), (generator.uniform(-0.4, 0.4), 1.41, 0.55))
    return _seen(generator, 1.2, 0.4, 0.14)


def houseplant(generator: np.random.Generator, variant: int) -> View:
    """Pot plants close up: long thin leaves, one behind the other."""
    _stage(generator)
    for x, y, size, leaves, width in (
        (-0.32, 0.05, 0.6, 26, 0.05),
        (0.12, -0.12, 0.42, 30, 0.09),
        (0.5, 0.2, 0.65, 18, 0.15),
        (-0.02, 0.42, 0.8, 34, 0.035),
    ):
        place(
            pot_plant(generator, size * generator.uniform(0.9, 1.1), leaves, width), (x, y, 0), generator.uniform(0, 6)
        )
    place(mug(plain(hue(generator), 0.2)), (-0.12, -0.38, 0), 0.7)
    place([tumbler(glass())], (0.36, -0.33, 0))
    return _seen(generator, 1.2, 0.6, 0.28)
