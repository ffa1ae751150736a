"""Pathway files: what they say is what the assembler would, and errors name line and step."""

from __future__ import annotations

import random
import re
from collections import Counter
from math import inf
from pathlib import Path

import numpy as np
import pytest

from locum import errors
from locum.hospital.engine import Hospital
from locum.hospital.program import Assembler, Call
from locum.hospital.stations import (
    BY_CLASS,
    Staff,
    Waiting,
    daily,
    empirical,
    exponential,
    lognormal,
    steady,
)
from locum.scenarios.pathway_levers import (
    Absence,
    CapacityChange,
    QuotaChange,
    RateChange,
    RosterChange,
    ThresholdChange,
    run_with,
)
from locum.scenarios.pathway_schema import VERBS, pathway_json_schema
from locum.scenarios.pathways import load_model, read_levers, read_pathways

PAGE = Path(__file__, "..", "..", "..", "docs", "pathways.md").resolve()
SMALL = PAGE.read_text(encoding="utf-8").partition("```yaml-pathway\n")[2].partition("```")[0]
MUTATIONS = 200
SEED = 20240205

EVERY_VERB = """\
name: every-verb
title: One step of each
classes: [a, b]
attributes: [severity]
lists: [later]
counters: [seen]
resources: {bed: {capacity: 3, preempts: true}}
pools: {staff: {}}
rosters: {short: [daily 00:00-24:00], shift: [Mon-Sun 22:00-06:00]}
clinicians:
  group: {pool: staff, count: 2, grade: 3, skills: [x, y], roster: short, weekly_cap: 60 h}
guards:
  night: {watch: hour, below: 6}
  full: {watch: free, of: bed, below: 1}
sources:
  s:
    rate: {per_hour: [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1]}
    classes: {a: 0.25, b: 0.75}
    entry: first
    since: 2 d
    until: 9 w
calls:
  again: {list: later, to: called, quota: 2, every: 12 h, at: "06:30"}
entries: {from_elsewhere: first}
paths:
  one:
    - label: first
      set: {attribute: severity, value: {uniform: [0, 10]}}
      draw: severity
    - add: {attribute: severity, value: {a: 1, b: 2.5}}
    - test: {attribute: severity, at_least: {a: 1, b: 3}, otherwise: out}
    - guard: {when: night, to: out, classes: [b]}
    - seize: {resource: bed, units: 2, priority: {a: 0, b: 1}, boards: seen}
    - seize_staff: {pool: staff, skills: [x], grade: 2, rule: longest_idle, role: nurse}
    - count: {counter: seen, by: 2}
    - count: seen
    - delay: {a: {weibull: 30 min, shape: 1.5}, b: {constant: 10 min}}
    - release_staff: nurse
    - release: {resource: bed, units: 2}
    - branch: {chance: {a: 0.5, b: 1}, otherwise: out}
    - become: {a: b}
    - jump: {b: chosen}
    - goto: out
    - label: chosen
      switch: {to: {wait: {a: 0.1, b: 0.2}, sent: 0.3}, otherwise: until}
    - label: wait
      list: {name: later, priority: 1, keeps_place: true}
    - label: sent
      transfer: {to: {0: 0.4, 3: 0.6}, entry: from_elsewhere, travel: 40 min}
    - label: until
      wait_until: "07:30"
    - signal: {list: later, to: called}
    - label: called
      delay: 1 h
    - label: out
      end: gone
"""


@pytest.fixture
def file(tmp_path):
    """Write a pathway file, by default the one of the documentation with some text replaced."""

    def write_file(*changes, text=SMALL, name="small.yaml"):
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write_file


