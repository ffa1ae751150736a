"""What the engine reads and writes: operations, events, and the tables of one hospital.

A hospital is a `Site`: flat arrays, most of them of records. Patients are programs in motion:
a row of `steps` says what happens at a step, and the other tables what its numbers mean. Time is
in hours since Monday 00:00 of the first week; clinicians, patients and steps are row numbers, and
-1 is none.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

Array: TypeAlias = Any
"""A NumPy array or record; in compiled code, the same arrays."""
Whole: TypeAlias = Any
"""A whole number: of Python, or of NumPy when it came from an array."""

OPERATIONS = (
    "end",
    "delay",
    "seize",
    "release",
    "branch",
    "switch",
    "guard",
    "goto",
    "list",
    "seize_staff",
    "release_staff",
    "set",
    "add",
    "test",
    "count",
    "transfer",
    "jump",
    "wait_until",
    "signal",
    "become",
)
(
    END,
    DELAY,
    SEIZE,
    RELEASE,
    BRANCH,
    SWITCH,
    GUARD,
    GOTO,
    LIST,
    SEIZE_STAFF,
    RELEASE_STAFF,
    SET,
    ADD,
    TEST,
    COUNT,
    TRANSFER,
    JUMP,
    WAIT_UNTIL,
    SIGNAL,
    BECOME,
) = range(len(OPERATIONS))

WAKE, ARRIVAL, PATIENCE, DUTY, SCHEDULE, CALL, TRANSFERRED, WEEK, LINE = range(9)
"""Kinds of event; that of a line is the first event of those who stand in it."""
CONSTANT, EXPONENTIAL, LOGNORMAL, UNIFORM, WEIBULL, EMPIRICAL = range(6)
"""Kinds of distribution; their parameters: value; mean; mu, sigma; low, high; scale, shape;
first quantile, count."""
HANDOVERS = ("finish", "overlap", "handover", "preempt")
FINISH, OVERLAP, HANDOVER, PREEMPT = range(len(HANDOVERS))
RULES = ("most_junior", "longest_idle")
MOST_JUNIOR, LONGEST_IDLE = range(len(RULES))
OFF, ON, OVERDUE = range(3)
"""Duty of a clinician; overdue: the shift is over, the patient is not."""
WATCHED = (
    "counter",
    "free",
    "used",
    "waiting",
    "list",
    "on_duty",
    "free_staff",
    "waiting_staff",
    "hour",
    "weekday",
)
(
    W_COUNTER,
    W_FREE,
    W_USED,
    W_WAITING,
    W_LIST,
    W_ON_DUTY,
    W_FREE_STAFF,
    W_WAITING_STAFF,
    W_HOUR,
    W_WEEKDAY,
) = range(len(WATCHED))
LOGGED = ("arrive", "wait", "start", "left", "delay", "end", "transfer", "preempted", "listed")
(
    L_ARRIVE,
    L_WAIT,
    L_START,
    L_LEFT,
    L_DELAY,
    L_END,
    L_TRANSFER,
    L_PREEMPTED,
    L_LISTED,
) = range(len(LOGGED))
DONE, PATIENTS_FULL, HEAP_FULL, LOG_FULL, OUTBOX_FULL, STUCK, LATE = range(7)
"""What a run returns; "full" asks for larger arrays and has changed nothing yet. Stuck: patients
move without time passing; late: a transfer shorter than the window."""

DELAYED, PREEMPTED, WAITED, LINED = 1, 2, 4, 8
"""Flags of a patient: in a delay; sent back with time left; waited at this step; in a line."""
LOT_BITS = 5
LOT = 1 << LOT_BITS
GAP, THINNING, CLASS = range(3)
"""Draws of a candidate, which are made for so many candidates together."""
WEEK_HOURS = 168.0
DAY_HOURS = 24.0
ATTRIBUTES = 4
MAX_CLASSES = 63
MAX_SLOTS = 3
MAX_CELLS = 62
LAST_LEVEL = 62
"""The mark of this priority and of all behind it."""
MAX_STILL = 5_000_000
MAX_STEPS_AT_ONCE = 100_000


def _record(*fields: tuple[Any, ...]) -> np.dtype[Any]:
    """Return a dtype whose rows answer to their fields' names in Python too."""
    return np.dtype((np.record, np.dtype(list(fields), align=True)))


