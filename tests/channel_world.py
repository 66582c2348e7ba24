"""People who came by channels, over a history in which prices rise and a channel may come late."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from lucky_analytics.models.channel_names import CHANNELS
from lucky_analytics.questions.marketing.acquisition_channels.channel_people import (
    LOYAL_ORDERS,
    SEEN_DAYS,
    People,
)

AS_OF = dt.date(2026, 2, 13)
N_DAYS, N_STORES = 229, 10
START = pd.Timestamp(AS_OF) - pd.Timedelta(days=N_DAYS - 1)
_SHARES = {"origin": (0.84, 0.14, 0.02), "first_channel": (0.83, 0.15, 0.02)}


def simulate(
    n: int, seed: int, *, gain: dict[str, float] | None = None, late: str = "", ordered: float = 0.5
) -> People:
    """``n`` who registered. An order leaves 3.00 dollars at first and 3.50 at the end, more in some stores;
    customers differ in how many they place, most place one. ``late``: the first touch by it comes ever more
    often, that by all others alike. ``gain``: by how much the margin of each order
    of the customers of a channel (of any kind) is larger, dollars. Everything else is alike for all."""
    chance = np.random.default_rng(seed)
    day = chance.integers(0, N_DAYS, n)
    names = {kind: list(CHANNELS[kind]) for kind in CHANNELS}
    who = {
        kind: chance.choice([*names[kind][:2], names[kind][2]], n, p=_SHARES[kind]).astype(object)
        for kind in _SHARES
    }
    weight = np.ones((n, len(names["touch"])))
    if late:
        weight[:, names["touch"].index(late)] = 0.2 + 3.0 * day / N_DAYS
    rank = (weight.cumsum(axis=1) / weight.sum(axis=1, keepdims=True)) < chance.random(n)[:, None]
    touch = np.array(names["touch"], object)[rank.sum(axis=1)]
    touch[chance.random(n) < 0.4] = None
    store = chance.integers(0, N_STORES, n)
    wait = np.where(chance.random(n) < 0.6, 0, chance.exponential(25, n).astype(int))
    first = np.where((chance.random(n) < ordered) & (day + wait < N_DAYS), day + wait, -1)
    rows = pd.DataFrame({"registered": day, "first": first, "store": store, **who, "touch": touch})
    rows = rows.assign(registered_date=START + pd.to_timedelta(rows["registered"], unit="D"))
    extra = np.zeros(n)
    for channel, more in (gain or {}).items():
        extra += more * rows[list(CHANNELS)].eq(channel).any(axis=1).to_numpy()
    return People(_with_orders(rows, extra, chance), AS_OF, True, "SELECT 1")


def _with_orders(rows: pd.DataFrame, extra: np.ndarray, chance: np.random.Generator) -> pd.DataFrame:
    n = len(rows)
    bought = rows["first"].to_numpy() >= 0
    # Rate and number differ from customer to customer: a few place very many.
    more = np.where(chance.random(n) < 0.56, 0, chance.geometric(1 / (1 + chance.gamma(0.5, 6.0, n))))
    more = np.where(bought, more, -1)
    code = np.repeat(np.arange(n), more + 1)
    place = np.arange(len(code)) - np.repeat(np.cumsum(more + 1) - (more + 1), more + 1)
    gap = np.where(place == 0, 0, chance.exponential(14, len(code))).cumsum()
    start = np.flatnonzero(place == 0)
    since = gap - np.repeat(gap[start], (more + 1)[more >= 0])
    day = rows["first"].to_numpy()[code] + since.astype(int)
    inside = day < N_DAYS
    code, place, day, since = code[inside], place[inside], day[inside], since[inside].astype(int)
    level = 3.0 + 0.5 * day / N_DAYS
    margin = level + 0.1 * rows["store"].to_numpy()[code] + chance.normal(0, 1.5, len(code)) + extra[code]
    found = {"n_orders": np.bincount(code, minlength=n), "margin_cents": 100 * _add(margin, code, n)}
    for days in SEEN_DAYS:
        near = since <= days
        found[f"margin_{days}_cents"] = 100 * _add(np.where(near, margin, 0.0), code, n)
        found[f"orders_{days}"] = _add(near.astype(float), code, n)
        found[f"paid_{days}_cents"] = 100 * _add(np.where(near, margin + 1.7, 0.0), code, n)
    dates = {}
    for name, which in {"first_date": 0, "second_date": 1, "loyal_date": LOYAL_ORDERS - 1}.items():
        at = pd.Series(day[place == which], index=code[place == which]).reindex(range(n))
        dates[name] = START + pd.to_timedelta(at, unit="D")
    made = rows.assign(**dates, **found, first_store=rows["store"].astype(str)).drop(
        columns=["registered", "first", "store"]
    )
    blank = [name for name in made if name.endswith("_cents") or name.startswith(("orders_", "n_"))]
    blank += ["first_store", "first_channel"]
    made.loc[~bought, blank] = None
    numbers = [name for name in blank if not name.startswith("first")]
    return made.astype(dict.fromkeys(numbers, float))


def _add(values: np.ndarray, code: np.ndarray, n: int) -> np.ndarray:
    return np.bincount(code, values, n)
