"""A network as a static graph, for the engines that do not run PyTorch, and for export."""

import io
import warnings
from pathlib import Path
from typing import Any

from spnet.cache import cache_folder
from spnet.errors import SpnetError, require
from spnet.weights import Weights

GRAPH_VERSION = 3
"""Part of every kept graph's name: raise it when the graph of the same weights changes."""

OPSET = 17
"""Of ONNX graphs: the newest that runtimes of the last years all read."""

BYTES_PER_PIXEL_AND_CHANNEL = 12
"""Assumed of a run, per pixel and channel of the 1/4 scale: what benchmarks/memory.py measures from a megapixel on."""
LEAST_BYTES_PER_PIXEL = 520
"""Assumed of a network with few channels: Nano's diffusion keeps some maps at full size however narrow it is."""


def bytes_per_pixel(channels: int) -> int:
    """The memory a run takes for one pixel of input, for a network with so many channels at its 1/4 scale."""
    return max(BYTES_PER_PIXEL_AND_CHANNEL * channels, LEAST_BYTES_PER_PIXEL)


def kept_graph(weights: Weights, suffix: str = "") -> Path | None:
    """Where an engine keeps its graph of these weights, by their hash; None if it cannot keep any."""
    folder = cache_folder()
    return folder / f"{weights.sha256[:32]}-{GRAPH_VERSION}{suffix}" if folder else None


def check_onnx(path: Path) -> None:
    """Raise SpnetError unless a file starts as ONNX does; engines try all their formats on it otherwise."""
    with path.open("rb") as file:
        if file.read(1) != b"\x08":  # the protobuf field ir_version, which every exporter writes first
            raise SpnetError(f"{path}: is no ONNX file")


def trace(weights: Weights) -> tuple[Any, int]:
    """The TorchScript graph of a network, N,5,H,W to N,1,H,W for any size, and its channels at the 1/4 scale.

    Raises:
        SpnetError: as `spnet.model.from_checkpoint`.
        MissingExtraError: PyTorch is not installed.
    """
    require("torch", extra="torch", purpose=f"converting {weights.path.name} (once)")
    from spnet.model import from_checkpoint
    from spnet.model.network import Stacked

    network = from_checkpoint(weights.path)
    return trace_module(Stacked(network).eval()), network.config.channels[0]


def trace_module(module: Any) -> Any:
    """The TorchScript graph of a module in eval mode, N,5,H,W to N,C,H,W for any size."""
    torch = require("torch", extra="torch", purpose="converting a network")
    with warnings.catch_warnings():
        # Tracing warns that channel counts become constants, which they are, and that it may be gone one day.
        warnings.simplefilter("ignore")
        return torch.jit.freeze(torch.jit.trace(module, torch.rand(1, 5, 64, 96), check_trace=False))


def as_onnx(network: Any) -> bytes:
    """An ONNX file of a network, "input" N,5,H,W to "output" N,C,H,W, with dynamic batch and size.

    The exporter that traces is deprecated, but the newer one (``dynamo=True``) takes over a minute for
    `spnet.model.Nano`, because it reasons about every size in symbols, and needs one more package.

    Args:
        network: a module, or what `trace` gives.
    """
    torch = require("torch", extra="torch", purpose="exporting to ONNX")
    require("onnx", extra="onnx", purpose="exporting to ONNX")
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (torch.rand(1, 5, 64, 96),),
            buffer,
            dynamo=False,
            opset_version=OPSET,
            input_names=["input"],
            output_names=["output"],
            dynamic_axes={name: {0: "batch", 2: "height", 3: "width"} for name in ("input", "output")},
        )
    return buffer.getvalue()
