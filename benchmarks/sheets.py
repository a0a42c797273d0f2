"""Contact sheets of rendered frames for the documents: ``python benchmarks/sheets.py``.

24 frames of each kind, of a seed that nothing is trained on: the image, and its depth from near (bright) to far; what
has no depth is black.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

import machine
from spnet.show import colorize
from spnet.synth import FrameMaker, SynthFrame, assets
from spnet.synth.assets.bankfile import load
from spnet.synth.layouts import KINDS

SEED = 24
COLUMNS, ROWS = 3, 8
TILE = (160, 128)


def pair(frame: SynthFrame) -> Image.Image:
    """An image beside its depth."""
    known = frame.depth > 0
    near, far = np.percentile(frame.depth[known], [1, 99])
    depth = colorize(np.where(known, frame.depth, 1), float(near), float(max(far, 1.01 * near)))
    depth[~known] = 0
    tile = Image.new("RGB", (2 * TILE[0], TILE[1]))
    tile.paste(Image.fromarray(frame.rgb).resize(TILE, Image.Resampling.BOX), (0, 0))
    tile.paste(Image.fromarray(depth).resize(TILE, Image.Resampling.NEAREST), (TILE[0], 0))
    return tile


def main() -> None:
    """Write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bank", type=Path)
    parser.add_argument("--output", type=Path, default=machine.ROOT / "docs")
    options = parser.parse_args()
    bank = load(assets.find(options.bank))
    for kind in KINDS:
        maker = FrameMaker(bank, 320, 256, kind)
        sheet = Image.new("RGB", (2 * TILE[0] * COLUMNS, TILE[1] * ROWS))
        for index in range(COLUMNS * ROWS):
            row, column = divmod(index, COLUMNS)
            sheet.paste(pair(maker.make(SEED, index)), (2 * TILE[0] * column, TILE[1] * row))
        sheet.save(options.output / f"synth-{kind}.jpg", quality=82)


if __name__ == "__main__":
    main()
