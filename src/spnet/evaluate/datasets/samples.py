"""What a reader of a data set hands over: frames with names, each read from its files when it is asked for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.files.limits import check_pixel_count

MAX_FRAMES = 2**20

_ASPECT_TOLERANCE = 0.01  # ScanNet's 1296x968 images and 640x480 depth differ by 0.4 %


@dataclass(frozen=True)
class Crop:
    """The part of the truth that a data set's protocol counts: first index and end of its rows and columns."""

    rows: tuple[int, int]
    columns: tuple[int, int]


@dataclass(frozen=True, eq=False)
class View:
    """One frame, all of it at the size of its truth.

    What a model is given is `spnet.Frame(view.rgb, sparse, camera=view.camera)`, where `sparse` (H,W) is drawn
    from `truth` or is one of `inputs`.
    """

    rgb: NDArray[np.uint8]
    """(H,W,3). Where the image had another size it was brought to the truth's, averaged over areas: the truth is
    never resampled."""
    truth: NDArray[np.float32]
    """(H,W) metres; 0 where the truth is not known."""
    camera: Camera | None
    """The pinhole camera of this size; None where the data set tells none, or a lens with distortion."""
    inputs: Mapping[str, NDArray[np.float32]]
    """Sparse depth that the data set itself brings, (H,W) metres, 0 for none, by the data set's own name for it."""
    crop: Crop | None
    """What to count of the truth; None for all of it."""


@dataclass(frozen=True)
class Sample:
    """A frame that can be read.

    id: its path in the data set without extension, with / on every machine; unique.
    load: reads it; picklable. Raises SpnetError, naming the file, for one that is missing, damaged or does not
        fit the others.
    sparse_truth: the truth is a single sweep of a LiDAR, so what is given to a model must be kept out of it.
    notes: what a reader of the results should know about this frame.
    """

    id: str
    load: Callable[[], View]
    sparse_truth: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dataset:
    """A data set: its frames, in the order of their ids.

    inputs: names of the sparse depth that every view of it brings.
    notes: what a reader of the results should know about all of it.
    """

    name: str
    samples: tuple[Sample, ...]
    inputs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def make_dataset(
    name: str, folder: Path, samples: Iterable[Sample], *, inputs: Iterable[str] = (), notes: Iterable[str] = ()
) -> Dataset:
    """Put the samples of `folder` in order.

    Raises:
        SpnetError: there is none, or two have the same id.
    """
    ordered = sorted(samples, key=lambda sample: sample.id)
    if not ordered:
        raise SpnetError(f"{folder}: holds no frame of {name}")
    for before, after in pairwise(ordered):
        if before.id == after.id:
            raise SpnetError(f"{folder}: two frames are called {after.id}; keep one of them")
    return Dataset(name, tuple(ordered), tuple(inputs), tuple(notes))


def make_view(
    name: str,
    rgb: NDArray[np.uint8],
    truth: NDArray[Any],
    *,
    camera: Camera | None = None,
    inputs: Mapping[str, NDArray[Any]] | None = None,
    crop: Crop | None = None,
) -> View:
    """Make a view of what was read, and bring the image and its camera to the truth's size.

    Args:
        name: of the truth's file, for errors.
        rgb: (h,w,3).
        truth: (H,W) metres; what is not finite and positive is no truth.
        camera: of the image or of the truth, as its size tells.
        inputs: (H,W) metres each.
        crop: see `View`.

    Raises:
        SpnetError: no truth at all, an input or a crop that does not fit it, or an image of another aspect.
    """
    height, width = truth.shape
    check_pixel_count(width, height, name)
    metres = measured(truth)
    if not metres.any():
        raise SpnetError(f"{name}: holds no depth at all, so there is nothing to compare with")
    color = _resized(rgb, width, height, name)
    given = {key: measured(values) for key, values in (inputs or {}).items()}
    for key, values in given.items():
        if values.shape != truth.shape:
            found = f"{key} is {values.shape[1]}x{values.shape[0]}"
            raise SpnetError(f"{name}: {found}, but the truth is {width}x{height}; they must be the same pixels")
    if crop is not None:
        _check_crop(crop, width, height, name)
    if camera is not None and (camera.width, camera.height) != (width, height):
        camera = camera.resize(width, height)
    return View(color, metres, camera, given, crop)


def measured(depth: NDArray[Any]) -> NDArray[np.float32]:
    """`depth` as float32 in C order, with 0 for what is not finite and positive."""
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows float32 is not a distance
        metres = np.array(depth, dtype=np.float32, order="C")
    metres[~(np.isfinite(metres) & (metres > 0))] = 0
    return metres


def _check_crop(crop: Crop, width: int, height: int, name: str) -> None:
    for (first, end), size, kind in ((crop.rows, height, "rows"), (crop.columns, width, "columns")):
        if not 0 <= first < end <= size:
            raise SpnetError(f"{name}: the crop of {kind} {first}:{end} is no part of {width}x{height} pixels")


def _resized(rgb: NDArray[np.uint8], width: int, height: int, name: str) -> NDArray[np.uint8]:
    """The image at another size, every pixel the mean of those it covers."""
    h, w = rgb.shape[:2]
    if (w, h) == (width, height):
        return rgb
    if abs(w * height - h * width) > _ASPECT_TOLERANCE * w * height:
        raise SpnetError(f"{name}: is {width}x{height}, but its image is {w}x{h}: they do not show the same view")
    down, across = _coverage(h, height), _coverage(w, width)
    rows = (down @ rgb.reshape(h, -1)).reshape(height, w, 3)
    pixels = across @ rows.transpose(1, 0, 2).reshape(w, -1)
    return np.rint(pixels).astype(np.uint8).reshape(width, height, 3).transpose(1, 0, 2).copy()


def _coverage(source: int, target: int) -> csr_array:
    """Which share of each of `target` equal pixels every one of `source` pixels covers: (target, source)."""
    borders = np.union1d(np.arange(source + 1), np.linspace(0, source, target + 1))
    middles, widths = (borders[1:] + borders[:-1]) / 2, np.diff(borders)
    pixels = (middles * target / source).astype(np.intp), middles.astype(np.intp)
    return csr_array((widths * target / source, pixels), shape=(target, source))
