import io
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from spnet.clouds import read_cloud, write_ply
from spnet.clouds.lzf import decompress
from spnet.errors import SpnetError

POINTS = np.array([[1.5, -2.25, 3.0], [4.0, 5.5, -6.125], [0.0, 1e3, 7.75], [8.0, -0.5, 9.0]])
ROWS = "1.5 -2.25 3\n4 5.5 -6.125\n0 1e3 7.75\n8 -0.5 9\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def records(fields: list[tuple[str, str]]) -> bytes:
    """POINTS as packed records; other fields hold 7."""
    array = np.zeros(len(POINTS), dtype=np.dtype(fields))
    for name in array.dtype.names or ():
        array[name] = POINTS[:, "xyz".index(name)] if name in "xyz" else 7
    return array.tobytes()


def ply(byte_order: str, fields: str, data: bytes | str, count: int = 4, before: str = "", after: str = "") -> bytes:
    properties = "".join(f"property {field}\n" for field in fields.split(","))
    elements = f"{before}element vertex {count}\n{properties}{after}"
    header = f"ply\nformat {byte_order} 1.0\ncomment made by hand\n{elements}end_header\n"
    return header.encode() + (data.encode() if isinstance(data, str) else data)


def pcd(fields: str, sizes: str, types: str, counts: str | None, data: bytes, points: int = 4) -> bytes:
    header = f"# .PCD v0.7\nVERSION 0.7\nFIELDS {fields}\nSIZE {sizes}\nTYPE {types}\n"
    header += f"COUNT {counts}\n" if counts else ""
    return f"{header}WIDTH {points}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {points}\n".encode() + data


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=array.dtype.hasobject)
    return stream.getvalue()


def compressed(raw: bytes, lzf: bytes, full: int | None = None) -> bytes:
    return b"DATA binary_compressed\n" + struct.pack("<II", len(lzf), full if full is not None else len(raw)) + lzf


def literals(raw: bytes) -> bytes:
    """LZF that compresses nothing."""
    pieces = [raw[i : i + 32] for i in range(0, len(raw), 32)]
    return b"".join(bytes([len(piece) - 1]) + piece for piece in pieces)


def bin_rows(columns: int) -> bytes:
    rows = np.zeros((4, columns), dtype="<f4")
    rows[:, :3] = POINTS
    return rows.tobytes()


XYZ4 = [("x", "<f4"), ("y", "<f4"), ("z", "<f4")]
XYZ_PLY = "float x,float y,float z"
BY_FIELDS = POINTS.T.astype("<f4").tobytes()  # as binary_compressed stores x y z
POINTS3D = [struct.pack("<Q3d3BdQ", i, *p, 1, 2, 3, 0.5, i) + bytes(8 * i) for i, p in enumerate(POINTS)]

