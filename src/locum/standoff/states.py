"""Who acts in a standoff, and what each can publicly do."""

from __future__ import annotations

import numpy as np

__all__ = [
    "ABSENT",
    "AT_WORK",
    "AWAY",
    "COMMUNITY",
    "CONTRACT_REFUSED",
    "EMPLOYED_ELSEWHERE",
    "ENLISTED",
    "IS_AT_POST",
    "IS_AWAY",
    "IS_JOINED",
    "JOINED",
    "KINDS",
    "LETTER_IN",
    "OUTSIDE",
    "PROFESSOR",
    "RESIGNED",
    "RETURNED",
    "STATES",
    "STUDENT",
    "TRAINEE",
]

KINDS = ("trainee", "student", "professor", "community")
TRAINEE, STUDENT, PROFESSOR, COMMUNITY = range(len(KINDS))
STATES = (
    "at_work",
    "letter_in",
    "absent",
    "contract_refused",
    "resigned",
    "employed_elsewhere",
    "enlisted",
    "returned",
)
"""Public action. Of students a letter is a request for leave, and resigned is leave approved; a
community doctor who is absent has closed the clinic for the day."""
(
    AT_WORK,
    LETTER_IN,
    ABSENT,
    CONTRACT_REFUSED,
    RESIGNED,
    EMPLOYED_ELSEWHERE,
    ENLISTED,
    RETURNED,
) = range(len(STATES))
OUTSIDE = -1
"""Not yet a member of the population, or no longer one."""
AWAY = ("absent", "contract_refused", "resigned", "employed_elsewhere", "enlisted")
JOINED = ("letter_in", *AWAY)
"""What others see as taking part."""

IS_AWAY = np.array([name in AWAY for name in (*STATES, "outside")], dtype=np.int8)
"""By state; the last place is that of `OUTSIDE`, which an index of -1 finds."""
IS_JOINED = np.array([name in JOINED for name in (*STATES, "outside")], dtype=np.int8)
IS_AT_POST = np.array([1, 1, 0, 0, 0, 0, 0, 1, 0], dtype=np.int8)
"""At work, with or without a letter handed in."""
IS_AT_POST.flags.writeable = False
IS_AWAY.flags.writeable = False
IS_JOINED.flags.writeable = False
