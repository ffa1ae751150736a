"""SYNTHETIC runs of a standoff for the tests of their report: invented numbers of plausible size.

Only readings up to August 2024 and the names of regions and events are those of the pack. What
comes later is made up by formulas that know nothing of what happened.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache
from io import StringIO
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from locum.countries import load_pack
from locum.forum.frontier import MEASURES
from locum.runs.folder import write_json
from locum.runs.standoff.harm import METRICS
from locum.scenarios.standoff import resolve_standoff
from locum.standoff.deeds import SANCTIONS
from locum.standoff.states import KINDS, STATES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FIRST, LAST = date(2024, 2, 6), date(2025, 9, 30)
OUT, TURN, FITTED = date(2024, 2, 20), date(2024, 3, 1), date(2024, 2, 29)
DAILY = date(2024, 4, 10)
UPDATED, SETTLED = date(2024, 8, 31), date(2025, 8, 7)
HEADS = {"trainee": 13_531, "student": 18_348, "professor": 15_000, "community": 51_000}
PEAK = {"trainee": 0.92, "student": 0.75, "professor": 0.06, "community": 0.02}
LETTERS = {"trainee": 0.08, "student": 0.1, "professor": 0.2, "community": 0.0}
GROUPS = {
    "hospital": ("big5", "other_tertiary", "general"),
    "specialty": (
        "internal_medicine",
        "surgery",
        "paediatrics",
        "obstetrics",
        "emergency_medicine",
        "dermatology",
        "nuclear_medicine",
    ),
    "year": (
        "intern",
        *(f"resident {year}" for year in range(1, 5)),
        *(f"student {year}" for year in range(1, 7)),
    ),
}
SMALL = "nuclear_medicine"
"""A group of fewer than ten: every cell of it is empty."""
SCOPES = {
    "100": "trainees at the 100 inspected training hospitals",
    "94": "94 of the 100 hospitals (6 dropped for poor data)",
    "99": "99 of the 100 hospitals",
    "residents": "100 training hospitals, residents only",
}
POLLED = {
    "approval_plan": (0.76, 0.56),
    "approval_handling": (0.4, 0.2),
    "approval_president": (0.36, 0.23),
}
Row = tuple[object, ...]


def days() -> list[date]:
    """Return every day of the first weeks, then weekly ones and the first of each month."""
    every = [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1)]
    return [
        day
        for day in every
        if day < DAILY or day.day == 1 or day == LAST or (day - FIRST).days % 7 == 0
    ]


def share_away(kind: str, day: date, *, settled: bool = True) -> float:
    """Invent the share that is away."""
    since = (day - OUT).days
    rise = 0.0 if since < 0 else 1 - 0.45 * np.exp(-since / 5)
    fall = 1.0 - 0.0004 * max(0, (day - TURN).days)
    if settled and day >= SETTLED:
        fall *= np.exp(-(day - SETTLED).days / 40)
    return PEAK[kind] * rise * fall


def shares(kind: str, day: date) -> dict[str, float]:
    """Invent the shares of all states."""
    away = share_away(kind, day)
    left = min(1.0, max(0, (day - date(2024, 7, 10)).days / 20)) * 0.6
    late = day >= TURN
    letter = LETTERS[kind] * (day >= date(2024, 2, 17)) * (0.3 if late else 1.0)
    returned = 0.02 * min(1.0, max(0, (day - FITTED).days) / 100)
    parts = {
        "letter_in": letter,
        "absent": away * (1 - left) * (0.8 if late else 1.0),
        "contract_refused": away * (1 - left) * (0.2 if late else 0.0),
        "resigned": away * left * 0.5,
        "employed_elsewhere": away * left * 0.45,
        "enlisted": away * left * 0.05,
        "returned": returned,
    }
    parts["at_work"] = max(0.0, 1 - sum(parts.values()))
    support = 0.75 if kind in {"trainee", "student"} else 0.5
    sums = {
        "away": away,
        "joined": away + letter,
        "support": support - 0.0002 * (day - FIRST).days,
    }
    return parts | sums


def spread(value: float, width: float, most: float = 1e9) -> tuple[str, ...]:
    """Return median, 90% and 80% bands."""
    ends = (value, value - width, value + width, value - 0.78 * width, value + 0.78 * width)
    return tuple(f"{min(max(0.0, end), most):.6g}" for end in ends)


def summary_rows() -> list[Row]:
    found: list[Row] = []
    for kind, day in product(KINDS, days()):
        found += _rows("kind", kind, kind, HEADS[kind], day, 1.0)
    regions = load_pack("korea").regions
    for partition, groups in {**GROUPS, "region": regions}.items():
        for (place, group), day in product(
            enumerate(groups), [day for day in days() if day.day == 1 or day == LAST]
        ):
            kind = "student" if group.startswith("student") else "trainee"
            heads = 5 if group == SMALL else HEADS[kind] / len(groups) * (0.6 + 0.1 * (place % 9))
            found += _rows(partition, group, kind, heads, day, 1 - 0.03 * (place % 5))
    return found


def _rows(
    partition: str, group: str, kind: str, heads: float, day: date, factor: float
) -> list[Row]:
    told = shares(kind, day)
    wide = 0.02 + 0.0002 * max(0, (day - UPDATED).days)
    rows: list[Row] = []
    for state in (*STATES, "away", "joined", "support"):
        value = told[state] * (1.0 if state == "at_work" else factor)
        width = wide * (4 if state == "support" else 1) * (value > 0) * heads
        cells = ("",) * 5 if heads < 10 else spread(value * heads, width, heads)
        rows.append((day, partition, group, state, f"{heads:.0f}", *cells))
    return rows


def national_rows() -> list[Row]:
    found: list[Row] = []
    for day in days():
        through = (day - FIRST).days / (LAST - FIRST).days
        told = {"resolve": 0.85 - 0.4 * through, "credibility": 0.6 - 0.4 * through}
        told |= {key: a + (b - a) * min(1, 2.6 * through) for key, (a, b) in POLLED.items()}
        told |= {f"mandate_{kind}": PEAK[kind] for kind in KINDS}
        told |= {f"line_{kind}": 0.8 - 0.5 * through for kind in KINDS}
        for place, sanction in enumerate(SANCTIONS):
            since = day >= date(2024, 2, 19)
            told[f"{sanction}_announced"] = since * (9_400 if place < 2 else 12 + place)
            told[f"{sanction}_notified"] = since * (9_400, 4_944, 0, 6, 0)[place]
            told[f"{sanction}_executed"] = since * (0, 0, 0, 3, 211)[place]
        out = float(day >= OUT)
        told |= {"reach": 0.8 * out, "exposure": 0.3 * out * through, "lists_live": 2 * out}
        told |= {"named": 4_000 * through, "removed": 9_000 * through}
        told |= {"wrongly_removed": 1_500 * through, "identified": 40 * through}
        told |= {"arrests": 12 * through, "record_loss": 0.001 * through, "stress": 0.4 * out}
        for name, value in told.items():
            found.append((day, name, *spread(float(value), 0.08 * float(value))[:3]))
    return found


def reading_rows() -> list[Row]:
    found: list[Row] = []
    for row in load_pack("korea").table("walkout_daily").rows:
        day = date.fromisoformat(str(row["date"]))
        population = str(row["population"])
        if population not in SCOPES.values() or day > UPDATED:
            continue
        use = "fit" if day <= FITTED else "check" if day <= date(2024, 3, 8) else "update"
        metric = str(row["metric"])
        for name, cell in ((metric, row["value"]), (f"{metric}_percent", row["percent"])):
            if cell in ("", None):
                continue
            value = float(str(cell))
            low, high = 0.97 * value, 1.03 * value
            found.append(
                (
                    name,
                    population,
                    day,
                    value,
                    f"{0.995 * value:.6g}",
                    f"{low:.6g}",
                    f"{high:.6g}",
                    use,
                )
            )
    return found + polled_rows() + predicted_rows()


def polled_rows() -> list[Row]:
    found: list[Row] = []
    for (name, (a, b)), month in product(POLLED.items(), (2, 3, 5, 7, 9)):
        value = 100 * (a + (b - a) * (month - 2) / 7)
        day = date(2024, month, 9 if month == 9 else 25)
        found.append(
            (
                f"{name}_percent",
                "adults",
                day,
                round(value),
                f"{value:.1f}",
                f"{value - 5:.1f}",
                f"{value + 5:.1f}",
                "fit",
            )
        )
    return found


def predicted_rows() -> list[Row]:
    found: list[Row] = []
    metric, scope = "absent_or_contract_given_up_percent", SCOPES["100"]
    for day in days():
        for use, settled, wide in (
            ("predict", True, 2 + 0.02 * (day - FIRST).days),
            ("predict_without_settlement", False, 2 + 0.02 * (day - FIRST).days),
            ("prior", True, 30.0),
        ):
            if use == "predict_without_settlement" and day < SETTLED:
                continue
            value = (
                100 * share_away("trainee", day, settled=settled) * (0.6 if use == "prior" else 1)
            )
            ends = (max(0.0, value - wide), min(100.0, value + wide))
            found.append(
                (metric, scope, day, "", f"{value:.4g}", *(f"{end:.4g}" for end in ends), use)
            )
    return found


SYNTHETIC = "SYNTHETIC: invented numbers that show what a report looks like."
STEPS = (
    ("call_ended_early", "The association <ends> its call on 4 March 2024", "doctors"),
    ("duty_cap_24h", "Trainees' duty is capped at 24 hours on end from March 2024 on", "both"),
    ("liability_cover", "Doctors' liability in essential care is covered", "both"),
    ("no_deadline", "No deadline is set for a return without liability", "government"),
    ("no_list", "Nobody is named in a list, on the platform or outside", "doctors"),
    ("penalties_dropped", "No orders, notices, prosecutions or bans", "government"),
    ("quota_withdrawn", "The rise of the quota is withdrawn on 4 March 2024", "government"),
    ("sanctions_executed_as_announced", "Suspensions begin as announced", "government"),
    ("takedown_in_1h", "A post that names members goes an hour after it is found", "platform"),
)
SIZES = {
    "operations_postponed": 210_000.0,
    "inpatient_days_lost": 1_900_000.0,
    "training_months_lost": 160_000.0,
    "named": 4_000.0,
    "licence_suspensions": 0.0,
    "exposure_mean": 0.4,
}
"""Of results of a run; 50 of all others."""


def counterfactual_rows() -> list[Row]:
    rng = np.random.default_rng(5)
    found: list[Row] = []
    for name, title, side in STEPS:
        for metric, each in METRICS.items():
            base = SIZES.get(metric, 50.0)
            change = float(rng.normal(-0.1, 0.15)) * base
            reach = 0.7 * abs(change) + 0.05 * base
            cells = (base, base + change, change, change - reach, change + reach)
            numbers = (f"{one:.5g}" for one in cells)
            found.append((name, title, side, metric, each.party, each.unit, *numbers))
    return found


def frontier_rows() -> list[Row]:
    found: list[Row] = []
    for hours, detection, kept in product((1, 6, 20, 72), (0.3, 0.6, 0.9), (0, 24, 72)):
        seen = 1 - detection * np.exp(-hours / 20)
        wrong = 900 * detection**2 * (1 + 2 / hours)
        known = 60 * (1 - np.exp(-kept / 30)) * (0.4 + 0.6 * detection)
        known_by_name = 8 if hours == 1 and detection == 0.9 else 4_000 * seen
        values = (1 - seen, seen, known_by_name, wrong, 0.4 * detection, known)
        cells = [c for v in values for c in (v, 0.8 * v, 1.2 * v)]
        found.append((hours, detection, kept, *(f"{cell:.5g}" for cell in cells)))
    return found


KEYS = (
    ("decision.taste_trainee", 0.62),
    ("decision.threshold_trainee", 0.55),
    ("decision.revise_trainee", 0.48),
    ("decision.gap", 0.41),
    ("decision.department_sd", 0.33),
    ("decision.social_trainee", 0.06),
    ("decision.share_links", 0.01),
    ("government.deterrence", 0.04),
    ("government.backlash", 0.02),
    ("decision.list_weight", 0.0),
)


def identified_rows() -> list[Row]:
    return [
        (
            key,
            "sd",
            0.0,
            1.0,
            f"{0.8 * gone:.3f}",
            f"{1 - gone:.3f}",
            gone,
            KEYS[1 if key == KEYS[0][0] else 0][0],
            -0.4,
        )
        for key, gone in KEYS
    ]


def social_rows() -> list[Row]:
    chosen = [
        one
        for one in STEPS
        if one[0] in {"no_deadline", "penalties_dropped", "no_list", "quota_withdrawn"}
    ]
    return [
        (
            strength,
            name,
            title,
            "trainees_away_end",
            "per cent",
            f"{m:.3g}",
            f"{m - 6:.3g}",
            f"{m + 5:.3g}",
            1.9 + 0.05 * i,
        )
        for i, strength in enumerate((0, 0.5, 1, 2))
        for j, (name, title, _) in enumerate(chosen)
        for m in [-(3 + 6 * i) * (j + 1) / 2]
    ]


def rival_rows() -> list[Row]:
    return [
        (
            model,
            "absent_from_work_percent",
            SCOPES["residents"],
            date(2024, 3, 4),
            90.1,
            m,
            m - w,
            m + w,
            c,
        )
        for model, m, w, c in (
            ("agents", 88.0, 7, 1.6),
            ("mean_field", 80.0, 6, 7.2),
            ("same_count_new_base", 91.0, 1, 1.9),
        )
    ]


def manifest() -> dict[str, Any]:
    """Return what a run says of itself; its scenario is that of the pack."""
    scenario = resolve_standoff("korea-standoff-2024").to_dict()
    return {
        "id": "0123456789abcdef",
        "scenario": {**scenario, "description": SYNTHETIC},
        "sets": {"decision.social_trainee": "0.8"},
        "draws": 100,
        "seed": 1,
        "version": "0.1.0",
        "pack": {"name": "korea", "version": "1", "digest": "0" * 64},
    }


def assumptions() -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "value": 0.8,
            "unit": "ratio",
            "prior": "normal, 0.8 and 1",
            "source": "project",
            "grade": "assumed",
            "holder": "",
            "note": "Invented <for> a test.",
        }
        for key, _ in KEYS
    ]


HEADERS = {
    "summary": "date partition group state heads median low high low80 high80",
    "national": "date variable median low high",
    "readings": "metric scope date reading median low high use",
    "counterfactuals": "name title side metric party unit base median difference low high",
    "frontier": "latency_hours detection retention_hours "
    + " ".join(f"{name} {name}_low {name}_high" for name in MEASURES),
    "identification": "key unit prior_mean prior_sd posterior_mean posterior_sd contraction "
    "correlate correlation",
    "social": "social counterfactual title metric unit median low high misfit",
    "rivals": "model metric scope date reading median low high crps",
    "harm": "metric party unit median low high note",
}


def harm_rows() -> list[Row]:
    return [
        (name, each.party, each.unit, size, 0.7 * size, 1.4 * size, "")
        for name, each in METRICS.items()
        if each.party in {"patients", "doctors"}
        for size in [SIZES.get(name, 50.0)]
    ]


TABLES = {
    "summary": summary_rows,
    "national": national_rows,
    "readings": reading_rows,
    "counterfactuals": counterfactual_rows,
    "frontier": frontier_rows,
    "identification": identified_rows,
    "social": social_rows,
    "rivals": rival_rows,
    "harm": harm_rows,
}


def write_run(folder: Path, *without: str) -> Path:
    """Write the folder of an invented run, some files left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        if name not in without:
            (folder / f"{name}.csv").write_text(_table_text(name), encoding="utf-8")
    write_json(folder / "manifest.json", manifest())
    write_json(folder / "assumptions.json", assumptions())
    return folder


def write_table(folder: Path, name: str, rows: Sequence[Row]) -> None:
    """Write a file with other rows."""
    (folder / f"{name}.csv").write_text(_text(name, rows), encoding="utf-8")


@cache
def _table_text(name: str) -> str:
    return _text(name, TABLES[name]())


def _text(name: str, rows: Sequence[Row]) -> str:
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADERS[name].split())
    writer.writerows(rows)
    return stream.getvalue()
