"""Frozen dataclasses as JSON and back, with nothing taken on trust about the JSON."""

import math
import types
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from spnet.errors import SpnetError

_MAX_ITEMS = 100_000
_MAX_TEXT = 1_000
_MAX_INTEGER = 2**31 - 1

T = TypeVar("T")


def record_from(value: Any) -> Any:
    """What json.dumps takes: dataclasses become objects, tuples lists, infinity null."""
    if is_dataclass(value):
        return {item.name: record_from(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple):
        return [record_from(item) for item in value]
    return None if value == math.inf else value


def value_from(kind: type[T], record: Any, name: str) -> T:
    """The value that `record_from` made `record` of.

    Args:
        kind: bool, int, float, str, X | None, tuple[X, ...], tuple[X, Y], or a dataclass of such fields.
        record: from json.loads.
        name: of the file, for errors.

    Raises:
        SpnetError: the record is not of that kind: unknown or missing keys, a number that is not finite, a longer
            list or text than any bank has.
    """
    try:
        return _value(kind, record)
    except ValueError as error:
        raise SpnetError(f"{name}: damaged, or of another version: {error}") from None


def _value(kind: Any, record: Any) -> Any:
    if is_dataclass(kind):
        return _dataclass(kind, record)
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind), record)
    if get_origin(kind) in (Union, types.UnionType):
        (inner,) = (option for option in get_args(kind) if option is not types.NoneType)
        return None if record is None else _value(inner, record)
    if kind is float:
        return _float(record)
    if type(record) is not kind:
        raise ValueError(f"found {str(record)[:40]!r}, expected {kind.__name__}")
    if kind is int and not 0 <= record <= _MAX_INTEGER:
        raise ValueError(f"found {record:g}, expected 0 to {_MAX_INTEGER}")
    if kind is str and len(record) > _MAX_TEXT:
        raise ValueError(f"a text of {len(record):,} characters")
    return record


@cache
def _kinds(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _dataclass(kind: Any, record: Any) -> Any:
    kinds = _kinds(kind)
    if not isinstance(record, dict) or record.keys() != kinds.keys():
        found = ", ".join(map(str, record))[:100] if isinstance(record, dict) else str(record)[:40]
        raise ValueError(f"found {found!r}, expected an object with {', '.join(kinds)}")
    return kind(**{key: _value(kinds[key], item) for key, item in record.items()})


def _tuple(kinds: tuple[Any, ...], record: Any) -> tuple[Any, ...]:
    many = len(kinds) == 2 and kinds[1] is Ellipsis
    if not isinstance(record, list) or len(record) > _MAX_ITEMS or not (many or len(record) == len(kinds)):
        raise ValueError(
            f"found {str(record)[:40]!r}, expected a list of {'any number of' if many else len(kinds)} items"
        )
    return tuple(_value(kinds[0 if many else place], item) for place, item in enumerate(record))


def _float(record: Any) -> float:
    if record is None:
        return math.inf
    if type(record) not in (int, float) or not math.isfinite(record) or abs(record) > _MAX_INTEGER:
        raise ValueError(f"found {str(record)[:40]!r}, expected a finite number")
    return float(record)
