"""The frames that charts and tables of the page on servers show."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.growth.time_to_limit import fit_log_trend
from lucky_analytics.models.server_readings import Readings, name_short
from lucky_analytics.questions.platform.database_health.advice import say_deadline
from lucky_analytics.questions.platform.database_health.copies import COLUMNS, FAILED, SLOWING
from lucky_analytics.questions.platform.database_health.filling import AHEAD, Outlook
from lucky_analytics.questions.platform.database_health.health import ACT, SILENT, UNNAMED, Limits
from lucky_analytics.questions.platform.database_health.texts import say_fix, say_issue, say_kind
from lucky_analytics.questions.platform.database_health.unusual import WATCHED, Unusual

__all__ = ["count_naive", "draw_detail", "draw_outlook", "find_fastest", "find_fullest", "find_slowest",
           "find_soonest", "name_lines", "pick_detail", "pick_fullest", "pick_worst", "show_alarms",
           "show_copies",
           "show_issues", "show_limited", "show_next", "show_servers", "show_states",
           "show_tables"]  # fmt: skip

_ACROSS = 16
_COPY_STATES = {FAILED: "fails", SLOWING: "takes too long"}
_KINDS = {"mysql": "MySQL", "postgresql": "PostgreSQL", "redis": "Redis"}


def show_issues(issues: pd.DataFrame, moment: pd.Timestamp) -> pd.DataFrame:
    """What is wrong, worst first: ``state``, ``name``, ``what``, ``since``, ``fix``, ``due``."""
    rows = issues.to_dict("records")
    shown = issues[["state", "name", "since"]].copy()
    shown["what"] = [say_issue(pd.Series(row)) for row in rows]
    shown["fix"] = [say_fix(row["kind"], row["name"], row["subject"]) for row in rows]
    shown["due"] = [
        say_deadline(pd.Series(row), moment).removeprefix(" by ").strip()
        or ("today" if row["state"] == ACT else "") for row in rows
    ]  # fmt: skip
    shown["since"] = [None if pd.isna(at) else f"{at:%-d %b %H:%M}" for at in shown["since"]]
    return shown[["state", "name", "what", "since", "fix", "due"]]


def show_copies(copies: pd.DataFrame | None, issues: pd.DataFrame) -> pd.DataFrame:
    """``copies.read_copies`` with its ``state`` and the ``last`` good one in words, what fails first."""
    if copies is None:
        return pd.DataFrame(columns=[*COLUMNS, "state", "last"])
    wrong = issues[issues["kind"].isin(_COPY_STATES)].set_index("subject")["kind"].map(_COPY_STATES)
    state = copies["table"].map(wrong).astype(object).fillna("nothing found")
    last = pd.to_datetime(copies["last_at"]).dt.strftime("%-d %b %H:%M")
    return copies.assign(state=state, last=last)


def show_states(states: pd.DataFrame) -> pd.DataFrame:
    """A cell for each server: ``across``, ``row`` in order, ``name``, ``kind``, ``state``, ``issues``."""
    parts = []
    for kind, own in states.groupby("kind", sort=False):
        place = np.arange(len(own))
        label = _KINDS.get(str(kind), str(kind))
        row = [f"{label} {number + 1}" for number in place // _ACROSS]
        parts.append(own.assign(across=place % _ACROSS, row=row, kind=label))
    cells = pd.concat(parts or [states.assign(across=0, row="")], ignore_index=True)
    cells["issues"] = [say_kind(kinds) or "–" for kinds in cells["issues"]]
    return cells[["across", "row", "name", "kind", "state", "issues"]]


def pick_worst(issues: pd.DataFrame, kind: str) -> pd.Series | None:
    """The worst issue of a kind; null without one."""
    own = issues[issues["kind"] == kind]
    return own.iloc[0] if len(own) else None


def find_fullest(outlook: Outlook, what: str) -> float | None:
    """The largest share of a limit that is used, of connections or memory; null where nothing has one."""
    shares = outlook.limited.loc[outlook.limited["what"] == what, "now"].dropna()
    return float(shares.max()) if len(shares) else None


def find_slowest(slow: pd.DataFrame, level: float) -> Estimate:
    """How many times as often as usual statements are slow where that is most sure."""
    known = slow.dropna(subset="times")
    if known.empty:
        return Estimate(None, n=0)
    return Estimate.of(known.nlargest(1, "times_low").iloc[0].to_dict(), "times", level=level, n=len(known))


def find_fastest(outlook: Outlook, level: float) -> Estimate:
    """Growth a week of the table that surely grows fastest."""
    known = outlook.tables.dropna(subset="growth_low")
    if known.empty:
        return Estimate(None, n=0)
    return Estimate.of(known.nlargest(1, "growth_low").iloc[0].to_dict(), "growth", level=level, n=len(known))


def find_soonest(outlook: Outlook, level: float) -> Estimate:
    """Days until the first limit is reached of those that surely grow; null where none does."""
    known = outlook.limited[(outlook.limited["growth_low"] > 0) & outlook.limited["days_full"].notna()]
    if known.empty:
        return Estimate(None, n=len(outlook.limited))
    first = known.nsmallest(1, "days_full").iloc[0].to_dict()
    return Estimate.of(first, "days_full", level=level, n=len(outlook.limited))


def name_lines(fullest: pd.DataFrame, limits: Limits) -> dict[str, float]:
    """The line of the limits for each panel of ``draw_outlook``."""
    lines = {"memory": limits.memory_most, "connections": limits.connections_most}
    pairs = zip(fullest["server"], fullest["what"], strict=True)
    return {f"{name_short(server)}: {what}": lines[what] for server, what in pairs}


def pick_fullest(outlook: Outlook, most: int = 4) -> pd.DataFrame:
    """The rows of ``Outlook.limited`` that are nearest to their limit, the fullest first."""
    return outlook.limited.dropna(subset=["now", "days_full_low"]).nlargest(most, "now")


def draw_outlook(outlook: Outlook, fullest: pd.DataFrame, level: float) -> pd.DataFrame:
    """For each of ``fullest`` its days and what is foretold: ``panel``, ``day``, ``share`` (of the limit,
    null ahead), ``middle``, ``low``, ``high`` (null behind). Ranges as wide as on the page's tables."""
    parts = []
    for each in fullest.to_dict("records"):
        server, what, limit = str(each["server"]), str(each["what"]), float(each["limit"])
        own = outlook.days[(outlook.days["server"] == server) & (outlook.days["what"] == what)]
        own = own.tail(28)
        number = (own["day"] - own["day"].max()).dt.days.to_numpy()
        trend = fit_log_trend(number, own["value"].to_numpy(float))
        panel = f"{name_short(server)}: {what}"
        parts.append(pd.DataFrame({"panel": panel, "day": own["day"], "share": own["value"] / limit}))
        if trend is None:
            continue
        trend = trend.widen(outlook.wider[what] or 1.0)
        ahead = [trend.foretell(days, level).times(1 / limit) for days in range(0, AHEAD[0] + 1, 3)]
        parts.append(
            pd.DataFrame({
                "panel": panel,
                "day": [own["day"].max() + pd.Timedelta(days=days) for days in range(0, AHEAD[0] + 1, 3)],
                "middle": [each_day.value for each_day in ahead],
                "low": [each_day.low for each_day in ahead],
                "high": [each_day.high for each_day in ahead],
            })
        )  # fmt: skip
    columns = ["panel", "day", "share", "middle", "low", "high"]
    return pd.concat(parts or [pd.DataFrame(columns=columns)], ignore_index=True).reindex(columns=columns)


