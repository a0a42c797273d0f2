"""Books and papers."""

from numpy.random import Generator

from spnet.synth.layouts.room.palette import Palette, pick
from spnet.synth.layouts.room.parts import Part, box


def lying_books(rng: Generator, palette: Palette) -> list[Part]:
    parts, y = [], 0.0
    for _ in range(int(rng.integers(1, 7))):
        wide, thick, deep = rng.uniform(0.14, 0.3), rng.uniform(0.012, 0.05), rng.uniform(0.12, 0.22)
        parts += _book(0, y, 0, wide, thick, deep, pick(rng, palette.paints), palette.paper, rng.normal(0, 0.15))
        y += thick
    return parts


def _book(
    x: float, y: float, z: float, wide: float, thick: float, deep: float, cover: int, paper: int, turn: float
) -> list[Part]:
    lid = min(0.004, thick / 4)
    return [
        box(x, y, z, wide, lid, deep, cover, turn),
        box(x, y + lid, z, wide - 0.012, thick - 2 * lid, deep - 0.008, paper, turn),
        box(x, y + thick - lid, z, wide, lid, deep, cover, turn),
    ]


def papers(rng: Generator, palette: Palette) -> list[Part]:
    return [
        box(rng.normal(0, 0.03), 0.002 * i, rng.normal(0, 0.03), 0.21, 0.002, 0.297, palette.paper, rng.normal(0, 0.3))
        for i in range(int(rng.integers(1, 6)))
    ]


def standing_books(rng: Generator, palette: Palette, width: float, clearance: float, depth: float) -> list[Part]:
    """A row of upright books from -width/2 to width/2, their spines to the front, some gaps and leaning ones."""
    parts: list[Part] = []
    x, end, tall = -width / 2, width / 2, min(clearance - 0.02, rng.uniform(0.2, 0.34))
    thick = rng.uniform(0.012, 0.05, 80).tolist()
    shares = rng.uniform(0.68, 1.0, 80).tolist()
    deep = min(depth - 0.01, rng.uniform(0.14, 0.24))
    covers = rng.integers(0, len(palette.paints), 80).tolist()
    series = rng.random() < 0.3
    for i in range(80):
        wide, high = (thick[0], tall) if series else (thick[i], tall * shares[i])
        if x + wide > end:
            break
        if shares[i] < 0.7 and x + wide + 0.25 * high < end:  # it leans to the left on its neighbour
            x += 0.24 * high
            parts.append(Part("box", x + wide / 2, 0, 0, wide, high, deep, palette.paints[covers[i]], 0, 0, 0.24))
            x += wide
            continue
        if shares[i] > 0.985:
            x += 3 * wide
            continue
        parts.append(
            box(
                x + wide / 2,
                0,
                0.02 * shares[i] - 0.01,
                wide,
                high,
                deep,
                palette.paints[covers[i // 3 if series else i]],
            )
        )
        x += wide + 0.001
    return parts
