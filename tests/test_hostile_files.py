"""Damaged and lying files: one SpnetError of one line, in bounded memory, or a valid result."""

import io
import os
import pickle
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hostile.handmade import npy, png, tiff
from spnet.errors import SpnetError
from spnet.files.depth import describe_depth, read_depth, write_depth
from spnet.files.images import exif_rotated, read_image

RNG = np.random.default_rng(0)
DEPTH = RNG.uniform(0.5, 9, (9, 13)).astype(np.float32)
PHOTO = RNG.integers(0, 256, (9, 13, 3)).astype(np.uint8)

DEPTH_READERS = (read_depth, describe_depth)
PHOTO_READERS = (read_image, exif_rotated)
READERS = DEPTH_READERS + PHOTO_READERS
Reader = Callable[[Path], object]


def refusal(read: Reader, path: Path) -> str:
    """The one line with which `read` refuses `path`."""
    with pytest.raises(SpnetError) as caught:
        read(path)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert len(message) < 600
    return message


def result_or_none(read: Callable[[Path], Any], path: Path) -> Any:
    """What `read` makes of `path`, or None if it refuses it in one line."""
    try:
        return read(path)
    except SpnetError as error:
        message = str(error)
    assert len(message.splitlines()) == 1
    return None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all examples of a property."""
    return tmp_path_factory.mktemp("hostile")


# Not a file that can be read


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.png", "missing.png: no such file"),
        ("missing/x.png", "no such file"),
        ("file/x.png", "cannot be read: .*Not a directory"),
        ("folder.png", "folder.png: is a folder, expected a file"),
        ("empty.png", "empty.png: is empty"),
        ("fifo.png", "fifo.png: is not a regular file"),
        ("n" * 300, "cannot be read: .*File name too long"),
        ("null\0.png", "cannot be read: embedded null"),
        ("loop.png", "cannot be read: .*symbolic links"),
        ("huge.png", "huge.png: has 1,073,741,825 bytes, at most 1,073,741,824 are read"),
    ],
)
def test_a_path_that_is_no_file_is_refused(tmp_path: Path, read: Reader, name: str, message: str) -> None:
    (tmp_path / "file").write_bytes(b"1")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "empty.png").touch()
    os.mkfifo(tmp_path / "fifo.png")
    (tmp_path / "loop.png").symlink_to("loop.png")
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(2**30 + 1)  # takes no room on the disk
    with pytest.raises(SpnetError, match=message):
        read(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("read", READERS)
def test_a_file_without_read_permission_is_refused(tmp_path: Path, read: Reader) -> None:
    (tmp_path / "x.png").write_bytes(png(1, 1, bytes(3)))
    (tmp_path / "x.png").chmod(0o200)
    assert "may not be read" in refusal(read, tmp_path / "x.png")


# Not what it says


class Executed:
    """Unpickling this makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Callable[..., None], tuple[str]]:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_a_pickle_is_never_loaded(tmp_path: Path, name: str) -> None:
    array = np.array([[Executed(tmp_path / "executed")]], dtype=object)
    np.save(tmp_path / name, array) if name == "x.npy" else np.savez(tmp_path / name, depth=array)
    assert "pickled objects, which are never loaded" in refusal(read_depth, tmp_path / name)
    (tmp_path / name).write_bytes(pickle.dumps(array))
    assert "is none of the depth formats" in refusal(read_depth, tmp_path / name)
    assert not (tmp_path / "executed").exists()


def as_bytes(image: Image.Image, format_name: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=format_name, **options)
    return buffer.getvalue()


