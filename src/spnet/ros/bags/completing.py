"""A recording in, the same recording with dense depth beside everything else out, message by message."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rosbags.highlevel import AnyReader
from rosbags.interfaces import Connection
from rosbags.rosbag2 import Writer
from rosbags.typesys import Stores, get_typestore

from spnet.completion import Completer
from spnet.errors import SpnetError
from spnet.ros.bags.framing import MakeFrame, frame_maker
from spnet.ros.bags.reading import decode, find, messages, opened
from spnet.ros.bags.settings import CLOUD, COMPRESSED, IMAGE, Settings, Topics
from spnet.ros.bags.writing import Write, copying, written_recording
from spnet.ros.frames import stamp_of
from spnet.ros.images import FARTHEST_16UC1, encode_depth
from spnet.ros.pairing import Pair, Pairing

_MOST_FAILURES_KEPT = 20
_MOST_FAILURES_AT_FIRST = 100  # a camera may be covered for a while; then the topics or the calibration are wrong

Progress = Callable[[int, int, str], None]
"""Takes how many messages are done, of how many, and the topic of the last."""


@dataclass
class Report:
    """What became of the images.

    unpaired: had no measurement within the tolerance; the nearest was `nearest` seconds away, at least.
    failures: why others were not completed, the first of them; `failed` counts all.
    too_far: pixels that 16UC1 cannot hold, which were written as unknown.
    frames: those of the images and of the measurements, as headers name them.
    """

    images: int = 0
    completed: int = 0
    unpaired: int = 0
    nearest: float = float("inf")
    failed: int = 0
    failures: list[str] = field(default_factory=list)
    too_far: int = 0
    frames: tuple[str, str] = ("", "")


def complete_bag(
    source: Path,
    output: Path,
    completer: Completer,
    topics: Topics,
    settings: Settings | None = None,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Copy a recording, and complete the depth of its images on the way.

    Depth has the stamp and the frame of its image, and its time of recording. Memory does not grow with the length: at
    most `spnet.ros.pairing.MOST_WAITING` images and measurements are held at a time.

    Args:
        source: a .mcap, .db3 or .bag, or the folder of a ROS 2 recording.
        output: .mcap; written whole or not at all.
        completer: from `spnet.load`.
        topics, settings: see there.
        overwrite: whether `output` may be replaced.
        progress: is told of every message.

    Raises:
        SpnetError: a damaged recording, topics that are missing or of another type, no calibration, no transform,
            clocks that never meet, or a first image that cannot be completed; nothing is written then.
    """
    settings = settings or Settings()
    with opened(source) as reader:
        _check_output(reader, source, topics)
        make_frame = frame_maker(reader, source, topics, settings)
        roles = _roles(reader, source, topics)
        with written_recording(output, overwrite=overwrite) as writer:
            read = _told(reader, source, progress) if progress else messages(reader, source)
            copy = copying(reader, source, writer)
            write_depth = _depth_writer(writer, topics.output, settings.encoding)
            report = Report()
            for pair in _pairs(_copied(read, copy), reader, source, roles, settings.slop):
                _complete(pair, make_frame, completer, write_depth, report)
            _check_report(report, source, topics, settings)
    return report


@dataclass(frozen=True, eq=False)
class _Message:
    """A message with its fields, and when it was recorded."""

    content: Any
    time: int

    @property
    def stamp(self) -> int:
        """When it was measured; some drivers do not say."""
        return stamp_of(self.content.header) or self.time


_Read = Iterator[tuple[Connection, int, bytes]]
_WriteDepth = Callable[[_Message, NDArray[np.float32]], int]


def _told(reader: AnyReader, source: Path, progress: Progress) -> _Read:
    total = reader.message_count
    for done, message in enumerate(messages(reader, source), start=1):
        yield message
        progress(done, total, message[0].topic)


def _copied(read: _Read, copy: Write) -> _Read:
    for connection, time, data in read:
        copy(connection, time, data)
        yield connection, time, data


