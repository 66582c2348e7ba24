"""The findings of the price page as sentences, made from its frames."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.formats import format_number, join_names, largest_end
from lucky_analytics.methods.prices.pull_forward import PulledForward
from lucky_analytics.models.coupon_withdrawals import find_clear, name_depths
from lucky_analytics.models.elasticities import find_responding
from lucky_analytics.models.price_steps import CUT, RAISE, find_clear_steps, phrase_moves, total_gain

__all__ = [
    "describe_answer",
    "describe_best",
    "describe_categories",
    "describe_charge",
    "describe_fit",
    "describe_naive",
    "describe_programme",
    "describe_pulled",
    "describe_salience",
    "describe_segments",
    "describe_steps",
    "describe_today",
    "describe_withdrawals",
    "name_finding",
    "span_withdrawals",
]

_TITLE_WORDS = 14


def describe_naive(estimates: pd.DataFrame) -> str:
    """How wrong targeted coupons are when taken at face value."""
    naive = estimates[estimates["method"] == "naive"]
    wrong = int((naive["estimate"] > 0).sum())
    if naive.empty:
        return "No targeted coupons to compare with"
    return f"Taken at face value, targeted coupons give the wrong sign in {wrong} of {len(naive)} categories"


def describe_salience(not_shown: pd.DataFrame) -> str:
    """What a coupon without a discount is compared with; ``not_shown``: see ``aggregate_not_shown``."""
    text = "A coupon without a discount against no coupon in the category"
    paid, listed = not_shown["paid_cents"].sum(), not_shown["list_cents"].sum()
    return text + (f", where {100 * paid / listed:.0f} % of the list price is paid" if listed else "")


def describe_pulled(pulled: PulledForward) -> str:
    """When what was pulled forward is missing, or why that cannot be said."""
    if pulled.value is None:
        return "Cannot be said: coupons of random depth add no clear number of units"
    return "Missing in the four weeks after"


def describe_answer(overall: pd.Series, steps: pd.DataFrame, withdrawals: pd.DataFrame) -> str:
    """The answer, as a template for ``report.answer``; ``overall``: the pooled mean over all cells.

    ``steps`` and ``withdrawals`` as ``decide`` has them, so that the answer says what the decision rests on.
    Needs the headlines ``discounted``, ``price_step`` and ``programme``.
    """
    if not find_responding(overall.to_frame().T).item():
        return (
            "{discounted} of units sell below the list price. Nothing shows that a lower price sells more: "
            "what another price would earn cannot be said."
        )
    coupons = _name_coupons(withdrawals)
    said = f" {coupons}." if coupons else " The weekly coupons bring {programme}."
    return (
        f"{{discounted}} of units sell below the list price. {phrase_moves(find_clear_steps(steps))}.{said}"
    )


def name_finding(overall: pd.Series, steps: pd.DataFrame, withdrawals: pd.DataFrame, level: float) -> str:
    """What other prices would earn, as the title; arguments as in ``describe_answer``."""
    if not find_responding(overall.to_frame().T).item():
        return "Nothing shows that a lower price sells more"
    clear = find_clear_steps(steps)
    if clear.empty:
        return _name_coupons(withdrawals) or "Whether another price earns more than today's is not known yet"
    total = total_gain(clear, level)
    gain = format_number(total.value, "USD", largest_end(total.low, total.high))
    moves = describe_charge(clear)
    title = f"{moves}: {gain} a month, if a trial confirms"
    if len(title.split(" ")) <= _TITLE_WORDS:
        return title
    return f"A price step in {len(clear)} of {len(steps)} categories would earn {gain} a month more"


def describe_charge(clear: pd.DataFrame) -> str:
    """In which categories to charge more and in which less, as an order.

    >>> describe_charge(pd.DataFrame({"category": ["Tea", "Food"], "stance": ["raise", "cut"]}))
    'Charge more for Tea and less for Food'
    """
    sides = {"more": clear[clear["stance"] == RAISE], "less": clear[clear["stance"] == CUT]}
    said = " and ".join(
        f"{word} for {join_names(own['category'])}" for word, own in sides.items() if len(own)
    )
    return f"Charge {said}"


def _name_coupons(withdrawals: pd.DataFrame) -> str:
    """Whether coupons clearly pay, without naming depths; empty where none is clear."""
    for depths, verdict in zip(find_clear(withdrawals), ("cost more than they bring", "pay"), strict=True):
        if len(depths):
            return f"{'All' if len(depths) == len(withdrawals) else 'Some'} coupon depths {verdict}"
    return ""


def describe_steps(steps: pd.DataFrame) -> str:
    """In how many categories a step of the price clearly earns more, as the title of the main picture."""
    known, clear = steps.dropna(subset="gain"), find_clear_steps(steps)
    if known.empty:
        return "What another price would earn cannot be said: no category clearly answers to price"
    n_up, n_down = (int((clear["stance"] == side).sum()) for side in (RAISE, CUT))
    if not len(clear):
        return f"In none of {len(steps)} categories would a step in price clearly earn more"
    parts = [f"{way} in {n}" for n, way in ((n_up, "more"), (n_down, "less")) if n]
    rest = len(steps) - len(clear)
    stay = f"; {rest} {'stays' if rest == 1 else 'stay'} as today" if rest else ""
    return f"Charge {' and '.join(parts)} of {len(steps)} categories{stay}"


def describe_fit(stages: pd.DataFrame) -> str:
    """In how many categories one elasticity fits every depth; ``stages``: ``estimate_first_stages``."""
    bent = int((stages["j_p"] < 0.05 / len(stages)).sum())
    return f"One response to price fits all depths in {len(stages) - bent} of {len(stages)} categories"


# p-value from which they may be alike: a difference that is none is claimed once in a hundred pages.
_ALIKE = 0.01


def describe_categories(rows: pd.DataFrame, p_alike: float) -> str:
    """Which category responds most and least, if they differ; else that none clearly does more than another.

    >>> rows = pd.DataFrame({"category": ["Food", "Tea"], "estimate": [-2.0, -1.0], "se": 0.2})
    >>> describe_categories(rows, 0.001), describe_categories(rows, 0.5)
    ('Food responds most to price, Tea least', 'No category clearly responds more to price than another')
    """
    ranked = rows.sort_values("estimate")
    if not find_responding(rows).any():
        return "No category clearly sells more at a lower price"
    if p_alike >= _ALIKE:
        return "No category clearly responds more to price than another"
    return f"{ranked['category'].iloc[0]} responds most to price, {ranked['category'].iloc[-1]} least"


def describe_segments(columns: pd.DataFrame, p_alike: float) -> str:
    """Most and least price-sensitive segment, if they differ."""
    ranked = columns.sort_values("estimate")
    first, last = ranked.iloc[0], ranked.iloc[-1]
    if p_alike >= _ALIKE or not find_responding(columns).any():
        return "No group of customers clearly responds more than another"
    return f"{str(first['segment']).capitalize()} customers respond most, {last['segment']} ones least"


def describe_best(best: pd.DataFrame) -> str:
    """How many best prices lie at the edge of what was tried, of categories that answer to price at all."""
    known = best[best["responds"]]
    if known.empty:
        return "What another price would earn cannot be said: no category clearly answers to price"
    at_edge, silent = int(known["edge"].str.startswith(("list", "deepest")).sum()), len(best) - len(known)
    text = f"{at_edge or 'None'} of {len(known)} best prices {'lies' if at_edge == 1 else 'lie'} at the edge"
    return f"{text} of what was tried" + (
        f"; {silent} more {_do(silent)} not clearly answer to price" if silent else ""
    )


def _do(n: int) -> str:
    return "does" if n == 1 else "do"


def describe_today(prices: pd.DataFrame, deepest: float) -> str:
    """How today's prices lie to what was tried; ``prices``: see ``load_category_prices``."""
    units = prices["units_a_month"] * prices["known_share"]
    beyond = float((units * prices["beyond_share"].fillna(0)).sum() / units.sum()) if units.sum() else 0.0
    known = float(units.sum() / prices["units_a_month"].sum())
    return (
        f"Today customers pay many prices: {100 * beyond:.0f} % of units go below {100 * (1 - deepest):.0f} "
        "% of the list price, less than any price that was tried. Gains compare one price for all with "
        f"today's mean price. Costs are known for {100 * known:.0f} % of units and taken for the others of "
        "their category."
    )


