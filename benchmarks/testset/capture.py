"""Cycles: what the camera sees as linear light, and the exact depth of what it sees."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector
from numpy.typing import NDArray
from shapes import show

SENSOR_MM = 36.0
FARTHEST = 1e9
"""Cycles writes 1e10 as the depth of the sky."""


@dataclass(frozen=True)
class View:
    """Where the camera stands, what it looks at (metres, z up), and its focal length in units of the image's width."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    focal: float = 0.82


def start() -> None:
    """An empty Blender scene with Cycles on the processor."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.world = bpy.data.worlds.new("world")
    scene.world.use_nodes = True


def capture(
    view: View, size: tuple[int, int], samples: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Linear light (H,W,3) and depth (H,W) in metres, not finite where there is sky; `size` is width and height.

    Both come from the same geometry; what is marked as glass is taken out of sight for the depth.
    """
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_depth = "32"
    scene.cycles.seed = seed
    show()
    _stand(view)
    light = _rendered(lambda: _prepare_light(samples))[..., :3]
    depth = _rendered(_prepare_depth)[..., 0]
    return light, np.where(depth < FARTHEST, depth, np.float32(np.inf))


def _stand(view: View) -> None:
    camera = bpy.data.cameras.new("camera")
    camera.sensor_width, camera.sensor_fit = SENSOR_MM, "HORIZONTAL"
    camera.lens = view.focal * SENSOR_MM
    camera.clip_start, camera.clip_end = 0.01, 5000.0
    standing = bpy.data.objects.new("camera", camera)
    standing.location = view.eye
    forward = Vector(view.target) - Vector(view.eye)
    standing.rotation_euler = forward.to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(standing)
    bpy.context.scene.camera = standing


def _prepare_light(samples: int) -> None:
    cycles = bpy.context.scene.cycles
    cycles.samples, cycles.use_adaptive_sampling = samples, False
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 6, 4, 4
    cycles.transparent_max_bounces = 16
    cycles.sample_clamp_indirect = 6.0
    cycles.use_light_tree = False  # it pays with many lamps; here there are few
    cycles.caustics_reflective = cycles.caustics_refractive = False


def _prepare_depth() -> None:
    """One sample: Cycles takes the first at the pixel's centre, and the narrowest filter leaves it there."""
    scene = bpy.context.scene
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.max_bounces = 1, False, 0
    scene.cycles.filter_width = 0.01
    for seen in scene.objects:
        if seen.get("glass"):
            seen.visible_camera = False
    scene.view_layers[0].use_pass_z = True
    scene.use_nodes = True
    nodes = scene.node_tree.nodes
    nodes.clear()
    layers, composite = nodes.new("CompositorNodeRLayers"), nodes.new("CompositorNodeComposite")
    scene.node_tree.links.new(layers.outputs["Depth"], composite.inputs["Image"])


def _rendered(prepare: Callable[[], None]) -> NDArray[np.float32]:
    """The render (H,W,4), top row first."""
    prepare()
    render = bpy.context.scene.render
    with tempfile.TemporaryDirectory() as folder:
        render.filepath = str(Path(folder) / "render.exr")
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(render.filepath)
        image.colorspace_settings.name = "Non-Color"
        pixels = np.empty(render.resolution_x * render.resolution_y * 4, dtype=np.float32)
        image.pixels.foreach_get(pixels)
        bpy.data.images.remove(image)
    return np.ascontiguousarray(pixels.reshape(render.resolution_y, render.resolution_x, 4)[::-1])
