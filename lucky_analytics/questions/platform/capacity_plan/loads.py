"""What each server carries, by what runs out first, as lines over the orders of the hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.load_line import LoadLine, fit_load_line
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.models.server_readings import list_heard
from lucky_analytics.questions.platform.capacity_plan.demand import Demand

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["FIXED", "FOLLOWS", "OPEN", "Loads", "find_moment", "read_loads"]

DAYS = 28
# What is measured, and the limit it is held against; statements have none.
_LIMITS = {"connections": "connections_limit", "used_memory": "memory_limit", "statements": ""}
FOLLOWS, FIXED, OPEN = "follows orders", "hardly notices them", "cannot be told"
_NOTICED = 0.1  # of the load at the busiest hour; less of it is hardly noticed


@dataclass(frozen=True)
class Loads:
    """``rows``: one for each server and what is measured of it: ``server``, ``kind``, ``what``, ``limit``
    (null: none), ``share`` with ends (of the busiest hour's load, what follows orders), ``q`` (false
    discoveries held) and ``class``; ``lines``: by (server, what). ``moment``: the newest collection, UTC.
    ``busiest``: orders of the busiest hour of these days. ``n_first``, ``n_last``: servers that were asked at
    the first and the last collection, ``first_day`` of all; ``hourly``: the hours behind each line, ``load``,
    ``drive``, ``day``."""

    rows: pd.DataFrame
    lines: dict[tuple[str, str], LoadLine]
    moment: pd.Timestamp
    busiest: float
    n_first: int
    n_last: int
    first_day: pd.Timestamp
    hourly: dict[tuple[str, str], pd.DataFrame]
    sql: str

    @property
    def servers(self) -> pd.DataFrame:
        """One row a server: ``server``, ``kind``, ``class`` of its work; without work, of whatever else
        follows orders most."""
        order = {"statements": 0, "connections": 1, "used_memory": 2}
        ranked = self.rows.assign(place=self.rows["what"].map(order)).sort_values(["server", "place"])
        return ranked.groupby("server", as_index=False).first()[["server", "kind", "class", "share"]]


def find_moment(suite: Suite) -> pd.Timestamp | None:
    """The newest collection of the servers (UTC) by ``as_of``; null without one."""
    moment = list_heard(suite)[0].asked_at.max().execute()
    return None if pd.isna(moment) else pd.Timestamp(moment)


def read_loads(suite: Suite, demand: Demand, moment: pd.Timestamp, level: float) -> Loads | None:
    """None where no server has five days of hours."""
    answers, said = list_heard(suite)
    names = [*_LIMITS, *(name for name in _LIMITS.values() if name)]
    hours = said.filter(
        _.metric.isin(names),
        _.subject == "",
        _.said_at <= moment,
        _.said_at > moment - pd.Timedelta(days=DAYS),
    ).select("server", "metric", "said_at", "value", "rate", "seconds")
    found = hours.execute()
    found["load"] = found["rate"].where(found["metric"] == "statements", found["value"])
    # A rate over more than some hours says nothing of one.
    found = found[(found["metric"] != "statements") | (found["seconds"] <= 3 * 3600)]
    found["drive"] = demand.in_hour(found["said_at"])
    found["day"] = pd.to_datetime(found["said_at"]).dt.floor("D")
    kinds = answers.group_by("server").agg(kind=_.kind.max()).execute().set_index("server")["kind"]
    rows: list[dict[str, Any]] = []
    lines: dict[tuple[str, str], LoadLine] = {}
    groups = dict(iter(found.groupby(["server", "metric"], sort=True)))
    hourly = {key: own for key, own in groups.items() if key[1] in _LIMITS}
    for (server, metric), own in hourly.items():
        try:
            line = fit_load_line(own["load"], own["drive"], own["day"])
        except LuckyError:
            continue
        limit = groups.get((server, _LIMITS.get(metric, "")))
        most = float(limit["value"].iloc[-1]) if limit is not None else 0.0
        most = most if most > 0 else np.nan
        share = line.share(line.most_drive, level)
        ends = {"share": share.value, "share_low": share.low, "share_high": share.high}
        lines[str(server), str(metric)] = line
        rows.append(
            {"server": server, "kind": kinds.get(server), "what": metric, "limit": most, "p": line.p_value}
            | ends
        )
    if not rows:
        return None
    busiest = max(line.most_drive for line in lines.values())
    table = pd.DataFrame(rows)
    table["q"] = adjust_p_values(table["p"].to_numpy(float))
    follows = (table["q"] <= 0.05) & (table["share_low"] >= _NOTICED)
    fixed = table["share_high"] < _NOTICED
    table["class"] = np.select([follows, fixed], [FOLLOWS, FIXED], OPEN)
    asked = answers.filter(_.asked_at <= moment)
    when = asked.agg(first=_.asked_at.min(), last=_.asked_at.max()).execute().iloc[0]
    n_first, n_last = (int(asked.filter(_.asked_at == when[name]).count().execute()) for name in when.index)
    return Loads(
        table.drop(columns="p"),
        lines,
        moment,
        busiest,
        n_first,
        n_last,
        pd.Timestamp(when["first"]),
        hourly,
        suite.sql(hours),
    )
