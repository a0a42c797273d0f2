"""The inference path: Frame -> normalise -> pad or tile -> engine -> undo -> Depth."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spnet import tiles
from spnet.classic import METHODS
from spnet.depth import Depth
from spnet.engines import ENGINES, Engine, Options, check_engine, choose
from spnet.errors import SpnetError
from spnet.frame import Frame
from spnet.scale import fixed_scale, scene_scale
from spnet.weights import Weights, resolve
from spnet.weights.files import SHIPPED, check_max_depth

DEFAULT_MODEL = "nano"
"""The one that is behind in the fewest columns of docs/evaluation.md and needs nothing but NumPy."""

DEFAULT_MEMORY = 2.0
"""GiB that a network may take while it runs, weights aside; larger frames run in tiles."""

_STRIDE = 32  # of every network here: sides of its input are multiples of this ...
_SMALLEST = 64  # ... and leave more than one pixel at its coarsest scale, whose statistics some norms take
_LOG_ERRORS = (-12.0, 4.0)  # what a network may say of the log of its relative error: 6e-6 to 55
_ABSURD = 10.0  # a prediction this many times nearer or farther than all that is known of the scene


@dataclass(frozen=True)
class Filled:
    """A dense map as a method gives it: (H,W) metres, unchecked, in how many tiles it was made, and what it expects its
    relative error to be, (H,W), if it says so."""

    metres: NDArray[np.float32]
    tiles: int = 1
    expected_error: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Completer:
    """A model, loaded and ready: ``depth = completer(frame)``. Made by `load`."""

    model: str
    """Name of the method or the weights."""
    engine: str
    """What runs it, and on what."""
    engine_reason: str
    """Why this engine."""
    fill: Callable[[Frame], Filled]
    """The method itself; its output is checked and repaired here."""
    farthest_trained: float = 0.0
    """Metres up to which the weights were trained; 0 if they have no such bound."""

    def __call__(self, frame: Frame, *, keep_measured: bool = False) -> Depth:
        """Complete one frame; see `complete`."""
        return self.together([frame], keep_measured=[keep_measured])[0]

    def most_together(self, height: int, width: int) -> int:
        """How many frames of this size go through the network in one run; 1 for methods, and where one runs in tiles.

        Args:
            height, width: of a frame; those of the same `padded_size` count as of one size.
        """
        return self.fill.most_together(height, width) if isinstance(self.fill, Network) else 1

    def together(self, frames: Sequence[Frame], *, keep_measured: Sequence[bool]) -> list[Depth]:
        """Complete several frames in one run of the network, or one frame by any method.

        Each depth is that of its frame alone, but for the order in which an engine sums: by OpenVINO within 1e-5 of
        its value, by the other engines within 1e-4.

        Args:
            frames: at most `most_together` of one `padded_size`, each with a measured pixel.
            keep_measured: for each frame; see `complete`.

        Raises:
            SpnetError: as `complete`, for any of them; frames of several sizes.
        """
        for frame in frames:
            _check(frame)
        start = time.perf_counter()
        fill = self.fill
        filled = fill.together(frames) if isinstance(fill, Network) else [fill(frame) for frame in frames]
        return [
            self._finished(frame, made, keep, start)
            for frame, made, keep in zip(frames, filled, keep_measured, strict=True)
        ]

    def _finished(self, frame: Frame, filled: Filled, keep_measured: bool, start: float) -> Depth:
        metres, repaired = _repair(filled.metres, frame, self.farthest_trained)
        if keep_measured:
            metres[frame.mask] = frame.depth[frame.mask]
        return Depth(
            metres=metres,
            frame=frame,
            model=self.model,
            engine=self.engine,
            engine_reason=self.engine_reason,
            seconds=time.perf_counter() - start,
            tiles=filled.tiles,
            repaired=repaired,
            expected_error=filled.expected_error,
        )


@dataclass(frozen=True)
class Network:
    """A network behind an engine, with what its input needs; fills a frame."""

    engine: Engine
    scale: str
    """The rule of `spnet.scale` for what depth is divided by."""
    max_memory: float

    def __call__(self, frame: Frame) -> Filled:
        return self.together([frame])[0]

    def most_together(self, height: int, width: int) -> int:
        """How many frames of a size the memory allows in one run, at least 1."""
        padded_height, padded_width = padded_size(height, width)
        return max(self._max_pixels() // (padded_height * padded_width), 1)

    def together(self, frames: Sequence[Frame]) -> list[Filled]:
        """Fill frames of one `padded_size`, at most `most_together` of them, in one run; a single one also in tiles.

        Raises:
            SpnetError: frames of several sizes; an engine that fails, or gives something else than depth.
        """
        sizes = {padded_size(frame.height, frame.width) for frame in frames}
        if len(sizes) != 1:
            raise SpnetError(f"found frames of {len(sizes)} sizes, expected one: a run of a network takes no others")
        ((height, width),) = sizes
        metres = [np.float32(scene_scale(frame.depth, frame.mask, self.scale)) for frame in frames]
        windows = tiles.plan(height, width, max_pixels=self._max_pixels(), multiple=_STRIDE)

        def run(window: tiles.Window) -> NDArray[np.float32]:
            output = self.engine(_stacked(frames, window, metres))
            found, size = output.shape, (window.height, window.width)
            if len(found) != 4 or found[0] != len(frames) or found[1] < 1 or found[2:] != size:
                expected = f"({len(frames)}, C, {window.height}, {window.width})"
                raise SpnetError(f"the network gave an output of shape {found}, expected {expected}: no completion")
            return output

        filled = []
        for frame, scale, padded in zip(frames, metres, tiles.blend(windows, height, width, run), strict=True):
            dense = padded[:, : frame.height, : frame.width]
            expected_error = _laplacian_scale(dense[1]) if len(dense) > 1 else None
            filled.append(Filled(dense[0] * scale, len(windows), expected_error))
        return filled

    def _max_pixels(self) -> int:
        return int(self.max_memory * 2**30 / self.engine.bytes_per_pixel)


def padded_size(height: int, width: int) -> tuple[int, int]:
    """The height and width that a network gets for a frame: multiples of its stride, at least 64."""
    return _round_up(height), _round_up(width)


def _stacked(frames: Sequence[Frame], window: tiles.Window, metres: Sequence[np.float32]) -> NDArray[np.float32]:
    """The window of [rgb, depth / metres, mask], (N,5,h,w); beyond the image its edge, without depth."""
    stacked = np.empty((len(frames), 5, window.height, window.width), dtype=np.float32)
    for target, frame, scale in zip(stacked, frames, metres, strict=True):
        rows = slice(window.top, min(window.top + window.height, frame.height))
        columns = slice(window.left, min(window.left + window.width, frame.width))
        image = frame.rgb[rows, columns]
        beyond = ((0, window.height - image.shape[0]), (0, window.width - image.shape[1]))
        planes = np.pad(image, (*beyond, (0, 0)), mode="edge").transpose(2, 0, 1)
        np.divide(planes, np.float32(255), out=target[:3])  # last: padding bytes takes a fraction of padding floats
        target[3] = np.pad(frame.depth[rows, columns] / scale, beyond)
        target[4] = np.pad(frame.mask[rows, columns], beyond)
    return stacked


def _laplacian_scale(log_scale: NDArray[np.float32]) -> NDArray[np.float32]:
    """The scale of a Laplacian from its log, finite and above 0 whatever the network says."""
    low, high = _LOG_ERRORS
    return np.exp(np.where(np.isnan(log_scale), np.float32(high), np.clip(log_scale, low, high)))


def load(
    model: str | Path = DEFAULT_MODEL,
    *,
    max_depth: float | None = None,
    engine: str = "auto",
    options: Options | None = None,
    max_memory: float = DEFAULT_MEMORY,
) -> Completer:
    """Load a model once, to complete many frames.

    Args:
        model: a non-learned method (nearest, linear, morphology, guided), the network of the package (nano), or
            the path of a weights file: .safetensors (from ``spnet import``), .onnx, or a .pth of the authors.
        max_depth: metres that depth is divided by before the network, as it was in its training. The default
            is what the weights file says; the authors' .pth do not say (20 indoors, 100 outdoors). Weights that
            take their scale from the measured depth of each frame have none.
        engine: "auto", "openvino", "torch" or "onnxruntime".
        options: precision, threads, compilation.
        max_memory: GiB that the network may take while it runs; larger frames run in overlapping tiles.

    Raises:
        SpnetError: no such model or engine, damaged weights, or a max_depth that is missing or senseless.
        MissingExtraError: something that this model or engine needs is not installed.
    """
    if not 0 < max_memory <= 2**20:
        raise SpnetError(f"max_memory {max_memory}: expected GiB, more than 0")
    if max_depth is not None:
        check_max_depth(max_depth)
    check_engine(engine)
    if str(model) in METHODS:
        fill = METHODS[str(model)]
        return Completer(
            str(model), "numpy", "not learned", lambda frame: Filled(fill(frame.rgb, frame.depth, frame.mask))
        )
    if str(model) not in SHIPPED and "." not in str(model):  # not even the name of a file
        known = ", ".join((*METHODS, *SHIPPED))
        raise SpnetError(f"model {str(model)!r}: expected {known}, or the path of a weights file")
    weights = resolve(model)
    rule = _scale_rule(weights, max_depth)
    farthest_trained = fixed_scale(rule) or 0.0
    name, reason = choose(engine, weights)
    running = ENGINES[name](weights, options or Options())
    network = Network(running, rule, max_memory)
    return Completer(weights.name, f"{name}, {running.device}", reason, network, farthest_trained)


def _scale_rule(weights: Weights, max_depth: float | None) -> str:
    """What depth is divided by: as the weights say, or as the user does where they leave it open."""
    if weights.scale is None and max_depth is None:
        raise SpnetError(
            f"{weights.path}: does not say what depth was divided by in its training: pass max_depth "
            "(the authors' weights: 20 indoors, 100 outdoors; --max-depth on the command line)"
        )
    if weights.scale is not None and max_depth is None:
        return weights.scale
    if weights.scale is not None and fixed_scale(weights.scale) is None:
        raise SpnetError(
            f"{weights.path}: takes its scale from each frame ({weights.scale} of the measured depth), "
            f"so max_depth {max_depth:g} plays no part: leave it out"
        )
    return f"max_depth:{max_depth!r}"


def complete(
    frame: Frame,
    model: str | Path | Completer = DEFAULT_MODEL,
    *,
    max_depth: float | None = None,
    engine: str = "auto",
    options: Options | None = None,
    max_memory: float = DEFAULT_MEMORY,
    keep_measured: bool = False,
) -> Depth:
    """Dense metric depth for a frame with sparse, holed or noisy depth.

    Args:
        frame: image and depth; at least one measured pixel.
        model, max_depth, engine, options, max_memory: as in `load`; or a model that `load` returned, which
            already holds the others. The model used last stays loaded.
        keep_measured: return measured pixels exactly as measured. Without it, a model may smooth their noise.

    Returns:
        `Depth` at the image's size, finite and positive everywhere.

    Raises:
        SpnetError: no measured pixel, or as `load`.
    """
    if not isinstance(model, Completer):
        model = load_once(model, max_depth=max_depth, engine=engine, options=options, max_memory=max_memory)
    return model(frame, keep_measured=keep_measured)


def load_once(
    model: str | Path = DEFAULT_MODEL,
    *,
    max_depth: float | None = None,
    engine: str = "auto",
    options: Options | None = None,
    max_memory: float = DEFAULT_MEMORY,
) -> Completer:
    """As `load`; but the model used last stays loaded, as long as its file is not replaced."""
    return _load_once(str(model), max_depth, engine, options, max_memory, _modified(Path(model)))


@lru_cache(maxsize=1)
def _load_once(
    model: str,
    max_depth: float | None,
    engine: str,
    options: Options | None,
    max_memory: float,
    _modified: int,
) -> Completer:
    return load(model, max_depth=max_depth, engine=engine, options=options, max_memory=max_memory)


def _modified(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else 0


def _check(frame: object) -> None:
    if not isinstance(frame, Frame):
        raise SpnetError(f"found {type(frame).__name__}, expected a Frame: spnet.Frame(rgb, depth)")
    if not frame.mask.any():
        raise SpnetError("the depth has no valid point (all are 0, negative, NaN or infinite): nothing to complete")


def _round_up(side: int) -> int:
    return max(-(-side // _STRIDE) * _STRIDE, _SMALLEST)


def _repair(metres: NDArray[np.float32], frame: Frame, farthest_trained: float) -> tuple[NDArray[np.float32], int]:
    """The map with every value finite and between bounds that the measurements set, and how many it changed."""
    measured = frame.depth[frame.mask]
    nearest = max(float(measured.min()) / _ABSURD, float(np.finfo(np.float32).tiny))
    farthest = min(max(float(measured.max()), farthest_trained) * _ABSURD, float(np.finfo(np.float32).max))
    repaired = np.where(np.isnan(metres), np.median(measured), np.clip(metres, nearest, farthest))
    return repaired.astype(np.float32, copy=False), int(np.count_nonzero(repaired != metres))
