"""Ground floors: doors, garages, shops."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth.layouts.street import bulk
from spnet.synth.layouts.street.windows import Manner, Part, pierced, reveals
from spnet.synth.scene import Mesh
from spnet.synth.shapes import join


def ground_floor(rng: Generator, width: float, manner: Manner, *, near: bool) -> tuple[NDArray[np.float64], list[Mesh]]:
    """The ground floor of a front: its windows (N,4), and the meshes of its wall, doors and shops."""
    if manner.base == "shops":
        openings, kinds = _shops(rng, width, manner)
    else:
        openings, kinds = _doors(rng, width, manner)
    parts = [pierced(width, 0.0, manner.entry, openings[None], Part.BASE)]
    for kind, make in (("door", _door_leaves), ("garage", _garage_doors), ("shop", _shop_windows)):
        chosen = openings[kinds == kind]
        if len(chosen):
            parts += make(rng, chosen, near)
    if manner.base == "shops":
        parts += _sign_boards(rng, openings[kinds == "shop"], manner, near)
    return openings[kinds == "window"], parts


def _shops(rng: Generator, width: float, manner: Manner) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    count = max(1, int(width / rng.uniform(3.2, 6.0)))
    edges = (np.arange(count + 1) / count - 0.5) * width
    bottom, top = rng.choice((0.05, 0.45)), manner.entry - rng.uniform(0.75, 1.0)
    openings = np.stack([edges[:-1] + 0.25, np.full(count, bottom), edges[1:] - 0.25, np.full(count, top)], axis=1)
    kinds = np.full(count, "shop")
    if count > 1:
        entrance = int(rng.integers(count))
        middle = (edges[entrance] + edges[entrance + 1]) / 2
        openings[entrance] = (middle - 0.6, 0.02, middle + 0.6, 2.3)
        kinds[entrance] = "door"
    return openings, kinds


def _doors(rng: Generator, width: float, manner: Manner) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    bays = max(2, int(width / max(manner.bay, 2.2)))
    pitch = width / bays
    middles = (np.arange(bays) + 0.5) * pitch - width / 2
    wide, high = min(manner.window[0], pitch - 0.3), manner.window[1]
    bottom = min(manner.sill + 0.2, manner.entry - high - 0.25)
    openings = np.stack(
        [middles - wide / 2, np.full(bays, bottom), middles + wide / 2, np.full(bays, bottom + high)], axis=1
    )
    kinds = np.full(bays, "window")
    if manner.base in ("doors", "garage"):
        door = int(rng.integers(bays))
        half = min(rng.uniform(0.45, 0.75), pitch / 2 - 0.1)
        openings[door] = (middles[door] - half, 0.02, middles[door] + half, min(2.2, manner.entry - 0.3))
        kinds[door] = "door"
        if manner.base == "garage" and pitch > 2.6:
            garage = (door + 1) % bays
            openings[garage] = (middles[garage] - 1.2, 0.02, middles[garage] + 1.2, min(2.1, manner.entry - 0.3))
            kinds[garage] = "garage"
    return openings, kinds


def _door_leaves(rng: Generator, openings: NDArray[np.float64], near: bool) -> list[Mesh]:
    depth = rng.uniform(0.1, 0.5)
    parts = [reveals(openings, depth), bulk.panels(openings, -depth, Part.DOOR)]
    if not near:
        return parts
    left, bottom, right, top = openings.T
    middle, wide = (left + right) / 2, right - left
    inset = np.stack([left + 0.15, bottom + 1.1, right - 0.15, top - 0.15], axis=1)
    parts.append(bulk.panels(inset, -depth + 0.02, rng.choice((int(Part.PANE), int(Part.FRAME), int(Part.DOOR)))))
    handles = np.stack([right - 0.1, bottom + 1.0, np.full(len(right), 0.03 - depth)], axis=1)
    parts.append(bulk.boxes(handles, (0.04, 0.14, 0.05), materials=Part.METAL))
    flat = np.zeros(len(middle))
    parts.append(
        bulk.boxes(
            np.stack([middle, flat, flat + 0.3], 1),
            np.stack([wide + 0.5, flat + 0.12, flat + 0.6], 1),
            materials=Part.TRIM,
        )
    )
    if rng.random() < 0.4:
        out = rng.uniform(0.6, 1.2)
        sizes = np.stack([wide + 0.6, flat + 0.1, flat + out], axis=1)
        parts.append(
            bulk.boxes(np.stack([middle, top + 0.15, flat + out / 2], 1), sizes, materials=Part.TRIM, closed=True)
        )
    return parts


def _garage_doors(rng: Generator, openings: NDArray[np.float64], near: bool) -> list[Mesh]:
    parts = [reveals(openings, 0.25), bulk.panels(openings, -0.25, Part.DOOR)]
    if near:
        left, bottom, right, top = np.repeat(openings, 4, axis=0).T
        share = np.tile(np.arange(1, 5) / 5, len(openings))
        height = bottom + share * (top - bottom)
        parts.append(bulk.panels(np.stack([left, height - 0.015, right, height + 0.015], axis=1), -0.24, Part.FRAME))
    return parts


def _shop_windows(rng: Generator, openings: NDArray[np.float64], near: bool) -> list[Mesh]:
    """Panes with the shop's room behind them; from far, panes alone."""
    if not near:
        return [reveals(openings, 0.2), bulk.panels(openings, -0.2, Part.PANE)]
    depth = rng.uniform(1.2, 3.5)
    parts = [
        reveals(openings, depth),
        bulk.panels(openings, -depth, Part.SHOP),
        bulk.panels(openings, -0.15, Part.GLASS),
        bulk.panels(_mullions(openings), -0.12, Part.FRAME),
    ]
    count = int(rng.integers(4, 9)) * len(openings)
    where = openings[np.arange(count) % len(openings)]
    size = rng.uniform((0.2, 0.3, 0.2), (0.7, 1.5, 0.6), (count, 3))
    x = where[:, 0] + 0.4 + (where[:, 2] - where[:, 0] - 0.8) * rng.random(count)
    z = -0.6 - rng.random(count) * (depth - 1.0)
    goods = np.stack([x, where[:, 1], z], axis=1)
    parts.append(
        bulk.boxes(
            goods, size, 0.0, rng.choice((int(Part.SIGN), int(Part.DOOR), int(Part.CLOTH), int(Part.SHOP)), count)
        )
    )
    return parts


