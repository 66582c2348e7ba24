"""The findings on the servers as sentences, made from the issues."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path

import pandas as pd

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.declarations import read
from lucky_analytics.formats import format_number, format_value
from lucky_analytics.methods.inference.false_alarms import say_rate
from lucky_analytics.models.server_readings import name_short
from lucky_analytics.questions.platform.database_health.copies import FAILED, SLOWING
from lucky_analytics.questions.platform.database_health.filling import Outlook
from lucky_analytics.questions.platform.database_health.health import ACT, SOON, Limits
from lucky_analytics.questions.platform.database_health.unusual import WATCHED, Unusual

__all__ = ["COUNTED", "COUNTS", "NOTHING", "OWNER", "READ", "UNITS", "describe_answer", "describe_copies",
           "describe_odd",
           "list_unknown", "name_alarms", "name_each", "name_finding", "name_grid", "name_outlook",
           "say_copies", "say_fix", "say_issue", "say_kind", "say_tests"]  # fmt: skip

OWNER = "IT"
READ = "Read from the servers, not estimated: it has no interval"
COUNTS = "Counted, not estimated: it has no interval"
UNITS = {"growth": "tables", SLOWING: "tables"}  # what an issue of a kind is of; else servers
NOTHING = (
    "No server had been asked by this date",
    "Nothing was collected by then: no server can be judged, and none is called healthy.",
    Decision(
        "collect once, with collect = true in sources.toml",
        OWNER,
        weigh(None, problems=["nothing was collected"]),
        "A page on servers needs what they say of themselves.",
        "A collection is there.",
    ),
)
COUNTED = {
    "silent": "Servers that did not answer",
    "late": "Replicas that are behind",
    "memory": "Caches whose memory is nearly full",
    "connections": "Servers whose connections are nearly used up",
    "slow": "Servers with more slow statements than usual",
    "growth": "Tables that surely grow faster than the limit",
    SLOWING: "Tables whose copy takes longer than the time between two",
}
_FIRST = {
    "silent": "one that does not answer",
    "late": "a replica that fell behind",
    "memory": "a cache that is nearly full",
    "connections": "one that runs out of connections",
    "slow": "one with more slow statements",
    "growth": "a table that grows fast",
    FAILED: "a copy into the warehouse that fails",
    SLOWING: "a copy that takes too long",
}
_KIND_WORDS = {
    "silent": "does not answer",
    "late": "replica behind",
    "memory": "memory nearly full",
    "connections": "connections nearly used up",
    "slow": "more slow statements",
    "growth": "a table grows fast",
    FAILED: "a copy fails",
    SLOWING: "a copy takes too long",
    "fills": "fills up soon",
    "unusual": "unusual hour",
}
# The clause of the answer that a kind has, of its worst case, and the headline behind it.
_CLAUSES: dict[str, Callable[[str], str]] = {
    "silent": lambda name: f"{name} does not answer, of {{n_silent:value}} that are silent",
    "late": lambda name: f"the replica of {name} is {{late_hours:value}} behind",
    "memory": lambda name: f"{name} uses {{fullest:value}} of its memory",
    "connections": lambda name: f"{name} came to {{most_connected:value}} of its connections",
    "slow": lambda name: f"{name} has {{slow_times:value}} usual slow statements",
    "growth": lambda name: f"a table of {name} grows {{fastest_table:value}} a week",
    FAILED: lambda name: f"the copy of {name} is {{copy_hours:value}} old",
    SLOWING: lambda name: f"copies of {name} take longer than the time between two",
}
_FAR_DAYS = 90
_MOST_NUMBERS, _MOST_CLAUSE_WORDS = 3, 30


def name_finding(issues: pd.DataFrame, n_asked: int) -> str:
    """The title, as a template for ``report.title``."""
    act = issues[issues["state"] == ACT]
    if len(act):
        return f"{{needs_work:value}} of {n_asked} need IT today, first {_FIRST[act['kind'].iloc[0]]}"
    if (issues["state"] == SOON).any():
        return "No server needs work today; {fills_soon:value} will pass a limit within weeks"
    return f"None of {n_asked} servers needs work today"


def describe_answer(issues: pd.DataFrame) -> str:
    """The answer, as a template: the worst case of the first kinds, at most three numbers."""
    act = issues[issues["state"] == ACT].drop_duplicates("kind")
    if act.empty:
        return (
            "No server is over a limit. The fullest cache uses {fullest:value} of its memory, the busiest "
            "server {most_connected:value} of its connections at its peak."
        )
    clauses, numbers, words = [], 0, 0
    for issue in act.itertuples():
        name = _name_table(str(issue.subject)) if issue.kind in (FAILED, SLOWING) else str(issue.name)
        clause = _CLAUSES[str(issue.kind)](name)
        more, longer = 1 + len(re.findall(r"\d+", name)), len(clause.split()) + 1
        if numbers + more <= _MOST_NUMBERS and words + longer <= _MOST_CLAUSE_WORDS:
            clauses.append(clause)
            numbers, words = numbers + more, words + longer
    said = "; ".join(clauses) or "what needs work stands in the list"
    return f"{said[0].upper()}{said[1:]}. Each is more than its limit or what is usual of it."


def say_issue(issue: pd.Series) -> str:
    """One thing that is wrong, with its number and range, for a table."""
    kind, value = issue["kind"], issue["value"]
    if kind == "silent":
        return "never answered" if pd.isna(value) else f"no answer for {format_value(value, 'hours')}"
    if kind == "late":
        return f"its replica is {format_value(value, 'hours')} behind"
    if kind in ("memory", "connections"):
        what = "of its memory is used" if kind == "memory" else "of its connections at the peak of 24 hours"
        return f"{format_number(value, 'share')} {what}"
    if kind == FAILED:
        old = "has never succeeded" if pd.isna(value) else f"is {format_value(value, 'hours')} old"
        return f"the copy of {_name_table(issue['subject'])} {old}" + f": {issue['reason']}" * bool(
            issue["reason"]
        )
    if kind == SLOWING:
        return f"a copy of {_name_table(issue['subject'])} takes {value:.1f} times the time between two"
    between = f"({_number(kind, issue['low'])} to {_number(kind, issue['high'])})"
    if kind == "slow":
        return f"slow statements {_number(kind, value)} times as often as usual {between}"
    if kind == "growth":
        return f"{issue['subject']} grows {_number(kind, value)} a week {between}"
    if kind == "fills":
        return f"its {issue['subject']} pass the limit in {format_value(value, 'days')}"
    label = WATCHED[issue["subject"]][0]
    return f"{label}: {format_value(value, 'unusual hours')} in the last day"


def name_each(issues: pd.DataFrame) -> dict[str, str]:
    """Each thing that is wrong by a name that stays its own, with its words: so that alerts tell it once."""
    rows = issues.to_dict("records")
    names = [f"{row['server']} {row['kind']} {row['subject']}".strip() for row in rows]
    words = [f"{row['name']}: {say_issue(pd.Series(row))}" for row in rows]
    return dict(zip(names, words, strict=True))


def say_kind(kinds: str) -> str:
    """Kinds of issues in words, comma between them.

    >>> say_kind("late, slow"), say_kind("")
    ('replica behind, more slow statements', '')
    """
    return ", ".join(_KIND_WORDS[kind] for kind in kinds.split(", ") if kind)


def say_fix(kind: str, name: str, subject: str) -> str:
    """What IT does about it, as a clause."""
    return {
        "silent": f"see why {name} does not answer",
        "late": f"restart the replica of {name}, or build it anew",
        "memory": f"give {name} more memory or shorter lives of keys",
        "connections": f"close idle connections of {name} or raise its limit",
        "slow": f"find what made statements of {name} slow",
        "growth": f"find what writes to {_name_table(subject)}",
        FAILED: f"repair the copy of {_name_table(subject)}",
        SLOWING: f"split the copy of {_name_table(subject)} or run it less often",
        "fills": f"plan more room for {name}",
        "unusual": f"ask what {name} did in those hours",
    }[kind]


def name_grid(states: pd.DataFrame) -> str:
    """The title of the grid of all servers."""
    n = int((states["state"] == ACT).sum())
    well = int((states["state"] == "nothing found").sum())
    return f"{well} of {len(states)} servers show nothing; {n} need work today"


def name_outlook(shown: pd.DataFrame) -> str:
    """The title of the picture of what is nearest to its limit. ``shown``: rows of ``Outlook.limited``."""
    if shown.empty:
        return "Nothing with a limit was measured"
    surely = shown[(shown["growth_low"] > 0) & (shown["days_full_high"] <= _FAR_DAYS)]
    if surely.empty:
        return "None of the fullest is sure to fill up within three months"
    first = surely.sort_values("days_full").iloc[0]
    days = f"{first['days_full_low']:.0f} to {first['days_full_high']:.0f} days"
    return (
        f"If growth goes on, the {first['what']} of {name_short(first['server'])} will be used up in {days}"
    )


def name_alarms(odd: Unusual) -> str:
    """The title of the timeline."""
    if not odd.n_series:
        return "Too few weeks were collected to know what is usual of an hour"
    if odd.alarms.empty:
        return "No hour was unusual on any server"
    n = odd.alarms["server"].nunique()
    return f"{format_value(len(odd.alarms), 'unusual hours')} on {format_value(n, 'servers')}"


def describe_odd(odd: Unusual, weeks_apart: float) -> str:
    """How often an alarm is false, in words."""
    rate = say_rate(weeks_apart, "servers and numbers").replace("day", "hour", 1)
    return f"Where nothing is wrong, {rate}; {odd.n_series} series watched"


def say_tests(outlook: Outlook, limits: Limits) -> list[str]:
    """How the trends of 30 days ago did, a sentence for each kind."""
    said = []
    for what, label in (("table", "tables"), ("memory", "memory of caches"), ("connections", "connections")):
        own = outlook.tested[outlook.tested["what"] == what]
        wider = outlook.wider[what]
        if wider is None:
            said.append(
                f"Trends of {label} could not be tested on days gone by; their ranges may be too narrow."
            )
        else:
            n = int(own["inside"].sum())
            said.append(
                f"Of trends of {label} as they stood 30 days ago, {n} of {len(own)} ranges held what came; "
                f"all are drawn {wider:.2f} times as wide for it ({100 * limits.level:.0f} % should hold)."
            )
    return said


def list_unknown(
    copies: pd.DataFrame | None, rules: pd.DataFrame | None, handed_in: Collection[str] = ()
) -> pd.DataFrame:
    """What no table holds: ``what``, ``said`` (by the documents), ``why``, ``ask`` (whom, for what). Which
    tasks fail is known where there are ``copies``, which alerts work where there are ``rules``, and what is
    ``handed_in`` by the name of its entry."""
    declared = read(Path(__file__).with_name("unknown.yml"))
    known = {"alert_rules" if rules is not None else "alert_targets"}
    known |= {"etl_tasks"} if copies is not None else set()
    known |= set(handed_in)
    rows = [dict(row) for name, row in declared.items() if name not in known]
    return pd.DataFrame(rows, columns=["what", "said", "why", "ask"])


def describe_copies(copies: pd.DataFrame | None, issues: pd.DataFrame) -> str:
    """The title of the table of copies."""
    if copies is None:
        return "Nobody can say from here which copies into the warehouse fail"
    if copies.empty:
        return "Copies into the warehouse: on the page of all servers"
    n = int((issues["kind"] == FAILED).sum())
    return f"{n or 'None'} of {len(copies)} copies into the warehouse {'fails' if n == 1 else 'fail'}"


def say_copies(copies: pd.DataFrame | None) -> str:
    """What is not known of the tasks, a sentence."""
    if copies is None:
        return (
            "Which ETL tasks of CyberData fail is not known: the snapshot has none of its tables. The last "
            "table says whom to ask."
        )
    if copies.empty:
        return "Copies into the warehouse stand on the page of all servers, and on that of icyberdata."
    return (
        "A copy counts as failing after three runs in a row without success. Runs are counted by day, so its "
        "age holds for the end of the newest day (UTC). Whether what was copied is right nobody checks."
    )


def _name_table(subject: str) -> str:
    return str(subject).rpartition(".")[2]


def _number(kind: str, value: float) -> str:
    return f"{100 * value:.0f} %" if kind == "growth" else f"{value:.1f}"
