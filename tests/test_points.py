"""Projection, and the removal of points that the camera cannot see: simulated LiDARs know the truth."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.occlusion import hidden_points
from spnet.points import project, unproject

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "real"
KITTI = Camera(721.5377, 721.5377, 609.5593, 172.854, 1242, 375)
NUSCENES = Camera(1266.4, 1266.4, 816.3, 491.5, 1600, 900)
SMALL = Camera(100, 50, 2, 1, 5, 3)


# Projection


def test_kitti_numbers_worked_by_hand() -> None:
    """A LiDAR (x forward, y left, z up) that stands 0.27 m behind and 0.08 m above the camera."""
    camera_from_lidar = np.array([[0, -1, 0, 0], [0, 0, -1, -0.08], [1, 0, 0, -0.27], [0, 0, 0, 1]])
    points = np.array([[10.27, 2.0, -1.58], [20.27, -4.0, 0.0], [-5.0, 0.0, 0.0]])
    depth = project(points, KITTI, camera_from_lidar)
    # (10.27, 2, -1.58) is (-2, 1.5, 10) to the camera: column 721.5377 * -0.2 + 609.5593 = 465.25,
    # row 721.5377 * 0.15 + 172.854 = 281.08. (20.27, -4, 0) is (4, -0.08, 20): column 753.87, row 169.97.
    expected = np.zeros((375, 1242), dtype=np.float32)
    expected[281, 465] = 10
    expected[170, 754] = 20
    np.testing.assert_allclose(depth, expected, rtol=1e-6)
    assert depth.dtype == np.float32


@pytest.mark.parametrize(
    ("point", "pixel"),
    [
        ((0, 0, 1), (1, 2)),
        ((0.0149, 0, 3), (1, 2)),  # column 2.497
        ((0.0151, 0, 3), (1, 3)),  # column 2.503
        ((-0.0249, 0, 1), (1, 0)),  # column -0.49: half a pixel around the outermost centres is inside
        ((-0.0251, 0, 1), None),
        ((0.0249, 0, 1), (1, 4)),
        ((0.0251, 0, 1), None),
        ((0, -0.0299, 1), (0, 2)),  # row -0.495
        ((0, -0.0301, 1), None),
        ((0, 0.0299, 1), (2, 2)),
        ((0, 0.0301, 1), None),
        ((0, 0, -1), None),
        ((0, 0, 0), None),
        ((np.nan, 0, 1), None),
        ((0, 0, np.inf), None),
        ((0, 0, 1e-300), None),
        ((1e300, 1e300, 1e-20), None),
    ],
)
def test_one_point(point: tuple[float, float, float], pixel: tuple[int, int] | None) -> None:
    expected = np.zeros((3, 5), dtype=np.float32)
    if pixel:
        expected[pixel] = point[2]
    np.testing.assert_array_equal(project(np.array([point]), SMALL), expected)


def test_the_nearest_point_wins_whatever_the_order() -> None:
    points = np.array([[0, 0, 3.0], [0, 0, 2.0], [0.0001, 0, 5.0], [0, 0, -1.0]])
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]):
        depth = project(points[order], SMALL)
        assert depth[1, 2] == 2
        assert np.count_nonzero(depth) == 1


def test_no_points_give_no_measurements() -> None:
    assert not project(np.empty((0, 3)), SMALL).any()


@pytest.mark.parametrize(
    ("points", "transform", "message"),
    [
        (np.zeros((3, 4)), None, r"points: an array of shape \(3, 4\), expected \(N,3\)"),
        (np.zeros(3), None, r"points: an array of shape \(3,\), expected \(N,3\)"),
        (np.zeros((1, 3)), np.eye(3), r"camera_from_cloud: an array of shape \(3, 3\), expected \(4,4\)"),
        (np.zeros((1, 3)), np.full((4, 4), np.nan), "expected .* finite numbers"),
        (np.zeros((1, 3)), np.ones((4, 4)), "with 0 0 0 1 as its last row"),
    ],
)
def test_project_refuses(points: np.ndarray, transform: np.ndarray | None, message: str) -> None:
    with pytest.raises(SpnetError, match=message):
        project(points, SMALL, transform)


depth_maps = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=12),
    elements=st.one_of(
        st.floats(0.0009765625, 1e6, width=32),
        st.sampled_from([0.0, -1.0, float("nan"), float("inf"), -float("inf")]),
    ),
)


@given(depth=depth_maps, focal=st.floats(1, 1e5), cx=st.floats(-1e4, 1e4), cy=st.floats(-1e4, 1e4))
@settings(deadline=None)
def test_project_undoes_unproject(depth: np.ndarray, focal: float, cx: float, cy: float) -> None:
    camera = Camera(focal, focal * 1.5, cx, cy, depth.shape[1], depth.shape[0])
    points, rows, columns = unproject(depth, camera)
    valid = np.isfinite(depth) & (depth > 0)
    assert points.dtype == np.float32
    np.testing.assert_array_equal((rows, columns), np.nonzero(valid))
    projected = project(points, camera, remove_hidden=False)
    np.testing.assert_array_equal(projected, np.where(valid, depth, 0))


def test_unproject_by_hand() -> None:
    depth = np.zeros((3, 5), dtype=np.float32)
    depth[2, 4] = 10
    points, rows, columns = unproject(depth, SMALL)
    np.testing.assert_allclose(points, [[0.2, 0.2, 10]], rtol=1e-6)
    assert (rows.tolist(), columns.tolist()) == ([2], [4])


def test_unproject_refuses_another_size() -> None:
    with pytest.raises(SpnetError, match=r"of shape \(5, 3\), but its camera is 5x3, expected \(3, 5\)"):
        unproject(np.ones((5, 3), dtype=np.float32), SMALL)


# Hidden points: scenes in the camera's axes, whose surfaces can be asked what a ray meets first


@dataclass(frozen=True)
class Scene:
    """planes: normal, distance from the camera. boxes: lower and upper corner. poles: x, z, radius, top."""

    planes: list[tuple[np.ndarray, float]]
    boxes: list[tuple[np.ndarray, np.ndarray]]
    poles: list[tuple[float, float, float, float]]

    def distance(self, origin: np.ndarray, rays: np.ndarray) -> np.ndarray:
        """How far along each of the rays (N,3) the first surface is."""
        nearest = np.full(len(rays), np.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            for normal, offset in self.planes:
                _keep_nearer(nearest, (offset - origin @ normal) / (rays @ normal))
            for lower, upper in self.boxes:
                a, b = (lower - origin) / rays, (upper - origin) / rays
                enter, leave = np.minimum(a, b).max(axis=1), np.maximum(a, b).min(axis=1)
                _keep_nearer(nearest, np.where(enter <= leave, enter, np.inf))
            for x, z, radius, top in self.poles:
                _keep_nearer(nearest, _meet_pole(origin, rays, x, z, radius, top))
        return nearest


def _keep_nearer(nearest: np.ndarray, distance: np.ndarray) -> None:
    nearer = (distance > 1e-6) & (distance < nearest)
    nearest[nearer] = distance[nearer]


def _meet_pole(origin: np.ndarray, rays: np.ndarray, x: float, z: float, radius: float, top: float) -> np.ndarray:
    a = rays[:, 0] ** 2 + rays[:, 2] ** 2
    b = rays[:, 0] * (origin[0] - x) + rays[:, 2] * (origin[2] - z)
    c = (origin[0] - x) ** 2 + (origin[2] - z) ** 2 - radius**2
    distance = (-b - np.sqrt(b * b - a * c)) / a
    return np.where(origin[1] + distance * rays[:, 1] >= top, distance, np.inf)


GROUND = (np.array([0.0, 1.0, 0.0]), 1.65)
BACK = (np.array([0.0, 0.0, 1.0]), 40.0)


def street(seed: int) -> Scene:
    """Cars, people and thin poles on a road, with a house at one side and a wall at the end."""
    rng = np.random.default_rng(seed)
    side = np.array([0.98, 0.0, 0.17]) * rng.choice([-1, 1])
    boxes, poles = [], []
    for width, height, length in (
        (1.8, 1.5, 4.2),
        (1.8, 1.5, 4.2),
        (0.5, 1.7, 0.4),
        (0.5, 1.7, 0.4),
        (2.5, 3, 6),
    ):
        z = rng.uniform(4, 25)
        x = rng.uniform(-0.7, 0.7) * z
        boxes.append((np.array([x - width / 2, 1.65 - height, z]), np.array([x + width / 2, 1.65, z + length])))
    for _ in range(5):
        z = rng.uniform(4, 20)
        poles.append((rng.uniform(-0.7, 0.7) * z, z, rng.uniform(0.03, 0.2), rng.uniform(-3, -0.5)))
    return Scene([GROUND, BACK, (side, 9.0)], boxes, poles)


@dataclass(frozen=True)
class Lidar:
    """A spinning sensor: the elevations of its lines, the step of its azimuth (degrees), where it stands."""

    elevations: np.ndarray
    step: float
    camera: Camera
    position: tuple[float, float, float]
    roll: float = 0.0


HDL64_LINES = np.concatenate([np.linspace(2, -8.33, 32), np.linspace(-8.83, -24.33, 32)])
HDL64 = Lidar(HDL64_LINES, 0.18, KITTI, (0.06, -0.08, -0.27))
ROLLED = Lidar(HDL64_LINES, 0.18, KITTI, (0.35, -0.2, 0.0), roll=0.05)
HDL32 = Lidar(np.linspace(10.67, -30.67, 32), 0.33, NUSCENES, (0.0, -0.3, -0.3))
VLP16 = Lidar(np.linspace(15, -15, 16), 0.2, KITTI, (-0.2, -0.3, -0.2))
OS128 = Lidar(np.linspace(22.5, -22.5, 128), 0.35, KITTI, (0.0, -0.4, 0.0))


def scan(scene: Scene, lidar: Lidar, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The sensor's points with 2 cm noise; for each its true depth, and that of what the camera sees."""
    rng = np.random.default_rng(seed)
    elevation, azimuth = np.meshgrid(np.radians(lidar.elevations), np.radians(np.arange(-60, 60, lidar.step)))
    rays = np.stack(
        [np.sin(azimuth) * np.cos(elevation), -np.sin(elevation), np.cos(azimuth) * np.cos(elevation)],
        axis=-1,
    ).reshape(-1, 3)
    sine, cosine = np.sin(lidar.roll), np.cos(lidar.roll)
    rays = rays @ np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    origin = np.array(lidar.position)
    distance = scene.distance(origin, rays)
    rays, distance = rays[distance < 80], distance[distance < 80]
    surface = origin + rays * distance[:, None]
    seen = surface[:, 2] * scene.distance(np.zeros(3), surface)
    return surface + rays * rng.normal(0, 0.02, (len(rays), 1)), surface[:, 2], seen