def small_in_python():
    h = Assembler("small-hospital", ("urgent", "minor", "elective"), ("visits",))
    h.resource("ward", 24).resource("theatre", 0)
    office = [(24.0 * day + 8.0, 2) for day in range(5)]
    h.schedule("theatre", sorted(office + [(24.0 * day + 18.0, 0) for day in range(7)]))
    h.waiting_list("surgery").counter("boarding")
    h.pool("doctors", handover="handover").pool("surgeons", handover="overlap")
    h.roster("office", [(24.0 * day + 8.0, 24.0 * day + 18.0) for day in range(5)])
    h.roster("long_days", [(24.0 * day + 8.0, 24.0 * day + 20.0) for day in range(7)])
    nights = [(24.0 * day + 20.0, 24.0 * day + 32.0) for day in range(6)]
    h.roster("nights", [(0.0, 8.0), *nights, (164.0, 168.0)])
    weekend = [(168.0 + 24.0 * day + 8.0, 168.0 + 24.0 * day + 20.0) for day in (5, 6)]
    h.roster("every_other_weekend", weekend, period=336.0)
    h.clinicians("doctors", 2, grade=1, roster="long_days", weekly_cap=84.0)
    h.clinicians("doctors", 1, grade=1, roster="nights")
    h.clinicians("doctors", 1, grade=2, skills=("sedation",))
    h.clinicians("surgeons", 2, grade=2, roster="office")
    h.guard("crowded", "counter", "boarding", at_least=4)
    rate = daily(1.6, 0.5, 9.0)
    rate = type(rate)(rate.base, rate.amplitude, rate.phase, headroom=5.0)
    h.source("ed", rate, classes={"urgent": 0.3, "minor": 0.7}, entry="arrive")
    h.source("referrals", steady(12 / 168), classes={"elective": 1.0}, entry="refer")
    h.call("theatre_list", Call("surgery", "operate", 3, "ward", 2, 7.0, 24.0, (0, 1, 2, 3, 4)))
    h.entry("on_ward", "treat")
    write_paths(h)
    return h.assemble()


def write_paths(h):
    ed = h.path("ed")
    ed.label("arrive").guard("crowded", to="diverted", classes=("minor",)).add("visits", 1.0)
    patience = {"urgent": inf, "minor": exponential(3.0)}
    ed.label("see").seize_staff(
        Staff("doctors", task="consult"), Waiting(BY_CLASS, patience, "unseen")
    )
    ed.label("consult").delay({"urgent": lognormal(0.9, 0.8), "minor": lognormal(0.3, 0.8)})
    ed.release_staff().branch({"urgent": 0.5, "minor": 0.05}, otherwise="home")
    ed.label("treat").seize("ward", waiting=Waiting(boards="boarding")).delay(lognormal(72.0, 1.2))
    ed.release("ward").end("treated")
    ed.label("home").end("home")
    ed.label("diverted").end("diverted")
    ed.label("unseen").end("left_without_being_seen")
    elective = h.path("elective")
    elective.label("refer").wait_in("surgery")
    elective.label("operate").wait_until(8.0, (0, 1, 2, 3, 4)).seize("theatre")
    elective.seize_staff(Staff("surgeons", task="operation")).delay(lognormal(2.0, 0.4))
    elective.release_staff().release("theatre")
    elective.delay(empirical([24, 48, 72, 144, 480])).release("ward").end("operated")


def fields(site):
    """Everything that a site is, without the gaps between fields."""
    tables = {field: np.asarray(table) for field, table in zip(site._fields, site, strict=True)}
    return {
        (field, name): table[name].tolist()
        for field, table in tables.items()
        for name in (table.dtype.names or (...,))
    }


def test_a_file_gives_the_tables_that_the_assembler_gives(file):
    made, meant = load_model(file()), small_in_python()
    assert made.names == meant.names
    assert fields(made.tables) == fields(meant.tables)


def test_every_verb_can_be_written(file):
    used = set(re.findall(r"^    (?:- |  )(\w+):", EVERY_VERB, re.MULTILINE))
    assert set(VERBS) <= used
    model = load_model(file(text=EVERY_VERB))
    assert "first" in model.names.steps


def test_a_file_runs_for_a_week(file):
    written = read_pathways(file())
    stats = Hospital(written.model, seed=1).run(168.0).stats()
    assert stats.arrived["ed"] > 100
    assert stats.inside > 0
    again = Hospital(written.model, seed=1).run(168.0).stats()
    assert np.array_equal(stats.visits, again.visits)


