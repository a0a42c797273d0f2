"""Point clouds to sparse depth maps, and depth maps to points."""

import numpy as np
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.occlusion import hidden_points

_POINTS_AT_ONCE = 2**20  # bounds the memory that projecting takes beside the cloud


def project(
    points: NDArray[np.floating],
    camera: Camera,
    camera_from_cloud: NDArray[np.floating] | None = None,
    *,
    remove_hidden: bool = True,
) -> NDArray[np.float32]:
    """Project a point cloud into a camera: a sparse depth map.

    A point falls into the pixel whose centre is nearest; of several in one pixel the nearest point stays.
    Points behind the camera, outside the image, or not finite are left out.

    Args:
        points: (N,3) in metres, in the cloud's frame.
        camera: the camera to project into.
        camera_from_cloud: (4,4), takes the cloud's frame to the camera's; None if they are the same.
        remove_hidden: whether to leave out background points that show through nearer surfaces, as they do
            where the LiDAR sees past an edge that hides them from the camera (see `spnet.occlusion`).

    Returns:
        (H,W) depth along the camera's axis in metres, 0 where no point falls.

    Raises:
        SpnetError: arrays of another shape, or a transform that is none.
    """
    points = np.asarray(points)
    if points.ndim != 2 or points.shape[1] != 3:
        raise SpnetError(f"points: an array of shape {points.shape}, expected (N,3)")
    transform = _checked_transform(camera_from_cloud)
    nearest = np.full(camera.height * camera.width, np.inf, dtype=np.float32)
    for start in range(0, len(points), _POINTS_AT_ONCE):
        chunk = points[start : start + _POINTS_AT_ONCE].astype(np.float64)
        # A hostile cloud may hold numbers that overflow here; they are then outside the image.
        with np.errstate(over="ignore", invalid="ignore"):
            pixels, metres = _visible_pixels(chunk @ transform[:3, :3].T + transform[:3, 3], camera)
        np.minimum.at(nearest, pixels, metres)
    nearest[np.isinf(nearest)] = 0
    depth = nearest.reshape(camera.height, camera.width)
    if remove_hidden:
        depth[hidden_points(depth, camera)] = 0
    return depth


def unproject(
    depth: NDArray[np.floating], camera: Camera
) -> tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.intp]]:
    """The points that a depth map shows, in the camera's axes.

    Args:
        depth: (H,W) metres along the camera's axis; only finite pixels above 0 hold a measurement.
        camera: of the same size.

    Returns:
        points (M,3) float32 in metres, and their rows (M,) and columns (M,) in the depth map, row by row.

    Raises:
        SpnetError: a depth map of another size than the camera's image.
    """
    if depth.shape != (camera.height, camera.width):
        raise SpnetError(
            f"depth: an array of shape {depth.shape}, but its camera is {camera.width}x{camera.height}, "
            f"expected {(camera.height, camera.width)}"
        )
    rows, columns = np.nonzero(np.isfinite(depth) & (depth > 0))
    z = depth[rows, columns].astype(np.float64)
    x = (columns - camera.cx) / camera.fx * z
    y = (rows - camera.cy) / camera.fy * z
    return np.stack([x, y, z], axis=1).astype(np.float32), rows, columns


def _visible_pixels(points: NDArray[np.float64], camera: Camera) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Flat pixel indices and depths of the points (N,3), in the camera's axes, that fall into the image."""
    points = points[np.isfinite(points).all(axis=1) & (points[:, 2] > np.finfo(np.float32).tiny)]
    x, y, z = points.T
    columns = np.rint(camera.fx * x / z + camera.cx)
    rows = np.rint(camera.fy * y / z + camera.cy)
    inside = (columns >= 0) & (columns < camera.width) & (rows >= 0) & (rows < camera.height)
    pixels = rows[inside].astype(np.intp) * camera.width + columns[inside].astype(np.intp)
    return pixels, z[inside].astype(np.float32)


def _checked_transform(camera_from_cloud: NDArray[np.floating] | None) -> NDArray[np.float64]:
    if camera_from_cloud is None:
        return np.eye(4)
    transform = np.asarray(camera_from_cloud, dtype=np.float64)
    if transform.shape != (4, 4) or not np.isfinite(transform).all() or list(transform[3]) != [0, 0, 0, 1]:
        raise SpnetError(
            f"camera_from_cloud: an array of shape {transform.shape}, expected (4,4) finite numbers "
            "with 0 0 0 1 as its last row"
        )
    return transform
