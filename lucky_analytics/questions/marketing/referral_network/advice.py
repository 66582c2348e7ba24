"""What marketing is advised to do with the reward: no more than what the invited bring in can pay for."""

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
    'Wait. Meanwhile, Marketing'
    """
    finding, said, action, doubt, change = _UNKNOWN[why]
    decision = Decision(
        action, _OWNER, Strength(WAIT, (doubt,)), said, change, None, {"reward for inviting": "keep"}
    )
    return finding, said, decision


def decide(margin: Estimate, rewards: Rewards, trials: pd.DataFrame, days: int) -> Decision:
    """Whether to change the reward. ``margin``: of somebody invited in ``days``, dollars; ``trials`` as from
    ``plan_trials``.

    Only where the coupons of inviters cost more than the invited bring in at best, even if none would
    have come anyway, is a lower reward advised. A higher one never: what it would bring beyond those who
    come anyway was not tried.
    """
    cost = rewards.inviter_each
    change = _say_trial(trials)
    if margin.value is None:
        return _keep(
            "What an invited customer brings in is not known yet.", change, "too few were invited so far"
        )
    if cost is None:
        return _keep(_say_margin(margin, days), change, "what the reward costs is not known", most=margin)
    # What they bring in pays for nothing where it is below 0; a coupon saved is then saved whole.
    value, low, high = (max(end or 0.0, 0.0) for end in (margin.value, margin.low, margin.high))
    paid = Estimate(value, low, high, level=margin.level, n=margin.n)
    worth = paid.times(-1.0).plus(cost).times(rewards.n_brought / WEEKS * _MONTH_WEEKS)
    if margin.high is not None and margin.high < cost:
        said = (
            f"{_say_margin(margin, days)} Coupons of inviters cost {format_value(cost, 'USD')} for each, "
            "more than that even if none of them would have come anyway."
        )
        below = f"lower the reward below {format_value(margin.value, 'USD')}"
        return Decision(
            f"{below if margin.value > 0 else 'pay no reward'} for an invited customer",
            _OWNER,
            weigh(worth, doubts=(f"what they bring in after {days} days is not counted",)),
            said,
            f"Invited customers go on to bring in more after {days} days. {change}",
            worth,
            {"reward for inviting": "lower"},
        )
    said = f"{_say_margin(margin, days)} Coupons of inviters cost {format_value(cost, 'USD')} for each"
    if not rewards.is_astray:
        return _keep(f"{said}.", change, _ANYWAY, most=margin)
    made = _keep(
        f"{said}; all referral coupons together cost {format_value(rewards.all_each, 'USD')} for each.",
        f"Somebody can say why these coupons go to people without an invitation. {change}",
        _ANYWAY,
        most=margin,
    )
    share = format_value(rewards.unlinked, "share")
    spent = (rewards.all_dollars or 0.0) - (rewards.linked_dollars or 0.0)
    return made._replace(
        action=f"find out why {share} of referral coupons go to people without an invitation; {made.action}",
        strength=Strength(WAIT, ("what these coupons bring is not known", _ANYWAY)),
        worth=Estimate(spent / WEEKS * _MONTH_WEEKS),
        worth_unit="USD of monthly coupons at stake",
    )


def _keep(because: str, change: str, doubt: str, most: Estimate | None = None) -> Decision:
    limit = ""
    if most is not None and most.low is not None and most.low > 0:
        limit = f", below {format_value(most.low, 'USD')} for an invited customer"
    return Decision(
        f"keep the reward for inviting as it is{limit}",
        _OWNER,
        weigh(None, doubts=(doubt,)),
        because,
        change,
        None,
        {"reward for inviting": "keep"},
    )


def _say_margin(margin: Estimate, days: int) -> str:
    return f"An invited customer brings in {format_value(margin.value, 'USD')} of margin in {days} days."


def _say_trial(trials: pd.DataFrame) -> str:
    """The smallest thing that would settle it."""
    first, second = trials.to_dict("records")
    if not first["n"] >= 1 or not second["n"] >= 1:
        return "More people are brought, so that a trial can be sized."
    size, weeks = round_size(second["n"]), round_size(first["weeks"])
    lot = (
        f"A test of another reward by lot, {size} customers in each half for {TRIAL_DAYS} days, shows what "
        "it brings"
    )
    if first["weeks"] <= 52:
        return f"{lot}; {weeks} weeks of stores inviting by turns show who would come anyway."
    return (
        f"{lot}. Who would come anyway takes {weeks} weeks of inviting by turns in today's stores: too long."
    )
