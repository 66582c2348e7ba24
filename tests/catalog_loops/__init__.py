"""The small conformed tables by plain Python: one function a table, from raw rows to conformed rows.

Each takes ``raw("source.table")``, the raw rows as dicts, and gives all columns of its table. Nothing here is
shared with the catalog: codes, zones and the last day that counts are written out again.
"""

from __future__ import annotations

from tests.catalog_loops import (
    crm,
    customers,
    forecasts,
    goods,
    kitchen,
    placed,
    purchasing,
    quality,
    risk,
    sales,
    tasks,
    work,
)

__all__ = ["LOOPS"]

_PARTS = (sales, placed, customers, crm, goods, forecasts, purchasing, kitchen, quality, work, risk, tasks)
LOOPS = {name: getattr(part, name) for part in _PARTS for name in part.__all__}
