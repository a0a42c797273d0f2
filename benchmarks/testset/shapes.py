"""Meshes and curves that everything is made of. Metres, z up; every function links its object to the scene."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import bmesh
import bpy
import numpy as np
from mathutils import Matrix, Vector
from numpy.typing import ArrayLike, NDArray

Point = Sequence[float]
Object = Any
Material = Any


def mesh(vertices: ArrayLike, faces: Iterable[Sequence[int]], material: Material, smooth: float = 0.0) -> Object:
    """An object of `vertices` (V,3); edges flatter than `smooth` degrees are shaded round."""
    data = bpy.data.meshes.new("mesh")
    data.from_pydata(np.asarray(vertices, dtype=float).tolist(), [], [list(face) for face in faces])
    data.materials.append(material)
    if smooth:
        data.shade_smooth()
        data.set_sharp_from_angle(angle=math.radians(smooth))
    return link(data)


def link(data: Any) -> Object:
    """A new object in the scene that shows `data`."""
    made = bpy.data.objects.new(data.name, data)
    _stage().objects.link(made)
    return made


def _stage() -> Any:
    """Where objects wait until `show`: Blender goes through a whole scene again for each object that it is given."""
    return bpy.data.collections.get("stage") or bpy.data.collections.new("stage")


def show() -> None:
    """Put all objects made so far, and those still to come, in the scene."""
    shown = bpy.context.scene.collection.children
    if "stage" not in shown:
        shown.link(_stage())


def modify(made: Object, kind: str, **settings: object) -> Object:
    """The object with one of Blender's modifiers on top."""
    modifier = made.modifiers.new(kind, kind)
    for name, value in settings.items():
        setattr(modifier, name, value)
    return made


def block(low: Point, high: Point, material: Material, bevel: float = 0.004) -> Object:
    """An axis-aligned box between two corners, its edges rounded by `bevel` metres."""
    corners = [[(low, high)[index >> axis & 1][axis] for axis in range(3)] for index in range(8)]
    faces = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
    made = mesh(corners, faces, material)
    if bevel:
        width = min(bevel, *(0.3 * abs(top - bottom) for bottom, top in zip(low, high, strict=True)))
        modify(made, "BEVEL", width=width, segments=2)
    return made


def rod(
    start: Point, end: Point, radius: float, material: Material, end_radius: float | None = None, sides: int = 20
) -> Object:
    """A closed cylinder or cone from `start` to `end`; few `sides` make a prism."""
    length = (Vector(end) - Vector(start)).length
    profile = [(0, 0), (radius, 0), (radius if end_radius is None else end_radius, length), (0, length)]
    made = lathe(profile, material, sides)
    turn = (Vector(end) - Vector(start)).to_track_quat("Z", "Y").to_matrix().to_4x4()
    made.matrix_basis = Matrix.Translation(start) @ turn
    return made


def lathe(profile: Sequence[tuple[float, float]], material: Material, sides: int = 40, at: Point = (0, 0, 0)) -> Object:
    """A body of revolution about z: `profile` is (radius, height) from one end to the other."""
    radius, height = np.array(profile, dtype=float).T
    angle = np.arange(sides) * (2 * np.pi / sides)
    around = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    rings = np.maximum(radius, 1e-5)[:, None, None] * around
    vertices = np.concatenate([rings, np.broadcast_to(height[:, None, None], (*rings.shape[:2], 1))], axis=-1)
    made = mesh(vertices.reshape(-1, 3), grid_faces(len(profile), sides, closed=True), material, smooth=40)
    made.location = at
    return made


