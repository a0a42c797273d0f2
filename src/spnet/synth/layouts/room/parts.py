"""Things made of stretched unit solids: thousands of boards, books and legs become one mesh in a few operations."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spnet.synth import shapes
from spnet.synth.scene import VERTEX, Mesh


class Part(NamedTuple):
    """A unit solid stretched, turned about the middle of its base, and moved, in the axes of its thing (metres)."""

    solid: str
    x: float
    y: float
    """Height of its base."""
    z: float
    width: float
    height: float
    depth: float
    material: int
    turn: float = 0.0
    """About the vertical, front towards +x; applied after `tilt`, which is applied after `roll`."""
    tilt: float = 0.0
    """About the x axis, top towards the front."""
    roll: float = 0.0
    """About the z axis, top towards -x."""


Thing = tuple[NDArray[np.float64], Sequence[Part]]
"""A pose (4,4) without stretching, and the parts that stand there."""


def box(
    x: float, y: float, z: float, width: float, height: float, depth: float, material: int, turn: float = 0.0
) -> Part:
    """The part that things are mostly made of."""
    return Part("box", x, y, z, width, height, depth, material, turn)


def lifted(parts: Iterable[Part], x: float, y: float, z: float) -> list[Part]:
    """The parts elsewhere in the same axes."""
    return [part._replace(x=part.x + x, y=part.y + y, z=part.z + z) for part in parts]


def extent(parts: Sequence[Part]) -> tuple[float, float, float]:
    """Width, height and depth of what stands about the origin; tilted parts count as if they could lie anyhow."""
    half_wide = half_deep = high = 0.0
    for part in parts:
        if part.tilt or part.roll:
            reach = max(part.height, part.width, part.depth)
            wide = deep = reach
            over = reach
        else:
            cosine, sine = abs(np.cos(part.turn)), abs(np.sin(part.turn))
            wide = (part.width * cosine + part.depth * sine) / 2
            deep = (part.width * sine + part.depth * cosine) / 2
            over = part.height
        half_wide, half_deep = max(half_wide, abs(part.x) + wide), max(half_deep, abs(part.z) + deep)
        high = max(high, part.y + over)
    return 2 * half_wide, high, 2 * half_deep


def assemble(things: Sequence[Thing]) -> Mesh:
    """One mesh of many things."""
    rows: dict[str, tuple[list[int], list[tuple[float, ...]]]] = {}
    for number, (_, parts) in enumerate(things):
        for part in parts:
            owners, values = rows.setdefault(part.solid, ([], []))
            owners.append(number)
            values.append(part[1:])
    poses = np.array([pose for pose, _ in things]).reshape(-1, 4, 4)
    meshes = [
        _stretched(_solid(name), poses[owners], np.array(values, np.float64)) for name, (owners, values) in rows.items()
    ]
    return shapes.join(meshes)


class _Solid(NamedTuple):
    mesh: Mesh
    """Within -0.5 to 0.5 in x and z and 0 to 1 in y; uv in units of the lengths named by `axes`."""
    axes: NDArray[np.intp]
    """(V,2): which of width, height and depth stretches u, and which v; 3 where nothing does."""


def _stretched(solid: _Solid, poses: NDArray[np.float64], values: NDArray[np.float64]) -> Mesh:
    """M copies of a solid; `values` (M,10) are the parts' numbers."""
    count, corners = len(values), len(solid.mesh.vertices)
    size = values[:, 3:6]
    turned = poses[:, :3, :3] @ _rotations(*values[:, 7:10].T)
    foot = (poses[:, :3, :3] @ values[:, :3, None])[..., 0] + poses[:, :3, 3]
    vertices = np.empty((count, corners), VERTEX)
    unit = solid.mesh.vertices
    vertices["position"] = unit["position"] @ (turned * size[:, None]).swapaxes(1, 2) + foot[:, None]
    normal = unit["normal"] @ (turned / size[:, None]).swapaxes(1, 2)
    vertices["normal"] = normal / np.linalg.norm(normal, axis=2, keepdims=True)
    vertices["uv"] = unit["uv"] * np.pad(size, ((0, 0), (0, 1)), constant_values=1.0)[:, solid.axes]
    vertices["material"] = values[:, 6, None].astype(np.uint32)
    triangles = solid.mesh.triangles + corners * np.arange(count)[:, None, None]
    return Mesh(vertices.reshape(-1), triangles.reshape(-1, 3).astype(np.int32))


def _rotations(turn: NDArray[np.float64], tilt: NDArray[np.float64], roll: NDArray[np.float64]) -> NDArray[np.float64]:
    """(M,3,3): roll about z, then tilt about x, then turn about y."""
    (ct, cx, cz), (st, sx, sz) = np.cos([turn, tilt, roll]), np.sin([turn, tilt, roll])
    rows = [
        [ct * cz + st * sx * sz, -ct * sz + st * sx * cz, st * cx],
        [cx * sz, cx * cz, -sx],
        [-st * cz + ct * sx * sz, st * sz + ct * sx * cz, ct * cx],
    ]
    return np.moveaxis(np.array(rows), 2, 0)


