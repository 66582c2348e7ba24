"""What the page on lifetime value shows beside its estimates: checks, rows in readers' words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.rolling_origin import Miss
from lucky_analytics.models.customer_worth.customer_classes import SEGMENTS, SILENT_DAYS
from lucky_analytics.models.customer_worth.customer_margins import YEAR
from lucky_analytics.models.customer_worth.paid_orders import Level, PaidOrders, measure_pace

__all__ = [
    "assemble_shares",
    "check_cover",
    "check_orders",
    "compare_answers",
    "estimate_back",
    "list_customers",
    "name_tests",
]

LEAST_COSTED, LEAST_BILLED, MOST_RELATED = 0.95, 0.95, 0.1


def check_orders(paid: PaidOrders, known: pd.DataFrame) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``, one row per property."""
    rows = paid.rows
    last, costed = rows["order_date"].max(), rows["has_cost"].mean()
    billed, lost = rows["has_fee"].mean(), (rows["margin_cents"] < 0).mean()
    often = known["n_orders"].corr(known["margin_cents"])
    said = "cannot be told yet" if pd.isna(often) else f"correlation {often:.2f}"
    others = "the others are taken to pay as much of each dollar" if billed else "so margins are too high"
    given = "" if rows["has_refund"].all() else ", payments are not in the snapshot, so margins are too high"
    facts = [
        ("orders reach the business date of the page", last.date() >= paid.as_of, f"last on {last:%Y-%m-%d}"),
        (
            "what orders cost to make is known",
            costed >= LEAST_COSTED,
            f"of {100 * costed:.1f} % of orders; the others are taken to cost as much of their list price",
        ),
        ("payment fees are known", billed >= LEAST_BILLED, f"of {100 * billed:.1f} % of orders; {others}"),
        (
            "what was given back is known",
            bool(rows["has_refund"].all()),
            f"of {100 * rows['has_refund'].mean():.1f} % of orders{given}",
        ),
        (
            "orders that lost money count as such",
            True,
            f"{100 * lost:.1f} % of orders brought less than nothing",
        ),
        (
            "how often and how much an order brings are unrelated",
            bool(abs(often) < MOST_RELATED) or pd.isna(often),
            f"{said}; the model assumes none",
        ),
    ]
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def assemble_shares(segments: pd.DataFrame) -> pd.DataFrame:
    """Each segment's share of customers and of margin, for ``plot_shares``: ``segment`` with its size in
    words, ``of`` ("customers" or "margin"), ``share``, ``low``, ``high`` (null for customers)."""
    parts = segments[segments["segment"].isin(SEGMENTS) & (segments["n"] > 0)]
    n = segments.loc[segments["segment"] == "all", "n"].iloc[0]
    found = []
    for row in parts.to_dict("records"):
        label = f"{row['segment']}: {row['n']:,} customers"
        found.append((label, "customers", row["n"] / n, np.nan, np.nan))
        found.append((label, "margin", row["share"], row["share_low"], row["share_high"]))
    return pd.DataFrame(found, columns=["segment", "of", "share", "low", "high"])


def compare_answers(known: pd.DataFrame, classes: pd.DataFrame, today: Level) -> pd.DataFrame:
    """From what a dashboard would say to what is expected: ``step``, ``dollars`` of today's customers in a
    year, ``low`` and ``high`` (of ours). ``classes`` as from ``summarise_segments``."""
    orders, whole = float(measure_pace(known).sum()) * YEAR, classes.iloc[-1]
    steps = [
        ("all go on as so far, counted as paid", orders * today.value / 100, np.nan, np.nan),
        ("the same, counted as margin", orders * today.margin / 100, np.nan, np.nan),
        ("less what those who leave do not order", whole["total"], whole["total_low"], whole["total_high"]),
    ]
    return pd.DataFrame(steps, columns=["step", "dollars", "low", "high"])


def check_cover(cover: dict[str, float]) -> tuple[str, bool, str]:
    """Whether the intervals of single customers held on the newest date (``estimate_interval_cover``), as
    ``report.check`` takes it. Margins come in whole orders, so that sound intervals hold more than they say;
    of ``n`` customers fewer may by chance."""
    chance = norm.ppf(0.995) * np.sqrt(cover["level"] * (1 - cover["level"]) / cover["n"])
    return (
        "intervals of single customers hold what came",
        bool(cover["share"] >= cover["level"] - chance),
        f"{100 * cover['share']:.0f} % of {cover['n']:,.0f}, meant were {100 * cover['level']:.0f} %",
    )


def estimate_back(valued: pd.DataFrame, miss: Miss, level: float) -> Estimate:
    """Mean of what one order more of a lapsed customer adds in a year, dollars; null where nobody lapsed.
    ``miss``: of forecasts of a year; the order itself is there."""
    lapsed = valued[valued["days_since_last"] >= SILENT_DAYS]
    if lapsed.empty:
        return Estimate(None, n=0)
    order, back = (lapsed[f"{name}_cents"].mean() / 100 for name in ("order", "back"))
    wide = float(np.exp(miss.half(level)))
    return Estimate(
        back, order + (back - order) / wide, order + (back - order) * wide, level=level, n=len(lapsed)
    )


def name_tests(scored: pd.DataFrame) -> pd.DataFrame:
    """Back-tests in readers' words: ``score_dates`` with ``ratio`` (came over predicted) and ``held``."""
    words = {True: "yes", False: "no"}
    held = [
        words.get(value, "not known") if value is not pd.NA else "not known" for value in scored["is_held"]
    ]
    return scored.assign(ratio=scored["came"] / scored["predicted"], held=held)


def list_customers(
    valued: pd.DataFrame, segment: np.ndarray, ends: tuple[np.ndarray, np.ndarray], customer_id: pd.Index
) -> pd.DataFrame:
    """Every customer for a list that leaves the page: number, segment, margin of the year ahead with the
    customer's own interval, chance of still being here, what one order that would not have come adds."""
    dollars = {name: (valued[f"{name}_cents"] / 100).round(2).to_numpy() for name in ("year", "back")}
    low, high = (np.round(end / 100, 2) for end in ends)
    frame = pd.DataFrame(
        {
            "customer_id": customer_id[valued.index],
            "segment": np.array(SEGMENTS)[segment],
            "year_dollars": dollars["year"],
            "low_dollars": low,
            "high_dollars": high,
            "p_alive": valued["p_alive"].round(3).to_numpy(),
            "back_dollars": dollars["back"],
        }
    )
    return frame.sort_values(["year_dollars", "customer_id"], ascending=[False, True], ignore_index=True)
