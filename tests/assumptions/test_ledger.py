from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locum.assumptions import (
    GRADES,
    Assumption,
    Choice,
    Correlation,
    Ledger,
    LogNormal,
    Normal,
    Point,
    Prior,
    Scale,
    Uniform,
)
from locum.errors import (
    BadValue,
    InputError,
    MissingField,
    MissingFile,
    OutOfBounds,
    Place,
    UnknownName,
    WrongUnit,
    YearOutside,
)

SOURCES = {"kma-2020": "a source", "ministry-2024": "another"}

FILE = """\
- key: exit.mortality_ratio
  value: 0.6
  unit: ratio
  prior: {lognormal: {median: 0.6, sigma: 0.2}}
  source: kma-2020
  grade: assumed
  holder: "this project"
  note: "Doctors live longer."
- key: hours.weekly
  values: {2022: 28.0, 2009: 26.5}
  unit: ratio
  prior: {scale: {lognormal: {median: 1, sigma: 0.1}}}
  source: ministry-2024
  grade: observed
  holder: ministry
  note: A survey.
- key: demand.trend
  value: damped
  unit: rule
  prior: {choice: {options: [damped, fixed], weights: [3, 1]}}
  source: kma-2020
  grade: assumed
  holder: studies
  note: How use goes on.
- key: exit.share
  value: 0.2
  unit: share
  prior: {uniform: {low: 0.1, high: 0.4}}
  source: kma-2020
  grade: fitted margin
  holder: nobody
  note: A share.
"""
CORRELATIONS = """\
- keys: [exit.share, exit.mortality_ratio]
  rho: 0.6
  source: kma-2020
  note: Both follow health.
"""


def _read(tmp_path, text=FILE, correlations=None):
    paths = [tmp_path / "a.yaml"]
    paths[0].write_text(text, encoding="utf-8")
    if correlations is not None:
        paths.append(tmp_path / "correlations.yaml")
        paths[1].write_text(correlations, encoding="utf-8")
    return Ledger.read(paths, SOURCES)


@pytest.fixture
def ledger(tmp_path):
    return _read(tmp_path, correlations=CORRELATIONS)


def _share(**changes):
    """An assumption that is in order, but for the changes."""
    fields = {
        "key": "exit.share",
        "value": 0.2,
        "unit": "share",
        "prior": Uniform(0.1, 0.4),
        "source": "kma-2020",
        "grade": "assumed",
        "holder": "nobody",
        "note": "A share.",
    }
    return Assumption(**{**fields, **changes})


# --- reading -----------------------------------------------------------------


def test_a_file_is_read_with_every_field(ledger, tmp_path):
    assert list(ledger) == ["exit.mortality_ratio", "hours.weekly", "demand.trend", "exit.share"]
    first = ledger["exit.mortality_ratio"]
    assert first == Assumption(
        key="exit.mortality_ratio",
        value=0.6,
        unit="ratio",
        prior=LogNormal(0.6, 0.2),
        source="kma-2020",
        grade="assumed",
        holder="this project",
        note="Doctors live longer.",
    )
    assert first.place == Place(str(tmp_path / "a.yaml"), 1, "exit.mortality_ratio")
    assert ledger["demand.trend"].options == ("damped", "fixed")
    [correlation] = ledger.correlations
    assert correlation.keys == ("exit.share", "exit.mortality_ratio")
    assert correlation.rho == 0.6


def test_dated_values_come_in_the_order_of_time_and_hold_until_the_next(ledger):
    dated = ledger["hours.weekly"]
    assert dated.dated == ((2009, 26.5), (2022, 28.0))
    assert dated.value == 28.0
    assert [dated.in_force(year) for year in (2009, 2021, 2022, 2050)] == [26.5, 26.5, 28, 28]
    assert ledger["exit.share"].in_force(1950) == 0.2
    with pytest.raises(
        YearOutside, match=r"2008 is outside assumption 'hours.weekly', which starts"
    ):
        dated.in_force(2008)


