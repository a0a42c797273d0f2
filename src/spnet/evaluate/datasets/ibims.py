"""iBims-1, 100 indoor scenes with the depth of a laser scanner.

Layout: ibims1_core_mat: imagelist.txt, and a <name>.mat for each of its lines with a struct "data" of rgb (H,W,3)
uint8, depth (H,W) metres, mask_invalid and mask_transp (H,W), 0 where the depth is not to be used, calib (3,3).
Source: T. Koch et al., Evaluation of CNN-based Single-Image Depth Estimation Methods, ECCV Workshops 2018, and its
evaluation script evaluate_ibims.py.
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.calibration.intrinsics import camera_of, pinhole_of
from spnet.errors import SpnetError
from spnet.evaluate.datasets.listing import inside, require_file
from spnet.evaluate.datasets.matlab import Struct, read_matlab
from spnet.evaluate.datasets.samples import Dataset, Sample, View, make_dataset, make_view
from spnet.files.limits import check_pixel_count
from spnet.files.lines import read_text

MARKERS = ("imagelist.txt",)

_MAPS = ("depth", "mask_invalid", "mask_transp")


def read(folder: Path) -> Dataset:
    """Read the frames that imagelist.txt names.

    Raises:
        SpnetError: no list, or a frame of it that is missing.
    """
    image_list = folder / "imagelist.txt"
    samples = []
    for line in read_text(image_list).splitlines():
        if name := line.strip():
            path = require_file(inside(folder, f"{name}.mat", listed_in=image_list), of=image_list)
            samples.append(Sample(name, partial(_load, path)))
    return make_dataset("iBims-1", folder, samples, notes=["transparent and invalid pixels are not counted"])


def _load(path: Path) -> View:
    data = read_matlab(path).get("data")
    if not isinstance(data, dict):
        raise SpnetError(f"{path}: holds no struct 'data'; expected a file of ibims1_core_mat")
    rgb, calibration = _field(data, "rgb", 3, path), _field(data, "calib", 2, path)
    depth, valid, opaque = (_field(data, key, 2, path) for key in _MAPS)
    if rgb.dtype != np.uint8 or rgb.shape[2] != 3 or not depth.shape == valid.shape == opaque.shape:
        raise SpnetError(f"{path}: rgb is {rgb.dtype} of {rgb.shape}, and the depth and its masks differ in size")
    height, width = depth.shape
    check_pixel_count(width, height, str(path))
    camera = camera_of(pinhole_of(calibration.ravel().tolist(), f"{path}: calib"), (width, height))
    truth = np.where((valid != 0) & (opaque != 0), depth, 0)
    return make_view(str(path), np.ascontiguousarray(rgb), truth, camera=camera)


def _field(data: Struct, key: str, dimensions: int, path: Path) -> NDArray[Any]:
    if key not in data or data[key].ndim != dimensions:
        found = f"of shape {data[key].shape}" if key in data else "missing"
        raise SpnetError(f"{path}: its field {key} is {found}, expected an array of {dimensions} dimensions")
    return data[key]
