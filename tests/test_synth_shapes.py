"""Meshes made from numbers: closed where they should be, facing outwards, with texture coordinates in metres."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from spnet.synth import shapes
from spnet.synth.scene import Mesh

lengths = st.floats(0.05, 20.0)


def corners(mesh: Mesh) -> NDArray[np.float64]:
    return mesh.vertices["position"][mesh.triangles].astype(np.float64)


def areas(mesh: Mesh) -> NDArray[np.float64]:
    a, b, c = corners(mesh).swapaxes(0, 1)
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2


def volume(mesh: Mesh) -> float:
    """By the divergence theorem: right only where the mesh is closed and its triangles turn the same way."""
    a, b, c = corners(mesh).swapaxes(0, 1)
    return float((a * np.cross(b, c)).sum() / 6)


@given(lengths, lengths, lengths)
def test_a_box_encloses_its_volume(wide, high, deep):
    mesh = shapes.box((wide, high, deep))
    assert volume(mesh) == pytest.approx(wide * high * deep, rel=1e-4)
    assert mesh.vertices["position"][:, 1].min() == 0


@pytest.mark.parametrize(
    ("mesh", "expected", "tolerance"),
    [
        (shapes.cylinder(0.5, 2.0, 64), np.pi * 0.25 * 2, 0.01),
        (shapes.wall(4, 3, 0.2), 4 * 3 * 0.2, 1e-4),
        (shapes.wall(4, 3, 0.2, [(1, 0.8, 1.2, 1.1), (2.8, 0, 0.9, 2)]), (12 - 1.2 * 1.1 - 1.8) * 0.2, 1e-4),
    ],
    ids=["cylinder", "wall", "wall with openings"],
)
def test_closed_shapes_enclose_their_volume(mesh, expected, tolerance):
    assert volume(mesh) == pytest.approx(expected, rel=tolerance)


SHAPES = {
    "quad": shapes.quad((0, 0, 0), (1, 0, 0), (0, 2, 0)),
    "box": shapes.box((1, 2, 3)),
    "cylinder": shapes.cylinder(0.3, 1.2),
    "lathe": shapes.lathe([(0.2, 0), (0.4, 0.5), (0.1, 1)]),
    "tube": shapes.tube([(0, 0, 0), (0, 1, 0.2), (1, 1.5, 0.2)], 0.05),
    "upright tube": shapes.tube([(0, 0, 0), (0, 3, 0)], [0.2, 0.1]),
    "ring": shapes.tube([(np.sin(a), np.cos(a), 0.1 * a) for a in np.linspace(0, 6.2, 24)], 0.05),
    "wall": shapes.wall(4, 3, 0.2, [(1, 1, 1, 1)]),
    "surface": shapes.surface(np.stack(np.broadcast_arrays(*np.ogrid[0:3:7j, 0:2:5j], 0.0), axis=-1)),
    "cards": shapes.cards(np.zeros((4, 3)), np.tile((1.0, 0, 0), (4, 1)), np.tile((0, 1.0, 0), (4, 1))),
}


@pytest.mark.parametrize("name", SHAPES)
def test_normals_are_unit_and_indices_in_range(name):
    mesh = SHAPES[name]
    np.testing.assert_allclose(np.linalg.norm(mesh.vertices["normal"], axis=1), 1, atol=1e-5)
    assert mesh.triangles.dtype == np.int32
    assert mesh.triangles.min() >= 0
    assert mesh.triangles.max() < len(mesh.vertices)
    assert np.isfinite(mesh.vertices["position"]).all()


@pytest.mark.parametrize("name", ["quad", "box", "cylinder", "lathe", "tube", "upright tube", "ring", "wall"])
def test_normals_are_on_the_side_from_which_triangles_turn_left(name):
    mesh = SHAPES[name]
    a, b, c = corners(mesh).swapaxes(0, 1)
    turning = np.cross(b - a, c - a)
    normal = mesh.vertices["normal"][mesh.triangles].mean(axis=1)
    large = areas(mesh) > 1e-7
    assert ((turning * normal).sum(axis=1)[large] > 0).all()


@pytest.mark.parametrize("name", ["quad", "box", "tube", "wall", "surface"])
def test_texture_coordinates_are_metres(name):
    mesh = SHAPES[name]
    uv = mesh.vertices["uv"][mesh.triangles].astype(np.float64)
    first, second = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    on_texture = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) / 2
    assert on_texture.sum() == pytest.approx(areas(mesh).sum(), rel=0.15)  # round tubes: a polygon's, and bends


@given(st.lists(st.tuples(lengths, lengths, lengths), min_size=1, max_size=4))
def test_joining_keeps_every_triangle(sizes):
    parts = [shapes.box(size, material) for material, size in enumerate(sizes)]
    whole = shapes.join(parts)
    np.testing.assert_allclose(corners(whole), np.concatenate([corners(part) for part in parts]))
    assert set(whole.vertices["material"]) == set(range(len(sizes)))


def test_joining_nothing_is_nothing():
    assert shapes.join([]).triangles.shape == (0, 3)


@given(st.floats(-3, 3), st.floats(0.1, 4), st.floats(0.1, 4))
def test_moving_keeps_normals_upright_to_surfaces(turn, stretch_x, stretch_y):
    mesh = shapes.moved(SHAPES["lathe"], shapes.pose((1, 2, 3), turn, (stretch_x, stretch_y, 1.0)))
    np.testing.assert_allclose(np.linalg.norm(mesh.vertices["normal"], axis=1), 1, atol=1e-5)
    flat = shapes.moved(SHAPES["box"], shapes.pose((1, 2, 3), turn, (stretch_x, stretch_y, 1.0)))
    a, b, _ = corners(flat).swapaxes(0, 1)
    normal = flat.vertices["normal"][flat.triangles[:, 0]]
    np.testing.assert_allclose((normal * (b - a)).sum(axis=1), 0, atol=1e-3)


def test_a_pose_turns_the_front_towards_plus_x():
    front = shapes.pose((1, 2, 3), np.pi / 2) @ (0, 0, 1, 1)
    np.testing.assert_allclose(front, (2, 2, 3, 1), atol=1e-12)
