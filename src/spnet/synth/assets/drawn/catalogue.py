"""All drawn textures."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from spnet.synth.assets.bank import Credit, Texture
from spnet.synth.assets.drawn import (
    boards,
    cloth,
    facades,
    foliage,
    ground,
    masonry,
    metals,
    paintings,
    panoramas,
    plaster,
    prints,
    roads,
    roofs,
    slabs,
    tiles,
    vegetation,
)
from spnet.synth.assets.drawn.drawing import Drawing, Paint

DRAWINGS: tuple[Drawing, ...] = (
    *plaster.DRAWINGS,
    *boards.DRAWINGS,
    *tiles.DRAWINGS,
    *slabs.DRAWINGS,
    *cloth.DRAWINGS,
    *metals.DRAWINGS,
    *masonry.DRAWINGS,
    *facades.DRAWINGS,
    *roofs.DRAWINGS,
    *roads.DRAWINGS,
    *ground.DRAWINGS,
    *vegetation.DRAWINGS,
    *foliage.DRAWINGS,
    *paintings.DRAWINGS,
    *prints.DRAWINGS,
    *panoramas.DRAWINGS,
)

CREDIT = Credit(author="spnet authors", licence="Apache-2.0", source="spnet")

DARKEST, BRIGHTEST = 0.11, 0.94
"""sRGB from soot to fresh snow: nothing real reflects less or more (linear 0.011 to 0.87)."""


def draw(drawing: Drawing, seed: int = 0) -> Texture:
    """One drawn texture; its randomness depends on the seed and its name alone, not on the others.

    Raises:
        ValueError: the seed is negative.
    """
    rng = np.random.default_rng([seed, *drawing.name.encode()])
    return Texture(
        name=drawing.name,
        role=drawing.role,
        pixels=_pixels(drawing.draw(rng)),
        metres=drawing.metres,
        regular=drawing.regular,
        credit=CREDIT,
    )


def drawn(seed: int = 0, progress: Callable[[int, int], None] | None = None) -> list[Texture]:
    """Every drawn texture. About half a second each; `progress` is told how many are done, of how many."""
    textures = []
    for done, drawing in enumerate(DRAWINGS, start=1):
        textures.append(draw(drawing, seed))
        if progress is not None:
            progress(done, len(DRAWINGS))
    return textures


def _pixels(paint: Paint) -> NDArray[np.uint8]:
    """(H,W,4) of what a recipe returned, its colours within what surfaces reflect."""
    coverage = paint[..., 3:] if paint.shape[-1] == 4 else np.ones((*paint.shape[:2], 1))
    colours = np.clip(paint[..., :3], DARKEST, BRIGHTEST)
    return np.rint(np.concatenate([colours, np.clip(coverage, 0.0, 1.0)], axis=-1) * 255.0).astype(np.uint8)
