"""Whether a store's week was unusual, and how far it stands below its best weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.growth.best_level import fall_of_steady
from lucky_analytics.methods.growth.steady_level import FEWEST
from lucky_analytics.models.store_weeks import aggregate_weeks
from lucky_analytics.questions.operations.store_week.steps import estimate_ranges

__all__ = ["Verdict", "compare", "compare_stores", "judge"]

N_BEST = 4
N_DRAWN = 12  # weeks that the portal draws beside each store
GROWN = 13  # weeks from which more than before is no longer put down to a new store's growth


@dataclass(frozen=True)
class Verdict:
    """``newest``: the last row of ``estimate_ranges``. ``since_best``: the last four weeks over the best four
    in a row, less one, holidays taken off (null with fewer than eight weeks). ``is_fallen``: lower than all
    but 1 - level of steady stores would stand below their own best, which are picked after the fact as well,
    and clear of nought. The interval of ``since_best`` reaches as far up as that luck does. ``recent``:
    dollars a week of the last four. ``n_inside`` of ``n_judged``: weeks inside the range of their own time,
    of those before the ``n_before`` that the newest range rests on, so that a fall that goes on is no
    unsteadiness. ``n_running``: how many weeks in a row, the newest among them, are outside on its side.
    ``n_weeks``: whole weeks since the store opened. ``best_end``: last day of the best four weeks in a row,
    null where ``since_best`` is.
    """

    newest: pd.Series
    since_best: Estimate
    is_fallen: bool
    recent: float
    n_before: int
    level: float
    n_inside: int = 0
    n_judged: int = 0
    n_running: int = 0
    n_weeks: int = 0
    best_end: pd.Timestamp | None = None

    @property
    def keeps_falling(self) -> bool:
        """Whether the week is one of several running below range, far below the store's best: no accident."""
        return self.newest["is_inside"] is False and self.change < 0 and self.n_running > 1 and self.is_fallen

    @property
    def is_growing(self) -> bool:
        """Whether the week stands above its range in a store's first months, when stores grow."""
        is_above = self.newest["is_inside"] is False and self.change > 0
        return is_above and self.n_weeks < GROWN

    @property
    def is_steady(self) -> bool:
        """Whether ranges held about as often as a steady store's, as far as there are weeks to tell."""
        return self.n_judged < FEWEST or self.n_inside >= (self.level - 0.15) * self.n_judged

    @property
    def change(self) -> float:
        """The week over what was expected of it, less one; NaN where nothing was."""
        expected = self.newest["expected"]
        return float(self.newest["dollars"] / expected - 1) if pd.notna(expected) else np.nan


def judge(ranges: pd.DataFrame, n_before: int, level: float) -> Verdict:
    """The verdict on the newest week of ``estimate_ranges``."""
    newest, usual = ranges.iloc[-1], ranges["usual_dollars"].dropna().to_numpy(float)
    recent = float(np.exp(np.log(usual[-N_BEST:]).mean())) if len(usual) else 0.0
    since_best, is_fallen, best_end = Estimate(None, n=len(usual)), False, None
    if len(usual) >= 2 * N_BEST and pd.notna(newest["sd"]):
        logs = np.log(usual)
        means = np.convolve(logs, np.full(N_BEST, 1 / N_BEST), "valid")
        log_change, sd = float(means[-1] - means.max()), float(newest["sd"])
        half = norm.ppf((1 + level) / 2) * sd * np.sqrt(2 / N_BEST)
        # The best weeks are picked after the fact: luck makes a fall look larger, never smaller.
        luck = max(half, fall_of_steady(len(usual), sd, 1 - level, N_BEST))
        value, low, high = (float(np.expm1(log_change + off)) for off in (0, -half, luck))
        since_best = Estimate(value, low, high, level=level, n=len(usual))
        is_fallen = high < 0
        best_end = ranges.loc[ranges["usual_dollars"].notna(), "end"].iloc[means.argmax() + N_BEST - 1]
    earlier = ranges["is_inside"].iloc[: -1 - n_before].dropna()
    held = (int(earlier.sum()), len(earlier))
    running = _count_running(ranges)
    return Verdict(
        newest,
        since_best,
        is_fallen,
        recent,
        min(n_before, len(ranges) - 1),
        level,
        *held,
        running,
        len(ranges),
        best_end,
    )


