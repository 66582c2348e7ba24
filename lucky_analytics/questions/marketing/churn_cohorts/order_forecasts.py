"""How many orders to expect, and how far such forecasts were off on dates gone by.

Two things are forecast: orders of customers who have ordered by the date (``known``), and all orders, those
of customers still to come included (``all``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.repeat_buying import RepeatFit, fit_repeat_buying
from lucky_analytics.methods.customers.repeat_forecast import forecast_new_customer, forecast_orders
from lucky_analytics.methods.forecasts.rolling_origin import FEWEST, Miss, measure_miss
from lucky_analytics.models.churn_scores import load_histories
from lucky_analytics.models.customer_purchases import Purchases

__all__ = ["expect_orders", "longest_miss", "measure_misses", "run_order_tests", "score_intervals"]

# A model needs some history; origins stand half a month apart; new customers go on as in four weeks.
FIRST_DAYS, STEP_DAYS, PACE_DAYS = 60, 15, 28


def expect_orders(
    histories: pd.DataFrame, fit: RepeatFit, new_a_day: float, periods: Sequence[int]
) -> pd.DataFrame:
    """Orders expected within each of ``periods`` days: ``period``, ``whose``, ``predicted``.

    ``histories`` as from ``load_histories``; new customers come at ``new_a_day`` and order as others did.
    """
    later = [forecast_new_customer(fit, day + 0.5) for day in range(max(periods))]
    rows = []
    for period in periods:
        known = float(histories["n"].to_numpy() @ forecast_orders(fit, histories, period))
        new = new_a_day * (period + sum(later[:period]))
        rows += [(period, "known", known), (period, "all", known + new)]
    return pd.DataFrame(rows, columns=["period", "whose", "predicted"])


def run_order_tests(bought: Purchases, periods: Sequence[int] = (30, 60, 90)) -> pd.DataFrame:
    """Forecasts as one would have made them every half month, against what came.

    ``cut``, ``period``, ``whose``, ``predicted``, ``came``. From each cut date the model knows what had
    happened by then; the newest has just been followed by ``period`` whole days. The first two months have no
    cut date. The last row of a period, without ``came``, is the forecast of ``as_of`` itself.
    """
    days = _count_days(bought)
    first = days["order_date"].min()
    backs = {0}.union(*(range(period, (bought.as_of - first.date()).days, STEP_DAYS) for period in periods))
    parts = []
    for back in sorted(backs):
        cut = bought.as_of - dt.timedelta(days=back)
        day = pd.Timestamp(cut)
        if back and (day - first).days < FIRST_DAYS:
            continue
        own = [p for p in periods if back == 0 or (back >= p and (back - p) % STEP_DAYS == 0)]
        histories = load_histories(bought, cut)
        pace = days[(days["first_date"] > day - pd.Timedelta(days=PACE_DAYS)) & (days["first_date"] <= day)]
        fit = fit_repeat_buying(histories, "mbg")
        part = expect_orders(histories, fit, pace["n_first"].sum() / PACE_DAYS, own).assign(cut=day)
        pairs = zip(part["period"], part["whose"], strict=True)
        part["came"] = [_came(days, day, period, whose) if back else np.nan for period, whose in pairs]
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)[["cut", "period", "whose", "predicted", "came"]]
    return table.sort_values(["whose", "period", "cut"], ascending=[False, True, True], ignore_index=True)


def _count_days(bought: Purchases) -> pd.DataFrame:
    """Orders by ``first_date`` of the customer and ``order_date``: ``n``, ``n_first`` (first orders)."""
    order = bought.order
    first = order.filter(order["rank"] == 0).select("customer_id", first_date="order_date")
    dated = order.join(first, "customer_id").group_by("first_date", "order_date")
    days = dated.agg(n=ibis._.count(), n_first=(ibis._["rank"] == 0).sum()).execute()
    return days.assign(**{name: pd.to_datetime(days[name]) for name in ("first_date", "order_date")})


def _came(days: pd.DataFrame, cut: pd.Timestamp, period: int, whose: str) -> float:
    inside = (days["order_date"] > cut) & (days["order_date"] <= cut + pd.Timedelta(days=period))
    return float(days.loc[inside & ((days["first_date"] <= cut) | (whose == "all")), "n"].sum())


def measure_misses(tests: pd.DataFrame) -> dict[tuple[str, int], Miss]:
    """By ``whose`` and ``period``, how far the forecasts of ``run_order_tests`` were off."""
    found = {}
    for _, own in tests.groupby(["whose", "period"]):
        whose, period = str(own["whose"].iloc[0]), int(own["period"].iloc[0])
        found[whose, period] = _miss(own, period)
    return found


def longest_miss(misses: Mapping[tuple[str, int], Miss]) -> Miss:
    """The miss over the longest period that was tested often enough, of customers known at the time: the
    nearest there is to that of a year. Raises ``LuckyError`` without one."""
    known = [period for (whose, period), miss in misses.items() if whose == "known" and miss.n >= FEWEST]
    if not known:
        raise LuckyError(
            "back-test of orders", expected=f"{FEWEST} forecasts that came true or did not", got="fewer"
        )
    return misses["known", max(known)]


def _miss(tests: pd.DataFrame, period: int) -> Miss:
    over = tests[tests["came"].notna()]
    days = (over["cut"] - tests["cut"].min()).dt.days
    return measure_miss(days, period, over["predicted"], over["came"])


def score_intervals(tests: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """``tests`` with ``low`` and ``high`` as a page of that date would have given them, from tests over by
    then, and ``is_held`` (null where nothing came yet or no interval could be given)."""
    parts = []
    for _, own in tests.groupby(["whose", "period"], sort=False):
        period = int(own["period"].iloc[0])
        over_by = [own[own["cut"] + pd.Timedelta(days=period) <= cut] for cut in own["cut"]]
        half = np.array([_miss(over, period).half(level) for over in over_by])
        half[np.isinf(half)] = np.nan
        part = pd.DataFrame(
            {"low": own["predicted"] * np.exp(-half), "high": own["predicted"] * np.exp(half)}
        )
        inside = own["came"].between(part["low"], part["high"]).astype("boolean")
        parts.append(part.assign(is_held=inside.where(own["came"].notna() & part["low"].notna(), pd.NA)))
    return tests.join(pd.concat(parts))
