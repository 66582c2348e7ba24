"""Kaplan-Meier, log-rank and Cox on the 6-MP trial: remission of 42 children with leukaemia, in weeks.

Source: Freireich et al. (1963), Blood 21; analysed in Gehan (1965) and Cox (1972). S at 6, 10 and 23 weeks,
chi-squared and the Efron estimate as every textbook prints them.
"""

from __future__ import annotations

import pandas as pd
import pytest

from lucky_analytics.methods.customers.cox import fit_cox
from lucky_analytics.methods.customers.hazard import fit_hazard
from lucky_analytics.methods.customers.survival import compare_survival, estimate_survival

RELAPSE_6MP = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED_6MP = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
RELAPSE_CONTROL = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
ROWS = [(0, t, 1, 0) for t in RELAPSE_6MP] + [(0, t, 0, 1) for t in CENSORED_6MP]
ROWS += [(1, t, 1, 0) for t in RELAPSE_CONTROL]
TRIAL = pd.DataFrame(ROWS, columns=["is_control", "duration", "n_event", "n_censored"])


def test_kaplan_meier():
    curve = estimate_survival(TRIAL[TRIAL["is_control"] == 0]).set_index("duration")["survival"]
    assert curve.loc[[6, 10, 23]].tolist() == pytest.approx([0.857, 0.753, 0.448], abs=6e-4)


def test_log_rank():
    assert compare_survival(TRIAL, "is_control").chi2 == pytest.approx(16.793, abs=6e-4)


def test_cox_with_efron_ties():
    spans = TRIAL.assign(start=0, stop=TRIAL["duration"])
    assert fit_cox(spans, ["is_control"])["log_ratio"][0] == pytest.approx(1.5721, abs=6e-5)


def test_discrete_hazards_agree_with_cox():
    # Weeks as intervals: the same trial, cell by cell. The estimators differ in how they treat ties.
    cells = [
        (week, arm, int((own >= week).sum()), int(((own == week) & (rows["n_event"] == 1)).sum()))
        for arm, rows in TRIAL.groupby("is_control")
        for own in [rows["duration"]]
        for week in range(1, 36)
    ]
    frame = pd.DataFrame(cells, columns=["interval", "is_control", "n_at_risk", "n_event"])
    ratio = fit_hazard(frame, ["is_control"])
    assert ratio["log_ratio"][0] == pytest.approx(1.5721, abs=0.15)
    assert ratio["se"][0] == pytest.approx(0.4124, rel=0.05)
