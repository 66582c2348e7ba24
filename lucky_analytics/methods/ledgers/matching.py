"""Two sets of records that should agree, matched by key: each row gets one class, and the cents add up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.ledgers.classes import (
    AMOUNT,
    CLASSES,
    CURRENCY,
    DUPLICATE,
    EMPTY,
    MATCHED,
    MISSING,
    ORPHAN,
    ROUNDING,
    TIMING,
    UNEXPLAINED,
    whole_sum,
)

__all__ = ["Matched", "match_records", "sum_classes"]

_FOUND = (MATCHED, ROUNDING, AMOUNT)  # a right row that is its left row's counterpart


@dataclass(frozen=True)
class Matched:
    """``left`` and ``right`` as given, each row with its ``class``, one of ``CLASSES``.

    A left row is one key in one currency. ``counterpart_cents`` of it: what its counterparts say together,
    0 without one.
    """

    left: ir.Table
    right: ir.Table


def match_records(
    left: ir.Table,
    right: ir.Table,
    *,
    as_of: dt.date,
    tolerance_cents: int = 1,
    grace_days: int = 1,
    are_parts: bool = False,
) -> Matched:
    """Matches what was due (``left``) with what was recorded of it (``right``), by key and currency.

    ``left``: ``key``, ``currency``, ``cents``, ``date``; rows of one key and currency are summed. ``right``:
    ``row_id`` (unique), ``key`` (may be null), ``currency``, ``cents``, ``date``, ``twin`` (rows of one key
    alike in it and in their cents are one thing recorded twice), ``is_known`` (false: a state that nobody
    declared). With ``are_parts`` the right rows of a key are parts of one sum, with either sign; without,
    each is a whole counterpart, or several share one.

    Duplicates are taken off before sums, unless all rows together agree, or some of them are needed for what
    was due (two halves, and one more). Cents are whole and of their row's currency; nothing is added over
    currencies. Classes:

    - *matched*: the sums are equal; *timing*: so, but on another date, or due for less than ``grace_days``
      with no counterpart yet; *rounding*: they differ by up to ``tolerance_cents``; *amount*: by more.
    - *missing counterpart*: due, older, nothing recorded. *orphan*: recorded, nothing due under its key, or
      no key. *currency*: the key is known in another currency only.
    - *duplicate*: recorded again. *nothing moved*: recorded with an amount of zero.
    - *unexplained*: none of these, such as a second counterpart of another amount, or a negative one.

    >>> day = dt.date(2026, 1, 1)
    >>> due = ibis.memtable(pd.DataFrame({"key": ["a"], "currency": "USD", "cents": [500], "date": [day]}))
    >>> alike = {"twin": ibis.literal(""), "is_known": ibis.literal(True)}
    >>> paid = due.mutate(row_id="key", cents=due.cents - 3, **alike)
    >>> match_records(due, paid, as_of=day).left.execute()["class"].tolist()
    ['amount']
    """
    due = left.group_by("key", "currency").agg(cents=whole_sum(left.cents), date=left.date.max()).cache()
    row = right.mutate(counts=right.is_known & (right.cents != 0 if are_parts else right.cents > 0))
    plain = _find_plain(due, row).cache()
    on = ["key", "currency"]
    settled = due.semi_join(plain, on).mutate(counterpart_cents="cents", **{"class": ibis.literal(MATCHED)})
    row = _join_due(row.anti_join(plain, on), due.anti_join(plain, on), due)
    row = _with_places(row)
    row = row.mutate(**{"class": _class_of_right(row, tolerance_cents, are_parts)})
    row = row.mutate(**{"class": ibis.ifelse(_is_of_another_date(row), TIMING, row["class"])}).cache()
    since = as_of - dt.timedelta(days=grace_days)
    rest = _label_left(due.anti_join(plain, on), row, since, are_parts=are_parts)
    names = ["row_id", "key", "currency", "cents", "date", "class"]
    agreed = right.semi_join(plain, on).mutate(**{"class": ibis.literal(MATCHED)})
    return Matched(
        settled.select(*rest.columns).union(rest).cache(),
        agreed.select(*names).union(row.select(*names)).cache(),
    )


def _find_plain(due: ir.Table, row: ir.Table) -> ir.Table:
    """Keys whose rows agree in sum and date: nearly all, so that only the rest is looked at closely."""
    unit = row.group_by(key_="key", currency_="currency").agg(
        total=whole_sum(row.cents), first=row.date.min(), last=row.date.max(), are_good=row.counts.all()
    )
    both = due.join(unit, [due.key == unit.key_, due.currency == unit.currency_])
    agree = (both.total == both.cents) & (both.first == both.date) & (both.last == both.date) & both.are_good
    return both.filter(agree).select("key", "currency")


def _join_due(row: ir.Table, rest: ir.Table, due: ir.Table) -> ir.Table:
    """Right rows with what was due under their key and currency, and whether any currency knows the key."""
    ours = rest.select(key_="key", currency_="currency", due_cents="cents", due_date="date")
    known = due.select(known_key="key").distinct()
    row = row.left_join(ours, [row.key == ours.key_, row.currency == ours.currency_])
    return row.left_join(known, row.key == known.known_key)


def _is_of_another_date(row: ir.Table) -> ir.BooleanValue:
    """Rows of a matched unit of which one is of another date than what was due."""
    unit = ibis.window(group_by=[row.key, row.currency])
    is_counterpart = (row["class"] == MATCHED) & row.counts
    is_late = is_counterpart & (row.date != row.due_date).fill_null(False)
    return is_counterpart & (is_late.cast("int8").max().over(unit) == 1)


def _with_places(row: ir.Table) -> ir.Table:
    """Adds, by key and currency, which copy a row is, the sums, and the place by nearness to what was due."""
    alike = ibis.window(
        group_by=[row.key, row.currency, row.twin, row.cents, row.counts], order_by=[row.date, row.row_id]
    )
    row = row.mutate(copy_no=ibis.row_number().over(alike))
    unit = ibis.window(group_by=[row.key, row.currency])
    is_first = row.counts & (row.copy_no == 0)
    gap = ibis.ifelse(is_first, (row.cents - row.due_cents).abs(), ibis.null("int64"))
    row = row.mutate(
        total=whole_sum(ibis.ifelse(row.counts, row.cents, 0), unit),
        total_first=whole_sum(ibis.ifelse(is_first, row.cents, 0), unit),
        gap=gap,
    )
    in_order = ibis.window(
        group_by=[row.key, row.currency],
        order_by=[row.copy_no, row.date, row.row_id],
        preceding=None,
        following=0,
    )
    row = row.mutate(so_far=whole_sum(ibis.ifelse(row.counts, row.cents, 0), in_order))
    unit = ibis.window(group_by=[row.key, row.currency])
    is_reached = row.counts & (row.copy_no > 0) & (row.so_far == row.due_cents)
    nearest = ibis.window(
        group_by=[row.key, row.currency],
        order_by=[row.gap.isnull(), row.gap, row.date, row.row_id],
    )
    return row.mutate(
        best_gap=row.gap.min().over(unit),
        place=ibis.row_number().over(nearest),
        is_split=is_reached.fill_null(False).cast("int8").max().over(unit) == 1,
    )


def _class_of_right(row: ir.Table, tolerance: int, are_parts: bool) -> ir.StringValue:
    off, off_first = (row.total - row.due_cents).abs(), (row.total_first - row.due_cents).abs()
    is_whole = ~ibis.literal(are_parts)
    return ibis.cases(
        (~row.is_known, UNEXPLAINED),
        ((row.cents == 0) & (row.due_cents == 0) & (row.total == 0) & (row.copy_no == 0), MATCHED),
        (row.cents == 0, EMPTY),
        (row.key.isnull(), ORPHAN),
        (row.due_cents.isnull() & row.known_key.notnull(), CURRENCY),
        (row.due_cents.isnull(), ORPHAN),
        (~row.counts, UNEXPLAINED),
        (off == 0, MATCHED),
        (off <= tolerance, ROUNDING),
        (is_whole & (row.best_gap == 0) & (row.place == 0), MATCHED),
        (is_whole & (row.best_gap <= tolerance) & (row.place == 0), ROUNDING),
        # Equal shares of one sum are no copies, as far as they are needed for it.
        (is_whole & (row.best_gap > tolerance) & row.is_split & (row.so_far <= row.due_cents), MATCHED),
        (row.copy_no > 0, DUPLICATE),
        (is_whole & (row.best_gap <= tolerance), UNEXPLAINED),
        (off_first == 0, MATCHED),
        (off_first <= tolerance, ROUNDING),
        else_=AMOUNT,
    )


def _label_left(due: ir.Table, row: ir.Table, since: dt.date, *, are_parts: bool) -> ir.Table:
    found = row.filter(row["class"].isin((*_FOUND, TIMING)) & row.due_cents.notnull())
    units = found.group_by(key_="key", currency_="currency").agg(
        found_class=found["class"].max(), counterpart_cents=whole_sum(found.cents)
    )
    # Recorded in another currency only.
    foreign = row.filter((row.cents != 0) & row.due_cents.isnull()).select(foreign_key="key").distinct()
    joined = due.left_join(units, [due.key == units.key_, due.currency == units.currency_])
    joined = joined.left_join(foreign, joined.key == foreign.foreign_key)
    label = ibis.cases(
        (joined.found_class.notnull(), joined.found_class),
        (joined.cents == 0, MATCHED),
        (joined.foreign_key.notnull(), CURRENCY),
        ((joined.cents < 0) & ~ibis.literal(are_parts), UNEXPLAINED),
        (joined.date > since, TIMING),
        else_=MISSING,
    )
    return joined.select(
        "key",
        "currency",
        "cents",
        "date",
        counterpart_cents=joined.counterpart_cents.fill_null(0),
        **{"class": label},
    )


def sum_classes(found: Matched, left: ir.Table, right: ir.Table) -> pd.DataFrame:
    """Rows and cents by currency and class, after the proof that nothing was lost: every total, to the cent.

    ``left`` and ``right`` as given to ``match_records``. Columns: ``currency``, ``class``, ``n_left``,
    ``left_cents``, ``n_right``, ``right_cents``, ``off_cents`` (right less left). Raises ``LuckyError`` where
    matched + classified + unexplained is not the total of either side.
    """
    sides = []
    for name, labelled, given in (("left", found.left, left), ("right", found.right, right)):
        by = labelled.group_by("currency", "class").agg(n=labelled.count(), cents=whole_sum(labelled.cents))
        own = by.execute().set_index(["currency", "class"])
        _prove(name, own["cents"], given)
        sides.append(own.rename(columns={"n": f"n_{name}", "cents": f"{name}_cents"}))
    table = sides[0].join(sides[1], how="outer").fillna(0).astype("int64").reset_index()
    table["off_cents"] = table["right_cents"] - table["left_cents"]
    order = {name: place for place, name in enumerate(CLASSES)}
    return table.sort_values(
        ["currency", "class"],
        key=lambda values: values.map(order) if values.name == "class" else values,
        ascending=[False, True],
        ignore_index=True,
    )


def _prove(name: str, by_class: pd.Series, given: ir.Table) -> None:
    whole = given.group_by("currency").agg(cents=whole_sum(given.cents)).execute()
    total = whole.set_index("currency")["cents"].astype("int64")
    parts = by_class.groupby("currency").sum().reindex(total.index, fill_value=0)
    for currency, cents in total.items():
        if parts[currency] != cents:
            raise LuckyError(
                f"{name} total in {currency}",
                expected=f"matched + classified + unexplained = {cents:,} cents",
                got=f"{parts[currency]:,}",
                remedy="Check that row_id is unique",
            )
