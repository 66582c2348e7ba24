"""The page "Coupons": what is spent on them, what is shown to pay, what is not known, the trial that would
tell. Made from what the reports record; nothing is estimated here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lucky_analytics.decisions import DO, LEAN, say_strength
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
    advice: Sequence[tuple[Run, str, str]]
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
        shown = [f"{len(some)} {'shows' if len(some) == 1 else 'show'} a {word}"
                 for some, word in ((pays, "gain"), (costs, "loss")) if some]  # fmt: skip
        cannot = "cannot tell whether coupons pay"
        parts = [f"{unknown} of {n} comparisons {cannot}", *shown] if unknown else shown
        return f"{', '.join(parts)}."

    @property
    def next_step(self) -> str:
        """What to do now: what is decided stands with its report, the rest waits for the trial."""
        if not self.trials:
            return "No trial that would tell is proposed."
        first, n_more = self.trials[0], len(self.trials) - 1
        other = "the other proposed trial" if n_more == 1 else f"{n_more} other proposed trials"
        blurs = f"; {other} would blur it" if n_more else ""
        when = f"{first.what}, {first.who}. {first.when}"
        return f"Run one trial first: {when}. Until it ends change no coupon{blurs}."


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
    advice = [(run, *_advise(run)) for run in known if run.decisions]
    trials = [trial for trial in list_proposed(shown) if any(run.notebook in QUESTIONS for run in trial.runs)]
    trials = [trial for trial in trials if trial.sets == "what customers pay"]
    return Coupons(spent, paid, results, counted, advice, trials)


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


def _advise(run: Run) -> tuple[str, str]:
    """How sure its decision is, and what it says."""
    said = run.decisions[0]
    strength = say_strength(said)
    word = strength if strength in (DO, LEAN) else "not known yet"
    action = said.get("action", said["text"])
    return f"{word[:1].upper()}{word[1:]}", keep_together(f"{action[:1].upper()}{action[1:]}.")