CLOUDS = {
    "little.ply": ply("binary_little_endian", XYZ_PLY, records(XYZ4)),
    "big.ply": ply("binary_big_endian", XYZ_PLY, records([("x", ">f4"), ("y", ">f4"), ("z", ">f4")])),
    "mixed.ply": ply(
        "binary_big_endian",
        "uchar red,double z,float32 x,short label,float64 y",
        records([("red", "u1"), ("z", ">f8"), ("x", ">f4"), ("label", ">i2"), ("y", ">f8")]),
    ),
    "mesh.ply": ply(
        "binary_little_endian",
        XYZ_PLY,
        records(XYZ4) + b"\x03" + bytes(12),
        after="element face 1\nproperty list uchar int vertex_indices\n",
    ),
    "second.ply": ply(
        "binary_little_endian",
        XYZ_PLY,
        bytes(2 * 5) + records(XYZ4),
        before="element camera 2\nproperty int id\nproperty uchar kind\n",
    ),
    "ascii.ply": ply("ascii", XYZ_PLY, ROWS),
    "crlf.ply": ply("ascii", XYZ_PLY, ROWS).replace(b"\n", b"\r\n"),
    "ascii-mesh.ply": ply(
        "ascii",
        "uchar red,float z,float y,float x",
        "first camera\n\n1 3 -2.25 1.5\n1 -6.125 5.5 4\n1 7.75 1e3 0\n1 9 -0.5 8\n3 0 1 2\n",
        before="element camera 1\nproperty int id\n",
        after="element face 1\nproperty list uchar int vertex_indices\n",
    ),
    "ascii.pcd": pcd("x y z", "4 4 4", "F F F", "1 1 1", b"DATA ascii\n" + ROWS.encode()),
    "fields.pcd": pcd(
        "normal z x rgb y",
        "4 8 4 4 4",
        "F F F U F",
        "2 1 1 1 1",
        b"DATA binary\n" + records([("n", "<2f4"), ("z", "<f8"), ("x", "<f4"), ("rgb", "<u4"), ("y", "<f4")]),
    ),
    "ascii-fields.pcd": pcd(
        "n z x y", "4 4 4 4", "F F F F", "2 1 1 1", b"DATA ascii\n0 0 3 1.5 -2.25\n0 0 -6.125 4 5.5\n"
        b"0 0 7.75 0 1000\n0 0 9 8 -.5\n"
    ),
    "no-count.pcd": pcd("x y z", "4 4 4", "F F F", None, b"DATA binary\n" + records(XYZ4)),
    "compressed.pcd": pcd("x y z", "4 4 4", "F F F", "1 1 1", compressed(BY_FIELDS, literals(BY_FIELDS))),
    "compressed-fields.pcd": pcd(
        "x label y z", "4 1 4 4", "F U F F", "1 3 1 1",
        # The 12 bytes of "label" are one literal zero and a copy of 11 more from one byte back.
        compressed(bytes(60), literals(BY_FIELDS[:16]) + b"\x00\x00\xe0\x02\x00" + literals(BY_FIELDS[16:])),
    ),
    "scan.bin": bin_rows(4),
    "sweep.pcd.bin": bin_rows(5),
    "three.npy": npy(POINTS),
    "five.npy": npy(np.hstack([POINTS, POINTS[:, :2]]).astype(np.float32)),
    "fortran.npy": npy(np.asfortranarray(POINTS)),
    "points3D.bin": struct.pack("<Q", 4) + b"".join(POINTS3D),
    "points3D.txt": "# POINT3D_ID, X, Y, Z, R, G, B, ERROR, TRACK\n"
    "9 1.5 -2.25 3 0 0 0 0.1 1 2 3 4\n7 4 5.5 -6.125 0 0 0 0.1\n8 0 1e3 7.75 0 0 0 1 1 2\n6 8 -.5 9 1 1 1 1",
    "rows.xyz": ROWS,
    "rows.csv": "# x, y, z, intensity\n" + ROWS.replace(" ", ",").replace("\n", ",0.5\n"),
    "gaps.csv": ",1,2\n" + ROWS.replace(" ", ",") + "1,,2,3\n1, ; 2,3\n",
    "rows.txt": "\n" + ROWS.replace(" ", "; "),
}  # fmt: skip


@pytest.mark.parametrize("name", CLOUDS)
def test_reads_the_points(tmp_path: Path, name: str) -> None:
    points = read_cloud(write(tmp_path, name, CLOUDS[name]))
    assert points.dtype == np.float64
    np.testing.assert_array_equal(points, POINTS)


@pytest.mark.parametrize("name", ["points3D.bin", "points3D.txt"])
def test_reads_the_points_of_a_colmap_folder(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, CLOUDS[name])
    np.testing.assert_array_equal(read_cloud(tmp_path), POINTS)


def test_leaves_out_points_that_are_not_finite(tmp_path: Path) -> None:
    rows = np.vstack([[[np.nan, 1, 2]], POINTS[:1], [[1, np.inf, 2]], POINTS[1:], [[1, 2, -np.inf]]])
    np.testing.assert_array_equal(read_cloud(write(tmp_path, "c.npy", npy(rows))), POINTS)


