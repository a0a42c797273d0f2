import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spnet.calibration import read_calibration, read_transform
from spnet.calibration.yaml import parse_yaml
from spnet.camera import Camera
from spnet.errors import SpnetError

CAMERA = Camera(525.5, 525.25, 319.5, 239.5, 640, 480)
SIZE = (640, 480)
K = [[525.5, 0, 319.5], [0, 525.25, 239.5], [0, 0, 1]]
K_BY_COLUMNS = [525.5, 0, 0, 0, 525.25, 0, 319.5, 239.5, 1]

ROS_FILE = """\
image_width: 640
image_height: 480
camera_name: narrow_stereo   # as camera_calibration writes it
camera_matrix:
  rows: 3
  cols: 3
  data: [525.5, 0.0, 319.5, 0.0, 525.25, 239.5, 0.0, 0.0, 1.0]
distortion_model: plumb_bob
distortion_coefficients:
  rows: 1
  cols: 5
  data: [0.0, 0.0, 0.0, 0.0, 0.0]
rectification_matrix:
  rows: 3
  cols: 3
  data: [1, 0, 0, 0, 1, 0, 0, 0, 1]
projection_matrix:
  rows: 3
  cols: 4
  data: [500.0, 0.0, 320.0, 0.0,
         0.0, 500.0, 240.0, 0.0,
         0.0, 0.0, 1.0, 0.0]
"""

ROS2_MESSAGE = """\
header:
  stamp:
    sec: 1700000000
    nanosec: 5
  frame_id: camera_optical
height: 480
width: 640
distortion_model: plumb_bob
d:
- 0.0
- 0.0
- 0.0
- 0.0
- 0.0
k:
- 525.5
- 0.0
- 319.5
- 0.0
- 525.25
- 239.5
- 0.0
- 0.0
- 1.0
r:
- 1.0
- 0.0
- 0.0
p: []
binning_x: 0
binning_y: 0
roi:
  x_offset: 0
  y_offset: 0
  height: 0
  width: 0
  do_rectify: false
---
header:
  frame_id: the next message
"""

ROS1_MESSAGE = """\
header:
  seq: 7
  stamp:
    secs: 1500000000
    nsecs: 10
  frame_id: "camera"
height: 480
width: 640
distortion_model: "rational_polynomial"
D: [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
K: [525.5, 0.0, 319.5, 0.0, 525.25, 239.5, 0.0, 0.0, 1.0]
R: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
P: [525.5, 0.0, 319.5, 0.0, 0.0, 525.25, 239.5, 0.0, 0.0, 0.0, 1.0, 0.0]
binning_x: 1
binning_y: 1
roi:
  x_offset: 0
  width: 640
  height: 480
---
"""

OPENCV_YAML = """\
%YAML:1.0
---
image_width: 640
image_height: 480
camera_matrix: !!opencv-matrix
   rows: 3
   cols: 3
   dt: d
   data: [ 5.255e+02, 0., 319.5, 0.,
       5.2525e+02, 239.5, 0., 0., 1. ]
distortion_coefficients: !!opencv-matrix
   rows: 1
   cols: 5
   dt: d
   data: [ 0., 0., 0., 0., 0. ]
"""

YAML_WORDS = [
    "k: ",
    "K:",
    " [",
    "]",
    "\n",
    "  ",
    "- ",
    "1",
    "0.5",
    ",",
    "a:",
    "---",
    "#",
    "'",
    "!!x ",
    "\t",
    "\u2028",
]
JSON_KEYS = ["fx", "fy", "cx", "cy", "K", "width", "height", "k1", "dist", "camera_matrix"]

T = TypeVar("T")


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def distorted(text: str) -> str:
    return text.replace("0.0, 0.0, 0.0, 0.0, 0.0]", "0.1, 0.0, 0.0, 0.0, 0.0]", 1)


# One camera in every format


