"""Depth maps in and out of files: metres inside, declared units outside."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spnet.errors import SpnetError
from spnet.files.atomic import written_whole
from spnet.files.limits import check_pixel_count
from spnet.files.stored import (
    FLOAT_SUFFIXES,
    INTEGER_SUFFIXES,
    Stored,
    read_stored,
    write_floats,
    write_steps,
)
from spnet.units import (
    MAX_DEPTH_OF_UNKNOWN_N,
    METRES,
    PLAUSIBLE_MEDIAN,
    STEPS_16_BIT,
    Guess,
    Unit,
    check_plausible,
    guess_unit,
    parse_unit,
    smallest_unit_that_holds,
)


@dataclass(frozen=True, eq=False)
class DepthMap:
    """Depth as a file gave it.

    metres: (H,W) float32, C order; 0 where nothing was measured.
    unit: what made metres of the stored values.
    unit_reason: where the unit came from: given, or why it was taken.
    format: "png", "npy", "npz", "exr", "tiff" or "pfm".
    dtype: of the stored values, as NumPy names it.
    """

    metres: NDArray[np.float32]
    unit: Unit
    unit_reason: str
    format: str
    dtype: str


@dataclass(frozen=True)
class DepthFacts:
    """What can be said about a depth file without being told its unit.

    refusal: why the file is not depth; None if it is. The fields after it are None where unknown.
    unit, unit_reason: the likely unit as a user would write it ("max-depth:N" for an unknown N), and why.
    raw_range: smallest and largest measured value as stored.
    metres_range, metres_median: of the measured pixels, if `unit` is right.
    """

    format: str
    dtype: str
    width: int
    height: int
    refusal: str | None = None
    valid_percent: float | None = None
    raw_range: tuple[float, float] | None = None
    unit: str | None = None
    unit_reason: str | None = None
    metres_range: tuple[float, float] | None = None
    metres_median: float | None = None


def read_depth(path: Path | str, unit: str | None = None) -> DepthMap:
    """Read a depth map in metres; NaN, infinite, zero and negative values become 0, "no measurement".

    Formats, told apart by content: 16-bit PNG, npy, npz (the array "depth" or the only one), OpenEXR (see
    `read_exr`), TIFF (16 and 32-bit integers, 32-bit floats) and PFM.

    Args:
        path: the file.
        unit: what a stored value of 1 means, see `parse_unit`. By default floats are metres and integers are
            millimetres, unless `guess_unit` sees another unit: then it has to be given.

    Raises:
        SpnetError: an unreadable or damaged file, a picture instead of depth, an unknown or implausible unit.
    """
    path = Path(path)
    given = None if unit is None else parse_unit(unit)
    stored = read_stored(path)
    refusal = _why_not_depth(stored)
    if refusal is not None:
        raise SpnetError(f"{path}: {refusal}")
    if given is not None and stored.values.dtype.kind == "f" and given.name not in ("m", "mm"):
        raise SpnetError(f"{path}: holds floats, and {given.name} is a unit of integers; leave out the unit (metres)")
    applied, reason = (given, "given") if given is not None else _default_unit(stored, path)
    metres = _metres(stored.values, applied)
    check_plausible(metres, applied, str(path))
    return DepthMap(metres, applied, reason, stored.format, _dtype_name(stored))


def describe_depth(path: Path | str) -> DepthFacts:
    """What a depth file holds, its likely unit and why; also of pictures, saying why they are not depth.

    Raises:
        SpnetError: the file cannot be read at all.
    """
    stored = read_stored(path)
    height, width = stored.values.shape[:2]
    refusal = _why_not_depth(stored)
    if refusal is not None:
        return DepthFacts(stored.format, _dtype_name(stored), width, height, refusal)
    guess = _likely_unit(stored.values)
    unit_known = guess.unit != MAX_DEPTH_OF_UNKNOWN_N
    unit = parse_unit(guess.unit) if unit_known else METRES
    metres = _metres(stored.values, unit)
    valid = metres > 0
    measured, raw = metres[valid], stored.values[valid]
    metres_known = unit_known and measured.size > 0
    return DepthFacts(
        format=stored.format,
        dtype=_dtype_name(stored),
        width=width,
        height=height,
        valid_percent=100 * measured.size / metres.size,
        raw_range=(raw.min().item(), raw.max().item()) if raw.size else None,
        unit=guess.unit,
        unit_reason=guess.reason,
        metres_range=(measured.min().item(), measured.max().item()) if metres_known else None,
        metres_median=float(np.median(measured)) if metres_known else None,
    )


def write_depth(path: Path | str, metres: NDArray[Any], unit: str | None = None, *, overwrite: bool = False) -> None:
    """Write a depth map; NaN, infinite and negative values are written as 0, "no measurement".

    Args:
        path: .png makes 16-bit integers in `unit`; .npy, .npz (array "depth"), .exr (channel "Z"), .tif,
            .tiff and .pfm hold float32 metres.
        metres: (H,W), floats or integers.
        unit: of the integers, by default mm; see `parse_unit`. Depth above 0 becomes at least one step.
        overwrite: whether an existing file may be replaced.

    Raises:
        SpnetError: not a depth map, an unknown extension, a unit that does not fit the format or the farthest
            depth, or a file that cannot be written. Nothing is left behind then.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in INTEGER_SUFFIXES + FLOAT_SUFFIXES:
        known = " ".join(INTEGER_SUFFIXES + FLOAT_SUFFIXES)
        raise SpnetError(f"{path}: extension {suffix!r} is no depth format, expected one of {known}")
    clean = _metres(_checked_map(metres), METRES)
    if suffix in INTEGER_SUFFIXES:
        steps = _steps(clean, parse_unit(unit or "mm"), path)
        with written_whole(path, overwrite=overwrite) as temporary:
            write_steps(temporary, steps)
        return
    if unit not in (None, "m"):
        raise SpnetError(f"{path}: {suffix} holds float metres; leave out the unit {unit}, or write a .png")
    with written_whole(path, overwrite=overwrite) as temporary:
        write_floats(temporary, clean)


