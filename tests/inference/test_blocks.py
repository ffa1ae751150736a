"""Every assumption belongs to one named block, and what the cohort reads to a block of its own."""

from __future__ import annotations

import pytest
from tests.inference.members import RAISED, korea
from tests.workforce.builders import fixed

from locum.assumptions import Draws
from locum.inference.blocks import COHORT_BLOCKS, SECTOR_BLOCKS, Block, block_of, blocks_of
from locum.inference.mixing import LIVING, NEEDED, WORKING
from locum.runs.cohort import cohort_tables
from locum.workforce import project_cohort
from locum.workforce.cohort import alive, at_work, base_level, hours_factor, need_per_level

ALL_BLOCKS = (*COHORT_BLOCKS, *SECTOR_BLOCKS)
COHORT = {block.name for block in COHORT_BLOCKS}
RULES = {
    "exit.rule": ("hazard", "share_65", "share_65_age_75", "age_65"),
    "supply.concept": ("clinical", "active"),
    "gap.supply_unit": ("clinical", "fte"),
    "gap.need_unit": ("clinical", "fte"),
    "demand.balance": ("base", "supply", "level"),
    "demand.unit": ("fees", "weighted_days"),
    "demand.trend": ("fixed", "damped", "linear"),
}


class Recording(Draws):
    """Draws that remember which assumptions were asked for."""

    read: set[str]

    @classmethod
    def of(cls, values):
        draws = fixed(values).draw(0, 0, 2)
        made = cls(draws.numbers.copy(), draws.assumptions, draws.levels.copy())
        object.__setattr__(made, "read", set())
        return made

    def _found(self, key):
        self.read.add(key)
        return super()._found(key)


def blocks_read(compute):
    """Blocks and keys of the assumptions that a part asks for, under every option of a rule."""
    found: set[str] = set()
    for rule, options in RULES.items():
        for option in options:
            draws = Recording.of({rule: option})
            compute(draws)
            found |= draws.read
    return {block_of(key).name for key in found}, found


# --- assumptions -------------------------------------------------------------


def test_every_assumption_is_in_exactly_one_block():
    keys = list(korea().ledger())
    found = [key for own in blocks_of(keys).values() for key in own]
    assert sorted(found) == sorted(keys)


def test_every_assumption_is_in_a_block_that_is_written_down():
    names = {block.name for block in ALL_BLOCKS}
    assert {key for key in korea().ledger() if block_of(key).name not in names} == set()


def test_no_block_is_a_remainder():
    names = [block.name for block in ALL_BLOCKS]
    assert len(set(names)) == len(names)
    assert not {"other", "others", "rest", "residual", "misc"} & set(names)
    assert all(block.title and block.group for block in ALL_BLOCKS)


def test_blocks_name_no_assumption_that_the_country_lacks():
    ledger = korea().ledger()
    whole = {key for block in ALL_BLOCKS for key in block.keys if not key.endswith(".")}
    assert whole <= set(ledger)


def test_no_assumption_is_named_by_two_blocks():
    whole = [key for block in ALL_BLOCKS for key in block.keys]
    assert len(set(whole)) == len(whole)


def test_the_order_of_the_assumptions_does_not_matter():
    keys = list(korea().ledger())
    forwards, backwards = blocks_of(keys), blocks_of(keys[::-1])
    assert {b.name: sorted(own) for b, own in forwards.items()} == {
        b.name: sorted(own) for b, own in backwards.items()
    }


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("exit.rule", "retirement"),
        ("exit.income_elasticity", "exit"),
        ("student.attrition", "inflow"),
        ("student.months_tolerated", "interruption"),
        ("student.repeat", "training"),
        ("entry.licence_age", "inflow"),
        ("entry.licence_age_bonded", "bonds"),
        ("demand.tilt", "need_split"),
        ("hours.trainee", "hours"),
    ],
)
def test_an_exact_key_goes_before_the_beginning_of_one(key, name):
    assert block_of(key).name == name


def test_an_assumption_of_a_new_kind_has_the_block_of_its_prefix():
    assert block_of("weather.rain").name == "weather"
    assert block_of("weather.rain") == block_of("weather.snow")


def test_a_block_holds_a_key_or_all_that_begin_so():
    block = Block("one", "one", "demand", ("a.b", "c."))
    assert block.holds("a.b")
    assert block.holds("c.d")
    assert not block.holds("a.bc")
    assert not block.holds("cd")


# --- what is read ------------------------------------------------------------


def test_all_that_the_cohort_reads_is_in_blocks_of_the_cohort():
    tables = cohort_tables(korea())

    def project(draws):
        project_cohort(draws, tables, RAISED, 2022)

    names, keys = blocks_read(project)
    assert names == COHORT - {"seats"}
    unread = {key for block, own in blocks_of(korea().ledger()).items() for key in own}
    unread = {key for key in unread - keys if block_of(key).name in COHORT}
    # Hours by sex, age and grade are for the whole sector alone; so are these two.
    assert unread == {"hours.female_ratio", "hours.over_65_ratio", "hours.trainee"}


def test_each_shared_part_declares_every_block_that_it_reads():
    tables = cohort_tables(korea())
    living = alive(fixed({}).draw(0, 0, 2), tables, RAISED)
    parts = {
        "living": (lambda draws: alive(draws, tables, RAISED), LIVING),
        "working": (lambda draws: at_work(draws, tables, living), WORKING),
        "need": (lambda draws: need_per_level(draws, tables, 2024), NEEDED),
        "level": (lambda draws: base_level(draws, living[:, 0, 0, 0]), (*WORKING, "base_year")),
        "supply hours": (lambda draws: hours_factor(draws, "supply"), ("hours",)),
        "need hours": (lambda draws: hours_factor(draws, "need"), ("hours",)),
    }
    for part, (compute, declared) in parts.items():
        names, _ = blocks_read(compute)
        assert names <= set(declared), part


def test_every_block_of_the_cohort_is_declared_by_a_part():
    assert {*LIVING, *WORKING, *NEEDED, "hours"} == COHORT