@pytest.mark.parametrize(
    ("name", "content", "size"),
    [
        ("K.txt", "525.5 0 319.5\n0 525.25 239.5\n0 0 1\n", SIZE),
        ("K.txt", "525.5 0 319.5 0 525.25 239.5 0 0 1", SIZE),
        ("K.csv", "525.5,0,319.5\r\n0,525.25,239.5\r\n0,0,1\r\n", SIZE),
        ("K.txt", "[[525.5, 0, 319.5], [0, 525.25, 239.5], [0, 0, 1]]", SIZE),
        ("K.txt", "525.5 0 0\n0 525.25 0\n319.5 239.5 1\n", SIZE),
        ("K.txt", "525.5 1e-9 319.5 0 525.25 239.5 0 0 1", SIZE),
        ("intrinsics", "525.5 525.25 319.5 239.5", SIZE),
        ("K.txt", "\ufeff5.255e2 5.2525e2 3.195e2 2.395e2", SIZE),
        ("c.json", json.dumps({"fx": 525.5, "fy": 525.25, "cx": 319.5, "cy": 239.5}), SIZE),
        (
            "c.json",
            json.dumps({"fx": 525.5, "fy": 525.25, "cx": 319.5, "cy": 239.5, "width": 640, "height": 480}),
            None,
        ),
        ("c.json", json.dumps({"K": K}), SIZE),
        ("c.json", json.dumps({"K": [v for row in K for v in row]}), SIZE),
        (
            "c.json",
            json.dumps({"camera_matrix": K, "image_width": 640, "image_height": 480, "dist": [0, 0, 0, 0]}),
            SIZE,
        ),
        (
            "c.json",
            json.dumps({"camera_matrix": {"rows": 3, "data": [v for row in K for v in row]}, "D": None}),
            SIZE,
        ),
        ("open3d.json", json.dumps({"width": 640, "height": 480, "intrinsic_matrix": K_BY_COLUMNS}), None),
        (
            "realsense.json",
            json.dumps({"fx": 525.5, "fy": 525.25, "ppx": 319.5, "ppy": 239.5, "coeffs": [0] * 5, "model": "brown"}),
            SIZE,
        ),
        ("ost.yaml", ROS_FILE, None),
        ("ost.yaml", ROS_FILE.replace("\n", "\r\n"), SIZE),
        ("camera_info.yaml", ROS2_MESSAGE, None),
        ("camera_info.txt", ROS1_MESSAGE, SIZE),
        ("opencv.yml", OPENCV_YAML, None),
        ("cameras.txt", "# list\n\n1 PINHOLE 640 480 525.5 525.25 320 240\n", None),
        ("cameras.txt", "7 OPENCV 640 480 525.5 525.25 320 240 0 0 0 0\n", SIZE),
        ("cameras.bin", struct.pack("<QiiQQ4d", 1, 3, 1, 640, 480, 525.5, 525.25, 320, 240), None),
        (
            "cameras.bin",
            struct.pack("<QiiQQ12d", 1, 3, 6, 640, 480, 525.5, 525.25, 320, 240, *[0.0] * 8),
            None,
        ),
        ("calib.txt", "P2: 525.5 0 319.5 0 0 525.25 239.5 0 0 0 1 0\n", SIZE),
    ],
)
def test_reads_the_camera(tmp_path: Path, name: str, content: str | bytes, size: tuple[int, int] | None) -> None:
    calibration = read_calibration(write(tmp_path, name, content), size=size)
    assert calibration.camera == CAMERA
    assert calibration.camera_from_cloud is None


def test_one_focal_length(tmp_path: Path) -> None:
    path = write(tmp_path, "cameras.txt", "1 SIMPLE_RADIAL 640 480 500 320 240 0\n")
    assert read_calibration(path).camera == Camera(500, 500, 319.5, 239.5, 640, 480)


