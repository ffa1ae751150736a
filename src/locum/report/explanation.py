"""The page that says why two projections disagree: one file that anybody can open and cite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import locum
from locum.report.markup import Markup, tag
from locum.report.pieces import paragraph
from locum.report.sections.attribution import blocks, count, evidence, headline, road
from locum.report.sections.crux import cite, crux, flips, together
from locum.report.standalone import standalone, write_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from locum.inference.attribution import Attribution
    from locum.inference.flip import Flip
    from locum.runs.positions import Position

__all__ = ["render_explanation", "write_explanation"]


def write_explanation(attribution: Attribution, flips: Sequence[Flip], path: Path) -> Path:
    """Write an attribution as one HTML file that needs nothing else.

    Parameters
    ----------
    attribution
        From `locum.inference.attribution.explain`; under every reading, if a study leaves one
        open.
    flips
        Flip points to tell of, from `locum.inference.flip.flip_point`; may be empty.
    path
        Where the file goes. It is written aside and renamed, so that no half of it is ever seen.

    Returns
    -------
    `path`.
    """
    return write_page(render_explanation(attribution, flips), path)


def render_explanation(attribution: Attribution, found: Sequence[Flip] = ()) -> str:
    """Return the page as text: the same attribution gives the same bytes.

    Parameters
    ----------
    attribution
        From `locum.inference.attribution.explain`.
    found
        Flip points to tell of.
    """
    a, b, year = attribution.a.title, attribution.b.title, attribution.year
    return standalone(
        f"{a} against {b}, {year}: Locum",
        _masthead(attribution),
        [
            ("headline", "Headline", headline(attribution)),
            ("waterfall", "Waterfall", road(attribution)),
            ("blocks", "Blocks", blocks(attribution)),
            ("crux", "Crux", crux(attribution)),
            ("flips", "Flip points", flips(found)),
            ("together", "Interactions", together(attribution)),
            ("known", "Evidence", evidence(attribution)),
            ("repeat", "Cite", cite(attribution)),
        ],
    )


def _masthead(attribution: Attribution) -> Markup:
    facts = [
        attribution.a.pack.title,
        f"{attribution.a.name} against {attribution.b.name}",
        "1 draw" if attribution.draws == 1 else f"{count(attribution.draws)} draws",
        f"Locum {locum.__version__}",
    ]
    about = [
        tag("p", {}, tag("strong", {}, f"{each.title}. "), told)
        for each in (attribution.a, attribution.b)
        if (told := _description(each))
    ]
    return tag(
        "header",
        {"class": "masthead"},
        paragraph("Why two projections disagree", kind="kicker"),
        tag("h1", {}, f"{attribution.a.title} against {attribution.b.title}"),
        tag("div", {"class": "changes"}, *about) if about else None,
        tag("ul", {"class": "facts"}, *[tag("li", {}, fact) for fact in facts]),
    )


def _description(position: Position) -> str:
    if position.study is not None:
        return f"{position.study.description} Held by {position.study.holder}."
    return "" if position.scenario is None else position.scenario.description
