"""``spnet ros bag``: a recording with dense depth beside everything else."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spnet.cli.console import note, progress, result
from spnet.cli.models import add_model
from spnet.cli.outputs import check_outputs

if TYPE_CHECKING:
    from spnet.ros.bags import Report


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The command's arguments."""
    ros = commands.add_parser(
        "ros",
        help="recordings of robots, with ROS or without",
        description="Complete the depth of recordings of ROS 1 and ROS 2; ROS itself is not needed. See docs/ros.md.",
    )
    actions = ros.add_subparsers(required=True, dest="action", metavar="ACTION")
    command: argparse.ArgumentParser = actions.add_parser(
        "bag",
        help="a recording with dense depth beside everything else",
        description="Copy a recording, with the dense depth of its images on a topic of its own.",
    )
    command.add_argument("recording", type=Path, help=".mcap, .db3, the folder of a ROS 2 recording, or a ROS 1 .bag")
    command.add_argument("-o", "--output", type=Path, required=True, help="recording to write, .mcap")
    _add_topics(command)
    _add_how(command)
    command.set_defaults(run=run)
    return [command]


def _add_topics(command: argparse.ArgumentParser) -> None:
    command.add_argument("--image", required=True, metavar="TOPIC", help="Image or CompressedImage")
    measured = command.add_mutually_exclusive_group(required=True)
    measured.add_argument("--depth", metavar="TOPIC", help="depth registered to the image: 16UC1 (mm) or 32FC1 (m)")
    measured.add_argument("--cloud", metavar="TOPIC", help="PointCloud2, projected with --info and tf_static")
    command.add_argument("--info", metavar="TOPIC", help="CameraInfo of the image, for --cloud")
    command.add_argument(
        "--extrinsics",
        type=Path,
        metavar="FILE",
        help="text of 4x4 or 3x4 numbers, cloud to camera, instead of tf_static",
    )
    command.add_argument(
        "--rectified",
        action="store_true",
        default=None,
        help="the image is undistorted: its camera is P of the CameraInfo, not K and D "
        "(taken for granted where the topic is called image_rect)",
    )
    command.add_argument(
        "--out-topic", default="/spnet/depth", metavar="TOPIC", help="of the dense depth (default: %(default)s)"
    )


def _add_how(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--encoding",
        choices=("32FC1", "16UC1"),
        default="32FC1",
        help="of the dense depth: metres, or millimetres up to 65.5 m (default: %(default)s)",
    )
    command.add_argument(
        "--slop",
        type=float,
        default=0.05,
        metavar="S",
        help="seconds that an image and its measurement may be apart (default: %(default)s)",
    )
    add_model(command)
    command.add_argument("--force", action="store_true", help="replace a recording that exists")


def run(options: argparse.Namespace) -> int:
    """A recording with dense depth beside everything else."""
    from spnet.calibration import read_transform
    from spnet.completion import load
    from spnet.ros.bags import Settings, Topics, complete_bag

    check_outputs([(options.output, (".mcap",))], inputs=[options.recording], overwrite=options.force)
    topics = Topics(options.image, options.depth, options.cloud, options.info, options.out_topic)
    settings = Settings(
        options.slop,
        options.encoding,
        options.rectified,
        read_transform(options.extrinsics) if options.extrinsics else None,
    )
    completer = load(options.model, max_depth=options.max_depth, engine=options.engine)
    start = time.monotonic()
    report = complete_bag(
        options.recording,
        options.output,
        completer,
        topics,
        settings,
        overwrite=options.force,
        progress=lambda done, total, topic: progress(done, total, start, topic, unit="messages"),
    )
    _tell(report, options)
    return 1 if report.failed else 0


def _tell(report: "Report", options: argparse.Namespace) -> None:
    for failure in report.failures:
        note(failure)
    if report.failed > len(report.failures):
        note(f"and {report.failed - len(report.failures)} images more")
    if options.depth and len(set(report.frames)) > 1:
        note(
            f"{options.depth} is in the frame {report.frames[1]!r} and the image in {report.frames[0]!r}: taken as "
            "registered to the image all the same; if it is not, register it first (depth_image_proc)"
        )
    if report.too_far:
        note(f"{report.too_far:,} pixels lie beyond the 65.535 m of 16UC1 and are written as unknown; 32FC1 holds them")
    facts = {
        "output": str(options.output),
        "topic": options.out_topic,
        "images": report.images,
        "completed": report.completed,
        "unpaired": report.unpaired,
        "failed": report.failed,
    }
    lonely = f", {report.unpaired} without a measurement within {options.slop:g} s" if report.unpaired else ""
    failed = f", {report.failed} failed" if report.failed else ""
    line = f"{options.output}: depth of {report.completed} of {report.images} images on {options.out_topic}"
    result(facts, [line + lonely + failed], options)
