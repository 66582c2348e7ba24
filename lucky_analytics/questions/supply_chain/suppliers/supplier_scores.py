"""How each supplier delivers: whole and on time, drawn to what all share, ranked with what chance allows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.customers.survival import estimate_time
from lucky_analytics.methods.inference.rank_ranges import rank_ranges
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.methods.inference.shrunken_rates import average_rates
from lucky_analytics.questions.supply_chain.suppliers.bought import Bought, select_recent

__all__ = ["CRITERIA", "estimate_lead", "estimate_share", "mark_whole", "score_suppliers"]

CRITERIA = ("on time", "complete", "accepted", "steady price")


def mark_whole(orders: pd.DataFrame, in_full: float) -> pd.DataFrame:
    """``orders`` with ``is_on_time`` (every shipment by its day), ``is_full`` (``in_full`` of the packs
    ordered came and were kept) and ``is_otif``, both."""
    on_time = orders["n_late"] == 0
    full = orders["kept"] >= in_full * orders["packs"] - 1e-9
    return orders.assign(is_on_time=on_time, is_full=full, is_otif=on_time & full)


def score_suppliers(
    bought: Bought, n_days: int, in_full: float, fewest: int, weights: list[float], level: float
) -> pd.DataFrame:
    """One row a supplier, the worst first.

    ``n`` orders that fell due in ``n_days``, ``whole`` of them on time and in full, ``raw`` share; ``rate``
    with ``low`` and ``high``, drawn to all suppliers' (``average_rates``); ``best`` and ``last`` rank that
    the intervals of all together allow at ``level``; ``is_few`` (fewer than ``fewest``). Besides the shares
    of shipments ``on_time``, of packs ``filled`` (kept of ordered) and ``refused`` (of those that came),
    ``steady`` (1 less the usual distance of a price from the good's mean), ``score`` (0 to 100: the four
    ``CRITERIA`` by ``weights``), days from order to arrival (``lead_usual``, ``lead_slow``: nine of ten come
    within), ``promised_days``, ``dollars`` received. Suppliers without an order in the days have nulls.
    Raises ``ParameterError`` for weights of another number or sign.
    """
    if len(weights) != len(CRITERIA) or min(weights) < 0 or not sum(weights) > 0:
        raise ParameterError(
            "weights of the score", got=str(weights),
            expected=f"{len(CRITERIA)} numbers from 0 on, not all 0 ({', '.join(CRITERIA)})",
        )  # fmt: skip
    recent = mark_whole(select_recent(bought, n_days), in_full)
    groups = recent.groupby("supplier_id")
    sums = groups[["packs", "kept", "shipped", "refused", "n_ships", "n_late"]].sum()
    table = bought.suppliers.set_index("supplier_id").assign(n=groups.size(), whole=groups["is_otif"].sum())
    table[["n", "whole"]] = table[["n", "whole"]].fillna(0).astype(int)
    table["raw"] = table["whole"] / table["n"].where(table["n"] > 0)
    table["on_time"] = 1 - sums["n_late"] / sums["n_ships"].where(sums["n_ships"] > 0)
    table["n_ships"] = sums["n_ships"].reindex(table.index).fillna(0).astype(int)
    table["filled"] = sums["kept"] / sums["packs"].where(sums["packs"] > 0)
    table["refused"] = sums["refused"] / sums["shipped"].where(sums["shipped"] > 0)
    table["is_few"] = table["n"] < fewest
    table["steady"] = 1 - _price_spread(bought, n_days)
    parts = np.column_stack([table[name] for name in ("on_time", "filled")])
    parts = np.column_stack([parts, 1 - table["refused"], table["steady"]])
    table["score"] = 100 * parts @ (np.asarray(weights) / np.sum(weights))
    table = table.join(_leads(bought, n_days)).reset_index()
    start = bought.today - pd.Timedelta(days=n_days)
    here = bought.ships[bought.ships["arrived"] > start]
    table["dollars"] = table["supplier_id"].map(here.groupby("supplier_id")["dollars"].sum()).fillna(0.0)
    return _rank(table, level).sort_values(["rate", "name"], na_position="last", ignore_index=True)


def _rank(table: pd.DataFrame, level: float) -> pd.DataFrame:
    known = (table["n"] > 0).to_numpy()
    names = ["rate", "low", "high", "weight"]
    table = table.assign(**dict.fromkeys([*names, "best", "last"], np.nan))
    if not known.any():
        return table
    n, whole = table.loc[known, "n"].to_numpy(), table.loc[known, "whole"].to_numpy()
    table.loc[known, names] = average_rates(n, whole, level)[names].to_numpy()
    together = average_rates(n, whole, 1 - (1 - level) / int(known.sum()))
    best, last = rank_ranges(together["low"].to_numpy(), together["high"].to_numpy())
    table.loc[known, "best"], table.loc[known, "last"] = best.astype(float), last.astype(float)
    return table


def _price_spread(bought: Bought, n_days: int) -> pd.Series:
    """Mean distance of a line's price from its good's own mean in the days, as a share, by supplier."""
    start = bought.today - pd.Timedelta(days=n_days)
    line = bought.lines[(bought.lines["ordered"] > start) & (bought.lines["unit_dollars"] > 0)]
    mean = line.groupby(["supplier_id", "goods_id"])["unit_dollars"].transform("mean")
    return ((line["unit_dollars"] / mean - 1).abs()).groupby(line["supplier_id"]).mean()


def _leads(bought: Bought, n_days: int) -> pd.DataFrame:
    start = bought.today - pd.Timedelta(days=n_days)
    recent = bought.ships[bought.ships["promised"] > start]
    rows = []
    for supplier, own in recent.groupby("supplier_id"):
        usual, slow = (estimate_lead(own, bought.today, share, 0.9).value for share in (0.5, 0.9))
        rows.append((supplier, usual, slow, float((own["promised"] - own["ordered"]).dt.days.median())))
    names = ["supplier_id", "lead_usual", "lead_slow", "promised_days"]
    return pd.DataFrame(rows, columns=names).set_index("supplier_id").astype(float)


def estimate_lead(ships: pd.DataFrame, today: pd.Timestamp, share: float, level: float) -> Estimate:
    """Days from order to arrival within which ``share`` of ``ships`` come; those that have not yet count as
    long as they are under way (Kaplan-Meier). An end, or the value, is null where it is not yet seen."""
    is_here = ships["arrived"].notna()
    days = (ships["arrived"].fillna(today) - ships["ordered"]).dt.days.clip(lower=0)
    counts = pd.DataFrame(
        {"duration": days, "n_event": is_here.astype(int), "n_censored": (~is_here).astype(int)}
    )
    return estimate_time(counts, share, level)


def estimate_share(rows: pd.DataFrame, part: str, of: str, day: str, level: float) -> Estimate:
    """``part`` / ``of`` summed over ``rows`` with an interval over weeks of ``day``, between 0 and 1; null
    without rows."""
    if rows.empty or not rows[of].sum() > 0:
        return Estimate(None, n=len(rows))
    weeks = rows.assign(week=rows[day].dt.to_period("W").dt.start_time, all="all")
    weeks[part] = weeks[part].astype(float)
    found = estimate_ratios(weeks, ["all"], "week", part, of, level).iloc[0]
    ends = found["low"], found["high"]
    if pd.isna(ends[0]):
        return Estimate(found["value"], n=len(rows))
    low, high = max(ends[0], 0.0), min(ends[1], 1.0)
    return Estimate(
        found["value"], min(low, found["value"]), max(high, found["value"]), level=level, n=len(rows)
    )
