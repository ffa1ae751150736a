"""Published readings beside the run: how well they are met, and over which base they stand."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from locum.report.charts.hospital_intervals import IntervalRow, interval_chart
from locum.report.charts.hospital_weeks import WeekFrame, week_chart
from locum.report.charts.rows import RowFrame
from locum.report.hospitals_records import Course, Point
from locum.report.hospitals_words import day_words
from locum.report.markup import Markup, tag
from locum.report.pieces import HALF, NARROW, WIDE, Drawing, Plate, figure, paragraph, section
from locum.report.sections.standoff_pieces import band_key, key, key_entry, marks, use_key
from locum.report.standoff_records import CHECK, FIT, UPDATE
from locum.report.standoff_words import (
    MODEL_WORDS,
    metric_words,
    percent,
    scope_words,
    use_words,
)
from locum.report.tables import Cell, Column, Table, table_markup, words
from locum.report.words import exact

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from locum.report.standoff_records import Read, Rival, Span, StandoffContent

__all__ = ["bases", "fit"]

HEIGHT = 230
FEWEST = 3
"""Days from which readings make a chart over the days."""
MOST_PANELS = 8
FARTHEST = 60.0
"""Per cent by which a band may differ from its reading before it is cut at the chart's edge."""
NEW_BASE = 0.01
"""Relative change from which a base is called another one."""
INSPECTED = (
    "trainees at the 100 inspected training hospitals",
    "94 of the 100 hospitals (6 dropped for poor data)",
    "99 of the 100 hospitals",
    "100 training hospitals, residents only",
)
"""Scopes that belong together: hospitals that were inspected again and again."""


@dataclass(frozen=True)
class Base:
    """A share, the count in it, and the base that follows: as published and in the run."""

    metric: str
    scope: str
    day: date
    share: float
    count: float
    printed: float
    modelled: float


def fit(content: StandoffContent) -> Markup | None:
    """Print readings over the days, then each beside its band, then rival models."""
    found = [one for one in content.readings if not one.polled]
    if not found:
        return None
    chains = _chains(found)
    return section(
        "fit",
        "The fit",
        paragraph(_told(content, found)),
        figure(_panels_plate(content, chains)) if chains else None,
        figure(_rows_plate(content, [one for one in found if one.use != UPDATE])),
        _folded_rows(content, [one for one in found if one.use == UPDATE]),
        table_markup(_rivals_table(content.rivals), "dated") if content.rivals else None,
        tag(
            "details",
            {},
            tag("summary", {}, f"All {len(found)} readings one by one"),
            table_markup(_table(found, fitted=content.fitted), "published"),
        ),
    )


def _told(content: StandoffContent, found: Sequence[Read]) -> str:
    parts = ["Each reading counts certain people on a certain day; the run counts the same ones."]
    if not content.fitted:
        parts.append("Nothing was fitted to them: every assumption comes from its range.")
    elif content.fit_until is not None:
        parts.append(f"Readings up to {day_words(content.fit_until)} were fitted.")
    if content.fitted and any(one.use == CHECK for one in found):
        parts.append(
            "Those called checked were predicted from the fit and not used in it; as they were "
            "known when the model was written, they are a check of consistency."
        )
    if _updated(content, found):
        parts.append(
            f"Those up to {day_words(content.update_until or content.last)} moved a few "
            "assumptions in a later update, what was fitted first held fast."
        )
    inside = [
        f"{sum(one.covered for one in those)} of {len(those)} "
        f"{use_words(use, fitted=content.fitted)}"
        for use in (FIT, CHECK, UPDATE)
        if (those := [one for one in found if one.use == use])
    ]
    if content.draws > 1:
        parts.append(f"Inside the 90% interval: {'; '.join(inside)}.")
    return " ".join(parts)


def _updated(content: StandoffContent, found: Sequence[Read]) -> bool:
    return content.fitted and any(one.use == UPDATE for one in found)


# --- over the days -----------------------------------------------------------------


def _chains(found: Sequence[Read]) -> list[list[Read]]:
    """Return readings of the same quantity and people on several days, percentages if there are.

    Scopes of inspected hospitals are one chain though six or one of them were left out on a day.
    """
    chains: dict[tuple[str, str, bool], list[Read]] = {}
    for one in found:
        scope = INSPECTED[0] if one.scope in INSPECTED else one.scope
        chains.setdefault((one.name, scope, one.percent), []).append(one)
    kept = {
        (name, scope, share): those
        for (name, scope, share), those in chains.items()
        if len({one.day for one in those}) >= FEWEST
    }
    chosen = [
        those
        for (name, scope, share), those in kept.items()
        if share or (name, scope, True) not in kept
    ]
    return sorted(chosen, key=lambda those: -len(those))[:MOST_PANELS]


