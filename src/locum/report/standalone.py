"""A page that is one file: the template filled and written, for other pages than reports."""

from __future__ import annotations

from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from locum.report.markup import join, tag
from locum.report.sections.summary import contents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from locum.report.markup import Markup


def standalone(
    title: str,
    masthead: Markup,
    sections: Sequence[tuple[str, str, Markup | None]],
    *styles: str,
) -> str:
    """Return a whole page.

    Parameters
    ----------
    title
        For the window and the bookmark.
    masthead
        The top of the page.
    sections
        Identifier, name in the list of contents, and the section; None is left out. One must be
        called `headline`, to which the page lets readers skip.
    styles
        Names of style sheets of the report that come after the common one.
    """
    present = [(name, label, section) for name, label, section in sections if section is not None]
    return Template(_resource("page.html")).substitute(
        title=tag("title", {}, title),
        style="".join(map(_resource, ("report.css", *styles))),
        masthead=masthead,
        contents=contents([(name, label) for name, label, _ in present]),
        sections=join([section for _, _, section in present]),
    )


def write_page(page: str, path: Path) -> Path:
    """Write a page aside and rename it, so that no half of it is ever seen; return `path`."""
    aside = path.with_name(f".{path.name}.part")
    aside.write_text(page, encoding="utf-8", newline="\n")
    return aside.replace(path)


def _resource(name: str) -> str:
    return files("locum.report").joinpath("templates", name).read_text(encoding="utf-8")
