"""Depth in OpenEXR files, through the optional OpenEXR module.

Format: https://openexr.com/en/latest/OpenEXRFileLayout.html
"""

import io
import threading
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError, require
from spnet.files.limits import MAX_PIXELS, check_pixel_count, decoding

EXR_MAGIC = b"v/1\x01"

_DEPTH_CHANNELS = ("z", "depth", "y", "r")  # in this order; "ViewLayer.Depth.Z" counts as "z"
_MAX_VALUES = 4 * MAX_PIXELS  # all channels together: the library reads them all
_STDOUT = threading.Lock()  # redirect_stdout changes, and restores, what all threads share


def read_exr(path: Path) -> NDArray[Any]:
    """Read the depth channel (H,W) of an EXR file: half, float or unsigned integer.

    The channel is the first of Z, depth, Y, R, or the only one. Of a layered name the last part counts, in
    any case. R is depth only where G and B, if there are any, equal it.

    Raises:
        SpnetError: a damaged file, one too large, no depth channel, or deep data.
        MissingExtraError: the OpenEXR module is not installed.
    """
    names = _checked_headers(_read_parts(path, header_only=True), path)
    part_index, channel = _choose_channel(names, path)
    parts = _read_parts(path, header_only=False)
    if len(parts) != len(names):
        raise SpnetError(f"{path}: damaged EXR file: only {len(parts)} of its {len(names)} parts can be read")
    channels = parts[part_index].channels
    with decoding(str(path), "an EXR file"):
        values = np.asarray(channels[channel].pixels)
        if _last_name(channel) == "r":
            _refuse_colours(channels, channel, path)
    if values.ndim != 2:
        raise SpnetError(f"{path}: channel {channel!r} is no plain image; store one value per pixel")
    check_pixel_count(values.shape[1], values.shape[0], str(path))
    return values


def exr_size(path: Path) -> tuple[int, int]:
    """Width and height of the depth channel that `read_exr` would read, by the header; errors as there."""
    parts = _read_parts(path, header_only=True)
    part_index, _ = _choose_channel(_checked_headers(parts, path), path)
    return _whole_size(parts[part_index].header, path)


def write_exr(path: Path, metres: NDArray[np.float32]) -> None:
    """Write `metres` (H,W) as the float channel "Z", the name that the format reserves for depth."""
    openexr = _library("writing EXR files")
    header = {"compression": openexr.ZIP_COMPRESSION, "type": openexr.scanlineimage}
    try:
        openexr.File(header, {"Z": metres}).write(str(path))
    except RuntimeError as error:  # a full disk, for one
        raise OSError(str(error)) from error


def _library(purpose: str) -> Any:
    return require("OpenEXR", extra="exr", purpose=purpose)


def _read_parts(path: Path, *, header_only: bool) -> list[Any]:
    openexr = _library("reading EXR files")
    said = io.StringIO()
    with decoding(str(path), "an EXR file"), _STDOUT, redirect_stdout(said):
        # The library does not raise on damaged pixels: it prints why, on stdout, and leaves the part out.
        parts: list[Any] = openexr.File(str(path), separate_channels=True, header_only=header_only).parts
    if not parts:
        reason = " ".join(said.getvalue().split())[:300] or "it has no parts"
        raise SpnetError(f"{path}: damaged EXR file: {reason}")
    return parts


def _checked_headers(parts: list[Any], path: Path) -> list[list[str]]:
    """The channel names of every part, once their sizes are known to fit in memory."""
    names: list[list[str]] = []
    total = 0
    with decoding(str(path), "an EXR file"):
        for part in parts:
            width, height = _whole_size(part.header, path)
            names.append([channel.name for channel in part.header["channels"]])
            total += width * height * len(names[-1])
    if total > _MAX_VALUES:
        raise SpnetError(f"{path}: {total:,} values in all channels, at most {_MAX_VALUES:,} are read")
    return names


def _whole_size(header: dict[str, Any], path: Path) -> tuple[int, int]:
    """The width and height of a part that covers its whole image with one value per pixel."""
    if header["type"].name not in ("scanlineimage", "tiledimage"):
        raise SpnetError(f"{path}: holds deep data, several values a pixel; flatten it to one")
    (left, top), (right, bottom) = header["dataWindow"]
    width, height = int(right) - int(left) + 1, int(bottom) - int(top) + 1
    check_pixel_count(width, height, str(path))
    if not np.array_equal(header["dataWindow"], header["displayWindow"]):
        raise SpnetError(f"{path}: is cropped (data window and display window differ); store it whole")
    return width, height


def _choose_channel(names: list[list[str]], path: Path) -> tuple[int, str]:
    """The part and the name of the depth channel."""
    found = [(part, name) for part, channels in enumerate(names) for name in channels]
    for wanted in _DEPTH_CHANNELS:
        for part, name in found:
            if _last_name(name) == wanted:
                return part, name
    if len(found) == 1:
        return found[0]
    listed = ", ".join(repr(name[:40]) for _, name in found[:8])
    raise SpnetError(f"{path}: {len(found)} channels ({listed}), expected one, or one named Z, depth, Y or R")


def _refuse_colours(channels: dict[str, Any], red: str, path: Path) -> None:
    for other in ("G", "B"):
        channel = channels.get(red[:-1] + other)
        if channel is not None and not np.array_equal(channel.pixels, channels[red].pixels, equal_nan=True):
            raise SpnetError(f"{path}: is a colour picture without a depth channel; store depth as channel Z")


def _last_name(channel: str) -> str:
    return channel.rpartition(".")[2].lower()
