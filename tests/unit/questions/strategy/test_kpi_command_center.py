"""Figures of the chain on rows made for it: windows against a loop, targets, the tree, each sentence."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.metrics import REGISTRY
from lucky_analytics.questions.strategy.kpi_command_center import (
    figure_targets,
    kpi_checks,
    one_way,
    run_texts,
    steps,
    texts,
    views,
    weeks,
)
from tests import demo_suite

NO_STATES = pd.DataFrame({"unique_id": pd.Series(dtype=str), "value": pd.Series(dtype=float)})


def by_week(**series):
    parts = [
        pd.DataFrame({"unique_id": name, "ds": pd.date_range("2025-08-01", periods=len(y), freq="7D"), "y": y,
                      "scale": weeks.scale_of(REGISTRY[name])})
        for name, y in series.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def steady(last=None, size=100.0, n=26, seed=1):
    y = size * np.exp(np.random.default_rng(seed).normal(0, 0.02, n))
    return y if last is None else np.append(y[:-1], last)


@pytest.fixture(scope="module")
def suite():
    return demo_suite.suite()


@pytest.fixture(scope="module")
def measured(suite):
    return weeks.measure_weeks(suite, 8)


def test_windows_are_those_of_a_loop_over_the_orders(suite, measured):
    found, lacking = measured
    assert lacking == {}
    orders = suite.orders.select("order_date", "revenue_cents", "customer_id").execute()
    dates = pd.to_datetime(orders["order_date"])
    for until, own in found[found["unique_id"].isin(["orders", "revenue", "active_customers"])].groupby("ds"):
        rows = orders[(dates <= until) & (dates > until - pd.Timedelta(days=7))]
        values = own.set_index("unique_id")["y"]
        assert values["orders"] == len(rows) and values["revenue"] == rows["revenue_cents"].sum()
        assert values["active_customers"] == rows["customer_id"].nunique()
    assert found["ds"].max() == pd.Timestamp(suite.as_of) and found["ds"].nunique() == 8


def test_days_and_months_are_those_of_a_loop_too(suite):
    dates = pd.to_datetime(suite.orders.order_date.execute())
    days = weeks.measure_days(suite, 5)
    own = days[days["unique_id"] == "orders"].set_index("ds")["y"]
    assert own.to_dict() == {day: (dates == day).sum() for day in pd.date_range(end=suite.as_of, periods=5)}
    months = weeks.measure_months(suite, 9)
    by_month = months[months["unique_id"] == "orders"].set_index("ds")["y"]
    assert by_month.to_dict() == dates.dt.to_period("M").dt.start_time.value_counts().to_dict()
    assert by_month.index.max() == pd.Timestamp("2026-02-01") and len(by_month) == 9


def test_orders_elsewhere_are_those_that_pages_of_stores_leave_out(suite):
    orders = suite.orders.select("order_date", "is_trading_store").execute()
    recent = pd.to_datetime(orders["order_date"]) > pd.Timestamp(suite.as_of) - pd.Timedelta(days=7)
    assert weeks.count_elsewhere(suite) == (recent & ~orders["is_trading_store"]).sum() > 0


def test_members_add_up_to_the_chain(suite, measured):
    members = weeks.measure_members(suite, 4)
    total = measured[0].set_index(["unique_id", "ds"])["y"].loc[("revenue", pd.Timestamp(suite.as_of))]
    for dimension in ("store", "channel"):
        own = members[(members["metric"] == "revenue") & (members["dimension"] == dimension)]
        assert own["value"].sum() == total
    names = set(suite.stores.store_name.execute())
    assert set(members.loc[members["dimension"] == "store", "member"]) <= names
    shown = views.show_members(members)
    assert shown.loc[shown["metric"] == "revenue", "value"].sum() == pytest.approx(
        members.loc[members["metric"] == "revenue", "value"].sum() / 100
    )


def test_a_table_that_is_missing_costs_its_metrics_alone(suite, monkeypatch):
    bare = demo_suite.suite()
    kept = bare.snapshot.tables.pop("luckyus_sales_payment.t_channel_fee")
    try:
        found, lacking = weeks.measure_weeks(bare, 2)
    finally:
        bare.snapshot.tables["luckyus_sales_payment.t_channel_fee"] = kept
    assert list(lacking) == ["fee_rate"] and "t_channel_fee" in lacking["fee_rate"]
    assert "orders" in set(found["unique_id"])
    checks = kpi_checks.check_figures(found, lacking, {})
    assert checks.set_index("name")["passed"].tolist() == [True, False, True]


def test_a_planted_fall_is_unusual_and_one_that_fills_later_is_not_compared():
    rows = by_week(
        revenue=steady(60.0), aov=steady(seed=2), orders=steady(seed=3),
        repeat_customer_share=np.append(steady(size=0.3), 0.05), machines_online_share=[],
    )  # fmt: skip
    rows = rows[rows["unique_id"] != "machines_online_share"]
    states = pd.DataFrame({"unique_id": ["machines_online_share"], "value": [0.43]})
    judged = steps.judge_metrics(rows, states, {}).set_index("unique_id")
    assert judged["state"].to_dict() == {
        "revenue": "unusual", "aov": "usual", "orders": "usual",
        "repeat_customer_share": "still filling", "machines_online_share": "as it stands",
    }  # fmt: skip
    assert judged.loc["revenue", "way"] == "worse"
    counts = views.count_metrics(judged)
    assert (counts["unusual"], counts["judged"], counts["worse"]) == (1, 3, 1)
    distances = views.show_distances(judged.reset_index())
    assert distances.iloc[0][["unique_id", "kind"]].tolist() == ["revenue", "worse"]
    shown = views.show_metrics(judged.reset_index()).set_index("unique_id")
    assert shown.loc["revenue", "said_state"] == "unusual" and shown.loc["aov", "said_value"].startswith("$")
    out = judged.assign(value=judged["value"].mask(judged.index == "aov", 2 * judged["usual_high"]))
    said = views.show_metrics(out.reset_index()).set_index("unique_id")["said_state"]
    assert said["aov"] == views.BY_CHANCE and said["orders"] == "usual"  # no row beyond its range is "usual"
    assert distances.iloc[0]["distance"] < -1 and distances["distance"].iloc[1:].abs().max() < 1.5


def test_the_picture_of_all_counts_figures_at_their_ends():
    rows = pd.DataFrame(
        [("a", 1), ("a", 2), ("a", 3), ("a", 4), ("b", 4), ("b", 3), ("b", 2), ("b", 1), ("c", 1), ("c", 3),
         ("c", 0), ("c", 2)], columns=["unique_id", "y"]
    )  # fmt: skip
    rows["ds"] = pd.Timestamp("2026-01-04") + pd.to_timedelta(
        7 * rows.groupby("unique_id").cumcount(), unit="D"
    )
    assert texts.name_weeks(rows) == "Of 3 figures 1 stand at their highest of 4 weeks, 1 at their lowest"
    assert "too few weeks" in texts.name_weeks(rows[rows["ds"] < "2026-01-20"])


def test_in_a_year_of_quiet_weeks_false_alarms_are_as_rare_as_stated():
    """40 chains of 12 figures: one page in 28 may have one; 6 of 40 come once in 500 times."""
    names = [name for name, metric in REGISTRY.items() if metric.date and not metric.fills_later][:12]
    false = 0
    for seed in range(40):
        rows = by_week(
            **{name: steady(seed=100 * seed + place, size=0.5) for place, name in enumerate(names)}
        )
        false += bool((steps.judge_metrics(rows, NO_STATES, {})["state"] == "unusual").any())
    assert false < 6


def test_the_tree_adds_up_to_the_change_of_revenue():
    draws = np.random.default_rng(4)
    orders, customers = (draws.integers(*ends, 5).astype(float) for ends in ((900, 1100), (600, 700)))
    rows = by_week(
        orders=orders,
        active_customers=customers,
        revenue=orders * draws.uniform(450, 520, 5),
        items_per_order=draws.uniform(1.1, 1.3, 5),
        discount_rate=draws.uniform(0.3, 0.5, 5),
    )
    tree = steps.split_revenue(rows)
    revenue = rows.loc[rows["unique_id"] == "revenue", "y"].to_numpy()
    before = np.exp(np.log(revenue[:4]).mean())
    assert tree["cents"].sum() == pytest.approx(revenue[4] - before)
    assert tree["after"].prod() == pytest.approx(revenue[4])
    assert steps.split_revenue(rows.iloc[1:]).empty  # a week lacks its orders
    assert texts.describe_tree(steps.split_revenue(rows.iloc[1:])).startswith("Revenue cannot be split")
    assert texts.describe_tree(tree).startswith(f"Revenue {'rose' if revenue[4] > before else 'fell'} by $")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("revenu: {at_most: 1}", "revenue"),
        ("revenue: 5", "at_least or at_most"),
        ("revenue: {at_most: 1, at_least: 2}", "at_least and at_most"),
        ("revenue: {source: me}", "neither"),
        ("revenue: {at_most: much}", "a number"),
        ("revenue: {at_mots: 1}", "at_most"),
        ("revenue: [", "YAML"),
    ],
)
def test_a_mistaken_target_costs_itself_and_is_named(text, says):
    good, wrong = figure_targets.read_targets("orders: {at_least: 10}\n" + text)
    (error,) = wrong.values()
    assert says in str(error) and "\n" not in str(error)
    assert "orders" in good or "YAML" in says
    assert not kpi_checks.check_figures(by_week(orders=[1.0]), {}, wrong)["passed"].iloc[0]


@pytest.mark.parametrize(("value", "met"), [(180.0, "met"), (180.1, "missed"), (None, "nothing measured")])
def test_a_value_that_is_its_target_meets_it(value, met):
    assert figure_targets.judge(figure_targets.Target("production_seconds", 180.0, False, ""), value) == met
    floor = figure_targets.Target("fulfilment_rate", 180.0, True, "")
    assert figure_targets.judge(floor, value) == ("met" if value else "nothing measured")


def counts(**given):
    return {"unusual": 0, "judged": 20, "outside": 0, "worse": 0, "missed": 0, "targets": 1} | given


USUAL = "No figure left its usual weeks beyond chance"
EARLY = "Too few weeks to say whether any figure is unusual"


@pytest.mark.parametrize(
    ("given", "missed", "title", "answer"),
    [
        ({}, "", USUAL, "by more than chance among so many."),
        ({"outside": 1}, "Time", f"Time misses its target; n{USUAL[1:]}", "by more than chance"),
        ({"unusual": 1, "worse": 1}, "Time",
         "One figure moved more than weeks usually do; time misses its target", "the wrong way"),
        ({"unusual": 2}, "", "{unusual:value} moved more than weeks usually do",
         "Nothing unusual moved the wrong way"),
        ({"unusual": 3, "worse": 1}, "Time,Fees",
         "{unusual:value} moved more than weeks usually do; {missed:value} are missed", "before."),
        ({"judged": 0}, "", EARLY, "not known yet"),
        ({"judged": 0}, "Time", f"{EARLY}; time misses its target", "not known yet"),
    ],
)  # fmt: skip
def test_title_and_answer_say_no_more_than_the_counts(given, missed, title, answer):
    said = texts.name_finding(counts(**given), [name for name in missed.split(",") if name])
    assert said == title and len(said.split()) <= 14
    assert answer in texts.describe_answer(counts(**given), True)
    assert "{revenue_change:value}" not in texts.describe_answer(counts(**given), False)


def judged(**series):
    return steps.judge_metrics(by_week(**series), NO_STATES, {})


def test_the_decision_follows_what_is_unusual_then_what_misses_its_target():
    fallen = texts.decide(judged(revenue=steady(60.0)))
    assert (
        fallen.owner == "Finance" and "look into revenue" in fallen.action and fallen.strength.word == "lean"
    )
    better = texts.decide(judged(revenue=steady(160.0)))
    assert better.action == "go on as before" and better.strength.word == "do not decide on this yet"
    limit = {"production_seconds": figure_targets.Target("production_seconds", 180.0, False, "")}
    slow = steps.judge_metrics(by_week(production_seconds=steady(size=200.0)), NO_STATES, limit)
    assert "whether the target of production time stays" in texts.decide(slow).action
    assert texts.decide(slow).on == {"target of production time": "wait"}
    assert views.show_metrics(slow)["target"].iloc[0] == 3.0  # minutes
    sparks = views.show_sparks(by_week(production_seconds=steady(size=200.0)), slow)
    assert sparks["target"].unique().tolist() == [3.0] and sparks["y"].between(3, 4).all()


def test_names_of_pictures_and_tables_follow_the_rows():
    assert texts.name_distances(judged(revenue=steady())).startswith("No figure left its usual weeks")
    assert texts.name_distances(judged(revenue=steady(60.0))).startswith("Revenue moved more")
    many = judged(revenue=steady(60.0), orders=steady(50.0, seed=2), aov=steady(40.0, seed=3))
    assert "and 1 more moved" in texts.name_distances(many)
    members = pd.DataFrame(
        {"metric": "revenue", "dimension": "store", "member": ["A", "B"], "value": [100.0, 50.0]}
    ).assign(before=[100.0, 100.0], change=[0.0, -50.0], is_new=False)
    assert texts.name_members(members).endswith("B changed most in revenue, −50 %")
    assert texts.name_members(members.iloc[:0]) == "By store, channel and category"
    new = members.assign(before=[100.0, 1.0], change=[0.0, 49.0], is_new=[False, True])
    assert texts.name_members(new).endswith("B is new in revenue")


def test_what_is_usual_is_said_only_where_it_is_known():
    known = judged(revenue=steady()).set_index("unique_id")
    assert texts.describe_usual(known, "revenue", 0.95).startswith("95 % of weeks move by −")
    few = judged(revenue=steady(n=5)).set_index("unique_id")
    assert texts.describe_usual(few, "revenue", 0.95) == "What is usual is not known yet"
    assert views.value_of(known, "nothing") is None and views.step_of(known, "nothing") is None


def test_before_the_first_order_there_is_nothing_to_show():
    early = demo_suite.suite(as_of="2025-06-01")
    assert kpi_checks.has_no_orders(early.orders) and early.as_of == dt.date(2025, 6, 1)
    found, _ = weeks.measure_weeks(early, 6)
    assert not (found.loc[found["unique_id"] == "orders", "y"] > 0).any()


FALLS, RISES = (
    [100.0, 130.0, 120.0, 110.0, 100.0, 90.0, 80.0],
    [120.0, 80.0, 90.0, 100.0, 110.0, 120.0, 130.0],
)


def falling(name="new_customers", n=26, falls=FALLS):
    before = np.random.default_rng(len(name)).uniform(60, 150, n - len(falls))  # so that no week is unusual
    return np.append(before, falls)


@pytest.mark.parametrize(
    ("y", "n"),
    [(FALLS, -5), (RISES, 5), ([1.0], 0), ([], 0), ([2.0, 1.0, 1.0], 0), ([3.0, np.nan, 1.0], 0)],
)
def test_a_run_ends_where_a_week_turns_stands_or_lacks(y, n):
    assert one_way.count_run(np.array(y)) == n


def test_the_chance_of_a_run_is_the_share_of_orders_of_its_weeks():
    draws = np.random.default_rng(5).random((60_000, 4))
    assert one_way.chance_of(3) == pytest.approx((np.diff(draws) < 0).all(axis=1).mean(), rel=0.1)


def test_a_figure_that_fell_for_weeks_has_the_title_and_its_owner_finds_out_why():
    rows = by_week(revenue=steady(), new_customers=falling(), active_customers=steady(size=400.0, seed=3))
    found = steps.judge_metrics(rows, NO_STATES, {})
    runs = one_way.list_runs(rows, found)
    assert runs[["unique_id", "n", "is_worse"]].values.tolist() == [["new_customers", -5, True]]
    title = run_texts.name_run(runs.iloc[0], found)
    assert (
        title == "New customers down 5 weeks in a row, −38 %; revenue as usual" and len(title.split()) <= 14
    )
    assert texts.name_finding(counts(), ["Time"], title) == title
    assert "moved more" in texts.name_finding(counts(unusual=1), [], title)  # one unusual week stands first
    said = texts.describe_answer(counts(), True, run_texts.say_run(runs.iloc[0], rows))
    assert said.endswith("New customers: down every week since the one to 19 Dec, −38 % in all.")
    made = texts.decide(found, run_texts.decide_run(runs.iloc[0]))
    assert made.owner == "Marketing" and "why new customers went down for 5 weeks" in made.action
    assert made.strength.word == "lean" and "once in 720" in made.because
    points = run_texts.list_points(one_way.split_customers(rows), pd.Series(dtype=float), runs, found, 126)
    assert points[0].startswith("Customers who ordered: ") and "with a first order" in points[0]
    assert points[-1].startswith("Every shop is counted, so 126 orders more") and len(points) == 2
    quiet = run_texts.list_points(
        one_way.split_customers(rows.iloc[:0]), pd.Series(dtype=float), runs, found, 0
    )
    assert quiet == []


def test_a_run_for_the_better_is_told_and_makes_no_title():
    rows = by_week(revenue=falling(falls=RISES), orders=steady(seed=2), active_customers=steady(seed=3))
    runs = one_way.list_runs(rows, steps.judge_metrics(rows, NO_STATES, {}))
    assert runs["is_worse"].tolist() == [False] and runs["n"].tolist() == [5]
    points = run_texts.list_points(
        one_way.split_customers(rows), steps.judge_frequency(rows), runs, judged(orders=steady()), 0
    )
    assert points[-1] == "One way for 5 weeks or more, and no harm: Revenue +62 %."
    assert points[0].startswith("Each customer ordered ") and "usual (" in points[0]


def test_without_a_trend_a_figure_is_said_to_fall_for_weeks_as_rarely_as_stated():
    """4,000 chains of 22 figures: 22 of 720 have one that falls so long."""
    draws = np.random.default_rng(6).normal(size=(4_000, 22, 6))
    share = (np.diff(draws) < 0).all(axis=2).any(axis=1).mean()
    assert share == pytest.approx(22 * one_way.chance_of(one_way.FEWEST), abs=0.01)
    assert "once in 33 weeks" in run_texts.explain_runs(22)


def test_the_picture_of_customers_is_named_by_its_last_weeks():
    rows = by_week(active_customers=[400.0] * 5 + [300.0], new_customers=[100.0] * 5 + [50.0])
    split = one_way.split_customers(rows)
    assert (
        run_texts.name_customers(split) == "First orders −50 % on four weeks before, earlier customers −17 %"
    )
    assert run_texts.name_customers(split[split["ds"] == split["ds"].max()]).startswith(
        "50 ordered for the first"
    )
    assert run_texts.name_customers(split.iloc[:0]).startswith("Customers by window")


def test_factors_of_revenue_are_told_in_their_units():
    tree = pd.DataFrame(
        {"factor": list(steps.TREE), "before": [1000.0, 1.5, 1.2, 905.0, 0.6], "after": [1.0] * 5,
         "ratio": [1.0] * 5, "cents": [0.0] * 5}
    )  # fmt: skip
    assert views.show_tree(tree)["said_before"].tolist() == [
        "1,000 customers", "1.50 orders", "1.20 items", "$9.05 an item", "60.0 % of it paid",
    ]  # fmt: skip
