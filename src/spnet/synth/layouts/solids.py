"""Solids of simple formulae, one by one or many at once, on top of `spnet.synth.shapes`.

A solid stands on the origin: its lowest point has y = 0, its middle is on the vertical axis. Triangles are wound
counter-clockwise as seen from outside and normals point outwards. Texture coordinates are metres along the surface.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spnet.synth import shapes
from spnet.synth.scene import VERTEX, Mesh

_UP = np.array([0.0, 1.0, 0.0])
_FACES = np.array(  # of a cube of edge 1 about the origin: a corner, and the two edges from it
    [
        [(-0.5, -0.5, 0.5), (1, 0, 0), (0, 1, 0)],
        [(0.5, -0.5, 0.5), (0, 0, -1), (0, 1, 0)],
        [(0.5, -0.5, -0.5), (-1, 0, 0), (0, 1, 0)],
        [(-0.5, -0.5, -0.5), (0, 0, 1), (0, 1, 0)],
        [(-0.5, 0.5, 0.5), (1, 0, 0), (0, 0, -1)],
        [(-0.5, -0.5, -0.5), (1, 0, 0), (0, 0, 1)],
    ]
)
_CORNERS = np.stack(
    [
        _FACES[:, 0],
        _FACES[:, 0] + _FACES[:, 1],
        _FACES[:, 0] + _FACES[:, 1] + _FACES[:, 2],
        _FACES[:, 0] + _FACES[:, 2],
    ],
    1,
)
_CORNER_UV = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float64)
_TWO_TRIANGLES = np.array([0, 1, 2, 0, 2, 3])


def boxes(centres: ArrayLike, sizes: ArrayLike, frames: ArrayLike | None = None, material: ArrayLike = 0) -> Mesh:
    """Boxes (N) about centres (N,3), with edges of lengths (N,3) along the columns of rotations (N,3,3).

    Each argument but `centres` may also be that of one box, for all.
    """
    centres = np.atleast_2d(np.asarray(centres, np.float64))
    count = len(centres)
    sizes = np.broadcast_to(np.asarray(sizes, np.float64), (count, 3))
    frames = np.broadcast_to(np.eye(3) if frames is None else np.asarray(frames, np.float64), (count, 3, 3))
    vertices = np.zeros((count, 6, 4), VERTEX)
    local = _CORNERS[None] * sizes[:, None, None, :]
    vertices["position"] = np.einsum("nij,nfcj->nfci", frames, local) + centres[:, None, None, :]
    facing = np.cross(_FACES[:, 1], _FACES[:, 2])
    vertices["normal"] = np.einsum("nij,fj->nfi", frames, facing)[:, :, None, :]
    lengths = np.stack([sizes @ np.abs(_FACES[:, 1]).T, sizes @ np.abs(_FACES[:, 2]).T], axis=-1)
    vertices["uv"] = lengths[:, :, None, :] * _CORNER_UV
    vertices["material"] = np.broadcast_to(material, count)[:, None, None]
    triangles = 4 * np.arange(6 * count)[:, None] + _TWO_TRIANGLES
    return Mesh(vertices.reshape(-1), triangles.reshape(-1, 3).astype(np.int32))


def rods(starts: ArrayLike, ends: ArrayLike, radius: ArrayLike, sides: int = 5, material: ArrayLike = 0) -> Mesh:
    """Round rods (N) without lids from points (N,3) to points (N,3): bars, wires, twigs.

    `radius` is one for all, one each (N,), or one for each end (N,2).
    """
    starts, ends = (np.atleast_2d(np.asarray(value, np.float64)) for value in (starts, ends))
    starts, ends = np.broadcast_arrays(starts, ends)
    count = len(starts)
    radius = np.asarray(radius, np.float64)
    radii = np.broadcast_to(radius[:, None] if radius.ndim == 1 else radius, (count, 2))
    way = ends - starts
    length = np.linalg.norm(way, axis=1)
    forward = way / np.maximum(length, 1e-9)[:, None]
    hint = np.where(np.abs(forward[:, 1:2]) < 0.9, (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))
    side = shapes.cross(forward, hint)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    angle = np.linspace(0, 2 * np.pi, sides + 1)[None, :, None]
    ring = np.cos(angle) * side[:, None] + np.sin(angle) * shapes.cross(forward, side)[:, None]
    vertices = np.zeros((count, 2, sides + 1), VERTEX)
    vertices["position"] = np.stack([starts, ends], 1)[:, :, None, :] + ring[:, None] * radii[:, :, None, None]
    vertices["normal"] = ring[:, None]
    vertices["uv"][..., 0] = np.linspace(0, 2 * np.pi, sides + 1) * radii.mean(axis=1)[:, None, None]
    vertices["uv"][:, 1, :, 1] = length[:, None]
    vertices["material"] = np.broadcast_to(material, count)[:, None, None]
    first = 2 * (sides + 1) * np.arange(count)[:, None] + np.arange(sides)
    corners = np.array([0, 1, sides + 2, 0, sides + 2, sides + 1])
    triangles = first.reshape(-1, 1) + corners
    return Mesh(vertices.reshape(-1), triangles.reshape(-1, 3).astype(np.int32))


def poses(places: ArrayLike, scale: ArrayLike = 1.0, turn: ArrayLike = 0.0) -> NDArray[np.float64]:
    """Poses (N,4,4) at places (N,3), scaled, and turned (radians, about the vertical), by (N,) or one for all."""
    places = np.asarray(places, np.float64)
    scale, turn = (np.broadcast_to(np.asarray(value, np.float64), len(places)) for value in (scale, turn))
    matrices = np.zeros((len(places), 4, 4))
    matrices[:, 0, 0] = matrices[:, 2, 2] = scale * np.cos(turn)
    matrices[:, 0, 2], matrices[:, 2, 0] = scale * np.sin(turn), -scale * np.sin(turn)
    matrices[:, 1, 1], matrices[:, 3, 3] = scale, 1.0
    matrices[:, :3, 3] = places
    return matrices


def repeated(mesh: Mesh, poses: NDArray[np.float64], materials: ArrayLike | None = None) -> Mesh:
    """The mesh under each of the poses (N,4,4), in materials (N,) of their own if given."""
    count = len(poses)
    vertices = np.tile(mesh.vertices, (count, 1))
    own = mesh.vertices["position"].astype(np.float64), mesh.vertices["normal"].astype(np.float64)
    vertices["position"] = own[0] @ poses[:, :3, :3].transpose(0, 2, 1) + poses[:, None, :3, 3]
    turned = own[1] @ np.linalg.inv(poses[:, :3, :3])
    vertices["normal"] = turned / np.maximum(np.linalg.norm(turned, axis=-1, keepdims=True), 1e-12)
    if materials is not None:
        vertices["material"] = np.broadcast_to(materials, count)[:, None]
    triangles = len(mesh.vertices) * np.arange(count)[:, None, None] + mesh.triangles
    return Mesh(vertices.reshape(-1), triangles.reshape(-1, 3).astype(np.int32))


def faceted(mesh: Mesh) -> Mesh:
    """The mesh with flat triangles and sharp edges between all of them; those without an area are dropped."""
    corners = mesh.vertices[mesh.triangles]
    first, second, third = (corners["position"][:, i].astype(np.float64) for i in range(3))
    facing = shapes.cross(second - first, third - first)
    area = np.linalg.norm(facing, axis=1)
    kept = area > 1e-9 * area.max(initial=0.0)
    corners = corners[kept]
    corners["normal"] = (facing[kept] / area[kept, None])[:, None]
    return Mesh(corners.reshape(-1), np.arange(3 * len(corners), dtype=np.int32).reshape(-1, 3))


def superellipsoid(
    radii: ArrayLike, squareness: tuple[float, float] = (1.0, 1.0), rings: int = 10, sides: int = 18, material: int = 0
) -> Mesh:
    """A superquadric (A. Barr, "Superquadrics and Angle-Preserving Transformations", 1981) of three radii.

    The exponents are those of its upright section and of its plan: 1 is round, towards 0 a box, 2 a double cone.
    """
    radii = np.asarray(radii, np.float64)
    up, around = squareness
    latitude = np.linspace(np.pi / 2, -np.pi / 2, rings + 1)[:, None]
    longitude = np.linspace(0, 2 * np.pi, sides + 1)[None]

    def section(exponent_up: float, exponent_around: float) -> NDArray[np.float64]:
        ring = _signed_power(np.cos(latitude), exponent_up)
        height = _signed_power(np.sin(latitude), exponent_up) * np.ones_like(longitude)
        plan = (_signed_power(np.sin(longitude), exponent_around), _signed_power(np.cos(longitude), exponent_around))
        return np.stack([ring * plan[0], height, ring * plan[1]], axis=-1)

    points = section(up, around) * radii
    normals = section(2 - up, 2 - around) / radii
    return _with_normals(points + radii * _UP, normals, material)


def sphere(radius: float, rings: int = 10, sides: int = 18, material: int = 0) -> Mesh:
    """A ball."""
    return superellipsoid((radius, radius, radius), rings=rings, sides=sides, material=material)


def torus(radius: float, thickness: float, sides: int = 24, material: int = 0) -> Mesh:
    """A ring lying flat: `radius` to the middle of a tube whose own radius is `thickness`, below `radius`."""
    around, about = np.linspace(0, 2 * np.pi, sides + 1)[None], np.linspace(0, -2 * np.pi, 13)[:, None]
    out = np.cos(about) * np.ones_like(around)
    normals = np.stack([out * np.sin(around), np.sin(about) * np.ones_like(around), out * np.cos(around)], axis=-1)
    middle = radius * np.stack([np.sin(around), np.zeros_like(around), np.cos(around)], axis=-1)
    return _with_normals(middle + thickness * (normals + _UP), normals, material)


def frustum(
    radius: float, top: float, height: float, sides: int = 18, material: int = 0, *, smooth: bool = True
) -> Mesh:
    """A cone with its tip cut off at radius `top`, which may be 0; a pyramid's if not smooth and of few sides."""
    lid = [(top, height), (top, height), (1e-6, height)] if top > 1e-5 else [(1e-6, height)]
    mesh = shapes.lathe([(1e-6, 0), (radius, 0), (radius, 0), *lid], sides, material)
    return mesh if smooth else faceted(mesh)


