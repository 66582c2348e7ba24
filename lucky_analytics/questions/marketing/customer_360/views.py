"""What the page on customers shows beside its counts: checks, groups with size and overlap, the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.models.churn_scores import AT_RISK
from lucky_analytics.models.customer_worth.customer_classes import SEGMENTS
from lucky_analytics.questions.marketing.customer_360.known_systems import Known
from lucky_analytics.questions.marketing.customer_360.profiles import HORIZON, RFM, WHERE
from lucky_analytics.questions.marketing.customer_360.statements import LIFE_CYCLE

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "check_people",
    "count_at_risk",
    "cross_groups",
    "find_problems",
    "list_customers",
    "load_states",
    "measure_fall",
    "name_months",
    "summarise_groups",
    "total_life_cycle",
]


def check_people(suite: Suite, rows: pd.DataFrame, known: Known) -> pd.DataFrame:
    """What the page relies on: ``name``, ``passed``, ``detail``, one row per property."""
    facts = []
    registered = known.masks.loc[known.masks["mask"] % 2 == 1, "n"].sum()
    strange = int(known.masks["n"].sum() - registered)
    facts.append(
        ("whom a system knows is registered", strange == 0, f"{strange:,} people in a system are not")
    )
    last = rows["days_since_last"].min()
    facts.append(
        ("orders reach the business date of the page", last == 0, f"the last is {last:.0f} days old")
    )
    state = suite.optional("customer_states")
    newest = None if state is None else state.since_date.max().execute()
    late = (
        "no states in the snapshot"
        if newest is None or pd.isna(newest)
        else f"the newest is of {newest:%Y-%m-%d}"
    )
    is_fresh = (
        newest is not None and not pd.isna(newest) and (suite.as_of - pd.Timestamp(newest).date()).days <= 1
    )
    facts.append(("the platform's states are of these days", is_fresh, late))
    facts.append(
        (
            "the states are not of a later day than the orders",
            suite.as_of >= suite.snapshot.last_closed_day,
            f"the platform keeps today's state alone; orders go to {suite.as_of}",
        )
    )
    absent = ", ".join(known.missing) or "none"
    facts.append(("every system is in the snapshot", not known.missing, f"missing: {absent}"))
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def find_problems(checks: pd.DataFrame) -> tuple[str, ...]:
    """What makes states and orders no fair comparison, in words: checks of ``check_people`` that failed."""
    needed = checks[
        checks["name"].str.startswith("the platform's states are of")
        | checks["name"].str.startswith("the states are not of")
    ]
    return tuple(needed.loc[~needed["passed"], "detail"])


def load_states(suite: Suite, rows: pd.DataFrame) -> pd.Series:
    """The platform's life-cycle state of each of ``rows`` (of ``Profiles``); "no state" without one."""
    state = suite.optional("customer_states")
    if state is None:
        return pd.Series("no state", index=rows.index)
    said = state.filter(state.kind == "life_cycle").select("customer_id", "value").execute()
    return said.set_index("customer_id")["value"].reindex(rows.index).fillna("no state")


def summarise_groups(rows: pd.DataFrame, name: str, order: tuple[str, ...]) -> pd.DataFrame:
    """The groups ``name`` of customers, in ``order``, then "all": ``group``, ``n``, ``share`` of customers,
    ``paid`` (dollars each so far), ``year`` (margin expected of each in a year, dollars; null where it cannot
    be told) and ``year_share`` of all of it, ``here`` (chance of being here still, mean), ``n_active``,
    ``n_at_risk`` (of them, with a score of 70 or more). Groups without anybody are left out."""
    parts = [(group, rows[rows[name] == group]) for group in order]
    total, found = rows["year_cents"].astype(float).sum(min_count=1), []
    for group, own in [*((group, part) for group, part in parts if len(part)), ("all", rows)]:
        year = own["year_cents"].astype(float)
        found.append(
            {
                "group": group,
                "n": len(own),
                "share": len(own) / len(rows),
                "paid": own["paid_cents"].mean() / 100,
                "year": year.mean() / 100,
                "year_share": year.sum(min_count=1) / total if total else np.nan,
                "here": own["p_alive"].astype(float).mean(),
                "n_active": int((own["days_since_last"] < HORIZON).sum()),
                "n_at_risk": count_at_risk(own),
            }
        )
    return pd.DataFrame(found)


def count_at_risk(rows: pd.DataFrame) -> int:
    """Active customers with a churn score of 70 or more."""
    return int((rows["score"].astype(float) >= AT_RISK).sum())


def cross_groups(rows: pd.DataFrame, down: str, across: str = "where") -> pd.DataFrame:
    """How the groups ``down`` and ``across`` overlap: ``down``, ``across``, ``n``, ``share`` of the row; one
    row each pair, those with nobody included where both have somebody, in the order of readers."""
    orders = {"class": SEGMENTS, "where": WHERE, "rfm": RFM}
    counted = pd.crosstab(rows[down], rows[across])
    first, second = (
        [each for each in orders.get(name, sorted(axis)) if each in axis]
        for name, axis in ((down, counted.index), (across, counted.columns))
    )
    counted = counted.reindex(index=first, columns=second)
    long = pd.DataFrame({"n": counted.stack()}).reset_index()
    long = long.assign(share=long["n"] / long.groupby(down, sort=False)["n"].transform("sum"))
    return long.rename(columns={down: "down", across: "across"})


def total_life_cycle(statements: pd.DataFrame) -> tuple[int, int]:
    """People with a life-cycle state, and of them those whose orders contradict it."""
    own = statements[statements["kind"] == LIFE_CYCLE]
    return int(own["n"].sum()), int(own["n_wrong"].sum())


def measure_fall(registered: pd.DataFrame) -> float | None:
    """Registrations a day in the newest month over those of the month before last; null before the third
    month. ``registered`` as from ``aggregate_registrations``."""
    if len(registered) < 3 or not registered["a_day"].iloc[-3] > 0:
        return None
    return float(registered["a_day"].iloc[-1] / registered["a_day"].iloc[-3])


def name_months(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with its ``month`` as readers have it ("Aug 2025"), "all" for none."""
    month = [f"{each:%b %Y}" if pd.notna(each) else "all" for each in pd.to_datetime(frame["month"])]
    return frame.assign(month=month)


def list_customers(rows: pd.DataFrame, states: pd.Series) -> pd.DataFrame:
    """Everybody who ordered, for a list that leaves the page: number, class, where, scores, value, state."""
    frame = rows.assign(
        platform_state=states,
        year_dollars=(rows["year_cents"].astype(float) / 100).round(2),
        paid_dollars=(rows["paid_cents"] / 100).round(2),
        p_alive=rows["p_alive"].astype(float).round(3),
    ).reset_index(names="customer_id")
    kept = ["customer_id", "class", "where", "rfm", "recency", "frequency", "money", "score", "reason"]
    kept += ["p_alive", "year_dollars", "paid_dollars", "n_orders", "days_since_last", "home_store_id"]
    by = ["year_dollars", "customer_id"]
    return frame[[*kept, "platform_state"]].sort_values(by, ascending=[False, True], ignore_index=True)
