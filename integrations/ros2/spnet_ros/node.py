"""A ROS 2 node: an image, and depth or a point cloud, in; dense depth with the image's header out.

All that it computes is in `spnet.ros`, which knows nothing of ROS: this file only subscribes and publishes.
"""

import array
from typing import Any

import rclpy
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from tf2_msgs.msg import TFMessage

from spnet import Frame, SpnetError, load
from spnet.ros import Pair, Pairing, encode_depth, frame_with_cloud, frame_with_depth, stamp_of, transforms

# A camera that is faster than the model: the newest image is worth more than every image.
_NEWEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
_RECENT = QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT)
_LATCHED = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)
_SECONDS_BETWEEN_WARNINGS = 5.0


class Completion(Node):
    """Completes each image with the measurement nearest in time; see README.md for its topics and parameters."""

    def __init__(self) -> None:
        super().__init__("spnet")
        self._encoding = self._parameter("encoding", "32FC1")
        self._rectified = self._parameter("rectified", True)
        self._pairing: Pairing[Image, Any] = Pairing(self._parameter("slop", 0.05))
        self._completer = load(
            self._parameter("model", "guided"),
            max_depth=self._parameter("max_depth", 0.0) or None,
            engine=self._parameter("engine", "auto"),
        )
        self._info: CameraInfo | None = None
        self._frames: transforms.Frames = {}
        self._publisher = self.create_publisher(Image, "dense", 1)
        self.create_subscription(Image, "image", self._on_image, _NEWEST)
        if self._parameter("cloud", False):
            self.create_subscription(PointCloud2, "cloud", self._on_measured, _RECENT)
            self.create_subscription(CameraInfo, "camera_info", self._on_info, _NEWEST)
            self.create_subscription(TFMessage, "/tf_static", self._on_transforms, _LATCHED)
        else:
            self.create_subscription(Image, "depth", self._on_measured, _RECENT)

    def _parameter(self, name: str, default: Any) -> Any:
        return self.declare_parameter(name, default).value

    def _on_info(self, message: CameraInfo) -> None:
        self._info = message

    def _on_transforms(self, message: TFMessage) -> None:
        transforms.join(self._frames, message)

    def _on_image(self, message: Image) -> None:
        self._complete(self._pairing.add_image(stamp_of(message.header), message))

    def _on_measured(self, message: Any) -> None:
        self._complete(self._pairing.add_measured(stamp_of(message.header), message))

    def _complete(self, pairs: list[Pair[Image, Any]]) -> None:
        for pair in pairs:
            try:
                self._publish(pair)
            except SpnetError as error:
                self.get_logger().warning(str(error), throttle_duration_sec=_SECONDS_BETWEEN_WARNINGS)

    def _publish(self, pair: Pair[Image, Any]) -> None:
        if pair.measured is None:
            raise SpnetError(f"no measurement near the image in time: the nearest is {pair.gap:.3f} s away (slop)")
        depth = self._completer(self._frame(pair.image, pair.measured))
        fields = encode_depth(depth.metres, self._encoding)
        fields["data"] = array.array("B", fields["data"].tobytes())  # which rclpy takes without looking at each byte
        self._publisher.publish(Image(header=pair.image.header, **fields))

    def _frame(self, image: Image, measured: Any) -> Frame:
        if isinstance(measured, Image):
            return frame_with_depth(image, measured)
        if self._info is None:
            raise SpnetError("no CameraInfo so far, which a cloud needs: remap camera_info to the image's")
        camera_from_cloud = transforms.between(self._frames, measured.header.frame_id, image.header.frame_id)
        return frame_with_cloud(image, measured, self._info, camera_from_cloud, rectified=self._rectified)


def main() -> None:
    """Run until interrupted."""
    rclpy.init()
    try:
        rclpy.spin(Completion())
    except KeyboardInterrupt:
        pass
    finally:
        rclpy.try_shutdown()


if __name__ == "__main__":
    main()
