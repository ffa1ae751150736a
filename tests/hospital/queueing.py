"""Small queueing systems, written with the assembler, and their statistics."""

from __future__ import annotations

from math import factorial, inf

import numpy as np

from locum.hospital.engine import Hospital
from locum.hospital.program import Assembler, Call
from locum.hospital.stations import (
    BY_CLASS,
    Rate,
    Staff,
    Waiting,
    constant,
    exponential,
    lognormal,
    steady,
)

HOURS = 20_000.0
WARM_UP = 500.0


def station(rate, service, servers, *, patience=None, classes=None, staff=False):
    """One station with a queue; classes are shares, the first is served first."""
    shares = classes or {"all": 1.0}
    model = Assembler("station", tuple(shares))
    waiting = Waiting(priority=BY_CLASS, patience=patience, leave_to="left" if patience else None)
    model.source("in", steady(rate), classes=shares, entry="queue")
    path = model.path("main")
    if staff:
        model.pool("servers").clinicians("servers", servers)
        path.label("queue").seize_staff(Staff("servers"), waiting)
        path.label("service").delay(service).release_staff()
    else:
        model.resource("servers", servers)
        path.label("queue").seize("servers", waiting=waiting)
        path.label("service").delay(service).release("servers")
    path.end()
    if patience:
        path.label("left").end()
    return model.assemble()


def replicate(model, figures, *, count=30, hours=HOURS):
    """Mean and standard error of figures over replications, the warm-up left out."""
    out = []
    for replication in range(count):
        hospital = Hospital(model, 7, replication)
        before = hospital.run(WARM_UP).stats()
        after = hospital.run(hours).stats()
        out.append(np.atleast_1d(figures(before, after)))
    values = np.array(out, float)
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(count)


def difference(before, after, name, step):
    return (getattr(after, name) - getattr(before, name))[after.step(step)]


def mean_wait(before, after):
    """Mean wait of those served, by class; who waits at the end makes no difference."""
    waits = difference(before, after, "wait", "queue")
    served = difference(before, after, "visits", "service")
    return waits / served


def erlang_c(servers, load):
    series = sum(load**k / factorial(k) for k in range(servers))
    last = load**servers / factorial(servers) * servers / (servers - load)
    return last / (series + last)


def erlang_b(servers, load):
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


NEVER = constant(1e-9)
"""A patience that ends at once: who finds no free server is lost."""


def in_queue(site):
    """Which places for patients hold someone who stands in a queue."""
    standing = np.zeros(len(site.patients), bool)
    for queue in site.queues:
        x = int(queue.head)
        while x >= 0:
            standing[x] = True
            x = int(site.patients[x].after)
    return standing


def small_hospital(*, handover="finish", load=1.0, headroom=1.0, beds=14):
    """Emergency patients, a ward, electives with a list, doctors by day and night."""
    model = Assembler("small", ("urgent", "minor", "planned"))
    model.pool("doctors", handover=handover)
    model.roster("days", [(24.0 * d + 8.0, 24.0 * d + 20.0) for d in range(7)])
    model.roster(
        "nights",
        [(0.0, 8.0), *((24.0 * d + 20.0, 24.0 * d + 32.0) for d in range(6)), (164.0, 168.0)],
    )
    model.clinicians("doctors", 1, grade=2)
    model.clinicians("doctors", 1, grade=1, roster="days", weekly_cap=60.0)
    model.clinicians("doctors", 1, grade=1, skills=("surgery",), roster="nights")
    model.resource("ward", beds).counter("boarding").waiting_list("electives")
    model.guard("divert", "counter", "boarding", at_least=4)
    rate = Rate(2.2 * load, amplitude=0.5, phase=9.0, headroom=headroom)
    model.source("ed", rate, classes={"urgent": 0.3, "minor": 0.7}, entry="door")
    model.source("list", steady(0.08), classes={"planned": 1.0}, entry="list")
    model.call("electives", Call("electives", "called", 4, resource="ward", reserve=1))
    path = model.path("ed")
    path.label("door").guard("divert", to="diverted", classes=("minor",))
    path.label("see").seize_staff(
        Staff("doctors", task="consult"),
        Waiting(
            priority=BY_CLASS,
            patience={"urgent": constant(inf), "minor": exponential(3.0)},
            leave_to="unseen",
        ),
    )
    path.label("consult").delay({"urgent": lognormal(1.2, 0.8), "minor": lognormal(0.4, 0.8)})
    path.release_staff().branch({"urgent": 0.3, "minor": 0.02}, otherwise="home")
    path.label("bed").seize("ward", waiting=Waiting(boards="boarding"))
    path.label("stay").delay(lognormal(50.0, 1.0)).release("ward").end()
    path.label("home").end()
    path.label("diverted").end()
    path.label("unseen").end()
    listed = model.path("planned")
    listed.label("list").wait_in("electives")
    listed.label("called").seize_staff(
        Staff("doctors", grade=1, rule="longest_idle", task="round"),
        Waiting(priority=BY_CLASS, patience=8.0, leave_to="cut"),
    )
    listed.label("round").delay(0.2).release_staff()
    listed.label("recover").delay(lognormal(30.0, 0.5)).release("ward").end()
    listed.label("cut").release("ward").goto("list")
    return model.assemble()