def test_keeps_the_precision_of_surveyed_coordinates(tmp_path: Path) -> None:
    path = write(tmp_path, "utm.xyz", "500000.125 5400000.03125 112.5\n")
    assert read_cloud(path).tolist() == [[500000.125, 5400000.03125, 112.5]]


# Refusals

REFUSALS = [
    ("c.las", b"LASF", "is no point cloud that is known; expected PLY, PCD"),
    ("c.ply", b"", "is empty"),
    ("c.ply", b"plyx\n", "is no point cloud that is known"),
    ("c.ply", b"ply\nelement vertex 1\nend_header\n", "'end_header' is no line of a PLY header"),
    ("c.ply", b"ply\nformat ascii 1.0\n", "its PLY header has no format, or does not end"),
    ("c.ply", b"ply\nformat ebcdic 1.0\n", "'format ebcdic 1.0' is no line of a PLY header"),
    ("c.ply", b"ply\n" + b"comment\n" * 2000, "does not end"),
    ("c.ply", b"ply\ncomment " + b"x" * 5000, "has a line of more than 4,096 bytes"),
    ("c.ply", b"ply\nformat ascii 1.0\nend_header\n", "has the elements [], expected 'vertex'"),
    ("c.ply", ply("ascii", "float x,float y", ROWS), "its vertices have ['x', 'y'], expected x, y and z"),
    ("c.ply", ply("ascii", XYZ_PLY + ",float x", ROWS), "'property float x' is no line of a PLY header"),
    ("c.ply", ply("ascii", XYZ_PLY, ROWS, count=-1), "'element vertex -1' is no line of a PLY header"),
    ("c.ply", ply("ascii", XYZ_PLY, ROWS, count=5), "claims 5 vertices, but holds 4; it is cut short"),
    (
        "c.ply",
        ply("ascii", XYZ_PLY, ROWS, count=10**6),
        "claims 1,000,000 vertices in 45 bytes; it is cut short",
    ),
    ("c.ply", ply("ascii", XYZ_PLY, ROWS, count=10**30), "has more than the 67,108,864 points"),
    ("c.ply", ply("ascii", XYZ_PLY, ROWS, before=f"element a {10**30}\nproperty int b\n"), "it is cut short"),
    ("c.ply", ply("ascii", XYZ_PLY, "1 2 3\n4 5\n6 7 8\n9 9 9\n" + " " * 20), "holds no rows of numbers"),
    ("c.ply", ply("ascii", XYZ_PLY, "1 2 three\n" * 4), "holds no rows of numbers"),
    ("c.ply", ply("ascii", XYZ_PLY, "\n" * 48), "holds no points"),
    ("c.ply", ply("ascii", XYZ_PLY, "", count=0), "holds no point"),
    ("c.ply", ply("binary_little_endian", XYZ_PLY, b"", count=0), "holds no point with finite coordinates"),
    (
        "c.ply",
        ply("binary_little_endian", XYZ_PLY, records(XYZ4)[:-1]),
        "claims 4 records of 12 bytes, but 47 bytes",
    ),
    ("c.ply", ply("binary_big_endian", XYZ_PLY, b"", before="element a 9\nproperty int b\n"), "is cut short"),
    (
        "c.ply",
        ply("ascii", XYZ_PLY, ROWS, before="element face 1\nproperty list uchar int i\n"),
        "has list properties in or before its vertices",
    ),
    (
        "c.ply",
        ply("ascii", XYZ_PLY + ",list uchar int i", ROWS),
        "has list properties in or before its vertices",
    ),
    ("c.pcd", b"# .PCD v0.7\nVERSION 0.7\n", "its PCD header does not end with DATA"),
    ("c.pcd", b"# .PCD\n" + b"#\n" * 200, "its PCD header does not end with DATA"),
    ("c.pcd", b"DATA ascii\n", "its PCD header has no FIELDS"),
    (
        "c.pcd",
        pcd("x y z", "4 4", "F F F", None, b"DATA ascii\n"),
        "lists FIELDS, SIZE, TYPE and COUNT of different",
    ),
    ("c.pcd", pcd("x y z", "4 4 2", "F F F", None, b"DATA ascii\n"), "has a field of TYPE F and SIZE 2"),
    ("c.pcd", pcd("x y z", "4 4 4", "F F S", None, b"DATA ascii\n"), "has a field of TYPE S and SIZE 4"),
    (
        "c.pcd",
        pcd("x y w", "4 4 4", "F F F", None, b"DATA ascii\n"),
        "its fields are ['x', 'y', 'w'], expected x, y",
    ),
    (
        "c.pcd",
        pcd("x y z", "4 4 4", "F F F", "1 1 2", b"DATA ascii\n"),
        "expected x, y and z, one number each",
    ),
    ("c.pcd", pcd("x y z", "4 4 4", "F F F", "1 1 -1", b"DATA ascii\n"), "'1 1 -1', expected whole numbers"),
    (
        "c.pcd",
        pcd("x y z", "4 4 4", "F F F", None, b"DATA zip\n"),
        "its DATA is 'zip', expected ascii, binary or",
    ),
    (
        "c.pcd",
        pcd("x y z", "4 4 4", "F F F", None, b"DATA ascii\n", 10**9),
        "more than the 67,108,864 points",
    ),
    ("c.pcd", pcd("x y z", "4 4 4", "F F F", None, b"DATA ascii\n", 0), "holds no points"),
    ("c.pcd", pcd("x y z", "4 4 4", "F F F", None, b"DATA ascii\n1 2 3\n"), "claims 4 points, but holds 1"),
    (
        "c.pcd",
        pcd("x y z", "4 4 4", "F F F", None, b"DATA binary\n" + bytes(47)),
        "claims 4 records of 12 bytes",
    ),
    ("c.pcd", pcd("x y z", "4 4 4", "F F F", None, b"DATA binary_compressed\n123"), "is cut short"),
    (
        "c.pcd",
        pcd("x y z", "4 4 4", "F F F", None, compressed(b"", b"\0a", full=47)),
        "claims 4 points of 12 bytes",
    ),
    ("c.pcd", pcd("x y z", "8 8 8", "F F F", None, compressed(b"", b"", full=96)), "in 0 compressed ones"),
    (
        "c.pcd",
        pcd("x y z", "4 4 4", "F F F", None, compressed(BY_FIELDS, b"\0a\0b")),
        "makes 2 bytes, expected 48",
    ),
    ("scan.bin", bytes(40), "has 40 bytes, which is no multiple of 16: expected rows of 4 float32, KITTI's"),
    (
        "sweep.pcd.bin",
        bytes(48),
        "has 48 bytes, which is no multiple of 20: expected rows of 5 float32, nuScenes'",
    ),
    ("c.npy", npy(POINTS[:, :2]), "holds (4, 2) of float64, expected (N,3) numbers"),
    ("c.npy", npy(np.zeros((3, 100))), "holds (3, 100) of float64, expected (N,3) numbers"),
    ("c.npy", npy(np.zeros((4, 3), dtype=bool)), "holds (4, 3) of bool, expected (N,3) numbers"),
    ("c.npy", npy(np.array([[None]])), "pickled objects, which are never loaded"),
    ("c.npy", npy(POINTS)[:-8], "its header claims"),
    ("c.npy", npy(POINTS * np.nan), "holds no point with finite coordinates"),
    ("points3D.bin", struct.pack("<Q", 2**50), "has more than the 67,108,864 points"),
    (
        "points3D.bin",
        struct.pack("<Q", 2**20),
        "claims 1,048,576 points, but 0 bytes follow; it is cut short",
    ),
    ("points3D.bin", struct.pack("<Q", 1) + POINTS3D[3][:-1], "is cut short"),
    ("points3D.bin", struct.pack("<Q", 1) + POINTS3D[3][:43] + b"\xff" * 8, "is cut short"),
    ("points3D.txt", "# only\n", "holds no points"),
    ("points3D.txt", "1 2 3\n", "holds no rows of numbers"),
    ("points3D.txt", "1 2 3 4\n9\n", "row 2 holds no numbers"),
    ("c.csv", ",,\n", "holds no rows of numbers"),
    ("c.xyz", "# x y z\n", "holds no points"),
    ("c.xyz", "x y z\n1 2 3\n", "holds no rows of numbers"),
    ("c.xyz", "1 2\n", "holds no rows of numbers"),
    ("c.xyz", "1 2 3 " * 2000, "has a line of more than 4,096 bytes"),
    ("c.xyz", b"\xff\xfe1\x002\x00", "holds no rows of numbers"),
]


