"""What the page on campaigns says of the week's discounts and of what tests show."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.marketing.campaign_performance import scorecard, texts


def test_the_weeks_discounts_are_told_by_whether_they_were_tested():
    score = pd.DataFrame({"campaign": ["a", "b", "c"], "discount": [40.0, 90.0, 20.0]})
    score["discount_before"] = [50.0, 80.0, 20.0]
    campaigns = pd.DataFrame({"campaign": ["a", "b", "c"], "n_drawn": [0, 7, 0]})
    week = scorecard.mark_tested(score, campaigns)
    assert week["campaign"].tolist() == ["b", "a", "c"] and week["is_tested"].tolist() == [True, False, False]
    assert (
        texts.describe_campaigns(week)
        == "Campaigns whose coupons nobody drew by chance took $60.00 of the week's $150"
    )
    assert "every campaign" in texts.describe_campaigns(week[week["is_tested"]])
    assert "took anything" in texts.describe_campaigns(week.assign(discount=0.0))
    none = scorecard.mark_tested(score.head(0), campaigns)
    assert none.empty and "took anything" in texts.describe_campaigns(none)
    assert texts.label_week(score).endswith("(a usual week: $150)")
    alone = "Coupons took off in the last seven days"
    assert texts.label_week(score.head(0)) == texts.label_week(score.assign(discount_before=np.nan)) == alone


def test_the_answer_says_profit_only_where_the_interval_does():
    for own, says in (
        (Estimate(1.0, -1.0, 3.0, level=0.9), True),
        (Estimate(2.0, 1.0, 3.0, level=0.9), False),
    ):
        drawn = SimpleNamespace(effects=SimpleNamespace(pooled={"margin": own}))
        assert ("no sure profit" in texts.describe_answer(drawn)) is says
