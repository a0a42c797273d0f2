"""Training data: sources, augmentation, sparse inputs and samples."""

import dataclasses
import json
import math
import shutil
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from spnet.camera import Camera
from spnet.errors import SpnetError
from spnet.scale import scene_scale
from spnet.sparsify import PATTERNS
from spnet.train import augment, inputs, patterns, virtual_lidar
from spnet.train.presets import find_preset
from spnet.train.recipe import AugmentRecipe, DataRecipe, SourceRecipe
from spnet.train.samples import Batch, Samples, batches
from spnet.train.sources import open_source, synth
from spnet.train.view import UnreadableError, View, assumed_camera

HEIGHT, WIDTH = 80, 112
SIZE = (64, 64)
PRESETS = ("authors", "pacgdc", "sensors")
SCALES = ("log_mean", "mean", "median", "max_depth:20")

Depth = NDArray[np.float32]


def steps_of_depth(seed: int = 0, levels: Sequence[float] = (1.0, 3.0, 9.0)) -> Depth:
    """A map of a few depths in blocks, some of it unknown."""
    generator = np.random.default_rng(seed)
    blocks = generator.choice([*levels, levels[0], 0.0], (HEIGHT // 8, WIDTH // 8))
    return blocks.repeat(8, 0).repeat(8, 1).astype(np.float32)


def picture(seed: int = 0, height: int = HEIGHT, width: int = WIDTH) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def view(depth: Depth | None = None, seed: int = 0, holes: NDArray[np.bool_] | None = None) -> View:
    truth = steps_of_depth(seed) if depth is None else depth
    return View(picture(seed, *truth.shape), truth, assumed_camera(truth.shape[1], truth.shape[0]), holes)


def write_rendered(folder: Path, depths: Sequence[Depth], images: str = "png") -> Path:
    """A folder as `spnet synth render` leaves it."""
    for part in ("rgb", "depth", "camera"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "synth.json").write_text(json.dumps({"seed": 0, "images": images}))
    for index, depth in enumerate(depths):
        height, width = depth.shape
        name = f"{index:08d}"
        Image.fromarray(picture(index, height, width)).save(folder / "rgb" / f"{name}.{images}")
        np.savez_compressed(folder / "depth" / f"{name}.npz", depth=depth)
        camera = {"kind": "room", **dataclasses.asdict(assumed_camera(width, height))}
        (folder / "camera" / f"{name}.json").write_text(json.dumps(camera))
    return folder


def write_authors(folder: Path, names: Sequence[str] = ("one", "two"), max_depth: float = 20) -> Path:
    """RGBD_Datasets with a set, and Hole_Datasets beside it."""
    for part in ("RGBD_Datasets/set/rgb", "RGBD_Datasets/set/depth", "Hole_Datasets/set"):
        (folder / part).mkdir(parents=True)
    for seed, name in enumerate(names):
        steps = (steps_of_depth(seed) / max_depth * 65535).round().astype(np.uint16)
        Image.fromarray(picture(seed)).save(folder / "RGBD_Datasets/set/rgb" / f"{name}.png")
        Image.fromarray(steps).save(folder / "RGBD_Datasets/set/depth" / f"{name}.png")
        mask = np.full((100, 90), 255, np.uint8)
        mask[20:60, 10:50] = 0
        Image.fromarray(mask).save(folder / "Hole_Datasets/set" / f"{name}.png")
    return folder


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rendered(tmp_path_factory.mktemp("rendered"), [steps_of_depth(seed) for seed in range(3)])


def samples(folder: Path, preset: str = "sensors", **values: Any) -> Samples:
    recipe = AugmentRecipe(preset=preset, patterns=values.pop("patterns", None))
    return Samples(
        DataRecipe((SourceRecipe("folder", path=str(folder)),), size=values.pop("size", SIZE), **values), recipe
    )


def assert_same(first: Batch, second: Batch) -> None:
    assert first.keys() == second.keys()
    for name in first:
        assert torch.equal(first[name], second[name]), name


# Samples


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("preset", PRESETS)
def test_a_sample_is_what_it_is_said_to_be(rendered: Path, preset: str, scale: str) -> None:
    drawn = samples(rendered, preset, scale=scale, size=(64, 96))
    for index in range(6):
        sample = drawn[index]
        shapes = {name: tuple(values.shape) for name, values in sample.items()}
        maps = dict.fromkeys(("depth", "mask", "truth", "known"), (1, 64, 96))
        assert shapes == {"rgb": (3, 64, 96), **maps, "scale": (), "skipped": ()}
        dtypes = {name: values.dtype for name, values in sample.items()}
        assert dtypes.pop("skipped") == torch.int64
        assert set(dtypes.values()) == {torch.float32}
        assert 0 <= sample["rgb"].min() <= sample["rgb"].max() <= 1
        for depth, mask in (("depth", "mask"), ("truth", "known")):
            assert torch.isfinite(sample[depth]).all()
            assert (sample[depth] >= 0).all()
            assert torch.equal(sample[mask], (sample[depth] > 0).float())
            assert sample[mask].any()
        measured = sample["depth"][0].numpy()
        of_input = scene_scale(measured * sample["scale"].item(), measured > 0, scale)
        assert sample["scale"].item() == pytest.approx(of_input, rel=1e-4)
        assert sample["skipped"] == 0


@pytest.mark.parametrize("preset", PRESETS)
def test_a_sample_depends_on_seed_and_index_alone(rendered: Path, preset: str) -> None:
    first, again, other = (samples(rendered, preset, seed=seed) for seed in (0, 0, 1))
    backwards = [again[index] for index in reversed(range(4))]
    for index in range(4):
        assert_same(first[index], backwards[3 - index])
        assert not torch.equal(first[index]["rgb"], other[index]["rgb"])
        assert not torch.equal(first[index]["rgb"], first[index + 1]["rgb"])


def test_samples_are_the_same_whatever_draws_them(rendered: Path) -> None:
    drawn = samples(rendered)
    parts = [range(5, 7), range(7, 10), range(10, 12)]
    here = list(batches(drawn, parts))
    assert [len(batch["rgb"]) for batch in here] == [2, 3, 2]
    for part, batch in zip(parts, here, strict=True):
        for position, index in enumerate(part):
            assert_same({name: values[position] for name, values in batch.items()}, drawn[index])
    for first, second in zip(here[1:], batches(drawn, parts[1:], workers=2), strict=True):
        assert_same(first, second)


@pytest.mark.parametrize("scale", ["log_mean", "mean", "median"])
@pytest.mark.parametrize("factor", [0.25, 8.0, 3.7])
def test_a_scene_of_another_size_is_the_same_sample(rendered: Path, tmp_path: Path, scale: str, factor: float) -> None:
    larger = write_rendered(tmp_path / "larger", [steps_of_depth(seed) * np.float32(factor) for seed in range(3)])
    pattern = (("random:20%+noise:5%", 1.0),)
    before, after = (samples(folder, scale=scale, patterns=pattern) for folder in (rendered, larger))
    for index in range(4):
        first, second = before[index], after[index]
        assert second["scale"].item() == pytest.approx(factor * first["scale"].item(), rel=1e-6)
        for name in ("rgb", "mask", "known"):
            assert torch.equal(first[name], second[name])
        for name in ("depth", "truth"):
            torch.testing.assert_close(first[name], second[name], rtol=2e-6, atol=0)


def test_sensors_invent_no_depth(rendered: Path) -> None:
    """All depths of the source are 1, 3 or 9 times one factor, and so are all of a sample."""
    drawn = samples(rendered, patterns=(("random:30%", 0.5), ("lines:16", 0.2), ("grid:48x64", 0.2), ("holes", 0.1)))
    for index in range(24):
        sample = drawn[index]
        truth, depth = sample["truth"].unique().numpy()[1:], sample["depth"].unique().numpy()[1:]
        steps = np.log(truth / truth[0]) / math.log(3)
        np.testing.assert_allclose(steps, steps.round(), atol=1e-4)
        assert np.isin(depth, truth).all()


def test_sources_are_mixed_by_weight(tmp_path: Path) -> None:
    near, far = np.full((HEIGHT, WIDTH), 1, np.float32), np.full((HEIGHT, WIDTH), 1000, np.float32)
    folders = write_rendered(tmp_path / "near", [near]), write_rendered(tmp_path / "far", [far])
    sources = tuple(
        SourceRecipe("folder", path=str(folder), weight=weight) for folder, weight in zip(folders, (1, 3), strict=True)
    )
    drawn = Samples(DataRecipe(sources, size=(32, 32)), AugmentRecipe(patterns=(("random:50%", 1.0),)))
    number = sum(drawn[index]["scale"].item() > 100 for index in range(200))
    assert 130 <= number <= 170  # 150 expected, of deviation 6


# Samples that cannot be had


def test_unreadable_views_are_passed_over_and_counted(tmp_path: Path) -> None:
    folder = write_rendered(tmp_path, [steps_of_depth(seed) for seed in range(3)])
    (folder / "depth" / "00000001.npz").write_bytes(b"PK\x03\x04 and no more")
    drawn, again = samples(folder), samples(folder)
    skipped = []
    for index in range(30):
        skipped.append(drawn[index]["skipped"].item())
        assert_same(drawn[index], again[index])
    assert 3 <= sum(skipped) <= 30  # a third of the draws
    assert {0, 1} <= set(skipped)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_source_of_unreadable_views_stops_in_one_line(tmp_path: Path, workers: int) -> None:
    good, bad = (write_rendered(tmp_path / name, [steps_of_depth()]) for name in ("good", "bad"))
    image = bad / "rgb" / "00000000.png"
    image.write_bytes(image.read_bytes()[:200])
    sources = tuple(SourceRecipe("folder", path=str(folder)) for folder in (good, bad))
    drawn = Samples(DataRecipe(sources, size=SIZE), AugmentRecipe())
    before = np.array([np.random.default_rng([0, index]).random() < 0.5 for index in range(20)])  # of the first source
    one, other = int(np.flatnonzero(before)[0]), int(np.flatnonzero(~before)[0])
    stream = batches(drawn, [[one], [other]], workers)
    assert_same({name: values[0] for name, values in next(stream).items()}, drawn[one])
    with pytest.raises(SpnetError) as caught:
        next(stream)
    message = str(caught.value)
    assert message.startswith("source 2 (folder): 32 attempts in a row gave no sample: ")
    assert "00000000.png" in message
    assert "\n" not in message


def test_views_without_depth_are_passed_over_uncounted(tmp_path: Path) -> None:
    sky = np.zeros((HEIGHT, WIDTH), np.float32)
    folder = write_rendered(tmp_path / "some", [sky, steps_of_depth()])
    assert all(samples(folder)[index]["skipped"] == 0 for index in range(8))
    with pytest.raises(
        SpnetError, match=r"^source 1 \(folder\): 32 attempts .*: too little depth is known in its views$"
    ):
        samples(write_rendered(tmp_path / "all", [sky]))[0]


def test_an_input_without_a_point_is_drawn_again(tmp_path: Path) -> None:
    one_metre = write_rendered(tmp_path, [np.full((HEIGHT, WIDTH), 1, np.float32)])
    drawn = samples(one_metre, patterns=(("range:1.2-9", 1.0),))  # scenes are made 0.5 to 2 times as large
    assert all(drawn[index]["mask"].any() for index in range(6))


# Sources


def spoil(folder: Path, path: str, content: bytes | None) -> None:
    """Write a file of the folder anew, or take it away with all that is in it."""
    if content is not None:
        (folder / path).write_bytes(content)
    elif (folder / path).is_dir():
        shutil.rmtree(folder / path)
    else:
        (folder / path).unlink()


@pytest.mark.parametrize(
    ("path", "content", "message"),
    [
        ("", None, "{f}: is no folder; expected one that spnet synth render made"),
        ("synth.json", None, "{f}/synth.json: no such file"),
        ("synth.json", b"{", "{f}/synth.json: is damaged (*); render into a new folder"),
        ("synth.json", b"[]", "{f}/synth.json: its images are None, expected one of jpg, png, webp"),
        ("synth.json", b'{"images": "../x"}', "{f}/synth.json: its images are '../x', expected one of jpg, png, webp"),
        ("synth.json", b" " * 20_000, "{f}/synth.json: has 20,000 bytes, at most 10,000 are read"),
        ("camera/00000000.json", None, "{f}: holds no frame; render some with: spnet synth render -n 1000 -o {f}"),
        ("camera", None, "{f}/camera: cannot be listed as a folder: No such file or directory"),
        ("rgb/00000000.png", None, "{f}/rgb/00000000.png: is missing, though its frame has a camera; *"),
        ("depth/00000000.npz", None, "{f}/depth/00000000.npz: is missing, though its frame has a camera; *"),
    ],
)
def test_a_folder_that_cannot_be_opened(tmp_path: Path, path: str, content: bytes | None, message: str) -> None:
    folder = write_rendered(tmp_path / "f", [steps_of_depth()])
    spoil(folder, path, content)
    with pytest.raises(SpnetError) as caught:
        samples(folder)
    assert fnmatchcase(str(caught.value), message.format(f=folder))


def test_frames_that_are_being_written_are_left_alone(tmp_path: Path) -> None:
    folder = write_rendered(tmp_path, [steps_of_depth(0), steps_of_depth(1)])
    (folder / "camera" / "00000001.json").rename(folder / "camera" / ".spnet-x.json")
    source = open_source(SourceRecipe("folder", path=str(folder)))
    for seed in range(8):
        np.testing.assert_array_equal(source(np.random.default_rng(seed)).truth, steps_of_depth(0))


def test_a_folder_gives_image_truth_and_camera(tmp_path: Path) -> None:
    depth = steps_of_depth()
    depth[:2] = np.array([[np.nan], [-1.0]])
    depth[2:4] = np.array([[np.inf], [1e-9]])
    read = open_source(SourceRecipe("folder", path=str(write_rendered(tmp_path, [depth]))))(np.random.default_rng(0))
    np.testing.assert_array_equal(read.rgb, picture(0))
    np.testing.assert_array_equal(read.truth[4:], depth[4:])
    assert not read.truth[:4].any()
    assert read.truth.dtype == np.float32
    assert read.camera == assumed_camera(WIDTH, HEIGHT)
    assert read.holes is None


@pytest.mark.parametrize(
    ("path", "content", "message"),
    [
        ("depth/00000000.npz", b"PK\x03\x04", "damaged, or not an npz file"),
        ("depth/00000000.npz", None, "no such file"),
        ("rgb/00000000.png", b"GIF89a", "damaged, or not a JPEG"),
        ("camera/00000000.json", b'{"fx": 1}', "camera"),
        (
            "camera/00000000.json",
            json.dumps(dataclasses.asdict(Camera(9, 9, 5, 5, 12, 10))).encode(),
            f"its image, depth and camera are of 12x10, {WIDTH}x{HEIGHT} pixels, expected one size",
        ),
    ],
)
def test_a_frame_that_cannot_be_read(tmp_path: Path, path: str, content: bytes | None, message: str) -> None:
    folder = write_rendered(tmp_path, [steps_of_depth()])
    source = open_source(SourceRecipe("folder", path=str(folder)))
    spoil(folder, path, content)
    with pytest.raises(UnreadableError) as caught:
        source(np.random.default_rng(0))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("part", ["RGBD_Datasets", "RGBD_Datasets/set"])
@pytest.mark.parametrize("holes", [None, "Hole_Datasets", "Hole_Datasets/set"])
def test_the_authors_folders(tmp_path: Path, part: str, holes: str | None) -> None:
    folder = write_authors(tmp_path)
    masks = None if holes is None else str(folder / holes)
    source = open_source(SourceRecipe("authors", path=str(folder / part), max_depth=20, holes=masks))
    read = [source(np.random.default_rng(seed)) for seed in range(12)]
    for each in read:
        seed = 0 if np.array_equal(each.rgb, picture(0)) else 1
        np.testing.assert_array_equal(each.rgb, picture(seed))
        np.testing.assert_allclose(each.truth, steps_of_depth(seed), atol=20 / 65535)
        assert (each.truth > 0).sum() == (steps_of_depth(seed) > 0).sum()
        if holes:
            assert each.holes is not None
            assert each.holes.shape == (100, 90)
            assert not each.holes[20:60, 10:50].any()
            assert each.holes.sum() == 100 * 90 - 40 * 40
        else:
            assert each.holes is None
    assert len({each.rgb.tobytes() for each in read}) == 2


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("RGBD_Datasets", "{d}: is no folder; expected RGBD_Datasets, or one of its sets"),
        ("RGBD_Datasets/set", "{d}: holds no frame; expected rgb/*.png and depth/*.png, or folders that hold them"),
        ("RGBD_Datasets/set/depth/one.png", "{d}/set/rgb/one.png: has no partner in {d}/set/depth; *"),
        ("RGBD_Datasets/set/rgb/two.png", "{d}/set/depth/two.png: has no partner in {d}/set/rgb; *"),
        ("Hole_Datasets", "{h}: is no folder; expected Hole_Datasets, or one of its sets"),
        ("Hole_Datasets/set", "{h}: holds no hole mask; expected *.png, or folders that hold them"),
    ],
)
def test_authors_folders_that_cannot_be_opened(tmp_path: Path, path: str, message: str) -> None:
    folder = write_authors(tmp_path)
    spoil(folder, path, None)
    data, holes = folder / "RGBD_Datasets", folder / "Hole_Datasets"
    with pytest.raises(SpnetError) as caught:
        open_source(SourceRecipe("authors", path=str(data), max_depth=20, holes=str(holes)))
    assert fnmatchcase(str(caught.value), message.format(d=data, h=holes))