# --- errors ------------------------------------------------------------------------

WRONG = [
    ("seize: theatre", "sieze: theatre", "paths.elective[2].sieze", "unknown verb 'sieze'; did"),
    ("- seize: theatre", "- {seize: theatre, delay: 1 h}", "paths.elective[2].delay", "two verbs"),
    ("- seize: theatre", "- {label: x}", "paths.elective[2]", "has no verb"),
    ("seize: theatre", "seize: theater", "paths.elective[2].seize.resource", "'theatre'"),
    ("seize: theatre", "seize: {resorce: theatre}", "paths.elective[2].seize*", "resource"),
    ("release: theatre", "release: ward", "paths.elective[8] (*)", "0 are held"),
    ("list: surgery\n", "list: sugery\n", "paths.elective[0].list.name", "'surgery'"),
    ("pool: doctors\n", "pool: doctor\n", "paths.ed[2].seize_staff.pool", "'doctors'"),
    ("when: crowded", "when: crowd", "paths.ed[0].guard.when", "'crowded'"),
    ("to: diverted,", "to: divert,", "paths.ed[0].guard.to", "did you mean 'diverted'"),
    ("classes: [minor]", "classes: [minr]", "paths.ed[0].guard.classes[0]", "class 'minr'"),
    ("chance: {urgent: 0.5", "chance: {urgent: 1.5", "paths.ed[5].branch.chance.urgent", "1.5"),
    ("chance: {urgent: 0.5", "chance: {urgnt: 0.5", "paths.ed[5].branch.chance.urgnt", "'urgent'"),
    ("chance: {urgent: 0.5, ", "chance: {", "paths.ed[5] (ed:branch)", "'urgent', which comes"),
    ("ward: 24", "ward: -24", "resources.ward*", "at least 0|-24"),
    ("Mon-Fri 08:00: 2", "Mon-Fri 08:00: -2", "resources.theatre.schedule.*", "-2"),
    ("Mon-Fri 08:00: 2", "Mon-Fri 18:00: 2", "resources.theatre.schedule.*", "is in 'Mon-Fri"),
    ("[daily 08:00-20:00]", "[daily 20:00-21:00, Sun 20:30-22:00]", "rosters.*[1]", "overlaps"),
    ("[daily 20:00-08:00]", "[daily 20:00-21:00, Sun 23:00-22:00]", "rosters.*[1]", "overlaps"),
    ("week 2 Sat", "week 3 Sat", "rosters.every_other_weekend.shifts[0]", "between 1 and 2"),
    ("Sat-Sun 08", "Sat-Sonntag 08", "rosters.every_other_weekend.shifts[0]", "unknown day"),
    ("daily 20:00-08:00", "daily 20-08", "rosters.nights[0]", "Mon-Fri 08:00-17:00"),
    ("delay: {mean: 3 d", "delay: {mean: 3", "paths.ed[7].delay.mean", "with its unit"),
    ("delay: {mean: 3 d", "delay: {mean: 3 days", "paths.ed[7].delay.mean", "given in days"),
    ("delay: {mean: 3 d", "delay: {mean: -3 d", "paths.ed[7].delay.mean", "between 0"),
    ("{mean: 3 d, cv: 1.2}", "{mean: 3 d}", "paths.ed[7].delay", "has no cv"),
    ("{mean: 3 d, cv: 1.2}", "3", "paths.ed[7].delay", "with its unit"),
    ("[1 d, 2 d, 3 d", "[1 d, 5 d, 3 d", "paths.elective[7].delay", "falling"),
    ("12 per w", "12 per week", "sources.referrals.rate", "given in per week"),
    ("12 per w", "12", "sources.referrals.rate", "a rate with its unit"),
    ("urgent: 0.3", "urgent: 0.4", "sources.ed.classes", "sum of the shares"),
    ("entry: refer", "entry: reffer", "sources.referrals.entry", "did you mean 'refer'"),
    ("to: operate", "to: operates", "calls.theatre_list.to", "did you mean 'operate'"),
    ("    - end: treated\n", "    - end: x\n    - delay: 1 h\n", "paths.ed[10]", "nothing leads"),
    ("    - end: operated\n", "", "paths.elective[8] (elective:release:ward)", "does not end"),
    ("    - release: ward\n    - end: t", "    - end: t", "paths.ed[8] (ed:end:treated)", "still"),
    ("- release_staff: doctor", "- release_staff: nurse", "paths.ed[4] (*)", "not held"),
    (
        "label: home\n      end: home",
        "label: home\n      goto: home",
        "paths.ed[10] (home)",
        "without",
    ),
    ("label: home", "label: see", "paths.ed[10].label", "on line"),
    ("handover: overlap", "handover: overlaps", "pools.surgeons.handover", "'overlap'"),
    ("weekly_cap: 84 h", "weekly_cap: 84", "clinicians.residents.weekly_cap", "with its unit"),
    ("roster: long_days", "roster: long_day", "clinicians.residents.roster", "'long_days'"),
    ("count: 2, grade: 1", "count: -2, grade: 1", "clinicians.residents.count", "-2"),
    ("of: boarding", "of: bording", "guards.crowded.of", "'boarding'"),
    ("watch: counter", "watch: countr", "guards.crowded.watch", "'counter'"),
    ("at_least: 4", "at_least: 4, below: 3", "guards.crowded", "either"),
    ("start: 2024-02-05", "start: 2024-02-06", "start", "Monday"),
    ("start: 2024-02-05 ", "# ", "levers.walkout.since", "has no start"),
    ("until: 2024-02-10", "until: 2024-02-06", "levers.walkout.until", "before it starts"),
    ("absent: {residents: all", "absent: {residents: 3", "levers.walkout.absent.residents", "3"),
    ("capacity: {ward: -4}", "capacity: {ward: -25}", "levers.fewer*", "at least -24"),
    ("rate: {ed: 2.5}", "rate: {ed: 6}", "levers.surge.rate.ed", "between 0 and 5"),
    ("threshold: {crowded: 2}", "", "levers.earlier_diversion*", "changes nothing"),
    ("roster: {surgeons: n", "rooster: {surgeons: n", "levers.surge*.rooster", "did you mean"),
    ("classes: [urgent, minor", "classes: [urgent, urgent", "classes[1]", "there already"),
    ("classes: [urgent, minor", "classes: [urgent, mean", "classes[1]", "mean times"),
    ("- release_staff: doctor", "- {release_staff: doctor, draw: x}", "paths.ed[4].draw", "draws"),
    ("        leave_to: unseen\n", "", "paths.ed[2].seize_staff.leave_to", "belong together"),
    ("title: A small hospital\n", "", None, "model has no title"),
]


