"""What a card is about: each system with its numbers, its owner and what to check, declared once.

Owners and steps are declared here by us; no document names them.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RECORDS", "SALES", "SYSTEMS", "Step", "System", "are_linked", "find_system"]

SALES, RECORDS = "sales", "records"


@dataclass(frozen=True)
class Step:
    """``what`` to check, as a clause; ``where``: the system that shows it; ``who`` does."""

    what: str
    where: str
    who: str


@dataclass(frozen=True)
class System:
    """``kpis``: names of the numbers that belong to it, the one that a card is told by first; ``owner``: who
    looks first. ``is_shared``: all stores depend on one thing, so that its fault is never a small one."""

    name: str
    label: str
    owner: str
    kpis: tuple[str, ...]
    steps: tuple[Step, ...]
    is_shared: bool = False


_STORE, _OPS, _PLATFORM = "Store manager", "Operations", "Platform"

SYSTEMS = (
    System(
        RECORDS, "Records", _PLATFORM,
        ("rows_payments", "rows_fees", "rows_tickets", "rows_items", "rows_stock", "rows_forms",
         "rows_clock", "rows_pushes"),
        (Step("see whether the day's rows are in the source, and once only", "the table that the card names",
              _PLATFORM),
         Step("take the snapshot again when they are whole, and run the reports that read the table",
              "lucky snapshot take", _PLATFORM),
         Step("hold back numbers of that day until then", "the reports of the table", "Finance")),
        is_shared=True,
    ),
    System(
        "payments", "Payments", "Finance", ("failed_payments", "fee_rate"),
        (Step("look at the processor's own status page and its refusals by payment method",
              "processor's console", "Finance"),
         Step("hold failed payments against orders: were they tried again?", "salespayment, t_trade",
              _PLATFORM),
         Step("ask the processor for a refund of fees that the schedule does not explain",
              "page on payment methods", "Finance")),
        is_shared=True,
    ),
    System(
        SALES, "Sales", _OPS,
        ("hours_kept", "orders_hour", "revenue_hour", "revenue", "orders", "active", "first_orders",
         "alike", "order_value", "aov"),
        (Step("ask whether the store was open and staffed all its hours", "opshop hours, rosters", _STORE),
         Step("try to order in the app at that store", "app", _PLATFORM),
         Step("see what was sold out, and which machines were down", "page of the stores", _OPS)),
    ),
    System(
        "kitchen", "Kitchen", _OPS, ("making", "making_time", "fulfilled"),
        (Step("ask who worked the bar, and how many", "rosters, clock-ins", _STORE),
         Step("see which machines were down or slow", "iotplatform", "Maintenance"),
         Step("look at the tickets that took longest", "opproduction, t_production", _OPS)),
    ),
    System(
        "machines", "Machines", "Maintenance", ("uptime", "failures"),
        (Step("see which machines wait for repair, and since when", "iotplatform", "Maintenance"),
         Step("send whoever repairs them, or move orders to a store near", "maintenance contract", _OPS)),
    ),
    System(
        "stock", "Stock", "Supply chain", ("sold_out", "stock_outs"),
        (Step("see which goods ran out, and whether a delivery failed", "scm-shopstock, scm-purchase",
              "Supply chain"),
         Step("move goods from a store near, and take what is out off the menu", "app, stock transfer",
              _OPS)),
    ),
    System(
        "coupons", "Coupons", "Marketing", ("coupons", "discounts"),
        (Step("see which campaign the coupons are of, and whether it was meant to reach so many",
              "salesmarketing, campaign settings", "Marketing"),
         Step("look for one code or account that is used again and again", "coupon records", _PLATFORM),
         Step("stop the campaign if it was not meant", "campaign settings", "Marketing")),
    ),
    System(
        "returns", "Refunds and complaints", _OPS, ("refunds", "refunded", "complaints"),
        (Step("read what the day's refunds and complaints give as reason", "opqualitycontrol, t_trade", _OPS),
         Step("ask the store what went wrong, and put it right with the guests", "store", _STORE)),
    ),
    System(
        "customers", "Customers", "Marketing", ("registrations",),
        (Step("try to register, and look at the app's releases of that day", "app", _PLATFORM),
         Step("see which campaigns began or ended", "campaign settings", "Marketing")),
    ),
)  # fmt: skip


def find_system(kpi: str) -> System:
    """The system of a number.

    >>> find_system("uptime").label
    'Machines'
    """
    return next(system for system in SYSTEMS if kpi in system.kpis)


def are_linked(one: str, other: str) -> bool:
    """Whether numbers of two systems that are off in all stores on one day are one event: those of one
    system, and anything with sales or with records, which everything moves or is counted from.

    >>> are_linked("payments", "sales"), are_linked("payments", "kitchen")
    (True, False)
    """
    return one == other or bool({one, other} & {SALES, RECORDS})
