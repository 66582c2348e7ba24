"""The findings of the page on campaigns as sentences, made from its frames."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value, join_names
from lucky_analytics.models.coupon_withdrawals import name_depths
from lucky_analytics.models.drawn_coupons.figures import BESIDE_PRICES
from lucky_analytics.questions.marketing.campaign_performance.drawn_depths import Drawn, find_clear_depths
from lucky_analytics.questions.marketing.campaign_performance.kept_coupons import Kept

__all__ = [
    "COUNTED",
    "SHOWN",
    "describe_answer",
    "describe_archived",
    "describe_campaigns",
    "describe_course",
    "describe_depths",
    "describe_trials",
    "describe_use",
    "describe_week",
    "label_week",
    "list_limits",
    "name_finding",
    "note_acquired",
    "note_added",
    "note_archived",
    "note_counted",
    "note_credited",
    "note_odd",
    "note_use",
]

COUNTED = "Counted: it has no interval"
SHOWN = {"n_redeemed": "uses", "discount": "discounts", "margin": "margin"}
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def name_finding(drawn: Drawn | None, least: float) -> str:
    """The title, a template over ``week``: what is sure of the depths drawn, less where nothing is."""
    if drawn is None:
        return "Coupons take {week:value} a week; what they earn back is not known"
    earn, lose = find_clear_depths(drawn.effects, least)
    if earn and lose:
        return f"Weekly coupons of {_name(earn)} earn more than they cost; {_name(lose)} cost more"
    if earn:
        return f"Weekly coupons of {_name(earn)} earn more than they cost"
    if lose:
        return f"Weekly coupons of {_name(lose)} cost more than they earn"
    return "Coupons take {week:value} a week; no coupon is known to earn it back"


def describe_answer(drawn: Drawn | None) -> str:
    """The answer, a template for ``report.answer``; needs the headlines ``week``, ``revenue``, ``added``."""
    took = (
        "In seven days coupons took {week:value} off and every shop's customers paid {revenue:value}. How "
        "many would have ordered anyway is not known"
    )
    if drawn is None:
        return f"{took}: no coupon's depth was ever drawn by chance."
    added = drawn.effects.pooled["margin"]
    if added.value is None or added.holds(0):
        return f"{took}; weekly coupons, the only ones drawn, show no sure profit: {{added}}."
    return f"{took}; weekly coupons, the only ones drawn, change margin by {{added}}."


def _name(depths: list[float]) -> str:
    if len(depths) == 1:
        return name_depths(depths)
    return f"{_count(len(depths))} depths"


def _count(n: int) -> str:
    """
    >>> _count(2), _count(12)
    ('two', '12')
    """
    return _WORDS[n] if n < len(_WORDS) else f"{n:,}"


def describe_depths(drawn: Drawn, least: float) -> str:
    """The title of the picture of depths."""
    earn, lose = find_clear_depths(drawn.effects, least)
    parts = [
        f"{name_depths(depths)} {word}"
        for depths, word in ((earn, "earns more than it costs"), (lose, "costs more than it earns"))
        if depths
    ]
    if parts:
        return f"Weekly coupons: {' and '.join(parts)}"
    return "Weekly coupons: no size of discount is known to earn or lose money"


def describe_campaigns(week: pd.DataFrame) -> str:
    """What campaigns without a draw took of the week's discounts; ``week``: ``mark_tested``."""
    total, untested = (float(own["discount"].sum()) for own in (week, week[~week["is_tested"]]))
    if not total:
        return "No coupon took anything off in the last seven days"
    if not untested:
        return "Coupons of every campaign in the last seven days were drawn by chance, some of them"
    return (
        f"Campaigns whose coupons nobody drew by chance took {format_value(untested, 'USD')} of the week's "
        f"{format_value(total, 'USD')}"
    )


def describe_use(uses: pd.DataFrame) -> str:
    """The title of the curves of coupons used by age."""
    known = uses.dropna(subset="use").sort_values("use")
    if known.empty:
        return "How many coupons are used is not known: unused ones are gone"
    shares = [format_value(float(known["use"].iloc[at]), "share") for at in (0, -1)]
    if shares[0] == shares[1]:
        return f"Of 100 coupons given, {_of_hundred(shares[0])} are used"
    return f"Of 100 coupons given, {_of_hundred(shares[0])} to {_of_hundred(shares[1])} are used, by campaign"


def _of_hundred(share: str) -> str:
    return share.replace("\N{NO-BREAK SPACE}", " ").removesuffix(" %")


def describe_course(days: pd.DataFrame) -> str:
    """How many were used in the newest week and in the four before it, as the title of the daily course."""
    week = (days["ds"].max() - days["ds"]).dt.days // 7
    sums = days.groupby(week)["n_redeemed"].sum()
    now = f"{int(sums[0]):,} coupons were used in the last seven days"
    if days["ds"].nunique() < 35:
        return now
    return f"{now}, {sums.loc[1:4].mean():,.0f} a week in the four weeks before"


def describe_week(judged: pd.DataFrame) -> str:
    """Whether days of the newest week were unlike those before, as the title of the scorecard."""
    if not len(judged) or judged["p_value"].isna().all():
        return "The last seven days by campaign: too few days or uses before them to call one unusual"
    odd = judged[judged["is_alarm"]]
    if odd.empty:
        return "The last seven days by campaign: no day was unusual"
    what = [
        f"{join_names(sorted(own['campaign'].unique()))} ({SHOWN[str(measure)]})"
        for measure, own in odd.groupby("measure", sort=False)
    ]
    n = odd["ds"].nunique()
    verb = "was" if n == 1 else "were"
    return f"{_count(n).capitalize()} of the last seven days {verb} unusual: {join_names(what)}"


