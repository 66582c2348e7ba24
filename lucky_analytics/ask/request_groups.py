"""By what a request parts its rows, or what it counts: "by store", "which product", "how many stores"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucky_analytics.ask.ask_dimensions import CUSTOMER, TIMES
from lucky_analytics.ask.question_parts import Misfit, Part, keys_of
from lucky_analytics.ask.request_means import mean_of
from lucky_analytics.ask.spoken import SPOKEN

if TYPE_CHECKING:
    from lucky_analytics.ask.request_builder import RequestBuilder

__all__ = ["find_groups"]


def find_groups(builder: RequestBuilder, is_limited: bool, is_ranked: bool) -> None:
    """Notes the groups as ``builder.by``, those that are ranked as ``builder.ranked_by``, and whether they
    are counted as ``builder.how_many``. Raises ``Misfit``."""
    after_by = False
    if "mean" in builder.kinds and sum(part.span.text == "per" for part in builder.parts) > 1:
        raise Misfit("a mean of two things at once is not offered", 0)
    for at, part in enumerate(builder.parts):
        if part.kind == "by time":
            _by_time(builder, part, part.whats[0])
        if part.kind == "by":
            after_by = True
        elif part.kind == "dimension":
            _dimension(builder, at, part, after_by, is_limited, is_ranked)
        elif part.kind != "and":
            after_by = False
    fixed = SPOKEN["fixed"].get(builder.measures[0].name, [])
    if any(key in fixed for key in (*builder.by, *builder.ranked_by)):
        raise Misfit(f"{builder.measures[0].label} are of one kind already", 1)


def _dimension(
    builder: RequestBuilder, at: int, part: Part, after_by: bool, is_limited: bool, is_ranked: bool
) -> None:
    if id(part) in builder.used:
        return
    near = [builder.parts[i] for i in (at - 1, at + 1) if 0 <= i < len(builder.parts)]
    if _is_said_by_name(builder, part, near, after_by):
        builder.use(part)  # "the category Matcha"
        return
    key = builder.resolve(part)
    before = builder.parts[at - 1] if at else None
    is_mean = "mean" in builder.kinds and not builder.per
    if after_by and key in ("day", "week", "month") and is_mean and not _has_days(builder, key):
        _by_time(builder, part, key)
        return
    if is_ranked and key.endswith("local_hour") and after_by and not _other_dimension(builder, part):
        raise Misfit("single hours of single days are not ranked, only hours of the day", 0)
    is_counted = _is_counted(builder, at)
    if is_counted and is_limited:
        builder.how_many = True
    if (
        after_by
        and is_ranked
        and key == CUSTOMER
        and _is_of_customers(builder)
        and _is_of_another(builder, at)
    ):
        pass  # "the largest experiment by customers"
    elif after_by:
        is_group = not is_ranked or _other_dimension(builder, part)
        (builder.by if is_group else builder.ranked_by).append(key)
    elif is_ranked and key == CUSTOMER and _is_of_customers(builder) and _is_of_another(builder, at):
        pass  # "which experiment had the most customers"
    elif is_ranked:
        builder.is_many = builder.is_many or (part.span.is_plural and key not in builder.ranked_by)
        builder.ranked_by.append(key)
    elif is_limited and not builder.by:
        if key in TIMES and before is None and part.span.is_plural:
            raise Misfit("whether they or their number are asked for, is not said: how many, or which", 0)
        builder.by.append(key)
    elif key == CUSTOMER and _is_of_customers(builder):
        pass  # what is counted, once more
    elif is_counted and _may_be_counted(builder, key):
        builder.how_many = True
        builder.by.append(key)
    elif before is not None and before.kind == "which":
        builder.by.append(key)
    elif key == f"{builder.table}.product_name" and any(each.kind in ("name", "rows") for each in near):
        pass  # "a Food product"
    elif key == "order_items.product_name" and builder.table == "order_items":
        pass  # what is sold: "how many items did we sell", "the price of an item"
    elif key == CUSTOMER and builder.table in SPOKEN["asked_by_customers"]:
        pass  # "revenue from Android users"
    else:
        return
    builder.use(part)


def _has_days(builder: RequestBuilder, key: str) -> bool:
    """Whether it says elsewhere of what its mean is: "average daily orders by month"."""
    others = [part.whats[0] for part in builder.parts if part.kind == "by time"]
    return bool(others) and key not in others


def _is_counted(builder: RequestBuilder, at: int) -> bool:
    """Whether it stands behind "how many", or behind "different"."""
    before = builder.parts[max(0, at - 2) : at]
    kinds = [part.kind for part in before]
    if (
        before
        and before[-1].kind == "count"
        and {"time", "times", "often"} & set(before[-1].span.text.split())
    ):
        return False  # how often something happened
    return kinds[-1:] == ["count"] or kinds in (["count", "distinct"], ["distinct"])


def _is_said_by_name(builder: RequestBuilder, part: Part, near: list[Part], after_by: bool) -> bool:
    """Whether it only says of what kind the name beside it is."""
    if any(each.kind == "name" and builder.values[id(each)][0] in keys_of(part) for each in near):
        return not after_by or near[0].kind == "name"
    is_kind = part.span.text in ("kind", "type", "sort", "status", "state", "result", "role")
    return is_kind and not after_by and any(each.kind == "name" for each in near)


def _is_of_customers(builder: RequestBuilder) -> bool:
    measure = builder.measures[0]
    return "customer" in measure.label.lower() or "customer" in measure.table or "customer" in measure.unit


def _may_be_counted(builder: RequestBuilder, key: str) -> bool:
    """ "How many stores had complaints": each store counts once; "how many products did we sell" are units,
    unless different ones are asked for."""
    return "distinct" in builder.kinds or key in SPOKEN["counted_by"]


def _is_of_another(builder: RequestBuilder, at: int) -> bool:
    """Whether something else than customers is ranked, and "which customers" is not asked."""
    is_which = at > 0 and builder.parts[at - 1].kind == "which"
    return not is_which and _other_dimension(builder, builder.parts[at])


def _other_dimension(builder: RequestBuilder, part: Part) -> bool:
    return any(each.kind == "dimension" and each is not part for each in builder.parts)


def _by_time(builder: RequestBuilder, part: Part, key: str) -> None:
    measure = builder.measures[0]
    if "mean" not in builder.kinds or measure.is_ratio:
        builder.by.append(key)
    elif key not in ("day", "week", "month"):
        raise Misfit(f"a mean by {key} is not offered", 0)
    elif mean_of(measure):
        raise Misfit(f"a mean of {measure.label.lower()} by {key} may be of rows or of days", 0)
    else:
        builder.per = "day" if key == "day" else "week" if key == "week" else "month"
    builder.use(part)
