"""Floors, walls, ceilings, and what holds or lines them: skirting boards, mouldings, beams, pipes, columns."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spnet.synth import shapes
from spnet.synth.layouts.room.furnishing import Room, find_space
from spnet.synth.layouts.room.occupancy import Footprint
from spnet.synth.layouts.room.openings import Gap
from spnet.synth.layouts.room.palette import pick
from spnet.synth.layouts.room.parts import Part, box
from spnet.synth.layouts.room.plan import Wall, ceiling_faces, spans, triangulated
from spnet.synth.scene import VERTEX, Mesh

_ROOF = 0.2  # metres above the ceiling: without it the sun would shine in along the edges


def build_shell(room: Room, gaps: Sequence[Gap], thickness: float, *, thin: int | None = None) -> None:
    """The floor, the ceiling and the walls around their openings; the wall of index `thin` is as thin as a sheet."""
    plan, palette = room.plan, room.palette
    floor = np.insert(plan.corners, 1, 0.0, axis=1)
    faces = [floor[list(triangle)] for triangle in triangulated(plan.corners)]
    room.builder.add(_level_mesh(faces, 1.0, palette.floor))
    ceiling = ceiling_faces(plan)
    roof = [face + np.array([0.0, _ROOF, 0.0]) for face in ceiling]
    room.builder.add(_level_mesh([*ceiling, *roof], -1.0, palette.ceiling))
    odd, faces_of_walls = int(room.rng.integers(len(room.walls))), list[_Face]()
    for wall in room.walls:
        material = palette.walls[1 if wall.index == odd else 0]
        own = [gap for gap in gaps if gap.wall is wall]
        faces_of_walls += _wall_faces(room, wall, own, material, 0.01 if wall.index == thin else thickness)
    room.builder.add(_upright_mesh(faces_of_walls))


class _Face(NamedTuple):
    """An upright or level rectangle of a wall, in its axes: from a corner along two edges."""

    pose: NDArray[np.float64]
    corner: tuple[float, float, float]
    along: tuple[float, float, float]
    up: tuple[float, float, float]
    material: int


def _wall_faces(room: Room, wall: Wall, gaps: Sequence[Gap], material: int, thickness: float) -> list[_Face]:
    """A wall that reaches around convex corners, so that no light comes in between it and the next."""
    start = -thickness if wall.convex[0] else 0.0
    end = wall.length + (thickness if wall.convex[1] else 0.0)
    pose, faces = wall.pose(), []
    for left, bottom, right, top in _around(start, end, room.plan.height + _ROOF, gaps):
        wide, high = right - left, top - bottom
        faces.append(_Face(pose, (left, bottom, 0.0), (wide, 0, 0), (0, high, 0), material))
        faces.append(_Face(pose, (right, bottom, -thickness), (-wide, 0, 0), (0, high, 0), material))
    for gap in gaps:
        left, bottom, right, top = gap.left, gap.bottom, gap.left + gap.width, gap.bottom + gap.height
        trim = room.palette.trim
        faces += [
            _Face(pose, (left, bottom, -thickness), (0, 0, thickness), (0, gap.height, 0), trim),
            _Face(pose, (right, bottom, 0), (0, 0, -thickness), (0, gap.height, 0), trim),
            _Face(pose, (left, bottom, 0), (gap.width, 0, 0), (0, 0, -thickness), trim),
            _Face(pose, (left, top, -thickness), (gap.width, 0, 0), (0, 0, thickness), trim),
        ]
    return faces


def _around(start: float, end: float, height: float, gaps: Sequence[Gap]) -> list[tuple[float, float, float, float]]:
    """Rectangles (left, bottom, right, top) that cover a wall but its openings: columns between openings' edges."""
    edges = sorted({start, end, *(gap.left for gap in gaps), *(gap.left + gap.width for gap in gaps)})
    faces = []
    for left, right in pairwise(edges):
        bottom = 0.0
        for gap in sorted(gaps, key=lambda gap: gap.bottom):
            if gap.left < (left + right) / 2 < gap.left + gap.width:
                faces.append((left, bottom, right, gap.bottom))
                bottom = gap.bottom + gap.height
        faces.append((left, bottom, right, height))
    return [face for face in faces if face[3] - face[1] > 1e-9]


