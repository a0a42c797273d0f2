"""Recordings: what was there stays, dense depth stands beside it, and what cannot be done is said in a line."""

import itertools
import json
import re
import sqlite3
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from rosbags.highlevel import AnyReader

import recordings
from recordings import (
    BOX,
    FORMATS,
    LATCHED,
    ROBOT,
    SECOND,
    WALL,
    Event,
    build,
    cloud,
    drive,
    image,
    info,
    lidar_points,
    scene,
    sparse,
    static_transforms,
    store_for,
    write_recording,
)
from spnet import SpnetError, cli, load
from spnet.ros.bags import Settings, Topics, complete_bag
from spnet.ros.bags.settings import IMAGE, INFO
from spnet.ros.pairing import MOST_WAITING

CLOUD = ["--image", "/camera/image", "--cloud", "/lidar/points", "--info", "/camera/camera_info"]
DEPTH = ["--image", "/camera/image", "--depth", "/lidar/depth"]
SPARSE = Topics("/camera/image", depth="/lidar/depth")


def run(*arguments: object) -> int:
    try:
        return cli.main(["ros", "bag", *(str(argument) for argument in arguments)])
    except SystemExit as stop:  # argparse's own
        return int(stop.code or 0)


@dataclass(frozen=True)
class Read:
    topic: str
    msgtype: str
    time: int
    content: Any


def read_back(path: Path) -> list[Read]:
    """All messages, by another library than the one that wrote them."""
    with path.open("rb") as file:
        return [
            Read(channel.topic, schema.name if schema else "", message.log_time, content)
            for schema, channel, message, content in make_reader(
                file, validate_crcs=True, decoder_factories=[DecoderFactory()]
            ).iter_decoded_messages()
        ]


def depth_maps(path: Path, topic: str = "/spnet/depth") -> list[np.ndarray]:
    maps = []
    for message in read_back(path):
        if message.topic == topic:
            content = message.content
            kind = {"32FC1": "<f4", "16UC1": "<u2"}[content.encoding]
            assert content.step == content.width * np.dtype(kind).itemsize
            maps.append(np.frombuffer(content.data, kind).reshape(content.height, content.width))
    return maps


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("topics", [CLOUD, DEPTH], ids=["cloud", "depth"])
def test_every_format_gives_the_same_depth(tmp_path: Path, form: str, topics: list[str]) -> None:
    recording = write_recording(tmp_path, form, drive(3, with_cloud=topics is CLOUD))
    out = tmp_path / "out.mcap"
    assert run(recording, "-o", out, *topics, "--model", "nearest") == 0
    maps = depth_maps(out)
    assert len(maps) == 3
    truth = scene()[1]
    for dense in maps:
        assert np.isin(np.round(dense, 3), (WALL, BOX)).all()
        assert (np.abs(dense - truth) < 0.01).mean() > 0.9


@pytest.mark.parametrize("form", FORMATS)
def test_what_was_there_is_there_still(tmp_path: Path, form: str) -> None:
    events = drive(3)
    recording = write_recording(tmp_path, form, events)
    out = tmp_path / "out.mcap"
    assert run(recording, "-o", out, *CLOUD, "--model", "nearest") == 0
    store = store_for("mcap")
    copied = [each for each in read_back(out) if each.topic != "/spnet/depth"]
    assert [(each.topic, each.time, each.msgtype) for each in copied] == [
        (event.topic, event.time, event.msgtype) for event in sorted(events, key=lambda event: event.time)
    ]
    with AnyReader([out]) as reader:
        in_order = sorted(events, key=lambda event: event.time)
        ours = [each for each in reader.messages() if each[0].topic != "/spnet/depth"]
        for event, (connection, _, data) in zip(in_order, ours, strict=True):
            expected = store.serialize_cdr(build(store, event.msgtype, event.fields), event.msgtype)
            assert data == expected, connection.topic
        qos = {connection.topic: connection.ext.offered_qos_profiles for connection in reader.connections}
        assert qos["/tf_static"] == [LATCHED]
        assert qos["/camera/image"] == []


