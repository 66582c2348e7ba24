"""Margins foretold on dates gone by, each with what was known then, against what came."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.customers.credibility import estimate_means
from lucky_analytics.methods.customers.spend import estimate_spend, fit_spend
from lucky_analytics.methods.customers.top_shares import estimate_share_of
from lucky_analytics.methods.forecasts.rolling_origin import FEWEST, Miss, measure_miss
from lucky_analytics.models.customer_worth import paid_orders
from lucky_analytics.models.customer_worth.class_shares import (
    measure_share_misses,
    tally_classes,
)
from lucky_analytics.models.customer_worth.customer_classes import Rule
from lucky_analytics.models.customer_worth.customer_margins import (
    YEAR,
    Model,
    draw_ends,
    expect_margins,
    find_model,
    measure_drift,
)

__all__ = [
    "PERIODS",
    "HeldOut",
    "compare_naive",
    "compare_order_margins",
    "compare_tenths",
    "estimate_interval_cover",
    "measure_growth",
    "run_held_out",
    "score_dates",
]

# A quarter where history is long enough, else the longest that could be tested.
PERIODS = (90, 60, 30)
# A model needs some history; dates stand half a month apart, as on the page on churn.
FIRST_DAYS, STEP_DAYS = 60, 15
# Customers for whom futures are drawn one by one: enough to know a share to two points.
N_SHOWN = 2_000
TOP_SHARE = 0.1
# Where a year may be more than 20 times as much or as little, 9 of 10 times, nothing is known of it.
WIDEST, WIDEST_LEVEL = 20.0, 0.9
# Values of customers this close together count as one when Gamma-Gamma is fitted: cents.
_GRAIN = 5.0


@dataclass(frozen=True)
class HeldOut:
    """``tests``: one row per date and period (those of ``PERIODS`` up to ``period``): ``cut``, ``period``,
    ``predicted``, ``came`` (dollars of margin), ``naive`` (customers go on as so far), ``n`` (customers).
    ``newest``: of the last date, each customer's ``predicted``, ``naive`` and ``came`` in the ``period`` days
    after it, cents, the orders ``n_came``, and what was known then; ``model``: as fitted then. ``miss``: of
    ``period`` days; ``share_misses``: of the odds of each class's share of the margin, over as many.
    """

    tests: pd.DataFrame
    newest: pd.DataFrame
    model: Model
    period: int
    miss: Miss
    share_misses: dict[str, Miss]

    def miss_of(self, days: float, known: pd.DataFrame | None, model: Model) -> Miss:
        """The miss to expect of ``days``, as much larger as they bear more drift than the tests did: of the
        margin of ``known`` customers, or of a new one where there are none. Never less than in the tests."""
        return self.miss.stretch(self._times(days, known, model))

    def share_misses_of(self, days: float, known: pd.DataFrame, model: Model) -> dict[str, Miss]:
        """The same of the odds of each class's share of the margin of ``known`` customers."""
        times = self._times(days, known, model)
        return {segment: miss.stretch(times) for segment, miss in self.share_misses.items()}

    def is_wild(self, known: pd.DataFrame, model: Model) -> bool:
        """Whether forecasts were so far off that a year of ``known`` customers cannot be told."""
        return not np.exp(self.miss_of(YEAR, known, model).half(WIDEST_LEVEL)) <= WIDEST

    def _times(self, days: float, known: pd.DataFrame | None, model: Model) -> float:
        tested = measure_drift(self.newest, self.model, self.period)
        return max(measure_drift(known, model, days) / tested, 1.0)