@pytest.mark.parametrize(("name", "content", "message"), REFUSALS, ids=[row[2][:50] for row in REFUSALS])
def test_refuses_in_one_line(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(SpnetError) as error:
        read_cloud(path)
    assert message in str(error.value)
    assert str(error.value).startswith(str(path))
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [(lambda folder: folder / "missing.ply", "no such file"), (lambda folder: folder, "is a folder")],
)
def test_refuses_paths(tmp_path: Path, make: Callable[[Path], Path], message: str) -> None:
    with pytest.raises(SpnetError, match=message):
        read_cloud(make(tmp_path))


@given(data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_damaged_files_are_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(CLOUDS)))
    content = CLOUDS[name]
    damaged = bytearray(content.encode() if isinstance(content, str) else content)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(damaged)))
    try:
        points = read_cloud(write(tmp_path, name, bytes(damaged[:end])))
    except SpnetError:
        return
    assert points.shape[1:] == (3,)
    assert np.isfinite(points).all()


@pytest.mark.skipif(not hasattr(sys, "get_int_max_str_digits"), reason="this Python has no limit on digits")
def test_a_count_of_many_digits(tmp_path: Path) -> None:
    path = write(tmp_path, "c.ply", ply("ascii", XYZ_PLY, ROWS).replace(b"vertex 4", b"vertex " + b"9" * 4050))
    with pytest.raises(SpnetError, match="more than the 67,108,864 points"):
        read_cloud(path)


