"""ROS 2 recordings as one .mcap: copies of what another recording holds, and messages beside them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rosbags.highlevel import AnyReader
from rosbags.interfaces import (
    Connection,
    ConnectionExtRosbag1,
    MessageDefinitionFormat,
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.interfaces.typing import Typesdict
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore
from rosbags.typesys.store import Typestore

from spnet.files.atomic import written_whole
from spnet.ros.bags.reading import RENAMED, reading

Write = Callable[[Connection, int, bytes], None]
"""Takes a connection of the recording that is read, a time in nanoseconds, and a message's bytes."""

_HEADER = "std_msgs/msg/Header"
_FOREVER = QosTime(2147483647, 4294967295)
_LATCHED = Qos(  # a late subscriber gets the last message, as /tf_static needs
    QosHistory.KEEP_LAST,
    1,
    QosReliability.RELIABLE,
    QosDurability.TRANSIENT_LOCAL,
    _FOREVER,
    _FOREVER,
    QosLiveliness.AUTOMATIC,
    _FOREVER,
    avoid_ros_namespace_conventions=False,
)


@contextmanager
def written_recording(path: Path, *, overwrite: bool) -> Iterator[Writer]:
    """A writer of one .mcap, which appears at `path` whole when the block ends well; SpnetError if it cannot."""
    with (
        written_whole(path, overwrite=overwrite) as temporary,
        TemporaryDirectory(dir=path.parent, prefix=".spnet-") as folder,
    ):
        recording = Path(folder) / path.stem  # the writer makes a folder, and in it a file of its name
        writer = Writer(recording, version=9, storage_plugin=StoragePlugin.MCAP)
        writer.set_compression(CompressionMode.STORAGE, CompressionFormat.ZSTD)
        with writer:
            yield writer
        (recording / f"{path.stem}.mcap").replace(temporary)


def copying(reader: AnyReader, source: Path, writer: Writer) -> Write:
    """Make all connections of a recording in another; returns what copies a message.

    Connections that agree in topic, type and quality of service become one. Messages of ROS 1 become those of ROS 2:
    the same fields, without the header's sequence number.

    Raises:
        SpnetError: definitions that make no type, here, or a message of ROS 1 that is not of its type, while copying.
    """
    with reading(source):
        types = reader.typestore if reader.is2 else _for_ros2(reader.typestore)
    made: dict[Any, Connection] = {}
    copies: dict[int, Connection] = {}
    for connection in reader.connections:
        topic, msgtype, qos = identity = _identity(connection)
        if identity not in made:
            with reading(source):
                definition, digest = _definition(connection, msgtype, types, verbatim=reader.is2)
            made[identity] = writer.add_connection(
                topic, msgtype, msgdef=definition, rihs01=digest, offered_qos_profiles=qos
            )
        copies[connection.id] = made[identity]

    def write(connection: Connection, time: int, data: bytes) -> None:
        copy = copies[connection.id]
        with reading(source):
            converted = data if reader.is2 else types.ros1_to_cdr(data, copy.msgtype)
        writer.write(copy, time, converted)

    return write


def _identity(connection: Connection) -> tuple[str, str, tuple[Qos, ...]]:
    """Topic, type and quality of service as they are called in ROS 2."""
    if isinstance(connection.ext, ConnectionExtRosbag1):
        qos: tuple[Qos, ...] = (_LATCHED,) if connection.ext.latching else ()
    else:
        qos = tuple(connection.ext.offered_qos_profiles)
    return connection.topic, RENAMED.get(connection.msgtype, connection.msgtype), qos


def _definition(connection: Connection, msgtype: str, types: Typestore, *, verbatim: bool) -> tuple[str, str]:
    """The definition of a type and its hash; an empty one where an old recording does not hold it."""
    if msgtype not in types.fielddefs:
        return "", "unknown"
    if verbatim and connection.msgdef.format is MessageDefinitionFormat.MSG:
        return connection.msgdef.data, types.hash_rihs01(msgtype)
    return types.generate_msgdef(msgtype, ros_version=2)[0], types.hash_rihs01(msgtype)


def _for_ros2(types: Typestore) -> Typestore:
    """The types of a ROS 1 recording as ROS 2 calls them and their fields, where the names are all that differs.

    So what the bytes mean does not change, but for the header, which the conversion knows.
    """
    of_ros2 = get_typestore(Stores.ROS2_HUMBLE).fielddefs
    fields: Typesdict = {}
    for name, definition in types.fielddefs.items():
        name = RENAMED.get(name, name)
        known = of_ros2.get(name)
        same = known is not None and [kind for _, kind in known[1]] == [kind for _, kind in definition[1]]
        fields[name] = known if known is not None and (same or name == _HEADER) else definition
    converted = get_typestore(Stores.EMPTY)
    converted.register(fields)
    return converted
