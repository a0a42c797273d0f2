"""ROS messages to frames and dense depth back to messages, with and without a robot; recordings in `spnet.ros.bags`.

Only `spnet.ros.bags` needs a library; none of it needs ROS.
"""

from spnet.ros.clouds import read_points
from spnet.ros.frames import frame_with_cloud, frame_with_depth, stamp_of
from spnet.ros.images import ENCODINGS, encode_depth, read_metres, read_rgb
from spnet.ros.lenses import Lens, distort, read_lens
from spnet.ros.pairing import Pair, Pairing

__all__ = [
    "ENCODINGS",
    "Lens",
    "Pair",
    "Pairing",
    "distort",
    "encode_depth",
    "frame_with_cloud",
    "frame_with_depth",
    "read_lens",
    "read_metres",
    "read_points",
    "read_rgb",
    "stamp_of",
]