# Refusals


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("K.txt", "", "is empty"),
        ("K.txt", " \n", "is no calibration that is known; expected K.txt"),
        ("K.txt", "1 2 3", "holds 3 numbers, expected the 9 of K or the 4 fx fy cx cy"),
        ("K.txt", "525 2 319 0 525 239 0 0 1", "has a skew of 2"),
        ("K.txt", "525 0 319 0 525 239 0 0 2", "expected fx 0 cx, 0 fy cy, 0 0 1"),
        ("K.txt", "525 0 319 0 -525 239 0 0 1", "fy is -525.0, expected a focal length"),
        ("K.txt", "525 525 319 1e999", "holds 1e999, expected finite numbers"),
        ("K.txt", "525 525 319 1-2", "'1-2' is not a number"),
        ("K.txt", "fx=525", "is no calibration that is known"),
        ("photo.txt", b"\xff\xd8\xff\xe0\x00\x10", "is not a text file"),
        ("c.json", "{", "is not JSON"),
        ("c.json", "{" + '"a":[' * 100_000, "is not JSON"),
        ("c.json", '[{"fx": 1}]', "is a JSON list, expected an object"),
        ("c.json", '{"focal": 525, "center": 3}', "holds 'focal', 'center'; expected \"fx\""),
        ("c.json", "{}", "holds nothing; expected"),
        ("c.json", '{"K": [1, 2]}', "a matrix of 2 numbers, expected the 9 of K"),
        ("c.json", '{"K": [[1, 0, "a"], [0, 1, 1], [0, 0, 1]]}', "a matrix of 8 numbers"),
        ("c.json", '{"K": [[1, 0, true], [0, 1, 1], [0, 0, 1]]}', "K: is 'True', expected a number"),
        ("c.json", '{"K": [[1, 0, NaN], [0, 1, 1], [0, 0, 1]]}', "K: holds nan, expected finite numbers"),
        ("c.json", '{"K": ' + "[" * 50 + "]" * 50 + "}", "has lists nested too deep"),
        ("c.json", '{"fx": "525", "fy": 1, "cx": 1, "cy": 1}', "fx: is '525', expected a number"),
        (
            "c.json",
            '{"fx": 5, "fy": 5, "cx": 1, "cy": 1, "k1": 0.1}',
            "a lens with lens distortion 0.1; undistort first",
        ),
        ("c.json", '{"K": [], "dist_coeffs": [[0, 0.2]]}', "lens distortion 0 0.2; undistort first"),
        ("c.json", '{"K": [], "distortion": {"k1": 0.3}}', "lens distortion 0.3; undistort first"),
        ("c.json", '{"fx": 5, "fy": 5, "cx": 1, "cy": 1, "width": 6.5, "height": 4}', "image size is 6.5x4"),
        (
            "c.json",
            '{"fx": 5, "fy": 5, "cx": 1, "cy": 1, "width": 1280, "height": 960}',
            "is for images of 1280x960, but the image is 640x480; resize the image, or give the calibration",
        ),
        (
            "c.yaml",
            distorted(ROS_FILE),
            "plumb_bob with lens distortion 0.1 0 0 0 0; undistort first (for example use",
        ),
        (
            "c.yaml",
            distorted(ROS1_MESSAGE),
            "rational_polynomial with lens distortion 0 0 0 0.1 0 0 0 0; undistort",
        ),
        ("c.yaml", ROS2_MESSAGE.replace("- 0.0", "- -0.5", 1), "plumb_bob with lens distortion -0.5"),
        (
            "c.yaml",
            ROS_FILE.replace("plumb_bob", "equidistant"),
            "the lens model is 'equidistant', which is no pinhole",
        ),
        (
            "c.yaml",
            ROS2_MESSAGE.replace("binning_x: 0", "binning_x: 2"),
            "has binning or a region of interest",
        ),
        ("c.yaml", ROS2_MESSAGE.replace("x_offset: 0", "x_offset: 8"), "has binning or a region of interest"),
        (
            "c.yaml",
            ROS1_MESSAGE.replace("  width: 640", "  width: 64"),
            "has binning or a region of interest",
        ),
        ("c.yaml", ROS_FILE.replace("image_width: 640", "image_width: 1280"), "is for images of 1280x480"),
        (
            "c.yaml",
            ROS_FILE.replace("image_width: 640", "image_width: wide"),
            "image_width: 'wide' is not a number",
        ),
        ("c.yaml", "k: [1, 2\n3", "a list without its closing ]"),
        (
            "c.yaml",
            ROS_FILE.replace("525.25", "five", 1),
            "a list of numbers is expected: 'five' is not a number",
        ),
        ("c.yaml", ROS_FILE.replace("525.25", ".nan", 1), "'.nan' is not a number"),
        (
            "c.yaml",
            ROS_FILE + "image_width: 640\n",
            "line 23, 'image_width: 640': the key 'image_width' is there twice",
        ),
        ("c.yaml", ROS_FILE + "&anchor\n", "line 23, '&anchor': expected 'key: value'"),
        ("c.yaml", "k: hello", "k is 'hello', expected a list of numbers"),
        (
            "c.yaml",
            "k:\nwidth: 640\nheight: 480",
            "holds k, width, height; expected camera_matrix with data, or k",
        ),
        ("c.yaml", "k: [" + "1 " * 20_000 + "]", "a list of 20,000 items, more than the 10,000"),
        ("c.yaml", "k: 1\n" + "".join(" " * i + "a:\n" for i in range(40)), "nested too deep"),
        ("c.yaml", "k: 1\n    indented: 2", "line 2, 'indented: 2': expected a key that starts the line"),
        ("calib.txt", "P2: 1 2 3", "P2 has 3 numbers, expected 12"),
        ("calib.txt", "P2: 5 0 3 0 0 5 2 0 0 0 1 nan", "P2: holds nan, expected finite numbers"),
        ("calib.txt", "P2: 5 0 3 0 0 5 2 0 0 0 1 0\nP2: 1", "the key 'P2' is there twice"),
        ("calib.txt", "P2: 5 0 3 0 0 5 2 0 0 0 1 0\nTr: 1 2", "Tr has 2 numbers, expected 12"),
        ("cameras.txt", "# none\n", "holds no camera"),
        (
            "cameras.txt",
            "1 PINHOLE 640 480 525 525 320\n",
            "is no camera, expected ID MODEL WIDTH HEIGHT PARAMETERS",
        ),
        ("cameras.txt", "1\n", "'1' is no camera"),
        ("cameras.txt", "x PINHOLE 640 480 525 525 320 240\n", "'x' is no number of a camera"),
        ("cameras.txt", "1 PINHOLE 640 480 525 525 inf 240\n", "holds inf, expected finite numbers"),
        (
            "cameras.txt",
            "4 OPENCV 640 480 525 525 320 240 0.1 0 0 0\n",
            "camera 4: model OPENCV with lens distortion 0.1 0 0 0; undistort first (colmap image_un",
        ),
        (
            "cameras.txt",
            "4 SIMPLE_RADIAL 640 480 525 320 240 -0.1\n",
            "SIMPLE_RADIAL with lens distortion -0.1",
        ),
        (
            "cameras.txt",
            "4 OPENCV_FISHEYE 640 480 525 525 320 240 0 0 0 0\n",
            "its model OPENCV_FISHEYE is no pinhole",
        ),
        (
            "cameras.txt",
            "1 PINHOLE 640 480 525 525 320 240\n2 FOV 640 480 525 525 320 240 0\n",
            "holds 2 cameras (1 PINHOLE, 2 FOV), and nothing tells which; give the name of the image",
        ),
        ("cameras.bin", struct.pack("<Q", 2**60), "is cut short"),
        ("cameras.bin", b"\0", "is cut short"),
        ("cameras.bin", struct.pack("<QiiQQ", 1, 3, 1, 640, 480), "is cut short"),
        ("cameras.bin", struct.pack("<QiiQQ", 1, 3, 99, 640, 480), "camera 3 has the unknown model 99"),
        (
            "cameras.bin",
            struct.pack("<QiiQQ4d", 1, 3, 1, 640, 480, np.nan, 1, 1, 1),
            "fx is nan, expected a focal length",
        ),
        ("cameras.bin", struct.pack("<QiiQQ4d", 1, 3, 1, 2**63, 480, 1, 1, 1, 1), "is for images of"),
    ],
)
def test_refuses_in_one_line(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(SpnetError) as error:
        read_calibration(path, size=SIZE)
    assert message in str(error.value)
    assert str(error.value).startswith(str(path)) or str(error.value).startswith("camera")
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "missing.txt", "no such file"),
        (
            lambda folder: folder,
            "holds none of cameras.bin, cameras.txt, calib_cam_to_cam.txt; name the file itself",
        ),
        (lambda folder: write(folder, "K.txt", "1 " * 2**24), "more than the 16,777,216 bytes"),
    ],
)
def test_refuses_paths(tmp_path: Path, make: Callable[[Path], Path], message: str) -> None:
    with pytest.raises(SpnetError, match=message):
        read_calibration(make(tmp_path), size=SIZE)