def test_an_empty_file_holds_no_assumptions(tmp_path):
    assert len(_read(tmp_path, "# nothing yet\n", "")) == 0


def _changed(old, new):
    assert FILE.count(old) == 1
    return FILE.replace(old, new)


BAD_FILES = {
    "no_list": ("a: 1", BadValue, 1, None, "the file is 'dict'; expected a list of entries"),
    "no_mapping": ("- 5", BadValue, 1, "[0]", "an assumption is 5; expected names with"),
    "syntax": ("- key: [", InputError, 1, None, "not valid YAML"),
    "no_key": ("- value: 1", MissingField, 1, "[0]", "an assumption has no key"),
    "bad_key": (
        "- key: Exit Ratio", BadValue, 1, "Exit Ratio.key",
        "key is 'Exit Ratio'; expected a dotted name in lower case",
    ),
    "number_key": ("- key: 7", BadValue, 1, "[0].key", "key is 7; expected text"),
    "no_unit": (
        _changed("  unit: share\n", ""), MissingField, 25, "exit.share",
        "assumption 'exit.share' has no unit",
    ),
    "no_source": (
        _changed("  source: ministry-2024\n", ""), MissingField, 9, "hours.weekly",
        "assumption 'hours.weekly' has no source",
    ),
    "empty_source": (
        _changed("source: ministry-2024", "source:"), MissingField, 13, "hours.weekly.source",
        "assumption 'hours.weekly' has no source",
    ),
    "no_prior": (
        _changed("  prior: {uniform: {low: 0.1, high: 0.4}}\n", ""), MissingField, 25,
        "exit.share", "assumption 'exit.share' has no prior",
    ),
    "no_value": (
        _changed("  value: 0.2\n", ""), MissingField, 25, "exit.share",
        "assumption 'exit.share' has no value",
    ),
    "empty_value": (
        _changed("value: 0.2", "value:"), MissingField, 26, "exit.share.value",
        "assumption 'exit.share' has no value",
    ),
    "no_grade": (
        _changed("  grade: observed\n", ""), MissingField, 9, "hours.weekly",
        "assumption 'hours.weekly' has no grade",
    ),
    "unknown_unit": (
        _changed("unit: share", "unit: shares"), UnknownName, 27, "exit.share.unit",
        "unknown unit 'shares'; did you mean 'share'?",
    ),
    "unknown_source": (
        _changed("ministry-2024", "ministry-2023"), UnknownName, 13, "hours.weekly.source",
        "unknown source 'ministry-2023'; did you mean 'ministry-2024'?",
    ),
    "unknown_grade": (
        _changed("grade: observed", "grade: observd"), UnknownName, 14, "hours.weekly.grade",
        "unknown grade 'observd'; did you mean 'observed'?",
    ),
    "unknown_field": (
        _changed("holder: ministry", "holdr: ministry"), UnknownName, 15, "hours.weekly.holdr",
        "unknown field of assumption 'hours.weekly': 'holdr'; did you mean 'holder'?",
    ),
    "both": (
        _changed("value: 0.2", "value: 0.2\n  values: {2022: 1}"), InputError, 27,
        "exit.share.values", "assumption 'exit.share' has both value and values",
    ),
    "dated_value": (
        _changed("value: 0.2", "value: {2022: 0.2}"), BadValue, 26, "exit.share.value",
        "expected one value (dated: values)",
    ),
    "undated_values": (
        _changed("{2022: 28.0, 2009: 26.5}", "28"), BadValue, 10, "hours.weekly.values",
        "expected years with their values",
    ),
    "no_years": (
        _changed("{2022: 28.0, 2009: 26.5}", "{}"), BadValue, 10, "hours.weekly.values",
        "expected at least one year",
    ),
    "year": (
        _changed("2022: 28.0", "22: 28.0"), BadValue, 10, "hours.weekly.values.22",
        "year of hours.weekly is 22; expected a calendar year",
    ),
    "year_word": (
        _changed("2022: 28.0", "now: 28.0"), BadValue, 10, "hours.weekly.values.now",
        "year of hours.weekly is 'now'; expected a calendar year",
    ),
    "dated_bounds": (
        _changed("2022: 28.0", "2022: -1"), OutOfBounds, 10, "hours.weekly.values.2022",
        "hours.weekly is -1 ratio; it must be at least 0",
    ),
    "word": (
        _changed("value: 0.2", "value: few"), BadValue, 26, "exit.share.value",
        "exit.share is 'few'; expected a finite number",
    ),
    "nan": (
        _changed("value: 0.2", "value: .nan"), BadValue, 26, "exit.share.value",
        "exit.share is nan; expected a finite number",
    ),
    "date": (
        _changed("value: 0.2", "value: 2024-02-20"), BadValue, 26, "exit.share.value",
        "expected a finite number",
    ),
    "bounds": (
        _changed("value: 0.2", "value: 1.4"), OutOfBounds, 26, "exit.share.value",
        "exit.share is 1.4 share; it must be between 0 and 1",
    ),
    "number_rule": (
        _changed("value: damped", "value: 1"), BadValue, 18, "demand.trend.value",
        "expected the name of an option, because its unit is rule",
    ),
    "unknown_option": (
        _changed("value: damped", "value: damp"), UnknownName, 20, "demand.trend.prior",
        "unknown option of rule 'demand.trend': 'damp'; did you mean 'damped'?",
    ),
    "weightless_option": (
        _changed("[3, 1]", "[0, 1]"), BadValue, 20, "demand.trend.prior",
        "expected an option whose weight is not 0",
    ),
    "rule_prior": (
        _changed("{choice: {options: [damped, fixed], weights: [3, 1]}}",
                 "{uniform: {low: 0, high: 1}}"),
        BadValue, 20, "demand.trend.prior", "expected choice or point",
    ),
    "rule_without_options": (
        _changed("{choice: {options: [damped, fixed], weights: [3, 1]}}", "{point: {}}"),
        MissingField, 20, "demand.trend.prior", "has no options",
    ),
    "dated_rule": (
        _changed("value: damped", "values: {2022: damped}"), InputError, 18,
        "demand.trend.values.2022", "rule 'demand.trend' cannot be dated",
    ),
    "choice_of_numbers": (
        _changed("{uniform: {low: 0.1, high: 0.4}}", "{choice: {options: [a], weights: [1]}}"),
        BadValue, 28, "exit.share.prior", "expected one of numbers; options are for rules",
    ),
    "malformed_prior": (
        _changed("{low: 0.1, high: 0.4}", "{low: 0.1, hihg: 0.4}"), UnknownName, 28,
        "exit.share.prior.uniform.hihg", "did you mean 'high'?",
    ),
    "falling_prior": (
        _changed("{low: 0.1, high: 0.4}", "{low: 0.4, high: 0.1}"), BadValue, 28,
        "exit.share.prior.uniform", "expected a number above low (0.4)",
    ),
    "wide_prior": (
        _changed("{low: 0.1, high: 0.4}", "{low: 0.1, high: 1.4}"), OutOfBounds, 28,
        "exit.share.prior", "upper end of the prior of exit.share is 1.4 share",
    ),
    "open_prior": (
        _changed("{uniform: {low: 0.1, high: 0.4}}", "{normal: {mean: 0.2, sd: 0.1, low: 0}}"),
        OutOfBounds, 28, "exit.share.prior", "upper end of the prior of exit.share is inf share",
    ),
    "value_ruled_out": (
        _changed("{low: 0.1, high: 0.4}", "{low: 0.3, high: 0.4}"), OutOfBounds, 28,
        "exit.share.prior", "value of exit.share under its own prior is 0.2",
    ),
    "dated_prior": (
        _changed("{scale: {lognormal: {median: 1, sigma: 0.1}}}", "{uniform: {low: 1, high: 50}}"),
        BadValue, 12, "hours.weekly.prior", "dated values vary by a common factor",
    ),
    "scale_without_one": (
        _changed("{lognormal: {median: 1, sigma: 0.1}}", "{uniform: {low: 2, high: 3}}"),
        OutOfBounds, 12, "hours.weekly.prior", "central factor of hours.weekly under its own",
    ),
    "twice": (
        FILE + FILE[: FILE.index("- key: hours")], InputError, 33, "exit.mortality_ratio",
        "assumption 'exit.mortality_ratio' is stated twice; first at",
    ),
    "key_twice": (
        _changed("value: 0.2", "value: 0.2\n  value: 0.3"), InputError, 27, "[3].value",
        "key 'value' is written twice, first on line 26",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "line", "key", "message"), BAD_FILES.values(), ids=list(BAD_FILES)
)
def test_an_entry_that_is_not_in_order_is_refused_with_file_line_and_key(
    tmp_path, text, kind, line, key, message
):
    with pytest.raises(kind, match=re.escape(message)) as caught:
        _read(tmp_path, text)
    assert caught.value.place == Place(str(tmp_path / "a.yaml"), line, key)
    assert caught.value.exit_code == 2


