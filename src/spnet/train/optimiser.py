"""AdamW, the course of its rate, and the moving average of the weights."""

import math

import torch
from torch import Tensor, nn

from spnet.train.recipe import OptimiserRecipe


def make_optimiser(network: nn.Module, recipe: OptimiserRecipe) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter, 2019) that leaves norms and biases free of weight decay.

    These are the parameters with one number for each channel, or one in all.
    """
    decayed: list[Tensor] = []
    free: list[Tensor] = []
    for parameter in network.parameters():
        one_for_each_channel = parameter.numel() == max(parameter.shape, default=1)
        (free if one_for_each_channel else decayed).append(parameter)
    groups = [
        {"params": decayed, "weight_decay": recipe.weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(
        [group for group in groups if group["params"]], lr=recipe.rate, betas=recipe.betas, fused=True
    )


def rate_at(step: int, recipe: OptimiserRecipe) -> float:
    """The learning rate of a step, 0 for the first: a straight line up, then half a cosine down to nearly 0."""
    warm_up = round(recipe.warm_up * recipe.steps)
    if step < warm_up:
        return recipe.rate * (step + 1) / warm_up
    progress = (step - warm_up) / max(recipe.steps - warm_up, 1)
    return recipe.rate * 0.5 * (1 + math.cos(math.pi * progress))


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Give every parameter this learning rate."""
    for group in optimiser.param_groups:
        group["lr"] = rate


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, step: int, ema: float) -> None:
    """Draw the average of the weights towards those of the network, after the step of that number.

    The share that stays is at most (1 + step) / (10 + step), so that the first weights, which are noise, are soon
    forgotten. Integer buffers are copied.
    """
    stays = min(ema, (1 + step) / (10 + step))
    averaged, current = list(average.state_dict().values()), list(network.state_dict().values())
    floats = [index for index, tensor in enumerate(averaged) if tensor.is_floating_point()]
    torch._foreach_lerp_([averaged[index] for index in floats], [current[index] for index in floats], 1 - stays)
    for index in set(range(len(averaged))).difference(floats):
        averaged[index].copy_(current[index])
