"""HOSP-1 in SimPy with the engine's order of what happens at the same instant.

SimPy hands a free unit on in an event of its own, behind those that already wait for this instant.
Here it is handed on at once, and whoever got it acts before the next event; who gives up is gone
before it. Without ties this makes no difference.
"""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING, Any

import simpy
from peers.simpy_hosp1 import Hospital
from simpy.events import URGENT

if TYPE_CHECKING:
    from collections.abc import Callable


class Claim(simpy.Event):
    """A request for a unit: waiting, granted or withdrawn."""

    def __init__(self, units: Units, priority: int) -> None:
        super().__init__(units.env)
        self.units = units
        self.priority = priority
        self.granted = False

    @property
    def triggered(self) -> bool:
        """Return whether the unit was granted."""
        return self.granted

    def wake(self) -> None:
        """Let the patient act before the next event."""
        self._ok, self._value = True, None
        self.env.schedule(self, URGENT)

    def give_up(self, _: simpy.Event) -> None:
        """Leave the queue if still in it."""
        if self in self.units.queue:
            self.cancel()
            self.wake()

    def cancel(self) -> None:
        """Leave the queue."""
        if self in self.units.queue:
            self.units.queue.remove(self)


class Units:
    """Counted units that go to the first of the most urgent who wait.

    Parameters
    ----------
    env
        SimPy's environment.
    capacity
        Number of units.
    """

    def __init__(self, env: simpy.Environment, capacity: int) -> None:
        self.env = env
        self.capacity = capacity
        self.count = 0
        self.queue: list[Claim] = []

    def request(self, priority: int = 0) -> Claim:
        """Take a unit or join the queue."""
        claim = Claim(self, priority)
        insort(self.queue, claim, key=lambda each: each.priority)
        self._feed()
        return claim

    def release(self, _: Claim) -> None:
        """Give a unit back."""
        self.count -= 1
        self._feed()

    def _feed(self) -> None:
        while self.queue and self.count < self.capacity:
            claim = self.queue.pop(0)
            self.count += 1
            claim.granted = True
            claim.wake()


class PromptHospital(Hospital):
    """The hospital of `simpy_hosp1`, with prompt units."""

    units: Callable[..., Any] = Units

    def patiently(self, request: Any, hours: float) -> simpy.Event:
        """Wait for a unit so long and no longer."""
        self.env.timeout(hours).callbacks.append(request.give_up)
        return request
