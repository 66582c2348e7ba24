"""What the forecast page says of a drift: orders go the other way, and by the part that brings use back."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.supply_chain.forecast_accuracy import texts
from lucky_analytics.questions.supply_chain.forecast_accuracy.drift_alarms import Drift

SKILL = Estimate(0.28, 0.17, 0.37, level=0.9, n=112)
BEST = pd.Series({"other": "mean of four same weekdays", "skill": 0.28, "low": 0.17, "high": 0.37})


def drift(shift: float) -> Drift:
    day, chart = pd.Timestamp("2026-01-15"), None
    about: dict[str, Any] = {"days": pd.DataFrame(), "chart": chart, "since": day, "found": day}
    return Drift(**about, shift=shift, low=shift - 0.01, high=shift + 0.01, n_stores=4)


def pairs(*stores: str) -> pd.DataFrame:
    return pd.DataFrame({"store_name": stores, "category": "Dairy"})


@pytest.mark.parametrize(
    ("shift", "title", "order"),
    [
        (
            0.103,
            "Since 15 Jan goods forecasts ask for 10 % more than before",
            "order 9 % less than they ask for",
        ),
        (
            -0.1,
            "Since 15 Jan goods forecasts ask for 10 % less than before",
            "order 11 % more than they",
        ),
    ],
)
def test_orders_go_against_the_drift_until_its_cause_is_found(shift, title, order):
    assert texts.name_finding(drift(shift), BEST) == title
    made = texts.decide(drift(shift), pairs(), SKILL)
    assert made.action.startswith(f"find what changed on 15 Jan 2026; until then {order}")
    asked = 1 + shift  # of what is used, where before it was 1
    part = float(made.action.split("order ")[1].split(" %")[0]) / 100
    assert asked * (1 - part if shift > 0 else 1 + part) == pytest.approx(1, abs=0.01)


def test_few_stores_are_named_and_many_pairs_have_a_first():
    few = texts.decide(drift(0.1), pairs("A", "A", "B"), SKILL).action
    assert few.endswith("then train anew 3 pairs of store and category, all in A, B")
    many = texts.decide(drift(0.1), pairs(*"ABCDE"), SKILL).action
    assert many.endswith("5 pairs of store and category, starting with Dairy in A")
    assert texts.decide(drift(0.1), pairs("A"), SKILL).action.endswith("starting with Dairy in A")
