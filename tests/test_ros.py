"""ROS messages to arrays and back, lenses, frames of a robot, and what belongs together in time; without ROS."""

import importlib.util
import io
import re
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import recordings
from recordings import BOX, FOCAL, HEIGHT, LIDAR, OPTICAL, ROBOT, SECOND, WALL, WIDTH, Event, build, scene, store_for
from spnet import SpnetError, ros
from spnet.ros import transforms
from spnet.ros.pairing import MOST_WAITING, Pairing

RGB, DEPTH = scene()


def message(event: Event, form: str = "mcap") -> Any:
    return build(store_for(form), event.msgtype, event.fields)


def encoded(array: np.ndarray, form: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, form)
    return buffer.getvalue()


# Images.


@pytest.mark.parametrize(
    ("array", "encoding", "expected"),
    [
        (RGB, "rgb8", RGB),
        (RGB[:, :, ::-1], "bgr8", RGB),
        (np.dstack([RGB, RGB[:, :, :1]]), "rgba8", RGB),
        (np.dstack([RGB[:, :, ::-1], RGB[:, :, :1]]), "bgra8", RGB),
        (RGB[:, :, 1], "mono8", np.repeat(RGB[:, :, 1:2], 3, axis=2)),
        (RGB[:, :, 1].astype("<u2") * 257, "mono16", np.repeat(RGB[:, :, 1:2], 3, axis=2)),
        (RGB[:, :, 1].astype(">u2") * 257, "mono16", np.repeat(RGB[:, :, 1:2], 3, axis=2)),
    ],
    ids=["rgb8", "bgr8", "rgba8", "bgra8", "mono8", "mono16", "mono16 big endian"],
)
@pytest.mark.parametrize("padding", [0, 5])
def test_pictures(array: np.ndarray, encoding: str, expected: np.ndarray, padding: int) -> None:
    read = ros.read_rgb(message(recordings.image(array, encoding, stamp=0, padding=padding)))
    assert read.dtype == np.uint8
    assert np.array_equal(read, expected)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_compressed_pictures(form: str) -> None:
    event = recordings.compressed(encoded(RGB, form), f"rgb8; {form.lower()} compressed bgr8", stamp=0)
    read = ros.read_rgb(message(event)).astype(int)
    assert np.abs(read - RGB).mean() < (1e-9 if form == "PNG" else 8)


HOLES = np.where(DEPTH == BOX, np.nan, DEPTH)


@pytest.mark.parametrize(
    ("array", "encoding"),
    [
        (HOLES.astype("<f4"), "32FC1"),
        (HOLES.astype(">f4"), "32FC1"),
        (np.where(DEPTH == BOX, -np.inf, DEPTH).astype("<f4"), "32FC1"),
        (np.where(DEPTH == BOX, -1, DEPTH).astype("<f4"), "32FC1"),
        (np.nan_to_num(HOLES * 1000).astype("<u2"), "16UC1"),
        (np.nan_to_num(HOLES * 1000).astype(">u2"), "16UC1"),
        (np.nan_to_num(HOLES * 1000).astype("<u2"), "mono16"),
    ],
)
@pytest.mark.parametrize("padding", [0, 6])
def test_depth_and_its_holes(array: np.ndarray, encoding: str, padding: int) -> None:
    read = ros.read_metres(message(recordings.image(array, encoding, stamp=0, padding=padding)))
    assert read.dtype == np.float32
    assert np.allclose(read, np.nan_to_num(HOLES), atol=1e-6)


def compressed_depth(
    array: np.ndarray, kind: str, a: float = 0, b: float = 0, transport: str = "compressedDepth"
) -> Event:
    header = struct.pack("<iff", 0, a, b) if "compressedDepth" in transport else b""
    return recordings.compressed(header + encoded(array), f"{kind}; {transport}", stamp=0)


