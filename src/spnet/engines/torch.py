"""PyTorch: CUDA, Apple's MPS, or the CPU; channels_last, autocast below float32, optionally torch.compile."""

from contextlib import nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.engines import Options
from spnet.engines.tracing import bytes_per_pixel
from spnet.errors import SpnetError, require
from spnet.weights import Weights

torch = require("torch", extra="torch", purpose="the torch engine")


class TorchEngine:
    """The network itself on the best device there is; see `spnet.engines.Engine`."""

    def __init__(self, network: Any, options: Options) -> None:
        self._device = _best_device()
        self.device = f"{self._device.upper()} {options.precision}"
        self.bytes_per_pixel = bytes_per_pixel(network.config.channels[0])
        self._precision = options.precision
        self._network = network.to(self._device, memory_format=torch.channels_last)
        if options.compile:
            self._network = torch.compile(self._network, dynamic=True)
        if options.threads:
            torch.set_num_threads(options.threads)

    def __call__(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        stacked = torch.from_numpy(x).to(self._device).contiguous(memory_format=torch.channels_last)
        with torch.inference_mode(), self._arithmetic():
            dense = self._network(stacked[:, :3], stacked[:, 3:4], stacked[:, 4:5])
        return dense.float().contiguous().cpu().numpy()

    def _arithmetic(self) -> Any:
        if self._precision == "f32":
            return nullcontext()
        dtype = torch.bfloat16 if self._precision == "bf16" else torch.float16
        return torch.autocast(self._device, dtype=dtype)


def load(weights: Weights, options: Options) -> TorchEngine:
    """Build the network of `weights`; raises as `spnet.model.from_checkpoint`, and for an ONNX file."""
    from spnet.model import from_checkpoint

    if weights.is_onnx:
        raise SpnetError(f"{weights.path}: the torch engine runs .safetensors and .pth; use openvino or onnxruntime")
    return TorchEngine(from_checkpoint(weights.path), options)


def _best_device() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
