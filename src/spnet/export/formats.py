"""What can be exported to."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spnet.export import onnx, openvino, program, tensorrt
from spnet.export.equality import Run
from spnet.export.graph import Graph


@dataclass(frozen=True)
class Format:
    """How files of a format come about, and what runs them."""

    suffixes: tuple[str, ...]
    """How the names of its files end; the first is the one that a user names."""
    write: Callable[[Graph, Path], None]
    """Given the path of the first file."""
    load: Callable[[Path], Run]
    smallest: int = 1
    """Pixels of a side inside the network that it can run."""


FORMATS: dict[str, Format] = {
    "onnx": Format((".onnx",), onnx.write, onnx.load),
    "openvino": Format((".xml", ".bin"), openvino.write, openvino.load),
    "torch-export": Format((".pt2",), program.write, program.load, program.SMALLEST),
    "tensorrt-recipe": Format((".onnx", ".sh"), tensorrt.write, onnx.load),
}
