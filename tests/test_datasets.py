import json
import pickle
import random
import shutil
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.io import savemat

import dataset_files as files
from dataset_files import WRITERS, colours, steps, write_png, write_text
from spnet import Camera, Frame
from spnet.errors import SpnetError
from spnet.evaluate.datasets import KINDS, Crop, Dataset, Sample, View, matlab, open_dataset
from spnet.evaluate.datasets.matlab import read_matlab
from spnet.evaluate.datasets.samples import make_view, measured
from spnet.evaluate.datasets.tum import CAMERAS, associate

REAL = Path(__file__).resolve().parents[2] / "shared" / "data"


def opened(folder: Path, kind: str | None = None) -> Dataset:
    is_authors = kind == "authors" or (folder / "gt").is_dir()
    return open_dataset(folder, kind, max_depth=20 if is_authors else None)


def read_all(folder: Path, kind: str) -> list[View]:
    return [sample.load() for sample in opened(folder, kind).samples]


# Every layout


@pytest.mark.parametrize("kind", KINDS)
def test_every_layout_is_recognised_and_read(tmp_path: Path, kind: str) -> None:
    written = WRITERS[kind](tmp_path)
    dataset = opened(tmp_path)
    assert [sample.id for sample in dataset.samples] == sorted(written.truths)
    assert sorted(dataset.inputs) == sorted(written.inputs)
    for sample in dataset.samples:
        view = sample.load()
        np.testing.assert_allclose(view.truth, written.truths[sample.id], rtol=1e-6)
        assert view.truth.dtype == np.float32
        assert sorted(view.inputs) == sorted(written.inputs)
    view = dataset.samples[0].load()
    np.testing.assert_array_equal(view.rgb, written.rgb)
    assert (view.camera, view.crop) == (written.camera, written.crop)
    for key, expected in written.inputs.items():
        np.testing.assert_allclose(view.inputs[key], expected, rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_a_view_makes_a_frame_and_a_sample_travels_to_a_worker(tmp_path: Path, kind: str) -> None:
    WRITERS[kind](tmp_path)
    sample = opened(tmp_path).samples[-1]
    view, again = sample.load(), pickle.loads(pickle.dumps(sample)).load()
    np.testing.assert_array_equal(view.truth, again.truth)
    frame = Frame(view.rgb, view.truth, camera=view.camera)
    np.testing.assert_array_equal(frame.depth, view.truth)


@pytest.mark.parametrize("kind", KINDS)
def test_opening_reads_no_pixels_and_damage_is_named_when_it_is_met(tmp_path: Path, kind: str) -> None:
    WRITERS[kind](tmp_path)
    dataset = opened(tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(SpnetError) as caught:
        dataset.samples[0].load()
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_rendered_frame_that_is_not_finished_is_left_out(tmp_path: Path) -> None:
    files.write_synth(tmp_path)
    (tmp_path / "camera" / "00000004.json").unlink()
    assert [sample.id for sample in opened(tmp_path).samples] == ["00000000"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("tum", "nyu")])
def test_a_missing_file_of_a_frame_is_named(tmp_path: Path, kind: str) -> None:
    """Whichever file is taken away. Of TUM there is a row below; NYU is one file.

    KITTI has images from before the truth begins, and a rendered frame without its camera is not finished.
    """
    WRITERS[kind](tmp_path)
    for path in sorted(path for path in tmp_path.rglob("*") if path.is_file()):
        if path.name == "0000000000.png" or path.parent.name == "camera":
            continue
        content = path.read_bytes()
        path.unlink()
        with pytest.raises(SpnetError) as caught:
            opened(tmp_path, kind)
        assert any(name in str(caught.value) for name in (path.stem, path.parent.name)), str(caught.value)
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("prepare", "kind", "message"),
    [
        (lambda folder: folder.rmdir(), None, "is no folder; expected that of a data set"),
        (lambda folder: None, None, "holds no known data set; looked for gt/\\*.png \\(authors\\), .*test_image.txt"),
        (lambda folder: None, "kitty", "unknown kind of data set 'kitty': expected one of authors, diode, eth3d"),
        (lambda folder: None, "pairs", "holds no frame of"),
        (lambda folder: None, "kitti-drives", "holds no frame of KITTI depth completion, drives"),
        (lambda folder: None, "tum", "rgb.txt: no such file"),
        (lambda folder: None, "authors", "rgb: is missing, or is not a folder"),
        (
            lambda folder: (files.write_tum(folder), files.write_void(folder)),
            None,
            "looks like tum and void; say which",
        ),
    ],
)
def test_a_folder_that_is_no_data_set_is_refused(
    tmp_path: Path, prepare: Callable[[Path], object], kind: str | None, message: str
) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    prepare(folder)
    with pytest.raises(SpnetError, match=message):
        opened(folder, kind)


