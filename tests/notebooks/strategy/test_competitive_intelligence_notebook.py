"""The page on competitors' prices on a small estate: without files, with them, following rows and files."""

from __future__ import annotations

import functools
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.metrics import aggregate
from lucky_analytics.questions.strategy.competitive_intelligence import (
    drink_kinds,
    our_basket,
    price_file,
    steps,
)
from tests import demo_suite
from tests.notebook_said import assert_names_nobody, headlines, names, page_faults, rows, said_by
from tests.rival_world import SIZES

NOTEBOOK = "strategy/competitive_intelligence"
EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
FILES = {
    "prices_file": str(EXAMPLES / "competitor_prices.csv"),
    "openings_file": str(EXAMPLES / "competitor_openings.csv"),
    "places_file": str(EXAMPLES / "competitors.csv"),
}
HEADLINES = {"gap", "paid_gap", "matched", "moved", "old", "opened", "after", "list_price", "paid_price",
             "discounted", "collected", "near", "aov"}  # fmt: skip
OF_FILES = {"gap", "paid_gap", "matched", "moved", "old", "opened", "after", "near"}
ALWAYS = {"basket", "stores", "outside"}


def run(suite=None, **parameters):
    return said_by(NOTEBOOK, suite or demo_suite.suite(), **{"our_sizes": SIZES, **parameters})


@functools.cache
def bare():
    return run()


@functools.cache
def usual():
    return run(**FILES)


def test_without_files_the_page_says_what_is_known_what_is_not_and_which_file_would_tell():
    said, found = bare(), headlines(bare())
    assert page_faults(said) == [] and set(found) == HEADLINES
    for name, record in found.items():
        assert (record["value"] is None) == (name in OF_FILES), name
        assert record["note"] and "SELECT" in record["sql"]
    assert said["title"][0]["text"].endswith("no competitor's price is on file")
    assert said["decision"][0]["strength"] == "do not decide on this yet"
    assert names(said, "figure") == {"basket"} and names(said, "table") == ALWAYS | {"columns"}
    assert [row["column"] for row in rows(said, "columns")] == list(price_file.COLUMNS)
    text = " ".join(record["text"] for kind in ("answer", "title") for record in said[kind])
    assert "above" not in text and "higher" not in text
    assert_names_nobody(said, demo_suite.suite())


def test_with_files_the_page_compares_keeps_the_rules_and_decides_no_price():
    said, found = usual(), headlines(usual())
    assert page_faults(said) == [] and set(found) == HEADLINES
    for name in ("gap", "paid_gap", "moved"):
        record = found[name]
        assert record["low"] < record["value"] < record["high"] and record["n"] > 3, name
    for name in HEADLINES - {"gap", "paid_gap", "moved", "after"}:
        assert found[name]["low"] is None and found[name]["note"].startswith("Counted"), name
    assert names(said, "figure") == {"gaps", "items", "stores", "basket"}
    expected = {
        "competitors",
        "items",
        "changes",
        "openings",
        "closings",
        "promotions",
        "menu",
        "naive",
        "prices",
        "states",
    }
    assert names(said, "table") == ALWAYS | expected
    (decision,) = said["decision"]
    assert decision["strength"] == "do not decide on this yet" and decision["worth"] is None
    assert decision["on"] == {"prices for what competitors charge": "keep"}
    assert found["opened"]["counted"] and len(rows(said, "prices")) == 36
    assert sum(row["n"] for row in rows(said, "states")) == 36
    assert_names_nobody(said, demo_suite.suite())


def test_without_prices_coffee_shops_near_our_stores_are_counted_from_the_official_list(monkeypatch):
    listed = pd.read_csv(FILES["places_file"])[["name", "latitude", "longitude"]]
    monkeypatch.setattr(steps, "read_competitors", lambda: listed)
    said = run()
    near = headlines(said)["near"]
    counted = {row["store_name"]: row["n_near"] for row in rows(said, "stores")}
    assert page_faults(said) == [] and near["is_tile"]
    assert near["value"] == sum(n > 0 for n in counted.values()) > 0 and near["n"] == len(counted)
    assert near["note"] == "Counted, from the official list of coffee and tea shops inspected"


