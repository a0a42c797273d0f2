"""Shards: what is packed is read as it was, and what is damaged or hostile is refused in one line."""

import gzip
import io
import json
import re
import shutil
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from spnet import SpnetError, batch, cli, shards
from spnet.evaluate import evaluate, open_dataset
from spnet.files.depth import read_depth, write_depth
from spnet.shards import opened_shard, pack, unpacked, written_shard

RNG = np.random.default_rng(0)
NAMES = ("a", "b/2", "1305.25")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Three small frames as two folders."""
    for name in NAMES:
        for part in ("rgb", "depth"):
            (tmp_path / part / name).parent.mkdir(parents=True, exist_ok=True)
        image = RNG.integers(0, 256, (24, 32, 3), dtype=np.uint8)
        Image.fromarray(image).save(tmp_path / "rgb" / f"{name}.jpg")
        write_depth(tmp_path / "depth" / f"{name}.png", np.where(RNG.random((24, 32)) < 0.1, 2.5, 0), "mm")
    return tmp_path / "rgb", tmp_path / "depth"


@pytest.fixture
def packed(folders: tuple[Path, Path], tmp_path: Path) -> Path:
    """The same in two shards, of two frames and of one."""
    list(pack(batch.pair(*folders), tmp_path / "shards", 2))
    return tmp_path / "shards"


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def refusal(path: Path) -> str:
    with pytest.raises(SpnetError) as caught, opened_shard(path):
        pass
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert len(message) < 600
    assert message.isprintable()
    return message


def header(name: str = "a.rgb.jpg", size: int = 0, kind: bytes = tarfile.REGTYPE, content: bytes = b"") -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type = size or len(content), kind
    return info.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % 512)


def pax(*records: bytes) -> bytes:
    return header("pax", kind=tarfile.XHDTYPE, content=b"".join(records))


END = bytes(1024)
FRAME = header("a.rgb.jpg", content=b"x") + header("a.depth.png", content=b"y")


# What is packed


def test_frames_come_out_as_they_went_in(folders: tuple[Path, Path], packed: Path, tmp_path: Path) -> None:
    keys = []
    for path in sorted(packed.iterdir()):
        with opened_shard(path) as shard:
            for frame in shard.frames:
                keys.append(frame.key)
                assert frame.rgb
                assert frame.depth
                with unpacked(path, shard.file, frame.rgb, frame.depth) as (rgb, depth):
                    assert (rgb.name, depth.name) == ("0.jpg", "1.png")
                    assert rgb.read_bytes() == (folders[0] / f"{frame.key}.jpg").read_bytes()
                    assert depth.read_bytes() == (folders[1] / f"{frame.key}.png").read_bytes()
                assert not rgb.parent.exists()
    assert sorted(keys) == sorted(NAMES)
    assert [path.name for path in sorted(packed.iterdir())] == ["shard-000000.tar", "shard-000001.tar"]


def test_shards_are_the_same_to_the_byte_and_plain_tar(
    folders: tuple[Path, Path], packed: Path, tmp_path: Path
) -> None:
    list(pack(batch.pair(*folders), tmp_path / "again", 2))
    for path in packed.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()
        with tarfile.open(path) as tar:
            assert all(member.isfile() for member in tar.getmembers())


def test_finished_shards_are_skipped(folders: tuple[Path, Path], packed: Path) -> None:
    before = [path.stat().st_mtime_ns for path in sorted(packed.iterdir())]
    assert [done.skipped for done in pack(batch.pair(*folders), packed, 2)] == [True, True]
    assert [path.stat().st_mtime_ns for path in sorted(packed.iterdir())] == before
    assert [done.skipped for done in pack(batch.pair(*folders), packed, 2, overwrite=True)] == [False, False]


@pytest.mark.parametrize(
    ("change", "frames", "message"),
    [
        (lambda rgb, depth: None, 3, "holds other frames"),
        (lambda rgb, depth: None, 0, "expected 1 to 10,000"),
        (lambda rgb, depth: (depth / "a.png").unlink(), 2, "a.jpg: the depth folder has no file of this name; add"),
        (lambda rgb, depth: [path.unlink() for path in depth.glob("*.png")], 2, r"\(nor for 1 others\)"),
        (lambda rgb, depth: (rgb / "1305.25.jpg").write_bytes(b""), 2, "is empty"),
    ],
)
def test_what_is_not_packed(
    folders: tuple[Path, Path], packed: Path, change: Callable[[Path, Path], object], frames: int, message: str
) -> None:
    change(*folders)
    if "empty" in message:
        for path in packed.iterdir():
            path.unlink()
    with pytest.raises(SpnetError, match=message):
        list(pack(batch.pair(*folders), packed, frames))
    assert not list(packed.glob(".spnet-*"))


def test_the_pack_command(folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ("pack", *folders, "-o", tmp_path / "out", "--shard-size", 2, "--json")
    assert run(*command) == run(*command) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {"shards": 2, "frames": 3, "skipped": 0}
    assert second == {"shards": 2, "frames": 3, "skipped": 2}
    assert run("pack", *folders, "-o", folders[0] / "inside") == 2
    assert "lies in the input folder" in capsys.readouterr().err


# What others pack


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("key", ["./x/1", "x" * 90 + "/" + "y" * 80, "größe"])
def test_tars_of_other_tools_are_read(form: int, key: str, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "s.tar", "w", format=form) as tar:
        folder = tarfile.TarInfo("x")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        for name in (f"{key}.json", f"{key}.rgb.JPG", f"{key}.cls", f"{key}.depth.npy"):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(name), 1.5  # type: ignore[assignment] # WebDataset's own writer does
            tar.addfile(info, io.BytesIO(name.encode()))
    with opened_shard(tmp_path / "s.tar") as shard:
        (frame,) = shard.frames
        assert frame.key == key.removeprefix("./")
        assert frame.depth
        with unpacked(shard.path, shard.file, frame.depth) as (depth,):
            assert depth.read_bytes() == f"{key}.depth.npy".encode()[: frame.depth.size]


# What is evaluated


def test_shards_are_evaluated_as_folders_are(folders: tuple[Path, Path], tmp_path: Path) -> None:
    (folders[0] / "b" / "2.jpg").write_bytes(b"junk")
    (folders[1] / "a.png").write_bytes(b"junk")
    for part, folder in zip(("rgb", "depth"), folders, strict=True):
        shutil.copytree(folder / "b", tmp_path / "files" / "set" / part)
        for path in folder.glob("*.*"):
            shutil.copy(path, tmp_path / "files" / "set" / part)
    list(pack(batch.pair(*(tmp_path / "files" / "set" / part for part in ("rgb", "depth"))), tmp_path / "s" / "set", 2))
    rows = []
    for kind in ("files", "s"):
        (tmp_path / kind / "set" / "meta.json").write_text('{"depth_scale": 0.001}')
        results = evaluate(open_dataset(tmp_path / kind / "set"), ["nearest"], ["random:50%"])
        rows.append([(row.frame, row.metrics) for row in results.rows])
        errors = {row.frame: row.error for row in results.failures}
        assert set(errors) == {"2", "a"}
    assert rows[0] == rows[1]
    assert "set/shard-000001.tar: a.depth.png: is none of the depth formats" in errors["a"]
    shard_of(tmp_path / "s" / "set" / "x.tar", [("9.rgb.jpg", folders[0] / "1305.25.jpg")])
    with pytest.raises(SpnetError, match="x.tar: 9 has no member 9.depth; add it, or take it away"):
        open_dataset(tmp_path / "s" / "set")


# What is damaged or hostile

REFUSED: list[tuple[str, bytes, str]] = [
    ("empty", b"", "is empty"),
    ("noise", b"noise" * 300, "damaged, or not a tar"),
    ("compressed", gzip.compress(FRAME + END), "is compressed"),
    ("no end", FRAME, "does not end as a tar does"),
    ("cut in a header", FRAME[:700], "does not end as a tar does|ends within"),
    ("cut in a member", header(size=5000) + b"x" * 600, "ends within 'a.rgb.jpg'"),
    ("no frames", header("notes.txt", content=b"x") + END, "holds no frame"),
    ("only the end", END, "holds no frame"),
    ("two images", FRAME + header("a.rgb.png", content=b"z") + END, "a.rgb.jpg and a.rgb.png: two of one frame"),
    ("traversal", header("../../a.rgb.jpg") + END, r"'\.\./\.\./a.rgb.jpg', expected a plain relative name"),
    ("traversal inside", header("a/../../b.depth.png") + END, "plain relative name"),
    ("absolute", header("/etc/a.rgb.jpg") + END, "plain relative name"),
    ("backslashes", header("a\\..\\b.rgb.jpg") + END, "plain relative name"),
    ("drive", header("C:a.rgb.jpg") + END, "plain relative name"),
    ("terminal", header("\x1b[2Ja.rgb.jpg") + END, "plain relative name"),
    ("traversal beside frames", FRAME + header("../x.txt") + END, "plain relative name"),
    ("traversal by pax", pax(b"21 path=../a.rgb.jpg\n") + header("a.rgb.jpg") + END, "plain relative name"),
    ("long name", header("x", kind=b"L", content=b"n" * 300) + FRAME + END, "longer than 240 bytes"),
    ("huge name", header("x", kind=b"L", content=b"n" * 9000) + FRAME + END, "at most 8,192 are read"),
    ("huge header", header("x", kind=b"x", content=b"n" * 9000) + FRAME + END, "at most 8,192 are read"),
    ("bad pax", pax(b"99 path=a\n") + FRAME + END, "extended header is damaged"),
    ("no pax", pax(b"what\n") + FRAME + END, "extended header is damaged"),
    ("pax of length 0", pax(b"0 path=a\n") + FRAME + END, "extended header is damaged"),
    ("pax size", pax(b"12 size=-9\n\n") + FRAME + END, "damaged|no number"),
    ("pax size in words", pax(b"13 size=nine\n") + FRAME + END, "size that is no number"),
    ("pax size, huge", pax(b"20 size=99999999999\n") + FRAME + END, "at most 1,073,741,824 are read"),
    ("sparse by pax", pax(b"22 GNU.sparse.major=1\n") + FRAME + END, "sparse file"),
    ("huge member", header(size=2**31) + END, "has 2,147,483,648 bytes, at most 1,073,741,824 are read"),
    ("hard link", header(kind=tarfile.LNKTYPE) + END, "a hard link, expected plain files"),
    ("symbolic link", header(kind=tarfile.SYMTYPE) + FRAME + END, "a symbolic link, expected plain files"),
    ("device", header(kind=tarfile.CHRTYPE) + END, "a device"),
    ("pipe", header(kind=tarfile.FIFOTYPE) + END, "a named pipe"),
    ("sparse", header(kind=tarfile.GNUTYPE_SPARSE) + END, "a sparse file"),
    ("unknown kind", header(kind=b"Q") + END, "of kind 'Q'"),
]


@pytest.mark.parametrize(("content", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "s.tar"
    path.write_bytes(content)
    assert re.search(message, refusal(path))


def test_a_negative_size_is_refused(tmp_path: Path) -> None:
    block = bytearray(header())
    block[124:136] = b"\xff" * 11 + b"\x00"  # base-256, as GNU writes large numbers
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block[:512])
    (tmp_path / "s.tar").write_bytes(bytes(block) + END)
    assert "ends within" in refusal(tmp_path / "s.tar")


def test_headers_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "MAX_HEADERS", 100)
    (tmp_path / "s.tar").write_bytes(header("d", kind=tarfile.DIRTYPE) * 101 + FRAME + END)
    assert "more than 100 headers" in refusal(tmp_path / "s.tar")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A shard with short and long names, and a place for damaged copies."""
    folder = tmp_path_factory.mktemp("sound")
    (folder / "x").write_bytes(b"x" * 700)
    with written_shard(folder / "s.tar") as append:
        for key in ("a", "b" * 120):
            append(f"{key}.rgb.jpg", folder / "x")
            append(f"{key}.depth.png", folder / "x")
    return folder / "damaged.tar", (folder / "s.tar").read_bytes()


