"""What things in a street are made of: materials by name, with a texture where the bank has a fitting one."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from spnet.synth.assets.bank import Bank
from spnet.synth.layouts.builder import Builder, drawn_paint, drawn_tint
from spnet.synth.layouts.street import vehicles
from spnet.synth.scene import Colour, Material

# Name: the kind of texture, the colour where the bank has none, gloss and bump.
_RECIPES: dict[str, tuple[str, Colour, float, float]] = {
    "asphalt": ("asphalt", (0.09, 0.09, 0.095), 0.08, 0.4),
    "patch": ("asphalt", (0.06, 0.06, 0.065), 0.1, 0.4),
    "cobbles": ("paving", (0.17, 0.16, 0.15), 0.12, 0.9),
    "paving": ("paving", (0.3, 0.29, 0.27), 0.08, 0.5),
    "kerb": ("stone", (0.36, 0.35, 0.33), 0.08, 0.3),
    "grass": ("grass", (0.10, 0.17, 0.05), 0.03, 0.9),
    "meadow": ("grass", (0.16, 0.19, 0.07), 0.03, 0.9),
    "earth": ("earth", (0.21, 0.15, 0.10), 0.03, 0.9),
    "crops": ("earth", (0.3, 0.26, 0.1), 0.03, 0.9),
    "gravel": ("earth", (0.33, 0.31, 0.28), 0.03, 0.9),
    "stone": ("stone", (0.38, 0.35, 0.3), 0.06, 0.7),
    "concrete": ("facade", (0.4, 0.39, 0.37), 0.06, 0.4),
    "wood": ("wood", (0.27, 0.18, 0.11), 0.08, 0.6),
    "bark": ("wood", (0.14, 0.11, 0.08), 0.02, 1.0),
    "metal": ("none", (0.22, 0.23, 0.24), 0.45, 0.0),
    "dark": ("none", (0.025, 0.025, 0.028), 0.2, 0.0),
    "white": ("none", (0.72, 0.72, 0.7), 0.2, 0.0),
    "red": ("none", (0.55, 0.04, 0.03), 0.3, 0.0),
    "marking": ("none", (0.6, 0.6, 0.57), 0.12, 0.0),
    "hedge": ("hedge", (0.06, 0.11, 0.03), 0.02, 1.0),
    "forest": ("hedge", (0.07, 0.11, 0.05), 0.0, 1.0),
    "dark forest": ("hedge", (0.04, 0.075, 0.04), 0.0, 1.0),
    "pale forest": ("grass", (0.12, 0.14, 0.06), 0.0, 1.0),
}


# Words in the names of textures that tell more than their role does.
_KINDS = {
    "asphalt": "asphalt", "lawn": "grass", "meadow": "grass", "hedge": "hedge", "ivy": "hedge", "moss": "other",
    "snow": "other", "felt": "roof", "litter": "litter", "fir": "needles", "pine": "needles", "autumn": "autumn leaves",
    "gravel": "earth", "earth": "earth", "mud": "earth", "sand": "earth", "straw": "earth", "mulch": "earth",
    "branch": "leaves", "bush": "shrub", "grass": "blades", "reeds": "blades", "fern": "blades", "creeper": "other",
}  # fmt: skip

LEAVES = {"leaf": 5, "needle": 2, "shrub": 3, "blade": 2}
"""Materials of plants: how many of each a scene has. They are named "leaf 0", "leaf 1" and so on."""


@dataclass(frozen=True, eq=False)
class Finishes:
    """The materials of one scene."""

    named: dict[str, int]
    """By the names of the recipes and of LEAVES, and "water", "lamp", "signal", "tail light"."""
    kinds: dict[str, list[int]]
    """The bank's textures by kind."""
    dark: bool
    """Lamps are lit."""
    textured_leaves: bool
    """Leaves come as pictures of whole sprays."""
    paints: list[Colour]
    """What things in this place are painted in."""


def make_finishes(builder: Builder, *, dark: bool) -> Finishes:
    """Put the common materials into the scene."""
    rng = builder.rng
    kinds = _texture_kinds(builder.bank)
    named = {}
    for name, (kind, colour, gloss, bump) in _RECIPES.items():
        named[name] = builder.material(_textured(rng, builder.bank, kinds.get(kind, []), colour, gloss, bump))
    murk = rng.uniform((0.01, 0.025, 0.02), (0.04, 0.055, 0.05))
    named["water"] = builder.material(Material(_colour(murk), gloss=0.95))
    glow = Material((1.0, 0.85, 0.6), gloss=0.4, emission=1.0)
    named["lamp"] = builder.material(glow if dark else Material((0.75, 0.75, 0.72), gloss=0.4))
    signal = ((0.9, 0.05, 0.03), (0.9, 0.5, 0.02), (0.02, 0.8, 0.35))[int(rng.integers(3))]
    named["signal"] = builder.material(Material(signal, emission=1.0))
    named["tail light"] = builder.material(Material((0.5, 0.02, 0.02), gloss=0.6, emission=0.6 if dark else 0.0))
    autumn = rng.random() < 0.15
    for name, count in LEAVES.items():
        for index in range(count):
            named[f"{name} {index}"] = builder.material(_foliage(rng, kinds, name, autumn=autumn))
    return Finishes(named, kinds, dark, bool(kinds.get("leaves")), [drawn_paint(rng) for _ in range(12)])


