"""Hole masks: where real sensors measured nothing.

Layout of SPNet's authors: Hole_Datasets/<name>/*.png, 255 where there was a measurement and 0 in holes.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.files.images import read_image
from spnet.files.listing import names_in

_VALID = 128


@dataclass(frozen=True)
class HoleMasks:
    """Masks in files."""

    files: tuple[Path, ...]

    def __call__(self, generator: Generator) -> NDArray[np.bool_]:
        """One of them (h,w), True where there was a measurement.

        Raises:
            SpnetError: its file is damaged.
        """
        return read_image(self.files[generator.integers(len(self.files))])[:, :, 0] >= _VALID


def open_holes(folder: Path) -> HoleMasks:
    """The masks of Hole_Datasets, or of one set of it.

    Raises:
        SpnetError: no such folder, or no mask.
    """
    if not folder.is_dir():
        raise SpnetError(f"{folder}: is no folder; expected Hole_Datasets, or one of its sets")
    folders = [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]
    files = [each / name for each in folders for name in names_in(each, (".png",)).values()]
    if not files:
        raise SpnetError(f"{folder}: holds no hole mask; expected *.png, or folders that hold them")
    return HoleMasks(tuple(files))
