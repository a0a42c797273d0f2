"""Small data sets, written in the formats in which the real ones are distributed."""

import json
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.io import savemat

from spnet.camera import Camera
from spnet.evaluate.datasets import Crop

HEIGHT, WIDTH = 6, 8
CAMERA = Camera(9.5, 9.25, 3.5, 2.5, WIDTH, HEIGHT)
K = [[9.5, 0, 3.5], [0, 9.25, 2.5], [0, 0, 1]]
K_TEXT = "9.5 0 3.5 0 9.25 2.5 0 0 1\n"


@dataclass
class Written:
    """What a reader should find: the truth of every frame, and what comes with the first."""

    truths: dict[str, NDArray[np.float32]]
    rgb: NDArray[np.uint8]
    camera: Camera | None = None
    crop: Crop | None = None
    inputs: dict[str, NDArray[np.float32]] = field(default_factory=dict)


def colours(seed: int = 0, height: int = HEIGHT, width: int = WIDTH) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, size=(height, width, 3), dtype=np.uint8)


def steps(seed: int = 0, height: int = HEIGHT, width: int = WIDTH) -> NDArray[np.uint16]:
    """Stored depth, with holes."""
    generator = np.random.default_rng(seed)
    values = generator.integers(600, 1200, size=(height, width), dtype=np.uint16)
    return np.where(generator.random((height, width)) < 0.2, 0, values).astype(np.uint16)


def metres(stored: NDArray[np.uint16], step: float) -> NDArray[np.float32]:
    return (stored * step).astype(np.float32)


