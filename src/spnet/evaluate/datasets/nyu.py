"""NYU Depth V2, its 1449 labelled frames.

Layout: nyu_depth_v2_labeled.mat, MATLAB 7.3, which is HDF5 with the axes reversed: images (N,3,W,H) uint8, depths
and rawDepths (N,W,H) float32 metres; and, if wanted, splits.mat with the official testNdxs, counted from 1.
Source: N. Silberman et al., Indoor Segmentation and Support Inference from RGBD Images, ECCV 2012, and the page
and toolbox of the data set (https://cs.nyu.edu/~silberman/datasets/nyu_depth_v2.html).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from spnet.camera import Camera
from spnet.errors import SpnetError, require
from spnet.evaluate.datasets.matlab import read_matlab
from spnet.evaluate.datasets.samples import MAX_FRAMES, Crop, Dataset, Sample, View, make_dataset, make_view
from spnet.files.limits import check_readable_file, decoding

MARKERS = ("nyu_depth_v2_labeled.mat",)

WIDTH, HEIGHT = 640, 480
CAMERA = Camera(518.85790117450188, 519.46961112127485, 325.58244941119034, 253.73616633400465, WIDTH, HEIGHT)
EIGEN_CROP = Crop(rows=(45, 471), columns=(41, 601))

_MAX_FILE_BYTES = 2**33  # the file has 2.8 GB
_MAX_CHUNK_BYTES = 2**28
_NOTES = (
    "the truth is the Kinect's depth with its holes filled by colour (A. Levin et al., Colorization using "
    "optimization): in the holes it is an estimate",
    "counted is the crop of D. Eigen et al., NIPS 2014, rows 45:471, columns 41:601, inside the white border",
)


def read(folder: Path) -> Dataset:
    """Read the 654 test frames if splits.mat lies beside, else all; ids are the toolbox's numbers, from 0001.

    What the Kinect measured, with its holes, is the input "rawDepths".

    Raises:
        SpnetError: a missing or damaged file, arrays of other shapes, or numbers of frames that are not there.
        MissingExtraError: h5py is not installed.
    """
    path = folder / MARKERS[0]
    with _opened(path) as file:
        count = len(_array(file, "depths", path))
        for key in ("images", "rawDepths"):
            if len(_array(file, key, path)) != count:
                raise SpnetError(f"{path}: holds {count} depths, but another number of {key}")
    splits = folder / "splits.mat"
    numbers = _test_numbers(splits, count) if splits.is_file() else range(1, count + 1)
    samples = [Sample(f"{number:04d}", partial(_load, path, number)) for number in numbers]
    return make_dataset("NYU Depth V2", folder, samples, inputs=["rawDepths"], notes=_NOTES)


def _load(path: Path, number: int) -> View:
    with _opened(path) as file:
        image, truth, raw = (_array(file, key, path)[number - 1].T for key in ("images", "depths", "rawDepths"))
    rgb, name = np.ascontiguousarray(image), f"{path}: frame {number}"
    return make_view(name, rgb, truth, camera=CAMERA, inputs={"rawDepths": raw}, crop=EIGEN_CROP)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    h5py = require("h5py", extra="evaluate", purpose="reading NYU Depth V2")
    check_readable_file(path, max_bytes=_MAX_FILE_BYTES)
    with decoding(str(path), "a MATLAB file of version 7.3 (HDF5)"), h5py.File(path, "r") as file:
        yield file


def _array(file: Any, key: str, path: Path) -> Any:
    """The array of that name, of which nothing is read yet."""
    h5py = require("h5py", extra="evaluate", purpose="reading NYU Depth V2")
    frame, kind = ((3, WIDTH, HEIGHT), "uint8") if key == "images" else ((WIDTH, HEIGHT), "float32")
    found = file[key] if isinstance(file.get(key, getlink=True), h5py.HardLink) else None
    if not isinstance(found, h5py.Dataset) or found.is_virtual or found.external:
        raise SpnetError(f"{path}: holds no array {key!r}; expected nyu_depth_v2_labeled.mat as it is distributed")
    if found.shape[1:] != frame or found.dtype != kind or len(found) > MAX_FRAMES:
        expected = f"{kind} of shape (N, {', '.join(map(str, frame))})"
        raise SpnetError(f"{path}: {key} is {found.dtype} of shape {found.shape}, expected {expected}")
    if found.chunks is not None and np.prod(found.chunks, dtype=np.float64) * found.dtype.itemsize > _MAX_CHUNK_BYTES:
        raise SpnetError(f"{path}: {key} is stored in pieces of {found.chunks}, more than is read at once")
    return found


def _test_numbers(path: Path, count: int) -> list[int]:
    numbers = read_matlab(path).get("testNdxs")
    if not isinstance(numbers, np.ndarray) or numbers.size == 0:
        raise SpnetError(f"{path}: holds no testNdxs; expected the data set's splits.mat, or none")
    if not (numbers.min() >= 1 and numbers.max() <= count):  # which NaN is not, either
        raise SpnetError(f"{path}: names frames {numbers.min()} to {numbers.max()}, but there are {count}")
    return [int(number) for number in numbers.ravel()]
