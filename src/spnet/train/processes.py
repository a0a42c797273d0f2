"""One process, or several that torchrun has started and that share each step's samples."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import Tensor, distributed

_PATIENCE = timedelta(hours=2)  # the others wait while the first process validates


@dataclass(frozen=True)
class Group:
    """The processes of a training, as one of them sees it."""

    rank: int
    """This process's number; 0 writes all files."""
    count: int
    device: torch.device

    def sum(self, values: Tensor) -> Tensor:
        """The sum of the tensors that all processes pass; the same for all of them."""
        if self.count > 1:
            distributed.all_reduce(values)
        return values


@contextmanager
def joined() -> Iterator[Group]:
    """Join the other processes for the time of the block, if torchrun has started any.

    A process takes the GPU of its number on its machine, or the CPU where there is none.
    """
    count, local_rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("LOCAL_RANK", "0"))
    device = torch.device("cuda", local_rank) if torch.cuda.is_available() else torch.device("cpu")
    if count == 1:
        yield Group(0, 1, device)
        return
    if device.type == "cuda":
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=_PATIENCE)
    try:
        yield Group(_rank(), count, device)
    finally:
        distributed.destroy_process_group()


def is_first() -> bool:
    """Whether this is the process that speaks for all."""
    return _rank() == 0


def _rank() -> int:
    return int(os.environ.get("RANK", "0"))
