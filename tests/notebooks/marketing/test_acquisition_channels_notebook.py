"""The notebook on channels on a small estate: complete, following the rows, agreeing with its neighbours."""

from __future__ import annotations

import functools

import ibis
import pytest

from lucky_analytics.models.acquisition_cost import measure_marketing_cost
from lucky_analytics.models.customer_purchases import load_purchases
from lucky_analytics.models.customer_worth import paid_orders as value
from lucky_analytics.models.registrations import aggregate_registrations
from lucky_analytics.models.second_orders import estimate_second_order
from lucky_analytics.questions.marketing.acquisition_channels import channel_people, funnel, platforms
from lucky_analytics.questions.marketing.churn_cohorts import steps as churn
from tests import demo_suite, null_world
from tests.notebook_said import assert_names_nobody, headlines, names, page_faults, rows, said_by

NOTEBOOK = "marketing/acquisition_channels"
TILES = {"different", "second", "cost", "platforms", "started", "again"}
OTHERS = {"margin", "touched", "most_commission"}
COUNTED = {"different", "cost", "platforms", "touched", "most_commission"}
TABLES = {"channels", "dashboard", "funnel", "naive", "platforms", "months", "comparisons", "mix"}


def run(parameters=None, **edits):
    return said_by(NOTEBOOK, demo_suite.suite(**edits), **(parameters or {}))


@functools.cache
def usual():
    return run()


@functools.cache
def people():
    return channel_people.load_people(demo_suite.suite())


def test_the_page_is_complete_keeps_the_rules_and_names_no_customer():
    said, found = usual(), headlines(usual())
    assert page_faults(said) == [] and set(found) == TILES | OTHERS
    for name, record in found.items():
        assert record["n"] > 0 and "SELECT" in record["sql"]
        if name in COUNTED:
            assert record["low"] is None and (
                "without an interval" in record["note"] or "Counted" in record["note"]
            )
        else:
            assert record["low"] < record["value"] < record["high"], name
    assert names(said, "figure") == {"gaps", "mix", "funnel"} and names(said, "table") == TABLES
    assert all(check["passed"] for check in said["check"])
    assert said["decision"][0]["strength"] == "do not decide on this yet"
    assert_names_nobody(said, demo_suite.suite())
    dashboard = {row["channel"]: row for row in rows(said, "dashboard")}
    assert dashboard["delivery platform"]["n_customers"] == 3
    assert "not people" in dashboard["delivery platform"]["why"]


def changed_orders(order):
    """Android orders bring 12 dollars more, platforms' twice as much; half of the people end in October."""
    is_android, is_platform = order.channel == "android", order.channel == "delivery platform"
    kept = order.filter((order.customer_id.hash() % 2 == 0) | (order.order_date < "2025-10-15"))
    more = ibis.ifelse(is_android, 1200, 0)
    times = ibis.ifelse(is_platform, 2, 1)
    return kept.mutate(
        items_cents=kept.items_cents * times + more, revenue_cents=kept.revenue_cents * times + more
    )


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    file = tmp_path_factory.mktemp("spend") / "spend.csv"
    file.write_text("month,channel,dollars\n2025-12,android,300\n2025-12,ios,8000\n")
    return run(
        {"spend_file": str(file), "commission": 0.3},
        orders=changed_orders,
        accounting_costs=lambda t: t.mutate(cost_cents=t.cost_cents * 3),
        first_touches=lambda t: t.filter(t.touched_through != "search"),
    )


@pytest.mark.parametrize("name", sorted(TILES | OTHERS))
def test_a_headline_follows_the_rows(name, changed):
    before, after = headlines(usual())[name]["value"], headlines(changed)[name]["value"]
    assert abs(after - before) > 0.001 * abs(before)


def test_with_spend_the_page_shows_costs_and_leans_to_a_trial(changed):
    assert page_faults(changed) == []
    costs = {row["channel"]: row for row in rows(changed, "costs")}
    assert (
        costs["android"]["cost"] < costs["ios"]["cost"]
        and costs["android"]["verdict"] == "back within 30 days"
    )
    (decision,) = changed["decision"]
    assert decision["strength"] == "lean" and decision["worth"]["low"] > 0
    assert "spend on iPhone app to Android app" in decision["action"]
    assert (
        "Android app: customers bring in more" in changed["title"][0]["text"]
        or "channels'" in changed["title"][0]["text"]
    )
    assert any("within marketing's bills" in check["name"] for check in changed["check"])
    assert "30 %" in rows(changed, "platforms")[-1]["what"]


def test_where_nothing_was_planted_no_channel_is_called_better():
    said = said_by(NOTEBOOK, null_world.suite(null_world.SMALL))
    assert headlines(said)["different"]["value"] == 0 and page_faults(said) == []
    assert said["title"][0]["text"].startswith("No channel is known")
    assert said["decision"][0]["strength"] == "do not decide on this yet"