def _texture_kinds(bank: Bank) -> dict[str, list[int]]:
    """Textures by kind: by a word in their names, else by role; of unknown ground, what is green is grass."""
    kinds: dict[str, list[int]] = {}
    for index, texture in enumerate(bank.textures):
        if texture.role not in ("road", "ground", "foliage", "brick", "facade", "roof", "wood", "stone", "wall"):
            continue
        words = texture.name.split()
        kind = next((_KINDS[word] for word in reversed(words) if word in _KINDS), "")
        if not kind:
            kind = {"road": "paving", "ground": "earth", "foliage": "leaves"}.get(texture.role, texture.role)
            if kind == "earth":
                red, green, blue = texture.pixels[::32, ::32, :3].reshape(-1, 3).mean(axis=0)
                kind = "grass" if green > 1.04 * max(red, blue) else kind
        kinds.setdefault(kind, []).append(index)
    return kinds


def _foliage(rng: Generator, kinds: dict[str, list[int]], name: str, *, autumn: bool) -> Material:
    """Leaves, needles, shrubs or blades of grass: a picture of them, or a plain colour."""
    turned = autumn and name == "leaf" and rng.random() < 0.8
    kind = (
        "autumn leaves"
        if turned
        else {"leaf": "leaves", "needle": "needles", "shrub": "shrub", "blade": "blades"}[name]
    )
    choices = kinds.get(kind) or kinds.get("leaves", [])
    if choices and name != "blade":
        light, red, green, blue = rng.uniform((0.6, 0.85, 0.9, 0.75), (1.0, 1.0, 1.0, 1.0))
        return Material(
            (light * red, light * green, light * blue), choices[int(rng.integers(len(choices)))], gloss=0.06
        )
    colours = ((0.35, 0.17, 0.03), (0.3, 0.07, 0.02), (0.4, 0.28, 0.05)) if turned else _GREENS
    colour = np.array(colours[int(rng.integers(len(colours)))]) * np.exp(rng.normal(0, 0.15))
    return Material(_colour(colour), gloss=0.06)


_GREENS = ((0.05, 0.13, 0.02), (0.09, 0.16, 0.03), (0.13, 0.19, 0.05), (0.06, 0.11, 0.05))


def _textured(rng: Generator, bank: Bank, choices: list[int], colour: Colour, gloss: float, bump: float) -> Material:
    if not choices:
        factors = np.exp(rng.normal(0, (0.12, 0.06, 0.12)) + rng.normal(0, 0.1))
        return Material(_colour(np.array(colour) * factors), gloss=gloss)
    index = choices[int(rng.integers(len(choices)))]
    metres = bank.textures[index].metres or 1.0
    tint = _colour(rng.uniform(0.84, 1.0) * np.exp(rng.normal(0, 0.04, 3)))
    return Material(tint, index, metres * rng.uniform(0.9, 1.3), gloss, bump=bump)


def paint_of(rng: Generator, finishes: Finishes, light: float = 1.0) -> Colour:
    """One of the place's paints, darker or lighter."""
    red, green, blue = finishes.paints[int(rng.integers(len(finishes.paints)))]
    light *= float(rng.uniform(0.75, 1.2))
    return (min(red * light, 0.9), min(green * light, 0.9), min(blue * light, 0.9))