def prism(outline: ArrayLike, height: float, material: int = 0) -> Mesh:
    """An upright prism on an outline (N,2) of x and z, counter-clockwise from above, all of it seen from the origin."""
    x, z = np.asarray(outline, np.float64).T
    rim = np.stack([x, z], -1)
    low, high = np.insert(rim, 1, 0.0, axis=1), np.insert(rim, 1, height, axis=1)
    count = len(rim)
    points = np.concatenate([low, high, [(0, 0, 0), (0, height, 0)]])
    here, there = np.arange(count), (np.arange(count) + 1) % count
    triangles = np.concatenate(
        [
            np.stack([here, there, there + count], 1),
            np.stack([here, there + count, here + count], 1),
            np.stack([here + count, there + count, np.full(count, 2 * count + 1)], 1),
            np.stack([there, here, np.full(count, 2 * count)], 1),
        ]
    )
    vertices = np.zeros(len(points), VERTEX)
    vertices["position"] = points
    vertices["material"] = material
    mesh = faceted(Mesh(vertices, triangles.astype(np.int32)))
    return _with_flat_uv(mesh)


def staircase(width: float, rise: float, run: float, steps: int, material: int = 0) -> Mesh:
    """Solid stairs that go up towards -z."""
    number = np.arange(steps)
    centres = np.stack([0 * number, (number + 1) * rise / 2, ((steps - 1) / 2 - number) * run], axis=1)
    sizes = np.stack([np.full(steps, width), (number + 1) * rise, np.full(steps, run)], axis=1)
    return boxes(centres, sizes, material=material)


