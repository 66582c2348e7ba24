"""Production at full scale: February beside its published means, the planted slope, quotes in every group."""

from __future__ import annotations

import datetime as dt
import time

import pandas as pd
import pytest

from lucky_analytics.questions.operations.production_time import effects, quotes, tickets


@pytest.mark.full
def test_february_is_near_the_published_one_the_slope_is_the_planted_one_and_quotes_hold(suite, truth):
    began = time.process_time()
    rows = tickets.add_load(tickets.load_tickets(suite), 1800)
    fit = effects.fit_making(rows)
    tried = quotes.try_quotes(rows, suite.as_of, 28, 4, 0.9)
    assert time.process_time() - began < 20  # on an idle core about a third of it
    february = rows[rows["date"] >= pd.Timestamp(dt.date(2026, 2, 1))]
    # The published 36,696 tickets with means of 217.9 s and 204 s count the test market's kitchens, which are
    # quicker; the page has the home market's alone.
    assert 35_000 < len(february) < 36_696 and 217.9 < february["seconds"].mean() < 222
    assert 204 < february.loc[~february["is_over"], "seconds"].mean() < 208
    assert 150 <= int(february["is_over"].sum()) <= 155 and rows["seconds"].max() == 9_839
    slope = effects.estimate_number(fit, "log_load", 0.99)
    assert slope.holds(truth["production"]["load_slope"]["realised"]) and not slope.holds(0.17)
    assert effects.estimate_number(fit, "log_same", 0.99).holds(0)
    assert not effects.compare_levels(fit, "store", 0.9, [tickets.OTHER_SHOPS])["is_apart"].any()
    for by in ("product", "hour", "store"):
        judged = quotes.judge_quotes(tried, by)
        assert len(judged) >= 10 and not judged["is_off"].any()
        assert (judged["kept_high"] >= 0.9).all()
