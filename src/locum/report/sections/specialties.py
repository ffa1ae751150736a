"""Specialties that are short or over-full, and training posts that stay unfilled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.bars import Bar, BarFrame, bar_chart
from locum.report.charts.fan import FanFrame, Line, fan_chart
from locum.report.markup import Markup, tag
from locum.report.pieces import (
    NARROW,
    WIDE,
    Drawing,
    Plate,
    fan_key,
    figure,
    paragraph,
    section,
)
from locum.report.sections.national import journey
from locum.report.tables import (
    Cell,
    Column,
    Table,
    fan_table,
    interval_cells,
    interval_columns,
    words,
)
from locum.report.words import SUPPRESSED, joined, percent, spread

if TYPE_CHECKING:
    from locum.report.records import Content, Fan, Interval, Posts, Specialty

MOST_NAMED = 7
"""Specialties named in a sentence; the chart has them all."""

LARGEST_GAP_DRAWN = 1.5
"""Gaps beyond 150% of need end in an arrow, so that one specialty does not flatten the rest."""


def specialties(content: Content) -> Markup:
    """Print the section on gaps by specialty."""
    found = content.specialties
    caveat = (
        "How need divides among specialties is assumed: no published table gives it. Read the "
        "order of the specialties with care, and no single bar as a forecast."
        if content.specialty_grade == "assumed"
        else "How need divides among specialties is modelled within published totals."
    )
    return section(
        "specialties",
        "Specialties: short and over-full",
        paragraph(caveat, kind="caveat"),
        paragraph(_clear_cases(found, content)),
        figure(_gap_plate(content)),
    )


def _clear_cases(found: tuple[Specialty, ...], content: Content) -> str:
    """Name the specialties whose whole 80% interval lies on one side of zero."""
    year = content.focus_year
    if content.draws == 1:
        return f"Gap as a share of need in {year}, one draw."
    short = [s.label for s in found if s.gap_share is not None and s.gap_share.high < 0]
    over = [s.label for s in reversed(found) if s.gap_share is not None and s.gap_share.low > 0]
    parts: list[str] = []
    if short:
        parts.append(f"Short in {year} across the whole 80% interval: {_listed(short)}.")
    if over:
        parts.append(f"Over-full across the whole 80% interval: {_listed(over)}.")
    return " ".join(parts) or f"In {year} no specialty is clearly short or clearly over-full."


def _listed(labels: list[str]) -> str:
    """Join labels as they stand inside a sentence, the first ones if there are many."""
    inside = [label[:1].lower() + label[1:] for label in labels]
    if len(inside) > MOST_NAMED + 1:
        inside = [*inside[:MOST_NAMED], f"{len(inside) - MOST_NAMED} others"]
    return joined(inside)


def _gap_plate(content: Content) -> Plate:
    found = content.specialties
    alt = (
        f"Bar chart of the gap as a share of need in {content.focus_year}, shortest first: "
        + "; ".join(
            f"{s.label} {share_words(s.gap_share, brief=True, signed=True)}" for s in found
        )
        + "."
    )
    wide, narrow = (
        bar_chart(
            [
                Bar(
                    specialty.label,
                    specialty.gap_share,
                    share_words(specialty.gap_share, brief=width == NARROW, signed=True),
                )
                for specialty in found
            ],
            BarFrame(
                width, "gap, % of need", alt, "diverging", as_percent=True, limit=LARGEST_GAP_DRAWN
            ),
        )
        for width in (WIDE, NARROW)
    )
    return Plate(
        title=f"Gap by specialty, {content.focus_year}",
        note="Supply less need, as a share of need; doctors in training count with their "
        "specialty. Bar: median; line across it: 80% interval.",
        grade=content.specialty_grade,
        drawing=Drawing(wide, narrow),
        table=_gap_table(content),
        filename="specialties.csv",
        key=side_key(),
    )


def side_key() -> Markup:
    """Explain the two colours of a diverging chart."""
    entries = [
        tag(
            "span",
            {"class": f"key {tone}"},
            tag("i", {"class": "key-bar", "aria-hidden": "true"}),
            name,
        )
        for name, tone in (("short", "short"), ("over-full", "over"))
    ]
    return tag("p", {"class": "keys"}, *entries)


def share_words(share: Interval | None, *, brief: bool, signed: bool = False) -> str:
    """Return a share with its interval, or say that the group is too small."""
    if share is None:
        return SUPPRESSED
    value = percent(share.value, signed=signed)
    between = spread(share, "share", signed=signed)
    return value if brief or between == value else f"{value} ({between})"


def _gap_table(content: Content) -> Table:
    year = content.focus_year
    columns = [Column("Specialty", numeric=False)]
    columns += interval_columns(f"Doctors in {year}") + interval_columns(f"Needed in {year}")
    columns += interval_columns("Gap as share of need")
    rows = [
        (
            words(_full_label(s)),
            *interval_cells(s.supply, "clinical"),
            *interval_cells(s.need, "clinical"),
            *interval_cells(s.gap_share, "share", signed=True),
        )
        for s in content.specialties
    ]
    return Table(f"Specialties in {year}", tuple(columns), tuple(rows))


def _full_label(specialty: Specialty) -> str:
    local = f" ({specialty.local_name})" if specialty.local_name else ""
    return specialty.label + local


def posts(content: Content) -> Markup:
    """Print the section on unfilled training posts."""
    body: list[Markup] = []
    if content.unfilled is not None:
        body.append(figure(_unfilled_plate(content, content.unfilled)))
    if content.posts:
        body.append(figure(_share_plate(content)))
    return section(
        "posts",
        "Unfilled training posts",
        paragraph(
            "A first-year training post stays unfilled when fewer young doctors choose the "
            "specialty than its quota has room for."
        ),
        *body,
    )


def _unfilled_plate(content: Content, fan: Fan) -> Plate:
    alt = f"Fan chart. {journey(fan, 'Unfilled posts', content)}"
    wide, narrow = (
        fan_chart(
            [Line(fan, "Unfilled", "posts")],
            FanFrame(
                width,
                height,
                "first-year posts",
                alt,
                content.focus_year,
                from_zero=True,
                hover=width == WIDE,
            ),
        )
        for width, height in ((WIDE, 280), (NARROW, 260))
    )
    return Plate(
        title="Unfilled first-year posts, all specialties",
        note=None,
        grade=fan.grade,
        drawing=Drawing(wide, narrow),
        table=fan_table([("Unfilled", fan)], "Unfilled first-year posts"),
        filename="unfilled.csv",
        key=fan_key(("Unfilled posts", "posts")),
    )


def _share_plate(content: Content) -> Plate:
    found, year = content.posts, content.focus_year
    alt = (
        f"Bar chart of the share of first-year posts unfilled in {year}, highest first: "
        + "; ".join(f"{p.label} {share_words(p.unfilled_share, brief=True)}" for p in found)
        + "."
    )
    wide, narrow = (
        bar_chart(
            [
                Bar(
                    p.label, p.unfilled_share, share_words(p.unfilled_share, brief=width == NARROW)
                )
                for p in found
            ],
            BarFrame(width, "% of first-year posts", alt, "posts", as_percent=True),
        )
        for width in (WIDE, NARROW)
    )
    return Plate(
        title=f"Share of first-year posts unfilled, {year}",
        note="Bar: median; line across it: 80% interval.",
        grade=content.posts_grade,
        drawing=Drawing(wide, narrow),
        table=_posts_table(found, year),
        filename="posts.csv",
    )


def _posts_table(found: tuple[Posts, ...], year: int) -> Table:
    columns = [Column("Specialty", numeric=False), *interval_columns("Unfilled posts")]
    columns += interval_columns("Filled posts") + interval_columns("Share unfilled")
    rows: list[tuple[Cell, ...]] = [
        (
            words(p.label),
            *interval_cells(p.unfilled, "posts"),
            *interval_cells(p.filled, "heads"),
            *interval_cells(p.unfilled_share, "share"),
        )
        for p in found
    ]
    return Table(f"First-year training posts in {year}", tuple(columns), tuple(rows))
