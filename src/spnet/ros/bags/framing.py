"""Frames of a recording's messages, with the calibration that it holds."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rosbags.highlevel import AnyReader
from rosbags.interfaces import Connection

from spnet.errors import SpnetError
from spnet.frame import Frame
from spnet.ros import transforms
from spnet.ros.bags.reading import check_definition, decode, find, messages
from spnet.ros.bags.settings import INFO, Settings, Topics
from spnet.ros.frames import frame_with_cloud, frame_with_depth

_TRANSFORMS = ("tf2_msgs/msg/TFMessage", "tf/msg/tfMessage")
_STATIC_TRANSFORMS = "/tf_static"

MakeFrame = Callable[[Any, Any], Frame]
"""Takes an image's message and a measurement's."""


def frame_maker(reader: AnyReader, source: Path, topics: Topics, settings: Settings) -> MakeFrame:
    """What makes a frame of an image and a measurement, with the calibration that the recording holds."""
    if topics.depth is not None:
        return frame_with_depth
    info = _first(reader, source, find(reader, source, topics.info or "", (INFO,)))
    if info is None:
        raise SpnetError(f"{source}: topic {topics.info} holds no message, so there is no calibration")
    frames = {} if settings.camera_from_cloud is not None else _static_transforms(reader, source)
    rectified = settings.rectified if settings.rectified is not None else _is_rectified(topics.image)

    def make(image: Any, cloud: Any) -> Frame:
        transform = settings.camera_from_cloud
        if transform is None:
            transform = transforms.between(frames, cloud.header.frame_id, image.header.frame_id)
        return frame_with_cloud(image, cloud, info, transform, rectified=rectified)

    return make


def _decoded(reader: AnyReader, source: Path, connections: list[Connection]) -> Iterator[Any]:
    for connection, _, data in messages(reader, source, connections):
        yield decode(reader, source, connection, data)


def _first(reader: AnyReader, source: Path, connections: list[Connection]) -> Any:
    return next(_decoded(reader, source, connections), None)


def _static_transforms(reader: AnyReader, source: Path) -> transforms.Frames:
    frames: transforms.Frames = {}
    connections = [
        each for each in reader.connections if each.topic == _STATIC_TRANSFORMS and each.msgtype in _TRANSFORMS
    ]
    for connection in connections:
        check_definition(reader, source, connection.msgtype)
    if connections:
        for message in _decoded(reader, source, connections):
            transforms.join(frames, message)
    return frames


def _is_rectified(topic: str) -> bool:
    """By the names that image_proc gives: image_rect, image_rect_color, also as image_rect/compressed."""
    return any(part.startswith("image_rect") and part != "image_rect_raw" for part in topic.split("/"))
