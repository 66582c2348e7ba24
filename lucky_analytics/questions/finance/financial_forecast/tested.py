"""The same forecast made on days gone by, from what was known then, against what came and against carrying
on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.finance.financial_forecast.scenarios import Scenario, draw_sales
from lucky_analytics.questions.finance.financial_forecast.store_levels import find_levels

__all__ = ["SPAN_WEEKS", "Tested", "test_forecast"]

SPAN_WEEKS, N_SPANS, N_CUTS = 4, 3, 6


@dataclass(frozen=True)
class Tested:
    """``rows``: one for each day ``cut`` and span of four weeks after it: ``ahead`` (weeks to the span's
    end), ``predicted``, ``low``, ``high``, ``naive`` (the four weeks before the cut carried on) and ``came``,
    dollars a week of all stores; ``is_inside``, ``z`` (errors in the forecast's own standard deviations)."""

    rows: pd.DataFrame
    level: float

    @property
    def n_cuts(self) -> int:
        return int(self.rows["cut"].nunique())

    @property
    def n_inside(self) -> int:
        return int(self.rows["is_inside"].sum())

    @property
    def share_inside(self) -> float | None:
        """Share of spans that came inside their range; null without a test."""
        return self.n_inside / len(self.rows) if len(self.rows) else None

    @property
    def widen(self) -> float:
        """How much further off forecasts were than they said; 1 where by no more, or nothing was tested."""
        return max(1.0, float(np.sqrt((self.rows["z"] ** 2).mean()))) if len(self.rows) else 1.0

    @property
    def gain(self) -> Estimate:
        """How much nearer the forecast came than carrying on, as a share of sales: the mean over cuts,
        Student's t; null for fewer than three cuts. Spans of neighbouring cuts overlap, so it is a rough
        one."""
        error = {name: np.abs(self.rows[name] / self.rows["came"] - 1) for name in ("predicted", "naive")}
        by_cut = (error["naive"] - error["predicted"]).groupby(self.rows["cut"]).mean()
        if len(by_cut) < 3:
            return Estimate(None, n=len(by_cut))
        half = float(student.ppf((1 + self.level) / 2, len(by_cut) - 1) * by_cut.std() / np.sqrt(len(by_cut)))
        mean = float(by_cut.mean())
        return Estimate(mean, mean - half, mean + half, level=self.level, n=len(by_cut))

    def mean_error(self, name: str) -> float | None:
        """Mean distance from what came of ``predicted`` or ``naive``, as a share of it; null without a
        test."""
        return float(np.abs(self.rows[name] / self.rows["came"] - 1).mean()) if len(self.rows) else None


def test_forecast(
    days: pd.DataFrame, stores: pd.DataFrame, as_of: dt.date, level: float, seed: int = 1, n_draws: int = 400
) -> Tested:
    """Forecasts from up to six days, four weeks apart, of up to twelve weeks ahead; what opened then is taken
    as planned. ``days``, ``stores``: of ``ramp.load_days``, ``ramp.load_stores``. Empty where too little
    came."""
    by_day = days.groupby("ds")["value"].sum() / 100
    last, rows = pd.Timestamp(as_of), []
    for back in range(1, N_CUTS + 1):
        cut = last - pd.Timedelta(weeks=SPAN_WEEKS * back)
        n_spans = min(back, N_SPANS)
        try:
            levels = find_levels(days, stores, cut.date(), SPAN_WEEKS * n_spans)
        except LuckyError:
            continue
        soon = stores[
            (stores["opened"] > cut) & (stores["opened"] <= cut + pd.Timedelta(weeks=levels.n_weeks))
        ]
        weeks = tuple(((soon["opened"] - cut).dt.days - 1) / 7)
        total = draw_sales(levels, Scenario("then", weeks), n_draws, seed).total
        before = float(
            by_day[(by_day.index > cut - pd.Timedelta(weeks=SPAN_WEEKS)) & (by_day.index <= cut)].sum()
        )
        for span in range(n_spans):
            inside = slice(SPAN_WEEKS * span, SPAN_WEEKS * (span + 1))
            drawn = total[:, inside].mean(axis=1)
            start = cut + pd.Timedelta(weeks=SPAN_WEEKS * span)
            in_span = (by_day.index > start) & (by_day.index <= start + pd.Timedelta(weeks=SPAN_WEEKS))
            came = float(by_day[in_span].sum()) / SPAN_WEEKS
            if came <= 0:
                continue
            low, middle, high = np.quantile(drawn, [0.5 - level / 2, 0.5, 0.5 + level / 2])
            logs = np.log(drawn)
            rows.append({
                "cut": cut, "ahead": SPAN_WEEKS * (span + 1), "predicted": middle, "low": low, "high": high,
                "naive": before / SPAN_WEEKS, "came": came, "is_inside": bool(low <= came <= high),
                "z": float((np.log(came) - logs.mean()) / max(logs.std(), 1e-9)),
            })  # fmt: skip
    names = ["cut", "ahead", "predicted", "low", "high", "naive", "came", "is_inside", "z"]
    return Tested(pd.DataFrame(rows, columns=names).sort_values(["cut", "ahead"], ignore_index=True), level)