def test_max_depth_belongs_to_the_authors_layout_alone(tmp_path: Path) -> None:
    files.write_authors(tmp_path)
    with pytest.raises(SpnetError, match=r"no file says what max_depth is; give it \(the authors take 20 m indoors"):
        open_dataset(tmp_path)
    with pytest.raises(SpnetError, match="kind tum has its own unit; leave out max_depth"):
        open_dataset(tmp_path, "tum", max_depth=20)


# What is wrong with a frame


def edit_meta(**changes: object) -> Callable[[Path], None]:
    return lambda folder: write_text(folder / "b" / "meta.json", json.dumps({**files.META, **changes}))


def in_whole_metres(folder: Path) -> None:
    edit_meta(depth_scale=1)(folder)
    write_png(folder / "b" / "depth.png", 20 * steps())


def edit_ibims(**changes: object) -> Callable[[Path], None]:
    """Change or, with None, leave out fields of a frame's struct."""

    def edit(folder: Path) -> None:
        data = {key: value for key, value in {**files.ibims_data(0), **changes}.items() if value is not None}
        savemat(folder / "corridor_01.mat", {"data": data})

    return edit


def text(path: str, content: str) -> Callable[[Path], None]:
    return lambda folder: write_text(folder / path, content)


def raw(path: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / path).write_bytes(content) and None


def image(path: str, pixels: np.ndarray) -> Callable[[Path], None]:
    return lambda folder: write_png(folder / path, pixels)


def array(path: str, values: np.ndarray) -> Callable[[Path], None]:
    return lambda folder: np.save(folder / path, values)


def hdf5(**changes: object) -> Callable[[Path], None]:
    """Replace arrays of NYU's file, or with None remove them."""

    def edit(folder: Path) -> None:
        import h5py

        with h5py.File(folder / "nyu_depth_v2_labeled.mat", "r+") as file:
            for key, value in changes.items():
                del file[key]
                if value is not None:
                    file[key] = value

    return edit


def linked_outside(folder: Path) -> None:
    import h5py

    hdf5(depths=h5py.ExternalLink(str(folder / "other.h5"), "/depths"))(folder)


def stored_outside(folder: Path) -> None:
    import h5py

    with h5py.File(folder / "nyu_depth_v2_labeled.mat", "r+") as file:
        del file["depths"]
        file.create_dataset(
            "depths", (3, 640, 480), "f4", external=[(str(folder / "splits.mat"), 0, 3 * 640 * 480 * 4)]
        )


def in_one_piece(folder: Path) -> None:
    import h5py

    with h5py.File(folder / "nyu_depth_v2_labeled.mat", "r+") as file:
        del file["depths"]
        file.create_dataset("depths", (3, 640, 480), "f4", maxshape=(None, 640, 480), chunks=(1000, 640, 480))


SCAN = "outdoor/scene_00022/scan_00193/00022_00193_outdoor_000_010"
DPT = "training/depth/alley_1/frame_0001.dpt"
SMALL = steps(0, 3, 4)


