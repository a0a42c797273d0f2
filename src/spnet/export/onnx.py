"""ONNX: one file, standard operators only."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.engines.tracing import as_onnx
from spnet.errors import SpnetError, require
from spnet.export.equality import Run
from spnet.export.graph import Graph

onnx = require("onnx", extra="onnx", purpose="spnet export")
onnxruntime = require("onnxruntime", extra="onnx", purpose="spnet export")

_MAX_BYTES = 2**31 - 2**24  # protobuf's limit, less the graph around the weights


def write(graph: Graph, path: Path) -> None:
    """Write a network as ONNX.

    Raises:
        SpnetError: it is larger than one ONNX file can be.
    """
    module = graph.module()
    if sum(tensor.numel() * tensor.element_size() for tensor in module.state_dict().values()) > _MAX_BYTES:
        raise SpnetError(f"{graph.metadata['name']}: has more weights than the 2 GB of an ONNX file; use torch-export")
    path.write_bytes(as_onnx(module))
    model = _simplified(path)
    if graph.half:
        _halve_kernels(model)
    onnx.helper.set_model_props(model, graph.metadata)
    model.producer_name = "spnet"
    onnx.checker.check_model(model)
    onnx.save(model, path)


def read(path: Path) -> Any:
    """The model in a file."""
    return onnx.load(path)


def load(path: Path) -> Run:
    """The network in a file, run by ONNX Runtime on the CPU."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def run(x: NDArray[np.float32]) -> NDArray[np.float32]:
        return session.run(None, {"input": x})[0]

    return run


def _simplified(path: Path) -> Any:
    """The model with its constants folded and named as weights: a third of the nodes that the exporter leaves.

    ONNX Runtime's basic level works on every machine alike, and keeps to the standard's operators.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(path.with_suffix(".simplified"))
    onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    model = onnx.load(options.optimized_model_filepath)
    Path(options.optimized_model_filepath).unlink()
    standard = [opset for opset in model.opset_import if opset.domain == ""]  # others are named, but not used
    del model.opset_import[:]
    model.opset_import.extend(standard)
    return model


def _halve_kernels(model: Any) -> None:
    """Kernels of convolutions as float16, cast to float32 where they are used.

    Arithmetic in float16 is not for every runtime (ONNX Runtime's CPU has no such convolution), nor for every network:
    SP-Norm's sums over channels and Nano's logs leave its range.
    """
    kernels = {node.input[1] for node in model.graph.node if node.op_type in ("Conv", "ConvTranspose")}
    casts = []
    for weight in model.graph.initializer:
        if weight.name in kernels and weight.data_type == onnx.TensorProto.FLOAT:
            name, halved = weight.name, onnx.numpy_helper.to_array(weight).astype(np.float16)
            weight.CopyFrom(onnx.numpy_helper.from_array(halved, f"{name}.half"))
            casts.append(onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
