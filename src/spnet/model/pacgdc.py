"""PacGDC's variant of SPNet (Wang et al., ICCV 2025): strided 3x3 convolutions between the scales, SP-Norm only.

Same idea and same blocks, other layers and names; its weights do not fit SPNet's and SPNet's do not fit it.
"""

import itertools

import torch
from torch import Tensor, nn

from spnet.model.network import Block, Config, Encoder
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


def _downsample(finer: int, coarser: int) -> nn.Module:
    return nn.Sequential(SPNorm(finer), nn.Conv2d(finer, coarser, kernel_size=3, stride=2, padding=1))


def _block(channels: int, drop_rate: float) -> Block:
    return Block(channels, SPNorm(channels), drop_rate)


class Decoder(nn.Module):
    """The encoder's six maps to N,outputs,H,W; `upsample_layers[0]` is the head."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        widths = config.all_channels
        self.upsample_layers = nn.ModuleList([nn.Conv2d(widths[0], config.outputs, kernel_size=3, padding=1)])
        self.stages = nn.ModuleList([nn.Identity(), nn.Identity()])
        self.stages.extend(_block(channels, 0.0) for channels in config.channels[:3])
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
        self.encoder = Encoder(self.config, _downsample, _block)
        self.decoder = Decoder(self.config)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                nn.init.xavier_normal_(module.weight)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]  # every convolution here has a bias

    def forward(self, rgb: Tensor, depth: Tensor, mask: Tensor) -> Tensor:
        return self.decoder(self.encoder(torch.cat([rgb, depth, mask], dim=1)))