@pytest.mark.parametrize(
    ("kind", "damage", "message"),
    [
        ("authors", image("gt/0.png", colours()), r"gt/0.png: is a picture with 3 values a pixel, not depth"),
        ("authors", image("gt/0.png", 0 * steps()), r"gt/0.png: holds no depth at all, so there is nothing to compare"),
        ("authors", image("raw_10%/0.png", SMALL), r"gt/0.png: raw_10% is 4x3, but the truth is 8x6"),
        ("authors", image("rgb/0.jpg", colours()), r"0.png: stands for the same frame as .*0.jpg; keep one"),
        ("authors", raw("rgb/0.png", b"GIF89a"), r"rgb/0.png: damaged, or not a JPEG"),
        ("pairs", edit_meta(depth_scale=None), r"b/meta.json: depth_scale is None, expected the metres that one step"),
        ("pairs", edit_meta(depth_scale=1000), r"b/meta.json: depth_scale is 1000, expected the metres"),
        ("pairs", edit_meta(depth_scale=float("nan")), r"b/meta.json: depth_scale is nan"),
        ("pairs", in_whole_metres, r"b/depth.png: the median depth is .* m .*: are they millimetres"),
        ("pairs", edit_meta(intrinsics=[1, 2]), r"b/meta.json: intrinsics are \[1, 2\], expected null, \[fx"),
        ("pairs", edit_meta(intrinsics=[-1, 1, 1, 1]), r"b/meta.json: camera: fx is -1.0, expected a focal length"),
        ("pairs", edit_meta(intrinsics=["x", 1, 1, 1]), r"b/meta.json: camera: fx is 'x', expected a number"),
        (
            "pairs",
            edit_meta(note="evaluate rows 0:7, cols 0:8"),
            r"b/depth.png: the crop of rows 0:7 is no part of 8x6",
        ),
        ("pairs", edit_meta(note="evaluate rows 3:3, cols 0:8"), r"b/depth.png: the crop of rows 3:3 is no part"),
        ("pairs", text("b/meta.json", "{depth"), r"b/meta.json: is not JSON"),
        ("pairs", text("b/meta.json", "[" * 9999), r"b/meta.json: is not JSON"),
        ("pairs", text("b/meta.json", "[]"), r"b/meta.json: is a JSON list, expected an object with depth_scale"),
        ("pairs", image("b/rgb.jpg", colours()), r"b: holds 2 files rgb.\*, expected one"),
        ("pairs", image("b/depth.png", steps(0, 8, 6)), r"b/depth.png: is 6x8, but its image is 8x6: they do not show"),
        (
            "nyu",
            raw("nyu_depth_v2_labeled.mat", b"MATLAB 7.3"),
            r"labeled.mat: damaged, or not a MATLAB file of version 7.3",
        ),
        ("nyu", hdf5(depths=None), r"labeled.mat: holds no array 'depths'"),
        (
            "nyu",
            hdf5(depths=np.zeros((3, 480, 640), "f4")),
            r"depths is float32 of shape \(3, 480, 640\), expected float32",
        ),
        (
            "nyu",
            hdf5(depths=np.zeros((3, 640, 480))),
            r"depths is float64 .*, expected float32 of shape \(N, 640, 480\)",
        ),
        ("nyu", hdf5(images=np.zeros((2, 3, 640, 480), "u1")), r"holds 3 depths, but another number of images"),
        ("nyu", hdf5(depths=np.zeros((0, 640, 480), "f4")), r"holds 0 depths, but another number of images"),
        ("nyu", linked_outside, r"holds no array 'depths'"),
        ("nyu", stored_outside, r"holds no array 'depths'"),
        ("nyu", in_one_piece, r"depths is stored in pieces of \(1000, 640, 480\), more than is read at once"),
        (
            "nyu",
            lambda f: savemat(f / "splits.mat", {"testNdxs": [[0]]}),
            r"splits.mat: names frames 0 to 0, but there are 3",
        ),
        ("nyu", lambda f: savemat(f / "splits.mat", {"testNdxs": [[4]]}), r"splits.mat: names frames 4 to 4"),
        ("nyu", lambda f: savemat(f / "splits.mat", {"testNdxs": [[np.nan]]}), r"splits.mat: names frames nan to nan"),
        ("nyu", lambda f: savemat(f / "splits.mat", {"other": [[1]]}), r"splits.mat: holds no testNdxs"),
        ("nyu", lambda f: savemat(f / "splits.mat", {"testNdxs": [[1], [1]]}), r"two frames are called 0001"),
        (
            "kitti",
            text("intrinsics/2011_09_26_drive_0002_sync_image_0000000005_image_02.txt", "1 2 3"),
            r"image_0000000005_image_02.txt: holds 3 numbers, expected the 9 of K",
        ),
        ("kitti", image("image/stray.png", colours()), r"image/stray.png: has no partner in .*groundtruth_depth"),
        (
            "kitti-drives",
            image("2011_09_26/2011_09_26_drive_0001_sync/image_02/data/0000000005.png", colours(0, 6, 7)),
            r"calib_cam_to_cam.txt: is for images of 8x6, but the image is 7x6",
        ),
        (
            "ibims",
            text("imagelist.txt", "../../secret\n"),
            r"imagelist.txt: lists '../../secret.mat', expected the path",
        ),
        ("ibims", text("imagelist.txt", "/etc/secret\n"), r"imagelist.txt: lists '/etc/secret.mat', expected the path"),
        ("ibims", text("imagelist.txt", "\n"), r"holds no frame of iBims-1"),
        ("ibims", text("imagelist.txt", "office_02\noffice_02\n"), r"two frames are called office_02"),
        ("ibims", edit_ibims(calib=None), r"corridor_01.mat: its field calib is missing, expected an array of 2"),
        ("ibims", edit_ibims(calib=np.eye(4)), r"corridor_01.mat: calib: a matrix of 16 numbers, expected the 9 of K"),
        ("ibims", edit_ibims(calib=np.full((3, 3), np.nan)), r"corridor_01.mat: calib: its matrix is"),
        (
            "ibims",
            edit_ibims(depth=np.zeros((2, 3, 4))),
            r"its field depth is of shape \(2, 3, 4\), expected an array of 2",
        ),
        (
            "ibims",
            edit_ibims(mask_transp=np.ones((2, 2))),
            r"corridor_01.mat: .* the depth and its masks differ in size",
        ),
        ("ibims", edit_ibims(rgb=np.zeros((6, 8, 3))), r"corridor_01.mat: rgb is .* of \(6, 8, 3\)"),
        ("ibims", lambda f: savemat(f / "corridor_01.mat", {"data": 1}), r"corridor_01.mat: holds no struct 'data'"),
        ("ibims", raw("corridor_01.mat", b"\x89HDF"), r"corridor_01.mat: is no MATLAB file of version 5 to 7"),
        (
            "diode",
            array(f"{SCAN}_depth_mask.npy", np.ones((3, 4))),
            r"mask.npy: is of shape \(3, 4\), but the depth beside",
        ),
        (
            "diode",
            array(f"{SCAN}_depth.npy", np.array([{}])),
            r"_depth.npy: its dtype is .O \(pickled objects, which are never",
        ),
        ("diode", array(f"{SCAN}_depth_mask.npy", np.zeros((768, 1024))), r"_depth.npy: holds no depth at all"),
        (
            "eth3d",
            raw("courtyard/ground_truth_depth/dslr_images/DSC_0286.JPG", b"1234"),
            r"DSC_0286.JPG: has 4 bytes, expected 192: a float for each of 8x6",
        ),
        ("sintel", raw(DPT, b"PIEH"), r"frame_0001.dpt: is cut short"),
        ("sintel", raw(DPT, struct.pack("<fii", 1.5, 8, 6)), r"frame_0001.dpt: begins with 1.5, expected 202021.25"),
        (
            "sintel",
            raw(DPT, struct.pack("<fii", 202021.25, 2**30, 2**30)),
            r"frame_0001.dpt: is 1073741824x1073741824, more",
        ),
        (
            "sintel",
            raw(DPT, struct.pack("<fii", 202021.25, -8, -6)),
            r"frame_0001.dpt: is -8x-6, expected at least one",
        ),
        (
            "sintel",
            raw(DPT, files.dpt(np.ones((6, 8)))[:-1]),
            r"frame_0001.dpt: 191 bytes follow its head, expected 8x6",
        ),
        (
            "sintel",
            raw("training/camdata_left/alley_1/frame_0001.cam", struct.pack("<f9d", 202021.25, *[np.nan] * 9)),
            r"frame_0001.cam: holds nan, expected finite numbers",
        ),
        ("void", text("test_image.txt", "a/data/../image/1.png\n"), r"test_image.txt: lists 'data/../image/1.png'"),
        ("void", text("test_image.txt", "image/1.png\n"), r"test_image.txt: lists 'image/1.png', expected .../data/"),
        (
            "void",
            text("test_image.txt", "data/x/image/1.png\n"),
            r"test_image.txt: its partner .*data/x/image/1.png is missing",
        ),
        ("void", text("data/stairs0/K.txt", "nan " * 9), r"K.txt: holds nan|K.txt: is no calibration"),
        (
            "void",
            image("data/stairs0/validity_map/1552093843.6134.png", SMALL),
            r"is of shape \(3, 4\), but the sparse",
        ),
        (
            "tum",
            text("rgb.txt", "1.0 rgb/1.000.png extra\n"),
            r"rgb.txt: '1.0 rgb/1.000.png extra', expected a time and",
        ),
        ("tum", text("rgb.txt", "nan rgb/1.000.png\n"), r"rgb.txt: holds nan, expected finite numbers"),
        ("tum", text("rgb.txt", "1.0 rgb/9.png\n"), r"rgb.txt: its partner .*rgb/9.png is missing"),
        (
            "tum",
            text("rgb.txt", "1.0 ../rgb/9.png\n"),
            r"rgb.txt: lists '../rgb/9.png', expected the path of a file in",
        ),
        ("tum", text("rgb.txt", "# empty\n"), r"holds no frame of TUM RGB-D"),
        ("tum", text("rgb.txt", "9.0 rgb/1.000.png\n"), r"holds no frame of TUM RGB-D"),
        (
            "scannet",
            text("scene0011_00/intrinsic/intrinsic_depth.txt", "1 2 3"),
            r"depth.txt: holds 3 numbers, expected the 16",
        ),
        (
            "scannet",
            image("scene0011_00/color/0.png", colours(0, 6, 16)),
            r"depth/0.png: is 8x6, but its image is 16x6",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    tmp_path: Path, kind: str, damage: Callable[[Path], None], message: str
) -> None:
    WRITERS[kind](tmp_path)
    damage(tmp_path)
    with pytest.raises(SpnetError, match=message) as caught:
        read_all(tmp_path, kind)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


# Single layouts


def test_pairs_may_share_one_meta_file(tmp_path: Path) -> None:
    written = files.write_shared_pairs(tmp_path)
    (sample,) = opened(tmp_path).samples
    view = sample.load()
    np.testing.assert_array_equal(view.truth, written.truths["1"])
    np.testing.assert_array_equal(view.rgb, written.rgb)
    assert view.camera is None
    write_png(tmp_path / "rgb" / "2.png", colours())
    with pytest.raises(SpnetError, match=r"rgb/2.png: has no partner in .*depth; add it, or take this file away"):
        opened(tmp_path)


def test_pairs_pass_on_what_their_meta_says(tmp_path: Path) -> None:
    files.write_pairs(tmp_path)
    named = dict(zip(("fx", "fy", "cx", "cy"), files.META["intrinsics"], strict=True))
    edit_meta(
        intrinsics=named,
        depth_class="sparse_lidar",
        license="CC0",
        rgb_depth_aligned=False,
        note="",
        depth_scale=1 / 256,
    )(tmp_path)
    *_, sample = opened(tmp_path).samples
    assert sample.sparse_truth
    assert sample.notes == ("license: CC0", "image and depth are not registered to each other")
    view = sample.load()
    assert (view.camera, view.crop) == (files.CAMERA, None)
    np.testing.assert_array_equal(view.truth, files.metres(steps(2), 1 / 256))


def test_nyu_without_splits_has_every_frame(tmp_path: Path) -> None:
    files.write_nyu(tmp_path)
    (tmp_path / "splits.mat").unlink()
    assert [sample.id for sample in opened(tmp_path).samples] == ["0001", "0002", "0003"]


def test_nyu_says_which_extra_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write_nyu(tmp_path)
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(SpnetError, match=r'reading NYU Depth V2 needs h5py, .*: pip install "spnet\[evaluate\]"'):
        opened(tmp_path)


def test_kitti_drives_may_be_one_split_and_keep_the_raw_data_apart(tmp_path: Path) -> None:
    files.write_kitti_drives(tmp_path)
    (tmp_path / "raw").mkdir()
    shutil.move(tmp_path / "2011_09_26", tmp_path / "raw" / "2011_09_26")
    dataset = opened(tmp_path / "val")
    assert dataset.samples[0].id == "2011_09_26_drive_0001_sync/image_02/0000000005"
    assert dataset.samples[0].load().camera == files.CAMERA


@pytest.mark.parametrize(
    ("name", "camera"),
    [
        ("rgbd_dataset_freiburg1_desk", CAMERAS["1"]),
        ("rgbd_dataset_freiburg3_long_office", CAMERAS["3"]),
        ("my_kinect", None),
    ],
)
def test_tum_knows_its_cameras_by_the_name_of_the_folder(tmp_path: Path, name: str, camera: Camera | None) -> None:
    folder = tmp_path / name
    files.write_tum(folder)
    view = opened(folder).samples[0].load()
    assert view.camera == (camera.resize(files.WIDTH, files.HEIGHT) if camera else None)


def test_tum_says_how_many_images_are_left_out(tmp_path: Path) -> None:
    files.write_tum(tmp_path)
    assert "1 of 3 images have no depth within 20 ms and are no frames" in opened(tmp_path).notes


@settings(max_examples=50)
@given(
    st.lists(st.integers(0, 400), unique=True, max_size=12),
    st.lists(st.integers(0, 400), unique=True, max_size=12),
)
def test_times_pair_like_the_closest_first_of_all_pairs(first: list[int], second: list[int]) -> None:
    """As trying every pair does, where no two times of a list lie closer than 20 ms: 25 ms apart, and jittered."""
    a, b = (np.array([0.025 * time + 1e-5 * (time * 37 % 91) for time in times]) for times in (first, second))
    every = sorted((abs(x - y), i, j) for i, x in enumerate(a) for j, y in enumerate(b) if abs(x - y) < 0.02)
    expected: dict[int, int] = {}
    for _, i, j in every:
        if i not in expected and j not in expected.values():
            expected[i] = j
    assert associate(a, b) == sorted(expected.items())


def test_many_equal_times_pair_in_little_work() -> None:
    times = np.ones(20_000)
    pairs = associate(times, times)
    assert 1 <= len(pairs) <= 20_000
    assert len({j for _, j in pairs}) == len(pairs)


# What a view is made of


@given(
    arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.floats(allow_subnormal=False)),
)
def test_measured_is_finite_and_keeps_what_float32_holds(depth: np.ndarray) -> None:
    metres = measured(depth)
    assert np.isfinite(metres).all()
    assert (metres >= 0).all()
    plain = (depth > 1e-30) & (depth < 1e30)
    np.testing.assert_array_equal(metres[plain], depth[plain].astype(np.float32))
    assert not metres[~(depth > 0)].any()


@pytest.mark.parametrize("factor", [2, 3])
def test_an_image_is_averaged_over_the_pixels_of_the_truth(factor: int) -> None:
    rgb = colours(0, 6 * factor, 8 * factor)
    camera = Camera(10, 10, 8 * factor / 2 - 0.5, 6 * factor / 2 - 0.5, 8 * factor, 6 * factor)
    view = make_view("x", rgb, np.ones((6, 8)), camera=camera)
    means = rgb.reshape(6, factor, 8, factor, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(view.rgb, means, atol=0.5)
    assert view.camera is not None
    np.testing.assert_allclose(view.camera.matrix, [[10 / factor, 0, 3.5], [0, 10 / factor, 2.5], [0, 0, 1]])


@settings(max_examples=50)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 255))
def test_resizing_keeps_an_even_image_and_the_mean_of_any(before: int, after: int, level: int) -> None:
    truth = np.ones((3 * after, 4 * after))
    even = np.full((3 * before, 4 * before, 3), level, dtype=np.uint8)
    assert (make_view("x", even, truth).rgb == level).all()
    rgb = colours(level, 3 * before, 4 * before)
    np.testing.assert_allclose(make_view("x", rgb, truth).rgb.mean(axis=(0, 1)), rgb.mean(axis=(0, 1)), atol=0.5)