# COLMAP's poses

TWO_CAMERAS = "1 PINHOLE 640 480 525.5 525.25 320 240\n2 PINHOLE 320 240 200 200 160 120\n"
# Image 1: a quarter turn about z, so that the world's x axis is the camera's y axis. Image 2: no rotation.
TWO_IMAGES = """\
# IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME
5 0.70710678118654752 0 0 0.70710678118654752 1 2 3 1 left/a b.jpg
10.5 20.5 -1 30.5 40.5 2
6 1 0 0 0 0 0 0.5 2 right/c.jpg

"""
QUARTER_TURN = [[0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]]


def binary_images() -> bytes:
    half = 0.5**0.5
    first = struct.pack("<i7di", 5, half, 0, 0, half, 1, 2, 3, 1) + b"left/a b.jpg\0"
    first += struct.pack("<Q", 2) + struct.pack("<ddq", 10.5, 20.5, -1) + struct.pack("<ddq", 30.5, 40.5, 2)
    second = struct.pack("<i7di", 6, 2, 0, 0, 0, 0, 0, 0.5, 2) + b"right/c.jpg\0" + struct.pack("<Q", 0)
    return struct.pack("<Q", 2) + first + second


@pytest.fixture(params=["text", "binary"])
def colmap_model(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "text":
        write(tmp_path, "cameras.txt", TWO_CAMERAS)
        write(tmp_path, "images.txt", TWO_IMAGES)
    else:
        first = struct.pack("<iiQQ4d", 1, 1, 640, 480, 525.5, 525.25, 320, 240)
        second = struct.pack("<iiQQ4d", 2, 1, 320, 240, 200, 200, 160, 120)
        write(tmp_path, "cameras.bin", struct.pack("<Q", 2) + first + second)
        write(tmp_path, "images.bin", binary_images())
    return tmp_path


@pytest.mark.parametrize("image_name", ["left/a b.jpg", "a b.jpg", "elsewhere/a b.jpg"])
def test_colmap_finds_camera_and_pose_by_the_image(colmap_model: Path, image_name: str) -> None:
    calibration = read_calibration(colmap_model, size=SIZE, image_name=image_name)
    assert calibration.camera == CAMERA
    np.testing.assert_allclose(calibration.camera_from_cloud, QUARTER_TURN, atol=1e-12)


def test_colmap_chooses_the_other_image(colmap_model: Path) -> None:
    calibration = read_calibration(colmap_model, image_name="right/c.jpg")
    assert calibration.camera == Camera(200, 200, 159.5, 119.5, 320, 240)
    assert calibration.camera_from_cloud is not None
    assert calibration.camera_from_cloud.tolist() == [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0.5],
        [0, 0, 0, 1],
    ]


