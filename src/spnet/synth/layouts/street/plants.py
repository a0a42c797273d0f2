"""Trees, bushes, hedges and grass. Materials: 0 is wood, 1 and 2 are leaves of two shades."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth.layouts.street import bulk
from spnet.synth.scene import Mesh
from spnet.synth.shapes import cards, join, lathe

WOOD, LEAF, SHADE = 0, 1, 2

Crown = tuple[float, float, float, float]
"""Its lowest and highest point and its width, as shares of a tree's height; how far up the widest part is, 0 to 1."""

_CROWNS: dict[str, Crown] = {
    "round": (0.3, 1.0, 0.62, 0.5),
    "spreading": (0.3, 0.95, 0.95, 0.55),
    "oval": (0.22, 1.0, 0.5, 0.45),
    "column": (0.08, 1.0, 0.22, 0.4),
    "conifer": (0.1, 1.0, 0.42, 0.06),
    "bare": (0.25, 1.0, 0.6, 0.55),
}
SPECIES = tuple(_CROWNS)


@dataclass(frozen=True, eq=False)
class Tree:
    """Stands on the origin, `height` metres high; `crown` is the crown's radius and `clear` the height below it."""

    height: float
    crown: float
    clear: float
    foliage: str
    """"needle" or "leaf"."""
    near: Mesh
    far: Mesh


VARIETIES = 10
"""How many trees there are of each species, and how many of each other plant."""


