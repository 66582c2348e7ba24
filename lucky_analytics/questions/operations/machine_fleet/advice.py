"""What operations is advised to do about its machines: no more than the sales at risk can pay for."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value, join_names
from lucky_analytics.questions.operations.machine_fleet.capacity import Risk

__all__ = ["decide", "describe_unknown"]

_OWNER = "Operations"
_UNKNOWN = {
    "table": (
        "How machines stand is unknown: their table is not in the snapshot",
        "The machines or their events are not in the snapshot, so nothing is known of their lives.",
        "take iotplatform.t_device and iotplatform.t_device_event into the snapshot",
        "no machine's life is known",
        "The tables come with the next snapshot.",
    ),
    "nothing": (
        "No machine was installed by this date",
        "No event of any machine is on record by this date, so there is nothing to describe.",
        "ask again when machines are installed",
        "no machine is on record",
        "A first machine is installed.",
    ),
}


def describe_unknown(why: str) -> tuple[str, str, Decision]:
    """Title, answer and decision where nothing can be said; ``why`` is "table" or "nothing".

    >>> describe_unknown("table")[2].text.split(":")[0]
    'Wait. Meanwhile, Operations'
    """
    finding, said, action, doubt, change = _UNKNOWN[why]
    return finding, said, Decision(action, _OWNER, Strength(WAIT, (doubt,)), said, change)


def decide(
    states: pd.DataFrame, risk: Risk | None, repair: Estimate, pays: int, monthly: float, level: float
) -> Decision:  # fmt: skip
    """The machines that pour less or nothing first; then a repair at a store that is short without it; then a
    store whose sales at risk are more than a repair costs; else nothing.

    ``states`` of ``views.add_states``; ``repair``: dollars at most a repair; ``pays``: machines that a new
    one would repay in time; ``monthly``: months in the days ahead.
    """
    odd = states[states["shown"].isin(["pours nothing", "pours less"]) & states["is_trading"]]
    if len(odd):
        first = odd.sort_values("shown", ascending=False, kind="stable").head(2)
        names = join_names(f"{row.serial} at {row.place}" for row in first.itertuples())
        is_one = len(odd) == 1
        more = f" and {len(odd) - len(first)} more" if len(odd) > len(first) else ""
        return Decision(
            f"have a technician look at {names}{more}",
            _OWNER,
            weigh(None),
            f"{'It makes' if is_one else 'Each makes'} less of its store's cups than it did, more than "
            "chance does among so many machines.",
            f"{'It pours its' if is_one else 'They pour their'} part again.",
            None,
            {"machine to look at first": str(first["serial"].iloc[0])},
        )
    if risk is None or risk.total.value is None:
        return Decision(
            "go on as today",
            _OWNER,
            weigh(None, problems=["what the busy hours need is not known"]),
            "Without cups and failures on record nobody can say which store runs short.",
            "Cups and failures are on record.",
        )
    worth = Estimate(
        risk.total.value / monthly, (risk.total.low or 0.0) / monthly, (risk.total.high or 0.0) / monthly,
        level=level, n=risk.total.n,
    )  # fmt: skip
    short = risk.stores[(risk.stores["working"] < risk.stores["machines"]) & (risk.stores["spare"] < 0)]
    top = risk.stores.sort_values("loss", ascending=False).iloc[0]
    most = format_value(risk.total.high, "USD", like=100.0)
    if len(short):
        place = str(short.sort_values("loss", ascending=False)["place"].iloc[0])
        return Decision(
            f"repair the machine that waits at {place} first",
            _OWNER,
            weigh(worth, doubts=["what machines can pour at most is not known, only what they did"]),
            f"{place} has fewer machines at work than its busiest hour needs.",
            "Its machine is back.",
            worth,
        )
    price = repair.value if repair.value is not None else 0.0
    if worth.low is not None and worth.low > price:
        return Decision(
            f"keep a spare machine ready for {top['place']}",
            _OWNER,
            weigh(worth, doubts=["what machines can pour at most is not known, only what they did"]),
            f"Failures ahead leave {top['place']} short in busy hours.",
            "It has more machines, or sells less in its busiest hour.",
            worth,
        )
    if (risk.total.high or 0.0) <= max(price, 1.0) and not pays:
        return Decision(
            "order no spare and replace no machine for the days ahead; repair in weekly rounds",
            _OWNER,
            idle("no store is short of machines"),
            f"Sales at risk are {most} at most, less than a repair costs, and no new machine repays "
            "its price in time.",
            f"A store's busiest hour needs more machines than work; today {top['place']} is nearest.",
        )
    return Decision(
        f"order no spare yet; watch the busy hours of {top['place']}",
        _OWNER,
        weigh(worth, doubts=["what machines can pour at most is not known"]),
        f"Sales at risk are {most} at most, and may be nothing.",
        "Its machines are seen to pour more in an hour, or its queue is seen to wait for them.",
        worth,
    )
