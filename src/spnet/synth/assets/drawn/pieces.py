"""How a surface is divided: courses of bricks, boards, herringbone, hexagons, rubble; each repeats without a seam."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from spnet.synth.assets.drawn.drawing import SIZE, Field
from spnet.synth.assets.drawn.noise import bend, clouds


@dataclass(frozen=True, eq=False)
class Pieces:
    """Which piece each pixel lies on, and where on it."""

    number: NDArray[np.intp]
    """(SIZE,SIZE), from 0 to `count` - 1."""
    edge: Field
    """Pixels to the nearest border of the piece."""
    down: Field
    """Pixels below the piece's centre."""
    right: Field
    """Pixels to the right of the piece's centre."""
    count: int


def courses(rows: Sequence[float], joints: Sequence[Sequence[float]]) -> Pieces:
    """Rows of rectangles.

    Args:
        rows: height of each row in any unit; together they fill the texture.
        joints: of each row, where along it pieces begin, ascending in [0, 1).
    """
    tops = np.concatenate([[0.0], np.cumsum(rows)]) / sum(rows) * SIZE
    centres = np.arange(SIZE) + 0.5
    row = np.clip(np.searchsorted(tops, centres, "right") - 1, 0, len(rows) - 1)
    first = np.cumsum([0] + [len(starts) for starts in joints])
    starts = np.concatenate([index + np.asarray(each) for index, each in enumerate(joints)])
    piece = np.searchsorted(starts, row[:, None] + centres[None, :] / SIZE, "right") - 1
    piece = np.where(piece < first[row][:, None], first[row + 1][:, None] - 1, piece)
    begin = np.mod(starts, 1.0) * SIZE
    following = np.arange(len(starts)) + 1
    following[first[1:] - 1] = first[:-1]
    width = np.mod(begin[following] - begin, SIZE)
    width[width == 0.0] = SIZE
    along = np.mod(centres[None, :] - begin[piece], SIZE)
    depth = np.broadcast_to((centres - tops[row])[:, None], (SIZE, SIZE))
    height = np.broadcast_to((tops[row + 1] - tops[row])[:, None], (SIZE, SIZE))
    edge = np.minimum(np.minimum(along, width[piece] - along), np.minimum(depth, height - depth))
    return Pieces(piece, edge, depth - height / 2, along - width[piece] / 2, len(starts))


def bonded(rows: int, columns: int, shifts: Sequence[float] = (0.0, 0.5)) -> Pieces:
    """Equal rectangles; each row begins a share of a piece later, by `shifts` in turn."""
    even = np.arange(columns) / columns
    joints = [np.sort(np.mod(even + shifts[row % len(shifts)] / columns, 1.0)) for row in range(rows)]
    return courses([1.0] * rows, [[float(start) for start in each] for each in joints])


def random_courses(
    rng: np.random.Generator, rows: Sequence[float], columns: float, irregularity: float = 0.5
) -> Pieces:
    """Rows of pieces of random lengths, about `columns` to a row."""
    joints = []
    for _ in rows:
        count = max(1, round(columns + rng.normal(0.0, irregularity)))
        lengths = 1.0 + irregularity * rng.uniform(-1.0, 1.0, count)
        ends = np.cumsum(lengths) / lengths.sum()
        joints.append([float(start) for start in np.sort(np.mod(ends + rng.random(), 1.0))])
    return courses(rows, joints)


def turned(pieces: Pieces) -> Pieces:
    """The same pieces with down and right exchanged."""
    return Pieces(pieces.number.T, pieces.edge.T, pieces.right.T, pieces.down.T, pieces.count)


