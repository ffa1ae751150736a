"""Read YAML into plain data that remembers the line each part was written on.

Only this module knows the YAML library. It accepts the plain part of YAML 1.2: mappings whose
keys are names or whole numbers, lists, text, numbers, true and false, null, dates. Aliases, tags
of programming languages and keys written twice are refused: each of them hides what a file says.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from ruamel.yaml import YAML
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from locum.caching import kept
from locum.errors import BadValue, InputError, MissingFile, Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

__all__ = ["Places", "Yaml", "parse_yaml", "read_yaml"]

Yaml: TypeAlias = "bool | int | float | str | date | list[Yaml] | dict[str | int, Yaml] | None"
"""What a YAML file may hold, as plain Python."""

_Keys: TypeAlias = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_KEY = -1  # stands for "the key itself" in a path; no list has this position
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LONGEST_INTEGER = 300
_DEEPEST = 40
_BASES = {"0x": 16, "0o": 8, "0b": 2}


class _Mark(Protocol):
    line: int


class _Node(Protocol):
    """What this module uses of the nodes of the untyped YAML library."""

    id: str
    tag: str
    value: Any
    start_mark: _Mark


class Places:
    """Where each part of a file stands: call it with the keys that lead to the part.

    Parameters
    ----------
    file
        Name of the file, as printed in errors.
    lines
        Line and dotted key of each path of keys.
    """

    def __init__(self, file: str, lines: dict[_Keys, tuple[int, str]]) -> None:
        self.file = file
        self._lines = lines

    def __call__(self, *keys: str | int) -> Place:
        """Return the place of a part; of its nearest parent if the file lacks the part."""
        for length in range(len(keys), -1, -1):
            found = self._lines.get(keys[:length])
            if found is not None:
                line, dotted = found
                rest = [str(key) for key in keys[length:]]
                return Place(
                    self.file, line, ".".join([dotted, *rest] if dotted else rest) or None
                )
        return Place(self.file, None, ".".join(str(key) for key in keys) or None)


def read_yaml(path: str | PathLike[str], *, keep: bool = False) -> tuple[Yaml, Places]:
    """Read a YAML file.

    Parameters
    ----------
    path
        The file.
    keep
        Keep the result for other processes: for files of a pack, which many of them read.

    Returns
    -------
    data
        Plain dicts, lists and scalars; None for an empty file.
    places
        Called with the keys that lead to a part of the data, says where it is written.

    Raises
    ------
    MissingFile
        If there is no such file.
    InputError
        If it cannot be read, is not UTF-8 or is not the YAML this module accepts.
    """
    file = str(path)
    try:
        raw = Path(path).read_bytes()
    except FileNotFoundError as error:
        raise MissingFile(file) from error
    except (OSError, ValueError) as error:  # a directory, no permission, a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read the file: {reason}", Place(file)) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError("not UTF-8 text", Place(file, line)) from error
    if not keep:
        return parse_yaml(text, file)
    data, lines = kept(_KIND, raw, lambda: _parse(text, file))
    return data, Places(file, lines)


_KIND = "yaml-1"
"""Kind of what is kept of a file; the number changes with what this module makes of it."""


def parse_yaml(text: str, file: str = "<text>") -> tuple[Yaml, Places]:
    """Read YAML from text; `file` is the name its errors give. See `read_yaml`."""
    data, lines = _parse(text, file)
    return data, Places(file, lines)


def _parse(text: str, file: str) -> tuple[Yaml, dict[_Keys, tuple[int, str]]]:
    """Return the data, and the line and dotted key of each path of keys."""
    walker = _Walker(file)
    try:
        root = cast("_Node | None", _library().compose(text))
        data = None if root is None else walker.plain(root, ())
    except MaxDepthExceededError as error:
        raise InputError("nested too deeply", Place(file)) from error
    except YAMLError as error:
        raise _syntax_error(error, text, file) from error
    except RecursionError as error:
        raise InputError("nested too deeply", Place(file)) from error
    except (OverflowError, ValueError) as error:  # the library lets these escape
        raise InputError("an escape names no character", Place(file)) from error
    return data, walker.lines


def _library() -> Any:  # noqa: ANN401  the library is untyped
    """Return the YAML library, told how deep to go and not to warn of what is refused below."""
    library: Any = YAML(typ="safe", pure=True)
    library.max_depth = _DEEPEST
    library.composer.warn_double_anchors = False
    return library


class _Walker:
    """Turn composed nodes into plain data, noting the line of every path."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[_Keys, tuple[int, str]] = {}
        self._dotted = ""
        self._seen: set[int] = set()

    def plain(self, node: _Node, keys: _Keys, dotted: str = "", line: int = 0) -> Yaml:
        """Convert a node; `line` is that of its key, if it has one."""
        line = line or node.start_mark.line + 1
        place = Place(self.file, line, dotted or None)
        if id(node) in self._seen:
            raise InputError("aliases (*name) are not accepted; write the value out", place)
        self._seen.add(id(node))
        self.lines[keys] = (line, dotted)
        tag = str(node.tag).removeprefix(_TAG)
        if (node.id, tag) == ("mapping", "map"):
            return self._mapping(node, keys, dotted)
        if (node.id, tag) == ("sequence", "seq"):
            items: list[_Node] = node.value
            return [
                self.plain(item, (*keys, position), f"{dotted}[{position}]")
                for position, item in enumerate(items)
            ]
        if node.id != "scalar" or tag not in _CONVERTERS:
            raise InputError(f"tag {node.tag} is not accepted", place)
        return _scalar(tag, str(node.value), place)

    def _mapping(self, node: _Node, keys: _Keys, dotted: str) -> dict[str | int, Yaml]:
        data: dict[str | int, Yaml] = {}
        pairs: list[tuple[_Node, _Node]] = node.value
        for key_node, value_node in pairs:
            line = key_node.start_mark.line + 1
            place = Place(self.file, line, dotted or None)
            key = self.plain(key_node, (*keys, _KEY), dotted, line)
            if isinstance(key, bool) or not isinstance(key, str | int):
                raise BadValue("key", key, "a name or a whole number", place)
            below = f"{dotted}.{key}" if dotted else f"{key}"
            if key in data:
                first, _ = self.lines[(*keys, key)]
                raise InputError(
                    f"key {key!r} is written twice, first on line {first}",
                    Place(self.file, line, below),
                )
            data[key] = self.plain(value_node, (*keys, key), below, line)
        return data


