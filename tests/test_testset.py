"""The sealed test set: its list, its independence, the folder it writes. Rendering itself needs Blender."""

import ast
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from spnet.files.depth import read_depth
from spnet.units import parse_unit

RECIPE = Path(__file__).parents[1] / "benchmarks" / "testset"
RECIPE_HASH = "fea06679f7c1a1415961b29c21e4e3f32fd2b73e9e38929cc88c013bed02093f"
"""Frames of another recipe are another test set: change this only on purpose, and render all sixty again."""


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"testset_{name}", RECIPE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look up their module
    spec.loader.exec_module(module)
    return module


frames, folder, develop = _load("frames"), _load("folder"), _load("develop")
ORIGIN = {"scene_type": "indoor", "scene": "desk", "seed": 7}


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    direct = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    return direct | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_the_recipe_is_the_one_that_was_sealed() -> None:
    assert folder.recipe_hash() == RECIPE_HASH


def test_there_are_sixty_frames_of_three_kinds() -> None:
    assert [sum(frame.kind == kind for frame in frames.FRAMES) for kind in ("indoor", "outdoor", "object")] == [20] * 3
    assert (frames.WIDTH, frames.HEIGHT) == (640, 480)


@pytest.mark.parametrize("part", ["name", "seed"])
def test_no_two_frames_share_a(part: str) -> None:
    assert len({getattr(frame, part) for frame in frames.FRAMES}) == len(frames.FRAMES)


def test_variants_count_from_one_within_each_scene() -> None:
    for scene in {frame.scene for frame in frames.FRAMES}:
        variants = [frame.variant for frame in frames.FRAMES if frame.scene == scene]
        assert variants == list(range(1, len(variants) + 1))


def test_every_scene_is_built_by_one_function() -> None:
    defined = [
        node.name
        for path in RECIPE.glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.returns is not None and ast.unparse(node.returns) == "View"
    ]
    builders = [name for name in defined if not name.startswith("_")]
    assert sorted(builders) == sorted({frame.scene for frame in frames.FRAMES})


@pytest.mark.parametrize("path", sorted(RECIPE.glob("*.py")), ids=lambda path: path.name)
def test_nothing_of_this_package_is_imported(path: Path) -> None:
    own = {each.stem for each in RECIPE.glob("*.py")}
    others = {name.partition(".")[0] for name in _imports(path)} - own - set(sys.stdlib_module_names)
    assert others <= {"bmesh", "bpy", "mathutils", "numpy", "PIL"}


@pytest.mark.parametrize(
    ("farthest", "unit"),
    [(0.0, "tum"), (5.0, "tum"), (13.107, "tum"), (13.2, "mm"), (65.5, "mm"), (66.0, "kitti"), (255.9, "kitti")],
)
def test_the_unit_is_the_finest_that_reaches(farthest: float, unit: str) -> None:
    assert folder.unit_for(farthest) == unit


def test_units_are_those_of_the_package() -> None:
    for name, metres in folder.UNITS.items():
        assert parse_unit(name).metres == metres


@pytest.mark.parametrize("missing", [np.inf, -np.inf, np.nan, 0.0, -1.0, 256.5, 1e10])
def test_what_is_no_depth_or_too_far_is_missing(missing: float) -> None:
    steps, _ = folder.to_steps(np.array([[missing, 2.0]], dtype=np.float32))
    assert (steps > 0).tolist() == [[False, True]]


@given(st.lists(st.floats(0.25, 255.75, width=32), min_size=1, max_size=20))
def test_depth_survives_to_half_a_step(depth: list[float]) -> None:
    metres = np.array([depth], dtype=np.float32)
    steps, unit = folder.to_steps(metres)
    assert np.abs(steps * folder.UNITS[unit] - metres).max() <= 0.5 * folder.UNITS[unit] + 1e-9