def test_compressed_depth() -> None:
    millimetres = np.nan_to_num(HOLES * 1000).astype(np.uint16)
    for transport in ("compressedDepth", "compressedDepth png", "png compressed "):
        read = ros.read_metres(message(compressed_depth(millimetres, "16UC1", transport=transport)))
        assert np.allclose(read, np.nan_to_num(HOLES))
    a, b = 100 * 101.0, 1 - 101.0  # as compressed_depth_image_transport takes them: 100 m and a quantisation of 100
    steps = np.where(DEPTH == BOX, 0, np.rint(a / DEPTH + b)).astype(np.uint16)
    read = ros.read_metres(message(compressed_depth(steps, "32FC1", a, b)))
    assert np.allclose(read, np.nan_to_num(HOLES), atol=0.01)


@pytest.mark.parametrize(
    ("read", "event", "expected"),
    [
        (ros.read_rgb, recordings.image(RGB, "bayer_rggb8", stamp=0), "'bayer_rggb8', expected one of rgb8.* debayer"),
        (ros.read_rgb, recordings.image(RGB, "8UC3", stamp=0), "encoding '8UC3', expected one of rgb8"),
        (ros.read_rgb, recordings.compressed(b"no picture", "jpeg", stamp=0), "compressed image: damaged, or not"),
        (ros.read_metres, recordings.image(RGB, "rgb8", stamp=0), "'rgb8', expected 16UC1 .mm. or 32FC1 .metres., REP"),
        (ros.read_metres, recordings.compressed(encoded(RGB, "JPEG"), "mono16; jpeg compressed", stamp=0),
         "depth: compressed as 'mono16; jpeg compressed', expected PNG; republish"),
        (ros.read_metres, recordings.compressed(b"\0" * 12 + b"rvl", "16UC1; compressedDepth rvl", stamp=0),
         "compressed as '16UC1; compressedDepth rvl', expected PNG"),
        (ros.read_metres, compressed_depth(RGB, "16UC1"), r"a PNG of uint8 \(24, 32, 3\), expected 16-bit gray"),
        (ros.read_metres, recordings.compressed(b"\0" * 12 + encoded(RGB)[:60], "16UC1; compressedDepth", stamp=0),
         "compressed depth: damaged, or not a PNG"),
    ],
)  # fmt: skip
def test_images_that_are_refused(read: Callable[[Any], object], event: Event, expected: str) -> None:
    with pytest.raises(SpnetError, match=expected):
        read(message(event))


@pytest.mark.parametrize(
    "changed",
    [{"height": 25}, {"width": 33}, {"step": 10}, {"step": 97}, {"data": np.zeros(5, np.uint8)}],
    ids=lambda changed: next(iter(changed)),
)
def test_images_that_are_too_short(changed: dict[str, Any]) -> None:
    event = recordings.image(RGB, "rgb8", stamp=0)
    with pytest.raises(
        SpnetError, match=r"image message: [\d,]+ bytes in rows of \d+, expected [\d,]+ .* it is damaged"
    ):
        ros.read_rgb(message(Event("", 0, event.msgtype, event.fields | changed)))


@pytest.mark.parametrize(("height", "width"), [(0, 5), (5, 0), (2**20, 2**20)])
def test_images_of_no_size_or_too_large(height: int, width: int) -> None:
    event = recordings.image(RGB, "rgb8", stamp=0)
    with pytest.raises(SpnetError, match=r"expected at least one pixel|more than the [\d,]+ pixels"):
        ros.read_rgb(message(Event("", 0, event.msgtype, event.fields | {"height": height, "width": width})))


@given(st.floats(0.001, 65.5349), st.sampled_from(ros.ENCODINGS))
def test_depth_goes_round(metres: float, encoding: str) -> None:
    dense = np.full((3, 5), metres, np.float32)
    read = ros.read_metres(SimpleNamespace(**ros.encode_depth(dense, encoding)))
    assert np.allclose(read, dense, atol=0.00051 if encoding == "16UC1" else 0)


