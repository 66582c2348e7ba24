"""A campaign's newest week beside the four before, and which of its days were unlike those before."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from lucky_analytics import metrics
from lucky_analytics.methods.baselines.day_baseline import FEWEST, expect_days
from lucky_analytics.methods.inference.false_alarms import flag_alarms
from lucky_analytics.models.calendar import find_special_days
from lucky_analytics.questions.marketing.campaign_performance.kept_coupons import WEEKLY, Kept

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "KINDS",
    "count_gifts",
    "count_odd",
    "follow_days",
    "judge_days",
    "mark_tested",
    "score_week",
    "sum_paid",
]

# What is watched of each campaign each day, and what kind of number it is.
KINDS = {"n_redeemed": "count", "discount": "plain", "margin": "plain"}
_RAREST = 1.0  # uses a day, below which a campaign's days tell nothing of what is usual
_BEFORE = 4  # weeks that the newest is held against


def count_gifts(suite: Suite, given: pd.DataFrame, kept: Kept) -> pd.DataFrame:
    """Coupons given by ``campaign`` and ``ds``, of days of which all are known: ``n_given``.

    ``given``: ``count_given``. Of the weekly program those shown with something off, on their Monday.
    """
    parts = []
    if kept.given_from is not None:
        own = given[(given["campaign"] != WEEKLY) & (given["received_date"] >= pd.Timestamp(kept.given_from))]
        sums = own.groupby(["campaign", "received_date"])["n_given"].sum().reset_index()
        parts.append(sums.rename(columns={"received_date": "ds"}))
    shown = suite.coupon_exposures.filter(lambda row: row.depth > 0)
    weekly = shown.group_by(ds=shown.week_date.cast("timestamp")).agg(n_given=ibis._.count())
    parts.append(weekly.order_by("ds").execute().assign(campaign=WEEKLY))
    return pd.concat(parts, ignore_index=True)[["campaign", "ds", "n_given"]]


def follow_days(used: pd.DataFrame, start: dt.date, as_of: dt.date) -> pd.DataFrame:
    """Uses by ``campaign`` and day ``ds`` from ``start`` to ``as_of``, 0 on days without one: ``n_redeemed``,
    dollars ``discount``, ``margin``. ``used``: ``Redeemed.used``."""
    days = pd.date_range(start, as_of)
    sums = used.groupby(["campaign", "used_date"]).agg(
        n_redeemed=("discount", "size"), discount=("discount", "sum"), margin=("margin", "sum")
    )
    every = pd.MultiIndex.from_product([sorted(used["campaign"].unique()), days], names=["campaign", "ds"])
    return sums.rename_axis(["campaign", "ds"]).reindex(every, fill_value=0).reset_index()


def judge_days(days: pd.DataFrame, weeks_apart: float) -> pd.DataFrame:
    """Each number of ``KINDS`` on each of the last seven days, beside what the days before led to expect.

    ``campaign``, ``measure``, ``ds``, ``y``, ``expected``, ``low``, ``high`` (95 %; null before 28 days),
    ``is_alarm``: one control over all campaigns and numbers, so that days with a false alarm are
    ``weeks_apart`` weeks apart. Campaigns with less than a use a day are left out.
    """
    columns = ["campaign", "measure", "ds", "y", "expected", "low", "high", "p_value", "is_alarm"]
    if len(days):
        usual = days.groupby("campaign")["n_redeemed"].mean()
        days = days[days["campaign"].isin(usual.index[usual >= _RAREST])]
    if days.empty or days["ds"].nunique() <= FEWEST:
        return pd.DataFrame(columns=columns).astype({"is_alarm": bool})
    special = find_special_days(days["ds"].min().date(), days["ds"].max().date())
    parts = []
    for measure, kind in KINDS.items():
        rows = days.rename(columns={"campaign": "unique_id", measure: "y"})[["unique_id", "ds", "y"]]
        rows = rows.assign(is_special=rows["ds"].dt.date.isin(special))
        parts.append(expect_days(rows, kind).assign(measure=measure))
    found = pd.concat(parts, ignore_index=True).rename(columns={"unique_id": "campaign"})
    last = found[found["ds"] > found["ds"].max() - pd.Timedelta(days=7)]
    return flag_alarms(last, weeks_apart)[columns].reset_index(drop=True)


def count_odd(judged: pd.DataFrame) -> int | None:
    """Alarms in ``judge_days``; null where no number could be judged."""
    return int(judged["is_alarm"].sum()) if judged["p_value"].notna().any() else None


def score_week(days: pd.DataFrame, gifts: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """One row a campaign: ``n_given``, ``n_redeemed``, ``discount``, ``margin`` in the last seven days, each
    with ``_before``: the mean of the four weeks before (null where not all of their days are known);
    ``odd_days``: of the seven, those with an alarm (null where nothing can be judged).

    ``days``: ``follow_days``; ``gifts``: ``count_gifts``; ``judged``: ``judge_days``.
    """
    if days.empty:
        return pd.DataFrame()
    end = days["ds"].max()
    rows = []
    for campaign in sorted(days["campaign"].unique()):
        own, given = days[days["campaign"] == campaign], gifts[gifts["campaign"] == campaign]
        row = {"campaign": campaign}
        for name, frame in {"n_given": given, **dict.fromkeys(KINDS, own)}.items():
            row |= _compare(frame, name, end)
        alarms = judged[judged["campaign"] == campaign]
        known = alarms["p_value"].notna().any() if len(alarms) else False
        odd = alarms.loc[alarms["is_alarm"], "ds"].nunique() if known else None
        rows.append(row | {"odd_days": odd})
    return pd.DataFrame(rows).astype({"odd_days": "Float64"})


def mark_tested(score: pd.DataFrame, campaigns: pd.DataFrame) -> pd.DataFrame:
    """``score_week``'s ``campaign`` and ``discount`` with ``is_tested``: whether discounts of it were ever
    drawn at random; the largest first. ``campaigns``: ``list_campaigns``."""
    if score.empty:
        return pd.DataFrame({"campaign": [], "discount": [], "is_tested": []}).astype({"is_tested": bool})
    tested = set(campaigns.loc[campaigns["n_drawn"] > 0, "campaign"])
    found = score[["campaign", "discount"]].assign(is_tested=score["campaign"].isin(tested))
    return found.sort_values(["discount", "campaign"], ascending=[False, True], ignore_index=True)


def sum_paid(suite: Suite) -> dict[str, float]:
    """``orders`` of the last seven days and the ``revenue`` (cents) of them, all customers' together."""
    start, end = suite.as_of - dt.timedelta(days=6), suite.as_of + dt.timedelta(days=1)
    sums = metrics.aggregate(suite, ["orders", "revenue"], start=start, end=end).execute().iloc[0]
    return {name: float(sums[name]) for name in ("orders", "revenue")}


def _compare(frame: pd.DataFrame, name: str, end: pd.Timestamp) -> dict[str, float]:
    week = (end - frame["ds"]).dt.days // 7
    sums = frame.groupby(week)[name].sum()
    first = frame["ds"].min() if len(frame) else end + pd.Timedelta(days=1)
    is_known = first <= end - pd.Timedelta(days=7 * (_BEFORE + 1) - 1)
    before = float(sums.reindex(range(1, _BEFORE + 1), fill_value=0).mean()) if is_known else float("nan")
    now = float(sums.get(0, 0)) if first <= end - pd.Timedelta(days=6) else float("nan")
    return {name: now, f"{name}_before": before}
