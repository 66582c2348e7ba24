"""Which groups or rows of a request count: those beyond a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucky_analytics.ask.ask_dimensions import CUSTOMER
from lucky_analytics.ask.ask_measures import Measure, find_measure
from lucky_analytics.ask.ask_request import Having, Limit
from lucky_analytics.ask.question_parts import LIMITS, Misfit, Part
from lucky_analytics.ask.question_words import stem
from lucky_analytics.ask.spoken import SPOKEN

if TYPE_CHECKING:
    from lucky_analytics.ask.request_builder import RequestBuilder

__all__ = ["find_limit"]

_ENDS = {"or more": "at least", "or fewer": "at most"}
_UNITS = ("dollars", "percent", "seconds", "minutes")


def find_limit(builder: RequestBuilder) -> Having | None:
    """The limit on groups that a question sets; limits on single rows are noted as ``builder.limits``.

    Raises ``Misfit`` where what is limited is not clear.
    """
    parts = builder.parts
    for at, part in enumerate(parts):
        after = parts[at + 1] if at + 1 < len(parts) else None
        if part.kind == "between" and after and after.kind == "number":
            _between(builder, at)
            return None
        above = "exactly" if part.kind == "only" else LIMITS.get(part.kind, "")
        if above and after and after.kind == "number":
            builder.use(part, after)
            return _having(builder, at + 1, above, parts[at - 1] if at else None)
        if part.kind == "number":
            end = next((each for each in parts[at + 1 : at + 4] if each.kind in _ENDS), None)
            if end:
                builder.use(part, end)
                return _having(builder, at, _ENDS[end.kind], parts[at - 1] if at else None)
    return None


def _between(builder: RequestBuilder, at: int) -> None:
    """Both limits of "between $10 and $20", which single rows have; both ends count."""
    i, found = at + 1, []
    builder.use(builder.parts[at])
    for above in ("at least", "at most"):
        if i >= len(builder.parts) or builder.parts[i].kind != "number":
            raise Misfit("where its limits end, is not clear", 0)
        number = builder.parts[i]
        unit, end = _unit_of(builder, i + 1)
        builder.use(number, *builder.parts[i + 1 : end])
        found.append((above, number.whats[0], unit))
        i = end + 1
        if above == "at least" and (end >= len(builder.parts) or builder.parts[end].kind != "and"):
            raise Misfit("where its limits end, is not clear", 0)
    unit = found[0][2] or found[1][2]
    column = _column(builder, unit)
    if not column:
        raise Misfit(f"{builder.measures[0].label} are not limited from two sides", 0)
    for above, number, _ in found:
        _limit(builder, column, above, number, unit)


def _unit_of(builder: RequestBuilder, at: int) -> tuple[str, int]:
    """The unit that stands at ``at``, and where it ends."""
    part = builder.parts[at] if at < len(builder.parts) else None
    if part is None:
        return "", at
    if part.kind in _UNITS:
        return part.kind, at + 1
    text = " ".join(map(stem, part.span.text.split()))
    return (text, at + 1) if text in SPOKEN["limits"].get(builder.table, {}) else ("", at)


def _column(builder: RequestBuilder, unit: str) -> str:
    """The column of single rows that a limit with this unit is about; empty where it is about groups."""
    measure = builder.measures[0]
    is_rows = measure.is_count or measure.name.startswith("told:") or measure.unit in ("rate", "share")
    return SPOKEN["limits"].get(builder.table, {}).get(unit, "") if unit and is_rows else ""


def _limit(builder: RequestBuilder, column: str, above: str, number: float, unit: str) -> None:
    builder.limits.append(Limit(column, above, number * 60 if unit == "minutes" else number))


def _having(builder: RequestBuilder, at: int, above: str, before: Part | None) -> Having | None:
    """The limit whose number stands at ``at``; what is limited stands beside it, or is all that is asked."""
    number, unit, is_times, i = builder.parts[at].whats[0], "", False, at + 1
    while i < len(builder.parts) and builder.parts[i].kind in (*_UNITS, *_ENDS, "time"):
        part = builder.parts[i]
        unit, is_times = part.kind if part.kind in _UNITS else unit, is_times or part.kind == "time"
        if part.kind not in _ENDS:
            builder.use(part)
        i += 1
    if _limits_rows(builder, i, above, number, unit):
        return None
    if i + 1 < len(builder.parts) and builder.parts[i].kind == "distinct":
        i += 1
    if i < len(builder.parts) and builder.parts[i].kind == "dimension":
        return _of_things(builder, i, above, number)
    near = [builder.parts[i] if i < len(builder.parts) else None, before]
    named = next((part.whats[0] for part in near if part and part.kind == "measure"), "")
    own = next((measure for measure in builder.measures if measure.name == named), None)
    if own is None and named and len(builder.measures) > 1:
        own = find_measure(named)
    if own is None and len(builder.measures) > 1:
        raise Misfit("which of its numbers is limited, is not clear", 0)
    limited = own or builder.measures[0]
    if is_times and not limited.is_count:
        raise Misfit(f"{limited.label} is not counted in times", 0)
    if unit == "dollars" and limited.name == "active_customers":
        builder.by.append(CUSTOMER)  # how many customers spent so much
        return Having("revenue", above, number)
    _check_unit(limited, unit)
    return Having(limited.name, above, number * 60 if unit == "minutes" else number)


def _limits_rows(builder: RequestBuilder, i: int, above: str, number: float, unit: str) -> bool:
    """Whether the limit is one on single rows, which is then noted: "orders over $20"."""
    place = next((j for j in range(i - 1, -1, -1) if builder.parts[j].kind == "number"), 0)
    place -= LIMITS.get(builder.parts[place - 1].kind) == above
    before = builder.parts[place - 1] if place > 0 else None
    if before is not None and before.kind == "column":
        named = [column for table, column in before.whats if table == builder.table]
        if named and builder.measures[0].is_count:
            _limit(builder, named[0], above, number, unit)
            return True
    said, end = _unit_of(builder, i)
    if said and said not in _UNITS:
        said = (
            f"{unit} {said}".strip() if f"{unit} {said}".strip() in SPOKEN["limits"][builder.table] else said
        )
        builder.use(*builder.parts[i:end])
    else:
        said = unit
    column = _column(builder, said)
    if column:
        _limit(builder, column, above, number, said)
    return bool(column)


def _of_things(builder: RequestBuilder, i: int, above: str, number: float) -> Having:
    """Customers by how many different stores they ordered at: "customers at two or more stores"."""
    part, measure = builder.parts[i], builder.measures[0]
    is_store = "stores.store_name" in part.whats
    if not (is_store and measure.unit == "customers" and measure.table == "orders"):
        raise Misfit("how many of one thing another has, is not counted", 0)
    builder.use(part)
    if CUSTOMER not in builder.by:
        builder.by.append(CUSTOMER)
    return Having("distinct:orders.store_id", above, number)


def _check_unit(limited: Measure, said: str) -> None:
    """Dollars, percent and minutes are said of what is measured so; shares and times need them."""
    label = limited.label.lower()
    is_share, is_time = limited.unit in ("share", "rate"), limited.unit.startswith("seconds")
    if said == "dollars" and not limited.unit.startswith("cents"):
        raise Misfit(f"its limit is in dollars, but {label} is no money", 0)
    if said == "percent" and not is_share:
        raise Misfit(f"its limit is a share, but {label} is none", 0)
    if is_share and said != "percent":
        raise Misfit(f"{label} is a share: say percent with its limit", 0)
    if (said in ("seconds", "minutes")) != is_time:
        raise Misfit(
            f"say seconds or minutes with {label}" if is_time else f"{label} is not counted in {said}", 0
        )
