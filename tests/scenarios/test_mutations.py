"""Scenario files broken in 500 ways: each is read or refused with a sentence, never a traceback.

The mutations are those of people (lines lost, doubled, out of place; words misspelt; one kind of
value for another) and those of nobody (bytes, numbers of a thousand digits, nests, bombs).
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from locum.errors import InputError
from locum.scenarios import apply, find_problems, resolve

MUTATIONS = 500
SEED = 20240220

FULL = """\
name: everything
title: Everything a scenario may say
description: >-
  Plain words, over
  two lines.
country: korea
inherits: korea-decided
years:
  start: 2022
  end: 2045
seats:
  2025: 4567
  2027: {total: 3548, bonded: 490, allocation: regional-2027}
  2030:
    total: 3871
    bonded: 813
    allocation: {regional-2028: 613, new-schools-2030: 200}
history:
  seats: {2000: 3507, 2006: 3200}
assumptions:
  exam.pass_rate: 0.95
  bond.years: {value: 10, unit: years}
  student.months_tolerated:
    values: {2009: 3, 2026: 4.5}
  exit.mortality_ratio:
    value: 0.8
    unit: ratio
    prior: {lognormal: {median: 0.8, sigma: 0.1}}
    source: somebody's paper
rules:
  demand.trend: fixed
interruption: interruption_2024
"""

TOKENS = (
    *("null", "~", "true", "no", "''", '""', "[]", "{}", "[1, 2]", "{a: 1}", "- x", "? x", ": "),
    *("0", "-1", "1.5", "1e400", "-.inf", ".nan", "0x1F", "0o17", "1_000", "1" * 30, "9" * 5000),
    *("0x" + "f" * 5000, "1e-400", "2024-02-20", "2024-13-45", "12:30:45", "2024", "٢٠٢٥", "½"),
    *("&a", "*a", "&a [*a]", "<<: *a", "!!python/object:os.system x", "!!binary x", "!!float x"),
    *("!!set {a}", "!!int 0x", "!!timestamp x", "!local x", "%YAML 9.9", "---", "...", "\t", "'"),
    *('"', "|", ">", "#", "@", "`", "\x00", "\x07", "\ufeff", "\u202e", "\ud7ff", "한글", "🩺"),
    *('"\\ud800"', '"\\U00110000"', '"\\x"', "../../etc/passwd", "/", "korea", "x" * 3000),
    *("[" * 300, "{a: " * 300, "[" * 1000, "- " * 2000, "? " * 2000, "{" * 50 + "}" * 50),
)
BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
)


def words_at(text, chance):
    """The span of one word of the text."""
    starts = [i for i, c in enumerate(text) if not c.isspace() and (not i or text[i - 1] in " \n")]
    start = chance.choice(starts)
    end = start
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def replace_word(text, chance):
    start, end = words_at(text, chance)
    return text[:start] + chance.choice(TOKENS) + text[end:]


def replace_value(text, chance):
    lines = text.splitlines()
    at = chance.choice([i for i, line in enumerate(lines) if ": " in line])
    lines[at] = lines[at].partition(": ")[0] + ": " + chance.choice(TOKENS)
    return "\n".join(lines)


def misspell(text, chance):
    at = chance.randrange(len(text))
    swapped = text[at + 1 : at + 2] + text[at : at + 1]
    return chance.choice((text[:at] + text[at + 1 :], text[:at] + swapped + text[at + 2 :]))


def drop_line(text, chance):
    lines = text.splitlines()
    del lines[chance.randrange(len(lines))]
    return "\n".join(lines)


def double_line(text, chance):
    lines = text.splitlines()
    at = chance.randrange(len(lines))
    lines.insert(chance.randrange(len(lines)), lines[at])
    return "\n".join(lines)


def swap_lines(text, chance):
    lines = text.splitlines()
    chance.shuffle(lines)
    return "\n".join(lines[: chance.randrange(1, len(lines))])


def indent(text, chance):
    lines = text.splitlines()
    at = chance.randrange(len(lines))
    lines[at] = chance.choice((" ", "    ", "\t", "- ")) + lines[at]
    return "\n".join(lines)


def insert_token(text, chance):
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(TOKENS) + text[at:]


def cut(text, chance):
    return text[: chance.randrange(len(text))]


def other_number(text, chance):
    digits = [i for i, c in enumerate(text) if c.isdigit()]
    at = chance.choice(digits)
    return text[:at] + chance.choice("0123456789.-e_ ") + text[at + 1 :]


def bomb(text, chance):
    return chance.choice((BOMB + "\n" + text, text + BOMB, text + "x: &x {y: *x}"))


TEXT_MUTATIONS = (
    *(replace_word, replace_value, replace_value, misspell, drop_line, double_line, swap_lines),
    *(indent, insert_token, cut, other_number, other_number, bomb),
)


def mutated(number):
    """The bytes of one broken file."""
    chance = random.Random(SEED + number)  # noqa: S311 - a fixed list of mutations, no secret
    text = FULL
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        text = chance.choice(TEXT_MUTATIONS)(text, chance) or "x"
    raw = bytearray(text.encode("utf-8", "surrogatepass"))
    if chance.random() < 0.2:
        for _ in range(chance.choice((1, 3, 30))):
            at = chance.randrange(len(raw))
            raw[at] = chance.randrange(256)
    return bytes(raw)


def answer(path, pack, ledger):
    """What a file comes to: a scenario, or the sentence it is refused with."""
    try:
        scenario = resolve(path, pack, ledger)
        apply(scenario, ledger)
    except InputError as error:
        return str(error)
    assert scenario.digest() == scenario.digest()
    return None


def test_the_unbroken_file_is_a_scenario(tmp_path, pack, ledger):
    path = tmp_path / "mine.yaml"
    path.write_text(FULL, encoding="utf-8")
    assert find_problems(path) == []
    assert answer(path, pack, ledger) is None


def test_no_broken_file_makes_a_traceback(tmp_path, pack, ledger):
    path = tmp_path / "mine.yaml"
    answers = Counter()
    for number in range(MUTATIONS):
        path.write_bytes(mutated(number))
        problems = [str(problem) for problem in find_problems(path)]
        refusal = problems[0] if problems else answer(path, pack, ledger)
        for sentence in problems or filter(None, [refusal]):
            assert sentence.startswith((str(path), str(pack.path)))
            assert "\n" not in sentence
            assert len(sentence) < 1000
        answers["read" if refusal is None else "refused"] += 1
    assert answers["refused"] > MUTATIONS / 2
    assert answers["read"] > MUTATIONS / 20


@pytest.mark.parametrize("token", TOKENS, ids=range(len(TOKENS)))
def test_any_value_of_any_field_is_read_or_refused(token, tmp_path, pack, ledger):
    path = tmp_path / "mine.yaml"
    head = "name: x\ntitle: X\ninherits: korea-baseline\n"
    for field in (
        *("seats", "seats: {2025", "seats: {2025: {total", "seats: {2025: {total: 4000, bonded"),
        *("seats: {2025: {total: 5058, allocation", "years: {start", "history: {seats: {2000"),
        *("assumptions", "assumptions: {exam.pass_rate", "rules: {demand.trend", "interruption"),
        "assumptions: {exam.pass_rate: {value: 1, source: x, prior: {uniform: {low: 0, high",
    ):
        text = head + f"{field}: {token}" + "}" * field.count("{")
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        answer(path, pack, ledger)
