"""sensor_msgs/Image and CompressedImage to arrays, and dense depth to the fields of an Image.

Messages are whatever has the fields: of rclpy, of rospy, or of a recording's reader.

Formats: https://docs.ros.org/en/api/sensor_msgs/html/msg/Image.html, REP 118 (depth images), and
https://wiki.ros.org/compressed_depth_image_transport.
"""

import io
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spnet.errors import SpnetError
from spnet.files.images import image_from_pillow
from spnet.files.limits import check_pixel_count, decoding

ENCODINGS = ("32FC1", "16UC1")
"""Of the depth that is written: float32 metres, or uint16 millimetres with 0 for unknown (REP 118)."""

FARTHEST_16UC1 = 65.535
"""Metres."""

# Encoding: type of a channel, how many there are, and which of them are red, green and blue.
_COLOURS = {
    "rgb8": ("u1", 3, (0, 1, 2)),
    "bgr8": ("u1", 3, (2, 1, 0)),
    "rgba8": ("u1", 4, (0, 1, 2)),
    "bgra8": ("u1", 4, (2, 1, 0)),
    "mono8": ("u1", 1, (0, 0, 0)),
    "mono16": ("u2", 1, (0, 0, 0)),
}
_DEPTHS = {"16UC1": ("u2", 0.001), "mono16": ("u2", 0.001), "32FC1": ("f4", 1.0)}  # and metres of a step

_COMPRESSED_DEPTH = "compressedDepth"
_COMPRESSED_DEPTH_HEADER = struct.Struct("<iff")  # kind, and the two numbers of quantised inverse depth
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def read_rgb(message: Any) -> NDArray[np.uint8]:
    """The picture of an Image or a CompressedImage: (H,W,3).

    Raises:
        SpnetError: an encoding that is not known, fewer bytes than the size needs, a damaged JPEG or PNG, or too many
            pixels.
    """
    if hasattr(message, "format"):
        with decoding("compressed image", "a JPEG or PNG"):
            return image_from_pillow(Image.open(io.BytesIO(bytes(message.data)), formats=("JPEG", "PNG")))
    if message.encoding not in _COLOURS:
        cure = "debayer it first (image_proc)" if message.encoding.startswith("bayer") else "convert it first"
        raise SpnetError(f"image: encoding {message.encoding[:40]!r}, expected one of {', '.join(_COLOURS)}; {cure}")
    kind, channels, order = _COLOURS[message.encoding]
    pixels = _pixels(message, kind, channels)[:, :, list(order)]
    return pixels if kind == "u1" else ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)


def read_metres(message: Any) -> NDArray[np.float32]:
    """The depth of an Image, or of a CompressedImage as PNG or of compressedDepth: (H,W) metres, 0 if not measured.

    Raises:
        SpnetError: as `read_rgb`; depth that was compressed as a picture, or as RVL.
    """
    if hasattr(message, "format"):
        return _measured(_decompress(message))
    if message.encoding not in _DEPTHS:
        raise SpnetError(f"depth: encoding {message.encoding[:40]!r}, expected 16UC1 (mm) or 32FC1 (metres), REP 118")
    kind, metres_per_step = _DEPTHS[message.encoding]
    steps = _pixels(message, kind, 1)[:, :, 0]
    with np.errstate(over="ignore", invalid="ignore"):  # a signalling NaN, or a number far beyond any distance
        return _measured(steps.astype(np.float32) * np.float32(metres_per_step))


def encode_depth(metres: NDArray[np.float32], encoding: str) -> dict[str, Any]:
    """The fields of an Image, header aside, for dense depth (H,W); what 16UC1 cannot hold becomes 0, unknown.

    Raises:
        SpnetError: an encoding that is not in ENCODINGS.
    """
    if encoding not in ENCODINGS:
        raise SpnetError(f"depth encoding {encoding!r}: expected {' or '.join(ENCODINGS)}")
    stored = metres.astype("<f4")
    if encoding == "16UC1":
        stored = np.where(metres > FARTHEST_16UC1, 0, np.rint(metres * 1000)).astype("<u2")
    height, width = metres.shape
    return {
        "height": height,
        "width": width,
        "encoding": encoding,
        "is_bigendian": 0,
        "step": width * stored.itemsize,
        "data": stored.view(np.uint8).reshape(-1),
    }


def _pixels(message: Any, kind: str, channels: int) -> NDArray[Any]:
    """The values (H,W,channels) as they lie in an Image's data; a view."""
    height, width, step = message.height, message.width, message.step
    check_pixel_count(width, height, "image message")
    dtype = np.dtype(kind).newbyteorder(">" if message.is_bigendian else "<")
    row = width * channels * dtype.itemsize
    needed = step * (height - 1) + row
    if step < row or len(message.data) < needed:
        raise SpnetError(
            f"image message: {len(message.data):,} bytes in rows of {step:,}, expected {needed:,} in rows of at least "
            f"{row:,} for {width}x{height} {message.encoding}; it is damaged"
        )
    strides = (step, channels * dtype.itemsize, dtype.itemsize)
    return np.ndarray((height, width, channels), dtype, buffer=message.data, strides=strides)


def _decompress(message: Any) -> NDArray[np.float32]:
    """What a CompressedImage of depth holds, in metres."""
    data = bytes(message.data)
    is_transport = _COMPRESSED_DEPTH in message.format
    start = _COMPRESSED_DEPTH_HEADER.size if is_transport else 0
    if data[start : start + len(_PNG_MAGIC)] != _PNG_MAGIC:
        raise SpnetError(
            f"depth: compressed as {message.format[:60]!r}, expected PNG; republish it as raw (image_transport)"
        )
    with decoding("compressed depth", "a PNG"), Image.open(io.BytesIO(data[start:]), formats=("PNG",)) as png:
        check_pixel_count(png.width, png.height, "compressed depth")
        steps = np.array(png)
    if steps.ndim != 2 or steps.dtype.itemsize == 1:
        raise SpnetError(f"depth: a PNG of {steps.dtype} {steps.shape}, expected 16-bit gray")
    if not (is_transport and message.format.startswith("32FC1")):
        return steps.astype(np.float32) * np.float32(0.001)
    _, a, b = _COMPRESSED_DEPTH_HEADER.unpack(data[:start])  # steps = a / depth + b
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(steps > 0, np.float32(a) / (steps.astype(np.float32) - np.float32(b)), np.float32(0))


def _measured(metres: NDArray[np.float32]) -> NDArray[np.float32]:
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(metres) & (metres > 0), metres, np.float32(0))
