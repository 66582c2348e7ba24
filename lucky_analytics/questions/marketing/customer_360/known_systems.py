"""Which system knows whom: people by the systems that hold something of them, and how far they overlap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["SYSTEMS", "Known", "count_known", "tabulate_coverage"]

# The conformed table of each system, and what readers call it; the first is who is registered.
SYSTEMS = {
    "customers": "Registered",
    "orders": "Completed orders",
    "customer_profiles": "Profiles",
    "customer_states": "Platform states",
    "customer_labels": "Labels",
    "coupons": "Coupons held",
    "pushes": "Notifications",
    "campaign_partakes": "Campaigns",
    "experiments": "Experiments",
    "first_touches": "First touches",
}


@dataclass(frozen=True)
class Known:
    """``masks``: people by the systems that know them: ``mask`` (a bit for each of ``names``, in its order)
    and ``n``; ``names``: systems that the snapshot has, ``missing``: those that it lacks, in readers' words;
    ``sql``: the query. Delivery platforms' accounts are no people and in none."""

    masks: pd.DataFrame
    names: tuple[str, ...]
    missing: tuple[str, ...]
    sql: str


def count_known(suite: Suite) -> Known:
    """People by the systems that know them, by ``as_of``; people nobody registered count too."""
    accounts = suite.customers.filter("is_delivery_account").select("customer_id")
    # Each by its name, so that a change of one of them is known to make the page again.
    tables = {
        "customers": suite.customers,
        "orders": suite.orders,
        "customer_profiles": suite.optional("customer_profiles"),
        "customer_states": suite.optional("customer_states"),
        "customer_labels": suite.optional("customer_labels"),
        "coupons": suite.optional("coupons"),
        "pushes": suite.optional("pushes"),
        "campaign_partakes": suite.optional("campaign_partakes"),
        "experiments": suite.optional("experiments"),
        "first_touches": suite.optional("first_touches"),
    }
    parts: list[ir.Table] = []
    names: list[str] = []
    for name, table in tables.items():
        if table is not None:
            own = table.filter(table.customer_id.notnull()).select("customer_id").distinct()
            parts.append(own.mutate(bit=ibis.literal(1 << len(names), "int64")))
            names.append(SYSTEMS[name])
    each = ibis.union(*parts) if len(parts) > 1 else parts[0]
    each = each.anti_join(accounts, "customer_id")
    mask = each.group_by("customer_id").agg(mask=each.bit.sum().cast("int64"))
    counted = mask.group_by("mask").agg(n=mask.count()).order_by("mask")
    missing = tuple(SYSTEMS[name] for name, table in tables.items() if table is None)
    return Known(counted.execute(), tuple(names), missing, suite.sql(counted))


def tabulate_coverage(known: Known) -> pd.DataFrame:
    """Each system, and the share of its people whom each other one knows.

    ``system``, ``n`` people, ``n_unknown`` (of them nobody registered), then a column for each of
    ``known.names`` (0 to 1; null where the system knows nobody).
    """
    mask, n = known.masks["mask"].to_numpy(np.int64), known.masks["n"].to_numpy(np.int64)
    has = (mask[:, None] >> np.arange(len(known.names))) & 1
    both = has.T @ (has * n[:, None])
    size = both.diagonal()
    share = both / np.where(size > 0, size, np.nan)[:, None]
    unknown = size - both[:, 0]
    frame = pd.DataFrame(share, columns=list(known.names))
    return pd.concat([pd.DataFrame({"system": known.names, "n": size, "n_unknown": unknown}), frame], axis=1)