def zip_of(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(f"{name}.npy", content)
    return buffer.getvalue()


def lzma_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("depth.npy", npy(bytes(24)))
    return buffer.getvalue()


def damaged_zip() -> bytes:
    """A zip whose deflated data begins with a block of a type that there is not."""
    content = bytearray(zip_of(depth=npy(bytes(24))))
    content[30 + len("depth.npy")] = 0xFF
    return bytes(content)


def encrypted_zip() -> bytes:
    """A zip whose two flags, of the entry and of the list of entries, say that a password is needed."""
    content = bytearray(zip_of(depth=npy(bytes(24))))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def name_of_case(value: object) -> str:
    return value if isinstance(value, str) else ""


GRAY_TIFF = [(256, 16), (257, 16), (258, 16), (259, 8), (262, 1), (277, 1)]
HUGE_TIFF = tiff([(256, 10**5), (257, 10**5), *GRAY_TIFF[2:]], b"")
JPEG = as_bytes(Image.fromarray(PHOTO), "JPEG")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.npy", JPEG, "x.npy: is a picture with 3 values a pixel, not depth"),
        ("x.png", b"These are not the pixels you are looking for.", "x.png: is none of the depth formats"),
        ("x.npy", b"\x93NUMPY", "holds no npy array"),
        ("x.npy", b"\x93NUMPY\x09\x00", "holds no npy array"),
        ("x.npy", b"\x93NUMPY\x01\x00\xff\xff", "an npy header of 65,535 bytes, expected at most 4,096"),
        ("x.npy", b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "an npy header of 4,294,967,295 bytes"),
        ("x.npy", b"\x93NUMPY\x01\x00\x40\x00{'descr'", "its npy header is cut short"),
        (
            "x.npy",
            npy(b"", shape="(1000000, 1000000)"),
            "is 1000000x1000000, more than the 67,108,864",
        ),
        (
            "x.npy",
            npy(b"", shape="(8000, 8000)"),
            "claims 8000x8000 pixels of float32, 256,000,000 bytes",
        ),
        ("x.npy", npy(bytes(23)), "claims 3x2 pixels of float32, 24 bytes, but 23 follow"),
        ("x.npy", npy(b"", shape="(-5, 3)"), "names no shape"),
        ("x.npy", npy(b"", shape=f"({'9' * 50}, 3)"), "more than the 67,108,864 pixels"),
        ("x.npy", npy(b"", shape="(9" + "9" * 3000 + ", 1)"), "names no shape"),
        ("x.npy", npy(b"", shape="(" * 2000), "names no shape"),
        ("x.npy", npy(b"", descr="'<f16'"), "its dtype is <f16, expected float or integer numbers"),
        ("x.npy", npy(b"", descr="'|O'"), "pickled objects, which are never loaded"),
        ("x.npy", npy(b"", descr="__import__('os')"), "its dtype is a structure, or none"),
        ("x.npz", zip_of(), "is none of the depth formats"),
        ("x.npz", zip_of(a=npy(bytes(24)), b=npy(bytes(24))), r"2 arrays \('a', 'b'\), expected one"),
        ("x.npz", zip_of(depth=b"text"), "holds no npy array"),
        ("x.npz", zip_of(depth=npy(bytes(20))), "claims 3x2 pixels of float32, 24 bytes, but 20 follow"),
        ("x.npz", zip_of(**{f"a{i}": b"" for i in range(30)}), r"30 arrays \('a0', .*, 'a7'\), expected one"),
        ("x.npz", zip_of(**{"n\n" * 30: b"", "b": b""}), r"2 arrays \('n\\n.*', 'b'\)"),
        ("x.npz", lzma_zip(), "a compression that NumPy does not write"),
        ("x.npz", encrypted_zip(), "is encrypted"),
        ("x.npz", damaged_zip(), "damaged, or not an npz file: .*invalid block type"),
        ("x.npz", b"PK\x03\x04" + bytes(100), "damaged, or not an npz file: File is not a zip file"),
        ("x.png", png(2, 2, bytes(10))[:-30], "damaged, or not a PNG"),
        ("x.png", png(2, 2, bytes(4)), "damaged, or not a PNG: image file is truncated"),
        ("x.png", png(0, 2, b""), "damaged, or not a PNG"),
        ("x.png", png(100_000, 100_000, b""), "more than the 67,108,864 pixels that are read"),
        ("x.png", png(10_000, 9_000, b""), "is 10000x9000, more than the 67,108,864 pixels"),
        ("x.pfm", b"Pf\n8000 8000\n-1.0\n" + bytes(99), "damaged, or not a PFM: image file is truncated"),
        ("x.pfm", b"Pf\n100000 100000\n-1.0\n", "more than the 67,108,864 pixels that are read"),
        ("x.pfm", b"Pf\n2 2\nnan\n" + bytes(16), "damaged, or not a PFM"),
        ("x.pfm", b"Pf\n2", "damaged, or not a PFM"),
        ("x.pfm", b"PF\n2 2\n-1.0\n" + bytes(48), "is a colour PFM, three values a pixel"),
        ("x.tiff", b"II*\x00", "damaged, or not a TIFF"),
        ("x.tiff", HUGE_TIFF, "more than the 67,108,864 pixels that are read"),
        ("x.exr", b"v/1\x01", "damaged, or not an EXR file"),
        ("x.exr", b"v/1\x01" + bytes(100), "damaged, or not an EXR file"),
    ],
    ids=name_of_case,
)
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    if name.endswith(".exr"):
        pytest.importorskip("OpenEXR")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SpnetError, match=message):
        read_depth(tmp_path / name)
    assert refusal(read_depth, tmp_path / name).startswith(f"{tmp_path / name}: ")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.png", b"text", "damaged, or not a JPEG, PNG, WebP, TIFF, BMP or PPM image"),
        ("x.jpg", npy(bytes(24)), "damaged, or not a JPEG"),
        ("x.jpg", b"\xff\xd8\xff", "damaged, or not a JPEG"),
        ("x.png", png(2, 2, bytes(4), bits=8), "image file is truncated"),
        ("x.png", png(100_000, 100_000, b""), "more than the 67,108,864 pixels"),
        ("x.ppm", b"P6 100000 100000 255\n", "more than the 67,108,864 pixels"),
        ("x.ppm", b"P6 9000 9000 255\n", "is 9000x9000, more than the 67,108,864 pixels"),
        ("x.ppm", b"P3 2 2 255\n1 2 3", "damaged, or not a JPEG"),
        ("x.gif", as_bytes(Image.fromarray(PHOTO), "GIF"), "damaged, or not a JPEG"),
    ],
    ids=name_of_case,
)
def test_an_image_that_is_not_what_it_says_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert message in refusal(read_image, tmp_path / name)


