"""What is exported: a network that may pad itself, and what its file says of it."""

import copy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spnet.model.checkpoints import Network, architecture_of, from_checkpoint
from spnet.model.network import STRIDE, Stacked
from spnet.weights import Weights
from spnet.weights.graphs import FORMAT
from spnet.weights.importing import UNKNOWN_LICENCE

_INPUT = (
    "(N,5,H,W) float32: red, green, blue in [0,1]; measured depth divided by the scale, 0 where there is none; "
    "1 where depth is measured, 0 elsewhere"
)
_DEPTH = "dense depth divided by the scale, no activation: clip to what is possible"
_EXPECTED_ERROR = "the log of the scale b of a Laplacian of log depth about it"
_SCALES = {
    "max_depth": "metres, the number after the colon, whatever the frame",
    "mean": "of the measured depth of each frame",
    "median": "of the measured depth of each frame",
    "log_mean": "exp(mean(log(depth))) over the measured depth of each frame",
}


@dataclass(frozen=True)
class Graph:
    """A network on its way out."""

    network: Network
    """As PyTorch runs it; what comes out is compared with this."""
    half: bool
    any_size: bool
    metadata: dict[str, str]
    """What the file is to say of itself."""

    def module(self) -> nn.Module:
        """The network that is exported, (N,5,H,W) to (N,C,H,W), with parameters of its own."""
        stacked = Stacked(copy.deepcopy(self.network))
        return (AnySize(stacked) if self.any_size else stacked).eval()

    def reference(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """What PyTorch makes of (N,5,H,W); with `any_size`, of any height and width."""
        height, width = x.shape[2:]
        if self.any_size:
            beyond = [(0, 0), (0, 0), *((0, grown(side) - side) for side in (height, width))]
            x = np.concatenate([np.pad(x[:, :3], beyond, mode="edge"), np.pad(x[:, 3:], beyond)], axis=1)
        stacked = torch.from_numpy(x)
        with torch.inference_mode():
            dense = self.network(stacked[:, :3], stacked[:, 3:4], stacked[:, 4:5])
        return dense[:, :, :height, :width].numpy()


class AnySize(nn.Module):
    """A network that goes on beyond the image as `spnet.complete` does: colours as at its edge, and no depth.

    Written with indices, not with a pad, because a pad of 0 pixels is another graph to ``torch.export``.
    """

    def __init__(self, stacked: nn.Module) -> None:
        super().__init__()
        self.stacked = stacked

    def forward(self, x: Tensor) -> Tensor:
        """N,5,H,W to N,C,H,W, for any H and W."""
        height, width = x.shape[2], x.shape[3]
        rows, columns = torch.arange(grown(height), device=x.device), torch.arange(grown(width), device=x.device)
        extended = x.index_select(2, rows.clamp(max=height - 1)).index_select(3, columns.clamp(max=width - 1))
        inside = ((rows < height)[:, None] & (columns < width)).to(x.dtype)
        dense = self.stacked(torch.cat([extended[:, :3], extended[:, 3:] * inside], dim=1))
        rows, columns = torch.arange(height, device=x.device), torch.arange(width, device=x.device)
        return dense.index_select(2, rows).index_select(3, columns)


def grown(side: int) -> int:
    """The next multiple of 32, but 64 at least: one pixel alone at the coarsest scale has no statistics."""
    cells = (side + STRIDE - 1) // STRIDE
    return STRIDE * (cells + 1 // cells)  # max(cells, 2), in arithmetic that an exporter can follow


def build(weights: Weights, *, half: bool, any_size: bool) -> Graph:
    """Read a network and what is known of it; raises as `spnet.model.from_checkpoint`."""
    network = from_checkpoint(weights.path)
    architecture = architecture_of(network)
    rule = weights.scale or ""
    outputs = [_DEPTH, _EXPECTED_ERROR][: architecture.config.outputs]
    metadata = {
        "format": FORMAT,
        "name": weights.name.encode("utf-8", "replace").decode("utf-8"),  # a file's name need not be Unicode
        "family": architecture.family,
        "variant": architecture.variant,
        "weights_sha256": weights.sha256,
        "licence": weights.metadata.get("licence", UNKNOWN_LICENCE),
        "scale": rule,
        "scale_meaning": f"divide depth by it before, multiply after: {_SCALES[rule.partition(':')[0]]}",
        "input": _INPUT,
        "output": f"(N,{len(outputs)},H,W) float32: {'; '.join(outputs)}",
        "sizes": "any" if any_size else f"height and width are multiples of {STRIDE}, from {2 * STRIDE}",
        "kernels": "float16" if half else "float32",
        "channels": str(architecture.config.channels[0]),
    }
    return Graph(network, half, any_size, metadata)
