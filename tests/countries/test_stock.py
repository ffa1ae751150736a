"""The starting stock meets its margins and says where the published counts disagree."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from locum.countries import Pack, StartingStock, load_pack, starting_stock
from locum.countries.stock import fit_margins, spread_bands
from locum.errors import BadCell, MissingField, NotConverged, UnknownName

if TYPE_CHECKING:
    from pathlib import Path

BASE_YEARS = (2022, 2009)
SHAPES = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)
POSITIVE = st.floats(0.1, 10)


@pytest.fixture(scope="module", params=BASE_YEARS)
def stock(request: pytest.FixtureRequest, korea: Pack) -> StartingStock:
    return starting_stock(korea, request.param)


def margin(pack: Pack, year: int, name: str) -> dict[str, float]:
    table = pack.table("stock_margins").where(year=year, margin=name)
    return dict(zip(table.words("category"), table.numbers("value").tolist(), strict=True))


def test_the_stock_has_a_cell_for_every_combination(korea: Pack, stock: StartingStock):
    assert stock.heads.shape == (len(korea.regions), len(korea.specialties), 2, 61)
    assert np.isfinite(stock.heads).all()
    assert stock.heads.min() >= 0


def test_the_stock_sums_to_the_total(korea: Pack, stock: StartingStock):
    assert stock.heads.sum() == pytest.approx(margin(korea, stock.year, "total")["all"], rel=1e-9)


@pytest.mark.parametrize(
    ("name", "axis", "labels"),
    [("region", 0, "regions"), ("specialty", 1, "specialties"), ("sex", 2, None)],
)
def test_the_stock_meets_its_margins(korea: Pack, stock: StartingStock, name, axis, labels):
    wanted = margin(korea, stock.year, name)
    order = getattr(korea, labels) if labels else ("male", "female")
    found = stock.heads.sum(axis=tuple(i for i in range(4) if i != axis))
    total = sum(wanted.values())
    np.testing.assert_allclose(found, [wanted[one] for one in order], atol=1e-9 * total)


def test_the_stock_meets_the_bands_of_ages(korea: Pack, stock: StartingStock):
    ages = stock.heads.sum(axis=(0, 1, 2))
    edges = [0, 6, 16, 26, 36, 46, 61]  # 24, 30, 40, 50, 60, 70 and the end
    found = [ages[low:high].sum() for low, high in itertools.pairwise(edges)]
    np.testing.assert_allclose(found, list(margin(korea, stock.year, "age_band").values()))


def test_single_ages_run_smoothly_to_nothing_at_the_end(stock: StartingStock):
    ages = stock.heads.sum(axis=(0, 1, 2))
    assert ages[-1] < 0.2 * ages[-15:].mean()
    assert np.all(np.diff(ages[-10:]) < 0)


def test_nobody_is_a_specialist_before_the_youngest_age(korea: Pack, stock: StartingStock):
    youngest = int(margin(korea, stock.year, "specialist_age")["youngest"])
    assert stock.heads[:, :-1, :, : youngest - 24].sum() == 0
    assert stock.heads[:, -1].sum(axis=(0, 1))[: youngest - 24].min() > 0


def test_the_stock_says_how_well_it_is_known(stock: StartingStock):
    assert stock.grade == "fitted margin"
    assert set(stock.grades) == {"total", "region", "specialty", "sex", "age_band"}
    assert set(stock.margins_error) == {"region", "specialty", "sex", "age_band"}
    assert max(stock.margins_error.values()) <= 1e-9


def test_the_unit_is_that_of_the_total(korea: Pack):
    units = {year: starting_stock(korea, year).unit for year in BASE_YEARS}
    assert units == {2022: "clinical", 2009: "active"}


def test_conflicts_are_written_in_words_with_both_numbers(korea: Pack):
    told = "\n".join(starting_stock(korea, 2022).conflicts)
    for number in ("107,976 against 99,492", "125,492 against 112,293", "115,127 against 109,563"):
        assert number in told
    assert "count the dead" in told
    assert "82,137 against 79,046" in "\n".join(starting_stock(korea, 2009).conflicts)


def test_a_margin_that_misses_the_total_is_scaled_and_the_conflict_told(copy: Path):
    file = copy / "model" / "stock_margins.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("2022,sex,female,26034", "2022,sex,female,27034"), "utf-8")
    stock = starting_stock(load_pack(copy), 2022)
    assert stock.conflicts[0].startswith("the sex margin sums to 99,857, the total is 98,857")
    assert stock.heads.sum() == pytest.approx(98857)


def test_a_margin_without_a_category_is_refused(copy: Path):
    file = copy / "model" / "stock_margins.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(x for x in lines if not x.startswith("2009,region,Jeju")), "utf-8")
    with pytest.raises(MissingField, match="margin region of 2009 has no category 'Jeju'"):
        starting_stock(load_pack(copy), 2009)


def test_a_category_that_is_none_is_refused_by_line(copy: Path):
    file = copy / "model" / "stock_margins.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("2022,region,Jeju", "2022,region,Cheju"), "utf-8")
    with pytest.raises(BadCell, match=r"stock_margins\.csv:\d+: category: .*mean 'Jeju'"):
        starting_stock(load_pack(copy), 2022)


def test_negative_heads_are_refused_by_line(copy: Path):
    file = copy / "model" / "stock_margins.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("2022,sex,female,", "2022,sex,female,-"), "utf-8")
    with pytest.raises(BadCell, match=r"stock_margins\.csv:\d+: value: .*must be positive heads"):
        starting_stock(load_pack(copy), 2022)


def test_a_year_without_a_stock_is_refused(korea: Pack):
    with pytest.raises(UnknownName, match="unknown base year 2015; choose one of 2022, 2009"):
        starting_stock(korea, 2015)


@st.composite
def _problems(draw: st.DrawFn):
    """A seed without zeros, and targets that are the sums of another positive array."""
    shape = draw(SHAPES)
    seed = draw(arrays(np.float64, shape, elements=POSITIVE))
    other = draw(arrays(np.float64, shape, elements=POSITIVE))
    axes = range(len(shape))
    return seed, [other.sum(axis=tuple(j for j in axes if j != i)) for i in axes]


@given(_problems())
def test_fitting_meets_any_consistent_margins(problem):
    seed, targets = problem
    fitted, _ = fit_margins(seed, targets)
    for axis, target in enumerate(targets):
        found = fitted.sum(axis=tuple(i for i in range(fitted.ndim) if i != axis))
        np.testing.assert_allclose(found, target, atol=1e-9 * target.sum())


@given(_problems())
def test_fitting_keeps_the_odds_ratios_of_the_seed(problem):
    seed, targets = problem
    fitted, _ = fit_margins(seed, targets)
    if seed.ndim == 2 and min(seed.shape) > 1:
        odds = seed[0, 0] * seed[1, 1] / (seed[0, 1] * seed[1, 0])
        kept = fitted[0, 0] * fitted[1, 1] / (fitted[0, 1] * fitted[1, 0])
        assert kept == pytest.approx(odds, rel=1e-9)


@given(_problems())
def test_fitting_does_not_move_what_already_fits(problem):
    _, targets = problem
    total = targets[0].sum()
    product = targets[0]
    for target in targets[1:]:
        product = np.multiply.outer(product, target / total)
    fitted, sweeps = fit_margins(product, targets)
    np.testing.assert_allclose(fitted, product, rtol=1e-9)
    assert sweeps == 1


def test_fitting_equals_the_solution_by_hand():
    fitted, _ = fit_margins(np.ones((2, 2)), [np.array([30.0, 70.0]), np.array([40.0, 60.0])])
    np.testing.assert_allclose(fitted, [[12, 18], [28, 42]])


def test_zeros_of_the_seed_stay():
    seed = np.array([[0.0, 1.0], [1.0, 1.0]])
    fitted, _ = fit_margins(seed, [np.array([30.0, 70.0]), np.array([40.0, 60.0])])
    np.testing.assert_allclose(fitted, [[0, 30], [40, 30]], atol=1e-7)


def test_margins_that_the_zeros_forbid_do_not_converge():
    seed = np.array([[0.0, 1.0], [1.0, 0.0]])
    with pytest.raises(NotConverged, match="did not converge in 50 iterations"):
        fit_margins(seed, [np.array([30.0, 70.0]), np.array([40.0, 60.0])], limit=50)


def test_a_target_with_only_zeros_to_scale_is_refused():
    seed = np.array([[0.0, 0.0], [1.0, 1.0]])
    with pytest.raises(NotConverged, match="axis 0 has no cell to scale"):
        fit_margins(seed, [np.array([30.0, 70.0]), np.array([40.0, 60.0])])


@given(
    st.lists(st.integers(1, 15), min_size=1, max_size=7).flatmap(
        lambda widths: st.tuples(
            st.just(widths),
            st.lists(
                st.just(0.0) | st.floats(0.001, 1e5), min_size=len(widths), max_size=len(widths)
            ),
        )
    )
)
def test_single_ages_keep_each_band_and_are_never_negative(problem):
    widths, heads = problem
    edges = np.concatenate([[24], 24 + np.cumsum(widths)])
    ages = spread_bands([int(edge) for edge in edges], np.array(heads))
    assert len(ages) == sum(widths)
    assert ages.min() >= 0
    found = [ages[low - 24 : high - 24].sum() for low, high in itertools.pairwise(edges)]
    np.testing.assert_allclose(found, heads, atol=1e-9 * max(1.0, sum(heads)))


def test_single_ages_of_even_bands_are_even_inside():
    ages = spread_bands([20, 30, 40, 50, 60], np.full(4, 100.0))
    np.testing.assert_allclose(ages[10:30], 10.0)
