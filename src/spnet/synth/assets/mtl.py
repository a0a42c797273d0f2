"""Wavefront MTL files: what the surfaces of an OBJ file look like.

Format: http://paulbourke.net/dataformats/mtl/
"""

import math
from dataclasses import dataclass, replace

from spnet.errors import SpnetError
from spnet.synth.assets.obj import MAX_MATERIALS


@dataclass(frozen=True)
class Finish:
    """A material as an MTL file has it; colours are sRGB."""

    diffuse: tuple[float, float, float] = (0.7, 0.7, 0.7)
    specular: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shininess: float = 0.0
    opacity: float = 1.0
    picture: str = ""
    """File of the diffuse colour, as written."""
    mask: str = ""
    """File of the opacity, as written."""


def parse_mtl(text: str) -> dict[str, Finish]:
    """Read the materials of an MTL file, by name; statements that `Finish` has no field for are skipped.

    Raises:
        SpnetError: more than MAX_MATERIALS of them, or what should be a finite number and is not.
    """
    finishes: dict[str, Finish] = {}
    name = ""
    for line in text.splitlines():
        words = line.split()
        if words and words[0] == "newmtl":
            name = " ".join(words[1:])
            finishes[name] = Finish()
            if len(finishes) > MAX_MATERIALS:
                raise SpnetError(f"has more than the {MAX_MATERIALS:,} materials that are read")
        elif len(words) > 1 and name in finishes:
            finishes[name] = _with_statement(finishes[name], words, line)
    return finishes


def _with_statement(finish: Finish, words: list[str], line: str) -> Finish:
    match words[0]:
        case "Kd":
            return replace(finish, diffuse=_colour(words))
        case "Ks":
            return replace(finish, specular=_colour(words))
        case "Ns":
            return replace(finish, shininess=max(0.0, _number(words[1])))
        case "d":
            return replace(finish, opacity=_share(words[-1]))  # "d -halo 0.5" exists
        case "Tr":
            return replace(finish, opacity=1 - _share(words[1]))
        case "map_Kd":
            return replace(finish, picture=line.partition("map_Kd")[2].strip())
        case "map_d":
            return replace(finish, mask=line.partition("map_d")[2].strip())
    return finish


def _colour(words: list[str]) -> tuple[float, float, float]:
    values = [_share(word) for word in words[1:4]]
    if len(values) == 1:
        values *= 3  # the format's short form of gray
    if len(values) != 3:
        raise SpnetError(f"damaged, or not an MTL file: {' '.join(words)[:60]!r} is no colour")
    return values[0], values[1], values[2]


def _share(word: str) -> float:
    return min(1.0, max(0.0, _number(word)))


def _number(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SpnetError(f"damaged, or not an MTL file: {word[:60]!r}, expected a number")
    return value
