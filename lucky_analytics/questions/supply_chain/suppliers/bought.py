"""What was ordered of each supplier and how it came, as it was known on the last day that counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from lucky_analytics import estate

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["NEEDED", "Bought", "find_hindrance", "list_missing", "load_bought", "select_recent"]

NEEDED = ("purchase_orders", "purchase_lines", "shipments")
_SECTIONS = {
    "settlements": ("how bills are paid", "scm-purchase", "t_supplier_settlement"),
    "suppliers": ("names, classes and terms of suppliers", "scmsrm", "t_supplier"),
    "goods": ("names and classes of goods", "scmcommodity", "t_mdm_goods"),
    "stock": ("what late deliveries cost", "scm-shopstock", "t_shop_goods_stock_daily"),
}


@dataclass(frozen=True)
class Bought:
    """Purchases in US dollars by ``as_of``; money in dollars, packs as counts, dates as timestamps.

    ``suppliers``: ``supplier_id``, ``name``, ``goods_class``, ``lead_days``, ``payment_days`` (the last three
    null without a profile). ``orders``: one row an order that was not cancelled, in the order of time:
    ``purchase_id``, ``supplier_id``, ``ordered``, ``due`` (the last day promised), ``dollars``, ``packs``,
    ``shipped``, ``refused``, ``kept``, ``n_ships``, ``n_late``, ``is_due``. ``ships``: ``shipment_id``,
    ``purchase_id``, ``supplier_id``, ``ordered``, ``promised``, ``arrived`` (null while it has not),
    ``shipped``, ``refused``, ``dollars``, ``is_due``, ``is_late`` (due, and not here by its day). ``lines``:
    ``purchase_id``, ``supplier_id``, ``ordered``, ``goods_id``, ``goods_name``, ``goods_class``, ``packs``,
    ``unit_dollars`` (of a base unit), ``dollars``. ``n_cancelled``, ``n_foreign``: orders left out.
    """

    as_of: dt.date
    suppliers: pd.DataFrame
    orders: pd.DataFrame
    ships: pd.DataFrame
    lines: pd.DataFrame
    n_cancelled: int
    n_foreign: int

    @property
    def today(self) -> pd.Timestamp:
        return pd.Timestamp(self.as_of)


def find_hindrance(suite: Suite, bought: Bought | None) -> str:
    """Why nothing can be said, empty where something can: "table" where one is missing, "nothing" before the
    first order, "early" before the first promised day."""
    if any(suite.optional(name) is None for name in NEEDED):
        return "table"
    if bought is None:
        return "nothing"
    return "" if bought.orders["is_due"].any() else "early"


def list_missing(suite: Suite) -> dict[str, dict[str, str]]:
    """Sections whose source table the snapshot lacks: source tables with their server, by section."""
    found = {}
    for name, (section, database, table) in _SECTIONS.items():
        if suite.optional(name) is None:
            home = estate.load().database(database)
            found[section] = {f"{home.name}.{table}": home.server}
    return found


def load_bought(suite: Suite) -> Bought | None:
    """Everything bought by ``as_of``; null without a table that it needs, and before the first order."""
    if any(suite.optional(name) is None for name in NEEDED):
        return None
    placed = suite.purchase_orders.execute()
    is_home = placed["currency"] == "USD"
    is_counted = is_home & (placed["status"] != "cancelled")
    if not is_counted.any():
        return None
    today = pd.Timestamp(suite.as_of)
    lines = _lines(suite)
    ships = _ships(suite, today)
    own = placed[is_counted].rename(columns={"purchase_date": "ordered"})
    own = own.assign(
        ordered=_days(own["ordered"]), due=_days(own["expected_date"]), dollars=own["amount_cents"] / 100
    )
    sums = ships.groupby("purchase_id").agg(
        last=("promised", "max"), shipped=("shipped", "sum"), refused=("refused", "sum"),
        n_ships=("shipment_id", "size"), n_late=("is_late", "sum"), kept=("kept", "sum"),
    )  # fmt: skip
    packs = lines.groupby("purchase_id")["packs"].sum().rename("packs")
    own = own.merge(sums, on="purchase_id", how="left").merge(packs, on="purchase_id", how="left")
    own["due"] = own[["due", "last"]].max(axis=1)
    own["is_due"] = own["due"] <= today
    counts = ["shipped", "refused", "n_ships", "n_late", "kept", "packs"]
    own[counts] = own[counts].fillna(0).astype(float)
    # An order of which nothing was even sent is late as a whole.
    own.loc[own["is_due"] & (own["n_ships"] == 0), ["n_ships", "n_late"]] = 1.0
    keep = ["purchase_id", "supplier_id", "ordered", "due", "dollars", *counts, "is_due"]
    orders = own.sort_values(["ordered", "purchase_id"], ignore_index=True)[keep]
    ids = set(orders["purchase_id"])
    return Bought(
        suite.as_of, _suppliers(suite, orders), orders,
        ships[ships["purchase_id"].isin(ids)].reset_index(drop=True),
        lines[lines["purchase_id"].isin(ids)].reset_index(drop=True),
        int((is_home & ~is_counted).sum()), int((~is_home).sum()),
    )  # fmt: skip


def select_recent(bought: Bought, n_days: int) -> pd.DataFrame:
    """Orders whose last promised day lies in the ``n_days`` by ``as_of``: only a promise that has passed can
    be judged, whether it was kept or not."""
    start = bought.today - pd.Timedelta(days=n_days)
    return bought.orders[bought.orders["is_due"] & (bought.orders["due"] > start)]


def _days(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column).astype("datetime64[s]")


def _ships(suite: Suite, today: pd.Timestamp) -> pd.DataFrame:
    ship = suite.shipments.execute()
    arrived = _days(ship["arrived_date"])
    arrived = arrived.where(arrived <= today)  # what came later was not yet known
    promised, is_here = _days(ship["promised_date"]), arrived.notna()
    refused = np.where(is_here, ship["rejected_packs"], 0).astype(float)
    rows = pd.DataFrame(
        {
            "shipment_id": ship["shipment_id"], "purchase_id": ship["purchase_id"],
            "supplier_id": ship["supplier_id"], "ordered": _days(ship["purchase_date"]),
            "promised": promised, "arrived": arrived, "shipped": ship["shipped_packs"].astype(float),
            "refused": refused, "kept": np.where(is_here, ship["shipped_packs"], 0.0) - refused,
            "dollars": np.where(is_here, ship["accepted_cents"] / 100, 0.0),
            "is_due": promised <= today,
        }
    )  # fmt: skip
    rows["is_late"] = rows["is_due"] & ~(rows["arrived"] <= rows["promised"])
    return rows.sort_values(["promised", "shipment_id"], ignore_index=True)


def _lines(suite: Suite) -> pd.DataFrame:
    line, good = suite.purchase_lines, suite.optional("goods")
    if good is None:
        null = ibis.null("string")
        line = line.mutate(goods_name=null, goods_class=null)
    else:
        line = line.left_join(good.select("goods_id", "goods_name", "goods_class"), "goods_id")
    row = line.execute()
    base = (row["ordered_packs"] * row["pack_quantity"]).where(lambda x: x > 0)
    return pd.DataFrame(
        {
            "purchase_id": row["purchase_id"], "supplier_id": row["supplier_id"],
            "ordered": _days(row["purchase_date"]), "goods_id": row["goods_id"],
            "goods_name": row["goods_name"].fillna(row["goods_id"]),
            "goods_class": row["goods_class"].fillna("Unknown"), "packs": row["ordered_packs"].astype(float),
            "unit_dollars": row["amount_cents"] / 100 / base, "dollars": row["amount_cents"] / 100,
        }
    ).sort_values(["ordered", "purchase_id", "goods_id"], ignore_index=True)  # fmt: skip


def _suppliers(suite: Suite, orders: pd.DataFrame) -> pd.DataFrame:
    """Every supplier of an order, by its number where it has no profile."""
    ids = pd.DataFrame({"supplier_id": sorted(orders["supplier_id"].unique())})
    profile = suite.optional("suppliers")
    if profile is None:
        return ids.assign(
            name=ids["supplier_id"], goods_class="Unknown", lead_days=np.nan, payment_days=np.nan
        )
    own = profile.execute().drop_duplicates("supplier_id").rename(columns={"supplier_name": "name"})
    own = ids.merge(own, on="supplier_id", how="left")
    # Two suppliers of one name are told apart by their numbers.
    name = own["name"].fillna(own["supplier_id"])
    own["name"] = name.where(~name.duplicated(keep=False), name + " " + own["supplier_id"])
    own["goods_class"] = own["goods_class"].fillna("Unknown")
    return own[["supplier_id", "name", "goods_class", "lead_days", "payment_days"]].astype(
        {"lead_days": float, "payment_days": float}
    )