def herringbone(length: int, cells: int) -> Pieces:
    """Blocks `length` times as long as wide, laid at right angles; `cells` widths across, a multiple of 2 `length`."""
    grid = (np.arange(SIZE) + 0.5) / SIZE * cells
    y, x = np.meshgrid(grid, grid, indexing="ij")
    row, column = np.floor(y).astype(np.intp), np.floor(x).astype(np.intp)
    place = np.mod(column - row, 2 * length)
    flat = place < length
    along = np.where(flat, place + x - column, 2 * length - 1 - place + y - row)
    across = np.where(flat, y - row, x - column)
    head_row = np.where(flat, row, row - (2 * length - 1 - place)) % cells
    head_column = np.where(flat, column - place, column) % cells
    number = (head_row * cells + head_column) * 2 + ~flat
    unit = SIZE / cells
    edge = np.minimum(np.minimum(along, length - along), np.minimum(across, 1.0 - across)) * unit
    long, short = (along - length / 2) * unit, (across - 0.5) * unit
    numbers, compact = np.unique(number, return_inverse=True)
    compact = compact.reshape(SIZE, SIZE)
    return Pieces(compact, edge, np.where(flat, short, long), np.where(flat, long, short), len(numbers))


def scattered(rng: np.random.Generator, rows: int, columns: int, jitter: float) -> NDArray[np.float64]:
    """(rows * columns, 2) points in pixels (down, right): a lattice whose odd rows are shifted by half, shaken."""
    row, column = np.mgrid[:rows, :columns]
    points = np.stack([row + 0.5, column + 0.5 * (row % 2) + 0.25], axis=-1)
    points += rng.uniform(-jitter, jitter, points.shape)
    points *= (SIZE / rows, SIZE / columns)
    wrapped: NDArray[np.float64] = np.mod(points, SIZE).reshape(-1, 2)
    return wrapped


def nearest_to(points: NDArray[np.float64], roughness: Field | None = None) -> Pieces:
    """Each pixel belongs to the nearest point (a Voronoi diagram): rubble, pebbles, hexagons, leaves.

    Args:
        points: (N,2) pixels, down and right; N at least 2.
        roughness: pixels by which borders are bent.
    """
    places = np.mgrid[:SIZE, :SIZE].astype(np.float64)
    if roughness is not None:
        places += np.stack([roughness, np.roll(roughness, (97, 193), (0, 1))])
    places = np.mod(places, SIZE)
    places[places >= SIZE] = 0.0  # what the remainder of a tiny negative number is rounded to
    distance, index = cKDTree(points, boxsize=SIZE).query(places.reshape(2, -1).T, k=2)
    apart = _wrapped(points[index[:, 0]] - points[index[:, 1]])
    edge = (distance[:, 1] ** 2 - distance[:, 0] ** 2) / (2.0 * np.maximum(np.hypot(*apart.T), 1e-6))
    offset = _wrapped(places.reshape(2, -1).T - points[index[:, 0]])
    shape = (SIZE, SIZE)
    return Pieces(
        index[:, 0].reshape(shape),
        edge.reshape(shape),
        offset[:, 0].reshape(shape),
        offset[:, 1].reshape(shape),
        len(points),
    )


def _wrapped(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Differences of places on the repeating texture, as the shortest way."""
    shortest: NDArray[np.float64] = np.mod(vectors + SIZE / 2, SIZE) - SIZE / 2
    return shortest


def half_width(pieces: Pieces) -> Field:
    """Half of the width of the piece that each pixel lies on, in pixels."""
    half = np.zeros(pieces.count)
    np.maximum.at(half, pieces.number.ravel(), np.abs(pieces.right).ravel())
    return half[pieces.number]


def shuffled(rng: np.random.Generator, field: Field, pieces: Pieces) -> Field:
    """The field with every piece showing another part of it, as boards cut from other trees do."""
    shift = rng.integers(0, SIZE, (pieces.count, 2))
    rows, columns = np.mgrid[:SIZE, :SIZE]
    down, right = shift[pieces.number, 0], shift[pieces.number, 1]
    moved: Field = field[(rows + down) % SIZE, (columns + right) % SIZE]
    return moved


def wavering(rng: np.random.Generator, field: Field, pixels: float, waves: float = 16.0) -> Field:
    """The field with its lines no longer quite straight: bent by about `pixels`."""
    down = clouds(rng, low=2.0, high=waves) * pixels
    right = clouds(rng, low=2.0, high=waves) * pixels
    return bend(field, down, right)
