"""sensor_msgs/PointCloud2 to points.

Format: https://docs.ros.org/en/api/sensor_msgs/html/msg/PointCloud2.html
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.clouds.limits import check_point_count
from spnet.errors import SpnetError

_AXES = ("x", "y", "z")
_FLOATS = {7: "f4", 8: "f8"}  # PointField.FLOAT32 and FLOAT64


def read_points(message: Any) -> NDArray[np.float64]:
    """The x, y, z of a PointCloud2 of any layout: (N,3) metres, NaN included, in the cloud's frame.

    Raises:
        SpnetError: no x, y, z of float32 or float64, fewer bytes than the size needs, or too many points.
    """
    height, width, step, row = message.height, message.width, message.point_step, message.row_step
    check_point_count(height * width, "cloud message")
    record = _record(message)
    needed = row * (height - 1) + step * width if height and width else 0
    if len(message.data) < needed or row < step * width:
        raise SpnetError(
            f"cloud message: {len(message.data):,} bytes in rows of {row:,}, expected {needed:,} for {height}x{width} "
            f"points of {step} bytes; it is damaged"
        )
    if not needed:
        return np.empty((0, 3))
    points = np.ndarray((height, width), record, buffer=message.data, strides=(row, step))
    with np.errstate(invalid="ignore"):  # a signalling NaN is one, too
        return np.stack([points[axis].ravel().astype(np.float64) for axis in _AXES], axis=1)


def _record(message: Any) -> "np.dtype[np.void]":
    """One point of the message, with the fields x, y and z."""
    fields = {field.name: field for field in message.fields}
    order = ">" if message.is_bigendian else "<"
    formats, offsets = [], []
    for axis in _AXES:
        field = fields.get(axis)
        kind = _FLOATS.get(field.datatype) if field else None
        if field is None or kind is None or field.offset + np.dtype(kind).itemsize > message.point_step:
            raise SpnetError(
                f"cloud message: its points of {message.point_step} bytes have the fields {', '.join(fields)[:200]}; "
                "expected x, y and z of float32 or float64 among them"
            )
        formats.append(order + kind)
        offsets.append(field.offset)
    return np.dtype({"names": _AXES, "formats": formats, "offsets": offsets, "itemsize": message.point_step})
