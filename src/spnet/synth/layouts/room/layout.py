"""One furnished room, and what is seen of others through its doors."""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from spnet.synth.assets.bank import Bank
from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.room import decor, lighting, openings, outdoors, shell, things
from spnet.synth.layouts.room.choosing import stock_of
from spnet.synth.layouts.room.furnishing import Room, stand_along_wall, stand_free
from spnet.synth.layouts.room.groups import GROUPS
from spnet.synth.layouts.room.occupancy import Footprint
from spnet.synth.layouts.room.openings import Gap
from spnet.synth.layouts.room.palette import draw_palette, pick
from spnet.synth.layouts.room.parts import Thing, assemble
from spnet.synth.layouts.room.plan import Plan, draw_ceilings, draw_corners, inside
from spnet.synth.layouts.room.themes import THEMES, Theme
from spnet.synth.layouts.room.viewing import draw_view
from spnet.synth.scene import Scene

_FREE_STANDING = ("armchair", "stool", "person", "ladder", "till")


def room(rng: Generator, bank: Bank, width: int, height: int) -> Scene:
    """A room to live, work, sell or store in, seen by a camera of that image size."""
    builder = Builder(bank, rng)
    theme = _draw_theme(rng)
    window_count = int(rng.integers(theme.windows[0], theme.windows[1] + 1))
    hour = lighting.draw_hour(rng, window_count > 0)
    palette = draw_palette(
        builder, wall_role=pick(rng, theme.walls), floor_role=pick(rng, theme.floors), lit=hour.lamps
    )
    main = Room(builder, _draw_plan(rng, theme), palette, stock_of(bank))
    thickness = rng.uniform(0.18, 0.4)
    gaps = _draw_gaps(main, theme, window_count)
    shell.build_shell(main, gaps, thickness)
    annexes = _open_gaps(main, gaps, thickness)
    shell.line_walls(main, gaps)
    _furnish(main, theme, gaps)
    windows = [gap for gap in gaps if gap.kind == "window"]
    brightness = hour.daylight * rng.uniform(0.5, 1.4)
    surroundings = outdoors.build_light_well if theme.below_ground else outdoors.build_outdoors
    seen: list[Thing] = surroundings(builder, palette, windows, brightness)
    view = draw_view(main, width, height)
    builder.add(assemble([*main.things, *seen, *(thing for annex in annexes for thing in annex.things)]))
    return builder.scene(
        "room",
        view,
        lighting.draw_lights(rng, hour, windows, main.lamps, view.pose[:3, 3]),
        sky=lighting.draw_sky(rng, bank, hour),
        ambient=lighting.draw_ambient(rng, hour, windows),
        reach=8.0,
    )


def _draw_theme(rng: Generator) -> Theme:
    themes = list(THEMES.values())
    bounds = np.cumsum([theme.weight for theme in themes])
    return themes[int(np.searchsorted(bounds, rng.uniform(0, bounds[-1])))]


def _draw_plan(rng: Generator, theme: Theme) -> Plan:
    wide, deep = rng.uniform(*theme.wide), rng.uniform(*theme.deep)
    corners = draw_corners(rng, wide, deep, pick(rng, theme.plans))
    if rng.random() < 0.5:
        corners = corners[::-1] * (-1, 1)
    high = rng.uniform(*theme.high)
    return Plan(corners, high, draw_ceilings(rng, corners, high, theme.slopes))


def _draw_gaps(room: Room, theme: Theme, window_count: int) -> list[Gap]:
    """Doors first, then windows, on walls long enough for them."""
    rng, gaps = room.rng, list[Gap | None]()
    walls = [wall for wall in room.walls if wall.length > 1.3]
    for _ in range(int(rng.integers(theme.doors[0], theme.doors[1] + 1))):
        kind = "door" if rng.random() < 0.8 else "passage"
        gaps.append(openings.draw_door(rng, room, pick(rng, walls), kind))
    sides = [walls[int(i)] for i in rng.permutation(len(walls))[:2]]
    for _ in range(window_count):
        usual = openings.draw_window(rng, room, theme.window, pick(rng, sides))
        gaps.append(usual or openings.draw_window(rng, room, "small", pick(rng, walls)))
    return [gap for gap in gaps if gap is not None]


