"""Tickets of a world of one's own, as ``queue_wait`` has them: who was on shift, who came back.

Waits are long in the hours in which those who order often do; people are put where orders are expected. So
what a dashboard shows of either is not what either does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.methods.queues.replay import replay_servers, replay_shared, stack_streams
from lucky_analytics.models.kitchen_tickets import count_loads

__all__ = ["FIRST", "make_customers", "make_tickets"]

FIRST = pd.Timestamp("2025-11-03")  # a Monday
_DAY, _OPENS, _SLOTS = 86_400, 8, 20


def make_tickets(
    seed: int,
    *,
    n_days: int = 42,
    n_stores: int = 2,
    busy: float = 14.0,
    servers: int | None = None,
    slope: float = 0.18,
    a_person: float = 0.0,
    with_people: bool = True,
    one_more: int = 0,
) -> pd.DataFrame:
    """Tickets of stores that are busy twice a day, ``busy`` orders a half-hour then and a third of it else.

    Work is by lot, 150 seconds on average (60 % of an exponential's spread). With ``servers`` each store
    serves so many at once; else open tickets slow one another by ``slope``. ``a_person``: ln seconds that
    each person on shift takes off, of 1 to 3 put where orders are expected, and moved by lot. ``one_more``:
    the same world with so many more people, or servers, at all times.
    """
    random = np.random.default_rng(seed)
    day, store, slot = (axis.ravel() for axis in np.indices((n_days, n_stores, _SLOTS)))
    level = (
        np.where(np.isin(slot, (2, 3, 10, 11)), 1.0, 1 / 3)
        * busy
        * np.exp(random.normal(0, 0.15, (n_days, n_stores)))[day, store]
    )
    people = np.clip(np.rint(level / 6 + random.choice([-0.6, 0.0, 0.6], len(level))), 1, 3)
    n = random.poisson(level)
    day, store, slot, people = (np.repeat(each, n) for each in (day, store, slot, people))
    arrive = (slot + 2 * _OPENS) * 1800.0 + np.floor(random.uniform(0, 1800, len(day)))
    work = random.gamma(2.8, 150 / 2.8, len(day)) * np.exp(-a_person * (people + one_more - 2))
    streams = stack_streams(day * n_stores + store, arrive, work)
    if servers is None:
        seconds = streams.back(replay_shared(streams, slope).seconds)
    else:
        seconds = streams.back(
            replay_servers(streams, np.full((len(streams.arrive), 1), servers + one_more), 1800)
        )
    accepted = FIRST.value // 10**9 + day * _DAY + arrive.astype(np.int64)
    taken = np.maximum(np.rint(seconds), 1).astype(np.int64)
    frame = pd.DataFrame({
        "store_id": pd.Categorical([str(k) for k in store]),
        "store": pd.Categorical([f"store {k}" for k in store]),
        "is_trading": True, "date": FIRST + pd.to_timedelta(day, unit="D"), "slot": slot + 2 * _OPENS,
        "units": 1, "customer": -1, "opened": accepted, "accepted": accepted, "done": accepted + taken,
        "seconds": taken.astype(float), "queue": 0, "wait": taken,
        "people": people if with_people else np.nan,
    })  # fmt: skip
    return _finish(frame)


def make_customers(
    seed: int, pause: float = 0.0, *, n: int = 500, n_days: int = 90
) -> tuple[pd.DataFrame, float]:
    """Tickets of customers who come again at their own rate, after ``pause`` days more for each minute that
    the last order took; and the orders that a minute more takes from the days after, by 100 orders.

    A pause moves all that follows, so a minute costs the customer's orders of that many days. Who comes often
    comes in busy hours, where orders take two minutes longer.
    """
    random = np.random.default_rng(seed)
    rate = random.gamma(2.0, 0.06, n)
    rows = []
    for customer in range(n):
        usual = 2 if rate[customer] > 0.12 else 14
        at = random.exponential(1 / rate[customer])
        while at < n_days:
            slot = int(np.clip(usual + random.integers(-2, 3), 0, _SLOTS - 1))
            minutes = 2.0 + 2.0 * (slot < 6) + random.gamma(2.0, 0.8)
            rows.append((customer, int(at), slot, minutes))
            at += pause * minutes + random.exponential(1 / rate[customer])
    customer, day, slot, minutes = (np.array(each) for each in zip(*rows, strict=True))
    opened = (
        FIRST.value // 10**9 + day * _DAY + (slot + 2 * _OPENS) * 1800 + random.integers(0, 1800, len(day))
    )
    seconds = np.rint(60 * minutes).astype(np.int64)
    store = customer % 2
    frame = pd.DataFrame({
        "store_id": pd.Categorical([str(k) for k in store]),
        "store": pd.Categorical([f"store {k}" for k in store]),
        "is_trading": True, "date": FIRST + pd.to_timedelta(day, unit="D"), "slot": slot + 2 * _OPENS,
        "units": 1, "customer": customer, "opened": opened, "accepted": opened, "done": opened + seconds,
        "seconds": seconds.astype(float), "queue": 0, "wait": seconds, "people": np.nan,
    })  # fmt: skip
    own_rate = np.bincount(customer, minlength=n)[customer] / n_days
    return _finish(frame), float(100 * pause * own_rate.mean())


def _finish(frame: pd.DataFrame) -> pd.DataFrame:
    frame["weekday"] = frame["date"].dt.day_of_week
    frame["kind"] = np.where(frame["weekday"] < 5, "weekday", "weekend")
    return count_loads(frame.sort_values(["opened", "store_id"], ignore_index=True), 1800)
