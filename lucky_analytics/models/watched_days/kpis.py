"""What is watched every day, in every store and of all stores together: each number declared once."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

__all__ = ["ALL", "CHAIN", "KPIS", "OF_SALES", "VOLUMES", "Kpi", "find_kpi", "name_missing"]

ALL = "All stores"  # the store id of what is counted for all of them together
_SALES, _KITCHEN, _PEOPLE, _MONEY = "Revenue and orders", "Operations", "Customers", "Money going back"


@dataclass(frozen=True)
class Kpi:
    """``y`` and ``per`` are columns of ``store_numbers.load_days`` or ``chain_numbers.load_chain``; ``kind``
    as in ``expect_days``, where ``per`` is the exposure of ``y``. ``good``: whether ``y`` should go "up",
    "down" or neither (empty). What readers see is ``y`` / ``per`` (or ``y`` alone, where there is none or
    ``is_total`` says so), or one less that where ``is_complement`` says so, times ``scale`` and in ``unit``.
    ``short`` heads a column of the grid of stores; ``part`` is the part of the briefing, and ``worth`` what
    one more is in dollars ("order": an average order, "dollar": it is dollars, empty: no money can be put on
    it), both of the chain's numbers."""

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
    is_total: bool = False
    part: str = ""
    worth: str = ""

    def shown(self, y: pd.Series, per: pd.Series | float) -> pd.Series:
        """The value that readers see; null where nothing was exposed.

        >>> find_kpi("uptime").shown(pd.Series([1.0]), pd.Series([10.0])).tolist()
        [0.9]
        """
        share = y / (per if self.per and not self.is_total else 1.0)
        return self.scale * ((1 - share) if self.is_complement else share)

    @property
    def better(self) -> int:
        """The good direction of what readers see: 1 up, -1 down, 0 neither.

        >>> find_kpi("uptime").better, find_kpi("coupons").better
        (1, 0)
        """
        sign = {"up": 1, "down": -1}.get(self.good, 0)
        return -sign if self.is_complement else sign


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
    Kpi("complaints", "Complaints per thousand orders", "Complaints", "complaints", "orders", "count", "down",
        "complaints", 1000.0),
    # Minutes have no tail that could be learnt: most days miss none, and a few half an hour.
    Kpi("hours_kept", "Opening hours kept, to the half hour", "Hours", "missed_halves", "planned_halves",
        "count", "down", "share", is_complement=True),
)  # fmt: skip
VOLUMES = ("orders_hour", "revenue_hour")
OF_SALES = (*VOLUMES, "hours_kept")  # numbers of a store whose alarm is an alarm of what it sold that day


def _all(
    name: str, label: str, y: str, per: str, kind: str, good: str, unit: str, part: str, worth: str = "",
    scale: float = 1.0,
) -> Kpi:  # fmt: skip
    return Kpi(name, label, "", y, per, kind, good, unit, scale, is_total=True, part=part, worth=worth)


CHAIN = (
    _all("revenue", "Revenue", "dollars", "planned_hours", "amount", "up", "USD", _SALES, "dollar"),
    _all("orders", "Orders", "orders", "planned_hours", "count", "up", "orders", _SALES, "order"),
    _all("order_value", "Average order", "aov", "", "amount", "up", "USD an order", _SALES),
    _all("making_time", "Production time", "making_seconds", "", "amount", "down", "minutes",
         _KITCHEN, scale=1 / 60),
    _all("stock_outs", "Goods sold out", "sold_out", "goods", "count", "down", "goods", _KITCHEN),
    _all("failures", "Machines that failed", "failures", "", "count", "down", "machines", _KITCHEN),
    _all("active", "Customers who ordered", "active", "", "count", "up", "customers", _PEOPLE, "order"),
    _all("first_orders", "First orders", "first_orders", "", "count", "up", "customers", _PEOPLE, "order"),
    _all("registrations", "Registrations", "registrations", "", "count", "up", "customers", _PEOPLE),
    _all("coupons", "Coupons used", "coupons", "orders", "count", "", "coupons", _PEOPLE),
    _all("refunded", "Orders refunded", "refunded", "orders", "count", "down", "refunds", _MONEY, "order"),
    _all("failed_payments", "Payments that failed", "failed_payments", "payments", "count", "down",
         "payments", _MONEY, "order"),
)  # fmt: skip


def find_kpi(name: str) -> Kpi:
    """One of ``KPIS`` or ``CHAIN`` by name."""
    return next(kpi for kpi in (*KPIS, *CHAIN) if kpi.name == name)


def name_missing(days: pd.DataFrame, kpis: tuple[Kpi, ...] = KPIS) -> list[str]:
    """The labels of those of ``kpis`` that no table of the snapshot counts. ``days`` has their columns."""
    return [kpi.label for kpi in kpis if days[kpi.y].isna().all() or (kpi.per and days[kpi.per].isna().all())]