# LZF


def compress(raw: bytes) -> bytes:
    """A greedy LZF compressor: slow, but it makes every kind of token."""
    output, position, pending = bytearray(), 0, bytearray()
    while position < len(raw):
        starts = range(max(0, position - 8192), position)
        lengths = [(common_length(raw, start, position), start) for start in starts]
        length, start = max(lengths, default=(0, 0))
        if length < 3:
            pending.append(raw[position])
            position += 1
            continue
        output += literals(bytes(pending))
        pending.clear()
        code, distance = length - 2, position - start - 1
        output.append((min(code, 7) << 5) | (distance >> 8))
        output += bytes([code - 7]) if code >= 7 else b""
        output.append(distance & 255)
        position += length
    return bytes(output + literals(bytes(pending)))


def common_length(raw: bytes, start: int, position: int) -> int:
    length = 0
    while length < 264 and position + length < len(raw) and raw[start + length] == raw[position + length]:
        length += 1
    return length


@given(raw=st.lists(st.sampled_from([b"a", b"bc", b"abc" * 40, b"z" * 300]), max_size=4).map(b"".join))
@settings(deadline=None, max_examples=50)
def test_lzf_undoes_compression(raw: bytes) -> None:
    assert decompress(compress(raw), len(raw), "x") == raw


def test_lzf_copies_from_far_back() -> None:
    raw = bytes(np.random.default_rng(0).integers(0, 256, 600, dtype=np.uint8))
    raw += raw[:300]  # 600 bytes back: the distance takes both its parts
    assert len(compress(raw)) < 640
    assert decompress(compress(raw), len(raw), "x") == raw


