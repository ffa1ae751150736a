"""Disputes in plain words: differences, what they hang on, and where an answer turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locum.report.words import exact, joined, percent, rounded, unit_words

if TYPE_CHECKING:
    from locum.inference.attribution import Attribution
    from locum.inference.crux import Concession
    from locum.inference.flip import Flip
    from locum.runs.positions import Position

__all__ = ["crux_words", "difference_words", "flip_words", "gap_in_words"]

LARGEST = 3
"""Blocks that the headline names."""
FIRST_CALENDAR_YEAR = 1900
"""A number of years from which it is a year of the calendar and no length of time."""


def gap_in_words(gap: float) -> str:
    """Return `8,420 too few` or `16,300 more than needed`."""
    return f"{rounded(gap)} {'too few' if gap < 0 else 'more than needed'}"


def difference_words(found: Attribution) -> list[str]:
    """Say what two positions hold, how far apart they are, and which blocks matter most.

    Parameters
    ----------
    found
        An attribution; its readings, where a study leaves its unit open, follow with equal rank.
    """
    lines = [_apart(found)]
    if found.readings:
        lines.append("What is printed can be read in more than one way:")
        lines += [f"- {_read_as(each)}{_summary(each)}" for each in found.readings]
        return lines
    return [*lines, _summary(found)]


def _read_as(found: Attribution) -> str:
    """Return the readings of both sides, where there is more than one to choose from."""
    chosen = [
        side.reading.title
        for side in (found.a, found.b)
        if side.reading is not None and side.study is not None and len(side.study.readings) > 1
    ]
    return f"{'; '.join(chosen)}: " if chosen else ""


def _summary(found: Attribution) -> str:
    return f"{_largest(found)} {_verdict(found)}".strip()


def _apart(found: Attribution) -> str:
    printed = found.printed_difference is not None
    a = found.printed_a if found.printed_a is not None else float(found.gap_a[0])
    b = found.printed_b if found.printed_b is not None else float(found.gap_b[0])
    if not printed:
        a, b = float(found.gap_a[0]), float(found.gap_b[0])
    return (
        f"Doctors in {found.year}: {found.a.name} says {gap_in_words(a)}, {found.b.name} "
        f"{gap_in_words(b)}. They are {rounded(a - b)} apart."
    )


def _largest(found: Attribution) -> str:
    ranked = sorted(found.shares, key=lambda share: -abs(share.value))[:LARGEST]
    parts = [
        f"{share.block.title} ({exact(share.value, 'clinical', signed=True)})"
        for share in ranked
        if round(share.value)
    ]
    return f"Most of it: {joined(parts)}." if parts else "By their rules they agree."


def _verdict(found: Attribution) -> str:
    printed = found.printed_difference
    if printed is None or found.whole_sector:
        return ""
    missed = sum(abs(each or 0.0) for each in (found.unreproduced_a, found.unreproduced_b))
    if missed >= abs(printed):
        return (
            f"Not explained: the rules as known miss {rounded(missed)} doctors, which is more "
            "than the difference."
        )
    size = f"{rounded(missed)} doctors, {percent(missed / abs(printed))} of it"
    if found.explained:
        return f"The rules miss {size}."
    return f"Not explained: the rules as known miss {size}."


def crux_words(found: Attribution) -> list[str]:
    """Say what the sign of the answer hangs on, and what each side would concede."""
    crux = found.crux
    if crux.aligned_before:
        return ["By their rules both point the same way; nobody has to concede anything."]
    names = joined([found.shares[i].block.title for i in crux.blocks])
    lines = [f"The crux: if both agreed on {names}, they would point the same way."]
    lines += [_concession(found, each) for each in (crux.a, crux.b)]
    return lines


def _concession(found: Attribution, each: Concession) -> str:
    side: Position = found.a if each.side == "a" else found.b
    other = found.b if each.side == "a" else found.a
    what = joined([found.shares[i].block.title for i in each.blocks])
    return (
        f"- {side.name} would take over from {other.name}: {what}. Its answer moves by "
        f"{exact(each.concession, 'clinical', signed=True)} to {gap_in_words(each.outcome)}; "
        f"the signs agree then in {percent(each.holds)} of the draws."
    )


def flip_words(found: Flip) -> str:
    """Say at which value of an assumption an answer turns."""
    what = found.assumption
    state = "shortage" if found.gap[0] < 0 else "surplus"
    start = f"{found.position.name}, {found.year}: {gap_in_words(float(found.gap[0]))}"
    held = found.now if isinstance(found.now, list) else [found.now]
    now = joined([_level(each, what.unit) for each in held])
    value = found.value
    if value is None:
        if found.range is None:
            return f"{start}. {what.key} is {now}; every other option leaves a {state}."
        low, high = (_level(each, what.unit) for each in found.range)
        state = "shortage" if (found.gap_in_range or 0.0) < 0 else "surplus"
        return f"{start}. {what.key} is {now}; every value from {low} to {high} leaves a {state}."
    if isinstance(value, str):
        return f"{start}. With {what.key} = {value} instead of {now} the {state} is gone."
    share = "" if found.draws == 1 else f" It turns in {percent(found.share)} of the draws"
    numbers = found.to_dict()
    if share:
        share += (
            f", between {_level(numbers['low'], what.unit)} and "
            f"{_level(numbers['high'], what.unit)} in 8 of 10."
        )
    at = f"At {_level(value, what.unit)} ({what.key}, now {now}) the {state} is gone."
    return f"{start}. {at}{share}"


def _level(value: object, unit: str) -> str:
    if not isinstance(value, float | int):
        return str(value)
    if unit in ("share", "growth", "probability"):
        return f"{100 * value:.1f}%".replace("-", "\N{MINUS SIGN}")
    if unit == "years" and value >= FIRST_CALENDAR_YEAR:
        return f"{value:.1f}".removesuffix(".0")
    decimals = 1 if abs(value) >= 10 else 2
    return f"{value:,.{decimals}f} {unit_words(unit)}"
