"""The pages of one demo estate print one value for one figure and decide nothing against each other."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import ibis
import pandas as pd
import pytest
from ibis import _

from lucky_analytics.models import coupon_withdrawals
from lucky_analytics.publish.agreement import find_disagreements
from lucky_analytics.publish.shelf import Run
from tests import demo_suite
from tests.example_runs import RECORD
from tests.notebook_said import headlines, rows, said_by

NOTEBOOKS = (
    "finance/financial_forecast",
    "finance/store_profit",
    "finance/payment_channels",
    "finance/revenue_reconciliation",
    "marketing/ab_tests",
    "marketing/acquisition_channels",
    "marketing/channel_attribution",
    "marketing/churn_cohorts",
    "marketing/campaign_performance",
    "marketing/coupon_uplift",
    "marketing/customer_360",
    "marketing/lifetime_value",
    "marketing/next_best_action",
    "marketing/push_timing",
    "marketing/referral_network",
    "marketing/social_listening",
    "operations/machine_fleet",
    "supply_chain/inventory",
    "supply_chain/par_levels",
    "operations/production_time",
    "operations/queue_wait",
    "operations/staffing",
    "operations/store_performance",
    "operations/store_ramp_curves",
    "operations/store_week",
    "platform/anomaly_feed",
    "product/launch_predictor",
    "product/menu_engineering",
    "product/price_elasticity",
    "product/recommendations",
    "strategy/competitive_intelligence",
    "strategy/executive_briefing",
    "strategy/kpi_command_center",
    "strategy/site_scoring",
    "strategy/site_what_if",
    "supply_chain/forecast_accuracy",
    "supply_chain/shelf_life",
    "supply_chain/waste",
)

CHANCE_TELLS = ("campaign_performance", "coupon_uplift")


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
    assert "product/recommendations" in entered
    assert {"finance/payment_channels", "finance/revenue_reconciliation"} <= set(entered)
    assert {"operations/production_time", "strategy/kpi_command_center"} <= set(entered)
    assert "operations/queue_wait" in entered
    assert "operations/machine_fleet" in entered
    assert {"marketing/churn_cohorts", "marketing/customer_360", "marketing/lifetime_value"} <= set(entered)
    figures = {run.notebook: {each["what"] for each in run.results["published"]} for run in runs}
    shared = figures["marketing/customer_360"]
    assert {"people registered", "people who never ordered"} <= shared & figures["marketing/churn_cohorts"]
    assert "active customers with a score of 70 or more" in shared & figures["marketing/churn_cohorts"]
    assert "customers of the class VIP" in shared & figures["marketing/lifetime_value"]
    assert {"marketing/acquisition_channels", "marketing/lifetime_value"} <= set(entered)
    channels = figures["marketing/acquisition_channels"]
    assert {"people registered", "people who order within 30 days of registering"} <= channels & shared
    assert "people registered" in figures["marketing/push_timing"]
    assert "customers who order again within 60 days" in channels & figures["marketing/churn_cohorts"]
    added = "margin that an experiment's treatment adds to a customer"
    assert added in figures["marketing/ab_tests"]
    coupons = figures["marketing/next_best_action"] & figures["marketing/coupon_uplift"]
    assert (
        "margin of weekly coupons against nothing off" in coupons & figures["marketing/campaign_performance"]
    )
    assert "marketing bills for a new customer" in channels & figures["marketing/campaign_performance"]
    assert find_disagreements(runs) == []


@pytest.mark.full
def test_the_briefing_tells_every_store_that_the_page_of_the_stores_lists():
    suite = demo_suite.suite(
        orders=lambda order: order.filter(~(_is_today(order.order_date) & _drops(order, "100057"))),
        production=lambda ticket: ticket.mutate(
            production_seconds=_.production_seconds
            * ibis.ifelse(_is_today(_.production_date) & (_.store_id != "100057"), 6, 1)
        ),
    )
    stores, briefing = (
        said_by(name, suite) for name in ("operations/store_performance", "strategy/executive_briefing")
    )
    off = {(row["store_name"], row["label"]) for row in rows(stores, "ranges") if row["state"] == "off"}
    events = [row for row in rows(stores, "events") if str(row["ds"])[:10] == "2026-02-13"]
    told = {(row["where"], row["what"]) for row in rows(briefing, "things") if row["where"] != "All stores"}
    assert len(events) > 1 and {store for store, _label in told} == {row["store_name"] for row in events}
    assert off <= told
    assert headlines(stores)["off"]["value"] == len({store for store, _label in off})
    assert all(label in row["what"] for row in events for store, label in told if store == row["store_name"])


def _is_today(date):
    return date == ibis.date(2026, 2, 13)


def _drops(order, store):
    return (order.store_id == store) & (order.order_id.hash() % 5 != 0)


def test_no_page_gives_a_coupon_that_another_withdraws():
    """The stances that the pages on prices and on the next action take, held against each other by depth."""
    depth = coupon_withdrawals.name_coupon(0.5)
    frame = pd.DataFrame({"depth": [0.1, 0.5], "gain_low": [-9.0, 2.0], "gain_high": [1.0, 8.0]})
    prices = coupon_withdrawals.list_coupon_stances(frame)
    assert prices[depth] == "withdraw"

    def judge(given):
        runs = [
            Run(
                Path(),
                dataclasses.replace(RECORD, notebook=name),
                {"published": [], "decision": [{"on": on}]},
            )
            for name, on in (("price_elasticity", prices), ("next_best_action", given))
        ]
        return find_disagreements(runs)

    assert judge({coupon_withdrawals.name_coupon(0.1): "give"}) == []
    assert len(judge({depth: "give"})) == 1


@pytest.mark.full
def test_what_a_discount_adds_is_one_number_on_the_pages_on_campaigns_and_on_uplift():
    suite = demo_suite.suite()
    campaigns, uplift = (headlines(said_by(f"marketing/{name}", suite)) for name in CHANCE_TELLS)
    for own, other in (("added", "margin"), ("credited", "credited")):
        assert campaigns[own]["value"] == uplift[other]["value"]
        assert campaigns[own]["low"] == uplift[other]["low"]
