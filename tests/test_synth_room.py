"""Rooms: what a scene of one may hold, over many seeds, and the laws of the parts they are made of."""

from functools import cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spnet.errors import SpnetError
from spnet.synth.assets.bank import TEXTURE_ROLES, Bank, Credit, Model, Support, Texture
from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.room import parts, room, shell, things
from spnet.synth.layouts.room.choosing import _BUILT
from spnet.synth.layouts.room.occupancy import CELL, Footprint, Occupancy
from spnet.synth.layouts.room.openings import Gap
from spnet.synth.layouts.room.palette import draw_palette
from spnet.synth.layouts.room.plan import Plan, ceiling_faces, draw_ceilings, draw_corners, inside, triangulated
from spnet.synth.scene import VERTEX, Material
from spnet.synth.shapes import box, join, moved

WIDTH, HEIGHT = 64, 48
SEEDS = range(20)
CREDIT = Credit("test", "CC0-1.0", "test")
SHAPES = ("box", "skew", "cut", "angle", "niche", "bay")


def _texture(role: str) -> Texture:
    size = (4, 8) if role == "panorama" else (4, 4)
    return Texture(role, role, np.full((*size, 4), 200, np.uint8), 1.0, role == "floor", CREDIT)


def _bank(*, textures: bool, models: bool) -> Bank:
    shown = tuple(map(_texture, TEXTURE_ROLES)) if textures else ()
    if not models:
        return Bank(shown, (), np.zeros(0, VERTEX), np.zeros((0, 3), np.int32))
    sizes = {"seat": (0.45, 0.9, 0.5), "cabinet": (0.8, 0.8, 0.45), "small": (0.1, 0.15, 0.1), "plant": (0.4, 1.0, 0.4)}
    meshes = [box(size) for size in sizes.values()]
    places = [(), (Support(0.8, -0.38, 0.38, -0.2, 0.2, np.inf),), (), ()]
    made = [
        Model(role, role, size, 0.0, 12 * place, 12, (Material(),), supports, CREDIT)
        for place, ((role, size), supports) in enumerate(zip(sizes.items(), places, strict=True))
    ]
    all_ = join(meshes)
    return Bank(shown, tuple(made), all_.vertices, all_.triangles)


BANKS = {
    "bare": _bank(textures=False, models=False),
    "textures": _bank(textures=True, models=False),
    "models": _bank(textures=True, models=True),
}


@cache
def scene(bank: str, seed: int):
    return room(np.random.default_rng([7, seed]), BANKS[bank], WIDTH, HEIGHT)


@cache
def whole(bank: str, seed: int):
    """Corners (T,3,3) of all triangles of a scene, its models' with them."""
    drawn, assets = scene(bank, seed), BANKS[bank]
    meshes = [drawn.mesh.vertices["position"][drawn.mesh.triangles]]
    for placed in drawn.objects:
        model = assets.models[placed.model]
        triangles = assets.triangles[model.first : model.first + model.count]
        meshes.append(assets.vertices["position"][triangles] @ placed.pose[:3, :3].T + placed.pose[:3, 3])
    return np.concatenate(meshes).astype(np.float64)


def cast(corners, origin, directions):
    """Distances (R,) along rays to the first triangle; infinite where there is none (Moeller and Trumbore, 1997)."""
    first, one, two = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    away = np.asarray(origin, np.float64) - first
    q = np.cross(away, one)
    reached = np.einsum("ti,ti->t", two, q)
    found = []
    for direction in np.asarray(directions, np.float64):
        p = np.cross(direction, two)
        size = np.einsum("ti,ti->t", one, p)
        size = np.where(np.abs(size) < 1e-12, np.nan, size)
        u, v, distance = np.einsum("ti,ti->t", away, p) / size, q @ direction / size, reached / size
        found.append(np.min(distance, initial=np.inf, where=(u >= 0) & (v >= 0) & (u + v <= 1) & (distance > 1e-6)))
    return np.array(found)