def _pairs(
    read: _Read, reader: AnyReader, source: Path, roles: dict[int, str], slop: float
) -> Iterator[Pair[_Message, _Message]]:
    """Every image, with its measurement if there is one, as soon as that is settled."""
    pairing: Pairing[_Message, _Message] = Pairing(slop)
    for connection, time, data in read:
        if role := roles.get(connection.id):
            message = _Message(decode(reader, source, connection, data), time)
            add = pairing.add_image if role == "image" else pairing.add_measured
            yield from add(message.stamp, message)
    yield from pairing.finish()


def _complete(
    pair: Pair[_Message, _Message],
    make_frame: MakeFrame,
    completer: Completer,
    write_depth: _WriteDepth,
    report: Report,
) -> None:
    """Complete an image if it has a measurement. What fails is counted, but not before a first one went well."""
    report.images += 1
    if pair.measured is None:
        report.unpaired += 1
        report.nearest = min(report.nearest, pair.gap)
        return
    image, measured = pair.image.content, pair.measured.content
    report.frames = image.header.frame_id, measured.header.frame_id
    try:
        depth = completer(make_frame(image, measured))
    except SpnetError as error:
        report.failed += 1
        report.failures.append(f"image at {pair.image.stamp / 1e9:.3f} s: {error}")
        del report.failures[_MOST_FAILURES_KEPT:]
        if not report.completed and report.failed == _MOST_FAILURES_AT_FIRST:
            raise SpnetError(f"the first {report.failed} images could not be completed: {error}") from error
        return
    report.too_far += write_depth(pair.image, depth.metres)
    report.completed += 1


def _depth_writer(writer: Writer, topic: str, encoding: str) -> _WriteDepth:
    """What writes dense depth beside its image, and counts the pixels that the encoding cannot hold."""
    types = get_typestore(Stores.ROS2_HUMBLE)
    header_of, image_of = types.types["std_msgs/msg/Header"], types.types[IMAGE]
    stamp_type = types.types["builtin_interfaces/msg/Time"]
    connection = writer.add_connection(topic, IMAGE, typestore=types)

    def write(image: _Message, metres: NDArray[np.float32]) -> int:
        header = image.content.header
        stamp = stamp_type(sec=header.stamp.sec, nanosec=header.stamp.nanosec)
        message = image_of(header=header_of(stamp=stamp, frame_id=header.frame_id), **encode_depth(metres, encoding))
        writer.write(connection, image.time, types.serialize_cdr(message, IMAGE))
        return int(np.count_nonzero(metres > FARTHEST_16UC1)) if encoding == "16UC1" else 0

    return write


def _roles(reader: AnyReader, source: Path, topics: Topics) -> dict[int, str]:
    """By connection: "image" or "measured"."""
    image = find(reader, source, topics.image, (IMAGE, COMPRESSED))
    if topics.depth is not None:
        measured = find(reader, source, topics.depth, (IMAGE, COMPRESSED))
    else:
        measured = find(reader, source, topics.cloud or "", (CLOUD,))
    return {each.id: "image" for each in image} | {each.id: "measured" for each in measured}


def _check_output(reader: AnyReader, source: Path, topics: Topics) -> None:
    if any(connection.topic == topics.output for connection in reader.connections):
        raise SpnetError(f"{source}: has a topic {topics.output} already; write to another one (--out-topic)")
    if not topics.output.startswith("/"):
        raise SpnetError(f"topic {topics.output!r}: expected a name that starts with a slash (--out-topic)")


def _check_report(report: Report, source: Path, topics: Topics, settings: Settings) -> None:
    """Raise SpnetError unless some depth was written."""
    if report.completed:
        return
    if not report.images:
        raise SpnetError(f"{source}: topic {topics.image} holds no message: nothing to complete")
    if report.failures:
        raise SpnetError(f"{source}: none of its {report.images} images could be completed: {report.failures[0]}")
    measured = topics.depth or topics.cloud
    if report.nearest == float("inf"):
        raise SpnetError(f"{source}: topic {measured} holds no message: nothing to complete from")
    raise SpnetError(
        f"{source}: no image has a message of {measured} within {settings.slop:g} s: the nearest is "
        f"{report.nearest:.6g} s away; if these are two clocks, set them alike, else allow more (--slop)"
    )
