"""From the folder of a run of a standoff to everything that its report prints: no HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from locum.countries import load_pack
from locum.errors import InputError, Place
from locum.report.maps import map_of
from locum.report.standoff_files import (
    Row,
    manifest_of,
    read_effects,
    read_frontier,
    read_harm,
    read_json,
    read_learned,
    read_national,
    read_rivals,
    read_strengths,
    rows_of,
    track_of,
)
from locum.report.standoff_records import (
    FIT,
    PREDICT,
    PRIOR,
    UPDATE,
    WITHOUT,
    Forecast,
    Happening,
    Read,
    StandoffContent,
    Track,
)
from locum.report.standoff_words import known_results, party_of
from locum.report.trail import (
    assumption_rows,
    citations,
    manifest_rows,
    run_command,
    value_words,
)
from locum.report.words import SMALLEST_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from locum.report.reportable import ReportedLedger, ReportedPack

__all__ = ["compose_standoff"]

SUMMARY = "date partition group state heads median low high"
READINGS = "metric scope date reading median low high use"
Numbers = tuple[float, ...]
Key = tuple[str, str, str]


@dataclass(frozen=True)
class _Ledger:
    entries: list[dict[str, Any]]

    def rows(self) -> Sequence[Mapping[str, Any]]:
        return self.entries


@dataclass(frozen=True)
class _Documents:
    """What the trail behind the results is made of."""

    ledger: ReportedLedger
    pack: ReportedPack
    manifest: Mapping[str, Any]
    influence: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class _Groups:
    """Tracks in per cent of the members, and the members, by group."""

    tracks: Mapping[Key, Track]
    members: Mapping[tuple[str, str], Numbers]
    groups: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Told:
    """What the manifest tells of the scenario."""

    whole: Mapping[str, Any]
    events: tuple[Happening, ...]

    def text(self, name: str) -> str:
        return str(self.whole.get(name) or "")

    def day(self, name: str, otherwise: date) -> date:
        text = self.text(name)
        return date.fromisoformat(text) if text else otherwise

    def until(self, use: str) -> date | None:
        found = _mapping(_mapping(self.whole.get("readings")).get(use)).get("until")
        return date.fromisoformat(str(found)) if found else None

    def settlements(self) -> tuple[Happening, ...]:
        """Return the events that predictions are told without, by name or by what is done."""
        named = _texts(self.whole.get("settlement"))
        return tuple(
            one
            for one in self.events
            if one.name in named or (not named and one.does == "settlement")
        )


def compose_standoff(
    folder: Path,
    *,
    manifest: Mapping[str, Any] | None = None,
    pack: ReportedPack | None = None,
) -> StandoffContent:
    """Gather the numbers and the words of a report of a standoff.

    Parameters
    ----------
    folder
        Of the run: summary.csv, national.csv and readings.csv, and what else it wrote.
    manifest
        What identifies the run; read from the folder if left out.
    pack
        Of the country; the one that the manifest names if left out.

    Returns
    -------
    StandoffContent. It holds nothing of a group of fewer than ten people.

    Raises
    ------
    MissingFile
        If the folder lacks a file that a run always has.
    MissingField, BadCell
        If a file lacks a column, or a cell cannot be read.
    InputError
        If nothing is told of any group.
    """
    whole = manifest_of(folder) if manifest is None else manifest
    scenario = _mapping(whole["scenario"])
    country: Any = pack or load_pack(str(whole["pack"]["name"]))
    told = _Told(scenario, tuple(_happenings(_mapping(scenario.get("events")))))
    groups = _read_groups(folder)
    if not groups.tracks:
        raise InputError("no group of at least ten people", Place(str(folder / "summary.csv")))
    readings, forecasts = _read_readings(folder)
    learned = read_learned(folder)
    ledger = folder / "assumptions.json"
    documents = _Documents(_Ledger(read_json(ledger) if ledger.is_file() else []), country, whole)
    days = [day for track in groups.tracks.values() for day in (track.days[0], track.days[-1])]
    first, last = min(days), max(days)
    regions = country.table("regions").rows
    return StandoffContent(
        title=told.text("title") or told.text("name"),
        description=told.text("description"),
        country=country.title,
        scenario=told.text("name"),
        draws=int(whole["draws"]),
        version=str(whole["version"]),
        first=first,
        last=last,
        dispute=told.day("dispute", first),
        read_until=min(last, _read_until(readings, last)),
        fit_until=told.until(FIT),
        update_until=told.until(UPDATE),
        fitted=bool(learned),
        changed=_changed(scenario, _mapping(whole.get("sets"))),
        turns=tuple(date.fromisoformat(one) for one in _texts(scenario.get("turns"))),
        settlements=told.settlements(),
        tracks=groups.tracks,
        members=groups.members,
        groups=groups.groups,
        national=read_national(folder),
        readings=readings,
        forecasts=forecasts,
        effects=read_effects(folder, party_of),
        harm=read_harm(folder, party_of),
        frontier=read_frontier(folder),
        learned=learned,
        strengths=read_strengths(folder),
        rivals=read_rivals(folder),
        events=told.events,
        map=map_of(country),
        regions=tuple(str(row["region"]) for row in regions),
        local_names={str(row["region"]): str(row.get("name_ko") or "") for row in regions},
        assumptions=assumption_rows(documents),
        sources=citations(documents),
        known=known_results(fitted=bool(learned)),
        manifest=manifest_rows(whole),
        command=_command(whole, told.text("name")),
    )


def _read_until(readings: Sequence[Read], last: date) -> date:
    """Return the last day of which a reading of people was used, or known if none was used."""
    counted = [one for one in readings if not one.polled]
    used = [one.day for one in counted if one.use in {FIT, UPDATE}]
    return max(used or [one.day for one in counted], default=last)


def _command(whole: Mapping[str, Any], scenario: str) -> str:
    return run_command(
        scenario, int(whole["draws"]), str(whole["seed"]), _mapping(whole.get("sets"))
    )


def _read_groups(folder: Path) -> _Groups:
    rows: dict[Key, list[tuple[date, Numbers]]] = {}
    heads: dict[tuple[str, str], dict[date, float]] = {}
    groups: dict[str, dict[str, None]] = {}
    for row in rows_of(folder, "summary", SUMMARY, needed=True):
        members = row.maybe("heads")
        if members is None or members < SMALLEST_GROUP or not row.text("median"):
            continue
        partition, group, day = row.text("partition"), row.text("group"), row.day()
        groups.setdefault(partition, {})[group] = None
        heads.setdefault((partition, group), {})[day] = members
        lines = rows.setdefault((partition, group, row.text("state")), [])
        lines.append((day, tuple(100 * value / members for value in _band(row))))
    return _Groups(
        {key: track_of(lines) for key, lines in rows.items()},
        {key: tuple(those[day] for day in sorted(those)) for key, those in heads.items()},
        {partition: tuple(names) for partition, names in groups.items()},
    )


def _band(row: Row) -> Numbers:
    ends = (row.maybe("low80"), row.maybe("high80")) if "low80" in row.cells else (None, None)
    return (*row.span(), *(end for end in ends if end is not None))


def _read_readings(folder: Path) -> tuple[tuple[Read, ...], tuple[Forecast, ...]]:
    """Return readings, and predictions of what has none."""
    readings: list[Read] = []
    tracks: dict[Key, list[tuple[date, Numbers]]] = {}
    for row in rows_of(folder, "readings", READINGS, needed=True):
        if not row.text("median"):
            continue
        use, reading = row.text("use"), row.maybe("reading")
        metric, scope = row.text("metric"), row.text("scope")
        if use in {PREDICT, WITHOUT, PRIOR}:
            tracks.setdefault((metric, scope, use), []).append((row.day(), row.span()))
        elif reading is not None:
            readings.append(Read(metric, scope, row.day(), reading, row.span(), use))
    readings.sort(key=lambda one: (one.day, one.metric, one.scope))
    return tuple(readings), tuple(_forecasts(tracks))


def _forecasts(rows: Mapping[Key, list[tuple[date, Numbers]]]) -> Iterator[Forecast]:
    tracks = {key: track_of(lines) for key, lines in rows.items()}
    for metric, scope in dict.fromkeys((metric, scope) for metric, scope, _ in tracks):
        predict = tracks.get((metric, scope, PREDICT))
        if predict is not None:
            others = (tracks.get((metric, scope, use)) for use in (WITHOUT, PRIOR))
            yield Forecast(metric, scope, predict, *(_apart(each, predict) for each in others))


def _apart(track: Track | None, predict: Track) -> Track | None:
    """Return a track from the day on which it leaves what is predicted; None if it never does."""
    if track is None:
        return None
    places = {day: row for row, day in enumerate(predict.days)}
    for row, day in enumerate(track.days):
        place = places.get(day)
        if place is None or any(
            line[row] != other[place]
            for line, other in zip(track.quantiles, predict.quantiles, strict=True)
        ):
            return track.kept(range(max(0, row - 1), len(track.days)))
    return None


def _happenings(events: Mapping[str, Any]) -> Iterable[Happening]:
    """Return the events in the order in which they happen."""
    found = [_happening(name, _mapping(event)) for name, event in events.items()]
    return sorted(found, key=lambda one: one.day)


def _happening(name: str, event: Mapping[str, Any]) -> Happening:
    until, value = event.get("until"), event.get("value")
    return Happening(
        name,
        date.fromisoformat(str(event["date"])),
        date.fromisoformat(str(until)) if until else None,
        str(event.get("actor") or ""),
        str(event.get("does") or ""),
        str(event.get("what") or ""),
        tuple(_texts(event.get("who"))),
        None if value is None else float(value),
        ", ".join(_texts(event.get("source"))),
    )


def _changed(scenario: Mapping[str, Any], sets: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the scenario and the user changed of the assumptions."""
    stated = {
        key: _mapping(entry).get("value", entry)
        for key, entry in _mapping(scenario.get("assumptions")).items()
    }
    return tuple(f"{key} = {value_words(value)}" for key, value in {**stated, **sets}.items())


def _mapping(found: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def _texts(found: object) -> list[str]:
    """Return one text, or several, as a list."""
    if isinstance(found, str):
        return [found]
    if isinstance(found, Sequence):
        return [str(one) for one in cast("Sequence[object]", found)]
    return []
