"""What is watched in every store: each number declared once, with how its days are judged."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

__all__ = ["KPIS", "VOLUMES", "Kpi", "find_kpi"]


@dataclass(frozen=True)
class Kpi:
    """``y`` and ``per`` are columns of ``load_days``; ``kind`` as in ``expect_days``, where ``per`` is the
    exposure of ``y``. ``good``: whether ``y`` should go "up" or "down". What readers see is ``y`` / ``per``
    (or ``y`` alone), or one less that where ``is_complement`` says so, times ``scale`` and in ``unit``.
    ``short`` heads a column of the grid."""

    name: str
    label: str
    short: str
    y: str
    per: str
    kind: str
    good: str
    unit: str
    scale: float = 1.0
    is_complement: bool = False

    def shown(self, y: pd.Series, per: pd.Series | float) -> pd.Series:
        """The value that readers see; null where nothing was exposed.

        >>> find_kpi("uptime").shown(pd.Series([1.0]), pd.Series([10.0])).tolist()
        [0.9]
        """
        share = y / (per if self.per else 1.0)
        return self.scale * ((1 - share) if self.is_complement else share)


KPIS = (
    Kpi("orders_hour", "Orders an hour", "Orders", "orders", "open_hours", "count", "up", "orders"),
    Kpi("revenue_hour", "Revenue an hour", "Revenue", "dollars", "open_hours", "amount", "up", "USD"),
    Kpi("aov", "Average order", "Order size", "aov", "", "amount", "up", "USD"),
    Kpi("making", "Production time", "Making", "making_seconds", "", "amount", "down", "minutes", 1 / 60),
    Kpi("fulfilled", "Orders made", "Made", "not_made", "tickets", "count", "down", "share",
        is_complement=True),
    Kpi("uptime", "Machines up", "Machines", "machines_down", "machines", "count", "down", "share",
        is_complement=True),
    Kpi("sold_out", "Goods sold out", "Sold out", "sold_out", "goods", "count", "down", "share"),
    Kpi("refunds", "Orders refunded", "Refunds", "refunded", "orders", "count", "down", "share"),
    Kpi("complaints", "Complaints per 1,000 orders", "Complaints", "complaints", "orders", "count", "down",
        "complaints", 1000.0),
    # Minutes have no tail that could be learnt: most days miss none, and a few half an hour.
    Kpi("hours_kept", "Opening hours kept, to the half hour", "Hours", "missed_halves", "planned_halves",
        "count", "down", "share", is_complement=True),
)  # fmt: skip
VOLUMES = ("orders_hour", "revenue_hour")


def find_kpi(name: str) -> Kpi:
    """One of ``KPIS`` by name."""
    return next(kpi for kpi in KPIS if kpi.name == name)