@pytest.mark.parametrize(("old", "new", "key", "words"), WRONG, ids=range(len(WRONG)))
def test_an_error_names_file_line_and_step(old, new, key, words, file):
    path = file((old, new))
    with pytest.raises(errors.InputError, match=words) as caught:
        read_pathways(path)
    place = caught.value.place
    assert place is not None
    assert place.file == str(path)
    assert "\n" not in str(caught.value)
    if key is not None:
        pattern = re.escape(key).replace(r"\*", ".*")
        assert re.fullmatch(pattern, place.key or ""), str(caught.value)
        at = SMALL.count("\n", 0, SMALL.index(old)) + 1
        assert place.line is not None
        assert abs(place.line - at) <= 6 or new == "# ", str(caught.value)


def test_steps_that_disagree_are_both_named(file):
    path = file(
        ("otherwise: home}", "otherwise: after}"),
        ("- release: ward\n    - end: t", "- label: after\n      release: ward\n    - end: t"),
    )
    with pytest.raises(errors.InputError, match=r"from ed:\S+ \(line \d+\).*from ed:\S+ \(line"):
        read_pathways(path)


# --- inheritance -------------------------------------------------------------------


def test_a_file_replaces_and_adds_parts_of_the_one_it_inherits_from(file):
    file()
    child = file(
        text="""\
name: child
title: Child
inherits: small.yaml
counters: [boarding, more]
rosters:
  nights: [daily 21:00-07:00]
clinicians:
  extra: {pool: doctors, count: 3}
levers:
  surge: {rate: {ed: 1.5}}
""",
        name="child.yaml",
    )
    parent, made = read_pathways(file()), read_pathways(child)
    assert made.name == "child"
    assert made.model.names.counters == ("boarding", "more")
    assert made.levers["surge"].changes == (RateChange("ed", 1.5),)
    assert made.levers["walkout"] == parent.levers["walkout"]
    assert made.groups["extra"] == (4, 5, 6)
    assert made.groups["surgeons"] == (7, 8)
    assert made.model.tables.clinicians.pool[7] == 1


