"""What marketing is advised to do with the reward: no more than what the invited leave can pay for."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.questions.marketing.referral_network.rewards import (
    TRIAL_DAYS,
    WEEKS,
    Rewards,
    round_size,
)

__all__ = ["decide", "describe_unknown"]

_OWNER = "Marketing"
_MONTH_WEEKS = 365.25 / 12 / 7
_ANYWAY = "how many of the invited would have come anyway is not known"
_MOST_UNLINKED = 0.5  # of referral coupons, from which somebody should find out whom they go to
_UNKNOWN = {
    "nobody": (
        "No customer has ordered yet",
        "There is no order yet, and so nobody whom others could have brought.",
        "ask again after the first day of sales",
        "there is no order yet",
        "A first business day has closed.",
    ),
    "table": (
        "Who brings whom is not known: invitations are not in the snapshot",
        "The table in which campaigns note who took part is not in the snapshot, so no invitation is known.",
        "take salesmarketing.t_market_activity_partake into the snapshot",
        "no invitation is known",
        "The table comes with the next snapshot.",
    ),
    "inviter": (
        "Who brings whom is not known: no invitation names its inviter",
        "Participations in campaigns are on record, but none names who invited, so nothing can be said.",
        "have the app note the inviter with each invitation that is accepted",
        "no inviter is on record",
        "Invitations with their inviters are on record.",
    ),
}


def describe_unknown(why: str) -> tuple[str, str, Decision]:
    """Title, answer and decision where nothing can be said; ``why`` as from ``find_hindrance``.

    >>> describe_unknown("table")[2].text.split(":")[0]
    'Do not decide on this yet. Meanwhile, Marketing'
    """
    finding, said, action, doubt, change = _UNKNOWN[why]
    decision = Decision(
        action, _OWNER, Strength(WAIT, (doubt,)), said, change, None, {"reward for inviting": "keep"}
    )
    return finding, said, decision


def decide(margin: Estimate, rewards: Rewards, trials: pd.DataFrame, days: int) -> Decision:
    """Whether to change the reward. ``margin``: of somebody invited in ``days``, dollars; ``trials`` as from
    ``plan_trials``.

    Only where the coupons of inviters cost more than the invited leave at best, even if none would have come
    anyway, is a lower reward advised. A higher one never: what it would bring beyond those who come anyway
    was not tried.
    """
    cost = rewards.inviter_each
    change = _say_trial(trials)
    if margin.value is None:
        return _keep("What somebody invited leaves is not known yet.", change, "too few were invited so far")
    if cost is None:
        return _keep(_say_margin(margin, days), change, "what the reward costs is not known", most=margin)
    # What they leave pays for nothing where it is below 0; a coupon saved is then saved whole.
    value, low, high = (max(end or 0.0, 0.0) for end in (margin.value, margin.low, margin.high))
    paid = Estimate(value, low, high, level=margin.level, n=margin.n)
    worth = paid.times(-1.0).plus(cost).times(rewards.n_brought / WEEKS * _MONTH_WEEKS)
    if margin.high is not None and margin.high < cost:
        said = (
            f"{_say_margin(margin, days)} Coupons of inviters cost {format_value(cost, 'USD')} for each, "
            "more than that even if nobody would have come anyway."
        )
        below = f"lower the reward below {format_value(margin.value, 'USD')}"
        return Decision(
            f"{below if margin.value > 0 else 'pay no reward'} for a customer brought",
            _OWNER,
            weigh(worth, doubts=(f"what they leave after {days} days is not counted",)),
            said,
            f"Those brought go on to leave more after {days} days. {change}",
            worth,
            {"reward for inviting": "lower"},
        )
    said = f"{_say_margin(margin, days)} Coupons of inviters cost {format_value(cost, 'USD')} for each"
    unlinked = 1 - rewards.n_linked / rewards.n_used if rewards.n_used else 0.0
    if unlinked <= _MOST_UNLINKED:
        return _keep(f"{said}.", change, _ANYWAY, most=margin)
    share = format_value(unlinked, "share")
    return _keep(
        f"{said}; all referral coupons, of which people without an invitation on record used {share}, cost "
        f"{format_value(rewards.all_each, 'USD')}.",
        change,
        _ANYWAY,
        most=margin,
        besides=f"; find out why {share} of referral coupons go to people without an invitation",
    )


def _keep(because: str, change: str, doubt: str, most: Estimate | None = None, besides: str = "") -> Decision:
    limit = ""
    if most is not None and most.low is not None and most.low > 0:
        limit = f", and below {format_value(most.low, 'USD')} for a customer brought"
    return Decision(
        f"keep the reward for inviting as it is{limit}{besides}",
        _OWNER,
        weigh(None, doubts=(doubt,)),
        because,
        change,
        None,
        {"reward for inviting": "keep"},
    )


def _say_margin(margin: Estimate, days: int) -> str:
    return f"A customer brought by others leaves {format_value(margin.value, 'USD')} in {days} days."


def _say_trial(trials: pd.DataFrame) -> str:
    """The smallest thing that would settle it."""
    first, second = trials.to_dict("records")
    if not first["n"] >= 1 or not second["n"] >= 1:
        return "More people are brought, so that a trial can be sized."
    size, weeks = round_size(second["n"]), round_size(first["weeks"])
    lot = (
        f"A trial by lot of another reward, {size} customers in each half for {TRIAL_DAYS} days, shows what "
        "it brings"
    )
    if first["weeks"] <= 52:
        return f"{lot}; {weeks} weeks of stores inviting by turns show who would come anyway."
    return (
        f"{lot}. Who would come anyway takes today's stores {weeks} weeks of inviting by turns, out of reach."
    )