def describe_trials(trials: pd.DataFrame) -> str:
    """The title of the table of tests."""
    if trials.empty:
        return "No campaign besides the weekly program has enough customers to test on"
    return "What it takes to test each campaign: one customer in ten gets no coupon"


def note_use(kept: Kept, days: int, share: Estimate) -> str:
    """Of which coupons the share used is, or why there is none."""
    if kept.given_from is None:
        return "Not known: no coupon that was not used is in the live table"
    if share.value is None:
        return f"Not known: no coupon whose unused ones are all there is {days} days old"
    since = f"{kept.given_from:%-d %b %Y}"
    return f"Within {days} days; of those given since {since}: older unused ones are archived"


def note_archived(archived: pd.DataFrame | None) -> str:
    """Of which archived coupons the share is, or why there is none."""
    if archived is None:
        return "Not known: the snapshot has no archive of coupons that had all ended"
    last = archived["last_week"].iloc[-1]
    return (
        f"Counted, so without an interval: all that were given until the week of {last:%-d %b %Y} and ended"
    )


def describe_archived(archived: pd.DataFrame | None) -> str:
    """Title of the table of the archive."""
    if archived is None:
        return "The archive of coupons cannot be read"
    used = format_value(1_000 * float(archived["share"].iloc[-1]), "of 1,000 coupons")
    return f"{used} that have all ended were used"


def note_added(drawn: Drawn | None) -> str:
    """Of what the effect is, or why there is none."""
    if drawn is None:
        return "Not known: no depth, nothing off among them, was drawn and followed for four weeks"
    return f"Against coupons without a discount: {drawn.n:,} coupons whose discount was drawn at random"


def note_credited(drawn: Drawn | None) -> str:
    """Why what a dashboard shows misleads, or that nothing can be held against it."""
    if drawn is None:
        return "Not known: nothing was drawn to hold it against"
    credited = "Not to go by: all that was bought in the coupon's category in its week"
    added, seen = drawn.effects.pooled["margin"], drawn.effects.credited
    is_more = added.high is not None and seen.low is not None and added.high < seen.low
    return f"{credited}: surely more than a discount adds" if is_more else f"{credited}, come anyway or not"


def note_odd(odd: int | None) -> str:
    """That unusual numbers are counted, or why there is no count."""
    return "Counted: it has no interval" if odd is not None else "Not known: too few days or uses"


def label_week(score: pd.DataFrame) -> str:
    """What coupons took in the newest week, with a usual one beside it where there were four before.

    >>> label_week(pd.DataFrame({"discount_before": [100.0, 50.0]}))
    'Coupons took off in the last seven days (a usual week: $150)'
    """
    label = "Coupons took off in the last seven days"
    before = float(score["discount_before"].sum()) if len(score) else 0.0
    return f"{label} (a usual week: {format_value(before, 'USD')})" if before > 0 else label


def note_counted(kept: Kept) -> str:
    """Since when uses are in the table."""
    return f"Counted, so without an interval; uses since {_say(kept.used_from)} are all in the table"


def note_acquired(marketing: dict[str, float] | None, n_first: int, n_new: int) -> str:
    """What the cost of a first order stands beside, and of how many it is."""
    share = format_value(n_first / n_new if n_new else None, "share")
    beside = (
        f"marketing's bills of {format_value(marketing['value'], 'USD')} a new customer come on top"
        if marketing
        else "marketing's bills are not known"
    )
    return (
        f"Counted: {share} of new customers used one on their first order, and may have come anyway; {beside}"
    )


def list_limits(drawn: Drawn | None, kept: Kept, given: pd.DataFrame, days: int, level: float) -> list[str]:
    """What the page cannot say."""
    n_expired, cents = int(given["n_expired"].sum()), int(given["expired_cents"].sum())
    noun = "coupon" if n_expired == 1 else "coupons"
    took = (
        "took nothing off any order" if not cents else f"took {format_value(cents / 100, 'USD')} off orders"
    )
    limits = [
        f"A coupon that ran out is no loss: the {n_expired:,} expired {noun} still in the table {took}, and "
        "those that ran out in the archive were used for none. Their face value is not "
        "money; what they may have cost is margin of those who would have come without a used one.",
        "Incremental is only what was drawn at random: depths of the weekly program, nothing off among them. "
        "Single templates of it are too small for an effect of their own; their depth's stands for them.",
        BESIDE_PRICES,
        "Coupons that an experiment gave as a whole (a booklet for newcomers, a voucher for a second cup) "
        "are judged on the page on experiments, against customers who got none; here they count as coupons.",
        "All else describes. Orders that used a coupon may have come without it, at the full price; last "
        "touch credits a whole order to the coupon that it used.",
        "Kinds are ranked apart: those whose depth was drawn for some customers, and those never left to "
        "chance. Neither rank is one of what they earn.",
        f"Redemption is known of coupons given since {_say(kept.given_from)} that can still be valid, and of "
        f"weekly coupons shown since {_say(kept.used_from)}; of earlier ones the unused were moved to the "
        "archive, of which only whole weeks are counted. Shares of small templates are drawn towards their "
        "campaign's.",
        f"Coupons of one customer are alike: intervals of shares ({100 * level:.0f} %) have room for it. "
        f"Within {days} days counts the day of the gift as the first; weekly coupons end after seven.",
        "An order holds one coupon in the table: of two weekly ones used together one is counted. A weekly "
        "one that is used twice in its week is used once.",
        "The most that a test costs takes every order that would have used a coupon as lost.",
    ]
    if drawn is None:
        limits[1] = "No depth was drawn at random, nothing off among them, and followed for four weeks."
    return limits


def _say(day: object) -> str:
    return f"{day:%-d %b %Y}" if day is not None else "no day"
