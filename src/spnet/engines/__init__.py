"""Engines run a network: one small protocol, one file for each way to run it.

An engine takes what the network takes, stacked ([rgb, depth, mask], see `spnet.model.SPNet.forward`), and
knows nothing of metres, files or image sizes. `spnet.complete` is the only caller.
"""

import ctypes
import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.weights import Weights

PRECISIONS = ("f32", "bf16", "f16")


class Engine(Protocol):
    """A network, ready to run."""

    device: str
    """What it runs on and how: "CPU f32"."""
    bytes_per_pixel: int
    """About how much memory one pixel of input takes while it runs, weights aside."""

    def __call__(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """N,5,H,W float32, contiguous, sides multiples of 32, to N,C,H,W float32."""


@dataclass(frozen=True)
class Options:
    """How to run; an engine refuses what it or the machine cannot do."""

    precision: str = "f32"
    """One of PRECISIONS: the arithmetic inside; in and out are float32 always."""
    threads: int | None = None
    """Threads on a CPU; None leaves it to the engine (all cores)."""
    compile: bool = False
    """torch.compile: the torch engine only."""

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise SpnetError(f"precision {self.precision!r}: expected one of {', '.join(PRECISIONS)}")
        if self.threads is not None and not 1 <= self.threads <= 1024:
            raise SpnetError(f"threads {self.threads}: expected 1 to 1024")


def _openvino(weights: Weights, options: Options) -> Engine:
    from spnet.engines.openvino import load

    return load(weights, options)


def _torch(weights: Weights, options: Options) -> Engine:
    from spnet.engines.torch import load

    return load(weights, options)


def _onnxruntime(weights: Weights, options: Options) -> Engine:
    from spnet.engines.onnxruntime import load

    return load(weights, options)


ENGINES: dict[str, Callable[[Weights, Options], Engine]] = {
    "openvino": _openvino,
    "torch": _torch,
    "onnxruntime": _onnxruntime,
}


def check_engine(name: str) -> None:
    """Raise SpnetError unless `name` is "auto" or an engine."""
    if name != "auto" and name not in ENGINES:
        raise SpnetError(f"engine {name!r}: expected auto, {', '.join(ENGINES)}")


def choose(name: str, weights: Weights) -> tuple[str, str]:
    """The engine for ``engine=name`` and why: ("openvino", "the fastest on a CPU").

    "auto" takes PyTorch where it is installed beside a GPU that it can use, and OpenVINO otherwise.
    """
    if name != "auto":
        check_engine(name)
        return name, "asked for"
    if find_spec("torch") and not weights.is_onnx:
        if _has_nvidia_gpu():
            return "torch", "an NVIDIA GPU is here"
        if platform.system() == "Darwin" and platform.machine() == "arm64":
            return "torch", "an Apple GPU is here"
    return "openvino", "no GPU for PyTorch; the fastest on a CPU"


def _has_nvidia_gpu() -> bool:
    """Ask the driver, which takes milliseconds; asking PyTorch takes its import, which takes seconds."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if platform.system() == "Windows" else "libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int(0)
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
