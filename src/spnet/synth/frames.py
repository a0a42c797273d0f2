"""One frame from a seed and an index: layout, rendering and photograph, drawn anew where the view shows too little."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.synth.assets.bank import Bank
from spnet.synth.layouts import KINDS, layout
from spnet.synth.photograph import draw_style, photograph
from spnet.synth.render import Renderer, Rendering

_SHARES = {"room": 0.5, "street": 0.25, "clutter": 0.25}
"""Of the kinds in a mix."""
_MOST_ATTEMPTS = 8
_SIDES = (32, 2048)


@dataclass(frozen=True, eq=False)
class SynthFrame:
    """An image with exact depth."""

    kind: str
    rgb: NDArray[np.uint8]
    """(H,W,3) sRGB."""
    depth: NDArray[np.float32]
    """(H,W) metres along the optical axis; 0 where there is only sky."""
    camera: Camera


class FrameMaker:
    """Makes the frames of one bank at one size: frame `index` of `seed` is the same whenever it is made.

    The same device gives the same bytes; another one may round light differently.

    Raises:
        SpnetError: a side under 32 or over 2048 pixels, an unknown kind, or no OpenGL (see `Renderer`).
    """

    def __init__(self, bank: Bank, width: int = 320, height: int = 256, kind: str = "mix") -> None:
        check(0, 0, width, height, kind)
        self._kind = kind
        self._bank = bank
        self._size = (width, height)
        self._renderer = Renderer(bank, width, height)

    def make(self, seed: int, index: int) -> SynthFrame:
        """The frame.

        Raises:
            SpnetError: a negative seed or index.
        """
        check(seed, index, *self._size, self._kind)
        rng = np.random.default_rng([seed, index])
        kind = str(rng.choice(KINDS, p=[_SHARES[name] for name in KINDS])) if self._kind == "mix" else self._kind
        for _ in range(_MOST_ATTEMPTS):
            scene = layout(kind)(rng, self._bank, *self._size)
            rendering = self._renderer.render(scene)
            if shows_something(rendering):
                break
        rgb = photograph(rendering.light, draw_style(rng), rng)
        return SynthFrame(kind, rgb, rendering.depth, scene.view.camera)


def check(seed: int, index: int, width: int, height: int, kind: str) -> None:
    """Raise SpnetError where a frame cannot be asked for like this."""
    if seed < 0 or index < 0:
        raise SpnetError(f"seed {seed}, frame {index}: expected numbers from 0 on")
    if not all(_SIDES[0] <= side <= _SIDES[1] for side in (width, height)):
        raise SpnetError(f"images of {width}x{height} pixels: expected sides from {_SIDES[0]} to {_SIDES[1]}")
    if kind not in (*KINDS, "mix"):
        raise SpnetError(f"kind {kind!r}: expected one of {', '.join(KINDS)}, mix")


def shows_something(rendering: Rendering) -> bool:
    """Whether a view is worth a frame: not nearly all sky, not the inside of a thing, not one dark or blank wall."""
    depth, light = rendering.depth, rendering.light
    seen = depth[depth > 0]
    if seen.size < 0.25 * depth.size:
        return False
    low, middle, high = np.percentile(seen, [2, 50, 98])
    too_near = float((depth[depth > 0] < 0.05 * middle).mean()) > 0.3
    luminance = light.mean(axis=-1)
    dark = float(np.median(luminance)) < 0.02 * float(np.percentile(luminance, 98))
    blank = high < 1.04 * low and float(luminance.std()) < 0.02 * float(luminance.mean())
    return not (too_near or dark or blank or float(luminance.max()) < 1e-3)