def test_the_benchmark_is_said_to_be_undefined_beside_our_own_average_order():
    for said in (bare(), usual()):
        assert "nowhere is said whether" in headlines(said)["aov"]["note"]
        assert any("not comparable with the $6.50 to $8.00" in record["text"] for record in said["caveat"])
        shown = [record["text"] for kind in ("title", "answer") for record in said[kind]]
        assert not any("6.50" in text for text in shown)


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    prices = pd.read_csv(FILES["prices_file"], dtype={"seen": str})
    usual_price = (prices["promotion"] == "none") & (prices["sold_through"] == "shop")
    prices.loc[usual_price, "dollars"] *= 1.2
    prices.loc[usual_price & (prices["seen"] < "2026-02-01"), "dollars"] *= 0.9
    extra = prices[prices["product"] == "Coffee"].assign(
        product="Mocha", kind="mocha", ounces=16, dollars=7.0
    )
    more = extra.assign(product="Tea", kind="hot tea", seen="2026-02-03")
    pd.concat([prices, extra, more]).to_csv(folder / "prices.csv", index=False)
    openings = pd.read_csv(FILES["openings_file"])
    openings.loc[openings["location"] == "Paper Cup Astor", "change"] = "closed"
    openings.to_csv(folder / "openings.csv", index=False)
    pd.read_csv(FILES["places_file"]).head(2).to_csv(folder / "places.csv", index=False)
    suite = demo_suite.suite(
        order_items=lambda t: t.mutate(
            list_cents=t.list_cents + ibis.ifelse(t.variant_id.endswith("1"), 50, 0),
            paid_cents=t.paid_cents + ibis.ifelse(t.item_id.hash() % 2 == 0, 300, 0),
        ),
        orders=lambda t: t.filter((t.store_id != "100029") | (t.order_id.hash() % 3 != 0)).mutate(
            revenue_cents=t.revenue_cents + 100
        ),
    )  # fmt: skip
    return run(suite, **{name: str(folder / f"{name.split('_')[0]}.csv") for name in FILES})


@pytest.mark.parametrize("name", sorted(HEADLINES - {"after"}))
def test_a_headline_follows_the_rows(name, changed):
    before, after = headlines(usual())[name]["value"], headlines(changed)[name]["value"]
    assert abs(after - before) > 0.001 * abs(before)


def test_what_came_after_an_opening_follows_the_orders():
    near = "100022"  # Paper Cup Fulton opened beside it
    cut = demo_suite.suite(
        orders=lambda t: t.filter(
            (t.store_id != near) | (t.order_date < "2025-12-29") | (t.order_id.hash() % 2 == 0)
        )
    )
    judged = {row["store_name"]: row for row in rows(usual(), "openings")}
    fell = {row["store_name"]: row for row in rows(run(cut, **FILES), "openings")}
    assert set(judged) == set(fell)
    known = [name for name, row in judged.items() if row["change"] is not None]
    assert any(fell[name]["change"] < judged[name]["change"] - 0.2 for name in known)


