"""The forecast notebook on a small demo estate: it runs from top to bottom; its headlines follow the rows."""

from __future__ import annotations

import functools

import pytest

from lucky_analytics.errors import LuckyError
from tests import demo_suite
from tests.notebook_said import assert_whole, headlines, names, rows, said_by

NOTEBOOK = "supply_chain/forecast_accuracy"
HEADLINES = {"wape", "skill", "bias", "drift", "mape", "orders_wape"}


def run(parameters=None, **edits):
    return said_by(NOTEBOOK, demo_suite.suite(**edits), **(parameters or {}))


@functools.cache
def usual():
    return run()


def test_every_headline_has_an_interval_its_level_and_a_count():
    assert_whole(usual(), HEADLINES)


def test_the_page_is_complete():
    said = usual()
    assert names(said, "figure") == {
        "stores", "bias_map", "drift", "leads", "weeks", "panels",
    }  # fmt: skip
    assert names(said, "table") == {
        "measures", "tests", "retraining", "worst", "stock_outs", "store_table", "category", "weekday",
        "classes",
    }  # fmt: skip
    measures = rows(said, "measures")
    assert len({row["grain"] for row in measures}) == 2 and len(measures) == 6  # never mixed


def inflated(forecast):
    return forecast.mutate(predicted_quantity=forecast.predicted_quantity * 1.2)


def inflated_late(forecast):
    late = forecast.demand_date >= "2026-01-26"
    return forecast.mutate(predicted_quantity=forecast.predicted_quantity * late.ifelse(1.3, 1.0))


def inflated_orders(forecast):
    return forecast.mutate(predicted_orders=forecast.predicted_orders * 1.5)


@pytest.mark.parametrize(
    ("moved", "edits"),
    [
        ({"wape", "mape", "bias", "skill"}, {"forecasts": inflated}),
        ({"drift"}, {"forecasts": inflated_late}),
        ({"orders_wape"}, {"order_forecasts": inflated_orders}),
    ],
)
def test_a_headline_follows_the_rows(moved, edits):
    before, after = headlines(usual()), headlines(run(**edits))
    for name in moved:
        assert abs(after[name]["value"] - before[name]["value"]) > 0.02, name
    if "bias" in moved:
        expected = 1.2 * (1 + before["bias"]["value"]) - 1
        assert after["bias"]["value"] == pytest.approx(expected, abs=1e-6)
        assert after["orders_wape"]["value"] == pytest.approx(before["orders_wape"]["value"], rel=1e-9)


def test_versions_that_came_after_the_order_do_not_count():
    def only_early(forecast):
        wrong_late = (forecast.available_hour > 12).ifelse(100.0, 1.0)
        return forecast.mutate(predicted_quantity=forecast.predicted_quantity * wrong_late)

    before, after = headlines(usual()), headlines(run(forecasts=only_early))
    assert after["wape"]["value"] == pytest.approx(before["wape"]["value"], rel=1e-9)
    late_too = headlines(run({"order_hour": 24.0}, forecasts=only_early))
    assert late_too["wape"]["value"] > 5 * before["wape"]["value"]


def test_a_stock_out_counts_in_no_measure():
    def none_used(stock):
        used = stock.is_stock_out.ifelse(0.0, stock.consumed_quantity)
        return stock.mutate(consumed_quantity=used)

    said = run(stock=none_used)
    assert headlines(said)["mape"]["n"] == headlines(usual())["mape"]["n"]


def test_one_store_is_enough_and_none_is_one_clear_error():
    one = headlines(run(stock=lambda t: t.filter(t.store_id == "100001")))
    assert 0 < one["wape"]["value"] < 1
    with pytest.raises(
        LuckyError, match="forecast accuracy: expected forecasts in time for days that are over"
    ):
        run(stock=lambda t: t.filter(t.store_id == "nowhere"))


def test_nothing_used_anywhere_has_no_share():
    with pytest.raises(LuckyError, match="drift: expected a store open"):
        run(stock=lambda t: t.mutate(consumed_quantity=t.consumed_quantity * 0))


@pytest.mark.parametrize(("parameter", "value"), [("lead_days", 5), ("weeks", 12), ("order_hour", 20.0)])
def test_a_parameter_changes_its_headline(parameter, value):
    assert headlines(run({parameter: value}))["wape"]["value"] != headlines(usual())["wape"]["value"]
