"""What a study file may say, and that every study of the country says it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from locum import errors
from locum.countries import load_pack
from locum.scenarios import load_study, study_names

MINE = """\
name: mine
title: Mine
holder: An office
published: "2026"
description: What if.
inherits: committee-2025
years: {base: 2022, end: 2040}
variants:
  plain:
    title: Plain
ends: [plain]
"""


@pytest.fixture
def country(pack, tmp_path):
    """Return the country with studies of its own, each written by name and text."""

    def make(**studies):
        for each in pack.path.iterdir():
            if each.name != "studies" and not (tmp_path / each.name).exists():
                (tmp_path / each.name).symlink_to(each, target_is_directory=each.is_dir())
        folder = tmp_path / "studies"
        folder.mkdir(exist_ok=True)
        original = (pack.path / "studies" / "committee-2025.yaml").read_text(encoding="utf-8")
        (folder / "committee-2025.yaml").write_text(original, encoding="utf-8")
        for name, text in studies.items():
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return load_pack(tmp_path)

    return make


@pytest.fixture(scope="module")
def studies(pack):
    return [load_study(name, pack) for name in study_names(pack)]


def test_there_are_at_least_eight_studies_with_printed_numbers(studies):
    printed = [one for one in studies if any(each.printed for each in one.variants.values())]
    assert len(printed) >= 8


def test_every_study_gives_a_complete_ledger_under_each_reading(studies, ledger):
    for study in studies:
        for variant in study.variants.values():
            for reading in (None, *study.readings):
                assert set(study.ledger(variant, ledger, reading)) == set(ledger)


def test_every_lever_is_a_number_of_the_ledger_and_a_year_of_the_study(studies, ledger):
    for study in studies:
        for lever in study.levers:
            assert ledger[lever.assumption].unit != "rule"
            assert lever.year <= study.end


def test_every_statement_says_how_it_is_known(studies):
    for study in studies:
        for variant in study.variants.values():
            for known in variant.stated.values():
                assert known.known in {"published", "inferred", "tuned"}
                assert known.note
                assert known.source
                assert (known.known == "tuned") == bool(known.tuned_to)


def test_what_was_published_is_certain_and_has_a_publication_behind_it(studies):
    for study in studies:
        for variant in study.variants.values():
            for key, known in variant.stated.items():
                if known.known == "published":
                    assert known.override.prior is None, (study.name, key)
                    assert not known.source.startswith("project"), (study.name, key)


def test_only_the_ministry_adds_two_unlike_gaps(studies):
    assert [each.name for each in studies if each.growth_of] == ["ministry-2024"]


def test_a_study_that_inherits_has_the_rules_of_the_other_and_its_own(pack):
    first, later = load_study("rihp-2025", pack), load_study("rihp-2026", pack)
    before, after = first.variants["days-285"].stated, later.variants["low"].stated
    assert after["exam.pass_rate"].study == "rihp-2025"
    assert after["gap.need_unit"].override.value == "fte"
    assert before["gap.need_unit"].override.value == "clinical"


def test_a_variant_shares_what_the_one_it_is_like_says(pack):
    variants = load_study("committee-2025", pack).variants
    plain, changed = variants["s2-arima"].stated, variants["s2-arima-ai"].stated
    differs = {key for key, known in changed.items() if plain.get(key) is not known}
    assert {
        key for key in differs if changed[key].override.value != plain[key].override.value
    } == {
        "demand.productivity_change",
        "demand.working_days_change",
    }


def test_a_gap_that_is_not_printed_is_that_of_printed_supply_and_demand(pack):
    variant = load_study("committee-2025", pack).variants["s1-arima"]
    supply, demand = variant.figure(2040, "supply"), variant.figure(2040, "demand")
    assert supply is not None
    assert demand is not None
    assert variant.figure(2040, "gap") == supply - demand
    assert variant.figure(2041, "gap") is None


def test_an_unknown_study_is_refused_with_the_closest_name(pack):
    with pytest.raises(errors.UnknownName, match="did you mean 'committee-2025'"):
        load_study("comittee-2025", pack)


def test_an_unknown_variant_is_refused_with_the_closest_name(pack):
    with pytest.raises(errors.UnknownName, match=r"variant of rihp-2025.*did you mean 'days-285'"):
        load_study("rihp-2025", pack).variant("days-258")


BAD = [
    ("levres: []", errors.UnknownName, "levres: unknown field 'levres'; did you mean 'levers'"),
    (
        "assumptions: {exam.pass_rate: {value: 0.9, known: guessed, source: project}}",
        errors.BadValue,
        "assumptions.exam.pass_rate.known",
    ),
    (
        "assumptions: {exam.pass_rate: {value: 0.9, known: inferred, source: projct}}",
        errors.UnknownName,
        "assumptions.exam.pass_rate.source: unknown source 'projct'; did you mean 'project'",
    ),
    (
        "assumptions: {exam.pass_rate: {value: 0.9, known: tuned, source: project}}",
        errors.BadValue,
        "tuned_to, the printed results",
    ),
    (
        "assumptions: {exam.pass_rate: {value: 0.9, known: inferred, sorce: project}}",
        errors.InputError,
        "assumptions.exam.pass_rate",
    ),
    (
        "rules: {exit.rule: {option: age_70, known: published, source: project, value: 1}}",
        errors.UnknownName,
        "rules.exit.rule.value: unknown field 'value'",
    ),
    ("growth_of: [kdi-2024]", errors.UnknownName, "growth_of"),
    (
        "levers: [{assumption: demand.growth, year: 2040, variant: plane}]",
        errors.BadValue,
        "there is no 'plane'",
    ),
    ("seats: {2025: -3}", errors.OutOfBounds, "seats.2025"),
]


@pytest.mark.parametrize(("text", "kind", "message"), BAD)
def test_a_wrong_study_file_is_refused_with_line_and_key(country, text, kind, message):
    with pytest.raises(kind) as caught:
        load_study("mine", country(mine=MINE + text + "\n"))
    assert message in str(caught.value)
    place = caught.value.place
    assert place is not None
    assert place.file.endswith("mine.yaml")
    assert place.line is not None


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        (("ends: [plain]", "ends: [plane]"), errors.BadValue, "there is no 'plane'"),
        (("name: mine", "name: other"), errors.BadValue, "mine.yaml:1: name"),
        (("inherits: committee-2025", "inherits: mine"), errors.InputError, "from itself"),
        (
            ("inherits: committee-2025", "inherits: comittee-2025"),
            errors.UnknownName,
            "mine.yaml:6: inherits: unknown study",
        ),
        (("inherits: committee-2025\n", ""), errors.InputError, "no places are in force"),
        (("end: 2040", "end: 2400"), errors.InputError, "mine.yaml:"),
        (("title: Plain", "title: Plain\n    like: plane"), errors.BadValue, "stand above"),
        (("title: Plain", "title: Plain\n    like: plain"), errors.BadValue, "stand above"),
        (("title: Plain", "title: Plain\n    relative_to: x"), errors.BadValue, "there is no 'x'"),
        (
            (
                "title: Plain",
                "title: Plain\n    printed: [{study: KMA2026, scenario: low surplu}]",
            ),
            errors.UnknownName,
            "did you mean 'low surplus'",
        ),
        (("holder: An office\n", ""), errors.MissingField, "holder"),
    ],
)
def test_a_study_file_that_does_not_hold_together_is_refused(country, change, kind, message):
    with pytest.raises(kind) as caught:
        load_study("mine", country(mine=MINE.replace(*change)))
    assert message in str(caught.value)


def test_an_unknown_assumption_is_refused_where_it_is_written(country, ledger):
    text = "assumptions: {exam.pas_rate: {value: 0.9, known: inferred, source: project}}\n"
    study = load_study("mine", country(mine=MINE + text))
    with pytest.raises(
        errors.UnknownName, match=r"mine\.yaml:\d+: .*did you mean 'exam.pass_rate'"
    ):
        study.ledger(study.variants["plain"], ledger)


def test_an_option_that_a_rule_lacks_is_refused_where_it_is_written(country, ledger):
    text = "rules: {exit.rule: {option: age_71, known: inferred, source: project}}\n"
    study = load_study("mine", country(mine=MINE + text))
    with pytest.raises(errors.InputError, match=r"mine\.yaml:\d+: .*age_71"):
        study.ledger(study.variants["plain"], ledger)


def test_a_circle_of_studies_is_refused(country):
    other = MINE.replace("name: mine", "name: other").replace("committee-2025", "mine")
    mine = MINE.replace("committee-2025", "other")
    with pytest.raises(errors.InputError, match="inherits from itself"):
        load_study("mine", country(mine=mine, other=other))


def test_the_same_key_as_number_and_rule_is_refused(country):
    text = dedent("""\
        assumptions: {exit.rule: {value: 1, known: inferred, source: project}}
        rules: {exit.rule: {option: age_70, known: inferred, source: project}}
        """)
    with pytest.raises(errors.InputError, match="stated under assumptions too"):
        load_study("mine", country(mine=MINE + text))
