"""The title of the page on experiments says how many of those that won are known to earn money."""

from __future__ import annotations

import pandas as pd
import pytest

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.marketing.ab_tests import texts
from lucky_analytics.questions.marketing.churn_cohorts import texts as churn_texts


@pytest.mark.parametrize(("low", "said"), [
    ((0.1, 0.2), "2 of them are known to earn money"), ((0.1, -0.2), "1 of them is known to earn money"),
    ((-0.1, -0.2), "none of them is known to earn money"), ((None, None), "none of them is known"),
])  # fmt: skip
def test_the_title_counts_what_earns(low, said):
    table = pd.DataFrame({"verdict": ["won", "won", "even"], "margin_low": [*low, 0.5]}).astype(
        {"margin_low": float}
    )
    long = "a very long name of nine words or more"
    title = texts.name_finding(table.assign(experiment=long))
    assert title.startswith("2 of 3 experiments won; ") and said in title and len(title.split()) <= 14


def test_the_one_that_earns_is_named_where_its_name_is_short():
    table = pd.DataFrame(
        {"experiment": ["Tip sheet", "Booklet"], "verdict": "won", "margin_low": [0.1, -0.2]}
    )
    title = texts.name_finding(table)
    assert title.startswith("Of 2 experiments only") and "Tip sheet" in title and "Booklet" not in title


def test_a_sister_store_is_told_only_where_it_is_known():
    assert "12 % more likely" in churn_texts.say_opening(Estimate(1.12, 1.02, 1.2, level=0.9), 0.8)
    assert churn_texts.say_opening(Estimate(0.9, 0.8, 1.05, level=0.9), 0.8) == ""
    assert churn_texts.say_opening(Estimate(None), 0.8) == ""
