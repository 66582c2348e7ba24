"""What goes with ordering again: a sister store nearby, and how the customer was acquired."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.cox import fit_cox
from lucky_analytics.methods.customers.hazard import fit_hazard
from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.models.customer_purchases import Purchases

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["aggregate_risk_weeks", "compare_with_cox", "estimate_ratios", "load_openings"]

COVARIATES = {
    "is_near_opening": "a sister store has opened nearby",
    "is_coupon_acquired": "a new-customer coupon brought the customer",
}
_CELL = ("interval", "month", "cohort", "home_store_id", "is_near_opening", "is_coupon_acquired")


def load_openings(suite: Suite, within_km: float) -> pd.DataFrame:
    """Sister stores within ``within_km`` of each trading store: ``home_store_id``, ``opened_date``."""
    stores = suite.stores.filter("is_trading_store").execute()
    km = great_circle_km(stores["latitude"], stores["longitude"], stores["latitude"], stores["longitude"])
    home, other = np.nonzero((km <= within_km) & ~np.eye(len(stores), dtype=bool))
    return pd.DataFrame(
        {
            "home_store_id": stores["store_id"].to_numpy()[home].astype(object),
            "opened_date": pd.to_datetime(stores["opened_date"]).to_numpy()[other],
        }
    )


def aggregate_risk_weeks(suite: Suite, bought: Purchases, *, within_km: float = 1.0) -> pd.DataFrame:
    """Customers who have not ordered again yet, by week since the first order: the cells of a hazard model.

    ``interval`` (0 is the first week), ``month`` (calendar month of its first day), ``home_store_id`` (store
    of the first order, trading stores only), ``is_near_opening`` (a sister store within ``within_km`` of it
    opened after the first order and before the week), ``is_coupon_acquired`` (a new-customer coupon brought
    the customer), ``cohort`` (week of the first order), ``n_at_risk``, ``n_event`` (ordered again in the
    week). Weeks that have not ended are left out.
    """
    order = bought.order
    is_first = order["rank"] == 0
    customer = (
        order.filter(order["rank"] <= 1)
        .group_by("customer_id")
        .agg(
            first_date=order.order_date.min(where=is_first),
            second_date=order.order_date.min(where=order["rank"] == 1),
            home_store_id=order.store_id.min(where=is_first),
            is_coupon_acquired=order.is_coupon_acquired.any(),
        )
    )
    trading = suite.stores.filter("is_trading_store").select(home_store_id="store_id")
    customer = customer.semi_join(trading, "home_store_id")
    openings = load_openings(suite, within_km)
    if openings.empty:
        customer = customer.mutate(opening_week=ibis.null("int64"))
    else:
        opened = ibis.memtable(openings).mutate(opened_date=ibis._.opened_date.cast("date"))
        near = customer.select("customer_id", "first_date", "home_store_id").join(opened, "home_store_id")
        near = near.filter(near.opened_date > near.first_date)
        days = near.opened_date.delta(near.first_date, unit="day")
        near = near.group_by("customer_id").agg(opening_week=((days + 6) // 7).min())
        customer = customer.left_join(near, "customer_id").drop("customer_id_right")
    second_week = customer.second_date.delta(customer.first_date, unit="day") // 7
    n_weeks = (ibis.literal(bought.as_of).delta(customer.first_date, unit="day") + 1) // 7
    last = ibis.least(n_weeks, ibis.coalesce(second_week + 1, n_weeks))
    weeks = customer.mutate(second_week=second_week, interval=ibis.range(ibis.literal(0), last).unnest())
    started = weeks.first_date + (weeks.interval * 7).as_interval("D")
    weeks = weeks.mutate(
        cohort=weeks.first_date.truncate("W"),
        month=started.cast("date").truncate("M"),
        is_near_opening=(weeks.interval >= weeks.opening_week).fill_null(False).cast("int64"),
        is_coupon_acquired=weeks.is_coupon_acquired.cast("int64"),
        is_event=(weeks.interval == weeks.second_week).fill_null(False),
    )
    cells = weeks.group_by(*_CELL).agg(n_at_risk=weeks.count(), n_event=weeks.is_event.sum())
    return cells.order_by(*_CELL).execute()


def estimate_ratios(cells: pd.DataFrame, level: float = 0.9, *, adjusted: bool = True) -> pd.DataFrame:
    """How many times as likely a customer is to order again in a week, by what goes with it.

    ``name``, ``label``, ``ratio``, ``low``, ``high``, ``log_ratio``, ``se``, ``n`` (customer-weeks with it).
    Week since the first order, week of the first order, calendar month and home store are held equal; not
    ``adjusted``, only the week since the first order is. A covariate that never varies is left out; one whose
    ratio has no finite best value (nobody with it ordered again) has a null one.
    """
    names = [name for name in COVARIATES if cells.loc[cells["n_at_risk"] > 0, name].nunique() > 1]
    if not names:
        columns = ["name", "log_ratio", "se", "ratio", "low", "high", "label", "n"]
        return pd.DataFrame(columns=columns)
    factors = ["interval", "month", "cohort", "home_store_id"] if adjusted else ["interval"]
    ratios = _fit_each(cells, names, factors, level)
    n = [int(cells.loc[cells[name] == 1, "n_at_risk"].sum()) for name in names]
    return ratios.assign(label=[COVARIATES[name] for name in names], n=n)


def _fit_each(cells: pd.DataFrame, names: list[str], factors: list[str], level: float) -> pd.DataFrame:
    """``fit_hazard`` of all covariates together, else of each alone, else a row without a ratio."""
    try:
        return fit_hazard(cells, names, factors=factors, level=level)
    except LuckyError:
        parts = {name: pd.DataFrame({"name": [name]}) for name in names}
        for name in names:
            with contextlib.suppress(LuckyError):
                parts[name] = fit_hazard(cells, [name], factors=factors, level=level)
        columns = ["name", "log_ratio", "se", "ratio", "low", "high"]
        return pd.concat([part.reindex(columns=columns) for part in parts.values()], ignore_index=True)


def compare_with_cox(cells: pd.DataFrame, ratios: pd.DataFrame) -> tuple[bool, str]:
    """Whether Cox's model agrees within two standard errors, and both models' ratios in words.

    Each week of first orders has its own baseline hazard there, so the calendar needs no term of its own.
    """
    ratios = ratios[ratios["se"] > 0].reset_index(drop=True)
    if ratios.empty:
        return True, "nothing to compare: no covariate says anything"
    # A store where nobody has come back yet has an infinite term of its own.
    cells = cells[cells.groupby("home_store_id")["n_event"].transform("sum") > 0]
    stores = pd.get_dummies(cells["home_store_id"], prefix="store", dtype=float, drop_first=True)
    spans = pd.concat([cells, stores], axis=1).assign(
        start=cells["interval"], stop=cells["interval"] + 1, n_censored=cells["n_at_risk"] - cells["n_event"]
    )
    try:
        cox = fit_cox(spans, [*ratios["name"], *stores.columns], strata="cohort")
    except LuckyError as error:
        return False, str(error)
    cox = cox.head(len(ratios))
    apart = (cox["log_ratio"] - ratios["log_ratio"]).abs() / ratios["se"]
    pairs = [f"{a:.2f} and {b:.2f}" for a, b in zip(ratios["ratio"], cox["ratio"], strict=True)]
    return bool((apart < 2).all()), f"hazard ratios {', '.join(pairs)}"
