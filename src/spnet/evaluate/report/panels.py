"""What was seen, measured, predicted and wrong in one frame, as pictures that share two scales."""

import base64
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spnet import show
from spnet.evaluate.frames import Shown

LONGEST_SIDE = 480
"""Of a picture, in pixels; twice that for wide ones. Smaller frames keep their size."""
WIDE = 2.0
"""Times as wide as high: pictures that take more room."""
ERROR_COLORS = (
    (20, 62, 122),
    (52, 124, 190),
    (146, 190, 222),
    (244, 243, 240),
    (240, 178, 122),
    (214, 96, 30),
    (122, 42, 8),
)
"""From much nearer than the truth, over right, to much farther."""
UNKNOWN = (40, 44, 52)
"""Where there is no truth."""

_DENSE = 0.5  # share of the pixels with truth from which it is shown as a map, and not as points
_TYPICAL_LARGE = 90  # percentile of a model's errors
_LEAST_LIMIT = 0.001  # metres
_FADED = 0.3  # contrast of the photo behind errors
_QUALITY = 75

_Depth = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Panels:
    """The pictures of one frame under one condition, encoded as data URIs."""

    size: tuple[int, int]
    """Width and height of each."""
    near: float
    far: float
    """Metres at the ends of the colours of depth."""
    limit: float
    """Metres at both ends of the colours of errors."""
    share: float
    """Of the pixels, measured."""
    image: str
    """What the models were given, which is not always in colour."""
    measured: str
    truth: str
    depths: Mapping[str, str]
    """By model; one that failed is missing."""
    errors: Mapping[str, str]
    expected: Mapping[str, str]
    """How wrong a model expects to be, in the colours of being too far; of models that tell."""

    @property
    def characters(self) -> int:
        """Length of all data URIs."""
        of_models = (*self.depths.values(), *self.errors.values(), *self.expected.values())
        return sum(map(len, (self.image, self.measured, self.truth, *of_models)))


def draw(shown: Shown, scale: float) -> Panels:
    """Draw a frame.

    The colours of depth range over the truth's depths, the colours of errors to what is a large error of the model in
    the middle; what lies beyond has the colour of the end.

    Args:
        shown: what `spnet.evaluate.shown` returned.
        scale: what the measured depth was multiplied by.
    """
    given = shown.input
    height, width = given.truth.shape
    size = picture_size(width, height)
    near, far = show.display_range(given.truth[given.truth > 0])
    measured = given.frame.depth / np.float32(scale)
    wrong = {model: _error(depth, given.truth, given.counted) for model, depth in shown.predictions.items()}
    limit = error_limit(list(wrong.values()))
    return Panels(
        size=size,
        near=near,
        far=far,
        limit=limit,
        share=float(given.frame.mask.mean()),
        image=_encoded(Image.fromarray(given.frame.rgb).resize(size, Image.Resampling.BOX)),
        measured=_encoded(show.draw_measured(given.rgb, measured, size, near, far)),
        truth=_encoded(_truth_picture(given.rgb, given.truth, size, near, far)),
        depths={
            model: _encoded(_fitted(show.colorize(depth, near, far), size))
            for model, depth in shown.predictions.items()
        },
        errors={model: _encoded(_error_picture(given.rgb, error, limit, size)) for model, error in wrong.items()},
        expected={
            model: _encoded(_fitted(colorize_error(error, limit), size))
            for model, error in shown.expected_errors.items()
        },
    )


def picture_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the picture of a frame."""
    longest = LONGEST_SIDE * (2 if width > WIDE * height else 1)
    factor = min(1.0, longest / max(width, height))
    return max(1, round(width * factor)), max(1, round(height * factor))


def error_limit(errors: list[_Depth]) -> float:
    """What the scale of errors ends at: the 90th percentile of |error| of the model in the middle, two digits of it."""
    large = [float(np.percentile(np.abs(error[np.isfinite(error)]), _TYPICAL_LARGE)) for error in errors]
    middle = float(np.median(large)) if large else 0.0
    return max(_LEAST_LIMIT, float(f"{middle:.1e}"))


def colorize_error(error: _Depth, limit: float) -> NDArray[np.uint8]:
    """Errors (...) in metres to (...,3) RGB: blue is too near, orange too far, white right; NaN is UNKNOWN."""
    positions = np.linspace(-limit, limit, len(ERROR_COLORS))
    channels = np.array(ERROR_COLORS, dtype=np.float64).T
    known = np.isfinite(error)
    values = np.where(known, error, 0)
    colors = np.stack([np.interp(values, positions, channel) for channel in channels], axis=-1)
    colors[~known] = UNKNOWN
    return np.rint(colors).astype(np.uint8)


def _error(prediction: _Depth, truth: _Depth, counted: NDArray[np.bool_]) -> _Depth:
    """Prediction less truth (H,W) in metres, NaN where it is not counted."""
    known = counted & (truth > 0)
    error: _Depth = np.where(known, prediction - truth, np.float32(math.nan)).astype(np.float32)
    return error


def _truth_picture(
    rgb: NDArray[np.uint8], truth: _Depth, size: tuple[int, int], near: float, far: float
) -> Image.Image:
    known = truth > 0
    if known.mean() < _DENSE:
        return show.draw_measured(rgb, truth, size, near, far)
    colors = show.colorize(np.where(known, truth, np.float32(far)), near, far)
    colors[~known] = UNKNOWN
    return _fitted(colors, size)


def _error_picture(rgb: NDArray[np.uint8], error: _Depth, limit: float, size: tuple[int, int]) -> Image.Image:
    """A map of errors, or points on the faded photo, where the colour of no error recedes."""
    known = np.isfinite(error)
    if known.mean() >= _DENSE:
        return _fitted(colorize_error(error, limit), size)
    rows, columns = np.nonzero(known)
    largest_last = np.argsort(np.abs(error[rows, columns]), kind="stable")
    rows, columns = rows[largest_last], columns[largest_last]
    photo = Image.fromarray(rgb).resize(size, Image.Resampling.BOX).convert("L").convert("RGB")
    faded = photo.point(lambda value: int(255 - _FADED * (255 - value)))
    return show.draw_points(faded, error.shape, rows, columns, colorize_error(error[rows, columns], limit))


def _fitted(colors: NDArray[np.uint8], size: tuple[int, int]) -> Image.Image:
    return Image.fromarray(colors).resize(size, Image.Resampling.BOX)


def _encoded(picture: Image.Image) -> str:
    """The picture as a data URI."""
    content = io.BytesIO()
    picture.save(content, format="WEBP", quality=_QUALITY)
    return f"data:image/webp;base64,{base64.b64encode(content.getvalue()).decode('ascii')}"
