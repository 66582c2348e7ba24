"""Tables and frames behind the charts of the page on waste."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.models.shelves import REASONS, Shelves
from lucky_analytics.questions.supply_chain.waste.order_levels import KEEPS
from lucky_analytics.questions.supply_chain.waste.reasons import NO_REASON

__all__ = ["list_goods", "list_pairs", "list_stores", "show_careful", "show_reasons", "show_trend"]

_SHORT = {REASONS[0]: "past", REASONS[1]: "unwanted", REASONS[2]: "spilled", NO_REASON: "untold"}


def list_stores(
    events: pd.DataFrame, store_weeks: pd.DataFrame, table: pd.DataFrame, shelves: Shelves, weeks: int
) -> pd.DataFrame:
    """A row a store, the most for its sales first: ``store_name``, ``dollars`` a week (over all ``weeks``, so
    that stores add up to the total), ``open`` (a week of the days on which it was open), ``of_used`` (by what
    it used), ``past``, ``unwanted``, ``spilled``, ``untold`` (of the dollars), ``ratio`` with ``low``,
    ``high`` (orders of what keeps a week, against other stores), ``careful`` and ``was`` (dollars a week past
    their date) and ``verdict``."""
    names = shelves.pairs.drop_duplicates("store_id").set_index("store_id")["store_name"]
    sums = store_weeks.groupby("store_id").agg(used=("used", "sum"), wasted=("wasted", "sum"),
                                               n_days=("n_days", "sum"))  # fmt: skip
    kinds = events.assign(kind=events["reason"].map(_SHORT).fillna("untold"))
    parts = kinds.pivot_table(index="store_id", columns="kind", values="dollars", aggfunc="sum")
    parts = parts.reindex(index=sums.index, columns=list(_SHORT.values())).fillna(0.0)
    own = parts / weeks
    own = own.assign(dollars=sums["wasted"] / weeks, open=7 * sums["wasted"] / sums["n_days"],
                     of_used=sums["wasted"] / sums["used"].where(sums["used"] > 0))  # fmt: skip
    week = table[table["keeps"] == KEEPS[0]].set_index("store_id")
    own = own.join(week[["ratio", "low", "high"]])
    acts = table.groupby("store_id")[["acts", "is_over"]].any().reindex(own.index, fill_value=False)
    verdict = np.where(
        acts["acts"], "orders too much", np.where(acts["is_over"], "orders more than others", "")
    )
    own = own.assign(store_name=names.reindex(own.index), verdict=verdict).dropna(subset="store_name")
    return own.sort_values(["of_used", "store_name"], ascending=[False, True]).reset_index()


def show_reasons(stores: pd.DataFrame) -> pd.DataFrame:
    """``list_stores`` as a row a store and reason, for the main picture: ``store_name``, ``reason``,
    ``dollars``, ``of_used``; reasons without a dollar anywhere are left out."""
    named = {short: reason for reason, short in _SHORT.items()}
    long = stores.drop(columns="dollars").melt(["store_name", "of_used"], list(named), "reason", "dollars")
    long = long.assign(reason=long["reason"].map(named))
    seen = long.groupby("reason")["dollars"].transform(lambda own: own.abs().sum()) > 0
    return long[seen].reset_index(drop=True)


def show_careful(table: pd.DataFrame) -> pd.DataFrame:
    """Dollars a week past their date of what keeps a week: ``store_name``, ``was``, ``careful``, ``missing``,
    ``acts``; the largest first."""
    own = table[(table["keeps"] == KEEPS[0]) & table["was"].notna()]
    columns = ["store_name", "was", "careful", "missing", "acts"]
    return own.sort_values(["was", "store_name"], ascending=[False, True])[columns].reset_index(drop=True)


def show_trend(store_weeks: pd.DataFrame, weeks: int, last: pd.Timestamp) -> pd.DataFrame:
    """Waste by what was used, by week: ``end`` (its last day), ``stores`` ("all stores" or "open all the
    time"), ``share``."""
    whole = store_weeks[store_weeks["n_days"] == 7].groupby("store_id")["week"].nunique()
    same = whole[whole == weeks].index
    parts = []
    for name, own in (("all stores", store_weeks),
                      ("open all the time", store_weeks[store_weeks["store_id"].isin(same)])):  # fmt: skip
        sums = own.groupby("week")[["used", "wasted"]].sum().reset_index()
        end = last - pd.to_timedelta(7 * (weeks - 1 - sums["week"]), "D")
        parts.append(pd.DataFrame({"end": end, "stores": name, "share": sums["wasted"] / sums["used"]}))
    return pd.concat(parts, ignore_index=True).replace([np.inf, -np.inf], np.nan).dropna()


def list_pairs(pairs: pd.DataFrame, kept: pd.Series) -> pd.DataFrame:
    """``reasons.rate_pairs`` with ``kept``: dollars a week that careful orders would have kept of each."""
    index = pd.MultiIndex.from_frame(pairs[["store_id", "goods_id"]])
    return pairs.assign(kept=kept.reindex(index).to_numpy())


def list_goods(events: pd.DataFrame, shelves: Shelves, weeks: int) -> pd.DataFrame:
    """By good, most dollars first: ``goods_name``, ``life``, ``dollars`` a week, ``past``, ``unwanted``,
    ``spilled``, ``untold`` of them, ``share`` of what came in these weeks."""
    kinds = events.assign(kind=events["reason"].map(_SHORT).fillna("untold"))
    parts = kinds.pivot_table(index="goods_id", columns="kind", values="dollars", aggfunc="sum") / weeks
    parts = parts.reindex(columns=list(_SHORT.values())).fillna(0.0)
    recent = slice(max(len(shelves.days) - 7 * weeks, 0), None)
    came = pd.Series(shelves.dollars(shelves.received)[:, recent].sum(axis=1), shelves.pairs["goods_id"])
    names = shelves.pairs.drop_duplicates("goods_id").set_index("goods_id")[["goods_name", "life"]]
    own = parts.assign(dollars=parts.sum(axis=1)).join(names, how="inner")
    came = came.groupby(level=0).sum().reindex(own.index) / weeks
    own = own.assign(share=own["dollars"] / came.where(came > 0))
    return own.sort_values(["dollars", "goods_name"], ascending=[False, True]).reset_index()
