"""The ground along a way: a grid of cells that rises and falls with the land, painted and stepped cell by cell.

Places on it are given as metres aside (to the right of the way's middle) and ahead. In the world, the way leads
towards -z and bends towards ±x.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from spnet.synth.layouts.street import bulk
from spnet.synth.scene import Mesh
from spnet.synth.shapes import join

BEHIND, FAR, WIDE = -30.0, 430.0, 430.0
"""Where the ground begins and ends: metres ahead, and to either side."""

Span = tuple[float, float]


@dataclass(frozen=True)
class Land:
    """How the land lies."""

    grade: float
    """Rise of the way, metres a metre."""
    wave: float
    """Height of its rise and fall, metres."""
    relief: float
    """Height of the hills beside it."""
    bank: tuple[float, float]
    """How far the land to the left and right lies above the way, or below."""
    shelf: float
    """Metres from the middle that are level across."""
    bend: float
    """How far the way has bent to the right at 100 metres."""
    rough: float = 0.004
    """Standard deviation of the small unevenness, metres."""


FLAT = Land(0.0, 0.0, 0.0, (0.0, 0.0), 30.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Ground:
    """R lines across and C lines along make (R-1,C-1) cells."""

    aside: NDArray[np.float64]
    ahead: NDArray[np.float64]
    middle: NDArray[np.float64]
    """(R,) x of the way's middle."""
    heights: NDArray[np.float64]
    """(R,C) of the land."""
    lifts: NDArray[np.float64]
    """(R-1,C-1) of the cells above the land: pavements; below it: water."""
    materials: NDArray[np.int64]
    """(R-1,C-1) of the cells."""


def lay(rng: Generator, land: Land, aside: Sequence[float], ahead: Sequence[float], fine: float = 1.0) -> Ground:
    """Ground with grid lines at these places and as many between them as it takes; nothing is painted yet.

    `fine`: spacing of the lines near the camera, metres.
    """
    columns = _filled(sorted({-WIDE, WIDE, *aside}), lambda place: max(2.6 * fine, 0.3 * abs(place)))
    rows = _filled(sorted({BEHIND, FAR, *ahead}), lambda place: max(1.2 * fine, 0.15 * abs(place - 4)))
    middle = land.bend * (rows / 100) ** 2 * np.where(rows < 0, 0.2, 1.0)
    heights = _heights(rng, land, columns, rows)
    shape = (len(rows) - 1, len(columns) - 1)
    return Ground(columns, rows, middle, heights, np.zeros(shape), np.zeros(shape, np.int64))


def paint(ground: Ground, material: int, aside: Span, ahead: Span = (BEHIND, FAR), lift: float = 0.0) -> None:
    """Give the cells between these lines a material, and lift them above the land."""
    columns = _between(ground.aside, aside)
    rows = _between(ground.ahead, ahead)
    ground.materials[rows, columns] = material
    ground.lifts[rows, columns] = lift


def level_off(ground: Ground, aside: Span, ahead: Span) -> None:
    """Make the land between these lines level, as water is, at its lowest height."""
    columns, rows = _between(ground.aside, aside), _between(ground.ahead, ahead)
    inside = (slice(rows.start, rows.stop + 1), slice(columns.start, columns.stop + 1))
    ground.heights[inside] = ground.heights[inside].min()


def points(ground: Ground, aside: ArrayLike, ahead: ArrayLike, above: ArrayLike = 0.0) -> NDArray[np.float64]:
    """World points (N,3) on the ground, or above it."""
    return _sampled(ground, aside, ahead, above, lifted=True)


def land_points(ground: Ground, aside: ArrayLike, ahead: ArrayLike, above: ArrayLike = 0.0) -> NDArray[np.float64]:
    """World points (N,3) on the land, to which the cells' lifts are not added, or above it."""
    return _sampled(ground, aside, ahead, above, lifted=False)


def _sampled(
    ground: Ground, aside: ArrayLike, ahead: ArrayLike, above: ArrayLike, *, lifted: bool
) -> NDArray[np.float64]:
    aside, ahead = (np.asarray(value, np.float64).reshape(-1) for value in (aside, ahead))
    aside, ahead = np.broadcast_arrays(aside, ahead)
    row, down = _located(ground.ahead, ahead)
    column, over = _located(ground.aside, aside)
    h = ground.heights
    near = h[row, column] * (1 - over) + h[row, column + 1] * over
    far = h[row + 1, column] * (1 - over) + h[row + 1, column + 1] * over
    there = np.empty((len(aside), 3))
    there[:, 0] = ground.middle[row] * (1 - down) + ground.middle[row + 1] * down + aside
    there[:, 1] = near * (1 - down) + far * down + np.asarray(above, np.float64)
    if lifted:
        there[:, 1] += ground.lifts[row, column]
    there[:, 2] = -ahead
    return there


