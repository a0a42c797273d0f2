"""Depth as pictures for people. Nothing here is depth again: colours are not metres."""

import io
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from spnet.errors import SpnetError
from spnet.files.atomic import written_whole
from spnet.frame import Frame

PANEL_PIXELS = 640
"""The longer side of a panel, twice that for wide images; larger images are shown smaller."""

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")

_BACKGROUND, _INK = (16, 18, 22), (222, 226, 232)
_COLORS = (  # from far to near
    (18, 22, 48),
    (38, 52, 110),
    (74, 74, 158),
    (136, 78, 162),
    (200, 84, 132),
    (240, 120, 92),
    (250, 178, 88),
    (255, 240, 170),
)
# Pixels: between panels, for a caption, for the bar and for its labels.
_GAP, _CAPTION, _BAR, _TICKS = 12, 34, 18, 70
_WIDE = 2.0  # times as wide as high
_NOT_MEASURED_DIM = 0.22  # brightness of the photo behind measured points


def preview(frame: Frame, metres: NDArray[np.float32], *, limits: tuple[float, float] | None = None) -> Image.Image:
    """The image, what was measured (points enlarged to be seen), the dense depth, and a bar in metres.

    The panels stand side by side, those of a wide image below each other.

    Args:
        frame: what was completed.
        metres: (H,W), finite and positive.
        limits: nearest and farthest depth of the colours, to be the same for all frames of a sequence; without them
            they are those of this frame.
    """
    near, far = limits or display_range(metres)
    width, height = size = _panel_size(frame.width, frame.height)
    points = f"measured: {np.count_nonzero(frame.mask):,} points ({100 * frame.mask.mean():.2g} %)"
    panels = {
        "image": Image.fromarray(frame.rgb).resize(size, Image.Resampling.BOX),
        points: draw_measured(frame.rgb, frame.depth, size, near, far),
        "completed": Image.fromarray(colorize(metres, near, far)).resize(size, Image.Resampling.BOX),
    }
    across, down = (0, height + _CAPTION) if width > _WIDE * height else (width + _GAP, 0)
    places = [(_GAP + index * across, _GAP + index * down) for index in range(len(panels))]
    right, bottom = places[-1][0] + width, places[-1][1] + height
    sheet = Image.new("RGB", (right + _GAP + _BAR + _TICKS, bottom + _CAPTION), _BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    for (left, top), (caption, panel) in zip(places, panels.items(), strict=True):
        sheet.paste(panel, (left, top))
        draw.text((left, top + height + 8), caption, fill=_INK, font=_font())
    _draw_bar(sheet, draw, left=right + _GAP, top=bottom - height, height=height, near=near, far=far)
    return sheet


def save_picture(picture: Image.Image, path: Path, *, overwrite: bool = False) -> None:
    """Write a picture as .png, .jpg or .webp; SpnetError for another extension or where it cannot be written."""
    if path.suffix.lower() not in PICTURE_SUFFIXES:
        raise SpnetError(f"{path}: expected a picture's extension, {', '.join(PICTURE_SUFFIXES)}")
    encoded = io.BytesIO()  # not the file itself: Pillow does not always notice a full disk
    picture.save(encoded, format=Image.registered_extensions()[path.suffix.lower()], quality=90)
    with written_whole(path, overwrite=overwrite) as temporary:
        temporary.write_bytes(encoded.getvalue())


def display_range(metres: NDArray[np.float32]) -> tuple[float, float]:
    """The depths that take the ends of the colour scale: nearly all pixels lie between them."""
    near, far = np.percentile(metres, (0.5, 99.5))
    return float(near), float(max(far, near * 1.01))


def colorize(metres: NDArray[np.float32], near: float, far: float) -> NDArray[np.uint8]:
    """(...) metres to (...,3) RGB on a logarithmic scale: near is bright and warm, far is dark and blue."""
    with np.errstate(divide="ignore"):
        position = (math.log(far) - np.log(metres)) / (math.log(far) - math.log(near))
    index = np.rint(255 * np.clip(np.nan_to_num(position), 0, 1)).astype(np.uint8)
    return _color_table()[index]


def _color_table() -> NDArray[np.uint8]:
    """256 colours (256,3) between the anchors; their brightness rises from far to near, so it also reads in grey."""
    positions = np.linspace(0, 1, len(_COLORS))
    channels = np.array(_COLORS, dtype=np.float64).T
    table = np.stack([np.interp(np.linspace(0, 1, 256), positions, channel) for channel in channels], axis=1)
    return np.rint(table).astype(np.uint8)


def _panel_size(width: int, height: int) -> tuple[int, int]:
    longest = PANEL_PIXELS * (2 if width > _WIDE * height else 1)
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def draw_measured(
    rgb: NDArray[np.uint8], metres: NDArray[np.float32], size: tuple[int, int], near: float, far: float
) -> Image.Image:
    """The pixels with depth (H,W), above 0, on the dimmed photo (H,W,3), coloured as `colorize` does.

    The picture has `size`, (width, height).
    """
    photo = Image.fromarray(rgb).resize(size, Image.Resampling.BOX).convert("L").convert("RGB")
    rows, columns = np.nonzero(metres > 0)
    farthest_first = np.argsort(-metres[rows, columns], kind="stable")  # so that near points are drawn over far ones
    rows, columns = rows[farthest_first], columns[farthest_first]
    colors = colorize(metres[rows, columns], near, far)
    return draw_points(photo.point(lambda value: int(value * _NOT_MEASURED_DIM)), metres.shape, rows, columns, colors)


def draw_points(
    background: Image.Image,
    shape: tuple[int, ...],
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    colors: NDArray[np.uint8],
) -> Image.Image:
    """Pixels (N,) of a map of `shape` (H,W), in colours (N,3), as squares that grow as the points get fewer.

    They are drawn on a picture of the same view, of any size, later points over earlier ones.
    """
    canvas = np.array(background)
    height, width = canvas.shape[:2]
    y, x = rows * height // shape[0], columns * width // shape[1]
    side = _point_side(max(len(rows), 1), height * width)
    around = range(-(side // 2), side - side // 2)
    for dy in around:
        for dx in around:
            canvas[np.clip(y + dy, 0, height - 1), np.clip(x + dx, 0, width - 1)] = colors
    return Image.fromarray(canvas)


def _point_side(points: int, pixels: int) -> int:
    """Squares of this side cover about a quarter of the panel, within what looks like a point."""
    return int(np.clip(round(math.sqrt(0.25 * pixels / points)), 1, 9))


def _draw_bar(
    sheet: Image.Image,
    draw: ImageDraw.ImageDraw,
    *,
    left: int,
    top: int,
    height: int,
    near: float,
    far: float,
) -> None:
    depths = np.exp(np.linspace(math.log(near), math.log(far), height)).astype(np.float32)
    bar = np.repeat(colorize(depths, near, far)[:, None, :], _BAR, axis=1)
    sheet.paste(Image.fromarray(bar), (left, top))
    for depth in ticks(near, far):
        y = top + (height - 1) * math.log(depth / near) / math.log(far / near)
        draw.line([(left + _BAR, y), (left + _BAR + 4, y)], fill=_INK)
        draw.text((left + _BAR + 8, y), f"{depth:g} m", fill=_INK, font=_font(), anchor="lm")


def ticks(near: float, far: float) -> list[float]:
    """Round numbers between two depths, at most eight, about evenly spread on a logarithmic scale."""
    fine = (1, 1.2, 1.5, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9)
    for steps in (fine, (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1,)):
        powers = range(math.floor(math.log10(near)), math.ceil(math.log10(far)) + 1)
        found = [step * 10.0**power for power in powers for step in steps if near <= step * 10.0**power <= far]
        if len(found) <= 8:
            return found or [near, far]
    return [near, far]


def _font() -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size=14)