def run_held_out(rows: pd.DataFrame, as_of: dt.date, rule: Rule) -> HeldOut | None:
    """Margins as one would have foretold them every half month, over the longest of ``PERIODS`` that leaves
    ``FEWEST`` dates; None where none does. ``rows`` of ``PaidOrders``; ``rule``: of the classes."""
    history = paid_orders.count_history(rows, as_of)
    for period in PERIODS:
        backs = list(range(period, history - FIRST_DAYS, STEP_DAYS))
        if len(backs) < FEWEST:
            continue
        tested = [_test(rows, as_of - dt.timedelta(days=back), period, rule) for back in backs]
        kept = [each for each in tested if each is not None]
        if len(kept) >= FEWEST:
            tests = pd.concat([each[0] for each in reversed(kept)], ignore_index=True)
            miss = _miss(tests, period)
            if miss.n >= FEWEST:
                tally = pd.concat([each[3] for each in kept], ignore_index=True)
                shares = measure_share_misses(tally, period)
                return HeldOut(tests, kept[0][1], kept[0][2], period, miss, shares)
    return None


def _test(
    rows: pd.DataFrame, cut: dt.date, longest: int, rule: Rule
) -> tuple[pd.DataFrame, pd.DataFrame, Model, pd.DataFrame] | None:
    level = paid_orders.measure_level(rows, cut)
    known = paid_orders.know_customers(rows, cut, level)
    model = find_model(known, level)
    if model is None:
        return None
    day, found = pd.Timestamp(cut), []
    pace = paid_orders.measure_pace(known) * level.margin
    for period in sorted(each for each in PERIODS if each <= longest):
        inside = (rows["order_date"] > day) & (rows["order_date"] <= day + pd.Timedelta(days=period))
        later = rows[inside].groupby("customer")["margin_cents"].agg(["sum", "size"])
        later = later.reindex(known.index, fill_value=0).set_axis(["came", "n_came"], axis=1)
        known = known.assign(predicted=expect_margins(known, model, period), naive=pace * period, **later)
        sums = known[["predicted", "came", "naive"]].sum() / 100
        found.append({"cut": day, "period": period, **sums, "n": len(known)})
    return pd.DataFrame(found), known, model, tally_classes(known, model, rule).assign(cut=day)


def _miss(tests: pd.DataFrame, period: int) -> Miss:
    own = tests[(tests["period"] == period) & (tests["predicted"] > 0) & (tests["came"] > 0)]
    days = (own["cut"] - tests["cut"].min()).dt.days
    return measure_miss(days, period, own["predicted"], own["came"])


def measure_growth(tests: pd.DataFrame) -> pd.DataFrame:
    """How far forecasts made on the same dates were off, by ``period``: ``off``, the root of the mean square
    of ln(came / predicted), and ``n`` dates; to see whether a longer period is foretold worse."""
    misses = {int(period): _miss(tests, int(period)) for period in sorted(tests["period"].unique())}
    found = [(period, miss.sd, miss.n) for period, miss in misses.items()]
    return pd.DataFrame(found, columns=["period", "off", "n"])


def score_dates(held: HeldOut, level: float) -> pd.DataFrame:
    """The tests over the whole period, with ``low`` and ``high`` as the other dates would have given them,
    and ``is_held``; null where fewer than ``FEWEST`` others are left."""
    own = held.tests[held.tests["period"] == held.period].reset_index(drop=True)
    halves = [_miss(own.drop(place), held.period).half(level) for place in own.index]
    wide = np.exp(np.where(np.isfinite(halves), halves, np.nan))
    ends = own.assign(low=own["predicted"] / wide, high=own["predicted"] * wide)
    held_by = ends["came"].between(ends["low"], ends["high"]).astype("boolean")
    return ends.assign(is_held=held_by.where(ends["low"].notna(), pd.NA))


def compare_naive(held: HeldOut, level: float) -> tuple[Estimate, Estimate, Estimate]:
    """On the newest date: by how much the squared error of a customer is smaller than where everybody goes on
    as so far (a share of that error), and the share of what came that the tenth foretold highest brought, by
    the model and by the naive rule."""
    new = held.newest
    worse, own = ((new[name] - new["came"]) ** 2 for name in ("naive", "predicted"))
    gain = (worse - own) / worse.mean()
    half = norm.ppf(0.5 + level / 2) * float(gain.std(ddof=1)) / np.sqrt(len(new))
    mean = float(gain.mean())
    top, naive_top = (
        estimate_share_of(new["came"], new[name].rank(method="first") > (1 - TOP_SHARE) * len(new), level)
        for name in ("predicted", "naive")
    )
    return Estimate(mean, mean - half, mean + half, level=level, n=len(new)), top, naive_top


