"""Surfaces, all procedural: noise, bricks, waves, Voronoi cells and magic, in metres of the object's axes."""

from collections.abc import Mapping, Sequence
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

Colour = Sequence[float] | NDArray[np.float64]
"""Linear red, green and blue."""
Value = Any
"""A number, a colour, or another node's output."""


def node(tree: Any, kind: str, inputs: Mapping[str | int, Value] | None = None, **attributes: object) -> Any:
    """A new shader node; an input that is another node's output is linked to it."""
    made = tree.nodes.new(f"ShaderNode{kind}")
    for name, value in attributes.items():
        setattr(made, name, value)
    for key, value in (inputs or {}).items():
        if isinstance(value, bpy.types.NodeSocket):
            tree.links.new(value, made.inputs[key])
        elif isinstance(made.inputs[key], bpy.types.NodeSocketColor) and len(value) == 3:
            made.inputs[key].default_value = (*value, 1.0)
        else:
            made.inputs[key].default_value = value
    return made


def blank(name: str) -> tuple[Any, Any]:
    """A new material and its empty node tree."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    material.node_tree.nodes.clear()
    return material, material.node_tree


def finish(tree: Any, shader: Value) -> None:
    """Make `shader` what the material shows."""
    node(tree, "OutputMaterial", {"Surface": shader})


def principled(
    tree: Any, colour: Value, roughness: Value, height: Value | None = None, relief: float = 0.002, **more: Value
) -> None:
    """End the tree in Blender's principled surface, with `height` (0 to 1) as bumps of `relief` metres."""
    inputs: dict[str | int, Value] = {"Base Color": colour, "Roughness": roughness}
    inputs.update({name.replace("_", " ").title(): value for name, value in more.items()})
    if height is not None:
        inputs["Normal"] = node(tree, "Bump", {"Height": height, "Distance": relief, "Strength": 1.0}).outputs["Normal"]
    finish(tree, node(tree, "BsdfPrincipled", inputs).outputs["BSDF"])


def here(tree: Any) -> Value:
    """Where on the object the surface point is, metres."""
    return node(tree, "TexCoord").outputs["Object"]


def on_wall(tree: Any) -> Value:
    """(x + y, z): unrolls walls that run along x or along y."""
    parts = node(tree, "SeparateXYZ", {"Vector": here(tree)}).outputs
    along = node(tree, "Math", {0: parts["X"], 1: parts["Y"]}, operation="ADD").outputs[0]
    return node(tree, "CombineXYZ", {"X": along, "Y": parts["Z"]}).outputs[0]


def stretched(tree: Any, scale: Colour) -> Value:
    """The object's axes scaled: longer patterns where `scale` is smaller."""
    return node(tree, "Mapping", {"Vector": here(tree), "Scale": tuple(scale)}).outputs[0]


def noise(tree: Any, scale: float, detail: float = 4.0, vector: Value | None = None) -> Any:
    """Fractal noise with `scale` features a metre: outputs Fac and Color."""
    at = here(tree) if vector is None else vector
    return node(tree, "TexNoise", {"Vector": at, "Scale": scale, "Detail": detail}).outputs


def blend(tree: Any, share: Value, first: Value, second: Value, how: str = "MIX") -> Value:
    """Two colours mixed."""
    return node(tree, "MixRGB", {"Fac": share, "Color1": first, "Color2": second}, blend_type=how).outputs[0]


def ramp(tree: Any, value: Value, stops: Sequence[tuple[float, Colour]]) -> Value:
    """Colours by value: `stops` are (position, colour), from 0 to 1."""
    made = node(tree, "ValToRGB", {"Fac": value})
    elements = made.color_ramp.elements
    for position, colour in stops[2:]:
        elements.new(position).color = (*colour, 1.0)
    for element, (position, colour) in zip(elements, sorted(stops, key=lambda stop: stop[0]), strict=True):
        element.position, element.color = position, (*colour, 1.0)
    return made.outputs["Color"]


def darker(colour: Colour, factor: float = 0.6) -> Colour:
    """The colour with less light in it."""
    return tuple(factor * part for part in colour)


def plain(colour: Colour, roughness: float = 0.4, metallic: float = 0.0) -> Any:
    """Plastic, lacquer or metal with faint smudges."""
    material, tree = blank("plain")
    smudged = node(
        tree,
        "MapRange",
        {"Value": noise(tree, 9)["Fac"], "To Min": 0.8 * roughness, "To Max": min(1.0, 1.2 * roughness)},
    )
    principled(tree, colour, smudged.outputs[0], metallic=metallic)
    return material


def paint(colour: Colour, roughness: float = 0.75, grain: float = 180.0, relief: float = 0.0006) -> Any:
    """Painted plaster: orange peel and faint stains."""
    material, tree = blank("paint")
    stained = blend(tree, noise(tree, 1.3)["Fac"], darker(colour, 0.86), colour)
    principled(tree, stained, roughness, noise(tree, grain)["Fac"], relief)
    return material


