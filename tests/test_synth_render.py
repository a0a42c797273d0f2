"""The renderer: depth is exact, edges of image and depth agree, glass follows its rule, and errors name the cure."""

import types
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from spnet import Camera, SpnetError
from spnet.synth import shapes
from spnet.synth.render import context
from spnet.synth.scene import VERTEX, Light, Material, Mesh, Scene, Sky, View, look_at

WIDTH, HEIGHT = 96, 64
WHITE, BLACK = Material((0.8, 0.8, 0.8), gloss=0.0), Material((0.0, 0.0, 0.0), gloss=0.0)


@pytest.fixture(scope="module")
def renderer(opengl):
    from spnet.synth.assets.bank import Bank
    from spnet.synth.render import Renderer

    bank = Bank((), (), np.zeros(0, VERTEX), np.zeros((0, 3), np.int32))
    return Renderer(bank, WIDTH, HEIGHT)


def scene(
    mesh: Mesh, *materials: Material, pose: NDArray[np.float64] | None = None, camera: Camera | None = None, **more
) -> Scene:
    view = View(camera or Camera.from_fov(WIDTH, HEIGHT, 70), np.diag([1.0, -1, -1, 1]) if pose is None else pose)
    dark = Sky(zenith=(0, 0, 0), horizon=(0, 0, 0), ground=(0, 0, 0), clouds=0)
    return Scene(
        "test",
        view,
        mesh,
        materials or (WHITE,),
        (),
        **({"lights": (), "sky": dark, "ambient": (1.0, 1.0, 1.0)} | more),
    )


def rays(camera: Camera, pose: NDArray[np.float64]) -> NDArray[np.float64]:
    """Directions (H,W,3) in the world of pixel centres, one metre long along the optical axis."""
    rows, columns = np.mgrid[: camera.height, : camera.width]
    own = np.stack([(columns - camera.cx) / camera.fx, (rows - camera.cy) / camera.fy, np.ones(rows.shape)], -1)
    return own @ pose[:3, :3].T


POSES = [
    look_at(np.array([0.3, 1.4, 3.0]), np.array([0.0, 0.5, 0.0])),
    look_at(np.array([-2.0, 0.4, 1.0]), np.array([1.0, 0.6, -1.0]), roll=0.4),
    look_at(np.array([0.0, 30.0, 80.0]), np.array([3.0, 0.0, 0.0]), roll=-1.2),
]
CAMERAS = [
    Camera.from_fov(WIDTH, HEIGHT, 70),
    Camera(60.0, 75.0, 30.2, 40.9, WIDTH, HEIGHT),
    Camera(400.0, 400.0, 50.0, 30.0, WIDTH, HEIGHT),
]


@pytest.mark.parametrize("pose", POSES)
@pytest.mark.parametrize("camera", CAMERAS)
def test_a_planes_depth_is_exact(renderer, pose, camera):
    ground = shapes.quad((-500, 0, 500), (1000, 0, 0), (0, 0, -1000))
    depth = renderer.render(scene(ground, pose=pose, camera=camera)).depth
    down = rays(camera, pose)[..., 1]
    expected = np.where(down < 0, -pose[1, 3] / np.minimum(down, -1e-9), np.inf)
    on_ground = (depth > 0) & (expected < 300)
    assert on_ground.mean() > 0.1
    np.testing.assert_allclose(depth[on_ground], expected[on_ground], rtol=1e-4)
    assert not depth[down >= 0].any()


@pytest.mark.parametrize("pose", POSES[:2])
@pytest.mark.parametrize("camera", CAMERAS[:2])
def test_a_boxes_depth_is_exact(renderer, pose, camera):
    size = np.array([1.2, 1.0, 0.8])
    depth = renderer.render(scene(shapes.box(size), pose=pose, camera=camera)).depth
    low, high = np.array([-0.6, 0.0, -0.4]), np.array([0.6, 1.0, 0.4])
    with np.errstate(divide="ignore"):
        ways = np.stack([(low - pose[:3, 3]) / rays(camera, pose), (high - pose[:3, 3]) / rays(camera, pose)])
    enters, leaves = ways.min(axis=0).max(axis=-1), ways.max(axis=0).min(axis=-1)
    hit, rendered = enters < leaves, depth > 0
    assert (hit != rendered).mean() < 0.002  # rays that touch an edge
    both = hit & rendered
    assert both.mean() > 0.05
    np.testing.assert_allclose(depth[both], enters[both], rtol=1e-5)


