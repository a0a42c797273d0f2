import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spnet.camera import Camera
from spnet.errors import SpnetError

KITTI = Camera(721.5377, 721.5377, 609.5593, 172.854, 1242, 375)

sizes = st.integers(1, 400)
cameras = st.builds(
    Camera,
    fx=st.floats(10, 3000),
    fy=st.floats(10, 3000),
    cx=st.floats(-100, 500),
    cy=st.floats(-100, 500),
    width=sizes,
    height=sizes,
)
points = st.tuples(st.floats(-5, 5), st.floats(-5, 5), st.floats(0.1, 50)).map(np.array)


def project(camera: Camera, point: np.ndarray) -> np.ndarray:
    column, row, scale = camera.matrix @ point
    return np.array([column / scale, row / scale])


@given(camera=cameras, point=points, data=st.data())
@settings(deadline=None)
def test_crop_shifts_the_projection(camera: Camera, point: np.ndarray, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, camera.width - 1))
    y = data.draw(st.integers(0, camera.height - 1))
    width = data.draw(st.integers(1, camera.width - x))
    height = data.draw(st.integers(1, camera.height - y))
    cropped = camera.crop(x, y, width, height)
    assert (cropped.width, cropped.height) == (width, height)
    np.testing.assert_allclose(project(cropped, point), project(camera, point) - (x, y), atol=1e-6)


@given(camera=cameras, point=points, borders=st.tuples(*[st.integers(0, 50)] * 4))
@settings(deadline=None)
def test_pad_shifts_the_projection_and_crop_undoes_it(
    camera: Camera, point: np.ndarray, borders: tuple[int, int, int, int]
) -> None:
    left, top, right, bottom = borders
    padded = camera.pad(left, top, right, bottom)
    assert (padded.width, padded.height) == (camera.width + left + right, camera.height + top + bottom)
    np.testing.assert_allclose(project(padded, point) - (left, top), project(camera, point), atol=1e-6)
    undone = padded.crop(left, top, camera.width, camera.height)
    np.testing.assert_allclose(undone.matrix, camera.matrix, atol=1e-9)


@given(camera=cameras, width=sizes, height=sizes, point=points)
@settings(deadline=None)
def test_resize_keeps_each_point_at_the_same_place_of_the_image_area(
    camera: Camera, width: int, height: int, point: np.ndarray
) -> None:
    resized = camera.resize(width, height)
    # The area starts half a pixel before the first centre.
    share = (project(camera, point) + 0.5) / (camera.width, camera.height)
    resized_share = (project(resized, point) + 0.5) / (width, height)
    np.testing.assert_allclose(resized_share, share, rtol=1e-9, atol=1e-9)


@given(camera=cameras, width=sizes, height=sizes)
@settings(deadline=None)
def test_resize_there_and_back(camera: Camera, width: int, height: int) -> None:
    back = camera.resize(width, height).resize(camera.width, camera.height)
    np.testing.assert_allclose(back.matrix, camera.matrix, rtol=1e-9, atol=1e-7)


def test_half_size_moves_the_principal_point_by_a_quarter_pixel() -> None:
    half = Camera(100, 100, 3.5, 1.5, 8, 4).resize(4, 2)
    assert half == Camera(50, 50, 1.5, 0.5, 4, 2)  # the middle of the image stays its middle


@given(width=sizes, height=sizes, degrees=st.floats(1, 170))
@settings(deadline=None)
def test_from_fov_sees_the_angle_between_its_outer_edges(width: int, height: int, degrees: float) -> None:
    camera = Camera.from_fov(width, height, degrees)
    left = math.atan((camera.cx + 0.5) / camera.fx)
    right = math.atan((width - 0.5 - camera.cx) / camera.fx)
    assert math.degrees(left + right) == pytest.approx(degrees)
    assert camera.cy == (height - 1) / 2
    assert camera.fx == camera.fy


def test_matrix_is_k() -> None:
    assert KITTI.matrix.tolist() == [[721.5377, 0, 609.5593], [0, 721.5377, 172.854], [0, 0, 1]]


