"""The pages of one demo estate print one value for one figure and decide nothing against each other."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lucky_analytics.publish.agreement import find_disagreements
from lucky_analytics.publish.shelf import Run
from tests import demo_suite
from tests.example_runs import RECORD
from tests.notebook_said import said_by

NOTEBOOKS = (
    "finance/payment_channels",
    "finance/revenue_reconciliation",
    "operations/store_performance",
    "operations/store_ramp_curves",
    "operations/store_week",
    "product/menu_engineering",
    "product/price_elasticity",
    "strategy/site_scoring",
    "strategy/site_what_if",
)


@pytest.mark.full
def test_no_two_pages_contradict_each_other():
    runs = []
    for notebook in NOTEBOOKS:
        said = said_by(notebook, demo_suite.suite())
        results = {"published": said.get("published", []), "decision": said["decision"]}
        runs.append(Run(Path(), dataclasses.replace(RECORD, notebook=notebook), results))
    entered = [run.notebook for run in runs if run.results["published"]]
    assert {"operations/store_ramp_curves", "strategy/site_scoring"} <= set(entered)
    assert {"product/menu_engineering", "product/price_elasticity"} <= set(entered)
    assert {"finance/payment_channels", "finance/revenue_reconciliation"} <= set(entered)
    assert find_disagreements(runs) == []