@cache
def _solid(name: str) -> _Solid:
    return _SOLIDS[name]()


def _unit_box() -> _Solid:
    mesh = shapes.box((1, 1, 1))
    return _Solid(mesh, np.repeat([[0, 1], [2, 1], [0, 1], [2, 1], [0, 2], [0, 2]], 4, axis=0))


def _card() -> _Solid:
    """A rectangle that faces the front, with one whole texture on it: pictures, screens."""
    return _Solid(shapes.cards([(0, 0.5, 0)], [(1, 0, 0)], [(0, 1, 0)]), np.full((4, 2), 3))


def _round(mesh: Mesh) -> _Solid:
    return _Solid(mesh, np.tile([0, 1], (len(mesh.vertices), 1)))


def _turned(profile: Sequence[tuple[float, float]], sides: int = 12) -> _Solid:
    return _round(shapes.lathe(profile, sides))


def _ball() -> _Solid:
    angle = np.linspace(-np.pi / 2, np.pi / 2, 9)
    return _turned([(max(0.5 * np.cos(a), 1e-3), 0.5 + 0.5 * np.sin(a)) for a in angle])


def _cushion() -> _Solid:
    """A superellipsoid: a box with all its edges rounded."""
    across, over = np.linspace(-np.pi, np.pi, 17), np.linspace(-np.pi / 2, np.pi / 2, 9)[:, None]

    def power(wave: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
        return np.sign(wave) * np.abs(wave) ** exponent

    x = 0.5 * power(np.cos(over), 0.45) * power(np.cos(across), 0.3)
    z = 0.5 * power(np.cos(over), 0.45) * power(np.sin(across), 0.3)
    y = 0.5 + 0.5 * power(np.sin(over), 0.55) * np.ones_like(across)
    mesh = shapes.surface(np.stack([x, y, z], axis=-1))
    away = np.stack([x, y - 0.5, z], axis=-1).reshape(-1, 3)
    normal = np.abs(2 * away) ** [5, 2.6, 5] * np.sign(away) + 0.3 * away
    mesh.vertices["normal"] = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    return _Solid(mesh, np.tile([0, 2], (len(mesh.vertices), 1)))


def _leaf() -> _Solid:
    """A blade that rises along y, bends to the front and is folded along its middle."""
    t = np.linspace(0, 1, 5)[:, None]
    half = 0.5 * np.sin(np.pi * t**0.8) + 0.01
    side = np.array([[-1.0, 0.0, 1.0]])
    points = np.stack([half * side, np.sin(1.2 * t) / 1.2 + 0 * side, 0.5 * t**2 - 0.12 * np.abs(side) * half], -1)
    return _round(shapes.surface(points))


def _ring() -> _Solid:
    """A torus standing upright in the x-y plane."""
    round_, across = np.linspace(0, 2 * np.pi, 17)[:, None], np.linspace(0, 2 * np.pi, 7)
    radius = 0.44 + 0.06 * np.cos(across)
    points = [radius * np.cos(round_), 0.5 + radius * np.sin(round_), 0.5 * np.sin(across) + 0 * round_]
    return _round(shapes.surface(np.stack(points, axis=-1)))


def _wedge() -> _Solid:
    """A box whose front upper edge is cut off: desks' lids, ramps."""
    mesh = shapes.box((1, 1, 1))
    position = mesh.vertices["position"]
    position[(position[:, 1] > 0.5) & (position[:, 2] > 0), 1] = 0.15
    slope = np.array([0, 1.0, 0.85])
    mesh.vertices["normal"][16:20] = slope / np.linalg.norm(slope)
    return _Solid(mesh, _unit_box().axes)


_SOLIDS: dict[str, Callable[[], _Solid]] = {
    "box": _unit_box,
    "card": _card,
    "cylinder": lambda: _round(shapes.cylinder(0.5, 1, 14)),
    "pole": lambda: _round(shapes.cylinder(0.5, 1, 6)),
    "ball": _ball,
    "cushion": _cushion,
    "leaf": _leaf,
    "ring": _ring,
    "wedge": _wedge,
    "shade": lambda: _turned([(0.5, 0), (0.32, 1)], 16),
    "pot": lambda: _turned([(1e-3, 0), (0.33, 0), (0.34, 0.01), (0.5, 1), (0.44, 1), (0.43, 0.85), (1e-3, 0.84)]),
    "bowl": lambda: _turned([(1e-3, 0), (0.2, 0), (0.38, 0.3), (0.5, 1), (0.46, 1), (0.33, 0.35), (1e-3, 0.12)]),
    "vase": lambda: _turned([(1e-3, 0), (0.25, 0), (0.45, 0.25), (0.5, 0.42), (0.34, 0.75), (0.2, 0.88), (0.27, 1)]),
    "bottle": lambda: _turned([(1e-3, 0), (0.48, 0.01), (0.5, 0.1), (0.5, 0.6), (0.2, 0.78), (0.18, 1), (1e-3, 1)]),
    "cup": lambda: _turned([(1e-3, 0), (0.44, 0), (0.5, 0.08), (0.5, 1), (0.45, 1), (0.44, 0.1), (1e-3, 0.08)]),
}