def test_two_images_of_one_name_are_refused(tmp_path: Path) -> None:
    folder = write_authors(tmp_path) / "RGBD_Datasets"
    shutil.copy(folder / "set/rgb/one.png", folder / "set/rgb/one.jpg")
    with pytest.raises(SpnetError, match=r"one.png: stands for the same frame as one.jpg; keep one of them$"):
        open_source(SourceRecipe("authors", path=str(folder), max_depth=20))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros((HEIGHT, WIDTH), np.uint8), "uint8 of shape (80, 112), expected 16-bit depth / max_depth * 65535"),
        (np.zeros((8, 9), np.uint16), f"is 9x8, but its image is {WIDTH}x{HEIGHT}; expected the same size"),
        (None, "no such file"),
    ],
)
def test_an_authors_frame_that_cannot_be_read(tmp_path: Path, values: NDArray[Any] | None, message: str) -> None:
    folder = write_authors(tmp_path, names=["one"]) / "RGBD_Datasets"
    source = open_source(SourceRecipe("authors", path=str(folder), max_depth=20))
    depth = folder / "set/depth/one.png"
    depth.unlink()
    if values is not None:
        Image.fromarray(values).save(depth)
    with pytest.raises(UnreadableError) as caught:
        source(np.random.default_rng(0))
    assert str(caught.value).startswith(str(depth))
    assert str(caught.value).endswith(message)


