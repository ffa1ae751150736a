"""A pathway file with placeholders, from which tests make hospitals of several sizes."""

from __future__ import annotations

TOWN = """\
name: town
title: A hospital of any size
classes: [urgent, minor, planned]
attributes: [age]
lists: [surgery]
counters: [boarding]
resources:
  ward: <ward>
  theatre:
    capacity: 0
    schedule: {"Mon-Fri 08:00": <theatre_day>, "daily 18:00": <theatre_night>}
pools: {ed: {handover: handover}, surgery: {}}
rosters:
  early: [daily 08:00-16:00]
  late: [daily 16:00-24:00]
  night: [daily 00:00-08:00]
clinicians:
  doctors: {pool: ed, count: <doctors>, grade: 1, roster: [early, late, night]}
  surgeons: {pool: surgery, count: <surgeons>, grade: 2, skills: [cut], roster: early}
  chiefs: {pool: ed, count: <chiefs>, grade: 3, skills: [cut], weekly_cap: 60 h}
guards:
  crowded: {watch: counter, of: boarding, at_least: <crowded>}
sources:
  door:
    rate: {mean: <door> per h, amplitude: 0.5, peak: "15:00"}
    headroom: 2
    classes: {urgent: 0.3, minor: 0.7}
    entry: arrive
  referrals:
    rate: {per_hour: [<night>, <night>, <night>, <night>, <night>, <night>, <night>, <night>,
      <day>, <day>, <day>, <day>, <day>, <day>, <day>, <day>,
      <night>, <night>, <night>, <night>, <night>, <night>, <night>, <night>]}
    classes: {planned: 1}
    entry: refer
calls:
  theatre_list: {list: surgery, to: operate, quota: <quota>, resource: ward, days: Mon-Fri}
entries: {brought: stay, booked: refer, ambulance: arrive}
paths:
  ed:
    - label: arrive
      guard: {when: crowded, to: sent_on, classes: [minor]}
    - label: see
      seize_staff: {pool: ed, task: consult, priority: by_class,
        patience: {urgent: never, minor: {exponential: <patience> h}, planned: never},
        leave_to: unseen}
    - label: consult
      delay: {urgent: {mean: <consult> min, cv: 0.8}, minor: {mean: <consult> min, cv: 0.2},
        planned: <consult> min}
    - release_staff: doctor
    - label: admitted
      branch: {chance: {urgent: <p_urgent>, minor: <p_minor>, planned: 1}, otherwise: home}
    - label: stay
      seize: {resource: ward, boards: boarding}
    - label: rest
      delay: {quantiles: [<q1> h, <q2> h, <q3> h]}
    - release: ward
    - label: healed
      end: healed
    - label: home
      end: home
    - label: unseen
      end: unseen
    - label: sent_on
      transfer: {to: {0: <here>, 1: <there>}, entry: ambulance,
        travel: {uniform: [<t1> h, <t2> h]}}
  elective:
    - label: refer
      list: surgery
    - label: operate
      wait_until: {at: "08:00", days: Mon-Fri}
    - seize: theatre
    - seize_staff: {pool: surgery, skills: [cut], task: operation}
    - label: surgery
      delay: {constant: <surgery> h}
    - release_staff: doctor
    - release: theatre
    - delay: {weibull: 20 h, shape: 1.5}
    - release: ward
    - end: operated
"""

NUMBERS = {
    "ward": 6.0,
    "theatre_day": 2.0,
    "theatre_night": 1.0,
    "doctors": 5.0,
    "surgeons": 2.0,
    "chiefs": 1.0,
    "crowded": 3.0,
    "door": 1.5,
    "night": 0.05,
    "day": 0.25,
    "quota": 2.0,
    "patience": 2.0,
    "consult": 48.0,
    "p_urgent": 0.5,
    "p_minor": 0.1,
    "q1": 4.0,
    "q2": 20.0,
    "q3": 60.0,
    "here": 0.25,
    "there": 0.75,
    "t1": 24.0,
    "t2": 30.0,
    "surgery": 2.5,
}
"""A value for each placeholder."""


def write_town(folder, name="town.yaml", text=TOWN):
    """Write the file and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
