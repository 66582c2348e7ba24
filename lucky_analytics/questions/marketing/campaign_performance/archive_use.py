"""How many coupons of the archive were used: of kinds and weeks whose coupons have all ended."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["ALL", "count_archived", "pick_all"]

ALL = "all campaigns"


def count_archived(suite: Suite, used_from: dt.date) -> pd.DataFrame | None:
    """By campaign, the last row for all: ``n_kinds``, ``n_given``, ``n_used``, ``n_expired``, ``share``
    (used), ``discount`` (USD), ``last_week``. None where the snapshot has no archive, or none of it counts.

    A week counts for a kind of coupon whose last ones had ended before ``used_from``, the first day of which
    the live table has all uses: used ones of later weeks are not archived yet, so that a share of what is
    would be too low. These coupons are all there, so the share is a count and has no interval.
    """
    archive = suite.optional("archived_coupons")
    if archive is None:
        return None
    kinds = suite.coupon_templates.select("template_id", "valid_days")
    rows = archive.inner_join(kinds, "template_id").execute()
    ends = pd.to_datetime(rows["week_date"]) + pd.to_timedelta(rows["valid_days"] + 7, unit="D")
    whole = rows[ends <= pd.Timestamp(used_from)]
    if not whole["n_given"].sum():
        return None
    parts = [*whole.groupby("campaign"), (ALL, whole)]
    table = pd.DataFrame([
        {"campaign": name, "n_kinds": own["template_id"].nunique(), "n_given": own["n_given"].sum(),
         "n_used": own["n_used"].sum(), "n_expired": own["n_expired"].sum(),
         "discount": own["discount_cents"].sum() / 100, "last_week": own["week_date"].max()}
        for name, own in parts
    ])  # fmt: skip
    return table.assign(share=table["n_used"] / table["n_given"])


def pick_all(archived: pd.DataFrame | None) -> tuple[float | None, int]:
    """Used of 1,000 in the archive, and of how many; null and 0 without one."""
    if archived is None:
        return None, 0
    row = archived.iloc[-1]
    return 1_000 * float(row["share"]), int(row["n_given"])
