"""The rule "taste" with one mesa agent for each doctor, as a user of mesa would write it.

The same agents, links, parameters and signals as ours; chance is mesa's own. Shares are read from
running counts, and links are looked at only by those who think again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

from locum.standoff.crowd import _fixed_arrays
from locum.standoff.states import (
    ABSENT,
    AT_WORK,
    CONTRACT_REFUSED,
    EMPLOYED_ELSEWHERE,
    ENLISTED,
    IS_AWAY,
    IS_JOINED,
    LETTER_IN,
    RESIGNED,
    RETURNED,
    STUDENT,
)

if TYPE_CHECKING:
    from locum.standoff.decision import Parameters, Signals
    from locum.standoff.population import Population

VERSION = mesa.__version__
JOINED = IS_JOINED.tolist()
AWAY = IS_AWAY.tolist()


class Doctor(mesa.Agent):
    """A member of a kind, in a department of an organisation."""

    def __init__(self, model, traits):
        super().__init__(model)
        (self.kind, self.cell, self.department, self.group, self.organisation, self.own, self.risk,
         self.carried, self.turn, self.eligible) = traits  # fmt: skip
        self.state = self.next = AT_WORK
        self.since = self.named = 0
        self.friends: list[Doctor] = []

    def share(self, today):
        model, p, k, own = self.model, self.model.p, self.kind, JOINED[self.state]
        others = model.department_heads[self.department] - 1
        department = (model.department_joined[self.department] - own) / others if others else 0.5
        others = model.group_heads[self.group] - 1
        organisation = (model.group_joined[self.group] - own) / others if others else 0.5
        joined = 0
        for friend in self.friends:
            joined += JOINED[friend.state]
        return (
            p["share_department"][k] * department
            + p["share_organisation"][k] * organisation
            + p["share_links"][k] * joined / len(self.friends)
            + p["share_public"][k] * today["public"][k]
        )

    def support(self, today):
        p, k, s = self.model.p, self.kind, self.state
        v = today["grievance"][k] + today["shift"][self.cell] + self.own
        v += p["social"][k] * (2.0 * self.share(today) - 1.0)
        v += p["list_weight"][k] * today["exposure"][k] * (1.0 + self.named)
        v -= self.risk * today["sanction"][k]
        if JOINED[s]:
            v -= today["pull"][k] * self.carried
        if AWAY[s]:
            v -= p["fatigue"][k] * (self.model.day - self.since) / 100.0
        return v

    def reconsider(self, today):
        p, k, s = self.model.p, self.kind, self.state
        v = self.support(today)
        to = s
        if s in (AT_WORK, RETURNED, LETTER_IN):
            cost = p["threshold"][k]
            if self.turn < today["gate"][k] and v > cost + p["gap"][k]:
                to = ABSENT
            elif s == LETTER_IN:
                to = AT_WORK if v < -cost else s
            elif self.turn < today["letters"][k] and v > cost:
                to = LETTER_IN
        elif s == ABSENT:
            if today["held"][k] and v < today["easier"][k] - p["return_cost"][k]:
                to = RETURNED
        elif s != ENLISTED and v < today["easier"][k] - p["reapply"][k]:
            to = RETURNED if self.random.random() < today["window"][k] else s
        return to

    def befall(self, today):
        k, s = self.kind, self.state
        if s == ABSENT:
            accept = today["accept"][self.organisation] if k <= STUDENT else 0.0
            release = today["release"][k]
            if accept + release > 0.0:
                u = self.random.random()
                return RESIGNED if u < accept else RETURNED if u < accept + release else s
        elif s in (RESIGNED, CONTRACT_REFUSED):
            hire, enlist = today["hire"][k], today["enlist"][k]
            u = self.random.random()
            if u < hire:
                return EMPLOYED_ELSEWHERE
            if s == RESIGNED and self.eligible and u < hire + enlist:
                return ENLISTED
        elif s != LETTER_IN and not self.named and today["name"][k] > 0.0:
            self.named = int(self.random.random() < today["name"][k])
        return s

    def decide(self):
        today = self.model.today
        self.next = self.befall(today)
        if self.next == self.state:
            chance = self.model.p["revise"][self.kind] * today["attention"][self.kind]
            if self.random.random() < chance:
                self.next = self.reconsider(today)

    def act(self):
        s, to = self.state, self.next
        if s == to:
            return
        self.state = to
        if AWAY[to] > AWAY[s]:
            self.since = self.model.day
        step = JOINED[to] - JOINED[s]
        model = self.model
        model.changed += 1
        model.department_joined[self.department] += step
        model.group_joined[self.group] += step


class Standoff(mesa.Model):
    """All doctors, deciding at once every day."""

    def __init__(self, population: Population, parameters: Parameters, seed: int):
        super().__init__(seed=seed)
        self.p = {name: value.tolist() for name, value in parameters._asdict().items()}
        cells, groups, cell = population.cells, population.groups, population.cell0
        fixed = _fixed_arrays(population, parameters)
        own = fixed.common[cell] + parameters.taste[cells.kind[cell]] * population.theta
        columns = (
            cells.kind[cell], cell, groups.department[cell], groups.organisation[cell],
            cells.organisation[cell], own, fixed.risk, fixed.carried[cell], fixed.turn[cell],
            fixed.eligible,
        )  # fmt: skip
        rows = zip(*(column.tolist() for column in columns), strict=True)
        doctors = [Doctor(self, traits) for traits in rows]
        for doctor, links in zip(doctors, population.links.tolist(), strict=True):
            doctor.friends = [doctors[j] for j in links]
        self.department_heads = np.bincount(groups.department[cell]).tolist()
        self.group_heads = np.bincount(groups.organisation[cell]).tolist()
        self.department_joined = [0] * groups.departments
        self.group_joined = [0] * groups.organisations
        self.day, self.today = 0, {}
        self.changed = 0

    def live(self, day: int, signals: Signals) -> None:
        """Live through a day."""
        self.day = day
        self.today = {
            name: value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in signals._asdict().items()
        }
        self.agents.do("decide")
        self.agents.do("act")

    def kinds(self):
        """Return how many are in each state by kind, (4, 8)."""
        found = np.zeros((4, 8), dtype=int)
        for doctor in self.agents:
            found[doctor.kind, doctor.state] += 1
        return found
