"""The events of the scenario, in order, with their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.standoff_lanes import Deed, Lane, lanes_chart
from locum.report.hospitals_words import day_words, days_words
from locum.report.markup import Markup, tag
from locum.report.pieces import NARROW, WIDE, Drawing, Plate, figure, paragraph, section
from locum.report.standoff_words import ACTOR_WORDS, KIND_WORDS, LANES, unit_name
from locum.report.tables import Cell, Column, Table, table_markup, words
from locum.report.words import exact, humanised
from locum.standoff.deeds import DEEDS

if TYPE_CHECKING:
    from locum.report.standoff_records import Happening, StandoffContent

__all__ = ["timeline"]

TONES = ("gap", "posts", "plain", "flow")
PROPER = {
    name.lower(): name
    for name in (
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December", "Seoul", "Chuseok"),
    )
}


def timeline(content: StandoffContent) -> Markup | None:
    """Print the events as lanes and as a table."""
    if not content.events:
        return None
    lanes = _lanes(content)
    days = (content.first, content.last)
    alt = "Events: " + "; ".join(f"{lane.label}: {len(lane.deeds)}" for lane in lanes)
    wide, narrow = (lanes_chart(lanes, width, days, alt) for width in (WIDE, NARROW))
    return section(
        "timeline",
        "What happened when",
        paragraph(
            "The run takes these events as given; how people answer to them is what it computes. "
            "How strongly an event works is never part of it: that is an assumption."
        ),
        figure(
            Plate(
                title=f"{len(content.events)} events",
                note="A dot is an event, a line how long it lasts.",
                grade="",
                drawing=Drawing(wide, narrow),
                table=_file(content),
                filename="events.csv",
                table_on_page=True,
            )
        ),
        tag(
            "details",
            {"class": "on-paper"},
            tag("summary", {}, f"All {len(content.events)} events, with their sources"),
            table_markup(_table(content), "events"),
        ),
    )


def _lanes(content: StandoffContent) -> list[Lane]:
    found: list[Lane] = []
    known = {actor for actors in LANES.values() for actor in actors}
    for (label, actors), tone in zip(LANES.items(), TONES, strict=True):
        those = [
            one
            for one in content.events
            if content.first <= one.day <= content.last
            and (one.actor in actors or (tone == TONES[-1] and one.actor not in known))
        ]
        if those:
            deeds = tuple(Deed(one.day, one.until, _words(one)) for one in those)
            found.append(Lane(label, tone, deeds))
    return found


def _words(one: Happening) -> str:
    return f"{_when(one)}. {_actor(one)}: {_named(one)}"


def _when(one: Happening) -> str:
    return day_words(one.day) if one.until is None else days_words(one.day, one.until)


def _actor(one: Happening) -> str:
    return ACTOR_WORDS.get(one.actor, humanised(one.actor))


def _what(one: Happening) -> str:
    """Return what is done: `Sanction: suspension notified (trainees)`."""
    about = f": {one.what.replace('_', ' ')}" if one.what else ""
    whom = ", ".join(KIND_WORDS.get(kind, kind).lower() for kind in one.who)
    return humanised(one.does) + about + (f" ({whom})" if whom else "")


def _value(one: Happening) -> str:
    if one.value is None:
        return ""
    deed = DEEDS.get(one.does)
    bounds = deed.range_of(one.what or None) if deed is not None else None
    if bounds is None:
        return f"{one.value:g}"
    if bounds.unit == "share":
        return f"{one.value:.0%}"
    if bounds.unit == "line":
        return f"{one.value:g}"
    return f"{exact(one.value, bounds.unit)} {unit_name(bounds.unit)}"


def _table(content: StandoffContent) -> Table:
    names = ("When", "Who", "What", "Number", "Source")
    columns = tuple(Column(name, numeric=False) for name in names)
    places = {source.id: i for i, source in enumerate(content.sources)}
    rows = tuple(
        (
            words(_when(one)),
            words(_actor(one)),
            _event(one),
            words(_value(one)),
            _source(one, places),
        )
        for one in content.events
    )
    return Table("Events of the scenario", columns, rows)


def _event(one: Happening) -> Cell:
    """Show the event's own name, and the deed that the model reads below it."""
    told = tag("span", {"class": "holder"}, _what(one))
    return Cell(tag("span", {}, _named(one), told), _named(one))


def _named(one: Happening) -> str:
    """Return the name of an event with capitals where English has them."""
    parts = [PROPER.get(part, part) for part in one.name.split("_")]
    return humanised(" ".join(parts))


def _source(one: Happening, places: dict[str, int]) -> Cell:
    if not one.source:
        return words("of the scenario")
    if one.source in places:
        target = f"#source-{places[one.source]}"
        return Cell(tag("a", {"href": target}, one.source), one.source)
    return words(one.source)


def _file(content: StandoffContent) -> Table:
    names = ("date", "until", "name", "actor", "does", "what", "who", "value", "source")
    rows = tuple(
        tuple(
            words(cell)
            for cell in (
                one.day.isoformat(),
                "" if one.until is None else one.until.isoformat(),
                one.name,
                one.actor,
                one.does,
                one.what,
                " ".join(one.who),
                "" if one.value is None else f"{one.value:g}",
                one.source,
            )
        )
        for one in content.events
    )
    return Table("Events", tuple(Column(name, numeric=False) for name in names), rows)