BAD_CORRELATIONS = {
    "no_keys": ("- rho: 1", MissingField, "a correlation has no keys"),
    "one_key": ("- {keys: [exit.share], rho: 0}", BadValue, "expected a list of two keys"),
    "number": ("- {keys: [exit.share, 3], rho: 0}", BadValue, "key is 3; expected text"),
    "no_rho": ("- {keys: [exit.share, exit.mortality_ratio]}", MissingField, "has no rho"),
    "field": ("- {keys: [a, b], rho: 0, why: x}", UnknownName, "unknown field of a correlation"),
    "rho": (
        CORRELATIONS.replace("0.6", "1"),
        BadValue,
        "rho is 1; expected a number between -1 and 1",
    ),
    "no_source": (
        CORRELATIONS.replace("source: kma-2020", "source: ''"),
        MissingField,
        "a correlation has no source",
    ),
    "source": (
        CORRELATIONS.replace("kma-2020", "kma-2021"),
        UnknownName,
        "unknown source 'kma-2021'; did you mean 'kma-2020'?",
    ),
    "unknown": (
        CORRELATIONS.replace("exit.share", "exit.shar"),
        UnknownName,
        "unknown assumption 'exit.shar'; did you mean 'exit.share'?",
    ),
    "itself": (
        CORRELATIONS.replace("exit.share", "exit.mortality_ratio"),
        BadValue,
        "expected two keys",
    ),
    "rule": (
        CORRELATIONS.replace("exit.share", "demand.trend"),
        InputError,
        "demand.trend is a rule and cannot be correlated",
    ),
    "twice": (CORRELATIONS * 2, InputError, "is stated twice"),
    "impossible": (
        CORRELATIONS.replace("0.6", "0.9")
        + CORRELATIONS.replace("exit.share", "hours.weekly").replace("0.6", "0.9"),
        InputError,
        "no joint distribution has the correlations stated for exit.mortality_ratio, exit.share",
    ),
}