def describe_withdrawals(withdrawals: pd.DataFrame) -> str:
    """At which depths a withdrawal clearly earns or loses.

    >>> describe_withdrawals(pd.DataFrame({"depth": [0.1], "gain_low": [-3.0], "gain_high": [-1.0]}))
    'Withdrawing would lose margin at 10 % off'
    """
    if withdrawals["gain_low"].isna().all():
        return "What withdrawing would earn cannot be said: no category clearly answers to price"
    earn, lose = find_clear(withdrawals)
    parts = [
        text
        for text in (
            f"earn at {name_depths(earn)}" if len(earn) else "",
            f"lose margin at {name_depths(lose)}" if len(lose) else "",
        )
        if text
    ]
    return (
        f"Withdrawing would {', '.join(parts)}"
        if parts
        else "No depth is clearly worth withdrawing or keeping"
    )


def describe_programme(programme: pd.Series) -> str:
    """What the gain of the whole programme is measured against, or why it cannot be said."""
    if np.isnan(programme["gain"]):
        return "Cannot be said: no category clearly answers to price"
    return "Contribution margin with the coupons, less that of the same notices without a discount"


def span_withdrawals(withdrawals: pd.DataFrame) -> str:
    """From the least to the most that withdrawing a depth would earn, in a sentence."""
    least, most = withdrawals["gain"].min(), withdrawals["gain"].max()
    return "Nothing is shown." if np.isnan(most) else f"From ${least:,.0f} to ${most:,.0f} a month."