# Bombs: small files that ask for much memory

ZEROS = bytes(2**26)
MANY_NAMES = {str(i): b"" for i in range(50_000)}

BOMBS = {
    "header.png": lambda: png(100_000, 100_000, b""),
    "rows.png": lambda: png(60_000, 60_000, ZEROS),
    "data.png": lambda: png(3, 3, ZEROS),
    "header.npy": lambda: npy(b"", shape="(1000000, 1000000)"),
    "large.npy": lambda: npy(b"", shape="(8000, 8000)"),
    "shape.npz": lambda: zip_of(depth=npy(ZEROS, shape="(60000, 60000)")),
    "data.npz": lambda: zip_of(depth=npy(ZEROS)),
    "names.npz": lambda: zip_of(**MANY_NAMES),
    "tile.tiff": lambda: tiff([*GRAY_TIFF, (322, 32768), (323, 32752), (324, -1), (325, 60_000)], zlib.compress(ZEROS)),
    "strip.tiff": lambda: tiff([*GRAY_TIFF, (278, 4 * 10**9), (273, -1), (279, 60_000)], zlib.compress(ZEROS)),
    "canvas.webp": lambda: b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + 2 * (16382).to_bytes(3, "little"),
}

MEASURE = """
import os, resource, sys
from pathlib import Path
from PIL import Image
from spnet.errors import SpnetError
from spnet.files.depth import read_depth
from spnet.files.images import read_image

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

Image.init()
for path in sorted(Path(sys.argv[1]).iterdir()):
    for read in (read_depth, read_image):
        if os.fork():  # a child for each, as the peak of a process only grows
            os.wait()
            continue
        before = peak()
        try:
            read(path)
        except SpnetError:
            pass
        print(path.name, read.__name__, peak() - before, flush=True)
        os._exit(0)
"""


