"""A network to files: checked before anything is made, proved before anything is there."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from spnet.errors import SpnetError
from spnet.export.equality import check_equal, shapes_for
from spnet.export.formats import FORMATS
from spnet.export.graph import Graph, build
from spnet.files.atomic import refuse_to_overwrite, written_whole
from spnet.weights import Weights, resolve


@dataclass(frozen=True)
class Exported:
    """What `export` wrote."""

    files: tuple[Path, ...]
    difference: float
    """The largest from PyTorch's output, as a share of that output's maximum."""
    shapes: int
    """On how many shapes it was looked for."""


def export(
    model: str | Path,
    output: Path,
    *,
    to: str,
    half: bool = False,
    any_size: bool = False,
    overwrite: bool = False,
) -> Exported:
    """Write a network as a file of another format, with dynamic batch, height and width.

    The graph takes (N,5,H,W) float32, [rgb, depth, mask] as `spnet.model.SPNet.forward` describes them, and gives
    (N,C,H,W) float32. The scale of the depth stays outside; the rule for it is in the metadata of the file.

    Args:
        model: a .safetensors file of weights that says what depth was divided by in its training.
        output: the file to write; its name ends as `FORMATS` says. Other files of the format get its stem.
        to: one of `FORMATS`.
        half: keep the kernels of convolutions as float16 (OpenVINO: all constants), which halves the file. All
            arithmetic stays float32.
        any_size: a graph that takes any height and width, by padding inside to multiples of 32 as `spnet.complete`
            does; without it, height and width must be such multiples, from 64 (from 96 in torch-export).
        overwrite: replace files that exist.

    Raises:
        SpnetError: an unknown format, weights that cannot be exported, files that cannot be written, or an exported
            network that differs from PyTorch's: then nothing is written.
        MissingExtraError: what makes or runs the format is not installed.
    """
    weights = exportable(model)
    files = _files(output, to, half=half)
    for file in files:
        refuse_to_overwrite(file, overwrite=overwrite)
    graph = build(weights, half=half, any_size=any_size)
    try:
        with TemporaryDirectory(dir=output.parent, prefix=".spnet-") as folder:
            difference, shapes = _write(graph, Path(folder) / files[0].name, to)
            _publish(Path(folder), files, overwrite=overwrite)
    except OSError as error:
        raise SpnetError(f"{output}: could not be written, nothing was left there: {error}") from error
    return Exported(files, difference, shapes)


def _files(output: Path, to: str, *, half: bool) -> tuple[Path, ...]:
    """The files that are going to be, the one that the user names first."""
    if to not in FORMATS:
        raise SpnetError(f"format {to!r}: expected one of {', '.join(FORMATS)}")
    if to == "tensorrt-recipe" and half:
        raise SpnetError("half is not for tensorrt-recipe: TensorRT has its own ways to it; see docs/deployment.md")
    suffixes = FORMATS[to].suffixes
    if output.suffix != suffixes[0]:
        raise SpnetError(f"{output}: expected a name that ends in {suffixes[0]}, as {to} has it")
    return tuple(output.with_suffix(suffix) for suffix in suffixes)


def _write(graph: Graph, path: Path, to: str) -> tuple[float, int]:
    """Write the files of a format and run them: the largest difference from PyTorch, and on how many shapes."""
    FORMATS[to].write(graph, path)
    shapes = shapes_for(any_size=graph.any_size, smallest=FORMATS[to].smallest)
    return check_equal(FORMATS[to].load(path), graph, shapes, name=to), len(shapes)


def _publish(folder: Path, files: tuple[Path, ...], *, overwrite: bool) -> None:
    """Move finished files out of a folder; the one that a user names appears last."""
    with ExitStack() as stack:  # closes backwards
        for file in files:
            temporary = stack.enter_context(written_whole(file, overwrite=overwrite))
            (folder / file.name).replace(temporary)


def exportable(model: str | Path) -> Weights:
    """The weights to export; SpnetError if they are a graph already, or do not say their scale."""
    weights = resolve(model)
    if weights.is_onnx:
        raise SpnetError(f"{weights.path}: is exported already; export starts from .safetensors")
    if weights.scale is None:
        raise SpnetError(
            f"{weights.path}: does not say what depth was divided by in its training, and a graph must: "
            "run spnet import on it first (--max-depth), and export what that writes"
        )
    return weights