def object_colour(roughness: float = 0.5) -> Any:
    """Takes each object's own colour (`shapes.tinted`)."""
    material, tree = blank("object colour")
    own = node(tree, "ObjectInfo").outputs["Color"]
    worn = blend(tree, noise(tree, 25)["Fac"], own, (0.75, 0.75, 0.75), "MULTIPLY")
    principled(tree, worn, roughness, noise(tree, 300)["Fac"], 0.0003)
    return material


def wood(colour: Colour, along: str = "X", roughness: float = 0.45) -> Any:
    """Grain along one of the object's axes."""
    material, tree = blank("wood")
    grain = {axis: 1.0 if axis == along else 9.0 for axis in "XYZ"}
    vector = stretched(tree, tuple(grain.values()))
    rings = node(
        tree, "TexWave", {"Vector": vector, "Scale": 0.6, "Distortion": 9.0, "Detail": 3.0, "Detail Scale": 1.4}
    )
    pores = noise(tree, 40, vector=vector)["Fac"]
    shade = blend(tree, rings.outputs["Fac"], colour, darker(colour, 0.55))
    principled(tree, blend(tree, pores, shade, darker(colour, 0.75)), roughness, pores, 0.0008)
    return material


def laid(
    colours: tuple[Colour, Colour], mortar: Colour, size: tuple[float, float], joint: float = 0.01, offset: float = 0.5,
    roughness: float = 0.8, relief: float = 0.004, upright: bool = True, grain: float = 30.0,
) -> Any:  # fmt: skip
    """Bricks, tiles, planks or slabs of `size` metres with joints between, upright on walls or flat on the ground."""
    material, tree = blank("laid")
    vector = on_wall(tree) if upright else here(tree)
    inputs: dict[str | int, Value] = {
        "Vector": vector,
        "Color1": colours[0],
        "Color2": colours[1],
        "Mortar": mortar,
        "Scale": 1.0,
    }
    inputs |= {"Mortar Size": joint / 2, "Mortar Smooth": 0.2, "Brick Width": size[0], "Row Height": size[1]}
    bricks = node(tree, "TexBrick", inputs, offset=offset)
    spots = noise(tree, grain, 6)["Fac"]
    spotted = blend(
        tree, 0.55, bricks.outputs["Color"], ramp(tree, spots, [(0.3, (0.35,) * 3), (0.7, (1,) * 3)]), "MULTIPLY"
    )
    flat = node(tree, "Math", {0: 1.0, 1: bricks.outputs["Fac"]}, operation="SUBTRACT").outputs[0]
    rough = node(tree, "Math", {0: flat, 1: node(tree, "Math", {0: spots, 1: 0.3}, operation="MULTIPLY").outputs[0]})
    principled(tree, spotted, roughness, rough.outputs[0], relief)
    return material


def mineral(light: Colour, dark: Colour, patches: float = 1.2, grain: float = 90.0, relief: float = 0.003) -> Any:
    """Concrete, asphalt, stone, earth or sand: patches, specks and pits."""
    material, tree = blank("mineral")
    large = blend(tree, ramp(tree, noise(tree, patches, 8)["Fac"], [(0.35, (0,) * 3), (0.65, (1,) * 3)]), dark, light)
    cells = node(tree, "TexVoronoi", {"Vector": here(tree), "Scale": grain}).outputs
    specks = ramp(tree, cells["Distance"], [(0.0, (0.5,) * 3), (0.6, (1,) * 3)])
    fine = noise(tree, grain / 3, 6)["Fac"]
    principled(tree, blend(tree, 0.7, large, specks, "MULTIPLY"), 0.9, fine, relief)
    return material


def turf(light: Colour, dark: Colour) -> Any:
    """Short grass seen from a distance: mottled at three scales."""
    material, tree = blank("turf")
    wide = blend(tree, noise(tree, 0.35, 3)["Fac"], dark, light)
    tufts = noise(tree, 7, 8)["Fac"]
    shade = ramp(tree, tufts, [(0.3, (0.25,) * 3), (0.65, (1,) * 3)])
    principled(tree, blend(tree, 0.8, wide, shade, "MULTIPLY"), 0.95, noise(tree, 60)["Fac"], 0.03)
    return material


def cloth(first: Colour, second: Colour, repeat: float = 12.0, pattern: str = "weave") -> Any:
    """Woven fabric in one of three patterns: weave, stripes or magic (a fantastic print)."""
    material, tree = blank("cloth")
    if pattern == "magic":
        share = node(tree, "TexMagic", {"Vector": here(tree), "Scale": repeat, "Distortion": 2.0}).outputs["Fac"]
    elif pattern == "stripes":
        waves = node(tree, "TexWave", {"Vector": here(tree), "Scale": repeat / 4}, wave_profile="SIN").outputs["Fac"]
        share = ramp(tree, waves, [(0.45, (0,) * 3), (0.55, (1,) * 3)])
    else:
        share = noise(tree, repeat * 4, 2)["Fac"]
    threads = node(tree, "TexWave", {"Vector": here(tree), "Scale": 150.0}, bands_direction="DIAGONAL").outputs["Fac"]
    principled(tree, blend(tree, share, first, second), 0.95, threads, 0.0006, sheen_weight=0.2)
    return material


