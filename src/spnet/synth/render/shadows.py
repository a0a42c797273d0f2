"""Where the lights that cast shadows look from: one map for the sun or for a lamp."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.synth.scene import Light, Scene

MOST_CASTERS = 2
SIZE = 896
_LAMP_SPREAD = math.tan(math.radians(76))  # a lamp lights a cone of twice that angle downwards
_LAMP_NEAR, _LAMP_FAR = 0.08, 60.0


class ShadowMaps:
    """What lights see: the depth of the first surface in each direction, a square of the texture for each light."""

    def __init__(self, gl: Any) -> None:
        self._depths = gl.depth_texture((MOST_CASTERS * SIZE, SIZE))
        self._depths.compare_func = ""
        self._depths.filter = (gl.NEAREST, gl.NEAREST)
        self._frame = gl.framebuffer(depth_attachment=self._depths)

    def clear(self) -> None:
        """Forget what the lights saw."""
        self._frame.viewport = (0, 0, MOST_CASTERS * SIZE, SIZE)
        self._frame.use()
        self._frame.clear(depth=1.0)

    def begin(self, index: int) -> None:
        """Draw into one of the squares from now on."""
        self._frame.viewport = (index * SIZE, 0, SIZE, SIZE)

    def use(self, unit: int) -> None:
        """Bind the texture."""
        self._depths.use(unit)


def from_light(light: Light, scene: Scene) -> NDArray[np.float64]:
    """The matrix (4,4) from the world to the clip space of a light's map."""
    if light.position is not None:
        return _lamp(np.array(light.position))
    if light.direction is None:
        raise ValueError("a light has a direction or a position")
    return _sun(np.array(light.direction), scene)


def penumbra(light: Light, scene: Scene) -> float:
    """How far a light's shadows blur, as a share of its map."""
    if light.position is not None:
        return light.softness / (2 * _LAMP_SPREAD)
    return max(light.softness * 3.0 / (2 * scene.reach), 0.7 / SIZE)


def _lamp(position: NDArray[np.float64]) -> NDArray[np.float64]:
    view = np.eye(4)
    view[:3, :3] = [[1, 0, 0], [0, 0, -1], [0, 1, 0]]  # looking down
    view[:3, 3] = -view[:3, :3] @ position
    near, far = _LAMP_NEAR, _LAMP_FAR
    clip = np.zeros((4, 4))
    clip[0, 0] = clip[1, 1] = 1 / _LAMP_SPREAD
    clip[2, 2], clip[2, 3] = -(far + near) / (far - near), -2 * far * near / (far - near)
    clip[3, 2] = -1
    return clip @ view


def _sun(direction: NDArray[np.float64], scene: Scene) -> NDArray[np.float64]:
    reach = scene.reach
    pose = scene.view.pose
    ahead = pose[:3, 2] * (1, 0, 1)
    middle = pose[:3, 3] + 0.75 * reach * ahead
    back = direction / np.linalg.norm(direction)
    side = np.cross((0.0, 1.0, 0.0), back)
    side = side / np.linalg.norm(side) if np.linalg.norm(side) > 1e-6 else np.array([1.0, 0.0, 0.0])
    view = np.eye(4)
    view[:3, :3] = np.stack([side, np.cross(back, side), back])
    view[:3, 3] = -view[:3, :3] @ middle
    clip = np.diag([1 / reach, 1 / reach, -1 / (3 * reach), 1.0])
    return clip @ view