def test_what_millimetres_cannot_hold_is_unknown() -> None:
    dense = np.array([[65.535, 65.54, 1000, 2]], np.float32)
    fields = ros.encode_depth(dense, "16UC1")
    assert list(fields["data"].view("<u2")) == [65535, 0, 0, 2000]
    assert (fields["step"], fields["height"], fields["width"]) == (8, 1, 4)
    with pytest.raises(SpnetError, match="depth encoding '64FC1': expected 32FC1 or 16UC1"):
        ros.encode_depth(dense, "64FC1")


# Clouds.

POINTS = np.random.default_rng(0).uniform(-9, 9, (40, 3))


@pytest.mark.parametrize("kind", ["<f4", "<f8", ">f4", ">f8"])
def test_clouds_of_any_layout(kind: str) -> None:
    event = recordings.cloud(POINTS, stamp=0, kind=kind)
    read = ros.read_points(message(event))
    assert np.allclose(read, POINTS, atol=1e-6)
    organised = event.fields | {"height": 8, "width": 5, "row_step": event.fields["point_step"] * 5}
    assert np.array_equal(ros.read_points(message(Event("", 0, event.msgtype, organised))), read)


def test_an_empty_cloud_is_one() -> None:
    event = recordings.cloud(POINTS[:0], stamp=0)
    assert ros.read_points(message(event)).shape == (0, 3)
    none = Event("", 0, event.msgtype, event.fields | {"height": 0, "width": 0})
    assert ros.read_points(message(none)).shape == (0, 3)


def point_field(name: str, offset: int, datatype: int) -> Any:
    return "sensor_msgs/msg/PointField", {"name": name, "offset": offset, "datatype": datatype, "count": 1}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"fields": [point_field(name, 0, 7) for name in ("x", "y", "range")]},
            "the fields x, y, range; expected x, y",
        ),
        ({"fields": [point_field(name, 0, 5) for name in "xyz"]}, "expected x, y and z of float32 or float64"),
        ({"fields": [point_field(name, 16, 7) for name in "xyz"]}, "its points of 18 bytes"),
        ({"width": 41}, "720 bytes in rows of 720, expected 738 for 1x41 points of 18 bytes; it is damaged"),
        ({"height": 2}, "720 bytes in rows of 720, expected 1,440"),
        ({"row_step": 3}, "it is damaged"),
        ({"height": 2**20, "width": 2**20}, "more than the 67,108,864 points"),
    ],
)
def test_clouds_that_are_refused(changed: dict[str, Any], expected: str) -> None:
    event = recordings.cloud(POINTS, stamp=0)
    with pytest.raises(SpnetError, match=expected):
        ros.read_points(message(Event("", 0, event.msgtype, event.fields | changed)))


# Lenses.

SIZE = (WIDTH, HEIGHT)


def camera_info(form: str = "mcap", **changed: Any) -> Any:
    return message(recordings.info(**changed), form)


@pytest.mark.parametrize("form", ["mcap", "bag"], ids=["ROS 2", "ROS 1"])
def test_a_camera_of_either_ros(form: str) -> None:
    p = np.array([40, 0, 14, -8, 0, 41, 9, 0, 0, 0, 1, 0], dtype=np.float64)
    info = camera_info(form, p=p, d=(0.1, 0.2))
    lens = ros.read_lens(info, SIZE)
    assert (lens.camera.fx, lens.camera.cx, lens.camera.width) == (FOCAL, (WIDTH - 1) / 2, WIDTH)
    assert lens.distortion == (0.1, 0.2, 0, 0, 0, 0, 0, 0)
    rectified = ros.read_lens(info, SIZE, rectified=True)
    assert (rectified.camera.fx, rectified.camera.fy, rectified.camera.cx, rectified.camera.cy) == (40, 41, 14, 9)
    assert rectified.distortion == ()
    assert rectified.shift == (-0.2, 0)


def test_an_info_without_a_size_takes_the_images() -> None:
    assert ros.read_lens(camera_info(width=0, height=0), (64, 48)).camera.width == 64


