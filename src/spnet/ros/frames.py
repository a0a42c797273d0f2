"""Messages to frames that can be completed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet import points
from spnet.errors import SpnetError
from spnet.frame import Frame
from spnet.ros.clouds import read_points
from spnet.ros.images import read_metres, read_rgb
from spnet.ros.lenses import distort, read_lens


def stamp_of(header: Any) -> int:
    """Nanoseconds; 0 from drivers that give their messages no time."""
    return int(header.stamp.sec) * 10**9 + int(header.stamp.nanosec)


def frame_with_depth(image: Any, depth: Any) -> Frame:
    """A frame of an Image or CompressedImage, and a depth image of the same view.

    Raises:
        SpnetError: as `read_rgb`, `read_metres` and `Frame`.
    """
    return Frame(read_rgb(image), read_metres(depth))


def frame_with_cloud(
    image: Any, cloud: Any, info: Any, camera_from_cloud: NDArray[np.float64], *, rectified: bool = False
) -> Frame:
    """A frame of an image, and a PointCloud2 projected into it.

    Args:
        image: an Image or CompressedImage.
        cloud: a PointCloud2.
        info: the image's CameraInfo.
        camera_from_cloud: (4,4), into the optical axes of REP 103: x right, y down, z forward.
        rectified: as for `spnet.ros.read_lens`.

    Returns:
        The frame, with its camera where the image is undistorted.

    Raises:
        SpnetError: as `read_rgb`, `read_points` and `read_lens`, or no point falls into the image.
    """
    rgb = read_rgb(image)
    lens = read_lens(info, (rgb.shape[1], rgb.shape[0]), rectified=rectified)
    xyz = read_points(cloud)
    with np.errstate(over="ignore", invalid="ignore"):
        seen = xyz @ camera_from_cloud[:3, :3].T + camera_from_cloud[:3, 3]
    seen[:, :2] += lens.shift
    if lens.distortion:
        seen = distort(seen, lens.distortion)
    depth = points.project(seen, lens.camera)
    if not depth.any():
        raise SpnetError(
            f"none of the cloud's {len(xyz):,} points falls into the image; is {image.header.frame_id!r} an optical "
            "frame (z forward, REP 103), and are the transforms right?"
        )
    return Frame(rgb, depth, camera=None if lens.distortion else lens.camera)
