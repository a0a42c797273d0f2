"""The network and its loss as one module: what a step runs forward and backward, as it is or as one CUDA graph."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from spnet.errors import SpnetError
from spnet.model.network import StochasticDepth
from spnet.train.losses import Loss

_DTYPES = {"bf16": torch.bfloat16, "f16": torch.float16}
_INPUTS = ("rgb", "depth", "mask", "truth", "known")
"""Of a batch, as `spnet.train.samples` describes it."""


class Objective(nn.Module):
    """A batch in; the terms of the loss out, which add up to what is minimised."""

    def __init__(self, network: nn.Module, loss: Loss, precision: str) -> None:
        super().__init__()
        self.network = network
        self._loss = loss
        self._precision = precision

    def forward(self, rgb: Tensor, depth: Tensor, mask: Tensor, truth: Tensor, known: Tensor, counts: Tensor) -> Any:
        """The terms by name, each a scalar; see `spnet.train.losses.find_loss` for what they are made from."""
        with _arithmetic(self._precision, rgb.device):
            output = self.network(rgb, depth, mask)
        return self._loss(output, {"depth": depth, "mask": mask, "truth": truth, "known": known}, counts)


def inputs_of(batch: dict[str, Tensor], counts: Tensor, device: torch.device, *, channels_last: bool) -> list[Tensor]:
    """What an `Objective` is called with: a batch and the counts of its step, on the device."""
    tensors = [batch[name].to(device, non_blocking=True) for name in _INPUTS]
    if channels_last:
        tensors[0] = tensors[0].contiguous(memory_format=torch.channels_last)
    return [*tensors, counts]


def as_graph(objective: Objective, batch: int, size: tuple[int, int], device: torch.device) -> Any:
    """The objective recorded on a GPU: a step launches one graph forward and one backward, not thousands of kernels.

    Args:
        objective: in training mode; it is changed.
        batch: how many samples each call will have.
        size: their height and width.
        device: of the GPU.

    Raises:
        SpnetError: the network draws random numbers, which a recording would repeat.
    """
    if any(isinstance(module, StochasticDepth) and module.rate for module in objective.modules()):
        raise SpnetError("[run] cuda_graph: a graph cannot draw stochastic depth; set drop_rate = 0, or leave it out")
    channels = (3, 1, 1, 1, 1)
    sample = [torch.rand(batch, count, *size, device=device) for count in channels]
    counts = torch.full((2,), float(batch), device=device)
    return torch.cuda.make_graphed_callables(objective, (*sample, counts))


def _arithmetic(precision: str, device: torch.device) -> AbstractContextManager[object]:
    if precision == "f32":
        return nullcontext()
    # what autocast remembers of weights must not outlive the recording of a graph
    return torch.autocast(device.type, dtype=_DTYPES[precision], cache_enabled=device.type != "cuda")
