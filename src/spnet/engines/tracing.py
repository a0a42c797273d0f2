"""A network as a static graph, for the engines that do not run PyTorch, and the folder that keeps such graphs."""

import os
import platform
import warnings
from pathlib import Path
from typing import Any

from spnet.errors import require
from spnet.weights import Weights

GRAPH_VERSION = 1
"""Part of every kept graph's name: raise it when the graph of the same weights changes."""

BYTES_PER_PIXEL_AND_CHANNEL = 12
"""Peak memory of a run, per pixel and channel of the 1/4 scale; see benchmarks/memory in docs/engines.md."""


def bytes_per_pixel(channels: int) -> int:
    """The memory a run takes for one pixel of input, for a network with so many channels at its 1/4 scale."""
    return BYTES_PER_PIXEL_AND_CHANNEL * channels


def trace(weights: Weights) -> tuple[Any, int]:
    """The TorchScript graph of a network, N,5,H,W to N,1,H,W for any size, and its channels at the 1/4 scale.

    Raises:
        SpnetError: as `spnet.model.from_checkpoint`.
        MissingExtraError: PyTorch is not installed.
    """
    torch = require("torch", extra="torch", purpose=f"converting {weights.path.name} (once)")
    from spnet.model import from_checkpoint
    from spnet.model.network import Stacked

    network = from_checkpoint(weights.path)
    with warnings.catch_warnings():
        # Tracing warns that channel counts become constants, which they are, and that it may be gone one day.
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(Stacked(network).eval(), torch.rand(1, 5, 64, 96), check_trace=False)
        return torch.jit.freeze(traced), network.config.channels[0]


def cache_folder() -> Path:
    """The user's cache folder for this package, by the platform's convention; it need not exist yet."""
    home = Path.home()
    if platform.system() == "Windows":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "spnet" / "cache"
    if platform.system() == "Darwin":
        return home / "Library" / "Caches" / "spnet"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "spnet"
