"""ONNX Runtime: for ``.onnx`` files anywhere, and for other weights after an export that is kept by hash."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.engines import Options
from spnet.engines.tracing import as_onnx, bytes_per_pixel, check_onnx, kept_graph, trace
from spnet.errors import SpnetError, require
from spnet.files.atomic import written_whole
from spnet.files.limits import one_line
from spnet.weights import Weights

onnxruntime = require("onnxruntime", extra="onnx", purpose="the onnxruntime engine")

_ERRORS = require("onnxruntime.capi.onnxruntime_pybind11_state", extra="onnx", purpose="the onnxruntime engine")
_SESSION_ERRORS = (  # have no base class of their own
    _ERRORS.Fail,
    _ERRORS.InvalidGraph,
    _ERRORS.InvalidArgument,
    _ERRORS.InvalidProtobuf,
    _ERRORS.NotImplemented,
    _ERRORS.RuntimeException,
)
_UNKNOWN_CHANNELS = 192  # as wide as Large: smaller tiles, never too large


class OnnxRuntimeEngine:
    """A session on the CPU; see `spnet.engines.Engine`."""

    def __init__(self, session: Any, channels: int) -> None:
        self.device = "CPU f32"
        self.bytes_per_pixel = bytes_per_pixel(channels)
        self._session = session
        self._input = session.get_inputs()[0].name

    def __call__(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            return self._session.run(None, {self._input: x})[0]
        except _SESSION_ERRORS as error:
            raise SpnetError(f"ONNX Runtime could not run the network: {one_line(error)}") from error


def load(weights: Weights, options: Options) -> OnnxRuntimeEngine:
    """Open a session on `weights`, exporting them first unless an earlier run has.

    Raises:
        SpnetError: the file is no network; another precision than f32, or torch.compile, was asked for.
        MissingExtraError: the weights must be exported and PyTorch, which reads them, is not installed.
    """
    if options.precision != "f32" or options.compile:
        raise SpnetError("the onnxruntime engine runs float32 only, without compile; use openvino or torch")
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads or 0
    if weights.is_onnx:
        check_onnx(weights.path)
    source = weights.path if weights.is_onnx else weights.graph or _exported(weights)
    try:
        session = onnxruntime.InferenceSession(source, settings, providers=["CPUExecutionProvider"])
    except _SESSION_ERRORS as error:
        raise SpnetError(f"{weights.path}: ONNX Runtime cannot run this network: {one_line(error)}") from error
    stated = session.get_modelmeta().custom_metadata_map.get("channels")
    return OnnxRuntimeEngine(session, int(stated) if stated and stated.isdecimal() else _UNKNOWN_CHANNELS)


def _exported(weights: Weights) -> Path | bytes:
    """The ONNX file kept for these weights, made now if there is none; its bytes if none can be kept."""
    kept = kept_graph(weights, ".onnx")
    if kept is None:
        return export(weights)
    if kept.exists():
        return kept
    content = export(weights)
    with suppress(OSError, SpnetError):  # a cache that cannot be written is no obstacle
        kept.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(kept, overwrite=True) as temporary:
            temporary.write_bytes(content)
    return content


def export(weights: Weights) -> bytes:
    """The network of `weights` as an ONNX file with dynamic batch and size, and its channels in the metadata."""
    onnx = require("onnx", extra="onnx", purpose="exporting to ONNX")
    traced, channels = trace(weights)
    model = onnx.load_from_string(as_onnx(traced))
    onnx.helper.set_model_props(model, {"channels": str(channels)})
    return model.SerializeToString()
