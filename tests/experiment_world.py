"""Customers drawn into branches of experiments, day by day, with planted effects; no estate behind them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from lucky_analytics.models.experiment_outcomes import DAYS, SUMS

AS_OF = dt.date(2026, 2, 13)
START = pd.Timestamp("2025-10-01")
BASE = 0.35


def simulate(
    seed: int,
    effects: tuple[float, ...] = (0.0,) * 7,
    *,
    per_day: int = 120,
    n_days: int = 40,
    share: dict[int, float] | None = None,
    cost: float = 0.0,
    early: dict[int, float] | None = None,
    as_of: dt.date = AS_OF,
) -> pd.DataFrame:
    """Days as ``sum_days`` gives them, of as many experiments as there are ``effects`` (share of customers
    who order again because of the treatment), all planned at even halves. ``share``: another share of the
    treatment by place; ``early``: what the first quarter of days has on top, taken from the rest; ``cost``:
    dollars that the treatment takes of a customer. One who orders again leaves about 8 dollars."""
    chance = np.random.default_rng(seed)
    parts = []
    for place, effect in enumerate(effects):
        n = chance.poisson(per_day, n_days)
        day = np.repeat(np.arange(n_days), n)
        treated = chance.random(len(day)) < (share or {}).get(place, 0.5)
        more = (early or {}).get(place, 0.0) * np.where(day < n_days / 4, 1.0, -1 / 3)
        again = (chance.random(len(day)) < BASE + (effect + more) * treated).astype(float)
        past = chance.gamma(4.0, 0.7, len(day))
        margin = again * chance.gamma(2.0, 3.0, len(day)) + 0.3 * again * past - cost * treated
        frame = pd.DataFrame(
            {"day": day, "is_control": ~treated, "again": again, "margin": margin, "past": past}
        )
        frame = frame.assign(
            n=1.0, n_over=1.0, again_past=again * past, margin_square=margin**2, past_square=past**2,
            margin_past=margin * past,
        )  # fmt: skip
        sums = frame.groupby(["day", "is_control"], as_index=False)[SUMS].sum()
        parts.append(
            sums.assign(experiment_id=f"E{place + 1}", experiment=f"Experiment {'ABCDEFGHIJ'[place]}")
        )
    days = pd.concat(parts, ignore_index=True)
    days = days.assign(
        metric="repeat", planned=0.5, start=START, end=START + pd.Timedelta(days=n_days),
        date=START + pd.to_timedelta(days["day"], unit="D"),
    )  # fmt: skip
    return cut(days.drop(columns="day"), as_of)


def cut(days: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """What ``sum_days`` gives on an earlier day."""
    own = days[days["date"] <= pd.Timestamp(as_of)].reset_index(drop=True)
    young = own["date"] > pd.Timestamp(as_of) - pd.Timedelta(days=DAYS - 1)
    own.loc[young, [name for name in SUMS if name != "n"]] = 0.0
    return own
