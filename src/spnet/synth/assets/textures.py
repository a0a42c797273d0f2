"""The bank's textures: those drawn by code, and photographs from packages that the user has."""

from collections.abc import Callable
from pathlib import Path

from spnet.synth.assets.bank import Texture
from spnet.synth.assets.drawn.catalogue import drawn
from spnet.synth.assets.photographs import photographs


def textures(
    packages: Path | None = None,
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    left_out: Callable[[str], None] | None = None,
) -> list[Texture]:
    """All textures that can be had here: the drawn ones always, photographs where their packages are.

    Args:
        packages: a folder with wheels, .deb files or unpacked packages; None looks only at those installed.
        seed: of the drawn ones; not negative.
        progress: told how many of the drawn ones are done, of how many.
        left_out: told, in one line each, which photographs are missing.

    Raises:
        SpnetError: no such folder, or a package in it is damaged or too large.
    """
    photographed, missing = photographs(packages)
    if left_out is not None:
        for line in missing:
            left_out(line)
    return drawn(seed, progress) + photographed
