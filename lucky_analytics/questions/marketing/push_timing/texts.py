"""The findings of the page on notifications as sentences, made from its frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_estimate, format_number, format_value, join_names
from lucky_analytics.questions.marketing.push_timing.opens import Opens
from lucky_analytics.questions.marketing.push_timing.orders_after import After
from lucky_analytics.questions.marketing.push_timing.push_test import GAIN_WEEKS, PER, TestPlan
from lucky_analytics.questions.marketing.push_timing.push_trial import Trial

__all__ = [
    "describe_frequency",
    "describe_orders",
    "describe_same",
    "describe_sizes",
    "judge_claim",
    "list_limits",
    "name_finding",
    "note_lift",
    "note_orders",
    "phrase_answer",
    "say_claim",
    "say_stakes",
    "say_stopped",
]

_TIMED = (
    "Orders differ from usual in the hours before sends, too, where no send can act: what follows sends is "
    "not read as their doing."
)
_FOLLOWED = (
    "How many come after a send goes with whether it was opened, which nothing after it can change: sends "
    "follow openings, so that what goes with frequency is not read as anything that frequency does."
)
_UNEVEN = (
    "The branches of the test are out of their planned ratio: who is in them was no chance, and nothing is "
    "concluded from it."
)


def _side(row: dict[str, Any]) -> int:
    """1 where an association is surely above 0, -1 below, 0 where it is not known."""
    if not row or not row["is_clear"]:
        return 0
    return 1 if row["value"] > 0 else -1


def _recent_side(opens: Opens) -> int:
    """The same of frequency: 0 where sends follow openings, so that it cannot be read."""
    return 0 if opens.is_followed else _side(opens.row("frequency"))


def _order_side(after: After) -> int:
    """The same of orders after pushes, for what sends may have done: 0 where they differ before sends,
    too."""
    own = after.table[after.table["kind"] == "push"]
    if own.empty or after.is_timed:
        return 0
    low, high = own["low"].iloc[0], own["high"].iloc[0]
    return 1 if low > 1 else -1 if high < 1 else 0


def name_finding(
    opens: Opens, after: After, best: Mapping[str, Any] | None = None, most: float | None = None
) -> str:
    """The title, as a template: what goes with openings, and whether orders follow; where hour and frequency
    both do and orders are not known to rise, the ``most`` dollars a month that pushes bring in (null: not
    known) says more. ``best``: ``Trial.find_best``."""
    if best is not None:
        return "A test of notifications shows a way that brings in more"
    near, recent = _side(opens.row("own hour")), _recent_side(opens)
    orders = _order_side(after)
    word = {1: "more", -1: "less"}
    ends = {1: "more orders follow", -1: "fewer orders follow", 0: "orders not known to rise"}
    if near > 0 > recent:
        if most is not None and not after.is_timed and orders <= 0:
            return "Pushes bring in at most {most:value} by the orders after them"
        return f"Fewer pushes, near each customer's hour, are opened more; {ends[orders]}"
    parts = [f"{word[near]} near each customer's hour"] if near else []
    parts += [f"{word[recent]} where many come"] if recent else []
    if not parts:
        groups = [
            name for name in ("hour", "content") if opens.table.query("group == @name")["is_clear"].any()
        ]
        if groups:
            words = {"hour": "certain hours", "content": "certain contents"}
            parts = [f"more or less with {join_names(words[name] for name in groups)}"]
    if not parts:
        if orders:
            many = "More" if orders > 0 else "Fewer"
            return f"{many} orders follow pushes; no hour or frequency is known better"
        return "No hour or frequency of notifications is known to do better"
    return f"Pushes are opened {', '.join(parts)}; {ends[orders]}"


def phrase_answer(opens: Opens, after: After, most: float | None) -> str:
    """The answer, a template for ``report.answer``; needs the headlines ``near``, ``recent``, ``orders``,
    ``most``: dollars a month that pushes bring in at most, null where that is not known."""
    near, recent = opens.row("own hour"), opens.row("frequency")
    if not near or not recent:
        return (
            "Hours and frequency cannot be compared for the same customers: none ordered before, or all "
            "were notified alike. Nothing else in the log tells which would do better."
        )
    if opens.is_followed:
        verb = "change" if _side(near) else "may not change"
        said = (
            f"For the same customer, openings {verb} near the usual hour: {{near}}. Frequency cannot be "
            "read, as sends follow openings."
        )
    elif _side(near) > 0 > _side(recent):
        said = (
            "The same customer opens more near the usual hour, {near}, and fewer with each further push that "
            "week, {recent}."
        )
    elif _side(near) or _side(recent):
        said = (
            "The same customer's openings change by {near} near the usual hour, by {recent} with each "
            "further push that week."
        )
    else:
        said = (
            "Neither the usual hour, {near}, nor each further push that week, {recent}, is known to change "
            "openings."
        )
    if after.estimate("push", 0.9).value is None:
        return f"{said} Too few orders follow to compare with other hours."
    if most is not None and not after.is_timed:
        return f"Pushes bring in at most {{most:value}} by orders after them. {said}"
    ends = {1: ", more than otherwise", -1: ", fewer than otherwise"}
    end = ", as before them" if after.is_timed else ends.get(_order_side(after), ": no known gain")
    return f"{said} Orders after: {{orders}}{end}."


def judge_claim(lift: Estimate, low: float, high: float) -> str:
    """How what openings might gain stands to a claim of ``low`` to ``high`` (shares): one clause.

    >>> judge_claim(Estimate(0.3, 0.25, 0.35, level=0.9), 0.4, 0.6)
    'the claim is out of reach even then'
    """
    if lift.value is None or lift.low is None or lift.high is None:
        return "the claim cannot be held against this log"
    if lift.high < low:
        return "the claim is out of reach even then"
    if lift.low > high:
        return "the claim would be exceeded then"
    if lift.low >= low and lift.high <= high:
        return "the claim would hold then"
    return "the claim is neither shown nor ruled out"


def say_claim(opens: Opens, low: float, high: float) -> str:
    """The claim of openings held against what the log allows."""
    if low > high:
        raise LuckyError("claim of openings", expected="claim_low up to claim_high", got=f"{low:g}, {high:g}")
    claimed = f"Claimed are {100 * low:.0f} to {100 * high:.0f} % more openings"
    if opens.lift.value is None:
        return f"{claimed}: nothing in the log can be held against it."
    shown = format_estimate(opens.lift.value, opens.lift.low, opens.lift.high, "share")
    return (
        f"{claimed}. Were every push near the own hour, and hour the cause, it would be {shown}: "
        f"{judge_claim(opens.lift, low, high)}. Openings are not orders."
    )


def say_stopped(stopped: Estimate) -> str:
    """What is known of who stopped allowing notifications."""
    if stopped.value is None:
        return "Who stopped allowing notifications is not known: no profile of anybody who got one says."
    if not stopped.value:
        most = format_value((stopped.high or 0.0) * 10_000, "of 10,000")
        return (
            f"Of {stopped.n:,} customers who got a notification and whose profile says, all allow them now "
            f"(at most {most} do not): nobody is known to have stopped."
        )
    many = stopped.times(10_000)
    shown = format_estimate(many.value, many.low, many.high, "of 10,000")
    return (
        f"Of customers who got a notification and whose profile says, {shown} do not allow them now. When "
        "they stopped, and after which, no table says."
    )


def say_stakes(plan: TestPlan, n_reachable: int, hours: int) -> str:
    """What pushes bring at most, by the orders that follow them within ``hours``, beside what the test shows;
    empty where one of them is not known."""
    if plan.most_a_month is None or plan.a_month is None:
        return ""
    most, least = (end / PER * n_reachable for end in (plan.most_a_month, plan.a_month))
    end = "too coarse to show that" if plan.is_too_coarse else "fine enough to show that"
    return (
        f"By the orders of the {hours} hours after them, pushes bring in at most "
        f"{format_value(most, 'USD a month')} in all; a test shows gains from "
        f"{format_value(least, 'USD a month')} on: {end}."
    )


def note_lift(opens: Opens) -> str:
    """What the share of openings that might be gained rests on."""
    if opens.lift.value is None:
        return "Not known: no customer was notified both near the own hour and at another"
    near, unknown = (f"{100 * share:.0f} %" for share in (opens.near_share, opens.unknown_share))
    return f"If hour is the cause: {near} are near already, {unknown} go to customers without an order"


def note_orders(after: After, hours: int) -> str:
    """What the ratio of orders rests on."""
    if after.estimate("push", 0.9).value is None:
        return "Not known: too few orders fell into weeks with a push"
    more = after.more
    told = f"In {hours} hours, against the same customer's other hours of the week"
    if more.high is None:
        return told
    return f"{told}; {format_number(max(more.high, 0))} orders more for 1,000 pushes at most"


def describe_same(opens: Opens) -> str:
    """The title of the main picture: how many associations are beyond chance, by group."""
    groups = {"own hour": "own hour", "frequency": "frequency", "hour": "hours of day", "content": "contents"}
    if opens.is_followed:
        del groups["frequency"]
    clear = [words for name, words in groups.items() if opens.table.query("group == @name")["is_clear"].any()]
    if not clear:
        return "Neither hour nor frequency is known to change openings of the same customer"
    rest = [words for words in groups.values() if words not in clear]
    end = f"; of {join_names(rest)} that is not known" if rest else ""
    return f"Openings of the same customer go with {join_names(clear)}{end}"


def describe_frequency(opens: Opens) -> str:
    """The title of the picture of frequency."""
    if opens.is_followed:
        return "Sends follow openings: how many came before cannot be read as changing them"
    side = _recent_side(opens)
    if not side:
        return "How many came in the week before is not known to change openings"
    many = "more" if side > 0 else "fewer"
    return f"The {many} came in the week before, the more often the next one is opened"


def describe_orders(after: After) -> str:
    """The title of the picture of orders."""
    if after.estimate("push", 0.9).value is None:
        return "Too few orders fall into weeks with a notification to compare their hours"
    if after.is_timed:
        return "Orders differ before a notification already: sends are timed by them, or both by habit"
    side = _order_side(after)
    ends = {
        "more": after.by_hour.loc[after.by_hour["low"] > 1, "label"],
        "fewer": after.by_hour.loc[after.by_hour["high"] < 1, "label"],
    }
    end = "".join(
        f"; {word} after those sent {join_names(labels)}" for word, labels in ends.items() if len(labels)
    )
    if side:
        return f"{'More' if side > 0 else 'Fewer'} orders fall into the hours after a push than others{end}"
    return f"After a push customers are not known to order more or less than at other hours{end}"


def describe_sizes(plan: TestPlan, gain: float) -> str:
    """The title of the table of sizes."""
    wanted = format_value(PER * gain, f"USD for {PER} customers in {GAIN_WEEKS} weeks")
    if plan.n_group < 2:
        return "Too few customers can be notified for any test"
    if plan.is_enough:
        return f"{plan.weeks} weeks with all who can be notified are enough to show {wanted}"
    return f"Not even {plan.weeks} weeks with all who can be notified show {wanted}"


def list_limits(opens: Opens, after: After, trial: Trial | None, hours: int, level: float) -> list[str]:
    """What the page cannot say."""
    limits = [
        "No send was left to chance: who got what at which hour was chosen, by rules that no table has. "
        "What goes with an hour or a frequency, the same customer compared, need not be its doing; a policy "
        "cannot be judged on this log, because nobody knows the chances with which it chose.",
        "Only hours at which something was sent can be compared. What an hour in between would do is not "
        "known.",
        "An opening is recorded of pushes alone; a text message may be read and leave no trace. Orders can "
        f"be held against both, in the {hours} hours after.",
        "A profile says whether a customer allows notifications at the end of the data, not since when: that "
        "a frequency drives customers away can be neither shown nor ruled out.",
        "The usual hour is the mean of the hours of a customer's orders before a send, so that what a push "
        "brings forward does not count. Customers without an order have none.",
        f"All intervals of associations hold together with {100 * level:.0f} % confidence ({opens.half:.1f} "
        "errors to each side): where nothing acts, one of them is clear of nothing in at most "
        f"{100 * (1 - level):.0f} of 100 pages.",
        "The smallest gain of the test is what four equal groups of today's reachable customers would show "
        "in four of five cases, at how much customers differed in the last weeks. In a season unlike these "
        "it is another.",
    ]
    if after.is_timed:
        limits.insert(1, _TIMED)
    if opens.is_followed:
        limits.insert(1, _FOLLOWED)
    if trial is not None and not trial.is_even:
        limits.insert(0, _UNEVEN)
    return limits
