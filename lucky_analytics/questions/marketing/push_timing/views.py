"""The frames that the page draws and lists."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.questions.marketing.push_timing.opens import Opens
from lucky_analytics.questions.marketing.push_timing.orders_after import After
from lucky_analytics.questions.marketing.push_timing.push_test import GROUPS, TestPlan
from lucky_analytics.questions.marketing.push_timing.reach import Reach
from lucky_analytics.questions.marketing.push_timing.send_log import PushLog

__all__ = ["check_log", "list_groups", "list_hours", "list_ratios"]


def check_log(log: PushLog, opens: Opens, after: After) -> pd.DataFrame:
    """``name``, ``passed``, ``detail`` of what the page relies on."""
    sends = log.sends
    odd = int((sends["was_opened"] & ~sends["is_delivered"]).sum())
    found = [
        ("Every notification went to somebody who is registered", log.n_unknown == 0,
         f"{log.n_unknown:,} went to others, and are left out"),
        ("Nothing was opened that failed", odd == 0, f"{odd:,} were"),
        ("How many come after a send does not go with its opening", not opens.is_followed,
         "what comes after cannot change it; where it goes with it, frequency is not read"),
        ("Orders are as frequent before a notification as at other hours", not after.is_timed,
         "before a send nothing can be its doing; a difference there says that sends are timed by orders"),
    ]  # fmt: skip
    return pd.DataFrame(found, columns=["name", "passed", "detail"])


def list_hours(log: PushLog, opens: Opens, after: After) -> pd.DataFrame:
    """By hour of sending: ``hour`` (words), ``sent``, ``failed`` (share), ``share`` opened as they are,
    ``value`` (points against the mean of all hours, the same customer) with ends, ``ratio`` of orders with
    ends."""
    sent = log.sends.groupby("hour").agg(sent=("at", "size"), reached=("is_delivered", "mean"))
    own = opens.table[opens.table["group"] == "hour"]
    opened = own.assign(hour=own["label"].str.extract(r"(\d+)")[0].astype(float))
    ratio = after.by_hour.rename(columns={"value": "ratio", "low": "ratio_low", "high": "ratio_high"})
    table = ratio[["hour", "ratio", "ratio_low", "ratio_high"]].merge(
        opened[["hour", "share", "value", "low", "high"]], on="hour", how="left"
    )
    table = table.merge(sent.reset_index(), on="hour", how="left")
    return table.assign(failed=1 - table["reached"], hour=[f"{int(hour)}:00" for hour in table["hour"]])


def list_ratios(after: After) -> pd.DataFrame:
    """Orders in hours after and before sends: ``label``, ``group`` (in words), ``value``, ``low``,
    ``high``."""
    kinds = {"failed": "where nothing can act", "before": "where nothing can act"}
    table = after.table.assign(group=after.table["kind"].map(kinds).fillna("after one that was delivered"))
    hours = after.by_hour.assign(group="by hour of sending", label="sent " + after.by_hour["label"])
    rows = pd.concat([table, hours], ignore_index=True)
    return rows[["label", "group", "value", "low", "high", "n", "n_sends"]]


def list_groups(plan: TestPlan, reach: Reach) -> pd.DataFrame:
    """Who would get what in the test: ``group``, ``gets``, ``n`` customers."""
    n = reach.n_reachable
    sizes = [(n + len(GROUPS) - 1 - place) // len(GROUPS) for place in range(len(GROUPS))]
    return pd.DataFrame(
        {"group": list(GROUPS), "gets": list(GROUPS.values()), "n": sizes, "weeks": plan.weeks}
    )
