"""Places out of doors: scenes are whole, views are free, a seed always gives the same, things stand on the ground."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spnet.synth import shapes
from spnet.synth.assets.bank import Bank, Credit, Model, Texture
from spnet.synth.layouts.builder import Builder
from spnet.synth.layouts.street import bulk, houses, plants, street, vehicles
from spnet.synth.layouts.street.finishes import make_finishes
from spnet.synth.layouts.street.ground import (
    FLAT,
    Land,
    ground_mesh,
    heading,
    land_points,
    lay,
    level_off,
    paint,
    points,
)
from spnet.synth.layouts.street.places import PLACES, scene_at
from spnet.synth.layouts.street.site import claim, open_site, put, put_along, tilted
from spnet.synth.layouts.street.spots import beside, row, with_traffic
from spnet.synth.layouts.street.views import drawn_stand, seen_from
from spnet.synth.layouts.street.weather import drawn_weather
from spnet.synth.layouts.street.windows import drawn_manner, pierced, window_grid
from spnet.synth.scene import VERTEX, Material, Mesh, Scene

WIDTH, HEIGHT = 64, 48
CREDIT = Credit("nobody", "CC0-1.0", "tests")


def texture(name: str, role: str, regular: bool) -> Texture:
    pixels = np.random.default_rng(len(name)).integers(60, 200, (8, 8, 4), np.uint8)
    pixels[..., 3] = 255
    if role == "foliage":
        pixels[::2, ::2, 3] = 0
    return Texture(name, role, pixels, 0.0 if role == "foliage" else 1.5, regular, CREDIT)


def furnished_bank() -> Bank:
    """Two models, a car and a person, and a texture of most roles."""
    sizes = {"car": (1.7, 1.5, 4.2), "person": (0.5, 1.75, 0.4)}
    meshes = {role: shapes.box(size) for role, size in sizes.items()}
    models = [
        Model(role, role, size, 0.0, 12 * index, 12, (Material((0.6, 0.2, 0.1)),), (), CREDIT)
        for index, (role, size) in enumerate(sizes.items())
    ]
    textures = [
        texture("asphalt worn", "road", False), texture("cobbles", "road", True), texture("lawn", "ground", False),
        texture("earth", "ground", False), texture("brick", "brick", True), texture("render", "facade", False),
        texture("slates", "roof", True), texture("branch oak", "foliage", False), texture("bush box", "foliage", False),
        texture("rubble", "stone", True), texture("oak", "wood", False),
    ]  # fmt: skip
    whole = shapes.join(list(meshes.values()))
    return Bank(tuple(textures), tuple(models), whole.vertices, whole.triangles)


EMPTY = Bank((), (), np.zeros(3, VERTEX), np.array([[0, 1, 2]], np.int32))
FURNISHED = furnished_bank()
BANKS = {"empty": EMPTY, "furnished": FURNISHED}


def drawn(seed: int, bank: Bank, place: str | None = None) -> Scene:
    rng = np.random.default_rng([77, seed])
    return street(rng, bank, WIDTH, HEIGHT) if place is None else scene_at(place, rng, bank, WIDTH, HEIGHT)


def content(scene: Scene) -> list[object]:
    """All that a scene is made of, in a form to compare."""
    mesh = (scene.mesh.vertices.tobytes(), scene.mesh.triangles.tobytes())
    objects = [(placed.model, placed.pose.tobytes(), placed.materials) for placed in scene.objects]
    view = (scene.view.camera, scene.view.pose.tobytes())
    return [mesh, objects, view, scene.materials, scene.lights, scene.sky, scene.ambient, scene.reach]


def world_triangles(scene: Scene, bank: Bank) -> NDArray[np.float64]:
    """Corners (T,3,3) of all that is solid."""
    glass = np.array([material.opacity < 1 for material in scene.materials])
    solid = scene.mesh.triangles[~glass[scene.mesh.vertices["material"][scene.mesh.triangles[:, 0]]]]
    parts = [scene.mesh.vertices["position"][solid].astype(np.float64)]
    for placed in scene.objects:
        model = bank.models[placed.model]
        corners = bank.vertices["position"][bank.triangles[model.first : model.first + model.count]]
        parts.append(corners @ placed.pose[:3, :3].T + placed.pose[:3, 3])
    return np.concatenate(parts)


def distance(origin: NDArray[np.float64], way: NDArray[np.float64], corners: NDArray[np.float64]) -> float:
    """How far a ray goes until it meets a triangle of (T,3,3); infinite if it meets none (Moeller, Trumbore, 1997)."""
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    p, away = np.cross(way, second), origin - corners[:, 0]
    q, det = np.cross(away, first), np.einsum("ij,ij->i", first, p)
    with np.errstate(divide="ignore", invalid="ignore"):
        u, v, t = np.einsum("ij,ij->i", away, p) / det, q @ way / det, np.einsum("ij,ij->i", second, q) / det
        meets = (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 1e-4)
    return float(t[meets].min(initial=np.inf))


def seen_depths(scene: Scene, corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Depth along the optical axis at pixels (48) spread over the picture; infinite where there is only sky."""
    camera, pose = scene.view.camera, scene.view.pose
    columns, rows = np.meshgrid(np.linspace(2, WIDTH - 3, 8), np.linspace(2, HEIGHT - 3, 6))
    rays = np.stack([(columns - camera.cx) / camera.fx, (rows - camera.cy) / camera.fy, np.ones(columns.shape)], -1)
    own = (corners - pose[:3, 3]) @ pose[:3, :3]
    own = own[(own[..., 2] > 0).any(axis=1)]
    at = own[..., :2] / np.maximum(own[..., 2:], 1e-9)
    low, high = at.min(axis=1), at.max(axis=1)
    through = (own[..., 2] <= 0).any(axis=1)[:, None]  # reaches behind the camera: could be seen anywhere
    low, high = np.where(through, -np.inf, low), np.where(through, np.inf, high)
    depths = [
        distance(np.zeros(3), ray, own[((low <= ray[:2]) & (ray[:2] <= high)).all(axis=1)])
        for ray in rays.reshape(-1, 3)
    ]
    return np.array(depths)


