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
ISO = (11, 26, 27, 28, 29, 30, 31, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50)
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
    "tuberculosis": ("Tuberculosis", "결핵과", 0.004, -0.4),
    "rehabilitation": ("Rehabilitation medicine", "재활의학과", 2.3, 0.07),
    "preventive_medicine": ("Preventive medicine", "예방의학과", 0.6, -0.1),
    "family_medicine": ("Family medicine", "가정의학과", 6.1, -0.15),
    "emergency_medicine": ("Emergency medicine", "응급의학과", 2.2, -0.13),
    "occupational_medicine": (
        "Occupational and environmental medicine",
        "직업환경의학과",
        0.75,
        -0.09,
    ),
    "nuclear_medicine": ("Nuclear medicine", "핵의학과", 0.25, 0.1),
    "none": ("No specialty", "일반의", 22.0, -0.05),
}
FLOWS = {
    "seats": 3058,
    "graduates": 3000,
    "licences": 3050,
    "retirements": 1400,
    "deaths": 320,
    "new_specialists": 2900,
    "emigrations": 6,
}
T = np.arange(len(YEARS))


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
    slope = rng.normal(0.0125, 0.0022, (draws, 1))
    total = 112_300 * (1 + slope * T - 0.00007 * T**2)
    if interrupted:
        total = total - 2600 * np.exp(-(((T - 4.5) / 2.5) ** 2))
    needed = 114_000 * (1 + rng.normal(0.0165, 0.0042, (draws, 1)) * T - 0.00016 * T**2)
    variables = {
        **_national(total, needed, slope),
        **_cubes(rng, total, needed),
        **_training(rng, draws, interrupted=interrupted),
    }
    names = {"draw": range(draws), "year": list(YEARS), "region": list(REGIONS)}
    names |= {"specialty": list(SPECIALTIES), "flow": list(FLOWS)}
    return xr.Dataset(variables, coords=names, attrs=_attributes(draws))


def _attributes(draws: int) -> dict[str, Any]:
    return {
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


def _variable(dims, values, unit, words, grade="fitted margin"):
    attributes = {"unit": unit, "long_name": words, "grade": grade}
    return (dims, np.asarray(values, dtype=np.float32), attributes)


def _national(total, needed, slope):
    two, doctors, gap = ("draw", "year"), "clinical", total - needed
    load = 1 + slope * 0.35 * T
    load_words, spent = (
        "Fund expenditure for the same people and prices",
        95 * load * (1 + 0.02 * T),
    )
    return {
        "supply_total": _variable(two, total, doctors, "Clinical doctors"),
        "need_total": _variable(two, needed, doctors, "Clinical doctors needed"),
        "gap_total": _variable(two, gap, doctors, "Supply less need"),
        "gap_fte_total": _variable(
            two, gap * 0.93, "fte", "Supply less need, full-time", "assumed"
        ),
        "fund_load": _variable(two, load, "ratio", load_words, "assumed"),
        "fund_expenditure": _variable(
            two, spent, "trillion_krw", "Expenditure, 2022 prices", "assumed"
        ),
    }


def _cubes(rng, total, needed):
    """Split the country among regions and specialties."""
    draws = len(total)
    people = np.array([one[1] for one in REGIONS.values()]) * 1e6
    doctors = people * np.array([one[2] for one in REGIONS.values()])
    drift = rng.normal(0, 0.03, (draws, 1, len(people))) * (T / 28)[:, None]
    split = doctors * np.exp(drift)
    split /= split.sum(axis=2, keepdims=True)
    shares, lean = _shares(), np.array([one[3] for one in SPECIALTIES.values()])
    everyone = total[:, :, None, None] * split[..., None] * shares
    tilt = lean + rng.normal(0, 0.07, (draws, 1, 1, len(shares)))
    need = (people[:, None] * shares) * (1 - tilt * (T / 13).clip(0, 1.4)[:, None, None])
    need *= needed[:, :, None, None] / need.sum(axis=(2, 3), keepdims=True)
    population = people * (1 - 0.0005 * T**1.4)[:, None]
    density = 1000 * everyone.sum(axis=3) / population
    place, cube = ("draw", "year", "region"), ("draw", "year", "region", "specialty")
    return {
        "supply": _variable(cube, everyone * 0.89, "clinical", "Practising doctors"),
        "trainees": _variable(cube, everyone * 0.11, "clinical", "Doctors in training"),
        "need": _variable(cube, need, "clinical", "Doctors needed", "assumed"),
        "population": _variable(
            ("year", "region"), population, "people", "Population", "observed"
        ),
        "density": _variable(place, density, "per_1000", "Clinical doctors per 1,000 people"),
    }


def _shares():
    shares = np.array([one[2] for one in SPECIALTIES.values()])
    return shares / shares.sum()


def _training(rng, draws, *, interrupted):
    """Invent seats, posts, flows and what an interruption takes from them."""
    shares, lean = _shares(), np.array([one[3] for one in SPECIALTIES.values()])
    quota = np.round(3700 * shares) / len(REGIONS)
    empty = (0.08 - 0.9 * lean).clip(0, 0.8) * np.exp(rng.normal(0, 0.2, (draws, 1, 1, 1)))
    unfilled = np.broadcast_to(quota * empty.clip(0, 1), (draws, len(T), len(REGIONS), len(quota)))
    gone = np.zeros((draws, len(T), len(shares)))
    if interrupted:
        gone[:, 3:8] = np.array([1400, 2300, 700, -300, -900])[:, None] * shares
        gone *= np.exp(rng.normal(0, 0.12, (draws, 1, 1)))
    growth = rng.normal(0.012, 0.004, (draws, 1)) * T
    flows = np.stack([FLOWS[f] * (1 + growth * (f != "seats")) for f in FLOWS], axis=2)
    new = flows[:, :, [list(FLOWS).index("new_specialists")]] * shares
    cube, three = ("draw", "year", "region", "specialty"), ("draw", "year", "specialty")
    missing = "Specialists missing after an interruption"
    return {
        "unfilled": _variable(cube, unfilled, "posts", "Unfilled first-year posts"),
        "filled": _variable(cube, quota - unfilled, "posts", "Filled first-year posts"),
        "new_specialists": _variable(three, new, "heads", "New specialists"),
        "missing_specialists": _variable(three, gone, "heads", missing),
        "flows": _variable(("draw", "year", "flow"), flows, "heads", "Flows a year"),
    }


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
            {
                "region": name,
                "name_ko": one[0],
                "iso": f"KR-{ISO[i]}",
                "source": "map",
            }
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
    sources["map"] = SimpleNamespace(
        title="Boundaries", publisher="Statistics Korea (SGIS)", date="2013", url="", note=""
    )
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
    return SyntheticRun(dataset, ledger, synthetic_pack(topology), manifest, headline, influence)


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
