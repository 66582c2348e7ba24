"""What the kitchens' printers print: a slip for the order and the counter, a label for each cup, recipes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lucky_analytics.demo.build.arrays import Ints, stream
from lucky_analytics.demo.build.arrow_columns import datetimes, same, table, texts
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["Tickets", "receipt_table"]

N_RECEIPTS = 2_000_000
ORDER_SLIP, CUP_LABEL, PICK_UP_SLIP, RECIPE_SLIP, REPRINT = 1, 2, 3, 4, 5
_REPRINT_SHARE, _FAILED_SHARE = 0.012, 0.004
_NONE = -1


@dataclass(frozen=True)
class Tickets:
    """One position per production ticket: ids, shop's id, when opened and ended (-1 never), UTC seconds."""

    id: Ints
    order_id: Ints
    shop_id: Ints
    opened: Ints
    ended: Ints


def receipt_table(
    schema: pa.Schema, tickets: Tickets, unit_id: Ints, unit_ticket: Ints, scale: float, seed: int
) -> pa.Table:
    """``t_print_receipt``: an order slip and a pick-up slip a ticket, a label a unit, recipe slips for units
    made to a changed recipe up to the published count, a few reprints.

    ``unit_id`` and ``unit_ticket`` (position in ``tickets``) have one value per unit that the kitchen makes.
    """
    rng = stream(seed, "receipts")
    n, units = len(tickets.id), np.arange(len(unit_id))
    again = np.flatnonzero(rng.random(n) < _REPRINT_SHARE)
    room = round(N_RECEIPTS * scale) - 2 * n - len(units) - len(again)
    changed = np.sort(rng.permutation(len(units))[: max(room, 0)])
    everyone, nothing = np.arange(n), np.full(n, _NONE)
    parts = (
        (ORDER_SLIP, everyone, nothing),
        (CUP_LABEL, unit_ticket, units),
        (PICK_UP_SLIP, everyone, nothing),
        (RECIPE_SLIP, unit_ticket[changed], changed),
        (REPRINT, again, nothing[again]),
    )
    kind = np.repeat([part[0] for part in parts], [len(part[1]) for part in parts])
    ticket, unit = (np.concatenate([part[k] for part in parts]) for k in (1, 2))
    opened, ended = tickets.opened[ticket], tickets.ended[ticket]
    when = opened + rng.integers(1, 4, len(kind))
    when = np.where((kind == PICK_UP_SLIP) & (ended > 0), np.maximum(ended, when), when)
    when += np.where(kind == REPRINT, rng.integers(20, 300, len(kind)), 0)
    order = np.lexsort((unit, kind, ticket, when))
    ticket, unit, kind = ticket[order], unit[order], kind[order]
    return table(schema, {
        "id": 820_000_000_001 + np.arange(len(kind)),
        "tenant": same(LIVE_TENANT, len(kind), pa.string()),
        "production_id": tickets.id[ticket],
        "order_id": texts(tickets.order_id[ticket]),
        "commodity_id": pa.array(unit_id[np.maximum(unit, 0)], mask=unit < 0),
        "shop_id": tickets.shop_id[ticket],
        "receipt_type": kind,
        "printer_no": 1 + ticket % 3,
        "status": np.where(rng.random(len(kind)) < _FAILED_SHARE, 2, 1),
        "print_time": datetimes(when[order]),
    })  # fmt: skip
