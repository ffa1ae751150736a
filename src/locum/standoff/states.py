"""Who acts in a standoff, and what each can publicly do."""

from __future__ import annotations

__all__ = ["AWAY", "JOINED", "KINDS", "OUTSIDE", "STATES"]

KINDS = ("trainee", "student", "professor", "community")
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
OUTSIDE = -1
"""Not yet a member of the population, or no longer one."""
AWAY = ("absent", "contract_refused", "resigned", "employed_elsewhere", "enlisted")
JOINED = ("letter_in", *AWAY)
"""What others see as taking part."""