def write_png(path: Path, pixels: NDArray[np.generic]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def write_authors(folder: Path) -> Written:
    for seed, name in enumerate(("0", "1")):
        write_png(folder / "rgb" / f"{name}.png", colours(seed))
        write_png(folder / "gt" / f"{name}.png", steps(seed))
        for density in ("10%", "0.1%"):
            write_png(folder / f"raw_{density}" / f"{name}.png", steps(seed + 7))
    step = 20 / 65535
    inputs = {"raw_10%": metres(steps(7), step), "raw_0.1%": metres(steps(7), step)}
    return Written({"0": metres(steps(0), step), "1": metres(steps(1), step)}, colours(), inputs=inputs)


META = {"depth_scale": 0.001, "intrinsics": [9.5, 9.25, 3.5, 2.5], "note": "evaluate rows 1:5, cols 2:7"}


def write_pairs(folder: Path) -> Written:
    for seed, name in enumerate(("a/1", "a/deep/2", "b")):
        write_png(folder / name / "rgb.png", colours(seed))
        write_png(folder / name / "depth.png", steps(seed))
        write_text(folder / name / "meta.json", json.dumps(META))
    truths = {name: metres(steps(seed), 0.001) for seed, name in enumerate(("a/1", "a/deep/2", "b"))}
    return Written(truths, colours(), CAMERA, Crop((1, 5), (2, 7)))


def write_shared_pairs(folder: Path) -> Written:
    write_png(folder / "rgb" / "1.png", colours())
    (folder / "depth").mkdir()
    np.save(folder / "depth" / "1.npy", metres(steps(), 0.001))
    write_text(folder / "meta.json", json.dumps({"depth_scale": 1, "intrinsics": None}))
    return Written({"1": metres(steps(), 0.001)}, colours())


def write_nyu(folder: Path) -> Written:
    import h5py

    images = np.stack([colours(seed, 480, 640) for seed in range(3)])
    depths = np.stack([metres(steps(seed, 480, 640), 0.002) for seed in range(3)])
    raw = np.where(depths > 2, 0, depths)
    with h5py.File(folder / "nyu_depth_v2_labeled.mat", "w", userblock_size=512) as file:
        file["images"] = images.transpose(0, 3, 2, 1)
        file.create_dataset("depths", data=depths.transpose(0, 2, 1), chunks=(1, 64, 48), compression="gzip")
        file["rawDepths"] = raw.transpose(0, 2, 1)
    savemat(folder / "splits.mat", {"trainNdxs": np.array([[2]]), "testNdxs": np.array([[1], [3]])})
    camera = Camera(518.85790117450188, 519.46961112127485, 325.58244941119034, 253.73616633400465, 640, 480)
    truths = {"0001": depths[0], "0003": depths[2]}
    return Written(truths, images[0], camera, Crop((45, 471), (41, 601)), {"rawDepths": raw[0]})


def write_kitti(folder: Path) -> Written:
    truths = {}
    for seed, frame in enumerate(("0000000005_image_02", "0000000008_image_03")):
        for part, values in (("image", colours(seed)), ("groundtruth_depth", steps(seed)), ("velodyne_raw", steps(7))):
            write_png(folder / part / f"2011_09_26_drive_0002_sync_{part}_{frame}.png", values)
        write_text(folder / "intrinsics" / f"2011_09_26_drive_0002_sync_image_{frame}.txt", K_TEXT)
        truths[f"2011_09_26_drive_0002_sync_{frame}"] = metres(steps(seed), 1 / 256)
    return Written(truths, colours(), CAMERA, inputs={"velodyne_raw": metres(steps(7), 1 / 256)})


def write_kitti_drives(folder: Path) -> Written:
    drive, truths = "2011_09_26_drive_0001_sync", {}
    for seed, frame in enumerate(("image_02/0000000005", "image_03/0000000005")):
        camera, number = frame.split("/")
        write_png(folder / "val" / drive / "proj_depth" / "groundtruth" / f"{frame}.png", steps(seed))
        write_png(folder / "val" / drive / "proj_depth" / "velodyne_raw" / f"{frame}.png", steps(7))
        write_png(folder / "2011_09_26" / drive / camera / "data" / f"{number}.png", colours(seed))
        write_png(folder / "2011_09_26" / drive / camera / "data" / "0000000000.png", colours())
        truths[f"val/{drive}/{frame}"] = metres(steps(seed), 1 / 256)
    projection = "9.5 0 3.5 4.5 0 9.25 2.5 0.2 0 0 1 0.003"
    lines = f"S_rect_02: {WIDTH}.0 {HEIGHT}.0\nR_rect_00: 1 0 0 0 1 0 0 0 1\nP_rect_02: {projection}\n"
    write_text(folder / "2011_09_26" / "calib_cam_to_cam.txt", f"calib_time: 09-Jan-2012 13:57:47\n{lines}")
    return Written(truths, colours(), CAMERA, inputs={"velodyne_raw": metres(steps(7), 1 / 256)})


def ibims_data(seed: int) -> dict[str, object]:
    invalid, transparent = np.ones((2, HEIGHT, WIDTH), dtype=np.uint8)
    invalid[0, 0], transparent[1, 1] = 0, 0
    return {
        "rgb": colours(seed),
        "depth": steps(seed) * 0.001,
        "calib": np.array(K).T,
        "mask_invalid": invalid,
        "mask_transp": transparent.astype(np.float64),
        "mask_wall_paras": np.zeros((0, 4)),
        "name": "office",
    }


def write_ibims(folder: Path) -> Written:
    truths = {}
    for seed, name in enumerate(("corridor_01", "office_02")):
        savemat(folder / f"{name}.mat", {"data": ibims_data(seed)}, do_compression=seed == 0)
        truths[name] = metres(steps(seed), 0.001)
        truths[name][[0, 1], [0, 1]] = 0
    write_text(folder / "imagelist.txt", "office_02\ncorridor_01\n")
    return Written(truths, colours(), CAMERA)


def write_diode(folder: Path) -> Written:
    name = "outdoor/scene_00022/scan_00193/00022_00193_outdoor_000_010"
    rgb, depth = np.full((768, 1024, 3), 90, dtype=np.uint8), np.full((768, 1024, 1), 4, dtype=np.float32)
    mask = np.ones((768, 1024))
    depth[0, 0], depth[0, 1], mask[0, 2] = 0, np.nan, 0
    write_png(folder / f"{name}.png", rgb)
    np.save(folder / f"{name}_depth.npy", depth)
    np.save(folder / f"{name}_depth_mask.npy", mask)
    truth = np.full((768, 1024), 4, dtype=np.float32)
    truth[0, :3] = 0
    return Written({name: truth}, rgb, Camera(886.81, 927.06, 512, 384, 1024, 768))


def write_eth3d(folder: Path) -> Written:
    image = folder / "courtyard" / "images" / "dslr_images" / "DSC_0286.JPG"
    truth = folder / "courtyard" / "ground_truth_depth" / "dslr_images" / "DSC_0286.JPG"
    for path in (image, truth):
        path.parent.mkdir(parents=True)
    rgb = np.full((HEIGHT, WIDTH, 3), 90, dtype=np.uint8)
    Image.fromarray(rgb).save(image, quality=100)
    depth = metres(steps(), 0.01)
    np.where(depth == 0, np.inf, depth).astype("<f4").tofile(truth)
    return Written({"courtyard/DSC_0286": depth}, rgb)


def dpt(depth: NDArray[np.float32]) -> bytes:
    return struct.pack("<fii", 202021.25, depth.shape[1], depth.shape[0]) + depth.astype("<f4").tobytes()


def write_sintel(folder: Path) -> Written:
    truths, training = {}, folder / "training"
    for seed, name in enumerate(("alley_1/frame_0001", "cave_2/frame_0001")):
        write_png(training / "final" / f"{name}.png", colours(seed))
        depth = metres(steps(seed), 0.01)
        truths[name] = depth.copy()
        depth[0, 0], truths[name][0, 0] = 1e10, 0  # the sky
        for part, content in (
            ("depth", dpt(depth)),
            ("camdata_left", struct.pack("<f21d", 202021.25, *np.ravel(K), *[0] * 12)),
        ):
            path = training / part / f"{name}.{'dpt' if part == 'depth' else 'cam'}"
            path.parent.mkdir(parents=True)
            path.write_bytes(content)
    return Written(truths, colours(), CAMERA)


def write_synth(folder: Path) -> Written:
    """As ``spnet synth render`` leaves a folder."""
    truths = {}
    write_text(folder / "synth.json", json.dumps({"seed": 0, "images": "png"}))
    (folder / "depth").mkdir()
    for seed, name in enumerate(("00000000", "00000004")):
        truths[name] = metres(steps(seed), 1 / 128).astype(np.float16).astype(np.float32)
        write_png(folder / "rgb" / f"{name}.png", colours(seed))
        np.savez_compressed(folder / "depth" / f"{name}.npz", depth=truths[name].astype(np.float16))
        write_text(folder / "camera" / f"{name}.json", json.dumps({"kind": "room", **asdict(CAMERA)}))
    return Written(truths, colours(), CAMERA)


def write_void(folder: Path) -> Written:
    sequence, truths, validity = folder / "data" / "stairs0", {}, np.full((HEIGHT, WIDTH), 256, dtype=np.uint16)
    validity[2] = 0
    for seed, time in enumerate(("1552093843.6134", "1552093844.1")):
        stored = steps(seed)
        stored[0, 0], stored[0, 1] = 50, 1300  # 0.195 and 5.08 m
        for part, values in (("image", colours(seed)), ("ground_truth", stored), ("sparse_depth", steps(7))):
            write_png(sequence / part / f"{time}.png", values)
        write_png(sequence / "validity_map" / f"{time}.png", validity)
        stored[0, :2] = 0
        truths[f"stairs0/{time}"] = metres(stored, 1 / 256)
    write_text(sequence / "K.txt", K_TEXT)
    lines = [f"void_1500/data/stairs0/image/{time}.png\n" for time in ("1552093844.1", "1552093843.6134")]
    write_text(folder / "test_image.txt", "".join(lines))
    points = metres(steps(7), 1 / 256)
    points[2] = 0
    return Written(truths, colours(), CAMERA, inputs={"sparse_depth": points})


def write_tum(folder: Path) -> Written:
    """Three images and three depth maps, of which two pairs lie within 20 ms."""
    for seed, (rgb_time, depth_time) in enumerate((("1.000", "1.015"), ("1.025", "1.060"), ("1.100", "1.100"))):
        write_png(folder / "rgb" / f"{rgb_time}.png", colours(seed))
        write_png(folder / "depth" / f"{depth_time}.png", steps(seed))
    write_text(
        folder / "rgb.txt", "# color images\n" + "".join(f"{t} rgb/{t}.png\n" for t in ("1.000", "1.025", "1.100"))
    )
    write_text(
        folder / "depth.txt", "# depth maps\n" + "".join(f"{t} depth/{t}.png\n" for t in ("1.015", "1.060", "1.100"))
    )
    return Written({"rgb/1.025": metres(steps(0), 1 / 5000), "rgb/1.100": metres(steps(2), 1 / 5000)}, colours(1))


def write_scannet(folder: Path) -> Written:
    scan, truths = folder / "scene0011_00", {}
    for seed, name in enumerate(("0", "20")):
        write_png(scan / "color" / f"{name}.png", np.repeat(np.repeat(colours(seed), 2, axis=0), 2, axis=1))
        write_png(scan / "depth" / f"{name}.png", steps(seed))
        truths[f"scene0011_00/{name}"] = metres(steps(seed), 0.001)
    write_text(scan / "intrinsic" / "intrinsic_depth.txt", "9.5 0 3.5 0\n0 9.25 2.5 0\n0 0 1 0\n0 0 0 1\n")
    return Written(truths, colours(), CAMERA)


WRITERS: dict[str, Callable[[Path], Written]] = {
    "authors": write_authors,
    "diode": write_diode,
    "eth3d": write_eth3d,
    "ibims": write_ibims,
    "kitti": write_kitti,
    "kitti-drives": write_kitti_drives,
    "nyu": write_nyu,
    "pairs": write_pairs,
    "scannet": write_scannet,
    "sintel": write_sintel,
    "synth": write_synth,
    "tum": write_tum,
    "void": write_void,
}
