"""ScanNet, and what is exported like it: depth of another size than the images.

Layout, as SensReader exports a scan: color/<n>.jpg (1296x968), depth/<n>.png (640x480, millimetres) and
intrinsic/intrinsic_depth.txt, K in a matrix of 4 rows of 4.
Source: A. Dai et al., ScanNet: Richly-annotated 3D Reconstructions of Indoor Scenes, CVPR 2017, and SensReader of
https://github.com/ScanNet/ScanNet.
"""

from functools import partial
from pathlib import Path

from spnet.calibration.intrinsics import camera_of, pinhole_of
from spnet.errors import SpnetError
from spnet.evaluate.datasets.listing import by_name, find, find_images, require_partners
from spnet.evaluate.datasets.samples import Dataset, Sample, View, make_dataset, make_view
from spnet.files.depth import read_depth
from spnet.files.images import read_image
from spnet.files.lines import finite_numbers, read_text

MARKERS = ("intrinsic/intrinsic_depth.txt", "*/intrinsic/intrinsic_depth.txt")


def read(folder: Path) -> Dataset:
    """Read a scan, or the folder of several. The images are brought to the depth's size, as its camera is.

    Raises:
        SpnetError: no scan, an image or a depth map without its partner, or no K.
    """
    scans = [depth.parent for pattern in ("depth", "*/depth") for depth in find(folder, pattern)]
    samples = [sample for scan in scans for sample in _read_scan(scan, folder)]
    notes = ["the truth is a structured-light sensor's depth, with its holes and errors"]
    return make_dataset("ScanNet", folder, samples, notes=notes)


def _read_scan(scan: Path, folder: Path) -> list[Sample]:
    images, depths = by_name(find_images(scan / "color")), by_name(find(scan / "depth", "*.png"))
    names = require_partners((scan / "color", images), (scan / "depth", depths))
    pinhole = _read_intrinsics(scan / "intrinsic" / "intrinsic_depth.txt")
    prefix = scan.relative_to(folder)
    return [Sample((prefix / name).as_posix(), partial(_load, images[name], depths[name], pinhole)) for name in names]


def _read_intrinsics(path: Path) -> list[float]:
    """fx, fy, cx, cy."""
    numbers = finite_numbers(read_text(path).split(), str(path))
    if len(numbers) != 16:
        raise SpnetError(f"{path}: holds {len(numbers)} numbers, expected the 16 of a matrix of 4 rows")
    return pinhole_of([*numbers[0:3], *numbers[4:7], *numbers[8:11]], str(path))


def _load(image: Path, depth: Path, pinhole: list[float]) -> View:
    truth = read_depth(depth, "mm").metres
    height, width = truth.shape
    return make_view(str(depth), read_image(image), truth, camera=camera_of(pinhole, (width, height)))