def test_equal_whatever_numbers_it_was_made_of() -> None:
    camera = Camera(np.float32(500), 500, np.int64(320), 240, np.int32(640), 480.0)  # type: ignore[arg-type]
    assert camera == Camera(500.0, 500.0, 320.0, 240.0, 640, 480)
    assert repr(camera) == "Camera(fx=500.0, fy=500.0, cx=320.0, cy=240.0, width=640, height=480)"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fx": 0}, "fx is 0.0, expected a focal length in pixels, above 0"),
        ({"fy": -1}, "fy is -1.0, expected a focal length in pixels, above 0"),
        ({"fx": math.nan}, "fx is nan, expected a focal length"),
        ({"fx": 1e9}, "fx is 1000000000.0, expected a focal length"),
        ({"cx": math.inf}, "cx is inf, expected a position in pixels"),
        ({"cy": math.nan}, "cy is nan, expected a position in pixels"),
        ({"cx": "left"}, "cx is 'left', expected a number"),
        ({"fy": None}, "fy is None, expected a number"),
        ({"width": 0}, "is 0x375, expected at least one pixel"),
        ({"height": -3}, "is 1242x-3, expected at least one pixel"),
        ({"width": 10.5}, "width is 10.5, expected a whole number of pixels"),
        ({"width": math.nan}, "width is nan, expected a whole number of pixels"),
        ({"height": 10**9}, "more than the 67,108,864 pixels"),
    ],
)
def test_refuses_what_is_no_camera(change: dict[str, object], message: str) -> None:
    values = {"fx": 721.5, "fy": 721.5, "cx": 609.5, "cy": 172.8, "width": 1242, "height": 375, **change}
    with pytest.raises(SpnetError, match="camera") as error:
        Camera(**values)  # type: ignore[arg-type]
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("x", "y", "width", "height", "allowed"),
    [
        (0, 0, 1242, 375, True),
        (1241, 374, 1, 1, True),
        (0, 0, 0, 375, False),
        (0, 0, 1242, -1, False),
        (-1, 0, 10, 10, False),
        (1, 0, 1242, 375, False),
        (0, 370, 10, 6, False),
    ],
)
def test_crop_stays_inside(x: int, y: int, width: int, height: int, allowed: bool) -> None:
    if allowed:
        assert KITTI.crop(x, y, width, height).width == width
    else:
        with pytest.raises(SpnetError, match="is no part of the image, which is 1242x375"):
            KITTI.crop(x, y, width, height)


def test_pad_refuses_to_cut() -> None:
    with pytest.raises(SpnetError, match="use crop to cut"):
        KITTI.pad(0, 0, -1, 0)


@pytest.mark.parametrize("degrees", [0, 180, -60, math.nan])
def test_from_fov_refuses_impossible_angles(degrees: float) -> None:
    with pytest.raises(SpnetError, match="more than 0 and less than 180"):
        Camera.from_fov(640, 480, degrees)


def test_from_file(tmp_path: Path) -> None:
    path = tmp_path / "K.txt"
    path.write_text("721.5377 721.5377 609.5593 172.854")
    assert Camera.from_file(path, width=1242, height=375) == KITTI
    with pytest.raises(SpnetError, match="only one of width and height"):
        Camera.from_file(path, width=1242)
    with pytest.raises(SpnetError, match="does not hold the size of the image"):
        Camera.from_file(path)


def test_a_matrix_is_a_camera_and_back() -> None:
    camera = Camera(500, 510, 320.5, 239.5, 640, 480)
    assert Camera.from_matrix(camera.matrix, 640, 480) == camera


@pytest.mark.parametrize("matrix", [np.eye(4), np.ones((3, 3)), np.diag([1.0, 1, 2]), np.eye(3)[:, :2]])
def test_a_matrix_that_is_no_camera_is_refused(matrix: np.ndarray) -> None:
    with pytest.raises(SpnetError, match="expected .*fx"):
        Camera.from_matrix(matrix, 640, 480)
