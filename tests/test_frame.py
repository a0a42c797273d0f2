"""`Frame`: whatever people hold becomes one validated value, and what they hold stays as it was."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import spnet
from conftest import EXAMPLE
from spnet import Camera, Frame, SpnetError

RGB = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
DEPTH = np.where(np.arange(24).reshape(4, 6) % 3 == 0, 2.5, 0).astype(np.float32)


@pytest.mark.parametrize(
    "rgb",
    [
        RGB,
        RGB[:, ::-1][:, ::-1],
        np.asfortranarray(RGB),
        np.dstack([RGB, np.full((4, 6), 7, np.uint8)]),
        RGB.astype(np.uint16) * 257,
        RGB / np.float64(255),
        (RGB / 255).astype(np.float32),
        RGB.transpose(2, 0, 1),
        torch.from_numpy(RGB),
        torch.from_numpy(RGB.transpose(2, 0, 1).copy()),
        torch.from_numpy(RGB.transpose(2, 0, 1) / np.float32(255)).requires_grad_(),
        torch.from_numpy(RGB.transpose(2, 0, 1).copy())[None],
        Image.fromarray(RGB),
        Image.fromarray(RGB).convert("RGBA"),
    ],
    ids=[
        "hwc",
        "view",
        "fortran",
        "rgba",
        "16 bit",
        "f64",
        "f32",
        "chw",
        "tensor hwc",
        "tensor chw",
        "grad",
        "batch of one",
        "pil",
        "pil rgba",
    ],
)
def test_every_form_of_image_is_the_same_image(rgb: object) -> None:
    assert np.array_equal(Frame(rgb, DEPTH).rgb, RGB)


def test_gray_becomes_three_equal_channels() -> None:
    assert np.array_equal(Frame(RGB[:, :, 0], DEPTH).rgb, np.repeat(RGB[:, :, :1], 3, axis=2))


@pytest.mark.parametrize(
    ("depth", "unit"),
    [
        (DEPTH, None),
        (DEPTH.astype(np.float64), None),
        (DEPTH.astype(">f4"), None),
        (DEPTH[None], None),
        (DEPTH[:, :, None], None),
        (torch.from_numpy(DEPTH), None),
        (torch.from_numpy(DEPTH)[None], None),
        (torch.from_numpy(DEPTH)[None, None], None),
        (torch.from_numpy(DEPTH).to(torch.bfloat16), None),
        (np.ma.array(np.full((4, 6), 2.5), mask=DEPTH == 0), None),
        (Image.fromarray(DEPTH), None),
        ((DEPTH * 1000).astype(np.uint16), "mm"),
        ((DEPTH * 1000).astype(np.int64), "mm"),
        (DEPTH * 1000, "mm"),
        ((DEPTH * 256).astype(np.uint16), "kitti"),
        (Image.fromarray((DEPTH * 5000).astype(np.uint16)), "tum"),
    ],
)
def test_every_form_of_depth_is_the_same_depth(depth: object, unit: str | None) -> None:
    frame = Frame(RGB, depth, depth_unit=unit)
    assert frame.depth.dtype == np.float32
    assert np.array_equal(frame.depth, DEPTH)
    assert np.array_equal(frame.mask, DEPTH > 0)


@pytest.mark.parametrize("missing", [np.nan, np.inf, -np.inf, -1.0, -0.0, 1e300])
def test_what_is_no_distance_is_the_same_as_zero(missing: float) -> None:
    broken = np.where(DEPTH > 0, DEPTH.astype(np.float64), missing)
    frame = Frame(RGB, broken)
    assert frame.depth.tobytes() == Frame(RGB, DEPTH).depth.tobytes()
    assert np.array_equal(frame.mask, DEPTH > 0)


def test_the_callers_arrays_are_not_changed_and_the_frames_cannot_be() -> None:
    rgb, depth = RGB.copy(), np.where(DEPTH > 0, DEPTH, np.nan)
    kept = depth.copy()
    frame = Frame(rgb, depth)
    assert np.array_equal(rgb, RGB)
    assert np.array_equal(depth, kept, equal_nan=True)
    for array in (frame.rgb, frame.depth, frame.mask):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1
    rgb[:] = 0
    assert np.array_equal(frame.rgb, RGB)


def test_paths_and_files(tmp_path: Path) -> None:
    Image.fromarray(RGB).save(tmp_path / "rgb.png")
    np.save(tmp_path / "depth.npy", DEPTH)
    for frame in (
        Frame(tmp_path / "rgb.png", str(tmp_path / "depth.npy")),
        Frame.from_files(str(tmp_path / "rgb.png"), tmp_path / "depth.npy"),
    ):
        assert np.array_equal(frame.rgb, RGB)
        assert np.array_equal(frame.depth, DEPTH)
    assert (frame.width, frame.height) == (6, 4)


def test_the_example_has_its_camera(frame: Frame) -> None:
    assert frame.camera == Camera(994.978, 994.978, 311.193, 254.877, 741, 500)
    assert 0.005 < frame.mask.mean() < 0.05


def test_a_camera_may_be_a_path() -> None:
    assert Frame(EXAMPLE / "rgb.jpg", EXAMPLE / "lidar.png", depth_unit="mm", camera=EXAMPLE / "camera.json").camera


def test_floats_may_overshoot_a_little_as_resizing_leaves_them() -> None:
    assert np.array_equal(Frame(np.full((4, 6, 3), 1.004), DEPTH).rgb, np.full((4, 6, 3), 255))


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_a_measurement_goes_to_the_pixel_that_holds_its_centre(h: int, height: int, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, h - 1))
    values = np.zeros((h, h), dtype=np.float32)
    values[row] = 2.0
    placed = Frame(np.zeros((height, height, 3), np.uint8), values).depth
    expected = int((Fraction(row) + Fraction(1, 2)) * Fraction(height, h))
    assert np.array_equal(np.flatnonzero(placed.any(axis=1)), [expected])


def test_smaller_depth_is_placed_not_blended() -> None:
    depth = np.array([[1.0, 0, 2.0]], dtype=np.float32)
    placed = Frame(np.zeros((3, 9, 3), np.uint8), depth).depth
    expected = np.zeros((3, 9), dtype=np.float32)
    expected[1, 1], expected[1, 7] = 1.0, 2.0  # the centres of the large pixels
    assert np.array_equal(placed, expected)


def test_of_larger_depth_the_nearest_stays() -> None:
    depth = np.array([[4.0, 0, 0, 0], [3.0, 5.0, 0, 0]], dtype=np.float32)
    assert np.array_equal(Frame(np.zeros((1, 2, 3), np.uint8), depth).depth, [[3.0, 0]])


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 6), st.randoms(use_true_random=False))
def test_placing_keeps_every_value_and_invents_none(h: int, w: int, factor: int, random: object) -> None:
    values = np.array([[random.choice([0.0, 1.5, 2.5, 7.0]) for _ in range(w)] for _ in range(h)], dtype=np.float32)
    larger = Frame(np.zeros((h * factor, w * factor, 3), np.uint8), values)
    assert sorted(larger.depth[larger.mask]) == sorted(values[values > 0])
    smaller = Frame(np.zeros((h, w, 3), np.uint8), np.kron(values, np.ones((factor, factor), np.float32)))
    assert np.array_equal(smaller.depth, values)


@pytest.mark.parametrize(
    ("rgb", "depth", "options", "message"),
    [
        (RGB, DEPTH[:2], {}, "different aspects"),
        (RGB, DEPTH.T, {}, "different aspects"),
        (np.zeros((375, 1242, 3), np.uint8), np.ones((352, 1216), np.float32), {}, "different aspects"),
        (RGB, DEPTH * 1600, {}, "median depth is 4000 m .* are they millimetres"),
        (RGB, DEPTH, {"depth_unit": "mm"}, "are they metres"),
        (RGB, (DEPTH * 1000).astype(np.uint16), {}, "uint16 has a unit .* pass depth_unit"),
        (RGB, DEPTH, {"depth_unit": "feet"}, "unknown depth unit 'feet'"),
        (RGB, DEPTH > 0, {}, "expected numbers"),
        (RGB, [[1.0, 2.0], [3.0]], {}, "that is no array"),
        (RGB, (DEPTH * 50).astype(np.uint8), {"depth_unit": "max-depth:20"}, "8 bits hold 256 steps"),
        (RGB, Image.fromarray((DEPTH * 50).astype(np.uint8)), {"depth_unit": "mm"}, "8 bits hold 256 steps"),
        (np.zeros((64, 48, 2)), DEPTH, {}, r"image of shape \(64, 48, 2\)"),
        (RGB, DEPTH, {"camera": np.eye(3)}, "found ndarray, expected a Camera"),
        (RGB, DEPTH.astype(complex), {}, "expected numbers"),
        (RGB, np.array([["a"]]), {}, "expected numbers"),
        (RGB, None, {}, "expected numbers"),
        (RGB, DEPTH.ravel(), {}, r"expected \(H,W\)"),
        (RGB, np.zeros((4, 6, 3)), {}, r"expected \(H,W\)"),
        (RGB, np.zeros((0, 6)), {}, "at least one pixel"),
        (np.zeros((5, 6, 5), np.uint8), DEPTH, {}, r"expected \(H,W,3\)"),
        (np.zeros((2, 4, 6, 3), np.uint8), DEPTH, {}, r"expected \(H,W,3\)"),
        (RGB.astype(np.float32), DEPTH, {}, r"values 0 to 71: expected \[0, 1\]"),
        (np.full((4, 6, 3), np.nan), DEPTH, {}, r"expected \[0, 1\]"),
        (RGB.astype(np.int32), DEPTH, {}, "image of int32"),
        ("no/such.png", DEPTH, {}, "no such file"),
        (RGB, "no/such.npy", {}, "no such file"),
        (RGB, DEPTH, {"camera": Camera(5, 5, 3, 2, 12, 8)}, "a camera of 12x8 for an image of 6x4"),
    ],
)
def test_what_is_refused(rgb: object, depth: object, options: dict, message: str) -> None:
    with pytest.raises(SpnetError, match=message) as caught:
        Frame(rgb, depth, **options)
    assert "\n" not in str(caught.value)


def test_a_huge_array_is_refused_before_anything_is_copied() -> None:
    virtual = np.broadcast_to(np.uint8(0), (100_000, 100_000, 3))
    with pytest.raises(SpnetError, match="100000x100000"):
        Frame(virtual, DEPTH)


def test_example_files_are_what_the_readme_says() -> None:
    assert spnet.Frame.from_files(EXAMPLE / "rgb.jpg", EXAMPLE / "truth.png", depth_unit="mm").mask.mean() > 0.9
