"""Tables and frames behind the charts of the page on shelf lives."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.models.shelves import Shelves
from lucky_analytics.questions.supply_chain.shelf_life.batch_chances import Tried

__all__ = ["list_batches_due", "list_labels", "show_calibration", "show_evenings", "show_stores"]

_EDGES = np.array([0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0])


def list_batches_due(told: pd.DataFrame, shelves: Shelves) -> pd.DataFrame:
    """Batches on the shelf, the most dollars first: ``store_name``, ``goods_name``, ``received``, ``use_by``
    (text), ``ahead``, ``left``, ``unit``, ``chance``, ``expected``, ``dollars``."""
    pairs = shelves.pairs.iloc[told["series"]].reset_index(drop=True)
    dates = shelves.days[told["day"]]
    use_by = dates + pd.to_timedelta(shelves.life[told["series"]], "D")
    columns = ["store_id", "goods_id", "store_name", "goods_name", "unit"]
    table = pairs[columns].assign(
        received=dates.strftime("%-d %b"), use_by=use_by.strftime("%a %-d %b"),
        **{name: told[name].to_numpy() for name in ("ahead", "left", "chance", "expected", "dollars")},
    )  # fmt: skip
    order = ["dollars", "store_name", "goods_name"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def list_labels(due: pd.DataFrame) -> pd.DataFrame:
    """Of ``list_batches_due``: what is to be gone tomorrow, store by store, to be printed."""
    return due[due["ahead"] == 1].sort_values(["store_name", "goods_name", "received"], ignore_index=True)


def show_stores(due: pd.DataFrame, ahead_days: int) -> pd.DataFrame:
    """Dollars expected to expire by store and day: ``store_name`` (in order), ``use_by``, ``ahead``,
    ``dollars``."""
    own = due[due["ahead"] <= ahead_days]
    total = own.groupby("store_name")["dollars"].sum().sort_values(ascending=False)
    sums = own.groupby(["store_name", "ahead", "use_by"])["dollars"].sum().reset_index()
    sums["place"] = sums["store_name"].map({name: k for k, name in enumerate(total.index)})
    return sums.sort_values(["place", "ahead"], ignore_index=True).drop(columns="place")


def show_calibration(tried: Tried) -> pd.DataFrame:
    """Chances as they were told against how many came: ``told`` (mean chance of a bin), ``came`` (share that
    expired) with ``low``, ``high`` over evenings (one standard error each way), ``n`` batches."""
    own = tried.batches
    if own.empty:
        return pd.DataFrame(columns=["told", "came", "low", "high", "n"])
    own = own.assign(
        bin=np.clip(np.searchsorted(_EDGES, own["chance"].astype(float), side="right") - 1, 0, 6)
    )
    rows = []
    for _, cell in own.groupby("bin"):
        came = cell["is_expired"].astype(float)
        sums = (came - came.mean()).groupby(cell["evening"]).sum()
        error = float(np.sqrt((sums**2).sum())) / len(cell)
        share = float(came.mean())
        rows.append((cell["chance"].mean(), share, max(share - error, 0), min(share + error, 1), len(cell)))
    return pd.DataFrame(rows, columns=["told", "came", "low", "high", "n"])


def show_evenings(tried: Tried) -> pd.DataFrame:
    """``Tried.evenings`` as a row an evening and kind: ``date``, ``kind`` ("expected" or "came"),
    ``dollars``."""
    return tried.evenings.melt("date", ["expected", "came"], "kind", "dollars")