def below(places: NDArray[np.float64], corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """The height (N) of the first surface under points (N,3)."""
    low, high = corners[..., [0, 2]].min(axis=1), corners[..., [0, 2]].max(axis=1)
    heights = np.empty(len(places))
    for index, place in enumerate(places):
        over = ((low <= place[[0, 2]]) & (place[[0, 2]] <= high)).all(axis=1)
        heights[index] = place[1] - distance(place, np.array([0.0, -1.0, 0.0]), corners[over])
    return heights


def check_mesh(mesh: Mesh, materials: int) -> None:
    assert np.isfinite(mesh.vertices["position"]).all()
    assert np.isfinite(mesh.vertices["uv"]).all()
    np.testing.assert_allclose(np.linalg.norm(mesh.vertices["normal"], axis=1), 1, atol=1e-3)
    assert mesh.triangles.dtype == np.int32
    assert mesh.triangles.min() >= 0
    assert mesh.triangles.max() < len(mesh.vertices)
    assert mesh.vertices["material"].max() < materials


def check_scene(scene: Scene, bank: Bank) -> None:
    assert scene.kind == "street"
    check_mesh(scene.mesh, len(scene.materials))
    drawn_triangles = len(scene.mesh.triangles) + sum(bank.models[placed.model].count for placed in scene.objects)
    assert 2_000 < drawn_triangles < 120_000
    assert len(scene.materials) + sum(len(placed.materials) for placed in scene.objects) <= 1024
    for material in scene.materials:
        assert all(0 <= value <= 1 for value in (*material.colour, material.gloss, material.opacity, material.emission))
        assert material.texture is None or material.texture < len(bank.textures)
        assert material.repeat > 0
    assert len(scene.lights) <= 4
    assert sum(light.shadows for light in scene.lights) <= 2
    for light in scene.lights:
        assert min(light.colour) >= 0
        assert (light.direction is None) != (light.position is None)
        assert light.direction is None or np.linalg.norm(light.direction) == pytest.approx(1)
    assert max(scene.ambient) > 0.03  # never a black frame
    assert 0 <= scene.sky.haze < 1
    pose, camera = scene.view.pose, scene.view.camera
    np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-9)
    assert np.linalg.det(pose[:3, :3]) == pytest.approx(1)
    assert (camera.width, camera.height) == (WIDTH, HEIGHT)
    assert 45 <= np.degrees(2 * np.arctan(WIDTH / 2 / camera.fx)) <= 95