def _why_not_depth(stored: Stored) -> str | None:
    """Why these values are a picture or a mask; None if they can be depth."""
    values = stored.values
    instead = "use the 16-bit or float file it was made from"
    if values.ndim == 3:
        return f"is a picture with {values.shape[2]} values a pixel, not depth; {instead}"
    if values.dtype.kind == "b":
        return f"holds only true and false, which is a mask, not depth; {instead}"
    if values.dtype.itemsize == 1:
        return f"8 bits ({values.dtype}) hold 256 steps: this is a picture of depth, not depth; {instead}"
    return None


def _default_unit(stored: Stored, path: Path) -> tuple[Unit, str]:
    if stored.values.dtype.kind == "f":
        return METRES, "float files hold metres"
    guess = guess_unit(stored.values)
    if guess.unit != "mm":
        raise SpnetError(f"{path}: its unit seems to be {guess.unit}, as {guess.reason}: pass that, or another unit")
    return parse_unit("mm"), f"integers, taken as mm: {guess.reason}"


def _likely_unit(values: NDArray[Any]) -> Guess:
    if values.dtype.kind != "f":
        return guess_unit(values)
    metres = _metres(values, METRES)
    measured = metres[metres > 0]
    if measured.size > 0 and np.median(measured) > PLAUSIBLE_MEDIAN[1]:
        return Guess("mm", f"floats, but a median of {np.median(measured):.4g} is too far for metres")
    return Guess("m", "float files hold metres")


def _metres(values: NDArray[Any], unit: Unit) -> NDArray[np.float32]:
    """Metres from stored `values` (H,W), float32 in C order; 0 where they are not finite and positive."""
    with np.errstate(over="ignore", invalid="ignore"):
        if unit.metres != 1.0:
            values = np.multiply(values, unit.metres, dtype=np.float64)
        metres = np.array(values, dtype=np.float32, order="C")
        metres[~(np.isfinite(metres) & (metres > 0))] = 0.0
    return metres


def _checked_map(metres: NDArray[Any]) -> NDArray[Any]:
    array = np.asarray(metres)
    if array.ndim != 2 or array.dtype.kind not in "fiu":
        raise SpnetError(f"depth to write: {array.dtype} of shape {array.shape}, expected (H,W) metres")
    check_pixel_count(array.shape[1], array.shape[0], "depth to write")
    return array


def _steps(metres: NDArray[np.float32], unit: Unit, path: Path) -> NDArray[np.uint16]:
    """`metres` in whole steps of `unit`; depth of less than half a step takes one, as 0 would mean "none"."""
    if unit == METRES:
        raise SpnetError(f"{path}: whole metres are too coarse for depth; use the unit mm, or a float format")
    steps = np.rint(np.divide(metres, unit.metres, dtype=np.float64))
    if steps.max() > STEPS_16_BIT:
        raise SpnetError(f"{path}: {_does_not_fit(float(metres.max()), unit)}")
    steps[(steps == 0) & (metres > 0)] = 1
    return steps.astype(np.uint16)


def _does_not_fit(farthest: float, unit: Unit) -> str:
    finding = f"{farthest:.6g} m does not fit 16-bit {unit.name} (at most {unit.farthest_16_bit:.6g} m)"
    formats = f"a float format: {' '.join(FLOAT_SUFFIXES)}"
    fitting = smallest_unit_that_holds(farthest)
    if fitting is None:
        return f"{finding}: use {formats}"
    return f"{finding}: use the unit {fitting.name} (at most {fitting.farthest_16_bit:.6g} m), or {formats}"


def _dtype_name(stored: Stored) -> str:
    return str(stored.values.dtype.newbyteorder("="))
