"""Which coupons the live table still holds whole: since when, and so whose redemption can be known.

Coupons that ran out are moved to an archive that nobody reads here. A share of coupons used is right only
where the unused ones are still there: those given since the table last held unused ones of every day, and of
kinds that are valid longer than that. The weekly program's unused coupons are never in the table; what it
showed is.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.catalog.local_time import home_date

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["SOON_DAYS", "WEEKLY", "Kept", "count_given", "find_kept", "load_ages", "load_coupons"]

WEEKLY = "weekly program"
SOON_DAYS = 7  # calendar days, that of the gift included, for which every kind of coupon is valid
_COLUMNS = ["campaign", "template_id", "is_seen", "duration", "n_event", "n_censored", "alike"]


class Kept(NamedTuple):
    """``given_from``: first date of which all coupons given are in the table, used or not; ``used_from``:
    first date of which all uses are. Null where there is none."""

    given_from: dt.date | None
    used_from: dt.date | None


def load_coupons(suite: Suite) -> ir.Table:
    """Coupons of the live table as they stood on ``as_of``: ``campaign``, ``template_id``, ``customer_id``,
    ``order_id``, ``received_date``, ``used_date`` (home market; null unless used by then), ``is_used``,
    ``is_expired``, ``discount_cents``. Kept in the engine."""
    coupon = suite.coupons
    coupon = coupon.mutate(used=home_date(coupon.used_at))
    is_used = ((coupon.status == "used") & (coupon.used <= suite.as_of)).fill_null(False)
    return coupon.select(
        *("campaign", "template_id", "customer_id", "order_id", "received_date", "discount_cents"),
        used_date=ibis.ifelse(is_used, coupon.used, ibis.null("date")),
        is_used=is_used,
        is_expired=coupon.status == "expired",
    ).cache()


def count_given(coupon: ir.Table) -> pd.DataFrame:
    """Coupons in the live table by ``campaign``, ``template_id`` and ``received_date``: ``n_given``,
    ``n_used`` and ``n_unused`` by as_of, ``n_expired``, ``expired_cents``: what expired ones took off."""
    counts = coupon.group_by("campaign", "template_id", "received_date").agg(
        n_given=coupon.count(),
        n_used=coupon.is_used.sum(),
        n_unused=(~coupon.is_used & ~coupon.is_expired).sum(),
        n_expired=coupon.is_expired.sum(),
        expired_cents=coupon.discount_cents.sum(where=coupon.is_expired).fill_null(0),
        first_use=coupon.used_date.min(),
    )
    frame = counts.order_by("campaign", "template_id", "received_date").execute()
    for name in ("received_date", "first_use"):
        frame[name] = pd.to_datetime(frame[name])
    return frame


def find_kept(given: pd.DataFrame) -> Kept:
    """From ``count_given``: the newest unbroken run of days with unused coupons, and the day after the oldest
    use (of that day the earlier uses may be gone).

    >>> days = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"])
    >>> given = pd.DataFrame({"campaign": "holiday", "received_date": days, "n_unused": [0, 5, 7],
    ...     "first_use": pd.to_datetime([None, "2026-01-02", None])})
    >>> [str(day) for day in find_kept(given)]
    ['2026-01-02', '2026-01-03']
    """
    others = given[given["campaign"] != WEEKLY]
    unused = others.groupby("received_date")["n_unused"].sum().sort_index(ascending=False) > 0
    run = unused[unused.cummin()]
    first = given["first_use"].min()
    return Kept(
        run.index.min().date() if len(run) else None,
        None if pd.isna(first) else first.date() + dt.timedelta(days=1),
    )


def load_ages(suite: Suite, coupon: ir.Table, kept: Kept) -> pd.DataFrame:
    """Coupons whose redemption is known, by ``campaign``, ``template_id``, ``is_seen`` (given ``SOON_DAYS``
    ago or more, that day included) and ``duration``: days from the day a coupon was given (0) to that of its
    use, or to ``as_of`` where it is unused: ``n_event``, ``n_censored``. ``alike``: how many coupons of a
    campaign tell as much as one of a customer of its own would, at least 1: those of one customer are alike.

    A coupon counts if it was given since ``kept.given_from`` and can still be valid at the snapshot's cut. Of
    the weekly program all that it showed with something off counts, of weeks whose uses are all in the table.
    """
    parts = []
    if kept.given_from is not None:
        parts.append(_age_given(suite, coupon, kept.given_from))
    if kept.used_from is not None:
        parts.append(_age_shown(suite, coupon, kept.used_from))
    parts = [part[_COLUMNS] for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)


def _age_given(suite: Suite, coupon: ir.Table, given_from: dt.date) -> pd.DataFrame:
    cut = suite.snapshot.cut_of(["luckyus_sales_marketing.t_coupon_record"]).replace(tzinfo=None)
    kind = suite.coupon_templates.select("template_id", "valid_days")
    coupon = coupon.filter((coupon.campaign != WEEKLY) & (coupon.received_date >= given_from))
    coupon = coupon.join(kind, "template_id")
    valid_to = coupon.received_date + coupon.valid_days.as_interval("D")
    coupon = coupon.filter(valid_to > ibis.literal(cut.date()))
    last = ibis.ifelse(coupon.is_used, coupon.used_date, ibis.literal(suite.as_of))
    coupon = coupon.mutate(
        duration=last.delta(coupon.received_date, unit="day"),
        is_seen=coupon.received_date <= suite.as_of - dt.timedelta(days=SOON_DAYS - 1),
    )
    return _count_ages(coupon)


def _find_alike(sums: pd.DataFrame) -> pd.Series:
    """Variance of a campaign's rate with customers as they are, over that of as many independent coupons."""
    of = sums.set_index("campaign").astype(float)
    p = of["x"] / of["n"]
    spread = of["xx"] - 2 * p * of["nx"] + p**2 * of["nn"]
    return (spread / (of["n"] * p * (1 - p)).where(lambda flat: flat > 0)).fillna(1.0).clip(lower=1.0)


