"""KITTI depth completion, whole drives: the annotated depth of train/ and val/ with the images of the raw data.

Layout, as all archives unpack into one folder: <split>/<drive>/proj_depth/{groundtruth,velodyne_raw}/image_0<n>/
<frame>.png, depth in 1/256 m; <day>/<drive>/image_0<n>/data/<frame>.png and <day>/calib_cam_to_cam.txt of the raw
data, here or in raw/.
Source: as `kitti_selection`, and A. Geiger et al., Vision meets Robotics: The KITTI Dataset, IJRR 2013.
"""

from functools import partial
from pathlib import Path

from spnet.camera import Camera
from spnet.evaluate.datasets.kitti_selection import NOTES
from spnet.evaluate.datasets.listing import by_name, find, require_file, require_partners
from spnet.evaluate.datasets.samples import Dataset, Sample, View, make_dataset, make_view
from spnet.files.depth import read_depth
from spnet.files.images import read_image

MARKERS = ("*_sync/proj_depth/groundtruth", "*/*_sync/proj_depth/groundtruth")

_DAY = len("2011_09_26")
_CALIBRATION = "calib_cam_to_cam.txt"


def read(folder: Path) -> Dataset:
    """Read one split, or the folder of both; the LiDAR's own sweep is the input "velodyne_raw".

    The first and last five images of a drive have no truth, and are no frames of the data set.

    Raises:
        SpnetError: no truth, or truth without its image, sweep or calibration.
    """
    drives = [truth.parent.parent for pattern in MARKERS for truth in find(folder, pattern)]
    samples = [sample for drive in drives for sample in _read_drive(drive, folder)]
    return make_dataset("KITTI depth completion, drives", folder, samples, inputs=["velodyne_raw"], notes=NOTES)


def _read_drive(drive: Path, folder: Path) -> list[Sample]:
    day, everything = drive.name[:_DAY], drive.parent.parent
    raw = everything / "raw" if (everything / "raw" / day).is_dir() else everything
    calibration = require_file(raw / day / _CALIBRATION, of=drive)
    (truths, truth_of), (sweeps, sweep_of) = (_depth_maps(drive, kind) for kind in ("groundtruth", "velodyne_raw"))
    samples = []
    for name in require_partners((truths, truth_of), (sweeps, sweep_of)):
        camera, frame = name.split("/")
        image = require_file(raw / day / drive.name / camera / "data" / f"{frame}.png", of=truth_of[name])
        load = partial(_load, image, truth_of[name], sweep_of[name], calibration)
        samples.append(Sample(f"{drive.relative_to(folder).as_posix()}/{name}", load))
    return samples


def _depth_maps(drive: Path, kind: str) -> tuple[Path, dict[str, Path]]:
    """The folder of a kind, and its files by camera and frame."""
    kind_folder = drive / "proj_depth" / kind
    maps = find(kind_folder, "image_0[23]/*.png")
    return kind_folder, by_name(maps, lambda path: f"{path.parent.name}/{path.stem}")


def _load(image: Path, truth: Path, velodyne: Path, calibration: Path) -> View:
    rgb = read_image(image)
    # Of camera 2; rectified to one image plane, camera 3 has the same K.
    camera = Camera.from_file(calibration, width=rgb.shape[1], height=rgb.shape[0])
    inputs = {"velodyne_raw": read_depth(velodyne, "kitti").metres}
    return make_view(str(truth), rgb, read_depth(truth, "kitti").metres, camera=camera, inputs=inputs)