def test_an_inherited_part_is_reported_where_it_is_written(file):
    parent = file()
    child = file(
        text="name: c\ntitle: C\ninherits: small.yaml\npools: {}\nguards: {crowded: "
        "{watch: free, of: ward, below: 1}}\nlevers: {x: {capacity: {theatre: -3}}}\n",
        name="c.yaml",
    )
    with pytest.raises(errors.OutOfBounds, match=r"c\.yaml:6: levers\.x\.capacity\.theatre"):
        read_pathways(child)
    file(("seize: theatre", "seize: theater"))
    with pytest.raises(errors.UnknownName, match=rf"^{re.escape(str(parent))}:\d+: .*theater"):
        read_pathways(child)


def test_a_file_cannot_inherit_from_itself(file):
    file(text="name: b\ntitle: B\ninherits: a.yaml\n", name="b.yaml")
    with pytest.raises(errors.InputError, match=r"a\.yaml.*inherits from itself|b\.yaml.*itself"):
        read_pathways(file(text="name: a\ntitle: A\ninherits: b.yaml\n", name="a.yaml"))
    with pytest.raises(errors.MissingFile, match="nowhere"):
        read_pathways(file(text="name: a\ntitle: A\ninherits: nowhere.yaml\n"))


# --- levers ------------------------------------------------------------------------


def test_levers_are_read_as_records(file):
    levers = read_levers(file())
    assert levers["walkout"].title == "Most residents stay away"
    assert levers["walkout"].changes == (
        Absence("residents", (0, 1)),
        Absence("night_resident", ()),
    )
    assert (levers["surge"].since, levers["surge"].until) == (72.0, inf)
    assert levers["fewer_operations"].changes == (
        CapacityChange("ward", -4),
        QuotaChange("theatre_list", 1),
    )
    assert levers["earlier_diversion"].changes == (ThresholdChange("crowded", 2.0),)
    assert levers["surgeons_at_night"].changes == (RosterChange("surgeons", "nights", (4, 5)),)


def test_a_lever_that_touches_nobody_changes_nothing(file):
    written = read_pathways(file())
    alone = Hospital(written.model, seed=3).run(168.0)
    pulled = run_with(Hospital(written.model, seed=3), [written.lever("nobody")], 168.0)
    assert fields(pulled.site()) == fields(alone.site())


def test_levers_act_between_their_hours_and_are_taken_back(file):
    written = read_pathways(
        file(
            (
                "levers:\n",
                "levers:\n  beds: {since: 1 d, until: 3 d, "
                "capacity: {ward: -4}, quota: {theatre_list: 1}}\n",
            )
        )
    )
    levers = [written.lever(name) for name in ("beds", "walkout", "surgeons_at_night")]
    hospital = run_with(Hospital(written.model, seed=3), levers, 30.0)
    site = hospital.site()
    assert site.resources.extra.tolist() == [-4, 0]
    assert site.calls.quota.tolist() == [1]
    assert site.clinicians.absent_from[:3].tolist() == [48.0, 48.0, inf]
    assert site.clinicians.absent_until[:3].tolist() == [120.0, 120.0, inf]
    office = site.clinicians.roster[4]
    run_with(hospital, levers, 80.0)
    assert site.resources.extra.tolist() == [0, 0]
    assert site.calls.quota.tolist() == [3]
    assert site.clinicians.roster[4] != office


