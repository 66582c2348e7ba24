"""Which products are stars, plow horses, puzzles and dogs? The steps, in the notebook's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.prices.menu_classes import classify_menu
from lucky_analytics.models.calendar import Window

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "COSTS",
    "aggregate_product_weeks",
    "classify_products",
    "load_speed",
]

# A product that has not sold for so many days has left the menu.
_LEFT_AFTER_DAYS = 14
COSTS = ["ingredient_cents", "packaging_cents", "fee_cents"]


def aggregate_product_weeks(items: ir.Table, suite: Suite, window: Window) -> pd.DataFrame:
    """One row per product and week of ``window`` on the menu; money in cents.

    ``items``: see ``load_items``, over all time. ``product_id``, ``product_name``, ``category``, ``week``,
    ``n_days`` on the menu (from the first sale ever to the last; to the end while it still sells),
    ``n_units``, ``n_deep`` (sold at half price or less), ``list_cents``, ``paid_cents``, ``fee_cents``,
    ``ingredient_cents``, ``packaging_cents`` (null where any unit has no cost), ``is_on_menu``.
    """
    inside = items.filter((items.week >= window.start) & (items.week < window.end))
    known = inside.ingredient_cents.notnull().all()
    null = ibis.null("float64")
    sold = inside.group_by("product_id", "week").agg(
        n_units=inside.count(),
        n_deep=(inside.paid_cents * 2 <= inside.list_cents).sum(),
        list_cents=inside.list_cents.sum(),
        paid_cents=inside.paid_cents.sum(),
        fee_cents=inside.fee_cents.sum(),
        ingredient_cents=ibis.ifelse(known, inside.ingredient_cents.sum(), null),
        packaging_cents=ibis.ifelse(known, inside.packaging_cents.sum(), null),
    )
    life = items.group_by("product_id").agg(first=items.order_date.min(), last=items.order_date.max())
    name = suite.products.select("product_id", "product_name", "category")
    frame = sold.execute()
    lives = life.join(name, "product_id").execute()
    if not len(frame):
        raise LuckyError(
            "menu", expected="sales of trading stores", got=f"none in {window.start} to {window.end}"
        )
    return _with_every_week(frame, lives, window)


def _with_every_week(sold: pd.DataFrame, lives: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Weeks on the menu without a sale are rows of zeros; days on the menu from each product's life."""
    weeks = pd.DataFrame({"week": pd.date_range(window.start, window.end, freq="7D", inclusive="left")})
    first, last = (pd.to_datetime(lives[name]) for name in ("first", "last"))
    end = pd.Timestamp(window.end)
    lives = lives.assign(is_on_menu=last >= end - pd.Timedelta(days=_LEFT_AFTER_DAYS))
    lives["until"] = last.where(~lives["is_on_menu"], end - pd.Timedelta(days=1)) + pd.Timedelta(days=1)
    grid = lives.assign(first=first).merge(weeks, how="cross")
    start = grid[["first", "week"]].max(axis=1)
    stop = pd.concat([grid["until"], grid["week"] + pd.Timedelta(days=7)], axis=1).min(axis=1)
    grid["n_days"] = (stop - start).dt.days
    grid = grid[grid["n_days"] > 0].drop(columns=["first", "last", "until"])
    sold = sold.assign(week=pd.to_datetime(sold["week"]))
    rows = grid.merge(sold, on=["product_id", "week"], how="left")
    unsold = rows["n_units"].isna()
    money = ["n_units", "n_deep", "list_cents", "paid_cents", *COSTS]
    rows.loc[unsold, money] = 0
    return rows.sort_values(["product_id", "week"], ignore_index=True)


def classify_products(
    weeks: pd.DataFrame,
    *,
    popularity_factor: float = 0.7,
    min_probability: float = 0.8,
    level: float = 0.9,
    seed: int = 7,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Classes of the products on the menu whose cost is known, and the products whose cost is not.

    The first frame is ``classify_menu``'s with ``product_name``; margins are dollars a unit after
    ingredients, packaging and payment fee. The second: ``product_id``, ``product_name``, ``category``,
    ``n_units``, ``paid_cents`` over the window. Products that left the menu are in neither.
    """
    on_menu = weeks[weeks["is_on_menu"]]
    whole = on_menu.groupby("product_id")["ingredient_cents"].transform(lambda cost: cost.notna().all())
    costed = on_menu[whole].copy()
    costed["margin"] = (costed["paid_cents"] - costed[COSTS].sum(axis=1)) / 100
    names = on_menu.groupby("product_id")["product_name"].first()
    classes = classify_menu(
        costed,
        popularity_factor=popularity_factor,
        min_probability=min_probability,
        level=level,
        seed=seed,
    )
    classes.insert(1, "product_name", classes["product_id"].map(names))
    apart = on_menu[~whole].groupby(["product_id", "product_name", "category"], as_index=False)
    return classes, apart[["n_units", "paid_cents"]].sum()


def load_speed(suite: Suite, window: Window) -> pd.DataFrame:
    """Seconds that the kitchen takes for one unit: ``product_id``, ``n_made``, ``seconds``, ``seconds_p90``.

    Median and 90th percentile over the units made in the window, from started to done.
    """
    unit = suite.production_units
    unit = unit.filter(
        (unit.production_date >= window.start)
        & (unit.production_date < window.end)
        & unit.unit_seconds.notnull()
    )
    seconds = unit.unit_seconds
    speed = unit.group_by("product_id").agg(
        n_made=unit.count(), seconds=seconds.quantile(0.5), seconds_p90=seconds.quantile(0.9)
    )
    return speed.execute()
