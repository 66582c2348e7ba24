"""Sentences of the page on security: what is counted is no attack, and what cannot be known is said."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import Decision, idle, weigh
from lucky_analytics.formats import format_value
from lucky_analytics.methods.inference.false_alarms import say_rate
from lucky_analytics.questions.platform.security_posture.blacklist_use import BlacklistUse
from lucky_analytics.questions.platform.security_posture.odd_days import OddDays
from lucky_analytics.questions.platform.security_posture.rule_counts import RuleCounts

__all__ = ["COUNTED", "NOTHING", "decide", "describe_answer", "list_limits", "list_unknown", "name_days",
           "name_each", "name_finding", "name_rules", "note_budget", "note_logins", "note_odd"]  # fmt: skip

_OWNER = "IT"
_MOSTLY = 0.5
COUNTED = "Counted, not estimated"
_UNVERIFIED = "logins are counts that nobody verified"
NOTHING = (
    "No rule of risk control had counted anything by this date",
    "Nothing was counted by then: nothing can be said of attacks, and nobody is called safe.",
    Decision(
        "see that risk control writes its counts", _OWNER, weigh(None, problems=["nothing was counted"]),
        "A page on security needs what the rules count.", "A rule counts.",
    ),
)  # fmt: skip


def name_finding(counted: RuleCounts, odd: OddDays, listed: BlacklistUse | None = None) -> str:
    """The title, a template over ``ordered``, ``unusual_days`` and ``platform_share``."""
    if listed is not None and listed.ordered:
        return "{ordered:value} on the blacklist ordered after being listed"
    n = odd.alarms["ds"].nunique()
    days = (
        "No day stands out" if not n else "{unusual_days:value} " + ("stands out" if n == 1 else "stand out")
    )
    if (counted.platform_share or 0.0) > _MOSTLY:
        return f"{days}; delivery accounts pass {{platform_share:value}} of all limits"
    return f"{days} in logins or limits passed" if not n else f"{days} among logins and limits passed"


def describe_answer(counted: RuleCounts, odd: OddDays, listed: BlacklistUse | None = None) -> str:
    """The answer, a template over headlines: at most three numbers."""
    if listed is not None and listed.ordered:
        day = (
            "{unusual_days:value} of the last four weeks"
            if len(odd.alarms)
            else "No day of the last four weeks"
        )
        verb = "had more refused logins or passed limits than usual"
        return (
            f"The blacklist does not hold: {{ordered:value}} of {listed.n_accounts:,} in force ordered after "
            f"they were listed. {day} {verb}. Logins are counts that nobody verified."
        )
    share = counted.platform_share
    if share is None:
        said = "Rules counted {records:value}; none passed its limit."
    else:
        said = (
            "Rules counted {records:value}, which are no attacks. Delivery accounts pass "
            "{platform_share:value} of the limits, everyone else {people_a_day:value} a day."
        )
    logins = f" {_UNVERIFIED[0].upper()}{_UNVERIFIED[1:]}." if odd.n_logins else " Logins are not known."
    return said + logins


def decide(counted: RuleCounts, odd: OddDays, listed: BlacklistUse | None) -> Decision:
    """What IT does; nobody is blocked by it."""
    steps, because = [], []
    if listed is not None and listed.ordered:
        steps.append("find out why accounts on the blacklist can order")
        because.append(f"{listed.ordered:,} of {listed.n_accounts:,} did after they were listed.")
    if (counted.platform_share or 0.0) > _MOSTLY:
        n = format_value(counted.n_platforms, "delivery accounts")
        steps.append(f"give the {n} limits of their own")
        because.append("Delivery accounts order all day and drown what others do.")
    doubts = []
    if len(odd.alarms):
        first = odd.alarms.iloc[0]
        steps.append(f"ask what happened on {first['ds']:%-d %b} ({_lower(first['name'])})")
        because.append(f"{first['y']:,.0f} came where {first['expected']:,.0f} were usual.")
        if str(first["name"]).startswith("Refused"):
            doubts.append(_UNVERIFIED)
    if not steps:
        return Decision(
            "do nothing about logins and limits today", _OWNER,
            idle("no day stands out, and no account on the blacklist orders"),
            "Each day was held against the days before it.", "A day stands out.",
        )  # fmt: skip
    strength = weigh(None, doubts=() if len(steps) > len(doubts) else doubts)
    change = "Somebody shows that it is meant so."
    return Decision("; ".join(steps), _OWNER, strength, " ".join(because), change)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def name_each(odd: OddDays) -> dict[str, str]:
    """Each unusual day by a name that stays its own, with its words, for alerts."""
    return {
        f"{alarm.name} {alarm.ds:%Y-%m-%d}": f"{alarm.name}, {alarm.ds:%-d %b}: {alarm.y:,.0f} in place of "
        f"{alarm.expected:,.0f}"
        for alarm in odd.alarms.itertuples(index=False)
    }


def note_odd(odd: OddDays, weeks_apart: float) -> str:
    """How often a day would stand out where nothing is wrong."""
    if not odd.n_series:
        return "Nothing was refused and no limit passed: there is nothing to hold days against"
    return f"Where nothing is wrong, {say_rate(weeks_apart, 'rules and clients')}"


def note_logins(odd: OddDays) -> str:
    """What stands beside the share of refused logins."""
    if odd.refused_share is None:
        return "The counts of logins are not in the snapshot, or none was tried"
    return "Needs verification: nobody confirmed that every login is counted"


def note_budget(counted: RuleCounts, reviews_a_day: float) -> str:
    """Whether somebody could look at what people pass, and at all that is passed."""
    people = counted.people_a_day()
    total = float(counted.rules["hits"].sum()) / max(counted.days["day"].nunique(), 1)
    fits = "fits" if people <= reviews_a_day else "does not fit"
    return (
        f"Mean of the last four weeks; {fits} a budget of {reviews_a_day:g} reviews a day, of all "
        f"passed limits there are {total:,.0f} a day"
    )


def name_rules(counted: RuleCounts) -> str:
    """The title of the picture of rules."""
    if counted.platform_share is None:
        return "No rule passed its limit"
    if counted.platform_share > _MOSTLY:
        return "The rules that are passed most are passed by delivery accounts"
    return "Limits are passed by customers, not by delivery accounts"


def name_days(odd: OddDays) -> str:
    """The title of the picture of days."""
    n = odd.alarms["ds"].nunique()
    if not n:
        return "No day is further from the usual than chance explains"
    return f"{format_value(n, 'days')} with more refused logins or passed limits than usual"


def list_unknown() -> pd.DataFrame:
    """What no table holds, and who would know: ``what``, ``why``, ``ask``."""
    rows = [
        ("what the firewall stopped", "its state is in a cache (luckyus-waf), of which no key is read", "IT"),
        ("logins by account, device or network", "only counts by day, hour and client are declared", "IT"),
        ("how many hits were attacks", "no hit was ever judged", "whoever answers for risk control"),
        ("graphs of logins", "no login names its account", "IT"),
    ]
    return pd.DataFrame(rows, columns=["what", "why", "ask"])


def list_limits(listed: BlacklistUse | None) -> list[str]:
    """What a reader must know."""
    said = [
        "A record of a rule says that it counted an event, a hit that an account passed a limit. Neither is "
        "an attack, and no hit was ever judged: how many each rule caught rightly is not known.",
        "Logins need verification: whether every login is in the counts is not confirmed, and no count names "
        "an account, so that a try on many accounts shows as a day, not as a person.",
        "A rule on single accounts does not see one or two tries on each of many accounts.",
        "What the firewall stopped is in no table.",
        "Nobody is put on the blacklist by this page, and nobody is taken off it.",
        "The last day of the counts is in UTC and may lack its last hours.",
    ]
    if listed is None:
        said.append("The blacklist is not in the snapshot.")
    return said
