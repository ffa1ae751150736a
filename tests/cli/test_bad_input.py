"""Bad input: exit code 2, a sentence that says what and where, nothing written, no traceback."""

from __future__ import annotations

import pytest

HEAD = "name: mine\ntitle: Mine\ninherits: korea-baseline\n"
ABSENCE = "year,group,month,value,unit,grade,source,note\n"


def mine(text):
    return {"mine.yaml": HEAD + text}


def absent(row):
    return mine("interruption: absent.csv\n") | {"absent.csv": ABSENCE + row}


ASSUMPTION = """\
- key: exam.pass_rate
  value: 0.9
  unit: share
  prior: {point: {}}
  grade: assumed
  holder: nobody
  note: why
"""

RUNS = {
    "an unknown assumption": (
        mine("assumptions:\n  exit.mortality_rato: 1\n"),
        ["mine.yaml"],
        "mine.yaml:5: assumptions.exit.mortality_rato: unknown assumption 'exit.mortality_rato'; "
        "did you mean 'exit.mortality_ratio'?",
    ),
    "an unknown field": (mine("seat: {2025: 1}\n"), ["mine.yaml"], "mine.yaml:4: seat: unknown"),
    "a wrong unit": (
        mine("assumptions: {exam.pass_rate: {value: 0.9, unit: years}}\n"),
        ["mine.yaml"],
        "mine.yaml:4: assumptions.exam.pass_rate: assumption 'exam.pass_rate' is given in years; "
        "its unit is share",
    ),
    "a share above 1": (
        mine("assumptions: {exam.pass_rate: 1.2}\n"),
        ["mine.yaml"],
        "mine.yaml:4: assumptions.exam.pass_rate: exam.pass_rate is 1.2 share; it must be between "
        "0 and 1",
    ),
    "fte less heads": (
        mine("rules: {gap.need_unit: fte}\n"),
        ["mine.yaml"],
        "these are different units",
    ),
    "a prior without source": (
        mine("assumptions: {exam.pass_rate: {value: 0.9, prior: {point: {}}}}\n"),
        ["mine.yaml"],
        "has no source",
    ),
    "a broken row": (
        absent("2024,student,1,0.5,share,assumed,project,x\n2024,student,2,o.5,share,assumed,,\n"),
        ["mine.yaml"],
        "absent.csv:3: value: 'o.5': not a number",
    ),
    "a share above 1 in a row": (
        absent("2024,student,1,5,share,assumed,project,x\n"),
        ["mine.yaml"],
        "absent.csv:2: value: '5': must be between 0 and 1",
    ),
    "a year outside the pack": (
        mine("years: {end: 2100}\n"),
        ["mine.yaml"],
        "mine.yaml:4: years.end: year 2100 is outside the data of South Korea, which covers 2000 "
        "to 2070",
    ),
    "a missing file": ({}, ["nowhere.yaml"], "no file nowhere.yaml"),
    "a missing parent": (
        {"mine.yaml": "name: x\ntitle: X\ninherits: nowhere.yaml\n"},
        ["mine.yaml"],
        "mine.yaml:3: inherits: no file nowhere.yaml",
    ),
    "an unknown preset": (
        {},
        ["korea-basline"],
        "unknown scenario 'korea-basline'; did you mean 'korea-baseline'?",
    ),
    "no YAML": ({"mine.yaml": "a: b: c"}, ["mine.yaml"], "mine.yaml:1: not valid YAML"),
    "no text": ({}, ["."], "unknown scenario '.'"),
    "a folder": ({}, ["./"], "cannot read the file"),
    "an unknown key set": (
        {},
        ["--set", "exam.pas_rate=1"],
        "--set: exam.pas_rate: unknown assumption 'exam.pas_rate'; did you mean 'exam.pass_rate'?",
    ),
    "a wrong unit set": ({}, ["--set", "exam.pass_rate=0.9 years"], "is given in years"),
    "a share above 1 set": ({}, ["--set", "exam.pass_rate=1.1"], "must be between 0 and 1"),
    "nothing set": ({}, ["--set", "exam.pass_rate"], "expected key=value"),
    "an unknown option set": ({}, ["--set", "demand.trend=up"], "unknown option of rule"),
    "no draws": ({}, ["--draws", "0"], "greater than or equal to 1"),
    "too many draws": ({}, ["--draws", "1000000000000"], "draws is 1000000000000; expected"),
    "half a draw": ({}, ["--draws", "1.5"], "'--draws'"),
    "a negative seed": ({}, ["--seed", "-1"], "'--seed'"),
    "a giant seed": ({}, ["--seed", "9" * 50], "'--seed'"),
    "an unknown option": ({}, ["--drows", "1"], "--drows"),
    "a folder in use": ({"full/x": "x"}, ["--out", "full"], "--out: full: the folder holds"),
    "a file in the way": ({"x": "x"}, ["--out", "x"], "--out: x: a file of this name exists"),
    "a manifest that is none": ({"m.json": "[]"}, ["m.json"], "m.json:1: scenario is []"),
    "JSON that is none": ({"m.json": "{"}, ["m.json"], "m.json:1: not valid YAML"),
}


