"""What the next quarter of an hour will bring, and how much nearer that is than to say it stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.clustered_mean import estimate_mean
from lucky_analytics.models.server_readings import Readings
from lucky_analytics.questions.platform.database_health.health import Limits
from lucky_analytics.questions.platform.database_health.unusual import Unusual

__all__ = ["NextQuarter", "foretell_quarter"]

_QUARTER = pd.Timedelta(minutes=15)
_FREEDOM = 6.0  # of the tails: heavier than normal, as quarters of a bad hour are
_OF = {"connections": ("connections", "connections_limit"), "memory": ("used_memory", "memory_limit")}
_COLUMNS = ["server", "what", "now", "next", "next_low", "next_high", "chance"]


@dataclass(frozen=True)
class NextQuarter:
    """``rows``: by server with a limit: ``what``, ``now``, ``next`` with ends (shares of the limit) and
    ``chance`` of being above the line of the limits then. ``gain``: by what share the forecasts of the last
    day's quarters were nearer than the value before them, negative where they were further off; null where
    quarters or weeks are lacking. ``inside``: the share of them whose range held."""

    rows: pd.DataFrame
    gain: Estimate
    inside: float | None


def foretell_quarter(found: Readings, odd: Unusual, limits: Limits) -> NextQuarter:
    """The usual value of the hour to come, moved by what part of the last error carries over.

    How much carries over and how far a quarter is off is learnt from the day before the last; the last day
    tests it.
    """
    parts = [_follow(found, odd, what, limits) for what in _OF]
    rows = pd.concat([rows for rows, _ in parts] or [pd.DataFrame(columns=_COLUMNS)], ignore_index=True)
    tested = pd.concat([tested for _, tested in parts])
    if tested.empty:
        return NextQuarter(rows, Estimate(None), None)
    better = (tested["naive"] - tested["off"]).to_numpy(float)
    mean = estimate_mean(
        better, tested["server"].to_numpy(), tested["at"].to_numpy(), level=limits.level
    ).mean
    gain = mean.times(1 / tested["naive"].mean()) if tested["naive"].mean() > 0 else Estimate(None)
    return NextQuarter(rows, gain, float(tested["inside"].mean()))


def _follow(found: Readings, odd: Unusual, what: str, limits: Limits) -> tuple[pd.DataFrame, pd.DataFrame]:
    nothing = pd.DataFrame(columns=_COLUMNS), pd.DataFrame(columns=["server", "at", "naive", "off", "inside"])
    used, limit = _OF[what]
    lately = found.lately[found.lately["said_at"] > found.moment - pd.Timedelta(days=2)]
    wide = lately[lately["metric"] == used].pivot(index="server", columns="said_at", values="value")
    hours = odd.hours[odd.hours["what"] == what]
    if wide.shape[1] < 100 or hours.empty or (np.diff(wide.columns) > _QUARTER).mean() > 0.1:
        return nothing
    usual = hours.pivot(index="server", columns="at", values="expected").reindex(wide.index)
    # A collection at 12:00 closes the hour that began at 11; the next one is in the hour after.
    of_hour = (pd.DatetimeIndex(wide.columns) - pd.Timedelta(microseconds=1)).floor("h")
    y = np.log(wide.to_numpy(float) + 1)
    base = np.log(usual.reindex(columns=of_hour).to_numpy(float) + 1)
    coming = (found.moment + _QUARTER - pd.Timedelta(microseconds=1)).floor("h")
    base_next = np.log(usual.reindex(columns=[coming]).to_numpy(float)[:, 0] + 1)
    off = y - base
    half = y.shape[1] // 2
    carried = _carry(off[:, :half])
    guess = base[:, 1:] + carried * off[:, :-1]
    errors = y[:, 1:] - guess
    with np.errstate(invalid="ignore"):
        unit = np.nanmedian(np.abs(errors[:, : half - 1]), axis=1, keepdims=True) / norm.ppf(0.75)
    unit = np.maximum(unit, 1 / (wide.median(axis=1).to_numpy(float)[:, None] + 1))  # a step of one
    reach = float(student.ppf(0.5 + limits.level / 2, _FREEDOM))
    test = slice(half - 1, None)
    tested = pd.DataFrame({
        "server": np.repeat(wide.index.to_numpy(), errors[:, test].shape[1]),
        "at": np.tile(wide.columns[1:][test].to_numpy(), len(wide)),
        "naive": np.abs(np.diff(y, axis=1)[:, test]).ravel(),
        "off": np.abs(errors[:, test]).ravel(),
        "inside": (np.abs(errors[:, test]) <= reach * unit).ravel(),
    }).dropna()  # fmt: skip
    most = limits.memory_most if what == "memory" else limits.connections_most
    newest = found.newest[found.newest["metric"] == limit].set_index("server")["value"].reindex(wide.index)
    full = newest.where(newest > 0).to_numpy(float)
    middle = base_next + carried * np.nan_to_num(off[:, -1])
    rows = pd.DataFrame({
        "server": wide.index, "what": what, "now": wide.iloc[:, -1].to_numpy(float) / full,
        "next": np.expm1(middle) / full, "next_low": np.expm1(middle - reach * unit[:, 0]) / full,
        "next_high": np.expm1(middle + reach * unit[:, 0]) / full,
        "chance": student.sf((np.log(most * full + 1) - middle) / unit[:, 0], _FREEDOM),
    })  # fmt: skip
    return rows.dropna(subset=["now", "next"]), tested


def _carry(off: np.ndarray) -> float:
    """What part of one quarter's error is there in the next, of all servers together, from 0 to 1."""
    centred = off - np.nanmedian(off, axis=1, keepdims=True)
    both = np.isfinite(centred[:, 1:]) & np.isfinite(centred[:, :-1])
    product = float(np.where(both, centred[:, 1:] * centred[:, :-1], 0.0).sum())
    square = float(np.where(both, centred[:, :-1] ** 2, 0.0).sum())
    return float(np.clip(product / square, 0.0, 1.0)) if square > 0 else 0.0
