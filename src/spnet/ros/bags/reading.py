"""Recordings, message by message, whatever version of ROS made them."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
from rosbags.highlevel import AnyReader, AnyReaderError
from rosbags.interfaces import Connection, Nodetype
from rosbags.interfaces.typing import Typesdict
from rosbags.rosbag1 import ReaderError as Ros1ReaderError
from rosbags.rosbag2 import ReaderError as Ros2ReaderError
from rosbags.serde import SerdeError
from rosbags.typesys import Stores, TypesysError, get_typestore

from spnet.errors import SpnetError
from spnet.files.limits import DECODER_ERRORS, one_line

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdError
else:
    from backports.zstd import ZstdError

_SUFFIXES = (".mcap", ".bag", ".db3")
_EXPECTED = "a ROS 2 .mcap or .db3, the folder of a ROS 2 recording, or a ROS 1 .bag"
_CURES = {".mcap": "mcap recover", ".bag": "rosbag reindex"}
_MOST_TOPICS_NAMED = 40
_MOST_FIELDS = 1000  # of one message

RENAMED = {"tf/msg/tfMessage": "tf2_msgs/msg/TFMessage"}
"""What types of the first years of ROS 1 are called now."""

# What the reader is known to raise on damaged recordings, beside its own errors.
_ERRORS = (
    *DECODER_ERRORS,
    AnyReaderError,
    AssertionError,
    Ros1ReaderError,
    Ros2ReaderError,
    SerdeError,
    TypesysError,
    ZstdError,
    apsw.Error,
)
_LATEST = 2**63  # nanoseconds; later, or before 0, is no time of a recording


@contextmanager
def opened(path: Path) -> Iterator[AnyReader]:
    """A recording, open for reading.

    Raises:
        SpnetError: nothing there, no recording, or a damaged one.
    """
    _check(path)
    with reading(path):
        # Recordings of ROS 2 before Iron do not hold the definitions of their messages; those of ROS itself are known.
        reader = AnyReader([path], default_typestore=get_typestore(Stores.ROS2_HUMBLE))
        reader.open()
    try:
        yield reader
    finally:
        reader.close()


def messages(
    reader: AnyReader, path: Path, connections: Sequence[Connection] = ()
) -> Iterator[tuple[Connection, int, bytes]]:
    """Connection, time of recording in nanoseconds, and bytes of each message, in the order of time.

    Raises:
        SpnetError: the recording is damaged.
    """
    stream = reader.messages(connections)
    while True:
        with reading(path):
            message = next(stream, None)
        if message is None:
            return
        if not 0 <= message[1] < _LATEST:
            raise SpnetError(f"{path}: damaged: a message that was recorded at {message[1]} ns")
        yield message


def decode(reader: AnyReader, path: Path, connection: Connection, data: bytes) -> Any:
    """A message with its fields; SpnetError if its bytes are not of its type."""
    with reading(path):
        return reader.deserialize(data, connection.msgtype)


def find(reader: AnyReader, path: Path, topic: str, types: tuple[str, ...]) -> list[Connection]:
    """The connections of a topic.

    Raises:
        SpnetError: there is no such topic, it carries other types, or the recording defines them otherwise than ROS.
    """
    found = [connection for connection in reader.connections if connection.topic == topic]
    if not found:
        raise SpnetError(f"{path}: has no topic {topic}; it has {_topics(reader)}")
    for connection in found:
        if connection.msgtype not in types:
            raise SpnetError(f"{path}: topic {topic} is {connection.msgtype}, expected {' or '.join(types)}")
        check_definition(reader, path, connection.msgtype)
    return found


def check_definition(reader: AnyReader, path: Path, msgtype: str) -> None:
    """Raise SpnetError unless the recording's definition of a type has the fields that ROS gives it."""
    with reading(path):
        known = dict(_fields(get_typestore(Stores.ROS2_HUMBLE).fielddefs, RENAMED.get(msgtype, msgtype)))
        there = dict(_fields(reader.typestore.fielddefs, msgtype))
    for name, kind in known.items():
        if there.get(name) != kind:
            raise SpnetError(
                f"{path}: defines {msgtype} with {name} as {there.get(name, 'no field')}, expected {kind} as in ROS"
            )


def _fields(definitions: Typesdict, msgtype: str) -> Iterator[tuple[str, str]]:
    """Name and type of all that a message holds, with the names of what it is nested in before its own, in small."""
    waiting: list[tuple[str, Any]] = [(name, kind) for name, kind in definitions[msgtype][1]]
    while waiting and len(waiting) < _MOST_FIELDS:
        name, (node, content) = waiting.pop()
        if node is Nodetype.BASE:
            yield name.lower(), content[0]
        elif node is Nodetype.NAME:
            waiting += [(f"{name}.{inner}", kind) for inner, kind in definitions[content][1]]
        else:
            waiting.append((f"{name}[]", content[0]))


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what the reader raises inside the block into a SpnetError."""
    try:
        yield
    except _ERRORS as error:
        cure = _CURES.get(path.suffix, "ros2 bag reindex")
        raise SpnetError(
            f"{path}: damaged, cut short, or no recording: {one_line(error)}; `{cure}` may mend it"
        ) from error


def _check(path: Path) -> None:
    if not path.exists():
        raise SpnetError(f"{path}: no such file or folder; expected {_EXPECTED}")
    if path.is_dir():
        if not (path / "metadata.yaml").is_file():
            found = sorted(each.name for each in path.iterdir() if each.suffix in _SUFFIXES)
            cure = f"give one of its files, {found[0]}" if found else f"expected {_EXPECTED}"
            raise SpnetError(f"{path}: a folder without metadata.yaml, so no ROS 2 recording; {cure}")
    elif path.suffix not in _SUFFIXES:
        raise SpnetError(f"{path}: expected {_EXPECTED}")


def _topics(reader: AnyReader) -> str:
    shown = [f"{name} ({info.msgtype or 'several types'}, {info.msgcount})" for name, info in reader.topics.items()]
    more = f" and {len(shown) - _MOST_TOPICS_NAMED} more" if len(shown) > _MOST_TOPICS_NAMED else ""
    return (", ".join(shown[:_MOST_TOPICS_NAMED]) or "none at all") + more
