"""The top of a report of hospitals: the scenario, what comes out in words, four known facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.hospital_intervals import IntervalRow, interval_chart
from locum.report.charts.rows import RowFrame
from locum.report.hospitals_words import (
    RULE_WORDS,
    between,
    day_words,
    days_words,
    fall_words,
    more_or_fewer,
    sentence,
)
from locum.report.markup import Markup, tag
from locum.report.pieces import (
    NARROW,
    WIDE,
    Drawing,
    Plate,
    figure,
    grade_badge,
    paragraph,
    section,
)
from locum.report.sections.hospital_means import deaths
from locum.report.sections.summary import FEW_DRAWS
from locum.report.tables import Column, Table, interval_cells, interval_columns, words
from locum.report.words import exact, out_of, percent, rounded, unit_words

if TYPE_CHECKING:
    from locum.report.hospitals_records import Change, HospitalContent

__all__ = ["facts", "headline", "masthead"]

ASSUMED = "assumed"
LEADING = (
    ("surgeries", "tertiary", "Operations a weekday, tertiary hospitals", "supply"),
    ("wards", "tertiary", "Patients on wards, tertiary hospitals", "posts"),
    ("icu", "tertiary", "Patients in intensive care, tertiary hospitals", "gap"),
    ("emergency", "korea", "Emergency visits a weekday, all departments", "flow"),
)
UNSURE = (
    ("mild", "korea", "Mild emergency visits (KTAS 4 and 5) a weekday, all departments"),
    ("severe", "korea", "Severe emergency visits (KTAS 1 and 2) a weekday, all departments"),
    ("stay", "tertiary", "Hours in the emergency department, tertiary hospitals"),
    ("backlog", "tertiary", "On the list for an operation, tertiary hospitals"),
    ("backlog", "general", "On the list for an operation, general hospitals"),
)
CHARTED = (
    ("surgeries", "tertiary", "Operations, tertiary", "supply"),
    ("wards", "tertiary", "Patients on wards, tertiary", "posts"),
    ("icu", "tertiary", "Intensive care, tertiary", "gap"),
    ("mild", "korea", "Mild emergency visits (KTAS 4-5)", "need"),
    ("severe", "korea", "Severe emergency visits (KTAS 1-2)", "flow"),
    ("stay", "tertiary", "Emergency stay, tertiary", "plain"),
    ("stay_alike", "tertiary", "The same, triage as before", "plain"),
)


def masthead(content: HospitalContent) -> Markup:
    """Print the title, the scenario in plain words and the run's identity."""
    told = [
        f"{content.country}, {day_words(content.first)} to {day_words(content.last)}",
        f"{content.draws:,} draws" if content.draws > 1 else "1 draw",
        f"scenario {content.scenario}",
        f"Locum {content.version}",
    ]
    items = [tag("li", {}, RULE_WORDS.get(content.rule, content.rule))]
    if content.since is not None:
        items = [tag("li", {}, f"{RULE_WORDS[content.rule]}, from {day_words(content.since)}")]
    if content.pulls:
        link = tag("a", {"href": "#levers"}, f"{len(content.pulls)} levers with dates")
        items.append(tag("li", {}, link))
    items += [tag("li", {}, change) for change in content.changed]
    return tag(
        "header",
        {"class": "masthead"},
        paragraph("Hospitals: patients, staff and waits", kind="kicker"),
        tag("h1", {}, content.title),
        paragraph(content.description, kind="lede") if content.description else None,
        tag(
            "div",
            {"class": "changes"},
            tag("h2", {"class": "small"}, "What this scenario sets"),
            tag("ul", {}, *items),
        ),
        tag("ul", {"class": "facts"}, *[tag("li", {}, one) for one in told]),
    )


def headline(content: HospitalContent) -> Markup:
    """Print the headline: sentences, large numbers, and what is no headline."""
    if not content.changes:
        return section(
            "headline",
            "In short",
            paragraph(
                f"The run ends on {day_words(content.last)}, before there is anything to compare "
                "with its first days. The figures below are those of ordinary work."
            ),
            paragraph(_about_draws(content), kind="note"),
        )
    chosen = [
        (content.changes[name, group], label, tone)
        for name, group, label, tone in LEADING
        if (name, group) in content.changes and content.changes[name, group].grade != ASSUMED
    ]
    before, during = content.spans[:2]
    return section(
        "headline",
        sentence(during.label),
        paragraph(*_sentences(content), kind="headline"),
        tag("div", {"class": "cards"}, *[_card(content, *one) for one in chosen]),
        paragraph(
            f"{sentence(during.label)}: {days_words(during.first, during.last)}. Compared with "
            f"the {before.label}, {days_words(before.first, before.last)}. "
            f"{_about_draws(content)}",
            kind="note",
        ),
        _unsure(content),
    )


