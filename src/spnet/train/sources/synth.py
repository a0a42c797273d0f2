"""Frames rendered while the training runs: `spnet.synth`."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from numpy.random import Generator

from spnet.synth import assets
from spnet.synth.assets.bankfile import load
from spnet.synth.frames import FrameMaker, check
from spnet.train.recipe import SourceRecipe
from spnet.train.view import Source, View

_FRAMES = 2**32


@dataclass(frozen=True)
class SynthSource:
    """Frames 0 to 2**32 - 1 of a seed; each process renders its own."""

    bank: Path
    width: int
    height: int
    kind: str
    seed: int

    def __call__(self, generator: Generator) -> View:
        """Render a frame (see `spnet.train.view.Source`).

        Raises:
            SpnetError: no OpenGL.
        """
        frame = _maker(self).make(self.seed, int(generator.integers(_FRAMES)))
        return View(frame.rgb, frame.depth, frame.camera)


def open_synth(bank: Path | None, recipe: SourceRecipe) -> Source:
    """The frames of a recipe.

    Raises:
        SpnetError: no bank, or sizes or a kind that cannot be rendered.
    """
    check(recipe.seed, 0, recipe.width, recipe.height, recipe.mix)
    return SynthSource(assets.find(bank), recipe.width, recipe.height, recipe.mix, recipe.seed)


@cache
def _maker(source: SynthSource) -> FrameMaker:
    """This process's."""
    os.environ["LP_NUM_THREADS"] = "1"  # of Mesa's software renderer: processes share the processors already
    return FrameMaker(load(source.bank), source.width, source.height, source.kind)
