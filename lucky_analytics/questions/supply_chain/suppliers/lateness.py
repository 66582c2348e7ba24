"""What late deliveries cost: whether goods run out in the stores more often while one of them is overdue."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.absorbed_effects import fit_absorbed
from lucky_analytics.models.goods_demand import load_goods_demand
from lucky_analytics.models.product_costs import load_items
from lucky_analytics.models.recipe_use import load_recipe_use
from lucky_analytics.questions.supply_chain.suppliers.bought import Bought

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Lateness", "load_days", "measure_lateness", "price_extra", "price_stock_out"]

_MONTH_DAYS = 365.25 / 12
_PRICE_WEEKS = 4


@dataclass(frozen=True)
class Lateness:
    """``extra``: stock-outs a month of one good in one store beyond what they were, while a delivery of the
    good was overdue; null where it cannot be told. ``seen``: stock-outs a month on those days, whatever
    caused them, as a dashboard would count. ``share``: of a good's store-days that were overdue."""

    extra: Estimate
    seen: float
    share: float


def load_days(suite: Suite, bought: Bought) -> pd.DataFrame | None:
    """One row a good that is bought and day since the first promise: ``goods_id``, ``supplier_id`` (of whom
    most is bought), ``ds``, ``n`` stores that hold it, ``n_out`` of them that ran out, ``is_late`` (a
    delivery of the good is past its day and not here by the evening). Null without the stock table."""
    stock = suite.optional("stock")
    if stock is None or bought.ships.empty:
        return None
    start = bought.ships["promised"].min().date()
    stock = stock.filter(stock.stock_date >= start)
    day = stock.group_by("goods_id", ds=stock.stock_date).agg(
        n=stock.count(), n_out=stock.is_stock_out.sum().cast("int64")
    )
    rows = day.order_by("goods_id", "ds").execute()
    rows["ds"] = pd.to_datetime(rows["ds"]).astype("datetime64[s]")
    most = bought.lines.groupby(["goods_id", "supplier_id"])["dollars"].sum().sort_values()
    of = most.reset_index().drop_duplicates("goods_id", keep="last").set_index("goods_id")["supplier_id"]
    rows = rows[rows["goods_id"].isin(of.index)].assign(supplier_id=lambda x: x["goods_id"].map(of))
    late = _late_days(bought)
    rows = rows.merge(late.assign(is_late=True), on=["goods_id", "ds"], how="left")
    return rows.assign(is_late=rows["is_late"].fillna(False).astype(bool)).reset_index(drop=True)


def _late_days(bought: Bought) -> pd.DataFrame:
    """``goods_id``, ``ds``: days on which a shipment of an order of the good was overdue, until it came."""
    late = bought.ships[bought.ships["is_late"]]
    end = late["arrived"].fillna(bought.today)
    days = (end - late["promised"]).dt.days.to_numpy().astype(int)
    step = np.concatenate([np.arange(1, n + 1) for n in days]) if len(days) else np.empty(0, int)
    promised = late["promised"].to_numpy("datetime64[D]").repeat(days)
    rows = pd.DataFrame({"purchase_id": late["purchase_id"].to_numpy(object).repeat(days)})
    rows["ds"] = (promised + step.astype("timedelta64[D]")).astype("datetime64[s]")
    goods = bought.lines[["purchase_id", "goods_id"]].drop_duplicates()
    return rows.merge(goods, on="purchase_id")[["goods_id", "ds"]].drop_duplicates()


def price_stock_out(suite: Suite, as_of: dt.date) -> float | None:
    """Margin in dollars that one stock-out of a good in a store loses at most, over the last four weeks:
    units of the good's products that would have been sold after it ran out, as if none was bought instead,
    times the margin of a mean unit. Null where tables lack or nothing ran out."""
    if suite.optional("stock") is None:
        return None
    end = as_of + dt.timedelta(days=1)
    start = end - dt.timedelta(weeks=_PRICE_WEEKS)
    demand = load_goods_demand(suite, start, end)
    out = demand.filter(
        demand.is_stock_out & demand.served_share.notnull() & demand.demand_quantity.notnull()
    )
    use = load_recipe_use(suite, start, end).rename(use_store="store_id", use_goods="goods_id")
    both = out.join(
        use,
        [out.store_id == use.use_store, out.goods_id == use.use_goods, out.demand_date == use.use_date],
    )
    lost = both.agg(units=(both.n_units * (1 / both.served_share - 1)).mean()).execute()["units"].iloc[0]
    item = load_items(suite, start, end)
    known = item.filter(item.ingredient_cents.notnull())
    margin = (ibis._.paid_cents - ibis._.ingredient_cents - ibis._.packaging_cents - ibis._.fee_cents).mean()
    cents = known.agg(margin=margin).execute()["margin"].iloc[0]
    return None if pd.isna(lost) or pd.isna(cents) else float(lost) * float(cents) / 100


def price_extra(late: Lateness | None, each: float | None) -> Estimate:
    """Dollars a month that the stock-outs of ``late`` lose at ``each``; null where either is not known."""
    if late is None or each is None or late.extra.value is None:
        return Estimate(None, n=late.extra.n if late else 0)
    return late.extra.times(each)


def measure_lateness(days: pd.DataFrame | None, level: float) -> Lateness | None:
    """Stock-outs on overdue days against the same good's other days and the same day's other goods, errors
    hanging together within a supplier. Null without days; ``extra`` is null where no good, or every one, was
    overdue."""
    if days is None or days.empty:
        return None
    rate = (days["n_out"] / days["n"]).to_numpy(float)
    is_late, n = days["is_late"].to_numpy(), days["n"].to_numpy(float)
    months = max((days["ds"].max() - days["ds"].min()).days + 1, 1) / _MONTH_DAYS
    exposed = float(n[is_late].sum())
    seen, share = float(days["n_out"][is_late].sum()) / months, float(exposed / n.sum())
    groups = [pd.factorize(days[name])[0] for name in ("goods_id", "ds")]
    extra = Estimate(None, n=len(days))
    with contextlib.suppress(LuckyError):
        fit = fit_absorbed(rate, {"late": is_late.astype(float)}, groups, days["supplier_id"].to_numpy(), n)
        extra = fit.estimate("late", level).times(exposed / months)
    return Lateness(extra, seen, share)
