"""Who works where: heads of each group of clinicians, from the list and the assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from locum.runs.hospitals.sizes import INTENSIVE, MEDICAL, SMALL_ED, SURGICAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.runs.hospitals.sizes import Floats, Sites, Whole

__all__ = ["GROUPS", "TEAM", "heads_of", "hours_share"]

TEAM = 4
"""Clinicians who cover day and night in turn, by the rosters of the pathway file."""
GRADES = ("pa", "interns", "juniors", "dispatched", "seniors", "specialists")
GROUPS = (
    *(f"ed_{grade}" for grade in GRADES[1:]),
    *(f"ward_{grade}" for grade in GRADES),
    *(f"icu_{grade}" for grade in ("juniors", "seniors", "specialists")),
    *(f"theatre_{grade}" for grade in GRADES if grade != "dispatched"),
    *(f"anaesthesia_{grade}" for grade in ("juniors", "seniors", "specialists")),
)


def heads_of(sites: Sites, values: Mapping[str, float]) -> dict[str, Whole]:
    """Return heads by group of clinicians, each (H,), nobody away and nobody sent."""
    trainees = {
        "interns": values["staff.intern_share"] * sites.trainees,
        "juniors": (1.0 - values["staff.intern_share"])
        * (1.0 - values["staff.senior_share"])
        * sites.trainees,
    }
    trainees["seniors"] = sites.trainees - trainees["interns"] - trainees["juniors"]
    exact: dict[str, Floats] = {name: np.zeros(len(sites)) for name in GROUPS}
    for grade, heads in trainees.items():
        for pool, share in _posts(grade, values).items():
            exact[f"{pool}_{grade}"] = heads * share
    exact |= _specialists(sites, values)
    nurses = values["staff.pa_nurses"] * sites.trainees / max(1.0, sites.trainees.sum())
    exact["theatre_pa"] = values["staff.pa_theatre"] * nurses
    exact["ward_pa"] = nurses - exact["theatre_pa"]
    heads = {name: np.floor(amount + 0.5).astype(np.int64) for name, amount in exact.items()}
    for pool in ("ed", "ward", "icu", "theatre", "anaesthesia"):
        needs = sites.kind != SMALL_ED if pool != "ed" else np.ones(len(sites), bool)
        name = f"{pool}_specialists"
        heads[name] = np.where(needs, np.maximum(heads[name], TEAM), 0)
    return heads


def _posts(grade: str, values: Mapping[str, float]) -> dict[str, float]:
    if grade == "interns":
        posts = {"ed": values["staff.intern_ed"], "theatre": values["staff.intern_theatre"]}
    else:
        posts = {
            pool: values[f"staff.resident_{pool}"]
            for pool in ("ed", "icu", "theatre", "anaesthesia")
        }
    return {**posts, "ward": 1.0 - sum(posts.values())}


def _specialists(sites: Sites, values: Mapping[str, float]) -> dict[str, Floats]:
    of = sites.specialists
    surgeons = sum(of[name] for name in SURGICAL)
    medical = sum(of[name] for name in MEDICAL)
    listed = ("sp_emergency_med", "sp_anesthesiology", "sp_radiology")
    others = np.maximum(of["all"] - surgeons - medical - sum(of[name] for name in listed), 0.0)
    share = values["staff.medical_icu"]
    intensive = share * sum(of[name] for name in INTENSIVE)
    in_icu = intensive + values["staff.anaesthetist_icu"] * of["sp_anesthesiology"]
    operating = values["staff.surgeon_theatre"]
    return {
        "ed_specialists": of["sp_emergency_med"],
        "icu_specialists": in_icu,
        "theatre_specialists": operating * surgeons + values["staff.other_theatre"] * others,
        "anaesthesia_specialists": (1.0 - values["staff.anaesthetist_icu"])
        * of["sp_anesthesiology"],
        "ward_specialists": (1.0 - operating) * surgeons
        + medical
        - intensive
        + values["staff.other_ward"] * others,
    }


def hours_share(sites: Sites, values: Mapping[str, float]) -> Floats:
    """Return the share of a hospital's doctor-hours that its trainees work (H,)."""
    trained = values["staff.hours_trainee"] * sites.trainees
    total = trained + values["staff.hours_specialist"] * sites.specialists["all"]
    return np.divide(trained, total, out=np.zeros(len(sites)), where=total > 0.0)