def test_a_hole_mask_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    folder = write_authors(tmp_path, names=["one"])
    holes = folder / "Hole_Datasets"
    source = open_source(SourceRecipe("authors", path=str(folder / "RGBD_Datasets"), max_depth=20, holes=str(holes)))
    (holes / "set/one.png").write_bytes(b"no mask")
    with pytest.raises(UnreadableError, match="Hole_Datasets/set/one.png: damaged, or not"):
        source(np.random.default_rng(0))


def test_rendered_views_are_of_the_recipes_seed_and_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[object, ...]] = []

    class Maker:
        def __init__(self, bank: object, width: int, height: int, kind: str) -> None:
            self.size = (height, width)
            made.append((bank, width, height, kind))

        def make(self, seed: int, index: int) -> SimpleNamespace:
            made.append((seed, index))
            camera = assumed_camera(self.size[1], self.size[0])
            return SimpleNamespace(rgb=picture(0, *self.size), depth=np.ones(self.size, np.float32), camera=camera)

    monkeypatch.setattr(synth, "FrameMaker", Maker)
    monkeypatch.setattr(synth, "load", lambda path: path.name)
    monkeypatch.setenv("LP_NUM_THREADS", "")  # restored after the test
    bank = tmp_path / "bank.zip"
    bank.touch()
    source = open_source(SourceRecipe("synth", bank=str(bank), width=96, height=64, mix="street", seed=7))
    shapes = [source(np.random.default_rng(seed)).truth.shape for seed in (0, 1, 0)]
    assert shapes == [(64, 96)] * 3
    assert made[0] == ("bank.zip", 96, 64, "street")  # once
    (first, second, third) = made[1:]
    assert first == third != second
    assert first[0] == second[0] == 7


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "no asset bank is there; make one with: spnet synth assets"),
        ({"mix": "moon"}, "kind 'moon': expected one of room, street, clutter, mix"),
    ],
)
def test_rendering_that_cannot_be_asked_for(tmp_path: Path, values: dict[str, str], message: str) -> None:
    with pytest.raises(SpnetError, match=message):
        open_source(SourceRecipe("synth", bank=str(tmp_path / "none.zip"), **values))