def test_our_prices_are_those_of_a_loop_over_the_counter():
    suite, drinks = demo_suite.suite(), drink_kinds.read_drinks(SIZES)
    basket = our_basket.load_basket(suite, drinks)
    order = suite.orders.filter("is_trading_store")
    order = order.filter(~order.is_delivery & (order.channel != "delivery platform"))
    raw = suite.source("salesorder").t_order_item
    item = suite.order_items.join(order.select("order_id"), "order_id").execute()
    inside = (pd.to_datetime(item["order_date"]) >= pd.Timestamp(basket.window.start)) & (
        pd.to_datetime(item["order_date"]) < pd.Timestamp(basket.window.end)
    )
    variants = raw.select("sku_code", "sku_name").distinct().execute().set_index("sku_code")["sku_name"]
    sums = {}
    for row in item[inside].to_dict("records"):
        kind, ounces = drinks.kind_of(row["product_name"]), drinks.ounces_of(variants[row["variant_id"]])
        if row["category"] != "Food" and kind and ounces:
            key = f"{kind}, {drinks.size_of(ounces)}"
            n, listed, paid = sums.get(key, (0, 0, 0))
            sums[key] = (n + 1, listed + row["list_cents"], paid + row["paid_cents"])
    found = basket.items.set_index("item")
    assert set(found.index) == set(sums)
    for key, (n, listed, paid) in sums.items():
        assert found.loc[key, "units"] == n
        assert found.loc[key, ["list_price", "paid_price"]].to_numpy(float) == pytest.approx(
            np.array([listed, paid]) / n / 100
        )


def test_the_average_order_is_the_metric_of_the_same_weeks():
    window = our_basket.load_basket(demo_suite.suite(), drink_kinds.read_drinks(SIZES)).window
    own = aggregate(demo_suite.suite(), ["aov"], start=window.start, end=window.end).execute()
    assert headlines(bare())["aov"]["value"] == pytest.approx(float(own["aov"].iloc[0]) / 100)


NOTHING = ibis.literal(False)
ENDS = {
    "no sizes declared": ({}, None, {"our_sizes": []}, "The size of our own drinks is not declared"),
    "nobody has ordered": (
        {"orders": lambda t: t.filter(NOTHING)}, None, {}, "No drink was sold over the counter yet",
    ),
    "before the first row": ({}, "2025-06-01", FILES, "No drink was sold over the counter yet"),
    "nothing is paid": (
        {"order_items": lambda t: t.mutate(paid_cents=ibis.literal(0))}, None, {},
        "No drink of ours has a kind and a price",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ENDS)
def test_what_cannot_be_known_ends_the_page_with_what_is(case):
    edits, as_of, parameters, finding = ENDS[case]
    said = run(demo_suite.suite(as_of=as_of, **edits), **parameters)
    assert said["decision"][0]["strength"] == "do not decide on this yet" and page_faults(said) == []
    assert said["title"][0]["text"] == finding


ROW = (
    '"<script>alert({place})</script> {{gap}} =1+1",all,"{kind} <b>& {{x}}",{kind},12,5.5,USD,shop,{terms},'
    '2026-02-0{day},"=HYPERLINK(""x"")"\n'
)
HOSTILE = (
    ",".join(price_file.COLUMNS)
    + "\n"
    + "".join(
        ROW.format(place=place, kind=kind, day=day, terms=terms)
        for place in range(2)
        for kind in ("latte", "mocha", "cappuccino", "drip coffee")
        for day, terms in ((3, "none"), (5, "none"), (5, "<i>two</i> {for} one"))
    )
)


def test_hostile_text_stands_as_text_and_breaks_no_sentence(tmp_path):
    (tmp_path / "prices.csv").write_text(HOSTILE, encoding="utf-8")
    said = run(prices_file=str(tmp_path / "prices.csv"))
    assert page_faults(said) == [] and headlines(said)["gap"]["value"] is not None
    markup = " ".join(output["data"].get("text/html", "") for output in said["outputs"])
    assert "<script>alert" not in markup and "<b>&" not in markup and "&lt;script&gt;" in markup


@pytest.mark.full
@pytest.mark.parametrize(
    "parameters",
    [
        {"recent_weeks": 1, "max_age_days": 7, "walk_km": 0.1, "after_days": 14, "level": 0.5},
        {"recent_weeks": 26, "max_age_days": 730, "walk_km": 3.0, "after_days": 91, "level": 0.99},
    ],
)
def test_parameters_at_both_ends_and_one_store(parameters):
    said = run(demo_suite.suite(orders=lambda t: t.filter(t.store_id == "100001")), **FILES, **parameters)
    assert page_faults(said) == [] and len(said["answer"]) == 1
    assert page_faults(run(**FILES, **parameters)) == []
