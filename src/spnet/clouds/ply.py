"""PLY files: the vertices of any, and clouds to write.

Format: G. Turk, The PLY Polygon File Format, 1994.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from spnet.clouds.arrays import parse_rows
from spnet.clouds.limits import check_point_count
from spnet.errors import SpnetError
from spnet.files.atomic import written_whole
from spnet.files.lines import lines_of
from spnet.files.records import bytes_left, read_fields, skip

_LONGEST_LINE = 4096
_MOST_HEADER_LINES = 1000
_BYTE_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_TYPES = {
    **{"char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4"},
    **{"int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4", "uint32": "u4"},
    **{"float": "f4", "double": "f8", "float32": "f4", "float64": "f8"},
}
_XYZ = ("x", "y", "z")
_RGB = ("red", "green", "blue")


@dataclass
class _Element:
    """One element of a header: its scalar properties as NumPy types, by name."""

    name: str
    count: int
    properties: dict[str, str] = field(default_factory=dict)
    has_list: bool = False


def read_ply(path: Path) -> NDArray[np.float64]:
    """Read the x, y, z of the element "vertex": (N,3).

    Raises:
        SpnetError: a damaged header, vertices without x, y, z or with lists, or fewer of them than claimed.
    """
    name = str(path)
    with path.open("rb") as file:
        byte_order, elements = _read_header(file, name)
        before, vertices = _find_vertices(elements, name)
        check_point_count(vertices.count, name)
        if not byte_order:
            return _read_ascii(file, before, vertices, name)
        for element in before:
            skip(file, element.count * _record(element, byte_order).itemsize, name)
        return read_fields(file, _record(vertices, byte_order), _XYZ, vertices.count, name)


def write_ply(
    path: Path | str,
    points: NDArray[np.floating],
    colours: NDArray[np.uint8] | None = None,
    *,
    comment: str = "",
    overwrite: bool = False,
) -> None:
    """Write a cloud as binary little-endian PLY.

    Args:
        path: the file to make.
        points: (N,3) in metres; stored as float32.
        colours: (N,3) red, green, blue, or None.
        comment: goes into the header.
        overwrite: whether a file that stands there may be replaced.

    Raises:
        SpnetError: arrays of another shape or type, points that are not finite, or `path` cannot be written.
    """
    records = _to_records(points, colours)
    header = ["ply", "format binary_little_endian 1.0"]
    header += [f"comment {' '.join(comment.split())}"] if comment.strip() else []
    header += [f"element vertex {len(records)}"]
    header += [f"property {'float' if name in _XYZ else 'uchar'} {name}" for name in records.dtype.names or ()]
    with written_whole(Path(path), overwrite=overwrite) as temporary, temporary.open("wb") as file:
        file.write(("\n".join([*header, "end_header"]) + "\n").encode("ascii", errors="replace"))
        records.tofile(file)


def _to_records(points: NDArray[np.floating], colours: NDArray[np.uint8] | None) -> NDArray[np.void]:
    """One packed record a vertex: x, y, z, and red, green, blue where there are colours."""
    with np.errstate(over="ignore"):  # what float32 cannot hold is refused as infinite
        points = points.astype(np.float32)
    if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
        raise SpnetError(f"points: an array of shape {points.shape}, expected (N,3) finite numbers")
    if colours is not None and (colours.shape != points.shape or colours.dtype != np.uint8):
        raise SpnetError(
            f"colours: an array of shape {colours.shape} of {colours.dtype}, expected {points.shape} of uint8"
        )
    fields = [(axis, "<f4") for axis in _XYZ]
    fields += [(channel, "u1") for channel in _RGB] if colours is not None else []
    records = np.empty(len(points), dtype=np.dtype(fields))
    for number, axis in enumerate(_XYZ):
        records[axis] = points[:, number]
    if colours is not None:
        for number, channel in enumerate(_RGB):
            records[channel] = colours[:, number]
    return records


def _read_header(file: IO[bytes], name: str) -> tuple[str, list[_Element]]:
    """The byte order ("" for ascii) and the elements; leaves the file at the first element."""
    byte_order = None
    elements: list[_Element] = []
    for number, line in enumerate(lines_of(file, name, longest=_LONGEST_LINE)):
        if number > _MOST_HEADER_LINES:
            break
        match line.split():
            case ["end_header"] if byte_order is not None:
                return byte_order, elements
            case ["format", kind, _] if kind in _BYTE_ORDERS:
                byte_order = _BYTE_ORDERS[kind]
            case ["element", element, count] if count.isdecimal():
                elements.append(_Element(element, int(count)))
            case ["property", "list", _, _, _] if elements:
                elements[-1].has_list = True
            case ["property", kind, prop] if elements and kind in _TYPES and prop not in elements[-1].properties:
                elements[-1].properties[prop] = _TYPES[kind]
            case ["ply"] | ["comment", *_] | ["obj_info", *_] | []:
                pass
            case _:
                raise SpnetError(f"{name}: {line[:80]!r} is no line of a PLY header")
    raise SpnetError(f"{name}: its PLY header has no format, or does not end")


def _find_vertices(elements: Sequence[_Element], name: str) -> tuple[Sequence[_Element], _Element]:
    """The elements before the vertices, and the vertices."""
    names = [element.name for element in elements]
    if "vertex" not in names:
        raise SpnetError(f"{name}: has the elements {names[:8]}, expected 'vertex'")
    before, vertices = elements[: names.index("vertex")], elements[names.index("vertex")]
    if any(element.has_list for element in (*before, vertices)):
        raise SpnetError(f"{name}: has list properties in or before its vertices; write the vertices first")
    if not vertices.properties.keys() >= set(_XYZ):
        raise SpnetError(f"{name}: its vertices have {list(vertices.properties)[:12]}, expected x, y and z")
    return before, vertices


def _record(element: _Element, byte_order: str) -> np.dtype[Any]:
    return np.dtype([(name, byte_order + kind) for name, kind in element.properties.items()])


def _read_ascii(file: IO[bytes], before: Sequence[_Element], vertices: _Element, name: str) -> NDArray[np.float64]:
    """Read the vertices' lines; each line before them is one item of an element."""
    first = sum(element.count for element in before)
    fewest_bytes = first + 2 * len(vertices.properties) * vertices.count - 1  # digits and what separates them
    if fewest_bytes > bytes_left(file):
        raise SpnetError(f"{name}: claims {vertices.count:,} vertices in {bytes_left(file):,} bytes; it is cut short")
    lines = (line for line in lines_of(file, name, longest=_LONGEST_LINE) if line)
    x, y, z = (list(vertices.properties).index(axis) for axis in _XYZ)
    rows = parse_rows(islice(lines, first, first + vertices.count), (x, y, z), name)
    if len(rows) < vertices.count:
        raise SpnetError(f"{name}: claims {vertices.count:,} vertices, but holds {len(rows):,}; it is cut short")
    return rows
