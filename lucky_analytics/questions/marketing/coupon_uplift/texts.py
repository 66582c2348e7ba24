"""The findings of the page on whose behaviour a coupon changes as sentences, made from its frames."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from lucky_analytics.formats import join_names
from lucky_analytics.models.coupon_withdrawals import name_depths
from lucky_analytics.models.drawn_coupons.coupon_effects import Effects
from lucky_analytics.models.drawn_coupons.depth_effects import FALSE_CLAIMS
from lucky_analytics.models.drawn_coupons.exposures import Exposures
from lucky_analytics.models.drawn_coupons.figures import BESIDE_PRICES
from lucky_analytics.questions.marketing.coupon_uplift.targeting import TODAY, Targeting
from lucky_analytics.questions.marketing.coupon_uplift.views import list_policies
from lucky_analytics.questions.marketing.coupon_uplift.voucher import KINDS, Voucher
from lucky_analytics.questions.marketing.coupon_uplift.who import Who

__all__ = [
    "describe_answer",
    "describe_curve",
    "describe_depths",
    "describe_fifths",
    "describe_groups",
    "describe_policies",
    "describe_types",
    "describe_voucher",
    "list_limits",
    "name_finding",
    "note_anyway",
    "note_drawn",
    "note_top",
    "note_voucher",
]


def name_finding(effects: Effects, proposed: bool) -> str:
    """The title: what choosing by customer brings, else what coupons bring in orders and in margin."""
    if proposed:
        return "Discounts chosen for each customer earn more than one discount for all"
    orders, margin = effects.clear["orders"], effects.clear["margin"]
    if orders < 0:
        return "Coupons with a discount bring fewer orders than the same coupons without"
    if orders == 0:
        return {
            1: "Coupons earn margin, but are not known to bring orders",
            -1: "Coupons cost margin, and are not known to bring orders",
        }.get(margin, "Coupons are not known to bring orders or profit")
    word = {1: "orders and profit", -1: "orders at a loss"}.get(margin, "orders but no known profit")
    if effects.pooled["anyway"].value is None:
        return f"Coupons bring {word}"
    return f"Coupons bring {word}; {{anyway:value}} of those used needed no discount"


def describe_answer(effects: Effects) -> str:
    """The answer, a template for ``report.answer``; needs the headlines ``added``, ``margin``, ``anyway``."""
    verb = "add" if effects.clear["orders"] > 0 else "make a difference of"
    sure = "" if effects.clear["margin"] else ", which may be nothing"
    text = f"Against no discount, a week's coupons {verb} {{added}} and change margin by {{margin}}{sure}"
    if effects.pooled["anyway"].value is None:
        return f"{text}. How many of those used needed no discount cannot be said."
    return f"{text}; {{anyway:value}} of those used needed none."


def describe_depths(effects: Effects) -> str:
    """Which depths surely add orders, and what is sure of their margin, as the title of the main picture."""
    rows = effects.by_depth
    more = rows.loc[rows["orders_clear"] > 0, "depth"]
    if more.empty:
        orders = "No size of discount is known to add orders"
    elif len(more) == len(rows):
        orders = "Every size of discount adds orders"
    else:
        orders = f"{_percents(more)} off add{'s' if len(more) == 1 else ''} orders"
    gains, losses = (rows["margin_clear"] > 0), (rows["margin_clear"] < 0)
    if not gains.any() and not losses.any():
        joint = "and none" if more.empty else "but none"
        return f"{orders}, {joint} is known to earn or lose money"
    parts = [
        f"{_percents(rows.loc[side, 'depth'])} earn{'s' if side.sum() == 1 else ''} {word}"
        for side, word in ((gains, "more"), (losses, "less"))
        if side.any()
    ]
    return f"{orders}; {' and '.join(parts)} than no discount"


def _percents(depths: pd.Series) -> str:
    return join_names(f"{100 * depth:.0f} %" for depth in depths)


def describe_fifths(who: Who) -> str:
    """Whether those of whom more is predicted change more, as the title of their chart."""
    if not who.differs["orders"]:
        return "No customers are known to react to coupons more than others"
    if who.differs["margin"]:
        return "Some customers react to coupons more than others, in orders and in margin"
    return "Some customers react to coupons more than others; whether that pays is not known"


def note_top(who: Who) -> str:
    """What the lowest fifth adds, beside the highest."""
    if not who.differs["orders"]:
        return "Customers are not known to differ"
    low = who.fifths.iloc[0]
    return f"The fifth predicted to react least: {low['orders']:.1f} ({low['orders_low']:.1f} to " \
           f"{low['orders_high']:.1f})"  # fmt: skip


def note_drawn(exposed: Exposures) -> str:
    """What "a discount" is: the depths that were drawn.

    >>> frame = pd.DataFrame()
    >>> note_drawn(Exposures(frame, frame, frame.to_numpy(), pd.Series([0.0, 0.1, 0.5]).to_numpy()))
    'Coupons of 10 to 50 % off, drawn at random, against the same coupons without a discount'
    """
    least, most = (100 * float(end) for end in (exposed.depths[1], exposed.depths[-1]))
    depths = f"{least:.0f} to {most:.0f} %" if least < most else f"{most:.0f} %"
    return f"Coupons of {depths} off, drawn at random, against the same coupons without a discount"


def note_anyway(effects: Effects) -> str:
    """How the share differs by depth, or why it cannot be said."""
    known = effects.by_depth.dropna(subset=["anyway"])
    if effects.pooled["anyway"].value is None or known.empty:
        return "Cannot be said: too few coupons were used"
    ends = [known.iloc[0], known.iloc[-1]] if len(known) > 1 else [known.iloc[0]]
    shares = " and ".join(f"{100 * row['anyway']:.0f} % at {100 * row['depth']:.0f} % off" for row in ends)
    return f"{shares}; used: its category was bought in its week"


def note_voucher(voucher: Voucher) -> str:
    """What the count of groups is of, or why nothing is told."""
    if not voucher.n:
        return "Not known: no such experiment, or none five weeks old"
    if not voucher.is_planned:
        return "Not known: no share of customers was planned for it"
    if not voucher.is_even:
        return "Not known: branches out of their planned ratio"
    if voucher.groups.empty:
        return "Not known: too few customers in each group"
    return "By store, phone and how they came; counted: it has no interval"


def describe_curve(who: Who) -> str:
    """Whether ranking customers beats giving by lot, and whether it beats picking likely buyers."""
    area, likely = who.qini.area, who.likely.area
    # The interval alone leaves 0 out by chance oftener than once in a hundred, and without people who differ.
    if area.low is None or area.low <= 0 or not who.differs["orders"]:
        return "Picking customers by prediction is not known to beat picking them at random"
    text = "Picking customers by prediction beats picking them at random"
    if likely.high is not None and likely.high < area.low:
        return f"{text}, and picking likely buyers"
    if likely.low is not None and area.high is not None and likely.low > area.high:
        return f"{text}; picking likely buyers does better"
    return f"{text}; whether it beats picking likely buyers is not known"


def describe_types(effects: Effects) -> str:
    """How many at most are moved, as the title of the table of kinds."""
    row = effects.types[effects.types["kind"] == "only with it"].to_dict("records")[0]
    least, most = 100 * float(row["least"]), 100 * float(row["most"])
    if least <= 0 or effects.clear["used"] <= 0:
        return f"Of 100 coupons given, at most {most:.1f} make a sale that would not have come anyway"
    return f"Of 100 coupons given, {least:.1f} to {most:.1f} make a sale that would not have come anyway"


def describe_groups(first: Mapping[str, float | None]) -> str:
    """From which depth on orders are surely more, by group: the claim that some need 10 % and others 40 %.

    >>> describe_groups({"new": 0.1, "loyal": None})
    'Orders rise from 10 % off on for new customers; for loyal ones at no discount known'
    """
    by_depth: dict[float | None, list[str]] = {}
    for name, depth in first.items():
        by_depth.setdefault(depth, []).append(name)
    known = sorted(depth for depth in by_depth if depth is not None)
    if not known:
        return "For no group of customers is a discount known to add orders"
    parts = [
        f"from {100 * depth:.0f} % off on for {join_names(by_depth[depth])} customers" for depth in known
    ]
    text = f"Orders rise {', '.join(parts)}"
    return f"{text}; for {join_names(by_depth[None])} ones at no discount known" if None in by_depth else text


def describe_policies(targeting: Targeting, proposed: bool) -> str:
    """The title of the chart of policies."""
    if proposed:
        return "Discounts by customer earn more than one for all, today's rule and no discount"
    table = list_policies(targeting)
    table = table[table["policy"] != TODAY]
    ahead, behind = int((table["clear"] > 0).sum()), int((table["clear"] < 0).sum())
    if not ahead and not behind:
        return "No way to give coupons, by customer or to all, is known to beat no discount"
    parts = [f"{ahead} beat{'' if ahead > 1 else 's'} no discount"] if ahead else []
    parts += [f"{behind} earn{'' if behind > 1 else 's'} less than no discount"] if behind else []
    return f"Of {len(table)} ways to give coupons, {' and '.join(parts)}"


def describe_voucher(voucher: Voucher) -> str:
    """What the experiment with the voucher says of groups, as the title of its chart."""
    if not voucher.is_planned:
        return "No shares were planned for the voucher's experiment: nothing can be said from it"
    if not voucher.is_even:
        return "The voucher's experiment is out of its planned ratio: nothing can be said from it"
    if voucher.groups.empty:
        return "The voucher for a second cup was tried on too few to tell groups apart"
    n, clear = len(voucher.groups), voucher.clear
    up, down = (int((clear["verdict"] == word).sum()) for word in ("order again more", "order again less"))
    parts = [f"brings back {up} of {n} groups of customers"] if up else []
    parts += [f"keeps {down} of {n} away"] if down else []
    known = " and ".join(parts) or f"is not known to bring back any of {n} groups"
    text = f"The voucher for a second cup {known}"
    if voucher.differs:
        kinds = [KINDS[kind].lower() for kind, p in voucher.differ.items() if p < FALSE_CLAIMS / len(KINDS)]
        return f"{text}; groups differ by {join_names(kinds)}"
    return f"{text}; the others may not differ" if up or down else text


def list_limits(
    exposed: Exposures,
    voucher: Voucher,
    first: Mapping[str, float | None],
    withdrawn: Sequence[float],
    level: float,
) -> list[str]:
    """What the page cannot say."""
    limits = [
        "Only the depth of weekly coupons was left to chance, and which categories they are for. Whether "
        "another hour or day, a push, a mail or a text in its place would do better is not known: nobody was "
        "drawn for them. What experiments tell of other things is on the page on experiments.",
        "Nothing off is the same notice without a discount. What the notice itself does was never left to "
        "chance.",
        "Nobody is seen both with a discount and without, so who would buy only with it is known within "
        "bounds, and of groups alone. No customer is called persuadable by name.",
        "Kinds of customers are fifths of coupons by what is predicted of them, from the group of the "
        "customer and what was bought in the eight weeks before; they may differ by more than that.",
        "Orders and margin are those of the coupon's category in its week and the four after. Other "
        "categories are in Details, with intervals several times as wide.",
        f"Each claim is made where chance alone would make it in {100 * FALSE_CLAIMS:.0f} of 100 pages; "
        f"intervals of depths, of fifths, of groups and of policies hold together with {100 * level:.0f} % "
        "confidence each.",
        f"That some buy at 10 % off and others need 40 % is an assumption elsewhere. Here: "
        f"{describe_groups(first)[0].lower()}{describe_groups(first)[1:]}.",
        "Coupons that expired unused cost nothing by themselves; what costs is the discount of those who "
        "would have bought anyway.",
    ]
    limits.insert(1, BESIDE_PRICES)
    if exposed.ruled.empty:
        limits.insert(0, "No rule gave a coupon: today's rule stands for the draw itself.")
    if withdrawn:
        limits.insert(0, f"No policy gives {name_depths(withdrawn)}: the page on prices withdraws it.")
    if not voucher.n:
        limits.append("No experiment with a voucher for a second cup is in the data.")
    else:
        limits.append(
            "Of the voucher only groups are asked here. Whether it pays as a whole is said on the page on "
            "experiments, whose interval holds at every look."
        )
    if voucher.n and voucher.qini is not None and not math.isnan(voucher.p):
        word = "can" if voucher.p < FALSE_CLAIMS else "cannot"
        limits.append(
            f"Whom the voucher brings back {word} be predicted from the store, the phone and how they came."
        )
    return limits
