"""The arguments of every command that completes with one model."""

import argparse


def add_model(command: argparse.ArgumentParser) -> None:
    """--model, --max-depth and --engine, as `spnet.load` takes them."""
    command.add_argument(
        "--model",
        default="nano",
        help="nearest, linear, morphology, guided, nano, or a weights file (default: %(default)s)",
    )
    command.add_argument(
        "--max-depth",
        type=float,
        metavar="M",
        help="metres that the weights' training divided depth by, if the file does not say",
    )
    command.add_argument("--engine", default="auto", help="auto, openvino, torch or onnxruntime (default: %(default)s)")
