"""Settings of the platform, which its operator, a regulator or a court can change by date."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from math import inf, isnan
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from locum.errors import BadValue, MissingField, OutOfBounds, UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from locum.errors import Place

__all__ = ["IDENTITIES", "POLICIES", "SETTINGS", "Platform", "Setting"]

POLICIES = ("none", "reports", "screening")
"""Nothing is removed; a post is judged when a reader reports it; every post is judged at once."""
IDENTITIES = ("anonymous", "verified", "named")
"""Nobody knows the author; the operator does, while it keeps the data; readers do too."""


class Setting(NamedTuple):
    """What a setting may be: words, or numbers of a unit between bounds."""

    unit: str
    low: float = 0.0
    high: float = 1.0
    words: tuple[str, ...] = ()


SETTINGS: Mapping[str, Setting] = {
    "policy": Setting("rule", words=POLICIES),
    "latency_hours": Setting("hours", 0.0, 10_000.0),
    "detection": Setting("share"),
    "retention_hours": Setting("hours", 0.0, inf),
    "identity": Setting("rule", words=IDENTITIES),
    "evidence_preserved": Setting("rule", words=("no", "yes")),
    "legal_reach": Setting("share"),
    "outside": Setting("share"),
    "closed": Setting("rule", words=("no", "yes")),
}
"""Every setting by name; a rule may also be given by the place of its word, from 0."""


@dataclass(frozen=True)
class Platform:
    """How the platform is run.

    Parameters
    ----------
    policy
        One of `POLICIES`.
    latency_hours
        From finding a post to taking it down.
    detection
        Share of posts that press or name which are found and held to do so.
    retention_hours
        For which it is kept who wrote a post: 0 not at all, infinite for good.
    identity
        One of `IDENTITIES`.
    evidence_preserved
        Whether author data are secured as soon as the police are told of a post.
    legal_reach
        Chance that a warrant is granted and obeyed, and that a channel outside can be reached.
    outside
        How open channels outside are: 0 not, 1 fully.
    closed
        Whether the platform is shut.

    Raises
    ------
    UnknownName
        If a policy or an identity rule is none of those.
    OutOfBounds
        If a number lies outside the bounds of its setting.
    BadValue
        If a value is of the wrong kind.
    """

    policy: str = "reports"
    latency_hours: float = 24.0
    detection: float = 0.5
    retention_hours: float = inf
    identity: str = "verified"
    evidence_preserved: bool = False
    legal_reach: float = 1.0
    outside: float = 1.0
    closed: bool = False
    place: Place | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in SETTINGS:
            value = _checked(name, getattr(self, name), self.place)
            object.__setattr__(self, name, value)

    @classmethod
    def read(
        cls,
        values: Mapping[str, float],
        settings: Mapping[str, object] | None = None,
        place: Place | None = None,
    ) -> Platform:
        """Return the platform of a draw, with what a scenario sets otherwise.

        Parameters
        ----------
        values
            Assumptions of the draw; those called `platform.*` are used.
        settings
            Settings by name, which go before.
        place
            Where they are written.

        Raises
        ------
        UnknownName, OutOfBounds, BadValue
            If a setting is not one, or its value cannot be.
        MissingField
            If the draw lacks a number that no setting gives.
        """
        given = dict(settings or {})
        for name in given:
            if name not in SETTINGS:
                raise UnknownName("setting of the platform", name, SETTINGS, place)
        for name in _ASSUMED:
            if name not in given:
                key = f"platform.{name}"
                if key not in values:
                    raise MissingField("draw of assumptions", key)
                given[name] = float(values[key])
        return cls(**cast("dict[str, Any]", given), place=place)

    def changed(self, what: str, value: object, place: Place | None = None) -> Platform:
        """Return the platform after one of its settings has changed.

        Raises
        ------
        UnknownName, OutOfBounds, BadValue
            If there is no such setting, or its value cannot be.
        """
        if what not in SETTINGS:
            raise UnknownName("setting of the platform", what, SETTINGS, place)
        return replace(self, **{what: _checked(what, value, place)}, place=place)

    def to_dict(self) -> dict[str, object]:
        """Return the settings by name."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.compare}


_ASSUMED = ("latency_hours", "detection", "retention_hours", "legal_reach", "outside")
"""Settings that stand in the ledger, for scenarios that do not say."""


def _checked(name: str, value: object, place: Place | None) -> object:
    """Return a value in the form in which a platform keeps it, or refuse it."""
    setting = SETTINGS[name]
    what = f"{name} of the platform"
    if setting.words:
        word = _word(what, value, setting.words, place)
        return word == "yes" if "yes" in setting.words else word
    if isinstance(value, bool | str) or not isinstance(value, int | float) or isnan(value):
        raise BadValue(what, value, f"a number of {setting.unit}", place)
    if not setting.low <= value <= setting.high:
        raise OutOfBounds(what, value, setting.unit, setting.low, setting.high, place)
    return float(value)


def _word(what: str, value: object, words: tuple[str, ...], place: Place | None) -> str:
    if isinstance(value, bool) and "yes" in words:
        return words[value]
    if isinstance(value, str):
        if value not in words:
            raise UnknownName(what, value, words, place)
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or value not in range(99):
        raise BadValue(what, value, f"one of {', '.join(words)}", place)
    if value >= len(words):
        raise OutOfBounds(what, value, "", 0, len(words) - 1, place)
    return words[int(value)]
