"""What sells together: pairs of products in one order, within daypart, store and month, for every page."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.methods.inference.affinity import estimate_affinity

__all__ = ["DAYPARTS", "PAIRS_FIGURE", "aggregate_pairs", "estimate_pairs", "name_span"]

PAIRS_FIGURE = "pairs bought together more often than by chance"
_COLUMNS = ["product_a", "product_b", "n", "expected", "lift", "lift_low", "lift_high", "p", "q",
            "pooled_lift", "pooled_p", "pooled_q", "pair", "verdict"]  # fmt: skip
# First hour of each, store-local.
DAYPARTS = {"night": 0, "morning": 6, "midday": 11, "afternoon": 14, "evening": 17}


def aggregate_pairs(items: ir.Table, by: tuple[str, ...] = ("daypart", "store_id", "month")) -> pd.DataFrame:
    """Orders that hold both products, by stratum: ``stratum``, ``product_a`` < ``product_b``, ``n``.

    ``items``: a unit each, ``order_id``, ``product_id``, ``store_id``, ``local_hour``, ``order_date``.
    ``by``: which of daypart, store_id and month make a stratum; none pools all. Two units of one product are
    no pair. An order with three products is three pairs.
    """
    hour = items.local_hour
    daypart = ibis.cases(
        *((hour < start, name) for name, start in zip(DAYPARTS, [*DAYPARTS.values()][1:], strict=False)),
        else_="evening",
    )
    line = items.mutate(daypart=daypart, month=items.order_date.truncate("M").cast("string"))
    once = line.select("order_id", "product_id", *by).distinct()
    other = once.select(other_order="order_id", product_b="product_id")
    both = once.join(other, [once.order_id == other.other_order, once.product_id < other.product_b])
    stratum = ibis.literal(", ").join([both[name] for name in by]) if by else ibis.literal("all")
    both = both.mutate(stratum=stratum, product_a=both.product_id)
    pairs = both.group_by("stratum", "product_a", "product_b").agg(n=both.count())
    return pairs.order_by("stratum", "product_a", "product_b").execute()


def name_span(as_of: dt.date, n_weeks: int) -> str:
    """Of what the pairs are, for ``report.publish_figure``: pages that look at the same must agree."""
    return f"all days up to {as_of}, products that sold in the last {n_weeks} weeks"


def estimate_pairs(
    pairs: pd.DataFrame, products: pd.DataFrame, max_false_discovery: float = 0.05, level: float = 0.9
) -> pd.DataFrame:
    """``estimate_affinity`` with names and a verdict; most surprising first.

    ``products``: ``product_id``, ``product_name``, ``category``. What the categories of two products explain
    (whoever likes cold brew takes two of them) is not counted as their affinity. Adds ``pair`` (both names)
    and ``verdict``: ``together`` (q within strata at most ``max_false_discovery``), ``only pooled`` (found
    when strata and categories are ignored: they share a store, an hour, a season or a taste, not an order),
    else ``unremarkable``. Empty where no order holds two products.
    """
    if pairs["n"].sum() <= 0:
        return pd.DataFrame(columns=_COLUMNS)
    facts = products.set_index("product_id")
    names = facts["product_name"]
    groups = dict(zip(products["product_id"], products["category"], strict=True))
    found = estimate_affinity(pairs, groups, level=level)
    a, b = (found[column].map(names) for column in ("product_a", "product_b"))
    together, pooled = (found[q] <= max_false_discovery for q in ("q", "pooled_q"))
    verdict = pooled.map({True: "only pooled", False: "unremarkable"}).where(~together, "together")
    return found.assign(pair=a + " + " + b, verdict=verdict)