@pytest.mark.parametrize(
    ("data", "full_size", "message"),
    [
        (b"\x05abc", 6, "makes 3 bytes, expected 6"),
        (b"\x00a", 2, "makes 1 bytes, expected 2"),
        (b"\x01ab", 1, "makes 2 bytes, expected 1"),
        (b"\x20\x00", 3, "is damaged"),  # nothing to copy from yet
        (b"\x00a\x20\x01", 4, "is damaged"),  # from before the start
        (b"\x00a\xe0", 10, "is damaged"),  # no length
        (b"\x00a\x20", 4, "is damaged"),  # no distance
        (b"\x00a" + b"\xe0\xff\x00" * 10**5, 300, "bytes, expected 300"),
    ],
)
def test_lzf_refuses(data: bytes, full_size: int, message: str) -> None:
    with pytest.raises(SpnetError, match=message) as error:
        decompress(data, full_size, "x")
    assert len(str(error.value)) < 80


# Writing

clouds = hnp.arrays(np.float32, st.tuples(st.integers(1, 20), st.just(3)), elements=st.floats(-1e6, 1e6, width=32))


@given(points=clouds, coloured=st.booleans())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_what_is_written_is_read(tmp_path: Path, points: np.ndarray, coloured: bool) -> None:
    path = tmp_path / "cloud.ply"
    colours = np.arange(points.size, dtype=np.uint8).reshape(points.shape) if coloured else None
    write_ply(path, points, colours, overwrite=True)
    np.testing.assert_array_equal(read_cloud(path), points)


def test_writes_these_bytes(tmp_path: Path) -> None:
    path = tmp_path / "cloud.ply"
    points = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float64)
    colours = np.array([[255, 0, 7], [8, 9, 10]], dtype=np.uint8)
    write_ply(path, points, colours, comment=" depth in\nmetres, größer ")
    header, _, data = path.read_bytes().partition(b"end_header\n")
    assert header.decode().splitlines() == [
        "ply",
        "format binary_little_endian 1.0",
        "comment depth in metres, gr??er",
        "element vertex 2",
        "property float x",
        "property float y",
        "property float z",
        "property uchar red",
        "property uchar green",
        "property uchar blue",
    ]
    assert data == struct.pack("<fff3B", 1, 2, 3, 255, 0, 7) + struct.pack("<fff3B", 4, 5, 6, 8, 9, 10)


@pytest.mark.parametrize(
    ("points", "colours", "message"),
    [
        (np.zeros((4, 2)), None, r"points: an array of shape \(4, 2\), expected \(N,3\) finite"),
        (np.zeros(3), None, r"points: an array of shape \(3,\), expected \(N,3\) finite"),
        (np.full((4, 3), 1e300), None, "expected .* finite numbers"),
        (np.full((4, 3), np.nan), None, "expected .* finite numbers"),
        (
            np.zeros((4, 3)),
            np.zeros((3, 3), np.uint8),
            r"colours: an array of shape \(3, 3\) of uint8, expected \(4, 3\)",
        ),
        (
            np.zeros((4, 3)),
            np.zeros((4, 3)),
            "colours: an array of shape .* of float64, expected .* of uint8",
        ),
    ],
)
def test_write_refuses(tmp_path: Path, points: np.ndarray, colours: np.ndarray | None, message: str) -> None:
    with pytest.raises(SpnetError, match=message):
        write_ply(tmp_path / "cloud.ply", points, colours)
    assert list(tmp_path.iterdir()) == []


def test_write_replaces_only_when_allowed(tmp_path: Path) -> None:
    path = write(tmp_path, "cloud.ply", "precious")
    with pytest.raises(SpnetError, match="exists already"):
        write_ply(path, POINTS)
    assert path.read_text() == "precious"
    write_ply(path, POINTS, overwrite=True)
    np.testing.assert_array_equal(read_cloud(path), POINTS)
