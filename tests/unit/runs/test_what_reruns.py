"""Which notebooks run again after a table or a metric is added or changed: all that use it, and no other."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from lucky_analytics import settings
from lucky_analytics.runs import identity, notebooks
from lucky_analytics.runs.needs import needed_definitions
from lucky_analytics.runs.one_look import one_look
from lucky_analytics.runs.plan import definitions_now

NEW_TABLE = """
TIPS = Conformed(
    name="tips", grain="one row per tip", key=("order_id",), columns={"order_id": Field("string", "text")},
    build=lambda suite: suite.orders.select("order_id"),
)
"""
NEW_METRIC = 'Metric(name="tips", table="orders", expression=lambda order: order.count())'
FILES = {
    "catalog/sales/tips.py": f"from lucky_analytics.catalog.conformed import Conformed, Field\n{NEW_TABLE}",
    "metrics/tips.py": f"from lucky_analytics.metrics.metric import Metric\n\nMETRICS = ({NEW_METRIC},)\n",
}
REVENUE = "whole(order.revenue_cents.sum())"
OF_ORDERS = {"ab_tests", "infrastructure_cost", "acquisition_channels", "anomaly_feed", "ask_lucky",
             "campaign_performance", "capacity_plan",
             "channel_attribution", "churn_cohorts", "competitive_intelligence", "compliance",
             "counted_orders", "coupon_uplift", "customer_360", "executive_briefing", "financial_forecast",
             "forecast_accuracy", "inventory", "kpi_command_center", "launch_predictor", "lifetime_value",
             "machine_fleet",
             "market_hub",
             "menu_engineering", "next_best_action", "par_levels", "payment_fraud", "price_elasticity",
             "production_time", "push_timing", "queue_wait", "recipe_cost", "recommendations",
             "referral_network",
             "revenue_reconciliation", "security_posture",
             "site_scoring", "site_what_if", "social_listening", "staffing", "store_performance",
             "store_profit", "store_ramp_curves",
             "store_week", "suppliers", "tax_compliance", "tenant_audit", "waste",
             "shelf_life"}  # fmt: skip
OF_COSTS = {"ab_tests", "acquisition_channels", "campaign_performance", "channel_attribution",
            "churn_cohorts", "coupon_uplift", "customer_360", "forecast_accuracy", "inventory",
            "lifetime_value", "menu_engineering", "next_best_action", "par_levels",
            "price_elasticity", "push_timing", "queue_wait", "recipe_cost",
            "referral_network", "suppliers",
            "waste",
             "shelf_life"}  # fmt: skip
OF_REVENUE = {"anomaly_feed", "campaign_performance", "executive_briefing", "financial_forecast",
              "machine_fleet", "site_scoring",
              "site_what_if", "store_performance", "store_profit", "store_ramp_curves",
              "store_week"}  # fmt: skip
OF_PAYMENTS = {"anomaly_feed", "compliance", "payment_channels", "revenue_reconciliation"}
OF_FEES = OF_COSTS | OF_PAYMENTS | {"financial_forecast", "store_profit"}
# Its table is built with a function of that file, which counts as it is written.
OF_PLACED_ORDERS = {"capacity_plan", "compliance",
                    "customer_360", "market_hub", "production_time", "revenue_reconciliation",
                    "tenant_audit"}  # fmt: skip
OF_PRODUCTS = {
    "compliance",
    "launch_predictor",
    "menu_engineering",
    "production_time",
    "recipe_cost",
    "recommendations",
    "tax_compliance",
}
OF_KITCHEN = {"site_scoring", "store_ramp_curves"}
OF_MACHINES = {"machine_fleet", "production_time", "store_week", *OF_KITCHEN}
OF_OUTLIERS = {"anomaly_feed", "compliance", "executive_briefing", "machine_fleet", "production_time",
               "queue_wait", "store_performance", *OF_KITCHEN}  # fmt: skip
OF_FORECASTS = {
    "executive_briefing",
    "forecast_accuracy",
    "inventory",
    "par_levels",
    "queue_wait",
    "shelf_life",
    "staffing",
}
OF_CUSTOMERS = {"ab_tests", "acquisition_channels", "anomaly_feed", "campaign_performance",
                "channel_attribution", "churn_cohorts", "coupon_uplift", "customer_360", "executive_briefing",
                "lifetime_value", "next_best_action", "payment_fraud", "push_timing", "queue_wait",
                "recommendations",
                "referral_network", "security_posture", "store_performance"}  # fmt: skip
UNUSED = "catalog/sales/tax_invoice_lines.py"
# A file of the package, what stands in it, what takes its place, and what reruns.
CHANGES = {
    "a new table": ("catalog/sales/tips.py", "", "", set()),
    "a new table beside others": ("catalog/goods/stock.py", "\nSTOCK = ", f"{NEW_TABLE}\nSTOCK = ", set()),
    "a new metric": ("metrics/tips.py", "", "", set()),
    "a new metric beside others": ("metrics/sales.py", "METRICS = (", f"METRICS = ({NEW_METRIC},", set()),
    "a comment": ("catalog/sales/orders.py", "\n\n\n", "\n\n\n# a word\n", OF_PLACED_ORDERS),
    "a table that nobody uses": (UNUSED, "text(line.invoice_id)", "text(line.id)", set()),
    "table forecasts": ("catalog/goods/forecasts.py", "suite.as_of", "suite.until", OF_FORECASTS),
    "table products": ("catalog/sales/products.py", "ONLINE = 4", "ONLINE = 5", OF_PRODUCTS),
    "table customers": ("catalog/customers/customers.py", "suite.as_of", "suite.until", OF_CUSTOMERS),
    "table machines": ("catalog/kitchen/machines.py", "text(", "whole(", OF_MACHINES),
    "table costs": ("catalog/goods/costs.py", '"USD"', '"CAD"', OF_COSTS),
    "table fees": ("catalog/sales/fees.py", "transaction_fee.cast", "total_fee.cast", OF_FEES),
    "table orders": ("catalog/sales/orders.py", "suite.as_of", "suite.until", OF_ORDERS),
    "metric aov": ("metrics/sales.py", "cents an order", "cents each", {"counted_orders"}),
    "metric revenue": ("metrics/sales.py", REVENUE, REVENUE.replace("sum", "max"), OF_REVENUE),
    "a metric that nobody uses": ("metrics/sales.py", "customer_id.nunique()", "count()", set()),
    "a constant of metrics": ("metrics/kitchen.py", "SECONDS = 1800", "SECONDS = 900", OF_OUTLIERS),
}  # fmt: skip


@pytest.fixture(scope="module")
def used():
    """Of each notebook its code cells, and the conformed tables and metrics that they use."""
    here = dataclasses.replace(settings.load(), root=Path(__file__).parents[3])
    cells = {
        notebook.name: [cell.source for cell in notebooks.load(notebook).cells if cell.kind == "code"]
        for notebook in notebooks.list_all(here)
    }
    with one_look():
        return {name: (code, needed_definitions(code)) for name, code in cells.items()}


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """The package where a test may change it."""
    root = tmp_path_factory.mktemp("suite") / "lucky_analytics"
    with pytest.MonkeyPatch.context() as patch:
        shutil.copytree(identity.PACKAGE, root, ignore=shutil.ignore_patterns("__pycache__"))
        patch.setattr(identity, "PACKAGE", root)
        yield root


@pytest.fixture(scope="module")
def before(used, copied):
    return run_ids(used)


def run_ids(used):
    """The run of each notebook that would be the newest one, on tables that stay as they are."""
    facts = {"notebook_hash": "n", "parameters": {}, "tables": {}, "lock": "l"}
    defined = {name: module for _, its_own in used.values() for name, module in its_own.items()}
    with one_look():
        now = definitions_now(defined)
        return {
            notebook: identity.run_id(
                code=identity.code_hash(code), definitions={name: now[name] for name in its_own}, **facts
            )
            for notebook, (code, its_own) in used.items()
        }


@pytest.mark.parametrize("change", CHANGES)
def test_only_the_notebooks_that_use_what_changed_run_again(used, copied, before, change):
    name, old, new, reruns = CHANGES[change]
    file = copied / name
    if not old:
        file.write_text(FILES[name], encoding="utf-8")
        after = run_ids(used)
        file.unlink()
    else:
        source = file.read_text(encoding="utf-8")
        assert old in source
        file.write_text(source.replace(old, new, 1), encoding="utf-8")
        after = run_ids(used)
        file.write_text(source, encoding="utf-8")
    assert {notebook for notebook in before if after[notebook] != before[notebook]} == reruns


def test_what_a_notebook_uses_is_found_without_a_run(used):
    """Tables and metrics that a run of the tutorial, and of an app's question, records."""
    of_shops = {"table orders", "table refunds", "table stores"}
    assert set(used["counted_orders"][1]) == of_shops | {"table excluded", "metric aov", "metric orders"}
    of_sites = {"table accounting_costs", "metric orders", "metric revenue"}
    assert set(used["site_what_if"][1]) == of_shops | of_sites
    of_servers = {"data_readiness", "database_health", "incident_runbooks", "redis_fleet"}
    assert used.keys() == OF_ORDERS | OF_PAYMENTS | of_servers