def material_at(ground: Ground, aside: NDArray[np.float64], ahead: NDArray[np.float64]) -> NDArray[np.int64]:
    """The materials (N,) of the cells at these places."""
    row, _ = _located(ground.ahead, ahead)
    column, _ = _located(ground.aside, aside)
    return ground.materials[row, column]


def heading(ground: Ground, ahead: ArrayLike) -> NDArray[np.float64]:
    """The turn (N,) of what faces along the way there."""
    row, _ = _located(ground.ahead, np.asarray(ahead, np.float64).reshape(-1))
    sideways = (ground.middle[row + 1] - ground.middle[row]) / (ground.ahead[row + 1] - ground.ahead[row])
    return np.arctan2(sideways, -1.0)


def ground_mesh(ground: Ground, riser: int) -> Mesh:
    """All cells, and upright faces of the material `riser` where they step."""
    x = ground.middle[:, None] + ground.aside
    grid = np.stack([x, ground.heights, np.broadcast_to(-ground.ahead[:, None], x.shape)], axis=-1)
    normals = bulk.unit(np.cross(np.gradient(grid, axis=1), np.gradient(grid, axis=0)))
    corners = bulk.cells(grid)
    corners[..., 1] += ground.lifts.reshape(-1, 1)
    mesh = bulk.four_cornered(corners, bulk.cells(normals), corners[..., [0, 2]], ground.materials.reshape(-1))
    return join([mesh, *_risers(grid, ground.lifts, riser)])


def _risers(grid: NDArray[np.float64], lifts: NDArray[np.float64], riser: int) -> list[Mesh]:
    found = []
    for axis in (0, 1):
        steps = np.argwhere(np.diff(lifts, axis=axis) != 0)
        if not len(steps):
            continue
        row, column = steps.T
        first, second = lifts[row, column], lifts[row + (axis == 0), column + (axis == 1)]
        start = grid[row + 1, column] if axis == 0 else grid[row, column + 1]
        along = grid[row + 1, column + 1] - start
        low = np.zeros((len(steps), 3))
        low[:, 1] = np.minimum(first, second)
        up = np.zeros_like(low)
        up[:, 1] = abs(first - second)
        found.append(bulk.quads(start + low, along, up, riser))
    return found


def _heights(rng: Generator, land: Land, aside: NDArray[np.float64], ahead: NDArray[np.float64]) -> NDArray[np.float64]:
    phases = rng.uniform(0, 2 * np.pi, 8)
    long = rng.uniform(90, 220)
    along = land.grade * 120 * np.tanh(ahead / 120) + land.wave * (
        np.sin(ahead / long * 6.28 + phases[0]) - np.sin(phases[0])
    )
    across, forward = np.meshgrid(aside, ahead)
    beyond = np.maximum(abs(across) - land.shelf, 0)
    hills = np.zeros_like(across)
    for wave in range(4):
        length, angle = rng.uniform(40, 90) * (1 + wave), phases[wave + 1]
        hills += (
            (1 + wave)
            / 5
            * np.sin(6.28 / length * (across * np.cos(angle) + forward * np.sin(angle)) + phases[wave + 4])
        )
    sides = np.where(across < 0, land.bank[0], land.bank[1]) * _eased(beyond / 9)
    uneven = rng.normal(0, land.rough, across.shape) if land.rough else 0.0
    return along[:, None] + land.relief * hills * _eased(beyond / 45) + sides + uneven


def _eased(share: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.clip(share, 0, 1)
    return share * share * (3 - 2 * share)


def _filled(edges: Sequence[float], spacing: Callable[[float], float]) -> NDArray[np.float64]:
    """The edges and lines between them, no further apart than the spacing (a function of the place) allows."""
    lines: list[float] = []
    for low, high in pairwise(edges):
        lines.append(low)
        if low * high < 0 and high - low > 20:
            lines += [*_stepped(low, 0.0, spacing), 0.0]
            low = 0.0
        lines += _stepped(low, high, spacing)
    lines.append(edges[-1])
    return np.array(lines)


def _stepped(low: float, high: float, spacing: Callable[[float], float]) -> list[float]:
    places = [low]
    while places[-1] < high:
        there = places[-1]
        places.append(there + min(spacing(there), spacing(there + spacing(there))))
    count = len(places) - 1
    stretch = (high - low) / (places[-1] - low)
    return [low + (place - low) * stretch for place in places[1:count]]


def _located(lines: NDArray[np.float64], places: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The cells that hold the places, and the shares of the way through them; outside, the ends."""
    cell = np.searchsorted(lines[1:-1], places, "right")
    share = (places - lines[cell]) / (lines[cell + 1] - lines[cell])
    return cell, np.minimum(np.maximum(share, 0), 1)


def _between(lines: NDArray[np.float64], span: Span) -> slice:
    centres = (lines[1:] + lines[:-1]) / 2
    return slice(int(np.searchsorted(centres, span[0])), int(np.searchsorted(centres, span[1])))
