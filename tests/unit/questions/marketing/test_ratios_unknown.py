"""Ratios of which the data say nothing are null in their rows; the others stay, and the page goes on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.questions.marketing.churn_cohorts import departures, hazards

HISTORIES = pd.DataFrame(
    {"is_coupon_acquired": [0, 1, 0, 1], "near_before": [0, 0, 1, 1], "near_last": [0, 1, 0, 1], "n": 10}
)


def test_a_departure_ratio_that_is_not_identified_beside_another_is_tried_alone(monkeypatch):
    def only_alone(histories, fixed, switched, fit, level):
        if switched:
            raise LuckyError("departure model", expected="data that identify near")
        return pd.DataFrame(
            {"name": fixed, "log_ratio": 0.3, "se": 0.1, "ratio": 1.35, "low": 1.1, "high": 1.6}
        )

    monkeypatch.setattr(departures, "estimate_departure", only_alone)
    table = departures.estimate_departures(HISTORIES, None).set_index("name")
    assert table.loc["is_coupon_acquired", "ratio"] == pytest.approx(1.35)
    assert np.isnan(table.loc["near", "ratio"]) and table.loc["near", "n"] == 20
    assert table["label"].notna().all()


def test_a_hazard_ratio_without_an_event_is_null_and_the_other_stays():
    cells = pd.DataFrame(
        {
            "interval": [0, 0, 0, 0, 1, 1, 1, 1],
            "month": 1, "cohort": 1, "home_store_id": "a",
            "is_near_opening": [0, 1, 0, 1] * 2,
            "is_coupon_acquired": [0, 0, 1, 1] * 2,
            "n_at_risk": 200,
            "n_event": [50, 0, 30, 0, 40, 0, 25, 0],
        }
    )  # fmt: skip
    table = hazards.estimate_ratios(cells).set_index("name")
    assert np.isnan(table.loc["is_near_opening", "ratio"])
    assert 0.4 < table.loc["is_coupon_acquired", "ratio"] < 0.8
    assert hazards.compare_with_cox(cells, table.reset_index().iloc[:1])[0]