def show_limited(outlook: Outlook) -> pd.DataFrame:
    """Every connection limit and memory: used now, growth, days until it is full, the fullest first."""
    rows = outlook.limited.sort_values("now", ascending=False, kind="stable", ignore_index=True)
    rows.insert(0, "name", [name_short(server) for server in rows["server"]])
    rows["full"] = [_say_days(row) for row in rows.to_dict("records")]
    return rows


def show_tables(outlook: Outlook) -> pd.DataFrame:
    """Every table of at least 1,000 rows, the fastest first."""
    rows = outlook.tables.sort_values("growth", ascending=False, kind="stable", ignore_index=True)
    rows.insert(0, "name", [name_short(server) for server in rows["server"]])
    return rows


def show_alarms(odd: Unusual) -> pd.DataFrame:
    """Unusual hours, the newest first: ``at`` (UTC), ``name``, ``label``, ``value``, ``usual`` range."""
    rows = odd.alarms.sort_values(["at", "server"], ascending=[False, True], kind="stable", ignore_index=True)
    return rows.assign(
        name=[name_short(server) for server in rows["server"]],
        label=[WATCHED[what][0] for what in rows["what"]],
        times=rows["value"].astype(float) / rows["expected"].astype(float),
    )


def show_next(rows: pd.DataFrame) -> pd.DataFrame:
    """What the next quarter of an hour brings, those likeliest above their line first."""
    rows = rows.sort_values(["chance", "server"], ascending=[False, True], kind="stable", ignore_index=True)
    rows.insert(0, "name", [name_short(server) for server in rows["server"]])
    return rows


