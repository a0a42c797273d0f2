"""``spnet project``: a point cloud into the view of an image."""

import argparse
from pathlib import Path
from typing import Any

from spnet.batch import DEPTH_SUFFIXES
from spnet.cli.console import result
from spnet.cli.outputs import UNIT_HELP, check_outputs
from spnet.errors import SpnetError


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The command's arguments."""
    command: argparse.ArgumentParser = commands.add_parser(
        "project",
        help="sparse depth from a point cloud and a calibration",
        description="Project LiDAR, SLAM or COLMAP points into an image. Points that only show through nearer "
        "surfaces, because the sensor sees from another place than the camera, are left out.",
    )
    command.add_argument("cloud", type=Path, help=".ply, .pcd, .bin (KITTI), .npy (N,3), or COLMAP's points3D")
    command.add_argument(
        "--camera",
        type=Path,
        required=True,
        help="K.txt, JSON, ROS CameraInfo YAML, COLMAP folder, or KITTI calib",
    )
    command.add_argument("--image", type=Path, required=True, help="the image whose view is wanted")
    command.add_argument(
        "--extrinsics",
        type=Path,
        metavar="FILE",
        help="text of 4x4 or 3x4 numbers, cloud to camera, if the calibration has none",
    )
    command.add_argument("-o", "--output", type=Path, required=True, help="depth file to write")
    command.add_argument("--unit", help=f"{UNIT_HELP} (default: mm)")
    command.add_argument("--keep-hidden", action="store_true", help="keep points that show through nearer surfaces")
    command.add_argument("--force", action="store_true", help="replace a file that exists")
    command.set_defaults(run=run)
    return [command]


def run(options: argparse.Namespace) -> int:
    """A point cloud into the view of an image: sparse depth."""
    from spnet import points
    from spnet.calibration import read_calibration, read_transform
    from spnet.clouds import read_cloud
    from spnet.files.depth import write_depth
    from spnet.files.images import read_image

    inputs = [options.cloud, options.image, options.camera, options.extrinsics]
    check_outputs([(options.output, DEPTH_SUFFIXES)], inputs=inputs, overwrite=options.force)
    image = read_image(options.image)
    size = (image.shape[1], image.shape[0])
    calibration = read_calibration(options.camera, size=size, image_name=options.image.name)
    transform = read_transform(options.extrinsics) if options.extrinsics else calibration.camera_from_cloud
    cloud = read_cloud(options.cloud)
    depth = points.project(cloud, calibration.camera, transform, remove_hidden=not options.keep_hidden)
    measured = int((depth > 0).sum())
    if measured == 0:
        raise SpnetError(
            f"{options.cloud}: none of its {len(cloud):,} points falls into the image; check the calibration, "
            "or pass --extrinsics (4x4, cloud to camera: x right, y down, z forward)"
        )
    write_depth(options.output, depth, options.unit, overwrite=options.force)
    facts = {"output": str(options.output), "cloud_points": len(cloud), "measured_pixels": measured}
    percent = 100 * measured / depth.size
    line = f"{options.output}: {measured:,} measured pixels ({percent:.2g} %) from {len(cloud):,} points"
    result(facts, [line], options)
    return 0
