"""A room being furnished: what stands and hangs in it so far, and how more is put in without things meeting."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth import shapes
from spnet.synth.assets.bank import Support
from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.room.choosing import Stock
from spnet.synth.layouts.room.item import Item
from spnet.synth.layouts.room.occupancy import Footprint, Occupancy
from spnet.synth.layouts.room.palette import Palette, pick
from spnet.synth.layouts.room.parts import Part, Thing
from spnet.synth.layouts.room.plan import Plan, Wall
from spnet.synth.shapes import Opening

_GAP = 0.025  # between a wall and what stands against it: the skirting board
_MODEL_TRIANGLES = 42_000  # that the models of a room may have


@dataclass(eq=False)
class Room:
    """What the steps of furnishing hand on."""

    builder: Builder
    plan: Plan
    palette: Palette
    stock: Stock
    walls: list[Wall] = field(init=False)
    floor: Occupancy = field(init=False)
    taken: list[list[Opening]] = field(init=False)
    """Of each wall: rectangles that something stands or hangs before, or that are openings."""
    things: list[Thing] = field(default_factory=list)
    places: list[tuple[NDArray[np.float64], Support]] = field(default_factory=list)
    """Where small things can stand: a support in the axes of a pose (4,4)."""
    lamps: list[NDArray[np.float64]] = field(default_factory=list)
    """(3,) where bulbs are."""
    shown: list[tuple[NDArray[np.float64], Support]] = field(default_factory=list)
    """The places on which several things stand."""
    model_triangles: int = 0

    def __post_init__(self) -> None:
        self.walls = self.plan.walls
        self.floor = Occupancy(self.plan.corners)
        self.taken = [[] for _ in self.walls]

    @property
    def rng(self) -> Generator:
        """The generator that everything is drawn from."""
        return self.builder.rng

    def choose(self, purpose: str) -> Item | None:
        """A piece for a purpose, as long as there may be more models; none if nothing can serve it."""
        item = self.stock.choose(self.rng, self.palette, purpose)
        return item if item is not None and self.affords(item) else None

    def affords(self, item: Item) -> bool:
        """Whether the room may have one more piece of so many triangles."""
        more = 0 if item.model is None else self.builder.bank.models[item.model].count
        return self.model_triangles + more <= _MODEL_TRIANGLES

    def put(self, item: Item, pose: NDArray[np.float64], *, on_floor: bool = True) -> None:
        """Put a piece into the room, without asking whether there is space."""
        if item.model is None:
            self.things.append((pose, item.parts))
        else:
            model = self.builder.bank.models[item.model]
            self.model_triangles += model.count
            self.builder.place(item.model, pose, self.builder.painted(model))
        self.places += [(pose, support) for support in item.supports]
        self.lamps += [(pose @ (*lamp, 1.0))[:3] for lamp in item.lamps]
        if on_floor:
            self.floor.take(footprint(item, pose), float(pose[1, 3]) + item.size[1])

    def add(self, parts: Sequence[Part], pose: NDArray[np.float64]) -> None:
        """Put parts into the room that take no space."""
        self.things.append((pose, parts))

    def wall_is_free(self, wall: Wall, left: float, bottom: float, right: float, top: float) -> bool:
        """Whether nothing stands or hangs before a rectangle of a wall, and no opening is there."""
        if left < 0.02 or right > wall.length - 0.02:
            return False
        return all(
            right <= x or left >= x + wide or top <= y or bottom >= y + high
            for x, y, wide, high in self.taken[wall.index]
        )

    def take_wall(self, wall: Wall, left: float, bottom: float, right: float, top: float) -> None:
        """Let nothing else stand or hang there."""
        self.taken[wall.index].append((left, bottom, right - left, top - bottom))

    def is_below_ceiling(self, spot: Footprint, top: float) -> bool:
        """Whether something of that height fits under the ceiling."""
        corners = Footprint(spot.x, spot.z, spot.turn, spot.width, spot.depth)
        x, z = _outline(corners)
        return all(self.plan.headroom(px, pz) > top + 0.02 for px, pz in zip(x, z, strict=True))


def footprint(item: Item, pose: NDArray[np.float64]) -> Footprint:
    """The rectangle that a piece takes at a pose."""
    turn = float(np.arctan2(pose[0, 2], pose[2, 2]))
    return Footprint(float(pose[0, 3]), float(pose[2, 3]), turn, item.size[0], item.size[2])


def stand_along_wall(room: Room, item: Item, *, before: float = 0.0, tries: int = 9) -> NDArray[np.float64] | None:
    """Stand a piece with its back to a wall where there is space for it and for `before` metres in front of it.

    Returns:
        Its pose, or None if none of the places tried is free.
    """
    rng, (wide, high, deep) = room.rng, item.size
    walls = [wall for wall in room.walls if wall.length > wide + 0.08]
    if not walls:
        return None
    chances = np.cumsum([wall.length for wall in walls])
    for _ in range(tries):
        wall = walls[int(np.searchsorted(chances, rng.uniform(0, chances[-1])))]
        low, top = wide / 2 + 0.03, wall.length - wide / 2 - 0.03
        middle = pick(rng, (low, top)) if rng.random() < 0.4 else rng.uniform(low, top)
        x, z = wall.at(middle, _GAP + (deep + before) / 2)
        spot = Footprint(x, z, wall.turn, wide - 0.01, deep + before)
        left, right = middle - wide / 2, middle + wide / 2
        if not room.wall_is_free(wall, left, 0.0, right, high) or room.floor.height(spot) > 0:
            continue
        if not room.is_below_ceiling(spot, high):
            continue
        pose = wall.pose(middle, _GAP + deep / 2)
        room.put(item, pose)
        room.take_wall(wall, left, 0.0, right, high)
        return pose
    return None


def find_space(room: Room, width: float, height: float, depth: float, *, tries: int = 12) -> NDArray[np.float64] | None:
    """The pose of a free rectangle somewhere on the floor, mostly in line with a wall."""
    rng, (low, high) = room.rng, room.plan.bounds()
    for _ in range(tries):
        x, z = (float(value) for value in rng.uniform(low, high))
        turn = pick(rng, room.walls).turn + pick(rng, (0.0, 0.5, 1.0, 1.5)) * np.pi
        turn += rng.normal(0, 0.05) if rng.random() < 0.7 else rng.uniform(-1, 1)
        spot = Footprint(x, z, turn, width, depth)
        if room.floor.height(spot) == 0 and room.is_below_ceiling(spot, height):
            return shapes.pose((x, 0, z), turn)
    return None


def stand_free(room: Room, item: Item, *, margin: float = 0.04, tries: int = 12) -> NDArray[np.float64] | None:
    """Stand a piece somewhere on the floor; returns its pose, or None."""
    wide, high, deep = item.size
    pose = find_space(room, wide + 2 * margin, high, deep + 2 * margin, tries=tries)
    if pose is not None:
        room.put(item, pose)
    return pose


def hang(room: Room, item: Item, bottom: float, *, wall: Wall | None = None, tries: int = 8) -> bool:
    """Hang a piece on a wall above what stands there, its base at that height; whether a place was found."""
    rng, (wide, high, deep) = room.rng, item.size
    for _ in range(tries):
        side = wall or pick(rng, room.walls)
        if side.length < wide + 0.1:
            continue
        middle = rng.uniform(wide / 2 + 0.04, side.length - wide / 2 - 0.04)
        x, z = side.at(middle, deep / 2 + 0.03)
        spot = Footprint(x, z, side.turn, wide, deep)
        left, right = middle - wide / 2, middle + wide / 2
        if not room.wall_is_free(side, left - 0.04, bottom - 0.04, right + 0.04, bottom + high + 0.04):
            continue
        if room.floor.height(spot, ignore_kept=bottom > 1.9) > bottom - 0.02 or not room.is_below_ceiling(
            spot, bottom + high
        ):
            continue
        room.put(item, side.pose(middle, deep / 2 + 0.002, bottom), on_floor=False)
        if bottom < 1.9:
            room.floor.take(spot, bottom + high)
        room.take_wall(side, left, bottom, right, bottom + high)
        return True
    return False


def free_stretches(room: Room, wall: Wall, depth: float, height: float) -> list[tuple[float, float]]:
    """The stretches of a wall along which things of that depth and height could stand, metres from its start."""
    along = np.arange(0.04, wall.length - 0.02, 0.04)
    away = np.linspace(0.03, depth, int(depth / 0.04) + 2)[:, None]
    (x0, z0), (dx, dz), (nx, nz) = wall.start, wall.along, wall.inward
    free = room.floor.is_free(x0 + along * dx + away * nx, z0 + along * dz + away * nz).all(axis=0)
    for left, bottom, wide, _ in room.taken[wall.index]:
        if bottom < height:
            free &= (along < left) | (along > left + wide)
    free &= room.plan.headrooms(x0 + along * dx + 0.1 * nx, z0 + along * dz + 0.1 * nz) > height
    steps = np.flatnonzero(np.diff(np.concatenate([[False], free, [False]]).astype(np.int8)))
    return [(float(along[first]), float(along[last - 1])) for first, last in zip(steps[::2], steps[1::2], strict=True)]


def _outline(spot: Footprint) -> tuple[list[float], list[float]]:
    cosine, sine = np.cos(spot.turn), np.sin(spot.turn)
    x, z = [], []
    for across, along in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        wide, deep = across * spot.width, along * spot.depth
        x.append(float(spot.x + cosine * wide + sine * deep))
        z.append(float(spot.z - sine * wide + cosine * deep))
    return x, z
