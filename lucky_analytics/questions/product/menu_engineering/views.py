"""What the menu page shows beside its estimates: data checks, frames for charts, sentences."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_change
from lucky_analytics.models.calendar import Window
from lucky_analytics.models.price_steps import WAIT

__all__ = [
    "CLASS_NAMES",
    "assemble_gains",
    "assemble_heat",
    "assemble_pairs",
    "assemble_price_history",
    "assemble_products",
    "assemble_quadrant",
    "assemble_recipes",
    "check_menu",
    "count_multi_product_orders",
    "estimate_recipe",
    "find_movers",
    "name_classes",
]

# The classes of Kasavana and Smith (1982) in words.
CLASS_NAMES = {
    "star": "sells and earns well",
    "plow horse": "sells well, earns less",
    "puzzle": "earns well, sells less",
    "dog": "sells and earns less",
    "borderline": "too close to call",
}


def check_menu(items: ir.Table, weeks: pd.DataFrame, apart: pd.DataFrame, window: Window) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``, one row per property."""
    last, dear, tied = (
        items.aggregate(
            last=items.order_date.max(),
            dear=(items.paid_cents > items.list_cents).sum(),
            n_variants=items.fee_cents.isnull().sum(),
        )
        .execute()
        .iloc[0]
    )
    sold = weeks.groupby("week")["n_units"].sum()
    units, without = int(weeks["n_units"].sum()), int(apart["n_units"].sum())
    last_day = pd.Timestamp(window.end) - pd.Timedelta(days=1)
    facts = [
        ("sales reach the end of the window", pd.Timestamp(last) >= last_day,
         f"last sale on {pd.Timestamp(last):%Y-%m-%d}, window ends before {window.end}"),
        ("every week of the window has sales", len(sold) == window.n_weeks and bool((sold > 0).all()),
         f"{int((sold > 0).sum())} of {window.n_weeks} weeks"),
        ("no unit was paid above its list price", int(dear) == 0, f"{int(dear):,} units"),
        ("every unit carries its share of a payment fee", int(tied) == 0, f"{int(tied):,} units without"),
        ("every product on the menu has a cost", without == 0,
         f"{len(apart)} products without, {100 * without / max(units, 1):.1f} % of units: shown apart"),
    ]  # fmt: skip
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def assemble_quadrant(classes: pd.DataFrame, board: pd.DataFrame) -> pd.DataFrame:
    """The frame of ``plot_quadrant``: popularity as a multiple of its cut, margin less its cut."""
    frame = classes.merge(board[["product_id", "margin"]], on="product_id")
    frame = frame[frame["menu_class"] != "not sold"]
    for end in ("", "_low", "_high"):
        frame[f"popularity{end}"] = frame[f"share{end}"] / frame["share_cut"]
        frame[f"advantage{end}"] = frame[f"unit_margin{end}"] - frame["margin_cut"]
    return frame.sort_values("margin", ascending=False, ignore_index=True)


def assemble_gains(products: pd.DataFrame, n_rows: int = 12) -> pd.DataFrame:
    """The new prices to be tried, the most to gain first: ``label`` and the gain with its interval.

    ``products``: as from ``plan_products``.
    """
    gains = products[products["stance"] != WAIT].nlargest(n_rows, "gain")
    to = [f"{row.product_name}: ${row.net_price:.2f} to ${row.next_price:.2f}" for row in gains.itertuples()]
    return gains.assign(label=to)


def assemble_products(products: pd.DataFrame) -> pd.DataFrame:
    """``products`` as a reader sees them: ``new_price`` and ``new_gain`` with its ends where the price moves.

    Elsewhere they are null: a step that is not taken is no advice; the downloads have it as ``next_price``.
    """
    moves = products["stance"] != WAIT
    ends = {f"new_gain{end}": products[f"gain{end}"].where(moves) for end in ("", "_low", "_high")}
    return products.assign(new_price=products["next_price"].where(moves), **ends)


