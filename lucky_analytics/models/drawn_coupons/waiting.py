"""What pages that rest on coupons of random depth advise where there are none yet, or none old enough."""

from __future__ import annotations

from lucky_analytics.decisions import WAIT, Decision, Strength

__all__ = ["wait_for_draw", "wait_for_weeks"]

_WHO = "Marketing"


def wait_for_draw(because: str) -> Decision:
    """Where depths, nothing off among them, were never drawn. ``because``: why what is there does not tell.

    >>> wait_for_draw("").strength.doubts
    ('depths with nothing off among them were never left to chance',)
    """
    return Decision(
        "draw the depth of some coupons at random, nothing off included, for eight weeks",
        _WHO,
        Strength(WAIT, ("depths with nothing off among them were never left to chance",)),
        because,
        "Coupons of random depth are shown.",
    )


def wait_for_weeks() -> Decision:
    """Where no coupon of random depth was followed for the weeks in which what it pulled forward is missing.

    >>> wait_for_weeks().action
    'go on drawing depths at random, and ask again in a week'
    """
    return Decision(
        "go on drawing depths at random, and ask again in a week",
        _WHO,
        Strength(WAIT, ("no coupon is old enough, or too few are",)),
        "What a coupon adds at once is partly only bought earlier.",
        "Coupons of random depth are five weeks old.",
    )