@given(st.data())
def test_damage_is_refused_in_one_line_or_harmless(sound: tuple[Path, bytes], data: st.DataObject) -> None:
    path, content = sound
    damaged = bytearray(content)
    for place in data.draw(st.lists(st.integers(0, 8192), min_size=1, max_size=8)):
        damaged[place % len(damaged)] = data.draw(st.integers(0, 255))
    path.write_bytes(damaged)
    message = ""
    try:
        with opened_shard(path) as shard:
            for frame in shard.frames:
                for member in (frame.rgb, frame.depth):
                    assert member is None or member.offset + member.size <= len(damaged)
    except SpnetError as error:
        message = str(error)
    assert len(message.splitlines()) <= 1


@given(st.integers(1, 2**14))
def test_every_cut_is_noticed(sound: tuple[Path, bytes], kept: int) -> None:
    path, content = sound
    end = len(content.rstrip(b"\0")) + 512  # the last member's padding, and at least a block of the end's
    path.write_bytes(content[: 1 + kept % (end - 1)])
    refusal(path)


def test_a_shard_that_shrinks_while_it_is_read(packed: Path, tmp_path: Path) -> None:
    path = packed / "shard-000000.tar"
    with opened_shard(path) as shard:
        path.write_bytes(b"")
        assert shard.frames[0].rgb
        cut = pytest.raises(SpnetError, match="cut short while it was read")
        with cut, unpacked(path, shard.file, shard.frames[0].rgb):
            pass


