"""Which suppliers became worse, since when and by how much; prices that rose, and what that costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.change_scan import scan_change
from lucky_analytics.questions.supply_chain.suppliers.bought import Bought

__all__ = ["LATE", "PRICE", "REFUSED", "estimate_overpaid", "find_turns", "price_relatives"]

LATE, REFUSED, PRICE = "late", "refused", "price"
MEASURES = (LATE, REFUSED, PRICE)
_COLUMNS = ("supplier_id", "measure", "since", "since_first", "since_last", "before", "after", "step", "low",
            "high", "p_value", "n")  # fmt: skip
_MONTH_DAYS = 365.25 / 12
# What a few shuffles already match this often is no change by any number of them.
_FEW_SHUFFLES, _CLOSE_LOOK = 499, 0.08


def price_relatives(bought: Bought) -> pd.DataFrame:
    """``lines`` with a price, and ``relative``: ln of it less the mean ln price of its good there."""
    line = bought.lines[bought.lines["unit_dollars"] > 0]
    log = pd.Series(np.log(line["unit_dollars"].to_numpy(float)), line.index)
    relative = log.groupby([line["supplier_id"], line["goods_id"]]).transform(lambda own: own - own.mean())
    return line.assign(relative=relative)


def find_turns(bought: Bought, fewest: int, false_alarm: float, level: float) -> pd.DataFrame:
    """The likeliest change of each supplier's late shipments, refused packs and prices, over all its orders.

    One row a supplier and ``measure`` with at least twice ``fewest`` orders that vary: ``since`` (the day of
    the first order after it), ``since_first`` and ``since_last`` (the days that may be it), ``before``,
    ``after`` (shares; for prices relative to the mean), ``step`` with ``low`` and ``high`` (prices: as a
    share), ``p_value``, ``adjusted`` (for several suppliers and measures), ``is_worse`` and ``is_better``.
    The chance that any supplier is named at which nothing changed is at most ``false_alarm``, and so is, for
    each supplier at which something did, that of naming a measure of it that did not. The intervals of those
    named allow for having been picked among all (Benjamini and Yekutieli 2005): of such intervals a share of
    ``level`` holds.
    """
    groups = _series(bought).groupby(["supplier_id", "measure"], sort=True)
    series = {(str(supplier), str(measure)): own for (supplier, measure), own in groups}
    n_tests = max(len(series), 1)
    n_shuffles = int(max(9_999, 3 * n_tests / false_alarm))
    rows = []
    for key, own in series.items():
        row = _scan(key, own, fewest, level, _FEW_SHUFFLES)
        if row is not None and row["p_value"] <= _CLOSE_LOOK:
            row = _scan(key, own, fewest, level, n_shuffles)
        if row is not None:
            rows.append(row | {"is_worse": False, "is_better": False})
    if not rows:
        kinds: dict[str, Any] = {"supplier_id": str, "measure": str} | dict.fromkeys(
            _COLUMNS[2:5], "datetime64[s]"
        )
        kinds |= dict.fromkeys([*_COLUMNS[5:], "adjusted"], float) | dict.fromkeys(
            ["is_worse", "is_better"], bool
        )
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    of = np.array([row["supplier_id"] for row in rows], dtype=object)
    adjusted = _adjust_within(np.array([row["p_value"] for row in rows]), of)
    n_sure = int((adjusted <= false_alarm).sum())
    for place, (row, p_value) in enumerate(zip(rows, adjusted, strict=True)):
        if p_value <= false_alarm:
            key = row["supplier_id"], row["measure"]
            # Of many only the surest are looked at: their intervals are wider for it.
            again = _scan(key, series[key], fewest, 1 - (1 - level) * n_sure / len(rows), 1)
            assert again is not None
            rows[place] = again | {"p_value": row["p_value"], "is_worse": again["step"] > 0}
            rows[place]["is_better"] = not rows[place]["is_worse"]
    return pd.DataFrame(rows).assign(adjusted=adjusted)


def _scan(
    key: tuple[str, str], own: pd.DataFrame, fewest: int, level: float, n_shuffles: int
) -> dict[str, Any] | None:
    found = scan_change(own["value"], own["weight"], fewest=fewest, level=level, n_shuffles=n_shuffles)
    if found is None:
        return None
    day = own["ordered"].to_list()
    since = [day[min(place, len(day) - 1)] for place in (found.place, found.first, found.last)]
    ends = np.array([found.before, found.after, found.step, found.low, found.high])
    if key[1] == PRICE:
        ends = np.expm1(ends)
    values = [*key, *since, *ends.tolist(), found.p_value, found.n]
    return dict(zip(_COLUMNS, values, strict=True))


def _series(bought: Bought) -> pd.DataFrame:
    """``supplier_id``, ``measure``, ``ordered``, ``value``, ``weight``: one row an order, in time."""
    due = bought.orders[bought.orders["is_due"]]
    came = due[due["shipped"] > 0]
    late = due.assign(measure=LATE, value=due["n_late"] / due["n_ships"], weight=due["n_ships"])
    refused = came.assign(measure=REFUSED, value=came["refused"] / came["shipped"], weight=came["shipped"])
    line = price_relatives(bought).assign(measure=PRICE)
    by_order = line.groupby(["supplier_id", "measure", "ordered", "purchase_id"])["relative"]
    price = by_order.agg(value="mean", weight="size").reset_index()
    names = ["supplier_id", "measure", "ordered", "purchase_id", "value", "weight"]
    parts = [part[names] for part in (late, refused, price) if len(part)]
    if not parts:
        return pd.DataFrame(columns=names)
    return pd.concat(parts, ignore_index=True).sort_values(
        ["supplier_id", "measure", "ordered", "purchase_id"]
    )


def _adjust_within(p: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Holm twice: over suppliers ``of``, each by the surest of its measures, and over the measures of each.

    A measure of a supplier that surely changed is held against the other measures of this one alone: that it
    is late, too, need not be as sure as that anything changed among all (hierarchical tests: Dmitrienko,
    Tamhane and Bretz 2010, Multiple Testing Problems in Pharmaceutical Statistics, on families in order).
    """
    within = np.empty(len(p))
    names = list(dict.fromkeys(of))
    for name in names:
        within[of == name] = _adjust(p[of == name])
    surest = np.array([within[of == name].min() for name in names])
    over = dict(zip(names, _adjust(surest), strict=True))
    return np.maximum(within, [over[name] for name in of])


def _adjust(p: np.ndarray) -> np.ndarray:
    """Holm (1979): the chance that any is called a change where none is."""
    order = np.argsort(p, kind="stable")
    rising = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(rising, 1.0)
    return adjusted


def estimate_overpaid(bought: Bought, turns: pd.DataFrame, level: float) -> Estimate:
    """Dollars a month that are paid above earlier prices at suppliers whose prices rose, over the time since.

    0 without interval where none rose. Intervals of several suppliers are added up, end to end.
    """
    risen = turns[(turns["measure"] == PRICE) & turns["is_worse"]]
    ends = np.zeros(3)
    n = 0
    for row in risen.to_dict("records"):
        is_own = bought.lines["supplier_id"] == row["supplier_id"]
        own = bought.lines[is_own & (bought.lines["ordered"] >= row["since"])]
        months = max((bought.today - row["since"]).days + 1, 1) / _MONTH_DAYS
        n += len(own)
        rise = np.array([row["step"], row["low"], row["high"]])
        ends += float(own["dollars"].sum()) / months * rise / (1 + rise)
    if risen.empty:
        return Estimate(0.0, n=len(bought.lines))
    return Estimate(float(ends[0]), float(ends[1]), float(ends[2]), level=level, n=n)
