"""Pieces of the page that all sections use: sections, figures, grades."""

from __future__ import annotations

from dataclasses import dataclass

from locum.report.markup import Child, Markup, inner, join, tag
from locum.report.tables import Table, behind

WIDE = 820
"""Width at which a full chart is designed for desktop and paper."""

NARROW = 350
"""Width at which the same chart is drawn again for phones."""

HALF = 410
"""Width of charts that stand two in a row on a desktop."""

GRADE_MEANING = {
    "observed": "Read from a published count.",
    "fitted margin": "Fitted so that published totals hold; the detail within them is modelled.",
    "assumed": "Rests mostly on an assumption that nobody has measured.",
}
GRADE_SIGN = {"observed": "●", "fitted margin": "◐", "assumed": "○"}


def grade_badge(grade: str) -> Markup:
    """Show how well a result is known, by sign and word."""
    if grade not in GRADE_MEANING:
        return tag("span", {"class": "grade"}, grade or "grade unknown")
    kind = "grade " + grade.split(maxsplit=1)[0]
    sign = tag("span", {"aria-hidden": "true"}, GRADE_SIGN[grade])
    return tag("span", {"class": kind, "title": GRADE_MEANING[grade]}, sign, f" {grade}")


def paragraph(*children: Child, kind: str | None = None) -> Markup:
    """Write a paragraph."""
    return tag("p", {"class": kind}, *children)


def section(name: str, heading: str, *children: Child) -> Markup:
    """Open a section that the contents can point to."""
    title = tag("h2", {"id": f"{name}-heading"}, heading)
    return tag("section", {"id": name, "aria-labelledby": f"{name}-heading"}, title, *children)


@dataclass(frozen=True)
class Drawing:
    """A chart in one or two widths."""

    wide: Markup
    narrow: Markup | None = None


@dataclass(frozen=True)
class Plate:
    """A chart with its title, what it shows, its key, and the data behind it."""

    title: str
    note: Child
    grade: str
    """Of the results shown; empty when what is shown is no result."""
    drawing: Drawing
    table: Table
    filename: str
    key: Markup | None = None
    table_on_page: bool = False


def figure(plate: Plate, kind: str | None = None) -> Markup:
    """Print a plate."""
    drawing = plate.drawing
    charts = [drawing.wide]
    if drawing.narrow is not None:
        charts = [
            tag("div", {"class": "wide-only"}, drawing.wide),
            tag("div", {"class": "narrow-only"}, drawing.narrow),
        ]
    badge = inner(" ", grade_badge(plate.grade)) if plate.grade else None
    heading = tag("h3", {}, plate.title, badge)
    note = paragraph(plate.note, kind="note") if plate.note else None
    caption = tag("figcaption", {}, heading, note, plate.key)
    tools = behind(plate.table, plate.filename, shown=plate.table_on_page)
    return tag("figure", {"class": kind}, caption, join(charts), tools)


def fan_key(*names: tuple[str, str]) -> Markup:
    """Explain lines and bands: one entry per series, then what the bands mean."""
    entries = [
        tag(
            "span",
            {"class": f"key {tone}"},
            tag("i", {"class": "key-line", "aria-hidden": "true"}),
            name,
        )
        for name, tone in names
    ]
    tone = names[0][1] if len(names) == 1 else "plain"
    for words, kind in (("half of the draws", "band50"), ("8 in 10 draws", "band80")):
        swatch = tag("i", {"class": f"key-band {kind}", "aria-hidden": "true"})
        entries.append(tag("span", {"class": f"key {tone}"}, swatch, words))
    return tag("p", {"class": "keys"}, *entries)