@cache
def tree(species: str, number: int, *, textured: bool) -> Tree:
    """The tree of that number, below VARIETIES, of one of SPECIES: the same in every scene, for it is slow to draw.

    Leaves are sprays with a texture of their own, or else small and plain.
    """
    rng = np.random.default_rng([100 + SPECIES.index(species), number])
    height = float(rng.uniform(5, 12)) * (1.3 if species in ("column", "conifer") else 1.0)
    low, _, wide, _ = _CROWNS[species]
    tips, wood = _branches(rng, species, height)
    coarse = bulk.rods(
        wood[:1, :3], wood[:1, 3:6] * (1, 1.6, 1), wood[:1, 6], wood[:1, 7] * 0.6, sides=5, materials=WOOD
    )
    fine = _limbs(wood, 1)
    size_of_crown = (height, wide * height / 2, low * height, "needle" if species == "conifer" else "leaf")
    if species == "bare":
        return Tree(*size_of_crown, join([fine, _twigs(rng, tips)]), _limbs(wood, 2))
    leaves, size = (260, 0.85) if textured else (480, 0.4)
    near = _leaves(rng, species, height, tips, leaves, size * (0.6 + height / 18), textured)
    coarser = 1.3 if species == "conifer" else 1.2 + height / 10
    far = _leaves(rng, species, height, tips, leaves // 4, size * coarser, textured)
    return Tree(*size_of_crown, join([fine, near]), join([coarse, far]))


def _branches(rng: Generator, species: str, height: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ends of the branches (N,3), and all limbs (K,8): start, end, radius at both."""
    low, _, wide, widest = _CROWNS[species]
    trunk = 0.012 * height + 0.05
    lean = rng.normal(0, 0.02, 2) * height
    fork = np.array([lean[0], height * (0.9 if species in ("conifer", "column") else 0.6), lean[1]])
    count = 9
    up = rng.uniform(low * 0.9, 0.62, count)
    starts = fork * (up * height / fork[1])[:, None]
    angle = np.arange(count) * 2.4 + rng.uniform(0, 0.9, count)
    out = wide * height / 2 * rng.uniform(0.5, 0.85, count)
    rise = np.where(up > widest, 0.5, 0.9) * out * rng.uniform(0.4, 1.1, count) + (
        0.0 if species == "conifer" else 0.08 * height
    )
    ends = starts + np.stack([np.sin(angle) * out, rise, np.cos(angle) * out], axis=1)
    shares = rng.uniform(0.35, 0.8, (count, 4, 1))
    forks = (starts[:, None] + shares * (ends - starts)[:, None]).reshape(-1, 3)
    tips = forks + rng.normal(0, 0.085 * height * (0.4 + wide), forks.shape) + (0, 0.05 * height, 0)
    limbs = [np.array([[0, -0.1, 0, *fork, trunk, 0.35 * trunk]])]
    for first, second, start, end in ((starts, ends, 0.4, 0.12), (forks, tips, 0.16, 0.05)):
        thick = np.broadcast_to([start * trunk, end * trunk], (len(first), 2))
        limbs.append(np.concatenate([first, second, thick], axis=1))
    return np.concatenate([ends, tips, fork[None]]), np.concatenate(limbs)


def _limbs(wood: NDArray[np.float64], coarseness: int) -> Mesh:
    trunk = bulk.rods(wood[:1, :3], wood[:1, 3:6], wood[:1, 6], wood[:1, 7], sides=9 // coarseness, materials=WOOD)
    return join([trunk, bulk.rods(wood[1:, :3], wood[1:, 3:6], wood[1:, 6], wood[1:, 7], sides=3, materials=WOOD)])


def _twigs(rng: Generator, tips: NDArray[np.float64]) -> Mesh:
    starts = np.repeat(tips, 7, axis=0)
    ends = starts + rng.normal(0, 0.45, starts.shape) + (0, 0.3, 0)
    return bulk.rods(starts, ends, 0.012, 0.004, sides=3, materials=WOOD)


def _leaves(
    rng: Generator, species: str, height: float, tips: NDArray[np.float64], count: int, size: float, textured: bool
) -> Mesh:
    """Sprays of leaves: some about the branches' ends, most near the crown's outside; shaded as a round whole."""
    low, high, wide, widest = _CROWNS[species]
    share = rng.random(count) ** 0.9
    taper = np.where(
        share < widest,
        np.sqrt(np.maximum(share / widest, 0.05)),
        np.sqrt(np.clip(1 - ((share - widest) / (1 - widest)) ** 2, 0, 1)),
    )
    if species == "conifer":
        taper = (1 - share) * (0.75 + 0.25 * np.cos(share * 50)) + 0.04
    angle = rng.uniform(0, 2 * np.pi, count)
    lumps = 0.78 + 0.22 * np.sin(3 * angle + 9 * share + rng.uniform(0, 6)) * np.sin(7 * share + rng.uniform(0, 6))
    radius = wide * height / 2 * taper * lumps * np.sqrt(rng.uniform(0.3, 1.0, count))
    centres = np.stack([np.sin(angle) * radius, height * (low + (high - low) * share), np.cos(angle) * radius], axis=1)
    if species != "conifer":
        about = rng.random(count) < 0.35
        centres[about] = tips[rng.integers(0, len(tips), about.sum())] + rng.normal(0, 0.045 * height, (about.sum(), 3))
    outward = bulk.unit(centres - (0, height * (low + 0.4 * (high - low)), 0))
    facing = bulk.unit(outward + rng.normal(0, 0.6, (count, 3)))
    mesh = _sprays(rng, centres, facing, size * rng.uniform(0.6, 1.4, count), textured)
    lit = bulk.unit(outward + 0.35 * facing + (0, 0.3, 0))
    corners = mesh.vertices.reshape(count, -1)
    corners["normal"] = lit[:, None]
    corners["material"] = np.where(rng.random(count) < 0.5, LEAF, SHADE)[:, None]
    return mesh


def _sprays(
    rng: Generator,
    centres: NDArray[np.float64],
    facing: NDArray[np.float64],
    sizes: NDArray[np.float64],
    textured: bool,
) -> Mesh:
    """Cards across their normals: whole ones for textures, lozenges for plain leaves."""
    along = bulk.unit(np.cross(facing, rng.normal(0, 1, centres.shape))) * sizes[:, None]
    up = bulk.unit(np.cross(facing, along)) * sizes[:, None]
    if textured:
        return cards(centres, along, up)
    corners = np.stack([centres - along / 2, centres - up * 0.3, centres + along / 2, centres + up * 0.3], axis=1)
    return bulk.faces(corners)


@cache
def bush(number: int, *, textured: bool) -> Mesh:
    """A bush of about a metre, on the origin."""
    rng = np.random.default_rng([120, number])
    count = 90 if textured else 220
    centres = bulk.unit(rng.normal(0, 1, (count, 3))) * rng.uniform(0.6, 1.0, (count, 1)) * (0.5, 0.5, 0.5)
    lumps = 1 + 0.25 * np.sin(centres @ rng.normal(0, 4, (3, 1)))
    centres = centres * lumps + (0, 0.45, 0)
    centres[:, 1] = abs(centres[:, 1])
    outward = bulk.unit(centres - (0, 0.4, 0))
    facing = bulk.unit(outward + rng.normal(0, 0.5, (count, 3)))
    mesh = _sprays(rng, centres, facing, rng.uniform(0.7, 1.3, count) * (0.42 if textured else 0.2), textured)
    corners = mesh.vertices.reshape(count, -1)
    corners["normal"] = bulk.unit(outward + np.array((0, 0.3, 0)))[:, None]
    corners["material"] = np.where(rng.random(count) < 0.6, LEAF, SHADE)[:, None]
    return mesh


def hedge(rng: Generator, length: float, height: float, leaves: int, *, textured: bool) -> Mesh:
    """A clipped hedge along x from the origin: a block that is not seen through, covered with leaves.

    `leaves`: at most so many; a short one has fewer.
    """
    thick = 0.6
    core = bulk.boxes([(length / 2, -0.3, 0)], [(length, height + 0.25, thick - 0.12)], materials=WOOD)
    count = int(min(leaves, length * (2 * height + thick) * (12 if textured else 30)))
    around = rng.random(count) * (2 * height + thick)
    on_top = around > 2 * height
    side = np.where(around < height, 1.0, -1.0)
    y = np.where(on_top, height, around % height)
    z = np.where(on_top, around - 2 * height - thick / 2, side * thick / 2)
    centres = np.stack([rng.random(count) * length, y, z], axis=1) + rng.normal(0, 0.035, (count, 3))
    outward = np.where(on_top[:, None], (0.0, 1.0, 0.0), np.stack([0 * side, 0 * side, side], axis=1))
    facing = bulk.unit(outward + rng.normal(0, 0.35, (count, 3)))
    cover = _sprays(rng, centres, facing, rng.uniform(0.7, 1.3, count) * (0.4 if textured else 0.2), textured)
    cover.vertices["material"] = np.repeat(np.where(rng.random(count) < 0.6, LEAF, SHADE), 4)
    return join([core, cover])


@cache
def thicket(number: int) -> Mesh:
    """Some trees as they are seen from afar: a clump of foliage a metre high and somewhat wider, on the origin."""
    rng = np.random.default_rng([121, number])
    crown = lathe([(0.2, 0.0), (0.46, 0.2), (0.48, 0.55), (0.3, 0.87), (0.02, 1.0)], 7, LEAF)
    shape = crown.vertices["position"].astype(np.float64)
    lumps = []
    for place in range(4):
        rough = 1 + 0.2 * np.sin(shape @ rng.normal(0, 8, (3, 3)) + rng.uniform(0, 6, 3)).sum(axis=1, keepdims=True) * (
            0.6,
            0.35,
            0.6,
        )
        high = rng.uniform(0.6, 1.0)
        vertices = crown.vertices.copy()
        vertices["position"] = shape * rough * (high * rng.uniform(0.6, 1.0), high, high * rng.uniform(0.6, 1.0))
        vertices["position"] += ((place - 1.5) * 0.35, 0, rng.normal(0, 0.25))
        vertices["normal"] = bulk.unit(vertices["normal"] + rng.normal(0, 0.25, shape.shape).astype(np.float32))
        lumps.append(Mesh(vertices, crown.triangles))
    return join(lumps)


@cache
def tuft(number: int) -> Mesh:
    """A tuft of grass, on the origin, about 0.3 m high."""
    rng = np.random.default_rng([122, number])
    blades = 9
    angle = rng.uniform(0, 2 * np.pi, blades)
    feet = np.stack([np.sin(angle), np.zeros(blades), np.cos(angle)], axis=1) * rng.uniform(0, 0.12, (blades, 1))
    tips = feet + np.stack([np.sin(angle) * 0.12, rng.uniform(0.15, 0.36, blades), np.cos(angle) * 0.12], axis=1)
    side = np.stack([np.cos(angle), np.zeros(blades), -np.sin(angle)], axis=1) * 0.012
    mesh = bulk.faces(np.stack([feet - side, feet + side, tips, tips], axis=1), LEAF)
    mesh.vertices["normal"] = (0, 1, 0)
    return mesh
