import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from spnet.errors import SpnetError
from spnet.files.atomic import written_whole


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def write(path: Path, content: bytes, *, overwrite: bool = False, error: BaseException | None = None) -> None:
    with written_whole(path, overwrite=overwrite) as temporary:
        temporary.write_bytes(content)
        if error is not None:
            raise error


def test_file_appears_with_its_content(tmp_path: Path) -> None:
    target = tmp_path / "depth.png"
    with written_whole(target) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".png"
        assert not target.exists()
        temporary.write_bytes(b"whole")
    assert target.read_bytes() == b"whole"
    assert names_in(tmp_path) == ["depth.png"]


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("error", [ValueError("bad"), KeyboardInterrupt(), SpnetError("bad")])
def test_an_exception_in_the_block_leaves_nothing_behind(tmp_path: Path, error: BaseException, overwrite: bool) -> None:
    with pytest.raises(type(error)):
        write(tmp_path / "x.npy", b"half", overwrite=overwrite, error=error)
    assert names_in(tmp_path) == []


def test_an_exception_keeps_the_file_that_was_there(tmp_path: Path) -> None:
    target = tmp_path / "x.npy"
    target.write_bytes(b"before")
    with pytest.raises(ValueError, match="bad"):
        write(target, b"half", overwrite=True, error=ValueError("bad"))
    assert target.read_bytes() == b"before"
    assert names_in(tmp_path) == ["x.npy"]


def test_an_existing_file_is_replaced_only_when_allowed(tmp_path: Path) -> None:
    target = tmp_path / "x.npy"
    target.write_bytes(b"before")
    with pytest.raises(SpnetError, match="exists already"):
        write(target, b"after")
    assert target.read_bytes() == b"before"
    write(target, b"after", overwrite=True)
    assert target.read_bytes() == b"after"
    assert names_in(tmp_path) == ["x.npy"]


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "x.npy"

    def write_while_another_does() -> None:
        with written_whole(target):
            target.write_bytes(b"theirs")

    with pytest.raises(SpnetError, match="exists already"):
        write_while_another_does()
    assert target.read_bytes() == b"theirs"
    assert names_in(tmp_path) == ["x.npy"]


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("folder", "is a folder"),
        ("none/x.npy", "does not exist; make it first"),
        ("file/x.npy", "does not exist"),
    ],
)
def test_a_place_for_no_file_is_refused(tmp_path: Path, target: str, message: str, overwrite: bool) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"1")
    with pytest.raises(SpnetError, match=message):
        write(tmp_path / target, b"1", overwrite=overwrite)
    assert names_in(tmp_path) == ["file", "folder"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SpnetError, match="cannot write here"):
        write(tmp_path / "x.npy", b"1")


@pytest.mark.parametrize(("owner", "call"), [(os, "fsync"), (Path, "replace")])
def test_a_full_disk_is_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, call: str
) -> None:
    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(owner, call, no_space)
    with pytest.raises(SpnetError, match=r"could not be written, nothing was left there: .*No space") as caught:
        write(tmp_path / "x.npy", b"ours")
    assert "\n" not in str(caught.value)
    assert names_in(tmp_path) == []


FULL_DISK = """
import resource, signal, sys
import numpy as np
from spnet.errors import SpnetError
from spnet.files.depth import write_depth

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
depth = np.random.default_rng(0).uniform(1, 9, (64, 64))
try:
    write_depth(sys.argv[1], depth)
except SpnetError as error:
    sys.stderr.write(f"SpnetError: {error}")
"""


@pytest.mark.parametrize("name", ["x.png", "x.npy", "x.npz", "x.exr", "x.tiff", "x.pfm"])
def test_a_disk_that_fills_while_writing_leaves_nothing(tmp_path: Path, name: str) -> None:
    if name == "x.exr":
        pytest.importorskip("OpenEXR")
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path / name)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stderr.startswith(f"SpnetError: {tmp_path / name}: could not be written, nothing was left there")
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_the_new_file_has_the_permissions_that_a_plain_open_gives(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write(tmp_path / "x.npy", b"1")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x.npy").stat().st_mode) == mode