def check_view(scene: Scene, bank: Bank) -> None:
    """Nothing is at the lens, little of the picture is far nearer than the rest, and there is something to see."""
    depths = seen_depths(scene, world_triangles(scene, bank))
    seen = depths[np.isfinite(depths)]
    assert len(seen) > 0.25 * len(depths)
    assert seen.min() > 0.15
    assert np.mean(depths < 0.05 * np.median(seen)) < 0.3
    assert seen.max() > 1.5 * seen.min()


@pytest.mark.parametrize("bank", BANKS.values(), ids=BANKS)
@pytest.mark.parametrize("place", PLACES)
def test_every_place_makes_whole_scenes_with_a_free_view(place, bank):
    scene = drawn(3, bank, place)
    check_scene(scene, bank)
    check_view(scene, bank)


@pytest.mark.parametrize("seed", range(8))
def test_any_seed_makes_a_whole_scene_with_a_free_view(seed):
    scene = drawn(seed, EMPTY)
    check_scene(scene, EMPTY)
    check_view(scene, EMPTY)


@pytest.mark.parametrize("bank", BANKS.values(), ids=BANKS)
def test_the_same_seed_gives_the_same_scene_whatever_was_drawn_before(bank):
    first = content(drawn(5, bank))
    for cached in (houses.house, plants.tree, plants.bush, vehicles.car):
        cached.cache_clear()
    drawn(6, bank)
    assert content(drawn(5, bank)) == first
    assert content(drawn(6, bank)) != first


@pytest.mark.parametrize("place", ["street", "suburb", "park", "car park"])
def test_models_stand_on_the_ground(place):
    scenes = [drawn(seed, FURNISHED, place) for seed in range(2)]
    assert any(scene.objects for scene in scenes)
    for scene in scenes:
        corners = scene.mesh.vertices["position"][scene.mesh.triangles].astype(np.float64)
        for placed in scene.objects:
            foot = placed.pose[:3, 3]
            ground = below(foot[None] + np.array([0, 0.25, 0]), corners)[0]
            assert abs(foot[1] - ground) < 0.08
            assert placed.pose[1, 1] > 0.97  # upright, or tilted as the road is


def site_on(land: Land):
    rng = np.random.default_rng(2)
    builder = Builder(EMPTY, rng)
    finishes = make_finishes(builder, dark=False)
    ground = lay(rng, land, (-6.0, -4.0, 4.0, 6.0), (0.0, 30.0))
    paint(ground, finishes.named["paving"], (-6.0, 6.0), lift=0.12)
    paint(ground, finishes.named["asphalt"], (-4.0, 4.0))
    return open_site(builder, finishes, ground, drawn_stand(rng, (0, 1, 0, 0), 0.0, 1.0, 0.0))


HILLY = Land(0.05, 2.0, 6.0, (1.5, -1.0), 6.0, 6.0, 0.01)