STATE = _record(
    ("now", "f8"),
    ("heap", "i8"),
    ("hole", "i8"),
    ("next_source", "i8"),
    ("sequence", "i8"),
    ("heap_most", "i8"),
    ("free", "i8"),
    ("inside", "i8"),
    ("ready_first", "i8"),
    ("ready_last", "i8"),
    ("events", "i8"),
    ("steps", "i8"),
    ("still", "i8"),
    ("logged", "i8"),
    ("sent", "i8"),
    ("started", "i8"),
    ("touched", "i8"),
    ("formed", "i8"),
    ("absence_at", "f8"),
    ("capped", "i8"),
    ("stuck", "i8"),
    ("classes", "i8"),
    ("levels", "i8"),
    ("grades", "i8"),
    ("logging", "i8"),
    ("site", "i8"),
    ("week", "i8"),
    ("received", "i8"),
    ("mailed", "i8"),
)
EVENT = _record(("key", "i8"), ("at", "f8"))
"""A planned event: the key is its sequence number, its kind and its row (36, 4 and 24 bits). No
hour is negative, so that hour and key are in order as one number of 128 bits (`precedes`)."""
PATIENT = _record(
    ("number", "i8"),
    ("key", "u8"),
    ("since", "f8"),
    ("due", "f8"),
    ("timer", "i8"),
    ("after", "i4"),
    ("before", "i4"),
    ("step", "i4"),
    ("queue", "i4"),
    ("staff", "i4"),
    ("lap", "u2"),
    ("kind", "u1"),
    ("marks", "u1"),
)
"""What nearly every event touches: one line of the cache (64 bytes)."""
CHART = _record(
    ("attributes", "f4", (ATTRIBUTES,)),
    ("turn", "f8"),
    ("due_at", "f8"),
    ("later", "i4"),
    ("earlier", "i4"),
    ("arrived", "f8"),
    ("listed", "f8"),
    ("source", "i4"),
    ("resume", "i4"),
    ("second", "i4"),
    ("third", "i4"),
    ("holds", "i4"),
    ("holding_after", "i4"),
    ("holding_before", "i4"),
    ("holding_priority", "i4"),
    ("holding_step", "i4"),
)
"""What few events touch. `due_at` is when the event of somebody in a line is due, and `later` and
`earlier` are the neighbours there."""
LINE_ROW = _record(("first", "i4"), ("last", "i4"), ("planned", "i8"))
"""Those whose next event is due by the order in which they came to a step. Of them all one event
stands in the heap, whose sequence number is `planned` (-1 if there is none): that of the first,
or of somebody before who has left the line."""
DISTRIBUTION = _record(("kind", "i8"), ("first", "f8"), ("second", "f8"))
ENTRY = _record(("name", "i8"), ("step", "i8"))
"""Where patients of other hospitals come in: the hash of its name, and the step."""
STEP = _record(
    ("op", "i4"),
    ("what", "i4"),
    ("units", "i4"),
    ("priority", "i4"),
    ("patience", "i4"),
    ("target", "i4"),
    ("draw", "i4"),
    ("by_class", "i4"),
    ("boards", "i4"),
    ("rule", "i4"),
    ("task", "i4"),
    ("slot", "i4"),
    ("value", "i4"),
    ("preempts", "i4"),
    ("classes_low", "i4"),
    ("classes_high", "i4"),
)
"""A step. `what` is the row of its resource, need, distribution, list, guard, counter, attribute
or outcome; `target` a step, or the first of several in `targets`; a negative `priority` -1-i is
read from `values[i + class]`; `patience` is a distribution (travel time of a transfer)."""
RESOURCE = _record(
    ("capacity", "i8"),
    ("planned", "i8"),
    ("extra", "i8"),
    ("used", "i8"),
    ("waiting", "i8"),
    ("preempts", "i8"),
    ("holders", "i8"),
    ("used_area", "f8"),
    ("waiting_area", "f8"),
)
"""Counted units. capacity = planned + extra, at least 0; `extra` is a lever's. `holders` heads
the list of those who can be sent back. An area plus now x count is the integral over time."""
QUEUE = _record(("head", "i4"), ("tail", "i4"), ("length", "i8"), ("area", "f8"))
POOL = _record(
    ("first", "i4"),
    ("count", "i4"),
    ("first_need", "i4"),
    ("needs", "i4"),
    ("handover", "i4"),
    ("cells", "i4"),
    ("idle", "i8"),
    ("begins", "i8"),
    ("on_duty", "i8"),
    ("free", "i8"),
    ("busy", "i8"),
    ("waiting", "i8"),
    ("busy_area", "f8"),
    ("on_duty_area", "f8"),
    ("waiting_area", "f8"),
)
"""Alike clinicians of a pool (grade, skills) are a cell; cells are numbered from the most junior.
`idle` marks the cells where somebody on duty is idle, `begins` those that begin a grade. A pool
of more cells than can be marked has none, and its clinicians are looked through one by one."""
NEED = _record(
    ("pool", "i8"),
    ("skill", "i8"),
    ("grade", "i8"),
    ("waiting", "i8"),
    ("cells", "i8"),
    ("levels", "i8"),
)
"""What a step asks of a clinician: every skill of the mask, and at least the grade. `cells` marks
those that suffice; `levels` the priorities at which somebody may wait, and whoever finds nobody
takes the mark away."""
CLINICIAN = _record(
    ("grade", "i4"),
    ("patient", "i4"),
    ("step", "i4"),
    ("priority", "i4"),
    ("after", "i4"),
    ("before", "i4"),
    ("pool", "i2"),
    ("task", "i2"),
    ("duty", "i1"),
    ("slot", "i1"),
    ("cell", "i2"),
    ("cap", "f8"),
    ("idle_since", "f8"),
    ("busy_since", "f8"),
    ("busy", "f8"),
    ("week", "i8"),
    ("week_hours", "f8"),
    ("on_since", "f8"),
    ("off_since", "f8"),
    ("worked", "f8"),
    ("overtime", "f8"),
    ("idle_first", "i4"),
    ("idle_last", "i4"),
    ("skill", "i8"),
    ("absent_from", "f8"),
    ("absent_until", "f8"),
    ("roster", "i4"),
    ("changed", "i4"),
    ("spare", "S40"),
)
"""A clinician: three lines of the cache. The first has what a patient's coming and going touches;
the third says who is to be on duty. A walkout writes `absent_from` and `absent_until`, and
nothing else. `after` and `before` link the idle of a cell in order of `idle_since`, then of rows;
`idle_first` and `idle_last` of the pool's row number i are the ends of its cell i. Cells are there
once the state is `formed`; the state's `absence_at` is when an absence begins or ends next."""
ROSTER = _record(
    ("period", "f8"),
    ("first", "i8"),
    ("count", "i8"),
    ("cursor", "i8"),
    ("cycle", "f8"),
    ("next_at", "f8"),
    ("on", "i8"),
    ("was", "i8"),
)
"""Shifts in turn; `was`: whether it was on when duties were last brought up to date."""
PLAN = _record(
    ("resource", "i8"),
    ("period", "f8"),
    ("first", "i8"),
    ("count", "i8"),
    ("cursor", "i8"),
    ("cycle", "f8"),
)
"""The schedule of a resource's capacity."""
BOUNDARY = _record(("at", "f8"), ("value", "i8"))
GUARD_ROW = _record(("watches", "i8"), ("what", "i8"), ("at_least", "i8"), ("threshold", "f8"))
SOURCE = _record(
    ("peak", "f8"),
    ("level", "f8"),
    ("amplitude", "f8"),
    ("phase", "f8"),
    ("scale", "f8"),
    ("starts", "f8"),
    ("ends", "f8"),
    ("table", "i8"),
    ("arrival_key", "i8"),
    ("patient_key", "i8"),
    ("entry", "i8"),
    ("cumulative", "i8"),
    ("classes", "i8"),
    ("class_at", "i8"),
    ("candidates", "i8"),
    ("arrived", "i8"),
)
CALL_ROW = _record(
    ("list", "i8"),
    ("resource", "i8"),
    ("quota", "i8"),
    ("reserve", "i8"),
    ("target", "i8"),
    ("weekdays", "i8"),
    ("first", "f8"),
    ("period", "f8"),
    ("called", "i8"),
    ("missed", "i8"),
)
FLOW = _record(("visits", "i8"), ("busy", "f8"))
"""Visits of one class to one step, and the hours of its delays. Those of a class follow each
other, so that a patient who goes from step to step stays in few lines of the cache."""
TALLY = _record(
    ("waited", "i8"),
    ("left", "i8"),
    ("preempted", "i8"),
    ("wait", "f8"),
    ("wait_squared", "f8"),
    ("left_wait", "f8"),
)
"""Counts and hours of those who waited, of one step and class."""
LOG = _record(
    ("time", "f8"),
    ("source", "i4"),
    ("step", "i4"),
    ("patient", "i8"),
    ("kind", "i4"),
    ("group", "i4"),
)
LETTER = _record(
    ("at", "f8"),
    ("number", "i8"),
    ("key", "u8"),
    ("arrived", "f8"),
    ("listed", "f8"),
    ("source", "i4"),
    ("group", "i4"),
    ("lap", "i4"),
    ("destination", "i4"),
    ("entry", "i4"),
    ("origin", "i4"),
    ("attributes", "f4", (ATTRIBUTES,)),
)
"""A patient on the way to another hospital."""


