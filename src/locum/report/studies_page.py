"""The page of all published projections: one file that anybody can open and cite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import locum
from locum.inference.flip import flip_point
from locum.report.markup import Markup, tag
from locum.report.pieces import paragraph, section
from locum.report.sections.attribution import count
from locum.report.sections.studies import (
    all_sources,
    headline,
    one_study,
    parts_section,
    source_items,
)
from locum.report.standalone import standalone, write_page
from locum.runs.positions import find_position

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from locum.countries import Pack
    from locum.inference.flip import Flip
    from locum.inference.reproduction import GapPart, Reproduced
    from locum.scenarios.studies import Study

__all__ = ["lever_flips", "render_studies", "write_studies_page"]


def write_studies_page(
    rows: Sequence[Reproduced],
    studies: Sequence[Study],
    pack: Pack,
    path: Path,
    parts: Sequence[GapPart] | None = None,
) -> Path:
    """Write all studies as one HTML file that needs nothing else.

    Parameters
    ----------
    rows
        Printed numbers and what the rules give, from `locum.inference.reproduction.reproduce`.
    studies
        The studies, of one country.
    pack
        The country.
    path
        Where the file goes. It is written aside and renamed, so that no half of it is ever seen.
    parts
        The unlike parts of a gap that a study added up, from
        `locum.inference.reproduction.ministry_parts`; None if there is no such study.

    Returns
    -------
    `path`.

    Raises
    ------
    InputError
        If a study names a lever that cannot be moved.
    """
    return write_page(render_studies(rows, studies, pack, parts, lever_flips(studies, pack)), path)


def lever_flips(studies: Sequence[Study], pack: Pack) -> list[Flip]:
    """Find where each lever that a study pulled itself flips its answer, in the central draw.

    Raises
    ------
    InputError
        If a study names a lever that cannot be moved.
    """
    return [
        flip_point(
            find_position(f"{study.name}/{lever.variant}", pack), lever.assumption, lever.year
        )
        for study in studies
        for lever in study.levers
    ]


def render_studies(
    rows: Sequence[Reproduced],
    studies: Sequence[Study],
    pack: Pack,
    parts: Sequence[GapPart] | None = None,
    flips: Sequence[Flip] = (),
) -> str:
    """Return the page as text: the same studies give the same bytes.

    Parameters
    ----------
    rows, studies, pack, parts
        As for `write_studies_page`.
    flips
        Flip points of the levers of the studies.
    """
    ledger = pack.ledger()
    ordered = sorted(studies, key=lambda each: (each.published, each.name))
    sections: list[tuple[str, str, Markup | None]] = [
        ("headline", "All on one axis", headline(rows, ordered, pack))
    ]
    for study in ordered:
        own = [row for row in rows if row.study == study.name]
        whole = one_study(study, own, flips, pack, ledger)
        sections.append((f"study-{study.name}", study.name, whole))
    sections.append(("parts", "Unlike parts", parts_section(parts, ordered)))
    sections.append(("repeat", "Cite", _cite(rows, ordered, pack)))
    return standalone(
        f"Published projections of {pack.title}: Locum", _masthead(ordered, pack), sections
    )


def _masthead(studies: Sequence[Study], pack: Pack) -> Markup:
    facts = [
        pack.title,
        f"{count(len(studies))} {'study' if len(studies) == 1 else 'studies'}",
        f"Locum {locum.__version__}",
    ]
    return tag(
        "header",
        {"class": "masthead"},
        paragraph("Doctors: supply and need", kind="kicker"),
        tag("h1", {}, "Published projections, printed and computed anew"),
        paragraph(
            "Every published projection whose rules are known: what it asked, what it printed, "
            "what its rules give, how each rule is known, and what is missing.",
            kind="lede",
        ),
        tag("ul", {"class": "facts"}, *[tag("li", {}, fact) for fact in facts]),
    )


def _cite(rows: Sequence[Reproduced], studies: Sequence[Study], pack: Pack) -> Markup:
    reference = (
        f"Locum {locum.__version__}: published projections of {pack.title}, "
        f"{count(len(studies))} studies; country pack {pack.name} {pack.digest[:12]}."
    )
    lines = (
        ("Version", locum.__version__),
        ("Country pack", f"{pack.title} ({pack.name}), digest {pack.digest}"),
    )
    return section(
        "repeat",
        "Cite and repeat",
        paragraph("To cite this page: ", tag("cite", {}, reference)),
        paragraph("The same command with the same version gives the same numbers:"),
        tag(
            "pre",
            {"tabindex": 0, "aria-label": "Command"},
            tag("code", {}, "locum studies --json"),
        ),
        tag(
            "dl",
            {"class": "manifest"},
            *[tag("div", {}, tag("dt", {}, key), tag("dd", {}, text)) for key, text in lines],
        ),
        tag("h3", {}, "Sources"),
        source_items(all_sources(rows, studies, pack), pack),
    )