@pytest.mark.parametrize(
    ("image_name", "message"),
    [
        (None, "holds 2 cameras (1 PINHOLE, 2 PINHOLE), and nothing tells which"),
        ("d.jpg", "no images are named 'd.jpg', expected one (it holds 'left/a b.jpg', 'right/c.jpg')"),
    ],
)
def test_colmap_does_not_guess_the_image(colmap_model: Path, image_name: str | None, message: str) -> None:
    with pytest.raises(SpnetError) as error:
        read_calibration(colmap_model, image_name=image_name)
    assert message in str(error.value)


def test_colmap_refuses_a_name_that_two_images_share(tmp_path: Path) -> None:
    write(tmp_path, "cameras.txt", TWO_CAMERAS)
    write(tmp_path, "images.txt", TWO_IMAGES.replace("left/a b", "left/c"))
    with pytest.raises(SpnetError, match=r"2 images are named 'c\.jpg', expected one"):
        read_calibration(tmp_path, image_name="c.jpg")
    assert read_calibration(tmp_path, image_name="right/c.jpg").camera.width == 320


def test_colmap_takes_the_only_image_without_a_name(tmp_path: Path) -> None:
    write(tmp_path, "cameras.txt", TWO_CAMERAS)
    write(tmp_path, "images.txt", "6 1 0 0 0 0 0 0.5 2 c.jpg")
    calibration = read_calibration(tmp_path)
    assert calibration.camera.width == 320
    assert calibration.camera_from_cloud is not None


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "images.txt",
            "1 0 0 0 0 1 2 3 1 a.jpg\n",
            "the pose of image 'a.jpg' is no rotation and translation",
        ),
        (
            "images.txt",
            "1 1 0 0 0 1 2 3 9 a.jpg\n",
            "names camera 9, but cameras.txt holds 1 PINHOLE, 2 PINHOLE",
        ),
        ("images.txt", "1 1 0 0 0 1 2 3 1\n", "is no image, expected ID QW QX QY QZ TX TY TZ CAMERA NAME"),
        ("images.txt", "1 1 0 0 0 1 2 nan 1 a.jpg\n", "holds nan, expected finite numbers"),
        ("images.txt", "1 1 0 0 0 1 2 3 -1 a.jpg\n", "'-1' is no number of a camera"),
        (
            "images.txt",
            b"1 1 0 0 0 1 2 3 1 a.jpg\n" + b"1" * (2**24 + 1),
            "has a line of more than 16,777,216 bytes",
        ),
    ],
)
def test_colmap_refuses_damaged_images(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    write(tmp_path, "cameras.txt", TWO_CAMERAS)
    write(tmp_path, name, content)
    with pytest.raises(SpnetError) as error:
        read_calibration(tmp_path, image_name="a.jpg")
    assert message in str(error.value)


@pytest.mark.parametrize("length", range(0, len(binary_images()), 3))
def test_colmap_refuses_binary_images_that_are_cut_short(tmp_path: Path, length: int) -> None:
    write(tmp_path, "cameras.bin", struct.pack("<QiiQQ4d", 1, 1, 1, 640, 480, 525.5, 525.25, 320, 240))
    write(tmp_path, "images.bin", binary_images()[:length])
    with pytest.raises(SpnetError, match=r"cut short|does not end|is empty"):
        read_calibration(tmp_path, image_name="a b.jpg")


# KITTI: the LiDAR is 0.27 m behind and 0.08 m above camera 0; camera 2 is 0.06 m left of camera 0.

LIDAR_TO_CAMERA = "0 -1 0 0  0 0 -1 -0.08  1 0 0 -0.27"
LEFT_COLOUR = "P2: 700 0 600 42.7  0 700 170 1.7  0 0 1 0.01\n"
# By hand: K^-1 (42.7, 1.7, 0.01) = ((42.7 - 600 * 0.01) / 700, (1.7 - 170 * 0.01) / 700, 0.01).
FROM_LIDAR = [[0, -1, 0, 36.7 / 700], [0, 0, -1, -0.08], [1, 0, 0, -0.27 + 0.01], [0, 0, 0, 1]]
# A right angle about the camera's z axis, unlike any real rectification: its place in the chain must show.
TURN = "0 -1 0 1 0 0 0 0 1"
FROM_LIDAR_TURNED = [[0, 0, 1, 36.7 / 700 + 0.08], [0, -1, 0, 0], [1, 0, 0, -0.26], [0, 0, 0, 1]]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            f"P0: 1\n{LEFT_COLOUR}R0_rect: 1 0 0 0 1 0 0 0 1\nTr_velo_to_cam: {LIDAR_TO_CAMERA}\n\n",
            FROM_LIDAR,
        ),
        (
            f"{LEFT_COLOUR}R0_rect: {TURN}\nTr_velo_to_cam: {LIDAR_TO_CAMERA}\nTr_imu_to_velo: 1",
            FROM_LIDAR_TURNED,
        ),
        (f"{LEFT_COLOUR}Tr: {LIDAR_TO_CAMERA}\n", FROM_LIDAR),
        (f"{LEFT_COLOUR}R_rect {TURN}\nTr_velo_cam {LIDAR_TO_CAMERA}\n", FROM_LIDAR_TURNED),
        (LEFT_COLOUR, None),
    ],
)
def test_kitti_benchmarks(tmp_path: Path, content: str, expected: list[list[float]] | None) -> None:
    calibration = read_calibration(write(tmp_path, "000002.txt", content), size=(1242, 375))
    assert calibration.camera == Camera(700, 700, 600, 170, 1242, 375)
    if expected is None:
        assert calibration.camera_from_cloud is None
    else:
        np.testing.assert_allclose(calibration.camera_from_cloud, expected, atol=1e-12)


