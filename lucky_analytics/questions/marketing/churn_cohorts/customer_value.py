"""What customers are worth: who is still there, what lapsed ones would order, and why a claim shrinks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.repeat_buying import RepeatFit
from lucky_analytics.methods.customers.repeat_forecast import (
    draw_fits,
    draw_future,
    estimate_alive,
    forecast_orders,
    forecast_silence,
)
from lucky_analytics.methods.customers.spend import SpendFit, estimate_spend, fit_spend
from lucky_analytics.methods.forecasts.rolling_origin import Miss
from lucky_analytics.models.customer_histories import histories_of

__all__ = ["decompose_claim", "fit_order_values", "forecast_customers", "value_lapsed"]

YEAR = 365.0
N_FUTURES = 60


def fit_order_values(features: pd.DataFrame) -> SpendFit:
    """Gamma-Gamma over everybody's orders of positive value, in cents before tax."""
    paid = features[features["mean_order_cents"] > 0]
    same = paid.assign(value=paid["mean_order_cents"].round()).groupby(["n_orders", "value"]).size()
    counts = same.rename("n").reset_index()
    return fit_spend(counts["n_orders"], counts["value"], counts["n"])


def value_lapsed(
    features: pd.DataFrame, fit: RepeatFit, spend: SpendFit, lapsed_days: int, window_days: float
) -> pd.DataFrame:
    """Each lapsed customer (``lapsed_days`` or more since the last order), in the order of ``features``.

    ``customer_id``, ``n_orders``, ``days_since_last``; ``p_return``: chance of an order within
    ``window_days`` without any contact; ``orders_after``: expected orders of a year that starts with coming
    back, that order included; ``order_cents``: expected value of an order, before tax; ``year_orders``:
    expected orders of the next year without any contact.
    """
    lapsed = features[features["days_since_last"] >= lapsed_days].reset_index(drop=True)
    if lapsed.empty:
        raise LuckyError("win-back", expected=f"customers silent for {lapsed_days} days", got="none")
    own = histories_of(lapsed)
    back = own.assign(frequency=own["frequency"] + 1, recency=own["age"])
    known = lapsed["mean_order_cents"].clip(lower=0)
    return lapsed[["customer_id", "n_orders", "days_since_last"]].assign(
        p_return=1 - forecast_silence(fit, own, window_days),
        orders_after=1 + forecast_orders(fit, back, YEAR),
        order_cents=estimate_spend(spend, lapsed["n_orders"].where(known > 0, 0), known),
        year_orders=forecast_orders(fit, own, YEAR),
    )


def decompose_claim(
    values: pd.DataFrame,
    margin_rate: float,
    *,
    share: float = 0.1,
    orders_a_year: float = 12.0,
    order_dollars: float = 4.71,
    half: float = 0.0,
) -> pd.DataFrame:
    """Why "win back a tenth" is not worth share x customers x order x 12: ``step``, ``dollars`` (left).

    Each step corrects one thing: orders that somebody who came back places in a year, what such an order is
    worth, what the same customers would have bought anyway, and margin instead of revenue. ``low`` and
    ``high``: orders as uncertain as ``half``, on the log scale (``Miss.half``), says; the claim has none.
    """
    n = share * len(values)
    orders, cents = values["orders_after"].mean(), (values["orders_after"] * values["order_cents"]).mean()
    anyway = (values["year_orders"] * values["order_cents"]).mean()
    steps = [
        ("as claimed", n * orders_a_year * order_dollars),
        ("orders that they would place", n * orders * order_dollars),
        ("at the value of their orders", n * cents / 100),
        ("less what they buy anyway", n * (cents - anyway) / 100),
        ("margin, not revenue", n * (cents - anyway) / 100 * margin_rate),
    ]
    table = pd.DataFrame(steps, columns=["step", "dollars"])
    wide = np.where(table.index > 0, half, 0.0)
    return table.assign(low=table["dollars"] * np.exp(-wide), high=table["dollars"] * np.exp(wide))


def forecast_customers(
    features: pd.DataFrame,
    fit: RepeatFit,
    periods: Sequence[int] = (30, 60, 90),
    level: float = 0.9,
    seed: int = 7,
    misses: Mapping[int, Miss] | None = None,
) -> tuple[dict[str, float], pd.DataFrame]:
    """What all customers of ``features`` are expected to do, with intervals that hold what will happen.

    First, customers who have not left for good: ``value``, ``low``, ``high``, ``n``. Then the orders that
    they will place: ``period`` (days from now), ``orders``, ``orders_low``, ``orders_high``. New customers
    are not among them.

    The intervals come from futures drawn by chance, each with the model's parameters drawn from their
    uncertainty; the totals' logs are taken to be normal. That is all of the error only where customers go on
    as they did. ``misses`` by period (``measure_misses``) says how far such forecasts were off before: the
    wider of the two counts, and the customers who are still there are as uncertain as the orders of the
    shortest period. Infinite where the past is too short to say.
    """
    own = histories_of(features)
    same = own.groupby(["frequency", "recency", "age"]).size().rename("n").reset_index()
    weight = same["n"].to_numpy(float)
    alive = estimate_alive(fit, same)
    # Who has all but left adds nothing to the orders, and the formula takes its time.
    there = alive > 1e-6
    orders = [float(weight[there] @ forecast_orders(fit, same[there], period)) for period in periods]
    chance = np.random.default_rng(seed)
    futures = [draw_future(drawn, same, periods, chance) for drawn in draw_fits(fit, N_FUTURES, seed)]
    logs = np.log([[n_alive, *totals] for n_alive, totals in futures])
    half = norm.ppf(0.5 + level / 2) * logs.std(axis=0, ddof=1)
    if misses is not None:
        before = [misses[period].half(level) for period in periods]
        half = np.maximum(half, [before[int(np.argmin(periods))], *before])
    half = np.exp(half)
    total = float(weight @ alive)
    frame = pd.DataFrame({"period": periods, "orders": orders})
    frame = frame.assign(orders_low=frame["orders"] / half[1:], orders_high=frame["orders"] * half[1:])
    return {"value": total, "low": total / half[0], "high": total * half[0], "n": len(features)}, frame
