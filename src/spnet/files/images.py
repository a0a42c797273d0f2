"""Photos from files and from Pillow, as 8-bit RGB."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, TiffImagePlugin, UnidentifiedImageError

from spnet.errors import SpnetError
from spnet.files.limits import DECODER_ERRORS, MAX_PIXELS, check_pixel_count, check_readable_file, decoding

_PHOTO_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "PPM")  # as Pillow calls them
_PHOTO = "a JPEG, PNG, WebP, TIFF, BMP or PPM image"
_TILE_SIDES = (322, 323)  # TIFF tags TileWidth and TileLength

_FILTERS = threading.Lock()  # warnings.catch_warnings() changes, and restores, what all threads share


def read_image(path: Path | str) -> NDArray[np.uint8]:
    """Read a photo as RGB (H,W,3).

    JPEG, PNG, WebP, TIFF, BMP and PPM of every pixel type: see `image_from_pillow`. Of several frames or
    pages the first is read. The pixels are those stored: an EXIF orientation is not applied, because depth is
    registered to the sensor's pixels (see `exif_rotated`).

    Raises:
        SpnetError: no such file, not an image, a damaged one, or more than MAX_PIXELS pixels.
    """
    path = check_readable_file(path)
    with opened_image(path, _PHOTO_FORMATS, _PHOTO) as image:
        return _rgb(image, str(path))


def image_from_pillow(image: Image.Image) -> NDArray[np.uint8]:
    """The pixels of a Pillow image as RGB (H,W,3), a copy.

    Alpha is dropped, a palette looked up, CMYK, YCbCr, HSV and LAB converted, 16-bit gray divided by 257.

    Raises:
        SpnetError: too large, damaged, or gray values without an agreed range (floats, more than 16 bits).
    """
    check_pixel_count(image.width, image.height, "image")
    with decoding("image", "an image"):
        return _rgb(image, "image")


def image_size(image: Path | str | BinaryIO) -> tuple[int, int]:
    """Width and height of a photo from its header, nothing decoded.

    Args:
        image: a path, or a file that is open, and that is read from its start.

    Raises:
        SpnetError: as `read_image`, but not for damaged pixels.
    """
    source = check_readable_file(image) if isinstance(image, str | Path) else image
    with opened_image(source, _PHOTO_FORMATS, _PHOTO) as opened:
        return opened.size


def exif_rotated(path: Path | str) -> bool:
    """Whether the file asks viewers to turn or mirror its pixels, which `read_image` does not do."""
    path = check_readable_file(path)
    with opened_image(path, _PHOTO_FORMATS, _PHOTO) as image:
        return _orientation(image) != 1


@contextmanager
def opened_image(source: Path | BinaryIO, formats: tuple[str, ...], expected: str) -> Iterator[Image.Image]:
    """A Pillow image of a known size, not yet decoded; what Pillow raises in the block becomes SpnetError.

    Args:
        source: a path that `check_readable_file` has seen, or a file that is open, and stays so.
        formats: Pillow's names of the formats to try.
        expected: what such a file is called in an error.
    """
    name = str(source) if isinstance(source, Path) else "image"
    with decoding(name, expected):
        try:
            with _no_warnings():
                image = Image.open(source, formats=formats)
        except Image.DecompressionBombError:
            raise SpnetError(f"{name}: more than the {MAX_PIXELS:,} pixels that are read") from None
        except UnidentifiedImageError:
            raise SpnetError(f"{name}: damaged, or not {expected}") from None
        with image:
            check_pixel_count(image.width, image.height, name)
            if isinstance(image, TiffImagePlugin.TiffImageFile):
                _check_tiff(image, name)
            yield image


def _check_tiff(image: TiffImagePlugin.TiffImageFile, name: str) -> None:
    """Refuse tiles that need more memory than the image, and an orientation, which Pillow would apply."""
    width, height = (image.tag_v2.get(tag, 1) for tag in _TILE_SIDES)
    if width * height > MAX_PIXELS:
        raise SpnetError(f"{name}: has tiles of {width}x{height}, larger than any image that is read")
    if _orientation(image) != 1:
        raise SpnetError(f"{name}: is a TIFF that viewers turn or mirror; store it upright")


def _rgb(image: Image.Image, name: str) -> NDArray[np.uint8]:
    if image.mode == "I" or image.mode.startswith("I;16"):
        return _rgb_from_16_bit(np.asarray(image), name)
    if image.mode == "F":
        raise SpnetError(f"{name}: holds float gray values, which have no agreed range; save it with 8 bits")
    if image.mode == "LAB":
        image = _srgb_from_lab(image)
    elif image.mode in ("La", "RGBa"):  # multiplied by alpha: Pillow converts these to LA and RGBA only
        image = image.convert(image.mode.upper())
    elif image.mode == "P":  # on the way to RGB at once, Pillow warns of a transparent palette
        image = image.convert("RGBA")
    return np.array(image.convert("RGB"), dtype=np.uint8)


def _rgb_from_16_bit(gray: NDArray[Any], name: str) -> NDArray[np.uint8]:
    if gray.min() < 0 or gray.max() > 65535:
        raise SpnetError(f"{name}: gray values from {gray.min()} to {gray.max()}, expected 0 to 65535")
    eight_bit = ((gray.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return np.repeat(eight_bit[:, :, np.newaxis], 3, axis=2)


def _srgb_from_lab(image: Image.Image) -> Image.Image:
    lab, srgb = (ImageCms.ImageCmsProfile(ImageCms.createProfile(space)) for space in ("LAB", "sRGB"))
    return ImageCms.ImageCmsTransform(lab, srgb, "LAB", "RGB").apply(image)


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 (upright) to 8; 1 where there is none, or a damaged one."""
    with _no_warnings(), suppress(*DECODER_ERRORS):
        orientation = image.getexif().get(ExifTags.Base.Orientation)
        if isinstance(orientation, int) and 1 <= orientation <= 8:
            return orientation
    return 1


@contextmanager
def _no_warnings() -> Iterator[None]:
    """Silence Pillow on huge sizes (`check_pixel_count` speaks) and damaged metadata (which is not used)."""
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
