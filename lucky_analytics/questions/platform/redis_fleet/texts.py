"""The findings on caches as sentences, made from the actions."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lucky_analytics.decisions import Decision, idle, weigh
from lucky_analytics.declarations import read
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_number, format_value, join_names
from lucky_analytics.methods.reliability.quiet_spells import Returns
from lucky_analytics.models.cloud_month import Bill
from lucky_analytics.questions.platform.redis_fleet.cache_fleet import Caches
from lucky_analytics.questions.platform.redis_fleet.cache_money import Saving
from lucky_analytics.questions.platform.redis_fleet.cache_sizes import DROP, FILL, GROW, SHRINK, Sizing, Terms
from lucky_analytics.questions.platform.redis_fleet.key_lives import Keys

__all__ = ["COUNTED", "COUNTS", "NOTHING", "OWNER", "PUBLISHED", "READ", "SPLIT", "decide", "describe_answer",
           "list_unknown", "name_finding", "name_grid", "name_hits", "name_lives", "name_savings", "say_risk",
           "say_tests", "say_undo", "say_window"]  # fmt: skip

OWNER = "IT"
READ = "Read from the caches, not estimated: it has no interval"
SPLIT = "Range over how the bill may divide among caches, not over chance. Null without a bill"
COUNTS = "Counted, not estimated: it has no interval"
# Of each action: its headline (n_...), what that counts, and what an alert says of a cache.
COUNTED = {
    DROP: ("unused", "Caches that serve nobody", "serves nobody"),
    SHRINK: ("roomy", "Caches larger than they need", "is larger than it needs"),
    GROW: ("full", "Caches that are too small", "is too small"),
}
PUBLISHED = (0.20, 0.30)  # the saving that the documents promise, of what caches cost
NOTHING = (
    "No cache had been asked by this date",
    "Nothing was collected from caches by then: none can be called unused or too large.",
    Decision(
        "collect once, with collect = true in sources.toml",
        OWNER,
        weigh(None, problems=["nothing was collected"]),
        "A page on caches needs what they say of themselves.",
        "A collection is there.",
    ),
)


def count_what(sizing: Sizing) -> dict[str, int]:
    """How many caches each action is for."""
    counts = sizing.rows["what"].value_counts()
    return {what: int(counts.get(what, 0)) for what in (DROP, SHRINK, GROW)}


def name_finding(sizing: Sizing) -> str:
    """The title."""
    n, of = count_what(sizing), len(sizing.rows)
    if n[DROP] and n[SHRINK]:
        return f"{n[DROP]} of {of} caches serve nobody; {n[SHRINK]} more are larger than they need"
    if n[DROP]:
        return f"{n[DROP]} of {of} caches serve nobody; no other is too large"
    if n[SHRINK]:
        return f"{n[SHRINK]} of {of} caches are larger than they need; none is unused"
    if n[GROW]:
        are = "is" if n[GROW] == 1 else "are"
        return f"{n[GROW]} of {of} caches {are} too small; none is unused or too large"
    return f"None of {of} caches is unused, too large or too small"


def describe_answer(sizing: Sizing, saving: Saving) -> str:
    """The answer, as a template: at most three numbers and 40 words."""
    n = count_what(sizing)
    if not any(n.values()):
        return (
            "Every cache is used, and its memory fits what it holds. The fullest uses {fullest:value} of its "
            "memory, not more than its limit."
        )
    if saving.bill is None:
        return (
            "The whole fleet fills {filled:value} of its memory. What other sizes would save is not known: "
            "no bill of the cloud is among the tables."
        )
    if n[DROP] or n[SHRINK]:
        return (
            f"{_say_first(n)} would save {{first_saving:value}}, {{first_share:value}} of what caches cost, "
            f"{_hold_against(saving.first_share)} what documents promise. The fleet fills {{filled:value}} "
            "of its memory."
        )
    return "No cache can be made smaller. The fullest uses {fullest:value} of its memory, or throws keys out."


def decide(found: Caches, sizing: Sizing, saving: Saving, again: Returns) -> Decision:
    """First what runs full, then the unused, then one size at a time."""
    n = count_what(sizing)
    rows = sizing.rows
    if not any(n.values()):
        return Decision(
            "leave every cache as it is",
            OWNER,
            idle("no cache is unused, too large or nearly full"),
            "Each was held against its own use and growth.",
            "A cache stands unused for two months, or passes its limit.",
        )
    steps = []
    if n[GROW]:
        names = rows.loc[rows["what"] == GROW, "name"].tolist()
        steps.append(f"give {join_names(names[:2])}{' and others' if len(names) > 2 else ''} more memory")
    if n[DROP]:
        steps.append("shut down those that serve nobody, after a last copy and their owner's word")
    if n[SHRINK]:
        steps.append("make the others one size smaller, the dearest first, and look again after a month")
    doubts = ["processors and network of the caches are not measured"] if n[SHRINK] else []
    if saving.bill is not None:
        doubts.append("the bill does not say which cache costs what")
    tried = sizing.tried["n"].sum()
    if n[SHRINK] and (not tried or sizing.tried["missed"].sum() > 0.05 * tried):
        doubts.append("sizes chosen so in the past were too small at times" if tried else
                      "such choices could not be tried on days gone by")  # fmt: skip
    worth = saving.first if n[DROP] or n[SHRINK] else None
    return Decision(
        "; ".join(steps),
        OWNER,
        weigh(worth, doubts=doubts[:1]),
        f"{_say_again(again)} {_say_tried(sizing)}".strip(),
        "An owner names a use that comes once a year, or a smaller cache throws keys out.",
        worth,
    )


def say_risk(row: pd.Series, again: Estimate, watched: int) -> str:
    """What could go wrong with an action on one cache, for a table."""
    if row["what"] == DROP:
        often = "of which none tells how often" if again.high is None else (
            f"used within a month: at most {100 * again.high:.0f} in 100"
        )  # fmt: skip
        client = "; a client is connected" if row["connections"] > 2 else ""
        return f"{row['quiet']:.0f} of {watched} days silent; {often}{client}"
    if row["what"] == SHRINK:
        chance = f"; {_percent(row['over'])} to pass the line" if row["over"] >= 0.01 else ""
        return f"fills {100 * row['need'] / row['new']:.0f} % of it at most in {FILL} days{chance}"
    return "" if row["what"] != GROW else "none; it throws keys out today"


def say_undo(what: str) -> str:
    """How an action is taken back."""
    return {
        DROP: "restore the last copy",
        SHRINK: "set the old size, while it runs",
        GROW: "set the old size, while it runs",
    }.get(what, "")


def name_grid(sizing: Sizing, found: Caches) -> str:
    """The title of the grid of all caches."""
    below = int((found.rows["filled"] < 0.1).sum())
    known = int(found.rows["filled"].notna().sum())
    return f"{below} of {known} caches fill less than a tenth of their memory"


def name_savings(saving: Saving) -> str:
    """The title of the picture of savings, held against what documents promise."""
    against = _hold_against(saving.share)
    return f"Memory alone would allow {against} the promised 20 to 30 %" if against else (
        "What actions would save is not known"
    )  # fmt: skip


def name_lives(keys: Keys) -> str:
    """The title of the histogram of lives."""
    if keys.never.value is None:
        return "No sample of keys was taken"
    odd = keys.prefixes[keys.prefixes["should_expire"]]
    n = odd["server"].nunique()
    said = f"{format_number(keys.never.value, 'share')} of keys never expire"
    if not n:
        return f"{said}; none of a kind that expires elsewhere"
    return f"{said}; in {format_value(n, 'caches')} some that expire elsewhere"


def name_hits(found: Caches) -> str:
    """The title of the picture of hits."""
    known = found.rows.dropna(subset="hits")
    if known.empty:
        return "No cache was asked for a key"
    worst = known.nsmallest(1, "hits").iloc[0]
    return f"{worst['name']} finds {format_number(worst['hits'], 'share')} of what it is asked for, the least"


def say_tests(sizing: Sizing, again: Returns, naive: Returns, terms: Terms) -> list[str]:
    """How the rules did on days gone by."""
    said = [_say_tried(sizing) or "No past choice of sizes could be tried: too few days are kept."]
    said.append(_say_again(again) or f"No cache was silent for {terms.quiet} days before.")
    if naive.n != again.n or naive.returned:
        said.append(f"Of {naive.n} silences of a week {naive.returned} ended in use: a week says less.")
    if sizing.wider is None:
        said.append("Trends could not be tested on days gone by; chances to pass a line may be too low.")
    elif sizing.wider > 1:
        said.append(f"Ranges are drawn {sizing.wider:.2f} times as wide, for what past trends were off.")
    return said


def say_window(bill: Bill | None) -> str:
    """The days that a bill is of, for a note."""
    return "No bill is there" if bill is None else f"Mean month of {bill.window}, before credits and tax"


def list_unknown() -> pd.DataFrame:
    """What no table holds: ``what``, ``said`` (by the documents), ``why``, ``ask`` (whom, for what)."""
    declared = read(Path(__file__).with_name("unseen.yml"))
    return pd.DataFrame([dict(row) for row in declared.values()], columns=["what", "said", "why", "ask"])


def _say_first(n: dict[str, int]) -> str:
    if not n[SHRINK]:
        return "Shutting down the unused"
    smaller = "taking the oversized down one size"
    return f"Shutting down the unused and {smaller}" if n[DROP] else f"{smaller[0].upper()}{smaller[1:]}"


def _hold_against(share: Estimate) -> str:
    """A share of the bill against the promise; empty where it is not known."""
    if share.low is None or share.high is None:
        return ""
    low, high = PUBLISHED
    return "more than" if share.low > high else "less than" if share.high < low else "not far from"


def _say_tried(sizing: Sizing) -> str:
    n, missed = int(sizing.tried["n"].sum()), int(sizing.tried["missed"].sum())
    if not n:
        return ""
    return f"Chosen by the same rule on days gone by, {missed} of {n} smaller sizes ran over in {FILL} days."


def _say_again(again: Returns) -> str:
    if not again.n:
        return ""
    return f"Of {again.n} that fell silent so long, {again.returned} were asked again since."


def _percent(chance: float) -> str:
    return "below 1 %" if chance < 0.01 else f"{100 * chance:.0f} %"
