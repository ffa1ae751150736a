"""Who is away: public action from day to day, and private support beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from locum.report.charts.hospital_weeks import Layer, WeekFrame, layers_chart, week_chart
from locum.report.hospitals_words import day_words
from locum.report.markup import Markup, tag
from locum.report.pieces import HALF, Drawing, Plate, figure, paragraph, section
from locum.report.sections.standoff_pieces import (
    band_key,
    courses,
    key,
    key_entry,
    listed,
    marks,
    track_table,
)
from locum.report.standoff_records import FIT
from locum.report.standoff_words import KIND_WORDS, STATE_WORDS, group_words, percent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from locum.report.standoff_records import StandoffContent, Track

__all__ = ["away", "support"]

KIND = "kind"
HEIGHT = 250
STACK = (
    ("resigned", "gap"),
    ("employed_elsewhere", "supply"),
    ("enlisted", "flow"),
    ("contract_refused", "fund"),
    ("absent", "need"),
    ("letter_in", "posts"),
)
"""States in the order in which they are stacked, the lowest first, and their colours."""
FIRST_WEEKS = 45
ROLLING = 10.0
"""Per cent away from which letters and absence are compared."""
TOLD = 1.0
"""Points by which letters must run ahead of absence to be told apart."""
LETTERS, ABSENT = "resignations_submitted_cum", "absent_from_work"
UNIT = "percent"
AXIS = "per cent of members"


def away(content: StandoffContent) -> Markup:
    """Print public action by kind: stacked, and letters and absence as two curves."""
    kinds = listed(content, KIND, "away")
    several = [kind for kind in ("trainee", "student") if _ahead(content, kind)]
    return section(
        "away",
        "Who is away",
        paragraph(
            "What members do in public, in per cent of all members of the kind. Above the "
            "colours: at work or in class, those who returned among them."
        ),
        figure(_stack_plate(content, kinds)),
        figure(_letters_plate(content, several)) if several else None,
    )


def _stack_plate(content: StandoffContent, kinds: Sequence[str]) -> Plate:
    charts = [chart for kind in kinds for chart in _stacked(content, kind)]
    entries = [
        key_entry(tone, "key-band part", STATE_WORDS[state])
        for state, tone in reversed(STACK)
        if any((KIND, kind, state) in content.tracks for kind in kinds)
    ]
    named = [
        (f"{KIND_WORDS[kind]}: {STATE_WORDS[state]}", content.tracks[KIND, kind, state])
        for kind in kinds
        for state in (*(name for name, _ in STACK), "returned")
        if (KIND, kind, state) in content.tracks
    ]
    return Plate(
        title="Public action, day by day",
        note="Medians of the draws. Of students, a letter is a request for leave while in class, "
        "and an accepted resignation is leave that was granted; a clinic is absent on a day on "
        "which it is closed. Scales differ.",
        grade=_grade(content),
        drawing=Drawing(tag("div", {"class": "panels weeks"}, *charts)),
        table=track_table("Public action, per cent of members", named),
        filename="public-action.csv",
        key=key(entries, content),
    )


def _stacked(content: StandoffContent, kind: str) -> list[Markup]:
    """Stack the states of a kind, those that are never taken left out."""
    tracks = [
        (state, tone, content.tracks[KIND, kind, state])
        for state, tone in STACK
        if (KIND, kind, state) in content.tracks
    ]
    named = [(STATE_WORDS[state], tone, track) for state, tone, track in tracks]
    if not named:
        return []
    drawn = courses(named, content)
    layers = [Layer(each.label, each.tone, each.medians) for each in drawn if any(each.medians)]
    if not layers:
        return []
    total = content.tracks[KIND, kind, "away"]
    label = group_words(KIND, kind)
    alt = f"{label}, stacked by what they do. {_journey(total)}"
    frame = WeekFrame(HALF, HEIGHT, label, UNIT, AXIS, alt, marks(content))
    return [layers_chart(layers, drawn[0].weeks, frame)]


def _journey(track: Track) -> str:
    """Say where the share away is highest and where it ends."""
    top, last = track.highest(), track.days[-1]
    return (
        f"Away: at the highest {percent(max(track.median))} ({day_words(top)}), at last "
        f"{percent(track.median[-1])} ({day_words(last)})."
    )


def _letters_plate(content: StandoffContent, kinds: Sequence[str]) -> Plate:
    until = content.dispute + timedelta(days=FIRST_WEEKS)
    charts: list[Markup] = []
    for kind in kinds:
        named = _two(content, kind)
        label = group_words(KIND, kind)
        alt = f"{label}, first weeks. {_apart_words(content, kind)}"
        frame = WeekFrame(HALF, HEIGHT, label, UNIT, AXIS, alt, marks(content))
        charts.append(week_chart(courses(named, content, until), frame))
    entries = [key_entry(tone, "key-line", label) for label, tone, _ in _two(content, kinds[0])]
    table = [
        (f"{KIND_WORDS[kind]}: {label}", track)
        for kind in kinds
        for label, _, track in _two(content, kind)
    ]
    return Plate(
        title="Letters and absence are two curves",
        note=" ".join(filter(None, (_apart_words(content, kinds[0]), _printed_words(content)))),
        grade=_grade(content),
        drawing=Drawing(tag("div", {"class": "panels weeks"}, *charts)),
        table=track_table("Letters and absence, per cent of members", table),
        filename="letters-and-absence.csv",
        key=key([*entries, *band_key(content)], content, until),
    )


def _two(content: StandoffContent, kind: str) -> list[tuple[str, str, Track]]:
    return [
        (STATE_WORDS[state], tone, content.tracks[KIND, kind, state])
        for state, tone in (("joined", "posts"), ("away", "need"))
        if (KIND, kind, state) in content.tracks
    ]


def _ahead(content: StandoffContent, kind: str) -> bool:
    """Whether letters ever run ahead of absence."""
    joined, gone = (content.tracks.get((KIND, kind, state)) for state in ("joined", "away"))
    if joined is None or gone is None:
        return False
    pairs = zip(joined.median, gone.median, strict=False)
    return any(both - absent >= TOLD for both, absent in pairs)


def _apart_words(content: StandoffContent, kind: str) -> str:
    """Say how far letters run ahead of absence until the next year of training begins."""
    joined, gone = (content.tracks.get((KIND, kind, state)) for state in ("joined", "away"))
    if joined is None or gone is None:
        return ""
    end = min((day for day in content.turns if day > content.dispute), default=content.last)
    apart = _apart(joined, gone, end)
    if not apart:
        return ""
    if max(size for _, size in apart) < TOLD:
        return ""
    between = _span([size for _, size in apart])
    return (
        f"{group_words(KIND, kind)}: from {day_words(apart[0][0])} to {day_words(apart[-1][0])} "
        f"those with a letter in are {between} points more than those away."
    )


def _printed_words(content: StandoffContent) -> str:
    """Say how far letters run ahead of absence as both were printed, after the first evening."""
    shares = {
        (one.name, one.day, one.scope): one
        for one in content.readings
        if one.percent and one.use == FIT and one.name in (LETTERS, ABSENT)
    }
    pairs = [
        (one, shares[ABSENT, day, scope])
        for (name, day, scope), one in sorted(shares.items(), key=lambda item: item[0][1])
        if name == LETTERS and (ABSENT, day, scope) in shares
    ][1:]
    if not pairs:
        return ""
    read = [one.reading - other.reading for one, other in pairs]
    said = [one.span.median - other.span.median for one, other in pairs]
    days = f"from {day_words(pairs[0][0].day)} to {day_words(pairs[-1][0].day)}"
    return (
        f"As the ministry counts them, letters handed in so far are {_span(said)} points more "
        f"{days} ({_span(read)} printed)."
    )


def _span(sizes: Sequence[float]) -> str:
    low, high = f"{min(sizes):.0f}", f"{max(sizes):.0f}"
    return low if low == high else f"{low} to {high}"


def _apart(joined: Track, gone: Track, end: date) -> list[tuple[date, float]]:
    return [
        (day, both - absent)
        for day, both, absent in zip(joined.days, joined.median, gone.median, strict=False)
        if day < end and absent > ROLLING
    ]


def _grade(content: StandoffContent) -> str:
    return "fitted margin" if content.fitted else "assumed"


# --- private support ---------------------------------------------------------------


def support(content: StandoffContent) -> Markup | None:
    """Print private support beside public action."""
    kinds = listed(content, KIND, "support", "joined")
    if not kinds:
        return None
    return section(
        "support",
        "In private and in public",
        paragraph(
            "Who takes part in public need not be in favour, and who is in favour need not take "
            "part: leaving and returning have a cost, and others are watching. No reading counts "
            "private support; the band is as wide as the assumptions behind it."
        ),
        figure(_support_plate(content, kinds)),
    )


def _support_plate(content: StandoffContent, kinds: Sequence[str]) -> Plate:
    charts: list[Markup] = []
    table: list[tuple[str, Track]] = []
    for kind in kinds:
        named = [
            (STATE_WORDS[state], tone, content.tracks[KIND, kind, state])
            for state, tone in (("support", "gap"), ("joined", "posts"))
        ]
        label = group_words(KIND, kind)
        ends = "; ".join(f"{one} at last {percent(track.median[-1])}" for one, _, track in named)
        frame = WeekFrame(HALF, HEIGHT, label, UNIT, AXIS, f"{label}: {ends}.", marks(content))
        charts.append(week_chart(courses(named, content), frame))
        table += [(f"{label}: {one}", track) for one, _, track in named]
    entries = [
        key_entry("gap", "key-line", STATE_WORDS["support"]),
        key_entry("posts", "key-line", STATE_WORDS["joined"]),
    ]
    return Plate(
        title="Private support and public action",
        note="",
        grade="assumed",
        drawing=Drawing(tag("div", {"class": "panels weeks"}, *charts)),
        table=track_table("Private support and public action, per cent of members", table),
        filename="private-support.csv",
        key=key([*entries, *band_key(content)], content),
    )
