"""Which virtual machines nobody seems to need, which are too large, and which only look so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.methods.reliability.quiet_spells import Returns, count_returns

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["END", "KEEP", "NEW", "NIGHT", "RESIZE", "STOPPED", "WHATS", "Machines", "Rules", "judge_machines"]

WHATS = END, RESIZE, NIGHT, STOPPED, NEW, KEEP = (
    "stop, then end", "make smaller", "keep: busy for a while each day", "stopped already",
    "too new to judge", "keep",
)  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """``idle_mean``, ``idle_most``: shares of the processors, by day mean and in the busiest five minutes,
    below which a machine does next to nothing; ``days``: that it must have done so at least, watched;
    ``most_filled``: share of a smaller machine's processors that its busiest moment may take; ``level``."""

    idle_mean: float = 0.05
    idle_most: float = 0.25
    days: int = 62
    most_filled: float = 0.7
    level: float = 0.9


@dataclass(frozen=True)
class Machines:
    """``rows``: ``machine_id``, ``name``, ``service``, ``environment``, ``type``, ``vcpus``, ``paid_by``,
    ``hour_cents``, ``list_cents`` (an hour of its type on demand; as paid where none is on demand), ``mean``
    and ``most`` (shares of its processors: mean of its days, its busiest five minutes), ``watched`` days,
    ``quiet`` (days since it was busy), ``what`` of ``WHATS``, ``new_type`` and ``new_list_cents`` (0 where it
    ends). ``again``: how often one that was idle for ``Rules.days`` was busy later; ``week``: after seven."""

    rows: pd.DataFrame
    again: Returns
    week: Returns
    n_days: int

    @property
    def idle_by_mean(self) -> int:
        """Running machines below the line by their day mean alone: what a plain list calls idle."""
        return int(self.rows["looks_idle"].sum())

    @property
    def n_running(self) -> int:
        """Machines that run."""
        return int((self.rows["what"] != STOPPED).sum())


def judge_machines(suite: Suite, rules: Rules) -> Machines | None:
    """None without an inventory. A machine that is busy for five minutes of a day is needed, however idle its
    mean: its day is judged by both. One that is not idle goes to a smaller type of its family that stands
    in the inventory and whose processors its busiest moment of all days fills at most ``most_filled``.
    """
    rows = suite.cloud_machines.execute().sort_values("machine_id", ignore_index=True)
    if rows.empty:
        return None
    days = suite.cloud_machine_days.execute()
    days["day"] = pd.to_datetime(days["day"])
    busy = days["cpu_most"] >= rules.idle_most
    flags = pd.DataFrame({"machine_id": days["machine_id"], "day": days["day"], "busy": busy.astype(float)})
    wide = flags.pivot_table(index="machine_id", columns="day", values="busy")
    own = days.groupby("machine_id")
    for name, values in (("mean", own["cpu_mean"].mean()), ("most", own["cpu_most"].max())):
        rows[name] = rows["machine_id"].map(values).astype(float)
    rows["watched"] = rows["machine_id"].map(own.size()).fillna(0).astype(int)
    last = flags[flags["busy"] > 0].groupby("machine_id")["day"].max()
    since = flags.merge(last.rename("last"), on="machine_id", how="left")
    quiet = (since["day"] > since["last"]) | since["last"].isna()
    rows["quiet"] = rows["machine_id"].map(quiet.groupby(since["machine_id"]).sum()).fillna(0).astype(int)
    rows["looks_idle"] = rows["is_running"] & (rows["mean"] < rules.idle_mean)
    on_demand = rows[rows["paid_by"] == "on_demand"].groupby("type")["hour_cents"].max()
    rows["list_cents"] = rows["type"].map(on_demand).fillna(rows["hour_cents"]).astype(float)
    rows["what"] = _decide(rows, rules)
    smaller = _find_smaller(rows, rules)
    fits = (rows["what"] == KEEP) & smaller["new_type"].notna()
    rows["what"] = rows["what"].where(~fits, RESIZE)
    rows["new_type"] = smaller["new_type"].where(fits)
    rows["new_list_cents"] = np.where(rows["what"] == END, 0.0, smaller["list_cents"].where(fits))
    used = wide.to_numpy() if len(wide) else np.zeros((0, 0))
    return Machines(rows, count_returns(used, rules.days), count_returns(used, 7), wide.shape[1])


def _decide(rows: pd.DataFrame, rules: Rules) -> np.ndarray:
    idle = rows["looks_idle"] & (rows["quiet"] >= rules.days)
    night = rows["looks_idle"] & ~idle
    choices = [~rows["is_running"], rows["watched"] < rules.days, idle, night]
    return np.select([choice.to_numpy() for choice in choices], [STOPPED, NEW, END, NIGHT], KEEP)


def _find_smaller(rows: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """The smallest type of the same family whose processors hold the busiest moment; null without one."""
    types = (
        rows.groupby("type").agg(vcpus=("vcpus", "first"), list_cents=("list_cents", "first")).reset_index()
    )
    types["family"] = types["type"].str.partition(".")[0]
    found = []
    needs = (rows["most"] * rows["vcpus"]).astype(float).tolist()
    for place, row in enumerate(rows.itertuples()):
        need = needs[place]
        own = types[(types["family"] == str(row.type).partition(".")[0]) & (types["vcpus"] < row.vcpus)]
        own = own[own["vcpus"] * rules.most_filled >= need].sort_values(["vcpus", "list_cents"])
        found.append((own["type"].iloc[0], own["list_cents"].iloc[0]) if len(own) else (None, np.nan))
    return pd.DataFrame(found, columns=["new_type", "list_cents"], index=rows.index)
