"""A SYNTHETIC run for the tests of the report: invented numbers of a plausible size.

Nothing here comes from a source. The regions' names and the map are those of the pack when it
is there, otherwise a made-up map of squares in the same format.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

YEARS = tuple(range(2022, 2051))
REGIONS = {
    "Seoul": ("서울특별시", 9.4, 3.5),
    "Busan": ("부산광역시", 3.3, 2.6),
    "Daegu": ("대구광역시", 2.4, 2.6),
    "Incheon": ("인천광역시", 3.0, 1.9),
    "Gwangju": ("광주광역시", 1.4, 2.7),
    "Daejeon": ("대전광역시", 1.4, 2.7),
    "Ulsan": ("울산광역시", 1.1, 1.7),
    "Gyeonggi": ("경기도", 13.6, 1.8),
    "Gangwon": ("강원도", 1.5, 1.9),
    "North Chungcheong": ("충청북도", 1.6, 1.6),
    "South Chungcheong": ("충청남도", 2.1, 1.55),
    "North Jeolla": ("전라북도", 1.8, 2.1),
    "South Jeolla": ("전라남도", 1.8, 1.75),
    "North Gyeongsang": ("경상북도", 2.6, 1.4),
    "South Gyeongsang": ("경상남도", 3.3, 1.75),
    "Jeju": ("제주특별자치도", 0.68, 1.85),
    "Sejong": ("세종특별자치시", 0.39, 1.3),
}
SPECIALTIES = {
    "internal_medicine": ("Internal medicine", "내과", 17.0, -0.10),
    "neurology": ("Neurology", "신경과", 2.1, -0.05),
    "psychiatry": ("Psychiatry", "정신건강의학과", 4.0, 0.03),
    "surgery": ("General surgery", "외과", 6.2, -0.18),
    "orthopaedics": ("Orthopaedic surgery", "정형외과", 6.6, -0.02),
    "neurosurgery": ("Neurosurgery", "신경외과", 2.8, -0.08),
    "thoracic_surgery": ("Thoracic surgery", "심장혈관흉부외과", 1.2, -0.34),
    "plastic_surgery": ("Plastic surgery", "성형외과", 2.1, 0.38),
    "anaesthesiology": ("Anaesthesiology", "마취통증의학과", 4.8, -0.04),
    "obstetrics": ("Obstetrics and gynaecology", "산부인과", 5.9, -0.08),
    "paediatrics": ("Paediatrics", "소아청소년과", 6.1, 0.16),
    "ophthalmology": ("Ophthalmology", "안과", 3.4, 0.02),
    "otolaryngology": ("Otolaryngology", "이비인후과", 3.9, 0.06),
    "dermatology": ("Dermatology", "피부과", 2.5, 0.30),
    "urology": ("Urology", "비뇨의학과", 2.7, -0.12),
    "radiology": ("Radiology", "영상의학과", 3.9, -0.03),
    "radiation_oncology": ("Radiation oncology", "방사선종양학과", 0.35, -0.16),
    "pathology": ("Pathology", "병리과", 0.95, -0.2),
    "laboratory_medicine": ("Laboratory medicine", "진단검사의학과", 0.9, -0.06),
    "tuberculosis": ("Tuberculosis", "결핵과", 0.006, -0.4),
    "rehabilitation": ("Rehabilitation medicine", "재활의학과", 2.3, 0.07),
    "preventive_medicine": ("Preventive medicine", "예방의학과", 0.6, -0.1),
    "family_medicine": ("Family medicine", "가정의학과", 6.1, -0.15),
    "emergency_medicine": ("Emergency medicine", "응급의학과", 2.2, -0.13),
    "occupational_medicine": ("Occupational and environmental medicine", "직업환경의학과", 0.75, -0.09),
    "nuclear_medicine": ("Nuclear medicine", "핵의학과", 0.25, 0.1),
    "none": ("No specialty", "일반의", 22.0, -0.05),
}
FLOWS = ("seats", "graduates", "licences", "retirements", "deaths", "new_specialists", "emigrations")


@dataclass(frozen=True)
class SyntheticRun:
    """What `locum.report` asks of a run."""

    dataset: xr.Dataset
    ledger: Any
    pack: Any
    manifest: dict[str, Any]
    headline: list[dict[str, Any]]
    influence: dict[str, float] = field(default_factory=dict)

    def with_(self, **changes):
        return replace(self, **changes)


def synthetic_dataset(draws: int = 200, *, interrupted: bool = True) -> xr.Dataset:
    """Build a dataset in the shape of the contract from invented trends."""
    rng = np.random.default_rng(1)
    t = np.arange(len(YEARS))
    slope = rng.normal(0.0125, 0.0022, draws)[:, None]
    pull = rng.normal(0.0165, 0.0042, draws)[:, None]
    wave = 1 + 0.004 * np.sin(t / 4)[None]
    total = 112_300 * (1 + slope * t - 0.00007 * t**2) * wave
    needed = 114_000 * (1 + pull * t - 0.00016 * t**2)
    if interrupted:
        total = total - 2600 * np.exp(-(((t - 4.5) / 2.5) ** 2))[None]
    weights = np.array([people * density for _, people, density in REGIONS.values()])
    weights /= weights.sum()
    people = np.array([one[1] for one in REGIONS.values()]) * 1e6
    shares = np.array([one[2] for one in SPECIALTIES.values()])
    shares /= shares.sum()
    lean = np.array([one[3] for one in SPECIALTIES.values()])
    noise = rng.normal(0, 0.07, (draws, 1, 1, len(shares)))
    population = people[None] * (1 - 0.0005 * t**1.4)[:, None]
    region_noise = np.exp(rng.normal(0, 0.03, (draws, 1, len(people))) * (t / 28)[None, :, None])
    split = weights * region_noise
    split /= split.sum(axis=2, keepdims=True)
    everyone = total[:, :, None, None] * split[..., None] * shares
    supply, trainees = everyone * 0.89, everyone * 0.11
    tilt = 1 - (lean + noise) * (t / 13).clip(0, 1.4)[None, :, None, None]
    need = needed[:, :, None, None] * (people / people.sum())[:, None] * shares * tilt
    need *= needed[:, :, None, None] / need.sum(axis=(2, 3), keepdims=True)
    quota = np.round(3400 * shares * 1.1)
    empty = (0.08 - lean * 0.9).clip(0, 0.8) * np.exp(rng.normal(0, 0.2, (draws, 1, 1, 1)))
    unfilled = (quota * empty.clip(0, 1)) * weights[:, None] * np.ones((1, len(t), 1, 1))
    filled = quota * weights[:, None] - unfilled
    gone = np.zeros((draws, len(t), len(shares)))
    if interrupted:
        gone[:, 3:8] = np.array([1400, 2300, 700, -300, -900])[None, :, None] * shares
        gone *= np.exp(rng.normal(0, 0.12, (draws, 1, 1)))
    level = {"seats": 3058, "graduates": 3000, "licences": 3050, "retirements": 1400,
             "deaths": 320, "new_specialists": 2900, "emigrations": 6}  # fmt: skip
    growth = rng.normal(0.012, 0.004, (draws, 1))
    flows = np.stack(
        [level[f] * (1 + growth * (f != "seats") * t[None]) for f in FLOWS], axis=2
    )
    load = 1 + (slope * 0.35) * t
    names = {"draw": range(draws), "year": list(YEARS), "region": list(REGIONS)}
    names |= {"specialty": list(SPECIALTIES), "flow": list(FLOWS)}
    cube = ("draw", "year", "region", "specialty")
    fitted, assumed = "fitted margin", "assumed"

    def variable(dims, values, unit, words, grade):
        attributes = {"unit": unit, "long_name": words, "grade": grade}
        return (dims, np.asarray(values, dtype=np.float32), attributes)

    two = ("draw", "year")
    place = ("draw", "year", "region")
    training = ("draw", "year", "specialty")
    doctors = "clinical"
    variables = {
        "supply": variable(cube, supply, doctors, "Practising doctors", fitted),
        "trainees": variable(cube, trainees, doctors, "Doctors in training", fitted),
        "need": variable(cube, need, doctors, "Doctors needed", assumed),
        "unfilled": variable(cube, unfilled, "posts", "Unfilled first-year posts", fitted),
        "filled": variable(cube, filled, "posts", "Filled first-year posts", fitted),
        "new_specialists": variable(
            training, flows[:, :, [5]] * shares, "heads", "New specialists", fitted
        ),
        "missing_specialists": variable(
            training, gone, "heads", "Specialists missing after an interruption", fitted
        ),
        "population": variable(("year", "region"), population, "people", "Population", "observed"),
        "density": variable(
            place,
            1000 * everyone.sum(axis=3) / population,
            "per_1000",
            "Clinical doctors per 1,000 people",
            fitted,
        ),
        "supply_total": variable(two, total, doctors, "Clinical doctors", fitted),
        "need_total": variable(two, needed, doctors, "Clinical doctors needed", fitted),
        "gap_total": variable(two, total - needed, doctors, "Supply less need", fitted),
        "gap_fte_total": variable(
            two, (total - needed) * 0.93, "fte", "Supply less need, full-time", assumed
        ),
        "flows": variable(("draw", "year", "flow"), flows, "heads", "Flows a year", fitted),
        "fund_load": variable(
            two, load, "ratio", "Fund expenditure for the same people and prices", assumed
        ),
        "fund_expenditure": variable(
            two, 95 * load * (1 + 0.02 * t), "trillion_krw", "Expenditure, 2022 prices", assumed
        ),
    }
    attributes = {
        "scenario": "korea-2024",
        "title": "Korea after the interruption of 2024 to 2026",
        "description": "SYNTHETIC NUMBERS FOR TESTS. Seats stay at 3,058 a year; trainees and "
        "students are away from work and school from February 2024 and return step by step.",
        "country": "korea",
        "seed": 1,
        "draws": draws,
        "base_year": YEARS[0],
        "version": "0.1.0",
        "pack_digest": "b6f0" * 16,
    }
    return xr.Dataset(variables, coords=names, attrs=attributes)


def square_topology(names: list[str]) -> dict[str, Any]:
    """Build a map of one square per region, and a far island, in quantised TopoJSON."""
    arcs, geometries = [], []
    for i, name in enumerate(names):
        x, y = 40 * (i % 5), 40 * (i // 5)
        arcs.append([[x, y], [36, 0], [0, 36], [-36, 0], [0, -36]])
        geometries.append({"type": "Polygon", "arcs": [[i]], "properties": {"region": name}})
    arcs.append([[400, 100], [2, 0], [0, 2], [-2, 0], [0, -2]])
    geometries[0] = {**geometries[0], "type": "MultiPolygon", "arcs": [[[0]], [[len(names)]]]}
    return {
        "type": "Topology",
        "transform": {"scale": [0.02, 0.02], "translate": [126.0, 34.0]},
        "objects": {"regions": {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": arcs,
    }


def synthetic_pack(topology: dict[str, Any] | None = None) -> SimpleNamespace:
    """Build a pack with the tables that the report reads."""
    tables = {
        "regions": [
            {"region": name, "name_ko": one[0], "iso": f"KR-{i}", "bloc": "capital"}
            for i, (name, one) in enumerate(REGIONS.items())
        ],
        "specialties": [
            {"specialty": name, "name_en": one[0], "name_ko": one[1]}
            for name, one in SPECIALTIES.items()
        ],
    }
    sources = {
        f"source-{i}": SimpleNamespace(
            id=f"source-{i}",
            title=f"A synthetic report, volume {i}",
            publisher="Nobody",
            date="2024-02-06",
            url=f"https://example.org/{i}?a=1&b=2",
            note="",
        )
        for i in range(30)
    }
    return SimpleNamespace(
        title="Korea",
        regions=tuple(REGIONS),
        specialties=tuple(SPECIALTIES),
        sources=sources,
        table=lambda name: SimpleNamespace(rows=tables[name]),
        topology=lambda: topology or square_topology(list(REGIONS)),
    )


def ledger_rows() -> list[dict[str, Any]]:
    """Build 60 assumptions of all kinds."""
    sectors = ("exit", "demand", "market", "pipeline", "hours", "location")
    grades = ("observed", "fitted margin", "assumed")
    rows = [
        {
            "key": f"{sectors[i % 6]}.synthetic_assumption_number_{i}",
            "value": 0.05 * i + 0.125,
            "unit": ("ratio", "share", "per_year", "elasticity")[i % 4],
            "prior": f"lognormal(median {0.05 * i + 0.125:.4g}, sigma 0.2)",
            "source": f"source-{i % 12}",
            "holder": ("ministry", "medical association", "modellers")[i % 3],
            "grade": grades[i % 3],
            "note": "Nobody has measured it; the range spans the published studies.",
        }
        for i in range(58)
    ]
    rows.append({**rows[0], "key": "demand.trend", "value": "damped", "unit": "rule"})
    rows.append({**rows[0], "key": "hours.per_week", "value": {2009: 60.0, 2022: 55.5}})
    return rows


def synthetic_run(draws: int = 200, topology: dict[str, Any] | None = None) -> SyntheticRun:
    """Build a whole run: dataset, ledger, pack, manifest, headline, influence."""
    dataset = synthetic_dataset(draws)
    rows = ledger_rows()
    headline = []
    for year in (2035, 2050):
        for name in ("supply_total", "need_total", "gap_total", "gap_fte_total"):
            low, value, high = np.quantile(dataset[name].sel(year=year).values, (0.1, 0.5, 0.9))
            unit = dataset[name].attrs["unit"]
            figures = {"value": float(value), "low": float(low), "high": float(high)}
            headline.append({"name": name, "year": year, "unit": unit, **figures})
    manifest = {
        "scenario": {
            "name": "korea-2024",
            "seats": {2025: 4567, 2026: {"total": 3058, "bonded": 300}},
            "assumptions": {rows[3]["key"]: 0.4},
            "interruption": "interruption_2024",
        },
        "seed": 1,
        "draws": draws,
        "versions": {"locum": "0.1.0", "numpy": "2.4.6"},
        "pack_digest": "b6f0" * 16,
    }
    influence = {
        row["key"]: 0.8 / (1 + i) for i, row in enumerate(rows[::3]) if row["unit"] != "rule"
    }
    ledger = SimpleNamespace(rows=lambda: rows)
    return SyntheticRun(
        dataset, ledger, synthetic_pack(topology), manifest, headline, influence
    )


@pytest.fixture(scope="session")
def run() -> SyntheticRun:
    return synthetic_run()


@pytest.fixture(scope="session")
def content(run):
    from locum.report import compose

    return compose(run)


@pytest.fixture(scope="session")
def page(content) -> str:
    from locum.report import render

    return render(content)
