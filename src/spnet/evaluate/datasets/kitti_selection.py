"""KITTI depth completion, the validation set val_selection_cropped.

Layout: image/, groundtruth_depth/, velodyne_raw/ with 1216x352 PNG named <drive>_sync_<kind>_<frame>_image_0<n>.png,
depth in 1/256 m, and intrinsics/<name of the image>.txt with the 9 numbers of K.
Source: J. Uhrig et al., Sparsity Invariant CNNs, 3DV 2017, and the readme of its development kit
(https://www.cvlibs.net/datasets/kitti/eval_depth.php?benchmark=depth_completion).
"""

import re
from functools import partial
from pathlib import Path

from spnet.camera import Camera
from spnet.evaluate.datasets.listing import by_name, find, require_partners
from spnet.evaluate.datasets.samples import Dataset, Sample, View, make_dataset, make_view
from spnet.files.depth import read_depth
from spnet.files.images import read_image

MARKERS = ("groundtruth_depth/*_image_0?.png",)
NOTES = ("the truth joins 11 sweeps of the LiDAR; it has gaps, and ends below the top of the image",)

_KIND = re.compile(r"_(image|groundtruth_depth|velodyne_raw)(?=_\d{10}_image_0\d$)")


def read(folder: Path) -> Dataset:
    """Read the folder val_selection_cropped; the LiDAR's own sweep is the input "velodyne_raw".

    Raises:
        SpnetError: no frames, or a file without its partners.
    """
    folders = [folder / part for part in ("image", "groundtruth_depth", "velodyne_raw", "intrinsics")]
    patterns = ("*.png", "*.png", "*.png", "*.txt")
    groups = [
        (part, by_name(find(part, pattern), _frame_name)) for part, pattern in zip(folders, patterns, strict=True)
    ]
    samples = [
        Sample(name, partial(_load, *(files[name] for _, files in groups))) for name in require_partners(*groups)
    ]
    name = "KITTI depth completion, val_selection_cropped"
    return make_dataset(name, folder, samples, inputs=["velodyne_raw"], notes=NOTES)


def _frame_name(path: Path) -> str:
    """The name without what kind of file it is, which all files of a frame share."""
    return _KIND.sub("", path.stem)


def _load(image: Path, truth: Path, velodyne: Path, intrinsics: Path) -> View:
    rgb = read_image(image)
    camera = Camera.from_file(intrinsics, width=rgb.shape[1], height=rgb.shape[0])
    inputs = {"velodyne_raw": read_depth(velodyne, "kitti").metres}
    return make_view(str(truth), rgb, read_depth(truth, "kitti").metres, camera=camera, inputs=inputs)
