"""PyTorch's exported programs (.pt2): for C++, for AOTInductor, and for whatever else reads them."""

import json
import warnings
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils import parametrize

from spnet.export.equality import Run
from spnet.export.graph import Graph
from spnet.model.network import STRIDE

METADATA_FILE = "spnet.json"
"""The extra file inside a .pt2 that holds the metadata."""

SMALLEST = 96
"""Pixels of a side inside the network: of one or two pixels at the coarsest scale, PyTorch makes a special case."""

_LARGEST = 2**15
_AXES = {2: "height", 3: "width"}


def write(graph: Graph, path: Path) -> None:
    """Write a network as an exported program, its metadata beside it in the file."""
    module = graph.module()
    if graph.half:
        _halve_kernels(module)
    dimension = torch.export.Dim
    if graph.any_size:
        smallest = SMALLEST - STRIDE + 1
        sides = {axis: dimension(name, min=smallest, max=_LARGEST) for axis, name in _AXES.items()}
        sizes = f"height and width are any from {smallest} to {_LARGEST}"
    else:
        few, many = SMALLEST // STRIDE, _LARGEST // STRIDE
        sides = {axis: STRIDE * dimension(f"{name}_cells", min=few, max=many) for axis, name in _AXES.items()}
        sizes = f"height and width are multiples of {STRIDE} from {SMALLEST} to {_LARGEST}"
    example = torch.rand(2, 5, 4 * STRIDE, 5 * STRIDE)
    metadata = json.dumps(graph.metadata | {"sizes": sizes})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of PyTorch about its own insides
        program = torch.export.export(
            module, (example,), dynamic_shapes=({0: dimension("batch"), **sides},), strict=False
        )
        torch.export.save(program, path, extra_files={METADATA_FILE: metadata})


def load(path: Path) -> Run:
    """The network in a file, run by PyTorch without any of this package's code."""
    network = torch.export.load(path).module()

    def run(x: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            return network(torch.from_numpy(x)).numpy()

    return run


class _Widened(nn.Module):
    """What a kernel kept as float16 is when it is used."""

    def forward(self, kernel: Tensor) -> Tensor:
        return kernel.float()


def _halve_kernels(module: nn.Module) -> None:
    """Keep the kernels of convolutions as float16; see `spnet.export.onnx`, which does the same."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            layer.weight = nn.Parameter(layer.weight.half())
            parametrize.register_parametrization(layer, "weight", _Widened(), unsafe=True)