def _upright_mesh(faces: Sequence[_Face]) -> Mesh:
    """All faces in one mesh; uv run on from face to face of a wall."""
    poses = np.array([face.pose[:3] for face in faces])
    corner, along, up = (np.array([face[i] for face in faces], np.float64) for i in (1, 2, 3))
    turned = poses[:, :, :3]
    middle = corner + (along + up) / 2
    world = [(turned @ value[..., None])[..., 0] for value in (middle, along, up)]
    mesh = shapes.cards(world[0] + poses[:, :, 3], world[1], world[2])
    corners = np.stack([corner, corner + along, corner + along + up, corner + up], axis=1)
    uv = np.stack([corners[..., 0] + corners[..., 2], -corners[..., 1]], axis=-1)
    mesh.vertices["uv"] = uv.reshape(-1, 2)
    mesh.vertices["material"] = np.repeat([face.material for face in faces], 4)
    return mesh


def _level_mesh(faces: Sequence[NDArray[np.float64]], up: float, material: int) -> Mesh:
    """Convex polygons (K,3) seen from above or from below; uv are metres in x and z."""
    corners = np.concatenate(faces)
    vertices = np.zeros(len(corners), VERTEX)
    vertices["position"] = corners
    vertices["uv"] = corners[:, [0, 2]]
    vertices["material"] = material
    triangles, start = [], 0
    for face in faces:
        normal = np.cross(face[1] - face[0], face[2] - face[0])
        length = np.linalg.norm(normal)
        towards = np.sign(normal[1] or 1.0) * up
        vertices["normal"][start : start + len(face)] = normal * towards / length if length > 1e-12 else (0, up, 0)
        triangles += [(start, start + i, start + i + 1) for i in range(1, len(face) - 1)]
        start += len(face)
    return Mesh(vertices, np.array(triangles, np.int32).reshape(-1, 3))


def line_walls(room: Room, gaps: Sequence[Gap]) -> None:
    """Skirting boards between the doors, and at times a moulding under a level ceiling or a dado rail."""
    rng, palette = room.rng, room.palette
    high, moulding, rail = (
        rng.uniform(0.05, 0.14),
        rng.random() < 0.25 and len(room.plan.ceilings) == 1,
        rng.random() < 0.12,
    )
    dado = rng.uniform(0.8, 1.1)
    for wall in room.walls:
        parts = []
        cuts = [
            (gap.left - 0.08, gap.left + gap.width + 0.08) for gap in gaps if gap.wall is wall and gap.bottom < 0.15
        ]
        for start, end in _between(wall.length, cuts):
            parts.append(box((start + end) / 2, 0, 0.008, end - start, high, 0.016, palette.trim))
        parts += _sockets(room, wall, gaps)
        if moulding:
            parts.append(
                Part("box", wall.length / 2, room.plan.height - 0.06, 0.02, wall.length, 0.06, 0.04, palette.ceiling)
            )
        if rail:
            cuts = [(gap.left - 0.12, gap.left + gap.width + 0.12) for gap in gaps if gap.wall is wall]
            for start, end in _between(wall.length, cuts):
                parts.append(box((start + end) / 2, dado, 0.008, end - start, 0.05, 0.016, palette.trim))
        room.add(parts, wall.pose())


def _sockets(room: Room, wall: Wall, gaps: Sequence[Gap]) -> list[Part]:
    """Sockets near the floor, and switches beside doors."""
    parts = [
        box(gap.left + gap.width + 0.16, 1.05, 0.006, 0.08, 0.08, 0.012, room.palette.white)
        for gap in gaps
        if gap.wall is wall and gap.bottom == 0 and gap.left + gap.width + 0.25 < wall.length
    ]
    for x in room.rng.uniform(0, wall.length, int(room.rng.integers(0, 3))).tolist():
        if room.wall_is_free(wall, x - 0.1, 0.2, x + 0.1, 0.4):
            parts.append(box(x, 0.25, 0.006, 0.15, 0.08, 0.012, room.palette.white))
    return parts


