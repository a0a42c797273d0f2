"""Recordings of a small robot for the tests, in every format, written by the library that also reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from rosbags.interfaces import Qos, QosDurability, QosHistory, QosLiveliness, QosReliability, QosTime
from rosbags.rosbag1 import Writer as Ros1Writer
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore

FORMATS = ("mcap", "db3", "bag")
SECOND = 10**9
WIDTH, HEIGHT, FOCAL = 32, 24, 30.0
OPTICAL, LIDAR = "camera_optical_frame", "lidar"
WALL, BOX = 4.0, 2.0

FOREVER = QosTime(2147483647, 4294967295)
LATCHED = Qos(
    QosHistory.KEEP_LAST,
    1,
    QosReliability.RELIABLE,
    QosDurability.TRANSIENT_LOCAL,
    FOREVER,
    FOREVER,
    QosLiveliness.AUTOMATIC,
    FOREVER,
    False,
)


@dataclass(frozen=True)
class Event:
    """A message: its topic, when it was recorded (ns), its type and its fields; nested ones as (type, fields)."""

    topic: str
    time: int
    msgtype: str
    fields: dict[str, Any]


@cache
def store_for(form: str) -> Typestore:
    """The types of ROS 1 for a bag, else of ROS 2, with one that only this robot knows."""
    store = get_typestore(Stores.ROS1_NOETIC if form == "bag" else Stores.ROS2_HUMBLE)
    if form == "bag":
        for name in ("tf2_msgs/msg/TFMessage", "tf/msg/tfMessage"):  # now, and in the first years
            store.register(get_types_from_msg("geometry_msgs/TransformStamped[] transforms", name))
    store.register(get_types_from_msg("std_msgs/Header header\nfloat32[] torque\nstring note", "robot/msg/Joints"))
    return store


def write_recording(folder: Path, form: str, events: Iterable[Event], name: str = "drive") -> Path:
    """A recording of the events; its path, a file for mcap and bag, a folder for db3."""
    store = store_for(form)
    if form == "bag":
        return _write_ros1(folder / f"{name}.bag", store, events)
    plugin = StoragePlugin.MCAP if form == "mcap" else StoragePlugin.SQLITE3
    connections: dict[str, Any] = {}
    with Writer(folder / name, version=9, storage_plugin=plugin) as writer:
        for event in events:
            if event.topic not in connections:
                qos = [LATCHED] if event.topic == "/tf_static" else []
                connections[event.topic] = writer.add_connection(
                    event.topic, event.msgtype, typestore=store, offered_qos_profiles=qos
                )
            message = build(store, event.msgtype, event.fields)
            writer.write(connections[event.topic], event.time, store.serialize_cdr(message, event.msgtype))
    if form == "db3":
        return folder / name
    path = folder / f"{name}.mcap"
    (folder / name / f"{name}.mcap").rename(path)
    return path


def _write_ros1(path: Path, store: Typestore, events: Iterable[Event]) -> Path:
    connections: dict[str, Any] = {}
    with Ros1Writer(path) as writer:
        for event in events:
            if event.topic not in connections:
                latching = int(event.topic == "/tf_static")
                connections[event.topic] = writer.add_connection(
                    event.topic, event.msgtype, typestore=store, latching=latching
                )
            message = build(store, event.msgtype, event.fields)
            writer.write(connections[event.topic], event.time, store.serialize_ros1(message, event.msgtype))
    return path


def build(store: Typestore, msgtype: str, fields: dict[str, Any]) -> Any:
    """A message; a nested one is (type, fields)."""

    def value(given: Any) -> Any:
        if isinstance(given, tuple):
            return build(store, *given)
        return [value(each) for each in given] if isinstance(given, list) else given

    is_ros1 = "seq" in dict(store.fielddefs["std_msgs/msg/Header"][1])
    if is_ros1 and msgtype == "std_msgs/msg/Header":
        fields = {"seq": 7, **fields}
    if is_ros1 and msgtype == "sensor_msgs/msg/CameraInfo":
        fields = {name.upper() if len(name) == 1 else name: each for name, each in fields.items()}
    return store.types[msgtype](**{name: value(each) for name, each in fields.items()})


def header(stamp: int, frame: str) -> tuple[str, dict[str, Any]]:
    time = ("builtin_interfaces/msg/Time", {"sec": stamp // SECOND, "nanosec": stamp % SECOND})
    return "std_msgs/msg/Header", {"stamp": time, "frame_id": frame}


def image(
    array: np.ndarray,
    encoding: str,
    *,
    stamp: int,
    topic: str = "/camera/image",
    time: int | None = None,
    frame: str = OPTICAL,
    padding: int = 0,
) -> Event:
    """An Image of an array (H,W) or (H,W,C); its rows end in `padding` bytes."""
    rows = np.ascontiguousarray(array).view(np.uint8).reshape(array.shape[0], -1)
    rows = np.pad(rows, ((0, 0), (0, padding)), constant_values=99)
    fields = {
        "header": header(stamp, frame),
        "height": array.shape[0],
        "width": array.shape[1],
        "encoding": encoding,
        "is_bigendian": int(array.dtype.str.startswith(">")),
        "step": rows.shape[1],
        "data": rows.reshape(-1),
    }
    return Event(topic, stamp if time is None else time, "sensor_msgs/msg/Image", fields)


def compressed(data: bytes, form: str, *, stamp: int, topic: str = "/camera/image", frame: str = OPTICAL) -> Event:
    fields = {"header": header(stamp, frame), "format": form, "data": np.frombuffer(data, np.uint8)}
    return Event(topic, stamp, "sensor_msgs/msg/CompressedImage", fields)


def cloud(
    points: np.ndarray, *, stamp: int, topic: str = "/lidar/points", kind: str = "<f4", frame: str = LIDAR
) -> Event:
    """A PointCloud2 of points (N,3), with a ring number before and an intensity behind each."""
    record = np.dtype([("ring", "<u2"), ("x", kind), ("y", kind), ("z", kind), ("intensity", "<f4")])
    rows = np.zeros(len(points), record)
    rows["x"], rows["y"], rows["z"] = points.T
    kinds = {"<u2": 4, "<f4": 7, "<f8": 8}
    fields_of_points = [
        (
            "sensor_msgs/msg/PointField",
            {
                "name": name,
                "offset": record.fields[name][1],
                "datatype": kinds[record.fields[name][0].str.replace(">", "<")],
                "count": 1,
            },
        )
        for name in record.names
    ]
    fields = {
        "header": header(stamp, frame),
        "height": 1,
        "width": len(points),
        "fields": fields_of_points,
        "is_bigendian": kind.startswith(">"),
        "point_step": record.itemsize,
        "row_step": record.itemsize * len(points),
        "data": rows.view(np.uint8).reshape(-1),
        "is_dense": True,
    }
    return Event(topic, stamp, "sensor_msgs/msg/PointCloud2", fields)


def info(*, stamp: int = 0, topic: str = "/camera/camera_info", d: tuple[float, ...] = (), **changed: Any) -> Event:
    """The CameraInfo of the images of `scene`."""
    cx, cy = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    region = {"x_offset": 0, "y_offset": 0, "height": 0, "width": 0, "do_rectify": False}
    fields = {
        "header": header(stamp, OPTICAL),
        "height": HEIGHT,
        "width": WIDTH,
        "distortion_model": "plumb_bob",
        "d": np.array(d, dtype=np.float64),
        "k": np.array([FOCAL, 0, cx, 0, FOCAL, cy, 0, 0, 1], dtype=np.float64),
        "r": np.eye(3).reshape(-1),
        "p": np.array([FOCAL, 0, cx, 0, 0, FOCAL, cy, 0, 0, 0, 1, 0], dtype=np.float64),
        "binning_x": 0,
        "binning_y": 0,
        "roi": ("sensor_msgs/msg/RegionOfInterest", region),
    }
    return Event(topic, stamp, "sensor_msgs/msg/CameraInfo", fields | changed)


def static_transforms(*joints: tuple[str, str, tuple[float, ...], tuple[float, ...]]) -> Event:
    """Parent, child, translation and quaternion (x, y, z, w) of each."""
    transforms = [
        (
            "geometry_msgs/msg/TransformStamped",
            {
                "header": header(0, parent),
                "child_frame_id": child,
                "transform": (
                    "geometry_msgs/msg/Transform",
                    {
                        "translation": ("geometry_msgs/msg/Vector3", dict(zip("xyz", move, strict=True))),
                        "rotation": ("geometry_msgs/msg/Quaternion", dict(zip("xyzw", turn, strict=True))),
                    },
                ),
            },
        )
        for parent, child, move, turn in joints
    ]
    return Event("/tf_static", 0, "tf2_msgs/msg/TFMessage", {"transforms": transforms})


ROBOT = static_transforms(
    # The lidar stands 0.2 m behind and 0.1 m above the camera, in axes x forward, y left, z up.
    ("base", LIDAR, (0.0, 0.0, 1.1), (0.0, 0.0, 0.0, 1.0)),
    ("base", "camera", (0.2, 0.0, 1.0), (0.0, 0.0, 0.0, 1.0)),
    ("camera", OPTICAL, (0.0, 0.0, 0.0), (-0.5, 0.5, -0.5, 0.5)),
)


def scene() -> tuple[np.ndarray, np.ndarray]:
    """What the camera sees: a picture (H,W,3), and depth (H,W) of a wall with a box before it."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    depth = np.full((HEIGHT, WIDTH), WALL, np.float32)
    depth[8:16, 10:20] = BOX
    rgb = np.stack([rows * 8, columns * 7, np.where(depth == BOX, 220, 40)], axis=2).astype(np.uint8)
    return rgb, depth


