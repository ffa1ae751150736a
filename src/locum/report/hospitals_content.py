"""From a run of hospitals to everything that its report prints: pure, no HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from locum import __version__
from locum.hospital.contingency import SETTINGS
from locum.report.hospitals_records import HospitalContent, Pull
from locum.report.hospitals_spans import Compared, people_by_region
from locum.report.hospitals_weeks import families, published, spans_of
from locum.report.hospitals_words import SETTING_WORDS, day_words, days_words
from locum.report.maps import map_of
from locum.report.records import Known
from locum.report.trail import assumption_rows, citations, manifest_rows, run_command
from locum.report.words import humanised, unit_words
from locum.runs.hospitals.dataset import VARIABLES
from locum.runs.hospitals.posterior import read_posterior

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locum.inference.hospital_learned import Taught
    from locum.report.reportable import ReportedLedger, ReportedPack
    from locum.runs.hospitals.levers import Bought
    from locum.runs.hospitals.request import HospitalRequest
    from locum.runs.hospitals.storing import HospitalRun
    from locum.scenarios.hospitals import HospitalScenario, Lever

__all__ = ["compose_hospitals"]

_POPULATION = "population_regional"
_SHARE = "share"


@dataclass(frozen=True)
class _Documents:
    """What the trail behind the results is made of."""

    ledger: ReportedLedger
    pack: ReportedPack
    manifest: Mapping[str, Any]
    influence: Mapping[str, float] = field(default_factory=dict[str, float])


def compose_hospitals(
    run: HospitalRun,
    levers: Sequence[Bought] = (),
    learned: Sequence[Taught] = (),
) -> HospitalContent:
    """Gather the numbers and the words of a report of hospitals.

    Parameters
    ----------
    run
        A finished run.
    levers
        What each lever bought, if runs without it were compared.
    learned
        What the fit taught, if its draws are used.

    Returns
    -------
    HospitalContent. It holds nothing of a single hospital, nor of a group or region of fewer than
    ten, but the five largest.
    """
    request, series = run.request, run.series
    # The type checker does not see that a cached property is a property.
    scenario, pack = request.scenario, cast("ReportedPack", request.pack)
    compared = Compared(series, scenario, spans_of(scenario))
    documents = _Documents(request.ledger, pack, request.manifest)
    return HospitalContent(
        title=scenario.title,
        description=scenario.description,
        country=pack.title,
        scenario=scenario.name,
        draws=request.draws,
        version=__version__,
        first=scenario.report_from,
        last=scenario.end,
        since=scenario.since,
        rule=scenario.contingency,
        away=scenario.staff is not None,
        fitted=bool(learned) or read_posterior(request.pack) is not None,
        pulls=tuple(_pull(lever, scenario) for lever in scenario.levers),
        changed=_changed(scenario, request.sets),
        spans=compared.spans,
        changes=compared.changes(),
        families=families(series, scenario, run.readings),
        readings=published(run.readings),
        flow=compared.flow("korea"),
        triage=compared.triage(("tertiary", "general", "korea")),
        map=map_of(pack),
        regions=request.pack.regions,
        places=compared.places(request.pack.regions, _local_names(pack), _people(pack)),
        staffing=compared.staffing(("tertiary", "general")),
        harm=compared.harm(("tertiary", "general", "korea")),
        harm_lower=compared.harm_lower(),
        levers=tuple(levers),
        learned=tuple(learned),
        assumptions=assumption_rows(documents),
        sources=citations(documents),
        known=_known(),
        manifest=manifest_rows(documents.manifest),
        command=_command(request),
    )


def _command(request: HospitalRequest) -> str:
    return run_command(request.scenario.name, request.draws, str(request.seed), request.sets)


def _known() -> tuple[Known, ...]:
    return tuple(
        Known(humanised(each.words), each.unit, each.grade) for each in VARIABLES.values()
    )


def _pull(lever: Lever, scenario: HospitalScenario) -> Pull:
    parts = [_setting_words(name, value) for name, value in lever.change]
    until = lever.until or scenario.end
    if lever.until is None:
        when = f"from {day_words(lever.since)}"
    else:
        when = days_words(lever.since, until)
    return Pull(humanised(lever.name), when, "; ".join(parts), lever.source or "")


def _setting_words(name: str, value: float) -> str:
    unit = SETTINGS[name].unit
    if unit == _SHARE:
        how = "" if value == 1 else f": {value:.0%}" if value else ": no longer"
        return SETTING_WORDS.get(name, humanised(name)) + how
    return f"{SETTING_WORDS.get(name, humanised(name))}: {value:,.0f} {unit_words(unit)}"


def _changed(scenario: HospitalScenario, sets: Mapping[str, str]) -> tuple[str, ...]:
    """Return what the scenario and the user changed of the assumptions."""
    stated = [f"{key} = {_value(each.to_dict())}" for key, each in scenario.assumptions.items()]
    return (*stated, *(f"{key} = {value}" for key, value in sets.items()))


def _value(entry: Mapping[str, Any]) -> str:
    return str(entry.get("value", entry.get("values", dict(entry))))


def _local_names(pack: ReportedPack) -> dict[str, str]:
    rows = pack.table("regions").rows
    return {str(row["region"]): str(row.get("name_ko") or "") for row in rows}


def _people(pack: ReportedPack) -> dict[str, float]:
    return people_by_region(pack.table(_POPULATION).rows)
