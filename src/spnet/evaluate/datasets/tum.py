"""TUM RGB-D, sequences of a Kinect.

Layout: rgb.txt and depth.txt, lines of a time in seconds and a file in rgb/ or depth/, with # before comments;
depth in 1/5000 m, registered to the image.
Source: J. Sturm et al., A Benchmark for the Evaluation of RGB-D SLAM Systems, IROS 2012; the pages of the data set on
file formats and on its tool associate.py (https://cvg.cit.tum.de/data/datasets/rgbd-dataset/file_formats).
"""

import re
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.evaluate.datasets.listing import inside, require_file
from spnet.evaluate.datasets.samples import Dataset, Sample, View, make_dataset, make_view
from spnet.files.depth import read_depth
from spnet.files.images import read_image
from spnet.files.lines import finite_numbers, read_text

MARKERS = ("rgb.txt",)
LARGEST_DIFFERENCE = 0.02  # seconds, the default of associate.py

CAMERAS = {
    "1": Camera(517.3, 516.5, 318.6, 255.3, 640, 480),
    "2": Camera(520.9, 521.0, 325.1, 249.7, 640, 480),
    "3": Camera(535.4, 539.2, 320.1, 247.6, 640, 480),
}

_CAMERA_NUMBER = re.compile(r"freiburg([123])")


def read(folder: Path) -> Dataset:
    """Read a sequence; its camera is known if the folder has its name, as in rgbd_dataset_freiburg1_desk.

    Raises:
        SpnetError: no lists, a damaged one, one that names a missing file, or no pairs within 20 ms.
    """
    image_times, images = _read_list(folder, "rgb.txt")
    depth_times, depths = _read_list(folder, "depth.txt")
    number = _CAMERA_NUMBER.search(folder.absolute().name)
    camera = CAMERAS[number[1]] if number else None
    pairs = associate(image_times, depth_times)
    samples = [
        Sample(images[i].relative_to(folder).with_suffix("").as_posix(), partial(_load, images[i], depths[j], camera))
        for i, j in pairs
    ]
    notes = [f"{len(images) - len(pairs)} of {len(images)} images have no depth within 20 ms and are no frames"]
    if number and number[1] != "3":
        notes.append("the lens of freiburg1 and freiburg2 has distortion, which the pinhole camera leaves out")
    return make_dataset(f"TUM RGB-D, {folder.absolute().name}", folder, samples, notes=notes)


def associate(first: NDArray[np.float64], second: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Pair times (N,) and (M,) in seconds, the closest first, each at most once and at most 20 ms apart.

    Every time is tried with its neighbours before and after. Returns the indices of the pairs, in order.
    """
    order = np.argsort(second, kind="stable")
    after = np.searchsorted(second[order], first)
    candidates = []
    for i, place in enumerate(after):
        for j in order[max(place - 1, 0) : place + 1]:
            difference = abs(float(first[i] - second[j]))
            if difference < LARGEST_DIFFERENCE:
                candidates.append((difference, i, int(j)))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(candidates):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return sorted(pairs.items())


def _read_list(folder: Path, name: str) -> tuple[NDArray[np.float64], list[Path]]:
    """The times, and the files of these times."""
    path = folder / name
    times, files = [], []
    for line in read_text(path).splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != 2:
            raise SpnetError(f"{path}: {line[:80]!r}, expected a time and a file")
        times += finite_numbers(words[:1], str(path))
        files.append(require_file(inside(folder, words[1], listed_in=path), of=path))
    return np.array(times, dtype=np.float64), files


def _load(image: Path, depth: Path, camera: Camera | None) -> View:
    return make_view(str(depth), read_image(image), read_depth(depth, "tum").metres, camera=camera)