def slab(cells: NDArray[np.bool_], pitch: float, thickness: float, material: int = 0) -> Mesh:
    """An upright plate made of square cells of `pitch` metres where `cells` (rows, columns) is true, row 0 on top."""
    rows, columns = np.nonzero(cells)
    if not len(rows):
        return shapes.join([])
    x = (columns - (columns.min() + columns.max()) / 2) * pitch
    y = (rows.max() - rows + 0.5) * pitch
    return boxes(np.stack([x, y, 0 * x], axis=1), (pitch, pitch, thickness), material=material)


def knot(radius: float, thickness: float, turns: tuple[int, int] = (2, 3), points: int = 96, material: int = 0) -> Mesh:
    """A torus knot, `turns` times around the axis and around the ring; `radius` to the ring's middle."""
    t = np.linspace(0, 2 * np.pi, points)
    out = radius * (1 + 0.45 * np.cos(turns[1] * t))
    height = 0.45 * radius * (1 + np.sin(turns[1] * t)) + thickness
    path = np.stack([out * np.sin(turns[0] * t), height, out * np.cos(turns[0] * t)], axis=1)
    return shapes.tube(path, thickness, 7, material)


def coil(radius: float, height: float, turns: float, thickness: float, material: int = 0) -> Mesh:
    """A spring about the vertical axis."""
    t = np.linspace(0, 1, max(8, int(14 * turns)))
    angle = 2 * np.pi * turns * t
    path = np.stack([radius * np.sin(angle), thickness + (height - 2 * thickness) * t, radius * np.cos(angle)], axis=1)
    return shapes.tube(path, thickness, 6, material)


