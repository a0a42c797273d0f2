"""What is minimised: sums over pixels of a batch, each divided by a number of pixels.

Those numbers are `count`'s, which the network has no part in. A part of a batch, with the counts of the whole batch,
gives its share of the whole loss: the shares of all parts and processes add up to it, and so do their gradients.

Everything is in normalised depth, and computed in float32 whatever the network's precision.
"""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from spnet.errors import SpnetError
from spnet.model.diffusion import Links, differences
from spnet.model.nano import Steered

Batch = Mapping[str, Tensor]
Loss = Callable[[Any, Batch, Tensor], dict[str, Tensor]]
"""See `find_loss`."""

_EPSILON = 1e-6  # of the authors: in numbers of pixels and in deviations
_GRADIENT_WEIGHT = 0.5
_GRADIENT_SCALES = 4

NEAREST_LOG = 0.03
"""Normalised depth below which `log_depth` goes on as a straight line."""
SMALLEST_ERROR = 1e-3
"""Of log depth: what errors are told apart by, a tenth of a percent; keeps the Laplacian's scale from 0."""
_LARGEST_LOG_SCALE = 20.0
_MOST_SURPRISE = 50.0


def find_loss(preset: str) -> Loss:
    """The loss of that name: "authors", "pacgdc", "laplace" or "steered".

    It is called ``loss(output, batch, counts)``:

    - output: (N,1,H,W) normalised depth, or (N,2,H,W), the second channel being the log of the scale of a Laplacian
      distribution of log depth, which only "laplace" looks at, and needs. "steered" takes what a `Nano` hands out.
    - batch: "truth" and "known", and for "authors" "mask", as `spnet.train.samples` describes them; (N,1,H,W).
    - counts: as `count` returns them, of the whole batch that this one is, or is a part of.

    Returns the terms by name, already weighted, each a scalar: their sum is what is minimised. A batch in which nothing
    is known has terms of 0, and gradients of 0.

    Raises:
        SpnetError: there is no such loss.
    """
    if preset == "steered":
        return steered
    if preset not in OF_DRAWN_DEPTH:
        raise SpnetError(f"loss {preset!r}: expected one of {', '.join(OF_DRAWN_DEPTH)}, steered")
    return partial(_of_drawn_depth, preset)


def _of_drawn_depth(preset: str, output: Any, batch: Batch, counts: Tensor) -> dict[str, Tensor]:
    if isinstance(output, Steered):
        raise SpnetError(f"loss {preset}: the network steers a diffusion, expected the loss steered")
    return OF_DRAWN_DEPTH[preset](output, batch, counts)


def count(batch: Batch) -> Tensor:
    """What losses are divided by, float32 (2,): how many pixels of known truth the input measured, and how many are."""
    known = batch["known"].float()
    return torch.stack([(batch["mask"].float() * known).sum(), known.sum()])


def authors(output: Tensor, batch: Batch, counts: Tensor) -> dict[str, Tensor]:
    """The loss of SPNet and G2-MonoDepth (Wang et al., "G2-MonoDepth", T-PAMI 46(5), 2024, section 3.3).

    L1 over the pixels that the input measured, and `_relative`: the absolute scale is learned where it was given.
    """
    depth, known = output[:, :1].float(), batch["known"].float()
    measured, everywhere = counts
    absolute = ((depth - batch["truth"]).abs() * batch["mask"] * known).sum() / (measured + _EPSILON)
    return {"absolute": absolute, **_relative(depth, batch["truth"], known, everywhere)}


def pacgdc(output: Tensor, batch: Batch, counts: Tensor) -> dict[str, Tensor]:
    """The loss of PacGDC (Wang et al., ICCV 2025): as `authors`, but with L1 over all known truth."""
    depth, known = output[:, :1].float(), batch["known"].float()
    everywhere = counts[1]
    absolute = ((depth - batch["truth"]).abs() * known).sum() / (everywhere + _EPSILON)
    return {"absolute": absolute, **_relative(depth, batch["truth"], known, everywhere)}


