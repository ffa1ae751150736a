"""The platform: posts, lists, what is taken down, and what its settings trade against what."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from locum.report.charts.hospital_weeks import WeekFrame, week_chart
from locum.report.charts.standoff_trade import Stop, TradeFrame, Way, trade_chart
from locum.report.markup import Markup, tag
from locum.report.pieces import HALF, Drawing, Plate, figure, paragraph, section
from locum.report.sections.standoff_pieces import (
    band_key,
    courses,
    key,
    key_entry,
    marks,
    span_cells,
    span_columns,
    track_table,
)
from locum.report.standoff_words import VARIABLE_WORDS, sized
from locum.report.tables import Column, Table, words
from locum.report.words import SMALLEST_GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locum.report.standoff_records import Frontier, Span, StandoffContent, Track

__all__ = ["platform"]

HEIGHT = 230
TRADE_HEIGHT = 320
USUAL_HOURS = 72.0
"""Hours of retention at which the frontier of takedown is drawn, if it was tried."""
USUAL_LATENCY = 20.0
LEAST = {"share": 0.0, "heads": SMALLEST_GROUP - 1, "posts": 0.0, "ratio": 0.0}
"""What the highest value of a quantity must exceed to be drawn: of persons nine."""
TONES = ("plain", "posts", "gap", "flow", "fund")
PANELS = (
    ("Reach and exposure", "share", "share of members", (("reach", "flow"), ("exposure", "need"))),
    ("Members named on lists", "heads", "persons so far", (("named", "need"),)),
    (
        "Posts taken down",
        "posts",
        "posts so far",
        (("removed", "gap"), ("wrongly_removed", "fund")),
    ),
    (
        "Authors",
        "heads",
        "persons so far",
        (("identified", "posts"), ("arrests", "plain")),
    ),
    ("Records lost", "ratio", "per cent of records", (("record_loss", "short"),)),
)


def platform(content: StandoffContent) -> Markup | None:
    """Print the platform over the days and the frontier of its settings."""
    plates = [plate for plate in (_course_plate(content), _frontier_plate(content)) if plate]
    if not plates:
        return None
    return section(
        "platform",
        "The platform",
        paragraph(
            "A list that names those who stayed or came back does harm, whoever posts it; so does "
            "taking down what is lawful. Both are printed on one curve. No setting is called the "
            "best one."
        ),
        *[figure(plate) for plate in plates],
    )


def _course_plate(content: StandoffContent) -> Plate | None:
    charts: list[Markup] = []
    entries: list[Markup] = []
    shown: list[tuple[str, str, Track]] = []
    for label, unit, axis, chosen in PANELS:
        named = [
            (VARIABLE_WORDS[name], tone, _scaled(content.national[name], name))
            for name, tone in chosen
            if name in content.national and max(content.national[name].high) > LEAST[unit]
        ]
        if named:
            ends = "; ".join(
                f"{one} at last {sized(track.median[-1], unit)}" for one, _, track in named
            )
            frame = WeekFrame(HALF, HEIGHT, label, unit, axis, f"{label}: {ends}.", marks(content))
            charts.append(week_chart(courses(named, content), frame))
            shown += named
            entries += [key_entry(tone, "key-line", one) for one, tone, _ in named if named[1:]]
    if not charts:
        return None
    return Plate(
        title="From day to day",
        note="",
        grade="assumed",
        drawing=Drawing(tag("div", {"class": "panels weeks"}, *charts)),
        table=track_table(
            "The platform, day by day", [(label, track) for label, _, track in shown], "index"
        ),
        filename="platform.csv",
        key=key([*entries, *band_key(content, both=False)], content),
    )


def _scaled(track: Track, name: str) -> Track:
    """Return lost records in per cent: they are few."""
    return track.times([100.0] * len(track.days)) if name == "record_loss" else track


# --- the frontier ------------------------------------------------------------------


def _frontier_plate(content: StandoffContent) -> Plate | None:
    found = content.frontier
    if not found:
        return None
    kept = _nearest(USUAL_HOURS, [one.retention_hours for one in found])
    charts = [
        _trade(found, kept, title, up, pick)
        for title, up, pick in TRADES
        if any(pick(one) is not None for one in found)
    ]
    detections = sorted({one.detection for one in found})
    entries = [
        key_entry(TONES[i % len(TONES)], "key-line", f"{detection:.0%} of lists found")
        for i, detection in enumerate(detections)
    ]
    few = max((one.identified.high for one in found if one.identified), default=0.0)
    return Plate(
        title="What settings lead to",
        note="Dots: hours until a list that was found is taken down. Hours are written at one "
        "curve; the dots of the others stand in the same order. Author data are kept "
        f"{_hours(kept)} where nothing else is said. Lines through dots: 90% intervals, cut at "
        "the edge." + (NOBODY if few < SMALLEST_GROUP else ""),
        grade="assumed",
        drawing=Drawing(tag("div", {"class": "panels"}, *charts, *_retention(found))),
        table=_table(found),
        filename="frontier.csv",
        key=key(entries),
    )


NOBODY = " Authors identified are fewer than ten under every setting."


def _nearest(wanted: float, found: Sequence[float]) -> float:
    return min(found, key=lambda one: (abs(one - wanted), one))


def _prevented(one: Frontier) -> Span | None:
    return one.prevented


def _exposure(one: Frontier) -> Span | None:
    return one.exposure


def _named(one: Frontier) -> Span | None:
    return one.named


TRADES: tuple[tuple[str, str, Callable[[Frontier], Span | None]], ...] = (
    ("Exposure to lists", "how strongly lists weigh, 0 to 1", _exposure),
    ("Members named", "persons", _named),
    ("Views prevented", "share of views of lists and pressing posts", _prevented),
)


def _trade(
    found: Sequence[Frontier],
    kept: float,
    title: str,
    up: str,
    pick: Callable[[Frontier], Span | None],
) -> Markup:
    """Draw a harm against lawful posts taken down: a curve for each share of lists found."""
    ways: list[Way] = []
    detections = sorted({one.detection for one in found})
    share = any(one.wrongly_removed_share for one in found)
    for i, detection in enumerate(detections):
        those = sorted(
            (one for one in found if one.detection == detection and one.retention_hours == kept),
            key=lambda one: one.latency_hours,
        )
        stops = [
            Stop(
                _ends(across), _ends(harm), _hours(one.latency_hours), detection == detections[-1]
            )
            for one in those
            if (across := _wrongly(one, share=share)) is not None
            and (harm := pick(one)) is not None
        ]
        ways.append(Way(f"{detection:.0%} found", TONES[i % len(TONES)], tuple(stops)))
    across = "share of lawful posts near the line that is taken down"
    return _drawn(ways, title, up, across if share else "lawful posts taken down a day")


def _wrongly(one: Frontier, *, share: bool) -> Span | None:
    return one.wrongly_removed_share if share else one.wrongly_removed


def _drawn(ways: Sequence[Way], title: str, up: str, across: str) -> Markup:
    alt = f"{title} against {across}. " + "; ".join(
        f"{way.label}, {stop.label}: {sized(stop.up[1], 'share')} and "
        f"{sized(stop.across[1], 'posts')}"
        for way in ways
        for stop in way.stops
    )
    return trade_chart(ways, TradeFrame(HALF, TRADE_HEIGHT, title, up, across, alt))


def _retention(found: Sequence[Frontier]) -> list[Markup]:
    """Draw authors identified against the hours for which their data are kept."""
    hours = sorted({one.retention_hours for one in found if isfinite(one.retention_hours)})
    most = max((one.identified.high for one in found if one.identified), default=0.0)
    if len(hours) < 2 or most < SMALLEST_GROUP:
        return []
    latency = _nearest(USUAL_LATENCY, [one.latency_hours for one in found])
    ways: list[Way] = []
    for i, detection in enumerate(sorted({one.detection for one in found})):
        those = {
            one.retention_hours: one.identified
            for one in found
            if one.detection == detection and one.latency_hours == latency
        }
        stops = [
            Stop((kept, kept, kept), _ends(span), f"{kept:g} h")
            for kept in hours
            if (span := those.get(kept)) is not None
        ]
        ways.append(Way(f"{detection:.0%} found", TONES[i % len(TONES)], tuple(stops)))
    across = f"hours kept; takedown after {_hours(latency)}"
    return [_drawn(ways, "Authors identified", "persons", across)]


def _ends(span: Span) -> tuple[float, float, float]:
    return span.low, span.median, span.high


def _hours(hours: float) -> str:
    return f"{hours:g} h" if isfinite(hours) else "for good"


def _table(found: Sequence[Frontier]) -> Table:
    columns = [Column("Takedown after"), Column("Lists found"), Column("Author data kept")]
    for name in (
        "Views prevented",
        "Exposure",
        "Named",
        "Lawful posts taken down a day",
        "Of lawful posts near the line",
        "Authors identified",
    ):
        columns += span_columns(name)
    rows = tuple(
        (
            words(_hours(one.latency_hours)),
            words(f"{one.detection:.0%}"),
            words(_hours(one.retention_hours)),
            *span_cells(one.prevented, "index", signed=True),
            *span_cells(one.exposure, "index"),
            *span_cells(one.named, "heads"),
            *span_cells(one.wrongly_removed, "posts"),
            *span_cells(one.wrongly_removed_share, "index"),
            *span_cells(one.identified, "heads"),
        )
        for one in found
    )
    return Table("Settings of the platform and what they lead to", tuple(columns), rows)