def test_bombs_take_little_memory(tmp_path: Path) -> None:
    for name, content in BOMBS.items():
        (tmp_path / name).write_bytes(content())
        assert (tmp_path / name).stat().st_size < 5_000_000
    command = [sys.executable, "-c", MEASURE, str(tmp_path)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    growth = {tuple(line.split()[:2]): int(line.split()[2]) for line in output.splitlines()}
    assert len(growth) == 2 * len(BOMBS)
    assert {case: megabytes for case, megabytes in growth.items() if megabytes > 16} == {}


# Bytes turned at random


def tiff_of(array: np.ndarray, compression: str | None) -> bytes:
    return as_bytes(Image.fromarray(array), "TIFF", compression=compression)


def upside_down() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 3
    return exif


def depth_file(folder: Path, suffix: str) -> bytes:
    write_depth(folder / f"valid{suffix}", DEPTH, overwrite=True)
    return (folder / f"valid{suffix}").read_bytes()


VALID_DEPTH: dict[str, Callable[[Path], bytes]] = {
    "png": lambda folder: depth_file(folder, ".png"),
    "npy": lambda folder: depth_file(folder, ".npy"),
    "npz": lambda folder: depth_file(folder, ".npz"),
    "npz_deflated": lambda _: zip_of(depth=npy(DEPTH.tobytes(), shape=str(DEPTH.shape))),
    "exr": lambda folder: depth_file(folder, ".exr"),
    "tiff": lambda folder: depth_file(folder, ".tiff"),
    "tiff_lzw": lambda _: tiff_of(DEPTH, "tiff_lzw"),
    "tiff_deflate": lambda _: tiff_of(DEPTH, "tiff_adobe_deflate"),
    "pfm": lambda folder: depth_file(folder, ".pfm"),
}

VALID_PHOTO: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: as_bytes(Image.fromarray(PHOTO), "JPEG", exif=upside_down()),
    "jpeg_cmyk": lambda: as_bytes(Image.fromarray(PHOTO).convert("CMYK"), "JPEG"),
    "png": lambda: as_bytes(Image.fromarray(PHOTO), "PNG", exif=upside_down()),
    "png_palette": lambda: as_bytes(Image.fromarray(PHOTO).quantize(9), "PNG"),
    "webp": lambda: as_bytes(Image.fromarray(PHOTO), "WEBP", exif=upside_down()),
    "tiff_lzw": lambda: tiff_of(PHOTO, "tiff_lzw"),
    "tiff_jpeg": lambda: tiff_of(PHOTO, "jpeg"),
    "bmp": lambda: as_bytes(Image.fromarray(PHOTO), "BMP"),
    "ppm": lambda: as_bytes(Image.fromarray(PHOTO), "PPM"),
    "ppm_text": lambda: b"P3\n# made by hand\n2 1\n255\n1 2 3 4 5 6\n",
}


@st.composite
def damages(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """A function that cuts a file, or turns up to four of its bytes, half of them in its first 200."""
    cut = draw(st.booleans())
    where = draw(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=4))
    values = draw(st.lists(st.integers(0, 255), min_size=4, max_size=4))
    in_header = draw(st.booleans())

    def damage(content: bytes) -> bytes:
        if cut:
            return content[: int(where[0] * len(content))]
        turned = bytearray(content)
        reach = min(len(content), 200) if in_header else len(content)
        for fraction, value in zip(where, values, strict=False):
            turned[int(fraction * reach)] = value
        return bytes(turned)

    return damage


@pytest.mark.parametrize("kind", VALID_DEPTH)
@settings(deadline=None)  # turned bytes may ask for an image of many megapixels
@given(damage=damages())
def test_damaged_depth_is_refused_or_valid(folder: Path, kind: str, damage: Callable[[bytes], bytes]) -> None:
    if kind == "exr":
        pytest.importorskip("OpenEXR")
    path = folder / f"damaged_{kind}"
    path.write_bytes(damage(VALID_DEPTH[kind](folder)))
    depth, facts = result_or_none(read_depth, path), result_or_none(describe_depth, path)
    if depth is None:
        return
    assert depth.metres.dtype == np.float32
    assert depth.metres.shape == (facts.height, facts.width)
    assert np.isfinite(depth.metres).all()
    assert (depth.metres >= 0).all()


@pytest.mark.parametrize("kind", VALID_PHOTO)
@settings(deadline=None)  # turned bytes may ask for an image of many megapixels
@given(damage=damages())
def test_damaged_photo_is_refused_or_valid(folder: Path, kind: str, damage: Callable[[bytes], bytes]) -> None:
    path = folder / f"damaged_{kind}"
    path.write_bytes(damage(VALID_PHOTO[kind]()))
    image, rotated = result_or_none(read_image, path), result_or_none(exif_rotated, path)
    if image is None:
        return
    assert image.dtype == np.uint8
    assert image.shape[2:] == (3,)
    assert rotated in (True, False)


@pytest.mark.parametrize("kind", VALID_DEPTH)
def test_depth_cut_anywhere_is_refused_or_whole(folder: Path, kind: str) -> None:
    """A file that lost its end is refused; what is read of it nevertheless has every pixel."""
    if kind == "exr":
        pytest.importorskip("OpenEXR")
    whole = VALID_DEPTH[kind](folder)
    path = folder / f"cut_{kind}"
    path.write_bytes(whole)
    expected = read_depth(path).metres
    for length in [*range(0, len(whole), max(1, len(whole) // 50)), len(whole) - 1]:
        path.write_bytes(whole[:length])
        depth = result_or_none(read_depth, path)
        if depth is not None:
            np.testing.assert_array_equal(depth.metres, expected)
