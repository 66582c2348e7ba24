from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.methods.growth.event_study import estimate_lead_effects
from lucky_analytics.questions.strategy.site_scoring import openings
from tests.unit.methods.growth.test_event_study import fit


def test_checked_openings_are_losses_at_half_a_kilometre():
    table = openings.check_openings(fit())
    effect = estimate_lead_effects(fit())["effect"]
    np.testing.assert_allclose(table["loss"].iloc[1:], 1 - np.exp(effect * np.exp(-0.5)))
    assert (table["low"] < table["loss"]).all() and (table["loss"] < table["high"]).all()


def test_the_ramps_own_row_is_the_loss_of_the_matrix():
    table = openings.check_openings(fit(), km=0.0)
    effect = np.log1p(-table["loss"][0])
    ids = fit().units["unique_id"]
    taken = openings.losses_to(fit(), "s2", ids)
    assert taken.isna().tolist() == (ids == "s2").tolist() and taken.max() < -np.expm1(effect)


@pytest.mark.parametrize(
    ("study", "placebo", "words"),
    [
        ((0.3, 0.1, 0.5), (0.0, -0.1, 0.1), ["confirms", "none beyond chance"]),
        ((0.3, -0.1, 0.5), (0.2, 0.1, 0.3), ["too uncertain", "speaks against"]),
        ((np.nan,) * 3, (np.nan,) * 3, ["Too few openings"]),
    ],
)
def test_the_sentence_says_what_the_study_can_and_cannot(study, placebo, words):
    table = pd.DataFrame([(0.2, 0.1, 0.3), study, placebo], columns=["loss", "low", "high"])
    said = openings.describe_openings(table)
    assert all(word in said for word in words)