def _age_shown(suite: Suite, coupon: ir.Table, used_from: dt.date) -> pd.DataFrame:
    shown = suite.coupon_exposures
    shown = shown.filter((shown.depth > 0) & (shown.week_date >= used_from))
    shown = shown.select("template_id", "customer_id", week_date=shown.week_date.cast("date")).cache()
    used = coupon.filter((coupon.campaign == WEEKLY) & coupon.is_used)
    # One may be used more than once in its week: it is used from the first time on.
    used = used.group_by("template_id", "customer_id").agg(used_date=used.used_date.min())
    both = shown.left_join(used, ["template_id", "customer_id"])
    passed = both.used_date.delta(both.week_date, unit="day")
    is_used = ((passed >= 0) & (passed < SOON_DAYS)).fill_null(False)
    open_days = ibis.least(
        ibis.literal(suite.as_of).delta(both.week_date, unit="day"), ibis.literal(SOON_DAYS - 1)
    )
    both = both.mutate(
        campaign=ibis.literal(WEEKLY),
        is_used=is_used,
        duration=ibis.ifelse(is_used, passed, open_days),
        is_seen=both.week_date <= suite.as_of - dt.timedelta(days=SOON_DAYS - 1),
    )
    return _count_ages(both)


def _count_ages(coupon: ir.Table) -> pd.DataFrame:
    coupon = coupon.select("campaign", "template_id", "customer_id", "duration", "is_seen", "is_used").cache()
    cells = coupon.group_by("campaign", "template_id", "is_seen", "duration").agg(
        n_event=coupon.is_used.sum(), n_censored=(~coupon.is_used).sum()
    )
    frame = cells.order_by("campaign", "template_id", "is_seen", "duration").execute()
    own = coupon.group_by("campaign", "customer_id").agg(n=coupon.count(), x=coupon.is_used.sum())
    sums = own.group_by("campaign").agg(
        n=own.n.sum(),
        x=own.x.sum(),
        nn=(own.n * own.n).sum(),
        xx=(own.x * own.x).sum(),
        nx=(own.n * own.x).sum(),
    )
    return frame.assign(alike=frame["campaign"].map(_find_alike(sums.execute())))
