from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t, ttest_ind

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.change import estimate_change
from lucky_analytics.methods.inference.concentration import estimate_concentration


def series(values, name="a"):
    return pd.DataFrame({"unique_id": name, "ds": range(len(values)), "y": values})


def test_the_interval_is_welchs_on_logs():
    values = np.random.default_rng(1).lognormal(3, 0.2, 10)
    got = estimate_change(series(values)).iloc[0]
    interval = ttest_ind(np.log(values[6:]), np.log(values[2:6]), equal_var=False).confidence_interval(0.9)
    assert (got["low"], got["high"]) == pytest.approx((np.expm1(interval.low), np.expm1(interval.high)))
    wide = estimate_change(series(values), level=0.99).iloc[0]
    assert wide["low"] < got["low"]


def test_intervals_cover_a_planted_change():
    rng = np.random.default_rng(2)
    values = 100 * np.exp(rng.normal(0, 0.1, (300, 8))) * np.r_[np.ones(4), np.full(4, 1.2)]
    weeks = pd.concat([series(row, str(k)) for k, row in enumerate(values)])
    got = estimate_change(weeks)
    # 99 % interval of a binomial with n = 300, p = .9
    assert 256 <= ((got["low"] <= 0.2) & (got["high"] >= 0.2)).sum() <= 284


def test_series_that_scatter_alike_share_what_is_known_of_it():
    """One series: Student's test with equal variances. Several: the standard error of all, more degrees."""
    values = np.random.default_rng(1).lognormal(3, 0.2, 8)
    got = estimate_change(series(values), is_alike=True).iloc[0]
    interval = ttest_ind(np.log(values[4:]), np.log(values[:4])).confidence_interval(0.9)
    assert (got["low"], got["high"]) == pytest.approx((np.expm1(interval.low), np.expm1(interval.high)))
    rows = np.random.default_rng(2).lognormal(3, 0.2, (6, 8))
    weeks = pd.concat([series(row, str(k)) for k, row in enumerate(rows)])
    found = estimate_change(weeks, is_alike=True)
    half = (np.log1p(found["high"]) - np.log1p(found["low"])) / 2
    logs = np.log(rows).reshape(6, 2, 4)
    error = np.sqrt(logs.var(axis=2, ddof=1).mean() / 2)
    assert half.tolist() == pytest.approx([t.ppf(0.95, 36) * error] * 6)


def test_a_series_with_an_empty_or_missing_week_has_no_change():
    weeks = pd.concat([series([5, 5, 0, 5], "zero"), series([5, 5, 6, 6], "full"), series([5, 5], "short")])
    got = estimate_change(weeks, 2).set_index("unique_id")
    assert got["change"].isna().to_dict() == {"full": False, "short": True, "zero": True}
    assert estimate_change(series([1, 2, 3]), 2)["change"].isna().all()
    with pytest.raises(LuckyError, match="at least 2 weeks a side, got 1"):
        estimate_change(series([1, 2]), 1)


def test_concentration_of_equal_products_is_their_number():
    weeks = pd.DataFrame([(p, w, 10) for p in "abcd" for w in range(6)], columns=["product_id", "week", "y"])
    got = estimate_concentration(weeks).set_index("measure")
    assert got["value"].tolist() == pytest.approx([0.25, 4])
    assert got.loc["top share", "low"] == got.loc["top share", "high"] == 0.25


def test_concentration_names_the_largest_and_brackets_it():
    rng = np.random.default_rng(3)
    rows = [
        (p, w, rng.poisson(rate)) for p, rate in zip("abc", (50, 200, 20), strict=True) for w in range(12)
    ]
    weeks = pd.DataFrame(rows, columns=["product_id", "week", "y"])
    top = estimate_concentration(weeks).iloc[0]
    assert top["product_id"] == "b"
    assert top["low"] < top["value"] < top["high"]
    assert estimate_concentration(weeks, level=0.5).iloc[0]["low"] > top["low"]
    with pytest.raises(LuckyError, match="expected sales, got none"):
        estimate_concentration(weeks.assign(y=0))
