"""Geometry, colour and sparse input under one name: the two papers' recipes, and ours for every sensor.

"authors" (SPNet, after G2-MonoDepth) and "pacgdc" were made for views divided by a largest depth. Under a scale that is
taken from the data, their noise is in units of the scale of the truth, and there is no largest depth to keep to.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.scale import fixed_scale
from spnet.train import augment, inputs
from spnet.train.patterns import DEFAULT_PATTERNS, check_patterns, measure_by_patterns
from spnet.train.recipe import AugmentRecipe
from spnet.train.view import View

_ZOOM = (0.6, 2.0)
_FACTOR = 2.0  # a scene becomes up to so many times as large, or as small
_SHIFT = 0.7  # pixels: deviation of the image from its depth, where they are not well registered ...
_SHIFTED = 0.5  # ... which is this often so
_WAVERING = 2.0  # pixels: the most deviation of depth's edges from the image's, of sensors that blur them ...
_WAVERED = 0.4  # ... which is this often so


@dataclass(frozen=True)
class Preset:
    """How a view becomes a sample; both draw from the generator alone."""

    augment: Callable[[View, tuple[int, int], str, Generator], View]
    """The view at a size (H,W), to be divided by a rule of `spnet.scale`."""
    measure: Callable[[View, str, Generator], NDArray[np.float32]]
    """Sparse depth (H,W) of that in metres, 0 where there is none, perhaps everywhere."""


def find_preset(recipe: AugmentRecipe) -> Preset:
    """The preset that a run file names.

    Raises:
        SpnetError: there is no such preset, or patterns for another than "sensors", or a pattern that is none.
    """
    if recipe.preset == "sensors":
        patterns = DEFAULT_PATTERNS if recipe.patterns is None else recipe.patterns
        check_patterns(patterns)
        return Preset(_for_sensors, partial(measure_by_patterns, patterns=patterns))
    if recipe.preset not in _OF_PAPERS:
        raise SpnetError(f"[augment] preset {recipe.preset!r}: expected one of {', '.join((*_OF_PAPERS, 'sensors'))}")
    if recipe.patterns is not None:
        raise SpnetError(f"[augment] patterns: the preset {recipe.preset} has its own; leave them out, or take sensors")
    return _OF_PAPERS[recipe.preset]


def _as_in_papers(
    view: View,
    size: tuple[int, int],
    rule: str,
    generator: Generator,
    *,
    smallest: float,
    colour: float,
    stretch: float,
) -> View:
    """A random crop, of that a random resized crop, mirrored or not; colours jittered; depth stretched.

    Depth times U(1 - stretch, 1 + stretch), though not beyond a fixed largest depth.
    """
    window = augment.random_crop(augment.whole(view), size, generator)
    window = augment.random_resized_crop(window, smallest, generator)
    view = augment.resize_blended(view, window, size)
    if generator.random() < 0.5:
        view = augment.flip(view)
    view = replace(view, rgb=augment.jitter(view.rgb, colour, generator))
    farthest, found = fixed_scale(rule) or math.inf, float(view.truth.max())
    room = max(1.0, farthest / found) if found > 0 else 1.0
    return augment.rescale(view, generator.uniform(1 - stretch, min(1 + stretch, room)))


def _for_sensors(view: View, size: tuple[int, int], rule: str, generator: Generator) -> View:
    """A crop of the view made larger or smaller, mirrored or not, the image soft, noisy or compressed; any scale.

    Depth is that of single pixels, never blended. In half of the views, image and depth are a little apart, and in many
    depth's edges waver about the image's.
    """
    window = augment.zoomed(augment.whole(view), size, _ZOOM, generator)
    shift = generator.normal(0, _SHIFT, 2) * window.height / size[0] * (generator.random() < _SHIFTED)
    view = augment.resize_sampled(view, window, size, (float(shift[0]), float(shift[1])))
    if generator.random() < _WAVERED:
        view = augment.wavered(view, generator.uniform(0, _WAVERING), generator)
    if generator.random() < 0.5:
        view = augment.flip(view)
    rgb = augment.photograph_again(view.rgb, 0.3, generator)
    return augment.rescale(replace(view, rgb=rgb), _FACTOR ** generator.uniform(-1, 1))


_OF_PAPERS = {
    "authors": Preset(partial(_as_in_papers, smallest=0.64, colour=0.2, stretch=0.2), inputs.measure_as_authors),
    "pacgdc": Preset(partial(_as_in_papers, smallest=0.49, colour=0.4, stretch=0.4), inputs.measure_as_pacgdc),
}
