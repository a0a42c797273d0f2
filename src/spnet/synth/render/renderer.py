"""The renderer: a deferred one on OpenGL 3.3, so that a CPU lights only what is seen.

Light is sampled at the pixels' corners, a grid of W+1 by H+1, and is the mean of a pixel's four; depth is drawn on its
own at the pixels' centres and is never a mean.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.synth.assets.bank import Bank
from spnet.synth.render import shadows
from spnet.synth.render.buffers import Geometry, Textures
from spnet.synth.render.context import MATERIALS_BINDING, link_programs, open_context, set_uniforms, target
from spnet.synth.render.drawing import Drawing
from spnet.synth.scene import Light, Mesh, Scene

_NEAR, _FAR = 0.03, 2000.0
_MOST_LIGHTS = 4
_MOST_MATERIALS = 1300  # as many as every device's uniform block holds: 64 KiB
_UNITS = {"wide": 0, "narrow": 1, "reflectances": 3, "normals": 4, "depths": 5, "lit_samples": 6,
          "shadows": 7, "panorama": 8, "overlays": 9}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Rendering:
    """One frame as the lens forms it."""

    light: NDArray[np.float32]
    """(H,W,3) linear; 1 is about what white paper in full light reflects."""
    depth: NDArray[np.float32]
    """(H,W) metres along the optical axis at pixel centres; 0 where there is only sky."""
    triangles: int
    """Drawn for the camera."""


class Renderer:
    """Draws scenes of one bank at one image size; only one thread may use it.

    Args:
        bank: the models and textures that the scenes name.
        width, height: of the images, pixels.

    Raises:
        SpnetError: moderngl is missing, or the machine has no EGL.
    """

    def __init__(self, bank: Bank, width: int, height: int) -> None:
        self._bank = bank
        self._size = (width, height)
        self._gl = gl = open_context()
        self._programs = link_programs(gl)
        self._textures = Textures(gl, bank.textures)
        self._models = Geometry(gl, self._programs, Mesh(bank.vertices, bank.triangles))
        self._materials = gl.buffer(reserve=48 * _MOST_MATERIALS)
        self._shadow_maps = shadows.ShadowMaps(gl)
        self._make_targets()

    def _make_targets(self) -> None:
        gl, (width, height) = self._gl, self._size
        grid = (width + 1, height + 1)
        self._seen = {
            "reflectances": target(gl, grid, 4, "f1"),
            "normals": target(gl, grid, 4, "f2"),
            "depths": target(gl, grid, 1, "f4"),
        }
        cover = gl.depth_renderbuffer(grid)
        self._overlays = target(gl, grid, 4, "f2")
        self._lights = target(gl, grid, 4, "f2")
        self._pixels = target(gl, (width, height), 4, "f4")
        self._depths = target(gl, (width, height), 1, "f4")
        self._frames = {
            "surface": gl.framebuffer(list(self._seen.values()), cover),
            "light": gl.framebuffer([self._lights]),
            "overlay": gl.framebuffer([self._overlays], cover),
            "develop": gl.framebuffer([self._pixels]),
            "depth": gl.framebuffer([self._depths], gl.depth_renderbuffer((width, height))),
        }
        corners = gl.buffer(np.array([[-1, -1], [3, -1], [-1, 3]], "f4").tobytes())
        self._screens = {
            name: gl.vertex_array(self._programs[name], [(corners, "2f4", "corner")])
            for name in ("sky", "light", "develop")
        }

    def render(self, scene: Scene) -> Rendering:
        """Draw a scene, whose camera's image has the renderer's size.

        Raises:
            SpnetError: the camera is of another size, or the scene has more materials or lights than fit.
        """
        _check(scene, self._size)
        self._write_materials(scene)
        drawing = Drawing(self._gl, self._programs, self._bank, self._models, self._textures, scene)
        try:
            triangles = self._draw(scene, drawing)
        finally:
            drawing.release()
        light = np.frombuffer(self._pixels.read(), "f4").reshape(*reversed(self._size), 4)[..., :3]
        depth = np.frombuffer(self._depths.read(), "f4").reshape(*reversed(self._size))
        return Rendering(light.copy(), depth.copy(), triangles)

    def _write_materials(self, scene: Scene) -> None:
        rows = [self._textures.row(material) for material in scene.materials]
        rows += [self._textures.row(material) for placed in scene.objects for material in placed.materials]
        if len(rows) > _MOST_MATERIALS:
            raise SpnetError(f"a scene of {len(rows)} materials, expected at most {_MOST_MATERIALS}")
        self._materials.write(np.array(rows, "f4").tobytes())

    def _draw(self, scene: Scene, drawing: Drawing) -> int:
        gl = self._gl
        self._textures.use(_UNITS["wide"], _UNITS["narrow"])
        self._materials.bind_to_uniform_block(MATERIALS_BINDING)
        gl.enable_only(gl.DEPTH_TEST)
        gl.depth_func = "<="
        told = self._cast_shadows(scene, drawing) | self._surroundings(scene) | _UNITS
        to_camera = np.linalg.inv(scene.view.pose)
        to_clip = _projection(scene.view.camera, "corners")
        told |= {"to_camera": to_camera, "to_clip": to_clip, "eye": scene.view.pose[:3, 3]}
        for program in self._programs.values():
            set_uniforms(program, told)
        self._draw_depth(drawing, scene)
        self._frames["surface"].use()
        self._frames["surface"].clear()
        triangles = drawing.draw_surfaces(to_clip @ to_camera)
        self._draw_overlays(drawing, to_clip @ to_camera)
        gl.enable_only(gl.NOTHING)
        for name, texture in (self._seen | {"overlays": self._overlays, "lit_samples": self._lights}).items():
            texture.use(_UNITS[name])
        for name in ("light", "develop"):
            self._frames[name].use()
            self._screens[name].render()
        return triangles

    def _draw_depth(self, drawing: Drawing, scene: Scene) -> None:
        to_clip = _projection(scene.view.camera, "centres")
        for name in ("depth", "depth with holes"):
            set_uniforms(self._programs[name], {"to_clip": to_clip})
        self._frames["depth"].use()
        self._frames["depth"].clear()
        drawing.draw_depth(to_clip @ np.linalg.inv(scene.view.pose))

    def _draw_overlays(self, drawing: Drawing, to_clip: NDArray[np.float64]) -> None:
        """The sky where nothing stands, and panes before it and before what stands."""
        gl = self._gl
        overlay = self._frames["overlay"]
        overlay.depth_mask = False  # the depth is the surfaces', to be tested and kept
        overlay.use()
        overlay.clear()
        self._screens["sky"].render()
        gl.enable_only(gl.DEPTH_TEST | gl.BLEND)
        gl.blend_func = gl.ONE, gl.ONE_MINUS_SRC_ALPHA
        drawing.draw_glass(to_clip)

    def _cast_shadows(self, scene: Scene, drawing: Drawing) -> dict[str, Any]:
        """Draw the shadow maps; what light.frag is told of the lights."""
        place = np.zeros((_MOST_LIGHTS, 4))
        power = np.zeros((_MOST_LIGHTS, 3))
        blur = np.zeros(_MOST_LIGHTS)
        caster = np.full(_MOST_LIGHTS, -1)
        to_shadow = np.stack([np.eye(4)] * shadows.MOST_CASTERS)
        used = 0
        self._shadow_maps.clear()
        for i, light in enumerate(scene.lights):
            place[i] = (*light.position, 1.0) if light.position is not None else (*(light.direction or (0, 1, 0)), 0.0)
            power[i] = light.colour
            if light.shadows and used < shadows.MOST_CASTERS:
                caster[i], to_shadow[used] = used, shadows.from_light(light, scene)
                blur[i] = shadows.penumbra(light, scene)
                self._shadow_maps.begin(used)
                for name in ("shadow", "shadow with holes"):
                    set_uniforms(self._programs[name], {"to_light": to_shadow[used], **_UNITS})
                drawing.draw_shadows(to_shadow[used])
                used += 1
        self._shadow_maps.use(_UNITS["shadows"])
        return {"lights": len(scene.lights), "place": place, "power": power, "blur": blur, "caster": caster,
                "to_shadow": to_shadow}  # fmt: skip

    def _surroundings(self, scene: Scene) -> dict[str, Any]:
        """What shaders are told of the sky and of the rays that samples see along."""
        sky, camera = scene.sky, scene.view.camera
        if sky.panorama is not None:
            self._textures.use_panorama(sky.panorama, _UNITS["panorama"])
        sun = next((light for light in scene.lights if light.direction is not None), Light((0, 0, 0), (0, 1, 0)))
        return {
            "zenith": sky.zenith, "horizon": sky.horizon, "soil": sky.ground, "clouds": sky.clouds, "turn": sky.turn,
            "haze": sky.haze, "shows_panorama": int(sky.panorama is not None), "ambient": scene.ambient,
            "sun_direction": sun.direction, "sun_colour": sun.colour, "to_world": scene.view.pose,
            "rays": ((-0.5 - camera.cx) / camera.fx, (-0.5 - camera.cy) / camera.fy, 1 / camera.fx, 1 / camera.fy),
        }  # fmt: skip


def _check(scene: Scene, size: tuple[int, int]) -> None:
    camera = scene.view.camera
    if (camera.width, camera.height) != size:
        raise SpnetError(
            f"the scene's camera is of {camera.width}x{camera.height} pixels, expected {size[0]}x{size[1]}, "
            "the renderer's size"
        )
    if len(scene.lights) > _MOST_LIGHTS:
        raise SpnetError(f"a scene of {len(scene.lights)} lights, expected at most {_MOST_LIGHTS}")


def _projection(camera: Camera, samples: Literal["centres", "corners"]) -> NDArray[np.float64]:
    """The matrix (4,4) from the camera's axes to clip space, sampled at the pixels' centres (W by H) or their corners
    (W+1 by H+1, the first of them half a pixel before the first centre)."""
    more = 1 if samples == "corners" else 0
    columns, rows = camera.width + more, camera.height + more
    clip = np.zeros((4, 4))
    clip[0, 0], clip[0, 2] = 2 * camera.fx / columns, (2 * camera.cx + 1 + more) / columns - 1
    clip[1, 1], clip[1, 2] = 2 * camera.fy / rows, (2 * camera.cy + 1 + more) / rows - 1
    clip[2, 2], clip[2, 3] = (_FAR + _NEAR) / (_FAR - _NEAR), -2 * _FAR * _NEAR / (_FAR - _NEAR)
    clip[3, 2] = 1
    return clip