@pytest.mark.parametrize("land", [FLAT, HILLY], ids=["flat", "hilly"])
def test_points_lie_on_the_ground_that_is_drawn(land):
    site = site_on(land)
    rng = np.random.default_rng(1)
    aside, ahead = rng.uniform(-25, 25, 60), rng.uniform(-10, 60, 60)
    places = points(site.ground, aside, ahead)
    corners = ground_mesh(site.ground, 0).vertices["position"][ground_mesh(site.ground, 0).triangles].astype(np.float64)
    np.testing.assert_allclose(below(places + np.array([0, 3.0, 0]), corners), places[:, 1], atol=0.12)
    np.testing.assert_allclose(places[:, 2], -ahead)


@pytest.mark.parametrize("land", [FLAT, HILLY], ids=["flat", "hilly"])
def test_the_ground_has_no_gaps(land):
    """Wherever one looks down, there is ground: steps are closed with upright faces, and the grid has no holes."""
    mesh = ground_mesh(site_on(land).ground, 0)
    a, b, c = np.moveaxis(mesh.vertices["position"][mesh.triangles].astype(np.float64), 1, 0)
    area = np.cross(b - a, c - a) / 2
    level = abs(area[:, 1]).sum()
    whole = np.ptp(mesh.vertices["position"][:, 2]) * 860
    assert level == pytest.approx(whole, rel=1e-4)


def test_pavements_are_steps_and_water_is_level():
    site = site_on(HILLY)
    ground = site.ground
    step = points(ground, 5.0, 12.0)[0, 1] - land_points(ground, 5.0, 12.0)[0, 1]
    assert step == pytest.approx(0.12)
    level_off(ground, (-6.0, -4.0), (0.0, 30.0))
    inside = points(ground, np.linspace(-5.9, -4.1, 9), np.linspace(1, 29, 9))
    assert np.ptp(inside[:, 1]) < 1e-9


def test_the_way_bends_and_things_face_along_it():
    site = site_on(HILLY)
    ahead = np.array([20.0, 60.0])
    for place, turn in zip(ahead, heading(site.ground, ahead), strict=True):
        here, there = points(site.ground, 0.0, [place, place + 0.5])
        way = there - here
        assert np.sin(turn) * way[0] + np.cos(turn) * way[2] == pytest.approx(np.hypot(way[0], way[2]), rel=1e-3)


def test_fences_follow_the_ground():
    site = site_on(HILLY)
    posts = bulk.boxes([(x, 0, 0) for x in np.arange(0.0, 30.0, 1.0)], (0.1, 1.0, 0.1))
    put_along(site, posts, [0], 9.0, 35.0, np.pi / 2)
    mesh = site.builder.scene("street", seen_from(site.rng, site.stand, site.ground, 8, 8), ()).mesh
    made = mesh.vertices["position"].reshape(30, -1, 3)
    for post in made:
        low = post[post[:, 1].argmin()].astype(np.float64)
        ahead = -low[2]
        middle = points(site.ground, 0.0, ahead)[0, 0]
        assert low[1] == pytest.approx(points(site.ground, low[0] - middle, ahead)[0, 1], abs=1e-3)
        assert np.ptp(post[:, 1]) == pytest.approx(1.0, abs=0.05)
    assert np.ptp(made[:, :, 2]) == pytest.approx(29.1, abs=0.01)


@pytest.mark.parametrize(("aside", "turn"), [(3.0, 0.0), (-3.0, np.pi)], ids=["right", "left"])
def test_traffic_keeps_to_the_right(aside, turn):
    site = site_on(FLAT)
    [place] = with_traffic(site.rng, [(aside, 20.0)])
    pose = tilted(site, np.array([place]))[0]
    assert place[2] == pytest.approx(turn, abs=0.2)
    assert np.sign(-pose[2, 2]) == np.sign(aside)  # those on the right drive away from the camera


def test_vehicles_are_pitched_like_the_road():
    site = site_on(Land(0.06, 0.0, 0.0, (0.0, 0.0), 99.0, 0.0, 0.0))
    pose = tilted(site, np.array([[2.0, 15.0, 0.0], [-2.0, 15.0, np.pi]]))
    np.testing.assert_allclose(
        pose[:, :3, :3] @ pose[:, :3, :3].swapaxes(1, 2), np.broadcast_to(np.eye(3), (2, 3, 3)), atol=1e-9
    )
    assert pose[0, 1, 2] == pytest.approx(0.06, abs=0.005)
    assert pose[1, 1, 2] == pytest.approx(-0.06, abs=0.005)


