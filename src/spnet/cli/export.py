"""``spnet export``: a network as a file that other programs run."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spnet.cli.console import note, result
from spnet.errors import SpnetError

if TYPE_CHECKING:
    from spnet.export.timing import Timing


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """The command's arguments."""
    command: argparse.ArgumentParser = commands.add_parser(
        "export",
        help="a network as ONNX, OpenVINO, or a PyTorch program, or for TensorRT",
        description="Write a network as a file that other programs run, with dynamic batch, height and width, and all "
        "that is needed to use it in its metadata. It is written only if it gives what PyTorch gives.",
    )
    command.add_argument("model", help="weights, .safetensors")
    command.add_argument(
        "--to", metavar="FORMAT", help="onnx, openvino, torch-export or tensorrt-recipe; see docs/deployment.md"
    )
    command.add_argument(
        "-o", "--output", type=Path, help="the file to write: .onnx, .xml (with .bin), .pt2, or .onnx (with .sh)"
    )
    command.add_argument("--half", action="store_true", help="kernels as float16, arithmetic as float32: half the file")
    command.add_argument(
        "--any-size",
        action="store_true",
        help="a graph that takes any height and width (without it: multiples of 32, from 64)",
    )
    command.add_argument("--bench", action="store_true", help="print how fast each format runs here, on 640x480")
    command.add_argument("--force", action="store_true", help="replace files that exist")
    command.set_defaults(run=run)
    return [command]


def run(options: argparse.Namespace) -> int:
    """A network as a file that other programs run."""
    if (options.to is None) != (options.output is None) or not (options.to or options.bench):
        raise SpnetError("expected --to and --output together, or --bench alone")
    facts: dict[str, Any] = {}
    lines: list[str] = []
    if options.to:
        facts |= _export(options)
        names = " and ".join(facts["files"])
        difference = f"{facts['difference']:.0e} of the maximum from PyTorch on {facts['shapes']} shapes"
        lines.append(f"{names}: {facts['bytes'] / 2**20:.1f} MiB, at most {difference}")
    if options.bench:
        timings = _bench(options)
        facts["bench"] = [asdict(timing) for timing in timings]
        lines += _table(timings)
    result(facts, lines, options)
    return 0


def _export(options: argparse.Namespace) -> dict[str, Any]:
    from spnet.export import export

    written = export(
        options.model,
        options.output,
        to=options.to,
        half=options.half,
        any_size=options.any_size,
        overwrite=options.force,
    )
    return {
        "files": [str(file) for file in written.files],
        "bytes": sum(file.stat().st_size for file in written.files),
        "difference": written.difference,
        "shapes": written.shapes,
    }


def _bench(options: argparse.Namespace) -> "list[Timing]":
    from spnet.export.exporting import exportable
    from spnet.export.graph import build
    from spnet.export.timing import side_by_side

    graph = build(exportable(options.model), half=options.half, any_size=options.any_size)
    note("writing every format and timing them in turn; a large network takes minutes")
    return side_by_side(graph)


def _table(timings: "list[Timing]") -> list[str]:
    rows = [("640x480 on this CPU", "ms", "x torch")]
    rows += [(timing.format, f"{timing.milliseconds:.0f}", f"{timing.times_torch:.2f}") for timing in timings]
    return [f"{name:20}{milliseconds:>9}{times:>10}" for name, milliseconds, times in rows]