def show_servers(found: Readings, states: pd.DataFrame) -> pd.DataFrame:
    """Every server with its state and newest numbers, worst first of each kind."""
    newest = found.newest[found.newest["subject"] == ""]
    wide = newest.pivot_table(index="server", columns="metric", values="value", aggfunc="last")
    rates = newest.pivot_table(index="server", columns="metric", values="rate", aggfunc="last")
    rows = states.merge(found.asked.drop(columns=["name", "kind"]), on="server", how="left")

    def of(frame: pd.DataFrame, metric: str) -> pd.Series:
        values = frame[metric] if metric in frame else pd.Series(dtype=float)
        return rows["server"].map(values).astype(float)

    rows["issues"] = [say_kind(kinds) for kinds in rows["issues"]]
    rows["work"] = of(rates, "statements").fillna(of(rates, "transactions"))
    rows["slow"] = of(rates, "slow_statements") * 3_600
    rows["connections"] = of(wide, "connections") / of(wide, "connections_limit").replace(0, np.nan)
    rows["memory"] = of(wide, "used_memory") / of(wide, "memory_limit").replace(0, np.nan)
    rows["lag"] = of(wide, "replica_lag")
    rows["started"] = [None if pd.isna(at) else f"{at:%-d %b %Y}" for at in rows["started_at"]]
    rows["version"] = rows["version"].fillna("")
    columns = [
        "kind",
        "name",
        "state",
        "issues",
        "work",
        "slow",
        "connections",
        "memory",
        "lag",
        "version",
        "started",
    ]
    return rows[columns].assign(kind=rows["kind"].replace(_KINDS))


def count_naive(found: Readings, limits: Limits) -> int:
    """Servers that fixed limits on the newest numbers alone would name: no peak, no lag, no trend."""
    wide = found.newest[found.newest["subject"] == ""].pivot_table(
        index="server", columns="metric", values="value"
    )
    wide = wide.reindex(columns=["connections", "connections_limit", "used_memory", "memory_limit"])
    over = wide["connections"] > limits.connections_most * wide["connections_limit"]
    return int(
        (
            over
            | ((wide["memory_limit"] > 0) & (wide["used_memory"] > limits.memory_most * wide["memory_limit"]))
        ).sum()
    )


def pick_detail(states: pd.DataFrame, issues: pd.DataFrame, odd: Unusual, server: str) -> str:
    """The server whose hours are drawn: the one asked for, else the one with most unusual hours, else the
    first with an issue, else the first."""
    known = states[~states["state"].isin([SILENT, UNNAMED])]["server"]
    if not server and len(odd.alarms):
        return str(odd.alarms["server"].value_counts().index[0])
    if not server and len(issues):
        return str(issues["server"].iloc[0])
    return str(known.iloc[0]) if len(known) else ""


def draw_detail(odd: Unusual, server: str) -> pd.DataFrame:
    """Its judged hours and what is usual: ``panel``, ``at``, ``value``, ``low``, ``high``, ``is_alarm``."""
    rows = odd.hours[odd.hours["server"] == server]
    return rows.assign(panel=[WATCHED[what][0] for what in rows["what"]])


def _say_days(row: Mapping[Hashable, Any]) -> str:
    low, high = row["days_full_low"], row["days_full_high"]
    if pd.isna(low):
        return "never, as it goes now" if pd.notna(row["growth"]) else "too few days"
    if pd.isna(high):
        return f"{low:,.0f} days or later, or never"
    return f"{low:,.0f} to {high:,.0f} days"