def ball(centre: Point, radius: float | Point, material: Material, sides: int = 40) -> Object:
    """A sphere, or an ellipsoid of three radii."""
    latitude = np.linspace(-np.pi / 2, np.pi / 2, sides // 2)
    made = lathe(list(zip(np.cos(latitude), np.sin(latitude), strict=True)), material, sides, at=centre)
    made.scale = (radius,) * 3 if isinstance(radius, int | float) else radius
    return made


def ring(centre: Point, radius: float, thickness: float, material: Material, axis: Point = (0, 0, 1)) -> Object:
    """A torus about `axis`; `thickness` is the radius of its tube."""
    angle = np.linspace(0, 2 * np.pi, 17)
    profile = [(radius + thickness * np.cos(a), thickness * np.sin(a)) for a in angle]
    made = lathe(profile, material, 56)
    made.matrix_basis = Matrix.Translation(centre) @ Vector(axis).to_track_quat("Z", "Y").to_matrix().to_4x4()
    return made


def tube(points: ArrayLike, radius: float, material: Material, smooth: bool = True, closed: bool = False) -> Object:
    """A round wire through `points` (N,3), by Blender's curves."""
    curve = bpy.data.curves.new("tube", "CURVE")
    curve.dimensions, curve.bevel_depth, curve.bevel_resolution = "3D", radius, 3
    curve.use_fill_caps = True
    line = curve.splines.new("BEZIER" if smooth else "POLY")
    through = np.asarray(points, dtype=float)
    stations = line.bezier_points if smooth else line.points
    stations.add(len(through) - 1)
    for station, point in zip(stations, through.tolist(), strict=True):
        station.co = point if smooth else (*point, 1.0)
        if smooth:
            station.handle_left_type = station.handle_right_type = "AUTO"
    line.use_cyclic_u = closed
    curve.materials.append(material)
    return link(curve)


def prism(outline: Sequence[tuple[float, float]], low: float, high: float, material: Material) -> Object:
    """The polygon `outline` of (x, y), counter-clockwise, raised from `low` to `high`."""
    count = len(outline)
    vertices = [(x, y, z) for z in (low, high) for x, y in outline]
    sides = [(i, (i + 1) % count, count + (i + 1) % count, count + i) for i in range(count)]
    return mesh(vertices, [range(count - 1, -1, -1), range(count, 2 * count), *sides], material)


def sheet(x: ArrayLike, y: ArrayLike, z: ArrayLike, material: Material, smooth: float = 60.0) -> Object:
    """The surface through a grid of points, each coordinate (rows, columns)."""
    grid = np.stack(np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float), np.asarray(z, float)), axis=-1)
    rows, columns = grid.shape[:2]
    return mesh(grid.reshape(-1, 3), grid_faces(rows, columns, closed=False), material, smooth)


def grid_faces(rows: int, columns: int, closed: bool) -> list[tuple[int, int, int, int]]:
    """The quads of a grid of vertices in row order; `closed` joins the last column to the first."""
    across = columns if closed else columns - 1
    return [
        (r * columns + c, r * columns + (c + 1) % columns, (r + 1) * columns + (c + 1) % columns, (r + 1) * columns + c)
        for r in range(rows - 1)
        for c in range(across)
    ]


def place(made: Iterable[Object], at: Point, turn: float = 0.0, scale: float = 1.0) -> list[Object]:
    """The objects, made about the origin, moved to `at` and turned by radians about z."""
    move = Matrix.Translation(at) @ Matrix.Rotation(turn, 4, "Z") @ Matrix.Scale(scale, 4)
    moved = list(made)
    for each in moved:
        each.matrix_basis = move @ each.matrix_basis
    return moved


def tumble(made: Object, generator: np.random.Generator, at: Point) -> Object:
    """The object in a random attitude at `at`."""
    axis = Vector(generator.normal(size=3).tolist()).normalized()
    made.matrix_basis = (
        Matrix.Translation(at) @ Matrix.Rotation(float(generator.uniform(0, 2 * np.pi)), 4, axis) @ made.matrix_basis
    )
    return made


def copies(made: Iterable[Object], at: Point, turn: float = 0.0, scale: float = 1.0) -> list[Object]:
    """More of the same objects that share their data, moved like `place`."""
    again = []
    for each in made:
        copy = each.copy()
        _stage().objects.link(copy)
        again.append(copy)
    return place(again, at, turn, scale)


def merged(made: Iterable[Object]) -> Object:
    """One object, modifiers applied, in place of many: its copies cost next to nothing."""
    parts = list(made)
    shown = bpy.data.collections.new("parts")
    for each in parts:
        shown.objects.link(each)
    bpy.context.scene.collection.children.link(shown)
    bpy.context.view_layer.update()
    evaluated = bpy.context.evaluated_depsgraph_get()
    joined, materials = bmesh.new(), []
    for each in parts:
        part = bpy.data.meshes.new_from_object(each.evaluated_get(evaluated))
        part.transform(each.matrix_basis)
        for slot in part.materials:
            if slot not in materials:
                materials.append(slot)
        order = [materials.index(slot) for slot in part.materials]
        before = len(joined.faces)
        joined.from_mesh(part)
        joined.faces.ensure_lookup_table()
        for face in joined.faces[before:]:
            face.material_index = order[face.material_index]
        bpy.data.meshes.remove(part)
    bpy.data.collections.remove(shown)
    bpy.data.batch_remove(parts)
    data = bpy.data.meshes.new("merged")
    joined.to_mesh(data)
    joined.free()
    for material in materials:
        data.materials.append(material)
    return link(data)


def tinted(made: Object, colour: Point | NDArray[np.float64]) -> Object:
    """The object in a colour of its own, for materials that take it (`materials.object_colour`)."""
    made.color = (*colour, 1.0)
    return made


def as_glass(made: Object) -> Object:
    """The object marked as clear glass: seen in the picture, absent from the depth."""
    made["glass"] = True
    return made
