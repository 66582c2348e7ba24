"""Effects net of one another: statsmodels' least squares with clustered errors as the oracle."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.adjusted_effects import fit_effects


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(5)
    n = 600
    frame = pd.DataFrame({
        "product": random.choice(list("abcd"), n, p=[0.4, 0.3, 0.2, 0.1]),
        "store": random.choice(["x", "y", "z"], n),
        "load": random.gamma(2.0, 1.0, n),
        "day": random.integers(0, 40, n),
    })  # fmt: skip
    shock = random.normal(0, 0.2, 40)
    y = 1 + 0.3 * frame["load"] + frame["product"].map({"a": 0, "b": 0.5, "c": -0.2, "d": 1.0})
    return frame.assign(y=y + shock[frame["day"]] + random.normal(0, 0.3, n))


def test_effects_and_their_errors_are_those_of_statsmodels(rows):
    fit = fit_effects(rows, rows["y"].to_numpy(), ["product", "store"], ["load"], "day")
    dummies = [pd.get_dummies(rows[name], drop_first=True, dtype=float) for name in ("product", "store")]
    x = sm.add_constant(pd.concat([rows[["load"]], *dummies], axis=1))
    model = sm.OLS(rows["y"], x).fit(cov_type="cluster", cov_kwds={"groups": rows["day"]})
    own = fit.of("load").iloc[0]
    assert own["effect"] == pytest.approx(model.params["load"], rel=1e-9)
    assert own["se"] == pytest.approx(model.bse["load"], rel=1e-9)
    effects = fit.of("product").set_index("level")["effect"]
    for level in "bcd":
        assert effects[level] - effects["a"] == pytest.approx(model.params[level], rel=1e-9)
    place = fit.table.index[fit.table["factor"] == "product"]
    difference = np.zeros(len(fit.table))
    difference[place[1]], difference[place[0]] = 1, -1
    assert np.sqrt(difference @ fit.covariance @ difference) == pytest.approx(model.bse["b"], rel=1e-9)
    assert fit.predict(rows) == pytest.approx(model.predict(x).to_numpy(), rel=1e-9)
    weights = rows["product"].value_counts(normalize=True)
    assert (effects * weights).sum() == pytest.approx(0, abs=1e-12)


def test_what_was_not_seen_is_taken_at_the_mean_and_what_does_not_vary_is_left_out(rows):
    fit = fit_effects(
        rows.assign(one="all", flat=1.0), rows["y"].to_numpy(), ["product", "one"], ["load", "flat"], "day"
    )
    assert set(fit.table["factor"]) == {"load", "product"} and fit.of("one").empty
    new = pd.DataFrame({"product": ["new", None], "load": [fit.centres["load"]] * 2})
    assert fit.predict(new) == pytest.approx([fit.mean] * 2)


def test_factors_that_say_the_same_still_predict(rows):
    twin = rows.assign(again=rows["product"])
    alone = fit_effects(rows, rows["y"].to_numpy(), ["product"], ["load"], "day").predict(rows)
    both = fit_effects(twin, rows["y"].to_numpy(), ["product", "again"], ["load"], "day").predict(twin)
    assert both == pytest.approx(alone, abs=1e-6)


def test_one_cluster_is_refused(rows):
    with pytest.raises(LuckyError, match="at least 2 of day"):
        fit_effects(rows.assign(day=1), rows["y"].to_numpy(), ["product"], ["load"], "day")