def compare_order_margins(held: HeldOut) -> pd.DataFrame:
    """What an order of each customer was foretold to leave on the newest date, by three rules, against the
    orders that came: ``rule``; of the fifth of orders foretold lowest and highest ``low`` and ``low_came``,
    ``high`` and ``high_came`` (dollars an order); ``error``: root of the mean square over customers, orders
    as weights (dollars).

    Ours draws each customer's mean towards everybody's. Gamma-Gamma does so with what was paid, times the
    margin of a dollar; it cannot take an order that lost money. Empty where nobody ordered.
    """
    new = held.newest[held.newest["n_came"] > 0]
    if new.empty:
        return pd.DataFrame(columns=["rule", "low", "low_came", "high", "high_came", "error"])
    n, own, value = new["n_orders"], new["margin_cents"], new["value_cents"].clip(lower=1.0)
    rules = {"ours: drawn towards the mean": estimate_means(held.model.worth, n, own)}
    rules["each customer's own mean so far"] = own.to_numpy()
    paid = held.newest[held.newest["value_cents"] > 0]
    grain = (paid["value_cents"] / _GRAIN).round().clip(lower=1) * _GRAIN
    counts = paid.assign(value=grain).groupby(["n_orders", "value"]).size().rename("n").reset_index()
    if len(paid) >= 20:
        spend = fit_spend(counts["n_orders"], counts["value"], counts["n"])
        rules["Gamma-Gamma"] = estimate_spend(spend, n, value) * held.model.level.margin_share
    weight, came = new["n_came"].to_numpy(float), (new["came"] / new["n_came"]).to_numpy()
    found = []
    for rule, foretold in rules.items():
        place = np.argsort(foretold, kind="stable")
        part = np.cumsum(weight[place]) / weight.sum()
        ends = {"low": place[part <= 0.2], "high": place[part > 0.8]}
        row = {
            "rule": rule,
            "error": float(np.sqrt(np.average((foretold - came) ** 2, weights=weight))) / 100,
        }
        for end, mine in ends.items():
            row |= {end: np.average(foretold[mine], weights=weight[mine]) / 100}
            row |= {f"{end}_came": np.average(came[mine], weights=weight[mine]) / 100}
        found.append(row)
    return pd.DataFrame(found)


def compare_tenths(held: HeldOut, level: float) -> pd.DataFrame:
    """Customers of the newest date by tenths of what was foretold for them: ``tenth`` (1 is the lowest),
    ``predicted``, ``came`` with ``low`` and ``high`` (dollars a customer), ``n``."""
    new = held.newest
    place = new["predicted"].rank(method="first").to_numpy() / len(new)
    tenth = pd.Series(np.ceil(10 * place).astype(int), new.index, name="tenth")
    means = new[["predicted", "came"]].groupby(tenth).mean() / 100
    n = tenth.value_counts()
    half = norm.ppf(0.5 + level / 2) * (new["came"] / 100).groupby(tenth).std() / np.sqrt(n)
    return means.assign(low=means["came"] - half, high=means["came"] + half, n=n).reset_index()


def estimate_interval_cover(held: HeldOut, level: float, seed: int = 7) -> dict[str, float]:
    """Of customers of the newest date, one by one: the ``share`` whose margin fell into the interval that was
    foretold for them, ``n`` of them (a random sample), and the ``level`` that was meant."""
    sample = held.newest.sample(min(N_SHOWN, len(held.newest)), random_state=seed)
    low, high = draw_ends(sample, held.model, held.period, held.miss, level, seed)
    came = sample["came"].to_numpy()
    return {"share": float(((came >= low) & (came <= high)).mean()), "n": len(sample), "level": level}
