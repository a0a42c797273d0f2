"""Make this example from the Middlebury 2014 scene "Motorcycle" (CC0 according to scikit-image's data notes).

    pip download --no-deps --python-version 3.7 --only-binary=:all: scikit-image==0.16.2
    unzip -j scikit_image-0.16.2-*.whl 'skimage/data/motorcycle_*' -d scene
    python examples/motorcycle/make.py scene

The photo and the dense truth are the scene's. The LiDAR is ours: a virtual sensor of 32 lines, 10 cm above and
6 cm beside the camera, scans the true surfaces with 5 mm of noise; its points are projected into the photo.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spnet.camera import Camera
from spnet.files.depth import write_depth
from spnet.points import project, unproject

HERE = Path(__file__).parent
CAMERA = Camera(fx=994.978, fy=994.978, cx=311.193, cy=254.877, width=741, height=500)
BASELINE, OFFSET = 0.193001, 31.086  # metres between the stereo cameras; difference of their principal points
SENSOR_IN_CAMERA = np.array([0.06, -0.10, 0.0])  # metres: right, down, forward
LINES, DEGREES_PER_POINT, NOISE = 32, 0.2, 0.005


def true_depth(disparity: NDArray[np.floating]) -> NDArray[np.float32]:
    """Metres from the scene's disparity, (H,W); 0 where it has none."""
    valid = np.isfinite(disparity) & (disparity > 0)
    depth = np.zeros(disparity.shape, dtype=np.float32)
    depth[valid] = CAMERA.fx * BASELINE / (disparity[valid] + OFFSET)
    return depth


def scan(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the virtual sensor sees of the surfaces' points (N,3): for each beam the nearest, in its own frame."""
    seen = points.astype(np.float64) - SENSOR_IN_CAMERA
    distance = np.linalg.norm(seen, axis=1)
    elevation = np.degrees(np.arcsin(seen[:, 1] / distance))
    azimuth = np.degrees(np.arctan2(seen[:, 0], seen[:, 2]))
    line_spacing = (elevation.max() - elevation.min()) / LINES
    line = np.floor((elevation - elevation.min()) / line_spacing)
    on_beam = np.abs((elevation - elevation.min()) / line_spacing - line - 0.5) < 0.05  # of the line's height
    beam = line * 10_000 + np.round(azimuth / DEGREES_PER_POINT)
    order = np.lexsort((distance, beam))
    order = order[on_beam[order]]
    first = np.unique(beam[order], return_index=True)[1]
    chosen = order[first]
    noise = np.random.default_rng(0).normal(0, NOISE, size=len(chosen))
    return (seen[chosen] * (1 + noise / distance[chosen])[:, None]).astype(np.float32)


def main(scene: Path) -> None:
    """Write the example's files beside this one."""
    Image.open(scene / "motorcycle_left.png").convert("RGB").save(HERE / "rgb.jpg", quality=90)
    with np.load(scene / "motorcycle_disp.npz") as archive:
        truth = true_depth(archive["arr_0"])
    write_depth(HERE / "truth.png", truth, "mm", overwrite=True)
    surfaces, _, _ = unproject(truth, CAMERA)
    cloud = scan(surfaces)
    camera_from_sensor = np.eye(4)
    camera_from_sensor[:3, 3] = SENSOR_IN_CAMERA
    write_depth(HERE / "lidar.png", project(cloud, CAMERA, camera_from_sensor), "mm", overwrite=True)
    np.save(HERE / "cloud.npy", cloud)
    np.savetxt(HERE / "camera_from_cloud.txt", camera_from_sensor, fmt="%g")
    (HERE / "camera.json").write_text(json.dumps(asdict(CAMERA), indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
