"""Houses: four walls and a roof, each drawn once, and put up many times in other colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.random import Generator

from spnet.synth.layouts.street import bulk
from spnet.synth.layouts.street.facades import flush, front, plain
from spnet.synth.layouts.street.roofs import roof
from spnet.synth.layouts.street.windows import Manner, Part, drawn_manner
from spnet.synth.scene import Mesh
from spnet.synth.shapes import join


@dataclass(frozen=True, eq=False)
class House:
    """Stands with the middle of its front on the origin, facing +z; its materials are the numbers of `Part`."""

    width: float
    depth: float
    height: float
    near: Mesh
    """With all its relief."""
    far: Mesh
    """With reveals, but without what stands out of the walls."""
    distant: Mesh
    """Flat walls under a roof."""


KINDS = {"terraced": 60, "detached": 40, "block": 20, "store": 16, "shed": 12, "tower": 12}
"""How many houses of each kind there are."""


@cache
def house(kind: str, number: int) -> House:
    """The house of that number, the same in every scene: drawing one takes longer than putting up a street of them.

    `kind`: "terraced", of a closed row in a town; "detached", in a garden; "block", large and with a flat roof: flats
    or offices; "store", low and wide with a glass front; "shed", also a lone garage;
    "tower", of offices or flats, to be seen from afar.
    """
    rng = np.random.default_rng([list(KINDS).index(kind), number])
    makers = {
        "terraced": _terraced,
        "detached": _detached,
        "block": _block,
        "store": _store,
        "shed": _shed,
        "tower": _tower,
    }
    return makers[kind](rng)


def drawn_houses(rng: Generator, kind: str, count: int) -> list[House]:
    """Some of the houses of a kind."""
    return [house(kind, int(number)) for number in rng.integers(0, KINDS[kind], count)]


def _terraced(rng: Generator) -> House:
    storeys = int(rng.integers(2, 6))
    base = str(rng.choice(("shops", "doors", "doors", "windows")))
    kind = str(rng.choice(("gabled", "flat", "mansard", "hipped"), p=(0.4, 0.3, 0.2, 0.1)))
    return _built(rng, drawn_manner(rng, storeys, base), rng.uniform(6, 15), rng.uniform(9, 12), kind, joined=True)


def _detached(rng: Generator) -> House:
    base = "garage" if rng.random() < 0.5 else "doors"
    kind = str(rng.choice(("gabled", "gable front", "hipped", "flat"), p=(0.4, 0.25, 0.25, 0.1)))
    manner = drawn_manner(rng, int(rng.integers(1, 4)), base)
    return _built(rng, manner, rng.uniform(7, 13), rng.uniform(7, 11), kind, joined=False)


def _block(rng: Generator) -> House:
    manner = drawn_manner(rng, int(rng.integers(4, 9)), "shops" if rng.random() < 0.5 else "doors")
    return _built(rng, manner, rng.uniform(16, 32), rng.uniform(11, 16), "flat", joined=False)


def _store(rng: Generator) -> House:
    manner = drawn_manner(rng, int(rng.integers(1, 3)), "shops")
    kind = "flat" if rng.random() < 0.67 else "gable front"
    return _built(rng, manner, rng.uniform(24, 45), rng.uniform(14, 22), kind, joined=False)


def _shed(rng: Generator) -> House:
    base = str(rng.choice(("doors", "garage")))
    width, high = rng.uniform(2.4, 4.5), rng.uniform(2.0, 2.6)
    manner = Manner(1, high, high, 1.8, (0.7, 0.7), 0.9, 0.06, (1, 1), False, False, False, 0.0, 0.0, base)
    return _built(rng, manner, width, rng.uniform(2.0, 3.5), str(rng.choice(("gabled", "gable front"))), joined=False)


def _tower(rng: Generator) -> House:
    wide, high, deep = (float(value) for value in rng.uniform((10, 9, 10), (30, 42, 25)))
    bottoms = np.arange(1.2, high - 2.2, 3.2)
    ends = np.full(len(bottoms), 0.44 * wide)
    strips = np.stack([-ends, bottoms, ends, bottoms + 1.5], axis=1)
    body = bulk.boxes([(0, -3, -deep / 2)], [(wide, high + 3, deep)], materials=Part.WALL)
    mesh = join([body, bulk.panels(strips, 0.15, Part.PANE)])
    return House(wide, deep, high, mesh, mesh, mesh)


def _built(rng: Generator, manner: Manner, width: float, depth: float, kind: str, *, joined: bool) -> House:
    whole, blind = (bulk.panels([(-long / 2, 0, long / 2, manner.height)], 0, Part.WALL) for long in (width, depth))
    covering = roof(rng, kind, width, depth, manner.height)
    meshes = []
    for near in (True, False):
        back = plain(rng, width, manner, near=near and not joined)
        side = blind if joined else plain(rng, depth, manner, near=near)
        meshes.append(_enclosed([front(rng, width, manner, near=near), back, side], covering, width, depth))
    meshes.append(_enclosed([flush(width, manner), whole, blind], covering, width, depth))
    return House(width, depth, manner.height, *meshes)


def _enclosed(walls: Sequence[Mesh], covering: Mesh, width: float, depth: float) -> Mesh:
    """A front, a back and twice the same side under a roof, on foundations that reach into sloping ground."""
    front_wall, back, side = walls
    sides = bulk.poses([(width / 2, 0, -depth / 2), (-width / 2, 0, -depth / 2)], (np.pi / 2, -np.pi / 2))
    behind = bulk.repeated(back, bulk.poses([(0, 0, -depth)], np.pi))
    base = bulk.boxes([(0, -3.0, -depth / 2)], [(width + 0.1, 3.15, depth + 0.1)], materials=Part.TRIM)
    return join([front_wall, behind, bulk.repeated(side, sides), covering, base])
