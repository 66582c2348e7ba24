"""What the churn page shows beside its estimates: checks, labels, bands of the score, sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.models.churn_scores import BANDS, place_bands
from lucky_analytics.models.customer_purchases import Purchases

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "assemble_bands",
    "assemble_groups",
    "assemble_horizons",
    "assemble_recency",
    "check_customers",
    "describe_uplifts",
    "label_cohorts",
    "name_models",
    "name_order_tests",
]


def check_customers(suite: Suite, bought: Purchases, features: pd.DataFrame) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``, one row per property."""
    order = bought.order
    unknown = suite.orders.anti_join(suite.customers, "customer_id").count().execute()
    accounts = suite.customers.filter("is_delivery_account")
    left_out = suite.orders.semi_join(accounts, "customer_id").count().execute()
    last = pd.Timestamp(order.order_date.max().execute())
    dated = suite.customers.select("customer_id", "registered_date")
    first = order.filter(order["rank"] == 0).join(dated, "customer_id")
    early = first.filter(first.order_date < first.registered_date).count().execute()
    correlation = features["n_orders"].corr(features["mean_order_cents"])
    facts = [
        ("every order belongs to a registered customer", unknown == 0, f"{unknown:,} orders without one"),
        ("delivery platforms' accounts are left out", True, f"{left_out:,} orders of theirs"),
        (
            "orders reach the business date of the page",
            last.date() >= bought.as_of,
            f"last on {last:%Y-%m-%d}",
        ),
        ("nobody orders before registering", early == 0, f"{early:,} customers did"),
        (
            "how often and how much are unrelated",
            abs(correlation) < 0.1,
            f"correlation {correlation:.2f}; the spend model assumes none",
        ),
    ]
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def label_cohorts(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with ``cohort_label`` ("Aug 2025") for its ``cohort``, oldest first."""
    dated = frame.assign(cohort=pd.to_datetime(frame["cohort"])).sort_values("cohort", kind="stable")
    return dated.assign(cohort_label=dated["cohort"].dt.strftime("%b %Y")).reset_index(drop=True)


def assemble_recency(parts: pd.DataFrame) -> pd.DataFrame:
    """The frame of ``plot_recency``: silent for 91 days or more, against all others, by cohort."""
    state = np.where(parts["days"].str.startswith("91"), "lapsed", "active")
    sums = parts.assign(state=state).groupby(["cohort", "state"])["n_customers"].sum().unstack(fill_value=0)
    long = sums.reset_index().melt("cohort", var_name="state", value_name="n_customers")
    long["share"] = long["n_customers"] / long.groupby("cohort")["n_customers"].transform("sum")
    return label_cohorts(long)


def assemble_groups(by_store: pd.DataFrame, stores: pd.DataFrame) -> pd.DataFrame:
    """Trading stores, best first: ``label``, ``again``, ``low``, ``high``, ``n``; stores whose share is not
    known yet are left out."""
    names = stores.set_index("store_id")["store_name"]
    shops = by_store[by_store["group"].isin(names.index)]
    shops = shops.assign(label=shops["group"].map(names)).sort_values("again", ascending=False)
    columns = ["label", "again", "low", "high", "n"]
    return shops[columns].dropna(subset="again").reset_index(drop=True)


def assemble_bands(scored: pd.DataFrame, order_dollars: pd.Series) -> pd.DataFrame:
    """Active customers by band of the score: ``band``, ``n``, ``expected_gone``, ``dollars``, ``reason``.

    ``dollars``: what they spent a month so far (``order_dollars`` an order), the money at stake; ``reason``:
    the most common one.
    """
    rows = scored.assign(band=place_bands(scored["score"]), monthly=scored["orders_a_month"] * order_dollars)
    table = rows.groupby("band").agg(
        n=("score", "size"),
        expected_gone=("probability", "sum"),
        dollars=("monthly", "sum"),
        reason=("reason", lambda reasons: reasons.mode().iloc[0]),
    )
    table = table.reindex(range(len(BANDS)))
    table[["n", "expected_gone", "dollars"]] = table[["n", "expected_gone", "dollars"]].fillna(0)
    table.insert(0, "label", list(BANDS.values()))
    return table.reset_index(drop=True).astype({"n": int}).rename(columns={"label": "band"})


def assemble_horizons(gone: pd.DataFrame, orders: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    """What to expect of each horizon: ``compare_horizons``, the orders of today's customers with
    ``orders_low`` and ``orders_high`` (``forecast_customers``), and of all with new ones, ``all_orders``
    with ``all_low`` and ``all_high`` (last rows of ``score_intervals``)."""
    known = orders.rename(columns={"period": "horizon"}).replace([0.0, np.inf], np.nan)
    ahead = scored[scored["came"].isna() & (scored["whose"] == "all")]
    names = {"period": "horizon", "predicted": "all_orders", "low": "all_low", "high": "all_high"}
    return gone.merge(known, on="horizon").merge(ahead[list(names)].rename(columns=names), on="horizon")


def name_models(tests: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Back-test results with the models' names as readers know them, oldest cut date first."""
    named = tests.assign(model=tests["model"].map(labels), cut=pd.to_datetime(tests["cut"]))
    return named.sort_values(["cut", "model"], ignore_index=True)


def name_order_tests(scored: pd.DataFrame) -> pd.DataFrame:
    """Forecasts of orders that came true or did not, in readers' words: ``score_intervals`` with ``whose``
    named and ``held`` (yes, no; null where no interval could be given)."""
    over = scored[scored["came"].notna()]
    whose = over["whose"].map({"known": "customers of that day", "all": "all, new ones included"})
    held = over["is_held"].map({True: "yes", False: "no"}).astype(object)
    return over.assign(whose=whose, held=held).drop(columns="is_held").reset_index(drop=True)


def describe_uplifts(uplifts: pd.DataFrame) -> str:
    """What brings lapsed customers back, in words, as measured (``estimate_uplifts``).

    >>> describe_uplifts(pd.DataFrame({"value": [0.012, 0.004], "low": [0.001, -0.002]}))
    'Coupons of random depth brought back 0.4 to 1.2 % more of them in their week'
    >>> describe_uplifts(pd.DataFrame({"value": [0.001], "low": [-0.002]}))
    'Coupons of random depth are not known to bring any of them back'
    """
    if uplifts["value"].isna().all():
        return "No coupon of random depth was shown to them"
    if (uplifts["low"] <= 0).all():
        return "Coupons of random depth are not known to bring any of them back"
    low, high = (f"{100 * end:.1f}" for end in (uplifts["value"].min(), uplifts["value"].max()))
    share = f"{low} %" if low == high else f"{low} to {high} %"
    return f"Coupons of random depth brought back {share} more of them in their week"
