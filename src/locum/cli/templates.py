"""`locum template`: files to fill in for a forecast of one hospital."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from locum.cli.console import say, tell
from locum.cli.orders import read_day
from locum.errors import InputError, OutOfBounds, Place, UnknownName

if TYPE_CHECKING:
    from pathlib import Path

    from locum.countries import Pack

__all__ = ["COUNTRY", "TEMPLATES", "AskedTemplate", "write_template"]

TEMPLATES = ("census", "roster")
COUNTRY = "korea"
_LAST_HOUR = 23
_MORNING = 8


@dataclass(frozen=True)
class AskedTemplate:
    """What was asked for on the command line; None where nothing was said."""

    hospital: str | None
    day: str | None
    hour: int | None
    days: int
    census: Path | None

    def when(self) -> tuple[date, int]:
        """Return the day and hour of the census: today at 08:00 unless told otherwise."""
        hour = _MORNING if self.hour is None else self.hour
        if not 0 <= hour <= _LAST_HOUR:
            raise OutOfBounds("hour", hour, "", 0, _LAST_HOUR, Place("--hour"))
        today = date.today()  # noqa: DTZ011 - the day where the user is
        return (today if self.day is None else read_day(self.day, "--date", "2026-10-05")), hour


def write_template(kind: str, asked: AskedTemplate, out: Path | None, *, quiet: bool) -> None:
    """Print or write a census or a roster to fill in.

    Raises
    ------
    InputError
        If the hospital, the date or the census cannot be used, or the file exists.
    """
    from locum.countries import load_pack

    if kind not in TEMPLATES:
        raise UnknownName("template", kind, TEMPLATES)
    if out is not None and out.exists():
        raise InputError("the file exists; nothing is overwritten", Place("--out", None, str(out)))
    write = _census if kind == "census" else _roster
    text = write(load_pack(COUNTRY), asked)
    if out is None:
        say(text.removesuffix("\n"))
        return
    try:
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        problem = f"cannot be written: {error.strerror}"
        raise InputError(problem, Place("--out", None, str(out))) from error
    tell(f"wrote {out}", quiet=quiet)


def _census(pack: Pack, asked: AskedTemplate) -> str:
    from locum.runs.hospitals.census import census_text
    from locum.runs.hospitals.prefill import census_of, find_hospital

    if asked.census is not None:
        raise InputError("a census is written from the list; leave this out", Place("--census"))
    return census_text(census_of(pack, find_hospital(pack, asked.hospital), *asked.when()))


def _roster(pack: Pack, asked: AskedTemplate) -> str:
    from locum.runs.hospitals.census import read_census
    from locum.runs.hospitals.prefill import census_of, find_hospital, roster_sheet

    if asked.census is None:
        census = census_of(pack, find_hospital(pack, asked.hospital), *asked.when())
    else:
        for option, value in (
            ("--hospital", asked.hospital),
            ("--date", asked.day),
            ("--hour", asked.hour),
        ):
            if value is not None:
                raise InputError("the census already says this", Place(option))
        census = read_census(asked.census)
    return roster_sheet(pack, census, asked.days)