def given(files, tmp_path):
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("case", RUNS, ids=RUNS.keys())
def test_a_run_is_refused_before_anything_is_written(case, locum, tmp_path, here):
    files, arguments, message = RUNS[case]
    given(files, tmp_path)
    before = here()
    answer = locum("run", *arguments, "--quiet")
    assert answer.code == 2
    assert message in answer.err
    assert answer.out == ""
    assert here() == before


@pytest.mark.parametrize("case", [name for name, (files, *_) in RUNS.items() if files])
def test_json_is_not_begun_when_a_run_is_refused(case, locum, tmp_path):
    files, arguments, _ = RUNS[case]
    given(files, tmp_path)
    answer = locum("run", *arguments, "--json")
    assert (answer.code, answer.out) == (2, "")


CHECKS = {
    "a scenario": (mine("seat: 1\nyeers: 2\n"), ["mine.yaml"], ["mine.yaml:4: ", "mine.yaml:5: "]),
    "an override": (mine("rules: {demand.trend: up}\n"), ["mine.yaml"], ["mine.yaml:4: rules"]),
    "unlike units": (mine("rules: {gap.need_unit: fte}\n"), ["mine.yaml"], ["different units"]),
    "an assumption without source": (
        {"own.yaml": ASSUMPTION},
        ["own.yaml"],
        ["own.yaml:1: exam.pass_rate: assumption 'exam.pass_rate' has no source"],
    ),
    "an assumption without unit": (
        {"own.yaml": ASSUMPTION.replace("unit: share", "source: project")},
        ["own.yaml"],
        ["has no unit"],
    ),
    "an unknown source": (
        {"own.yaml": ASSUMPTION + "  source: projct\n"},
        ["own.yaml"],
        ["own.yaml:8: exam.pass_rate.source: unknown source 'projct'; did you mean 'project'?"],
    ),
    "a broken row": (
        {"absent.csv": ABSENCE + "2024,student,1,0.5,share\n"},
        ["absent.csv"],
        ["absent.csv:2: grade: ''"],
    ),
    "a missing file": ({}, ["a.yaml", "b.csv"], ["no file a.yaml", "no file b.csv"]),
}


@pytest.mark.parametrize("case", CHECKS, ids=CHECKS.keys())
def test_check_names_what_is_wrong(case, locum, tmp_path, here):
    files, arguments, messages = CHECKS[case]
    given(files, tmp_path)
    before = here()
    answer = locum("check", *arguments)
    assert answer.code == 2
    for message in messages:
        assert message in answer.out
    assert here() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "korea-baseline"], "at least one other scenario"),
        (["compare", "korea-baseline", "korea-2025"], "unknown scenario 'korea-2025'"),
        (["compare", "korea-baseline", "korea-2024", "--year", "2051"], "year 2051 is outside"),
        (["compare"], "Missing argument"),
        (["assumptions", "nowhere.yaml"], "no file nowhere.yaml"),
        (["cite", "nowhere"], "no file nowhere"),
        (["cite", "."], "no file manifest.json"),
        (["check"], "Missing argument"),
        (["rum"], "No such command 'rum'"),
    ],
)
def test_other_commands_refuse_too(arguments, message, locum):
    answer = locum(*arguments)
    assert answer.code == 2
    assert message in answer.err
    assert answer.out == ""