@pytest.mark.parametrize("bank", BANKS)
def test_the_same_seed_gives_the_same_bytes_and_another_does_not(bank):
    first, again, other = (room(np.random.default_rng([7, seed]), BANKS[bank], WIDTH, HEIGHT) for seed in (3, 3, 4))
    assert first.mesh.vertices.tobytes() == again.mesh.vertices.tobytes() != other.mesh.vertices.tobytes()
    assert first.mesh.triangles.tobytes() == again.mesh.triangles.tobytes()
    assert (first.materials, first.lights, first.sky) == (again.materials, again.lights, again.sky)
    assert [placed.pose.tobytes() for placed in first.objects] == [placed.pose.tobytes() for placed in again.objects]
    assert first.view.pose.tobytes() == again.view.pose.tobytes()


@pytest.mark.parametrize("bank", BANKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_scene_is_sound_and_within_bounds(bank, seed):
    drawn, assets = scene(bank, seed), BANKS[bank]
    vertices, triangles = drawn.mesh.vertices, drawn.mesh.triangles
    assert drawn.kind == "room"
    assert all(np.isfinite(vertices[name]).all() for name in ("position", "normal", "uv"))
    assert np.abs(np.linalg.norm(vertices["normal"], axis=1) - 1).max() < 1e-3
    assert vertices["material"].max() < len(drawn.materials)
    assert triangles.min() >= 0
    assert triangles.max() < len(vertices)
    assert len(triangles) + sum(assets.models[placed.model].count for placed in drawn.objects) <= 250_000
    assert len(drawn.materials) + sum(len(placed.materials) for placed in drawn.objects) <= 4096
    assert all(len(placed.materials) == len(assets.models[placed.model].materials) for placed in drawn.objects)
    assert all(material.texture is None or material.texture < len(assets.textures) for material in drawn.materials)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_scene_is_lit_by_one_to_four_lights_of_which_two_cast_shadows(seed):
    drawn = scene("bare", seed)
    assert 1 <= len(drawn.lights) <= 4
    assert sum(light.shadows for light in drawn.lights) <= 2
    assert all((light.position is None) != (light.direction is None) for light in drawn.lights)
    assert all(np.isfinite(light.colour).all() and max(light.colour) > 0.1 for light in drawn.lights)
    assert 0.02 < np.mean(drawn.ambient) < 0.8


@pytest.mark.parametrize("bank", ["bare", "models"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_camera_stands_free_in_a_closed_room(bank, seed):
    view, corners = scene(bank, seed).view, whole(bank, seed)
    camera, eye = view.camera, view.pose[:3, 3]
    across = 2 * np.degrees(np.arctan(camera.width / 2 / camera.fx))
    assert (camera.width, camera.height) == (WIDTH, HEIGHT)
    assert 45 <= across <= 95
    assert np.allclose(view.pose[:3, :3].T @ view.pose[:3, :3], np.eye(3), atol=1e-9)
    below, above = cast(corners, eye, [(0, -1, 0), (0, 1, 0)])
    assert 0.1 < below < 6
    assert 0.1 < above < 6
    x, y = np.meshgrid(np.linspace(2, WIDTH - 3, 9), np.linspace(2, HEIGHT - 3, 7))
    rays = np.stack([(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy, np.ones_like(x)], axis=-1).reshape(-1, 3)
    depth = cast(corners, eye, rays @ view.pose[:3, :3].T)
    seen = np.isfinite(depth)
    assert seen.mean() > 0.5
    assert depth.min() > 0.05
    assert (depth < 0.05 * np.median(depth[seen])).mean() <= 0.3


@pytest.mark.parametrize("seed", SEEDS)
def test_models_rest_on_the_floor_or_on_what_stands_there(seed):
    drawn, corners = scene("models", seed), whole("models", seed)
    for placed in drawn.objects:
        base, over = placed.pose[:3, 3], np.array([0.003, 0.02, 0.004])
        if base[1] != 0:
            assert cast(corners, base + over, [(0, -1, 0)])[0] < 0.04


@pytest.mark.parametrize("seed", SEEDS)
def test_models_on_the_floor_do_not_meet(seed):
    outlines = [_outline(placed) for placed in scene("models", seed).objects if placed.pose[1, 3] == 0]
    assert not any(_meet(one, other) for one, other in combinations(outlines, 2))


def _outline(placed):
    """Corners (4,2) of the rectangle that a model covers, a little smaller."""
    wide, _, deep = BANKS["models"].models[placed.model].size
    local = [(i * (wide - 0.08) / 2, 0, j * (deep - 0.08) / 2, 1) for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return (np.array(local) @ placed.pose.T)[:, [0, 2]]


def _meet(one, other):
    """Whether two rectangles overlap: no side of either separates them."""
    for corners in (one, other):
        for axis in (corners[1] - corners[0], corners[2] - corners[1]):
            a, b = one @ axis, other @ axis
            if a.max() <= b.min() or b.max() <= a.min():
                return False
    return True


@pytest.mark.parametrize(("width", "height"), [(0, 48), (64, 0), (-1, 48)])
def test_images_without_pixels_are_refused(width, height):
    with pytest.raises(SpnetError):
        room(np.random.default_rng(0), BANKS["bare"], width, height)


def _palette(rng):
    return draw_palette(Builder(BANKS["bare"], rng), wall_role="wall", floor_role="floor", lit=None)


DRAWS = sorted(
    {*things.EVERYDAY, *things.KITCHEN, *things.OFFICE, *things.BATHROOM, *things.STORE, *things.NURSERY},
    key=lambda draw: draw.__name__,
)


@pytest.mark.parametrize("draw", DRAWS, ids=lambda draw: draw.__name__)
def test_small_things_stand_on_their_base_within_their_extent(draw):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        drawn = draw(rng, _palette(rng))
        position = parts.assemble([(np.eye(4), drawn)]).vertices["position"]
        wide, high, deep = parts.extent(drawn)
        assert abs(position[:, 1].min()) < 0.03
        assert np.abs(position[:, 0]).max() <= wide / 2 + 0.02
        assert np.abs(position[:, 2]).max() <= deep / 2 + 0.02
        assert position[:, 1].max() <= high + 0.02


@pytest.mark.parametrize("purpose", sorted(_BUILT))
def test_furniture_stands_on_its_base_and_holds_its_places(purpose):
    for make in _BUILT[purpose]:
        rng = np.random.default_rng(5)
        item = make(rng, _palette(rng))
        mesh = parts.assemble([(np.eye(4), item.parts)])
        position = mesh.vertices["position"]
        assert abs(position[:, 1].min()) < 0.03
        assert np.abs(position[:, 0]).max() <= item.size[0] / 2 + 0.12
        for place in item.supports:
            x, z = (place.left + place.right) / 2 + 0.003, (place.back + place.front) / 2 + 0.004
            below = cast(position[mesh.triangles].astype(np.float64), (x, place.height + 0.01, z), [(0, -1, 0)])
            assert below[0] < 0.03


@given(st.integers(0, 2**32), st.sampled_from(SHAPES), st.integers(0, 2))
@settings(max_examples=60, deadline=None)
def test_floors_and_ceilings_cover_the_plan_once(seed, shape, slopes):
    rng = np.random.default_rng(seed)
    corners = draw_corners(rng, rng.uniform(2.5, 9), rng.uniform(2.5, 7), shape)
    plan = Plan(corners, 2.6, draw_ceilings(rng, corners, 2.6, slopes))
    area = _area(corners)
    assert area > 0
    assert sum(_area(corners[list(three)]) for three in triangulated(corners)) == pytest.approx(area)
    faces = ceiling_faces(plan)
    assert sum(abs(_area(face[:, [0, 2]])) for face in faces) == pytest.approx(area)
    for x, y, z in np.concatenate(faces):
        assert y == pytest.approx(plan.headroom(x, z), abs=1e-9)


def _area(corners):
    """Signed area of a polygon (N,2), by the shoelace formula."""
    ahead = np.roll(corners, -1, axis=0)
    return float((corners[:, 0] * ahead[:, 1] - corners[:, 1] * ahead[:, 0]).sum() / 2)


@given(st.integers(0, 2**32), st.sampled_from(SHAPES))
@settings(max_examples=30, deadline=None)
def test_walls_face_into_the_plan_and_close_it(seed, shape):
    rng = np.random.default_rng(seed)
    walls = Plan(draw_corners(rng, 5.0, 4.0, shape), 2.5, ((0.0, 0.0, 2.5),)).walls
    corners = np.array([wall.start for wall in walls])
    for wall, after in zip(walls, [*walls[1:], walls[0]], strict=True):
        assert np.allclose(wall.at(wall.length), after.start)
        x, z = wall.at(wall.length / 2, 0.01)
        assert inside(corners, np.array(x), np.array(z))
        assert np.allclose(wall.pose()[:3, 2], (wall.inward[0], 0, wall.inward[1]))


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-3.2, 3.2), st.floats(0.2, 1.0), st.floats(0.2, 1.0))
@settings(max_examples=60, deadline=None)
def test_what_is_taken_is_not_free_and_what_is_apart_still_is(x, z, turn, width, depth):
    floor = Occupancy(np.array([(-6.0, -6.0), (6.0, -6.0), (6.0, 6.0), (-6.0, 6.0)]))
    spot = Footprint(x, z, turn, width, depth)
    assert floor.height(spot) == 0
    floor.take(spot, 0.7)
    assert floor.height(spot) == 0.7
    apart = np.hypot(width, depth) + 2 * CELL
    assert floor.height(Footprint(x + apart * np.sin(turn), z + apart * np.cos(turn), turn, width, depth)) == 0
    assert floor.height(Footprint(6.0, z, 0.0, 0.3, 0.3)) == np.inf


@given(st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_a_wall_and_its_openings_make_up_its_rectangle(seed):
    rng = np.random.default_rng(seed)
    wall = Plan(draw_corners(rng, 8.0, 4.0, "box"), 2.5, ()).walls[0]
    gaps = [
        Gap(
            wall,
            "window",
            2.0 * i + rng.uniform(0.1, 0.4),
            rng.uniform(0, 1),
            rng.uniform(0.5, 1.4),
            rng.uniform(0.4, 1.3),
        )
        for i in range(4)
    ]
    faces = shell._around(-0.2, 8.2, 2.6, gaps)
    assert all(right > left and top > bottom for left, bottom, right, top in faces)
    solid = sum((right - left) * (top - bottom) for left, bottom, right, top in faces)
    assert solid + sum(gap.width * gap.height for gap in gaps) == pytest.approx(8.4 * 2.6)


def test_a_part_is_where_its_numbers_say_with_uv_in_metres():
    pose = np.eye(4)
    pose[:3, 3] = (1.0, 0.0, 2.0)
    made = parts.assemble([(pose, [parts.box(0.5, 1.0, 0.0, 0.4, 0.2, 0.6, 3)])])
    assert len(made.triangles) == 12
    assert np.allclose(made.vertices["position"].min(axis=0), (1.3, 1.0, 1.7))
    assert np.allclose(made.vertices["position"].max(axis=0), (1.7, 1.2, 2.3))
    assert (made.vertices["material"] == 3).all()
    assert np.allclose(np.ptp(made.vertices["uv"][:4], axis=0), (0.4, 0.2))


@pytest.mark.parametrize(
    ("turns", "top"),
    [
        ({"turn": np.pi / 2}, (0, 1, 0)),
        ({"tilt": np.pi / 2}, (0, 0, 1)),
        ({"roll": np.pi / 2}, (-1, 0, 0)),
        ({"turn": np.pi / 2, "tilt": np.pi / 2}, (1, 0, 0)),
    ],
)
def test_parts_turn_about_their_base_as_documented(turns, top):
    long = parts.Part("box", 0, 0, 0, 0.01, 1.0, 0.01, 0, **turns)
    position = parts.assemble([(np.eye(4), [long])]).vertices["position"]
    assert np.allclose(position[np.argmax(position @ np.array(top))] @ np.array(top), 1.0, atol=0.01)


@pytest.mark.parametrize("solid", sorted(parts._SOLIDS))
def test_unit_solids_have_unit_normals_and_fill_at_most_the_unit_cube(solid):
    mesh = moved(parts.assemble([(np.eye(4), [parts.Part(solid, 0, 0, 0, 1, 1, 1, 0)])]), np.eye(4))
    assert np.abs(np.linalg.norm(mesh.vertices["normal"], axis=1) - 1).max() < 1e-5
    assert mesh.vertices["position"].min() > -0.51
    assert mesh.vertices["position"].max() < 1.001