RAW_CAMERAS = f"""\
calib_time: 09-Jan-2012 13:57:47
corner_dist: 9.950000e-02
S_rect_02: 1.242000e+03 3.750000e+02
R_rect_00: {TURN}
P_rect_02: 700 0 600 42.7  0 700 170 1.7  0 0 1 0.01
"""
RAW_LIDAR = "calib_time: 15-Mar-2012 11:37:16\nR: 0 -1 0 0 0 -1 1 0 0\nT: 0 -0.08 -0.27\ndelta_f: 0 0\n"


@pytest.mark.parametrize("given", ["folder", "file"])
def test_kitti_raw(tmp_path: Path, given: str) -> None:
    path = write(tmp_path, "calib_cam_to_cam.txt", RAW_CAMERAS)
    calibration = read_calibration(tmp_path if given == "folder" else path)
    assert calibration.camera == Camera(700, 700, 600, 170, 1242, 375)
    assert calibration.camera_from_cloud is None
    write(tmp_path, "calib_velo_to_cam.txt", RAW_LIDAR)
    calibration = read_calibration(tmp_path if given == "folder" else path)
    np.testing.assert_allclose(calibration.camera_from_cloud, FROM_LIDAR_TURNED, atol=1e-12)


@pytest.mark.parametrize(
    ("cameras", "lidar", "message"),
    [
        (RAW_CAMERAS.replace("R_rect_00", "R_rect_01"), RAW_LIDAR, "has no R_rect_00"),
        (RAW_CAMERAS.replace("S_rect_02", "S_rect_03"), RAW_LIDAR, "has no S_rect_02"),
        ("nothing: here", RAW_LIDAR, "has no P2 (it holds nothing); is it a KITTI calibration file?"),
        (RAW_CAMERAS, "R: 1 2 3", "R has 3 numbers, expected 9"),
        (RAW_CAMERAS, RAW_LIDAR.replace("T:", "t:"), "calib_velo_to_cam.txt: has no T"),
    ],
)
def test_kitti_raw_refuses_what_is_missing(tmp_path: Path, cameras: str, lidar: str, message: str) -> None:
    write(tmp_path, "calib_cam_to_cam.txt", cameras)
    write(tmp_path, "calib_velo_to_cam.txt", lidar)
    with pytest.raises(SpnetError) as error:
        read_calibration(tmp_path)
    assert message in str(error.value)