def _written(out: Path) -> Path:
    generator = np.random.default_rng(3)
    depth = generator.uniform(0.5, 40.0, (48, 64)).astype(np.float32)
    depth[:5] = np.inf
    rgb = generator.integers(0, 256, (48, 64, 3), dtype=np.uint8)
    target = out / "frame"
    folder.write_frame(target, rgb, depth, 52.5, {**ORIGIN, "recipe": folder.recipe_hash()})
    return target


def test_a_frame_is_a_folder_that_the_package_reads(tmp_path: Path) -> None:
    target = _written(tmp_path)
    meta = json.loads((target / "meta.json").read_text())
    assert sorted(path.name for path in target.iterdir()) == ["depth.png", "meta.json", "rgb.png"]
    with Image.open(target / "rgb.png") as image:
        assert (image.mode, image.size) == ("RGB", (64, 48))
    depth = read_depth(target / "depth.png", meta["depth_unit"]).metres
    assert np.all(depth[:5] == 0)
    assert meta["depth_scale"] == 0.001
    assert meta["intrinsics"] == {"fx": 52.5, "fy": 52.5, "cx": 31.5, "cy": 23.5}
    assert meta["depth_max_m"] == pytest.approx(depth.max(), abs=1e-3)
    assert meta["valid_fraction"] == pytest.approx(43 / 48, abs=1e-4)


def test_meta_has_what_the_real_frames_have(tmp_path: Path) -> None:
    meta = json.loads((_written(tmp_path) / "meta.json").read_text())
    expected = "dataset scene_type depth_scale depth_sensor intrinsics license valid_fraction width height depth_min_m"
    assert {*expected.split(), "depth_median_m", "depth_max_m", "depth_class", "rgb_depth_aligned", "quality"} <= {
        *meta
    }


def test_a_frame_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="its camera is lost"):
        folder.write_frame(tmp_path / "frame", np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.float32), 4.0, ORIGIN)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    with pytest.raises(OSError, match="taken"):
        folder.write_frame(tmp_path / "taken", np.zeros((4, 4, 3), np.uint8), np.ones((4, 4), np.float32), 4.0, ORIGIN)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_what_is_written_is_skipped_and_what_is_odd_is_refused(tmp_path: Path) -> None:
    assert not folder.is_written(tmp_path / "frame")
    target = _written(tmp_path)
    assert folder.is_written(target)
    meta = target / "meta.json"
    meta.write_text(meta.read_text().replace(folder.recipe_hash(), "f" * 64))
    with pytest.raises(ValueError, match="rendered by recipe ffffffffffff, this is"):
        folder.is_written(target)
    (target / "depth.png").unlink()
    with pytest.raises(ValueError, match="lacks depth.png"):
        folder.is_written(target)


@given(st.floats(1e-3, 1e3))
def test_exposure_takes_out_how_bright_the_scene_is(brightness: float) -> None:
    light = np.random.default_rng(1).uniform(0.2, 1.0, (24, 32, 3)).astype(np.float32)
    reference, scaled = (develop.develop(light * factor, np.random.default_rng(2)) for factor in (1.0, brightness))
    assert np.abs(reference.astype(int) - scaled).max() <= 3  # the floor under the logarithm shows in the darkest


def test_the_same_seed_gives_the_same_picture() -> None:
    light = np.random.default_rng(1).random((24, 32, 3), dtype=np.float32)
    first, second, other = (develop.develop(light, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_rendered_frames_are_whole() -> None:
    out = os.environ.get("SPNET_TESTSET")
    if out is None:
        pytest.skip("no rendered frames: run benchmarks/testset/render.py OUT and set SPNET_TESTSET=OUT")
    for frame in frames.FRAMES:
        assert folder.is_written(Path(out) / frame.name), f"{frame.name} is not rendered yet"
        meta = json.loads((Path(out) / frame.name / "meta.json").read_text())
        depth = read_depth(Path(out) / frame.name / "depth.png", meta["depth_unit"]).metres
        assert depth.shape == (frames.HEIGHT, frames.WIDTH)
        assert np.mean(depth > 0) == pytest.approx(meta["valid_fraction"], abs=1e-4)