@pytest.mark.parametrize(
    ("text", "kind", "message"), BAD_CORRELATIONS.values(), ids=list(BAD_CORRELATIONS)
)
def test_a_correlation_that_is_not_in_order_is_refused_with_its_place(
    tmp_path, text, kind, message
):
    with pytest.raises(kind, match=re.escape(message)) as caught:
        _read(tmp_path, correlations=text)
    assert caught.value.place.file == str(tmp_path / "correlations.yaml")
    assert caught.value.place.line is not None


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(MissingFile, match="no file"):
        Ledger.read([tmp_path / "nowhere.yaml"], SOURCES)


@given(st.data())
@settings(max_examples=200)
def test_a_damaged_file_is_read_or_refused_but_never_fails(tmp_path_factory, data):
    lines = FILE.splitlines()
    row = data.draw(st.integers(0, len(lines) - 1))
    kept = lines[row].partition(":")[0]
    lines[row] = data.draw(
        st.sampled_from(["", "  x: 1", f"{kept}:", f"{kept}: 1e999", f"{kept}: {{}}"])
        | st.text("[]{}:,ab 01.-", max_size=9).map(lambda text: f"{kept}: {text}")
    )
    with suppress(InputError):
        _read(tmp_path_factory.mktemp("damaged"), "\n".join(lines))