def test_a_surge_leaves_the_arrivals_of_other_sources_as_they_are(file):
    written = read_pathways(file())
    alone = Hospital(written.model, seed=3).run(168.0).stats()
    pulled = run_with(Hospital(written.model, seed=3), [written.lever("surge")], 168.0).stats()
    assert pulled.arrived["ed"] > 1.3 * alone.arrived["ed"]
    assert pulled.arrived["referrals"] == alone.arrived["referrals"]


def test_an_unknown_lever_is_suggested(file):
    with pytest.raises(errors.UnknownName, match="did you mean 'walkout'"):
        read_pathways(file()).lever("walkuot")


# --- schema and broken files -------------------------------------------------------


def test_the_schema_for_editors_knows_every_verb_and_short_form():
    schema = pathway_json_schema()
    step = schema["$defs"]["StepEntry"]
    assert [each["required"] for each in step["oneOf"]] == [[verb] for verb in VERBS]
    assert schema["$defs"]["SeizeEntry"]["anyOf"][0]["type"] == "string"


WORD = re.compile(r"(?<=[:,\[{] )[\w.%-]+|(?<=[\[{])[\w.-]+")
VALUES = (
    *("0", "-1", "0.5", "1e9", "1e300", "9" * 400, ".nan", "-.inf", "true", "null", "~", "''"),
    *("[]", "{}", "[1]", "{a: 1}", "{mean: 1 h}", "1 h", "0 h", "-1 h", "9999999 d", "1 week"),
    *("never", "all", "by_class", "mean", "07:00", "Mon-Fri 08:00-17:00", "2024-02-05", "*a"),
    *("&a b", "!!binary x", "x" * 3000, "[" * 300, "'", "\x00", '"\\ud800"', "한글", "../../etc"),
)


def other_value(text, chance):
    """Replace a value by another one, of the file or not."""
    found = list(WORD.finditer(text))
    at, other = chance.choice(found), chance.choice(found)
    value = chance.choice(VALUES) if chance.random() < 0.7 else other.group()
    return text[: at.start()] + value + text[at.end() :]


def misspell(text, chance):
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(("", "x", " ", "\n", ":", "-", "7")) + text[at + 1 :]


def move_line(text, chance):
    lines = text.splitlines(keepends=True)
    line = lines.pop(chance.randrange(len(lines)))
    for _ in range(chance.choice((0, 1, 2))):
        lines.insert(chance.randrange(len(lines) + 1), line)
    return "".join(lines)


def cut(text, chance):
    return text[: chance.randrange(1, len(text))]


WAYS = (other_value, other_value, other_value, misspell, misspell, move_line, cut)


def mutated(text, number):
    chance = random.Random(SEED + number)  # noqa: S311 - a fixed list of mutations, no secret
    for _ in range(chance.choice((1, 1, 1, 2))):
        text = chance.choice(WAYS)(text, chance)
        if not WORD.search(text):
            break
    raw = bytearray(text.encode("utf-8", "surrogatepass"))
    if chance.random() < 0.1:
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw)


@pytest.mark.parametrize("text", [SMALL, EVERY_VERB], ids=["small", "every-verb"])
def test_no_broken_file_makes_a_traceback(text, tmp_path):
    path = tmp_path / "mine.yaml"
    answers = Counter()
    for number in range(MUTATIONS // 2):
        path.write_bytes(mutated(text, number))
        try:
            read_pathways(path)
        except errors.InputError as error:
            sentence = str(error)
            assert sentence.startswith(str(path))
            assert "\n" not in sentence
            assert len(sentence) < 1000
            answers["refused"] += 1
        else:
            answers["read"] += 1
    assert answers["refused"] > MUTATIONS / 4
    assert answers["read"] > MUTATIONS / 100
