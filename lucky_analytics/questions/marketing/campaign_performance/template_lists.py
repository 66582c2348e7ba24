"""Every template that was set up, with all that is known of it, and what each campaign took off and left."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.questions.marketing.campaign_performance.kept_coupons import WEEKLY
from lucky_analytics.questions.marketing.campaign_performance.redeemed import Redeemed, sum_orders

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["acquire", "list_campaigns", "list_templates"]

DRAWN, NEVER = "drawn at random for some", "never left to chance"


def list_templates(
    suite: Suite, given: pd.DataFrame, redeemed: Redeemed, rates: pd.DataFrame
) -> pd.DataFrame:
    """One row a template, those whose depth was drawn for some customers first, then by the margin that its
    orders left: ``rank`` within these two, ``chance``; ``campaign``, ``template_name``, ``template_id``,
    ``category``, ``depth``, ``valid_days``, ``status``; ``n_live`` (coupons in the live table), ``n_shown``
    (by the weekly program); of ``sum_orders`` what is there; ``use_soon`` with ends; ``known``: in words,
    whether redemption is."""
    kinds = suite.coupon_templates.execute()
    shown = suite.coupon_exposures
    counts = shown.group_by("template_id").agg(
        n_shown=shown.count(), n_drawn=(shown.assignment == "random").sum()
    )
    live = given.groupby("template_id")["n_given"].sum().rename("n_live").reset_index()
    table = kinds.merge(counts.execute(), "left", "template_id").merge(live, "left", "template_id")
    table = table.merge(sum_orders(redeemed.used, ["template_id"]), "left", "template_id")
    table = table.merge(rates, "left", "template_id")
    counted = ["n_shown", "n_drawn", "n_live", "n_redeemed"]
    table = table.fillna({**dict.fromkeys(counted, 0), "category": "any"}).astype(dict.fromkeys(counted, int))
    table["chance"] = np.where(table["n_drawn"] > 0, DRAWN, NEVER)
    table["known"] = np.select(
        [
            table["n_seen"].fillna(0) > 0,
            (table["campaign"] == WEEKLY) & (table["depth"] == 0),
            (table["n_live"] == 0) & (table["n_shown"] == 0),
        ],
        ["known", "nothing off to use", "not in the live table"],
        "not known: moved to the archive",
    )
    by = ["chance", "margin", "template_id"]
    table = table.sort_values(by, ascending=[True, False, True], na_position="last", ignore_index=True)
    return table.assign(rank=table.groupby("chance").cumcount() + 1)


def list_campaigns(templates: pd.DataFrame, redeemed: Redeemed, uses: pd.DataFrame) -> pd.DataFrame:
    """One row a campaign, by what it took off: ``n_templates``, ``n_used_templates``, ``n_live``, those of
    ``sum_orders`` and ``estimate_campaigns``, ``chance``."""
    kinds = templates.groupby("campaign", as_index=False).agg(
        n_templates=("template_id", "size"),
        n_used_templates=("n_redeemed", lambda own: int((own > 0).sum())),
        n_given=("n_live", "sum"),
        n_drawn=("n_drawn", "sum"),
    )
    table = kinds.merge(sum_orders(redeemed.used, ["campaign"]), "outer", "campaign")
    table = table.merge(uses, "left", "campaign")
    table["chance"] = np.where(table["n_drawn"] > 0, "its depth", "nothing")
    return table.sort_values("discount", ascending=False, na_position="last", ignore_index=True)


def acquire(redeemed: Redeemed, start: dt.date) -> pd.DataFrame:
    """First orders from ``start`` on that used a coupon, by campaign and in all: ``campaign``, ``n_new``,
    ``discount`` and ``each`` (USD a new customer). Some of them might have come without it."""
    used = redeemed.used
    first = used[used["is_first"] & (used["used_date"] >= pd.Timestamp(start))]
    sums = first.groupby("campaign")["discount"].agg(["size", "sum"]).sort_index()
    sums.loc["all"] = sums.sum()
    sums = sums.rename(columns={"size": "n_new", "sum": "discount"}).astype({"n_new": int})
    return sums.assign(each=sums["discount"] / sums["n_new"].where(sums["n_new"] > 0)).reset_index()