# What is completed


def test_shards_are_completed_as_folders_are(folders: tuple[Path, Path], packed: Path, tmp_path: Path) -> None:
    assert run("complete", *folders, "-o", tmp_path / "files", "--unit", "mm") == 0
    assert run("complete", packed, "-o", tmp_path / "out", "--unit", "mm") == 0
    for path in sorted((tmp_path / "out").iterdir()):
        with tarfile.open(path) as tar:
            for member in tar:
                content = tar.extractfile(member)
                assert content
                name = member.name.replace(".dense.png", ".png")
                assert content.read() == (tmp_path / "files" / name).read_bytes()
    with pytest.raises(SpnetError, match="holds no frame"), opened_shard(path):  # a result is not taken for an input
        pass


def test_one_shard_can_be_named_and_finished_ones_are_skipped(
    packed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("complete", packed / "shard-000001.tar", "-o", tmp_path / "out", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"done": 1, "skipped": 0, "frames": 1, "failed": {}}
    assert run("complete", packed, "-o", tmp_path / "out") == 0
    assert "2 frames completed in 1 shards, 1 shards there already" in capsys.readouterr().out
    assert run("complete", packed, "-o", tmp_path / "out", "--force") == 0
    assert "3 frames completed in 2 shards, 0 shards there already" in capsys.readouterr().out


def shard_of(path: Path, members: Iterable[tuple[str, Path]]) -> None:
    with written_shard(path) as append:
        for name, content in members:
            append(name, content)


def test_failures_are_named_also_by_a_later_run(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rgb, depth = folders[0] / "a.jpg", folders[1] / "a.png"
    (tmp_path / "junk").write_bytes(b"junk")
    (tmp_path / "in").mkdir()
    members = [("good.rgb.jpg", rgb), ("good.depth.png", depth), ("bad.rgb.jpg", tmp_path / "junk")]
    members += [("bad.depth.png", depth), ("alone.rgb.jpg", rgb), ("blind.depth.png", depth)]
    shard_of(tmp_path / "in" / "s.tar", members)
    out = tmp_path / "out"
    for frames in (1, 0):
        assert run("complete", tmp_path / "in", "-o", out) == 1
        said = capsys.readouterr()
        assert f"{frames} frames completed" in said.out
        assert "in/s.tar: bad.rgb.jpg: damaged, or not a JPEG" in said.err
        assert "alone has no member alone.depth" in said.err
        assert "blind has no member blind.rgb" in said.err
        assert "spnet-shard-" not in said.err  # where they were unpacked is nobody's business
    assert set(json.loads((out / "s.failed.json").read_text())) == {"bad", "alone", "blind"}
    with tarfile.open(out / "s.tar") as tar:
        assert tar.getnames() == ["good.dense.png"]
    shard_of(tmp_path / "whole.tar", members[:2])
    (tmp_path / "whole.tar").replace(tmp_path / "in" / "s.tar")
    assert run("complete", tmp_path / "in", "-o", out, "--force") == 0
    assert [path.name for path in out.iterdir()] == ["s.tar"]


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (
            ["--out-unit", "max-depth:1"],
            r"none of its 2 frames can be completed; 1305.25: .*out/shard-000000.tar: 1305.25.dense.png: 2.\S* m does",
        ),
        (["--preview", "film.mp4"], "for shards leave them out"),
        (["--median", "3"], "for shards leave them out"),
        (["--ply", "x.ply"], "for shards"),
        (["--workers", "2"], "add --ray"),
        (["--model", "no.safetensors"], "no.safetensors: no such file"),
    ],
)
def test_what_stops_shards_leaves_nothing(
    packed: Path, tmp_path: Path, extra: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("complete", packed, "-o", tmp_path / "out", *extra) in (1, 2)
    assert re.search(message, capsys.readouterr().err)
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_a_damaged_shard_does_not_stop_the_others(
    packed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (packed / "shard-000000.tar").read_bytes()
    (packed / "shard-000000.tar").write_bytes(whole[:3000])
    assert run("complete", packed, "-o", tmp_path / "out") == 1
    said = capsys.readouterr()
    assert "shard-000000.tar: does not end as a tar does" in said.err
    assert "1 frames completed in 1 shards, 0 shards there already, 1 shards and 0 frames failed" in said.out
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["shard-000001.tar"]


def test_an_interrupt_leaves_no_half_shard(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("spnet.jobs.write", interrupted)
    assert run("complete", packed, "-o", tmp_path / "out") == 130
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rgb"], "holds no shard"),
        (["none.tar"], "is not a folder"),
        (["shards", "-o", "shards/out"], "lies in the input folder"),
        (["rgb/a.jpg", "-o", "out"], "is no shard .*pass its depth too"),
    ],
)
def test_what_is_no_shard(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run("complete", *arguments, *([] if "-o" in arguments else ["-o", "out"])) == 2
    assert re.search(message, capsys.readouterr().err)
    assert not (tmp_path / "out").exists()


def test_depth_of_a_shard_keeps_its_unit(tmp_path: Path) -> None:
    depth = np.zeros((24, 32), np.float32)
    depth[::4, ::4] = 10
    write_depth(tmp_path / "d.png", depth, "kitti")
    Image.new("RGB", (32, 24)).save(tmp_path / "i.png")
    (tmp_path / "in").mkdir()
    shard_of(tmp_path / "in" / "s.tar", [("f.rgb.png", tmp_path / "i.png"), ("f.depth.png", tmp_path / "d.png")])
    assert run("complete", tmp_path / "in", "-o", tmp_path / "out", "--unit", "kitti", "--model", "nearest") == 0
    with tarfile.open(tmp_path / "out" / "s.tar") as tar:
        content = tar.extractfile("f.dense.png")
        assert content
        (tmp_path / "dense.png").write_bytes(content.read())
    assert np.allclose(read_depth(tmp_path / "dense.png", "kitti").metres, 10)
