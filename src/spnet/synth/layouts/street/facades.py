"""Outer walls in relief: fronts with balconies and cornices, and plainer sides and backs. One mesh a wall.

A wall stands on y = 0 in the plane z = 0, faces +z, and is centred on x = 0. Its materials are the numbers of `Part`.
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth.layouts.street import bulk
from spnet.synth.layouts.street.entrances import ground_floor
from spnet.synth.layouts.street.windows import Manner, Part, filled_windows, pierced, window_grid
from spnet.synth.scene import Mesh
from spnet.synth.shapes import join


def front(rng: Generator, width: float, manner: Manner, *, near: bool) -> Mesh:
    """The wall towards the street; only a `near` one has frames, sills, balconies and rooms behind its panes."""
    windows = _upper_windows(width, manner)
    parts = [pierced(width, manner.entry, manner.height, windows, Part.WALL)]
    ground_windows, extras = ground_floor(rng, width, manner, near=near)
    parts += extras
    every = np.concatenate([windows.reshape(-1, 4), ground_windows])
    parts += filled_windows(rng, every, manner, near)
    if near:
        parts += _dressings(rng, width, windows.reshape(-1, 4), manner)
    if manner.cornice:
        parts.append(_band(width, manner.height - 0.35, 0.35, manner.cornice))
        parts.append(_band(width, manner.entry - 0.1, 0.2, manner.cornice * 0.4))
    return join(parts)


def plain(rng: Generator, width: float, manner: Manner, *, near: bool) -> Mesh:
    """A wall to the side or the back: the same windows on all floors, fewer of them, nothing else."""
    bays = max(1, int(width / (1.6 * manner.bay)))
    if rng.random() < 0.3 or width < manner.window[0] + 1:
        return bulk.panels([(-width / 2, 0, width / 2, manner.height)], 0, Part.WALL)
    floors = np.append(0.0, manner.entry + manner.storey * np.arange(manner.storeys - 1))
    windows = window_grid(width, bays, floors, manner)
    return join(
        [
            pierced(width, 0.0, manner.height, windows, Part.WALL),
            *filled_windows(rng, windows.reshape(-1, 4), manner, near),
        ]
    )


def flush(width: float, manner: Manner) -> Mesh:
    """A wall as it is seen from afar: panes before it, so far that they do not flicker with it."""
    floors = np.append(0.0, manner.entry + manner.storey * np.arange(manner.storeys - 1))
    windows = window_grid(width, max(1, int(width / manner.bay)), floors, manner).reshape(-1, 4)
    whole = bulk.panels([(-width / 2, 0, width / 2, manner.height)], 0, Part.WALL)
    return join([whole, bulk.panels(windows, 0.07, Part.PANE)])


def _upper_windows(width: float, manner: Manner) -> NDArray[np.float64]:
    """The windows (floors,bays,4) above the ground floor: left, bottom, right, top."""
    floors = manner.entry + manner.storey * np.arange(manner.storeys - 1)
    return window_grid(width, max(1, int(width / manner.bay)), floors, manner)


def _dressings(rng: Generator, width: float, windows: NDArray[np.float64], manner: Manner) -> list[Mesh]:
    """What stands out of the wall about the upper windows (N,4)."""
    parts = []
    left, bottom, right, top = windows.T
    middle, wide, high, none = (left + right) / 2, right - left, top - bottom, np.zeros(len(windows))
    has_balcony = rng.random(len(windows)) < manner.balconies
    if manner.sills:
        parts.append(_ledges(middle, bottom - 0.07, wide + 0.16, 0.07, 0.14))
    if manner.lintels:
        parts.append(_ledges(middle, top, wide + 0.3, rng.uniform(0.12, 0.3), 0.05))
    if manner.shutters and manner.bay - manner.window[0] > 1.1 * manner.window[0]:
        for side in (-1, 1):
            bases = np.stack([middle + side * (wide * 0.75 + 0.02), bottom, none + 0.03], axis=1)
            parts.append(bulk.boxes(bases, np.stack([wide / 2, high, none + 0.05], axis=1), materials=Part.DOOR))
    if has_balcony.any():
        floors = np.stack([middle, bottom - manner.sill - 0.1, none], axis=1)[has_balcony]
        parts.append(bulk.repeated(_balcony(rng, manner), bulk.poses(floors)))
    ends = (-1, 1) if rng.random() < 0.3 else (rng.choice((-1, 1)),)
    for side in ends:
        x = side * (width / 2 - 0.15)
        parts.append(bulk.rods([(x, 0, 0.08)], [(x, manner.height, 0.08)], 0.05, materials=Part.METAL))
    return parts


def _ledges(
    middle: NDArray[np.float64], bottom: NDArray[np.float64], wide: NDArray[np.float64], high: float, out: float
) -> Mesh:
    count = len(middle)
    bases = np.stack([middle, bottom, np.full(count, out / 2)], axis=1)
    return bulk.boxes(
        bases, np.stack([wide, np.full(count, high), np.full(count, out)], axis=1), materials=Part.TRIM, closed=True
    )


def _band(width: float, bottom: float, high: float, out: float) -> Mesh:
    return bulk.boxes([(0, bottom, out / 2)], [(width + 0.01, high, out)], materials=Part.TRIM, closed=True)


def _balcony(rng: Generator, manner: Manner) -> Mesh:
    """A balcony whose floor is at y = 0.1, with bars that one sees through or a solid front."""
    wide, deep = manner.window[0] + rng.uniform(0.4, 1.2), rng.uniform(0.7, 1.5)
    wide = min(wide, manner.bay - 0.1)
    parts = [bulk.boxes([(0, 0, deep / 2)], [(wide, 0.14, deep)], materials=Part.TRIM, closed=True)]
    if rng.random() < 0.35:
        sides = [(0, 0.14, deep - 0.03), (-wide / 2 + 0.03, 0.14, deep / 2), (wide / 2 - 0.03, 0.14, deep / 2)]
        sizes = [(wide, 0.9, 0.06), (0.06, 0.9, deep), (0.06, 0.9, deep)]
        return join([*parts, bulk.boxes(sides, sizes, materials=Part.SIGN)])
    along, across = np.arange(-wide / 2 + 0.02, wide / 2, 0.14), np.arange(0.1, deep, 0.14)
    x = np.concatenate([along, np.full(len(across), -wide / 2 + 0.02), np.full(len(across), wide / 2 - 0.02)])
    z = np.concatenate([np.full(len(along), deep - 0.03), across, across])
    feet = np.stack([x, np.full(len(x), 0.14), z], axis=1)
    parts.append(bulk.rods(feet, feet + np.array((0, 0.9, 0)), 0.012, sides=3, materials=Part.METAL))
    rails = [(0, 1.0, deep - 0.03), (-wide / 2 + 0.02, 1.0, deep / 2), (wide / 2 - 0.02, 1.0, deep / 2)]
    parts.append(bulk.boxes(rails, [(wide, 0.05, 0.05), (0.05, 0.05, deep), (0.05, 0.05, deep)], materials=Part.METAL))
    return join(parts)