def test_depth_has_the_images_header_and_time(tmp_path: Path) -> None:
    rgb, depth = scene()
    events = [
        image(rgb, "rgb8", stamp=7 * SECOND + 5, time=8 * SECOND, frame="left_eye"),
        image(sparse(depth), "32FC1", stamp=7 * SECOND, time=8 * SECOND + 1, topic="/lidar/depth", frame="other"),
    ]
    out = tmp_path / "out.mcap"
    complete_bag(write_recording(tmp_path, "mcap", events), out, load("nearest"), SPARSE)
    (message,) = (each for each in read_back(out) if each.topic == "/spnet/depth")
    content = message.content
    assert (content.header.stamp.sec, content.header.stamp.nanosec) == (7, 5)
    assert content.header.frame_id == "left_eye"
    assert message.time == 8 * SECOND
    assert (content.encoding, content.is_bigendian) == ("32FC1", 0)


def test_depth_of_another_frame_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rgb, depth = scene()
    for number, frame in enumerate((recordings.OPTICAL, "depth_frame")):
        measured = image(sparse(depth), "32FC1", stamp=SECOND, topic="/lidar/depth", frame=frame)
        recording = write_recording(tmp_path, "mcap", [image(rgb, "rgb8", stamp=SECOND), measured], name=f"{number}")
        assert run(recording, "-o", tmp_path / f"out{number}.mcap", *DEPTH, "--model", "nearest") == 0
        told = "/lidar/depth is in the frame 'depth_frame' and the image in 'camera_optical_frame'"
        assert (told in capsys.readouterr().err) == (frame == "depth_frame")


def test_millimetres_and_what_they_cannot_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rgb, depth = scene()
    far = sparse(np.where(depth == WALL, np.float32(70), depth))
    events = [image(rgb, "rgb8", stamp=SECOND), image(far, "32FC1", stamp=SECOND, topic="/lidar/depth")]
    recording = write_recording(tmp_path, "mcap", events)
    arguments = [recording, *DEPTH, "--model", "nearest", "--out-topic", "/dense"]
    assert run(*arguments, "-o", tmp_path / "mm.mcap", "--encoding", "16UC1") == 0
    said = capsys.readouterr().err
    assert run(*arguments, "-o", tmp_path / "m.mcap", "--encoding", "32FC1") == 0
    (steps,), (metres,) = (depth_maps(tmp_path / name, "/dense") for name in ("mm.mcap", "m.mcap"))
    assert set(np.unique(steps)) == {0, 2000}
    assert set(np.unique(metres)) == {2, 70}
    assert np.array_equal(steps == 0, metres == 70)
    assert f"{np.count_nonzero(steps == 0)} pixels lie beyond the 65.535 m of 16UC1" in said


@pytest.mark.parametrize(
    ("slop", "completed"), [(0.011, 4), (0.009, 0)], ids=["within the tolerance", "beyond the tolerance"]
)
def test_the_tolerance(tmp_path: Path, capsys: pytest.CaptureFixture[str], slop: float, completed: int) -> None:
    recording = write_recording(tmp_path, "mcap", drive(4, with_cloud=False))
    out = tmp_path / "out.mcap"
    status = run(recording, "-o", out, *DEPTH, "--model", "nearest", "--slop", slop, "--json")
    said = capsys.readouterr()
    if completed:
        assert status == 0
        expected = {
            "output": str(out),
            "topic": "/spnet/depth",
            "images": 4,
            "completed": 4,
            "unpaired": 0,
            "failed": 0,
        }
        assert json.loads(said.out) == expected
    else:
        assert status == 2
        assert "no image has a message of /lidar/depth within 0.009 s: the nearest is 0.01 s away" in said.err
        assert not out.exists()


def test_images_without_a_measurement_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = drive(3, with_cloud=False)
    events.append(image(scene()[0], "rgb8", stamp=9 * SECOND))
    out = tmp_path / "out.mcap"
    assert run(write_recording(tmp_path, "mcap", events), "-o", out, *DEPTH, "--model", "nearest") == 0
    assert (
        capsys.readouterr().out
        == f"{out}: depth of 3 of 4 images on /spnet/depth, 1 without a measurement within 0.05 s\n"
    )
    assert len(depth_maps(out)) == 3


