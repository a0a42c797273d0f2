"""Run files: TOML to a `Recipe`. An unknown key is an error that names the known ones."""

import dataclasses
import sys
from pathlib import Path
from typing import Any, TypeVar

from spnet.errors import SpnetError, require
from spnet.files.limits import check_readable_file
from spnet.train.recipe import (
    MOST_SOURCES,
    AugmentRecipe,
    DataRecipe,
    LossRecipe,
    NetworkRecipe,
    OptimiserRecipe,
    Recipe,
    RunRecipe,
    SourceRecipe,
)
from spnet.train.values import shown

Section = TypeVar("Section")

_MOST_BYTES = 2**20
_SECTIONS: dict[str, type] = {
    "network": NetworkRecipe,
    "data": DataRecipe,
    "augment": AugmentRecipe,
    "loss": LossRecipe,
    "optimiser": OptimiserRecipe,
    "run": RunRecipe,
}


def read_recipe(path: str | Path) -> Recipe:
    """Read a run file.

    Raises:
        SpnetError: no such file, not TOML, an unknown or missing key, or a value out of range.
    """
    path = check_readable_file(path, max_bytes=_MOST_BYTES)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SpnetError(f"{path}: is not text: {error.reason}; expected a run file in TOML") from error
    return parse_recipe(text, str(path))


def parse_recipe(text: str, name: str) -> Recipe:
    """The recipe in the text of a run file; `name` is what errors call it. Raises as `read_recipe`."""
    toml = require("tomllib" if sys.version_info >= (3, 11) else "tomli", extra="torch", purpose="reading run files")
    try:
        tables = toml.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: TOMLDecodeError, and of a number of 5000 digits
        raise SpnetError(f"{name}: is not TOML: {' '.join(str(error).split())}") from error
    _check_keys(Recipe, tables, name, but=("text",))
    sections: dict[str, Any] = {}
    for key, table in tables.items():
        where = f"{name}: [{key}]"
        values = _table(table, where)
        if key == "data":
            values = values | {"source": _sources(values.get("source"), name)}
        sections[key] = _section(_SECTIONS[key], values, where)
    return Recipe(**sections, text=text)


def _sources(tables: Any, name: str) -> tuple[SourceRecipe, ...]:
    if not isinstance(tables, list):
        raise SpnetError(f"{name}: [data] has no source; expected one or more tables [[data.source]]")
    where = f"{name}: [[data.source]]"
    return tuple(_section(SourceRecipe, _table(table, where), where) for table in tables[: MOST_SOURCES + 1])


def _table(found: Any, where: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise SpnetError(f"{where}: found {type(found).__name__}, expected a table of keys")
    return found


def _section(kind: type[Section], table: dict[str, Any], where: str) -> Section:
    """The dataclass of a table whose keys and values are checked."""
    _check_keys(kind, table, where)
    try:
        return kind(**{key: _frozen(value) for key, value in table.items()})
    except SpnetError as error:
        raise SpnetError(f"{where} {error}") from None


def _check_keys(kind: type, table: dict[str, Any], where: str, but: tuple[str, ...] = ()) -> None:
    fields = [found for found in dataclasses.fields(kind) if found.name not in but]
    known = [found.name for found in fields]
    unknown = [key for key in table if key not in known]
    if unknown:
        raise SpnetError(f"{where}: unknown key {shown(unknown[0])}; expected some of {', '.join(known)}")
    for found in fields:
        needed = found.default is dataclasses.MISSING and found.default_factory is dataclasses.MISSING
        if needed and found.name not in table:
            raise SpnetError(f"{where}: lacks {found.name}")


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
