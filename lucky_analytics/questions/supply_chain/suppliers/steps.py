"""Small steps of the notebook: what is checked, counted and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.supply_chain.suppliers.bought import Bought, select_recent
from lucky_analytics.questions.supply_chain.suppliers.supplier_bills import Settled
from lucky_analytics.questions.supply_chain.suppliers.supplier_scores import estimate_share, mark_whole

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["check_bought", "estimate_packs", "estimate_whole", "name_worse", "query", "share_alone"]


def query(suite: Suite) -> ir.Table:
    """Shipments and packs by supplier and order: the query behind the page's headlines."""
    ship = suite.shipments
    return ship.group_by("supplier_id", "purchase_id").agg(
        n=ship.count(), late=(ship.days_late > 0).sum(), shipped=ship.shipped_packs.sum(),
        refused=ship.rejected_packs.sum(),
    )  # fmt: skip


def check_bought(bought: Bought, settled: Settled | None) -> list[tuple[str, bool, str]]:
    """``report.check`` for each: name, whether it holds, detail."""
    lone = int(bought.suppliers["lead_days"].isna().sum())
    lead = bought.orders["supplier_id"].map(bought.suppliers.set_index("supplier_id")["lead_days"])
    first = bought.ships.groupby("purchase_id")["promised"].min()
    first = pd.to_datetime(first.reindex(bought.orders["purchase_id"])).reset_index(drop=True)
    promised = (first - bought.orders["ordered"]).dt.days
    known = lead.notna() & promised.notna()
    off = int((promised[known] != lead[known]).sum())
    lines = bought.lines.groupby("purchase_id")["dollars"].sum()
    gap = (bought.orders["purchase_id"].map(lines).fillna(0.0) - bought.orders["dollars"]).abs()
    found = [
        ("the profiles of the second system name every supplier", lone == 0,
         f"{lone} of {len(bought.suppliers)} are in none"),
        ("promises are those of the profiles", off == 0,
         f"{off} of {int(known.sum())} orders promise other days"),
        ("orders add up from their lines", bool((gap < 0.005).all()), f"{int((gap >= 0.005).sum())} do not"),
        ("every order is in US dollars", bought.n_foreign == 0,
         f"{bought.n_foreign} are not, and are left out"),
    ]  # fmt: skip
    if settled is not None:
        found.append(
            ("bills are of a received shipment, its supplier and its sum", settled.n_astray == 0,
             f"{settled.n_astray} of {settled.n} are not")
        )  # fmt: skip
    return found


def estimate_whole(bought: Bought, n_days: int, in_full: float, level: float) -> Estimate:
    """Share of the orders due in the days that came on time and in full, over weeks."""
    recent = mark_whole(select_recent(bought, n_days), in_full).assign(one=1.0)
    return estimate_share(recent, "is_otif", "one", "due", level)


def estimate_packs(bought: Bought, n_days: int, part: str, of: str, level: float) -> Estimate:
    """``part`` of ``of`` (packs of orders due in the days), over weeks."""
    return estimate_share(select_recent(bought, n_days), part, of, "due", level)


def name_worse(bought: Bought, turns: pd.DataFrame) -> dict[str, str]:
    """Suppliers that became worse, each with the measures and the first day, by an id that stays."""
    names = bought.suppliers.set_index("supplier_id")["name"]
    worse = turns[turns["is_worse"]].sort_values("since")
    return {
        str(
            supplier
        ): f"{names[supplier]}: {', '.join(own['measure'])} since {own['since'].iloc[0]:%-d %b %Y}"
        for supplier, own in worse.groupby("supplier_id", sort=True)
    }


def share_alone(lines: pd.DataFrame) -> float | None:
    """Share of the money ordered that went to goods with one supplier alone; null without lines."""
    total = float(lines["dollars"].sum())
    if not total > 0:
        return None
    alone = lines.groupby("goods_id")["supplier_id"].transform("nunique") == 1
    return float(lines.loc[alone, "dollars"].sum()) / total
