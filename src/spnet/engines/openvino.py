"""OpenVINO: the default on a CPU. A network is converted once and kept in the user's cache folder, by hash."""

import shutil
import tempfile
import threading
from collections import OrderedDict
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from spnet.engines import Options
from spnet.engines.tracing import bytes_per_pixel, check_onnx, kept_graph, trace
from spnet.errors import SpnetError
from spnet.files.limits import one_line
from spnet.weights import Weights
from spnet.weights.files import read_config

_GRAPH = "network.xml"
_CHANNELS_KEY = ["spnet", "channels"]  # where a kept graph says how wide it is
_UNKNOWN_CHANNELS = 192  # graphs from elsewhere are taken to be as wide as Large: smaller tiles, never too large
_ONE_CORE = threading.Lock()
_BY_SIZE = ("nano",)  # families of networks that are compiled for each size
_MOST_SIZES = 4


class OpenVINOEngine:
    """A compiled model with dynamic batch and size; see `spnet.engines.Engine`."""

    def __init__(self, compiled: ov.CompiledModel, channels: int, precision: str) -> None:
        self.device = f"CPU {precision}"
        self.bytes_per_pixel = bytes_per_pixel(channels)
        self._request = compiled.create_infer_request()
        self._one_at_a_time = threading.Lock()  # a request cannot be shared, and a second one doubles the memory

    def __call__(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        with self._one_at_a_time:
            try:
                return self._request.infer([x], share_inputs=True)[0]
            except RuntimeError as error:
                raise SpnetError(f"OpenVINO could not run the network: {one_line(error)}") from error


class OpenVINOEngineBySize:
    """As `OpenVINOEngine`, for a network of many small operations: compiled for each size when it first comes.

    Working out the size of every map again takes longer than computing it there: nano runs twice as fast where sizes
    are fixed. Compiling takes a second or two. Images of a batch run one after the other.
    """

    def __init__(self, graph: ov.Model, settings: dict[str, str], precision: str) -> None:
        self.device = f"CPU {precision}"
        self.bytes_per_pixel = bytes_per_pixel(int(graph.get_rt_info(_CHANNELS_KEY).astype(str)))
        self._graph = graph
        self._settings = settings
        self._requests: OrderedDict[tuple[int, ...], ov.InferRequest] = OrderedDict()
        self._one_at_a_time = threading.Lock()

    def __call__(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        with self._one_at_a_time:
            try:
                request = self._request(x.shape[1:])
                return np.concatenate([request.infer([image[None]], share_inputs=True)[0] for image in x])
            except RuntimeError as error:
                raise SpnetError(f"OpenVINO could not run the network: {one_line(error)}") from error

    def _request(self, shape: tuple[int, ...]) -> ov.InferRequest:
        """For images of that shape, the last few of which are kept."""
        if shape not in self._requests:
            graph = self._graph.clone()
            graph.reshape([1, *shape])
            self._requests[shape] = shared_core().compile_model(graph, "CPU", self._settings).create_infer_request()
            if len(self._requests) > _MOST_SIZES:
                self._requests.popitem(last=False)
        self._requests.move_to_end(shape)
        return self._requests[shape]


def load(weights: Weights, options: Options) -> OpenVINOEngine | OpenVINOEngineBySize:
    """Compile `weights`, converting them first unless an earlier run has.

    Raises:
        SpnetError: the file is no network; this processor cannot do the precision; torch.compile was asked for.
        MissingExtraError: the weights must be converted and PyTorch, which reads them, is not installed.
    """
    if options.compile:
        raise SpnetError("compile is PyTorch's; the openvino engine always compiles: leave it out, or engine torch")
    core = shared_core()
    settings = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": _precision(core, options.precision),
    }
    if options.threads:
        settings["INFERENCE_NUM_THREADS"] = str(options.threads)
    if weights.is_onnx:
        check_onnx(weights.path)
        try:
            compiled = core.compile_model(weights.path, "CPU", settings)
        except RuntimeError as error:
            raise SpnetError(f"{weights.path}: OpenVINO cannot run this network: {one_line(error)}") from error
        return OpenVINOEngine(compiled, _UNKNOWN_CHANNELS, options.precision)
    kept = kept_graph(weights)
    if weights.metadata.get("family") in _BY_SIZE:
        return OpenVINOEngineBySize(_graph(core, weights, kept), settings, options.precision)
    ready = _compile_kept(core, kept, settings) if kept else None
    if ready is None:
        model, channels = _convert(weights)
        if kept:
            _keep(model, kept)
            ready = _compile_kept(core, kept, settings)  # so that the next start finds it compiled, too
        ready = ready or (core.compile_model(model, "CPU", settings), channels)
    return OpenVINOEngine(*ready, options.precision)


def shared_core() -> ov.Core:
    """The process's only core.

    A core gives the thread that first uses it a stack for signals, and unmaps it when the core and its networks go.
    Where two cores do not go in the reverse of the order in which they came, the thread keeps a stack that is not
    there, and the next signal to a handler of Python's, be it Ctrl-C, ends the process with a segmentation fault.
    """
    with _ONE_CORE:
        return _core()


@cache
def _core() -> ov.Core:
    return ov.Core()


def _precision(core: ov.Core, precision: str) -> str:
    able = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    names = {"f32": "FP32", "bf16": "BF16", "f16": "FP16"}
    if names[precision] not in able:
        raise SpnetError(
            f"precision {precision}: this processor has no such arithmetic (it has {', '.join(able)}); use f32"
        )
    return precision


def _compile_kept(core: ov.Core, kept: Path, settings: dict[str, str]) -> tuple[ov.CompiledModel, int] | None:
    """The graph kept by an earlier run and its channels; None if there is none, or it does not load."""
    graph = kept / _GRAPH
    if not graph.exists():
        return None
    settings = settings | {"CACHE_DIR": str(kept)}  # keeps the compiled form beside it: loads twice as fast
    try:
        channels = int(core.read_model(graph).get_rt_info(_CHANNELS_KEY).astype(str))
        return core.compile_model(graph, "CPU", settings), channels
    except RuntimeError:  # damaged, or of another release of OpenVINO: it is only a copy
        shutil.rmtree(kept, ignore_errors=True)
        return None


def _graph(core: ov.Core, weights: Weights, kept: Path | None) -> ov.Model:
    """The graph of the weights, to be compiled for sizes: of an earlier run, or converted now."""
    if kept and (kept / _GRAPH).exists():
        with suppress(RuntimeError):  # damaged, or of another release of OpenVINO: it is only a copy
            return core.read_model(kept / _GRAPH)
        shutil.rmtree(kept, ignore_errors=True)
    model, _ = _convert(weights)
    if kept and not weights.graph:
        _keep(model, kept)
    return model


def _keep(model: ov.Model, kept: Path) -> None:
    """Keep a graph for later runs, if the cache folder can be written.

    It is a folder, moved into place whole: two processes that convert at once do not meet.
    """
    with suppress(OSError, RuntimeError):  # RuntimeError: OpenVINO's word for a full disk
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent, prefix="converting-", ignore_cleanup_errors=True) as fresh:
            ov.save_model(model, Path(fresh) / _GRAPH, compress_to_fp16=False)
            Path(fresh).rename(kept)


def _convert(weights: Weights) -> tuple[ov.Model, int]:
    if weights.graph:
        model, channels = shared_core().read_model(weights.graph), int(read_config(weights.metadata)["channels"][0])
    else:
        traced, channels = trace(weights)
        model = convert(traced)
    model.set_rt_info(str(channels), _CHANNELS_KEY)
    return model, channels


def convert(traced: Any) -> ov.Model:
    """OpenVINO's model of what `spnet.engines.tracing.trace_module` gives."""
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    # The front end itself, not ov.convert_model: that one sends telemetry.
    front_end = FrontEndManager().load_by_framework("pytorch")
    decoder = TorchScriptPythonDecoder(traced)  # the front end does not keep it alive
    loaded = front_end.load(decoder)
    for place in loaded.get_inputs():
        loaded.set_element_type(place, ov.Type.f32)
        loaded.set_partial_shape(place, ov.PartialShape([-1, 5, -1, -1]))
    return front_end.convert(loaded)
