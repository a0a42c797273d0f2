"""Data sets as they are distributed: one reader for each layout, and one way to open any of them."""

from collections.abc import Callable
from pathlib import Path

from spnet.errors import SpnetError
from spnet.evaluate.datasets import (
    authors,
    diode,
    eth3d,
    ibims,
    kitti_drives,
    kitti_selection,
    nyu,
    pairs,
    scannet,
    sintel,
    synth,
    tum,
    void,
)
from spnet.evaluate.datasets.samples import Crop, Dataset, Sample, View

__all__ = ["KINDS", "Crop", "Dataset", "Sample", "View", "open_dataset"]

# By kind: files whose presence tells the layout, as patterns of Path.glob, and the reader.
_LAYOUTS: dict[str, tuple[tuple[str, ...], Callable[[Path], Dataset]]] = {
    "authors": (authors.MARKERS, authors.read),
    "diode": (diode.MARKERS, diode.read),
    "eth3d": (eth3d.MARKERS, eth3d.read),
    "ibims": (ibims.MARKERS, ibims.read),
    "kitti": (kitti_selection.MARKERS, kitti_selection.read),
    "kitti-drives": (kitti_drives.MARKERS, kitti_drives.read),
    "nyu": (nyu.MARKERS, nyu.read),
    "pairs": (pairs.MARKERS, pairs.read),
    "scannet": (scannet.MARKERS, scannet.read),
    "sintel": (sintel.MARKERS, sintel.read),
    "synth": (synth.MARKERS, synth.read),
    "tum": (tum.MARKERS, tum.read),
    "void": (void.MARKERS, void.read),
}
KINDS = tuple(_LAYOUTS)


def open_dataset(folder: Path | str, kind: str | None = None, *, max_depth: float | None = None) -> Dataset:
    """Open a data set; its frames are read later, one at a time.

    Args:
        folder: as the reader of the layout describes it.
        kind: one of KINDS; by default it is told from the files.
        max_depth: metres that the largest value stands for; only for "authors", where it is needed.

    Raises:
        SpnetError: no such folder, an unknown kind, no known layout or more than one, a file without its
            partner, or no frames.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise SpnetError(f"{folder}: is no folder; expected that of a data set")
    kind = _recognise(folder) if kind is None else kind
    if kind not in _LAYOUTS:
        raise SpnetError(f"unknown kind of data set {kind!r}: expected one of {', '.join(KINDS)}")
    if kind == "authors":
        return authors.read(folder, max_depth)
    if max_depth is not None:
        raise SpnetError(f"{folder}: a data set of kind {kind} has its own unit; leave out max_depth")
    return _LAYOUTS[kind][1](folder)


def _recognise(folder: Path) -> str:
    found = [kind for kind, (markers, _) in _LAYOUTS.items() if any(_holds(folder, marker) for marker in markers)]
    if len(found) == 1:
        return found[0]
    if found:
        raise SpnetError(f"{folder}: looks like {' and '.join(found)}; say which kind it is")
    expected = ", ".join(f"{markers[0]} ({kind})" for kind, (markers, _) in _LAYOUTS.items())
    raise SpnetError(f"{folder}: holds no known data set; looked for {expected}")


def _holds(folder: Path, marker: str) -> bool:
    return next(folder.glob(marker), None) is not None
