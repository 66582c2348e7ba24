"""The findings of the page on machines as sentences."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import (
    format_estimate,
    format_interval,
    format_number,
    format_value,
    join_names,
)
from lucky_analytics.questions.operations.machine_fleet.capacity import Pace, Risk
from lucky_analytics.questions.operations.machine_fleet.failures_ahead import Outlook
from lucky_analytics.questions.operations.machine_fleet.lives import Fleet

__all__ = [
    "DOWN_HOUR",
    "LIMITS",
    "compare_dashboard",
    "describe_answer",
    "describe_capacity",
    "describe_drops",
    "describe_lives",
    "describe_map",
    "describe_tried",
    "describe_types",
    "describe_units",
    "name_finding",
    "note_clock",
    "note_down",
    "note_failures",
    "note_offline",
    "note_risk",
    "note_spares",
    "say_no_date",
]

DOWN_HOUR = (50.0, 100.0)  # dollars for an hour of a machine out of work, as is often assumed
LIMITS = (
    "Machines report no error codes: that one failed is on record, why is in no table.",
    "Planned services are in no table: the last service here is the last repair, or the installation.",
    "When a machine lost touch is not kept, only when it was last heard of, so how long machines are out of "
    "touch in a usual week cannot be known.",
    "Where a machine stands in its store is in no table: marks on the map are no floor plan.",
    "Machines are taken to pour no more than they did in their busiest hours, which is no proof of what they "
    "can; how many hands were at the bar is not counted.",
    "Where all machines of a store pour less together, this page cannot tell it from fewer orders; the page "
    "on stores judges their days.",
    "A machine that stood still and was never written down as failed is one that pours nothing, or less.",
    "Whether a spare fits several types is not known; both counts are given.",
)


def name_finding(n_odd: int, failures: Estimate, risk: Risk | None, n_days: int) -> str:
    """The title: what wants looking at, else what is to come and what it may cost.

    >>> name_finding(1, Estimate(None), None, 30)
    "1 machine pours less of its store's cups than before"
    """
    if n_odd:
        whose = "pours less of its" if n_odd == 1 else "pour less of their"
        return f"{format_value(n_odd, 'machines')} {whose} store's cups than before"
    if failures.value is None:
        return "Too few machines failed so far to say how many will"
    span = f"{format_number(failures.low)} to {format_number(failures.high)} failures in {n_days} days"
    if risk is None or risk.total.value is None:
        return f"{span} are to be expected of the machines"
    if (risk.total.low or 0.0) > 0:
        return f"{span} put sales in busy hours at risk"
    if not risk.total.high:
        return f"{span}, and no store is short for it"
    return f"{span}, at most {format_value(risk.total.high, 'USD', like=100.0)} of sales at risk"


def describe_answer(
    n_offline: int, n_pouring: int, failures: Estimate, risk: Risk | None, n_days: int, assumed: float
) -> str:
    """Two or three sentences from the headlines. ``assumed``: dollars that the failures would cost by the
    low end of ``DOWN_HOUR``."""
    touch = ""
    if n_offline:
        part = "All" if n_pouring == n_offline else "Most" if 2 * n_pouring > n_offline else "Few"
        touch = f" {part} machines out of touch pour: that is no failure."
    ahead = "in the month ahead" if n_days == 30 else "in the days ahead"
    if failures.value is None:
        few = "Too few failed so far, against what a forecast needs, to say how many will."
        return f"{{working:value}} are at work. {few}{touch}"
    said = f"{{failures}} of machines are expected {ahead}"
    if risk is None or risk.total.value is None:
        return f"{said}; what they may cost is not known.{touch}"
    if not risk.total.high:
        return f"{said}, with no sales at risk.{touch}"
    less = ", far less than assumed" if 10 * (risk.total.high or 0.0) < assumed else ""
    return f"{said}, with {{at_risk}} of sales at risk{less}.{touch}"


def describe_units(states: pd.DataFrame) -> str:
    """The title of the picture of all machines: how many are not simply at work, and where most of these."""
    trading = states[states["is_trading"]]
    waits = int((trading["shown"] == "waits for repair").sum())
    odd = int(trading["shown"].isin(["pours nothing", "pours less"]).sum())
    verb = "waits" if waits == 1 else "wait"
    parts = [f"{format_value(waits, 'machines')} of {len(trading)} in stores {verb} for repair"]
    if odd:
        parts.append(f"{odd} pour{'s' if odd == 1 else ''} too little")
    apart = int((trading["shown"] == "out of touch").sum())
    return f"{join_names(parts)}; {apart} {'is' if apart == 1 else 'are'} out of touch, which is no failure"


def describe_map(label: pd.Series) -> str:
    """The title of the map: the store with the fewest machines at work. ``label``: "8th & Broadway 14/14"."""
    parts = label.str.extract(r"^(.*) (\d+)/(\d+)$")
    up = parts[1].astype(int)
    fewest = parts[0][up == up.min()]
    rest = "" if len(fewest) < 3 else " and others"
    return (
        f"{up.min()} to {up.max()} machines work in each store; fewest at {join_names(fewest.head(2))}{rest}"
    )


def describe_capacity(risk: Risk) -> str:
    """Whether stores have the machines that their busiest hour needs."""
    known = risk.stores.dropna(subset="needed")
    if known.empty:
        return "What the busy hours need is not known"
    short = known[known["spare"] < 0]
    if len(short):
        have = "has" if len(short) == 1 else "have"
        return f"{join_names(short['place'].head(3))} {have} too few machines at work for the busiest hour"
    top = known.sort_values("spare").iloc[0]
    spare = format_value(top["spare"], "machines")
    return f"Every store has the machines of its busiest hour; {top['place']} has {spare} to spare"


def describe_drops(drops: pd.DataFrame, drop: float) -> str:
    """What the cups of each machine say, and what a dashboard would have flagged."""
    n, naive = int(drops["is_drop"].sum()), int(drops["is_naive"].sum())
    if drops["ratio"].isna().all():
        return "No machine has days enough to be held against its own before"
    share = format_value(drop, "share").replace(".0", "")
    if not n:
        rest = f", though {naive} made {share} fewer cups an hour" if naive else ""
        return f"No machine fell by more than {share} against its part of the store's cups{rest}"
    part = "its" if n == 1 else "their"
    return f"{format_value(n, 'machines')} fell by more than {share} against {part} part, chance aside"


def describe_types(types: pd.DataFrame) -> str:
    """Whether types differ in how long they work between failures."""
    odd = types[types["is_odd"]]
    if odd.empty:
        return "No type surely fails more or less often than the others"
    first, last = types.iloc[0], types.iloc[-1]
    said = first if first["is_odd"] else last
    span = f"{format_number(said['low'])} to {format_number(said['high'])} days at work"
    if first["is_odd"]:
        return f"{first['machine_type']} fails most often, every {span}"
    if last["is_odd"]:
        return f"{last['machine_type']} works longest between failures, {span}"
    return (
        f"{join_names(odd['machine_type'].head(2))} differ{'s' if len(odd) == 1 else ''} from the other types"
    )


def describe_lives(curves: pd.DataFrame) -> str:
    """How spells at work end."""
    failed = curves[(curves["cause"] == "failed") & (curves["duration"] <= 90)]
    if failed.empty:
        return "No spell at work ended in a failure within 90 days"
    last = failed.iloc[-1]
    span = f" {format_interval(last['low'], last['high'], 'share')}" if pd.notna(last["low"]) else ""
    return f"{format_value(last['share'], 'share')}{span} of spells at work end in a failure within 90 days"


def describe_tried(tried: pd.DataFrame, level: float) -> str:
    """How often the same forecast held in days gone by.

    >>> describe_tried(pd.DataFrame({"is_held": [True, True, False]}), 0.9)
    'Of 3 forecasts from days gone by 2 held, promised were 9 of 10'
    """
    n, promised = int(tried["is_held"].sum()), f"{level * 10:.3g} of 10"
    return f"Of {len(tried)} forecasts from days gone by {n} held, promised were {promised}"


def note_failures(outlook: Outlook | None, n_before: int, n_days: int) -> str:
    """Beside the failures expected."""
    if outlook is None:
        return "Null: fewer than 5 failures are on record"
    return f"Of machines that stand today, repaired ones again; {n_before} in the {n_days} days before"


def note_clock(clocks: pd.DataFrame | None, name: str) -> str:
    """What the test says of one clock, "since" repair or "age"."""
    if clocks is None:
        return "Null: too few failures are on record"
    p_value, fit = (
        dict(zip(clocks["clock"], clocks[column].astype(float), strict=True))
        for column in ("p_value", "log_likelihood")
    )
    if name == "since":
        tells = "The longer at work since repair, the likelier it fails: 0 is chance alone"
        return tells if p_value["since repair"] < 0.05 else "0 is chance alone; not told from it"
    if p_value["both"] < 0.05 and fit["age"] > fit["since repair"]:
        return "Repair leaves a machine as worn as its age"
    return "Beside days since repair: 0 is as good as new after a repair"


def note_risk(risk: Risk | None, pace: Pace | None) -> str:
    """How sales at risk are counted."""
    if risk is None or pace is None or risk.total.value is None:
        return "Null: no cups or too few failures are on record"
    easy = format_value(risk.at_best, "USD")
    return (
        f"If a machine pours {pace.proven:.0f} cups an hour at most, as in one hour of a thousand; {easy} if "
        f"one after the other, {pace.pouring:.0f} an hour"
    )


def note_spares(spares: pd.DataFrame | None) -> str:
    """Beside the number of spares, of ``plans.list_spares``."""
    if spares is None:
        return "Null: too few failures are on record"
    chance, shared = format_value(spares.attrs["p_all"], "share"), spares.attrs["shared"]
    return (
        f"What it would take, not what to order; one of its own type for each, {shared} if one fits all. "
        f"Enough with a chance of {chance}; counted"
    )


def note_down(found: Estimate) -> str:
    """Beside what an hour of a machine out of work cost."""
    if found.value is None:
        return "Null: too few days with a machine down, or nothing sold, are on record"
    sure = (
        "surely less than" if found.high is not None and found.high < DOWN_HOUR[0] else "not surely less than"
    )
    assumed = f"${DOWN_HOUR[0]:.0f} to ${DOWN_HOUR[1]:.0f}"
    return f"Measured on days with machines down; {sure} the {assumed} often assumed"


def note_offline(fleet: Fleet, counts: dict[str, int]) -> str:
    """Beside the machines that are out of touch."""
    if not fleet.is_now:
        return "Null: who was in touch on an earlier day is not kept"
    return f"{counts['offline_pouring']} of them poured in the last three days; counted"


def say_no_date(ranked: pd.DataFrame | None) -> str:
    """Why no machine has a date on which it will fail."""
    if ranked is None or ranked.empty:
        return "When a machine will fail cannot be said: too few failed so far."
    top = ranked.iloc[0]
    late = f"{top['late']:.0f} days" if pd.notna(top["late"]) else "more than a year"
    return (
        f"No machine has a date on which it will fail: the likeliest may do so between {top['soon']:.0f} "
        f"and {late} from now. The chance within the days ahead is what can be said."
    )


def compare_dashboard(
    fleet: Fleet, working: int, drops: pd.DataFrame | None, down: Estimate, risk: Risk | None,
    hours: float | None,
) -> pd.DataFrame:  # fmt: skip
    """What a plain dashboard would say beside what this page says: ``what``, ``dashboard``, ``page``,
    ``why``. ``hours``: open hours that machines are expected to be out of work in the days ahead."""
    n_online, n_all = int((fleet.machines["state"] == "online").sum()), fleet.n_all
    apart = format_value(1 - n_online / max(n_all, 1), "share")
    rows = [(
        "Machines that do not work",
        f"{n_all - n_online} of {n_all} ({apart}) are not online" if fleet.is_now else "not kept",
        f"{len(fleet.standing) - working} of {len(fleet.standing)} that stand",
        "A count of all ever installed mixes those taken out, test shops, and those that pour out of touch",
    )]  # fmt: skip
    if drops is not None:
        naive, own = (f"{int(drops[name].sum())}" for name in ("is_naive", "is_drop"))
        why = "Fewer cups an hour follow from fewer orders and more machines; here each has its part"
        rows.append(("Machines that make fewer cups", naive, own, why))
    stores = fleet.standing[fleet.standing["is_trading"]].groupby("place").size()
    if len(stores):
        page = f"one of {stores.min()}, at {stores.idxmin()}"
        why = "That half is a guess; machines that stand in each store are counted here"
        rows.append(("One machine down in the smallest store", "half of its capacity", page, why))
    if down.value is not None:
        why = "Assumed; here days with machines down are held against the store's week and all stores' day"
        assumed = " to ".join(f"${end:.0f}" for end in DOWN_HOUR)
        rows.append(("An hour of a machine out of work", assumed, _say(down), why))
    if hours is not None and risk is not None and risk.total.value is not None:
        assumed = " to ".join(format_value(hours * end, "USD") for end in DOWN_HOUR)
        why = "Sales are lost only in hours in which those left cannot pour what is asked for"
        rows.append(("Sales lost to failures ahead", assumed, _say(risk.total), why))
    return pd.DataFrame(rows, columns=["what", "dashboard", "page", "why"])


def _say(found: Estimate) -> str:
    return format_estimate(found.value, found.low, found.high, "USD")