def laplace(output: Tensor, batch: Batch, counts: Tensor) -> dict[str, Tensor]:
    """The negative log likelihood of the truth's log under a Laplacian that the network predicts, and two terms beside.

    With the error e = |log depth - log truth| and the Laplacian's scale b:

    - "likelihood": (e + 0.001) / b + log b. At its least b is e + 0.001: the network tells its own relative error.
      (Kendall and Gal, "What uncertainties do we need in Bayesian deep learning for computer vision?", 2017.)
    - "log_error": e. The likelihood alone pulls little on depth that the network is unsure of, and can leave it wrong
      (Seitzer et al., "On the pitfalls of heteroscedastic uncertainty estimation", 2022).
    - "gradient": that of log depth at 4 scales, so that edges are sharp and surfaces smooth, which a mean of errors
      hardly tells apart (Li and Snavely, "MegaDepth", 2018).

    Raises:
        SpnetError: an output without the second channel.
    """
    if output.shape[1] != 2:
        raise SpnetError(f"loss laplace: the network has {output.shape[1]} output, expected 2: set confidence = true")
    known = batch["known"].float()
    everywhere = counts[1]
    truth = torch.where(known > 0, batch["truth"].float(), 1)
    residual = (log_depth(output[:, :1].float()) - log_depth(truth)) * known
    log_scale = output[:, 1:].float().clamp(-_LARGEST_LOG_SCALE, _LARGEST_LOG_SCALE)
    error = residual.abs()
    likelihood = ((error + SMALLEST_ERROR) * torch.exp(-log_scale) + log_scale) * known
    pixels = everywhere + _EPSILON
    return {
        "likelihood": likelihood.sum() / pixels,
        "log_error": error.sum() / pixels,
        "gradient": _GRADIENT_WEIGHT * gradient(residual) / pixels,
    }


OF_DRAWN_DEPTH: dict[str, Loss] = {"authors": authors, "pacgdc": pacgdc, "laplace": laplace}
"""Losses of networks whose output is all there is to look at."""


def steered(output: Steered, batch: Batch, counts: Tensor) -> dict[str, Tensor]:
    """Of a network that steers a diffusion (`spnet.model.nano`): its depth, and what it steers by at every scale.

    - "squared", "log_error": the log of the root mean square of an image's errors of depth, and of their mean in log
      depth. It is in logs that an image measured densely, whose errors are small, counts as one of a few lines does;
      images count by what is known of them.
    - "scales": of log depth at the coarser scales, where the truth is the mean of what is known in a cell.
    - "links": the negative log likelihood of the true difference of log depth between neighbours under a Laplacian
      about the slope of their link, whose scale the link's strength tells: a link across an edge is taught to be weak,
      and one along a surface to have its slope, wherever the diffusion's own errors come from. (Gradients of log depth
      are predicted and integrated in Zuo and Deng, "OGNI-DC", ECCV 2024.)
    - "likelihood": as in `laplace`, of the errors that are made, which it leaves as they are.

    Raises:
        SpnetError: the output of another network.
    """
    if not isinstance(output, Steered):
        raise SpnetError('loss steered: the network draws depth itself, expected one of family "nano"')
    pixels = counts[1] + _EPSILON
    known = batch["known"].float()
    truth = torch.log(torch.where(known > 0, batch["truth"].float(), 1)) * known
    depth, log_scale = output.output[:, :1].float(), output.output[:, 1:].float()
    error = (output.log_depth[0] - truth).abs() * known
    log_scale = log_scale.clamp(-_LARGEST_LOG_SCALE, _LARGEST_LOG_SCALE)
    likelihood = ((error.detach() + SMALLEST_ERROR) * torch.exp(-log_scale) + log_scale) * known
    terms = {
        "squared": 0.1 * _logs_of_means((depth - batch["truth"]) ** 2, known, root=2) / pixels,
        "log_error": 0.1 * _logs_of_means(error, known, root=1) / pixels,
        "likelihood": 0.01 * likelihood.sum() / pixels,
    }
    scales, links = [], []
    for scale, (log_depth, slopes, errors) in enumerate(
        zip(output.log_depth[1:], output.slopes, output.log_slope_errors, strict=True), start=1
    ):
        share = F.avg_pool2d(known, 2)
        truth = F.avg_pool2d(truth * known, 2) / share.clamp(min=_EPSILON)
        known = (share > 0.49).float()
        scales.append(4**scale * ((log_depth - truth).abs() * known).sum())
        links.append(4**scale * _unlikely(truth, known, slopes, errors))
    return {**terms, "scales": 0.1 * sum(scales) / pixels, "links": 0.01 * sum(links) / pixels}


