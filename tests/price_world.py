"""Customers whose weekly purchases answer to coupons as planted: for tests of prices and of the menu.

Planted: elasticity by category times a factor by segment, salience, a share of what a coupon adds missing in
the four weeks after. Depths are drawn at random for some customers; for the others a rule gives the deepest
coupons to those who buy least.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from lucky_analytics.methods.prices.iv_poisson import fit_iv_poisson

CATEGORIES = ("Coffee", "Cold Brew", "Food", "Tea")
ELASTICITY = np.array([-1.6, -1.4, -2.2, -1.2])
SEGMENT_FACTOR = {"new": 1.25, "regular": 1.0, "loyal": 0.7, "lapsed": 1.4}
SALIENCE, PULLED = 0.10, 0.15
# The share that is missing later in the program as it runs, over 64 worlds of 40,000 customers (standard
# error .0026): who buys for a coupon is a regular then, not lapsed or new, and answers less to later coupons.
# Where all segments respond alike it is the planted .15.
PULLED_AS_IT_RUNS = 0.164
DEPTHS = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5])
SHARE = np.array([0.4, 0.2, 0.25, 0.15])
FIRST_WEEK = dt.date(2025, 8, 4)
N_EARLY = 8  # weeks before the program starts


@dataclass
class PriceWorld:
    """``bought``: customer, week, day, category, y. ``shown``: a row per coupon, its depth and segment, with
    the units expected without any coupon, ``usual``, and those of them ``missing`` for earlier coupons."""

    bought: pd.DataFrame
    shown: pd.DataFrame
    n_weeks: int
    factor: dict[str, float] = field(default_factory=lambda: dict(SEGMENT_FACTOR))

    @property
    def as_of(self) -> dt.date:
        return FIRST_WEEK + dt.timedelta(days=7 * self.n_weeks - 1)


def monday(week):
    return pd.Timestamp(FIRST_WEEK) + pd.to_timedelta(7 * np.asarray(week), unit="D")


def simulate(
    seed: int,
    n_customers: int = 8_000,
    n_weeks: int = 26,
    drawn_share: float = 0.7,
    scale: float = 1.0,
    elasticity: np.ndarray = ELASTICITY,
    salience: float = SALIENCE,
) -> PriceWorld:
    """A world of ``n_customers``; ``scale`` multiplies every ``elasticity`` (one for each category)."""
    planted = (scale * elasticity, salience)
    rng = np.random.default_rng(seed)
    n, k = n_customers, len(CATEGORIES)
    rate = rng.gamma(0.9, 0.30 / 0.9, n)
    start = rng.integers(0, n_weeks - 6, n)
    is_drawn = rng.random(n) < drawn_share
    rank = rate.argsort().argsort() / n
    n_orders, last, first = np.zeros(n, int), np.full(n, -1000), np.full(n, -1000)
    depth_of, added_of = np.full((n_weeks, n, k), np.nan), np.zeros((n_weeks, n, k))
    buys, shows = [], []
    for week in range(n_weeks):
        segment = segments(n_orders, 7 * week - last, 7 * week - first)
        factor = np.vectorize(SEGMENT_FACTOR.get)(segment)
        effect, missing = np.ones((n, k)), np.zeros((n, k))
        if week >= N_EARLY:
            memory = (depth_of, added_of)
            effect, missing = with_coupons(week, first, factor, is_drawn, rank, memory, rng, planted)
        mean = rate[:, None] * SHARE * effect * (week >= start)[:, None]
        mean[(week == start)] += SHARE * 0.7  # a first order, mostly
        y = rng.poisson(mean)
        day = 7 * week + rng.integers(0, 7, n)
        if week >= N_EARLY:
            who, category = np.nonzero(~np.isnan(depth_of[week]))
            shows.append(
                pd.DataFrame(
                    {
                        "customer": who, "week": week, "category": category,
                        "depth": depth_of[week, who, category], "is_drawn": is_drawn[who],
                        "segment": segment[who], "usual": rate[who] * SHARE[category],
                        "missing": missing[who, category] * rate[who] * SHARE[category],
                    }
                )
            )  # fmt: skip
        who, category = np.nonzero(y)
        buys.append(
            pd.DataFrame(
                {"customer": who, "week": week, "day": day[who], "category": category, "y": y[who, category]}
            )
        )
        came = y.sum(1) > 0
        n_orders += came
        first = np.where(came & (first < 0), day, first)
        last = np.where(came, day, last)
    return PriceWorld(pd.concat(buys, ignore_index=True), pd.concat(shows, ignore_index=True), n_weeks)


def segments(n_orders, gap, age):
    late = np.where(n_orders >= 5, "loyal", np.where(age <= 28, "new", "regular"))
    return np.where(gap > 30, "lapsed", late)


def with_coupons(week, first, factor, is_drawn, rank, memory, rng, planted):
    """Draws the week's two coupons of every customer who has ordered before, and what they do to demand."""
    depth_of, added_of = memory
    n, k = depth_of.shape[1:]
    eligible = (first >= 0) & (first < 7 * week)
    order = rng.random((n, k)).argsort(axis=1)[:, :2]
    drawn = rng.random((n, 2))
    ruled = np.clip(0.45 * (1 - rank)[:, None] + 0.55 * drawn, 0, 0.9999)
    quantile = np.where(is_drawn[:, None], drawn, ruled)
    depth = DEPTHS[(quantile * len(DEPTHS)).astype(int)]
    rows = np.arange(n)[:, None]
    depth_of[week][rows, order] = np.where(eligible[:, None], depth, np.nan)
    elasticity, salience = planted
    added = np.exp(salience) * (1 - depth_of[week]) ** (elasticity * factor[:, None]) - 1
    added_of[week] = np.nan_to_num(added)
    pulled = PULLED / 4 * added_of[week - 4 : week].sum(axis=0)
    return np.maximum(1 + added_of[week] - pulled, 0.1), pulled