def _mullions(openings: NDArray[np.float64]) -> NDArray[np.float64]:
    left, bottom, right, top = openings.T
    middle, high = (left + right) / 2, bottom + 0.75 * (top - bottom)
    strips = [
        (left, bottom, left + 0.06, top), (right - 0.06, bottom, right, top),
        (middle - 0.03, bottom, middle + 0.03, top), (left, bottom, right, bottom + 0.1),
        (left, top - 0.06, right, top), (left, high - 0.03, right, high + 0.03),
    ]  # fmt: skip
    return np.concatenate([np.stack(strip, axis=1) for strip in strips])


def _sign_boards(rng: Generator, shops: NDArray[np.float64], manner: Manner, near: bool) -> list[Mesh]:
    """A board over each shop, and over some an awning."""
    left, _, right, top = shops.T
    middle, wide, level = (left + right) / 2, right - left, np.zeros(len(shops))
    boards = np.stack([middle, top + 0.12, level + 0.06], axis=1)
    sizes = np.stack(
        [wide + 0.3, level + min(0.55, manner.entry - float(top.max(initial=0)) - 0.2), level + 0.12], axis=1
    )
    parts = [bulk.boxes(boards, sizes, materials=Part.SIGN, closed=True)]
    if rng.random() < 0.45:
        out = rng.uniform(0.8, 1.6)
        origins = np.stack([left - 0.1, top - 0.35, level + out], axis=1)
        along = np.stack([wide + 0.2, level, level], axis=1)
        parts.append(bulk.quads(origins, along, (0, 0.5, -out), Part.CLOTH))
        parts.append(bulk.quads(origins - (0, 0.2, 0), along, (0, 0.2, 0), Part.CLOTH))
    if near and rng.random() < 0.3:
        parts.append(
            bulk.boxes([(left[0] - 0.1, top[0] + 0.1, 0.4)], [(0.08, 0.6, 0.7)], materials=Part.SIGN, closed=True)
        )
    return [join(parts)]
