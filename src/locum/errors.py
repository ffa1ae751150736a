"""Every error Locum raises on purpose, as one tree.

::

    LocumError
      InputError            the caller can put it right (exit code 2)
        UnknownName         a name that nothing answers to, with a suggestion
        OutOfBounds         a number outside the bounds of its unit
        WrongUnit           a value stated in a unit that is not its own
        UnitMismatch        heads and fte (say) in one sum, difference or comparison
        MissingField        an entry without a field it must have
        BadValue            a value of the wrong kind
        BadCell             a cell of a table that cannot be read
        MissingFile         a file that is not there
        YearOutside         a year that the data do not cover
      ModelError            the model broke its own law (exit code 3)
        NotConserved        heads, patients or money appeared or vanished
        NotFinite           a state became NaN or infinite
        NotConverged        an iteration ended short of its tolerance

Exceptions take values, keep them as attributes and compose the sentence; `place` says where the
value was written. They survive pickling, so that a worker process can report them.
"""

# ruff: noqa: N818 - a leaf names what is wrong; "Error" after each would add nothing

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from math import inf
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

__all__ = [
    "BadCell",
    "BadValue",
    "InputError",
    "LocumError",
    "MissingField",
    "MissingFile",
    "ModelError",
    "NotConserved",
    "NotConverged",
    "NotFinite",
    "OutOfBounds",
    "Place",
    "UnitMismatch",
    "UnknownName",
    "WrongUnit",
    "YearOutside",
]

_LISTED_CHOICES = 12
_SHOWN_CHARACTERS = 80


@dataclass(frozen=True)
class Place:
    """Where something was written: `my.yaml:7: walkout.share`."""

    file: str
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.key}" if self.key else where


