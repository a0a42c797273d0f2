"""Sequences and videos: every picture once, the same colours in all, and depth that does not flicker."""

import json
import stat
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from conftest import needs
from spnet import SpnetError, cli
from spnet.files.depth import read_depth, write_depth
from spnet.files.images import read_image
from spnet.sequence import MOST_FRAMES, TemporalMedian, natural_order, shared_limits
from spnet.video import Video, open_video, read_pictures, written_video

needs_ffmpeg = needs("ffmpeg")

WIDTH, HEIGHT = 48, 32


def run(*arguments: object) -> int:
    return cli.main(["complete", *(str(argument) for argument in arguments)])


def picture(number: int, *, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """Gray levels that tell which picture it is, even through a codec."""
    return Image.new("RGB", size, (20 * number + 10,) * 3)


def depth_map(number: int) -> NDArray[np.float32]:
    """Sparse depth of a wall that is at 2 m, with one frame at 4 m among them."""
    depth = np.zeros((HEIGHT, WIDTH), np.float32)
    depth[::4, ::4] = 4.0 if number == 2 else 2.0
    return depth


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Two folders of five frames that only numbers order rightly, and where to write."""
    rgb, depth = tmp_path / "rgb", tmp_path / "depth"
    for folder in (rgb, depth):
        folder.mkdir()
    for number in range(5):
        picture(number).save(rgb / f"{number + 8}.png")
        write_depth(depth / f"{number + 8}.png", depth_map(number), "mm")
    return rgb, depth, tmp_path / "out"


def write_film(path: Path, sizes: list[tuple[int, int]]) -> None:
    with written_video(path, Fraction(15)) as append:
        for number, size in enumerate(sizes):
            append(picture(number, size=size))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    write_film(path, [(WIDTH, HEIGHT)] * 5)
    return path


# The median.


def through(count: int, maps: list[NDArray[np.float32]]) -> list[tuple[int, NDArray[np.float32]]]:
    median: TemporalMedian[int] = TemporalMedian(count)
    done = [each for number, metres in enumerate(maps) for each in median.add(number, metres)]
    return [*done, *median.finish()]


@given(
    st.lists(st.integers(1, 50), max_size=20),
    st.sampled_from(range(1, MOST_FRAMES + 1, 2)),
)
def test_a_median_gives_every_frame_once_and_in_order(values: list[int], count: int) -> None:
    maps = [np.full((2, 3), value, np.float32) for value in values]
    done = through(count, maps)
    assert [key for key, _ in done] == list(range(len(values)))
    for key, metres in done:
        reach = min(key, len(values) - 1 - key, count // 2)
        assert (metres == np.median(values[key - reach : key + reach + 1])).all()
        assert metres.dtype == np.float32


def test_a_median_of_one_is_what_came() -> None:
    metres = np.random.default_rng(0).random((4, 5), np.float32)
    median: TemporalMedian[str] = TemporalMedian(1)
    ((key, same),) = median.add("frame", metres)
    assert key == "frame"
    assert np.array_equal(same, metres)
    assert median.finish() == []


@pytest.mark.parametrize("count", [0, 2, -3, MOST_FRAMES + 2])
def test_a_median_over_another_number_is_refused(count: int) -> None:
    with pytest.raises(SpnetError, match=f"median over {count} frames: expected an odd number from 1 to {MOST_FRAMES}"):
        TemporalMedian(count)


def test_a_median_over_two_sizes_is_refused() -> None:
    median: TemporalMedian[int] = TemporalMedian(3)
    median.add(0, np.ones((2, 3), np.float32))
    with pytest.raises(SpnetError, match="a frame of 4x2 after one of 3x2; expected one size"):
        median.add(1, np.ones((2, 4), np.float32))


# The order and the colours.


@pytest.mark.parametrize(
    "names",
    [
        ["2", "10", "100"],
        ["frame2", "frame10"],
        ["a/9", "a/10", "b/1"],
        ["1.5", "1.25"],  # as versions, not as decimals
        ["000009", "000010"],
        ["2", "a"],
        ["2", "2a"],
    ],
)
def test_names_sort_as_people_count(names: list[str]) -> None:
    turned = names[::-1]
    assert sorted(turned, key=natural_order) == names


def test_the_colours_are_those_of_all_frames(tmp_path: Path) -> None:
    paths = []
    for number in range(100):
        paths.append(tmp_path / f"{number}.npy")
        np.save(paths[-1], np.full((4, 4), 1 + number / 10, np.float32))
    near, far = shared_limits(paths, None)
    assert near == pytest.approx(1, abs=0.1)
    assert far == pytest.approx(10.9, abs=0.1)
    paths[0].write_bytes(b"broken")
    assert shared_limits(paths[:2], None)[0] == pytest.approx(1.1)
    np.save(paths[1], np.zeros((4, 4), np.float32))
    with pytest.raises(SpnetError, match="nothing is measured in any depth file"):
        shared_limits(paths[:2], None)


# Videos.


@needs_ffmpeg
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".webm", ".avi"])
def test_a_video_is_read_as_it_was_written(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"film{suffix}"
    with written_video(path, Fraction(24)) as append:
        for number in range(5):
            append(picture(number))
    video = open_video(path)
    assert video == Video(path, WIDTH, HEIGHT, 5, Fraction(24))
    levels = [round((array.mean() - 10) / 20) for array in read_pictures(video)]
    assert levels == [0, 1, 2, 3, 4]


@needs_ffmpeg
def test_odd_sides_get_an_edge(tmp_path: Path) -> None:
    with written_video(tmp_path / "odd.mp4", Fraction(10)) as append:
        append(picture(1, size=(33, 21)))
    assert (open_video(tmp_path / "odd.mp4").width, open_video(tmp_path / "odd.mp4").height) == (34, 22)


@needs_ffmpeg
@pytest.mark.parametrize("name", ["-i.mp4", "concat:a|b.mp4", "with space.mp4", "%d.mp4"])
def test_names_are_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    with written_video(Path(name), Fraction(10)) as append:
        append(picture(3))
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert len(list(read_pictures(open_video(Path(name))))) == 1


@needs_ffmpeg
def test_a_video_cannot_open_other_files(tmp_path: Path) -> None:
    """A playlist that calls itself a video, and speaks of the network."""
    path = tmp_path / "list.mp4"
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret.ts\n")
    with pytest.raises(SpnetError, match="list.mp4: damaged, or not a video"):
        open_video(path)


@needs_ffmpeg
def test_what_is_no_video(tmp_path: Path, film: Path) -> None:
    (tmp_path / "text.mp4").write_text("what is this " * 100)
    (tmp_path / "empty.mp4").touch()
    data = film.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) // 2])
    for name, message in (
        ("none.mp4", "none.mp4: no such file"),
        ("empty.mp4", "empty.mp4: is empty"),
        ("text.mp4", "text.mp4: damaged, or not a video"),
        ("cut.mp4", "cut.mp4: damaged, or not a video"),
    ):
        with pytest.raises(SpnetError, match=message):
            open_video(tmp_path / name)
    short = open_video(film)
    more = Video(film, short.width, short.height, short.count + 1, short.rate)
    with pytest.raises(SpnetError, match="film.mp4: damaged, ends after 5 pictures: its index speaks of 6"):
        list(read_pictures(more))


@needs_ffmpeg
@pytest.mark.parametrize(
    ("name", "sizes", "message"),
    [
        ("a.mp4", [(48, 32), (50, 32)], "a.mp4: pictures of 48x32 and 50x32"),
        ("a.mp4", [], "a.mp4: there is no picture to show"),
        ("a.xyz", [(48, 32)], "a.xyz: ffmpeg could not write it: "),
    ],
)
def test_a_video_that_fails_leaves_nothing(
    tmp_path: Path, name: str, sizes: list[tuple[int, int]], message: str
) -> None:
    with pytest.raises(SpnetError, match=message):
        write_film(tmp_path / name, sizes)
    assert not list(tmp_path.iterdir())


def test_without_ffmpeg_the_cure_is_named(
    tmp_path: Path,
    folders: tuple[Path, Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    rgb, depth, out = folders
    (tmp_path / "film.mp4").write_bytes(b"video")
    for arguments, program in (
        ([tmp_path / "film.mp4", depth], "ffprobe"),
        ([rgb, depth, "--preview", tmp_path / "view.mp4"], "ffmpeg"),
    ):
        assert run(*arguments, "-o", out, "--unit", "mm", "--model", "nearest") == 2
        assert f"videos need {program}, which is not installed: install ffmpeg, or use" in capsys.readouterr().err
        assert not out.exists()


def test_an_ffmpeg_that_dies_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'no such encoder' >&2\nexit 1\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    with pytest.raises(SpnetError, match=r"view.mp4: ffmpeg could not write it: no such encoder"):
        write_film(tmp_path / "view.mp4", [(640, 480)] * 100)
    assert not (tmp_path / "view.mp4").exists()


# The command.


def check_colours(views: list[NDArray[np.uint8]]) -> None:
    """What is completed has one colour in all previews of 2 m, and another in the one of 4 m."""
    colours = [view[20:36, 145:165].mean(axis=(0, 1)) for view in views]
    apart = [float(np.abs(colour - colours[0]).max()) for colour in colours]
    assert max(apart[:2] + apart[3:]) < 6
    assert apart[2] > 60


def dense(folder: Path, number: int) -> float:
    metres = read_depth(folder / f"{number + 8}.png", "mm").metres
    assert np.ptp(metres) < 0.01
    return round(float(metres.mean()), 3)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [([], [2, 2, 4, 2, 2]), (["--median", "1"], [2, 2, 4, 2, 2]), (["--median", "3"], [2, 2, 2, 2, 2])],
)
def test_the_median_of_folders(folders: tuple[Path, Path, Path], flags: list[str], expected: list[float]) -> None:
    rgb, depth, out = folders
    assert run(rgb, depth, "-o", out, "--unit", "mm", "--model", "nearest", *flags) == 0
    assert [dense(out, number) for number in range(5)] == expected


def test_what_was_measured_stays_where_that_is_asked_for(folders: tuple[Path, Path, Path]) -> None:
    rgb, depth, out = folders
    arguments = [rgb, depth, "--unit", "mm", "--model", "nearest", "--median", "3", "--keep-measured"]
    assert run(*arguments, "-o", out) == 0
    metres, measured = read_depth(out / "10.png", "mm").metres, depth_map(2)
    assert (metres[measured > 0] == 4).all()
    assert (metres[measured == 0] == 2).all()


@needs_ffmpeg
def test_a_video_and_its_depth(
    folders: tuple[Path, Path, Path], film: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, depth, out = folders
    view = out.parent / "view.mp4"
    arguments = [film, depth, "-o", out, "--unit", "mm", "--model", "nearest"]
    assert run(*arguments, "--preview", view, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"done": 5, "skipped": 0, "failed": {}}
    assert [dense(out, number) for number in range(5)] == [2, 2, 4, 2, 2]
    seen = open_video(view)
    assert (seen.count, seen.rate) == (5, Fraction(15))
    check_colours(list(read_pictures(seen)))
    (out / "9.png").unlink()
    assert run(*arguments) == 0
    assert capsys.readouterr().out == f"{out}: 1 completed, 4 there already, 0 failed\n"
    assert dense(out, 1) == 2


@needs_ffmpeg
def test_a_film_of_folders_has_the_order_of_numbers(folders: tuple[Path, Path, Path]) -> None:
    rgb, depth, out = folders
    view = out.parent / "view.mp4"
    assert run(rgb, depth, "-o", out, "--unit", "mm", "--model", "nearest", "--preview", view) == 0
    corner = [array[20:30, 20:30].mean() for array in read_pictures(open_video(view))]
    assert all(before < after for before, after in pairwise(corner))


def test_pictures_of_folders_share_their_colours(folders: tuple[Path, Path, Path]) -> None:
    rgb, depth, out = folders
    views = out.parent / "views"
    arguments = [rgb, depth, "-o", out, "--unit", "mm", "--model", "nearest", "--preview", views]
    assert run(*arguments) == 0
    check_colours([read_image(views / f"{number + 8}.jpg") for number in range(5)])


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--median", "2"], "median over 2 frames: expected an odd number from 1 to 31"),
        (["--median", "x"], "invalid int value: 'x'"),
        (["--preview", "view.png"], "--preview view.png: one picture takes one frame; name a film"),
        (["--preview", "rgb/views"], "lies in the input folder rgb"),
        pytest.param(["--preview", "no/view.mp4"], "the folder no does not exist", marks=needs_ffmpeg),
        (["--ply", "x.ply"], "take one frame; for folders and videos leave them out"),
    ],
)
def test_bad_input_is_one_line(
    folders: tuple[Path, Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    flags: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(folders[0].parent)
    before = sorted(Path.cwd().rglob("*"))
    try:
        status = run("rgb", "depth", "-o", "out", "--unit", "mm", "--model", "nearest", *flags)
    except SystemExit as stop:
        status = int(stop.code or 0)
    assert status == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert message in said
    assert sorted(Path.cwd().rglob("*")) == before


def test_a_median_is_of_sequences(folders: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    rgb, depth, _ = folders
    assert run(rgb / "8.png", depth / "8.png", "-o", rgb.parent / "o.png", "--unit", "mm", "--median", "3") == 2
    assert "--median takes the frames of two folders" in capsys.readouterr().err


def test_what_needs_every_frame_is_not_resumed(
    folders: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    rgb, depth, out = folders
    arguments = [rgb, depth, "-o", out, "--unit", "mm", "--model", "nearest"]
    assert run(*arguments) == 0
    for flags, what in ((["--median", "3"], "--median"), (["--preview", rgb.parent / "view.mp4"], "a film")):
        assert run(*arguments, *flags) == 2
        assert f"8.png: exists already, but {what} needs every frame anew" in capsys.readouterr().err
    assert run(*arguments, "--median", "3", "--force") == 0
    assert dense(out, 2) == 2


@needs_ffmpeg
def test_a_video_needs_as_many_depth_files(
    folders: tuple[Path, Path, Path], film: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, depth, out = folders
    (depth / "8.png").unlink()
    assert run(film, depth, "-o", out, "--unit", "mm") == 2
    assert "has 5 pictures, but" in (said := capsys.readouterr().err)
    assert "holds 4 depth files; expected one for each, in the order of their names" in said
    assert run(film, film, "-o", out, "--unit", "mm") == 2
    assert "film.mp4: is not a folder" in capsys.readouterr().err
    assert run(film, depth, "-o", depth / "out", "--unit", "mm") == 2
    assert "lies in the input folder" in capsys.readouterr().err