def sparse(depth: np.ndarray) -> np.ndarray:
    """Every other pixel of every third row, 0 elsewhere."""
    thin = np.zeros_like(depth)
    thin[::3, ::2] = depth[::3, ::2]
    return thin


def lidar_points(depth: np.ndarray) -> np.ndarray:
    """Points (N,3) in the lidar's axes that fall on the measured pixels of a depth map of `scene`."""
    rows, columns = np.nonzero(depth)
    z = depth[rows, columns].astype(np.float64)
    x, y = (columns - (WIDTH - 1) / 2) / FOCAL * z, (rows - (HEIGHT - 1) / 2) / FOCAL * z
    return np.stack([z + 0.2, -x, -y - 0.1], axis=1)


def joints(stamp: int) -> Event:
    fields = {"header": header(stamp, "base"), "torque": np.arange(3, dtype=np.float32), "note": "ok"}
    return Event("/joints", stamp, "robot/msg/Joints", fields)


def drive(images: int = 4, *, with_cloud: bool = True, lag: int = SECOND // 100) -> list[Event]:
    """Images at 10 Hz, each with a measurement `lag` ns later, the calibration last, and joints between."""
    rgb, depth = scene()
    events = []
    for number in range(images):
        stamp = 5 * SECOND + number * SECOND // 10
        events += [image(rgb, "rgb8", stamp=stamp), joints(stamp + 1)]
        if with_cloud:
            events.append(cloud(lidar_points(sparse(depth)), stamp=stamp + lag))
        else:
            events.append(image(sparse(depth), "32FC1", stamp=stamp + lag, topic="/lidar/depth"))
    last = events[-1].time + 1
    return [*events, *(Event(each.topic, last, each.msgtype, each.fields) for each in (ROBOT, info()))]
