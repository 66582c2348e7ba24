"""Which tables a notebook needs, and that it is refused by their names before a kernel starts."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lucky_analytics import report_record, settings
from lucky_analytics.catalog import TABLES
from lucky_analytics.errors import SnapshotError
from lucky_analytics.runs import batch, execute, notebooks, optional
from lucky_analytics.runs.needs import needed_tables, require_tables
from tests import demo_suite, estate_rows
from tests.notebook_cells import OPENING, write_notebook

ROOT = Path(__file__).parents[3]
TRADES = {"luckyus_sales_payment.t_trade"}
ORDER_TABLES = {
    "luckyus_sales_order.t_order",
    "luckyus_sales_order.t_order_amount",
    "luckyus_sales_order.t_order_item",
    "luckyus_opshop.t_shop_info",
}
COUNTS = "n = int(suite.{}.count().execute())"
SAYS = 'report.headline("n", "Rows", n, unit="rows", n=1, n_of="x")'


@pytest.mark.parametrize(
    ("code", "tables"),
    [
        ("suite.orders", ORDER_TABLES),
        ('suite.table("stores")', {"luckyus_opshop.t_shop_info"}),
        ('raw = suite.source("opshop")\nraw.t_shop_info', {"luckyus_opshop.t_shop_info"}),
        ("suite.all_orders", {"luckyus_opshop.t_shop_info", "luckyus_sales_order.t_order"}),
        ('suite.optional("refunds")', set()),
        ('report.table(frame, "orders", "A table of that name on the page")', set()),
        ("from lucky_analytics import metrics\nmetrics.aggregate(suite, ['aov'], by=[])", ORDER_TABLES),
        ("from lucky_analytics.questions.tutorial.counted_orders import steps", set()),
        (
            "from lucky_analytics.questions.tutorial.counted_orders.steps import (\n"
            "    estimate_naive_value as naive)\n"
            "from lucky_analytics.questions.tutorial.counted_orders import steps\n"
            "steps.estimate_naive_value(suite)",
            {"luckyus_sales_order.t_order"},
        ),
        ("%matplotlib inline\nthis is no Python", set()),
        ("suite.as_of\nsuite.no_such_table", set()),
    ],
)
def test_tables_are_found_through_functions_metrics_and_conformed_tables(code: str, tables: set[str]):
    assert needed_tables([code]) == tables


def test_every_notebook_of_the_suite_reads_without_payments_what_it_can():
    here = dataclasses.replace(settings.load(), root=ROOT)
    needs = {
        notebook.name: needed_tables(
            [cell.source for cell in cells if not optional.section_of(cell.tags)],
            among=[cell.source for cell in cells],
        )
        for notebook in notebooks.list_all(here)
        for cells in [[cell for cell in notebooks.load(notebook).cells if cell.kind == "code"]]
    }
    assert needs["counted_orders"] == needs["store_week"] == needs["kpi_command_center"] == ORDER_TABLES
    every_order = needs.pop("revenue_reconciliation")  # those of any currency, too, which have no amounts
    of_any = {"luckyus_opshop.t_shop_info", "luckyus_sales_order.t_order"}
    assert every_order == needs.pop("payment_channels") == of_any | TRADES
    assert needs.pop("market_hub") == of_any
    assert needs.pop("production_time") == of_any | {  # orders tell whose a ticket is, customers too
        "luckyus_opproduction.t_commodity", "luckyus_opproduction.t_production",
        "luckyus_sales_crm.t_user", "luckyus_scm_commodity.t_commodity_base_info",
    }  # fmt: skip
    assert needs.pop("suppliers") == {  # what late deliveries lose needs orders, too, and is a section
        f"luckyus_scm_purchase.t_{name}" for name in ("purchase_order", "purchase_order_item", "ship_order")
    }
    servers = {"telemetry.instance_metrics", "telemetry.instances"}  # of which orders say nothing
    assert needs.pop("database_health") == servers
    assert needs.pop("capacity_plan") == servers | of_any  # the cloud's bill is asked for where it is
    assert needs.pop("incident_runbooks") == set()  # a file, and whether servers answer is a section
    of_cloud = {f"cloud.{name}" for name in ("cost_days", "ec2_days", "ec2_instances")}
    assert needs.pop("infrastructure_cost") == of_cloud
    # What a page can do without (samples of keys, the bill) is asked for as optional.
    assert needs.pop("redis_fleet") == servers
    assert needs.pop("data_readiness") == set()  # what is lacking is what it is about
    assert all(tables >= ORDER_TABLES for tables in needs.values())
    of_payments = {name for name, tables in needs.items() if tables >= TRADES}
    assert of_payments == {
        "menu_engineering",
        "price_elasticity",
        "churn_cohorts",
        "compliance",
        "customer_360",
        "lifetime_value",
        "next_best_action",
        "coupon_uplift",
        "campaign_performance",
        "acquisition_channels",
        "channel_attribution",
        "push_timing",
        "queue_wait",
        "recipe_cost",
        "referral_network",
        "payment_fraud",
        "ab_tests",
    }


def test_a_notebook_that_lacks_tables_is_refused_before_a_kernel_and_the_others_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    here = estate_rows.checkout(tmp_path)
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    manifest = estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    lacking = ("luckyus_sales_payment.", "luckyus_sales_crm.")
    tables = {name: entry for name, entry in manifest.tables.items() if not name.startswith(lacking)}
    assert len(tables) < len(manifest.tables)
    dataclasses.replace(manifest, tables=tables).write(manifest.folder)
    folder = here.notebooks_dir / "operations"
    for name, table in {"orders": "orders", "payments": "payments", "customers": "customers"}.items():
        write_notebook(folder / f"{name}.ipynb", OPENING, COUNTS.format(table), SAYS)

    outcomes = {outcome.notebook: outcome for outcome in batch.run_notebooks([], here)}
    assert {name: outcome.action for name, outcome in outcomes.items()} == {
        "orders": "ran",
        "payments": "waits",
        "customers": "waits",
    }
    assert "luckyus_sales_payment.t_trade" in outcomes["payments"].reason
    assert "luckyus_sales_crm.t_user" in outcomes["customers"].reason
    assert outcomes["payments"].record.peak_mib == 0  # no kernel was started

    manifest.write(manifest.folder)  # the payments are there again
    again = {outcome.notebook: outcome for outcome in batch.run_notebooks([], here)}
    assert {name: outcome.action for name, outcome in again.items()} == dict.fromkeys(again, "ran")
    assert "luckyus_sales_payment.t_trade" in again["orders"].reason


def test_a_snapshot_with_every_table_is_not_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    here = estate_rows.checkout(tmp_path)
    manifest = estate_rows.take_snapshot(here, {})
    require_tables(["suite.orders"], manifest)
    few = dataclasses.replace(manifest, tables={})
    with pytest.raises(SnapshotError, match=r"t_order, .*t_order_amount"):
        require_tables(["suite.orders"], few)
    assert execute.find_missing is optional.find_missing


def test_what_a_conformed_table_reads_is_found_without_building_it(monkeypatch: pytest.MonkeyPatch):
    """Of one that makes a name while it runs nobody would know what it waits for."""
    unfound = {}
    for name in demo_suite.conformed():
        read: set[str] = set()
        monkeypatch.setattr(report_record, "record_read", lambda table, _hash, read=read: read.add(table))
        TABLES[name].build(demo_suite.suite())
        found = needed_tables([f'suite.table("{name}")'], with_optional=True)
        if read - found:
            unfound[name] = read - found
    assert unfound == {}
