"""What the page on security shows: rules, the blacklist, unusual days, checks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.questions.platform.security_posture.odd_days import OddDays
from lucky_analytics.questions.platform.security_posture.rule_counts import RuleCounts

__all__ = ["check_counts", "draw_days", "draw_rules", "show_alarms", "show_rules"]

_DRAWN = 3


def draw_rules(counted: RuleCounts) -> pd.DataFrame:
    """``rule_name``, ``who`` (delivery accounts or everyone else), ``hits``, of rules with a passed limit."""
    rows = counted.rules[counted.rules["hits"] > 0]
    parts = [
        pd.DataFrame({"rule_name": rows["rule_name"], "who": who, "hits": rows[name].astype(float)})
        for who, name in (("delivery accounts", "platform_hits"), ("everyone else", "people_hits"))
    ]
    return pd.concat(parts, ignore_index=True)


def draw_days(odd: OddDays, days_shown: int) -> pd.DataFrame:
    """The last ``days_shown`` of the series with alarms, or of those that come most often; at most three."""
    if odd.days.empty:
        return odd.days
    named = odd.alarms["name"].drop_duplicates().tolist()
    often = odd.days.groupby("name")["y"].sum().sort_values(ascending=False, kind="stable").index.tolist()
    names = [*named, *(name for name in often if name not in named)][:_DRAWN]
    since = odd.days["ds"].max() - pd.Timedelta(days=days_shown)
    rows = odd.days[odd.days["name"].isin(names) & (odd.days["ds"] > since)]
    place = rows["name"].map({name: k for k, name in enumerate(names)})
    return rows.assign(place=place).sort_values(["place", "ds"], ignore_index=True).drop(columns="place")


def show_rules(counted: RuleCounts) -> pd.DataFrame:
    """The rules with the share of each that is delivery accounts'."""
    hits = counted.rules["hits"].astype(float)
    share = np.where(hits > 0, counted.rules["platform_hits"] / hits.where(hits > 0, 1.0), np.nan)
    return counted.rules.assign(platform_share=share, scene=counted.rules["scene"].fillna("not described"))


def show_alarms(odd: OddDays) -> pd.DataFrame:
    """Unusual days, the newest first, with how many times the usual came."""
    times = odd.alarms["y"].astype(float) / odd.alarms["expected"].astype(float).clip(lower=1e-9)
    return odd.alarms.assign(times=times)


def check_counts(counted: RuleCounts, odd: OddDays) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``."""
    described = int((counted.rules["rule_name"] != "a rule that is not described").sum())
    more = int((counted.rules["hits"] > counted.rules["records"]).sum())
    n_days = int(counted.days["day"].nunique())
    facts = [
        ("every rule that counts is described", described == len(counted.rules),
         f"{described:,} of {len(counted.rules):,}"),
        ("no rule passes its limit more often than it counts", more == 0, f"{more:,} rules do"),
        ("eight weeks of days come before those judged", n_days >= 56 + odd.n_judged, f"{n_days:,} days"),
    ]  # fmt: skip
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])