class LocumError(Exception):
    """Root of the tree: one sentence, and the place it speaks of when there is one."""

    exit_code: ClassVar[int] = 1

    def __init__(self, problem: str, place: Place | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.place = place

    def __str__(self) -> str:
        return self.problem if self.place is None else f"{self.place}: {self.problem}"

    def at(self, place: Place | None) -> Self:
        """Return this error, at `place` unless it already knows a place."""
        if self.place is None:
            self.place = place
        return self

    def __reduce__(self) -> tuple[object, ...]:
        # The default calls the class with the sentence, which most of the leaves do not take.
        return (_restored, (type(self), self.args, self.__dict__))


def _restored(
    kind: type[LocumError], args: tuple[object, ...], state: dict[str, object]
) -> LocumError:
    """Rebuild a pickled error without composing its sentence again."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


# --- the caller can put it right --------------------------------------------


class InputError(LocumError):
    """Something given to Locum cannot be used; the sentence says what and how to mend it."""

    exit_code: ClassVar[int] = 2


class UnknownName(InputError, KeyError):
    """A name that nothing answers to: `unknown assumption 'x'; did you mean 'y'?`."""

    def __init__(
        self, kind: str, name: object, choices: Iterable[object], place: Place | None = None
    ) -> None:
        self.kind = kind
        self.name = name
        self.choices = tuple(choices)
        self.suggestion = _closest(str(name), [str(choice) for choice in self.choices])
        super().__init__(f"unknown {kind} {_shown(name)}{self._hint()}", place)

    def _hint(self) -> str:
        if self.suggestion is not None:
            return f"; did you mean {self.suggestion!r}?"
        if not self.choices:
            return "; none is known"
        if len(self.choices) <= _LISTED_CHOICES:
            return f"; choose one of {', '.join(str(choice) for choice in self.choices)}"
        return f"; none of the {len(self.choices)} known names is close"


class OutOfBounds(InputError):
    """A number outside the bounds of its unit (or of its own definition)."""

    def __init__(
        self,
        what: str,
        value: float,
        unit: str,
        low: float,
        high: float,
        place: Place | None = None,
    ) -> None:
        self.what = what
        self.value = value
        self.unit = unit
        self.low = low
        self.high = high
        number = f"{_shown(value)} {unit}".rstrip()
        super().__init__(f"{what} is {number}; it must be {_between(low, high)}", place)


class WrongUnit(InputError):
    """A value stated in a unit that is not its own."""

    def __init__(self, what: str, given: str, expected: str, place: Place | None = None) -> None:
        self.what = what
        self.given = given
        self.expected = expected
        super().__init__(f"{what} is given in {given}; its unit is {expected}", place)


class UnitMismatch(InputError):
    """Unlike units in one operation, such as fte subtracted from heads."""

    def __init__(self, operation: str, left: str, right: str, place: Place | None = None) -> None:
        self.operation = operation
        self.left = left
        self.right = right
        phrases = {
            "add": f"add {right} to {left}",
            "subtract": f"subtract {right} from {left}",
            "divide": f"divide {left} by {right}",
            "multiply": f"multiply {left} by {right}",
            "compare": f"compare {left} with {right}",
        }
        phrase = phrases.get(operation, f"{operation} {left} and {right}")
        super().__init__(f"cannot {phrase}: these are different units", place)


class MissingField(InputError):
    """An entry without a field it must have, such as an assumption without a source."""

    def __init__(self, what: str, field: str, place: Place | None = None) -> None:
        self.what = what
        self.field = field
        super().__init__(f"{what} has no {field}", place)


class BadValue(InputError):
    """A value of the wrong kind: text where a number belongs, NaN, an empty list."""

    def __init__(
        self, what: str, value: object, expected: str, place: Place | None = None
    ) -> None:
        self.what = what
        self.value = value
        self.expected = expected
        super().__init__(f"{what} is {_shown(value)}; expected {expected}", place)


class BadCell(InputError):
    """A cell of a table that cannot be read."""

    def __init__(
        self, file: str | PathLike[str], line: int, column: str, value: object, problem: str
    ) -> None:
        self.file = str(file)
        self.line = line
        self.column = column
        self.value = value
        self.cell_problem = problem
        super().__init__(f"{_shown(value)}: {problem}", Place(str(file), line, column))


class MissingFile(InputError):
    """A file that is not there."""

    def __init__(
        self, path: str | PathLike[str], hint: str = "", place: Place | None = None
    ) -> None:
        self.path = str(path)
        self.hint = hint
        super().__init__(f"no file {self.path}" + (f"; {hint}" if hint else ""), place)


class YearOutside(InputError):
    """A year that the data do not cover; an open end is None."""

    def __init__(
        self,
        what: str,
        year: int,
        first: int | None,
        last: int | None,
        place: Place | None = None,
    ) -> None:
        self.what = what
        self.year = year
        self.first = first
        self.last = last
        if first is not None and last is not None:
            cover = f"covers {first} to {last}"
        else:
            cover = f"starts in {first}" if last is None else f"ends in {last}"
        super().__init__(f"year {year} is outside {what}, which {cover}", place)


# --- the model broke its own law --------------------------------------------


class ModelError(LocumError):
    """The model broke a law it must keep; a defect of Locum, not of its input."""

    exit_code: ClassVar[int] = 3


class NotConserved(ModelError):
    """Something that may only move appeared or vanished."""

    def __init__(self, what: str, expected: float, found: float) -> None:
        self.what = what
        self.expected = expected
        self.found = found
        super().__init__(
            f"{what} not conserved: expected {expected:.12g}, found {found:.12g} "
            f"({found - expected:+.3g})"
        )


class NotFinite(ModelError):
    """A state became NaN or infinite."""

    def __init__(self, what: str, where: str) -> None:
        self.what = what
        self.where = where
        super().__init__(f"{what} is not finite at {where}")


class NotConverged(ModelError):
    """An iteration ended short of its tolerance."""

    def __init__(self, what: str, iterations: int, error: float) -> None:
        self.what = what
        self.iterations = iterations
        self.error = error
        super().__init__(f"{what} did not converge in {iterations} iterations (error {error:.3g})")


# --- the words of the sentences ---------------------------------------------


def _shown(value: object) -> str:
    """Print a value short enough for a sentence."""
    text = f"{value:.10g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 3] + "..."


def _between(low: float, high: float) -> str:
    """Say a pair of bounds in words, leaving out an infinite one."""
    if low == -inf and high == inf:
        return "a finite number"
    if high == inf:
        return f"at least {low:.10g}"
    if low == -inf:
        return f"at most {high:.10g}"
    return f"between {low:.10g} and {high:.10g}"


def _closest(name: str, choices: list[str]) -> str | None:
    """Return the choice a person most likely meant, or None."""
    folded = {_folded(choice): choice for choice in reversed(choices)}
    near = get_close_matches(_folded(name), folded, n=1)
    return folded[near[0]] if near else None


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")
