"""What the forecast weeks of a new store ask of its bar: the busiest hour, orders in the making, machines.

Taken from how the open stores work today. How many people that takes is not asked here: rosters say how many
worked, not how many were needed, and one person makes several drinks at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics import metrics
from lucky_analytics.errors import SnapshotError
from lucky_analytics.methods.queues.peak_load import estimate_in_progress, estimate_peak_shares

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "Pace",
    "advise",
    "describe_unknown",
    "load_hours",
    "load_machines",
    "load_seconds",
    "measure_pace",
    "plan_bar",
]

N_WEEKS = 8


@dataclass(frozen=True)
class Pace:
    """How the open stores work, in the busiest weekday hour.

    ``hour`` of the day; ``share`` of a week's orders that falls into it, with ``share_log_sd`` between
    stores; ``busy``: one such hour in twenty has this many times the mean; ``seconds`` that an order takes
    from accepted to done; ``orders_a_machine``: orders of that hour by coffee machine in service, at the
    store that asks most of them. Null where the tables are missing. ``n_stores`` with an hour.
    """

    hour: int
    share: float
    share_log_sd: float
    busy: float
    seconds: float
    orders_a_machine: float
    n_stores: int


def load_hours(suite: Suite, n_weeks: int = N_WEEKS) -> pd.DataFrame:
    """Orders of the trading stores in the last weeks: ``unique_id``, ``ds``, ``hour``, ``y``."""
    start, end = _period(suite, n_weeks)
    by = ["store_id", "order_date", "local_hour"]
    hour = metrics.aggregate(suite, ["orders"], by=by, start=start, end=end, where=ibis._.is_trading_store)
    names = {"unique_id": "store_id", "ds": hour.order_date.cast("timestamp"), "hour": "local_hour"}
    return hour.select(**names, y="orders").order_by("unique_id", "ds", "hour").execute()


def load_seconds(suite: Suite, n_weeks: int = N_WEEKS) -> pd.Series | None:
    """Mean seconds from accepted to done by store, outliers left out; null without the kitchen's tables."""
    start, end = _period(suite, n_weeks)
    try:
        kitchen = metrics.aggregate(
            suite, ["production_seconds_trimmed"], by=["store_id"], start=start, end=end
        ).execute()
    except SnapshotError:  # a snapshot may hold fewer tables: the page then says what it cannot know
        return None
    return kitchen.set_index("store_id")["production_seconds_trimmed"].sort_index()


def load_machines(suite: Suite) -> pd.Series | None:
    """Coffee machines in service by store, as at the snapshot's cut; null without the machines' table."""
    try:
        machine = suite.table("machines").filter(ibis._.status == "in service")
    except SnapshotError:
        return None
    counts = machine.group_by("store_id").agg(n=machine.count()).order_by("store_id").execute()
    return counts.set_index("store_id")["n"]


def measure_pace(hours: pd.DataFrame, seconds: pd.Series | None, machines: pd.Series | None) -> Pace:
    """The pace of the open stores. Raises ``LuckyError`` when no store has traded on each day of the week."""
    peaks = estimate_peak_shares(hours)
    log_share = np.log(peaks["share"])
    peak_orders = peaks.set_index("unique_id")["peak"]
    own_seconds = None if seconds is None else seconds.reindex(peaks["unique_id"]).mean()
    ratio = None if machines is None else (peak_orders / machines.reindex(peak_orders.index)).max()
    return Pace(
        hour=int(peaks["hour"].mode().iloc[0]),
        share=float(np.exp(log_share.mean())),
        share_log_sd=float(log_share.std(ddof=1)) if len(peaks) > 1 else np.nan,
        busy=float(peaks["busy"].median()),
        seconds=np.nan if own_seconds is None else float(own_seconds),
        orders_a_machine=np.nan if ratio is None else float(ratio),
        n_stores=len(peaks),
    )


def plan_bar(weeks: pd.DataFrame, pace: Pace, level: float = 0.9) -> pd.DataFrame:
    """``weeks`` (``y``, ``low``, ``high``: orders a week) with what each asks of the bar.

    Adds ``peak`` (orders in the busiest hour of an ordinary weekday) with ``peak_low`` and ``peak_high`` from
    the forecast and the spread between stores, ``busy`` (one such hour in twenty has more), ``in_progress``
    (orders in the making at once in that hour), ``machines`` with ``machines_high`` (coffee machines, worked
    as hard as at the store that works them hardest; at the high end of the forecast).
    """
    z = norm.ppf(0.5 + level / 2)
    spread = z * np.nan_to_num(pace.share_log_sd)
    peak = weeks["y"] * pace.share
    ends = {
        side: np.exp(sign * np.hypot(np.log(weeks[side] / weeks["y"]), spread))
        for side, sign in (("low", -1), ("high", 1))
    }
    planned = weeks.assign(peak=peak, peak_low=peak * ends["low"], peak_high=peak * ends["high"])
    planned["busy"] = peak * pace.busy
    planned["in_progress"] = [estimate_in_progress(orders, pace.seconds) for orders in peak]
    for name, orders in (("machines", planned["peak"]), ("machines_high", planned["peak_high"])):
        planned[name] = np.ceil(orders / pace.orders_a_machine)
    return planned


def advise(load: pd.DataFrame, pace: Pace) -> str:
    """What to equip and staff an opening for, in a sentence, from the last row of ``plan_bar``."""
    last = load.iloc[-1]
    return (
        f"Equip and staff an opening for {last['peak']:,.0f} orders between {pace.hour} and {pace.hour + 1} "
        f"o'clock by week {last['week']:.0f} ({last['peak_low']:,.0f} to {last['peak_high']:,.0f})."
    )


def describe_unknown(pace: Pace) -> str:
    """What the plan for the bar cannot say, in a sentence or two."""
    missing = [
        word
        for word, value in (("how long orders take", pace.seconds), ("machines", pace.orders_a_machine))
        if np.isnan(value)
    ]
    lost = f" The snapshot lacks the tables on {' and on '.join(missing)}." if missing else ""
    return (
        "How many people the bar needs is not asked here: rosters say how many worked, not how many were "
        "needed. What is shown is the load that they would carry, and coffee machines at the busiest pace "
        f"seen, which is no proof of what a machine can do.{lost}"
    )


def _period(suite: Suite, n_weeks: int) -> tuple[dt.date, dt.date]:
    end = suite.as_of + dt.timedelta(days=1)
    return end - dt.timedelta(weeks=n_weeks), end
