"""Where each store stands among its peers, at its age and with its sister stores, and how sure ranks are."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t

from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.methods.inference.peers import expect_from_peers, rank_units
from lucky_analytics.methods.places.distance import decay_weights, great_circle_km
from lucky_analytics.models.watched_days.kpis import KPIS

__all__ = ["FEATURES", "add_features", "compare_peers", "count_sure_pairs", "rank_stores"]

FEATURES = ("age", "sisters")
_ON_LOGS = ("orders_hour", "revenue_hour", "aov", "making")  # effects of age multiply
_FALSE = 0.05  # of pages on which a store is called off its peers though none is


def add_features(stores: pd.DataFrame, as_of: pd.Timestamp, n_days: int) -> pd.DataFrame:
    """``stores`` with what peers are compared at: ``weeks_open``, ``age`` (logarithm of the weeks open in the
    middle of the last ``n_days``), ``sisters`` (how much own stores are around: 1 for one next door, 0.37 for
    one a kilometre away, added up; null without a position), ``nearest_km``."""
    open_days = (as_of - stores["opened"]).dt.days + 1
    middle = np.maximum(open_days - np.minimum(open_days, n_days) / 2, 1.0)
    km = great_circle_km(*(stores[name] for name in ("latitude", "longitude") * 2))
    np.fill_diagonal(km, np.nan)
    known = stores["latitude"].notna() & stores["longitude"].notna()
    nearest = np.nanmin(np.where(np.isnan(km), np.inf, km), axis=1, initial=np.inf)
    return stores.assign(
        weeks_open=open_days / 7,
        age=np.log(middle / 7),
        sisters=pd.Series(decay_weights(km, 1.0).sum(axis=1), stores.index).where(known),
        nearest_km=pd.Series(nearest, stores.index).where(np.isfinite(nearest)),
    )


def compare_peers(days: pd.DataFrame, stores: pd.DataFrame, n_days: int, level: float) -> pd.DataFrame:
    """Each store's last ``n_days`` beside what the other stores lead to expect at its age and with its
    sisters.

    ``stores`` of ``add_features``. One row for each store and number of ``KPIS``: ``store_id``,
    ``store_name``, ``kpi``, ``value``, ``expected``, ``low``, ``high`` (as readers see them; null where too
    few stores are known), ``own``, ``own_se`` (``expect_from_peers``; of a logarithm for amounts),
    ``p_value``, ``q_value``, ``is_off`` and ``side``.
    """
    recent = days[days["ds"] > days["ds"].max() - pd.Timedelta(days=n_days)]
    parts = []
    for kpi in KPIS:
        known = recent[recent[kpi.y].notna() & ((recent[kpi.per] > 0) if kpi.per else True)]
        by_store = known.groupby("store_id")[[kpi.y, *([kpi.per] if kpi.per else [])]]
        means, sums = by_store.mean(), by_store.sum()
        value = kpi.shown(means[kpi.y], means[kpi.per] if kpi.per else 1.0)
        if value.notna().sum() == 0:
            continue
        table = stores[["store_id", "store_name", *FEATURES]].assign(kpi=kpi.name)
        table["value"] = table["store_id"].map(value)
        logs = kpi.name in _ON_LOGS
        table["y"] = np.log(table["value"].where(table["value"] > 0)) if logs else table["value"]
        if kpi.kind == "count" and not logs:  # where nobody had one, one is no wonder
            table["se"] = table["store_id"].map(
                kpi.scale * np.sqrt(sums[kpi.y].clip(lower=1)) / sums[kpi.per]
            )
        found = expect_from_peers(table, FEATURES, level)
        if logs:
            for name in ("expected", "low", "high"):
                found[name] = np.exp(found[name])
        is_good = (found["away"] > 0) == (kpi.good == "up" or kpi.is_complement)
        found["side"] = np.where(found["away"].isna(), "", np.where(is_good, "better", "worse"))
        parts.append(found)
    every = pd.concat(parts, ignore_index=True)
    every["q_value"] = adjust_p_values(every["p_value"].to_numpy(float))
    return every.assign(is_off=every["q_value"] <= _FALSE)


def rank_stores(
    days: pd.DataFrame, peers: pd.DataFrame, stores: pd.DataFrame, n_weeks: int, level: float
) -> pd.DataFrame:
    """The leaderboard: stores by revenue an hour over ``n_weeks`` weeks, as it is and for age and place.

    ``store_id``, ``store_name``, ``weeks_open``, ``revenue_hour`` (dollars), ``rank``, ``best``, ``last``,
    ``n_sure`` (``rank_units``; the scatter of single weeks, what all stores share taken off), ``own`` (share
    above or below stores of its age and place), ``own_low``, ``own_high`` (for all stores together at
    ``level``), ``own_rank``, ``own_best``, ``own_last``, ``own_n_sure``, ``week_rank`` and
    ``week_rank_before`` (the last seven days, and the seven before); in the order of ``own_rank``, then
    ``rank``.
    """
    weeks = _weekly_logs(days, max(n_weeks, 2))
    recent = weeks.loc[:, range(n_weeks)]
    sd, free = _scatter(recent)
    noise = sd / np.sqrt(recent.notna().sum(axis=1).replace(0, np.nan))
    table = stores[["store_id", "store_name", "weeks_open"]].copy()
    table["revenue_hour"] = table["store_id"].map(np.exp(recent.mean(axis=1)))
    mean, own_noise = (table["store_id"].map(part).to_numpy(float) for part in (recent.mean(axis=1), noise))
    table = table.join(rank_units(mean, own_noise, free, level))
    own = peers[peers["kpi"] == "revenue_hour"].set_index("store_id")
    value, fit = (table["store_id"].map(own[name]).to_numpy(float) for name in ("own", "own_se"))
    error = np.hypot(fit, own_noise)
    n_features = sum(stores[name].nunique() > 1 for name in FEATURES)
    own_free = max(int(np.isfinite(value).sum()) - n_features - 1, 1)
    table = table.join(rank_units(value, error, own_free, level).add_prefix("own_"))
    n = max(int(np.isfinite(value).sum()), 1)
    half = t.ppf(1 - (1 - level) / (2 * n), own_free) * error
    for name, at in (("own", value), ("own_low", value - half), ("own_high", value + half)):
        table[name] = np.expm1(at)
    for name, ago in (("week_rank", 0), ("week_rank_before", 1)):
        table[name] = table["store_id"].map(weeks[ago].rank(ascending=False, method="min"))
    return table.sort_values(["own_rank", "rank", "store_name"], ignore_index=True)


def count_sure_pairs(n_sure: pd.Series) -> tuple[int, int]:
    """Of all pairs of ranked stores those whose order is sure, and how many pairs there are.

    >>> count_sure_pairs(pd.Series([1.0, 1.0, 0.0, None]))
    (1, 3)
    """
    n = int(n_sure.notna().sum())
    return int(n_sure.sum() / 2), n * (n - 1) // 2


def _weekly_logs(days: pd.DataFrame, n_weeks: int) -> pd.DataFrame:
    """Logarithm of revenue an hour, stores x weeks ago (0 is the newest seven days); null for a part week."""
    ago = (days["ds"].max() - days["ds"]).dt.days // 7
    sums = days.assign(ago=ago).groupby(["store_id", "ago"])[["dollars", "open_hours"]].sum(min_count=7)
    rate = sums["dollars"] / sums["open_hours"].where(sums["open_hours"] > 0)
    wide = rate.where(rate > 0).unstack("ago").reindex(columns=range(n_weeks))
    return wide.transform(np.log)


def _scatter(logs: pd.DataFrame) -> tuple[float, float]:
    """Standard deviation of one week of one store about its mean and the week's, and its degrees of freedom;
    null without two stores that have two weeks each."""
    whole = logs.dropna()
    free = (len(whole) - 1) * (whole.shape[1] - 1)
    if free < 1:
        return np.nan, 1.0
    rest = whole.sub(whole.mean(axis=1), axis=0).sub(whole.mean(axis=0)) + whole.to_numpy().mean()
    return float(np.sqrt((rest.to_numpy() ** 2).sum() / free)), float(free)