def true_responses(world: PriceWorld) -> pd.DataFrame:
    """Elasticity of each ``category`` and ``segment`` in the program as it runs, without chance.

    Every drawn coupon is shown at every depth, with the units then expected. Earlier coupons have taken units
    away at all depths alike, so that the response is a little stronger than the planted one.
    """
    drawn = world.shown[world.shown["is_drawn"]]
    e = ELASTICITY[drawn["category"]] * drawn["segment"].map(SEGMENT_FACTOR)
    keys = [np.array(CATEGORIES)[drawn["category"]], drawn["segment"].to_numpy()]
    parts = []
    for depth in DEPTHS:
        units = drawn["usual"] * np.exp(SALIENCE) * (1 - depth) ** e - drawn["missing"]
        sums = units.groupby(keys).agg(["size", "sum"]).set_axis(["n", "y"], axis=1)
        parts.append(sums.assign(y2=sums["y"], log_price=np.log1p(-depth)))
    cells = pd.concat(parts).rename_axis(["category", "segment"]).reset_index()
    found = [
        (*key, fit_iv_poisson(own, ["log_price"]).estimate("log_price")[0])
        for key, own in cells.groupby(["category", "segment"])
    ]
    return pd.DataFrame(found, columns=["category", "segment", "truth"])


def missing_moments(seed: int, n_customers: int) -> tuple[float, float]:
    """Units missing in the four weeks after, and units added, for drawn depths: their ratio is the share."""
    rows = decisions(simulate(seed, n_customers=n_customers, n_weeks=22))
    rows = rows[rows["is_drawn"] & rows["is_followed"]]
    depth = np.log1p(-rows["depth"])
    depth -= depth.groupby([rows["category"], rows["segment"], rows["week"]]).transform("mean")
    return float(-(depth @ rows["f"])), float(depth @ rows["y"])


def decisions(world: PriceWorld) -> pd.DataFrame:
    """Every coupon shown with what its customer bought then, after and before: a plain loop over lags."""
    key = ["customer", "week", "category"]
    units = world.bought[[*key, "y"]]
    rows = world.shown.merge(units, on=key, how="left")
    rows["f"], rows["before"] = 0.0, 0.0
    for lag in (-1, 1, 2, 3, 4):
        moved = units.assign(week=units["week"] - lag).rename(columns={"y": "moved"})
        seen = rows[key].merge(moved, on=key, how="left")["moved"].fillna(0).to_numpy()
        rows["before" if lag < 0 else "f"] += seen
    rows = rows.fillna({"y": 0})
    everything = (
        rows[key]
        .merge(
            units.groupby(["customer", "week"], as_index=False)["y"].sum(),
            on=["customer", "week"],
            how="left",
        )["y"]
        .fillna(0)
    )
    covered = rows.groupby(["customer", "week"])["y"].transform("sum")
    rows["others"] = everything.to_numpy() - covered
    rows["is_followed"] = rows["week"] + 5 <= world.n_weeks
    return rows


def cells(world: PriceWorld) -> pd.DataFrame:
    """What ``aggregate_cells`` returns for this world, from its own rows."""
    rows = decisions(world)
    for name in ("y", "f", "before", "others"):
        rows[f"{name}2"] = rows[name] ** 2
    rows = rows.assign(n=1.0, yf=rows["y"] * rows["f"], list_cents=500.0 * rows["y"])
    rows["paid_cents"] = (500 * (1 - rows["depth"])).round() * rows["y"]
    rows["assignment"] = np.where(rows["is_drawn"], "random", "rule")
    rows["category"] = np.array(CATEGORIES)[rows["category"]]
    rows["week_date"] = monday(rows["week"])
    keys = ["assignment", "category", "segment", "week_date", "depth", "is_followed"]
    numbers = [
        "n",
        "y",
        "f",
        "before",
        "others",
        "paid_cents",
        "list_cents",
        "y2",
        "f2",
        "before2",
        "others2",
        "yf",
    ]
    table = rows.groupby(keys, as_index=False)[numbers].sum()
    return table.assign(log_price=np.log1p(-table["depth"]))


def not_shown(world: PriceWorld) -> pd.DataFrame:
    """What ``aggregate_not_shown`` returns, from this world's own rows."""
    drawn = world.shown[world.shown["is_drawn"]]
    weeks = drawn[["customer", "week", "segment"]].drop_duplicates()
    every = weeks.merge(pd.DataFrame({"category": range(len(CATEGORIES))}), how="cross")
    key = ["customer", "week", "category"]
    hidden = every.merge(drawn[key].assign(is_shown=True), on=key, how="left")
    hidden = (
        hidden[hidden["is_shown"].isna()]
        .merge(world.bought[[*key, "y"]], on=key, how="left")
        .fillna({"y": 0})
    )
    hidden = hidden.assign(n=1, y2=hidden["y"] ** 2, category=np.array(CATEGORIES)[hidden["category"]])
    return hidden.groupby(["category", "segment"], as_index=False)[["y", "y2", "n"]].sum()
