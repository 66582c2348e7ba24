"""What customers did after they were assigned to a branch of an experiment, and what they left before."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics.methods.experiments.prior_period import Branch, Difference, compare_branches
from lucky_analytics.methods.experiments.sample_ratio import BROKEN, measure_ratio
from lucky_analytics.models.order_margins import load_order_margins

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "ADDED",
    "AGAIN_DAYS",
    "DAYS",
    "SUMS",
    "compare_sides",
    "follow_customers",
    "name_window",
    "sum_days",
    "sum_experiments",
]

DAYS = 35  # of which the orders after an assignment count, and as many before it
AGAIN_DAYS = 30  # within which a further order makes a customer one who came again: the experiments' metric

# The figure that pages on experiments enter, so that they agree.
ADDED = "margin that an experiment's treatment adds to a customer"

_PLAN = ["experiment_id", "experiment", "metric", "planned", "start", "end"]
SUMS = ["n", "n_over", "again", "again_past", "margin", "margin_square", "past", "past_square", "margin_past"]


def follow_customers(suite: Suite, names: list[str] | None = None) -> ir.Table | None:
    """Each customer of each experiment (of ``names`` alone where they are given), and what came after.

    The plan (``experiment_id``; ``experiment``, its name, or its number where it is not registered;
    ``metric``, ``planned``, ``start``, ``end``), ``customer_id``, ``date`` of the assignment, ``is_control``,
    ``is_over``: assigned ``DAYS`` ago or more (0 or 1). Of those, nought for others: ``again`` (0 or 1:
    ordered again within ``AGAIN_DAYS``), ``margin`` (contribution margin of the orders after the assignment,
    dollars; null where no cost is known) and ``past`` (the same of the ``DAYS`` up to it, the order that led
    to it included). None where the snapshot has no experiments.
    """
    hits = suite.optional("experiments")
    if hits is None:
        return None
    if names is not None:
        hits = hits.filter(hits.experiment_name.isin(sorted(names)))
    hits = hits.select(
        "experiment_id", "customer_id", "metric", "assigned_at", planned="planned_share",
        experiment=hits.experiment_name.coalesce(hits.experiment_id), start="start_date", end="end_date",
        date="assigned_date", is_control=hits.branch == hits.reference_branch,
    )  # fmt: skip
    return _follow(suite, hits).cache()


def sum_days(each: ir.Table | None) -> pd.DataFrame:
    """Customers of ``follow_customers`` by experiment, date and branch; empty where there are none.

    The plan, ``date``, ``is_control``, ``n`` assigned, ``n_over`` of them ``DAYS`` ago or more, and sums over
    those: ``again``, ``margin``, ``past``, their squares and products. ``planned`` is null where it is
    unknown or no share between 0 and 1.
    """
    columns = [*_PLAN, "date", "is_control", *SUMS]
    if each is None:
        return pd.DataFrame(columns=columns).astype(dict.fromkeys(["planned", *SUMS], float))
    days = each.group_by(*_PLAN, "date", "is_control").agg(
        n=each.count(),
        n_over=each.is_over.sum(),
        again=each.again.sum(),
        again_past=(each.again * each.past).sum(),
        is_known=each.margin.notnull().all(),
        margin=each.margin.sum(),
        margin_square=(each.margin * each.margin).sum(),
        past=each.past.sum(),
        past_square=(each.past * each.past).sum(),
        margin_past=(each.margin * each.past).sum(),
    )
    found = days.order_by("experiment_id", "date", "is_control").execute()
    of_margin = ["margin", "margin_square", "margin_past"]
    found[SUMS] = found[SUMS].astype(float)
    found[of_margin] = found[of_margin].where(found["is_known"].astype(bool))
    found = found[columns]
    for name in ("start", "end", "date"):
        found[name] = pd.to_datetime(found[name])
    planned = found["planned"].astype(float)
    return found.assign(planned=planned.where((planned > 0) & (planned < 1)))


def _follow(suite: Suite, hits: ir.Table) -> ir.Table:
    """``hits`` with ``is_over``, ``again`` (0 or 1), ``margin`` and ``past``, nought for who is not over."""
    last = suite.as_of - dt.timedelta(days=DAYS - 1)
    old = hits.filter(hits.date <= last).select("experiment_id", "customer_id", "date", "assigned_at")
    order = load_order_margins(suite).semi_join(old, "customer_id")
    order = order.select("customer_id", "ordered_at", "order_date", dollars=order.margin_cents / 100)
    both = old.join(order, "customer_id")
    both = both.mutate(
        gone=both.order_date.delta(both.date, unit="day"), is_after=both.ordered_at > both.assigned_at
    )
    is_in = (both.gone < DAYS) & both.is_after
    is_before = (both.gone > -DAYS) & ~both.is_after
    sums = both.group_by("experiment_id", "customer_id").agg(
        again=(both.is_after & (both.gone <= AGAIN_DAYS)).any().cast("float64"),
        margin=both.dollars.sum(where=is_in),
        n_in=is_in.sum(),
        past=both.dollars.sum(where=is_before),
    )
    joined = hits.left_join(sums, ["experiment_id", "customer_id"])
    return joined.mutate(
        is_over=(joined.date <= last).cast("float64"),
        again=joined.again.fill_null(0.0),
        # Who placed no order left nothing; who placed some without a known cost left nobody knows what.
        margin=ibis.ifelse(joined.n_in.fill_null(0) == 0, 0.0, joined.margin),
        past=joined.past.fill_null(0.0),
    )


def sum_experiments(days: pd.DataFrame) -> pd.DataFrame:
    """``sum_days`` summed over dates: one row an experiment, with ``<sum>_0`` of the control and
    ``<sum>_1`` of the treatment, ``ratio_p`` (``measure_ratio``) and ``is_even``: both branches are there, in
    their planned ratio. Indexed by ``experiment_id``.

    >>> days = pd.DataFrame({"experiment_id": "E1", "is_control": [True, False], **dict.fromkeys(SUMS, 4.0),
    ...     **dict.fromkeys(_PLAN[1:], "x"), "planned": 0.5})
    >>> float(sum_experiments(days).loc["E1", "n_1"]), bool(sum_experiments(days).loc["E1", "is_even"])
    (4.0, True)
    """
    plan = days.groupby("experiment_id")[_PLAN[1:]].first()
    side = np.where(days["is_control"].astype(bool), "0", "1")
    sums = days.assign(side=side).groupby(["experiment_id", "side"])[SUMS]
    wide = sums.sum().mask(sums.count().lt(sums.size(), axis=0)).unstack("side")
    table = plan.astype({"planned": float})
    for name in SUMS:
        for end in ("0", "1"):
            has = (name, end) in wide.columns
            table[f"{name}_{end}"] = wide[(name, end)] if has else np.nan
    table[["n_0", "n_1"]] = table[["n_0", "n_1"]].fillna(0.0)
    sizes = table[["n_0", "n_1", "planned"]].to_numpy(float)
    p = [measure_ratio(float(control), float(treated), float(plan)) for control, treated, plan in sizes]
    return table.assign(ratio_p=p, is_even=np.array(p, float) >= BROKEN)


def compare_sides(table: pd.DataFrame, of: str) -> Difference:
    """What the treatment adds to ``of``: ``margin`` (dollars a customer) or ``again`` (0 to 1), net of what
    customers left before; ``table`` has the sums of both sides (``sum_experiments``)."""
    square = {"margin": "margin_square", "again": "again"}[of]
    product = {"margin": "margin_past", "again": "again_past"}[of]
    names = ("n_over", of, square, "past", "past_square", product)
    sides = [Branch(*(table[f"{name}_{end}"].to_numpy(float) for name in names)) for end in ("0", "1")]
    return compare_branches(*sides)


def name_window(as_of: dt.date) -> str:
    """The window of ``ADDED``, as pages enter it."""
    return f"{DAYS} days from the assignment, of those over by {as_of}"
