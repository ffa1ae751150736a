"""HTML built from trusted markup and untrusted text, and told apart by type.

Names of regions, specialties, scenarios and sources come from files that strangers may have
written. Text is escaped unless it is `Markup`, which only `tag` and `verbatim` make.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

VOID_TAGS = frozenset({"br", "hr", "img", "meta", "link", "col", "wbr"})
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Markup(str):
    """Text that is HTML already and must not be escaped again."""

    __slots__ = ()


Child = str | Markup | None
Attribute = str | int | float | bool | None


def verbatim(text: str) -> Markup:
    """Declare that a text written by us is HTML."""
    return Markup(text)


def inner(*children: Child) -> Markup:
    """Put children after each other, text among them escaped; None is left out."""
    return Markup(
        "".join(
            child if isinstance(child, Markup) else escape(child, quote=False)
            for child in children
            if child is not None
        )
    )


def tag(
    name: str, attributes: Mapping[str, Attribute] | None = None, /, *children: Child
) -> Markup:
    """Build one element.

    Parameters
    ----------
    name
        Name of the element.
    attributes
        True prints the bare name, False and None leave the attribute out.
    children
        Contents; strings that are not `Markup` are escaped.
    """
    printed = "".join(
        f" {key}" if value is True else f' {key}="{escape(str(value))}"'
        for key, value in (attributes or {}).items()
        if value is not None and value is not False
    )
    if name in VOID_TAGS:
        return Markup(f"<{name}{printed}>")
    return Markup(f"<{name}{printed}>{inner(*children)}</{name}>")


def join(parts: list[Markup]) -> Markup:
    """Put elements after each other, a line each."""
    return Markup("\n".join(parts))


def link(text: str, url: str) -> Markup:
    """Link to a web page, or print the text alone when the address is not one."""
    if not _is_web_address(url):
        return inner(text)
    return tag("a", {"href": url, "rel": "noopener noreferrer"}, text)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return url.isprintable() and parts.scheme in {"http", "https"} and bool(parts.netloc)


def csv_uri(header: list[str], rows: list[list[str]]) -> str:
    """Return a table as a CSV file inside a data: address, with the mark Excel needs.

    A cell that a spreadsheet would take for a formula is led by an apostrophe; numbers with a
    sign stay numbers.
    """
    lines = [",".join(_csv_cell(cell) for cell in row) for row in [header, *rows]]
    return "data:text/csv;charset=utf-8,%EF%BB%BF" + quote("\r\n".join(lines) + "\r\n", safe=",")


def _csv_cell(text: str) -> str:
    if text.startswith(_FORMULA_STARTS) and not _is_number(text):
        text = "'" + text
    if any(character in text for character in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
