"""SPNet: a U-Net of ConvNeXt-V2-like blocks with SP-Norm (T-PAMI 2025 release).

Scales are numbered 0 (full resolution) to 5 (1/32). Parameter names are those of the authors' checkpoints.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from spnet.model.depthwise import Depthwise
from spnet.model.norms import GRN, NORMS, is_compiled

STRIDE = 32
"""Height and width of the network's input are multiples of this."""


@dataclass(frozen=True)
class Config:
    """The shape of a network; the defaults are SPNet Tiny.

    Raises:
        ValueError: a value the network cannot be built with.
    """

    channels: tuple[int, int, int, int] = (96, 192, 384, 768)
    """Channels of the four scales that hold blocks (1/4 to 1/32); the two finer ones have 1/4 and 1/2 of the first."""
    blocks: tuple[int, int, int, int] = (3, 3, 9, 3)
    """Encoder blocks of the same four scales."""
    norm: str = "CNX"
    """One of `spnet.model.norms.NORMS`."""
    drop_rate: float = 0.0
    """Stochastic depth of the last encoder block; it grows linearly from 0 at the first."""
    outputs: int = 1
    """1: depth. 2: depth, and the log of the scale b of a Laplacian of log depth about it."""

    def __post_init__(self) -> None:
        if len(self.channels) != 4 or len(self.blocks) != 4:
            raise ValueError(f"channels {self.channels} and blocks {self.blocks}: expected four numbers each")
        if min(self.channels) < 8 or min(self.blocks) < 0:
            raise ValueError(f"channels {self.channels} must be at least 8, blocks {self.blocks} at least 0")
        if self.norm not in NORMS:
            raise ValueError(f"norm {self.norm!r}: expected one of {', '.join(NORMS)}")
        if not 0 <= self.drop_rate <= 1:
            raise ValueError(f"drop_rate {self.drop_rate}: expected 0 to 1")
        if self.outputs not in (1, 2):
            raise ValueError(f"outputs {self.outputs}: expected 1 or 2")

    @property
    def all_channels(self) -> tuple[int, ...]:
        """Channels of the scales 0 to 5."""
        return (self.channels[0] // 4, self.channels[0] // 2, *self.channels)

    def block_drop_rates(self) -> list[list[float]]:
        """The drop rate of every encoder block, scale by scale: linear over all of them (ConvNeXt's rule)."""
        total = sum(self.blocks)
        rates = iter(self.drop_rate * index / max(total - 1, 1) for index in range(total))
        return [[next(rates) for _ in range(count)] for count in self.blocks]


SPNET: dict[str, Config] = {
    "Tiny": Config((96, 192, 384, 768), (3, 3, 9, 3), drop_rate=0.0),
    "Small": Config((96, 192, 384, 768), (3, 3, 27, 3), drop_rate=0.1),
    "Base": Config((128, 256, 512, 1024), (3, 3, 27, 3), drop_rate=0.1),
    "Large": Config((192, 384, 768, 1536), (3, 3, 27, 3), drop_rate=0.2),
}


class StochasticDepth(nn.Module):
    """In training, drops a residual branch for the whole batch at once (one draw), and rescales the kept ones."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.rate == 0:
            return x
        kept = torch.rand((), device=x.device) >= self.rate
        return x * (kept / max(1 - self.rate, 1e-12)).to(x.dtype)


class Block(nn.Module):
    """ConvNeXt-V2-like: depthwise 7x7, norm, 1x1 to 4C, ReLU, 1x1 back to C, added to the input."""

    def __init__(
        self,
        channels: int,
        norm: nn.Module,
        drop_rate: float,
        *,
        after_activation: Sequence[nn.Module] = (),
        rezero: bool = False,
    ) -> None:
        super().__init__()
        self.block = nn.Sequential(
            Depthwise(channels, 7),
            norm,
            nn.Conv2d(channels, 4 * channels, kernel_size=1),
            nn.ReLU(inplace=True),
            *after_activation,
            nn.Conv2d(4 * channels, channels, kernel_size=1),
        )
        self.alpha = nn.Parameter(torch.tensor(0.0)) if rezero else None  # starts as identity
        self.stochastic_depth = StochasticDepth(drop_rate)

    def forward(self, x: Tensor) -> Tensor:
        residual = self.block(x)
        if self.alpha is not None:
            residual = self.alpha * residual
        return x + self.stochastic_depth(residual)


class Encoder(nn.Module):
    """N,5,H,W to six maps, one for each scale.

    `downsample` makes the layers between two scales from their channels, `block` a block from its channels and
    its drop rate: that is where SPNet and PacGDC differ.
    """

    def __init__(
        self,
        config: Config,
        downsample: Callable[[int, int], nn.Module],
        block: Callable[[int, float], nn.Module],
    ) -> None:
        super().__init__()
        widths = config.all_channels
        stem = nn.Conv2d(5, widths[0], kernel_size=3, padding=1)
        between = [downsample(finer, coarser) for finer, coarser in itertools.pairwise(widths)]
        self.downsample_layers = nn.ModuleList([stem, *between])
        self.stages = nn.ModuleList([nn.Identity(), nn.Identity()])
        for channels, rates in zip(config.channels, config.block_drop_rates(), strict=True):
            self.stages.append(nn.Sequential(*[block(channels, rate) for rate in rates]))

    def forward(self, x: Tensor) -> list[Tensor]:
        if not is_compiled() and (x.shape[2] % STRIDE or x.shape[3] % STRIDE):
            raise ValueError(f"{x.shape[2]}x{x.shape[3]}: height and width must be multiples of {STRIDE}")
        maps = []
        for downsample, stage in zip(self.downsample_layers, self.stages, strict=True):
            x = stage(downsample(x))
            maps.append(x)
        return maps


def _downsample(norm: str, finer: int, coarser: int) -> nn.Module:
    return nn.Sequential(NORMS[norm](finer), nn.Conv2d(finer, coarser, kernel_size=2, stride=2))


def _block(norm: str, channels: int, drop_rate: float) -> Block:
    grn = GRN(4 * channels) if norm == "GRN" else nn.Identity()
    return Block(channels, NORMS[norm](channels), drop_rate, after_activation=[grn], rezero=norm == "RZ")


class Decoder(nn.Module):
    """The encoder's six maps to N,outputs,H,W, from the deepest scale up."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        widths = config.all_channels
        self.upsample_layers = nn.ModuleList()
        self.fusion_layers = nn.ModuleList()
        for finer, coarser in itertools.pairwise(widths):
            self.upsample_layers.append(nn.ConvTranspose2d(coarser, finer, kernel_size=2, stride=2))
            self.fusion_layers.append(nn.Conv2d(2 * finer, finer, kernel_size=1))
        self.stages = nn.ModuleList([nn.Identity(), nn.Identity()])
        self.stages.extend(_block(config.norm, channels, 0.0) for channels in config.channels[:3])
        self.head = nn.Conv2d(widths[0], config.outputs, kernel_size=3, padding=1)

    def forward(self, maps: list[Tensor]) -> Tensor:
        x = maps[5]
        for scale in range(4, -1, -1):
            x = torch.cat([maps[scale], self.upsample_layers[scale](x)], dim=1)
            x = self.stages[scale](self.fusion_layers[scale](x))
        return self.head(x)


class SPNet(nn.Module):
    """The network of the paper: image, normalised sparse depth and its mask in, normalised dense depth out.

    Weights start as the authors start them: Xavier normal convolutions, zero biases, PyTorch's default for
    the transposed convolutions.
    """

    def __init__(self, config: Config | None = None) -> None:
        super().__init__()
        self.config = config or Config()
        norm = self.config.norm
        self.encoder = Encoder(self.config, partial(_downsample, norm), partial(_block, norm))
        self.decoder = Decoder(self.config)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.xavier_normal_(module.weight)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]  # every convolution here has a bias

    def forward(self, rgb: Tensor, depth: Tensor, mask: Tensor) -> Tensor:
        """Complete normalised depth.

        Args:
            rgb: N,3,H,W in [0, 1]. H and W are multiples of 32.
            depth: N,1,H,W, divided by the scale the weights were trained with; 0 where there is none.
            mask: N,1,H,W, 1 where depth is measured, 0 elsewhere.

        Returns:
            N,1,H,W normalised depth; no activation, so it can be negative. N,2,H,W with ``outputs=2``.
        """
        return self.decoder(self.encoder(torch.cat([rgb, depth, mask], dim=1)))


class Stacked(nn.Module):
    """A network called with its five input channels in one tensor, as the engines do."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """N,5,H,W: [rgb, depth, mask] to the output of the network."""
        return self.network(x[:, :3], x[:, 3:4], x[:, 4:5])
