"""Pictures of a training: what the network makes of samples, one a row."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torch import nn

from spnet.show import colorize, display_range, draw_measured, save_picture
from spnet.train.samples import Batch

FOLDER = "panels"

MOST_ROWS = 4
WORST_ERROR = 0.2
"""Relative error that takes the brightest colour of the error panel."""

_CAPTIONS = ("image", "input", "prediction", "truth", f"error, 0 to {WORST_ERROR:.0%}")
_GAP, _CAPTION = 6, 24
_BACKGROUND, _INK = (16, 18, 22), (222, 226, 232)
_UNKNOWN = np.array((40, 42, 48), dtype=np.uint8)

_Picture = NDArray[np.uint8]
_Map = NDArray[np.float32]


def save_panels(network: nn.Module, batch: Batch, path: Path) -> None:
    """Write a PNG of at most MOST_ROWS samples of a batch: image, input, prediction, truth and relative error.

    Prediction and truth of a row have one colour scale. Where the truth is not known, it and the error are grey.

    Args:
        network: as it is validated, in eval mode.
        batch: as `spnet.train.samples` describes it.
        path: of the .png; a file that stands there is replaced.

    Raises:
        SpnetError: it cannot be written.
    """
    device = next(network.parameters()).device
    inputs = [batch[name][:MOST_ROWS].to(device) for name in ("rgb", "depth", "mask")]
    with torch.inference_mode():
        predicted = network(*inputs)[:, :1].float().cpu()
    rows = [_row(batch, index, predicted[index, 0].numpy()) for index in range(len(predicted))]
    height, width = rows[0][0].shape[:2]
    size = (_GAP + len(_CAPTIONS) * (width + _GAP), _CAPTION + len(rows) * (height + _GAP))
    sheet = Image.new("RGB", size, _BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    for column, caption in enumerate(_CAPTIONS):
        left = _GAP + column * (width + _GAP)
        draw.text((left, 5), caption, fill=_INK, font=ImageFont.load_default(size=13))
        for index, row in enumerate(rows):
            sheet.paste(Image.fromarray(row[column]), (left, _CAPTION + index * (height + _GAP)))
    save_picture(sheet, path, overwrite=True)


def _row(batch: Batch, index: int, predicted: _Map) -> list[_Picture]:
    """The panels (H,W,3) of a sample, in the order of the captions."""
    rgb = np.rint(batch["rgb"][index].numpy().transpose(1, 2, 0) * 255).astype(np.uint8)
    metres = np.float32(batch["scale"][index])
    depth, truth = (batch[name][index, 0].numpy() * metres for name in ("depth", "truth"))
    predicted = np.nan_to_num(predicted * metres, nan=0.0)
    known = truth > 0
    near, far = display_range(truth[known] if known.any() else depth[depth > 0])
    error = np.divide(np.abs(predicted - truth), truth, out=np.zeros_like(truth), where=known)
    return [
        rgb,
        np.asarray(draw_measured(rgb, depth, (rgb.shape[1], rgb.shape[0]), near, far)),
        colorize(np.clip(predicted, near, far), near, far),
        np.where(known[:, :, None], colorize(np.clip(truth, near, far), near, far), _UNKNOWN),
        np.where(known[:, :, None], _heat(error / WORST_ERROR), _UNKNOWN),
    ]


def _heat(share: _Map) -> _Picture:
    """0 is black, 1 white, by red and yellow between."""
    level = np.clip(share, 0, 1)[:, :, None] * 3 - np.arange(3, dtype=np.float32)
    return np.rint(np.clip(level, 0, 1) * 255).astype(np.uint8)
