"""Furniture libraries of Sweet Home 3D (.sh3f): zip archives of Wavefront models, with a catalogue of metric sizes.

Format: https://www.sweethome3d.com/javadoc/com/eteks/sweethome3d/io/DefaultFurnitureCatalog.html
"""

import math
import re
import zipfile
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.synth.assets.archive import archive_name, read_member

MAX_LIBRARY_BYTES = 2**28
MAX_METRES = 60.0

_CATALOGUE = "PluginFurnitureCatalog.properties"
_MAX_TEXT_BYTES = 2**22
_MAX_ENTRIES = 5_000
_MAX_FIELD = 300  # characters
_LINE = re.compile(r"\s*([A-Za-z]+)(?:#(\d{1,6}))?\s*[=:]\s*(.*)")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True)
class Library:
    """What a library says about all of its models."""

    source: str
    holders: str
    """Who holds the copyright, "" where it does not say."""
    licence: str
    """SPDX name, "" where none or several are stated."""


@dataclass(frozen=True, eq=False)
class Entry:
    """What the catalogue says about one model; metres."""

    identifier: str
    name: str
    category: str
    creator: str
    member: str
    """Its OBJ file in the archive."""
    size: tuple[float, float, float]
    """Width (x), height (y), depth (z)."""
    elevation: float
    rotation: NDArray[np.float64]
    """(3,3), from the file's axes to width, height, depth."""


def read_catalogue(archive: zipfile.ZipFile) -> tuple[Library, list[Entry], list[str]]:
    """The library, its entries in the catalogue's order, and what had to be left out and why.

    Raises:
        SpnetError: there is no catalogue, or one with more than 5,000 entries.
    """
    whole, single = _parse_properties(read_member(archive, _CATALOGUE, max_bytes=_MAX_TEXT_BYTES).decode("latin-1"))
    if len(single) > _MAX_ENTRIES:
        raise SpnetError(f"{archive_name(archive)}: lists {len(single):,} models, at most {_MAX_ENTRIES:,} are read")
    licence = licence_stated(_text(archive, "LICENSE.TXT"))
    version = whole.get("version", "")
    library = Library(
        source=f"{archive_name(archive)} {version}".strip(),
        holders=whole.get("license", "").partition("©")[2].strip(),
        licence=licence,
    )
    entries, left_out = [], []
    for number in sorted(single):
        try:
            entries.append(_entry(single[number]))
        except ValueError as error:
            name = single[number].get("id", f"model {number}")
            left_out.append(f"{archive_name(archive)}: {name}: {error}")
    return library, entries, left_out


def licence_beside(archive: zipfile.ZipFile, member: str) -> str | None:
    """SPDX name of the licence in the folder of a model: None without such a file, "" if it names none or several."""
    folder = member.rpartition("/")[0] + "/"
    texts = [
        name
        for name in archive.namelist()
        if name.startswith(folder) and name.lower().endswith((".txt", ".html")) and "licen" in name.lower()
    ]
    return licence_stated("\n".join(_text(archive, name) for name in sorted(texts))) if texts else None


def licence_stated(text: str) -> str:
    """SPDX name of the Creative Commons licence that a text names; "" if it names none, or different ones."""
    found = {spdx for pattern, spdx in _LICENCES if pattern.search(text)}
    return found.pop() if len(found) == 1 else ""


_LICENCES = (
    (re.compile(r"creativecommons\.org/(choose|publicdomain)/zero|Creative Commons Zero|CC-Zero"), "CC0-1.0"),
    (re.compile(r"creativecommons\.org/licenses/by/3\.0(?!/us)|Creative Commons Attribution 3\.0(?! U)"), "CC-BY-3.0"),
    (re.compile(r"creativecommons\.org/licenses/by/3\.0/us"), "CC-BY-3.0-US"),
    (re.compile(r"creativecommons\.org/licenses/by/4\.0|Creative Commons Attribution 4\.0"), "CC-BY-4.0"),
    (re.compile(r"creativecommons\.org/licenses/by-[a-z-]+|Attribution[- ](Share|Non)"), "LicenseRef-restricted"),
)


def _text(archive: zipfile.ZipFile, name: str) -> str:
    if name not in archive.NameToInfo:
        return ""
    return read_member(archive, name, max_bytes=_MAX_TEXT_BYTES).decode("latin-1")


def _parse_properties(text: str) -> tuple[dict[str, str], dict[int, dict[str, str]]]:
    """Java properties: those of the whole library, and those of each numbered model."""
    whole: dict[str, str] = {}
    single: dict[int, dict[str, str]] = {}
    for line in text.splitlines():
        match = _LINE.match(line)
        if match and not line.lstrip().startswith(("#", "!")):
            key, number, value = match.groups()
            value = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value).strip()[:_MAX_FIELD]
            fields = single.setdefault(int(number), {}) if number else whole
            fields[key] = value
    return whole, single


def _entry(fields: dict[str, str]) -> Entry:
    missing = [key for key in ("id", "name", "category", "model", "width", "depth", "height") if key not in fields]
    if missing:
        raise ValueError(f"the catalogue gives no {', '.join(missing)}")
    width, height, depth = (_metres(fields[key], key) for key in ("width", "height", "depth"))
    return Entry(
        identifier=fields["id"].partition("#")[2] or fields["id"],
        name=fields["name"],
        category=fields["category"],
        creator=fields.get("creator", ""),
        member=fields["model"].lstrip("/"),
        size=(width, height, depth),
        elevation=_metres(fields["elevation"], "elevation", least=0.0) if "elevation" in fields else 0.0,
        rotation=_rotation(fields.get("modelRotation", "1 0 0 0 1 0 0 0 1")),
    )


def _metres(centimetres: str, key: str, least: float = 1e-4) -> float:
    value = float(centimetres) / 100
    if not least <= value <= MAX_METRES:  # not a number is neither
        raise ValueError(f"{key} {value:g} m, expected {least:g} to {MAX_METRES:g}")
    return value


def _rotation(text: str) -> NDArray[np.float64]:
    numbers = [float(word) for word in text.split()]
    if len(numbers) != 9 or not all(map(math.isfinite, numbers)):
        raise ValueError(f"modelRotation {text[:60]!r}, expected nine numbers")
    rotation = np.array(numbers).reshape(3, 3)
    if not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-2):
        raise ValueError(f"modelRotation {text[:60]!r} is no rotation")
    return rotation
