"""What is wrong with which server, by the limits that were given and by what is usual of it; worst first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.estate import servers as fleet
from lucky_analytics.methods.inference.count_excess import estimate_dispersion
from lucky_analytics.models.server_readings import Readings, name_short
from lucky_analytics.questions.platform.database_health.copies import FAILED, SLOWING, list_broken
from lucky_analytics.questions.platform.database_health.filling import Outlook
from lucky_analytics.questions.platform.database_health.unusual import Unusual

__all__ = ["ACT", "SOON", "STATES", "Limits", "count_slow", "find_issues", "state_servers"]

ACT, SOON, ODD, WELL, SILENT, UNNAMED = STATES = (
    "needs work today", "fills up soon", "unusual hour lately", "nothing found", "nothing heard of it",
    "counted, not named",
)  # fmt: skip
# The order in which IT goes through them.
KINDS = ("silent", "late", FAILED, "memory", "connections", "slow", SLOWING, "growth", "fills", "unusual")
_WEEKS_BEFORE = 7
_FEWEST_SLOW = 20  # slow statements a week, below which times as many say little


@dataclass(frozen=True)
class Limits:
    """What is too much: shares of a limit, rows a week more, times as many slow statements as usual, seconds
    behind; ``soon_days``: how far ahead a limit is near; ``level`` of every range."""

    memory_most: float = 0.85
    connections_most: float = 0.80
    growth_most: float = 0.20
    slow_times: float = 1.5
    lag_seconds: float = 300.0
    soon_days: float = 30.0
    level: float = 0.9


def count_slow(found: Readings, level: float) -> pd.DataFrame:
    """Slow statements of the last seven days beside the seven weeks before, of all statements then.

    ``server``, ``n`` (in seven days), ``usual`` (a week as this one by work), ``times`` with ends; the ends
    hold for all servers together, and weeks scatter as those of the server in the middle (quasi-Poisson).
    """
    columns = ["server", "n", "usual", "times", "times_low", "times_high"]
    daily = found.daily[found.daily["metric"].isin(("slow_statements", "statements"))]
    if daily.empty:
        return pd.DataFrame(columns=columns)
    back = (daily["day"].max() - daily["day"]).dt.days // 7
    daily = daily.assign(week=back)[back <= _WEEKS_BEFORE]
    known = daily["counted"] / daily["seconds"] * 86_400
    sums = known.groupby([daily["metric"], daily["server"], daily["week"]]).mean().mul(7).unstack()
    weeks = range(_WEEKS_BEFORE + 1)
    if not {"slow_statements", "statements"} <= set(sums.index.get_level_values(0)):
        return pd.DataFrame(columns=columns)
    slow = sums.loc["slow_statements"].reindex(columns=weeks).dropna()
    work = sums.loc["statements"].reindex(columns=weeks).reindex(slow.index).dropna()
    slow = slow.loc[work.index]
    if slow.empty:
        return pd.DataFrame(columns=columns)
    # Each week as many as if it had had the work of the newest; the median is of weeks that were not odd.
    even = slow.to_numpy() * work[[0]].to_numpy() / np.maximum(work.to_numpy(), 1e-9)
    before = np.median(even[:, 1:], axis=1)
    # That of the server in the middle: one that changed in between is none to learn from.
    scatter = float(np.median([estimate_dispersion(own[None]) for own in even[:, 1:]]))
    half = norm.ppf(1 - (1 - level) / 2 / len(slow))
    n = even[:, 0]
    error = np.sqrt(scatter * (1 / np.maximum(n, 1) + np.pi / 2 / _WEEKS_BEFORE / np.maximum(before, 1)))
    times = n / np.where(before > 0, before, np.nan)
    ends = (times * np.exp(-half * error), times * np.exp(half * error))
    table = dict(zip(columns, (slow.index, n, before, times, *ends), strict=True))
    return pd.DataFrame(table)[(n >= _FEWEST_SLOW) | (before >= _FEWEST_SLOW)].reset_index(drop=True)


def find_issues(
    found: Readings, outlook: Outlook, slow: pd.DataFrame, odd: Unusual, limits: Limits,
    copies: pd.DataFrame | None = None,
) -> pd.DataFrame:  # fmt: skip
    """One row for each thing that is wrong: ``server``, ``name``, ``kind`` of ``KINDS``, ``state``,
    ``subject``, ``value`` (hours silent, late or old, share, times, growth, days) with ``low`` and ``high``,
    null where it is read and not estimated, ``since`` (UTC, where known), ``days`` (until it is full),
    ``reason`` (of a copy that fails). ``copies`` of ``copies.read_copies``."""
    rows = [*_list_silent(found), *_list_late(found, limits), *_list_filling(outlook, limits)]
    rows += list_broken(copies)
    rows += [
        {"server": row["server"], "kind": "slow", "value": row["times"], "low": row["times_low"],
         "high": row["times_high"]}
        for row in slow[slow["times_low"] > limits.slow_times].to_dict("records")
    ]  # fmt: skip
    rows += [
        {"server": row["server"], "kind": "growth", "subject": row["subject"], "value": row["growth"],
         "low": row["growth_low"], "high": row["growth_high"], "days": row["doubles"]}
        for row in outlook.tables[outlook.tables["growth_low"] > limits.growth_most].to_dict("records")
    ]  # fmt: skip
    lately = odd.alarms[odd.alarms["at"] > found.moment - pd.Timedelta(days=1)]
    rows += [
        {"server": server, "kind": "unusual", "subject": what, "value": len(own), "since": own["at"].min()}
        for (server, what), own in lately.groupby(["server", "what"])
    ]
    columns = ["server", "name", "kind", "state", "subject", "value", "low", "high", "since"]
    columns += ["days", "days_low", "days_high", "reason"]
    issues = pd.DataFrame(rows, columns=columns)
    issues["name"] = [name_short(server) for server in issues["server"]]
    issues["state"] = issues["kind"].map({"fills": SOON, "unusual": ODD}).fillna(ACT)
    for name in ("subject", "reason"):
        issues[name] = issues[name].astype(object).fillna("")
    for name in ("value", "low", "high", "days", "days_low", "days_high"):
        issues[name] = issues[name].astype(float)
    # Of a kind the worst first; what fills up, the soonest.
    worst = np.where(issues["kind"] == "fills", -issues["value"], issues["value"])
    order = issues.assign(rank=issues["kind"].map(KINDS.index), worst=-worst)
    return (
        order.sort_values(["rank", "worst", "server"]).drop(columns=["rank", "worst"]).reset_index(drop=True)
    )


def _list_silent(found: Readings) -> list[dict[str, Any]]:
    silent = found.asked[~found.asked["is_reached"].astype(bool)].to_dict("records")
    return [
        {"server": row["server"], "kind": "silent", "since": row["heard_at"],
         "value": (found.moment - row["heard_at"]) / pd.Timedelta(hours=1)}
        for row in silent
    ]  # fmt: skip


def _list_late(found: Readings, limits: Limits) -> list[dict[str, Any]]:
    newest = found.newest
    late = newest[(newest["metric"] == "replica_lag") & (newest["value"] > limits.lag_seconds)]
    return [
        {"server": row["server"], "kind": "late", "value": row["value"] / 3_600,
         "since": found.moment - pd.Timedelta(seconds=row["value"])}
        for row in late.to_dict("records")
    ]  # fmt: skip


def _list_filling(outlook: Outlook, limits: Limits) -> list[dict[str, Any]]:
    """What is above its line, and what surely grows and will be within the days that count as soon."""
    lines = {"memory": limits.memory_most, "connections": limits.connections_most}
    rows = []
    for row in outlook.limited.to_dict("records"):
        full = {
            "days": row["days_full"],
            "days_low": row["days_full_low"],
            "days_high": row["days_full_high"],
        }
        if row["now"] > lines[row["what"]]:
            rows.append({"server": row["server"], "kind": row["what"], "value": row["now"], **full})
        elif row["days_line"] < limits.soon_days and row["growth_low"] > 0:
            ends = {"value": row["days_line"], "low": row["days_line_low"], "high": row["days_line_high"]}
            own = {"server": row["server"], "kind": "fills", "subject": row["what"]}
            rows.append({**own, **ends, **full})
    return rows


def state_servers(found: Readings, issues: pd.DataFrame, with_unnamed: bool) -> pd.DataFrame:
    """One row a server that the company names, or a node of one, and those that it only counts: ``server``,
    ``name``, ``kind`` (mysql, postgresql, redis), ``state`` of ``STATES``, ``issues`` in kinds."""
    order = {state: place for place, state in enumerate(STATES)}
    worst = issues.assign(rank=issues["state"].map(order)).sort_values("rank", kind="stable")
    state = worst.groupby("server")["state"].first()
    listed = worst.groupby("server")["kind"].agg(lambda kinds: ", ".join(dict.fromkeys(kinds)))
    rows = found.asked[["server", "name", "kind"]].copy()
    rows["state"] = rows["server"].map(state).astype(object).fillna(WELL)
    rows["issues"] = rows["server"].map(listed).astype(object).fillna("")
    known = fleet.load()
    rest = [(name, name_short(name), known.servers[name].kind, SILENT, "") for name in found.never]
    if with_unnamed:
        rest += [
            (f"{kind} without a name, {number + 1}", f"{kind} without a name", kind, UNNAMED, "")
            for kind, n in known.unnamed.items()
            for number in range(n)
        ]
    rows = pd.concat([rows, pd.DataFrame(rest, columns=list(rows.columns))], ignore_index=True)
    rows = rows.assign(rank=rows["state"].map(order)).sort_values(["kind", "rank", "server"])
    return rows.drop(columns="rank").reset_index(drop=True)
