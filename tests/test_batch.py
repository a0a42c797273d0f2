"""Folders: pairs by name, in order, each outcome told."""

from pathlib import Path

import pytest

from spnet import SpnetError, batch


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    for name in (
        "rgb/b/2.png",
        "rgb/a.JPG",
        "rgb/notes.txt",
        "depth/a.npy",
        "depth/b/2.exr",
        "depth/extra.png",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path / "rgb", tmp_path / "depth"


def test_pairs_by_name_whatever_the_extension(trees: tuple[Path, Path]) -> None:
    rgb, depth = trees
    jobs = batch.plan(rgb, depth, Path("out"))
    assert [(job.name, job.depth, job.output) for job in jobs] == [
        ("a", depth / "a.npy", Path("out/a.png")),
        ("b/2", depth / "b/2.exr", Path("out/b/2.png")),
    ]


def test_an_image_without_depth_is_a_job_that_fails(trees: tuple[Path, Path], tmp_path: Path) -> None:
    rgb, depth = trees
    (depth / "a.npy").unlink()
    jobs = batch.plan(rgb, depth, tmp_path / "out")
    done: list[str] = []
    outcomes = list(batch.run(jobs, lambda job: done.append(job.name)))
    assert done == ["b/2"]
    assert [str(outcome.error) if outcome.error else None for outcome in outcomes] == [
        f"{rgb / 'a.JPG'}: the depth folder has no file of this name",
        None,
    ]


def test_a_failure_does_not_stop_the_others(trees: tuple[Path, Path], tmp_path: Path) -> None:
    def complete(job: batch.Job) -> None:
        if job.name == "a":
            raise SpnetError("bad frame")

    outcomes = list(batch.run(batch.plan(*trees, tmp_path / "out"), complete))
    assert [outcome.error is None for outcome in outcomes] == [False, True]


def test_a_fault_of_ours_is_not_swallowed(trees: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        list(batch.run(batch.plan(*trees, tmp_path / "out"), lambda job: 1 / 0))


def test_an_output_folder_that_cannot_be_made_is_named(trees: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outcomes = list(batch.run(batch.plan(*trees, tmp_path / "file" / "out"), lambda job: None))
    assert all("cannot be written" in str(outcome.error) for outcome in outcomes)


@pytest.mark.parametrize("inside", ["rgb", "rgb/out", "depth", "depth/b"])
def test_outputs_never_go_among_the_inputs(trees: tuple[Path, Path], tmp_path: Path, inside: str) -> None:
    with pytest.raises(SpnetError, match="lies in the input folder"):
        batch.plan(*trees, tmp_path / inside)


def test_an_output_that_is_a_file_is_refused(trees: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(SpnetError, match="is a file"):
        batch.plan(*trees, tmp_path / "out")


def test_what_another_process_made_meanwhile_is_skipped(trees: tuple[Path, Path], tmp_path: Path) -> None:
    def complete(job: batch.Job) -> None:
        job.output.touch()
        raise SpnetError("exists already")

    outcomes = list(batch.run(batch.plan(*trees, tmp_path / "out"), complete))
    assert all(outcome.skipped and outcome.error is None for outcome in outcomes)
    again = list(batch.run(batch.plan(*trees, tmp_path / "out"), lambda job: pytest.fail("done twice")))
    assert all(outcome.skipped for outcome in again)


def test_linked_folders_are_followed_once(trees: tuple[Path, Path], tmp_path: Path) -> None:
    rgb, depth = trees
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "7.png").touch()
    (rgb / "linked").symlink_to(tmp_path / "elsewhere")
    (rgb / "b" / "loop").symlink_to(rgb)
    assert [job.name for job in batch.plan(rgb, depth, tmp_path / "out")] == ["a", "b/2", "linked/7"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda rgb, depth: [path.unlink() for path in rgb.rglob("*.*")], "holds no image"),
        (lambda rgb, depth: [path.unlink() for path in depth.rglob("*.*")], "holds no depth file"),
        (lambda rgb, depth: (rgb / "a.png").touch(), "two files of one name"),
        (lambda rgb, depth: rgb.rename(rgb.with_name("moved")), "is not a folder"),
    ],
)
def test_what_is_refused(trees: tuple[Path, Path], make: object, message: str) -> None:
    make(*trees)
    with pytest.raises(SpnetError, match=message):
        batch.plan(*trees, Path("out"))
