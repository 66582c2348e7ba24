"""The mean production time of the seven days to come, to which the page is held."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from scipy.stats import t

from lucky_analytics.models.measure import Measure, Promise

__all__ = ["measure_weeks", "predict_week", "show_weeks"]

_BEFORE = 4
_FEWEST = 6


def measure_weeks(rows: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Whole windows of seven days, the last ends with ``as_of``: ``ds`` (first day), ``y`` (mean seconds of
    all tickets), ``trimmed`` (of those not over), ``n``."""
    back = ((pd.Timestamp(as_of) - rows["date"]).dt.days // 7).to_numpy()
    is_whole = back < ((pd.Timestamp(as_of) - rows["date"].min()).days + 1) // 7 if len(rows) else back < 0
    own = rows[is_whole].assign(back=back[is_whole])
    own["kept"] = own["seconds"].where(~own["is_over"])
    weeks = own.groupby("back").agg(y=("seconds", "mean"), trimmed=("kept", "mean"), n=("seconds", "size"))
    ds = pd.Timestamp(as_of) - pd.to_timedelta(7 * weeks.index.to_numpy() + 6, unit="D")
    return weeks.assign(ds=ds).sort_values("ds").reset_index(drop=True)


def predict_week(weeks: pd.DataFrame, as_of: dt.date, level: float, n_errors: int = 12) -> Promise | None:
    """The mean of the last four windows, moved and widened by what that rule missed the last ``n_errors``
    ones by (Student's prediction interval on logs). Null with fewer than six such misses."""
    log = np.log(weeks["y"].to_numpy(float))
    errors = np.array([log[k] - log[k - _BEFORE : k].mean() for k in range(_BEFORE, len(log))])[-n_errors:]
    if len(errors) < _FEWEST:
        return None
    centre = log[-_BEFORE:].mean() + errors.mean()
    half = t.ppf(0.5 + level / 2, len(errors) - 1) * errors.std(ddof=1) * np.sqrt(1 + 1 / len(errors))
    value, low, high = (float(np.exp(centre + shift)) for shift in (0.0, -half, half))
    start, due = as_of + dt.timedelta(days=1), as_of + dt.timedelta(days=7)
    measure = Measure("production_seconds", start=start, until=due)
    return Promise(
        "making_next_week", value, low, high, level, due, measure, "Mean production time, next seven days"
    )


def show_weeks(weeks: pd.DataFrame) -> pd.DataFrame:
    """``measure_weeks`` in minutes: ``ds``, ``n``, ``minutes``, ``trimmed_minutes``."""
    return weeks[["ds", "n"]].assign(minutes=weeks["y"] / 60, trimmed_minutes=weeks["trimmed"] / 60)
