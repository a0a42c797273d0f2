"""PacGDC's variant of SPNet (Wang et al., ICCV 2025): strided 3x3 convolutions between the scales, SP-Norm only.

Same idea and same blocks, other layers and names; its weights do not fit SPNet's and SPNet's do not fit it.
"""

import itertools

import torch
from torch import Tensor, nn

from spnet.model.network import Config, StochasticDepth
from spnet.model.norms import standardise

PACGDC: dict[str, Config] = {
    "T": Config((96, 192, 384, 768), (3, 3, 9, 3), drop_rate=0.1),
    "S": Config((96, 192, 384, 768), (3, 3, 27, 3), drop_rate=0.2),
    "B": Config((128, 256, 512, 1024), (3, 3, 27, 3), drop_rate=0.3),
    "L": Config((192, 384, 768, 1536), (3, 3, 27, 3), drop_rate=0.5),
}


class SPNorm(nn.Module):
    """SP-Norm under PacGDC's parameter name."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.projection = nn.Conv2d(channels, channels, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.projection(standardise(x)) * x


class Block(nn.Module):
    """SPNet's block without the place for a GRN layer."""

    def __init__(self, channels: int, drop_rate: float = 0.0) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(channels, channels, kernel_size=7, padding=3, groups=channels),
            SPNorm(channels),
            nn.Conv2d(channels, 4 * channels, kernel_size=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(4 * channels, channels, kernel_size=1),
        )
        self.stochastic_depth = StochasticDepth(drop_rate)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.stochastic_depth(self.block(x))


class Encoder(nn.Module):
    """N,5,H,W to six maps, one for each scale."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        widths = config.all_channels
        self.downsample_layers = nn.ModuleList([nn.Conv2d(5, widths[0], kernel_size=3, padding=1)])
        for finer, coarser in itertools.pairwise(widths):
            conv = nn.Conv2d(finer, coarser, kernel_size=3, stride=2, padding=1)
            self.downsample_layers.append(nn.Sequential(SPNorm(finer), conv))
        self.stages = nn.ModuleList([nn.Identity(), nn.Identity()])
        for channels, rates in zip(config.channels, config.block_drop_rates(), strict=True):
            self.stages.append(nn.Sequential(*[Block(channels, rate) for rate in rates]))

    def forward(self, x: Tensor) -> list[Tensor]:
        maps = []
        for downsample, stage in zip(self.downsample_layers, self.stages, strict=True):
            x = stage(downsample(x))
            maps.append(x)
        return maps


class Decoder(nn.Module):
    """The encoder's six maps to N,1,H,W; `upsample_layers[0]` is the head."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        widths = config.all_channels
        self.upsample_layers = nn.ModuleList([nn.Conv2d(widths[0], 1, kernel_size=3, padding=1)])
        self.stages = nn.ModuleList([nn.Identity(), nn.Identity()])
        self.stages.extend(Block(channels) for channels in config.channels[:3])
        self.fusion_layers = nn.ModuleList()
        for finer, coarser in itertools.pairwise(widths):
            conv = nn.ConvTranspose2d(coarser, finer, kernel_size=3, stride=2, padding=1, output_padding=1)
            self.upsample_layers.append(nn.Sequential(SPNorm(coarser), conv))
            self.fusion_layers.append(nn.Conv2d(2 * finer, finer, kernel_size=1))

    def forward(self, maps: list[Tensor]) -> Tensor:
        x = self.upsample_layers[5](maps[5])
        for scale in range(4, -1, -1):
            x = self.fusion_layers[scale](torch.cat([maps[scale], x], dim=1))
            x = self.upsample_layers[scale](self.stages[scale](x))
        return x


class PacGDC(nn.Module):
    """Called as `SPNet` is: see `SPNet.forward` for shapes and units. Every convolution starts Xavier normal."""

    def __init__(self, config: Config | None = None) -> None:
        super().__init__()
        self.config = config or PACGDC["T"]
        if self.config.norm != "CNX":
            raise ValueError(f"norm {self.config.norm!r}: PacGDC has SP-Norm (CNX) only")
        self.encoder = Encoder(self.config)
        self.decoder = Decoder(self.config)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                nn.init.xavier_normal_(module.weight)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]  # every convolution here has a bias

    def forward(self, rgb: Tensor, depth: Tensor, mask: Tensor) -> Tensor:
        return self.decoder(self.encoder(torch.cat([rgb, depth, mask], dim=1)))
