"""Depth completion as a ROS 2 node."""