def _between(length: float, cuts: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The stretches of a wall outside of intervals."""
    stretches, start = [], 0.0
    for low, high in [*sorted(cuts), (length, length)]:
        if low - start > 0.02:
            stretches.append((start, low))
        start = max(start, high)
    return stretches


def span_ceiling(room: Room, kind: str) -> None:
    """Beams, or pipes and ducts, from wall to wall under the ceiling."""
    rng, plan, palette = room.rng, room.plan, room.palette
    low, high = plan.bounds()
    axis = int(high[0] - low[0] < high[1] - low[1])  # along the shorter side
    step = rng.uniform(0.7, 1.6) if kind == "beams" else rng.uniform(0.25, 1.2)
    thick, deep = (
        (rng.uniform(0.1, 0.2), rng.uniform(0.12, 0.25)) if kind == "beams" else (rng.uniform(0.03, 0.25), 0.0)
    )
    top = plan.height - (0.0 if kind == "beams" else rng.uniform(0.03, 0.12))
    levels = np.arange(low[1 - axis] + step / 2, high[1 - axis] - 0.1, step)
    wood, metal = palette.woods[0], pick(rng, (palette.metal, palette.white, palette.iron))
    parts = []
    for at in levels if kind == "beams" else levels[: int(rng.integers(1, 4))]:
        for start, end in spans(plan.corners, 1 - axis, float(at)):
            middle, long = (start + end) / 2, end - start
            x, z = (middle, at) if axis == 0 else (at, middle)
            turn = 0.0 if axis == 0 else np.pi / 2
            if kind == "beams":
                parts.append(box(x, top - deep, z, long, deep, thick, wood, turn))
            else:
                end_x, end_z = (start, at) if axis == 0 else (at, start)
                tilt = Part("cylinder", end_x, top - thick / 2, end_z, thick, long, thick, metal, turn, 0, -np.pi / 2)
                parts.append(tilt if axis == 0 else tilt._replace(turn=-np.pi / 2))
    if len(plan.ceilings) == 1:
        room.add(parts, np.eye(4))


def stand_column(room: Room) -> None:
    """A column from floor to ceiling."""
    rng, wide = room.rng, room.rng.uniform(0.2, 0.45)
    pose = find_space(room, wide + 0.5, room.plan.height - 0.1, wide + 0.5)
    if pose is None:
        return
    solid, material = (
        pick(rng, ("box", "cylinder")),
        pick(rng, (room.palette.walls[0], room.palette.stone, room.palette.trim)),
    )
    room.add(
        [
            Part(solid, 0, 0, 0, wide, room.plan.height + 0.05, wide, material),
            Part(solid, 0, 0, 0, wide + 0.06, 0.12, wide + 0.06, material),
            Part(solid, 0, room.plan.height - 0.1, 0, wide + 0.08, 0.1, wide + 0.08, material),
        ],
        pose,
    )
    room.floor.take(Footprint(pose[0, 3], pose[2, 3], 0.0, wide, wide), room.plan.height)


def build_half_wall(room: Room) -> None:
    """A low wall from one of the walls into the room, with a board on top."""
    rng, thick, high = room.rng, room.rng.uniform(0.1, 0.2), room.rng.uniform(0.85, 1.35)
    wall = pick(rng, [wall for wall in room.walls if wall.length > 2.0] or room.walls)
    along, long = rng.uniform(0.3, 0.7) * wall.length, rng.uniform(0.7, 1.5)
    x, z = wall.at(along, long / 2)
    spot = Footprint(x, z, wall.turn, thick + 0.5, long + 0.6)
    if room.floor.height(Footprint(x, z, wall.turn, thick, long - 0.1)) > 0:
        return
    if (
        not room.wall_is_free(wall, along - thick, 0, along + thick, high)
        or room.floor.tops_at(*spot.points()).mean() > 10
    ):
        return
    board = box(0, high, 0, thick + 0.06, 0.03, long + 0.04, pick(rng, (room.palette.trim, *room.palette.woods)))
    room.add([box(0, 0, 0, thick, high, long, room.palette.walls[0]), board], wall.pose(along, long / 2))
    room.floor.take(spot._replace(width=thick, depth=long), high)
    room.take_wall(wall, along - thick / 2, 0, along + thick / 2, high)