# --- a complete assumption ---------------------------------------------------


@pytest.mark.parametrize("field", ["source", "holder", "note"])
def test_an_assumption_made_in_code_is_refused_like_one_in_a_file(field):
    with pytest.raises(MissingField, match=f"assumption 'exit.share' has no {field}"):
        _share(**{field: ""})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"key": "Exit"}, "key is 'Exit'"),
        ({"grade": "guessed"}, "unknown grade 'guessed'"),
        ({"unit": "shar"}, "unknown unit 'shar'"),
        ({"value": 1.4}, "exit.share is 1.4 share"),
        ({"value": "many"}, "exit.share is 'many'"),
        ({"value": True}, "exit.share is True"),
        ({"prior": Uniform(0.1, 1.4)}, "upper end of the prior"),
        ({"prior": Normal(0.2, 0.1)}, "lower end of the prior"),
        ({"prior": Scale(Uniform(0.5, 6))}, "upper end of the prior of exit.share is 1.2"),
        ({"dated": ((2023, 0.1), (2022, 0.2)), "prior": Point()}, "in the order of time"),
        ({"dated": ((2022, 0.1),), "prior": Point()}, "the last of its dated values"),
        ({"unit": "rule", "value": "a", "prior": Point(("b",))}, "unknown option"),
        (
            {"unit": "rule", "value": "a", "prior": Point(("a",)), "dated": ((2022, "a"),)},
            "cannot be dated",
        ),
    ],
    ids=str,
)
def test_an_assumption_checks_itself(changes, message):
    with pytest.raises(InputError, match=message):
        _share(**changes)


def test_a_prior_of_a_factor_is_held_to_the_bounds_of_the_unit_for_negative_values_too():
    with pytest.raises(OutOfBounds, match=r"lower end of the prior of exit.share is -0.6 growth"):
        _share(unit="growth", value=-0.2, prior=Scale(Uniform(0.5, 3)))
    _share(unit="growth", value=0.0, prior=Scale(LogNormal(1, 1)))


def test_every_grade_can_be_given():
    assert [_share(grade=grade).grade for grade in GRADES] == list(GRADES)


# --- changes -----------------------------------------------------------------


def test_a_fixed_assumption_has_its_value_and_no_doubt(ledger):
    place = Place("my.yaml", 3, "exit.share")
    fixed = ledger.fixed("exit.share", 0.3, place)
    changed = fixed["exit.share"]
    assert (changed.value, changed.prior, changed.place) == (0.3, Point(), place)
    assert changed.grade == "assumed"
    assert changed.note == "Fixed for this run. A share."
    assert ledger["exit.share"].value == 0.2
    assert fixed.correlations == ledger.correlations


def test_fixing_accepts_whole_numbers_dated_values_and_options(ledger):
    assert ledger.fixed("exit.share", 1)["exit.share"].value == 1.0
    dated = ledger.fixed("exit.share", {2030: 0.3, 2022: 0.1})["exit.share"]
    assert dated.dated == ((2022, 0.1), (2030, 0.3))
    assert ledger.fixed("hours.weekly", 20.0)["hours.weekly"].dated == ()
    rule = ledger.fixed("demand.trend", "fixed")
    assert rule["demand.trend"].value == "fixed"
    assert rule.fixed("demand.trend", "damped")["demand.trend"].value == "damped"


