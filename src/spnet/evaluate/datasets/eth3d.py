"""ETH3D, the DSLR images of its high-resolution multi-view scenes.

Layout: <scene>/images/dslr_images/<name>.JPG as the lens distorted them, and <scene>/ground_truth_depth/
dslr_images/<name>.JPG, which is no JPEG but the image's float32 depth in metres by rows, infinite where unknown.
Source: T. Schöps et al., A Multi-View Stereo Benchmark with High-Resolution Images and Multi-Camera Videos, CVPR
2017, and https://www.eth3d.net/documentation.
"""

from functools import partial
from pathlib import Path

import numpy as np

from spnet.errors import SpnetError
from spnet.evaluate.datasets.listing import by_name, find, find_images, require_partners
from spnet.evaluate.datasets.samples import Dataset, Sample, View, make_dataset, make_view
from spnet.files.images import read_image
from spnet.files.limits import check_readable_file

MARKERS = ("ground_truth_depth/dslr_images", "*/ground_truth_depth/dslr_images")


def read(folder: Path) -> Dataset:
    """Read a scene, or the folder of several.

    Raises:
        SpnetError: no scene, or a file without its partner.
    """
    scenes = [truths.parent.parent for pattern in MARKERS for truths in find(folder, pattern)]
    samples = [sample for scene in scenes for sample in _read_scene(scene, folder)]
    notes = ["the images are those of a THIN_PRISM_FISHEYE lens, so they have no pinhole camera"]
    return make_dataset("ETH3D", folder, samples, notes=notes)


def _read_scene(scene: Path, folder: Path) -> list[Sample]:
    image_folder, truth_folder = scene / "images" / "dslr_images", scene / "ground_truth_depth" / "dslr_images"
    images, truths = by_name(find_images(image_folder)), by_name(find(truth_folder, "*"))
    names = require_partners((image_folder, images), (truth_folder, truths))
    prefix = scene.relative_to(folder)
    return [Sample((prefix / name).as_posix(), partial(_load, images[name], truths[name])) for name in names]


def _load(image: Path, truth: Path) -> View:
    rgb = read_image(image)
    height, width = rgb.shape[:2]
    size = check_readable_file(truth).stat().st_size
    if size != width * height * 4:
        raise SpnetError(
            f"{truth}: has {size:,} bytes, expected {width * height * 4:,}: a float for each of {width}x{height}"
        )
    return make_view(str(truth), rgb, np.fromfile(truth, dtype="<f4").reshape(height, width))