# Transforms


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("0 -1 0 1\n1 0 0 2\n0 0 1 3\n", QUARTER_TURN),
        ("[[0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]]", QUARTER_TURN),
        ("0 -1 0 1 1 0 0 2 0 0 1", "holds 11 numbers, expected the 4x4 or 3x4"),
        ("0 -1 0 1 1 0 0 2 0 0 1 3 1 2 3 1", "its last row is [1.0, 2.0, 3.0, 1.0], expected 0 0 0 1"),
        ("0 -1 0 1 1 0 0 2 0 0 2 3", "are no rotation"),
        ("0 1 0 1 1 0 0 2 0 0 1 3", "are no rotation"),
        ("0 -1 0 1 1 0 0 2 0 0 1 nan", "holds nan, expected finite numbers"),
        ("0 -1 0 1 1 0 0 2 0 0 1 1e300", [*QUARTER_TURN[:2], [0, 0, 1, 1e300], [0, 0, 0, 1]]),
    ],
)
def test_read_transform(tmp_path: Path, content: str, expected: list[list[float]] | str) -> None:
    path = write(tmp_path, "lidar_to_camera.txt", content)
    if isinstance(expected, str):
        with pytest.raises(SpnetError) as error:
            read_transform(path)
        assert expected in str(error.value)
    else:
        assert read_transform(path).tolist() == expected


# Any text at all gives a value or a SpnetError


def test_yaml_subset() -> None:
    text = "a: 1  # one\nb:\n  c: 'x: y'\n  d: [1, 2,\n 3]\ne:\n  - 4\n  - -5e-1\nf:\ng: !!tag [6]\n---\nh: 7"
    expected = {"a": "1", "b": {"c": "x: y", "d": [1, 2, 3]}, "e": [4, -0.5], "f": "", "g": [6]}
    assert parse_yaml(text, "x") == expected
    assert parse_yaml("# nothing\n", "x") == {}


def value_or_refusal(read: Callable[[], T]) -> T | str:
    try:
        return read()
    except SpnetError as error:
        return str(error)


@given(words=st.lists(st.sampled_from(YAML_WORDS)))
@settings(deadline=None)
def test_yaml_of_any_text_is_read_or_refused(words: list[str]) -> None:
    result = value_or_refusal(lambda: parse_yaml("".join(words), "x"))
    assert isinstance(result, dict) or len(result.splitlines()) == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(content=st.dictionaries(st.sampled_from(JSON_KEYS), json_values))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_any_json_is_read_or_refused(tmp_path: Path, content: object) -> None:
    path = write(tmp_path, "c.json", json.dumps(content))
    result = value_or_refusal(lambda: read_calibration(path, size=SIZE).camera)
    if isinstance(result, Camera):
        assert (result.width, result.height) == SIZE
    else:
        assert len(result.splitlines()) == 1