def _about_draws(content: HospitalContent) -> str:
    where = (
        "from what was fitted to readings, or from its range"
        if content.fitted
        else "from its range: nothing here was fitted to readings of the absence"
    )
    if content.draws == 1:
        return (
            "This run has one draw, with every assumption at its central value, so there are no "
            "intervals."
        )
    told = (
        f"Each of the {content.draws:,} draws takes every uncertain assumption {where}. "
        "The figure is the middle draw; 8 in 10 draws lie inside the 80% interval."
    )
    rough = f" With only {content.draws} draws the intervals are rough."
    return told + (rough if content.draws < FEW_DRAWS else "")


def _sentences(content: HospitalContent) -> list[str]:
    found: list[str] = []
    several = content.draws > 1
    changes = content.changes

    def said(change: Change, of_whom: str = "") -> str:
        inside = f" (80% interval {between(change.share)})" if several else ""
        return f"{more_or_fewer(change.share.value)}{of_whom}{inside}"

    surgeries = changes.get(("surgeries", "tertiary"))
    if surgeries is not None:
        during, before = rounded(surgeries.during.value), rounded(surgeries.before.value)
        found.append(
            f"Tertiary hospitals do {during} operations a weekday instead of {before}, "
            f"{said(surgeries)}. "
        )
    parts = [
        said(changes[name, "tertiary"], where)
        for name, where in (("wards", " patients on their wards"), ("icu", " in intensive care"))
        if (name, "tertiary") in changes
    ]
    if parts:
        found.append(f"They have {' and '.join(parts)}. ")
    visits = changes.get(("emergency", "korea"))
    if visits is not None:
        found.append(
            f"All emergency departments see {rounded(visits.during.value)} patients a weekday, "
            f"{said(visits)}. "
        )
    if surgeries is not None and surgeries.last_share is not None:
        late = fall_words(surgeries.last_share.value).replace("less", "below the base week")
        found.append(
            f"In the {content.spans[2].label} operations of tertiary hospitals are "
            f"{late.replace('more', 'above the base week')}."
        )
    return found


def _card(content: HospitalContent, change: Change, label: str, tone: str) -> Markup:
    several = content.draws > 1
    journey = f"{rounded(change.before.value)} before, {rounded(change.during.value)} during"
    return tag(
        "div",
        {"class": f"card {tone}"},
        paragraph(label, kind="card-name"),
        paragraph(percent(change.share.value, signed=True), kind="card-value"),
        paragraph(between(change.share), kind="card-spread") if several else None,
        paragraph(journey, kind="card-spread"),
        paragraph(grade_badge(change.grade), kind="card-grade"),
    )


def _unsure(content: HospitalContent) -> Markup | None:
    """Print what rests mostly on assumptions apart from the headline."""
    items = [
        tag(
            "li",
            {},
            f"{label}: {_sizes(change)}, {percent(change.share.value, signed=True)}"
            + (f" ({between(change.share)})" if content.draws > 1 else ""),
            " ",
            grade_badge(change.grade),
        )
        for name, group, label in UNSURE
        if (change := content.changes.get((name, group))) is not None and change.grade == ASSUMED
    ]
    if not items:
        return None
    return tag(
        "aside",
        {"class": "unproven", "aria-label": "Results that are not headlines"},
        tag("h3", {}, "Not headlines: results that rest mostly on assumptions"),
        tag("ul", {}, *items),
    )


def _sizes(change: Change) -> str:
    before, during = (exact(each.value, change.unit) for each in (change.before, change.during))
    return f"{before} before, {during} during"


# --- four facts --------------------------------------------------------------------


def facts(content: HospitalContent) -> Markup | None:
    """Print four facts that are known, with the sign and the size that the run gives them.

    They are facts of an absence: a run in which nobody is away prints none.
    """
    if not content.changes or not content.away:
        return None
    cards = [
        one for one in (_stay(content), _mild(content), _order(content), _deaths(content)) if one
    ]
    return section(
        "facts",
        "Four facts known before",
        paragraph(
            "They were known when the model was made, so that showing them is no prediction; many "
            "models get them wrong."
        ),
        tag("ol", {"class": "facts-known"}, *cards),
        figure(_changes_plate(content)),
    )


def _fact(title: str, verdict: str, *told: str) -> Markup:
    return tag(
        "li",
        {},
        tag("h3", {}, title),
        paragraph(verdict, kind="verdict"),
        *[paragraph(one) for one in told],
    )


def _size(content: HospitalContent, change: Change) -> str:
    told = percent(change.share.value, signed=True)
    return f"{told} ({between(change.share)})" if content.draws > 1 else told


def _how_often(content: HospitalContent, what: str, draws: int) -> str:
    """Say in how many draws something holds; nothing if there is only one."""
    return f"; {what} {out_of(draws, content.draws)}" if content.draws > 1 else ""


