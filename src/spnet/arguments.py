"""The words of the command line: every command, argument and option, and what the help says of them."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from spnet import __version__

_UNIT_HELP = "unit of integer depth files: mm, kitti (1/256 m), tum (1/5000 m), m, or max-depth:N (65535 is N m)"


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line in one line."""

    def error(self, message: str) -> NoReturn:
        """Exit with status 2 and one line, not the usage."""
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What a command line asks for: ``command`` and the values of its arguments; exits where it asks wrongly."""
    parser = Parser(prog="spnet", description="Depth completion: a photo and sparse depth in, dense metric depth out.")
    parser.add_argument("--version", action="version", version=f"spnet {__version__}")
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    for add in (_add_complete, _add_project, _add_info, _add_import):
        command = add(commands)
        command.add_argument("--json", action="store_true", help="print the result as one JSON object")
        command.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser.parse_args(arguments)


def _add_complete(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "complete",
        help="dense depth from an image and sparse depth, or from two folders of them",
        description="Complete one frame, or every frame of two folders whose files have the same names. "
        "Finished frames of a folder are skipped.",
    )
    command.add_argument("rgb", type=Path, help="image, or a folder of images")
    command.add_argument("depth", type=Path, help="sparse depth (.png .npy .npz .exr .tif .pfm), or a folder of it")
    command.add_argument("-o", "--output", type=Path, required=True, help="depth file to write, or a folder")
    command.add_argument("--unit", help=f"{_UNIT_HELP} (default: mm)")
    command.add_argument(
        "--out-unit", metavar="UNIT", help="unit of the integers written (default: that of the integers read)"
    )
    command.add_argument(
        "--model",
        default="guided",
        help="nearest, linear, morphology, guided, or a weights file (default: %(default)s)",
    )
    command.add_argument(
        "--max-depth",
        type=float,
        metavar="M",
        help="metres that the weights' training divided depth by, if the file does not say",
    )
    command.add_argument("--camera", type=Path, help="calibration of the image, for --ply")
    command.add_argument("--ply", type=Path, metavar="FILE", help="write a coloured point cloud too")
    command.add_argument("--preview", type=Path, metavar="FILE", help="write a picture for people too")
    command.add_argument("--keep-measured", action="store_true", help="return measured pixels exactly as measured")
    command.add_argument("--engine", default="auto", help="auto, openvino, torch or onnxruntime (default: %(default)s)")
    command.add_argument("--precision", default="f32", help="f32, bf16 or f16 (default: %(default)s)")
    command.add_argument(
        "--memory",
        type=float,
        default=2.0,
        metavar="GIB",
        help="for a network while it runs; larger frames are tiled (default: %(default)s)",
    )
    command.add_argument("--force", action="store_true", help="replace files that exist")
    command.add_argument("-v", "--verbose", action="store_true", help="say which engine runs and why")
    return command


def _add_project(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "project",
        help="sparse depth from a point cloud and a calibration",
        description="Project LiDAR, SLAM or COLMAP points into an image. Points that only show through nearer "
        "surfaces, because the sensor sees from another place than the camera, are left out.",
    )
    command.add_argument("cloud", type=Path, help=".ply, .pcd, .bin (KITTI), .npy (N,3), or COLMAP's points3D")
    command.add_argument(
        "--camera",
        type=Path,
        required=True,
        help="K.txt, JSON, ROS CameraInfo YAML, COLMAP folder, or KITTI calib",
    )
    command.add_argument("--image", type=Path, required=True, help="the image whose view is wanted")
    command.add_argument(
        "--extrinsics",
        type=Path,
        metavar="FILE",
        help="text of 4x4 or 3x4 numbers, cloud to camera, if the calibration has none",
    )
    command.add_argument("-o", "--output", type=Path, required=True, help="depth file to write")
    command.add_argument("--unit", help=f"{_UNIT_HELP} (default: mm)")
    command.add_argument("--keep-hidden", action="store_true", help="keep points that show through nearer surfaces")
    command.add_argument("--force", action="store_true", help="replace a file that exists")
    return command


def _add_info(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser("info", help="what a depth file or a weights file holds")
    command.add_argument("file", type=Path)
    return command


def _add_import(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "import",
        help="an authors' checkpoint to safetensors, once",
        description="Read a checkpoint of SPNet or PacGDC without executing anything in it, and write safetensors.",
    )
    command.add_argument("checkpoint", type=Path, help="the .pth or .pt file")
    command.add_argument("-o", "--output", type=Path, required=True, help="the .safetensors file to write")
    command.add_argument(
        "--max-depth",
        type=float,
        required=True,
        metavar="M",
        help="metres that its training divided depth by (the authors: 20 indoors, 100 outdoors)",
    )
    command.add_argument("--name", help="what to call the weights (default: the output's name)")
    command.add_argument("--licence", help="the terms they were released under (default: not stated)")
    command.add_argument("--norm", help="norm type, for ablation weights that do not tell: CN+X, CX or NX")
    command.add_argument("--force", action="store_true", help="replace a file that exists")
    return command