def test_a_later_failure_is_told_and_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = drive(3, with_cloud=False)
    nothing = np.zeros_like(scene()[1])
    events += [image(scene()[0], "rgb8", stamp=9 * SECOND)]
    events += [image(nothing, "32FC1", stamp=9 * SECOND, topic="/lidar/depth")]
    out = tmp_path / "out.mcap"
    assert run(write_recording(tmp_path, "mcap", events), "-o", out, *DEPTH, "--model", "nearest") == 1
    said = capsys.readouterr()
    assert "image at 9.000 s: the depth has no valid point" in said.err
    assert said.out.endswith("depth of 3 of 4 images on /spnet/depth, 1 failed\n")


def test_drivers_that_give_no_stamp_are_paired_by_the_time_of_recording(tmp_path: Path) -> None:
    rgb, depth = scene()
    events = []
    for number, share in enumerate((1.0, 0.5)):
        events += [
            image(rgb, "rgb8", stamp=0, time=(number + 1) * SECOND),
            image(
                sparse(depth * np.float32(share)), "32FC1", stamp=0, time=(number + 1) * SECOND, topic="/lidar/depth"
            ),
        ]
    out = tmp_path / "out.mcap"
    complete_bag(write_recording(tmp_path, "mcap", events), out, load("nearest"), SPARSE)
    assert [dense.max() for dense in depth_maps(out)] == [WALL, WALL / 2]


def test_extrinsics_instead_of_tf_static(tmp_path: Path) -> None:
    events = [event for event in drive(2) if event.topic != "/tf_static"]
    recording = write_recording(tmp_path, "mcap", events)
    (tmp_path / "extrinsics.txt").write_text("0 -1 0 0  0 0 -1 -0.1  1 0 0 -0.2")
    arguments = [recording, *CLOUD, "--model", "nearest", "-o", tmp_path / "out.mcap"]
    assert run(*arguments) == 2
    assert run(*arguments, "--extrinsics", tmp_path / "extrinsics.txt") == 0
    write_recording(tmp_path, "mcap", drive(2), name="with_tf")
    assert run(tmp_path / "with_tf.mcap", *CLOUD, "--model", "nearest", "-o", tmp_path / "tf.mcap") == 0
    for one, other in zip(depth_maps(tmp_path / "out.mcap"), depth_maps(tmp_path / "tf.mcap"), strict=True):
        assert np.allclose(one, other, atol=1e-6)


@pytest.mark.parametrize(
    ("topic", "flags", "matrix"),
    [
        ("/camera/image", [], "K"),
        ("/camera/image", ["--rectified"], "P"),
        ("/camera/image_rect_color", [], "P"),
        ("/camera/image_rect/compressed", [], "P"),
        ("/camera/image_rect_raw", [], "K"),
    ],
)
def test_which_camera_the_image_has(tmp_path: Path, topic: str, flags: list[str], matrix: str) -> None:
    """P is of a camera that looks past everything, so that only K sees points."""
    p = np.array([30, 0, 5000, 0, 0, 30, 0, 0, 0, 0, 1, 0], dtype=np.float64)
    rgb, depth = scene()
    measured = cloud(lidar_points(sparse(depth)), stamp=SECOND)
    events = [ROBOT, info(p=p), image(rgb, "rgb8", stamp=SECOND, topic=topic), measured]
    recording = write_recording(tmp_path, "mcap", events)
    arguments = ["--image", topic, *CLOUD[2:], *flags, "--model", "nearest"]
    assert run(recording, "-o", tmp_path / "out.mcap", *arguments) == (0 if matrix == "K" else 2)


def test_engines_and_weights_are_those_of_complete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = write_recording(tmp_path, "mcap", drive(1, with_cloud=False))
    arguments = [recording, "-o", tmp_path / "out.mcap", *DEPTH]
    for flags, message in (
        (["--model", "none"], "model 'none': expected nearest"),
        (["--engine", "warp"], "engine 'warp'"),
        (["--max-depth", "-3"], "max_depth -3"),
    ):
        assert run(*arguments, *flags) == 2
        assert message in capsys.readouterr().err
    assert run(*arguments) == 0  # guided, by default


def events_without(*topics: str) -> list[Event]:
    return [event for event in drive(2) if event.topic not in topics]


def changed(topic: str, **fields: Any) -> list[Event]:
    return [
        Event(each.topic, each.time, each.msgtype, {**each.fields, **fields}) if each.topic == topic else each
        for each in drive(2)
    ]