@pytest.mark.parametrize(
    ("aside", "ahead", "radius", "expected"),
    [
        pytest.param(1.0, 0.0, 0.2, False, id="at the camera"),
        pytest.param(1.0, 1.8, 0.2, False, id="too near to the camera"),
        pytest.param(1.0, 2.0, 0.2, True, id="free"),
        pytest.param(5.0, 10.0, 2.0, True, id="also free"),
        pytest.param(6.0, 10.0, 0.5, False, id="where something stands"),
    ],
)
def test_claims(aside, ahead, radius, expected):
    site = site_on(FLAT)
    if (aside, radius) == (6.0, 0.5):
        claim(site, 5.0, 10.0, 2.0)
    count = len(site.taken)
    assert claim(site, aside, ahead, radius) is expected
    assert len(site.taken) == count + expected


def test_put_stands_copies_on_the_ground():
    site = site_on(HILLY)
    poses = put(site, shapes.box((1, 1, 1)), [0], [-5.0, 2.0, 8.0], [5.0, 9.0, 30.0], above=0.5)
    np.testing.assert_allclose(poses[:, :3, 3], points(site.ground, [-5.0, 2.0, 8.0], [5.0, 9.0, 30.0], 0.5))


coordinate = st.floats(-50, 50, allow_nan=False)
length = st.floats(0.01, 20, allow_nan=False)
turns = st.floats(-7, 7, allow_nan=False)


@settings(deadline=None, max_examples=40)
@given(base=st.tuples(coordinate, coordinate, coordinate), size=st.tuples(length, length, length), turn=turns)
def test_boxes_are_shapes_boxes(base, size, turn):
    made = bulk.boxes([base], [size], turn, 3, closed=True)
    expected = shapes.moved(shapes.box(size, 3), shapes.pose(base, turn))
    for field in ("position", "normal"):
        first, second = (mesh.vertices[field][mesh.triangles].reshape(-1, 9) for mesh in (made, expected))
        corners = [np.array(sorted(rows.round(3).tolist())).mean(axis=0) for rows in (first, second)]
        np.testing.assert_allclose(*corners, atol=2e-2)
    centre = np.add(base, (0, size[1] / 2, 0))
    outward = made.vertices["position"].reshape(-1, 4, 3).mean(axis=1) - centre
    assert (np.einsum("ij,ij->i", outward, made.vertices["normal"].reshape(-1, 4, 3)[:, 0]) > 0).all()
    assert (made.vertices["material"] == 3).all()


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 5))
def test_repeated_is_moved_many_times(seed, count):
    rng = np.random.default_rng(seed)
    mesh = shapes.lathe([(0.2, 0), (0.5, 0.4), (0.1, 1)], 6, 1)
    poses = bulk.poses(rng.normal(0, 9, (count, 3)), rng.uniform(-4, 4, count), rng.uniform(0.3, 2, (count, 3)))
    meanings = rng.integers(0, 50, (count, 2))
    made = bulk.repeated(mesh, poses, meanings)
    expected = shapes.join([shapes.moved(mesh, pose) for pose in poses])
    for field in ("position", "normal", "uv"):
        np.testing.assert_allclose(made.vertices[field], expected.vertices[field], atol=1e-4)
    np.testing.assert_array_equal(made.triangles, expected.triangles)
    np.testing.assert_array_equal(
        made.vertices["material"].reshape(count, -1), np.repeat(meanings[:, 1:], len(mesh.vertices), 1)
    )


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_pierced_wall_is_the_wall_without_its_windows(seed):
    rng = np.random.default_rng(seed)
    manner = drawn_manner(rng, int(rng.integers(2, 7)), "doors")
    width = rng.uniform(4, 20)
    floors = manner.entry + manner.storey * np.arange(manner.storeys - 1)
    windows = window_grid(width, max(1, int(width / manner.bay)), floors, manner)
    assert (windows[..., 3] - windows[..., 1] > 0.5).all()
    assert windows[..., 3].max() < manner.height
    wall = pierced(width, manner.entry, manner.height, windows, 0)
    corners = wall.vertices["position"].reshape(-1, 4, 3).astype(np.float64)
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]), axis=1)
    openings = ((windows[..., 2] - windows[..., 0]) * (windows[..., 3] - windows[..., 1])).sum()
    assert areas.sum() == pytest.approx(width * (manner.height - manner.entry) - openings, rel=1e-4)