def _stay(content: HospitalContent) -> Markup | None:
    stay, alike = (content.changes.get((name, "tertiary")) for name in ("stay", "stay_alike"))
    if stay is None or alike is None:
        return None
    verdict = "The run does not show it."
    if stay.share.value < 0:
        verdict = "The run shows it."
    elif alike.share.value < 0:
        verdict = "The run shows it for patients of the same urgency only."
    return _fact(
        "The emergency department can get faster",
        verdict,
        f"Mean stay at tertiary hospitals: {_size(content, stay)}, from "
        f"{exact(stay.before.value, 'hours')} to {exact(stay.during.value, 'hours')} hours"
        f"{_how_often(content, 'shorter', stay.lower)}. With levels of triage as frequent as "
        f"before: {_size(content, alike)}{_how_often(content, 'shorter', alike.lower)}.",
        "Operations that are put off leave beds for those who come in an emergency; as mild "
        "visits fall, those who come stay longer on average.",
    )


def _mild(content: HospitalContent) -> Markup | None:
    mild, severe = (content.changes.get((name, "korea")) for name in ("mild", "severe"))
    if mild is None or severe is None:
        return None
    right = mild.share.value < severe.share.value
    return _fact(
        "Mild visits fall far more than severe ones",
        "The run shows it." if right else "The run does not show it.",
        f"KTAS 4 and 5: {_size(content, mild)}. KTAS 1 and 2: {_size(content, severe)}. "
        "All emergency departments.",
    )


def _order(content: HospitalContent) -> Markup | None:
    names = ("surgeries", "wards", "icu")
    found = [content.changes.get((name, "tertiary")) for name in names]
    three = [each for each in found if each is not None]
    if len(three) < len(names):
        return None
    shares = [each.share.value for each in three]
    right = shares == sorted(shares) and shares[-1] <= 0
    sizes = [_size(content, each) for each in three]
    return _fact(
        "Theatres fall most, wards less, intensive care least",
        "The run shows it." if right else "The run shows another order.",
        f"Operations {sizes[0]}, patients on wards {sizes[1]}, in intensive care {sizes[2]}. "
        "Tertiary hospitals.",
    )


def _deaths(content: HospitalContent) -> Markup | None:
    total = [one for one in content.harm if one.cause == "deaths" and one.group == "korea"]
    if not total:
        return None
    low, high = deaths(total[0].whole.low), deaths(total[0].whole.high)
    span = low if low == high else f"{low} to {high} (80% interval)"
    return _fact(
        "National deaths need not rise",
        "The run does not say: it counts deaths through delay only.",
        "Their band begins at none. If every association with delay were a cause, they would "
        f"change by {span}"
        f"{_how_often(content, 'fewer than in ordinary weeks', content.harm_lower)}.",
    )


def _changes_plate(content: HospitalContent) -> Plate:
    rows = [
        IntervalRow(
            label,
            percent(change.share.value, signed=True),
            100 * change.share.value,
            (100 * change.share.low, 100 * change.share.high),
            (100 * change.share.low, 100 * change.share.high),
            tone,
        )
        for name, group, label, tone in CHARTED
        if (change := content.changes.get((name, group))) is not None
    ]
    alt = "Changes: " + "; ".join(f"{row.label} {row.words}" for row in rows)
    unit = "per cent of the base week"
    wide, narrow = (
        interval_chart(rows, RowFrame(width, unit, alt, "less", "more"))
        for width in (WIDE, NARROW)
    )
    return Plate(
        title="How much each fell",
        note=f"{sentence(content.spans[1].label)}, compared with the {content.spans[0].label}. "
        "Line: median; bar: 80% interval.",
        grade="",
        drawing=Drawing(wide, narrow),
        table=_changes_table(content),
        filename="changes.csv",
    )


def _changes_table(content: HospitalContent) -> Table:
    labels = [span.label for span in content.spans]
    columns = [Column("Result", numeric=False), Column("Group", numeric=False)]
    columns += [Column("Unit", numeric=False), *interval_columns("Before")]
    columns += [*interval_columns("During"), *interval_columns("Relative change")]
    if len(labels) > 2:
        columns += interval_columns(f"Relative change, {labels[2]}")
    rows = tuple(
        (
            words(each.label),
            words(each.group.replace("_", " ")),
            words(unit_words(each.unit)),
            *interval_cells(each.before, each.unit),
            *interval_cells(each.during, each.unit),
            *interval_cells(each.share, "share", signed=True),
            *(
                interval_cells(each.last_share, "share", signed=True)
                if each.last_share is not None
                else ()
            ),
        )
        for each in content.changes.values()
    )
    return Table("What changed, by group", tuple(columns), rows)