# Geometry


@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 2**32))
def test_windows_lie_within(height: int, width: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    within = augment.Window(3, 5, 40, 60)
    for window in (
        augment.random_crop(within, (height, width), generator),
        augment.random_resized_crop(within, 0.5, generator),
        augment.zoomed(within, (height, width), (0.5, 2.0), generator),
    ):
        assert 3 <= window.top <= window.top + window.height <= 43
        assert 5 <= window.left <= window.left + window.width <= 65
        assert min(window.height, window.width) >= 1
    assert augment.random_crop(within, (height, width), generator)[2:] == (min(height, 40), min(width, 60))


def test_resized_crops_have_the_area_and_shape_asked_for() -> None:
    generator = np.random.default_rng(0)
    windows = [augment.random_resized_crop(augment.Window(0, 0, 300, 300), 0.64, generator) for _ in range(300)]
    areas = np.array([window.height * window.width / 300**2 for window in windows])
    shapes = np.array([window.width / window.height for window in windows])
    assert 0.55 < areas.min() < 0.7  # a little below 0.64 where the shape did not fit
    assert areas.max() > 0.9
    assert 0.74 < shapes.min() < 0.8
    assert 1.25 < shapes.max() < 1.35


def test_zoomed_windows_have_the_factor_asked_for() -> None:
    generator = np.random.default_rng(0)
    within = augment.Window(0, 0, 256, 320)
    factors = [160 / augment.zoomed(within, (160, 160), (0.6, 2.0), generator).height for _ in range(300)]
    assert min(factors) == pytest.approx(0.63, abs=0.02)  # below it a window of 256 rows would not fill 160
    assert max(factors) == pytest.approx(2, abs=0.03)
    assert augment.zoomed(within, (512, 512), (0.6, 1.0), generator)[2:] == (256, 256)


@given(st.integers(0, 2**32), st.integers(8, 100), st.integers(8, 100))
def test_sampled_depth_is_that_of_the_view(seed: int, height: int, width: int) -> None:
    before, generator = view(seed=seed % 5), np.random.default_rng(seed)
    window = augment.random_crop(augment.whole(before), (height // 2 + 1, width // 2 + 1), generator)
    shift = (float(generator.normal()), float(generator.normal()))
    after = augment.resize_sampled(before, window, (height, width), shift)
    assert after.rgb.shape == (height, width, 3)
    assert np.isin(after.truth, before.truth[window.top :, window.left :]).all()
    assert (after.camera.height, after.camera.width) == after.truth.shape == (height, width)


@given(st.integers(0, 2**32), st.integers(8, 100), st.integers(8, 100))
def test_blended_depth_is_known_only_where_all_its_sources_are(seed: int, height: int, width: int) -> None:
    before, generator = view(seed=seed % 5), np.random.default_rng(seed)
    window = augment.random_resized_crop(augment.whole(before), 0.3, generator)
    after = augment.resize_blended(before, window, (height, width))
    known = after.truth[after.truth > 0]
    assert ((known >= 1 - 1e-6) & (known <= 9 + 1e-6)).all()  # a single unknown source would draw it below 1
    dense = augment.resize_blended(view(np.full((HEIGHT, WIDTH), 2, np.float32)), window, (height, width))
    np.testing.assert_allclose(dense.truth, 2, rtol=1e-6)
    nothing = augment.resize_blended(view(np.zeros((HEIGHT, WIDTH), np.float32)), window, (height, width))
    assert not nothing.truth.any()


def test_blending_by_hand() -> None:
    depth = np.array([[2.0, 4.0, 0.0, 8.0]], np.float32)
    after = augment.resize_blended(view(depth), augment.Window(0, 0, 1, 4), (1, 8))
    np.testing.assert_allclose(after.truth, [[2, 2.5, 3.5, 0, 0, 0, 0, 8]])


def slanted() -> View:
    """Depth 5 + x / z of a camera whose axis is not at the middle; the image's red is the same, its green 5 + y / z."""
    camera = Camera(90, 110, 40, 50, WIDTH, HEIGHT)
    across = (np.arange(WIDTH) - camera.cx) / camera.fx
    down = (np.arange(HEIGHT) - camera.cy) / camera.fy
    truth = np.broadcast_to(5 + across, (HEIGHT, WIDTH)).astype(np.float32)
    image = np.zeros((HEIGHT, WIDTH, 3))
    image[:, :, 0], image[:, :, 1] = across[None] * 80 + 128, down[:, None] * 80 + 128
    return View(image.round().astype(np.uint8), truth, camera)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("blended", [False, True])
@pytest.mark.parametrize("size", [(30, 40), (64, 64), (150, 170)])
def test_image_depth_and_camera_stay_together(size: tuple[int, int], blended: bool, mirrored: bool) -> None:
    window = augment.Window(10, 20, 50, 60)
    if blended:
        after = augment.resize_blended(slanted(), window, size)
    else:
        after = augment.resize_sampled(slanted(), window, size, (0.0, 0.0))
    after = augment.flip(after) if mirrored else after
    camera = after.camera
    across = (np.arange(size[1]) - camera.cx) / camera.fx * (-1 if mirrored else 1)
    down = (np.arange(size[0]) - camera.cy) / camera.fy
    pixel = 1.01 * max(1, 60 / size[1]) / 90  # of the view or of the result, whichever is larger
    np.testing.assert_allclose(after.truth, np.broadcast_to(5 + across, size), atol=0.5 * pixel)
    np.testing.assert_allclose(after.rgb[:, :, 0], np.broadcast_to(across * 80 + 128, size), atol=1 + 40 * pixel)
    np.testing.assert_allclose(after.rgb[:, :, 1], np.broadcast_to(down[:, None] * 80 + 128, size), atol=1 + 40 * pixel)


def test_the_image_is_shifted_against_its_depth() -> None:
    window = augment.Window(10, 20, 50, 60)
    before, after = (augment.resize_sampled(slanted(), window, (50, 60), shift) for shift in ((0, 0), (3.0, 2.0)))
    np.testing.assert_array_equal(after.truth, before.truth)
    np.testing.assert_array_equal(after.rgb[:-3, :-2], before.rgb[3:, 2:])
    beyond = augment.resize_sampled(slanted(), window, (50, 60), (-99.0, 99.0))
    np.testing.assert_array_equal(beyond.rgb, slanted().rgb[:50, WIDTH - 60 :])


def test_edges_waver_about_those_of_the_image() -> None:
    """By some pixels, and each piece of an edge as its neighbours; every depth is one of the view."""
    rows = np.broadcast_to(np.arange(HEIGHT, dtype=np.float32)[:, None], (HEIGHT, WIDTH))
    columns = np.broadcast_to(np.arange(WIDTH, dtype=np.float32), (HEIGHT, WIDTH))
    for along, axis in ((rows, 0), (columns, 1)):
        before = view(along + 1)
        after = augment.wavered(before, 2.0, np.random.default_rng(0))
        moved = (after.truth - before.truth)[10:-10, 10:-10]
        assert np.isin(after.truth, before.truth).all()
        assert 1 < moved.std() < 2  # between the draws, which deviate by 2, it is less
        assert np.abs(np.diff(moved, axis=1 - axis)).mean() < 0.3
        np.testing.assert_array_equal(after.rgb, before.rgb)
    still = augment.wavered(view(), 0.0, np.random.default_rng(0))
    np.testing.assert_array_equal(still.truth, view().truth)


def test_flipping_twice_changes_nothing() -> None:
    before = slanted()
    again = augment.flip(augment.flip(before))
    np.testing.assert_array_equal(again.rgb, before.rgb)
    np.testing.assert_array_equal(again.truth, before.truth)
    assert again.camera == before.camera


def test_rescaling_by_hand() -> None:
    np.testing.assert_array_equal(augment.rescale(view(), 2.5).truth, steps_of_depth() * np.float32(2.5))


# Colour


def test_jitter_of_no_strength_changes_nothing() -> None:
    before = picture()
    np.testing.assert_array_equal(augment.jitter(before, 0.0, np.random.default_rng(0)), before)


def test_jitter_keeps_within_its_strength() -> None:
    grey = np.full((8, 8, 3), 100, np.uint8)  # contrast and saturation do nothing to it
    means = [float(augment.jitter(grey, 0.2, np.random.default_rng(seed)).mean()) for seed in range(200)]
    assert 80 <= min(means) < 83
    assert 117 < max(means) <= 120
    red = np.zeros((8, 8, 3), np.uint8)
    red[:, :, 0] = 100
    images = [augment.jitter(red, 0.4, np.random.default_rng(seed)).astype(int) for seed in range(50)]
    assert np.ptp([image[0, 0, 1] for image in images]) > 5  # less saturation leaves some green


def test_photographing_again_is_soft_noisy_or_compressed() -> None:
    checks = (np.indices((32, 32)).sum(0) % 2 * 200 + 28).astype(np.uint8)[:, :, None].repeat(3, 2)
    images = [augment.photograph_again(checks, 0.0, np.random.default_rng(seed)) for seed in range(64)]
    assert {(image.shape, image.dtype) for image in images} == {((32, 32, 3), np.dtype(np.uint8))}
    contrasts = np.array([image.astype(float).std() for image in images])
    untouched = np.array([np.array_equal(image, checks) for image in images])
    assert 0 < untouched.sum() < 24  # an eighth of them
    assert (contrasts < 0.5 * checks.std()).sum() > 10
    np.testing.assert_allclose([image.mean() for image in images], checks.mean(), atol=4)


def test_softening_is_a_blur_of_its_deviation() -> None:
    point = np.zeros((3, 21, 31), np.float32)
    point[:, 10, 12] = 100
    for deviation in (0.3, 0.8, 1.15):
        soft = augment.softened(point, deviation)
        np.testing.assert_allclose(soft.sum((1, 2)), 100, rtol=1e-5)
        for axis, centre in ((1, 12), (2, 10)):
            weights = soft.sum(axis)[0] / 100
            variance = (weights * (np.arange(weights.size) - centre) ** 2).sum()
            assert variance == pytest.approx(deviation**2, rel=1e-4)
    even = np.full((3, 4, 5), 9, np.float32)
    np.testing.assert_allclose(augment.softened(even, 1.0), 9, rtol=1e-6)


# The papers' inputs


@pytest.mark.parametrize("measure", [inputs.measure_as_authors, inputs.measure_as_pacgdc])
@pytest.mark.parametrize("rule", ["log_mean", "max_depth:10"])
def test_the_papers_inputs_are_depth(measure: Any, rule: str) -> None:
    shares = []
    for seed in range(40):
        holes = np.random.default_rng(seed).random((100, 90)) < 0.7 if seed % 2 else None
        given_view = view(seed=seed, holes=holes)
        before = given_view.truth.copy()
        depth = measure(given_view, rule, np.random.default_rng(seed))
        np.testing.assert_array_equal(given_view.truth, before)
        assert depth.shape == before.shape
        assert depth.dtype == np.float32
        assert np.isfinite(depth).all()
        assert (depth >= 0).all()
        if rule.startswith("max_depth"):
            assert depth.max() <= 10
        shares.append(np.count_nonzero(depth) / np.count_nonzero(before))
    assert min(shares) < 0.05
    assert max(shares) > 0.4


def test_noise_is_a_share_of_the_scale_on_a_part_of_the_pixels() -> None:
    depth = np.full((200, 200), 5, np.float32)
    depth[:100] = 0
    for seed in range(12):
        noisy = inputs.add_noise(depth, "max_depth:20", np.random.default_rng(seed))
        assert not noisy[:100].any()
        changed = noisy[100:] != 5
        assert 0.01 < changed.mean() < 0.99
        assert 0.15 <= (noisy[100:][changed] - 5).std() <= 2.1  # 0.2 to 2 m
        larger = inputs.add_noise(depth * 4, "log_mean", np.random.default_rng(seed))
        same = inputs.add_noise(depth, "log_mean", np.random.default_rng(seed))
        np.testing.assert_allclose(larger, same * 4, rtol=1e-5)
    nothing = np.zeros((4, 4), np.float32)
    np.testing.assert_array_equal(inputs.add_noise(nothing, "log_mean", np.random.default_rng(0)), nothing)


@pytest.mark.parametrize(("factor", "cells"), [(2, 4), (4, 2), (8, 1), (1, 8), (2.5, 3), (100, 1)])
def test_blocks_have_one_depth_each(factor: float, cells: int) -> None:
    depth = np.arange(1, 65, dtype=np.float32).reshape(8, 8)
    coarse = inputs.blocks(depth, factor)
    assert coarse.shape == depth.shape
    assert len(np.unique(coarse)) == cells**2
    assert coarse[0, 0] == 1
    if factor == 2:
        np.testing.assert_array_equal(coarse, depth[::2, ::2].repeat(2, 0).repeat(2, 1))


def test_dropping_leaves_the_share_that_is_not_dropped() -> None:
    depth = np.ones((200, 200), np.float32)
    for share in (0.0, 0.3, 0.97, 1.0):
        kept = inputs.drop(depth, share, np.random.default_rng(0)).mean()
        assert kept == pytest.approx(1 - share, abs=0.01)


def test_hole_masks_are_moved_and_turned() -> None:
    holes = np.zeros((60, 60), np.bool_)
    holes[:, 20:] = True
    masks = [inputs.hole_mask(view(holes=holes), np.random.default_rng(seed)) for seed in range(30)]
    assert {(mask.shape, mask.dtype) for mask in masks} == {((HEIGHT, WIDTH), np.dtype(np.bool_))}
    shares = np.array([mask.mean() for mask in masks])
    assert np.ptp(shares) > 0.3
    assert all(inputs.hole_mask(view(holes=holes | True), np.random.default_rng(seed)).all() for seed in range(5))
    imitated = [inputs.hole_mask(slanted(), np.random.default_rng(seed)).mean() for seed in range(20)]
    assert min(imitated) < 1


def test_a_warped_mask_keeps_its_proportions() -> None:
    """The holes' area grows by the map's determinant, 0.25 to 16, as long as they stay in sight."""
    mask = np.ones((400, 400), np.bool_)
    mask[190:210, 190:210] = False
    areas = []
    for seed in range(60):
        warped = inputs.warp(mask, (400, 400), np.random.default_rng(seed))
        edge = np.concatenate([warped[0], warped[-1], warped[:, 0], warped[:, -1]])
        if edge.all():
            areas.append(np.count_nonzero(~warped) / 400)
    assert len(areas) > 20
    assert 0.2 < min(areas) < 2
    assert 8 < max(areas) < 17


def test_the_virtual_lidar_sees_what_is_there_or_behind() -> None:
    near_post = np.full((HEIGHT, WIDTH), 6, np.float32)
    near_post[:, 40:60] = 1
    near_post[:, 100:] = 0
    behind = 0
    for seed in range(12):
        scanned = virtual_lidar.scan(near_post, np.random.default_rng(seed))
        measured = scanned > 0
        assert np.isin(scanned[measured], [1, 6]).all()
        assert (scanned[measured] >= near_post[measured] - 1e-5).all()
        assert not (measured & (near_post == 0)).any()
        behind += np.count_nonzero(scanned > near_post + 1)
    assert behind > 0  # the wall, in front of the post
    nothing = np.zeros((HEIGHT, WIDTH), np.float32)
    assert not virtual_lidar.scan(nothing, np.random.default_rng(0)).any()


# Patterns


@pytest.mark.parametrize(
    ("step", "low", "middle", "high"),
    [
        ("points:500", "points:500", "points:500", "points:500"),
        ("points:100..10000", "points:100", "points:1000", "points:10000"),
        ("random:0.1%..10%", "random:0.100000%", "random:1.000000%", "random:10.000000%"),
        ("random:.01..1", "random:0.010000", "random:0.100000", "random:1.000000"),
        ("grid:4x5..36x20", "grid:4x5", "grid:12x10", "grid:36x20"),
        ("rows:4..64", "rows:4", "rows:16", "rows:64"),
        ("lines:4..64", "lines:4", "lines:16", "lines:64"),
        ("lines:10..40", "lines:16", "lines:32", "lines:32"),
        ("range:0.3-1.0..100.0", "range:0.3-1.000000", "range:0.3-10.000000", "range:0.3-100.000000"),
        ("holes", "holes", "holes", "holes"),
    ],
)
def test_ranges_are_filled(step: str, low: str, middle: str, high: str) -> None:
    assert [patterns.filled(step, share) for share in (0.0, 0.5, 1.0)] == [low, middle, high]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("point:5", "pattern 'point:5': found 'point:5', expected one of random:1%, .*"),
        ("points:500..", "pattern 'points:500..': found 'points:500..', expected a whole number from 1 to .*"),
        ("points:500..100", "pattern: found the range 500..100, expected the smaller number first, above 0"),
        ("points:0..100", "pattern: found the range 0..100, expected the smaller number first, above 0"),
        (
            "random:1..10%",
            "pattern: found 'random:1..10%', expected both ends of a range in one form, as in random:1%..10%",
        ),
        (
            "grid:4x5..6",
            "pattern: found 'grid:4x5..6', expected both ends of a range in one form, as in random:1%..10%",
        ),
        (
            "noise:1%..90%",
            "pattern 'noise:90.000000%': found 'noise:90.000000%', expected a share above 0 and up to 0.3.*",
        ),
        ("lines:5..7", r"pattern: found lines:5..7, expected a range that holds one of \[4, 8, 16, 32, 64\]"),
        ("holes@0%", "pattern 'holes@0%': holes is done in 0%, expected above 0% up to 100%"),
        (
            "holes+noise:2%@300%",
            r"pattern 'holes\+noise:2%@300%': noise:2% is done in 300%, expected above 0% up to 100%",
        ),
        ("points:5@50%", "pattern 'points:5@50%': every step is left to chance; leave the @ away from one of them"),
        ("holes+" * 90 + "holes", "pattern: 545 characters, expected at most 400"),
        ("", "pattern '': found '', expected one of .*"),
    ],
)
def test_patterns_that_are_none(pattern: str, message: str) -> None:
    with pytest.raises(SpnetError, match=f"^{message}$"):
        find_preset(AugmentRecipe(patterns=((pattern, 1.0),)))


def measured(pattern: str, truth: Depth, seed: int = 0) -> Depth:
    generator = np.random.default_rng(seed)
    return patterns.measure_by_patterns(view(truth), "log_mean", generator, patterns=((pattern, 1.0),))


def test_counts_are_those_of_a_full_image() -> None:
    full = np.ones((480, 640), np.float32)
    assert np.count_nonzero(measured("points:500", full)) == 500
    for side, number in ((160, 42), (320, 167), (32, 2), (8, 1)):
        assert np.count_nonzero(measured("points:500", full[:side, :side])) == number
    assert 1 <= np.count_nonzero(measured("features:1000", full[:160, :160])) <= 83


@pytest.mark.parametrize("seed", range(4))
def test_rows_are_as_far_apart_as_in_a_full_image(seed: int) -> None:
    depth = measured("rows:16", np.ones((160, 160), np.float32), seed)
    rows = np.flatnonzero(depth.any(1))
    assert depth[rows].all()
    np.testing.assert_allclose(np.diff(rows), 480 / 17, atol=1)
    assert len(rows) in (5, 6)


def test_rows_and_cells_lie_anywhere() -> None:
    ones = np.ones((160, 160), np.float32)
    first_rows = {int(np.flatnonzero(measured("rows:16", ones, seed).any(1))[0]) for seed in range(60)}
    assert min(first_rows) <= 2
    assert max(first_rows) >= 25
    cells = [np.argwhere(measured("grid:16x16", ones, seed)) for seed in range(20)]
    for corners in cells:
        np.testing.assert_allclose(np.diff(np.unique(corners[:, 0])), 30, atol=1)
        np.testing.assert_allclose(np.diff(np.unique(corners[:, 1])), 40, atol=1)
    assert len({tuple(corners[0]) for corners in cells}) > 10


def test_a_step_left_to_chance_is_done_in_its_share() -> None:
    ones = np.ones((32, 32), np.float32)
    noisy = [np.ptp(measured("random:90%+noise:10%@30%", ones, seed)[:] + 0) > 1.05 for seed in range(200)]
    assert 40 <= sum(noisy) <= 80


def test_patterns_are_drawn_by_weight() -> None:
    generator = np.random.default_rng(0)
    mix = (("random:100%", 3.0), ("points:300", 1.0))
    ones = view(np.ones((32, 32), np.float32))
    dense = [patterns.measure_by_patterns(ones, "mean", generator, patterns=mix).all() for _ in range(200)]
    assert 130 <= sum(dense) <= 170


def test_the_default_patterns_cover_every_sensor() -> None:
    text = " ".join(pattern for pattern, _ in patterns.DEFAULT_PATTERNS)
    for step in PATTERNS:
        assert step in text
    shares = []
    for seed in range(120):
        truth = slanted().truth[:64, :64] * 2
        depth = patterns.measure_by_patterns(
            View(picture(seed, 64, 64), truth, assumed_camera(64, 64)),
            "log_mean",
            np.random.default_rng(seed),
            patterns=patterns.DEFAULT_PATTERNS,
        )
        assert np.isfinite(depth).all()
        assert (depth >= 0).all()
        shares.append(np.count_nonzero(depth) / depth.size)
    assert np.mean(np.array(shares) > 0) > 0.8
    assert min(share for share in shares if share) < 0.005
    assert max(shares) > 0.5


# Presets and samples that cannot be


@pytest.mark.parametrize(
    ("augmentation", "scale", "message"),
    [
        (AugmentRecipe("papers"), "mean", r"\[augment\] preset 'papers': expected one of authors, pacgdc, sensors"),
        (
            AugmentRecipe("authors", (("holes", 1.0),)),
            "mean",
            r"\[augment\] patterns: the preset authors has its own; leave them out, or take sensors",
        ),
        (AugmentRecipe(), "meen", "scale 'meen': expected one of .*"),
    ],
)
def test_recipes_that_cannot_be_followed(rendered: Path, augmentation: AugmentRecipe, scale: str, message: str) -> None:
    data = DataRecipe((SourceRecipe("folder", path=str(rendered)),), scale=scale)
    with pytest.raises(SpnetError, match=f"^{message}$"):
        Samples(data, augmentation)


@pytest.mark.parametrize(("preset", "stretch"), [("authors", 0.2), ("pacgdc", 0.4)])
def test_the_papers_stretch_depth_up_to_the_largest(preset: str, stretch: float) -> None:
    before, found = view(np.full((HEIGHT, WIDTH), 10, np.float32)), find_preset(AugmentRecipe(preset))
    depths = {rule: [] for rule in ("max_depth:11", "max_depth:5", "log_mean")}
    for rule, seen in depths.items():
        for seed in range(100):
            seen.append(found.augment(before, SIZE, rule, np.random.default_rng(seed)).truth.max() / 10)
    for rule, most in (("max_depth:11", 1.1), ("max_depth:5", 1.0), ("log_mean", 1 + stretch)):
        assert min(depths[rule]) == pytest.approx(1 - stretch, abs=0.02)
        assert max(depths[rule]) == pytest.approx(most, abs=0.02)


@pytest.mark.parametrize("preset", PRESETS)
def test_views_smaller_than_a_sample_are_enlarged(preset: str) -> None:
    small = view(np.full((20, 30), 2, np.float32))
    after = find_preset(AugmentRecipe(preset)).augment(small, (64, 96), "mean", np.random.default_rng(0))
    assert after.rgb.shape == (64, 96, 3)
    assert (after.truth > 0).all()


def test_half_of_the_views_are_mirrored() -> None:
    for preset in PRESETS:
        found = find_preset(AugmentRecipe(preset))
        views = [found.augment(slanted(), SIZE, "mean", np.random.default_rng(seed)) for seed in range(60)]
        mirrored = sum(bool(each.truth[0, 0] > each.truth[0, -1]) for each in views)
        assert 18 <= mirrored <= 42