def test_the_neighbours_count_the_same_people_and_the_figures_are_entered():
    suite, own = demo_suite.suite(), people()
    registered = aggregate_registrations(suite)
    assert funnel.count_months(own)["n_registered"].tolist() == registered["n_registered"].tolist()
    cost = measure_marketing_cost(suite, own.bought["first_date"])
    assert headlines(usual())["cost"]["value"] == cost["value"]
    said = {(record["what"], record["window"]) for record in usual()["published"]}
    assert ("customers who order again within 60 days", "by 2026-02-13") in said
    assert {"people registered", "marketing bills for a new customer"} <= {what for what, _ in said}


@pytest.mark.full
def test_the_neighbours_count_the_same_cost_margins_and_second_orders():
    suite, own = demo_suite.suite(), people()
    paid = value.load_paid_orders(suite)
    first = paid.rows.loc[paid.rows["is_first"], "order_date"]
    cost = measure_marketing_cost(suite, first)
    assert measure_marketing_cost(suite, own.bought["first_date"]) == cost
    assert own.bought["margin_cents"].sum() == pytest.approx(paid.rows["margin_cents"].sum())
    second = churn.aggregate_second_orders(load_purchases(suite))
    again = estimate_second_order(second).iloc[0]
    assert headlines(usual())["again"]["value"] == pytest.approx(again["again"], abs=1e-12)


def test_people_are_those_of_a_loop_over_orders():
    suite, own = demo_suite.suite(), people()
    order = suite.orders.select(
        "order_id", "customer_id", "ordered_at", "order_date", "channel", "revenue_cents"
    )
    frame = order.execute().sort_values(["customer_id", "ordered_at", "order_id"])
    customer = suite.customers.filter(~suite.customers.is_delivery_account).execute()
    bought = frame[frame["customer_id"].isin(customer["customer_id"])]
    firsts = bought.drop_duplicates("customer_id")
    assert own.bought["first_channel"].value_counts().to_dict() == firsts["channel"].value_counts().to_dict()
    paid = n = 0
    start = dict(zip(firsts["customer_id"], firsts["order_date"], strict=True))
    columns = (bought[name] for name in ("customer_id", "order_date", "revenue_cents"))
    for customer_id, day, cents in zip(*columns, strict=True):
        if (day - start[customer_id]).days <= 90:
            paid, n = paid + cents, n + 1
    assert own.rows["orders_90"].sum() == n and own.rows["paid_90_cents"].sum() == pytest.approx(float(paid))
    touched = set(suite.first_touches.customer_id.execute())
    assert own.rows["touch"].notna().sum() == customer["customer_id"].isin(touched).sum()


def test_platforms_and_people_are_all_orders_and_all_revenue():
    suite = demo_suite.suite()
    found = platforms.measure_platforms(suite)
    assert found.n_orders + people().bought["n_orders"].sum() == suite.orders.count().execute()
    mix = platforms.count_mix(suite)
    assert mix["dollars"].sum() == pytest.approx(suite.orders.revenue_cents.sum().execute() / 100)
    assert mix.groupby("month")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert 0 < found.margin < found.value and found.most_commission == pytest.approx(
        found.margin / found.value
    )


NOTHING = ibis.literal(False)
UNKNOWN = {
    "nobody has ordered": ({"orders": lambda t: t.filter(NOTHING)}, None, "No customer has ordered yet"),
    "only delivery accounts": (
        {"customers": lambda t: t.filter(t.is_delivery_account)}, None, "No customer has ordered yet",
    ),
    "before the first row": ({}, "2025-06-01", "No customer has ordered yet"),
    "no cost is known": (
        {"costs": lambda t: t.filter(NOTHING)}, None, "What customers bring in is not known",
    ),
    "two weeks old": ({}, "2025-07-14", "Channels cannot be compared yet"),
    "all zeros": (
        {"orders": lambda t: t.mutate(items_cents=ibis.literal(0), revenue_cents=ibis.literal(0))}, None,
        "No channel is known to bring better customers than another",
    ),
}  # fmt: skip


@pytest.mark.full
@pytest.mark.parametrize("case", UNKNOWN)
def test_what_cannot_be_known_ends_the_page_with_what_is(case):
    edits, as_of, finding = UNKNOWN[case]
    said = said_by(NOTEBOOK, demo_suite.suite(as_of=as_of, **edits))
    assert said["title"][0]["text"] == finding and page_faults(said) == []
    assert said["decision"][0]["strength"] == "do not decide on this yet"


@pytest.mark.full
def test_one_store_no_touches_no_ledger_and_other_days():
    one = run(
        {"days": 45},
        orders=lambda t: t.filter(t.store_id == "100001"),
        first_touches=lambda t: t.filter(NOTHING),
        accounting_costs=lambda t: t.filter(NOTHING),
    )
    assert page_faults(one) == [] and headlines(one)["cost"]["value"] is None
    assert headlines(one)["touched"]["value"] == 0 and "is not recorded" in one["answer"][0]["text"]
    assert not any(row["label"].startswith("First touch") for row in rows(one, "channels"))