def vessel(radii: ArrayLike, height: float, wall: float, sides: int = 20, material: int = 0) -> Mesh:
    """A vase, open at the top: outer radii at equal steps of height, from the foot up, and a wall of even thickness."""
    outer = np.asarray(radii, np.float64)
    level = np.linspace(0, height, len(outer))
    inner = np.maximum(outer - wall, 0.3 * outer)
    inside = np.stack([inner, np.linspace(wall, height, len(outer))], axis=1)[::-1]
    outside = np.stack([outer, level], axis=1)
    foot = np.array([(1e-6, 0.0), (outer[0], 0.0)])
    floor = np.array([(inner[0], wall), (1e-6, wall)])
    return shapes.lathe(np.concatenate([foot, outside, outside[-1:], inside[:1], inside, floor]), sides, material)


def pipe(radius: float, wall: float, length: float, sides: int = 18, material: int = 0) -> Mesh:
    """A straight hollow pipe standing upright, with sharp rims."""
    inner = radius - wall
    ring = [(inner, 0), (radius, 0), (radius, length), (inner, length), (inner, 0)]
    return shapes.lathe(np.repeat(ring, 2, axis=0)[1:-1], sides, material)  # doubled, so that rims are sharp


def relief(heights: NDArray[np.float64], x: NDArray[np.float64], z: NDArray[np.float64], material: int = 0) -> Mesh:
    """Ground of heights (M,N) at places z (M,) and x (N,), both rising: seen from above, smooth."""
    wide, deep = np.meshgrid(x, z)
    points = np.stack([wide, heights, deep], axis=-1)
    vertices = np.zeros(heights.shape, VERTEX)
    vertices["position"] = points
    slope_z, slope_x = np.gradient(heights, z, x)
    normals = np.stack([-slope_x, np.ones_like(heights), -slope_z], axis=-1)
    vertices["normal"] = normals / np.linalg.norm(normals, axis=-1, keepdims=True)
    vertices["uv"] = points[..., [0, 2]]
    vertices["material"] = material
    columns = heights.shape[1]
    corner = (np.arange(heights.shape[0] - 1)[:, None] * columns + np.arange(columns - 1)).reshape(-1, 1)
    triangles = corner + np.array([[0, columns, columns + 1, 0, columns + 1, 1]])
    return Mesh(vertices.reshape(-1), triangles.reshape(-1, 3).astype(np.int32))


def _signed_power(value: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    clean = np.where(np.abs(value) < 1e-12, 0.0, value)  # cosines of right angles
    power: NDArray[np.float64] = np.sign(clean) * np.abs(clean) ** exponent
    return power


def _with_normals(points: NDArray[np.float64], normals: NDArray[np.float64], material: int) -> Mesh:
    mesh = shapes.surface(points, material)
    length = np.linalg.norm(normals, axis=-1, keepdims=True)
    own = mesh.vertices["normal"].reshape(points.shape)
    mesh.vertices["normal"] = np.where(length > 1e-9, normals / np.maximum(length, 1e-12), own).reshape(-1, 3)
    return mesh


def _with_flat_uv(mesh: Mesh) -> Mesh:
    """Texture coordinates laid on upright faces along the horizontal, on the others from above."""
    position, normal = (mesh.vertices[name].astype(np.float64) for name in ("position", "normal"))
    level = np.abs(normal[:, 1]) > 0.7
    flat_normal = normal[:, [2, 0]] / np.maximum(np.linalg.norm(normal[:, [0, 2]], axis=1, keepdims=True), 1e-9)
    along = position[:, 0] * flat_normal[:, 0] - position[:, 2] * flat_normal[:, 1]
    mesh.vertices["uv"][:, 0] = np.where(level, position[:, 0], along)
    mesh.vertices["uv"][:, 1] = np.where(level, position[:, 2], -position[:, 1])
    return mesh