def _panels_plate(content: StandoffContent, chains: Sequence[Sequence[Read]]) -> Plate:
    charts = [_panel(content, chain) for chain in chains]
    used = {one.use for chain in chains for one in chain}
    entries = [key_entry("supply", "key-line", "median of the draws")]
    return Plate(
        title="Readings over the days",
        note="The band is that of the people whom each reading counts, from reading to reading.",
        grade="",
        drawing=Drawing(tag("div", {"class": "panels weeks"}, *charts)),
        table=_file(content.readings),
        filename="readings.csv",
        key=key([*entries, *band_key(content, "supply", both=False), *use_key(used, content)]),
        table_on_page=True,
    )


def _panel(content: StandoffContent, chain: Sequence[Read]) -> Markup:
    by_day = {one.day: one for one in chain}
    drawn = [by_day[day] for day in sorted(by_day)]
    weeks = tuple((one.day, one.day) for one in drawn)
    lines = [tuple(one.span[i] for one in drawn) for i in (1, 1, 0, 2, 2)]
    dots = tuple(Point(one.day, one.day, one.reading, one.use) for one in drawn)
    share = drawn[0].percent
    label = metric_words(drawn[0].metric)
    course = Course("Median", "supply", weeks, tuple(lines), dots)
    alt = f"{label}. " + "; ".join(
        f"{day_words(one.day)}: {_value(one.reading, one)}, {_value(one.span.median, one)}"
        for one in drawn
    )
    unit = "percent" if share else "count"
    axis = f"{'per cent' if share else 'count'}, {scope_words(drawn[0].scope)}"
    turns = tuple(day for day in marks(content) if drawn[0].day < day <= drawn[-1].day)
    return week_chart([course], WeekFrame(HALF, HEIGHT, label, unit, axis, alt, turns))


def _value(value: float, one: Read) -> str:
    return percent(value, 1) if one.percent else exact(value, _unit(one))


def _unit(one: Read) -> str:
    return "hospitals" if one.name.startswith("hospitals") else "heads"


# --- one by one --------------------------------------------------------------------


def _folded_rows(content: StandoffContent, found: Sequence[Read]) -> Markup | None:
    """Fold the readings of the later update away."""
    if not found:
        return None
    told = f"{len(_once(found))} later readings and their bands"
    plate = _rows_plate(content, found)
    return tag("details", {}, tag("summary", {}, told), figure(plate))


def _rows_plate(content: StandoffContent, readings: Sequence[Read]) -> Plate:
    found = _once(readings)
    rows = [_row(one) for one in found]
    rows.sort(key=lambda row: row.group)
    cut = any(abs(end) > FARTHEST for one in found for end in _apart(one))
    alt = "Run less reading: " + "; ".join(
        f"{row.group}, {row.label}: {row.words}" for row in rows
    )
    unit = "run less reading: points of a percentage, per cent of a count"
    wide, narrow = (
        interval_chart(rows, RowFrame(width, unit, alt, "run is lower", "run is higher"))
        for width in (WIDE, NARROW)
    )
    entries = [
        *band_key(content, "supply", both=False),
        *use_key({one.use for one in found}, content),
    ]
    return Plate(
        title="Each reading and its band",
        note="Every reading stands at zero. Upright line: median of the draws. Numbers: reading, "
        "then median." + (f" Bands are cut at {FARTHEST:.0f}." if cut else ""),
        grade="",
        drawing=Drawing(wide, narrow),
        table=_file(readings),
        filename=f"readings-{readings[-1].use}.csv",
        key=key(entries),
        table_on_page=True,
    )


def _once(found: Sequence[Read]) -> list[Read]:
    """Leave out counts that are there as percentages too."""
    shares = {(one.name, one.scope, one.day) for one in found if one.percent}
    return [one for one in found if one.percent or (one.name, one.scope, one.day) not in shares]


def _apart(one: Read) -> tuple[float, float, float]:
    """Return low, median and high less the reading, in points or per cent."""
    size = 1.0 if one.percent else max(abs(one.reading), 1.0) / 100
    low, middle, high = (
        (value - one.reading) / size for value in (one.span.low, one.span.median, one.span.high)
    )
    return low, middle, high


def _row(one: Read) -> IntervalRow:
    low, middle, high = (min(max(end, -FARTHEST), FARTHEST) for end in _apart(one))
    return IntervalRow(
        f"{day_words(one.day)}, {scope_words(one.scope)}",
        f"{_value(one.reading, one)}, {_value(one.span.median, one)}",
        middle,
        (low, high),
        (middle, middle),
        "supply",
        (0.0, one.use),
        metric_words(one.metric),
    )


