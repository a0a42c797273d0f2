"""What stands where on a floor: so that things neither overlap nor block doors, and cameras stand free."""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spnet.synth.layouts.room.plan import inside

CELL = 0.05
"""Metres."""


class Footprint(NamedTuple):
    """A rectangle on the floor: its middle, turn about the vertical, width and depth."""

    x: float
    z: float
    turn: float
    width: float
    depth: float

    def points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points (M,) x and z that lie densely in it."""
        across, along = _grid(int(self.width / CELL) + 2, int(self.depth / CELL) + 2)
        across, along = self.width * across, self.depth * along
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        return self.x + cosine * across + sine * along, self.z - sine * across + cosine * along


class Occupancy:
    """A grid of heights up to which the floor is taken: 0 where it is free, infinite outside the plan."""

    def __init__(self, corners: NDArray[np.float64]) -> None:
        self._low = corners.min(axis=0) - 2 * CELL
        columns, rows = (int(n) + 4 for n in (corners.max(axis=0) - self._low) / CELL)
        x = self._low[0] + CELL * (np.arange(columns) + 0.5)
        z = self._low[1] + CELL * (np.arange(rows)[:, None] + 0.5)
        self.tops = np.where(inside(corners, x, z), 0.0, np.inf)
        self.kept_free = np.zeros(self.tops.shape, bool)
        """Where nothing may stand though it is free: before doors."""

    def height(self, footprint: Footprint, *, ignore_kept: bool = False) -> float:
        """The greatest height that is taken in a rectangle."""
        cells = self._cells(*footprint.points())
        if not ignore_kept and self.kept_free[cells].any():
            return float(np.inf)
        return float(self.tops[cells].max())

    def take(self, footprint: Footprint, height: float) -> None:
        """Let nothing stand in a rectangle below that height any more."""
        cells = self._cells(*footprint.points())
        self.tops[cells] = np.maximum(self.tops[cells], height)

    def keep_free(self, footprint: Footprint) -> None:
        """Let nothing stand in a rectangle though it stays free."""
        self.kept_free[self._cells(*footprint.points())] = True

    def tops_at(self, x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights that are taken at points; infinite outside."""
        return self.tops[self._cells(x, z)]

    def is_free(self, x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether something may stand at points."""
        cells = self._cells(x, z)
        return (self.tops[cells] == 0) & ~self.kept_free[cells]

    def _cells(self, x: NDArray[np.float64], z: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        rows, columns = self.tops.shape
        column = ((x - self._low[0]) / CELL).astype(np.intp)
        row = ((z - self._low[1]) / CELL).astype(np.intp)
        return np.minimum(np.maximum(row, 0), rows - 1), np.minimum(np.maximum(column, 0), columns - 1)


@cache
def _grid(columns: int, rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points (columns * rows,) of a grid from -0.5 to 0.5."""
    across, along = np.meshgrid(np.linspace(-0.5, 0.5, columns), np.linspace(-0.5, 0.5, rows))
    return across.ravel(), along.ravel()
