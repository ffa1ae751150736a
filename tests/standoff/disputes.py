"""Small disputes for tests: events in few words, the pack's assumptions, days lived through."""

from __future__ import annotations

from dataclasses import dataclass

from locum.countries import load_pack
from locum.standoff.deeds import AGENDA, SANCTIONS, Event
from locum.standoff.forcing import compile_events
from locum.standoff.national import LUCK, Seen, Terms, start_national, step
from locum.standoff.states import KINDS

LEDGER = load_pack("korea").ledger("standoff")
VALUES = {key: each.value for key, each in LEDGER.items()}
TRAINEES, STUDENTS, CLINICS = ("trainee",), ("student",), ("community",)
PROFESSORS = ("professor",)
OUT = Seen(
    heads=(10_000.0, 18_000.0, 15_000.0, 36_000.0),
    joined=(0.8, 0.6, 0.0, 0.0),
    letters=(0.1, 0.1, 0.0, 0.0),
    away=(0.7, 0.5, 0.0, 0.0),
    support=(0.8, 0.8, 0.5, 0.4),
    stress=0.0,
)
"""Many are away, and hospitals bear it."""
IN = OUT._replace(joined=(0.0,) * 4, letters=(0.0,) * 4, away=(0.0,) * 4)


def event(day, actor, does, what=None, **more):
    return Event(f"{does} {what} {day}", day, actor, does, what, **more)


ANNOUNCED = event(1, "government", "raise_quota", value=2000.0)
CALLED = event(5, "trainees_association", "call", "walkout", who=TRAINEES)


def terms(**changes):
    """Read the pack's central values, some of them changed: `grievance__quota=1`."""
    changed = {key.replace("__", "."): value for key, value in changes.items()}
    parts = (*KINDS, *SANCTIONS, *AGENDA)
    hidden = {f"{key}_{part}" for key in changed for part in parts}
    assert all(key in VALUES or hidden & VALUES.keys() for key in changed)
    kept = {key: value for key, value in VALUES.items() if key not in hidden}
    return Terms.read(kept | changed)


@dataclass(frozen=True)
class Lived:
    """Days of a dispute, from the first on."""

    states: list
    signals: list

    def series(self, name, kind=0):
        return [getattr(each, name)[kind] for each in self.signals]


def live(events, days=60, seen=OUT, luck=None, mode="script", **more):
    """Live through days in which the same is seen each day."""
    forcing = compile_events(events, days)
    read = more.get("read") or terms()
    state = start_national(read, forcing, mode, since=more.get("since", 0))
    states, signals = [], []
    for day in range(days):
        state, told = step(state, day, forcing, seen, read, luck and luck[day])
        states.append(state)
        signals.append(told)
    return Lived(states, signals)


def steady(value, days=60):
    return [[value] * LUCK for _ in range(days)]


__all__ = [
    "ANNOUNCED",
    "CALLED",
    "CLINICS",
    "IN",
    "LEDGER",
    "OUT",
    "PROFESSORS",
    "STUDENTS",
    "TRAINEES",
    "VALUES",
    "Lived",
    "event",
    "live",
    "steady",
    "terms",
]
