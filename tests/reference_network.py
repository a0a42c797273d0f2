"""SPNet and PacGDC written once more from the paper's formulas, in float64, as plain functions of a state dict.

Slow and literal on purpose: the networks of `spnet.model` are held against it. Nothing here imports them.
"""

import zlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

State = dict[str, Tensor]


def forward(state: State, rgb: Tensor, depth: Tensor, mask: Tensor, *, norm: str, family: str) -> Tensor:
    """The network's output for N,3,H,W / N,1,H,W / N,1,H,W, in float64."""
    state = {name: value.double() if value.is_floating_point() else value for name, value in state.items()}
    x = torch.cat([rgb, depth, mask], dim=1).double()
    stride, padding = (2, 0) if family == "spnet" else (2, 1)
    maps = []
    for scale in range(6):
        name = f"encoder.downsample_layers.{scale}"
        if scale == 0:
            x = conv(state, name, x, padding=1)
        else:
            x = conv(
                state,
                f"{name}.1",
                normalise(state, f"{name}.0", x, norm, family),
                stride=stride,
                padding=padding,
            )
        count = len({key.split(".")[3] for key in state if key.startswith(f"encoder.stages.{scale}.")})
        for index in range(count):
            x = block(state, f"encoder.stages.{scale}.{index}", x, norm, family)
        maps.append(x)
    for scale in range(4, -1, -1):
        if family == "spnet":
            name = f"decoder.upsample_layers.{scale}"
            x = F.conv_transpose2d(x, state[f"{name}.weight"], state[f"{name}.bias"], stride=2)
        else:
            name = f"decoder.upsample_layers.{scale + 1}"
            x = normalise(state, f"{name}.0", x, norm, family)
            x = F.conv_transpose2d(
                x, state[f"{name}.1.weight"], state[f"{name}.1.bias"], stride=2, padding=1, output_padding=1
            )
        x = conv(state, f"decoder.fusion_layers.{scale}", torch.cat([maps[scale], x], dim=1))
        if scale >= 2:
            x = block(state, f"decoder.stages.{scale}", x, norm, family)
    return conv(state, "decoder.head" if family == "spnet" else "decoder.upsample_layers.0", x, padding=1)


def conv(state: State, name: str, x: Tensor, **options: int) -> Tensor:
    return F.conv2d(x, state[f"{name}.weight"], state[f"{name}.bias"], **options)


def block(state: State, name: str, x: Tensor, norm: str, family: str) -> Tensor:
    channels = x.shape[1]
    y = conv(state, f"{name}.block.0", x, padding=3, groups=channels)
    y = normalise(state, f"{name}.block.1", y, norm, family)
    y = conv(state, f"{name}.block.2", y).relu()
    if norm == "GRN":
        energy = (y**2).sum(dim=(2, 3), keepdim=True).sqrt()
        response = energy / (energy.mean(dim=1, keepdim=True) + 1e-6)
        y = (1 + state[f"{name}.block.4.gamma"] * response) * y + state[f"{name}.block.4.beta"]
    y = conv(state, f"{name}.block.{5 if family == 'spnet' else 4}", y)
    return x + (state[f"{name}.alpha"] * y if norm == "RZ" else y)


def normalise(state: State, name: str, x: Tensor, norm: str, family: str) -> Tensor:
    n = (x - x.mean(dim=1, keepdim=True)) / (x.std(dim=1, keepdim=True) + 1e-6)
    if family == "pacgdc":
        return conv(state, f"{name}.projection", n) * x
    if norm in ("CNX", "GRN"):
        return conv(state, f"{name}.conv", n) * x
    if norm == "CN+X":
        return conv(state, f"{name}.conv", n) + x
    if norm == "CX":
        return conv(state, f"{name}.conv", x) * x
    if norm == "RZ":
        return x
    weight, bias = (state[f"{name}.norm.{part}"].reshape(1, -1, 1, 1) for part in ("weight", "bias"))
    if norm == "NX":
        return (weight * n + bias) * x
    if norm == "LN":
        return weight * n + bias
    if norm == "BN":
        mean, variance = (state[f"{name}.norm.running_{part}"].reshape(1, -1, 1, 1) for part in ("mean", "var"))
    else:  # IN: the statistics of each map
        mean, variance = x.mean(dim=(2, 3), keepdim=True), x.var(dim=(2, 3), keepdim=True, unbiased=False)
    return weight * (x - mean) / (variance + 1e-5).sqrt() + bias


def random_state(shapes: State) -> State:
    """Weights for the names and shapes of a state dict, from each name alone: the same on every machine."""
    return {name: _random_tensor(name, value) for name, value in shapes.items()}


def random_input(height: int, width: int, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """A random image, sparse depth and its mask: 1,3,H,W / 1,1,H,W / 1,1,H,W float32."""
    generator = np.random.default_rng(seed)
    rgb = generator.random((1, 3, height, width), dtype=np.float32)
    mask = (generator.random((1, 1, height, width)) < 0.1).astype(np.float32)
    depth = mask * generator.random((1, 1, height, width), dtype=np.float32)
    return torch.from_numpy(rgb), torch.from_numpy(depth), torch.from_numpy(mask)


def _random_tensor(name: str, like: Tensor) -> Tensor:
    if not like.is_floating_point():
        return torch.zeros(like.shape, dtype=like.dtype)
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    values = generator.standard_normal(tuple(like.shape), dtype=np.float32)
    if name.endswith("running_var"):
        return torch.from_numpy(np.abs(values) + 0.5)
    fan = max(1, int(np.prod(like.shape[1:]))) if like.ndim == 4 and like.shape[0] > 1 else 4
    return torch.from_numpy(np.asarray(0.5 * values / fan**0.5, dtype=np.float32))
