"""How fast suppliers' bills are settled, against what was agreed, and what is not yet settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.supply_chain.suppliers.bought import Bought
from lucky_analytics.questions.supply_chain.suppliers.supplier_scores import estimate_share

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Settled", "load_settled"]


@dataclass(frozen=True)
class Settled:
    """``by_supplier``: ``name``, ``n`` settlements, ``usual_days`` (median from arrival to payment),
    ``agreed_days``, ``on_time`` (share of those due that were paid by their day), ``overdue``,
    ``overdue_dollars``. ``in_time``: share of all, over weeks. ``n``; ``overdue``: open and past their day,
    by id with words; ``overdue_dollars``; ``unsettled_dollars`` of ``n_unsettled`` shipments received and not
    yet settled; ``n_astray``: settlements of no shipment, or of another supplier's, or of another sum."""

    by_supplier: pd.DataFrame
    in_time: Estimate
    n: int
    overdue: dict[str, str]
    overdue_dollars: float
    unsettled_dollars: float
    n_unsettled: int
    n_astray: int


def load_settled(suite: Suite, bought: Bought, level: float) -> Settled | None:
    """Settlements made by ``as_of``, as they stood then; null without the table."""
    table = suite.optional("settlements")
    if table is None:
        return None
    row = table.execute()
    today = bought.today
    paid = pd.to_datetime(row["paid_date"]).astype("datetime64[s]")
    paid = paid.where(paid <= today)
    due = pd.to_datetime(row["due_date"]).astype("datetime64[s]")
    own = row.assign(paid=paid, due=due, dollars=row["amount_cents"] / 100)
    ships = bought.ships.set_index("shipment_id")
    of = ships.reindex(own["shipment_id"])
    is_known = of["supplier_id"].notna().to_numpy()
    differs = (of["supplier_id"].to_numpy() != own["supplier_id"]) | (
        np.abs(of["dollars"].to_numpy(float) - own["dollars"]) > 0.005
    )
    own["days"] = (paid - of["arrived"].to_numpy()).dt.days
    own["is_due"] = (due <= today).astype(float)
    own["in_time"] = ((paid <= due) & (due <= today)).astype(float)
    is_over = (due < today) & paid.isna()
    names = bought.suppliers.set_index("supplier_id")
    own["name"] = own["supplier_id"].map(names["name"]).fillna(own["supplier_id"])
    late = own[is_over]
    open_ships = ships[ships["arrived"].notna() & ~ships.index.isin(own["shipment_id"])]
    return Settled(
        _by_supplier(own.assign(is_over=is_over), names),
        estimate_share(own[own["is_due"] > 0], "in_time", "is_due", "due", level),
        len(own),
        {
            str(each.settlement_id): f"{each.name} since {each.due:%-d %b %Y}"
            for each in late.itertuples(index=False)
        },
        float(late["dollars"].sum()),
        float(open_ships["dollars"].sum()),
        len(open_ships),
        int((~is_known | differs.to_numpy()).sum()),
    )


def _by_supplier(own: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    own = own.assign(overdue_dollars=own["dollars"].where(own["is_over"], 0.0))
    groups = own.groupby(["supplier_id", "name"])
    table = groups.agg(
        n=("settlement_id", "size"), usual_days=("days", "median"), due=("is_due", "sum"),
        in_time=("in_time", "sum"), overdue=("is_over", "sum"), overdue_dollars=("overdue_dollars", "sum"),
    ).reset_index()  # fmt: skip
    table["agreed_days"] = table["supplier_id"].map(names["payment_days"]).astype(float)
    table["on_time"] = table["in_time"] / table["due"].where(table["due"] > 0)
    return table.sort_values(["on_time", "name"], ignore_index=True).drop(columns=["in_time", "due"])
