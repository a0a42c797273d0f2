"""What colcon builds of this package. spnet itself is installed with pip; see README.md."""

from setuptools import setup

setup(
    name="spnet_ros",
    version="0.1.0",
    packages=["spnet_ros"],
    data_files=[
        ("share/ament_index/resource_index/packages", ["resource/spnet_ros"]),
        ("share/spnet_ros", ["package.xml"]),
    ],
    entry_points={"console_scripts": ["complete = spnet_ros.node:main"]},
)
