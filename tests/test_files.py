import io
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from hostile.handmade import npy, png
from spnet.errors import SpnetError
from spnet.files.depth import describe_depth, read_depth, write_depth
from spnet.files.images import exif_rotated, image_from_pillow, read_image
from spnet.files.stored import stored_size
from spnet.units import parse_unit

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "real"
COLOURS = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3) * 2
DEPTH = np.array([[0.0, 0.5, 1.25], [2.5, 10.0, 65.0]], dtype=np.float32)

FLOAT_NAMES = ["x.npy", "x.npz", "x.exr", "x.tif", "x.tiff", "x.pfm", "X.NPY", "X.NPZ"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all examples of a property."""
    return tmp_path_factory.mktemp("files")


def skip_without_library(name: str) -> None:
    if name.endswith(".exr"):
        pytest.importorskip("OpenEXR")


# Photos


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("x.png", {}),
        ("x.bmp", {}),
        ("x.ppm", {}),
        ("x.tiff", {}),
        ("x.tif", {"compression": "tiff_lzw"}),
        ("x.webp", {"lossless": True}),
        ("no_extension", {"format": "PNG"}),
    ],
)
def test_photo_is_read_exactly(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    Image.fromarray(COLOURS).save(tmp_path / name, **options)
    image = read_image(tmp_path / name)
    assert image.dtype == np.uint8
    assert image.flags.writeable
    np.testing.assert_array_equal(image, COLOURS)


def test_jpeg_is_read_closely(tmp_path: Path) -> None:
    smooth = np.full((16, 16, 3), (200, 100, 50), dtype=np.uint8)
    Image.fromarray(smooth).save(tmp_path / "x.jpg", quality=95)
    np.testing.assert_allclose(read_image(str(tmp_path / "x.jpg")), smooth, atol=3)


def palette_image() -> Image.Image:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putdata([0, 1])
    return image


def transparent_palette_image() -> Image.Image:
    image = palette_image()
    image.info["transparency"] = b"\x00\xff"
    return image


def image_of(mode: str, *pixels: Any) -> Image.Image:
    image = Image.new(mode, (len(pixels), 1))
    for x, pixel in enumerate(pixels):
        image.putpixel((x, 0), pixel)
    return image


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (image_of("RGB", (1, 2, 3)), [(1, 2, 3)]),
        (image_of("RGBA", (1, 2, 3, 0), (4, 5, 6, 255)), [(1, 2, 3), (4, 5, 6)]),
        (image_of("L", 7, 255), [(7, 7, 7), (255, 255, 255)]),
        (image_of("LA", (7, 0)), [(7, 7, 7)]),
        (image_of("1", 0, 1), [(0, 0, 0), (255, 255, 255)]),
        (palette_image(), [(10, 20, 30), (40, 50, 60)]),
        (transparent_palette_image(), [(10, 20, 30), (40, 50, 60)]),
        (image_of("CMYK", (0, 0, 0, 0), (0, 255, 255, 0)), [(255, 255, 255), (255, 0, 0)]),
        (image_of("YCbCr", (128, 128, 128)), [(128, 128, 128)]),
        (image_of("HSV", (0, 255, 255)), [(255, 0, 0)]),
        (image_of("RGBa", (50, 100, 10, 128)), [(99, 199, 19)]),
        (image_of("I;16", 0, 257, 385, 386, 65535), [(v, v, v) for v in (0, 1, 1, 2, 255)]),
        (image_of("I", 0, 25700, 65535), [(v, v, v) for v in (0, 100, 255)]),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else "",
)
def test_every_pixel_type_becomes_rgb(image: Image.Image, expected: list[tuple[int, int, int]]) -> None:
    before = dict(image.info)
    np.testing.assert_array_equal(image_from_pillow(image), np.array([expected]))
    assert image.info == before


@pytest.mark.parametrize(
    ("lab", "rgb"), [((255, 0, 0), (255, 255, 255)), ((0, 0, 0), (0, 0, 0)), ((136, 81, 70), (255, 0, 0))]
)
def test_lab_becomes_srgb(lab: tuple[int, int, int], rgb: tuple[int, int, int]) -> None:
    """sRGB red is L* 54.3, a* 80.8, b* 69.9 under D50; L* is stored times 2.55."""
    image = Image.frombytes("LAB", (1, 1), bytes(lab))
    np.testing.assert_allclose(image_from_pillow(image)[0, 0].astype(int), rgb, atol=12)


@pytest.mark.parametrize("colour_type", [0, 2, 4, 6])
def test_16_bit_png_keeps_its_range(tmp_path: Path, colour_type: int) -> None:
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour_type]
    row = b"\x00" + b"".join(struct.pack(">H", value * 257) * channels for value in (0, 1, 100, 255))
    (tmp_path / "x.png").write_bytes(png(4, 1, row, colour_type=colour_type))
    np.testing.assert_array_equal(read_image(tmp_path / "x.png")[0, :, 0], [0, 1, 100, 255])


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (Image.new("F", (2, 2)), "image: holds float gray values, which have no agreed range"),
        (image_of("I", 70000), "image: gray values from 70000 to 70000, expected 0 to 65535"),
        (image_of("I", -1, 5), "image: gray values from -1 to 5"),
        (Image.new("RGB", (0, 5)), "image: is 0x5, expected at least one pixel"),
        (Image.new("1", (2**14, 2**12 + 1)), "image: is 16384x4097, more than the 67,108,864 pixels"),
    ],
)
def test_image_without_a_meaning_is_refused(image: Image.Image, message: str) -> None:
    with pytest.raises(SpnetError, match=message):
        image_from_pillow(image)


@pytest.mark.parametrize(("name", "orientation"), [("x.jpg", 6), ("x.png", 3), ("x.webp", 8), ("x.png", 1)])
def test_exif_orientation_is_told_but_not_applied(tmp_path: Path, name: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(COLOURS).save(tmp_path / name, exif=exif)
    assert read_image(tmp_path / name).shape == COLOURS.shape
    assert exif_rotated(tmp_path / name) == (orientation != 1)


def test_image_without_exif_is_upright(tmp_path: Path) -> None:
    Image.fromarray(COLOURS).save(tmp_path / "x.png")
    assert not exif_rotated(tmp_path / "x.png")


def test_turned_tiff_is_refused(tmp_path: Path) -> None:
    Image.fromarray(COLOURS).save(tmp_path / "x.tiff", tiffinfo={0x0112: 6})
    with pytest.raises(SpnetError, match="TIFF that viewers turn or mirror"):
        read_image(tmp_path / "x.tiff")


@pytest.mark.parametrize("name", ["x.png", "x.webp", "x.tiff"])
def test_of_several_frames_the_first_is_read(tmp_path: Path, name: str) -> None:
    first, second = Image.fromarray(COLOURS), Image.fromarray(255 - COLOURS)
    options = {"lossless": True} if name == "x.webp" else {}
    first.save(tmp_path / name, save_all=True, append_images=[second], **options)
    np.testing.assert_array_equal(read_image(tmp_path / name), COLOURS)


# Depth, read


def steps_png(values: np.ndarray) -> bytes:
    height, width = values.shape
    return png(width, height, b"".join(b"\x00" + row.astype(">u2").tobytes() for row in values))


MILLIMETRES = np.array([[0, 500, 1250], [2500, 10000, 65000]], dtype=np.uint16)


@pytest.mark.parametrize(
    ("unit", "metres_per_step"), [(None, 0.001), ("mm", 0.001), ("kitti", 1 / 256), ("tum", 1 / 5000)]
)
def test_16_bit_png_is_read_in_its_unit(tmp_path: Path, unit: str | None, metres_per_step: float) -> None:
    (tmp_path / "x.png").write_bytes(steps_png(MILLIMETRES[:, :2]))
    depth = read_depth(tmp_path / "x.png", unit)
    expected = (MILLIMETRES[:, :2].astype(np.float64) * metres_per_step).astype(np.float32)
    np.testing.assert_array_equal(depth.metres, expected)
    assert depth.metres.dtype == np.float32
    assert (depth.format, depth.dtype) == ("png", "uint16")
    assert depth.unit == parse_unit(unit or "mm")
    assert depth.unit_reason == ("given" if unit else f"integers, taken as mm: {MEDIAN_REASON}")


MEDIAN_REASON = "the usual unit; the median is then 2.500 m"


def test_max_depth_png(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(steps_png(np.array([[0, 13107, 65535]])))
    np.testing.assert_array_equal(read_depth(tmp_path / "x.png", "max-depth:20").metres, [[0, 4, 20]])


@pytest.mark.parametrize(
    ("values", "guess"),
    [
        (np.full((375, 1242), 2000), "kitti, as 1242x375 is the size"),
        (np.array([[9, 65535]]), "max-depth:N, as the largest value 65535"),
        (np.array([[10005, 20000]]), "tum, as every value is a multiple of 5"),
    ],
)
def test_integers_that_seem_to_have_another_unit_are_asked_about(
    tmp_path: Path, values: np.ndarray, guess: str
) -> None:
    (tmp_path / "x.png").write_bytes(steps_png(values))
    with pytest.raises(SpnetError, match=f"x.png: its unit seems to be {guess}.*: pass that, or another unit"):
        read_depth(tmp_path / "x.png")
    assert read_depth(tmp_path / "x.png", "mm").unit.name == "mm"


@pytest.mark.parametrize("dtype", ["<f2", "<f4", ">f4", "<f8", ">f8"])
@pytest.mark.parametrize("fortran_order", [False, True])
def test_float_npy_holds_metres(tmp_path: Path, dtype: str, fortran_order: bool) -> None:
    data = DEPTH.astype(dtype).tobytes("F" if fortran_order else "C")
    (tmp_path / "x.npy").write_bytes(npy(data, f"'{dtype}'", fortran_order=fortran_order))
    depth = read_depth(tmp_path / "x.npy")
    np.testing.assert_array_equal(depth.metres, DEPTH)
    assert depth.metres.dtype == np.dtype(np.float32)
    assert depth.metres.flags.c_contiguous
    assert depth.dtype == {"2": "float16", "4": "float32", "8": "float64"}[dtype[-1]]
    assert (depth.unit.name, depth.unit_reason) == ("m", "float files hold metres")


@pytest.mark.parametrize("dtype", ["<i2", ">u2", "<i4", "<u4", "<i8", ">u8"])
def test_integer_npy_holds_millimetres(tmp_path: Path, dtype: str) -> None:
    values = np.array([[0, 500, 1250], [2500, 10000, 32000]])
    (tmp_path / "x.npy").write_bytes(npy(values.astype(dtype).tobytes(), f"'{dtype}'"))
    np.testing.assert_array_equal(read_depth(tmp_path / "x.npy").metres, (values / 1000).astype(np.float32))


@pytest.mark.parametrize("shape", ["(2, 3)", "(1, 2, 3)", "(2, 3, 1)", "(2L, 3L)", "(2,3)"])
def test_npy_shapes_of_one_map(tmp_path: Path, shape: str) -> None:
    (tmp_path / "x.npy").write_bytes(npy(DEPTH.tobytes(), shape=shape))
    np.testing.assert_array_equal(read_depth(tmp_path / "x.npy").metres, DEPTH)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_npy_versions(tmp_path: Path, version: tuple[int, int]) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, DEPTH, version=(min(version[0], 2), 0))
    content = bytearray(buffer.getvalue())
    content[6] = version[0]  # NumPy writes version 3 for names in UTF-8 only
    (tmp_path / "x.npy").write_bytes(content)
    np.testing.assert_array_equal(read_depth(tmp_path / "x.npy").metres, DEPTH)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("arrays", [{"depth": DEPTH, "mask": DEPTH > 0}, {"anything": DEPTH}])
def test_npz_gives_the_array_named_depth_or_the_only_one(
    tmp_path: Path, save: Callable[..., None], arrays: dict[str, np.ndarray]
) -> None:
    save(tmp_path / "x.npz", **arrays)
    depth = read_depth(tmp_path / "x.npz")
    np.testing.assert_array_equal(depth.metres, DEPTH)
    assert depth.format == "npz"


@pytest.mark.parametrize(("scale", "order"), [("-1.0", "<f4"), ("1", ">f4"), ("-0.003922", "<f4")])
def test_pfm_stores_the_bottom_row_first(tmp_path: Path, scale: str, order: str) -> None:
    (tmp_path / "x.pfm").write_bytes(b"Pf\n3 2\n%s\n" % scale.encode() + DEPTH[::-1].astype(order).tobytes())
    np.testing.assert_array_equal(read_depth(tmp_path / "x.pfm").metres, DEPTH)


@pytest.mark.parametrize("mode", ["F", "I", "I;16", "I;16B"])
@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
def test_tiff_of_floats_and_integers(tmp_path: Path, mode: str, compression: str | None) -> None:
    dtype = {"F": "<f4", "I": "<i4", "I;16": "<u2", "I;16B": ">u2"}[mode]
    values = (DEPTH if mode == "F" else MILLIMETRES).astype(dtype)
    image = Image.frombytes(mode, (3, 2), values.tobytes())
    image.save(tmp_path / "x.tiff", compression=compression)
    np.testing.assert_array_equal(read_depth(tmp_path / "x.tiff", "m" if mode == "F" else "mm").metres, DEPTH)


def save_exr(path: Path, **channels: np.ndarray) -> None:
    openexr = pytest.importorskip("OpenEXR")
    names = {name.replace("_", "."): values for name, values in channels.items()}
    openexr.File({"compression": openexr.ZIP_COMPRESSION, "type": openexr.scanlineimage}, names).write(str(path))


@pytest.mark.parametrize(
    "channels",
    [
        {"Z": DEPTH},
        {"Y": DEPTH},
        {"V": DEPTH},
        {"A": DEPTH + 9, "Z": DEPTH},
        {"Y": DEPTH + 9, "Z": DEPTH},
        {"R": DEPTH, "G": DEPTH, "B": DEPTH},
        {"R": DEPTH + 9, "G": DEPTH, "B": DEPTH, "Z": DEPTH},
        {"ViewLayer_Combined_R": DEPTH + 9, "ViewLayer_Depth_Z": DEPTH},
        {"depth": DEPTH, "confidence": DEPTH + 9},
        {"Z": DEPTH.astype(np.float16)},
    ],
)
def test_exr_gives_the_depth_channel(tmp_path: Path, channels: dict[str, np.ndarray]) -> None:
    save_exr(tmp_path / "x.exr", **channels)
    depth = read_depth(tmp_path / "x.exr")
    np.testing.assert_array_equal(depth.metres, DEPTH)
    assert depth.unit.name == "m"


def test_exr_of_unsigned_integers_holds_millimetres(tmp_path: Path) -> None:
    save_exr(tmp_path / "x.exr", Z=MILLIMETRES.astype(np.uint32))
    np.testing.assert_array_equal(read_depth(tmp_path / "x.exr", "mm").metres, DEPTH)


@pytest.mark.parametrize(
    ("channels", "message"),
    [
        ({"R": DEPTH, "G": DEPTH + 1, "B": DEPTH}, "is a colour picture without a depth channel"),
        ({"A": DEPTH, "B": DEPTH}, r"2 channels \('A', 'B'\), expected one, or one named Z, depth, Y or R"),
    ],
)
def test_exr_without_depth_is_refused(tmp_path: Path, channels: dict[str, np.ndarray], message: str) -> None:
    save_exr(tmp_path / "x.exr", **channels)
    with pytest.raises(SpnetError, match=message):
        read_depth(tmp_path / "x.exr")


def test_exr_that_is_cropped_is_refused(tmp_path: Path) -> None:
    openexr = pytest.importorskip("OpenEXR")
    window = (np.array([0, 0], dtype=np.int32), np.array([9, 9], dtype=np.int32))
    header = {"type": openexr.scanlineimage, "displayWindow": window}
    openexr.File(header, {"Z": DEPTH}).write(str(tmp_path / "x.exr"))
    with pytest.raises(SpnetError, match="is cropped"):
        read_depth(tmp_path / "x.exr")


def test_exr_without_its_library_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.exr").write_bytes(b"v/1\x01" + bytes(100))
    monkeypatch.setitem(sys.modules, "OpenEXR", None)
    with pytest.raises(SpnetError, match=r'reading EXR files needs OpenEXR.*pip install "spnet\[exr\]"'):
        read_depth(tmp_path / "x.exr")


def test_float_file_in_a_given_unit(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", MILLIMETRES.astype(np.float32))
    depth = read_depth(tmp_path / "x.npy", unit="mm")
    np.testing.assert_array_equal(depth.metres, DEPTH)
    assert depth.unit_reason == "given"


def test_what_is_no_measurement_reads_as_zero(tmp_path: Path) -> None:
    values = np.array([[np.nan, np.inf, -np.inf, -1.0, -0.0, 1e300, 2.0]])
    np.save(tmp_path / "x.npy", values)
    expected = np.array([[0, 0, 0, 0, 0, 0, 2]], dtype=np.float32)
    assert read_depth(tmp_path / "x.npy").metres.tobytes() == expected.tobytes()


@pytest.mark.parametrize("name", ["x.npy", "x.png"])
def test_a_map_without_measurements_is_read(tmp_path: Path, name: str) -> None:
    write_depth(tmp_path / name, np.zeros((3, 4)))
    assert not read_depth(tmp_path / name).metres.any()


@pytest.mark.parametrize(
    ("values", "unit", "message"),
    [
        (np.full((3, 4), 4000.0), None, "x.npy: the median depth is 4000 m .*: are they millimetres"),
        (np.full((3, 4), 4000.0), "m", "are they millimetres\\? then pass the unit mm"),
        (np.full((3, 4), 2.0), "mm", "median depth is 0.002 m .* are they metres\\?"),
        (np.full((3, 4), 2.0), "feet", "unknown depth unit 'feet'"),
        (
            np.full((3, 4), 2, dtype=np.uint8),
            None,
            r"8 bits \(uint8\) hold 256 steps: this is a picture of depth",
        ),
        (np.full((3, 4), 2, dtype=np.int8), "mm", r"8 bits \(int8\) hold 256 steps"),
        (np.full((3, 4), True), None, "a mask, not depth"),
        (np.full((3, 4, 3), 2.0), None, r"its shape is \(3, 4, 3\), expected \(H,W\)"),
        (np.full(12, 2.0), None, r"its shape is \(12,\)"),
        (np.zeros((0, 4)), None, "is 4x0, expected at least one pixel"),
        (np.full((3, 4), 1j), None, "its dtype is <c16, expected float or integer numbers"),
        (np.full((3, 4), "2.0"), None, "its dtype is <U3"),
        (np.zeros((3, 4), dtype=[("depth", "f4")]), None, "its dtype is a structure"),
        (np.full((3, 4), "2024", dtype="datetime64[s]"), None, "its dtype is"),
    ],
)
def test_an_array_that_is_no_depth_is_refused(
    tmp_path: Path, values: np.ndarray, unit: str | None, message: str
) -> None:
    np.save(tmp_path / "x.npy", values)
    with pytest.raises(SpnetError, match=message):
        read_depth(tmp_path / "x.npy", unit)


@pytest.mark.parametrize(
    ("mode", "name", "message"),
    [
        ("L", "x.png", r"x.png: 8 bits \(uint8\) hold 256 steps: this is a picture of depth, not depth"),
        ("P", "x.png", "8 bits"),
        ("1", "x.png", "a mask, not depth"),
        ("RGB", "x.png", "is a picture with 3 values a pixel, not depth"),
        ("RGBA", "x.png", "is a picture with 4 values a pixel"),
        ("LA", "x.png", "is a picture with 2 values a pixel"),
        ("L", "x.tiff", "8 bits"),
        ("RGB", "x.tiff", "3 values a pixel"),
        ("L", "x.jpg", "8 bits"),
        ("RGB", "x.jpg", "3 values a pixel"),
        ("RGB", "x.bmp", "is none of the depth formats 16-bit PNG, npy"),
    ],
)
def test_a_picture_is_not_depth(tmp_path: Path, mode: str, name: str, message: str) -> None:
    Image.new(mode, (4, 3)).save(tmp_path / name)
    with pytest.raises(SpnetError, match=message):
        read_depth(tmp_path / name)


# Depth, described


def test_facts_of_a_16_bit_png(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(steps_png(np.array([[0, 500], [1000, 3000]])))
    facts = describe_depth(tmp_path / "x.png")
    assert (facts.format, facts.dtype, facts.width, facts.height) == ("png", "uint16", 2, 2)
    assert facts.refusal is None
    assert facts.valid_percent == 75
    assert facts.raw_range == (500, 3000)
    assert (facts.unit, facts.unit_reason) == ("mm", "the usual unit; the median is then 1.000 m")
    assert facts.metres_range == pytest.approx((0.5, 3.0))
    assert facts.metres_median == pytest.approx(1.0)


def test_facts_of_a_map_scaled_to_an_unknown_depth(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(steps_png(np.array([[1, 65535]])))
    facts = describe_depth(tmp_path / "x.png")
    assert (facts.unit, facts.raw_range) == ("max-depth:N", (1, 65535))
    assert facts.metres_range is None
    assert facts.metres_median is None


@pytest.mark.parametrize(
    ("values", "unit", "median"),
    [(2.0, "m", 2.0), (4000.0, "mm", 4.0), (0.0, "m", None), (np.nan, "m", None)],
)
def test_facts_of_floats(tmp_path: Path, values: float, unit: str, median: float | None) -> None:
    np.save(tmp_path / "x.npy", np.full((3, 4), values, dtype=">f8"))
    facts = describe_depth(tmp_path / "x.npy")
    assert (facts.format, facts.dtype, facts.unit, facts.metres_median) == ("npy", "float64", unit, median)


@pytest.mark.parametrize(("name", "mode"), [("x.png", "L"), ("x.jpg", "RGB"), ("x.tiff", "1")])
def test_facts_of_a_picture_say_why_it_is_not_depth(tmp_path: Path, name: str, mode: str) -> None:
    Image.new(mode, (4, 3)).save(tmp_path / name)
    facts = describe_depth(tmp_path / name)
    assert (facts.width, facts.height, facts.unit) == (4, 3, None)
    assert facts.refusal is not None
    assert "not depth" in facts.refusal


# Depth, written


@pytest.mark.parametrize("name", FLOAT_NAMES)
def test_float_formats_keep_every_bit(tmp_path: Path, name: str) -> None:
    skip_without_library(name)
    depth = np.random.default_rng(0).uniform(0.01, 900, (6, 5)).astype(np.float32)
    depth[0, 0] = 0
    write_depth(tmp_path / name, depth)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert read_depth(tmp_path / name).metres.tobytes() == depth.tobytes()


@pytest.mark.parametrize("name", ["x.png", *FLOAT_NAMES])
def test_what_is_no_measurement_is_written_as_zero_bit_for_bit(tmp_path: Path, name: str) -> None:
    skip_without_library(name)
    holes = np.array([[np.nan, np.inf, -np.inf, -1.0, -0.0], [1, 2, 3, 4, 5]], dtype=np.float32)
    zeros = np.array([[0, 0, 0, 0, 0], [1, 2, 3, 4, 5]], dtype=np.float32)
    before = holes.copy()
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    write_depth(tmp_path / "a" / name, holes)
    write_depth(tmp_path / "b" / name, zeros)
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    np.testing.assert_array_equal(read_depth(tmp_path / "a" / name).metres, zeros)
    np.testing.assert_array_equal(holes, before)


@settings(deadline=None)  # a disk answers when it likes
@given(
    depth=hnp.arrays(np.float32, (3, 4), elements=st.floats(0, 13, width=32)),
    unit=st.sampled_from(["mm", "kitti", "tum", "max-depth:20", "max-depth:100"]),
)
def test_png_keeps_depth_within_half_a_step(folder: Path, depth: np.ndarray, unit: str) -> None:
    depth[0, 0] = 1.0
    write_depth(folder / "half.png", depth, unit, overwrite=True)
    stored = np.asarray(Image.open(folder / "half.png")).astype(np.float64) * parse_unit(unit).metres
    half = parse_unit(unit).metres / 2
    np.testing.assert_array_equal(stored > 0, depth > 0)
    rounded = depth >= half  # below, one step stands for what would else mean "none"
    np.testing.assert_allclose(stored[rounded], depth[rounded], rtol=0, atol=half * (1 + 1e-6))
    np.testing.assert_allclose(stored[~rounded], np.where(depth[~rounded] > 0, 2 * half, 0))


@settings(deadline=None)  # a disk answers when it likes
@given(
    depth=hnp.arrays(np.float64, (2, 3), elements=st.floats(allow_nan=True, allow_infinity=True)),
    unit=st.sampled_from(["mm", "kitti", "tum", "max-depth:20"]),
)
def test_no_depth_wraps(folder: Path, depth: np.ndarray, unit: str) -> None:
    """Whatever the values: the farthest does not fit, or every pixel is within a step of its depth."""
    with np.errstate(over="ignore"):
        single = depth.astype(np.float32)
    clean = np.where(np.isfinite(single) & (single > 0), single, 0).astype(np.float64)
    step = parse_unit(unit).metres
    if clean.max() / step >= 65535.5:
        with pytest.raises(SpnetError, match="does not fit"):
            write_depth(folder / "wrap.png", depth, unit, overwrite=True)
        return
    write_depth(folder / "wrap.png", depth, unit, overwrite=True)
    stored = np.asarray(Image.open(folder / "wrap.png")).astype(np.float64) * step
    np.testing.assert_allclose(stored, clean, rtol=0, atol=step)


@settings(deadline=None)  # a disk answers when it likes
@given(
    depth=hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=9),
        elements=st.floats(0.5, 900, width=32),
    ),
    name=st.sampled_from(["x.npy", "x.npz", "x.tiff", "x.pfm"]),
)
def test_float_formats_keep_any_size(folder: Path, depth: np.ndarray, name: str) -> None:
    write_depth(folder / name, depth, overwrite=True)
    assert read_depth(folder / name).metres.tobytes() == depth.tobytes()


@pytest.mark.parametrize(
    ("depth", "unit", "steps"),
    [
        (0.0, "mm", 0),
        (1e-9, "mm", 1),
        (0.0004, "mm", 1),
        (0.0016, "mm", 2),
        (65.5354, "mm", 65535),
        (1.0, "kitti", 256),
        (1.0, "tum", 5000),
        (20.0, "max-depth:20", 65535),
        (10.0, None, 10000),
    ],
)
def test_steps_of_a_png(tmp_path: Path, depth: float, unit: str | None, steps: int) -> None:
    write_depth(tmp_path / "x.png", np.full((2, 3), depth), unit)
    image = Image.open(tmp_path / "x.png")
    assert image.mode in ("I;16", "I")
    np.testing.assert_array_equal(np.asarray(image), np.full((2, 3), steps))


FORMATS = r"a float format: \.npy \.npz \.exr \.tif \.tiff \.pfm$"
MM_FULL = r"x\.png: 80\.2 m does not fit 16-bit mm \(at most 65\.535 m\): "
TUM_FULL = r"15 m does not fit 16-bit tum \(at most 13\.107 m\): "


@pytest.mark.parametrize(
    ("name", "farthest", "unit", "message"),
    [
        ("x.png", 80.2, None, MM_FULL + r"use the unit kitti \(at most 255\.996 m\), or " + FORMATS),
        ("x.png", 15.0, "tum", TUM_FULL + r"use the unit mm \(at most 65\.535 m\), or " + FORMATS),
        ("x.png", 300.0, "mm", r"use the unit max-depth:500 \(at most 500 m\)"),
        ("x.png", 300.0, "kitti", "use the unit max-depth:500"),
        ("x.png", 21.0, "max-depth:20", r"16-bit max-depth:20 \(at most 20 m\): use the unit mm"),
        ("x.png", 1e6, "mm", r"1e\+06 m does not fit 16-bit mm \(at most 65\.535 m\): use " + FORMATS),
        ("x.png", 3e38, "mm", "does not fit"),
        ("x.png", 5.0, "m", "whole metres are too coarse for depth; use the unit mm"),
        ("x.png", 5.0, "inch", "unknown depth unit 'inch'"),
        ("x.npy", 5.0, "mm", r"\.npy holds float metres; leave out the unit mm, or write a \.png"),
        ("x.jpg", 5.0, None, r"extension '\.jpg' is no depth format, expected one of \.png \.npy"),
        ("x", 5.0, None, "extension '' is no depth format"),
        ("none/x.png", 5.0, None, "the folder .* does not exist"),
        ("taken.png", 5.0, None, "exists already"),
        ("folder.png", 5.0, None, "is a folder"),
    ],
)
def test_what_cannot_be_written_is_refused(
    tmp_path: Path, name: str, farthest: float, unit: str | None, message: str
) -> None:
    (tmp_path / "taken.png").write_bytes(b"mine")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(SpnetError, match=message) as caught:
        write_depth(tmp_path / name, np.array([[0.0, 1.0, farthest]]), unit)
    assert "\n" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.png", "taken.png"]
    assert (tmp_path / "taken.png").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("depth", "message"),
    [
        (np.ones((2, 3, 1)), r"float64 of shape \(2, 3, 1\), expected \(H,W\) metres"),
        (np.ones(3), r"shape \(3,\)"),
        (np.ones((2, 3), dtype=bool), "bool of shape"),
        (np.ones((2, 3), dtype=complex), "complex128"),
        (np.ones((0, 3)), "is 3x0, expected at least one pixel"),
        (np.broadcast_to(np.float32(1), (10**6, 10**6)), "is 1000000x1000000, more than"),
    ],
)
def test_what_is_no_map_is_not_written(tmp_path: Path, depth: np.ndarray, message: str) -> None:
    with pytest.raises(SpnetError, match=message):
        write_depth(tmp_path / "x.png", depth)
    assert not list(tmp_path.iterdir())


def test_written_pfm_byte_for_byte(tmp_path: Path) -> None:
    write_depth(tmp_path / "x.pfm", DEPTH)
    assert (tmp_path / "x.pfm").read_bytes() == b"Pf\n3 2\n-1.0\n" + DEPTH[::-1].astype("<f4").tobytes()


def test_numpy_reads_what_is_written(tmp_path: Path) -> None:
    write_depth(tmp_path / "x.npy", DEPTH)
    write_depth(tmp_path / "x.npz", DEPTH)
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy", allow_pickle=False), DEPTH)
    with np.load(tmp_path / "x.npz", allow_pickle=False) as arrays:
        assert arrays.files == ["depth"]
        np.testing.assert_array_equal(arrays["depth"], DEPTH)


def test_openexr_reads_what_is_written(tmp_path: Path) -> None:
    openexr = pytest.importorskip("OpenEXR")
    write_depth(tmp_path / "x.exr", DEPTH)
    channels = openexr.File(str(tmp_path / "x.exr"), separate_channels=True).channels()
    assert list(channels) == ["Z"]
    assert channels["Z"].pixels.dtype == np.float32
    np.testing.assert_array_equal(channels["Z"].pixels, DEPTH)


@pytest.mark.parametrize("name", ["x.png", "x.tiff", "x.pfm"])
def test_opencv_reads_what_is_written(tmp_path: Path, name: str) -> None:
    cv2 = pytest.importorskip("cv2")
    write_depth(tmp_path / name, DEPTH)
    expected = MILLIMETRES if name == "x.png" else DEPTH
    found = cv2.imread(str(tmp_path / name), cv2.IMREAD_UNCHANGED)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


def test_tifffile_reads_what_is_written(tmp_path: Path) -> None:
    tifffile = pytest.importorskip("tifffile")
    write_depth(tmp_path / "x.tiff", DEPTH)
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "x.tiff"), DEPTH)


@pytest.mark.parametrize("dtype", ["uint16", "int16", "int32", "uint32", "float32"])
def test_what_tifffile_writes_is_read(tmp_path: Path, dtype: str) -> None:
    tifffile = pytest.importorskip("tifffile")
    values = np.array([[0, 500], [1250, 2500]]).astype(dtype)
    tifffile.imwrite(tmp_path / "x.tiff", values)
    np.testing.assert_allclose(read_depth(tmp_path / "x.tiff", "mm").metres, values / 1000, rtol=1e-7)


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_tiff_of_a_type_that_pillow_lacks_says_what_is_read(tmp_path: Path, dtype: str) -> None:
    tifffile = pytest.importorskip("tifffile")
    tifffile.imwrite(tmp_path / "x.tiff", DEPTH.astype(dtype))
    with pytest.raises(SpnetError, match="not a TIFF of 16 or 32-bit integers or of 32-bit floats"):
        read_depth(tmp_path / "x.tiff")


# Real captures


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared real captures are not here")
@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("kitti_lidar/obj_train_000114", "kitti"),
        ("kitti_lidar/raw_2011_09_26_0040", "kitti"),
        ("open3d/tum", "mm"),
        ("emsanet/sample", "mm"),
        ("lingbot_depth/ex3", "mm"),
        ("cleargrasp/000000080", "mm"),
    ],
)
def test_the_unit_of_real_captures_is_guessed(name: str, unit: str) -> None:
    facts = describe_depth(REAL / name / "depth.png")
    assert facts.unit == unit
    assert facts.metres_median is not None
    assert 0.5 < facts.metres_median < 20


@pytest.mark.parametrize("suffix", ["png", "npy", "npz", "exr", "tif", "pfm"])
def test_the_size_of_a_depth_file_is_in_its_header(tmp_path: Path, suffix: str) -> None:
    if suffix == "exr":
        pytest.importorskip("OpenEXR")
    path = tmp_path / f"depth.{suffix}"
    write_depth(path, np.full((60, 90), 2.0, np.float32), "mm" if suffix == "png" else None)
    assert stored_size(path) == (90, 60)
    if suffix in ("png", "npy", "pfm"):  # of the others something that is needed stands at the end
        path.write_bytes(path.read_bytes()[:-20])
        assert stored_size(path) == (90, 60)


@pytest.mark.parametrize(
    "content", [b"", b"junk", b"\x93NUMPY\x01", b"\x89PNG\r\n\x1a\n", b"PF\n1 1\n1\n", b"PK\x03\x04"]
)
def test_what_is_no_depth_file_has_no_size(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(SpnetError):
        stored_size(tmp_path / "x")
