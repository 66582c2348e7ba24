"""Worlds in which one thing is at an extreme: every page comes, with an answer and finite numbers."""

from __future__ import annotations

import math

import pytest

from tests import planted_world
from tests.notebook_said import said_by

NOTEBOOKS = ["finance/financial_forecast", "finance/store_profit",
             "finance/payment_channels", "finance/payment_fraud",
             "finance/revenue_reconciliation", "marketing/churn_cohorts",
             "marketing/ab_tests", "marketing/acquisition_channels", "marketing/campaign_performance",
             "marketing/channel_attribution",
             "marketing/coupon_uplift",
             "marketing/customer_360",
             "marketing/lifetime_value", "marketing/next_best_action", "marketing/push_timing",
             "marketing/referral_network", "marketing/social_listening",
             "operations/production_time", "operations/queue_wait", "operations/staffing",
             "operations/machine_fleet",
             "operations/store_performance", "operations/store_ramp_curves", "operations/store_week",
             "platform/anomaly_feed", "platform/ask_lucky", "platform/compliance",
             "platform/capacity_plan", "platform/data_readiness", "platform/database_health",
             "platform/incident_runbooks", "platform/market_hub",
             "platform/infrastructure_cost", "platform/redis_fleet",
             "platform/security_posture", "platform/tenant_audit",
             "product/launch_predictor", "product/menu_engineering", "product/price_elasticity",
             "product/recipe_cost", "product/recommendations",
             "strategy/competitive_intelligence", "strategy/executive_briefing",
             "strategy/kpi_command_center", "strategy/site_scoring", "strategy/site_what_if",
             "supply_chain/forecast_accuracy", "supply_chain/inventory", "supply_chain/par_levels",
             "supply_chain/shelf_life", "supply_chain/suppliers", "supply_chain/waste"]  # fmt: skip
CLOSED = {"store": "28th & 6th", "date": "2026-01-05", "until": "2026-02-13", "orders": 0.05}
WORLDS = {
    "sisters take most, and nothing else acts": ({"cannibalisation": {"weight": -0.9}}, "cannibalisation"),
    "sisters take nothing": ({"cannibalisation": {"weight": 0.0}}, None),
    "ramps all equal, and nothing else acts": ({"ramp": {"plateau_sd": 0.0, "hump": 0.0}}, "ramp"),
    "a store all but closed": ({"anomalies": {"closed": CLOSED}}, None),
}


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("notebook", NOTEBOOKS)
@pytest.mark.parametrize("world", WORLDS)
def test_every_page_comes(world, notebook):
    planted, only = WORLDS[world]
    said = said_by(notebook, planted_world.suite(planted, 0.05, only=only))
    assert len(said["answer"]) == 1 and len(said["decision"]) == 1
    texts = [record["text"] for kind in ("answer", "decision", "caveat") for record in said.get(kind, [])]
    assert not [text for text in texts if "nan" in text.split() or "inf" in text.split()]
    for record in said.get("headline", []):
        ends = [record[end] for end in ("low", "value", "high") if record[end] is not None]
        assert all(map(math.isfinite, ends)) and ends == sorted(ends), record["name"]
