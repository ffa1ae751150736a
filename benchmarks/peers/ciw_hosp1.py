"""The subset of HOSP-1 in Ciw: a network of four nodes.

Ciw takes a whole shift off duty at once and puts the next one on beside those who are finishing;
`Pool` makes its doctors go home as the benchmark says. The elective list and diversion by the
queue of another node cannot be expressed without rewriting nodes.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import ciw
from peers.parameters import CLASSES, STATISTICS

if TYPE_CHECKING:
    from peers.parameters import Hosp1, Lognormal

DOCTORS, ICU, THEATRES, WARD = 1, 2, 3, 4
EXIT = -1
TRIAGE = [f"class_{k}" for k in range(1, CLASSES + 1)]
DIRECT = "direct"


class Thinned(ciw.dists.Distribution):
    """Gaps of the arrivals of one triage class, by thinning."""

    def __init__(self, numbers: Hosp1, share: float) -> None:
        self.rate = numbers.ed_rate * share
        self.swing = numbers.ed_swing
        self.mean_at = numbers.ed_mean_at
        self.highest = self.rate * (1.0 + self.swing)

    def sample(self, t: float = 0.0, ind: object = None) -> float:  # noqa: ARG002
        """Return the time until the next patient."""
        at = t
        while True:
            at += random.expovariate(self.highest)
            swing = self.swing * math.sin(2.0 * math.pi / 24.0 * (at - self.mean_at))
            if random.random() * self.highest < self.rate * (1.0 + swing):  # noqa: S311
                return at - t


class Time(ciw.dists.Distribution):
    """A lognormal time by the parameters of its logarithm."""

    def __init__(self, shape: Lognormal) -> None:
        self.shape = shape

    def sample(self, t: float = 0.0, ind: object = None) -> float:  # noqa: ARG002
        """Return a time."""
        return random.lognormvariate(*self.shape)


class Disposition(ciw.routing.NodeRouting):
    """Home, intensive care, theatre or ward after the doctor."""

    def __init__(self, numbers: Hosp1, triage: int) -> None:
        self.admitted = numbers.admitted[triage]
        self.to_icu = numbers.to_icu[triage]
        self.to_theatre = numbers.to_icu[triage] + numbers.to_theatre[triage]

    def next_node(self, ind: object) -> Any:  # noqa: ARG002
        """Return where the patient goes."""
        nodes = self.simulation.nodes
        if random.random() >= self.admitted:  # noqa: S311
            return nodes[EXIT]
        u = random.random()  # noqa: S311
        if u < self.to_icu:
            return nodes[ICU]
        return nodes[THEATRES if u < self.to_theatre else WARD]


class Always(ciw.routing.NodeRouting):
    """One way only."""

    def __init__(self, target: int) -> None:
        self.target = target

    def next_node(self, ind: object) -> Any:  # noqa: ARG002
        """Return where the patient goes."""
        return self.simulation.nodes[self.target]


class Pool(ciw.Node):
    """Doctors of whom, when fewer are wanted, the idle go first, then who has finished first."""

    def take_servers_off_duty(self, preemption: object = False) -> None:  # noqa: ARG002, FBT002
        """Send the idle home as far as there are too many."""
        for server in list(self.servers):
            server.shift_end = self.now
            if not server.busy and len(self.servers) > self.c:
                self.kill_server(server)

    def add_new_servers(self, num_servers: int) -> None:
        """Bring in as many as are missing."""
        super().add_new_servers(max(0, num_servers - len(self.servers)))

    def detatch_server(self, server: Any, individual: Any) -> None:
        """Send the one who has finished home if there are too many."""
        server.offduty = len(self.servers) > self.c
        super().detatch_server(server, individual)


def build(numbers: Hosp1) -> Any:
    """Return the network of the subset."""
    lows = (0.0, *numbers.class_bounds)
    shares = [high - low for low, high in zip(lows, numbers.class_bounds, strict=False)]
    exponential = ciw.dists.Exponential
    nothing = exponential(1.0)
    arrivals = {
        name: [Thinned(numbers, share), None, None, None]
        for name, share in zip(TRIAGE, shares, strict=True)
    } | {DIRECT: [None, None, None, exponential(numbers.direct_rate)]}
    behind = [Time(numbers.icu_stay), Time(numbers.surgery), Time(numbers.ed_stay)]
    services = {
        name: [Time(shape), *behind] for name, shape in zip(TRIAGE, numbers.consult, strict=True)
    } | {DIRECT: [nothing, nothing, nothing, Time(numbers.direct_stay)]}
    patience = {
        name: [exponential(1.0 / mean) if mean < math.inf else None, None, None, None]
        for name, mean in zip(TRIAGE, numbers.patience, strict=True)
    } | {DIRECT: [None, None, None, exponential(1.0 / numbers.direct_patience)]}
    routes = {name: _route(Disposition(numbers, triage)) for triage, name in enumerate(TRIAGE)} | {
        DIRECT: _route(Always(EXIT))
    }
    night = 24.0 - numbers.day_ends
    duty = ciw.Schedule(
        numbers_of_servers=[numbers.doctors_night, numbers.doctors_day, numbers.doctors_night],
        shift_end_dates=[numbers.day_starts, numbers.day_ends, numbers.day_ends + night],
    )
    return ciw.create_network(
        arrival_distributions=arrivals,
        service_distributions=services,
        reneging_time_distributions=patience,
        routing=routes,
        number_of_servers=[duty, numbers.icu_beds, numbers.theatres, numbers.ward_beds],
        priority_classes={name: rank for rank, name in enumerate([*TRIAGE, DIRECT])},
    )


def _route(first: Any) -> Any:
    behind = [Always(EXIT), Always(WARD), Always(EXIT)]
    return ciw.routing.NetworkRouting(routers=[first, *behind])


def simulate(numbers: Hosp1, seed: int) -> Any:
    """Run one hospital to the horizon: what is timed."""
    ciw.seed(seed)
    random.seed(seed)
    simulation = ciw.Simulation(build(numbers), node_class=[Pool, ciw.Node, ciw.Node, ciw.Node])
    simulation.simulate_until_max_time(numbers.horizon)
    return simulation


class _Tally:
    """Add Ciw's visits of nodes up to `STATISTICS`."""

    def __init__(self, horizon: float) -> None:
        self.horizon = horizon
        self.totals: Counter[str] = Counter()

    def add(self, visit: Any, node: int) -> None:
        """Add a visit that was served, to its end or not."""
        station = ("doctor_hours", "icu_hours", "theatre_hours", "ward_hours")[node - 1]
        started, wait = visit.service_start_date, visit.service_start_date - visit.arrival_date
        self.totals[station] += min(visit.service_end_date, self.horizon) - started
        if node == DOCTORS:
            self._count(wait, f"seen_{visit.customer_class}", f"wait_{visit.customer_class}")
            self.totals["seen"] += 1
        elif node == ICU:
            self._count(wait, "icu_admitted", "icu_wait_hours", "icu_waited")
        elif node == THEATRES:
            self._count(wait, "emergency_surgeries", "emergency_theatre_wait")
        elif visit.customer_class == DIRECT:
            self._count(wait, "direct_admitted", "direct_wait")
        else:
            self._count(wait, "ward_admitted", "boarding_hours", "boarded")

    def _count(self, wait: float, patients: str, hours: str, waited: str | None = None) -> None:
        self.totals[patients] += 1
        self.totals[hours] += wait
        if waited and wait > 0.0:
            self.totals[waited] += 1


def statistics(simulation: Any, numbers: Hosp1) -> dict[str, float]:
    """Return `STATISTICS` of a simulation, those of the missing parts zero.

    Without `events`: candidates that thinning refuses are no events in Ciw.
    """
    tally = _Tally(numbers.horizon)
    gave_up = {DOCTORS: "left_unseen", WARD: "direct_turned_away"}
    for individual in simulation.get_all_individuals():
        for record in individual.data_records:
            if record.record_type == "renege":
                tally.totals[gave_up[record.node]] += 1
            else:
                tally.add(record, record.node)
        if individual.node != EXIT and individual.service_start_date is not False:
            tally.add(individual, individual.node)
    came = simulation.nodes[0].number_of_individuals_per_class
    totals = dict.fromkeys(STATISTICS, 0.0) | dict(tally.totals)
    totals["ed_arrivals"] = sum(came[name] for name in TRIAGE)
    totals["direct_arrivals"] = came[DIRECT]
    totals["patients"] = totals["ed_arrivals"] + totals["direct_arrivals"]
    del totals["events"]
    return totals


def run(numbers: Hosp1, seed: int) -> dict[str, float]:
    """Run one hospital and return `STATISTICS`."""
    return statistics(simulate(numbers, seed), numbers)
