"""VOID, indoor and outdoor sequences with the sparse points of visual-inertial odometry.

Layout of one density, as in void_release/void_1500: data/<sequence>/{image,sparse_depth,validity_map,ground_truth}/
<time>.png, depth in 1/256 m; data/<sequence>/K.txt; and test_image.txt with the paths of the test images.
Source: A. Wong et al., Unsupervised Depth Completion from Visual Inertial Odometry, RA-L 2020, and its readme
(https://github.com/alexklwong/void-dataset).
"""

from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.evaluate.datasets.listing import inside, require_file
from spnet.evaluate.datasets.samples import Dataset, Sample, View, make_dataset, make_view
from spnet.files.depth import read_depth
from spnet.files.images import read_image
from spnet.files.lines import read_text
from spnet.files.stored import read_stored

MARKERS = ("test_image.txt",)
NEAREST, FARTHEST = 0.2, 5.0  # metres: the range that the benchmark counts

_PARTS = ("image", "ground_truth", "sparse_depth", "validity_map")


def read(folder: Path) -> Dataset:
    """Read the test frames of one density; the odometry's points are the input "sparse_depth".

    Raises:
        SpnetError: no list, or a frame of it without its files.
    """
    image_list = folder / "test_image.txt"
    samples = [_sample(line, folder, image_list) for line in read_text(image_list).splitlines() if line.strip()]
    notes = [f"truth from {NEAREST} to {FARTHEST} m is counted, and it is a RealSense's depth, with its errors"]
    return make_dataset(f"VOID, {folder.absolute().name}", folder, samples, inputs=["sparse_depth"], notes=notes)


def _sample(line: str, folder: Path, image_list: Path) -> Sample:
    """The frame of a line void_1500/data/<sequence>/image/<time>.png, of which the density is this folder."""
    parts = PurePosixPath(line.strip()).parts[-4:]
    if len(parts) != 4 or parts[0] != "data" or parts[2] != "image":
        raise SpnetError(f"{image_list}: lists {line[:80]!r}, expected .../data/<sequence>/image/<time>.png")
    sequence = inside(folder, "/".join(parts), listed_in=image_list).parent.parent
    for path in (*(sequence / part / parts[3] for part in _PARTS), sequence / "K.txt"):
        require_file(path, of=image_list)
    return Sample(f"{parts[1]}/{PurePosixPath(parts[3]).stem}", partial(_load, sequence, parts[3]))


def _load(sequence: Path, name: str) -> View:
    image, truth, sparse, validity = (sequence / part / name for part in _PARTS)
    rgb = read_image(image)
    camera = Camera.from_file(sequence / "K.txt", width=rgb.shape[1], height=rgb.shape[0])
    metres, points, valid = read_depth(truth, "kitti").metres, read_depth(sparse, "kitti").metres, read_stored(validity)
    if valid.values.shape != points.shape:
        raise SpnetError(f"{validity}: is of shape {valid.values.shape}, but the sparse depth of {points.shape}")
    counted = np.where((metres >= NEAREST) & (metres <= FARTHEST), metres, 0)
    points = np.where(valid.values > 0, points, np.float32(0))
    return make_view(str(truth), rgb, counted, camera=camera, inputs={"sparse_depth": points})