class Site(NamedTuple):
    """All of one hospital; what nearly every event touches comes first.

    `arrivals` is when the next candidate of each source comes (at infinity if none does), which is
    no part of the heap; the state's `next_source` is the first of them. `luck` holds draws of
    candidates made together, one row of `LOT` for each use (gap, thinning, class) of each source,
    and `lots` which they are, from 1. Within a run the heap may have a hole: its first event has
    been taken away.
    """

    state: Array
    counters: Array
    resources: Array
    pools: Array
    needs: Array
    queues: Array
    lines: Array
    clinicians: Array
    sources: Array
    arrivals: Array
    keys: Array
    lots: Array
    luck: Array
    guards: Array
    heap: Array
    patients: Array
    ready: Array
    flows: Array
    tallies: Array
    charts: Array
    minutes: Array
    rosters: Array
    plans: Array
    calls: Array
    log: Array
    outbox: Array
    steps: Array
    distributions: Array
    values: Array
    targets: Array
    boundaries: Array
    entries: Array


DTYPES = Site(
    state=STATE,
    counters=np.dtype("i8"),
    resources=RESOURCE,
    pools=POOL,
    needs=NEED,
    queues=QUEUE,
    lines=LINE_ROW,
    clinicians=CLINICIAN,
    sources=SOURCE,
    arrivals=EVENT,
    keys=np.dtype("u8"),
    lots=np.dtype("i8"),
    luck=np.dtype("f8"),
    guards=GUARD_ROW,
    heap=EVENT,
    patients=PATIENT,
    ready=np.dtype("i4"),
    flows=FLOW,
    tallies=TALLY,
    charts=CHART,
    minutes=np.dtype("f8"),
    rosters=ROSTER,
    plans=PLAN,
    calls=CALL_ROW,
    log=LOG,
    outbox=LETTER,
    steps=STEP,
    distributions=DISTRIBUTION,
    values=np.dtype("f8"),
    targets=np.dtype("i4"),
    boundaries=BOUNDARY,
    entries=ENTRY,
)
"""What the arrays of a site consist of."""
PACE = _record(("next_at", "f8"), ("sent", "i8"), ("who", "i8"))
"""Of every hospital: when its next event is due, and how many letters it has to send. `who` is the
hospital that stands at this place in the order of work."""
FIXED = ("steps", "distributions", "values", "targets", "boundaries", "entries")
"""Arrays that the engine never writes, so that hospitals may share them."""
GROWING = ("heap", "patients", "charts", "ready", "log", "outbox")
"""Arrays whose length is room, not meaning."""


def table(dtype: np.dtype[Any], rows: int) -> Array:
    """Return an array of records, all zero."""
    return np.zeros(rows, dtype).view(np.recarray)
