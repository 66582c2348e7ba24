"""Readiness on rows written by hand: tables, joins and facts against plain loops, and each sentence."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from fractions import Fraction

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.questions.platform.data_readiness import (
    declared_cases,
    join_rates,
    judged_cases,
    known_facts,
    readiness_checks,
    stated_totals,
    table_states,
    texts,
    views,
)
from tests import estate_rows

ORDER, ITEM, TRADE = "salesorder.t_order", "salesorder.t_order_item", "salespayment.t_trade"
AS_OF = dt.date(2026, 2, 13)
JOINS = declared_cases.load_joins()[0]


def at(day: str) -> str:
    return f"{day}T16:00:00"


def days_to(last: str, n: int) -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in pd.date_range(end=last, periods=n)]


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    placed = {"currency_code": "USD", "order_type": 1, "user_no": "U1", "shop_id": 1}
    orders = [
        placed | {"id": n, "create_time": at(day)} for n, day in enumerate(days_to("2026-02-13", 20), 1)
    ]
    orders[0] |= {"currency_code": "NZD"}
    orders[1] |= {"order_type": 2}
    late = [{"id": n, "create_time": at(day)} for n, day in enumerate(days_to("2026-02-01", 20), 1)]
    items = [{"id": n, "order_id": key, "create_time": at("2026-02-13")}
             for n, key in enumerate(["1", "1", "2", "99", ""], 1)]  # fmt: skip
    tickets = [
        {"id": n, "accept_time": "2026-02-12T16:00:00", "done_time": f"2026-02-12T{end}"}
        for n, end in enumerate(["16:30:00", "16:30:01", "18:43:59"], 1)
    ]
    town = {"country_name": "US", "administrative_area_name": "NY", "locality_name": "New York"}
    rows = {
        "luckyus_sales_order.t_order": orders,
        "luckyus_sales_order.t_order_item": items,
        "luckyus_sales_payment.t_trade": late,
        "luckyus_opproduction.t_production": [{"create_time": at("2026-02-12")} | one for one in tickets],
        "luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK | town, estate_rows.RAROTONGA],
        "luckyus_scm_commodity.t_commodity_base_info": [
            {"id": n, "spu_code": code} for n, code in enumerate("AABC")
        ],
    }
    made = estate_rows.suite(tmp_path_factory.mktemp("readiness"), rows, as_of="2026-02-13")
    del made.snapshot.tables["luckyus_upush.t_push_record"]
    return made


def test_a_table_is_filled_late_without_a_row_or_not_there(suite):
    names = [ORDER, TRADE, "upush.t_push_record", "salescrm.t_user", "opempefficiency.t_employee_skill"]
    found = table_states.measure_tables(suite, names).set_index("table")
    assert found["state"].to_dict() == {
        ORDER: "filled", TRADE: "late", "upush.t_push_record": "not in the snapshot",
        "salescrm.t_user": "no row", "opempefficiency.t_employee_skill": "no row",
    }  # fmt: skip
    assert found.loc[ORDER, ["n_rows", "age_days", "usual_gap"]].tolist() == [20, 0, 1]
    assert found.loc[TRADE, "reason"] == "nothing for 12 days, before at most 1"
    assert found.loc[TRADE, "newest"] == pd.Timestamp("2026-02-01")


def test_only_rows_up_to_the_date_count(suite):
    early = type(suite)(suite.snapshot, as_of="2026-01-01")
    found = table_states.measure_tables(early, [ORDER, "upush.t_push_record"])
    assert found["state"].tolist() == ["no row", "not in the snapshot"]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6, 1.0])
def test_a_table_with_rows_on_random_days_is_hardly_ever_called_late(share):
    """At a day that chance picks: the rule allows one in a thousand; 5 of 1,000 come once in 270 times."""
    draws, every = np.random.default_rng(7), pd.date_range("2025-09-01", periods=150)
    late = sum(
        table_states.judge_age(pd.Series(every[draws.random(150) < share]), every[-1])[2] for _ in range(1000)
    )
    assert late < 5


def test_a_table_with_few_days_has_no_rhythm_and_is_never_late():
    few = pd.Series(pd.to_datetime(["2026-01-01", "2026-01-02"]))
    assert table_states.judge_age(few, pd.Timestamp("2026-12-31")) == (363, None, False)
    assert table_states.judge_age(few[:0], pd.Timestamp("2026-12-31")) == (None, None, False)


def test_joins_count_every_row_with_a_key_whatever_its_type(suite):
    (row,) = join_rates.measure_joins(suite, [JOINS["item_order"]]).to_dict("records")
    assert (row["n"], row["n_found"], row["state"]) == (4, 3, "too few match")
    assert row["key_types"] == "varchar(32) to bigint"
    lacking = join_rates.measure_joins(suite, [JOINS["push_customer"], JOINS["fee_trade"]])
    assert lacking["state"].tolist() == ["not tested", "not tested"] and lacking["share"].isna().all()


@pytest.mark.parametrize("seed", range(6))
def test_joins_agree_with_a_loop(seed):
    draw = random.Random(seed)
    child = [draw.choice([None, "", "1", "2", "3", "03", "x"]) for _ in range(40)]
    parent = [draw.choice([1, 2, 2, 5, None]) for _ in range(draw.randrange(6))]
    tables = [
        ibis.memtable({"id": own}, schema={"id": kind})
        for own, kind in ((child, "string"), (parent, "int64"))
    ]
    found = join_rates.count_matches(tables[0].id, tables[1].id).execute().iloc[0]
    known = {str(one) for one in parent if one is not None}
    keyed = [one for one in child if one]
    assert (found["n"], found["n_found"]) == (len(keyed), sum(one in known for one in keyed))


def frames(**states):
    found = [states.get(name, "filled") for name in ("order", "item")]
    tables = pd.DataFrame({"table": [ORDER, ITEM], "database": "luckyus_sales_order", "state": found})
    joined = states.get("joined", "holds")
    share = {"holds": 1.0, "too few match": 0.5, "not tested": None}[joined]
    joins = pd.DataFrame({"join": ["item_order"], "state": [joined], "share": [share]})
    return tables, joins


def case(name="x", said="green", **more):
    fields = {"needs": (ORDER, ITEM), "joins": ("item_order",)} | more
    return declared_cases.Case(f"UC-{name}", name, "IT", "P1", said, 3.0, (3, 3, 3, 3, 3), **fields)


@pytest.mark.parametrize(
    ("states", "more", "measured", "why"),
    [
        ({}, {}, "ready", ""),
        ({"item": "late"}, {}, "in part", "late"),
        ({"joined": "too few match"}, {}, "in part", "only 50.0 % of rows match"),
        ({"joined": "not tested"}, {}, "ready", ""),
        ({}, {"limits": "no weather"}, "in part", "no weather"),
        ({"order": "no row"}, {}, "blocked", "no row"),
        ({"order": "not in the snapshot"}, {"limits": "no weather"}, "blocked", "not in the snapshot"),
        ({}, {"lacks": "posts"}, "blocked", "posts"),
    ],
)
def test_a_case_is_as_good_as_the_worst_of_what_it_needs(states, more, measured, why):
    row = judged_cases.judge_cases([case(**more)], *frames(**states)).iloc[0]
    assert row["measured"] == measured and why in (row["blocks"] or row["limits"])
    assert row["against"] == ("as said" if measured == "ready" else "worse")
    assert judged_cases.judge_cases([case(said="red", **more)], *frames(**states)).iloc[0]["against"] == (
        "as said" if measured == "blocked" else "better"
    )


def test_gaps_are_ranked_by_the_scores_of_what_they_block():
    both = [case("a", lacks="posts: nobody"), case("b"), case("c", needs=(ITEM,))]
    gaps = judged_cases.rank_gaps(both, frames(order="no row")[0])
    assert gaps["gap"].tolist() == ["luckyus_sales_order", "posts: nobody"]
    assert gaps["n_cases"].tolist() == [2, 1] and gaps["n_alone"].tolist() == [1, 0]
    assert judged_cases.rank_gaps(both[1:], frames()[0]).empty


def test_known_faults_are_counted_from_the_rows(suite):
    found = known_facts.list_facts(suite, known_facts.load_facts()["faults"], pd.DataFrame()).set_index(
        "fact"
    )
    counts = {name: (row["n"], row["of"]) for name, row in found.iterrows() if pd.notna(row["of"])}
    assert counts == {"place_names": (1, 2), "foreign_orders": (1, 20), "delivery_addresses": (1, 20),
                      "slow_making": (2, 3), "double_products": (1, 3)}  # fmt: skip
    assert "9,839 seconds" in found.loc["slow_making", "today"]
    assert found.loc[["empty_tax", "empty_loyalty"], "state"].tolist() == ["open", "open"]


def test_what_cannot_be_measured_says_why(suite):
    declared = known_facts.load_facts()["prerequisites"]
    joins = join_rates.measure_joins(suite, JOINS.values())
    found = known_facts.list_facts(suite, declared, joins).set_index("fact")
    assert len(found) == 9 and found.loc["alert_rules", "state"] == "cannot be measured"
    assert found.loc["foreign_orders", "state"] == "settled" and found.loc["tax_data", "state"] == "open"
    lacking = type(suite)(suite.snapshot, as_of="2026-02-13")
    del lacking.snapshot.tables["telemetry.instances"]
    without = known_facts.list_facts(lacking, {"monitoring": declared["monitoring"]}, joins).iloc[0]
    assert without["state"] == "cannot be measured" and "telemetry.instances" in without["today"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"axes": [1, 2]}, "axes: expected 5 whole numbers from 1 to 5"),
        ({"needs": ["salesorder.t_ordr"]}, "t_order"),
        ({"needs": ["salesorders.t_order"]}, "salesorder"),
        ({"joins": ["item_orders"]}, "item_order"),
        ({"said": "blue"}, "green or yellow or red"),
        ({"name": ""}, "expected a text"),
        ({"need": []}, "needs"),
        ({"needs": [], "joins": []}, "under lacks"),
    ],
)
def test_a_mistaken_case_costs_itself_and_is_named(tmp_path, change, says):
    import yaml

    good = {"name": "x", "department": "IT", "priority": "P1", "said": "green", "score": 3.0,
            "axes": [3, 3, 3, 3, 3], "needs": [ORDER]}  # fmt: skip
    file = tmp_path / "use_cases.yml"
    file.write_text(yaml.safe_dump({"UC-1": good, "UC-2": good | change}), encoding="utf-8")
    cases, wrong = declared_cases.load_cases(JOINS, file)
    assert [one.id for one in cases] == ["UC-1"] and list(wrong) == ["use_cases.yml, UC-2"]
    assert says in str(wrong["use_cases.yml, UC-2"]) and "\n" not in str(wrong["use_cases.yml, UC-2"])
    checks = readiness_checks.check_declarations(cases, wrong)
    assert checks["passed"].tolist() == [False, True]


def test_a_join_names_columns_that_are_declared(tmp_path):
    file = tmp_path / "joins.yml"
    file.write_text("a: {from: salesorder.t_order.no, to: opshop.t_shop_info.id}\n"
                    "b: {from: salesorder.t_order.shop_id, to: opshop.t_shop_info.id, least: 2}\n"
                    "c: 1\n", encoding="utf-8")  # fmt: skip
    joins, wrong = declared_cases.load_joins(file)
    assert joins == {} and list(wrong) == ["joins.yml, a", "joins.yml, b", "joins.yml, c"]


def test_scores_are_what_their_axes_come_to():
    cases = {one.id: one for one in declared_cases.load_cases(JOINS)[0]}
    assert cases["UC-FN-01"].added_up == 3.6 and cases["UC-FN-01"].score == 4.45
    weights = [Fraction(25, 100), Fraction(30, 100), Fraction(20, 100), Fraction(10, 100), Fraction(15, 100)]
    for one in cases.values():
        exact = sum((weight * axis for weight, axis in zip(weights, one.axes, strict=True)), Fraction(0))
        assert one.added_up == float(exact), one.id
    worst = stated_totals.compare_scores(list(cases.values()))
    tax = worst.set_index("id").loc["UC-FN-01"]
    assert (tax["rank"], tax["rank_now"]) == (1, 15)


def test_totals_that_do_not_add_up_are_found():
    cases = declared_cases.load_cases(JOINS)[0]
    totals = stated_totals.compare_totals(cases, known_facts.load_facts()["stated"]).set_index("what")
    off = totals[totals["differs"]]
    assert off.loc["all departments: green", ["stated", "counted"]].tolist() == [24, 25]
    assert off.loc["priority P2", ["stated", "counted"]].tolist() == [14, 16]
    assert not totals.loc["use cases in all", "differs"]


def counts(**given):
    return {"ready": 2, "partly": 1, "blocked": 1, "other": 1, "late": 1, "answered": 3, "n": 4} | given


AS_OF = dt.date(2026, 2, 13)
GAPS = pd.DataFrame({"gap": ["luckyus_fi_tax"]})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "{blocked:value} lack data of their own; rows of the tax system come first"),
        ({"ready": 0}, "No question has all"),
        ({"blocked": 0}, "the others most of it"),
        ({"answered": 4}, "All {answered:value} have a page; {blocked:value} lack data of their own"),
        ({"blocked": 0, "partly": 0}, "All {ready:value}"),
    ],
)
def test_the_title_says_no_more_than_the_counts(given, says):
    title = texts.name_finding(counts(**given), GAPS)
    assert says in title and len(title.split()) <= 14


def test_a_gap_of_many_words_is_left_to_the_decision():
    long = pd.DataFrame({"gap": ["bills and an inventory of the provider of clouds: no table"]})
    assert texts.name_finding(counts(), long) == "{blocked:value} lack data of their own"
    assert texts.name_finding(counts(), long.head(0)) == "{blocked:value} lack data of their own"


def test_the_answer_says_other_sources_only_where_something_is_lacking():
    said = texts.describe_answer(counts())
    assert "answered in part from other sources" in said and "{pages:value}" in said
    assert "none lacks" in texts.describe_answer(counts(blocked=0))


def test_of_the_tax_system_the_page_says_what_hangs_on_it():
    tax = pd.DataFrame({"gap": ["luckyus_fi_tax"], "tables": "t_tax_return", "cases": "Tax", "n_cases": 1,
                        "priority": "P0"})  # fmt: skip
    assert texts.decide(tax, AS_OF).because.startswith(
        "Until they come no page can see whether sales tax was paid."
    )
    assert "sales tax" not in texts.decide(tax.assign(gap="luckyus_opshop"), AS_OF).because


def test_no_gap_means_nothing_to_decide_and_one_is_never_more_than_a_lean():
    none = judged_cases.rank_gaps([case()], frames()[0])
    assert texts.decide(none, AS_OF).strength.word == "do not decide on this yet"
    assert texts.describe_gaps(none) == "No question lacks data that it cannot do without"
    one = judged_cases.rank_gaps([case()], frames(order="no row")[0])
    made = texts.decide(one, AS_OF)
    assert made.strength.word == "lean" and made.action == "have rows of sales_order copied by 27 Feb, for x"
    assert "the only gap" in made.because and made.because.endswith(" Its tables: t_order.")
    two = judged_cases.rank_gaps(
        [case(), case("b", lacks="posts: none", needs=())], frames(order="no row")[0]
    )
    assert "of 2 gaps the first" in texts.decide(two, AS_OF).because


def ranked(name, priority, score, **more):
    return dataclasses.replace(case(name, **more), priority=priority, score=score)


def test_what_blocks_the_highest_priority_comes_first_whatever_the_scores():
    found = judged_cases.rank_gaps(
        [ranked("a", "P1", 5.0, lacks="posts: none"), ranked("b", "P0", 1.0)],
        frames(order="no row")[0],
    )
    assert found["gap"].tolist() == ["luckyus_sales_order", "posts: none"]
    assert found["priority"].tolist() == ["P0", "P1"]
    assert "of priority P0" in texts.decide(found, AS_OF).because
    assert texts.describe_gaps(found) == "What is lacking: rows of sales_order first, for priority P0"


def test_a_gap_that_blocks_many_names_three():
    many = judged_cases.rank_gaps([case(name) for name in "abcde"], frames(order="no row")[0])
    assert texts.decide(many, AS_OF).action.endswith("by 27 Feb, for a, b, c and 2 more")


def test_pictures_have_titles_for_every_state_of_affairs():
    ready = judged_cases.judge_cases([case()], *frames())
    assert texts.name_departments(ready) == "No department has a question that lacks its own data"
    blocked = judged_cases.judge_cases([case()], *frames(order="no row"))
    assert texts.name_departments(blocked) == "No department has a question with all its data"
    shown = views.show_departments(pd.concat([ready, blocked]))
    assert shown["n"].tolist() == [1, 0, 1]
    assert "IT has most questions with all their data (1)" in texts.name_departments(
        pd.concat([ready, blocked])
    )
