"""Each number of each store and day beside what its own days before led to expect, and its light."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.methods.baselines.day_baseline import expect_days
from lucky_analytics.methods.inference.false_alarms import flag_alarms
from lucky_analytics.models.calendar import find_special_days
from lucky_analytics.questions.operations.store_performance.kpis import KPIS, find_kpi

__all__ = ["GREEN", "GREY", "LEVEL", "RED", "YELLOW", "judge_days", "light_of"]

RED, YELLOW, GREEN, GREY = "red", "yellow", "green", "grey"
LEVEL = 0.95  # of the range beyond which a number is yellow: on its bad side 1 tile in 40 by chance


def judge_days(days: pd.DataFrame, weeks_apart: float) -> pd.DataFrame:
    """One row for each store, day and number of ``KPIS`` that can be counted, judged by ``expect_days``.

    ``store_id``, ``ds``, ``kpi``, ``y``, ``per`` (1 without), ``value`` (as readers see it), ``expected``,
    ``low``, ``high`` (alike, null before 28 days), ``z``, ``p_value``, ``is_alarm`` (one control over all
    numbers and stores of a day, ``flag_alarms``), ``side`` ("better", "worse" or empty), ``light``.
    """
    if days.empty:
        raise ValueError("no day to judge")
    special = pd.to_datetime(list(find_special_days(days["ds"].min().date(), days["ds"].max().date())))
    parts = [part for kpi in KPIS if (part := _judge(days, kpi.name, special)) is not None]
    found = flag_alarms(pd.concat(parts, ignore_index=True), weeks_apart)
    found["light"] = light_of(found)
    return found


def light_of(judged: pd.DataFrame) -> np.ndarray:
    """Red: an alarm on the bad side. Yellow: on the bad side of its range. Grey: nothing to judge by."""
    is_bad = judged["side"] == "worse"
    is_out = judged["p_value"] <= 1 - LEVEL
    return np.select(
        [judged["p_value"].isna(), is_bad & judged["is_alarm"], is_bad & is_out], [GREY, RED, YELLOW], GREEN
    )


def _judge(days: pd.DataFrame, name: str, special: pd.DatetimeIndex) -> pd.DataFrame | None:
    kpi = find_kpi(name)
    y = days[kpi.y].where(days[kpi.per] > 0) if kpi.per else days[kpi.y]
    if y.notna().sum() == 0:
        return None
    given = pd.DataFrame({"unique_id": days["store_id"], "ds": days["ds"], "y": y})
    if kpi.per:
        given["exposure"] = days[kpi.per]
    given["is_special"] = given["ds"].isin(special)
    found = expect_days(given, kpi.kind, level=LEVEL).rename(columns={"unique_id": "store_id"})
    per = days[["store_id", "ds"]].assign(per=days[kpi.per] if kpi.per else 1.0)
    found = found.merge(per, on=["store_id", "ds"])  # days on which the store was closed fall away
    shown = {key: kpi.shown(found[key], found["per"]) for key in ("expected", "low", "high")}
    if kpi.is_complement:
        shown["low"], shown["high"] = shown["high"], shown["low"]
    above = np.sign(found["z"]) if kpi.good == "up" else -np.sign(found["z"])
    return found.assign(
        kpi=name,
        value=kpi.shown(found["y"], found["per"]),
        side=np.select([above > 0, above < 0], ["better", "worse"], ""),
        **shown,
    )
