"""Clutter: its solids are what their formulae say, its things lie on something, and its scenes keep their bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spnet.synth import shapes
from spnet.synth.assets.bank import Bank, Credit, Model, Texture
from spnet.synth.layouts import solids
from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.clutter import choice, clutter, lattices, piles, stacking, stages, views
from spnet.synth.layouts.clutter.things import Thing, draw_things, solid
from spnet.synth.scene import VERTEX, Material, Mesh, Scene

WIDTH, HEIGHT = 320, 256
ANGLES = np.linspace(0, 2 * np.pi, 7)[:-1]
HEXAGON = np.stack([np.sin(ANGLES), np.cos(ANGLES)], axis=1)
SUBKINDS = [choice.piled, choice.solid, choice.hidden, choice.screened, choice.hung, choice.painted, choice.passing]
CREDIT = Credit("nobody", "CC0-1.0", "tests")


def bank_of(*named: tuple[str, Mesh]) -> Bank:
    """A bank with a plain wall texture and these models, by role."""
    models, vertices, triangles = [], [np.zeros(0, VERTEX)], [np.zeros((0, 3), np.int32)]
    for role, mesh in named:
        first, corners = sum(map(len, triangles)), sum(map(len, vertices))
        size = tuple(float(value) for value in np.ptp(mesh.vertices["position"], axis=0))
        models.append(Model(role, role, size, 0.0, first, len(mesh.triangles), (Material(),), (), CREDIT))
        vertices.append(mesh.vertices)
        triangles.append(mesh.triangles + np.int32(corners))
    wall = Texture("wall", "wall", np.full((8, 8, 4), 200, np.uint8), 1.0, False, CREDIT)
    return Bank((wall,), tuple(models), np.concatenate(vertices), np.concatenate(triangles))


BANKS = {
    "without models": bank_of(),
    "with two": bank_of(("small", shapes.box((0.1, 0.2, 0.1))), ("seat", shapes.box((0.5, 0.9, 0.5)))),
}


def volume(mesh: Mesh) -> float:
    """By the divergence theorem: positive where triangles are wound counter-clockwise as seen from outside."""
    corners = mesh.vertices["position"].astype(np.float64)[mesh.triangles]
    return float(np.einsum("ti,ti", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6)


def agreement(mesh: Mesh) -> float:
    """The least cosine between a triangle's facing and the mean of its corners' normals."""
    corners = mesh.vertices[mesh.triangles]
    points = corners["position"].astype(np.float64)
    facing = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    area = np.linalg.norm(facing, axis=1)
    kept = area > 1e-6 * area.max()
    return float(((facing * corners["normal"].mean(axis=1)).sum(axis=1)[kept] / area[kept]).min())


def check_mesh(mesh: Mesh) -> None:
    for name in ("position", "normal", "uv"):
        assert np.isfinite(mesh.vertices[name]).all(), name
    np.testing.assert_allclose(np.linalg.norm(mesh.vertices["normal"], axis=1), 1, atol=1e-3)
    assert mesh.triangles.min() >= 0
    assert mesh.triangles.max() < len(mesh.vertices)


@pytest.mark.parametrize(
    ("mesh", "expected"),
    [
        (solids.boxes([(0, 1, 0), (3, 1, 0)], (1, 2, 3)), 12.0),
        (solids.sphere(1, 40, 60), 4 * np.pi / 3),
        (solids.superellipsoid((1, 2, 3), rings=40, sides=60), 8 * np.pi),
        (solids.superellipsoid((1, 2, 3), (0.02, 0.02), rings=40, sides=60), 48.0),
        (solids.superellipsoid((1, 1, 1), (2, 2), rings=40, sides=60), 4 / 3),
        (solids.torus(1, 0.3, 80), 2 * np.pi**2 * 0.09 * 0.955),  # a tube of twelve sides
        (solids.frustum(1, 0.5, 2, 60), 2 * np.pi / 3 * 1.75),
        (solids.frustum(1, 0, 2, 4, smooth=False), 4 / 3),
        (solids.prism(HEXAGON, 2), 3 * 3**0.5),
        (solids.staircase(1, 0.2, 0.3, 5), 0.9),
        (solids.slab(np.array([[True, False], [True, True]]), 0.5, 0.2), 0.15),
        (solids.pipe(1, 0.2, 3, 60), 0.36 * np.pi * 3),
        (solids.vessel([1, 1, 1], 2, 0.1, sides=60), 2 * np.pi - 1.9 * 0.81 * np.pi),
    ],
)
def test_a_solid_has_the_volume_of_its_formula_and_stands_on_the_ground(mesh, expected):
    assert volume(mesh) == pytest.approx(expected, rel=0.02)
    assert agreement(mesh) > 0.3
    check_mesh(mesh)
    assert mesh.vertices["position"][:, 1].min() == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("turns", [(2, 3), (3, 2), (2, 5)])
def test_knots_and_coils_are_wound_outwards(turns):
    for mesh in (solids.knot(1, 0.1, turns), solids.coil(0.5, 1, 4, 0.03)):
        assert volume(mesh) > 0
        check_mesh(mesh)


def test_rods_reach_from_start_to_end_with_their_radius():
    ends = np.array([(0.0, 2.0, 0.0), (3.0, 0.0, 0.0), (1.0, 1.0, 1.0)])
    points = solids.rods(np.zeros((3, 3)), ends, [0.1, 0.2, 0.3], 12).vertices["position"].reshape(3, 2, 13, 3)
    np.testing.assert_allclose(points[:, 0].astype(np.float64)[:, :-1].mean(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(points[:, 1].astype(np.float64)[:, :-1].mean(axis=1), ends, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(points[:, 0], axis=-1), [[0.1] * 13, [0.2] * 13, [0.3] * 13], rtol=1e-5)


def test_boxes_lie_along_their_frames():
    frame = shapes.pose(turn=np.pi / 2)[:3, :3]
    points = solids.boxes((5, 0, 0), (4, 1, 2), frame).vertices["position"]
    np.testing.assert_allclose(np.ptp(points, axis=0), (2, 1, 4), atol=1e-5)


def test_a_repeated_mesh_is_the_moved_mesh_again_and_again():
    ball, places = solids.sphere(0.5), np.array([(1.0, 2.0, 3.0), (-1.0, 0.0, 0.5)])
    poses = solids.poses(places, [2.0, 0.5], [0.3, 1.0])
    both = solids.repeated(ball, poses, [4, 7])
    apart = shapes.join(
        [shapes.moved(ball, shapes.pose(p, t, s)) for p, t, s in zip(places, (0.3, 1.0), (2.0, 0.5), strict=True)]
    )
    np.testing.assert_allclose(both.vertices["position"], apart.vertices["position"], atol=1e-6)
    np.testing.assert_allclose(both.vertices["normal"], apart.vertices["normal"], atol=1e-6)
    assert sorted(set(both.vertices["material"].tolist())) == [4, 7]


@pytest.mark.parametrize("seed", range(40))
def test_things_drawn_by_chance_are_sound(seed):
    thing = solid(np.random.default_rng(seed), [3])
    assert thing.mesh is not None
    check_mesh(thing.mesh)
    assert (thing.mesh.vertices["material"] == 3).all()
    assert thing.scale * np.ptp(thing.mesh.vertices["position"], axis=0).max() == pytest.approx(1, rel=1e-5)


STRUCTURES = [
    lattices.bars, lattices.wires, lattices.trellis, lattices.net, lattices.slats, lattices.sheet_with_holes,
    lattices.wheels, lattices.twigs, lattices.cables, lattices.ladder, lattices.scaffold,
]  # fmt: skip


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize(("width", "height", "pitch"), [(4.0, 2.0, 0.2), (0.3, 0.5, 0.04), (60.0, 20.0, 1.5)])
def test_thin_structures_fill_their_panel_and_have_holes(structure, width, height, pitch):
    mesh = structure(np.random.default_rng(3), width, height, pitch, 5)
    check_mesh(mesh)
    assert (mesh.vertices["material"] == 5).all()
    low, high = mesh.vertices["position"].min(axis=0), mesh.vertices["position"].max(axis=0)
    assert high[1] - low[1] > 0.15 * height
    assert low[1] > -0.2 * height
    assert len(mesh.triangles) < 30_000
    corners = mesh.vertices["position"].astype(np.float64)[mesh.triangles][..., :2]
    (a, b), (c, d) = (corners[:, 1] - corners[:, 0]).T, (corners[:, 2] - corners[:, 0]).T
    assert np.abs(a * d - b * c).sum() / 4 < 0.97 * width * height  # fronts alone: half of what faces the camera


def board(wide: float, deep: float) -> stacking.Outline:
    positions = solids.boxes((0, 0.05, 0), (wide, 0.1, deep))
    return stacking.outline(stacking.sampled(positions.vertices["position"].astype(np.float64), positions.triangles))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**31),
    st.floats(0.2, 1.5),
    st.floats(0.2, 1.5),
    st.floats(0, 6.28),
    st.floats(0.3, 2),
    st.floats(0, 1),
)
def test_what_is_dropped_touches_what_lies_below_and_enters_none_of_it(seed, wide, deep, turn, scale, steepest):
    rough = np.random.default_rng(seed).uniform(0, 0.5, (80, 80))
    heap = stacking.heap_on(rough, np.array([-4.0, -4.0]), 0.1)
    found = stacking.rest(heap, board(wide, deep), np.array([0.03, -0.02]), turn, scale, steepest)
    assert found is not None
    up = found.pose[:3, 1] / np.linalg.norm(found.pose[:3, 1])
    slope = -up[[0, 2]] / up[1]
    assert np.hypot(*slope) <= steepest + 1e-9
    x, z = np.meshgrid(-4 + 0.1 * np.arange(80), -4 + 0.1 * np.arange(80), indexing="ij")
    under = found.pose[1, 3] + (x - 0.03) * slope[0] + (z + 0.02) * slope[1]
    after = stacking.heap_on(rough, heap.corner, 0.1)
    stacking.drop(after, found)
    covered = after.heights > rough + 1e-9
    gap = (under - rough)[covered]
    assert gap.min() >= -1e-9
    assert gap.min() < 0.12 * scale  # a board is 0.1 thick: where it touches, it covers
    assert found.gap >= 0


def test_a_board_over_two_posts_lies_on_both():
    heights = np.zeros((60, 60))
    heights[20, 27:34], heights[40, 27:34] = 1.0, 0.6
    heap = stacking.heap_on(heights, np.array([-3.0, -3.0]), 0.1)
    found = stacking.rest(heap, board(2.6, 0.4), np.zeros(2), 0.0, 1.0, 1.0)
    assert found is not None
    assert found.pose[1, 3] == pytest.approx(0.8)
    assert found.pose[1, 0] / found.pose[0, 0] == pytest.approx(-0.2)


def test_nothing_is_dropped_beyond_the_edge():
    heap = stacking.heap_on(np.zeros((20, 20)), np.zeros(2), 0.1)
    assert stacking.rest(heap, board(1, 1), np.array([0.2, 1.0]), 0.0, 1.0, 1.0) is None


@pytest.mark.parametrize("seed", range(12))
def test_a_box_thrown_anyhow_lies_on_one_of_its_sides(seed):
    positions = solids.boxes((0, 0, 0), (1.0, 0.6, 0.3)).vertices["position"].astype(np.float64)
    thrown = positions @ views.any_rotation(np.random.default_rng(seed)).T
    pose = stacking.stable(thrown)
    lying = thrown @ pose[:3, :3].T + pose[:3, 3]
    assert lying[:, 1].min() == pytest.approx(0, abs=1e-9)
    assert (lying[:, 1] < 1e-6).sum() == 12  # each corner is in three faces
    np.testing.assert_allclose(lying.min(axis=0)[[0, 2]], -lying.max(axis=0)[[0, 2]], atol=1e-9)


def test_models_in_a_pile_rest_on_the_floor_or_on_each_other():
    rng = np.random.default_rng(5)
    builder = Builder(BANKS["with two"], rng)
    stage = stages.floor(builder)
    view = piles.view_of(stage, views.draw_camera(rng, WIDTH, HEIGHT), rng)
    things = [Thing(None, index, 1 / max(BANKS["with two"].models[index].size), 12, True) for index in (0, 1)]
    piles.pile(builder, stage, view, things, [0], 40)
    lit = builder.scene("clutter", view, [])
    lowest = [world_positions(lit, number, BANKS["with two"])[:, 1].min() for number in range(len(lit.objects))]
    assert len(lowest) > 20
    assert min(lowest) > -0.1 * stage.size
    assert np.mean(np.array(lowest) < 0.05 * stage.size) > 0.2
    assert max(lowest) < 3 * stage.size


def world_positions(scene: Scene, number: int, bank: Bank) -> NDArray[np.float64]:
    """Of one of a scene's objects."""
    placed = scene.objects[number]
    model = bank.models[placed.model]
    used = np.unique(bank.triangles[model.first : model.first + model.count])
    positions = bank.vertices["position"][used].astype(np.float64)
    return positions @ placed.pose[:3, :3].T + placed.pose[:3, 3]