def judge(scene: Scene, lidar: Lidar, seed: int) -> tuple[int, int, int, int, int]:
    """Of the measurements: clearly hidden, those removed, all removed, wrongly removed, visible."""
    points, depth, seen = scan(scene, lidar, seed)
    before = project(points, lidar.camera, remove_hidden=False)
    removed = before - project(points, lidar.camera) > 0
    # Each pixel's point: the one that has exactly its depth there.
    front = points[:, 2] > 0
    points, depth, seen = points[front], depth[front], seen[front]
    column, row = np.rint((points @ lidar.camera.matrix.T)[:, :2].T / points[:, 2]).astype(int)
    inside = (column >= 0) & (column < lidar.camera.width) & (row >= 0) & (row < lidar.camera.height)
    inside[inside] = before[row[inside], column[inside]] == points[inside, 2].astype(np.float32)
    gone = removed[row[inside], column[inside]]
    behind = (depth - seen)[inside]
    clearly_hidden = behind > np.maximum(0.3, 0.06 * depth[inside])
    visible = behind < 0.01 + 0.002 * depth[inside]
    counts = (clearly_hidden, clearly_hidden & gone, gone, gone & visible, visible)
    hidden, found, everything, wrong, seen_count = (int(np.count_nonzero(count)) for count in counts)
    return hidden, found, everything, wrong, seen_count


