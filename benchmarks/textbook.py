"""The baseline of the speed benchmark: the network as one would write it from the paper."""

from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from numpy.typing import NDArray

from spnet.model import from_checkpoint


def textbook(path: Path, threads: int) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """The network in eager float32 NCHW, with SP-Norm's formula written out."""
    torch.set_num_threads(threads)
    network = from_checkpoint(path)

    def standardise(x: torch.Tensor) -> torch.Tensor:
        std, mean = torch.std_mean(x, dim=1, keepdim=True)
        return (x - mean) / (std + 1e-6)

    def run(x: NDArray[np.float32]) -> NDArray[np.float32]:
        stacked = torch.from_numpy(x)
        with torch.inference_mode(), mock.patch("spnet.model.norms.standardise", standardise):
            return network(stacked[:, :3], stacked[:, 3:4], stacked[:, 4:5]).numpy()

    return run
