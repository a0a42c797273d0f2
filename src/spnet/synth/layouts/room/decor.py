"""The last of furnishing: pictures, lamps and radiators, small things on every place, and what lies on the floor."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth import shapes
from spnet.synth.assets.bank import Support
from spnet.synth.layouts.room import books, fixtures, things
from spnet.synth.layouts.room.furnishing import Room, hang, stand_along_wall, stand_free
from spnet.synth.layouts.room.item import Item, built
from spnet.synth.layouts.room.openings import Gap
from spnet.synth.layouts.room.palette import Palette, pick
from spnet.synth.layouts.room.parts import Part, box, lifted

_SMALL_THINGS = 70  # in one room


def hang_pictures(room: Room, count: int) -> None:
    """Pictures in frames, mirrors, clocks and boards."""
    rng, palette = room.rng, room.palette
    for _ in range(count):
        wide, high, frame = rng.uniform(0.2, 0.9), rng.uniform(0.2, 0.8), rng.uniform(0.012, 0.05)
        style = rng.random()
        if style < 0.12:
            hang(room, fixtures.wall_board(rng, palette), rng.uniform(1.1, 1.8))
            continue
        wood = pick(rng, (*palette.woods, palette.metal, palette.dark, palette.trim))
        ledges = [box(0, y, 0, wide, frame, 0.025, wood) for y in (0.0, high - frame)]
        posts = [box(s * (wide - frame) / 2, 0, 0, frame, high, 0.025, wood) for s in (-1, 1)]
        inner = palette.mirror if style < 0.2 else palette.paper
        bottom = rng.uniform(1.15, 1.7)
        parts = [*ledges, *posts, box(0, 0.005, -0.004, wide - 0.01, high - 0.01, 0.014, inner)]
        margin = frame + (rng.uniform(0.02, 0.08) if rng.random() < 0.4 else 0.0)
        if style >= 0.2 and min(wide, high) > 2 * margin + 0.04:
            picture = pick(rng, palette.pictures)
            parts.append(Part("card", 0, margin, 0.005, wide - 2 * margin, high - 2 * margin, 1, picture))
        hang(room, built(parts, (wide, high, 0.025)), bottom)


def hang_models(room: Room, count: int) -> None:
    """What else the bank has for walls."""
    if not room.stock.hanging:
        return
    for _ in range(count):
        index = pick(room.rng, room.stock.hanging)
        model = room.builder.bank.models[index]
        hang(room, Item(model.size, model=index), model.elevation, tries=4)


def heat(room: Room, gaps: Sequence[Gap]) -> None:
    """Radiators, below windows where there is space."""
    for gap in gaps:
        if gap.kind == "window" and gap.bottom > 0.55 and room.rng.random() < 0.5:
            item = fixtures.radiator(room.rng, room.palette)
            if item.size[1] < gap.bottom - 0.1:
                hang(room, item, 0.0, wall=gap.wall, tries=3)


def light_ceiling(room: Room, count: int) -> None:
    """Lamps on the ceiling, spread over the room."""
    rng, (low, high) = room.rng, room.plan.bounds()
    style = pick(rng, _CEILING_LAMPS)
    long = int(high[1] - low[1] > high[0] - low[0])
    for i in range(count):
        for spread in (0.15, 0.5, 0.9):
            spot = (low + high) / 2 + rng.normal(0, spread, 2)
            spot[long] = low[long] + (high[long] - low[long]) * (i + 0.5) / count
            if _hang_lamp(room, float(spot[0]), float(spot[1]), style, np.pi / 2 if long else 0.0):
                break


def _hang_lamp(
    room: Room, x: float, z: float, style: Callable[[Generator, Palette], tuple[list[Part], float]], turn: float
) -> bool:
    """Hang a lamp over a point of the room, a flat one where the ceiling is low; whether there is space for it."""
    top, taken = room.plan.headroom(x, z), float(room.floor.tops_at(np.array(x), np.array(z)))
    parts, drop = style(room.rng, room.palette)
    if top - drop < 1.9:
        parts, drop = _dome(room.rng, room.palette)
    if taken > top - drop - 0.1 or top - drop < 1.6:
        return False
    room.add(parts, shapes.pose((x, top, z), turn))
    room.lamps.append(np.array([x, top - drop - 0.04, z]))
    return True


def _pendant(rng: Generator, palette: Palette) -> tuple[list[Part], float]:
    drop, wide = rng.uniform(0.4, 0.8), rng.uniform(0.2, 0.5)
    solid, high = pick(rng, (("shade", 0.22), ("ball", 0.3), ("shade", 0.3)))
    return [
        Part("pole", 0, -drop + 0.2, 0, 0.012, drop - 0.2, 0.012, palette.dark),
        Part(solid, 0, -drop, 0, wide, high, wide, palette.glow),
        Part("cylinder", 0, -0.03, 0, 0.1, 0.03, 0.1, palette.white),
    ], drop


def _dome(rng: Generator, palette: Palette) -> tuple[list[Part], float]:
    wide = rng.uniform(0.25, 0.5)
    return [
        Part("cylinder", 0, -0.03, 0, wide + 0.03, 0.03, wide + 0.03, palette.metal),
        Part("ball", 0, -0.11, 0, wide, 0.16, wide, palette.glow),
    ], 0.11


def _tubes(rng: Generator, palette: Palette) -> tuple[list[Part], float]:
    long = rng.uniform(0.9, 1.5)
    lit = [box(0, -0.085, s * 0.06, long - 0.06, 0.03, 0.035, palette.glow) for s in (-1, 1)]
    return [box(0, -0.06, 0, long, 0.06, 0.24, palette.white), *lit], 0.085


def _panel(rng: Generator, palette: Palette) -> tuple[list[Part], float]:
    wide = rng.uniform(0.4, 0.6)
    return [
        box(0, -0.03, 0, wide + 0.04, 0.03, wide + 0.04, palette.white),
        box(0, -0.034, 0, wide, 0.03, wide, palette.glow),
    ], 0.04


_CEILING_LAMPS = (_pendant, _pendant, _dome, _tubes, _panel)


def lay_small_things(room: Room, draws: Sequence[things.Draw], density: float) -> None:
    """Put small things on every place, about so many a square metre, until the room has enough of them."""
    rng, count = room.rng, 0
    models = room.stock.models_for("small")
    for number in rng.permutation(len(room.places)):
        pose, support = room.places[int(number)]
        area = (support.right - support.left) * (support.front - support.back)
        wanted = min(rng.poisson(density * area + 0.7), 9, _SMALL_THINGS - count)
        if rng.random() < 0.25 and 0.2 < support.clearance < 0.6:
            wide = support.right - support.left
            long = wide * rng.uniform(0.3, 0.9)
            row = books.standing_books(rng, room.palette, long, support.clearance, support.front - support.back)
            middle = ((support.left + support.right) / 2, support.height, (support.back + support.front) / 2)
            room.add(lifted(row, *middle), pose)
            count += 3
            room.shown.append((pose, support))
        elif wanted > 0:
            laid = _lay_on(room, pose, support, draws, models, wanted)
            count += laid
            if laid > 2:
                room.shown.append((pose, support))


def _lay_on(
    room: Room,
    pose: NDArray[np.float64],
    support: Support,
    draws: Sequence[things.Draw],
    models: Sequence[int],
    wanted: int,
) -> int:
    rng, used, laid = room.rng, list[tuple[float, float, float, float]](), 0
    for _ in range(wanted + 1):
        if laid == wanted:
            break
        item = _small_item(room, draws, models)
        wide, high, deep = item.size
        turn = rng.normal(0, 0.3)
        across = wide * abs(np.cos(turn)) + deep * abs(np.sin(turn))
        along = wide * abs(np.sin(turn)) + deep * abs(np.cos(turn))
        free_x, free_z = support.right - support.left - across, support.front - support.back - along
        if free_x < 0 or free_z < 0 or high > support.clearance - 0.01:
            continue
        x, z = support.left + across / 2 + rng.uniform(0, free_x), support.back + along / 2 + rng.uniform(0, free_z)
        if any(abs(x - ox) < (across + ow) / 2 and abs(z - oz) < (along + od) / 2 for ox, oz, ow, od in used):
            continue
        used.append((x, z, across, along))
        room.put(item, pose @ shapes.pose((x, support.height, z), turn), on_floor=False)
        laid += 1
    return laid


def _small_item(room: Room, draws: Sequence[things.Draw], models: Sequence[int]) -> Item:
    if models and room.rng.random() < 0.4:
        model = room.builder.bank.models[index := pick(room.rng, models)]
        item = Item(model.size, model=index)
        if room.affords(item):
            return item
    return built(pick(room.rng, draws)(room.rng, room.palette))


def litter(room: Room, draws: Sequence[things.Draw], count: int) -> None:
    """Things on the floor: along walls and lying about."""
    rng = room.rng
    for _ in range(count):
        kind = rng.random()
        if kind < 0.3:
            item = room.choose(pick(rng, ("cartons", "crate", "large", "stool", "plant", "cartons", "animal")))
            if item is not None and max(item.size) < 1.6:
                stand_along_wall(room, item, tries=4)
        elif kind < 0.75:
            stand_free(room, built(pick(rng, draws)(rng, room.palette)), tries=4)
        elif kind < 0.9:
            stand_free(room, built(_laundry(rng, room.palette)), tries=4)
        else:
            _lay_cable(room)


def _laundry(rng: Generator, palette: Palette) -> list[Part]:
    """A heap of clothes, cushions or bags."""
    parts = []
    for i in range(int(rng.integers(1, 5))):
        wide, deep, high = rng.uniform(0.2, 0.5), rng.uniform(0.2, 0.4), rng.uniform(0.06, 0.16)
        x, z = rng.normal(0, 0.1, 2)
        parts.append(
            Part(
                "cushion",
                x,
                0.04 * i,
                z,
                wide,
                high,
                deep,
                pick(rng, (*palette.fabrics, palette.linen)),
                rng.uniform(0, 3),
            )
        )
    return parts


def _lay_cable(room: Room) -> None:
    """A cable that winds over the floor from a wall."""
    rng, wall = room.rng, pick(room.rng, room.walls)
    start = rng.uniform(0.2, 0.8) * wall.length
    t = np.linspace(0, 1, 24)
    along = start + np.cumsum(rng.normal(0, 0.03, 24)) + rng.uniform(-0.6, 0.6) * t
    away = 0.04 + rng.uniform(0.5, 1.6) * t + 0.06 * np.sin(9 * t + rng.uniform(0, 6))
    (x0, z0), (dx, dz), (nx, nz) = wall.start, wall.along, wall.inward
    x, z = x0 + along * dx + away * nx, z0 + along * dz + away * nz
    if np.isfinite(room.floor.tops_at(x, z)).all():
        path = np.stack([x, np.full(24, 0.006), z], axis=1)
        room.builder.add(shapes.tube(path, 0.005, 5, pick(rng, (room.palette.dark, room.palette.white))))