@pytest.mark.parametrize(
    ("lidar", "least_recall", "least_precision", "most_lost"),
    [
        pytest.param(HDL64, 0.78, 0.90, 0.002, id="64 lines"),  # measured 0.825, 0.932, 0.0013
        pytest.param(ROLLED, 0.90, 0.94, 0.003, id="64 lines, rolled"),  # 0.935, 0.970, 0.0018
        pytest.param(OS128, 0.94, 0.84, 0.004, id="128 lines"),  # 0.978, 0.874, 0.0025
        pytest.param(HDL32, 0.72, 0.72, 0.010, id="32 lines"),  # 0.774, 0.773, 0.0070
        pytest.param(VLP16, 0.70, 0.86, 0.006, id="16 lines"),  # 0.747, 0.900, 0.0041
    ],
)
def test_removes_what_the_camera_cannot_see(
    lidar: Lidar, least_recall: float, least_precision: float, most_lost: float
) -> None:
    counts = [judge(street(seed), lidar, seed) for seed in range(6)]
    hidden, found, removed, wrong, visible = np.sum(counts, axis=0)
    assert hidden > 500
    assert found / hidden >= least_recall
    assert 1 - wrong / removed >= least_precision
    assert wrong / visible <= most_lost


SLANTED = [
    [GROUND],
    [(np.array([0.0, 1.0, 0.0]), 0.4)],  # a robot's view of the floor
    [GROUND, (np.array([0.98, 0.0, 0.17]), 3.0), (np.array([-0.98, 0.0, 0.17]), 7.0), BACK],
]