REGION = {"x_offset": 0, "y_offset": 0, "height": 0, "width": 0, "do_rectify": False}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"k": np.zeros(9)}, "K is 0: the camera is not calibrated"),
        ({"k": np.arange(9.0)}, "its matrix is .* expected fx 0 cx"),
        ({"width": 640}, "is for images of 640x24, but the image is 32x24"),
        ({"d": np.array([0.1] * 4), "distortion_model": "equidistant"}, "'equidistant' with 4 numbers"),
        ({"d": np.array([0.1] * 6)}, "'plumb_bob' with 6 numbers, expected plumb_bob .5."),
        ({"d": np.array([np.nan])}, "'plumb_bob' with 1 numbers"),
        ({"d": np.array([0.1, 1e300])}, "'plumb_bob' with 2 numbers"),
        ({"binning_x": 2}, "has binning or a region of interest"),
        ({"binning_y": 2}, "has binning or a region of interest"),
        ({"roi": ("sensor_msgs/msg/RegionOfInterest", REGION | {"y_offset": 4})}, "has binning or a region"),
        ({"roi": ("sensor_msgs/msg/RegionOfInterest", REGION | {"width": 4, "height": 4})}, "has binning or a region"),
    ],
)
def test_cameras_that_are_refused(changed: dict[str, Any], expected: str) -> None:
    with pytest.raises(SpnetError, match=expected):
        ros.read_lens(camera_info(**changed), SIZE)


@pytest.mark.parametrize("region", [REGION, REGION | {"width": WIDTH, "height": HEIGHT}])
def test_a_region_that_is_all_of_the_image_is_none(region: dict[str, Any]) -> None:
    assert ros.read_lens(camera_info(roi=("sensor_msgs/msg/RegionOfInterest", region)), SIZE)


small = st.floats(-0.1, 0.1)


@given(st.lists(small, min_size=8, max_size=8), st.integers(0, 2**32 - 1))
def test_distortion_is_opencvs(coefficients: list[float], seed: int) -> None:
    points = np.random.default_rng(seed).uniform((-0.3, -0.3, 1), (0.3, 0.3, 1), (20, 3)) * 3
    moved = ros.distort(points, tuple(coefficients))
    expected, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), np.eye(3), np.array(coefficients))
    seen = np.isfinite(moved).all(axis=1)
    assert seen.any()
    assert np.allclose(moved[seen, :2] / moved[seen, 2:], expected[seen, 0], atol=1e-9)
    assert np.array_equal(moved[seen, 2], points[seen, 2])


def test_what_the_polynomial_folds_back_is_not_seen() -> None:
    """A barrel lens, whose polynomial turns at a radius of 1 / sqrt(3 * 0.3): beyond it points would come back in."""
    barrel = (-0.3, 0, 0, 0, 0, 0, 0, 0)
    radius = np.array([0.5, 1.0, 1.05, 1.06, 2.0, 1.8257])
    moved = ros.distort(np.stack([radius, 0 * radius, 1 + 0 * radius], axis=1), barrel)
    assert np.isfinite(moved[:, 0]).tolist() == [True, True, True, False, False, False]
    assert np.isnan(ros.distort(np.array([[0.1, 0.1, -1], [0, 0, 0]]), barrel)).all()


def test_without_distortion_nothing_moves() -> None:
    points = POINTS * (1, 1, 0) + (0, 0, 3)
    assert np.allclose(ros.distort(points, (0.0,) * 8), points)


# Frames of the robot.


def test_a_cloud_falls_on_the_pixels_it_was_measured_at() -> None:
    thin = recordings.sparse(DEPTH)
    cloud = message(recordings.cloud(recordings.lidar_points(thin), stamp=0))
    frames: transforms.Frames = {}
    transforms.join(frames, message(ROBOT))
    camera_from_cloud = transforms.between(frames, LIDAR, OPTICAL)
    frame = ros.frame_with_cloud(
        message(recordings.image(RGB, "rgb8", stamp=0)), cloud, camera_info(), camera_from_cloud
    )
    assert np.allclose(frame.depth, thin, atol=1e-5)
    assert np.array_equal(frame.rgb, RGB)
    assert frame.camera is not None


