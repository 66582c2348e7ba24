"""How much hangs on the largest: its share, and how many equal products would be as concentrated."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights, quantile_interval

__all__ = ["estimate_concentration"]


def estimate_concentration(
    weeks: pd.DataFrame, *, n_replicates: int = 2000, level: float = 0.9, seed: int = 7
) -> pd.DataFrame:
    """Share of the largest product and the effective number of products, with week-block intervals.

    ``weeks``: ``product_id``, ``week``, ``y`` (units, dollars; not negative in total). Two rows: ``measure``
    is ``top share`` (of the product that is largest over all weeks) or ``effective number`` (Hirschman-
    Herfindahl index inverted: 1 for a single product, n for n equal ones); ``product_id`` names the largest
    (null in the second row), ``value``, ``low``, ``high``. Raises ``LuckyError`` when nothing was sold.

    >>> weeks = pd.DataFrame({"product_id": list("abab"), "week": [1, 1, 2, 2], "y": [3, 1, 3, 1]})
    >>> estimate_concentration(weeks)["value"].round(2).tolist()
    [0.75, 1.6]
    """
    table = weeks.pivot_table(index="week", columns="product_id", values="y", aggfunc="sum", fill_value=0)
    total = table.to_numpy(float).sum(axis=0)
    if not total.sum() > 0:
        raise LuckyError("concentration", expected="sales", got="none")
    draws = draw_block_weights(len(table), n_replicates, seed) @ table.to_numpy(float)
    share, shares = total / total.sum(), draws / draws.sum(axis=1, keepdims=True)
    top = int(share.argmax())
    rows = []
    for measure, product, value, values in (
        ("top share", table.columns[top], share[top], shares[:, top]),
        ("effective number", None, 1 / (share**2).sum(), 1 / (shares**2).sum(axis=1)),
    ):
        low, high = quantile_interval(values, level)
        rows.append((measure, product, float(value), float(low), float(high)))
    return pd.DataFrame(rows, columns=["measure", "product_id", "value", "low", "high"])