def name_classes(rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with ``menu_class`` in words."""
    return rows.assign(menu_class=rows["menu_class"].replace(CLASS_NAMES))


def assemble_recipes(products: pd.DataFrame, classes: pd.DataFrame) -> pd.DataFrame:
    """Products that sell well and surely earn less a unit than their category, the most to gain first.

    ``products``: of ``plan_products``; ``classes``: of ``classify_products``. ``product_name``, ``gap``
    (dollars a unit to the category's mean), ``gain`` with ``gain_low``, ``gain_high``: dollars a month that
    as many units would earn with that mean; ``label``.
    """
    ends = classes.set_index("product_id")[["unit_margin_low", "unit_margin_high"]]
    own = products[products["menu_class"] == "plow horse"].join(ends, on="product_id")
    own = own[own["unit_margin_high"] < own["margin_cut"]]
    rows = pd.DataFrame({"product_name": own["product_name"], "gap": own["margin_cut"] - own["unit_margin"]})
    rows["gain"] = own["units"] * rows["gap"]
    rows["gain_low"] = own["units"] * (own["margin_cut"] - own["unit_margin_high"])
    rows["gain_high"] = own["units"] * (own["margin_cut"] - own["unit_margin_low"])
    rows["label"] = [f"{row.product_name}: ${row.gap:.2f} a unit" for row in rows.itertuples()]
    return rows.sort_values("gain", ascending=False, ignore_index=True)


def estimate_recipe(recipes: pd.DataFrame, level: float) -> Estimate:
    """What the first of ``assemble_recipes`` would bring; without a value for none."""
    return Estimate(None) if recipes.empty else Estimate.of(recipes.iloc[0].to_dict(), "gain", level=level)


def assemble_heat(items: ir.Table, min_days: int = 10) -> pd.DataFrame:
    """Share of units by ``category`` and ``month`` over the category's mean share: ``index``, 1 is the mean.

    Shares, not units: a chain that opens stores sells more of everything. Months with fewer than
    ``min_days`` days of sales are left out.
    """
    sold = items.group_by("category", month=items.order_date.truncate("M")).agg(
        n=items.count(), first=items.order_date.min(), last=items.order_date.max()
    )
    heat = sold.execute().sort_values(["month", "category"])
    months = heat.groupby("month")
    n_days = (months["last"].transform("max") - months["first"].transform("min")).map(
        lambda gap: gap.days + 1
    )
    heat = heat[n_days >= min_days]
    share = heat["n"] / heat.groupby("month")["n"].transform("sum")
    heat["index"] = share / share.groupby(heat["category"]).transform("mean")
    heat["month"] = pd.to_datetime(heat["month"]).dt.strftime("%b %Y")
    return heat[["category", "month", "index"]].reset_index(drop=True)


def assemble_pairs(pairs: pd.DataFrame, n_rows: int = 14) -> pd.DataFrame:
    """Pairs worth showing: those found within strata, then those only found without, highest lift first."""
    shown = pairs[pairs["verdict"] != "unremarkable"].copy()
    shown["is_pooled"] = shown["verdict"] == "only pooled"
    ranked = shown.sort_values(["is_pooled", "lift"], ascending=[True, False])
    return ranked.head(n_rows).drop(columns="is_pooled").reset_index(drop=True)


def count_multi_product_orders(items: ir.Table) -> float:
    """Share of orders that hold two different products or more."""
    order = items.group_by("order_id").agg(n=items.product_id.nunique())
    return float((order.n >= 2).mean().execute())


def find_movers(days: pd.DataFrame, names: pd.Series, n_products: int = 8, n_days: int = 30) -> pd.DataFrame:
    """The products whose 30-day mean changed most, fastest rising first.

    Adds ``change`` (last ``n_days`` against those before) and ``label`` to the rows of ``days`` (see
    ``aggregate_rolling_days``). Products that are younger than twice ``n_days`` have no change yet.
    """
    last = days.groupby("product_id")["y"].last()
    age = days.groupby("product_id")["ds"].count()
    before = days.groupby("product_id")["y"].apply(lambda y: y.iloc[-1 - n_days] if len(y) > n_days else None)
    known = (age >= 2 * n_days) & (last > 0) & (before > 0)
    change = (last / before.astype(float) - 1)[known]
    ranked = change.sort_values(ascending=False)
    half = n_products // 2
    chosen = pd.concat([ranked.head(half), ranked.tail(n_products - half)])
    chosen = chosen[~chosen.index.duplicated()]
    rows = days[days["product_id"].isin(chosen.index)]
    rows = rows.assign(change=rows["product_id"].map(chosen), name=rows["product_id"].map(names))
    rows["label"] = rows["name"] + "  " + [format_change(value) for value in rows["change"]]
    return rows.sort_values(["change", "ds"], ascending=[False, True], ignore_index=True)


def assemble_price_history(prices: pd.DataFrame, names: pd.Series, n_units: int = 100) -> pd.DataFrame:
    """First and last month with at least ``n_units`` units, per product; ``change`` of the price paid."""
    enough = prices[(prices["n_units"] >= n_units) & prices["product_id"].isin(names.index)]
    months = enough.sort_values("month").groupby("product_id")
    first, last = months.first(), months.last()
    history = pd.DataFrame({"product_name": names.reindex(first.index)})
    for short, column in (("list", "list_price"), ("net", "net_price"), ("deep", "deep_share")):
        history[f"{short}_first"], history[f"{short}_last"] = first[column], last[column]
    history["change"] = history["net_last"] / history["net_first"] - 1
    return history.sort_values("change", ascending=False).reset_index()
