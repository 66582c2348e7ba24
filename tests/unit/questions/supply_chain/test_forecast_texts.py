"""What the forecast page says of a drift: each store orders against what it is surely off by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.forecast_error import SUMS
from lucky_analytics.questions.supply_chain.forecast_accuracy import texts
from lucky_analytics.questions.supply_chain.forecast_accuracy.corrections import list_corrections
from lucky_analytics.questions.supply_chain.forecast_accuracy.drift_alarms import Drift, estimate_drift

SKILL = Estimate(0.28, 0.17, 0.37, level=0.9, n=112)
BEST = pd.Series({"other": "mean of four same weekdays", "skill": 0.28, "low": 0.17, "high": 0.37})


def drift(shift: float) -> Drift:
    day, chart = pd.Timestamp("2026-01-15"), None
    about: dict[str, Any] = {"days": pd.DataFrame(), "chart": chart, "since": day, "found": day}
    return Drift(**about, shift=shift, low=shift - 0.01, high=shift + 0.01, n_stores=4)


def pairs(*stores: str) -> pd.DataFrame:
    return pd.DataFrame({"store_name": stores, "category": "Dairy"})


def corrected(**shares: float | None) -> pd.DataFrame:
    return pd.DataFrame({"store_name": list(shares), "correct": list(shares.values())}, dtype=object).astype(
        {"correct": float}
    )


NONE = corrected()


@pytest.mark.parametrize(
    ("shift", "title", "shares", "order"),
    [
        (0.103, "10 % higher", {"A": -0.09}, "order 9 % less in A"),
        (0.103, "10 % higher", {"A": -0.09, "B": -0.2, "C": None},
         "order 9 to 20 % less in 2 stores, as in the table"),
        (0.103, "10 % higher", {"A": None}, "order as foretold"),
        (-0.1, "10 % lower", {"A": 0.11, "B": -0.05},
         "order 5 % less in B and 11 % more in A, as in the table"),
    ],
)  # fmt: skip
def test_each_store_orders_against_what_it_is_surely_off_by(shift, title, shares, order):
    assert texts.name_finding(drift(shift), BEST) == f"Since 15 Jan goods forecasts run {title} against use"
    made = texts.decide(drift(shift), corrected(**shares), pairs(), SKILL)
    assert made.action.startswith("find what changed on 15 Jan 2026; until then order by the sheet")
    assert made.because.endswith(f"Without the sheet: {order}.")


def test_corrections_bring_orders_back_to_use_and_leave_alone_what_may_be_right():
    days = pd.date_range("2026-01-01", periods=28)
    parts = [
        pd.DataFrame({"store_id": store, "demand_date": days, "actual": 100.0, "error": error})
        for store, error in (("off", [25.0, 26.0, 24.0, 25.0] * 7), ("odd", [40.0, -38.0] * 14))
    ]
    others = {name: 0.0 for name in SUMS if name not in ("actual", "error")}
    rows = pd.concat(parts).assign(**others, prediction="predicted")
    found = list_corrections(rows, days[0], 0.9).set_index("store_id")
    assert found.loc["off", ["value", "correct"]].tolist() == pytest.approx([0.25, -0.2])
    assert found.loc["odd", "low"] < 0 < found.loc["odd", "high"] and pd.isna(found.loc["odd", "correct"])
    assert list_corrections(rows, None, 0.9).empty
    assert list_corrections(rows, days[-1], 0.9)["correct"].isna().all()


def test_a_drift_says_whether_use_or_what_is_asked_for_moved():
    days = pd.date_range("2025-10-06", periods=120)
    since, chance = days[92], np.random.default_rng(0)
    used = np.where(days < since, 1000.0, 900.0)
    asked = np.where(days < since, 1000.0, 1010.0) * np.exp(chance.normal(0, 0.01, 120))
    others = {name: 0.0 for name in SUMS if name not in ("actual", "error")}
    rows = pd.DataFrame({"store_id": "a", "demand_date": days, "actual": used, "error": asked - used})
    rows = rows.assign(**others, prediction="predicted")
    found = estimate_drift(rows, pd.Series({"a": days[0] - pd.Timedelta(days=100)}))
    assert found.since == since and found.used == pytest.approx(-0.1)
    assert found.asked == pytest.approx(0.01, abs=0.005)
    because = texts.decide(found, NONE, pairs(), SKILL).because
    assert ": use fell by 10 % on the four weeks before, forecasts rose by 1 %." in because
    assert because.endswith("Without the sheet: order as foretold.")
    calm = estimate_drift(rows.head(92), pd.Series({"a": days[0] - pd.Timedelta(days=100)}))
    assert calm.since is None and np.isnan(calm.used)
    assert "fell" not in texts.decide(drift(0.1), NONE, pairs(), SKILL).because


def test_few_stores_are_named_and_many_pairs_have_a_first():
    few = texts.decide(drift(0.1), NONE, pairs("A", "A", "B"), SKILL).action
    assert few.endswith("then have 3 store categories learnt anew, all in A, B")
    many = texts.decide(drift(0.1), NONE, pairs(*"ABCDE"), SKILL).action
    assert many.endswith("5 store categories learnt anew, Dairy in A first")
    assert texts.decide(drift(0.1), NONE, pairs("A"), SKILL).action.endswith("Dairy in A first")
