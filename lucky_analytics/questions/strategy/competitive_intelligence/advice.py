"""What is advised: what others charge is no reason to change a price; what is worth noting next is."""

from __future__ import annotations

import datetime as dt

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.questions.strategy.competitive_intelligence.price_gaps import FEWEST_KINDS
from lucky_analytics.questions.strategy.competitive_intelligence.steps import Compared

__all__ = ["decide", "wait_for_drinks"]

WHO = "Strategy"
_KEEP = "change no price for what others charge"
_ON = {"prices for what competitors charge": "keep"}
_ELSEWHERE = "Which of our prices to move stands on the page on how volume responds to price."
_UNTOLD = "what others charge does not tell how many of our customers would come or leave at another price"
_OLD = 0.5  # of the last prices, from which a new round comes before any reading
_ASK_DAYS = 14  # days to walk past the shops near the stores with a list
_MONTH = 31  # days between two rounds of noting


def decide(found: Compared, as_of: dt.date) -> Decision:
    """No price is decided here, whatever the gap; the action is what to note next, and until when."""
    if not found.has_file:
        return _wait(
            f"by {as_of + dt.timedelta(days=_ASK_DAYS):%-d %b} note the menus of the three coffee shops "
            f"nearest to each store, in the file described below; until then {_KEEP}",
            "No price of another coffee shop is on file. How far coupons bring our own price below the list "
            "is known: whether they pay is on the page on coupon templates.",
            "The file is handed in: the page then compares drink by drink.",
            "no price of a competitor is on record",
        )
    if not found.n_compared:
        return _wait(
            f"note at least {FEWEST_KINDS} kinds of drink of a competitor in our sizes; meanwhile {_KEEP}",
            "Of no competitor are enough prices noted that are like ours and not too old.",
            "More drinks of one competitor are noted.",
            "too few prices are like ours",
        )
    share = found.old_share or 0.0
    again = as_of + dt.timedelta(days=_MONTH)
    round_ = f"note prices again by {again:%-d %b}"
    if share > _OLD:
        round_ = f"note the {found.count_state('too old')} prices again that are too old to be compared"
    return _wait(
        f"{_KEEP}; {round_}",
        f"{_say_gap(found)} {_ELSEWHERE}",
        "A trial of another price, drawn by chance by store, shows what customers do; the next round of "
        "prices shows whether others moved.",
        _UNTOLD,
    )


def wait_for_drinks(has_no_size: bool) -> Decision:
    """What is advised where our own basket is empty; ``has_no_size``: sizes are not declared."""
    if not has_no_size:
        return _wait(
            "ask again after the next weeks of sales",
            "No drink with a kind and a price was sold over the counter.",
            "Such drinks are sold.",
            "nothing of ours can be compared",
        )
    return _wait(
        "declare the ounces of our sizes in params/competitive_intelligence.yml",
        "No table has the size of our drinks in ounces, and it is not guessed.",
        "The ounces are declared.",
        "our own sizes are not known",
    )


def _wait(action: str, because: str, change: str, doubt: str) -> Decision:
    return Decision(action, WHO, weigh(None, doubts=(doubt,)), because, change, None, _ON)


def _say_gap(found: Compared) -> str:
    dearer, cheaper = found.count("dearer"), found.count("cheaper")
    return (
        f"Prices are surely higher than ours at {dearer} of {found.n_compared} competitors compared, and "
        f"lower at {cheaper}."
    )
