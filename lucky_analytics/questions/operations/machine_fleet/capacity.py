"""What machines out of work cost: only where those left cannot pour what the busy hours ask for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.adjusted_effects import fit_effects
from lucky_analytics.questions.operations.machine_fleet.lives import WAITING, Fleet
from lucky_analytics.questions.operations.machine_fleet.velocity import RINSE

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite
    from lucky_analytics.questions.operations.machine_fleet.failures_ahead import Outlook

__all__ = [
    "N_WEEKS",
    "Pace",
    "Risk",
    "find_pace",
    "load_hours",
    "measure_down_hour",
    "price_loss",
    "risk_stores",
]

N_WEEKS = 8
_PROVEN = 0.999  # of machine-hours: so many cups were poured in an hour, more than once
_FEWEST_DOWN = 20  # days of stores with a machine down, from which one may say what that cost


class Pace(NamedTuple):
    """Cups an hour that one machine can pour: ``proven`` (one hour in a thousand had as many or more: what
    machines did, not what they can), ``pouring`` (one cup after the other, without a hand between)."""

    proven: float
    pouring: float


class Risk(NamedTuple):
    """``stores``: a row each, with ``machines`` standing, ``working`` today, ``peak`` (cups of the busiest
    hour of the weeks), ``needed`` (machines at the proven pace), ``spare`` (working less needed),
    ``p_short`` (chance that some day ahead has fewer than needed), ``loss`` (dollars expected in the days
    ahead) with ``low``, ``high``. ``total``: of all stores; ``at_best``: the same if machines pour one cup
    after the other."""

    stores: pd.DataFrame
    total: Estimate
    at_best: float


def load_hours(suite: Suite) -> pd.DataFrame:
    """Cups for orders by machine, day and hour of the store's clock in the last weeks, of trading stores:
    ``store_id``, ``machine_id``, ``ds``, ``hour``, ``cups``, ``seconds`` (of pouring)."""
    begin = suite.as_of - dt.timedelta(weeks=N_WEEKS) + dt.timedelta(days=1)
    trading = suite.stores.filter("is_trading_store").select("store_id")
    cup = suite.cups.filter((ibis._.cup_date >= begin) & (ibis._.poured_for != RINSE)).semi_join(
        trading, "store_id"
    )
    hour = cup.group_by("store_id", "machine_id", ds="cup_date", at=cup.started_at.truncate("h"))
    found = hour.agg(cups=ibis._.count(), seconds=ibis._.pour_seconds.sum()).execute()
    found["ds"] = pd.to_datetime(found["ds"])
    return found


def find_pace(hours: pd.DataFrame) -> Pace:
    """How fast one machine pours; both null without an hour."""
    if hours.empty:
        return Pace(np.nan, np.nan)
    seconds = hours["seconds"].sum() / hours["cups"].sum()
    return Pace(float(hours["cups"].quantile(_PROVEN)), 3600 / seconds if seconds > 0 else np.nan)


def price_loss(by_hour: NDArray[np.float64], pace: float, most: int, dollars: float) -> NDArray[np.float64]:
    """Dollars lost over the hours with 0 to ``most`` machines at work: cups asked for beyond ``pace`` a
    machine, at ``dollars`` each.

    >>> price_loss(np.array([10.0, 25.0]), 10.0, 3, 2.0).tolist()
    [70.0, 30.0, 10.0, 0.0]
    """
    room = pace * np.arange(most + 1)
    return np.asarray(np.maximum(by_hour[None, :] - room[:, None], 0.0).sum(axis=1) * dollars)


def risk_stores(
    fleet: Fleet, outlook: Outlook | None, hours: pd.DataFrame, days: pd.DataFrame, pace: Pace, n_days: int,
    level: float,
) -> Risk:  # fmt: skip
    """What machines out of work in the next ``n_days`` may cost each trading store, against all that stand
    at work.

    ``hours`` of ``load_hours`` and ``days`` (``store_id``, ``ds``, ``dollars``) say what is asked for: the
    last weeks come again. A cup not poured costs the store's revenue a cup, food that goes with it included.
    Without an ``outlook`` nothing is said of the days ahead.
    """
    seen = days[days["ds"] >= hours["ds"].min()] if len(hours) else days.iloc[:0]
    dollars = seen.groupby("store_id")["dollars"].sum()
    rows, drawn, best = [], [], 0.0
    for (store, place), own in fleet.standing[fleet.standing["is_trading"]].groupby(
        ["store_id", "place"], sort=True
    ):
        hour = hours[hours["store_id"] == store].groupby(["ds", "at"])["cups"].sum().to_numpy(float)
        n, working = len(own), int((own["state"] != WAITING).sum())
        peak = hour.max() if len(hour) else np.nan
        row = {"store_id": store, "place": place, "machines": n, "working": working, "peak": peak}
        needed = max(float(np.ceil(peak / pace.proven)), 1.0) if len(hour) else np.nan
        row |= {"needed": needed, "spare": working - needed}
        if outlook is not None and len(hour):
            member = np.flatnonzero(np.isin(outlook.seen.rows, own.index))
            at_work = outlook.ahead.works[:, :, member].sum(axis=2)
            row["p_short"] = float((at_work < needed).any(axis=0).mean())
            price = float(dollars.get(store, 0.0)) / hour.sum() / (7 * N_WEEKS)
            each = price_loss(hour, pace.proven, n, price)
            loss = (each[at_work] - each[n]).sum(axis=0)
            easy = price_loss(hour, pace.pouring, n, price)
            best += float((easy[at_work] - easy[n]).sum(axis=0).mean())
            row |= {"loss": loss.mean()} | _ends(loss, level)
            drawn.append(loss)
        rows.append(row)
    names = [
        "store_id",
        "place",
        "machines",
        "working",
        "peak",
        "needed",
        "spare",
        "p_short",
        "loss",
        "low",
        "high",
    ]
    table = pd.DataFrame(rows, columns=names)
    if not drawn:
        return Risk(table, Estimate(None), np.nan)
    total = np.sum(drawn, axis=0)
    ends = _ends(total, level)
    return Risk(
        table, Estimate(float(total.mean()), ends["low"], ends["high"], level=level, n=len(drawn)), best
    )


def _ends(loss: NDArray[np.float64], level: float) -> dict[str, float]:
    low, high = np.quantile(loss, [(1 - level) / 2, (1 + level) / 2])
    mean = float(loss.mean())
    return {"low": min(float(low), mean), "high": max(float(high), mean)}


def measure_down_hour(days: pd.DataFrame, level: float) -> Estimate:
    """What a machine out of work took off its store's revenue an open hour, dollars: days with more and fewer
    machines down, held against the same store's week and all stores' day.

    ``days``: ``store_id``, ``ds``, ``dollars``, ``open_hours``, ``machines_down``. Positive is a loss. Errors
    of one day hang together. Null with fewer than 20 days of stores with a machine down.
    """
    known = days[(days["dollars"] > 0) & (days["open_hours"] > 0) & days["machines_down"].notna()]
    n_down = int((known["machines_down"] > 0).sum())
    if n_down < _FEWEST_DOWN or known["store_id"].nunique() < 2 or known["machines_down"].std() == 0:
        return Estimate(None, n=n_down)
    rate = known["dollars"] / known["open_hours"]
    first = known["ds"].min()
    week = known["store_id"] + " " + ((known["ds"] - first).dt.days // 7).astype(str)
    rows = known.assign(week=week, machines_down=known["machines_down"].astype(float))
    fit = fit_effects(rows, np.log(rate.to_numpy(float)), ["week", "ds"], ["machines_down"], "ds")
    own = fit.of("machines_down")
    if own.empty:
        return Estimate(None, n=n_down)
    effect, half = float(own["effect"].iloc[0]), float(own["se"].iloc[0]) * norm.ppf(0.5 + level / 2)
    usual = float(rate.mean())
    ends = [-usual * np.expm1(at) for at in (effect + half, effect, effect - half)]
    return Estimate(ends[1], ends[0], ends[2], level=level, n=n_down)