def _logs_of_means(errors: Tensor, known: Tensor, root: int) -> Tensor:
    """The sum over known pixels of the log of their image's mean error, or of its root, of a map (N,1,H,W)."""
    pixels = known.sum((1, 2, 3))
    means = (errors * known).sum((1, 2, 3)) / pixels.clamp(min=1)
    return (pixels * torch.log(means + SMALLEST_ERROR**root)).sum() / root


def _unlikely(log_depth: Tensor, known: Tensor, slopes: Links, log_errors: Links) -> Tensor:
    """The sum over links between known pixels of the negative log likelihood of their difference of log depth."""
    total = log_depth.new_zeros(())
    both = (known * F.pad(known[:, :, :, 1:], (0, 1)), known * F.pad(known[:, :, 1:], (0, 0, 0, 1)))
    for true, slope, log_error, there in zip(differences(log_depth), slopes, log_errors, both, strict=True):
        surprise = ((true - slope).abs() * torch.exp(-log_error) + log_error).clamp(max=_MOST_SURPRISE)
        total = total + (surprise * there).sum() / 2
    return total


def log_depth(depth: Tensor) -> Tensor:
    """The log of normalised depth; below NEAREST_LOG its tangent there, so that any number has one, and a slope."""
    tangent = (depth - NEAREST_LOG) / NEAREST_LOG + math.log(NEAREST_LOG)
    return torch.where(depth > NEAREST_LOG, torch.log(depth.clamp_min(NEAREST_LOG)), tangent)


def _relative(depth: Tensor, truth: Tensor, known: Tensor, pixels: Tensor) -> dict[str, Tensor]:
    """L1 and gradients of the difference of standardised depth: what is left when scale and shift are taken away."""
    residual = (_standardised(depth, known) - _standardised(truth.float(), known)) * known
    return {
        "relative": residual.abs().sum() / (pixels + _EPSILON),
        "gradient": _GRADIENT_WEIGHT * gradient(residual) / (pixels + _EPSILON),
    }


def _standardised(depth: Tensor, known: Tensor) -> Tensor:
    """Each map (N,1,H,W) less its mean, over its mean absolute deviation, both over the known pixels."""
    pixels = known.sum((2, 3), keepdim=True).clamp_min(_EPSILON)
    mean = (depth * known).sum((2, 3), keepdim=True) / pixels
    deviation = ((depth - mean).abs() * known).sum((2, 3), keepdim=True) / pixels
    return (depth - mean) / (deviation + _EPSILON)


def gradient(residual: Tensor) -> Tensor:
    """The sum of the absolute Sobel gradients, across and down, of a residual (N,1,H,W) at 4 scales.

    Each scale takes every second row and column of the one before. A scale of fewer than 3 rows or columns has none.
    """
    total = residual.new_zeros(())
    for _ in range(_GRADIENT_SCALES):
        if min(residual.shape[2:]) < 3:
            break
        across, down = residual[:, :, :, 2:] - residual[:, :, :, :-2], residual[:, :, 2:] - residual[:, :, :-2]
        across = across[:, :, :-2] + 2 * across[:, :, 1:-1] + across[:, :, 2:]
        down = down[:, :, :, :-2] + 2 * down[:, :, :, 1:-1] + down[:, :, :, 2:]
        total = total + across.abs().sum() + down.abs().sum()
        residual = residual[:, :, : residual.shape[2] // 2 * 2 : 2, : residual.shape[3] // 2 * 2 : 2]
    return total
