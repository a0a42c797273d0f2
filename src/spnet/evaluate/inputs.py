"""From a frame of a data set and a condition to what a model is given, and what is counted."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spnet.errors import SpnetError
from spnet.evaluate.conditions import Condition
from spnet.evaluate.datasets import Sample, View
from spnet.files.limits import check_pixel_count
from spnet.frame import Frame
from spnet.sparsify import sparsify

HELD_OUT = 0.2
"""Share of a LiDAR sweep's points that are counted and never given, where the sweep is all the truth there is."""

_BLANK = 128

_Depth = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Input:
    """One frame under one condition."""

    frame: Frame
    """What a model is given; its depth is multiplied by the condition's scale."""
    truth: _Depth
    """(H,W) metres of the real scene, 0 where unknown."""
    counted: NDArray[np.bool_]
    """(H,W), True where a prediction is compared with the truth."""
    rgb: NDArray[np.uint8]
    """(H,W,3), the image in colour even if the model is given another."""


def make_input(sample: Sample, view: View, condition: Condition, seed: int) -> Input:
    """Make the input of a frame under a condition.

    The frame is first cut to the part that its data set's protocol counts, if it names one: nothing outside is given,
    drawn from or counted. Of a single LiDAR sweep HELD_OUT of the points, the same under every condition that has its
    size, are set aside to be counted, and the input is drawn from the others. Other truth is counted everywhere,
    measured pixels included, as benchmarks do.

    Args:
        sample: the frame, whose id seeds what is drawn.
        view: what `sample.load` read.
        condition: of a pattern that fits the data set; see `check_pattern`.
        seed: of the run.

    Raises:
        SpnetError: the pattern leaves no measurement of this frame, or it needs what the frame does not have.
    """
    view = _resized(_cropped(view), condition.size)
    counted = view.truth > 0
    if sample.sparse_truth:
        counted = sparsify(view.truth, f"random:{HELD_OUT}", seed=seed, frame=f"{sample.id}, held out").mask
    depth = _measured(sample, view, condition.pattern, counted if sample.sparse_truth else None, seed)
    if not depth.any():
        raise SpnetError(f"{condition.pattern} leaves no measurement of this frame; take a denser pattern")
    frame = Frame(_image(view.rgb, condition.image), depth * np.float32(condition.scale), camera=view.camera)
    return Input(frame, view.truth, counted, view.rgb)


def _measured(sample: Sample, view: View, pattern: str, held_out: NDArray[np.bool_] | None, seed: int) -> _Depth:
    """The depth (H,W) in metres that the pattern leaves of the frame, or of sparse depth that the data set brings."""
    first, _, others = pattern.partition("+")
    depth, steps = (view.inputs[first], others) if first in view.inputs else (view.truth, pattern)
    if held_out is not None:
        depth = np.where(held_out, np.float32(0), depth)
    if not steps:
        return depth
    return sparsify(depth, steps, seed=seed, frame=sample.id, camera=view.camera, rgb=view.rgb).depth


def _cropped(view: View) -> View:
    if view.crop is None:
        return view
    (top, bottom), (left, right) = view.crop.rows, view.crop.columns
    inside = np.s_[top:bottom, left:right]
    return View(
        rgb=view.rgb[inside],
        truth=view.truth[inside],
        camera=view.camera and view.camera.crop(left, top, right - left, bottom - top),
        inputs={name: depth[inside] for name, depth in view.inputs.items()},
        crop=None,
    )


def _resized(view: View, factor: float) -> View:
    """The frame with other sides: the image resampled, depth taken at the nearest pixel and never blended."""
    if factor == 1:
        return view
    height, width = (max(1, round(side * factor)) for side in view.truth.shape)
    check_pixel_count(width, height, f"the frame at {factor:g} times its size")
    nearest = np.ix_(*(_nearest(side, new) for side, new in zip(view.truth.shape, (height, width), strict=True)))
    return replace(
        view,
        rgb=np.asarray(Image.fromarray(view.rgb).resize((width, height), Image.Resampling.BICUBIC)),
        truth=view.truth[nearest],
        camera=view.camera and view.camera.resize(width, height),
        inputs={name: depth[nearest] for name, depth in view.inputs.items()},
    )


def _nearest(side: int, new: int) -> NDArray[np.intp]:
    """The pixel of `side` in which the centre of each of `new` equal pixels lies."""
    return (2 * np.arange(new, dtype=np.intp) + 1) * side // (2 * new)


def _image(rgb: NDArray[np.uint8], kind: str) -> NDArray[np.uint8]:
    if kind == "blank":
        return np.full_like(rgb, _BLANK)
    if kind == "grey":
        return np.asarray(Image.fromarray(rgb).convert("L").convert("RGB"))
    return rgb