def _open_gaps(main: Room, gaps: Sequence[Gap], thickness: float) -> list[Room]:
    """Build windows and doors; the rooms behind the doors that are open."""
    rng, annexes = main.rng, list[Room]()
    for gap in gaps:
        if gap.kind == "window":
            openings.build_window(main, gap, thickness)
            openings.dress_window(main, gap)
            continue
        behind = _draw_annex(main, gap, thickness) if len(annexes) < 2 and rng.random() < 0.75 else None
        if behind is None:
            openings.build_door(main, gap, thickness, angle=0.0)
            continue
        annexes.append(behind)
        leaf = gap.kind == "door" and rng.random() < 0.75
        openings.build_door(main, gap, thickness, angle=rng.uniform(0.25, 1.9) if leaf else None)
    return annexes


def _draw_annex(main: Room, gap: Gap, thickness: float) -> Room | None:
    """A furnished room behind a door, or None if there is no space for it."""
    rng, wall = main.rng, gap.wall
    deep, over = rng.uniform(1.2, 4.0), rng.uniform(0.3, 1.6, 2)
    left, right = gap.left - over[0], gap.left + gap.width + over[1]
    near, far = -thickness, -thickness - deep
    corners = np.array([wall.at(left, far), wall.at(right, far), wall.at(right, near), wall.at(left, near)])
    along, away = np.meshgrid(np.linspace(left, right, 9), np.linspace(near - 0.1, far, 9))
    x = wall.start[0] + along * wall.along[0] + away * wall.inward[0]
    z = wall.start[1] + along * wall.along[1] + away * wall.inward[1]
    if inside(main.plan.corners, x, z).any():
        return None
    high = float(np.clip(main.plan.height, 2.3, 3.0))
    annex = Room(main.builder, Plan(corners, high, ((0.0, 0.0, high),)), main.palette, main.stock)
    side = annex.walls[2]
    door = Gap(side, "passage", right - gap.left - gap.width, 0.0, gap.width, gap.height)
    annex.floor.keep_free(Footprint(*side.at(door.middle, 0.6), side.turn, gap.width, 1.2))
    shell.build_shell(annex, [door], 0.1, thin=side.index)
    shell.line_walls(annex, [door])
    for purpose in ("cabinet", "bookcase", "seat", "plant", "cartons"):
        item = annex.choose(purpose) if rng.random() < 0.55 else None
        if item is not None:
            stand_along_wall(annex, item, tries=4)
    decor.hang_pictures(annex, 1)
    decor.lay_small_things(annex, things.EVERYDAY, 2.0)
    decor.light_ceiling(annex, 1)
    return annex


def _furnish(room: Room, theme: Theme, gaps: Sequence[Gap]) -> None:
    rng = room.rng
    if rng.random() < 0.18:
        shell.build_half_wall(room)
    low, high = room.plan.bounds()
    usual = float(np.mean(theme.wide) * np.mean(theme.deep))
    share = float(np.clip(np.prod(high - low) / usual, 0.8, 1.8))
    for purpose, count in theme.furniture:
        for _ in range(_about(rng, count if count == 1 else 1.8 * share * count)):
            _bring(room, purpose)
    decor.heat(room, gaps)
    if rng.random() < 0.15:
        shell.stand_column(room)
    if theme.overhead and rng.random() < 0.6:
        shell.span_ceiling(room, pick(rng, theme.overhead))
    decor.hang_pictures(room, int(rng.integers(theme.pictures[0], theme.pictures[1] + 1)))
    decor.hang_models(room, int(rng.integers(0, 4)))
    decor.light_ceiling(room, int(rng.integers(theme.lamps[0], theme.lamps[1] + 1)))
    decor.lay_small_things(room, theme.small, theme.density)
    decor.litter(room, theme.small, int(rng.integers(theme.litter[0], theme.litter[1] + 1)))


def _bring(room: Room, purpose: str) -> None:
    """Put in a group, or one piece."""
    if purpose in GROUPS:
        GROUPS[purpose](room)
        return
    item = room.choose(purpose)
    if item is None:
        return
    if purpose in _FREE_STANDING:
        stand_free(room, item)
    else:
        stand_along_wall(room, item)


def _about(rng: Generator, count: float) -> int:
    """A whole number, `count` on average, near it."""
    return int(count) + int(rng.random() < count - int(count))
