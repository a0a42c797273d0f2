"""Pieces that belong together: tables with chairs, desks with what is on them, kitchens, beds with their neighbours."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from spnet.synth import shapes
from spnet.synth.layouts.room import bathroom, fixtures, kitchen, things
from spnet.synth.layouts.room.furnishing import Room, find_space, free_stretches, hang, stand_along_wall, stand_free
from spnet.synth.layouts.room.item import level
from spnet.synth.layouts.room.occupancy import Footprint
from spnet.synth.layouts.room.palette import pick
from spnet.synth.layouts.room.parts import Part, box, lifted


def seat_at_table(room: Room, purpose: str = "table") -> None:
    """A table with chairs around it, now and then laid or with a rug under it."""
    rng, item = room.rng, room.choose(purpose)
    seat = room.choose("seat")
    if item is None or seat is None:
        return
    (wide, high, deep), reach = item.size, seat.size[2] * rng.uniform(0.55, 1.0)
    pose = find_space(room, wide + 2 * reach, high, deep + 2 * reach)
    if pose is None:
        return
    room.put(item, pose)
    sides = [(0.0, deep, wide), (np.pi, deep, wide)]
    knees = min(wide, deep) / 2 + reach - seat.size[2]  # from the table's middle to the seats' fronts
    if knees > seat.size[0] / 2 + 0.03:
        sides += [(np.pi / 2, wide, deep), (-np.pi / 2, wide, deep)]
    for turn, across, along in sides:
        count = int(along / (seat.size[0] + 0.12))
        for i in range(count):
            if rng.random() < 0.85 and room.affords(seat):
                x = (i - (count - 1) / 2) * along / count
                away = across / 2 + reach - seat.size[2] / 2 + rng.uniform(-0.02, 0.05)
                local = shapes.pose((0, 0, 0), turn) @ shapes.pose((x, 0, away), np.pi + rng.normal(0, 0.12))
                room.put(seat, pose @ local)
    if rng.random() < 0.4:
        lay_rug(room, pose, wide + 1.0, deep + 1.0)
    if rng.random() < 0.3 and item.supports:
        _lay_table(room, pose, wide, high, deep, int(wide / 0.6))


def _lay_table(room: Room, pose: NDArray[np.float64], wide: float, high: float, deep: float, seats: int) -> None:
    """A plate, a glass and cutlery for each seat; the middle stays a place for other things."""
    palette, parts = room.palette, []
    glass = things.drinking_glass(room.rng, palette)
    for side in (-1, 1):
        for i in range(seats):
            x, z = (i - (seats - 1) / 2) * wide / seats * 0.9, side * (deep / 2 - 0.18)
            parts += [
                Part("bowl", x, high, z, 0.25, 0.022, 0.25, palette.ceramic),
                *lifted(glass, x + 0.14, high, z * 0.55),
            ]
            parts += [box(x + s * 0.16, high, z, 0.02, 0.004, 0.19, palette.metal) for s in (-1, 1)]
    room.add(parts, pose)
    room.places = [place for place in room.places if place[0] is not pose]
    room.places.append((pose, level(high, 0.5 * wide, 0.2)))


def lay_rug(room: Room, pose: NDArray[np.float64], wide: float, deep: float) -> None:
    """A rug under whatever stands there, as large as the room allows."""
    corners = Footprint(float(pose[0, 3]), float(pose[2, 3]), float(np.arctan2(pose[0, 2], pose[2, 2])), wide, deep)
    if np.isfinite(room.floor.tops_at(*corners.points())).all():
        border = box(0, 0, 0, wide, 0.008, deep, pick(room.rng, room.palette.fabrics))
        room.add([border, box(0, 0.001, 0, wide - 0.2, 0.009, deep - 0.2, room.palette.rug)], pose)


def sit_at_desk(room: Room) -> None:
    """A desk with a chair before it, and a computer, a lamp and papers on it."""
    item = room.choose("desk")
    pose = None if item is None else stand_along_wall(room, item, before=0.75)
    if item is None or pose is None:
        return
    rng, palette, (wide, _, deep) = room.rng, room.palette, item.size
    seat = room.choose("office seat")
    if seat is not None:
        back = pose @ shapes.pose(
            (rng.uniform(-0.15, 0.15), 0, deep / 2 + rng.uniform(0.2, 0.4)), np.pi + rng.normal(0, 0.4)
        )
        room.put(seat, back)
    if not item.supports:
        return
    top = max(support.height for support in item.supports)
    room.places = [place for place in room.places if place[0] is not pose]
    screens = 2 if wide > 1.35 and rng.random() < 0.4 else 1
    parts: list[Part] = []
    for i in range(screens):
        x = (i - (screens - 1) / 2) * 0.62
        parts += lifted(things.monitor(rng, palette), x, top, -deep / 2 + 0.16)
    parts += lifted(things.keyboard(rng, palette), 0, top, deep / 2 - 0.2)
    room.add(parts, pose)
    side = (wide - 0.7 * screens) / 2 - 0.06
    if side > 0.12:
        room.places += [(pose, level(top, side, deep - 0.12, x=s * (wide - side - 0.08) / 2)) for s in (-1, 1)]


def lounge(room: Room) -> None:
    """A sofa against a wall with a low table before it, and a lamp or an armchair near."""
    item, low = room.choose("sofa"), room.choose("low table")
    if item is None:
        return
    space = 0.0 if low is None else low.size[2] + 0.4
    pose = stand_along_wall(room, item, before=space)
    if pose is None:
        return
    if low is not None and low.size[0] < item.size[0] + 0.6:
        front = pose @ shapes.pose(
            (room.rng.uniform(-0.2, 0.2), 0, item.size[2] / 2 + 0.32 + low.size[2] / 2), room.rng.normal(0, 0.04)
        )
        room.put(low, front)
        if room.rng.random() < 0.7:
            lay_rug(room, front, item.size[0] + 0.4, low.size[2] + room.rng.uniform(0.7, 1.2))
    for purpose in ("floor lamp", "armchair"):
        other = room.choose(purpose)
        if other is not None and room.rng.random() < 0.7:
            (stand_along_wall if purpose == "floor lamp" else stand_free)(room, other)


def sleep(room: Room) -> None:
    """A bed with its head to the wall, and bedside tables with lamps."""
    item = room.choose("bed")
    pose = None if item is None else stand_along_wall(room, item, tries=14)
    if item is None or pose is None:
        return
    wide, _, deep = item.size
    small = room.choose("bedside")
    for side in (-1, 1):
        if small is None or room.rng.random() < 0.2:
            continue
        local = shapes.pose((side * (wide / 2 + small.size[0] / 2 + 0.05), 0, -deep / 2 + small.size[2] / 2))
        beside = pose @ local
        spot = Footprint(
            float(beside[0, 3]),
            float(beside[2, 3]),
            float(np.arctan2(pose[0, 2], pose[2, 2])),
            small.size[0],
            small.size[2],
        )
        if room.floor.height(spot) == 0:
            room.put(small, beside)
    if room.rng.random() < 0.4:
        lay_rug(room, pose @ shapes.pose((0, 0, 0.35 * deep)), wide + 1.2, 0.8 * deep)


def cook(room: Room) -> None:
    """A counter as long as a wall allows, cabinets above it, and a fridge."""
    rng, palette = room.rng, room.palette
    fridge = room.choose("fridge")
    if fridge is not None:
        stand_along_wall(room, fridge)
    walls = sorted(room.walls, key=lambda wall: -wall.length)
    for wall in walls[: int(rng.integers(1, 3))]:
        for start, end in free_stretches(room, wall, 0.66, 0.95):
            if end - start > 0.6:
                item = kitchen.counter(rng, palette, min(end - start, 4.2))
                pose = wall.pose(start + item.size[0] / 2, 0.32)
                room.put(item, pose)
                room.take_wall(wall, start, 0.0, start + item.size[0], 0.95)
                _hang_cabinets(room, wall.index, start, start + item.size[0])
    if rng.random() < 0.3:
        island = fixtures.till(rng, palette)
        stand_free(room, island, margin=0.5)


def _hang_cabinets(room: Room, index: int, start: float, end: float) -> None:
    """Wall cabinets above a counter, in pieces, with a hood or a board between them."""
    rng, x, wall = room.rng, start, room.walls[index]
    while x < end - 0.45:
        wide = min(rng.uniform(0.5, 1.5), end - x)
        item = (
            kitchen.wall_cabinet(rng, room.palette, wide)
            if rng.random() < 0.75
            else fixtures.wall_board(rng, room.palette)
        )
        bottom, half = 1.42, item.size[0] / 2
        spot = Footprint(*wall.at(x + half, item.size[2] / 2 + 0.03), wall.turn, item.size[0], item.size[2])
        top = bottom + item.size[1]
        if (
            room.wall_is_free(wall, x, bottom, x + 2 * half, top)
            and room.is_below_ceiling(spot, top)
            and 2 * half <= end - x + 0.01
        ):
            room.put(item, wall.pose(x + half, item.size[2] / 2 + 0.002, bottom), on_floor=False)
            room.take_wall(wall, x, bottom, x + 2 * half, top)
        x += max(wide, 2 * half) + 0.005


def wash(room: Room) -> None:
    """What a bathroom has."""
    for purpose in ("bathtub", "shower", "basin", "toilet", "washer"):
        item = room.choose(purpose)
        if item is not None and (purpose in ("basin", "toilet") or room.rng.random() < 0.55):
            stand_along_wall(room, item, before=0.25, tries=14)
    if room.rng.random() < 0.6:
        hang(room, bathroom.towels(room.rng, room.palette), 0.9)


def line_with(room: Room, purpose: str, share: float = 0.95) -> None:
    """Pieces of one kind side by side along most of the walls."""
    for _ in range(int(sum(wall.length for wall in room.walls) / 1.1)):
        item = room.choose(purpose)
        if item is not None and room.rng.random() < share:
            stand_along_wall(room, item, tries=5)


def stand_in_rows(room: Room, purpose: str) -> None:
    """Pieces back to back in rows with aisles between them, as in libraries and shops."""
    kinds = [item for item in (room.choose(purpose) for _ in range(5)) if item is not None]
    if not kinds:
        return
    wide, deep = (max(item.size[axis] for item in kinds) for axis in (0, 2))
    low, top = room.plan.bounds()
    aisle, turn = room.rng.uniform(0.9, 1.4), pick(room.rng, (0.0, np.pi / 2))
    across, along = (0, 1) if turn == 0.0 else (1, 0)
    for x in np.arange(low[across] + 1.2, top[across] - 1.0, wide + 0.02):
        for z in np.arange(low[along] + 1.4, top[along] - 1.2, 2 * deep + aisle):
            for side in (-1, 1):
                item = pick(room.rng, kinds)
                px, pz = (x, z + side * item.size[2] / 2) if turn == 0.0 else (z + side * item.size[2] / 2, x)
                pose = shapes.pose((px, 0, pz), turn + (0.0 if side > 0 else np.pi))
                spot = Footprint(px, pz, turn, item.size[0] - 0.04, item.size[2] - 0.04)
                fits = room.floor.height(spot) == 0 and room.is_below_ceiling(spot, item.size[1])
                if fits and room.affords(item):
                    room.put(item, pose)


def climb(room: Room) -> None:
    """Stairs along a wall: to a landing, or a few steps to a platform."""
    rise = min(room.plan.height - 2.2, 3.2) if room.plan.height > 4 else room.rng.uniform(0.5, 1.1)
    stand_along_wall(room, fixtures.stairs(room.rng, room.palette, rise), tries=16)


def hang_tools(room: Room) -> None:
    """A workbench, and tools on the wall."""
    item = room.choose("workbench")
    if item is not None:
        stand_along_wall(room, item)
    for _ in range(int(room.rng.integers(1, 4))):
        hang(room, fixtures.tool_board(room.rng, room.palette), room.rng.uniform(1.05, 1.4))


GROUPS: dict[str, Callable[[Room], None]] = {
    "dining": seat_at_table,
    "workplace": sit_at_desk,
    "lounge": lounge,
    "sleep": sleep,
    "cook": cook,
    "wash": wash,
    "books around": lambda room: line_with(room, "bookcase"),
    "shelves around": lambda room: line_with(room, "store shelf", 0.6),
    "wardrobes": lambda room: line_with(room, "wardrobe", 0.4),
    "book rows": lambda room: stand_in_rows(room, "bookcase"),
    "shop rows": lambda room: stand_in_rows(room, "gondola"),
    "stairs": climb,
    "tools": hang_tools,
}
