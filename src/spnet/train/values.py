"""Checks of the values in a run file: of the field `name` of a section, with an error that says what was expected."""

import math
from typing import Any

from spnet.errors import SpnetError

_MOST_SHOWN = 80


def shown(value: Any) -> str:
    """A value for an error, of no more length than a line bears."""
    if isinstance(value, list | tuple):
        text = f"[{', '.join(map(shown, value[:9]))}]"
    else:
        text = f"{value:#x}" if isinstance(value, int) and abs(value) >= 2**63 else repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def is_number(value: Any) -> bool:
    """Whether a value of TOML is a finite number of 64 bits."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def check_number(section: object, name: str, low: float, high: float, *, above: bool = False) -> None:
    value = getattr(section, name)
    if not is_number(value) or not (low < value if above else low <= value) or value > high:
        least = f"more than {low:g}" if above else f"{low:g}"
        raise SpnetError(f"{name}: found {shown(value)}, expected a number of {least} to {high:g}")


def check_whole(section: object, name: str, low: int, high: int) -> None:
    value = getattr(section, name)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise SpnetError(f"{name}: found {shown(value)}, expected a whole number of {low} to {high}")


def check_whole_numbers(section: object, name: str, count: int, low: int, high: int) -> None:
    found = getattr(section, name)
    if not isinstance(found, tuple) or len(found) != count:
        raise SpnetError(f"{name}: found {shown(found)}, expected {count} whole numbers")
    if not all(isinstance(value, int) and not isinstance(value, bool) and low <= value <= high for value in found):
        raise SpnetError(f"{name}: found {shown(list(found))}, expected {count} whole numbers of {low} to {high}")


def check_text(section: object, name: str) -> None:
    value = getattr(section, name)
    if not isinstance(value, str) or not value:
        raise SpnetError(f"{name}: found {shown(value)}, expected text")


def check_flag(section: object, name: str) -> None:
    value = getattr(section, name)
    if not isinstance(value, bool):
        raise SpnetError(f"{name}: found {shown(value)}, expected true or false")


def check_choice(section: object, name: str, expected: tuple[str, ...]) -> None:
    value = getattr(section, name)
    if value not in expected:
        raise SpnetError(f"{name}: found {shown(value)}, expected one of {', '.join(expected)}")
