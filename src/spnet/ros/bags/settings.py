"""What to read from a recording, what to write beside it, and how."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.ros.images import ENCODINGS

IMAGE, COMPRESSED = "sensor_msgs/msg/Image", "sensor_msgs/msg/CompressedImage"
CLOUD, INFO = "sensor_msgs/msg/PointCloud2", "sensor_msgs/msg/CameraInfo"


@dataclass(frozen=True)
class Topics:
    """What to read, and where to write: an image, and either depth, or a cloud with the image's CameraInfo.

    Raises:
        SpnetError: neither depth nor a cloud, both, or a cloud without its CameraInfo.
    """

    image: str
    depth: str | None = None
    cloud: str | None = None
    info: str | None = None
    output: str = "/spnet/depth"

    def __post_init__(self) -> None:
        if (self.depth is None) == (self.cloud is None):
            raise SpnetError("topics: expected either depth (--depth) or a cloud (--cloud)")
        if self.image in (self.depth, self.cloud):
            raise SpnetError(f"topics: {self.image} cannot be the image and the measurement; name another one")
        if self.cloud is not None and self.info is None:
            raise SpnetError("topics: a cloud needs the image's CameraInfo, to project it: name its topic (--info)")
        if self.depth is not None and self.info is not None:
            raise SpnetError("topics: depth needs no CameraInfo (--info): it has to show the image's view as it is")


@dataclass(frozen=True, eq=False)
class Settings:
    """How to go about it.

    slop: seconds that an image and its measurement may be apart.
    encoding: of the depth written, one of `spnet.ros.ENCODINGS`.
    rectified: whether the image is, so that its camera is P of the CameraInfo; None for "if the topic's name says so",
        as image_proc names them.
    camera_from_cloud: (4,4), instead of tf_static.
    """

    slop: float = 0.05
    encoding: str = ENCODINGS[0]
    rectified: bool | None = None
    camera_from_cloud: NDArray[np.float64] | None = None