@pytest.mark.parametrize("kind", houses.KINDS)
def test_houses_are_whole_and_keep_to_their_ground(kind):
    for number in (0, 1, houses.KINDS[kind] - 1):
        house = houses.house(kind, number)
        for mesh in (house.near, house.far, house.distant):
            check_mesh(mesh, 15)
            low, high = mesh.vertices["position"].min(axis=0), mesh.vertices["position"].max(axis=0)
            assert low[1] < -1  # it reaches into sloping ground
            assert house.height - 0.01 <= high[1] < house.height + 20
            assert -house.width / 2 - 1 < low[0] < high[0] < house.width / 2 + 1
            assert -house.depth - 1 < low[2] < high[2] < 3
        assert len(house.far.triangles) <= len(house.near.triangles)


@pytest.mark.parametrize("textured", [True, False], ids=["sprays", "leaves"])
@pytest.mark.parametrize("species", plants.SPECIES)
def test_trees_are_whole_and_as_large_as_they_say(species, textured):
    tree = plants.tree(species, 0, textured=textured)
    for mesh in (tree.near, tree.far):
        check_mesh(mesh, 3)
        assert mesh.vertices["position"][:, 1].min() > -0.5
        assert 0.5 * tree.height < mesh.vertices["position"][:, 1].max() < 1.5 * tree.height
    assert len(tree.far.triangles) < 0.5 * len(tree.near.triangles)


def test_weather_is_of_all_kinds_and_lamps_are_lit_where_no_sun_is():
    drawn_ones = [drawn_weather(np.random.default_rng(seed), FURNISHED) for seed in range(300)]
    dark = [weather for weather in drawn_ones if weather.dark]
    assert 0.04 < len(dark) / 300 < 0.16
    for weather in drawn_ones:
        assert (weather.sun is None) == weather.dark
        assert max(weather.sky.horizon) > (0.05 if weather.dark else 0.3)
    heights = np.array([weather.sun.direction[1] for weather in drawn_ones if weather.sun])
    assert heights.min() < 0.25
    assert heights.max() > 0.85


@pytest.mark.parametrize(
    "shares", [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)], ids=["car", "hand", "robot", "above"]
)
def test_cameras_are_where_such_cameras_are(shares):
    low, high, aside = {0: (1.2, 3.0, 1.0), 1: (1.3, 1.8, 2.0), 2: (0.3, 0.65, 2.0), 3: (5, 20, 3.0)}[shares.index(1)]
    rng = np.random.default_rng(0)
    for _ in range(50):
        stand = drawn_stand(rng, shares, 1.0, 2.0, 3.0)
        assert low <= stand.height <= high
        assert stand.aside == aside
        assert 45 <= stand.degrees <= 95


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 30))
def test_spots_lie_where_they_were_asked_for(seed, count):
    rng = np.random.default_rng(seed)
    for aside, ahead in beside(rng, count, (2.0, 5.0), (3.0, 60.0)):
        assert 2 <= abs(aside) <= 5
        assert 3 <= ahead <= 60
    places = row(rng, (-10, 50), (4, 9))
    assert places[0] >= -10
    steps = np.diff(places)
    assert 4 <= steps.min() <= steps.max() <= 9
    np.testing.assert_allclose(steps, steps[0])
