"""The census of one hospital: what it has, who is there, who is to come, and when it fails."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from locum.errors import BadCell, MissingField, Place, UnknownName
from locum.runs.hospitals.heads import GROUPS
from locum.runs.hospitals.sheets import read_sheet, sheet_text
from locum.runs.hospitals.sizes import CLASSES, KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from locum.runs.hospitals.sheets import Row

__all__ = [
    "HOSPITAL_KINDS",
    "ITEMS",
    "Census",
    "Item",
    "census_text",
    "group_words",
    "read_census",
]

COLUMNS = ("item", "value")
REMARKS = ("unit", "meaning")
HOSPITAL_KINDS = KINDS[:3]
EMPLOYED = "employed_"
_LAST_HOUR = 23

_GRADE_WORDS = {
    "pa": "physician assistant (PA) nurses",
    "interns": "interns",
    "juniors": "residents in years 1 and 2",
    "dispatched": "doctors sent by the government or the army",
    "seniors": "residents in years 3 and 4",
    "specialists": "specialists",
}
_POOL_WORDS = {
    "ed": "in the emergency department (ED)",
    "ward": "on wards",
    "icu": "in intensive care (ICU)",
    "theatre": "in theatres",
    "anaesthesia": "in anaesthesia",
}


@dataclass(frozen=True)
class Item:
    """A line of a census.

    Attributes
    ----------
    name, unit, meaning
        As the file has them.
    kind
        whole, number, share, optional (a number that may be left empty), day, hour or words.
    """

    name: str
    unit: str
    meaning: str
    kind: str = "whole"


def group_words(group: str) -> str:
    """Say who a group of clinicians are."""
    pool, _, grade = group.partition("_")
    return f"{_GRADE_WORDS[grade]} {_POOL_WORDS[pool]}"


def _state() -> tuple[Item, ...]:
    """Return what there is, and who is there."""
    beds, patients = "beds", "patients"
    return (
        Item("hospital", "name", "for your own orientation", "words"),
        Item("kind", "name", f"one of {', '.join(HOSPITAL_KINDS)}", "words"),
        Item("date", "date", "day of the census, such as 2026-10-05", "day"),
        Item("hour", "hour", "hour of the census, 0 to 23", "hour"),
        Item("ward_beds", beds, "open on wards, with those in corridors that you use"),
        Item("icu_beds", beds, "open in intensive care"),
        Item("ed_places", "places", "where ED patients are treated, corridors included"),
        Item("theatres", "rooms", "theatres in use"),
        Item("ct_scanners", "machines", "that the ED may use"),
        Item("ward_patients", patients, "on wards now"),
        Item("icu_patients", patients, "in intensive care now"),
        Item("ed_waiting", patients, "in the ED, not seen by a doctor yet"),
        Item("ed_treated", patients, "in an ED place, seen by a doctor, not admitted yet"),
        Item("ed_boarding_ward", patients, "in an ED place, waiting for a ward bed"),
        Item("ed_boarding_icu", patients, "in an ED place, waiting for an ICU bed"),
        *(Item(f"list_{name}", patients, f"on the {name} operation list") for name in CLASSES),
        *(
            Item(
                f"age_{name}", "days", f"mean wait so far on the {name} list, if known", "optional"
            )
            for name in CLASSES
        ),
    )


def _expected() -> tuple[Item, ...]:
    """Return what is to come, and what an ordinary week looks like."""
    patients = "patients"
    a_day, a_weekday = "patients a day", "patients a weekday"
    return (
        Item("ed_visits", a_weekday, "expected in the ED in the next two weeks", "number"),
        Item("planned_admissions", a_day, "expected, not for an operation", "number"),
        *(
            Item(f"operations_{name}", "operations a weekday", f"{name}, planned", "number")
            for name in CLASSES
        ),
        *(
            Item(f"referrals_{name}", a_weekday, f"who join the {name} list", "number")
            for name in CLASSES
        ),
        Item("ordinary_ed_visits", a_weekday, "the same when nobody is away", "number"),
        Item("ordinary_ward_patients", patients, "mean when nobody is away", "number"),
        Item("ordinary_icu_patients", patients, "mean when nobody is away", "number"),
        Item("ordinary_planned_admissions", a_day, "when nobody is away", "number"),
        *(
            Item(
                f"ordinary_operations_{name}",
                "operations a weekday",
                f"{name}, when nobody is away",
                "number",
            )
            for name in CLASSES
        ),
    )


def _people_and_bounds() -> tuple[Item, ...]:
    """Return who is employed, and when it is a failure."""
    patients = "patients"
    return (
        *(
            Item(f"{EMPLOYED}{name}", "heads", f"{group_words(name)}, those away included")
            for name in GROUPS
        ),
        Item("ed_full_at", patients, "the ED closes when so many wait for a place"),
        Item(
            "ed_no_doctor_at",
            patients,
            "the ED closes to ambulances when so many wait for a doctor",
        ),
        Item("fails_after", "hours", "a full ED or ICU counts as failed after so many in a row"),
        Item(
            "work_missed_share",
            "share",
            "of a day's ward work: more left undone is a failure",
            "share",
        ),
        Item(
            "trainee_hours",
            "hours a week",
            "most that a trainee may work; empty for none",
            "optional",
        ),
    )


ITEMS = (*_state(), *_expected(), *_people_and_bounds())
_BY_NAME = {item.name: item for item in ITEMS}
_AT_LEAST_ONE = ("ed_full_at", "ed_no_doctor_at", "fails_after")
_HELD = (
    ("ward_beds", ("ward_patients",)),
    ("icu_beds", ("icu_patients",)),
    ("ed_places", ("ed_treated", "ed_boarding_ward", "ed_boarding_icu")),
)
"""Places, and the patients who are in them."""


@dataclass(frozen=True)
class Census:
    """One hospital at an hour.

    Attributes
    ----------
    hospital, kind
        Its name, and one of `HOSPITAL_KINDS`.
    day, hour
        When.
    numbers
        The other items by name; an optional one that was left empty is not there.
    file, lines
        Where each item stands.
    """

    hospital: str
    kind: str
    day: date
    hour: int
    numbers: Mapping[str, float]
    file: str = "census"
    lines: Mapping[str, int] | None = None

    def whole(self, name: str) -> int:
        """Return a count."""
        return int(self.numbers[name])

    def employed(self, group: str) -> int:
        """Return the heads of a group of clinicians."""
        return self.whole(f"{EMPLOYED}{group}")

    def by_class(self, stem: str) -> tuple[float, float, float]:
        """Return an item of each list: cancer, urgent, routine."""
        cancer, urgent, routine = (self.numbers[f"{stem}_{name}"] for name in CLASSES)
        return cancer, urgent, routine

    def line(self, name: str) -> str:
        """Return where an item stands, for a sentence."""
        line = (self.lines or {}).get(name)
        return self.file if line is None else f"{self.file}:{line}"

    def changed(self, **numbers: float) -> Census:
        """Return the census with other numbers."""
        return replace(self, numbers={**self.numbers, **numbers})


def census_text(census: Census) -> str:
    """Return a census as a file to fill in."""
    told = {
        "hospital": census.hospital,
        "kind": census.kind,
        "date": census.day.isoformat(),
        "hour": str(census.hour),
    }
    rows = [
        [
            item.name,
            told.get(item.name) or _shown(census.numbers.get(item.name)),
            item.unit,
            item.meaning,
        ]
        for item in ITEMS
    ]
    remarks = (
        "The census of one hospital. Change the column value; the numbers that stand there are",
        "estimates for a hospital of this size. The file stays with you.",
    )
    return sheet_text((*COLUMNS, *REMARKS), rows, remarks)


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def read_census(path: str | PathLike[str]) -> Census:
    """Read a census and check that it is possible.

    Raises
    ------
    MissingFile
        If there is no such file.
    InputError
        If an item is missing, unknown, stated twice or out of range, or more patients are in beds
        than there are beds; with file, line and column.
    """
    rows = _rows_by_item(path)
    for item in ITEMS:
        if item.name not in rows:
            raise MissingField("census", f"item {item.name} ({item.meaning})", Place(str(path)))
    numbers: dict[str, float] = {}
    for item in ITEMS:
        if item.kind not in ("words", "day", "hour"):
            value = _number(item, rows[item.name])
            if value is not None:
                numbers[item.name] = value
    for name in _AT_LEAST_ONE:
        if numbers[name] < 1:
            raise rows[name].wrong("value", f"{name} must be at least 1; write 1")
    _check_room(rows, numbers)
    return Census(
        hospital=rows["hospital"].cells["value"],
        kind=_kind(rows["kind"]),
        day=_day(rows["date"]),
        hour=_hour(rows["hour"]),
        numbers=numbers,
        file=str(path),
        lines={name: row.line for name, row in rows.items()},
    )


def _rows_by_item(path: str | PathLike[str]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in read_sheet(path, COLUMNS, REMARKS):
        name = row.cells["item"]
        if name not in _BY_NAME:
            raise UnknownName("item", name, _BY_NAME, row.place("item"))
        if name in rows:
            raise row.wrong("item", f"line {rows[name].line} states it already; keep one of them")
        rows[name] = row
    return rows


def _number(item: Item, row: Row) -> float | None:
    if not row.cells["value"]:
        if item.kind == "optional":
            return None
        raise row.wrong("value", f"{item.name} is empty; write 0 if there is none")
    if item.kind == "whole":
        return float(row.whole("value", item.name))
    return row.number("value", item.name, *([1.0] if item.kind == "share" else []))


def _check_room(rows: Mapping[str, Row], numbers: Mapping[str, float]) -> None:
    """Refuse more patients in beds than there are beds."""
    for beds, patients in _HELD:
        there = sum(numbers[name] for name in patients)
        if there > numbers[beds]:
            row = rows[patients[-1] if len(patients) == 1 else _largest(patients, numbers)]
            together = "" if len(patients) == 1 else f" ({' + '.join(patients)} = {there:.0f})"
            problem = (
                f"more patients{together} than the {numbers[beds]:.0f} {beds} of line "
                f"{rows[beds].line}; lower this, or count corridor places in {beds}"
            )
            raise BadCell(row.file, row.line, "value", row.cells["value"], problem)


def _largest(names: tuple[str, ...], numbers: Mapping[str, float]) -> str:
    return max(names, key=lambda name: numbers[name])


def _kind(row: Row) -> str:
    kind = row.cells["value"]
    if kind not in HOSPITAL_KINDS:
        raise UnknownName("kind of hospital", kind, HOSPITAL_KINDS, row.place("value"))
    return kind


def _day(row: Row) -> date:
    try:
        return date.fromisoformat(row.cells["value"])
    except ValueError:
        raise row.wrong("value", "not a date; write it like 2026-10-05") from None


def _hour(row: Row) -> int:
    hour = row.whole("value", "hour")
    if hour > _LAST_HOUR:
        raise row.wrong("value", f"hour must be from 0 to {_LAST_HOUR}; midnight is 0")
    return hour
