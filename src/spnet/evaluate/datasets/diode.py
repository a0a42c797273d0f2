"""DIODE, indoors and outdoors with one laser scanner.

Layout: <split>/<indoors|outdoor>/scene_<n>/scan_<n>/<name>.png, <name>_depth.npy (H,W,1) float32 metres and
<name>_depth_mask.npy (H,W), 1 where the depth is valid.
Source: I. Vasiljevic et al., DIODE: A Dense Indoor and Outdoor DEpth Dataset, arXiv 1908.00463, and the readme and
intrinsics.txt of its development kit (https://github.com/diode-dataset/diode-devkit).
"""

from functools import partial
from pathlib import Path

import numpy as np

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.evaluate.datasets.listing import by_name, find, require_partners
from spnet.evaluate.datasets.samples import Dataset, Sample, View, make_dataset, make_view
from spnet.files.arrays import read_npy
from spnet.files.images import read_image
from spnet.files.limits import check_readable_file

MARKERS = tuple(f"{'*/' * level}*_depth_mask.npy" for level in range(5))
CAMERA = Camera(886.81, 927.06, 512, 384, 1024, 768)

_SUFFIXES = (".png", "_depth.npy", "_depth_mask.npy")


def read(folder: Path) -> Dataset:
    """Read a split, or a part of one down to a single scan.

    Raises:
        SpnetError: no frames, or a file without its partners.
    """
    groups = []
    for suffix in _SUFFIXES:
        paths = [path for level in range(5) for path in find(folder, f"{'*/' * level}*{suffix}")]
        groups.append((folder, by_name(paths, partial(_frame_name, folder, suffix))))
    names = require_partners(*groups)
    samples = [Sample(name, partial(_load, *(files[name] for _, files in groups))) for name in names]
    return make_dataset("DIODE", folder, samples)


def _frame_name(folder: Path, suffix: str, path: Path) -> str:
    return path.relative_to(folder).as_posix().removesuffix(suffix)


def _load(image: Path, depth: Path, mask: Path) -> View:
    rgb = read_image(image)
    stored, valid = (read_npy(check_readable_file(path)) for path in (depth, mask))
    if stored.shape != valid.shape:
        raise SpnetError(f"{mask}: is of shape {valid.shape}, but the depth beside it of {stored.shape}")
    camera = CAMERA if rgb.shape[:2] == (CAMERA.height, CAMERA.width) else None
    return make_view(str(depth), rgb, np.where(valid == 1, stored, 0), camera=camera)
