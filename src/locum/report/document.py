"""The page as one file: template, style and sections put together, and written."""

from __future__ import annotations

from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from locum.report.content import compose
from locum.report.markup import join, tag
from locum.report.sections.evidence import assumptions, grades, repeat, sources
from locum.report.sections.national import national
from locum.report.sections.pipeline import fund, pipeline
from locum.report.sections.places import places
from locum.report.sections.specialties import posts, specialties
from locum.report.sections.summary import contents, headline, masthead

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from locum.report.markup import Markup
    from locum.report.records import Content
    from locum.report.reportable import Reportable


def write_report(run: Reportable, path: Path) -> Path:
    """Write a run's report as one HTML file that needs nothing else.

    Parameters
    ----------
    run
        A finished run.
    path
        Where the file goes. It is written aside and renamed, so that no half of it is ever seen.

    Returns
    -------
    `path`.
    """
    page = render(compose(run))
    aside = path.with_name(f".{path.name}.part")
    aside.write_text(page, encoding="utf-8", newline="\n")
    return aside.replace(path)


def render(content: Content) -> str:
    """Return the page as text: the same content gives the same bytes.

    Parameters
    ----------
    content
        From `compose`.
    """
    chosen = _sections(content)
    body = [section(content) for _, _, section in chosen]
    names = [(name, label) for name, label, _ in chosen]
    return Template(_resource("page.html")).substitute(
        title=tag("title", {}, f"{content.title}: Locum report"),
        style=_resource("report.css"),
        masthead=masthead(content),
        contents=contents(names),
        sections=join(body),
    )


def _sections(content: Content) -> list[tuple[str, str, Callable[[Content], Markup]]]:
    """Choose the sections that this run has results for, in the order of reading."""
    whole: list[tuple[str, str, Callable[[Content], Markup], bool]] = [
        ("headline", "Headline", headline, True),
        ("national", "Supply and need", national, True),
        ("regions", "Regions", places, True),
        ("specialties", "Specialties", specialties, bool(content.specialties)),
        ("posts", "Posts", posts, bool(content.posts) or content.unfilled is not None),
        ("pipeline", "Pipeline", pipeline, bool(content.flows)),
        ("fund", "Fund", fund, bool(content.fund)),
        ("assumptions", "Assumptions", assumptions, True),
        ("grades", "Grades", grades, True),
        ("sources", "Sources", sources, True),
        ("repeat", "Repeat", repeat, True),
    ]
    return [(name, label, section) for name, label, section, present in whole if present]


def _resource(name: str) -> str:
    return files("locum.report").joinpath("templates", name).read_text(encoding="utf-8")
