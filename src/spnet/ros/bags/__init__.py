"""Recordings of ROS 1 (.bag) and ROS 2 (.mcap, .db3, folders) without ROS: read, and copied with dense depth beside."""

from spnet.errors import require

require("rosbags", extra="ros", purpose="reading and writing ROS recordings")

from spnet.ros.bags.completing import Report, complete_bag  # noqa: E402  (after the line that names the missing extra)
from spnet.ros.bags.settings import Settings, Topics  # noqa: E402

__all__ = ["Report", "Settings", "Topics", "complete_bag"]