def test_a_cloud_through_a_lens_falls_where_the_lens_shows_it() -> None:
    """Points on the optical axis and beside it, against OpenCV."""
    d = (-0.2, 0.05, 0.001, -0.002, 0.0)
    points = np.array([[0, 0, 2.0], [0.4, 0.2, 2.0], [-0.8, -0.5, 2.5]])
    info = camera_info(d=d)
    picture = message(recordings.image(RGB, "rgb8", stamp=0))
    cloud = message(recordings.cloud(points, stamp=0))
    frame = ros.frame_with_cloud(picture, cloud, info, np.eye(4))
    K = ros.read_lens(info, SIZE).camera.matrix
    pixels, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), K, np.array(d))
    columns, rows = np.rint(pixels[:, 0]).astype(int).T
    assert np.allclose(frame.depth[rows, columns], points[:, 2])
    assert frame.mask.sum() == 3
    assert frame.camera is None
    plain = ros.frame_with_cloud(picture, cloud, info, np.eye(4), rectified=True)
    assert not np.array_equal(plain.depth, frame.depth)


def test_the_second_camera_of_a_pair_sees_points_moved_by_the_baseline() -> None:
    cx, cy = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    p = np.array([FOCAL, 0, cx, -FOCAL * 0.2, 0, FOCAL, cy, 0, 0, 0, 1, 0])
    cloud = message(recordings.cloud(np.array([[0.2, 0, 2.0]]), stamp=0))
    picture = message(recordings.image(RGB, "rgb8", stamp=0))
    frame = ros.frame_with_cloud(picture, cloud, camera_info(p=p), np.eye(4), rectified=True)
    assert [index.item() for index in np.nonzero(frame.mask)] == [round(cy), round(cx)]


def test_a_depth_image_is_taken_as_it_is() -> None:
    picture = message(recordings.image(RGB, "rgb8", stamp=0))
    depth = message(recordings.image(DEPTH, "32FC1", stamp=0))
    frame = ros.frame_with_depth(picture, depth)
    assert np.array_equal(frame.depth, DEPTH)
    assert set(np.unique(frame.depth)) == {BOX, WALL}
    assert ros.stamp_of(message(recordings.image(RGB, "rgb8", stamp=7 * SECOND + 3)).header) == 7 * SECOND + 3


def test_transforms_go_both_ways_and_along_any_path() -> None:
    frames: transforms.Frames = {}
    transforms.join(frames, message(ROBOT))
    there, back = transforms.between(frames, LIDAR, OPTICAL), transforms.between(frames, OPTICAL, LIDAR)
    assert np.allclose(there @ back, np.eye(4))
    assert np.allclose(there, [[0, -1, 0, 0], [0, 0, -1, -0.1], [1, 0, 0, -0.2], [0, 0, 0, 1]])
    assert np.array_equal(transforms.between(frames, LIDAR, LIDAR), np.eye(4))
    assert np.array_equal(transforms.between(frames, f"/{LIDAR}", f"/{OPTICAL}"), there)


def test_of_one_pair_the_last_word_counts() -> None:
    frames: transforms.Frames = {}
    for x in (1.0, 2.0):
        transforms.join(frames, message(recordings.static_transforms(("a", "b", (x, 0, 0), (0, 0, 0, 2.0)))))
    assert transforms.between(frames, "b", "a")[0, 3] == 2
    assert transforms.between(frames, "a", "b")[0, 3] == -2


@pytest.mark.parametrize(
    ("move", "turn"),
    [((0, 0, 0), (0, 0, 0, 0)), ((np.nan, 0, 0), (0, 0, 0, 1)), ((0, 0, 0), (np.inf, 0, 0, 1))],
)
def test_what_is_no_transform(move: tuple[float, ...], turn: tuple[float, ...]) -> None:
    with pytest.raises(SpnetError, match="tf_static, a to b: rotation"):
        transforms.join({}, message(recordings.static_transforms(("a", "b", move, turn))))


