"""What each cup costs by its recipe, how that came about, and which ingredient moves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import t as student

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.models.calendar import Window, find_window
from lucky_analytics.models.product_costs import load_items
from lucky_analytics.models.recipe_use import load_use_beside_recipes

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "WEEKS_A_MONTH",
    "Cups",
    "a_week",
    "change_since",
    "check_cups",
    "cost_of_cup",
    "find_history",
    "find_shocks",
    "first_shock",
    "load_cups",
    "load_gap",
    "mean_cost",
    "query",
    "sum_year",
]

WEEKS_A_MONTH = 365.25 / 12 / 7


@dataclass(frozen=True)
class Cups:
    """Recipes in force on the last day, costs over time and units sold; money in cents.

    ``window``: the last whole weeks. ``lines``: ``variant_id``, ``goods_id``, ``goods_name``,
    ``goods_class``, ``unit``, ``quantity``, ``unit_cents`` (newest cost; null without one). ``costs``:
    ``goods_id``, ``start``, ``unit_cents``. ``sold``: ``variant_id``, ``product_id``, ``week``, ``units``.
    ``weeks``: ``product_id``, ``category``, ``week``, ``n_units``, ``n_known``, ``ingredients``,
    ``packaging``, ``paid`` (of units of known cost, as the menu page counts them). ``names``: product names.
    """

    window: Window
    lines: pd.DataFrame
    costs: pd.DataFrame
    sold: pd.DataFrame
    weeks: pd.DataFrame
    names: pd.Series


def load_cups(suite: Suite, n_weeks: int) -> Cups | None:
    """Everything of the last ``n_weeks`` whole weeks; null where no unit was sold in them."""
    window = find_window(suite.as_of, n_weeks)
    recipe = suite.recipes.filter("is_default")
    recipe = recipe.filter(recipe.end_date.isnull() | (recipe.end_date > suite.as_of))
    good = suite.goods.select("goods_id", "goods_name", "goods_class")
    line = recipe.select("variant_id", "goods_id", "quantity", "unit").left_join(good, "goods_id")
    lines = line.drop("goods_id_right").order_by("variant_id", "goods_id").execute()
    cost = suite.costs.select("goods_id", "unit_cost_cents", start="start_date").order_by("goods_id", "start")
    costs = cost.execute().rename(columns={"unit_cost_cents": "unit_cents"})
    costs["start"] = pd.to_datetime(costs["start"])
    newest = costs.drop_duplicates("goods_id", keep="last").set_index("goods_id")["unit_cents"]
    lines["goods_name"] = lines["goods_name"].fillna(lines["goods_id"])
    lines = lines.assign(
        goods_class=lines["goods_class"].fillna("Unknown"),
        quantity=lines["quantity"].astype(float),
        unit_cents=lines["goods_id"].map(newest).astype(float),
    )
    trading = suite.stores.filter("is_trading_store").select(trading_id="store_id")
    item = suite.order_items
    item = item.filter((item.order_date >= window.start) & (item.order_date < window.end))
    item = item.semi_join(trading, item.store_id == trading.trading_id)
    sold = item.group_by("variant_id", "product_id", week=item.order_date.truncate("W")).agg(
        units=item.count()
    )
    rows = sold.order_by("variant_id", "week").execute()
    if rows.empty:
        return None
    unit = load_items(suite, window.start, window.end)
    known = unit.ingredient_cents.notnull()
    weeks = unit.group_by("product_id", "category", "week").agg(
        n_units=unit.count(), n_known=known.sum().cast("int64"),
        ingredients=unit.ingredient_cents.sum().fill_null(0.0),
        packaging=unit.packaging_cents.sum().fill_null(0.0),
        paid=ibis.ifelse(known, unit.paid_cents, 0).sum(),
    ).order_by("product_id", "week")  # fmt: skip
    product = suite.products.select("product_id", "product_name").execute()
    names = product.drop_duplicates("product_id").set_index("product_id")["product_name"]
    return Cups(window, lines, costs, rows, weeks.execute(), names)


def mean_cost(cups: Cups, level: float, by: str = "") -> pd.DataFrame:
    """Cents to make a mean unit of known cost (``value`` with ``low`` and ``high`` over weeks), for all or
    ``by`` a column of ``weeks``."""
    weeks = cups.weeks.assign(all="all", cost=cups.weeks["ingredients"] + cups.weeks["packaging"])
    return estimate_ratios(weeks, [by or "all"], "week", "cost", "n_known", level)


def a_week(values: pd.Series, weeks: pd.Series, every: pd.Series, level: float) -> Estimate:
    """The sum of ``values`` in a mean week of ``every`` (weeks without a row are 0), with Student's interval
    over weeks; null without values, without ends below three weeks."""
    if values.empty:
        return Estimate(None, n=0)
    sums = pd.Series(values.to_numpy(float)).groupby(weeks.to_numpy()).sum()
    by_week = sums.reindex(every.unique(), fill_value=0.0).to_numpy()
    n, mean = len(by_week), float(by_week.mean())
    if n < 3:
        return Estimate(mean, n=n)
    half = float(student.ppf(0.5 + level / 2, n - 1) * by_week.std(ddof=1) / np.sqrt(n))
    return Estimate(mean, mean - half, mean + half, level=level, n=n)


def find_history(cups: Cups) -> pd.DataFrame:
    """Cents that today's recipes cost at the costs of each date on which costs began: ``start``,
    ``product_id``, ``cents`` (a mean unit by today's mix of sizes), ``units`` sold in the window; products
    with a good of unknown cost on any of the dates are left out. The last rows have ``product_id`` "" : all
    those products by today's mix, so that only costs move it."""
    wide = cups.costs.pivot_table(index="goods_id", columns="start", values="unit_cents", aggfunc="last")
    wide = wide.reindex(cups.lines["goods_id"].unique()).ffill(axis=1)
    at = wide.loc[cups.lines["goods_id"]].mul(cups.lines["quantity"].to_numpy(), axis=0)
    by_variant = at.groupby(cups.lines["variant_id"].to_numpy()).sum(min_count=1)
    whole = ~at.isna().groupby(cups.lines["variant_id"].to_numpy()).any().any(axis=1)
    units = cups.sold.groupby(["product_id", "variant_id"])["units"].sum().reset_index()
    units = units[units["variant_id"].isin(whole.index[whole.to_numpy(bool)])]
    rows = by_variant.loc[units["variant_id"]].mul(units["units"].to_numpy(float), axis=0)
    sums = rows.groupby(units["product_id"].to_numpy()).sum()
    n = units.groupby("product_id")["units"].sum()
    each = (
        sums.div(n, axis=0)
        .reset_index(names="product_id")
        .melt("product_id", var_name="start", value_name="cents")
    )
    total = pd.DataFrame(
        {"product_id": "", "start": sums.columns, "cents": sums.sum().to_numpy() / max(n.sum(), 1)}
    )
    table = pd.concat([part for part in (each, total) if len(part)] or [total], ignore_index=True)
    table["start"] = pd.to_datetime(table["start"])
    return table.assign(units=table["product_id"].map(n).fillna(float(n.sum())))


def find_shocks(cups: Cups, shock: float, level: float) -> pd.DataFrame:
    """Each good of the recipes, the largest part first: ``goods_name``, ``goods_class``, ``dollars`` a month
    by recipes at today's costs, ``share`` of all, ``more`` dollars a month if it costs ``shock`` more with
    ``low`` and ``high`` (over weeks of sales), ``cents`` on a mean unit then, ``hardest`` product hit and its
    ``hardest_cents``; ``change`` of its cost since the first date on record."""
    line = cups.lines.dropna(subset="unit_cents")
    both = cups.sold.merge(line, on="variant_id")
    both["dollars"] = both["units"] * both["quantity"] * both["unit_cents"] / 100
    total, n = both["dollars"].sum(), max(int(cups.sold["units"].sum()), 1)
    first = cups.costs.drop_duplicates("goods_id").set_index("goods_id")["unit_cents"]
    rows = []
    for (good, name, kind), own in both.groupby(["goods_id", "goods_name", "goods_class"]):
        month = a_week(own["dollars"], own["week"], cups.sold["week"], level).times(WEEKS_A_MONTH)
        more = month.times(shock)
        by_product = own.assign(cents=100 * own["dollars"]).groupby("product_id")[["cents", "units"]].sum()
        hit = (by_product["cents"] / by_product["units"]).sort_values()
        newest, oldest = float(own["unit_cents"].iloc[0]), float(first.get(str(good), np.nan))
        rows.append(
            {
                "goods_id": good, "goods_name": name, "goods_class": kind, "dollars": month.value,
                "share": own["dollars"].sum() / total if total else np.nan,
                "more": more.value, "low": more.low, "high": more.high,
                "cents": shock * 100 * own["dollars"].sum() / n,
                "hardest": cups.names.get(hit.index[-1], hit.index[-1]),
                "hardest_cents": shock * hit.iloc[-1], "change": newest / oldest - 1,
            }
        )  # fmt: skip
    names = ["goods_id", "goods_name", "goods_class", "dollars", "share", "more", "low", "high", "cents",
             "hardest", "hardest_cents", "change"]  # fmt: skip
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values(["dollars", "goods_name"], ascending=[False, True], ignore_index=True)


def load_gap(suite: Suite, cups: Cups, level: float) -> tuple[pd.DataFrame, Estimate] | None:
    """Use beyond recipes by good, at today's costs, on days on which it did not run out (a count after a
    good ran out says little): ``goods_name``, ``by_recipe``, ``beyond`` dollars a week with ``low`` and
    ``high``, ``share``, ``wasted`` dollars a week; and the sum a week. Null without the stock table."""
    if suite.optional("stock") is None:
        return None
    days = load_use_beside_recipes(suite, cups.window.start, cups.window.end)
    week = days.filter(~days.is_stock_out).group_by("goods_id", week=days.use_date.truncate("W")).agg(
        by_recipe=days.recipe_quantity.sum(), beyond=days.beyond_quantity.sum(),
        wasted=days.wasted_quantity.sum(),
    )  # fmt: skip
    rows = week.order_by("goods_id", "week").execute()
    good = cups.lines.drop_duplicates("goods_id").set_index("goods_id")
    cents = rows["goods_id"].map(good["unit_cents"]).astype(float)
    rows = rows[cents.notna()].copy()
    for name in ("by_recipe", "beyond", "wasted"):
        rows[name] = rows[name] * cents[cents.notna()] / 100
    found, n_weeks = [], max(rows["week"].nunique(), 1)
    for key, own in rows.groupby("goods_id"):
        beyond = a_week(own["beyond"], own["week"], rows["week"], level)
        by_recipe = float(own["by_recipe"].sum())
        found.append(
            {
                "goods_name": good.at[key, "goods_name"], "by_recipe": by_recipe / n_weeks,
                "beyond": beyond.value, "low": beyond.low, "high": beyond.high,
                "share": own["beyond"].sum() / by_recipe if by_recipe > 0 else np.nan,
                "wasted": own["wasted"].sum() / n_weeks,
            }
        )  # fmt: skip
    names = ["goods_name", "by_recipe", "beyond", "low", "high", "share", "wasted"]
    table = pd.DataFrame(found, columns=names).sort_values("beyond", ascending=False, ignore_index=True)
    return table, a_week(rows["beyond"], rows["week"], rows["week"], level)


def query(suite: Suite) -> ir.Table:
    """Recipe lines in force with the newest cost of their goods: the query behind the page's headlines."""
    cost = suite.costs
    newest = cost.group_by("goods_id").agg(unit_cents=cost.unit_cost_cents.argmax(cost.start_date))
    line = suite.recipes.filter("is_default")
    line = line.filter(line.end_date.isnull() | (line.end_date > suite.as_of))
    return line.left_join(newest, "goods_id").select("variant_id", "goods_id", "quantity", "unit_cents")


def cost_of_cup(cups: Cups, level: float) -> Estimate:
    """Dollars of a mean unit of known cost, over weeks; null where none has one."""
    n = int(cups.weeks["n_known"].sum())
    if not n:
        return Estimate(None, n=0)
    return Estimate.of(mean_cost(cups, level).iloc[0].to_dict(), "value", level=level, n=n).times(0.01)


def change_since(history: pd.DataFrame) -> float | None:
    """Change of a mean cup's cost from the first date to the last (a share); null with fewer than two."""
    own = history[history["product_id"] == ""].sort_values("start")["cents"]
    return float(own.iloc[-1] / own.iloc[0] - 1) if len(own) > 1 and own.iloc[0] > 0 else None


def first_shock(shocks: pd.DataFrame, level: float) -> Estimate:
    """Dollars a month that the largest ingredient costs more; null without one."""
    if shocks.empty:
        return Estimate(None, n=0)
    return Estimate.of(shocks.iloc[0].rename({"more": "value"}).to_dict(), "value", level=level)


def sum_year(cups: Cups) -> tuple[float, float]:
    """Dollars a year at the window's rate: cost of goods, and paid for items, of units of known cost."""
    a_year = 365.25 / 7 / max(cups.weeks["week"].nunique(), 1) / 100
    cost = float((cups.weeks["ingredients"] + cups.weeks["packaging"]).sum())
    return cost * a_year, float(cups.weeks["paid"].sum()) * a_year


def check_cups(cups: Cups) -> list[tuple[str, bool, str]]:
    """``report.check`` for each: name, whether it holds, detail."""
    known = set(cups.lines["variant_id"])
    n, lone = (
        int(cups.sold["units"].sum()),
        int(cups.sold.loc[~cups.sold["variant_id"].isin(known), "units"].sum()),
    )
    odd = int((cups.lines["quantity"] <= 0).sum())
    strange = int((cups.lines["goods_class"] == "Unknown").sum())
    return [
        ("every unit sold has a recipe in force", lone == 0, f"{lone:,} of {n:,} have none"),
        ("amounts are above nought", odd == 0, f"{odd} of {len(cups.lines):,} lines are not"),
        ("goods of recipes are listed", strange == 0, f"{strange} of {len(cups.lines):,} lines name others"),
    ]