BAD_CHANGES = {
    "key": ("exit.shar", 0.1, None, UnknownName, "unknown assumption 'exit.shar'; did you mean"),
    "bounds": ("exit.share", 1.4, None, OutOfBounds, "exit.share is 1.4 share"),
    "word": ("exit.share", "0.1", None, BadValue, "exit.share is '0.1'; expected a finite number"),
    "truth": ("exit.share", True, None, BadValue, "exit.share is True"),
    "huge": ("exit.share", 10**400, None, BadValue, "expected a finite number"),
    "unit": ("exit.share", 0.1, "heads", WrongUnit, "is given in heads; its unit is share"),
    "option": ("demand.trend", "fixd", None, UnknownName, "did you mean 'fixed'?"),
    "number": ("demand.trend", 1.0, None, BadValue, "expected the name of an option"),
    "dated_rule": ("demand.trend", {2022: "fixed"}, None, InputError, "cannot be dated"),
    "year": ("exit.share", {22: 0.1}, None, BadValue, "expected a calendar year"),
}


@pytest.mark.parametrize(
    ("key", "value", "unit", "kind", "message"), BAD_CHANGES.values(), ids=list(BAD_CHANGES)
)
def test_a_change_that_is_not_in_order_is_refused_with_its_place(
    ledger, key, value, unit, kind, message
):
    place = Place("my.yaml", 3, key)
    with pytest.raises(kind, match=re.escape(message)) as caught:
        ledger.fixed(key, value, place, unit)
    assert caught.value.place == place


def test_an_assumption_is_replaced_by_another_of_its_key_and_unit(ledger):
    wider = _share(prior=Uniform(0, 1))
    assert ledger.replaced(wider)["exit.share"] is wider
    assert list(ledger.replaced(wider)) == list(ledger)
    with pytest.raises(UnknownName, match=r"unknown assumption 'exit.shares'"):
        ledger.replaced(_share(key="exit.shares"))
    with pytest.raises(WrongUnit, match="is given in index; its unit is share"):
        ledger.replaced(_share(unit="index"))


# --- looking -----------------------------------------------------------------


def test_a_ledger_is_a_mapping(ledger):
    assert len(ledger) == 4
    assert "exit.share" in ledger
    assert "exit.shar" not in ledger
    assert ledger.get("exit.shar") is None
    with pytest.raises(UnknownName, match=r"unknown assumption 'exit.shar'; did you mean"):
        ledger["exit.shar"]


def test_rows_are_plain_and_complete(ledger):
    rows = json.loads(json.dumps(ledger.rows()))
    assert rows[0] == {
        "key": "exit.mortality_ratio",
        "value": 0.6,
        "unit": "ratio",
        "prior": "lognormal(median 0.6, sigma 0.2)",
        "source": "kma-2020",
        "holder": "this project",
        "grade": "assumed",
        "note": "Doctors live longer.",
    }
    assert rows[1]["value"] == {"2009": 26.5, "2022": 28.0}
    assert rows[2]["value"] == "damped"


def test_the_digest_ignores_order_and_place_but_no_content(ledger):
    assumptions, correlations = list(ledger.values()), ledger.correlations
    assert Ledger(assumptions[::-1], correlations).digest() == ledger.digest()
    digests = {
        ledger.digest(),
        Ledger(assumptions).digest(),
        Ledger(assumptions[1:]).digest(),
        ledger.fixed("exit.share", 0.2).digest(),
        ledger.replaced(_share(prior=Uniform(0.1, 0.4 + 1e-12))).digest(),
        ledger.replaced(_share(note="Another reason.", grade="fitted margin")).digest(),
    }
    assert len(digests) == 6


def test_a_prior_is_compared_by_what_it_says():
    assert Choice(("a", "b"), (1, 1)) == Choice(("a", "b"), (1, 1))
    assert issubclass(Choice, Prior)


def test_a_correlation_made_in_code_is_refused_like_one_in_a_file():
    with pytest.raises(MissingField, match="correlation of a and b has no note"):
        Correlation(("a", "b"), 0.5, "kma-2020", "")
