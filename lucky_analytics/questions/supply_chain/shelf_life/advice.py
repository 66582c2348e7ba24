"""What stores are advised to do about batches that will not be used in time."""

from __future__ import annotations

from lucky_analytics.decisions import WAIT, Decision, Strength, idle, weigh
from lucky_analytics.estimate import Estimate

__all__ = ["decide", "describe_too_little"]

_OWNER = "Store managers"


def decide(at_risk: Estimate, n_likely: int, n_labels: int) -> Decision:
    """``at_risk``: dollars expected to expire in the days ahead; ``n_likely`` batches that likely do,
    ``n_labels`` that are due today."""
    if not n_likely:
        labels = "throw away tonight what is due" if n_labels else "use the oldest first"
        return Decision(
            labels, _OWNER, idle("no batch will likely expire in the days ahead"),
            "What stands on the shelves is likely used in time.",
            "A batch stands longer than its goods are wanted.",
        )  # fmt: skip
    doubts = ["whether goods marked down sell is not known"]
    if at_risk.low is None:
        doubts.append("the forecast was tried on too few evenings")
    return Decision(
        "mark down or give away, before their last day, the batches that will likely expire",
        _OWNER,
        weigh(at_risk, doubts=doubts),
        "What is wanted until then is less than what stands there; evenings before came out so.",
        "Marked-down goods stay on the shelf, or were asked for at full price.",
        at_risk,
        worth_unit="USD at stake",
    )


def describe_too_little(why: str) -> tuple[str, str, Decision]:
    """Title, answer and decision of a page that cannot say anything, because of ``why``.

    >>> describe_too_little("no perishable good was in stock")[1]
    'Nothing can be said of batches: no perishable good was in stock.'
    """
    return (
        "Too little is known to say which batches will expire",
        f"Nothing can be said of batches: {why}.",
        Decision("use the oldest first, and ask again when two weeks of stock are there", _OWNER,
                 Strength(WAIT, (why,)), "", "Two weeks of stock are on record."),
    )  # fmt: skip
