"""The frames that the page of the stores draws and lists."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.models.watched_days.kpis import KPIS, find_kpi
from lucky_analytics.questions.operations.store_performance.lights import GREEN, GREY, RED, YELLOW

__all__ = ["WORDS", "count_by_day", "show_cells", "show_grid",
           "show_peers", "show_ranges", "show_sold_out"]  # fmt: skip

WORDS = {RED: "off", YELLOW: "look again", GREEN: "as usual", GREY: "not known"}


def show_cells(judged: pd.DataFrame, stores: pd.DataFrame) -> pd.DataFrame:
    """The lights of the last day, one row a store and number: ``store_name`` (those off first), ``short``,
    ``label``, ``state`` (``WORDS``), ``shown``. A store that did not open has none known."""
    last = judged[judged["ds"] == judged["ds"].max()]
    kpis = [kpi for kpi in KPIS if kpi.name in set(judged["kpi"])]
    grid = pd.MultiIndex.from_product(
        [stores["store_id"], [kpi.name for kpi in kpis]], names=["store_id", "kpi"]
    )
    cells = last.set_index(["store_id", "kpi"]).reindex(grid).reset_index()
    cells["light"] = cells["light"].fillna(GREY)
    score = cells["light"].map({RED: 100, YELLOW: 1}).fillna(0).groupby(cells["store_id"]).sum()
    order = stores.assign(score=stores["store_id"].map(score)).sort_values(
        ["score", "store_name"], ascending=[False, True]
    )
    cells = order[["store_id", "store_name"]].merge(cells, on="store_id")
    return cells.assign(
        short=cells["kpi"].map({kpi.name: kpi.short for kpi in kpis}),
        label=cells["kpi"].map({kpi.name: kpi.label for kpi in kpis}),
        state=cells["light"].map(WORDS),
    )


def show_grid(cells: pd.DataFrame) -> pd.DataFrame:
    """``show_cells`` as a table: ``store_name``, ``off`` and ``watch`` (numbers that are off, or to look at
    again), then the value of each number by its name."""
    wide = cells.pivot(index="store_name", columns="kpi", values="value")
    wide = wide.reindex(index=cells["store_name"].unique(), columns=[kpi.name for kpi in KPIS]).astype(float)
    counts = {
        name: cells["state"].eq(state).groupby(cells["store_name"]).sum().reindex(wide.index).astype(int)
        for name, state in (("off", WORDS[RED]), ("watch", WORDS[YELLOW]))
    }
    return wide.assign(**counts).reset_index()


def show_ranges(cells: pd.DataFrame) -> pd.DataFrame:
    """Every number with what was usual, those off first; ``chance`` in 1,000 of a day so far out."""
    rank = cells["light"].map({RED: 0, YELLOW: 1, GREEN: 2, GREY: 3})
    kept = cells.assign(rank=rank, chance=1000 * cells["p_value"].astype(float))
    kept["unit"] = kept["kpi"].map({kpi.name: kpi.unit for kpi in KPIS})
    kept = kept.sort_values(["rank", "p_value"], kind="stable")
    columns = ["store_name", "label", "unit", "state", "value", "low", "high", "chance"]
    return _in_percent(kept[columns], ["value", "low", "high"])


def show_peers(peers: pd.DataFrame) -> pd.DataFrame:
    """``compare_peers`` as a table, the least likely first; ``chance`` in 1,000 for one store alone."""
    kept = peers.dropna(subset="value").copy()
    kept["label"] = kept["kpi"].map(lambda name: find_kpi(name).label)
    kept["unit"] = kept["kpi"].map(lambda name: find_kpi(name).unit)
    kept["chance"] = 1000 * kept["p_value"].astype(float)
    kept["verdict"] = np.select(
        [kept["is_off"] & (kept["side"] == "worse"), kept["is_off"], kept["p_value"].isna()],
        ["worse than its peers", "better than its peers", "not known"],
        "among its peers",
    )
    kept = kept.sort_values(["p_value", "store_name"], kind="stable")
    columns = ["store_name", "label", "unit", "verdict", "value", "expected", "low", "high", "chance"]
    return _in_percent(kept[columns], ["value", "expected", "low", "high"])


def count_by_day(judged: pd.DataFrame, naive: pd.DataFrame, n_days: int) -> pd.DataFrame:
    """Alarms of each of the last ``n_days`` by both rules: ``ds``, ``rule`` ("this page" or "two
    deviations"), ``alarms``."""
    last = judged["ds"].max()
    parts = []
    for rule, found in (("this page", judged[judged["p_value"].notna()]), ("two deviations", naive)):
        recent = found[found["ds"] > last - pd.Timedelta(days=n_days)]
        counted = recent.groupby("ds")["is_alarm"].sum().astype(int)
        parts.append(counted.rename("alarms").reset_index().assign(rule=rule))
    return pd.concat(parts, ignore_index=True)[["ds", "rule", "alarms"]]


def show_sold_out(found: pd.DataFrame | None) -> pd.DataFrame:
    """``list_sold_out`` for its table; empty without one."""
    columns = ["store_id", "store_name", "goods_name", "ran_out_at", "days_out"]
    return pd.DataFrame(columns=columns) if found is None else found


def _in_percent(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Shares times 100, with "%" for their unit, so that one column can hold numbers of several units."""
    is_share = frame["unit"] == "share"
    return frame.assign(
        unit=frame["unit"].mask(is_share, "%"),
        **{
            name: frame[name].astype(float).where(~is_share, 100 * frame[name].astype(float))
            for name in names
        },
    )
