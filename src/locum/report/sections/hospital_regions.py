"""Emergency visits by region: maps of rates and of changes, never of counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.choropleth import (
    MapValue,
    definitions,
    diverging_breaks,
    outlines,
    sequential_breaks,
)
from locum.report.hospitals_words import between
from locum.report.markup import Markup, inner, tag
from locum.report.pieces import paragraph, section
from locum.report.sections.layers import MapLayer, map_figure, map_note
from locum.report.tables import (
    Cell,
    Column,
    Table,
    behind,
    interval_cells,
    interval_columns,
)
from locum.report.words import brief, exact, joined, percent, spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.report.hospitals_records import HospitalContent, Place
    from locum.report.records import Interval

__all__ = ["regions"]

UNIT = "per_1000"


def regions(content: HospitalContent) -> Markup | None:
    """Print the section on regions."""
    if not content.places:
        return None
    shapes = outlines(content.map.topology, content.map.keys)
    shown = {place.name for place in content.places}
    left_out = [name for name in content.regions if name not in shown]
    told = ""
    if left_out:
        told = (
            f" {joined(left_out)} {'has' if len(left_out) == 1 else 'have'} fewer than ten "
            "hospitals and stay blank."
        )
    table = _table(content)
    return section(
        "regions",
        "Regions",
        paragraph(
            "Visits to emergency departments of a region, for its people and in per cent, not as "
            f"counts: the {content.spans[0].label}, and the change from it in the "
            f"{content.spans[1].label}.{told}"
        ),
        definitions(shapes, content.regions),
        tag(
            "div",
            {"class": "maps"},
            *[map_figure(shapes, layer, content.regions) for layer in _layers(content)],
        ),
        paragraph(map_note(content.map, shapes), kind="note"),
        behind(table, "regions.csv"),
    )


def _layers(content: HospitalContent) -> list[MapLayer]:
    before, places = content.spans[0], content.places
    return [
        MapLayer(
            f"Visits, {before.label}",
            "fitted margin",
            {place.name: _rate(place) for place in places},
            sequential_breaks([place.before.value for place in places]),
            ("a week, per 1,000 people", ""),
        ),
        _change_layer(places, "Change", "fitted margin", _all),
        _change_layer(places, "Change, KTAS 4 and 5", "assumed", _mild),
    ]


def _rate(place: Place) -> MapValue:
    told = f"{exact(place.before.value, UNIT)} per 1,000 ({spread(place.before, UNIT)})"
    return MapValue(place.before.value, brief(place.before.value), f"{_label(place)}: {told}")


def _all(place: Place) -> Interval:
    return place.change


def _mild(place: Place) -> Interval:
    return place.mild_change


def _change_layer(
    places: tuple[Place, ...], title: str, grade: str, pick: Callable[[Place], Interval]
) -> MapLayer:
    medians = [100 * pick(place).value for place in places]
    falls = max(medians) < 0
    values = {
        place.name: MapValue(
            (-100 if falls else 100) * pick(place).value,
            percent(pick(place).value, signed=True),
            f"{_label(place)}: {percent(pick(place).value, signed=True)} ({between(pick(place))})",
        )
        for place in places
    }
    sizes = [each.value for each in values.values()]
    if falls:
        return MapLayer(title, grade, values, sequential_breaks(sizes), ("per cent fewer", ""))
    return MapLayer(title, grade, values, diverging_breaks(sizes), ("fewer, per cent", "more"))


def _label(place: Place) -> str:
    return f"{place.name} ({place.local_name})" if place.local_name else place.name


def _table(content: HospitalContent) -> Table:
    before, during = content.spans[:2]
    rate = "visits a week per 1,000 people"
    columns = [Column("Region", numeric=False)]
    columns += interval_columns(f"{before.label}, {rate}")
    columns += interval_columns(f"{during.label}, {rate}")
    columns += interval_columns("Relative change") + interval_columns("Of KTAS 4 and 5")
    rows = tuple(
        (
            Cell(_name(place), _label(place)),
            *interval_cells(place.before, UNIT),
            *interval_cells(place.during, UNIT),
            *interval_cells(place.change, "share", signed=True),
            *interval_cells(place.mild_change, "share", signed=True),
        )
        for place in content.places
    )
    return Table("Emergency visits by region", tuple(columns), rows)


def _name(place: Place) -> Markup:
    local = tag("span", {"lang": "ko", "class": "local"}, place.local_name)
    return inner(place.name, " ", local) if place.local_name else inner(place.name)
