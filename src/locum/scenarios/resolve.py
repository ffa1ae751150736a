"""Join a scenario with its ancestors and check it against its country."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from locum.errors import BadValue, MissingField, YearOutside
from locum.scenarios.chain import Chain, chain_of, find_document, table_or_file
from locum.scenarios.overrides import apply, stated_overrides
from locum.scenarios.reading import WORKFORCE, Document, read_scenario_data
from locum.scenarios.scenario import Override, Scenario
from locum.scenarios.seats import PlacedSeats, check_seats, full_history

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from locum.assumptions import Ledger
    from locum.countries import Pack
    from locum.errors import Place
    from locum.scenarios.schema import ScenarioFile

__all__ = ["resolve", "resolve_data", "resolve_document"]

_INTERRUPTIONS = "interruption"
"""Tables of a pack whose name begins so hold months away from study and training."""


@dataclass
class _Draft:
    """What the documents read so far say together, each part with its place."""

    start: tuple[int, Place] | None = None
    end: tuple[int, Place] | None = None
    seats: dict[int, PlacedSeats] = field(default_factory=dict[int, PlacedSeats])
    history: dict[int, tuple[int, Place]] = field(default_factory=dict[int, tuple[int, "Place"]])
    overrides: dict[str, Override] = field(default_factory=dict[str, Override])
    interruption: str | None = None


def resolve(
    scenario: str | PathLike[str], pack: Pack | None = None, ledger: Ledger | None = None
) -> Scenario:
    """Return a scenario, complete and checked.

    Parameters
    ----------
    scenario
        Name of a preset, or a file.
    pack
        Its country, when that is already open; by default the one the scenario names.
    ledger
        The assumptions of the country, when they are already read.

    Raises
    ------
    InputError
        For the first thing that is wrong, with file, line and key.

    Notes
    -----
    A scenario's own places of medical schools are in force from the first year it names;
    earlier ones are inherited. Assumptions are inherited one by one; a past that did not happen
    and an interruption are inherited whole, and `interruption: null` takes it away.
    """
    return resolve_document(find_document(scenario, WORKFORCE, pack), pack, ledger)


def resolve_data(data: Mapping[str, Any], file: str, pack: Pack | None = None) -> Scenario:
    """Return a scenario from what `Scenario.to_dict` wrote, also after a round trip by JSON.

    Raises
    ------
    InputError
        As `resolve`; `file` is the name that the errors give.
    """
    return resolve_document(read_scenario_data(data, file, WORKFORCE), pack)


def resolve_document(
    document: Document[ScenarioFile], pack: Pack | None = None, ledger: Ledger | None = None
) -> Scenario:
    """Return the scenario of a document that is already read; see `resolve`."""
    chain = chain_of(document, pack)
    pack = chain.pack
    draft = _Draft()
    for each in reversed(chain.documents):
        _add(draft, each, pack)
    start, end = _years(draft, chain)
    seats = check_seats(draft.seats, start, pack, document.places("seats"))
    history = full_history(draft.history, start, pack)
    scenario = Scenario(
        name=document.content.name,
        title=document.content.title,
        description=document.content.description.strip(),
        country=pack.name,
        start=start,
        end=end,
        seats=seats,
        history_seats=history,
        assumptions=draft.overrides,
        interruption=draft.interruption,
        file=document.places.file,
    )
    if scenario.assumptions:
        apply(scenario, ledger or pack.ledger())
    return scenario


def _add(draft: _Draft, document: Document[ScenarioFile], pack: Pack) -> None:
    """Let a document speak after its ancestors have spoken."""
    content, places = document.content, document.places
    if content.years.start is not None:
        draft.start = content.years.start, places("years", "start")
    if content.years.end is not None:
        draft.end = content.years.end, places("years", "end")
    if content.seats:
        first = min(content.seats)
        draft.seats = {year: seats for year, seats in draft.seats.items() if year < first}
        for year, entry in content.seats.items():
            draft.seats[year] = PlacedSeats(entry, places, year)
    if content.history is not None:
        draft.history = {
            year: (seats, places("history", "seats", year))
            for year, seats in content.history.seats.items()
        }
    draft.overrides |= stated_overrides(document)
    if "interruption" in content.model_fields_set:
        draft.interruption = table_or_file(
            document, "interruption", _INTERRUPTIONS, "interruption", pack
        )


def _years(draft: _Draft, chain: Chain[ScenarioFile]) -> tuple[int, int]:
    """Check the first and the last year against those of the pack."""
    document, pack = chain.documents[0], chain.pack
    if draft.start is None or draft.end is None:
        missing = "start" if draft.start is None else "end"
        what = f"years of scenario {document.content.name!r}"
        raise MissingField(what, missing, document.places("years"))
    (start, start_place), (end, end_place) = draft.start, draft.end
    _check_year(start, pack, start_place)
    _check_year(end, pack, end_place)
    if start not in pack.base_years:
        choices = " or ".join(map(str, pack.base_years))
        raise BadValue("start", start, f"a base year: {choices}", start_place)
    if end <= start:
        raise YearOutside("a run", end, start + 1, pack.last_year, end_place)
    return start, end


def _check_year(year: int, pack: Pack, place: Place) -> None:
    if not pack.first_year <= year <= pack.last_year:
        what = f"the data of {pack.title}"
        raise YearOutside(what, year, pack.first_year, pack.last_year, place)
