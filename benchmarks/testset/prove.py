"""Prove the depth: a plane and a box whose depth is known at every pixel, and edges that fall where the picture's do.

python benchmarks/testset/prove.py
"""

import bpy
import numpy as np
from capture import View, capture, start
from frames import HEIGHT, WIDTH
from lights import overcast
from materials import glass, glow
from mathutils import Matrix
from numpy.typing import NDArray
from render import quiet
from shapes import as_glass, block

Depth = NDArray[np.float32]

VIEW = View((0.4, -4.0, 1.6), (0.1, 0.0, 0.7), 0.82)
LOW, HIGH = np.array([-0.6, -0.5, 0.0]), np.array([0.7, 0.6, 1.1])
REACH = 50.0
"""Metres up to which the ground is compared: farther off its depth is worth nothing to float32."""


def main() -> None:
    """Print the errors; stop with an error if one is too large."""
    with quiet():
        light, depth = _rendered(with_pane=False)
        truth, on_box = _expected()
        _, behind_glass = _rendered(with_pane=True)
    near = np.isfinite(truth) & (truth < REACH)
    error = np.abs(depth[near] - truth[near]) / truth[near]
    edge = _edge_offset(light, depth, truth, on_box)
    print(f"relative error: median {np.median(error):.1e}, largest {error.max():.1e} over {near.sum()} pixels")
    print(f"edges of picture and depth lie {edge:.3f} px apart on average")
    same = np.array_equal(np.isfinite(depth), np.isfinite(behind_glass))
    print(f"through a pane the depth is {'the same' if same and np.allclose(depth, behind_glass) else 'ANOTHER'}")
    if error.max() > 1e-4 or abs(edge) > 0.5 or not same:
        raise SystemExit("the depth is not exact")


def _rendered(with_pane: bool) -> tuple[NDArray[np.float32], Depth]:
    """A white, glowing box on a black ground."""
    start()
    overcast(0.0)
    block((-3000, -100, -1), (3000, 3000, 0), glow((0, 0, 0), 0.0), 0)
    block(LOW.tolist(), HIGH.tolist(), glow((1, 1, 1), 1.0), 0)
    if with_pane:
        as_glass(block((-2, -2, 0), (2, -1.99, 3), glass(), 0))
    return capture(VIEW, (WIDTH, HEIGHT), 64, 0)


def _expected() -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Planar depth (H,W) by ray and slab arithmetic in float64, and where the box is hit (H,W)."""
    camera: Matrix = bpy.context.scene.camera.matrix_world
    pose = np.array(camera)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(float)
    focal = VIEW.focal * WIDTH
    along = [(columns - (WIDTH - 1) / 2) / focal, -(rows - (HEIGHT - 1) / 2) / focal, -np.ones((HEIGHT, WIDTH))]
    ray = np.stack(along, axis=-1) @ pose[:3, :3].T  # one metre of planar depth long
    eye = pose[:3, 3]
    with np.errstate(divide="ignore"):
        ground = np.where(ray[..., 2] < 0, -eye[2] / ray[..., 2], np.inf)
        slabs = np.stack([(LOW - eye) / ray, (HIGH - eye) / ray])
    enter, leave = slabs.min(axis=0).max(axis=-1), slabs.max(axis=0).min(axis=-1)
    hit = (enter < leave) & (enter > 0)
    return np.where(hit, enter, ground), hit


def _edge_offset(light: NDArray[np.float32], depth: Depth, truth: NDArray[np.float64], box: NDArray[np.bool_]) -> float:
    """How many pixels farther right the box's left edge is in depth than in the picture, averaged over rows."""
    covered = np.clip(light[..., 0] / np.median(light[box]), 0, 1)
    is_box = box & (np.abs(np.where(box, depth, 0) - np.where(box, truth, 0)) < 1e-3)
    offsets = []
    for row in np.flatnonzero(box.any(axis=1))[5:-5]:
        middle = int(np.flatnonzero(box[row]).mean())
        first = int(np.flatnonzero(is_box[row])[0])
        seen = (
            middle - covered[row, :middle].sum()
        )  # the edge to a fraction of a pixel, as the filter spreads it evenly
        offsets.append((first - 0.5) - (seen - 0.5))
    return float(np.mean(offsets))


if __name__ == "__main__":
    main()