def _scalar(tag: str, text: str, place: Place) -> Yaml:
    """Convert the text of a scalar by its tag."""
    try:
        return _CONVERTERS[tag](text)
    except (ValueError, KeyError) as error:
        raise BadValue("value", text, _EXPECTED.get(tag, tag), place) from error


def _integer(text: str) -> int:
    digits = text.replace("_", "")
    if len(digits) > _LONGEST_INTEGER:  # Python refuses to print longer ones
        raise ValueError(text)
    unsigned = digits.lstrip("+-")
    return int(digits, _BASES.get(unsigned[:2].lower(), 10))


def _real(text: str) -> float:
    # YAML writes .inf and .nan where Python writes inf and nan.
    return float(re.sub(r"\.(?=[inIN])", "", text.replace("_", "")))


def _timestamp(text: str) -> date:
    return date.fromisoformat(text) if _DATE.fullmatch(text) else datetime.fromisoformat(text)


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _text(text: str) -> str:
    text.encode()  # a lone surrogate, written as an escape, is no text
    return text


def _nothing(_: str) -> None:
    return None


_CONVERTERS: dict[str, Callable[[str], Yaml]] = {
    "null": _nothing,
    "bool": _truth,
    "int": _integer,
    "float": _real,
    "timestamp": _timestamp,
    "str": _text,
    "merge": _text,
    "value": _text,
}
_EXPECTED = {
    "str": "text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "timestamp": "a date such as 2024-02-20",
}


def _syntax_error(error: YAMLError, text: str, file: str) -> InputError:
    """Say in one line what the YAML library found, and where."""
    found = cast("Any", error)
    line: int | None = None
    problem = "it cannot be read"
    if isinstance(error, MarkedYAMLError):
        mark = cast("_Mark | None", found.problem_mark or found.context_mark)
        line = None if mark is None else mark.line + 1
        problem = str(found.problem or found.context or problem)
    elif isinstance(error, ReaderError):
        line = text.count("\n", 0, int(found.position)) + 1
        problem = f"character {text[found.position]!r} is not allowed"
    return InputError(f"not valid YAML: {problem}", Place(file, line))