def depths(scene: Scene, bank: Bank, columns: int = 12, rows: int = 9) -> NDArray[np.float64]:
    """Z of the first surface along a grid of rays, infinite for the sky (Möller and Trumbore, 1997)."""
    camera, pose = scene.view.camera, scene.view.pose
    u, v = np.meshgrid((np.arange(columns) + 0.37) / columns, (np.arange(rows) + 0.41) / rows)
    own = np.stack(
        [(u * WIDTH - camera.cx) / camera.fx, (v * HEIGHT - camera.cy) / camera.fy, np.ones_like(u)], -1
    ).reshape(-1, 3)
    to_camera = np.linalg.inv(pose)
    corners = [scene.mesh.vertices["position"][scene.mesh.triangles].astype(np.float64)]
    for placed in scene.objects:
        model = bank.models[placed.model]
        local = bank.vertices["position"][bank.triangles[model.first : model.first + model.count]].astype(np.float64)
        corners.append(local @ placed.pose[:3, :3].T + placed.pose[:3, 3])
    first, second, third = np.moveaxis(np.concatenate(corners) @ to_camera[:3, :3].T + to_camera[:3, 3], 1, 0)
    normals = np.cross(second - first, third - first)
    return np.array([_first_hit(ray, first, second, third, normals) for ray in own])