def veined(light: Colour, dark: Colour, scale: float = 3.0) -> Any:
    """Polished marble or granite."""
    material, tree = blank("veined")
    veins = node(
        tree, "TexWave", {"Vector": here(tree), "Scale": scale, "Distortion": 14.0, "Detail": 6.0, "Detail Scale": 1.6}
    )
    share = ramp(tree, veins.outputs["Fac"], [(0.0, (0,) * 3), (0.25, (1,) * 3)])
    principled(tree, blend(tree, share, dark, light), 0.15)
    return material


def leaf(colour: Colour) -> Any:
    """Foliage, lit from both sides, in the object's brightness."""
    material, tree = blank("leaf")
    shade = blend(tree, noise(tree, 2.5, 5)["Fac"], darker(colour, 0.4), colour)
    front = node(tree, "BsdfPrincipled", {"Base Color": shade, "Roughness": 0.55}).outputs["BSDF"]
    through = node(tree, "BsdfTranslucent", {"Color": shade}).outputs["BSDF"]
    finish(tree, node(tree, "MixShader", {"Fac": 0.3, 1: front, 2: through}).outputs[0])
    return material


def art(colours: Sequence[Colour], scale: float) -> Any:
    """An abstract painting: Voronoi fields drawn over by warped waves."""
    material, tree = blank("art")
    fields = node(tree, "TexVoronoi", {"Vector": here(tree), "Scale": scale}, distance="MANHATTAN").outputs["Color"]
    value = node(tree, "SeparateColor", {"Color": fields}).outputs[0]
    stops = [(index / (len(colours) - 1), colour) for index, colour in enumerate(colours)]
    lines = node(tree, "TexWave", {"Vector": here(tree), "Scale": scale, "Distortion": 6.0}).outputs["Fac"]
    drawn = ramp(tree, lines, [(0.82, (1,) * 3), (0.9, (0.15,) * 3)])
    principled(tree, blend(tree, 0.9, ramp(tree, value, stops), drawn, "MULTIPLY"), 0.6)
    return material


def glow(colour: Colour, strength: float) -> Any:
    """Looks bright; the light in the room is that of `lights`, which takes far fewer paths to find."""
    material, tree = blank("glow")
    material.cycles.emission_sampling = "NONE"
    finish(tree, node(tree, "Emission", {"Color": colour, "Strength": strength}).outputs[0])
    return material


def glass(tint: Colour = (0.97, 0.99, 0.98)) -> Any:
    """A thin clear pane: light passes straight, less at grazing angles, where more is reflected."""
    material, tree = blank("glass")
    back = node(tree, "BsdfGlossy", {"Roughness": 0.02}).outputs[0]
    facing = node(tree, "LayerWeight", {"Blend": 0.5}).outputs["Facing"]
    edge = node(tree, "Math", {0: facing, 1: 3.0}, operation="POWER").outputs[0]
    passing = node(tree, "BsdfTransparent", {"Color": blend(tree, edge, tint, darker(tint, 0.15))}).outputs[0]
    power = node(tree, "Math", {0: facing, 1: 5.0}, operation="POWER").outputs[0]
    share = node(tree, "MapRange", {"Value": power, "To Min": 0.06}).outputs[0]  # Schlick's approximation of Fresnel
    finish(tree, node(tree, "MixShader", {"Fac": share, 1: passing, 2: back}).outputs[0])
    return material


def mirror_glass() -> Any:
    """Silvered glass."""
    material, tree = blank("mirror")
    finish(tree, node(tree, "BsdfGlossy", {"Color": (0.93, 0.94, 0.94), "Roughness": 0.0}).outputs[0])
    return material


def water(colour: Colour = (0.02, 0.05, 0.05)) -> Any:
    """A pond's surface: opaque, rippled, reflecting."""
    material, tree = blank("water")
    principled(tree, colour, 0.05, noise(tree, 3.0, 5)["Fac"], 0.02)
    return material


def slope(flat: Colour, steep: Colour, high: Colour, height: float) -> Any:
    """Land: `flat` ground, `steep` rock, and `high` cover above `height` metres."""
    material, tree = blank("slope")
    up = node(tree, "SeparateXYZ", {"Vector": node(tree, "NewGeometry").outputs["Normal"]}).outputs["Z"]
    mottled = blend(tree, noise(tree, 0.25, 10)["Fac"], darker(flat, 0.45), flat)
    rocky = blend(tree, noise(tree, 0.5, 12)["Fac"], darker(steep, 0.35), steep)
    ground = blend(tree, ramp(tree, up, [(0.72, (0,) * 3), (0.86, (1,) * 3)]), rocky, mottled)
    level = node(tree, "SeparateXYZ", {"Vector": here(tree)}).outputs["Z"]
    ragged = node(tree, "Math", {0: level, 1: noise(tree, 0.1, 6)["Fac"]}, operation="ADD").outputs[0]
    share = node(tree, "MapRange", {"Value": ragged, "From Min": height, "From Max": height * 1.3}).outputs[0]
    capped = blend(tree, share, ground, high)
    principled(tree, capped, 0.95, noise(tree, 1.5, 12)["Fac"], 0.25)
    return material