@pytest.mark.parametrize("upright", [True, False])
def test_edges_of_image_and_depth_are_at_the_same_place(renderer, upright):
    """An edge is moved in steps of a tenth of a pixel: the image's and the depth's follow it, without an offset."""
    camera = Camera(80.0, 80.0, 47.0, 31.0, WIDTH, HEIGHT)
    errors = []
    for place in np.arange(20.0, 22.0, 0.1):
        start = (place - (camera.cx if upright else camera.cy)) / 80
        origin, along, up = (
            ((start, -5, -1), (10, 0, 0), (0, 10, 0)) if upright else ((-5, -10 - start, -1), (10, 0, 0), (0, 10, 0))
        )
        rendering = renderer.render(scene(shapes.quad(origin, along, up), camera=camera))
        image, depth = rendering.light[..., 0], rendering.depth
        profile = image[30] if upright else image[:, 47]
        mask = depth[30] > 0 if upright else depth[:, 47] > 0
        edge_of_image = len(profile) - profile.sum() / profile.max() - 0.5
        edge_of_depth = np.flatnonzero(mask)[0] - 0.5
        assert abs(edge_of_depth - place) <= 0.5 + 1e-3, (edge_of_depth, place)
        errors.append((edge_of_image - place, edge_of_depth - place))
    image_error, depth_error = np.mean(errors, axis=0)
    assert abs(image_error) < 0.06
    assert abs(depth_error) < 0.06
    assert np.abs(np.array(errors)[:, 0]).max() < 0.5 + 1e-3  # between two samples of light, which lie a pixel apart


def test_depth_is_never_a_mean_of_two_surfaces(renderer):
    near, far = (
        shapes.quad((-0.4, -0.3, -1), (0.8, 0, 0), (0, 0.55, 0)),
        shapes.quad((-9, -9, -4), (18, 0, 0), (0, 18, 0)),
    )
    depth = renderer.render(scene(shapes.join([near, far]))).depth
    distances = np.minimum(abs(depth - 1), abs(depth - 4))
    assert distances.max() < 1e-5
    assert (depth < 2).any()
    assert (depth > 2).any()


def test_glass_is_seen_and_has_the_depth_of_what_is_behind(renderer):
    pane, wall = (
        shapes.quad((-9, -9, -1), (18, 0, 0), (0, 18, 0), 1),
        shapes.quad((-9, -9, -4), (18, 0, 0), (0, 18, 0), 0),
    )
    glass = Material((0.2, 0.9, 0.3), opacity=0.4, gloss=0.9)
    through = renderer.render(scene(shapes.join([wall, pane]), WHITE, glass))
    without = renderer.render(scene(wall))
    np.testing.assert_array_equal(through.depth, without.depth)
    assert np.abs(through.light - without.light).mean() > 0.05
    alone = renderer.render(scene(pane, WHITE, glass))
    assert not alone.depth.any()


def test_a_lamps_shadow_falls_behind_what_stands_in_its_light(renderer):
    ground, lid = shapes.quad((-5, 0, 5), (10, 0, 0), (0, 0, -10)), shapes.box((1.0, 0.02, 1.0))
    lamp = Light((8.0, 8.0, 8.0), position=(0.0, 3.0, 0.0))
    above = look_at(np.array([0.0, 2.0, 4.0]), np.array([0.0, 0.0, 0.0]))
    lidded = shapes.join([ground, shapes.moved(lid, shapes.pose((0, 1.0, 0)))])
    shaded = renderer.render(scene(lidded, pose=above, lights=(lamp,), ambient=(0.05,) * 3))
    lit = renderer.render(scene(lidded, pose=above, lights=(replace(lamp, shadows=False),), ambient=(0.05,) * 3))
    row, column = HEIGHT // 2 + 4, WIDTH // 2
    assert shaded.light[row, column, 0] < 0.5 * lit.light[row, column, 0]


def test_the_same_scene_gives_the_same_bytes(renderer):
    mesh = shapes.join([shapes.quad((-5, 0, 5), (10, 0, 0), (0, 0, -10)), shapes.cylinder(0.4, 1.0)])
    lights = (Light((2.0, 2.0, 2.0), direction=(0.5, 0.7, 0.5)),)
    first, second = (renderer.render(scene(mesh, pose=POSES[0], lights=lights)) for _ in range(2))
    assert first.light.tobytes() == second.light.tobytes()
    assert first.depth.tobytes() == second.depth.tobytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"camera": Camera.from_fov(32, 32, 60)}, "camera is of 32x32 pixels, expected 96x64"),
        ({"lights": (Light((1.0, 1.0, 1.0), (0.0, 1.0, 0.0)),) * 5}, "5 lights, expected at most 4"),
    ],
)
def test_scenes_that_do_not_fit_are_refused(renderer, change, message):
    with pytest.raises(SpnetError, match=message):
        renderer.render(scene(shapes.box((1, 1, 1)), **change))


def test_too_many_materials_are_refused(renderer):
    with pytest.raises(SpnetError, match="5000 materials, expected at most 1300"):
        renderer.render(scene(shapes.box((1, 1, 1)), *[WHITE] * 5000))


def test_a_machine_without_egl_is_told_what_to_install(monkeypatch):
    def fail(**_: object) -> None:
        raise Exception("libEGL.so not loaded")

    monkeypatch.setattr(context, "require", lambda *_, **__: types.SimpleNamespace(create_context=fail))
    with pytest.raises(SpnetError, match="libegl1 and libgl1-mesa-dri"):
        context.open_context()