def test_scannet_sizes_are_of_one_aspect() -> None:
    view = make_view("x", np.zeros((968, 1296, 3), dtype=np.uint8), np.ones((480, 640)))
    assert view.rgb.shape == (480, 640, 3)


def test_a_crop_may_be_all_of_it() -> None:
    crop = Crop((0, 6), (0, 8))
    assert make_view("x", colours(), np.ones((6, 8)), crop=crop).crop == crop


# MATLAB files, which scipy writes


NUMBERS = st.sampled_from(["f8", "f4", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"])


@settings(max_examples=50)
@given(st.data(), st.booleans())
def test_matlab_variables_are_read_as_scipy_wrote_them(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, compressed: bool
) -> None:
    path = tmp_path_factory.mktemp("m") / "x.mat"
    shapes = array_shapes(min_dims=2, max_dims=4, min_side=0, max_side=4)
    values = data.draw(arrays(data.draw(NUMBERS), shapes))
    savemat(
        path, {"plain": values, "data": {"field": values, "text": "abc", "nested": {"a": 1}}}, do_compression=compressed
    )
    read = read_matlab(path)
    np.testing.assert_array_equal(read["plain"], values)
    assert isinstance(read["data"], dict)
    assert list(read["data"]) == ["field"]
    np.testing.assert_array_equal(read["data"]["field"], values)


def test_matlab_files_of_the_other_byte_order_are_read(tmp_path: Path) -> None:
    parts = [(6, ">II", (6, 0)), (5, ">ii", (1, 2)), (1, ">c7x", (b"v",)), (9, ">2d", (1.5, -2))]
    body = b"".join(
        struct.pack(">II", kind, 1 if kind == 1 else struct.calcsize(form)) + struct.pack(form, *values)
        for kind, form, values in parts
    )
    header = b"MATLAB 5.0".ljust(124) + struct.pack(">H", 0x100) + b"MI"
    (tmp_path / "x.mat").write_bytes(header + struct.pack(">II", 14, len(body)) + body)
    np.testing.assert_array_equal(read_matlab(tmp_path / "x.mat")["v"], [[1.5, -2]])


def element(kind: int, content: bytes) -> bytes:
    return struct.pack("<II", kind, len(content)) + content + bytes(-len(content) % 8)


def matrix(matrix_class: int, shape: tuple[int, ...], *rest: bytes, name: bytes = b"data") -> bytes:
    head = element(6, struct.pack("<II", matrix_class, 0)) + element(5, struct.pack(f"<{len(shape)}i", *shape))
    return element(14, head + element(1, name) + b"".join(rest))


HEADER = b"MATLAB 5.0".ljust(124) + struct.pack("<H", 0x100) + b"IM"
FIELD_NAMES = element(5, struct.pack("<i", 8)) + element(1, b"depth".ljust(8, b"\0"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEADER[:-1], "is no MATLAB file of version 5 to 7"),
        (
            HEADER[:124] + struct.pack("<H", 0x200) + b"IM",
            r"is no MATLAB file of version 5 to 7; save it with save -v7",
        ),
        (HEADER + b"\x0e\0\0", "damaged"),
        (HEADER + struct.pack("<II", 14, 2**32 - 1), "damaged, or not a MATLAB file .*: cut short"),
        (HEADER + element(15, b"no zlib"), "damaged"),
        (HEADER + element(14, b""), "damaged"),
        (HEADER + matrix(6, (20000, 20000)), r"damaged.*: 0 numbers for an array of shape \(20000, 20000\)"),
        (HEADER + matrix(6, (-1, -1), element(9, bytes(8))), r"damaged.*: 1 numbers for an array of shape \(-1, -1\)"),
        (HEADER + matrix(6, (1,) * 5, element(9, bytes(8))), "a matrix of too many dimensions"),
        (HEADER + matrix(6, (1, 1), element(99, bytes(8))), "damaged"),
        (HEADER + matrix(6, (1, 1), element(9, bytes(7))), "damaged"),
        (HEADER + matrix(2, (1, 1), FIELD_NAMES), "damaged"),
        (HEADER + matrix(2, (1, 1), element(5, struct.pack("<i", 0)), element(1, b"x")), "a struct of too many fields"),
        (HEADER + matrix(2, (1, 1), element(5, struct.pack("<i", 1)), element(1, b"x" * 2000)), "a struct of too many"),
        (
            HEADER + matrix(2, (1, 1), FIELD_NAMES, matrix(6, (1, 1), element(9, b""))),
            "0 numbers for an array of shape",
        ),
    ],
)
def test_a_damaged_matlab_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.mat"
    path.write_bytes(content)
    with pytest.raises(SpnetError, match=f"x.mat: .*{message}") as caught:
        read_matlab(path)
    assert "\n" not in str(caught.value)


def test_cells_nested_without_end_are_left_out(tmp_path: Path) -> None:
    """A file of this kind overflows the stack of readers that follow it."""
    head = element(6, struct.pack("<II", 1, 0)) + element(5, struct.pack("<ii", 1, 1)) + element(1, b"")
    levels = 100_000
    heads = [struct.pack("<II", 14, (len(head) + 8) * level + len(head)) + head for level in range(levels)]
    cells = b"".join(reversed(heads))
    numbers = matrix(6, (1, 1), element(9, struct.pack("<d", 2.5)), name=b"number")
    opaque = element(14, element(6, struct.pack("<II", 17, 0)) + element(1, b"table") + element(1, b"MCOS"))
    (tmp_path / "x.mat").write_bytes(
        HEADER + matrix(1, (1, 1), cells) + matrix(2, (1, 1), FIELD_NAMES, cells) + opaque + numbers
    )
    assert read_matlab(tmp_path / "x.mat") == {"data": {}, "number": 2.5}


def test_a_matlab_file_that_swells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matlab, "MAX_INFLATED_BYTES", 10_000)
    numbers = matrix(9, (1, 6000), element(2, bytes(6000)))
    compressed = zlib.compress(numbers)
    part = struct.pack("<II", 15, len(compressed)) + compressed
    (tmp_path / "x.mat").write_bytes(HEADER + part)
    assert read_matlab(tmp_path / "x.mat")["data"].shape == (1, 6000)
    (tmp_path / "x.mat").write_bytes(HEADER + part + part)
    with pytest.raises(SpnetError, match="x.mat: holds more than the 10,000 bytes that are read of such a file"):
        read_matlab(tmp_path / "x.mat")


