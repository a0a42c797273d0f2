"""How fast each format runs a network, side by side."""

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from spnet.export.equality import Run, example
from spnet.export.formats import FORMATS
from spnet.export.graph import Graph

SIZE = (480, 640)
ROUNDS = 9
_TIMED = ("onnx", "openvino", "torch-export")  # what runs here; TensorRT's recipe is for a GPU


@dataclass(frozen=True)
class Timing:
    """A row of the table."""

    format: str
    milliseconds: float
    """A frame, the median of all rounds."""
    times_torch: float
    """How many frames it completes while PyTorch completes one: the median of the ratios within each round."""


def side_by_side(graph: Graph, *, size: tuple[int, int] = SIZE, rounds: int = ROUNDS) -> list[Timing]:
    """Time PyTorch and every format on one frame of a size, in turn, round after round, so that whatever else the
    machine does slows them alike. All run on the CPU with the threads that they choose themselves."""
    with TemporaryDirectory(prefix="spnet-") as folder:
        runs: dict[str, Run] = {"torch": graph.reference}
        for name in _TIMED:
            path = Path(folder) / f"{name}{FORMATS[name].suffixes[0]}"
            FORMATS[name].write(graph, path)
            runs[name] = FORMATS[name].load(path)
        x = example((1, *size), seed=0)
        for run in runs.values():
            run(x)  # warms up
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(rounds):
            for name, run in runs.items():
                start = time.perf_counter()
                run(x)
                seconds[name].append(time.perf_counter() - start)
    return [
        Timing(
            name,
            milliseconds=1000 * statistics.median(times),
            times_torch=statistics.median(slow / fast for slow, fast in zip(seconds["torch"], times, strict=True)),
        )
        for name, times in seconds.items()
    ]
