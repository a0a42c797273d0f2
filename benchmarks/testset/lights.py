"""Sun, sky and lamps."""

import math

import bpy
from materials import blend, node, noise, ramp
from mathutils import Vector
from shapes import Object, Point, link


def daylight(elevation: float, turn: float, strength: float = 0.1, clouds: float = 0.4) -> None:
    """Blender's sky with its sun, `elevation` and `turn` in degrees, under the given share of clouds."""
    tree = bpy.context.scene.world.node_tree
    tree.nodes.clear()
    sky = node(
        tree,
        "TexSky",
        sky_type="NISHITA",
        sun_elevation=math.radians(elevation),
        sun_rotation=math.radians(turn),
        sun_size=math.radians(1.0),
        sun_intensity=0.6,
        dust_density=2.0,
    )
    shown = _clouded(tree, sky.outputs[0], clouds) if clouds else sky.outputs[0]
    background = node(tree, "Background", {"Color": shown, "Strength": strength})
    node(tree, "OutputWorld", {"Surface": background.outputs[0]})


def overcast(brightness: float = 1.0) -> None:
    """An even grey sky, a little darker below."""
    tree = bpy.context.scene.world.node_tree
    tree.nodes.clear()
    up = node(tree, "SeparateXYZ", {"Vector": node(tree, "TexCoord").outputs["Generated"]}).outputs["Z"]
    grey = ramp(tree, up, [(0.0, (0.5, 0.52, 0.55)), (0.6, (0.85, 0.9, 1.0))])
    node(tree, "OutputWorld", {"Surface": node(tree, "Background", {"Color": grey, "Strength": brightness}).outputs[0]})


def _clouded(tree: bpy.types.NodeTree, sky: object, share: float) -> object:
    """Fair-weather clouds on a plane overhead, thinning out towards the horizon."""
    parts = node(tree, "SeparateXYZ", {"Vector": node(tree, "TexCoord").outputs["Generated"]}).outputs
    lifted = node(tree, "Math", {0: parts["Z"], 1: 0.08}, operation="MAXIMUM").outputs[0]
    flat = [node(tree, "Math", {0: parts[axis], 1: lifted}, operation="DIVIDE").outputs[0] for axis in "XY"]
    overhead = node(tree, "CombineXYZ", {"X": flat[0], "Y": flat[1]}).outputs[0]
    cover = noise(tree, 0.9, 9, overhead)["Fac"]
    edge = 0.75 - 0.45 * share
    dense = ramp(tree, cover, [(edge - 0.06, (0,) * 3), (edge + 0.14, (0.8,) * 3)])
    above = node(tree, "Math", {0: parts["Z"], 1: 0.05}, operation="GREATER_THAN").outputs[0]
    shown = node(tree, "Math", {0: dense, 1: above}, operation="MULTIPLY").outputs[0]
    return blend(tree, shown, sky, (9.0, 9.2, 9.6))


def lamp(at: Point, watts: float, size: tuple[float, float] = (0.6, 0.6), towards: Point | None = None,
         colour: Point = (1.0, 0.86, 0.7)) -> Object:  # fmt: skip
    """A rectangular area lamp, unseen itself, that shines `towards` a point or straight down."""
    data = bpy.data.lights.new("lamp", "AREA")
    data.shape, data.size, data.size_y = "RECTANGLE", *size
    data.energy, data.color = watts, colour
    made = link(data)
    made.location = at
    if towards is not None:
        made.rotation_euler = (Vector(towards) - Vector(at)).to_track_quat("-Z", "Y").to_euler()
    made.visible_camera = False
    return made


def bulb(at: Point, watts: float, radius: float = 0.06, colour: Point = (1.0, 0.8, 0.55)) -> Object:
    """A small round lamp."""
    data = bpy.data.lights.new("bulb", "POINT")
    data.energy, data.shadow_soft_size, data.color = watts, radius, colour
    made = link(data)
    made.location = at
    made.visible_camera = False
    return made
