"""People who are touched by channels and who order, with what each channel adds known; as a file, too."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from lucky_analytics.questions.marketing.channel_attribution.touch_file import DAY, Touches

N_DAYS = 150
START = int(pd.Timestamp("2025-09-17").timestamp())
END = START + N_DAYS * DAY
# Touches of a person a day.
RATES = {"social": 0.02, "mail": 0.05, "video": 0.008}
DELAY = 0.2  # days between a touch and the order that it causes, on average


def simulate(
    n: int,
    seed: int,
    *,
    adds: Mapping[str, float] | None = None,
    trap: str = "",
    held_out: Mapping[str, float] | None = None,
    cost: float | None = 0.05,
    order_rate: float = 0.01,
    margin: float = 3.0,
    rates: Mapping[str, float] = RATES,
) -> Touches:
    """``n`` people with touches of ``rates``. Orders come by themselves, at rates that differ from person to
    person (``order_rate`` a day on average); a touch of a channel of ``adds`` causes one with that chance,
    soon after. ``trap``: a channel that touches four of five who are about to order by themselves, few
    others, and adds nothing. ``held_out``: of people, the share from whom a channel is withheld; its chances
    to touch are rows all the same."""
    chance = np.random.default_rng(seed)
    own = order_rate * chance.gamma(0.7, 1 / 0.7, n)
    count = chance.poisson(own * N_DAYS)
    who = [np.repeat(np.arange(n), count)]
    at = [chance.uniform(0, N_DAYS, count.sum())]
    touched = []
    for channel, rate in rates.items():
        number = chance.poisson(rate * N_DAYS, n)
        touched.append((channel, np.repeat(np.arange(n), number), chance.uniform(0, N_DAYS, number.sum())))
    if trap:
        is_met, others = chance.random(len(at[0])) < 0.8, chance.random(n) < 0.2
        person = np.r_[who[0][is_met], np.flatnonzero(others)]
        met_at = at[0][is_met] - chance.uniform(0.01, 0.1, is_met.sum())
        touched.append((trap, person, np.r_[met_at, chance.uniform(0, N_DAYS, others.sum())]))
    rows = []
    for channel, person, day in touched:
        share = (held_out or {}).get(channel)
        is_out = chance.random(n) < share if share is not None else np.zeros(n, bool)
        withheld = is_out[person]
        causes = (chance.random(len(person)) < (adds or {}).get(channel, 0.0)) & ~withheld
        who.append(person[causes])
        at.append(day[causes] + chance.exponential(DELAY, causes.sum()))
        flag = np.where(withheld, 1.0, 0.0) if share is not None else np.full(len(person), np.nan)
        rows.append(pd.DataFrame({"person": person, "day": day, "channel": channel, "held_out": flag}))
    frame = pd.concat(rows)
    frame = frame[frame["day"] >= 0].assign(campaign="", cost=np.nan if cost is None else cost)
    frame["at"] = START + (frame["day"] * DAY).astype(int)
    order = pd.DataFrame({"person": np.concatenate(who), "day": np.concatenate(at), "margin": margin})
    order = order[order["day"] < N_DAYS].assign(at=START + (order["day"] * DAY).astype(int))
    order = order.sort_values(["person", "at"], ignore_index=True)[["person", "at", "margin"]]
    frame = frame.sort_values(["person", "at", "channel"], ignore_index=True)
    every = order.sort_values("at").assign(is_first=lambda all_of: ~all_of["person"].duplicated())
    columns = ["person", "at", "channel", "campaign", "cost", "held_out"]
    ours = np.ones(n, bool)
    return Touches(frame[columns], order, every[["at", "is_first"]], END, ours, False, 0, 0, 0, "SELECT 1")


def planted_orders(channel: str, adds: float, days: int, rates: Mapping[str, float] = RATES) -> float:
    """Orders that a person's touches cause within ``days`` of the first one of ``channel``, that one
    included, far from the end."""
    rest = days - DELAY * (1 - np.exp(-days / DELAY))
    return float(adds * (1 - np.exp(-days / DELAY) + rates[channel] * rest))


def write_file(touches: Touches, numbers: pd.Series, path: Path) -> Path:
    """The touches as a file, each person under one of ``numbers``."""
    rows = touches.rows
    words = rows["held_out"].map({1.0: "yes", 0.0: "no"}).fillna("")
    at = pd.to_datetime(rows["at"], unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    made = pd.DataFrame(
        {
            "customer": numbers.to_numpy()[rows["person"]], "touched_at": at, "channel": rows["channel"],
            "campaign": rows["campaign"], "cost": rows["cost"], "held_out": words,
        }
    )  # fmt: skip
    made.to_csv(path, index=False)
    return path