def _first_hit(
    ray: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    third: NDArray[np.float64],
    normals: NDArray[np.float64],
) -> float:
    """The least z at which a ray from the origin meets a triangle."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (first * normals).sum(axis=1) / (normals @ ray)
    near = np.flatnonzero(np.isfinite(z) & (z > 0.01))
    low, high = (
        end(end(first[near], second[near]), third[near]) - z[near, None] * ray for end in (np.minimum, np.maximum)
    )
    near = near[((low <= 1e-9) & (high >= -1e-9)).all(axis=1)]
    corners = (first[near], second[near], third[near])
    met = np.ones(len(near), bool)
    for a, b in zip(corners, (*corners[1:], corners[0]), strict=True):
        met &= (np.cross(b - a, z[near, None] * ray - a) * normals[near]).sum(axis=1) >= 0
    return float(z[near][met].min(initial=np.inf))


def every_scene() -> list[tuple[str, int, str]]:
    return [(draw.__name__, seed, bank) for draw in SUBKINDS for seed in range(4) for bank in sorted(BANKS)]


@pytest.mark.parametrize(("name", "seed", "bank"), every_scene())
def test_every_scene_keeps_the_renderers_bounds(name, seed, bank):
    scene = getattr(choice, name)(Builder(BANKS[bank], np.random.default_rng(seed)), WIDTH, HEIGHT)
    check_mesh(scene.mesh)
    assert scene.kind == "clutter"
    assert scene.mesh.vertices["material"].max() < len(scene.materials)
    assert len(scene.materials) + sum(len(placed.materials) for placed in scene.objects) <= 4096
    assert 1 <= len(scene.lights) <= 4
    assert sum(light.shadows for light in scene.lights[2:]) == 0
    assert all((light.direction is None) != (light.position is None) for light in scene.lights)
    placed = sum(BANKS[bank].models[item.model].count for item in scene.objects)
    assert 10 < len(scene.mesh.triangles) + placed < 250_000
    rotation, camera = scene.view.pose[:3, :3], scene.view.camera
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(rotation) == pytest.approx(1)
    assert 44 < np.degrees(2 * np.arctan(WIDTH / 2 / camera.fx)) < 96


@pytest.mark.parametrize("name", [draw.__name__ for draw in SUBKINDS])
@pytest.mark.parametrize("seed", [100, 101])
def test_the_camera_sees_something_and_nothing_stands_before_its_lens(name, seed):
    bank = BANKS["with two"]
    seen = depths(getattr(choice, name)(Builder(bank, np.random.default_rng(seed)), WIDTH, HEIGHT), bank)
    surfaces = seen[np.isfinite(seen)]
    assert len(surfaces) > 0.1 * len(seen)
    assert (surfaces < 0.05 * np.median(surfaces)).mean() < 0.3
    assert np.ptp(surfaces) > 0.02 * np.median(surfaces)


def test_the_same_seed_gives_the_same_scene_and_another_seed_another():
    def stamp(seed: int) -> tuple[bytes, bytes, object]:
        scene = clutter(np.random.default_rng(seed), BANKS["with two"], WIDTH, HEIGHT)
        return scene.mesh.vertices.tobytes(), scene.view.pose.tobytes(), (scene.materials, scene.lights, scene.sky)

    for seed in range(6):
        assert stamp(seed) == stamp(seed)
        assert stamp(seed)[1] != stamp(seed + 1)[1]


def test_models_are_used_where_there_are_any_and_their_size_is_one():
    builder = Builder(BANKS["with two"], np.random.default_rng(0))
    models = [thing for thing in draw_things(builder, 40, [0], modelled=0.7) if thing.model is not None]
    assert 15 < len(models) < 40
    assert {thing.model for thing in models} == {0, 1}
    for thing in models:
        positions, triangles = thing.surface(builder)
        assert thing.scale * np.ptp(positions, axis=0).max() == pytest.approx(1, rel=1e-5)
        assert triangles.max() < len(positions)