@pytest.mark.parametrize("kind", ["ibims", "sintel"])
def test_flipped_bytes_are_an_error_or_a_view(tmp_path: Path, kind: str) -> None:
    WRITERS[kind](tmp_path)
    generator = random.Random(0)
    dataset = opened(tmp_path)
    originals = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.suffix in (".mat", ".dpt", ".cam")}
    messages = []
    for _ in range(50):
        for path, content in originals.items():
            changed = bytearray(content)
            for _ in range(generator.randint(1, 4)):
                changed[generator.randrange(len(changed))] = generator.randrange(256)
            path.write_bytes(changed[: generator.choice((len(changed), generator.randrange(1, len(changed))))])
        messages += [message for sample in dataset.samples if (message := refusal(sample))]
    assert len(messages) > 30
    assert not any("\n" in message for message in messages)


def refusal(sample: Sample) -> str:
    """What is said against it; nothing if it is read, and then to finite metres."""
    try:
        view = sample.load()
    except SpnetError as error:
        return str(error)
    assert np.isfinite(view.truth).all()
    return ""


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared real captures are not here")
def test_real_captures_are_read() -> None:
    dataset = open_dataset(REAL)
    assert len(dataset.samples) == len(list(REAL.rglob("meta.json")))
    for sample in dataset.samples[::6]:
        view = sample.load()
        assert view.rgb.shape[:2] == view.truth.shape
        assert 0.3 < np.median(view.truth[view.truth > 0]) < 30
        assert view.crop == (Crop((45, 471), (41, 601)) if sample.id.startswith("nyu_dev/") else None)
        assert sample.sparse_truth == ("lidar sparse" in " ".join(sample.notes))