def _count_running(ranges: pd.DataFrame) -> int:
    """Weeks in a row up to the newest that are outside their range on the same side as it."""
    off = (ranges["dollars"] - ranges["expected"]).where(ranges["is_inside"].eq(False), 0.0)
    sides = np.sign(off.to_numpy(float))[::-1]
    return int(np.cumprod(sides == sides[0]).sum()) if sides[0] else 0


def compare(ranges: pd.DataFrame, verdict: Verdict) -> pd.DataFrame:
    """What one may hold the week against: ``against``, ``dollars`` (of that), ``change``, ``note``."""
    before = ranges["dollars"].iloc[-2] if len(ranges) > 1 else np.nan
    week = verdict.newest["dollars"]
    best = verdict.since_best.value
    rows = [
        (
            "the week before",
            before,
            week / before - 1 if before else np.nan,
            "one week against one: mostly chance",
        ),
        (
            f"the {verdict.n_before} weeks before, without their holidays",
            verdict.newest["expected"],
            verdict.change,
            _in_a_word(verdict),
        ),
        (
            "its best four weeks in a row (the last four against them)",
            np.nan if best is None else verdict.recent / (1 + best),
            np.nan if best is None else best,
            "too few weeks" if best is None else "lost" if verdict.is_fallen else "no more than chance",
        ),
    ]
    return pd.DataFrame(rows, columns=["against", "dollars", "change", "note"]).astype({"dollars": float})


def compare_stores(by_store: dict[str, pd.DataFrame], n_before: int, level: float) -> pd.DataFrame:
    """One row a store that has a whole week, the largest revenue first.

    ``store_name``, ``n_weeks``, ``dollars`` (of the newest week), ``week_change``, ``change`` (over the weeks
    before), ``expected``, ``low``, ``high`` (dollars of a usual week), ``is_inside``, ``is_growing``,
    ``n_inside`` of ``n_judged`` (as in ``Verdict``), ``since_best``, ``is_fallen``, ``verdict`` (words),
    ``growth``: the last four weeks over the four before, less one, and ``age_growth``: what the older stores
    did at the same age (median; null where there is none). ``week_11`` to ``week_0``: dollars of the last
    weeks, the newest last; null before the first.
    """
    weeks = {name: aggregate_weeks(days) for name, days in by_store.items() if len(days) >= 7}
    rows = []
    for name, own in weeks.items():
        verdict = judge(estimate_ranges(own, n_before, level), n_before, level)
        others = [_growth(other["usual_dollars"], len(own)) for key, other in weeks.items() if key != name]
        known = [growth for growth in others if np.isfinite(growth)]
        row = {
            "store_name": name,
            "n_weeks": len(own),
            "dollars": own["dollars"].iloc[-1],
            "week_change": own["dollars"].iloc[-1] / own["dollars"].iloc[-2] - 1 if len(own) > 1 else np.nan,
            "change": verdict.change,
            **{key: verdict.newest[key] for key in ("expected", "low", "high")},
            "is_inside": verdict.newest["is_inside"],
            "is_growing": verdict.is_growing,
            "n_inside": verdict.n_inside,
            "n_judged": verdict.n_judged,
            "since_best": verdict.since_best.value,
            "is_fallen": verdict.is_fallen,
            "verdict": _in_a_word(verdict),
            "growth": _growth(own["usual_dollars"], len(own)),
            "age_growth": float(np.median(known)) if known else np.nan,
        }
        dollars = own["dollars"].iloc[::-1].reset_index(drop=True).reindex(range(N_DRAWN))
        row |= {f"week_{ago}": dollars[ago] for ago in reversed(range(N_DRAWN))}
        rows.append(row)
    table = pd.DataFrame(rows).astype(dict.fromkeys(("expected", "low", "high", "since_best"), float))
    return table.sort_values("dollars", ascending=False, ignore_index=True)


def _growth(usual: pd.Series, age: int) -> float:
    """The four weeks up to ``age`` over the four before, less one; NaN where they are not all there."""
    if age < 2 * N_BEST or len(usual) < age:
        return np.nan
    own = usual.to_numpy(float)[:age]
    return float(own[-N_BEST:].mean() / own[-2 * N_BEST : -N_BEST].mean() - 1)


def _in_a_word(verdict: Verdict) -> str:
    if verdict.newest["is_inside"] is None:
        return "too young to say"
    lost = ", but below its best" if verdict.is_fallen else ""
    if verdict.newest["is_inside"]:
        return "within its range" + lost
    if verdict.is_growing:
        return "still growing" + lost
    return "above its range" + lost if verdict.change > 0 else "below its range"
