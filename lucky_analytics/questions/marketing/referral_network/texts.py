"""Sentences of the page on invitations, none stronger than the interval behind it."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.questions.marketing.referral_network.brought import MEASURES, MOST_FALSE
from lucky_analytics.questions.marketing.referral_network.connectors import TIMES, TOP, Connectors
from lucky_analytics.questions.marketing.referral_network.invitations import Network
from lucky_analytics.questions.marketing.referral_network.rewards import WEEKS, Rewards

__all__ = [
    "find_verdict",
    "list_limits",
    "name_finding",
    "name_gap",
    "note_connectors",
    "note_gap",
    "note_needed",
    "note_reproduction",
    "note_reward",
    "note_share",
    "note_top",
    "phrase_answer",
]

_MONTHS = 60  # days that are told as months
_VERDICTS = {
    "more": "Invited customers bring in more margin than comparable customers",
    "less": "Invited customers bring in less margin than comparable customers",
    "little more": "Invited customers bring in more margin than comparable ones, perhaps only a little",
    "little less": "Invited customers bring in less margin than comparable ones, perhaps only a little",
    "not shown": "Invited customers are not known to bring in more or less than comparable ones",
    "too few": "Too few customers were invited yet to say what they bring in",
}


def find_verdict(table: pd.DataFrame, measure: str = "margin") -> str:
    """What ``compare_invited`` says of one measure."""
    return str(table.loc[table["measure"] == measure, "verdict"].iloc[0])


def name_finding(table: pd.DataFrame, rewards: Rewards) -> str:
    """The title, a template over ``unlinked``: coupons that go astray, else ``name_gap``."""
    if rewards.is_astray:
        return "{unlinked:value} of referral coupons go to people with no invitation on record"
    return name_gap(table)


def name_gap(table: pd.DataFrame) -> str:
    """What margins of the same weeks and stores show, no more.

    >>> name_gap(pd.DataFrame({"measure": ["margin"], "verdict": ["not shown"]}))
    'Invited customers are not known to bring in more or less than comparable ones'
    """
    return _VERDICTS[find_verdict(table)]


def phrase_answer(table: pd.DataFrame, rewards: Rewards, reproduction: Estimate, days: int) -> str:
    """The answer, as a template over headlines; ``days`` over which invited customers are counted."""
    lately = "{share} of new customers were invited lately." if rewards.n_new else "Nobody came lately."
    verdict, first = find_verdict(table), "months" if days >= _MONTHS else "weeks"
    words = {
        "too few": "Too few invited customers are here for long enough: what they bring in is not known.",
        "not shown": "An invited customer brings in {gap} against comparable ones, perhaps by chance.",
    }
    than = "more than" if verdict.endswith("more") else "against"
    found = words.get(verdict, f"An invited customer brings in {{gap}} {than} comparable ones.")
    if rewards.is_astray and rewards.all_each is not None and verdict != "too few":
        return (
            "All referral coupons together cost {all_each:value} for each new customer who was invited; such "
            f"a customer brings in {{worth:value}} in the first {first}. {found}"
        )
    return f"{lately} {found} {_say_chains(reproduction, days)}"


def _say_chains(reproduction: Estimate, days: int) -> str:
    if reproduction.value is None:
        return "Whether invitations go on by themselves is not known."
    bring = f"A hundred bring {{reproduction}} in their first {'months' if days >= _MONTHS else 'weeks'}"
    if reproduction.high is not None and reproduction.high < 1:
        return f"{bring}: too few to grow by themselves."
    if reproduction.low is not None and reproduction.low > 1:
        return f"{bring}: enough to grow by themselves."
    return f"{bring}; whether invitations grow by themselves is not known."


def note_share(rewards: Rewards) -> str:
    """What stands beside the share of new customers who were brought."""
    if not rewards.n_new:
        return f"Nobody came first in the last {WEEKS} whole weeks"
    return f"Counted, so without an interval: {rewards.n_brought:,} of the last {WEEKS} whole weeks"


def note_gap(gap: Estimate, table: pd.DataFrame) -> str:
    """What stands beside a difference, or why there is none."""
    if gap.value is None:
        return "Too few of them, or too few others in the same weeks and stores"
    n = int((table["verdict"] != "too few").sum())
    return (
        f"The interval is of this difference alone; called beyond chance are those of {n} that stay so with "
        f"at most {100 * MOST_FALSE:g} % false together"
    )


def note_reproduction(reproduction: Estimate, days: int, ages: pd.DataFrame) -> str:
    """What the number of customers whom one brings in ``days`` means; ``ages`` as from
    ``list_reproduction``."""
    if reproduction.value is None:
        return "Too few were brought by customers who have been here for long enough"
    if reproduction.high is None or reproduction.high >= 1:
        return "From 100 on invitations grow by themselves"
    said = "From 100 on invitations grow by themselves. Whom they bring later is not counted"
    longer = ages[(ages["days"] > days) & ages["brought"].notna()]
    if longer.empty:
        return said
    last = longer.iloc[-1]
    return f"{said}: in {last['days']:.0f} days it is {100 * last['brought']:.1f}"


def note_top(connectors: Connectors) -> str:
    """What stands beside the share of the most active, or why there is none."""
    if not connectors.found.is_known:
        return "Too few invitations to tell influence from chance"
    naive, chance = (
        format_value(each, "share") for each in (connectors.naive_share, connectors.chance_share)
    )
    by_count = f"By count so far the top brought {naive}, of which chance alone makes {chance}"
    if connectors.is_unequal:
        return by_count
    return f"{by_count}: that customers differ in it is not shown"


def note_connectors(connectors: Connectors) -> str:
    """Whom the page calls a connector."""
    if not connectors.is_unequal:
        return "Counted; none, as long as customers are not known to differ beyond chance"
    return f"Counted: who surely brings {TIMES:g} times as many as usual; names are in no page"


def note_reward(rewards: Rewards) -> str:
    """What the cost of the reward holds, or why it is not known."""
    if rewards.inviter_each is None:
        if rewards.all_dollars is None:
            return f"Used coupons of the last {WEEKS} whole weeks are not all in the snapshot"
        return f"Nobody was brought in the last {WEEKS} whole weeks"
    rest = rewards.n_used - rewards.n_linked
    share = format_value(rest / rewards.n_used, "share") if rewards.n_used else "none"
    return (
        f"Counted. {share} of referral coupons were used by people of whom no invitation is on record; "
        f"with all it is {format_value(rewards.all_each, 'USD')}"
    )


def note_needed(needed: Estimate) -> str:
    """What the share means that must be new because of the invitation."""
    if needed.value is None:
        return "What inviters' coupons cost or what the invited bring in is not known, or not above 0"
    if needed.low is not None and needed.low > 1:
        return "Above 100 %: the coupons cost more than all of them bring in"
    return "If fewer would not have come otherwise, the reward loses money; how many is not known"


def list_limits(network: Network, who: pd.Series, rewards: Rewards, days: int) -> list[str]:
    """What a reader must know."""
    touched = network.people["touch"].notna()
    friend = [
        float((network.people.loc[touched & (who == group), "touch"] == "friend").mean())
        for group in ("invited", "others")
    ]
    smallest = format_value(MEASURES["margin"].smallest, "USD")
    found = [
        "Nobody drew by chance who is invited: friends of good customers may be good customers anyway. A "
        "difference says whom to expect, not what an invitation does to somebody.",
        "Who would have come without an invitation cannot be known from these tables; every number on what a "
        "reward brings holds for the share of them that is assumed. The trials on this page would tell.",
        "The page knows invitations that were accepted and name their inviter. Links that nobody opened and "
        "advice by word of mouth are in no table, so that more may be brought than is counted.",
        "Invitations that break a rule do not count and are held against nobody; a rule is a definition, no "
        "accusation, and each has an innocent reason. Devices and telephone numbers are in no table of the "
        f"snapshot{'' if network.has_cards else ', and cards on file are not either'}.",
        f"Margin is what is paid for items and packaging before tax, less ingredients, packaging, payment "
        f"fee and refunds, in the {days} days from the first order on. A difference below {smallest} is "
        "taken for none worth acting on.",
        "Influence is of the past: giving whoever brought many a larger reward was not tried. The share "
        f"of the top {100 * TOP:g} % with chance taken out holds for influence that is gamma among them: "
        "in simulated worlds of two other shapes it was 10 to 11 % where 15 to 20 % was true, so it has no "
        "interval.",
    ]
    if touched.any() and not any(share != share for share in friend):
        found.append(
            f"First touches tell of friends, too: {100 * friend[0]:.0f} % of the invited who have one name a "
            f"friend, {100 * friend[1]:.0f} % of all others. "
            + (
                "So the two records hardly tell the same."
                if friend[0] < 0.5
                else "So the two records mostly tell the same."
            )
        )
    if rewards.all_dollars is None:
        found.append("What the reward costs is not known: used coupons of these weeks are not all on record.")
    return found