@pytest.mark.parametrize("planes", SLANTED, ids=["road", "floor", "street"])
@pytest.mark.parametrize("lidar", [HDL64, ROLLED, OS128, HDL32, VLP16], ids=["64", "rolled", "128", "32", "16"])
def test_slanted_surfaces_lose_nothing(planes: list[tuple[np.ndarray, float]], lidar: Lidar) -> None:
    points, _, _ = scan(Scene(planes, [], []), lidar, 0)
    kept, everything = project(points, lidar.camera), project(points, lidar.camera, remove_hidden=False)
    assert np.count_nonzero(everything) > 1000
    np.testing.assert_array_equal(kept, everything)


def test_a_sensor_in_the_camera_loses_nearly_nothing() -> None:
    """There is nothing hidden to find, only silhouettes to spare."""
    lidar = Lidar(HDL64_LINES, 0.18, KITTI, (0.0, 0.0, 0.0))
    counts = [judge(street(seed), lidar, seed) for seed in range(6)]
    hidden, _, removed, _, visible = np.sum(counts, axis=0)
    assert hidden < 0.001 * visible
    assert removed < 0.002 * visible


def wall_behind_grid(wall: float, grid: float) -> tuple[np.ndarray, np.ndarray]:
    """A wall sampled at every 4th pixel, and a nearer square of 9x9 points half a step aside."""
    depth = np.zeros((80, 80), dtype=np.float32)
    depth[::4, ::4] = wall
    behind = np.zeros_like(depth, dtype=bool)
    behind[24:56:4, 24:56:4] = True
    depth[22:58:4, 22:58:4] = grid
    return depth, behind


@pytest.mark.parametrize(
    ("wall", "grid", "removed"),
    [(10.0, 5.0, True), (10.0, 9.0, True), (10.0, 9.5, False), (10.0, 10.0, False), (5.0, 10.0, False)],
)
def test_a_wall_between_the_points_of_a_nearer_surface(wall: float, grid: float, removed: bool) -> None:
    depth, behind = wall_behind_grid(wall, grid)
    camera = Camera(500, 500, 40, 40, 80, 80)
    hidden = hidden_points(depth, camera)
    if wall < grid:
        behind[:] = False  # the wall is in front now, and the grid shows through it
        behind[22:58:4, 22:58:4] = True
        removed = True
    np.testing.assert_array_equal(hidden, behind & removed)
    np.testing.assert_array_equal(hidden_points(depth * 4, camera), hidden)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_points_hide_nothing(count: int) -> None:
    depth = np.zeros((20, 30), dtype=np.float32)
    depth[[5, 5, 6][:count], [5, 7, 6][:count]] = [1, 2, 4][:count]
    assert not hidden_points(depth, Camera(100, 100, 15, 10, 30, 20)).any()


@given(
    depth=hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=30),
        elements=st.sampled_from([0.0, 0.0, 1.0, 1.5, 20.0, 1e-37, 3e38]),
    ),
    focal=st.sampled_from([1e-3, 1.0, 100.0, 1e7]),
)
@settings(deadline=None)
def test_only_measurements_with_something_nearer_are_hidden(depth: np.ndarray, focal: float) -> None:
    hidden = hidden_points(depth, Camera(focal, focal, 0, 0, depth.shape[1], depth.shape[0]))
    assert hidden.shape == depth.shape
    if depth.any():
        assert (depth[hidden] > depth[depth > 0].min()).all()
    assert not hidden[depth == 0].any()


# Real scans: rectangles (column, row, end column, end row) of what can be told apart by eye


def kitti_depth(frame: str) -> np.ndarray:
    path = REAL / "kitti_lidar" / frame / "depth.png"
    if not path.is_file():
        pytest.skip("the KITTI frames of ../shared are not here")
    return np.asarray(Image.open(path)).astype(np.float32) / 256


@pytest.mark.parametrize(
    ("frame", "rectangle"),
    [
        ("obj_train_000008", (650, 220, 900, 375)),
        ("obj_test_000007", (400, 280, 750, 375)),
        ("obj_train_000217", (350, 250, 600, 375)),
    ],
)
def test_kitti_roads_stay(frame: str, rectangle: tuple[int, int, int, int]) -> None:
    depth = kitti_depth(frame)
    left, top, right, bottom = rectangle
    road = depth[top:bottom, left:right] > 0
    lost = hidden_points(depth, KITTI)[top:bottom, left:right]
    assert np.count_nonzero(road) > 2000
    assert np.count_nonzero(lost) <= 0.001 * np.count_nonzero(road)


def test_kitti_background_leaves_the_pole() -> None:
    depth = kitti_depth("obj_test_000007")
    points, _, _ = unproject(depth, KITTI)
    pole = project(points, KITTI)[135:330, 1080:1128]
    before = depth[135:330, 1080:1128]
    assert np.count_nonzero(before > 9) == 91  # the pole is 6.8 m away
    assert np.count_nonzero(pole > 9) <= 4
    assert np.count_nonzero(pole) >= np.count_nonzero((before > 0) & (before < 9))
