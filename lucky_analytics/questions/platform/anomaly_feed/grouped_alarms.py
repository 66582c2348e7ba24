"""Which alarms are symptoms of one event: one card. The rule is written in ``group_alarms``."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lucky_analytics.models.watched_days.kpis import ALL
from lucky_analytics.questions.platform.anomaly_feed.systems import are_linked, find_system

__all__ = ["FEWEST_ALIKE", "group_alarms"]

FEWEST_ALIKE = 3  # stores that must be off alike for an event of all stores
_ALIKE = 0.05  # chance at which a store counts as off alike, beside one whose alarm it is
_DAY = pd.Timedelta(days=1)


def group_alarms(judged: pd.DataFrame) -> pd.DataFrame:
    """The alarms of ``judged_feed.watch_days``, each with ``system``, ``place`` and the number of its
    ``card`` (from 0, in order of first day and place).

    1. An alarm of a store is one of all stores where at least half of the stores that can be judged, and
       ``FEWEST_ALIKE`` or more, were off alike on that day: some number of the same system on the same side,
       each with a chance of at most ``_ALIKE``.
    2. An alarm of the sum of all stores belongs to the store with the rarest alarm of the same system and
       side on that day, where rule 1 made none of them an alarm of all stores: one store moves the sum.
    3. Alarms of one store, whatever their numbers, are one card where they are on one day or on days that
       follow each other. So are alarms of all stores of one system. Alarms of all stores of two systems are
       one card where they are on one day and one of the systems is sales or records (``are_linked``).

    So a store that shut for half a day is one card, payments that failed with fewer orders in all stores are
    one, and two stores that were off on one day are two.
    """
    alarms = judged[judged["is_alarm"]].copy()
    alarms["system"] = [find_system(kpi).name for kpi in alarms["kpi"]]
    if alarms.empty:
        return alarms.assign(place=[], card=[]).astype({"card": int})
    of_day = judged[judged["ds"].isin(alarms["ds"].unique())]
    shared = _find_shared(of_day)
    keys = list(zip(alarms["ds"], alarms["system"], alarms["side"], strict=True))
    is_all = alarms["store_id"].eq(ALL).to_numpy()
    alarms["place"] = [
        ALL if of_all or key in shared else store
        for key, store, of_all in zip(keys, alarms["store_id"], is_all, strict=True)
    ]
    alone = alarms[alarms["place"] != ALL].sort_values("p_value")
    rarest = alone.drop_duplicates(["ds", "system", "side"]).set_index(["ds", "system", "side"])["place"]
    alarms["place"] = [
        rarest.get(key, place) if of_all and key not in shared else place
        for key, place, of_all in zip(keys, alarms["place"], is_all, strict=True)
    ]
    alarms = alarms.sort_values(["ds", "place", "system", "store_id", "kpi"], ignore_index=True)
    return alarms.assign(card=_number(alarms))


def _find_shared(of_day: pd.DataFrame) -> set[tuple[pd.Timestamp, str, str]]:
    """Day, system and side on which enough stores were off alike."""
    own = of_day[(of_day["store_id"] != ALL) & of_day["p_value"].notna()].copy()
    own["system"] = [find_system(kpi).name for kpi in own["kpi"]]
    n_judged = own.groupby(["ds", "system"])["store_id"].nunique()
    off = own[(own["p_value"] <= _ALIKE) & (own["side"] != "")]
    n_off = off.groupby(["ds", "system", "side"])["store_id"].nunique().reset_index(name="n")
    return {
        (row["ds"], row["system"], row["side"])
        for row in n_off.to_dict("records")
        if row["n"] >= max(FEWEST_ALIKE, n_judged[(row["ds"], row["system"])] / 2)
    }


def _number(alarms: pd.DataFrame) -> list[int]:
    """Which rows hang together by rule 3, directly or through others."""
    parent = list(range(len(alarms)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    rows: list[dict[Any, Any]] = alarms[["ds", "place", "system"]].to_dict("records")
    for this, row in enumerate(rows):
        is_store = row["place"] != ALL
        for that in range(this - 1, -1, -1):  # the newest first: what is further back is no neighbour
            other = rows[that]
            if row["ds"] - other["ds"] > _DAY:
                break
            is_same = row["system"] == other["system"] or row["ds"] == other["ds"]
            is_linked = is_store or (is_same and are_linked(row["system"], other["system"]))
            if row["place"] == other["place"] and is_linked:
                parent[root(this)] = root(that)
    order: dict[int, int] = {}
    return [order.setdefault(root(place), len(order)) for place in range(len(rows))]