def house_materials(builder: Builder, finishes: Finishes) -> NDArray[np.int64]:
    """New colours for a house: the materials (15,) that `windows.Part` numbers."""
    rng, bank, kinds = builder.rng, builder.bank, finishes.kinds
    masonry = kinds.get("brick", []) if rng.random() < 0.4 else kinds.get("facade", kinds.get("wall", [])[:1])
    paint = 0.2 + 0.75 * np.array(paint_of(rng, finishes))
    wall = _textured(rng, bank, masonry, _colour(paint * 0.7), 0.04, 0.5)
    if wall.texture is not None and not bank.textures[wall.texture].regular:
        wall = replace(wall, colour=_colour(0.25 + paint))
    base = wall if rng.random() < 0.5 else _textured(rng, bank, kinds.get("stone", []), _colour(paint * 0.5), 0.05, 0.6)
    trim, frame = rng.uniform(0.3, 0.8), rng.choice((0.75, 0.7, 0.1, 0.2))
    roofing = ((0.35, 0.13, 0.08), (0.2, 0.09, 0.06), (0.1, 0.1, 0.11), (0.17, 0.15, 0.14))[int(rng.integers(4))]
    glow = float(rng.uniform(0.5, 1.0)) if finishes.dark else 0.0
    mirror = Material(_colour(rng.uniform(0.12, 0.35) * np.array((0.9, 1.0, 1.08))), gloss=0.9, metal=1.0)
    inside = [
        Material((0.02, 0.02, 0.022)),
        Material(_colour(rng.uniform(0.25, 0.6) * np.array(drawn_tint(rng, 0.15)))),
        Material((0.85, 0.65, 0.38), emission=glow) if finishes.dark else Material((0.09, 0.08, 0.07)),
    ]
    order = rng.permutation(3)
    lit_shop = float(rng.uniform(0.35, 1.0)) if finishes.dark else float(rng.uniform(0.0, 0.15))
    made = [
        wall,
        base,
        Material((trim, trim * 0.98, trim * 0.93), wall.texture if rng.random() < 0.3 else None, wall.repeat),
        Material((frame, frame, frame * 0.97), gloss=0.3),
        Material((0.25, 0.3, 0.3), opacity=float(rng.uniform(0.05, 0.25)), gloss=0.9),
        inside[2] if finishes.dark and rng.random() < 0.25 else mirror,
        *(inside[index] for index in order),
        Material(paint_of(rng, finishes), gloss=0.2),
        _textured(rng, bank, kinds.get("roof", []), roofing, 0.06, 0.8),
        Material((0.18, 0.18, 0.19), gloss=0.35),
        Material((0.6, 0.52, 0.4), emission=lit_shop),
        Material(paint_of(rng, finishes), gloss=0.2, emission=0.7 * float(finishes.dark and rng.random() < 0.5)),
        Material(paint_of(rng, finishes)),
    ]
    return np.array([builder.material(material) for material in made])


def fitting_materials(builder: Builder, finishes: Finishes) -> NDArray[np.int64]:
    """The materials (11,) that `fittings.Part` numbers; paint and cloth are new."""
    named, rng = finishes.named, builder.rng
    paint = builder.material(Material(paint_of(rng, finishes), gloss=0.25))
    cloth = builder.material(Material(paint_of(rng, finishes)))
    names = ("metal", "lamp", "", "wood", "stone", "dark", "white", "red", "", "earth", "signal")
    made = np.array([named.get(name, paint) for name in names])
    made[8] = cloth
    return made


def vehicle_materials(builder: Builder, finishes: Finishes) -> NDArray[np.int64]:
    """New colours for a vehicle: the materials (7,) that `vehicles.Part` numbers."""
    rng, named = builder.rng, finishes.named
    body = builder.material(Material(_colour(vehicles.paints(rng)), gloss=float(rng.uniform(0.55, 0.85))))
    glass = builder.material(Material((0.1, 0.11, 0.12), gloss=0.9, metal=1.0))
    load = builder.material(Material(paint_of(rng, finishes), gloss=0.15))
    headlight = named["lamp"] if finishes.dark else named["white"]
    return np.array([body, glass, named["dark"], named["metal"], headlight, named["tail light"], load])


def clothes(builder: Builder, finishes: Finishes) -> NDArray[np.int64]:
    """New skin and clothes for a person: the materials (5,) that `people.Part` numbers."""
    rng = builder.rng
    skin = np.array((0.55, 0.33, 0.23)) * rng.uniform(0.25, 1.1)
    colours = [
        _colour(skin),
        paint_of(rng, finishes),
        paint_of(rng, finishes, 0.5),
        _colour(rng.uniform(0.01, 0.25) * np.array((1, 0.75, 0.5))),
        (0.05, 0.04, 0.04),
    ]
    return np.array([builder.material(Material(colour)) for colour in colours])


def plant_materials(rng: Generator, finishes: Finishes, count: int, name: str = "leaf") -> NDArray[np.int64]:
    """For each of `count` plants the materials (count,3) that `plants` numbers: bark and two of the scene's LEAVES."""
    leaves = np.array([finishes.named[f"{name} {index}"] for index in range(LEAVES[name])])
    chosen = np.full((count, 3), finishes.named["bark"])
    first = rng.integers(0, len(leaves), count)
    chosen[:, 1] = leaves[first]
    chosen[:, 2] = leaves[(first + (rng.random(count) < 0.3)) % len(leaves)]
    return chosen


def _colour(values: NDArray[np.float64]) -> Colour:
    red, green, blue = values.tolist()
    return (min(max(red, 0.005), 0.95), min(max(green, 0.005), 0.95), min(max(blue, 0.005), 0.95))
