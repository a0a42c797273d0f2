"""OpenVINO: a graph in .xml and its weights in .bin, converted as `spnet.engines.openvino` does for its own use.

The way round by ONNX makes a slower graph of Nano.
"""

from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from spnet.engines.openvino import convert, shared_core
from spnet.engines.tracing import trace_module
from spnet.errors import SpnetError
from spnet.export.equality import Run
from spnet.export.graph import Graph
from spnet.files.limits import one_line


def write(graph: Graph, path: Path) -> None:
    """Write a network as OpenVINO's files: `path`, and the .bin beside it. Its metadata are under "spnet"."""
    model = convert(trace_module(graph.module()))
    model.inputs[0].set_names({"input"})
    model.outputs[0].set_names({"output"})
    for key, value in graph.metadata.items():
        model.set_rt_info(value, ["spnet", key])
    try:
        ov.save_model(model, path, compress_to_fp16=graph.half)
    except RuntimeError as error:  # OpenVINO's word for a full disk
        raise SpnetError(f"{path.name}: could not be written, nothing was left there: {one_line(error)}") from error


def load(path: Path) -> Run:
    """The network in a file, run by OpenVINO on the CPU."""
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    request = shared_core().compile_model(path, "CPU", settings).create_infer_request()

    def run(x: NDArray[np.float32]) -> NDArray[np.float32]:
        return request.infer([x])[0].copy()  # the request keeps its buffer for the next run

    return run
