"""SP-Norm, and the other normalisations of the paper's ablation, by the authors' names (`NORMS`).

Source: Wang et al., "Scale Propagation Network for Generalizable Depth Completion", T-PAMI 2025, section on
Scale Propagation Normalization. All layers map N,C,H,W to N,C,H,W. Parameter names are those of the authors'
checkpoints, so that their state dicts load as they are.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

EPSILON = 1e-6
"""Added to the standard deviation, outside the root."""


def is_compiled() -> bool:
    """Whether operations are being recorded into a graph, by tracing, exporting or torch.compile, not run."""
    tracing: bool = torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]  # public, but untyped
    return tracing or torch.compiler.is_compiling()


def standardise(x: Tensor) -> Tensor:
    """(x - mean) / (std + 1e-6) over the channels of each pixel, with the unbiased std; at least two channels.

    Written as the paper has it, this is a chain of elementwise kernels over the whole map. Run eagerly, it is
    one fused layer norm over the last dimension of a channels_last tensor, and one correction in place. A
    compiler or an inference engine gets the formula itself and fuses it better than we could.
    """
    channels = x.shape[1]
    if is_compiled():
        centred = x - x.mean(dim=1, keepdim=True)
        std = torch.linalg.vector_norm(centred, dim=1, keepdim=True) * (1 / math.sqrt(channels - 1))
        return centred * (1 / (std + EPSILON))  # one division a pixel, not one a channel
    unbiased = math.sqrt(channels / (channels - 1))  # times the biased std is the unbiased one
    if x.device.type == "cpu" and x.dtype == torch.bfloat16:
        x = x.float()  # on a processor the kernel, and its gradient most of all, is slower in bfloat16 than in float32
    # The kernel gives (x - mean) * rstd with rstd = 1 / biased std; its own epsilon only keeps rstd finite.
    last = x.permute(0, 2, 3, 1)
    n, _, rstd = torch.native_layer_norm(last, (channels,), None, None, 1e-20)
    # In training rstd is a constant to autograd: what that leaves out of the gradient is of order EPSILON / std.
    return n.mul_(1 / (unbiased + EPSILON * rstd)).permute(0, 3, 1, 2)


class SPNorm(nn.Module):
    """Scale propagation: ``conv(n) * x`` with n the standardised x. The scale of x goes through ("CNX")."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(standardise(x)) * x


class SPNormSum(SPNorm):
    """``conv(n) + x``: the weights added to the input instead of multiplied ("CN+X")."""

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(standardise(x)) + x


class SelfGate(SPNorm):
    """``conv(x) * x``: no normalisation ("CX")."""

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x) * x


class ChannelAffine(nn.Module):
    """``gamma * n + beta`` with n the standardised x; gamma and beta of shape 1,C,1,1."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.weight * standardise(x) + self.bias


class Plain(nn.Module):
    """A normalisation whose output does not see the scale of its input ("LN", "BN", "IN"), or none ("RZ")."""

    def __init__(self, norm: nn.Module) -> None:
        super().__init__()
        self.norm = norm

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x)


class AffineGate(Plain):
    """``(gamma * n + beta) * x``: scale propagation without mixing channels ("NX")."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * x


class GRN(nn.Module):
    """Global response normalisation (ConvNeXt V2): the channels of a whole map compete by their L2 norm."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(1, channels, 1, 1))
        self.beta = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        energy = torch.linalg.vector_norm(x, dim=(2, 3), keepdim=True)
        response = energy / (energy.mean(dim=1, keepdim=True) + 1e-6)
        return (1 + self.gamma * response) * x + self.beta


NORMS: dict[str, Callable[[int], nn.Module]] = {
    "CNX": SPNorm,
    "CN+X": SPNormSum,
    "NX": lambda channels: AffineGate(ChannelAffine(channels)),
    "CX": SelfGate,
    "GRN": SPNorm,  # the blocks add a GRN layer after their activation
    "LN": lambda channels: Plain(ChannelAffine(channels)),
    "BN": lambda channels: Plain(nn.BatchNorm2d(channels)),
    "IN": lambda channels: Plain(nn.InstanceNorm2d(channels, affine=True)),
    "RZ": lambda channels: Plain(nn.Identity()),  # the blocks scale their residual by a learned alpha
}
