"""MPI Sintel, an animated film with its depth.

Layout, as the archives of images and of depth unpack into one folder: training/final/<scene>/<frame>.png,
training/depth/<scene>/<frame>.dpt and training/camdata_left/<scene>/<frame>.cam. Both binary formats begin with the
float 202021.25; depth goes on with width and height (int32) and float32 by rows, a camera with K (3,3) and the
pose (3,4) in float64; all little-endian.
Source: D. Butler et al., A Naturalistic Open Source Movie for Optical Flow Evaluation, ECCV 2012, and sintel_io.py
of the depth development kit (http://sintel.is.tue.mpg.de/depth).
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.calibration.intrinsics import camera_of, pinhole_of
from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.evaluate.datasets.listing import by_name, find, find_images, require_partners
from spnet.evaluate.datasets.samples import Dataset, Sample, View, make_dataset, make_view
from spnet.files.images import read_image
from spnet.files.limits import check_pixel_count, check_readable_file
from spnet.files.lines import finite_numbers
from spnet.files.records import bytes_left, unpack

MARKERS = ("training/depth/*/*.dpt", "depth/*/*.dpt")
FARTHEST = 70.0  # metres: what is painted as sky and background lies at any distance

_TAG = 202021.25


def read(folder: Path) -> Dataset:
    """Read the final pass of the training scenes; the truth ends at 70 m, as in J. Zhang et al., MonST3R, ICLR 2025.

    Raises:
        SpnetError: no frames, or a file without its partners.
    """
    training = folder / "training" if (folder / "training").is_dir() else folder
    folders = [training / part for part in ("final", "depth", "camdata_left")]
    images, depths, cameras = find_images(folders[0], "*/*"), find(folders[1], "*/*.dpt"), find(folders[2], "*/*.cam")
    groups = [
        (part, by_name(paths, _frame_name)) for part, paths in zip(folders, (images, depths, cameras), strict=True)
    ]
    samples = [
        Sample(name, partial(_load, *(files[name] for _, files in groups))) for name in require_partners(*groups)
    ]
    return make_dataset(
        "MPI Sintel, final pass", folder, samples, notes=[f"truth beyond {FARTHEST:g} m is not counted"]
    )


def _frame_name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def _load(image: Path, depth: Path, camera: Path) -> View:
    truth = _read_depth(depth)
    truth = np.where(truth <= FARTHEST, truth, 0)
    height, width = truth.shape
    return make_view(str(depth), read_image(image), truth, camera=_read_camera(camera, width, height))


def _read_depth(path: Path) -> NDArray[Any]:
    with check_readable_file(path).open("rb") as file:
        tag, width, height = unpack(file, "<fii", str(path))
        _check_tag(tag, path)
        check_pixel_count(width, height, str(path))
        if bytes_left(file) != 4 * width * height:
            raise SpnetError(f"{path}: {bytes_left(file):,} bytes follow its head, expected {width}x{height} floats")
        return np.fromfile(file, dtype="<f4").reshape(height, width)


def _read_camera(path: Path, width: int, height: int) -> Camera:
    with check_readable_file(path).open("rb") as file:
        tag, *numbers = unpack(file, "<f9d", str(path))
    _check_tag(tag, path)
    return camera_of(pinhole_of(finite_numbers(map(str, numbers), str(path)), str(path)), (width, height))


def _check_tag(tag: float, path: Path) -> None:
    if tag != _TAG:
        raise SpnetError(f"{path}: begins with {tag:g}, expected {_TAG}: it is no file of MPI Sintel's depth")
