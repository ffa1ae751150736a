"""A scenario's assumptions, and those of a command line, in the ledger."""

from __future__ import annotations

import pytest

from locum import errors
from locum.assumptions import Point, Uniform
from locum.scenarios import apply, parse_sets, resolve
from locum.units import Quantity

RATIO = "exit.mortality_ratio"


def test_a_bare_value_fixes_an_assumption(resolved, ledger):
    changed = apply(resolved(f"assumptions: {{{RATIO}: 0.9}}"), ledger)
    assert changed[RATIO].value == 0.9
    assert isinstance(changed[RATIO].prior, Point)
    assert changed[RATIO].unit == ledger[RATIO].unit


def test_everything_else_stays_as_it_was(resolved, ledger):
    changed = apply(resolved(f"assumptions: {{{RATIO}: 0.9}}"), ledger)
    assert {key for key in ledger if changed[key] != ledger[key]} == {RATIO}


def test_a_prior_comes_with_its_source(resolved, ledger):
    text = f"assumptions: {{{RATIO}: {{value: 0.9, prior: {{uniform: {{low: 0.8, high: 1}}}}"
    changed = apply(resolved(text + ", source: a paper}}"), ledger)
    assert changed[RATIO].prior == Uniform(0.8, 1.0)
    assert changed[RATIO].source == "a paper"
    with pytest.raises(errors.MissingField, match=rf"mine\.yaml:4: .*{RATIO}.* has no source"):
        resolved(text + "}}")


def test_a_rule_is_set_under_rules_or_under_assumptions(resolved, ledger):
    for section in ("rules", "assumptions"):
        changed = apply(resolved(f"{section}: {{demand.trend: fixed}}"), ledger)
        assert changed["demand.trend"].value == "fixed"


def test_a_dated_assumption_takes_values_by_year(resolved, ledger):
    text = "assumptions: {student.months_tolerated: {values: {2022: 4, 2030: 5}}}"
    changed = apply(resolved(text), ledger)
    assert changed["student.months_tolerated"].dated == ((2022, 4.0), (2030, 5.0))


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        (
            "assumptions:\n  exit.mortality_rato: 1",
            errors.UnknownName,
            "mine.yaml:5: assumptions.exit.mortality_rato: unknown assumption"
            " 'exit.mortality_rato'; did you mean 'exit.mortality_ratio'?",
        ),
        (
            "assumptions: {exit.mortality_ratio: {value: 1, unit: share}}",
            errors.WrongUnit,
            "is given in share; its unit is ratio",
        ),
        (
            "assumptions: {exam.pass_rate: 1.2}",
            errors.OutOfBounds,
            "exam.pass_rate is 1.2 share; it must be between 0 and 1",
        ),
        ("assumptions: {exam.pass_rate: high}", errors.BadValue, "expected a finite number"),
        ("rules: {demand.trend: fixd}", errors.UnknownName, "did you mean 'fixed'"),
        ("rules: {exam.pass_rate: fixed}", errors.BadValue, "expected a finite number"),
        ("assumptions: {demand.trend: 1}", errors.BadValue, "the name of an option"),
        (
            "rules: {demand.trend: fixed}\nassumptions: {demand.trend: damped}",
            errors.InputError,
            "mine.yaml:4: rules.demand.trend: stated under assumptions too",
        ),
        (
            "assumptions: {exam.pass_rate: {value: 0.9, source: x, prior: {uniform: {low: 0.8}}}}",
            errors.MissingField,
            "has no high",
        ),
        (
            "assumptions: {exam.pass_rate: {value: 0.9, source: x, prior: {unifrom: {}}}}",
            errors.UnknownName,
            "unknown prior 'unifrom'; did you mean 'uniform'?",
        ),
        (
            "assumptions: {exam.pass_rate: {value: 0.5, source: x,"
            " prior: {uniform: {low: 0.8, high: 0.9}}}}",
            errors.OutOfBounds,
            "under its own prior",
        ),
    ],
)
def test_an_assumption_that_cannot_be_is_refused(resolved, text, kind, message):
    with pytest.raises(kind) as caught:
        resolved(text)
    assert message in str(caught.value)
    assert "mine.yaml:" in str(caught.value)


# --- the command line --------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["265", "265 days_per_year", "2.65e2", "+265.", "265  days_per_year"]
)
def test_a_number_may_be_followed_by_its_unit(pack, ledger, text):
    changed = apply(resolve("korea-baseline", pack), ledger, {"demand.working_days": text})
    assert changed["demand.working_days"].value == 265


def test_a_rule_is_set_by_the_name_of_its_option(pack, ledger):
    changed = apply(resolve("korea-baseline", pack), ledger, {"demand.trend": "fixed"})
    assert changed["demand.trend"].value == "fixed"


def test_what_is_set_comes_after_the_scenario(resolved, ledger):
    scenario = resolved(f"assumptions: {{{RATIO}: 0.9}}")
    assert apply(scenario, ledger, {RATIO: "0.8"})[RATIO].value == 0.8


@pytest.mark.parametrize(
    ("key", "text", "kind", "message"),
    [
        ("demand.workin_days", "1", errors.UnknownName, "did you mean 'demand.working_days'"),
        ("demand.working_days", "265 hours_per_year", errors.WrongUnit, "is given in hours_per"),
        ("demand.working_days", "265 days", errors.WrongUnit, "its unit is days_per_year"),
        ("demand.working_days", "400", errors.OutOfBounds, "between 0 and 366"),
        ("demand.working_days", "many", errors.BadValue, "expected a finite number"),
        ("demand.working_days", "nan", errors.BadValue, "expected a finite number"),
        ("demand.working_days", "1e999", errors.BadValue, "expected a finite number"),
        ("demand.working_days", "1" * 5000, errors.BadValue, "expected a finite number"),
        ("demand.trend", "sideways", errors.UnknownName, "unknown option of rule 'demand.trend'"),
        ("demand.trend", "1", errors.BadValue, "the name of an option"),
    ],
)
def test_a_set_that_cannot_be_is_refused(pack, ledger, key, text, kind, message):
    with pytest.raises(kind) as caught:
        apply(resolve("korea-baseline", pack), ledger, {key: text})
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"--set: {key}: ")


def test_sets_are_split_at_the_first_equals_sign():
    assert parse_sets(["a = 1 x=y", "b.c=2"]) == {"a": "1 x=y", "b.c": "2"}


@pytest.mark.parametrize("text", ["a", "=1", "a=", "", " = "])
def test_a_set_without_a_key_or_a_value_is_refused(text):
    with pytest.raises(errors.BadValue, match="expected key=value"):
        parse_sets([text])


def test_a_key_may_be_set_only_once():
    with pytest.raises(errors.BadValue, match="one value only; 1 was given before"):
        parse_sets(["a=1", "a=2"])


def test_fte_cannot_be_subtracted_from_heads():
    with pytest.raises(errors.UnitMismatch, match="cannot subtract fte from heads"):
        _ = Quantity(100.0, "heads") - Quantity(90.0, "fte")
