"""Days on which refused logins or passed limits are far above the usual, under one rate of false alarms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.methods.baselines.day_baseline import expect_days
from lucky_analytics.methods.inference.false_alarms import flag_alarms
from lucky_analytics.questions.platform.security_posture.rule_counts import RuleCounts

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["OddDays", "find_odd_days", "read_logins"]

_LEVEL = 0.95
_COLUMNS = ["name", "ds", "y", "expected", "low", "high", "p_value", "is_alarm"]


@dataclass(frozen=True)
class OddDays:
    """``days``: a row a series and day: ``name``, ``ds``, ``y``, ``expected``, ``low``, ``high`` (of
    95 in 100 days), ``is_alarm`` (judged days only). ``alarms``: those of them that are above the usual.
    ``n_series`` judged, ``n_judged`` days. ``refused_share``: of all logins of the judged days; null without
    logins.
    """

    days: pd.DataFrame
    alarms: pd.DataFrame
    n_series: int
    n_judged: int
    refused_share: float | None
    n_logins: int


def read_logins(suite: Suite) -> pd.DataFrame | None:
    """``client``, ``day``, ``attempts``, ``refused``; None where the table is not in the snapshot."""
    login = suite.optional("logins")
    if login is None:
        return None
    by_day = login.group_by("client", "login_date").agg(
        attempts=login.n_attempts.sum(), refused=login.n_refused.sum()
    )
    rows = by_day.order_by("client", "login_date").execute().rename(columns={"login_date": "day"})
    return rows.assign(day=pd.to_datetime(rows["day"]))


def find_odd_days(
    counted: RuleCounts, logins: pd.DataFrame | None, days_judged: int, weeks_apart: float
) -> OddDays:
    """Refused logins by client, as a share of those tried, and limits passed by people, by rule, as a share
    of what the rule counted: each day against the days before it. Of more than usual alone is told."""
    names = counted.rules.set_index("rule_id")["rule_name"]
    hits = pd.DataFrame({
        "unique_id": counted.days["rule_id"].map(names), "ds": counted.days["day"],
        "y": counted.days["people_hits"].astype(float), "exposure": counted.days["records"].astype(float),
    })  # fmt: skip
    hits = hits.groupby(["unique_id", "ds"], as_index=False).sum()
    parts = [hits[hits.groupby("unique_id")["y"].transform("sum") > 0]]
    share, n_logins = None, 0
    if logins is not None and len(logins):
        parts.append(pd.DataFrame({
            "unique_id": "Refused logins, " + logins["client"], "ds": logins["day"],
            "y": logins["refused"].astype(float), "exposure": logins["attempts"].astype(float),
        }))  # fmt: skip
        last = logins[logins["day"] > logins["day"].max() - pd.Timedelta(days=days_judged)]
        n_logins = int(last["attempts"].sum())
        share = float(last["refused"].sum()) / n_logins if n_logins else None
    series = pd.concat(parts, ignore_index=True)
    if series.empty:
        empty = pd.DataFrame(columns=_COLUMNS)
        return OddDays(empty, empty, 0, 0, share, n_logins)
    days = expect_days(series, "count", level=_LEVEL).rename(columns={"unique_id": "name"})
    judged = days["ds"] > days["ds"].max() - pd.Timedelta(days=days_judged)
    flagged = flag_alarms(days[judged], weeks_apart)
    is_alarm = flagged["is_alarm"] & (flagged["y"] > flagged["expected"])
    days = days.assign(is_alarm=is_alarm.reindex(days.index, fill_value=False))[_COLUMNS]
    tested = flagged["p_value"].notna()
    alarms = days[days["is_alarm"]].sort_values(["ds", "name"], ascending=[False, True], ignore_index=True)
    n_series = int(flagged.loc[tested, "name"].nunique())
    return OddDays(days, alarms, n_series, int(flagged.loc[tested, "ds"].nunique()), share, n_logins)
