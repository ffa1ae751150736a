"""Where the doctors are: maps per 1,000 people, and every region in a chart and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.charts.bars import Bar, BarFrame, bar_chart
from locum.report.charts.choropleth import (
    MapValue,
    Outlines,
    definitions,
    diverging_breaks,
    outlines,
    sequential_breaks,
)
from locum.report.markup import Markup, inner, tag
from locum.report.pieces import (
    NARROW,
    WIDE,
    Drawing,
    Plate,
    figure,
    paragraph,
    section,
)
from locum.report.sections.layers import MapLayer, map_figure, map_note
from locum.report.tables import (
    Cell,
    Column,
    Table,
    interval_cells,
    interval_columns,
    number,
    table_markup,
)
from locum.report.words import brief, exact, spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.report.records import Content, Interval, Region


def places(content: Content) -> Markup:
    """Print the section on regions."""
    shapes = outlines(content.map.topology, content.map.keys)
    names = [region.name for region in content.regions]
    return section(
        "regions",
        "Where the doctors are",
        paragraph(
            "The maps show rates, not counts, so that large cities do not swamp them: "
            f"{content.density_label[:1].lower()}{content.density_label[1:]}. "
            f"{_extremes(content)}"
        ),
        definitions(shapes, names),
        tag("div", {"class": "maps"}, *_maps(content, shapes, names)),
        paragraph(map_note(content.map, shapes), kind="note"),
        figure(_density_plate(content)),
        table_markup(_region_table(content), "regions"),
    )


def _extremes(content: Content) -> str:
    """Name the regions with most and fewest doctors per head."""
    ranked = sorted(content.regions, key=lambda region: region.density.value)
    low, high = ranked[0], ranked[-1]
    return (
        f"In {content.focus_year}, {high.name} has {exact(high.density.value, 'per_1000')} and "
        f"{low.name} {exact(low.density.value, 'per_1000')} (medians)."
    )


def _maps(content: Content, shapes: Outlines, names: list[str]) -> list[Markup]:
    regions = content.regions
    medians = [one.value for r in regions for one in (r.density_base, r.density)]
    breaks = sequential_breaks(medians)
    found = [
        map_figure(
            shapes,
            MapLayer(
                f"Density, {year}",
                content.density_grade,
                _values(regions, pick, f"in {year}"),
                breaks,
                ("doctors per 1,000 people", ""),
            ),
            names,
        )
        for year, pick in (
            (content.base_year, _density_base),
            (content.focus_year, _density),
        )
    ]
    rates = [r.gap_rate.value for r in regions if r.gap_rate is not None]
    if rates:
        values = _rate_values(regions, content.focus_year)
        sides = ("too few, per 1,000", "more than needed")
        title, grade = f"Gap, {content.focus_year}", content.region_gap_grade
        found.append(
            map_figure(
                shapes, MapLayer(title, grade, values, diverging_breaks(rates), sides), names
            )
        )
    return found


def _density_base(region: Region) -> Interval:
    return region.density_base


def _density(region: Region) -> Interval:
    return region.density


def _values(
    regions: tuple[Region, ...], pick: Callable[[Region], Interval], when: str
) -> dict[str, MapValue]:
    return {
        region.name: MapValue(
            pick(region).value,
            brief(pick(region).value),
            f"{region_label(region)}: {exact(pick(region).value, 'per_1000')} per 1,000 {when} "
            f"({spread(pick(region), 'per_1000')})",
        )
        for region in regions
    }


def _rate_values(regions: tuple[Region, ...], year: int) -> dict[str, MapValue]:
    return {
        region.name: MapValue(
            rate.value,
            brief(rate.value, signed=True),
            f"{region_label(region)}: {exact(rate.value, 'per_1000', signed=True)} per 1,000 in "
            f"{year} ({spread(rate, 'per_1000', signed=True)})",
        )
        for region in regions
        if (rate := region.gap_rate) is not None
    }


def region_label(region: Region) -> str:
    """Return the region's name, with its local name when it has one."""
    return f"{region.name} ({region.local_name})" if region.local_name else region.name


def _density_plate(content: Content) -> Plate:
    regions = sorted(content.regions, key=lambda region: -region.density.value)
    alt = (
        f"Bar chart of doctors per 1,000 people in {content.focus_year}, highest first: "
        + "; ".join(f"{r.name} {exact(r.density.value, 'per_1000')}" for r in regions)
        + "."
    )
    wide, narrow = (_density_chart(regions, width, alt) for width in (WIDE, NARROW))
    return Plate(
        title=f"Density by region, {content.focus_year}",
        note=f"Bar: median; line across it: 80% interval; upright tick: {content.base_year}.",
        grade=content.density_grade,
        drawing=Drawing(wide, narrow),
        table=_region_table(content),
        filename="regions.csv",
        table_on_page=True,
    )


def _density_chart(regions: list[Region], width: int, alt: str) -> Markup:
    bars = [
        Bar(
            region_label(region) if width == WIDE else region.name,
            region.density,
            _density_words(region, width=width),
            marker=region.density_base.value,
        )
        for region in regions
    ]
    return bar_chart(bars, BarFrame(width, "doctors per 1,000 people", alt))


def _density_words(region: Region, *, width: int) -> str:
    value = exact(region.density.value, "per_1000")
    if width == NARROW or region.density.low == region.density.high:
        return value
    return f"{value} ({spread(region.density, 'per_1000')})"


def _region_table(content: Content) -> Table:
    base, focus = content.base_year, content.focus_year
    columns = [Column("Region", numeric=False), Column(f"Per 1,000 in {base}")]
    columns += interval_columns(f"Per 1,000 in {focus}")
    has_doctors = any(region.supply is not None for region in content.regions)
    has_gap = any(region.gap_rate is not None for region in content.regions)
    if has_doctors:
        columns.append(Column(f"Doctors in {focus}, median"))
    if has_gap:
        columns += interval_columns(f"Gap per 1,000 in {focus}")
    rows: list[tuple[Cell, ...]] = []
    for region in content.regions:
        cells = [_name_cell(region), number(region.density_base.value, "per_1000")]
        cells += interval_cells(region.density, "per_1000")
        if region.supply is not None:
            cells.append(number(region.supply.value, "clinical"))
        if region.gap_rate is not None:
            cells += interval_cells(region.gap_rate, "per_1000", signed=True)
        rows.append(tuple(cells))
    return Table(f"Regions in {base} and {focus}", tuple(columns), tuple(rows))


def _name_cell(region: Region) -> Cell:
    local = tag("span", {"lang": "ko", "class": "local"}, region.local_name)
    shown = inner(region.name, " ", local) if region.local_name else inner(region.name)
    return Cell(shown, region_label(region))