def _table(found: Sequence[Read], *, fitted: bool) -> Table:
    names = (
        "Reading",
        "Day",
        "Who is counted",
        "Published",
        "Median",
        "90% interval",
        "Inside",
        "Use",
    )
    columns = tuple(
        Column(one, numeric=one in {"Published", "Median", "90% interval"}) for one in names
    )
    rows = tuple(
        tuple(
            words(cell)
            for cell in (
                metric_words(one.metric),
                day_words(one.day),
                one.scope,
                _value(one.reading, one),
                _value(one.span.median, one),
                _between(one.span, one),
                "yes" if one.covered else "no",
                use_words(one.use, fitted=fitted),
            )
        )
        for one in found
    )
    return Table("Published readings and the run", columns, rows)


def _between(span: Span, one: Read) -> str:
    low, high = (_value(end, one) for end in (span.low, span.high))
    return low if low == high else f"{low} to {high}"


def _file(found: Sequence[Read]) -> Table:
    names = ("metric", "scope", "date", "reading", "median", "low", "high", "use")
    rows = tuple(
        tuple(
            words(cell)
            for cell in (
                one.metric,
                one.scope,
                one.day.isoformat(),
                _plain(one.reading, one),
                *(_plain(value, one) for value in one.span),
                one.use,
            )
        )
        for one in found
    )
    return Table("Readings", tuple(Column(name, numeric=False) for name in names), rows)


def _plain(value: float, one: Read) -> str:
    shown = "" if one.percent else exact(value, _unit(one))
    return shown if shown.startswith("<") else f"{value:.6g}"


def _rivals_table(rivals: Sequence[Rival]) -> Table:
    columns = tuple(
        Column(name, numeric=name not in {"Model", "Reading"})
        for name in ("Model", "Reading", "Published", "Median", "90% interval", "CRPS, points")
    )
    rows = tuple(
        (
            words(MODEL_WORDS.get(one.model, one.model.replace("_", " "))),
            words(f"{metric_words(one.metric)}, {day_words(one.day)}"),
            words(percent(one.reading, 1)),
            words(percent(one.span.median, 1)),
            words(f"{percent(one.span.low, 1)} to {percent(one.span.high, 1)}"),
            words(f"{one.crps:.2f}"),
        )
        for one in rivals
    )
    return Table("Simpler models and this one: a smaller CRPS is better", columns, rows)


# --- bases -------------------------------------------------------------------------


def bases(content: StandoffContent) -> Markup | None:
    """Explain at which dates a published share moved because its base did."""
    found = _bases(content.readings)
    steps = [
        (before, after)
        for before, after in pairwise(found)
        if abs(after.printed / before.printed - 1) > NEW_BASE
    ]
    if not steps:
        return None
    return section(
        "bases",
        "When the base changes",
        paragraph(
            "A share can move though nobody moves, because other people are counted below the "
            "line. Where a count and its share are both published, the base follows from them. "
            "The run counts over the base of the day."
        ),
        tag("ul", {}, *[tag("li", {}, _step_words(*step)) for step in steps]),
        table_markup(_bases_table(found), "dated"),
    )


def _bases(found: Sequence[Read]) -> list[Base]:
    """Return the bases of all shares of people away that have a count beside them, by day."""
    counts = {(one.name, one.scope, one.day): one for one in found if not one.percent}
    bases = [
        Base(
            share.name,
            share.scope,
            share.day,
            share.reading,
            count.reading,
            100 * count.reading / share.reading,
            100 * count.span.median / share.span.median,
        )
        for share in found
        if share.percent
        and share.name.startswith("absent")
        and share.reading > 0
        and share.span.median > 0
        and (count := counts.get((share.name, share.scope, share.day))) is not None
    ]
    return sorted(bases, key=lambda one: one.day)


def _step_words(before: Base, after: Base) -> str:
    over = 100 * after.count / before.printed
    told = (
        f" Over the earlier base the later count would be {percent(over, 1)}."
        if over <= 100
        else ""
    )
    return (
        f"From {day_words(before.day)} to {day_words(after.day)} the share goes from "
        f"{percent(before.share, 1)} to {percent(after.share, 1)}, and the base from "
        f"{before.printed:,.0f} ({scope_words(before.scope)}) to {after.printed:,.0f} "
        f"({scope_words(after.scope)}).{told}"
    )


def _bases_table(found: Sequence[Base]) -> Table:
    names = ("Day", "Who is counted", "Share", "Count", "Base, as published", "Base in the run")
    columns = tuple(Column(name, numeric=name not in names[:2]) for name in names)
    rows = tuple(
        (
            words(day_words(one.day)),
            words(scope_words(one.scope)),
            words(percent(one.share, 1)),
            *(
                Cell(f"{value:,.0f}", f"{value:.0f}")
                for value in (one.count, one.printed, one.modelled)
            ),
        )
        for one in found
    )
    return Table("Shares, counts and bases", columns, rows)
