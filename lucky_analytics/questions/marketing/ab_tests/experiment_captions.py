"""What stands around the charts of the page on experiments; each returns arguments of ``report.figure``."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.models.experiment_outcomes import AGAIN_DAYS, DAYS
from lucky_analytics.models.judged_experiments.looks import Rules
from lucky_analytics.questions.marketing.ab_tests.advice import quote_names
from lucky_analytics.questions.marketing.ab_tests.texts import describe_ratios

__all__ = ["gaps", "looks", "ratios"]

_SOURCE = "experiments and orders"


def gaps(shown: pd.DataFrame, rules: Rules) -> dict[str, str]:
    """``shown`` as from ``views.show_gaps``."""
    sure, n = int((shown["gap_low"] > 0).sum()), len(shown)
    more = f"{sure or 'None'} of {n} experiments {'bring' if sure > 1 else 'brings'} more customers back"
    return {
        "finding": more if n else "No experiment can be read yet",
        "subtitle": f"Customers of the treatment who order again within {AGAIN_DAYS} days less those of "
        "the control, "
        f"in points; line: {100 * rules.level:.0f} % interval that holds however often one looks, over "
        "all experiments "
        f"together; grey: as a test at one look has it; dashed: {100 * rules.least:g} points, a gain "
        "worth having",
        "alt": "; ".join(
            f"{row.experiment} {row.gap:+.1f} points ({row.gap_low:+.1f} to {row.gap_high:+.1f}), {row.label}"
            for row in shown.itertuples()
        ),
        "source": _SOURCE,
    }


def looks(table: pd.DataFrame, rules: Rules) -> dict[str, str]:
    """``table`` as from ``judge_experiments``."""
    traps = table.loc[table["is_trap"], "experiment"].tolist()
    if len(traps) > 2:
        finding = f"A simple test, checked daily, would have called {len(traps)} winners too early"
    elif traps:
        finding = f"A simple test, checked daily, would have called a winner too early: {quote_names(traps)}"
    else:
        finding = "A simple test, checked daily, would have called no winner too early"
    return {
        "finding": finding,
        "subtitle": f"Difference in who orders again, points, by the day on which customers' {DAYS} days "
        "were over; "
        f"band: {100 * rules.level:.0f} % interval that holds at all looks; grey lines: the usual one; "
        "dot: the first "
        "day on which the usual one leaves out 0",
        "alt": f"Called too early: {quote_names(traps) or 'none'}.",
        "source": _SOURCE,
    }


def ratios(table: pd.DataFrame) -> dict[str, str]:
    """``table`` as from ``judge_experiments``."""
    return {
        "finding": describe_ratios(table),
        "subtitle": "Share of customers in the treatment less the share planned, points; grey: where "
        "chance leaves it in "
        "all but one of a thousand experiments",
        "alt": describe_ratios(table),
        "source": "experiments",
    }
