"""The part of YAML that ROS and OpenCV write camera calibrations in, and nothing else.

That is: mappings by indentation, lists of numbers in brackets or one "- 0.0" a line, and scalars. A second
document after "---" is not read: `ros2 topic echo` goes on printing messages.

Format: https://yaml.org/spec/1.2.2/
"""

import re
from collections.abc import Mapping
from typing import TypeAlias

from spnet.errors import SpnetError
from spnet.files.lines import finite_numbers

Value: TypeAlias = str | list[float] | Mapping[str, "Value"]

_DEEPEST = 16  # of nested mappings
_LONGEST_LIST = 10_000
_KEY = re.compile(r"([A-Za-z_][\w.\-/]*)\s*:(?:\s+(.*))?$")
_COMMENT = re.compile(r"(^|\s)#.*$")
_TAG = re.compile(r"!!?[\w\-.:/]*\s*")


def parse_yaml(text: str, name: str) -> dict[str, Value]:
    """The mapping that the first document of `text` holds; scalars stay text, without their quotes.

    Raises:
        SpnetError: anything that is not in the subset, with the number of its line.
    """
    lines = _Lines(text, name)
    content = _parse_mapping(lines, indent=0, depth=0)
    if lines.left:
        raise lines.error("expected a key that starts the line")
    return content


class _Lines:
    """The lines that hold something, and which of them is next."""

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._position = 0
        self._lines: list[tuple[int, int, str]] = []  # number, indentation, content
        for number, line in enumerate(text.splitlines(), start=1):
            content = _COMMENT.sub("", line).rstrip()
            if content in ("---", "...") and self._lines:
                break
            if content.strip() and content != "---" and not content.startswith("%"):
                self._lines.append((number, len(content) - len(content.lstrip()), content.strip()))

    @property
    def left(self) -> bool:
        return self._position < len(self._lines)

    @property
    def indent(self) -> int:
        return self._lines[self._position][1]

    @property
    def content(self) -> str:
        return self._lines[self._position][2]

    def advance(self) -> None:
        self._position += 1

    def error(self, expected: str) -> SpnetError:
        number, _, content = self._lines[min(self._position, len(self._lines) - 1)]
        return SpnetError(f"{self._name}: line {number}, {content[:40]!r}: {expected}")


def _parse_mapping(lines: _Lines, indent: int, depth: int) -> dict[str, Value]:
    if depth > _DEEPEST:
        raise lines.error("nested too deep")
    content: dict[str, Value] = {}
    while lines.left and lines.indent == indent:
        found = _KEY.match(lines.content)
        if not found:
            raise lines.error("expected 'key: value'")
        key, rest = found[1], _TAG.sub("", found[2] or "", count=1).strip()
        if key in content:
            raise lines.error(f"the key {key!r} is there twice")
        content[key] = _parse_value(lines, rest, indent, depth)
    return content


def _parse_value(lines: _Lines, rest: str, indent: int, depth: int) -> Value:
    """The value after a key at `indent`, of which `rest` stands on the key's own line."""
    if rest.startswith("["):
        return _parse_brackets(lines, rest)
    lines.advance()
    if rest:
        return rest[1:-1] if len(rest) > 1 and rest[0] in "'\"" and rest[0] == rest[-1] else rest
    if lines.left and lines.indent >= indent and lines.content.startswith("- "):
        return _parse_dashes(lines)
    if lines.left and lines.indent > indent:
        return _parse_mapping(lines, lines.indent, depth + 1)
    return ""


def _parse_brackets(lines: _Lines, rest: str) -> list[float]:
    """A list in brackets, which may go on for several lines."""
    parts = [rest]
    while not parts[-1].endswith("]"):
        lines.advance()
        if not lines.left or len(parts) > _LONGEST_LIST:
            raise lines.error("a list without its closing ]")
        parts.append(lines.content)
    words = " ".join(parts)[1:-1].replace(",", " ").split()
    numbers = _numbers(lines, words)
    lines.advance()
    return numbers


def _parse_dashes(lines: _Lines) -> list[float]:
    """A list with one number a line."""
    indent, words = lines.indent, []
    while lines.left and lines.indent == indent and lines.content.startswith("- "):
        words.append(lines.content[2:].strip())
        lines.advance()
    return _numbers(lines, words)


def _numbers(lines: _Lines, words: list[str]) -> list[float]:
    if len(words) > _LONGEST_LIST:
        raise lines.error(f"a list of {len(words):,} items, more than the {_LONGEST_LIST:,} that are read")
    return finite_numbers(words, str(lines.error("a list of numbers is expected")))
