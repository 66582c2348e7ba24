"""The page "Coupons": what is spent on them, what is shown to pay, what is not known, the trial that would
tell. Made from what the reports record; nothing is estimated here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lucky_analytics.formats import format_estimate, format_value, keep_together
from lucky_analytics.publish.entities import read_table
from lucky_analytics.publish.portal_frame import Frame, NavEntry
from lucky_analytics.publish.shelf import Run
from lucky_analytics.publish.trial_calendar import Proposed, list_proposed

__all__ = ["COUPONS", "QUESTIONS", "Coupons", "Result", "read_coupons", "write_coupons"]

COUPONS = NavEntry("coupons.html", "Coupons")

PAYS, COSTS, UNKNOWN = "Shown to pay", "Shown to cost", "Not known"

_SPENT, _PAID = ("campaign_performance", "week"), ("campaign_performance", "revenue")
# Results of draws and tests, as the reports name them: margin by what coupons changed, never by who used one.
_RESULTS = (
    ("campaign_performance", "added"),
    ("coupon_uplift", "margin"),
    ("next_best_action", "nothing"),
    ("next_best_action", "best"),
    ("next_best_action", "drawing"),
    ("churn_cohorts", "winback"),
    ("price_elasticity", "programme"),
)
# Counted, without a comparison with people who got none.
_COUNTED = (
    ("coupon_uplift", "anyway"),
    ("referral_network", "unlinked"),
    ("referral_network", "all_each"),
    ("campaign_performance", "untested"),
)
# A table of single actions with what each adds; of an action that is no coupon the contact is "none".
_ACTIONS = ("next_best_action", "actions")
_ADDS = "USD in five weeks a customer"

# The reports that print these results: each names this page.
QUESTIONS = (
    "campaign_performance",
    "coupon_uplift",
    "next_best_action",
    "churn_cohorts",
    "price_elasticity",
    "menu_engineering",
    "ab_tests",
    "referral_network",
)


@dataclass(frozen=True)
class Result:
    """One figure and the reports that print it; ``verdict`` by its interval alone, empty for a count."""

    what: str
    shown: str
    verdict: str
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Coupons:
    """What the page says; ``spent`` and ``paid`` of a week, for readers, empty where no report says it."""

    spent: str
    paid: str
    results: Sequence[Result]
    counted: Sequence[Result]
    trials: Sequence[Proposed] = field(default=())

    def of(self, verdict: str) -> list[Result]:
        return [result for result in self.results if result.verdict == verdict]

    @property
    def verdict(self) -> str:
        """One sentence for all reports together, from the results alone."""
        pays, costs, n = self.of(PAYS), self.of(COSTS), len(self.results)
        if not n:
            return "No report has compared coupons with none."
        unknown = n - len(pays) - len(costs)
        if unknown == n:
            return f"None of {n} comparisons can tell whether coupons pay."
        shown = [f"{len(some)} {'shows' if len(some) == 1 else 'show'} a {word}"
                 for some, word in ((pays, "gain"), (costs, "loss")) if some]  # fmt: skip
        cannot = "cannot tell whether coupons pay"
        parts = [f"{unknown} of {n} comparisons {cannot}", *shown] if unknown else shown
        return f"{', '.join(parts)}."

    @property
    def next_step(self) -> str:
        """What to do now, one verdict for all pages: each change of a coupon waits for the trial."""
        if not self.trials:
            return "No trial that would tell is proposed."
        first, *others = self.trials
        ends = (
            f"Change no coupon before {first.ends}, when the trial that would tell ends"
            if first.ends
            else ("Change no coupon until the trial that would tell has ended")
        )
        then = f" Next: {others[0].what} ({others[0].when})." if others else ""
        return f"{ends}: {first.what}, {first.who} ({first.when}).{then}"


def read_coupons(shown: Sequence[Run]) -> Coupons | None:
    """From the reports that the reader sees; null where none of them says what coupons took off or bring."""
    runs = {run.notebook: run for run in shown if not run.variant and run.is_good and not run.problems}
    known = [runs[name] for name in QUESTIONS if name in runs]
    said = {(run.notebook, each["name"]): (run, each) for run in known for each in run.headlines}
    results = [*_merge(said[key] for key in _RESULTS if key in said), *_read_actions(runs)]
    counted = _merge(said[key] for key in _COUNTED if key in said)
    if not results and _SPENT not in said:
        return None
    spent, paid = (
        format_value(said[key][1]["value"], said[key][1]["unit"]) if key in said else ""
        for key in (_SPENT, _PAID)
    )
    trials = [trial for trial in list_proposed(shown) if any(run.notebook in QUESTIONS for run in trial.runs)]
    trials = [trial for trial in trials if trial.sets == "what customers pay"]
    return Coupons(spent, paid, results, counted, trials)


def write_coupons(frame: Frame, found: Coupons | None) -> None:
    """``coupons.html``, where reports say anything of coupons."""
    if found:
        frame.write(COUPONS.address, "coupons.html.j2", found=found, pays=PAYS, costs=COSTS, unknown=UNKNOWN)


def _merge(said: Iterable[tuple[Run, Mapping[str, Any]]]) -> list[Result]:
    """One result for each figure: what two reports print alike stands once, with both."""
    found: dict[tuple[object, ...], tuple[Mapping[str, Any], list[Run]]] = {}
    for run, each in said:
        if each["value"] is None:
            continue
        key = (round(float(each["value"]), 6), each["unit"])
        found.setdefault(key, (each, []))[1].append(run)
    return [_result(str(each["label"]), each, str(each["unit"]), runs) for each, runs in found.values()]


def _result(what: str, each: Mapping[str, Any], unit: str, runs: Sequence[Run]) -> Result:
    value, low, high = (None if each[end] is None else float(each[end]) for end in ("value", "low", "high"))
    shown = format_estimate(value, low, high, unit)
    return Result(keep_together(what), keep_together(shown), _judge(low, high), tuple(runs))


def _judge(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return PAYS if low > 0 else COSTS if high < 0 else UNKNOWN


def _read_actions(runs: dict[str, Run]) -> Iterator[Result]:
    """What single coupons added in tests of who got one."""
    run = runs.get(_ACTIONS[0])
    record = (
        next((each for each in run.results["tables"] if each["name"] == _ACTIONS[1]), None) if run else None
    )
    if run is None or record is None:
        return
    frame = read_table(run, record)
    if not {"action", "contact", "adds", "adds_low", "adds_high"} <= set(frame):
        return
    for row in frame[frame["adds"].notna() & (frame["contact"] != "none")].to_dict("records"):
        each = {"value": row["adds"], "low": row["adds_low"], "high": row["adds_high"]}
        yield _result(str(row["action"]), each, _ADDS, (run,))
