"""The findings of the price page as sentences, made from its frames."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.formats import format_number, largest_end
from lucky_analytics.methods.prices.pull_forward import PulledForward
from lucky_analytics.models.elasticities import find_responding

__all__ = [
    "describe_answer",
    "describe_best",
    "describe_categories",
    "describe_deepest",
    "describe_fit",
    "describe_naive",
    "describe_pulled",
    "describe_salience",
    "describe_segments",
    "describe_today",
    "describe_withdrawals",
    "find_clear",
    "list_depths",
    "name_finding",
    "span_withdrawals",
]


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


def describe_answer(overall: pd.Series, best: pd.DataFrame, withdrawals: pd.DataFrame) -> str:
    """The answer, as a template for ``report.answer``; ``overall``: the pooled mean over all cells.

    ``best`` and ``withdrawals`` as ``decide`` has them, so that the answer says what the decision rests on.
    """
    if not find_responding(overall.to_frame().T).item():
        return (
            "Nothing shows that a lower price sells more: at 1 % more units change by {elasticity} %. "
            "What another "
            "price would earn cannot be said."
        )
    coupons = _name_coupons(withdrawals)
    said = f"{coupons}. " if coupons else ""
    return f"A price 10 % lower sells {{tenth_off}} more units. {said}{_moves(best)}."


def name_finding(overall: pd.Series, best: pd.DataFrame, withdrawals: pd.DataFrame) -> str:
    """What other prices would earn, as the title; arguments as in ``describe_answer``."""
    if not find_responding(overall.to_frame().T).item():
        return "Nothing shows that a lower price sells more"
    clear = best[best["is_clear"]]
    if clear.empty:
        return _name_coupons(withdrawals) or "Whether another price earns more than today's is not known yet"
    gain = format_number(
        clear["gain"].sum(), "USD", largest_end(clear["gain_low"].sum(), clear["gain_high"].sum())
    )
    up = clear["best"] > clear["paid_price"]
    side = "Higher" if up.all() else "Other" if up.any() else "Lower"
    return f"{side} prices in {len(clear)} of {len(best)} categories would earn {gain} a month more"


def _name_coupons(withdrawals: pd.DataFrame) -> str:
    """Whether coupons clearly pay, without naming depths; empty where none is clear."""
    for depths, verdict in zip(find_clear(withdrawals), ("cost more than they bring", "pay"), strict=True):
        if len(depths):
            return f"{'All' if len(depths) == len(withdrawals) else 'Some'} coupon depths {verdict}"
    return ""


def _moves(best: pd.DataFrame) -> str:
    """Which categories would clearly earn more at which side of today's price, in words."""
    clear = best[best["is_clear"]]
    up = clear["best"] > clear["paid_price"]
    sides = ((clear.loc[up, "category"], "higher"), (clear.loc[~up, "category"], "lower"))
    parts = [f"{', '.join(names)} would earn more at a {side} price" for names, side in sides if len(names)]
    rest = "elsewhere it is not known yet" if len(clear) < len(best) else ""
    return "; ".join(
        [*parts, rest] if rest and parts else parts or ["Whether another price earns more is not known yet"]
    )


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
    """How many categories would clearly earn more at another price, of those that answer to it at all."""
    known = best[best["responds"]]
    if known.empty:
        return "What another price would earn cannot be said: no category clearly answers to price"
    clear = known[known["is_clear"]]
    dearer, silent = int((clear["best"] > clear["paid_price"]).sum()), len(best) - len(known)
    cheaper = len(clear) - dearer
    side = "another" if bool(dearer) == bool(cheaper) else "a higher" if dearer else "a lower"
    text = f"{len(clear)} of {len(known)} categories would clearly earn more at {side} price than today's"
    if dearer and cheaper:
        text += f": {dearer} at a higher, {cheaper} at a lower one"
    maybe = known[(known["gain_low"] > 0) & ~known["is_clear"]]
    if len(maybe):
        up = maybe["best"] > maybe["paid_price"]
        way = "a higher" if up.all() else "another" if up.any() else "a lower"
        text += f"; {way} price is promising in {len(maybe)} more"
    return text + (f"; {silent} more {_do(silent)} not clearly answer to price" if silent else "")


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
            f"earn at {list_depths(earn)}" if len(earn) else "",
            f"lose margin at {list_depths(lose)}" if len(lose) else "",
        )
        if text
    ]
    return (
        f"Withdrawing would {', '.join(parts)}"
        if parts
        else "No depth is clearly worth withdrawing or keeping"
    )


def describe_deepest(withdrawals: pd.DataFrame) -> str:
    """What the gain of withdrawing the deepest depth is, or why it cannot be said."""
    if withdrawals["gain"].isna().all():
        return "Cannot be said: no category clearly answers to price"
    return "Change of contribution margin: the same notice without the discount"


def span_withdrawals(withdrawals: pd.DataFrame) -> str:
    """From the least to the most that withdrawing a depth would earn, in a sentence."""
    least, most = withdrawals["gain"].min(), withdrawals["gain"].max()
    return "Nothing is shown." if np.isnan(most) else f"From ${least:,.0f} to ${most:,.0f} a month."


def find_clear(withdrawals: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Depths whose gain is clear of 0: those that earn when withdrawn, and those that lose."""
    return (
        withdrawals.loc[withdrawals["gain_low"] > 0, "depth"],
        withdrawals.loc[withdrawals["gain_high"] < 0, "depth"],
    )


def list_depths(depths: pd.Series) -> str:
    """Depths (shares of the list price) in words: ``"10 %, 20 % off"``."""
    return ", ".join(f"{100 * depth:.0f} %" for depth in depths) + " off"
