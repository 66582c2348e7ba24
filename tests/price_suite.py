"""A stand-in for the catalog: the customers of ``price_world`` as the tables that price and menu read."""

from __future__ import annotations

import datetime as dt

import ibis
import numpy as np
import pandas as pd

from tests.price_world import CATEGORIES, FIRST_WEEK, PriceWorld, monday

N_PRODUCTS = 4  # of each category
PAIR = ("Coffee 1", "Food 2")
LIST_CENTS = np.array([500, 600, 400, 450])
COST_CENTS = np.array([150.0, 120.0, 180.0, 90.0])
WITHOUT_COST = "Tea 3"
NO_DATE = pd.Timestamp("2025-01-01")


class SimulatedSuite:
    """Tables in a database of their own, so that joins run as they do in the catalog."""

    def __init__(self, world: PriceWorld, as_of: dt.date | None = None, edit=None, seed: int = 1):
        self.as_of = as_of or world.as_of
        self.connection = ibis.duckdb.connect()
        tables = assemble(world, seed)
        for name, frame in (edit(tables) if edit else tables).items():
            dates = [column for column in frame if column.endswith("_date")]
            table = ibis.memtable(frame)
            table = table.cast(dict.fromkeys(dates, "date"))
            if "order_date" in frame:
                table = table.filter(table.order_date <= self.as_of)
            setattr(self, name, self.connection.create_table(name, table.to_pyarrow()))

    def sql(self, expression) -> str:
        return str(ibis.to_sql(expression, dialect="duckdb"))


def assemble(world: PriceWorld, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Every table as a frame: units spread over products, stores and orders."""
    rng = np.random.default_rng(seed)
    unit = world.bought.loc[world.bought.index.repeat(world.bought["y"])].reset_index(drop=True)
    depths = world.shown[["customer", "week", "category", "depth"]]
    unit = unit.merge(depths, on=["customer", "week", "category"], how="left")
    n = len(unit)
    popularity = np.array([0.5, 0.3, 0.15, 0.05])
    unit["product"] = rng.choice(N_PRODUCTS, n, p=popularity)
    # units of one customer and week are one order
    unit["order"] = unit.groupby(["customer", "week"]).ngroup()
    coffee, food = (int(name.split()[1]) - 1 for name in PAIR)
    has_coffee = unit["order"].isin(unit.loc[(unit["category"] == 0) & (unit["product"] == coffee), "order"])
    moved = has_coffee & (unit["category"] == 2) & (rng.random(n) < 0.5)
    unit.loc[moved, "product"] = food
    listed = LIST_CENTS[unit["category"]] + 20 * unit["product"].to_numpy()
    paid = np.round(listed * np.where(unit["depth"].isna(), 0.8, 1 - unit["depth"].fillna(0))).astype(int)
    names = np.array([[f"{c} {p + 1}" for p in range(N_PRODUCTS)] for c in CATEGORIES])
    product = names[unit["category"], unit["product"]]
    date = pd.Timestamp(FIRST_WEEK) + pd.to_timedelta(unit["day"], unit="D")
    order_id = "o" + unit["order"].astype(str)
    store = np.where(unit["order"] % 3 == 0, "s1", "s2")
    items = pd.DataFrame(
        {
            "order_id": order_id, "store_id": store, "product_id": product, "variant_id": product,
            "category": np.array(CATEGORIES)[unit["category"]], "order_date": date,
            "list_cents": listed, "paid_cents": paid,
        }
    )  # fmt: skip
    placed = items.assign(customer_id="c" + unit["customer"].astype(str)).groupby("order_id", as_index=False)
    orders = placed.agg(
        customer_id=("customer_id", "first"),
        store_id=("store_id", "first"),
        order_date=("order_date", "first"),
        items_cents=("paid_cents", "sum"),
    )
    orders = orders.assign(local_hour=8 + orders.index % 10, is_trading_store=True, is_delivery=False)
    flat = names.ravel()
    return {
        "order_items": items,
        "orders": orders,
        "products": pd.DataFrame(
            {"product_id": flat, "product_name": flat, "category": np.repeat(CATEGORIES, N_PRODUCTS)}
        ),
        "stores": pd.DataFrame({"store_id": ["s1", "s2"], "store_name": ["First", "Second"]}),
        "fees": pd.DataFrame({"order_id": orders["order_id"], "currency": "USD", "fee_cents": 5.0}),
        "coupon_exposures": _exposures(world),
        **_kitchen(flat, items),
    }


def _exposures(world: PriceWorld) -> pd.DataFrame:
    shown = world.shown
    return pd.DataFrame(
        {
            "exposure_id": np.arange(len(shown)).astype(str),
            "customer_id": "c" + shown["customer"].astype(str),
            "assignment": np.where(shown["is_drawn"], "random", "rule"),
            "category": np.array(CATEGORIES)[shown["category"]], "depth": shown["depth"],
            "week_date": monday(shown["week"]),
        }
    )  # fmt: skip


def _kitchen(products: np.ndarray, items: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """One good per category and a cup; the good of one product has no cost."""
    category = np.repeat(CATEGORIES, N_PRODUCTS)
    food = pd.DataFrame({"variant_id": products, "goods_id": category, "quantity": 1.0})
    food.loc[food["variant_id"] == WITHOUT_COST, "goods_id"] = "rare"
    cups = pd.DataFrame({"variant_id": products, "goods_id": "cup", "quantity": 2.0})
    recipes = pd.concat([food, cups], ignore_index=True)
    goods = [*CATEGORIES, "rare", "cup"]
    costs = pd.DataFrame({"goods_id": [*CATEGORIES, "cup"], "unit_cost_cents": [*COST_CENTS, 8.0]})
    end = pd.to_datetime(pd.Series([None] * len(recipes)))
    made = items.head(4000)
    return {
        "recipes": recipes.assign(is_default=True, start_date=NO_DATE, end_date=end),
        "goods": pd.DataFrame({"goods_id": goods, "goods_class": ["Food"] * 5 + ["Packaging"]}),
        "costs": costs.assign(start_date=NO_DATE, end_date=end.head(len(costs))),
        "production_units": pd.DataFrame(
            {
                "product_id": items["product_id"], "production_date": items["order_date"],
                "unit_seconds": 100 + items.index % 60,
            }
        ).iloc[:: max(len(items) // len(made), 1)],
    }  # fmt: skip