def test_frames_without_a_path() -> None:
    frames: transforms.Frames = {}
    transforms.join(frames, message(ROBOT))
    joined = "base-camera, base-lidar, camera-camera_optical_frame"
    with pytest.raises(SpnetError, match=f"no path from the cloud's frame 'radar' to .*; it joins {joined}. Moving"):
        transforms.between(frames, "radar", OPTICAL)
    many = [("root", f"wheel{number}", (0, 0, 0), (0, 0, 0, 1)) for number in range(30)]
    transforms.join(frames, message(recordings.static_transforms(*many)))
    with pytest.raises(SpnetError, match="and 13 pairs more. Moving"):
        transforms.between(frames, LIDAR, "root")


def test_frames_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transforms, "_MOST_FRAMES", 100)
    many = [("root", f"wheel{number}", (0, 0, 0), (0, 0, 0, 1)) for number in range(101)]
    with pytest.raises(SpnetError, match="more than the 100 frames"):
        transforms.join({}, message(recordings.static_transforms(*many)))


# What belongs together in time.


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=40),
    st.lists(st.integers(0, 10**9), max_size=40),
    st.randoms(use_true_random=False),
)
def test_every_image_gets_the_nearest_measurement(images: list[int], measured: list[int], random: Any) -> None:
    """Whatever the order between the two, as long as no more wait than may."""
    images, measured = sorted(images)[:MOST_WAITING], sorted(measured)[:MOST_WAITING]
    pairing: Pairing[int, int] = Pairing(0.1)
    waiting = [("image", stamp) for stamp in reversed(images)], [("measured", stamp) for stamp in reversed(measured)]
    pairs = []
    while any(waiting):
        kind, stamp = random.choice([each for each in waiting if each]).pop()
        pairs += pairing.add_image(stamp, stamp) if kind == "image" else pairing.add_measured(stamp, stamp)
    pairs += pairing.finish()
    assert [pair.image for pair in pairs] == images
    for pair in pairs:
        nearest = min((abs(stamp - pair.image) for stamp in measured), default=None)
        assert pair.gap == (float("inf") if nearest is None else nearest / 1e9)
        within = nearest is not None and nearest / 1e9 <= 0.1
        assert (pair.measured is not None) == within
        assert not within or abs(pair.measured - pair.image) == nearest


def test_an_image_is_settled_as_soon_as_none_can_be_nearer() -> None:
    pairing: Pairing[str, str] = Pairing(1)
    assert pairing.add_measured(100, "before") == []
    assert pairing.add_image(130, "image") == []
    (pair,) = pairing.add_measured(150, "after")
    assert (pair.image, pair.measured) == ("image", "after")
    (pair,) = pairing.add_image(149, "late")
    assert pair.measured == "after"
    assert pairing.finish() == []


def test_no_more_wait_than_may() -> None:
    pairing: Pairing[int, int] = Pairing(1)
    settled = [len(pairing.add_image(stamp, stamp)) for stamp in range(3 * MOST_WAITING)]
    assert settled == [0] * MOST_WAITING + [1] * 2 * MOST_WAITING
    assert len(pairing.finish()) == MOST_WAITING
    for stamp in range(3 * MOST_WAITING):
        pairing.add_measured(stamp, stamp)
    (pair,) = pairing.add_image(0, 0)
    assert pair.measured == 2 * MOST_WAITING


@pytest.mark.parametrize("tolerance", [-1.0, float("inf"), float("nan")])
def test_what_is_no_tolerance(tolerance: float) -> None:
    with pytest.raises(SpnetError, match=f"time tolerance {tolerance:g}: expected seconds"):
        Pairing(tolerance)


# The node, on a stand-in for rclpy that keeps what the node does with it.

NODE = Path(__file__).parents[1] / "integrations" / "ros2" / "spnet_ros" / "node.py"


