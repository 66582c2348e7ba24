"""What the customer platform, the labels and the profiles say of customers, held against their orders.

Each statement has a rule by which orders contradict it, written from what its name says, not from how a
platform derives it. What any reading of the name allows is no contradiction: a platform may count completed
orders alone, or also those that were cancelled or placed in another market.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.models.customer_worth.customer_classes import SILENT_DAYS

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["LIFE_CYCLE", "check_statements"]

LIFE_CYCLE = "life cycle"
Rule = Callable[[ir.Table], ir.BooleanValue]
_NO_DAYS = "placed no order in these days"
_STATES: dict[str, tuple[str, Rule]] = {
    "never": ("has a completed order", lambda t: t.n_counted > 0),
    "active": (f"placed no order in {SILENT_DAYS} days", lambda t: _is_silent(t, SILENT_DAYS - 1)),
    "sleeping": ("placed no order, or completed one since", lambda t: (t.n_placed == 0) | _came_back(t)),
    "lapsed": ("placed no order, or completed one since", lambda t: (t.n_placed == 0) | _came_back(t)),
}
_LABELS: dict[str, tuple[str, Rule]] = {
    "no_order": ("has a completed order", lambda t: t.n_counted > 0),
    "never_ordered": ("has a completed order", lambda t: t.n_counted > 0),
    "one_order": ("completed more, or placed none", lambda t: (t.n_counted > 1) | (t.n_placed < 1)),
    "two_to_four_orders": ("completed more, or placed fewer", lambda t: (t.n_counted > 4) | (t.n_placed < 2)),
    "five_or_more_orders": ("placed fewer", lambda t: t.n_placed < 5),
    "ordered_7d": (_NO_DAYS, lambda t: _is_silent(t, 7)),
    "ordered_30d": (_NO_DAYS, lambda t: _is_silent(t, 30)),
    "lapsed": ("placed no order, or completed one in 30 days",
               lambda t: (t.n_placed == 0) | (t.since_counted <= 30).fill_null(False)),
}  # fmt: skip


def _is_silent(t: ir.Table, days: int) -> ir.BooleanValue:
    return (t.since_placed > days).fill_null(True)


def _came_back(t: ir.Table) -> ir.BooleanValue:
    return (t.last_counted > t.since_date).fill_null(False)


def check_statements(suite: Suite) -> pd.DataFrame:
    """Every statement that orders can contradict, those most contradicted first.

    ``system``, ``kind``, ``value`` (what is said), ``wrong_if`` (when orders contradict it), ``n`` people of
    whom it is said, ``n_wrong``, ``share``. Delivery platforms' accounts are left out. Empty where the
    snapshot has none of the tables.
    """
    facts = _order_facts(suite)
    parts = [*_states(suite, facts), *_labels(suite, facts), *_tastes(suite), *_stores(suite)]
    if not parts:
        return _shape([])
    found = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return _shape(found.execute().to_dict("records"))


def _order_facts(suite: Suite) -> ir.Table:
    """``customer_id`` of every registered person; ``n_counted`` completed orders of the home market and
    ``n_placed`` orders of any state and market (0 without); ``last_counted`` (date), ``since_counted`` and
    ``since_placed`` (days since the last of each); null without one."""
    person = suite.customers.filter(~suite.customers.is_delivery_account).select("customer_id")
    order, every = suite.orders, suite.all_orders
    counted = order.group_by("customer_id").agg(n_counted=order.count(), last_counted=order.order_date.max())
    placed = every.group_by("customer_id").agg(n_placed=every.count(), last_placed=every.order_date.max())
    known = person.left_join(counted, "customer_id").drop("customer_id_right")
    known = known.left_join(placed, "customer_id").drop("customer_id_right")
    end = ibis.literal(suite.as_of)
    return known.mutate(
        n_counted=known.n_counted.fill_null(0),
        n_placed=ibis.greatest(known.n_placed.fill_null(0), known.n_counted.fill_null(0)),
        since_counted=end.delta(known.last_counted, unit="day"),
        since_placed=end.delta(ibis.greatest(known.last_placed, known.last_counted), unit="day"),
    )


def _states(suite: Suite, facts: ir.Table) -> list[ir.Table]:
    state = suite.optional("customer_states")
    if state is None:
        return []
    said = state.filter(state.kind == "life_cycle", state.value.isin(list(_STATES)))
    said = said.select("customer_id", "since_date", what="value").inner_join(facts, "customer_id")
    return [_judge(said, _STATES, "Platform", LIFE_CYCLE)]


def _labels(suite: Suite, facts: ir.Table) -> list[ir.Table]:
    label = suite.optional("customer_labels")
    if label is None:
        return []
    said = label.filter(label.kind == "behaviour", label.label.isin(list(_LABELS)))
    said = said.select("customer_id", what="label").inner_join(facts, "customer_id")
    return [_judge(said, _LABELS, "Labels", "label")]


def _judge(said: ir.Table, rules: dict[str, tuple[str, Rule]], system: str, kind: str) -> ir.Table:
    wrong = said.what.cases(*((name, rule(said)) for name, (_, rule) in rules.items()), else_=False)
    why = said.what.cases(*((name, words) for name, (words, _) in rules.items()), else_="")
    return _tally(said.mutate(wrong=wrong, why=why), system, kind)


def _tastes(suite: Suite) -> list[ir.Table]:
    """The platform's taste and the profiles' category, against the category of most units (any, if equal)."""
    order = suite.orders.select("order_id", "customer_id")
    item = suite.order_items.filter(suite.order_items.category.notnull()).join(order, "order_id")
    most = _most(item, "category")
    state, profile = suite.optional("customer_states"), suite.optional("customer_profiles")
    parts = []
    if state is not None:
        taste = state.filter(state.kind == "taste").select("customer_id", said="value")
        parts.append(_favourite(taste, most, "Platform", "taste", "bought most"))
    if profile is not None:
        own = profile.filter(profile.preferred_category.notnull())
        own = own.select("customer_id", said="preferred_category")
        parts.append(_favourite(own, most, "Profiles", "preferred category", "bought most"))
    return parts


def _stores(suite: Suite) -> list[ir.Table]:
    profile = suite.optional("customer_profiles")
    if profile is None:
        return []
    own = profile.filter(profile.preferred_store_id.notnull())
    own = own.select("customer_id", said="preferred_store_id")
    most = _most(suite.orders, "store_id")
    return [_favourite(own, most, "Profiles", "preferred store", "ordered most")]


def _most(rows: ir.Table, name: str) -> ir.Table:
    """``owner`` and ``most``: what each customer has most of; several rows where several are equal."""
    counted = rows.group_by("customer_id", name).agg(n=rows.count())
    largest = counted.n.max().over(ibis.window(group_by="customer_id"))
    most = counted.mutate(largest=largest).filter(ibis._.n == ibis._.largest)
    return most.select(owner="customer_id", most=most[name].cast("string"))


def _favourite(said: ir.Table, most: ir.Table, system: str, kind: str, verb: str) -> ir.Table:
    """Of those with an order: who has most of something else than is said."""
    held = said.inner_join(most, said.customer_id == most.owner)
    each = held.group_by("customer_id").agg(wrong=~(held.said == held.most).any())
    each = each.mutate(why=ibis.literal(f"{verb} of another"))
    return _tally(each.mutate(what=ibis.literal("as said")), system, kind)


def _tally(said: ir.Table, system: str, kind: str) -> ir.Table:
    named = said.mutate(system=ibis.literal(system), kind=ibis.literal(kind), wrong_if=said.why)
    by = named.group_by("system", "kind", "what", "wrong_if")
    return by.agg(n=named.count().cast("int64"), n_wrong=named.wrong.sum().cast("int64"))


def _shape(rows: list[dict[str, object]]) -> pd.DataFrame:
    names = ["system", "kind", "what", "wrong_if", "n", "n_wrong"]
    frame = pd.DataFrame(rows, columns=names).astype({"n": "int64", "n_wrong": "int64"})
    frame = frame.assign(share=frame["n_wrong"] / frame["n"].where(frame["n"] > 0))
    by = ["share", "system", "kind", "what"]
    return frame.sort_values(by, ascending=[False, True, True, True], ignore_index=True)