@pytest.mark.parametrize(
    ("events", "arguments", "message"),
    [
        (drive(1), ["--image", "/cam", *CLOUD[2:]], r"has no topic /cam; it has /camera/camera_info \(sensor_msgs"),
        (drive(1), [*CLOUD[:2], "--cloud", "/joints", *CLOUD[4:]], "topic /joints is robot/msg/Joints, expected sens"),
        (drive(1), ["--image", "/tf_static", *CLOUD[2:]], "TFMessage, expected sensor_msgs/msg/Image or sensor_msgs/"),
        (drive(1), [*CLOUD[:4], "--info", "/joints"], "topic /joints is robot/msg/Joints, expected .*CameraInfo"),
        (drive(1), CLOUD[:4], r"a cloud needs the image's CameraInfo, .* \(--info\)"),
        (drive(1), [*DEPTH, "--info", "/camera/camera_info"], "depth needs no CameraInfo"),
        (drive(1), [*CLOUD[:2], "--depth", "/camera/image"], "/camera/image cannot be the image and the measurement"),
        (drive(1), CLOUD[:2], "one of the arguments --depth --cloud is required"),
        (drive(1), [*CLOUD, "--depth", "/x"], "not allowed with argument"),
        (drive(1), [*CLOUD, "--out-topic", "/joints"], "has a topic /joints already"),
        (drive(1), [*CLOUD, "--out-topic", "depth"], "expected a name that starts with a slash"),
        (drive(1), [*CLOUD, "--encoding", "8UC1"], "invalid choice: '8UC1'"),
        (drive(1), [*CLOUD, "--slop", "-1"], "time tolerance -1: expected seconds"),
        (drive(1), [*CLOUD, "--slop", "inf"], "time tolerance inf"),
        (drive(2, lag=3600 * SECOND), CLOUD, "within 0.05 s: the nearest is 3599.9 s away; if these are two clocks"),
        (events_without("/tf_static"), CLOUD, "no path from the cloud's frame 'lidar' to .*'camera_optical_frame'; it "
         "joins nothing"),
        ([*events_without("/tf_static"), static_transforms(("base", "lidar", (0, 0, 0), (0, 0, 0, 1)))], CLOUD,
         "it joins base-lidar. Moving frames"),
        ([*events_without("/tf_static"), static_transforms(("base", "lidar", (0, 0, 0), (0, 0, 0, 0)))], CLOUD,
         "tf_static, base to lidar: rotation"),
        (changed("/camera/camera_info", k=np.zeros(9)), CLOUD, "K is 0: the camera is not calibrated"),
        (changed("/camera/camera_info", width=640, height=480), CLOUD, "for images of 640x480, but the image is 32x24"),
        (changed("/camera/camera_info", binning_x=2), CLOUD, "has binning or a region of interest"),
        (changed("/camera/camera_info", distortion_model="equidistant", d=np.ones(4)), CLOUD, "'equidistant' with 4"),
        (changed("/camera/image", encoding="bayer_rggb8"), CLOUD, "'bayer_rggb8', expected one of rgb8.*debayer"),
        (changed("/camera/image", encoding="yuv422"), CLOUD, "encoding 'yuv422', expected one of rgb8"),
        (changed("/camera/image", height=4000), CLOUD, "2,304 bytes in rows of 96, expected 384,000"),
        (changed("/camera/image", height=2**31, width=2**31), CLOUD, "more than the 67,108,864 pixels"),
        (changed("/lidar/points", fields=[]), CLOUD, "expected x, y and z of float32 or float64 among them"),
        (changed("/lidar/points", width=10**6), CLOUD, "cloud message: .* it is damaged"),
        (changed("/lidar/points", width=2**31), CLOUD, "more than the 67,108,864 points"),
        ([ROBOT, info(), image(scene()[0], "rgb8", stamp=SECOND), cloud(np.ones((9, 3)) * -5, stamp=SECOND)], CLOUD,
         "none of the cloud's 9 points falls into the image; is 'camera_optical_frame' an optical frame"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_leaves_nothing(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    events: list[Event],
    arguments: list[str],
    message: str,
) -> None:
    recording = write_recording(tmp_path, "mcap", events)
    before = sorted(tmp_path.rglob("*"))
    assert run(recording, "-o", tmp_path / "out.mcap", *arguments, "--model", "nearest") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert re.search(message, said.err), said.err
    assert sorted(tmp_path.rglob("*")) == before


def _empty_folder(folder: Path) -> Path:
    (folder / "nothing").mkdir()
    return folder / "nothing"


def _folder_with_a_file(folder: Path) -> Path:
    path = write_recording(folder, "mcap", drive(1))
    (folder / "loose").mkdir()
    path.rename(folder / "loose" / path.name)
    return folder / "loose"


def _cut(form: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = write_recording(folder, form, drive(3, with_cloud=False))
        file = next(path.glob("*.db3")) if form == "db3" else path
        data = file.read_bytes()
        file.write_bytes(data[: len(data) // 2])
        return path

    return make


def _of_other_bytes(suffix: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / f"drive{suffix}"
        path.write_bytes(b"what is this" * 100)
        return path

    return make


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "none.mcap", "none.mcap: no such file or folder; expected a ROS 2 .mcap"),
        (_empty_folder, "nothing: a folder without metadata.yaml, so no ROS 2 recording; expected a ROS 2 .mcap"),
        (_folder_with_a_file, "loose: a folder without metadata.yaml, .* give one of its files, drive.mcap"),
        (_of_other_bytes(".txt"), "drive.txt: expected a ROS 2 .mcap or .db3"),
        (_of_other_bytes(".mcap"), "drive.mcap: damaged, cut short, or no recording: .* `mcap recover`"),
        (_of_other_bytes(".bag"), "drive.bag: damaged, cut short, or no recording: .* `rosbag reindex`"),
        (_of_other_bytes(".db3"), "drive.db3: damaged, cut short, or no recording: .* `ros2 bag reindex`"),
        (_cut("mcap"), "drive.mcap: damaged, cut short"),
        (_cut("bag"), "drive.bag: damaged, cut short"),
        (_cut("db3"), "drive: damaged, cut short"),
        (lambda folder: write_recording(folder, "mcap", []), r"has no topic /camera/image; it has none at all"),
    ],
)
def test_what_is_no_recording(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make: Callable[[Path], Path], message: str
) -> None:
    recording = make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert run(recording, "-o", tmp_path / "out.mcap", *DEPTH, "--model", "nearest") == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert re.search(message, said), said
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("form", FORMATS)
def test_bytes_that_rot_are_told_or_harmless(tmp_path: Path, form: str) -> None:
    """Whatever single bytes of a recording become, the answer is a recording or a SpnetError."""
    path = write_recording(tmp_path, form, drive(2, with_cloud=False))
    file = next(path.glob("*.db3")) if form == "db3" else path
    data = file.read_bytes()
    generator = np.random.default_rng(0)
    told = []
    for number in range(12):
        rotten = bytearray(data)
        for position in generator.integers(0, len(data), 3):
            rotten[position] = generator.integers(256)
        file.write_bytes(rotten)
        try:
            complete_bag(path, tmp_path / f"{number}.mcap", load("nearest"), SPARSE)
        except SpnetError as error:
            told.append(str(error))
    assert len(list(tmp_path.glob("[0-9]*.mcap"))) == 12 - len(told) > 0
    assert not any("\n" in message for message in told)


def test_an_output_that_exists_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = write_recording(tmp_path, "mcap", drive(1, with_cloud=False))
    out = tmp_path / "out.mcap"
    out.write_bytes(b"mine")
    arguments = [recording, *DEPTH, "--model", "nearest"]
    assert run(*arguments, "-o", out) == 2
    assert "out.mcap: exists already" in capsys.readouterr().err
    assert out.read_bytes() == b"mine"
    with pytest.raises(SpnetError, match="exists already"):
        complete_bag(recording, out, load("nearest"), SPARSE)
    assert run(*arguments, "-o", out, "--force") == 0
    assert len(depth_maps(out)) == 1
    for name, message in (("out.bag", "expected a name that ends in .mcap"), (recording.name, "is an input")):
        assert run(*arguments, "-o", tmp_path / name, "--force") == 2
        assert message in capsys.readouterr().err


def test_a_depth_is_asked_for_in_one_way_only() -> None:
    with pytest.raises(SpnetError, match="either depth .* or a cloud"):
        Topics("/image")
    with pytest.raises(SpnetError, match="either depth .* or a cloud"):
        Topics("/image", depth="/a", cloud="/b", info="/c")


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    recording = write_recording(tmp_path, "mcap", drive(1, with_cloud=False))
    with pytest.raises(SpnetError, match="depth encoding '8UC1': expected 32FC1 or 16UC1"):
        complete_bag(recording, tmp_path / "o.mcap", load("nearest"), SPARSE, Settings(encoding="8UC1"))


def test_topics_that_never_carried_a_message(tmp_path: Path) -> None:
    """They are declared in the recording of ROS 1 and 2 alike."""
    rgb, depth = scene()
    only_image = [image(rgb, "rgb8", stamp=SECOND)]
    only_depth = [image(sparse(depth), "32FC1", stamp=SECOND, topic="/lidar/depth")]
    for number, (events, silent, message) in enumerate(
        [
            (only_image, "/lidar/depth", "topic /lidar/depth holds no message: nothing to complete from"),
            (only_depth, "/camera/image", "topic /camera/image holds no message: nothing to complete"),
        ]
    ):
        recording = _declaring(tmp_path, silent, events, f"drive{number}")
        with pytest.raises(SpnetError, match=message):
            complete_bag(recording, tmp_path / "out.mcap", load("nearest"), SPARSE)


def _declaring(folder: Path, topic: str, events: list[Event], name: str, msgtype: str = IMAGE) -> Path:
    from rosbags.rosbag2 import StoragePlugin, Writer

    store = store_for("mcap")
    with Writer(folder / name, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        writer.add_connection(topic, msgtype, typestore=store)
        for event in events:
            connection = writer.add_connection(event.topic, event.msgtype, typestore=store)
            writer.write(
                connection, event.time, store.serialize_cdr(build(store, event.msgtype, event.fields), event.msgtype)
            )
    return folder / name


def test_progress_counts_every_message(tmp_path: Path) -> None:
    events = drive(3, with_cloud=False)
    seen: list[tuple[int, int, str]] = []
    recording = write_recording(tmp_path, "mcap", events)
    complete_bag(recording, tmp_path / "o.mcap", load("nearest"), SPARSE, progress=lambda *each: seen.append(each))
    assert [(done, total) for done, total, _ in seen] == [(number + 1, len(events)) for number in range(len(events))]
    assert {topic for _, _, topic in seen} == {event.topic for event in events}


@pytest.mark.parametrize("form", FORMATS)
def test_memory_does_not_grow_with_the_length(tmp_path: Path, form: str) -> None:
    """Four times as long a drive: what is held is the chunks and the pairs at hand, and an index."""
    peaks, sizes = [], []
    for images in (50, 200):
        recording = write_recording(tmp_path, form, _long_drive(images), name=f"drive{images}")
        tracemalloc.start()
        complete_bag(recording, tmp_path / f"{images}.mcap", load("nearest"), SPARSE)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        sizes.append(sum(file.stat().st_size for file in recording.rglob("*")) or recording.stat().st_size)
    assert sizes[1] - sizes[0] > 12e6
    assert peaks[1] - peaks[0] < 0.5e6


def _long_drive(images: int) -> Iterator[Event]:
    rgb, depth = (np.kron(array, np.ones((4, 4, 1)[: array.ndim], array.dtype)) for array in scene())
    thin = sparse(depth)
    for number in range(images):
        stamp = SECOND + number * SECOND // 10
        yield image(rgb, "rgb8", stamp=stamp)
        yield image(thin, "32FC1", stamp=stamp, topic="/lidar/depth")


def test_clocks_that_never_meet_do_not_fill_the_memory(tmp_path: Path) -> None:
    """The images come an hour before the depth they belong to, so that each waits for what does not come."""
    rgb, depth = scene()
    late = [
        (image(rgb, "rgb8", stamp=3600 * SECOND + number, time=number), _depth_at(depth, number))
        for number in range(3 * MOST_WAITING)
    ]
    recording = write_recording(tmp_path, "mcap", itertools.chain.from_iterable(late))
    with pytest.raises(SpnetError, match="the nearest is 3600 s away"):
        complete_bag(recording, tmp_path / "o.mcap", load("nearest"), SPARSE)


def _depth_at(depth: np.ndarray, stamp: int) -> Event:
    return image(sparse(depth), "32FC1", stamp=stamp, time=stamp, topic="/lidar/depth")


def test_transforms_as_the_first_years_of_ros_called_them(tmp_path: Path) -> None:
    old = [
        Event(each.topic, each.time, "tf/msg/tfMessage", each.fields) if each.topic == "/tf_static" else each
        for each in drive(1)
    ]
    out = tmp_path / "out.mcap"
    assert run(write_recording(tmp_path, "bag", old), "-o", out, *CLOUD, "--model", "nearest") == 0
    assert [each.msgtype for each in read_back(out) if each.topic == "/tf_static"] == ["tf2_msgs/msg/TFMessage"]
    assert len(depth_maps(out)) == 1


def test_recordings_that_hold_no_definitions(tmp_path: Path) -> None:
    """As ROS 2 made them before Iron: what ROS itself defines is known, and the rest is copied as it is."""
    recording = write_recording(tmp_path, "db3", drive(2))
    (file,) = recording.glob("*.db3")
    with closing(sqlite3.connect(file)) as database:
        database.execute("DELETE FROM message_definitions")
        database.commit()
    out = tmp_path / "out.mcap"
    assert run(recording, "-o", out, *CLOUD, "--model", "nearest") == 0
    with AnyReader([recording], default_typestore=store_for("db3")) as before, AnyReader([out]) as after:
        expected = [(connection.topic, time, data) for connection, time, data in before.messages()]
        copied = [(connection.topic, time, bytes(data)) for connection, time, data in after.messages()]
    assert [each for each in copied if each[0] != "/spnet/depth"] == expected
    assert len(copied) == len(expected) + 2


def test_a_calibration_that_never_came(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = _declaring(tmp_path, "/camera/camera_info", [*drive(1)[:3], ROBOT], "drive", INFO)
    assert run(recording, "-o", tmp_path / "out.mcap", *CLOUD) == 2
    assert "topic /camera/camera_info holds no message, so there is no calibration" in capsys.readouterr().err


def test_without_the_extra_the_cure_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = write_recording(tmp_path, "mcap", drive(1))
    monkeypatch.setitem(sys.modules, "rosbags", None)
    for name in [name for name in sys.modules if name.startswith("spnet.ros.bags")]:
        monkeypatch.delitem(sys.modules, name)
    assert run(recording, "-o", tmp_path / "out.mcap", *CLOUD) == 2
    assert 'needs rosbags, which is not installed: pip install "spnet[ros]"' in capsys.readouterr().err


def test_types_that_are_not_those_of_ros(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = write_recording(tmp_path, "mcap", drive(1))
    data = recording.read_bytes()
    for name, field, other in (("Image", b" encoding\n", b" encodinx\n"), ("TFMessage", b" child_f", b" chilx_f")):
        assert field in data
        recording.write_bytes(data.replace(field, other))
        assert run(recording, "-o", tmp_path / "out.mcap", *CLOUD, "--model", "nearest") == 2
        said = capsys.readouterr().err
        assert re.search(rf"defines \w+/msg/{name} with [\w.\[\]]+ as no field, expected string as in ROS", said), said
    recording.write_bytes(data.replace(b"uint32 height", b"uint64 height"))
    assert run(recording, "-o", tmp_path / "out.mcap", *CLOUD, "--model", "nearest") == 2
    assert "height as uint64, expected uint32 as in ROS" in capsys.readouterr().err


def test_rotten_compression_is_told(tmp_path: Path) -> None:
    """What this package writes is compressed, and read again here with bytes that rot."""
    first = tmp_path / "first.mcap"
    complete_bag(write_recording(tmp_path, "mcap", drive(2, with_cloud=False)), first, load("nearest"), SPARSE)
    data = bytearray(first.read_bytes())
    data[len(data) // 4 : len(data) // 4 + 64] = bytes(64)
    first.write_bytes(data)
    topics = Topics(SPARSE.image, depth=SPARSE.depth, output="/again")
    with pytest.raises(SpnetError, match="first.mcap: damaged, cut short, or no recording: .* `mcap recover`"):
        complete_bag(first, tmp_path / "second.mcap", load("nearest"), topics)
    assert not (tmp_path / "second.mcap").exists()