class StandInNode:
    parameters: ClassVar[dict[str, Any]] = {}

    def __init__(self, name: str) -> None:
        self.name = name
        self.subscriptions: dict[str, Callable[[Any], None]] = {}
        self.published: list[Any] = []
        self.warnings: list[str] = []

    def declare_parameter(self, name: str, default: Any) -> Any:
        return SimpleNamespace(value=self.parameters.get(name, default))

    def create_publisher(self, kind: type, topic: str, qos: int) -> Any:
        assert topic == "dense"
        return SimpleNamespace(publish=self.published.append)

    def create_subscription(self, kind: type, topic: str, callback: Callable[[Any], None], qos: Any) -> None:
        self.subscriptions[topic] = callback

    def get_logger(self) -> Any:
        return SimpleNamespace(warning=lambda text, throttle_duration_sec: self.warnings.append(text))


@pytest.fixture
def make_node(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    types = store_for("mcap").types
    qos = {"QoSProfile": SimpleNamespace, "DurabilityPolicy": SimpleNamespace(TRANSIENT_LOCAL=1)}
    modules = {
        "rclpy": {},
        "rclpy.node": {"Node": StandInNode},
        "rclpy.qos": {**qos, "ReliabilityPolicy": SimpleNamespace(BEST_EFFORT=1)},
        "sensor_msgs.msg": {name: types[f"sensor_msgs/msg/{name}"] for name in ("CameraInfo", "Image", "PointCloud2")},
        "tf2_msgs.msg": {"TFMessage": types["tf2_msgs/msg/TFMessage"]},
    }
    for name, content in modules.items():
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(**content))
    spec = importlib.util.spec_from_file_location("node", NODE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def make(**parameters: Any) -> Any:
        monkeypatch.setattr(StandInNode, "parameters", {"model": "nearest", **parameters})
        return module.Completion()

    return make


def test_the_node_completes_depth(make_node: Callable[..., Any]) -> None:
    node = make_node(encoding="16UC1")
    assert set(node.subscriptions) == {"image", "depth"}
    node.subscriptions["image"](message(recordings.image(RGB, "rgb8", stamp=SECOND)))
    assert node.published == []
    node.subscriptions["depth"](message(recordings.image(recordings.sparse(DEPTH), "32FC1", stamp=SECOND + 1)))
    (dense,) = node.published
    assert (dense.encoding, dense.header.frame_id, ros.stamp_of(dense.header)) == ("16UC1", OPTICAL, SECOND)
    assert dense.data.typecode == "B"
    assert set(np.unique(ros.read_metres(dense))) == {BOX, WALL}
    assert node.warnings == []


def test_the_node_completes_clouds_once_it_knows_the_camera(make_node: Callable[..., Any]) -> None:
    node = make_node(cloud=True, rectified=False, slop=0.1)
    events = (
        recordings.image(RGB, "rgb8", stamp=SECOND),
        recordings.cloud(recordings.lidar_points(DEPTH), stamp=SECOND),
    )
    expected = ["no CameraInfo so far, .*", "tf_static: no path from .*"]
    for topic, event in (("camera_info", recordings.info()), ("/tf_static", ROBOT), ("", None)):
        for each, name in zip(events, ("image", "cloud"), strict=True):
            node.subscriptions[name](message(each))
        if event:
            node.subscriptions[topic](message(event))
    assert len(node.warnings) == len(expected)
    for warning, pattern in zip(node.warnings, expected, strict=True):
        assert re.fullmatch(pattern, warning)
    (dense,) = node.published
    assert np.allclose(ros.read_metres(dense), DEPTH, atol=1e-5)


def test_the_node_says_what_does_not_meet(make_node: Callable[..., Any]) -> None:
    node = make_node(slop=0.01)
    node.subscriptions["image"](message(recordings.image(RGB, "rgb8", stamp=SECOND)))
    node.subscriptions["depth"](message(recordings.image(DEPTH, "32FC1", stamp=2 * SECOND)))
    assert node.warnings == ["no measurement near the image in time: the nearest is 1.000 s away (slop)"]
    assert node.published == []
