"""Words that relate the others: by, more than, not, or, per; each phrase is in the singular."""

from __future__ import annotations

__all__ = ["BY_TIME", "OPERATORS"]

OPERATORS: dict[str, list[str]] = {
    "by": [
        "by",
        "per",
        "each",
        "every",
        "for each",
        "in each",
        "of each",
        "for every",
        "by each",
        "split by",
    ],
    "versus": ["vs", "versus", "compare", "compared to", "compared with", "against"],
    "which": ["which", "what"],
    "who": ["who"],
    "called": ["name"],
    "most": [
        "most",
        "most often",
        "most of",
        "best",
        "top",
        "highest",
        "largest",
        "biggest",
        "greatest",
        "maximum",
        "longest",
        "max",
    ],
    "least": ["least", "worst", "bottom", "lowest", "smallest", "fewest", "minimum", "shortest", "min"],
    "above": ["more than", "over", "above", "greater than", "exceeding"],
    "below": ["fewer than", "less than", "under", "below"],
    "at least": ["at least"],
    "at most": ["at most", "no more than"],
    "or more": ["or more"],
    "or fewer": ["or fewer", "or less"],
    "time": ["time"],
    "seconds": ["second"],
    "minutes": ["minute"],
    "mean": ["average", "mean", "on average", "averaged", "an average"],
    "sum": ["total", "sum", "in total", "overall", "altogether"],
    "share": ["share", "percentage", "percent", "proportion", "fraction", "what share of", "how often"],
    "count": ["how many", "number", "count", "how many time"],
    "money": ["how much", "dollar", "usd", "in dollar", "in usd"],
    "is_not": ["not"],
    "sold": ["sold", "sell", "selling", "bought"],
    "more": ["more"],
    "or": ["or"],
    "and": ["and"],
    "than": ["than"],
    # what no request carries, though each of its words is known
    "unclear": ["to go", "in an hour", "in one hour", "up to", "not only", "of which", "no more"],
}
BY_TIME = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year"}
