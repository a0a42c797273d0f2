"""Walls and the windows in them.

A wall stands on y = 0 in the plane z = 0, faces +z, and is centred on x = 0. Its materials are the numbers of `Part`.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth.layouts.street import bulk
from spnet.synth.scene import Mesh


class Part(IntEnum):
    """What a house's materials are numbered by."""

    WALL = 0
    BASE = 1
    """The ground floor's wall."""
    TRIM = 2
    FRAME = 3
    GLASS = 4
    """Seen through: `INSIDE` lies behind."""
    PANE = 5
    """Not seen through."""
    INSIDE = 6
    """Three kinds: a dark room, curtains, light."""
    DOOR = 9
    ROOF = 10
    METAL = 11
    SHOP = 12
    SIGN = 13
    CLOTH = 14


@dataclass(frozen=True)
class Manner:
    """How the walls of a house are pierced and dressed; lengths in metres."""

    storeys: int
    storey: float
    entry: float
    """Height of the ground floor."""
    bay: float
    window: tuple[float, float]
    sill: float
    """Height of the windows above their floor."""
    reveal: float
    bars: tuple[int, int]
    """Upright and level bars in a window."""
    sills: bool
    lintels: bool
    shutters: bool
    balconies: float
    """Share of the windows that have one."""
    cornice: float
    """How far it stands out; 0 for none."""
    base: str
    """The ground floor: "shops", "doors", "garage" or "windows"."""

    @property
    def height(self) -> float:
        """Of the walls."""
        return self.entry + (self.storeys - 1) * self.storey


def drawn_manner(rng: Generator, storeys: int, base: str) -> Manner:
    """A manner of building for a house of so many storeys."""
    storey = rng.uniform(2.7, 3.7)
    wide = rng.uniform(0.9, 1.5) if rng.random() < 0.75 else rng.uniform(1.6, 2.4)
    sill = rng.uniform(0.35, 1.0)
    return Manner(
        storeys=storeys,
        storey=storey,
        entry=storey + (rng.uniform(0.3, 1.0) if base == "shops" else rng.uniform(0.0, 0.3)),
        bay=wide + rng.uniform(0.9, 2.0),
        window=(wide, min(rng.uniform(1.2, 2.1), storey - sill - 0.4)),
        sill=sill,
        reveal=rng.uniform(0.08, 0.3),
        bars=(int(rng.integers(0, 3)), int(rng.integers(0, 3))),
        sills=bool(rng.random() < 0.75),
        lintels=bool(rng.random() < 0.5),
        shutters=bool(rng.random() < 0.2),
        balconies=float(rng.uniform(0.15, 0.7)) if storeys > 2 and rng.random() < 0.35 else 0.0,
        cornice=float(rng.uniform(0.15, 0.5)) if rng.random() < 0.6 else 0.0,
        base=base,
    )


def window_grid(width: float, bays: int, floors: NDArray[np.floating], manner: Manner) -> NDArray[np.float64]:
    wide, high = manner.window
    middles = ((np.arange(bays) + 0.5) / bays - 0.5) * width
    windows = np.empty((len(floors), bays, 4))
    windows[..., 0], windows[..., 2] = middles - wide / 2, middles + wide / 2
    windows[..., 1] = floors[:, None] + manner.sill
    windows[..., 3] = windows[..., 1] + high
    return windows


def pierced(width: float, bottom: float, top: float, openings: NDArray[np.float64], material: int) -> Mesh:
    """A wall around openings (floors,bays,4), those of one bay one above the other."""
    floors, bays = openings.shape[:2]
    if not floors or not bays:
        return bulk.panels([(-width / 2, bottom, width / 2, top)] if top > bottom else [], 0, material)
    lefts, rights = openings[0, :, 0], openings[0, :, 2]
    piers = np.empty((bays + 1, 4))
    piers[:, 0], piers[:, 2] = np.append(-width / 2, rights), np.append(lefts, width / 2)
    piers[:, 1], piers[:, 3] = bottom, top
    between = np.empty((floors + 1, bays, 4))
    between[..., 0], between[..., 2] = lefts, rights
    between[0, :, 1], between[-1, :, 3] = bottom, top
    between[1:, :, 1], between[:-1, :, 3] = openings[..., 3], openings[..., 1]
    return bulk.panels(np.concatenate([piers, between.reshape(-1, 4)]), 0, material)


def filled_windows(rng: Generator, windows: NDArray[np.float64], manner: Manner, near: bool) -> list[Mesh]:
    """Reveals, frames and panes of windows (N,4)."""
    if not len(windows):
        return []
    depth = manner.reveal
    if not near:
        return [reveals(windows, depth), bulk.panels(windows, -depth, Part.PANE)]
    behind = depth + rng.uniform(0.1, 0.5)
    inside = Part.INSIDE + rng.integers(0, 3, len(windows))
    clear = rng.random(len(windows)) < 0.6
    panes = np.where(clear, int(Part.GLASS), int(Part.PANE))
    return [
        reveals(windows, np.where(clear, behind, depth)),
        bulk.panels(windows[clear], -behind, inside[clear]),
        bulk.panels(windows, -depth, panes),
        bulk.panels(_frames(windows, manner.bars), -depth + 0.035, Part.FRAME),
    ]


def reveals(windows: NDArray[np.float64], depth: NDArray[np.float64] | float) -> Mesh:
    left, bottom, right, top = windows.T
    zero, deep = np.zeros(len(windows)), np.broadcast_to(depth, len(windows))
    wide, high = right - left, top - bottom

    def vectors(x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack([x, y, z], axis=1)

    inwards, upwards, across = vectors(zero, zero, -deep), vectors(zero, high, zero), vectors(wide, zero, zero)
    origins = [
        vectors(left, bottom, -deep),
        vectors(right, bottom, zero),
        vectors(left, bottom, zero),
        vectors(left, top, -deep),
    ]
    return bulk.quads(
        np.concatenate(origins),
        np.concatenate([-inwards, inwards, across, across]),
        np.concatenate([upwards, upwards, inwards, -inwards]),
        Part.TRIM,
    )


def _frames(windows: NDArray[np.float64], bars: tuple[int, int]) -> NDArray[np.float64]:
    """The rectangles (K,4) of frames and bars."""
    left, bottom, right, top = windows.T
    thick = 0.07
    strips = [
        (left, bottom, left + thick, top),
        (right - thick, bottom, right, top),
        (left + thick, bottom, right - thick, bottom + thick),
        (left + thick, top - thick, right - thick, top),
    ]
    for bar in range(1, bars[0] + 1):
        middle = left + (right - left) * bar / (bars[0] + 1)
        strips.append((middle - 0.03, bottom + thick, middle + 0.03, top - thick))
    for bar in range(1, bars[1] + 1):
        middle = bottom + (top - bottom) * bar / (bars[1] + 1)
        strips.append((left + thick, middle - 0.025, right - thick, middle + 0.025))
    return np.concatenate([np.stack(strip, axis=1) for strip in strips])
