"""Competitors' prices on drawn menus: what is compared, called, refused, and what openings tell."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lucky_analytics import formats
from lucky_analytics.decisions import WAIT
from lucky_analytics.errors import LuckyError, ParameterError, UnknownNameError
from lucky_analytics.estimate import Estimate
from lucky_analytics.models.calendar import find_window
from lucky_analytics.questions.strategy.competitive_intelligence import (
    advice,
    captions,
    drink_kinds,
    near_stores,
    opening_effects,
    our_basket,
    price_changes,
    price_file,
    price_gaps,
    steps,
    texts,
    views,
)
from tests.opening_world import make_days, make_openings, make_stores
from tests.rival_world import AS_OF, DRINKS, SIZES, make_basket, make_prices

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples"
HEADER = ",".join(price_file.COLUMNS)
GOOD = "Paper Cup,all,Latte,latte,16,5.75,USD,shop,none,2026-02-05,me"


def write(folder, *lines, header=HEADER):
    file = folder / "noted.csv"
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return file


def read(folder, *lines):
    noted = price_file.read_prices(write(folder, *lines), DRINKS.kinds)
    return price_file.mark_prices(noted, AS_OF, 92)


# What is alike


def test_kinds_and_sizes_are_declared_once_and_every_class_is_apart():
    names = [product for kind in DRINKS.kinds for product, own in DRINKS.products.items() if own == kind]
    assert len(names) == len(set(names)) > 50 and set(DRINKS.products.values()) <= set(DRINKS.kinds)
    ends = sorted(DRINKS.sizes.values())
    assert all(low < high for low, high in ends)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(ends))
    assert [DRINKS.size_of(ounces) for ounces in (6.9, 7, 12, 14, 17.9, 26, None)] == [
        None, "small", "medium", "large", "large", None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sizes", "kinds", "said"),
    [
        (["Large"], [], "our_sizes: expected lines 'size; ounces', got 'Large'"),
        (["Large; wide"], [], "our_sizes, Large: expected ounces from 1 to 64, got 'wide'"),
        (["Large; 900"], [], "expected ounces from 1 to 64"),
        (["Large; nan"], [], "expected ounces from 1 to 64"),
        (["Large; 16", "LARGE; 20"], [], "'LARGE' once"),
        ([], ["Latte; lattte"], "latte"),
    ],
)
def test_a_wrong_line_of_ours_is_named(sizes, kinds, said):
    with pytest.raises((ParameterError, UnknownNameError), match=said):
        drink_kinds.read_drinks(sizes, kinds)


def sold(**columns):
    base = {"product_name": "Latte", "variant_name": "Latte Large", "units": 10, "list_price": 6.0,
            "paid_price": 4.0, "discounted_share": 0.5}  # fmt: skip
    rows = max((len(value) for value in columns.values() if isinstance(value, list)), default=1)
    return pd.DataFrame({name: columns.get(name, [value] * rows) for name, value in base.items()})


def shape(frame, drinks=DRINKS):
    return our_basket.shape_basket(frame, drinks, find_window(AS_OF, 4))


def test_the_basket_is_means_over_units_and_what_has_no_kind_or_size_is_outside():
    basket = shape(
        sold(
            product_name=["Velvet Latte", "Coconut Latte", "Rocket Fuel", "Latte"],
            variant_name=["Velvet Latte Large", "Coconut Latte Large", "Rocket Fuel Large", "Latte Bucket"],
            units=[10, 30, 5, 2],
            list_price=[6.0, 8.0, 1.0, 1.0],
            paid_price=[3.0, 4.0, 1.0, 1.0],
        )
    )
    (row,) = basket.items.to_dict("records")
    assert row["item"] == "flavored latte, large" and row["list_price"] == 7.5 and row["paid_price"] == 3.75
    assert basket.outside[["product_name", "why"]].to_numpy().tolist() == [
        ["Rocket Fuel", "no kind is declared"],
        ["Latte", "its size in ounces is not declared"],
    ]
    assert basket.covered_share == 40 / 47 and basket.mean_of("list_price") == 7.5
    more = drink_kinds.read_drinks(SIZES, ["rocket fuel; americano"])
    assert "americano, large" in set(shape(sold(product_name=["Rocket Fuel"]), more).items["item"])


def test_without_declared_sizes_nothing_is_guessed():
    basket = shape(sold(), drink_kinds.read_drinks())
    finding, said, made = texts.describe_no_basket(basket)
    assert basket.items.empty and finding == "The size of our own drinks is not declared"
    assert made.strength.word == WAIT and "params/competitive_intelligence.yml" in made.action
    finding, _, made = texts.describe_no_basket(shape(sold().head(0)))
    assert finding == "No drink was sold over the counter yet" and made.strength.word == WAIT
    assert "nothing can be compared" in said


# What is planted, and where nothing is


def test_a_planted_gap_is_found_and_prices_that_are_alike_are_called_nothing():
    basket = make_basket(1)
    dear = steps.compare_prices(make_prices(basket, 5, 0.1), basket, DRINKS)
    assert dear.gap.low < 0.1 < dear.gap.high and dear.gap.low > 0
    assert dear.count(price_gaps.CHEAPER) == 0 < dear.count(price_gaps.DEARER)
    # What is paid is some 40 % less than the list price, and so much more theirs lies above it.
    assert dear.paid_gap.low > 0.5
    alike = steps.compare_prices(make_prices(basket, 5), basket, DRINKS)
    assert alike.gap.holds(0) and not alike.count(price_gaps.DEARER) + alike.count(price_gaps.CHEAPER)
    assert texts.name_finding(alike) == "Same drink and size: no competitor's prices surely differ from ours"
    cheap = steps.compare_prices(make_prices(basket, 5, -0.15), basket, DRINKS)
    assert cheap.gap.high < 0 and cheap.count(price_gaps.CHEAPER) > 0 == cheap.count(price_gaps.DEARER)


def test_over_a_few_worlds_claims_are_rare_and_intervals_hold():
    held, called = [], 0
    for seed in range(6):
        basket = make_basket(seed)
        found = steps.compare_prices(make_prices(basket, seed + 50), basket, DRINKS)
        held.append(found.gap.holds(0))
        called += found.count(price_gaps.DEARER) + found.count(price_gaps.CHEAPER) > 0
    assert sum(held) >= 3 and called <= 1


def test_the_index_is_that_of_a_loop_over_drinks(tmp_path):
    basket = make_basket(2)
    noted = make_prices(basket, 9, 0.05, shops=(2,))
    matched = price_gaps.match_prices(noted, basket, DRINKS)
    total = weights = 0.0
    for item in basket.items.to_dict("records"):
        own = noted[(noted["state"] == "newest") & (noted["kind"] == item["kind"])]
        own = own[own["ounces"].map(DRINKS.size_of) == item["size"]]
        if len(own):
            spent = item["units"] * item["list_price"]
            total += spent * np.log(own["dollars"] / item["list_price"]).mean()
            weights += spent
    assert price_gaps.estimate_gap(matched, "list_price").off.value == pytest.approx(
        np.expm1(total / weights)
    )


def test_only_the_same_kind_and_size_is_compared_and_larger_cups_do_not_look_cheap(tmp_path):
    basket = shape(
        sold(
            product_name=["Latte", "Mocha", "Cappuccino"],
            variant_name=["A Regular"] * 3,
            list_price=[6.0, 7.0, 6.5],
            paid_price=[4.0] * 3,
        )
    )
    lines = [
        f"Big Cups,all,{kind},{kind},{ounces},{dollars},USD,shop,none,2026-02-05,me"
        for kind, at_12 in (("latte", 6.0), ("mocha", 7.0), ("cappuccino", 6.5))
        for ounces, dollars in ((12, at_12), (20, at_12 + 1))
    ]
    noted = read(tmp_path, *lines, "Big Cups,all,Soup,other,12,9,USD,shop,none,2026-02-05,me")
    found = steps.compare_prices(noted, basket, DRINKS)
    assert found.gap.value == pytest.approx(0.0) and len(found.items) == 3 and found.n_unlike == 4
    naive = price_gaps.compare_naively(noted, basket, found.gap).set_index("what")["off"]
    assert naive["price of an ounce"] < -0.1 and naive["mean of all prices noted"] > 0.05
    assert naive["same drink and size"] == pytest.approx(0.0)


def test_a_competitor_with_too_few_kinds_is_listed_and_called_nothing(tmp_path):
    basket = make_basket(3)
    lines = [f"Paper Cup,all,{kind},{kind},12,30,USD,shop,none,2026-02-05,me" for kind in ("latte", "mocha")]
    found = steps.compare_prices(read(tmp_path, *lines), basket, DRINKS)
    assert found.competitors["verdict"].tolist() == [price_gaps.FEW] and found.gap.value is None
    assert found.n_compared == 0 and texts.name_finding(found).startswith("No competitor has enough prices")
    made = advice.decide(found, AS_OF)
    assert made.strength.word == WAIT and "at least 3 kinds" in made.action


# Which prices count


def test_each_state_of_a_noted_price(tmp_path):
    lines = {
        GOOD: "newest",
        GOOD.replace("2026-02-05", "2026-01-05"): "replaced",
        GOOD.replace("2026-02-05", "2026-02-14"): "later",
        GOOD.replace("shop", "delivery"): "delivery",
        GOOD.replace("none", "Mondays"): "promotion",
        GOOD.replace("Latte,latte", "Mocha,mocha").replace("2026-02-05", "2025-10-01"): "too old",
    }  # fmt: skip
    noted = read(tmp_path, *lines)
    assert noted["state"].tolist() == list(lines.values())
    young = price_file.mark_prices(noted, dt.date(2025, 12, 1), 92)
    assert young["state"].tolist()[-1] == "newest" and (young["state"][:5] == "later").all()
    shown = views.show_prices(noted, price_gaps.match_prices(noted, make_basket(), DRINKS),
                              noted["ounces"].map(DRINKS.size_of))  # fmt: skip
    assert views.show_states(shown)["n"].sum() == len(lines)
    assert shown.loc[shown["state"] == "newest", "said"].tolist() == ["compared"]


def test_names_that_differ_in_case_or_blanks_are_one(tmp_path):
    noted = read(
        tmp_path, GOOD, GOOD.replace("Paper Cup,all,Latte", "paper  cup,ALL,LATTE").replace("16,5.75", "12,5")
    )
    assert noted[["competitor", "location", "product"]].drop_duplicates().to_numpy().tolist() == [
        ["Paper Cup", "all", "Latte"]
    ]


BROKEN = {
    GOOD.replace("16", "0.5"): "row 2, ounces: expected a number from 1 to 64, got '0.5'",
    GOOD.replace("5.75", "free"): "row 2, dollars: expected a number from 0.25 to 50, got 'free'",
    GOOD.replace("5.75", "nan"): "row 2, dollars: expected a number",
    GOOD.replace("USD", "NZD"): "row 2, currency: expected USD, got 'NZD'",
    GOOD.replace("2026-02-05", "2/5/2026"): "row 2, seen: expected a date such as 2026-02-13, got '2/5/2026'",
    GOOD.replace("2026-02-05", "2026-02-30"): "row 2, seen: expected a date",
    GOOD.replace("none", ""): "row 2, promotion: expected text",
    GOOD.replace("Paper Cup", "P" * 81): "row 2, competitor: expected at most 80 characters",
    f"{GOOD}\n{GOOD}": "row 3: expected each competitor once",
    f"{GOOD}\n{GOOD.replace('Latte', 'LATTE')}": "row 3, product: expected each price of a day once",
    f"{GOOD}\n{GOOD.replace(',latte,16', ',mocha,12')}": "row 3, kind: expected one kind for a product",
}  # fmt: skip


@pytest.mark.parametrize("line", BROKEN)
def test_a_row_that_breaks_the_contract_is_named(line, tmp_path):
    with pytest.raises(LuckyError) as caught:
        read(tmp_path, line)
    assert BROKEN[line] in str(caught.value) and "noted.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (GOOD.replace(",latte,", ",lattte,"), r"row 2, kind.*latte"),
        (GOOD.replace("shop", "shpo"), r"row 2, sold_through.*shop"),
    ],
)
def test_a_word_that_no_list_has_is_named_with_the_nearest(line, said, tmp_path):
    with pytest.raises(UnknownNameError, match=said):
        read(tmp_path, line)


def test_a_file_without_rows_or_a_column_is_refused_and_none_is_none(tmp_path):
    assert price_file.read_prices("", DRINKS.kinds) is None and price_file.read_openings("") is None
    with pytest.raises(LuckyError, match="expected rows"):
        read(tmp_path)
    with pytest.raises(LuckyError, match="expected columns competitor"):
        price_file.read_prices(write(tmp_path, "a", header="competitor"), DRINKS.kinds)


# What changed


def test_changes_are_those_of_the_same_drink_size_and_shop(tmp_path):
    before = GOOD.replace("2026-02-05", "2026-01-05")
    noted = read(
        tmp_path, GOOD, before.replace("5.75", "5.00"), before.replace("16,5.75", "12,1.00"),
        GOOD.replace(",all,", ",Elsewhere,"),
    )  # fmt: skip
    changes = price_changes.find_changes(noted)
    assert changes["change"].tolist() == [pytest.approx(0.15)] and len(changes) == 1
    assert texts.describe_changes(changes) == "Of 1 price seen again 1 is higher and 0 lower"
    assert texts.describe_changes(changes.head(0)) == "No price was seen twice yet"
    assert price_changes.estimate_moved(changes).value is None  # one drink


def test_prices_that_moved_are_found_and_those_that_stand_have_no_interval():
    basket = make_basket(4)
    noted = make_prices(basket, 3, moved=0.05)
    jitter = np.exp(np.random.default_rng(0).normal(0, 0.01, len(noted)))
    moved = price_changes.estimate_moved(
        price_changes.find_changes(noted.assign(dollars=noted["dollars"] * jitter))
    )
    assert abs(moved.value - 0.05) < 0.005 and 0.03 < moved.low < moved.value < moved.high
    still = price_changes.estimate_moved(price_changes.find_changes(make_prices(basket, 3)))
    assert still.value == pytest.approx(0.0) and still.low is None


def test_menus_and_promotions_stand_apart(tmp_path):
    before, mocha = GOOD.replace("2026-02-05", "2026-01-05"), GOOD.replace("Latte,latte", "Mocha,mocha")
    offer = GOOD.replace("none", "Mondays").replace("5.75", "4.60")
    noted = read(
        tmp_path,
        GOOD,
        before,
        mocha.replace("2026-02-05", "2026-01-05"),
        GOOD.replace("Latte,latte", "Tea,hot tea"),
        offer,
    )
    menu = price_changes.find_menu_changes(noted, AS_OF)
    assert menu[["product", "what"]].to_numpy().tolist() == [
        ["Tea", "noted for the first time"], ["Mocha", "not noted again"],
    ]  # fmt: skip
    assert price_changes.find_menu_changes(noted, dt.date(2026, 1, 20)).empty  # one visit
    (promotion,) = price_changes.list_promotions(noted, AS_OF, 92).to_dict("records")
    assert promotion["off"] == pytest.approx(0.2) and promotion["promotion"] == "Mondays"
    assert price_changes.list_promotions(noted, AS_OF, 7).empty


# Near our stores

STORES = pd.DataFrame({
    "store_id": ["1", "2"], "store_name": ["North", "South"], "latitude": [40.75, 40.70],
    "longitude": [-74.0, -74.0], "opened_date": pd.to_datetime(["2025-07-01", "2025-07-01"]),
})  # fmt: skip


def test_a_price_applies_where_its_shop_is_or_where_the_chain_has_one():
    basket = make_basket(5)
    noted = make_prices(basket, 7, 0.1, shops=(1, 2))
    matched = price_gaps.match_prices(noted, basket, DRINKS)
    places = pd.DataFrame({
        "name": ["RIVAL 0 #7343", "Rival 1 No. 0", "Rival 01"], "latitude": [40.7505, 40.70, 40.75],
        "longitude": [-74.0, -74.0005, -74.0],
    })  # fmt: skip
    table = near_stores.compare_stores(matched, STORES, places, 0.4, 0.9).set_index("store_name")
    assert table["n_near"].to_dict() == {"North": 2, "South": 1}
    assert table["n_competitors"].to_dict() == {"North": 1, "South": 1}
    own = matched[matched["location"] == "Rival 1 No. 0"]
    assert table.loc["South", "off"] == pytest.approx(price_gaps.estimate_gap(own, "list_price").off.value)
    assert near_stores.count_unplaced(matched, places) == 1
    none = near_stores.compare_stores(matched, STORES, None, 0.4, 0.9)
    assert none["off"].isna().all() and none["n_near"].isna().all()
    assert near_stores.count_unplaced(matched, None) is None
    far = near_stores.compare_stores(matched, STORES, places.assign(latitude=41.0), 0.4, 0.9)
    assert (far["n_near"] == 0).all() and far["off"].isna().all()
    no_place = STORES.assign(latitude=np.nan)
    assert (near_stores.compare_stores(matched, no_place, places, 0.4, 0.9)["n_near"] == 0).all()


def test_marks_in_names_do_not_part_a_chain_from_its_shops():
    plain = near_stores._plain(pd.Series(["Dunkin'", "DUNKIN", "Dunkin  "]))
    assert plain.nunique() == 1


# What opened


def test_a_store_that_loses_orders_after_an_opening_is_named_and_others_are_not():
    stores = make_stores()
    near = opening_effects.find_near(make_openings(2), stores, AS_OF, 0.4)
    judged = opening_effects.judge_openings(near, make_days(1, lost=0.35, store="0"), stores)
    verdicts = dict(zip(judged["store_name"], judged["verdict"], strict=True))
    assert verdicts == {"S0": opening_effects.FELL, "S1": opening_effects.UNSURE}
    row = judged.set_index("store_name").loc["S0"]
    assert row["low"] < -0.35 < row["high"] and row["n_others"] == 4
    pooled = opening_effects.mean_change(judged, 0.9)
    assert pooled.n == 2 and pooled.value == pytest.approx(judged["change"].mean())
    title = texts.describe_openings(judged, 0.4)
    assert title == "After 2 openings within 400 m of our stores orders fell surely at 1 and rose at 0"


def test_where_it_cannot_be_said_what_came_after_the_reason_stands_there():
    stores, days = make_stores(), make_days(2)
    soon = opening_effects.find_near(make_openings(1, day="2026-02-05"), stores, AS_OF, 0.4)
    assert opening_effects.judge_openings(soon, days, stores)["verdict"].tolist() == [
        "fewer than 14 days since"
    ]
    sister = stores.assign(
        opened_date=stores["opened_date"].mask(stores["store_id"] == "9", pd.Timestamp("2026-01-02"))
    )
    sister.loc[sister["store_id"] == "9", ["latitude", "longitude"]] = (40.705, -74.0)
    near = opening_effects.find_near(make_openings(1), stores, AS_OF, 0.4)
    (judged,) = opening_effects.judge_openings(near, days, sister).to_dict("records")
    assert judged["verdict"] == "our own S9 opened near it then" and np.isnan(judged["change"])
    young = stores.assign(opened_date=pd.Timestamp("2025-12-01"))
    assert "no other store" in opening_effects.judge_openings(near, days, young)["verdict"].iloc[0]
    none = opening_effects.judge_openings(near.head(0), days, stores)
    assert none.empty and opening_effects.mean_change(none, 0.9).value is None
    assert (
        opening_effects.judge_openings(near, days.head(0), stores)["verdict"].iloc[0].startswith("fewer than")
    )
    assert texts.describe_openings(None, 0.4) == "No opening within 400 m of our stores is on record"


def test_more_openings_than_can_be_judged_in_time_are_said_to_be_left(monkeypatch):
    monkeypatch.setattr(opening_effects, "MOST_JUDGED", 1)
    stores, days = make_stores(), make_days(3)
    many = pd.concat([make_openings(1).assign(location=f"L{place}") for place in range(4)])
    near = opening_effects.find_near(many, stores, AS_OF, 0.4)
    judged = opening_effects.judge_openings(near, days, stores)
    left = judged["verdict"].str.startswith("not looked at")
    assert left.tolist() == [False, True, True, True]


def test_openings_are_told_once_each_by_a_name_that_stays():
    stores = make_stores()
    near = opening_effects.find_near(make_openings(2, day="2026-02-01"), stores, AS_OF, 5.0)
    recent = views.mark_recent(near, AS_OF)
    assert views.count_recent(recent) == 2 and len(near) > 2
    assert set(views.list_openings(recent)) == {"Rival|L0|2026-02-01", "Rival|L1|2026-02-01"}
    assert views.count_recent(views.mark_recent(near, dt.date(2026, 4, 1))) == 0
    assert views.mark_recent(None, AS_OF) is None and views.count_recent(None) is None


# What is said


GAP, NONE = Estimate(0.1, 0.05, 0.15, level=0.9), Estimate(None, n=0)


def bundle(*verdicts, gap=GAP, moved=NONE, old=0, file=True):
    table = pd.DataFrame({"verdict": list(verdicts)})
    states = ["newest"] * 4 + ["too old"] * old
    noted = pd.DataFrame({"state": states}) if file else None
    return steps.Compared(
        noted, pd.DataFrame({"n_prices": [4]}), table, pd.DataFrame(), gap, gap, pd.DataFrame(), moved
    )


@pytest.mark.parametrize(
    ("verdicts", "finding"),
    [
        (
            ("dearer", "cheaper", "may be alike"),
            "Of 3 competitors, 1 surely list higher prices, 1 lower, drinks alike",
        ),
        (("dearer", "may be alike"), "1 of 2 competitors surely lists higher prices for drinks alike"),
        (("cheaper", "cheaper"), "All 2 competitors compared surely list lower prices for drinks alike"),
        (("dearer",), "The one competitor compared surely lists higher prices for drinks alike"),
        (
            ("may be alike", "too few drinks"),
            "Same drink and size: no competitor's prices surely differ from ours",
        ),
        (("too few drinks",), "No competitor has enough prices of drinks like ours to compare"),
    ],
)
def test_titles_say_no_more_than_verdicts(verdicts, finding):
    assert texts.name_finding(bundle(*verdicts)) == finding and len(finding.split()) <= 14


def test_the_answer_is_no_stronger_than_the_interval():
    clear = texts.phrase_answer(bundle("dearer"))
    assert "list {gap} more than we do" in clear and "chance" not in clear
    held = texts.phrase_answer(bundle("dearer", gap=Estimate(0.1, -0.05, 0.15, level=0.9)))
    assert "which may be chance" in held
    assert "which may be chance" in texts.phrase_answer(bundle("may be alike"))
    less = texts.phrase_answer(bundle("cheaper", gap=Estimate(-0.1, -0.15, -0.05, level=0.9)))
    assert "so less" in less
    moved = texts.phrase_answer(bundle("dearer", moved=Estimate(0.03, 0.01, 0.05, level=0.9)))
    assert moved.endswith("theirs moved {moved}.")
    still = texts.phrase_answer(bundle("dearer", moved=Estimate(0.03, -0.01, 0.05, level=0.9)))
    assert "moved" not in still
    for said in (clear, held, less, moved):
        assert len(said.split()) + 3 * said.count("{") <= 40


def test_no_price_is_decided_whatever_the_gap_and_old_prices_come_first():
    for found in (bundle("dearer"), bundle("cheaper", gap=Estimate(-0.4, -0.5, -0.3, level=0.9))):
        made = advice.decide(found, AS_OF)
        assert made.strength.word == WAIT and made.worth is None
        assert made.action.startswith("change no price") and "16 Mar" in made.action
        assert not {"raise", "cut"} & set(made.on.values())
    old = advice.decide(bundle("dearer", old=9), AS_OF)
    assert "note the 9 prices again" in old.action
    nothing = advice.decide(bundle(file=False), AS_OF)
    assert nothing.strength.word == WAIT and "once a month" in nothing.action


def test_notes_say_why_a_number_is_missing():
    empty = bundle(file=False)
    assert {texts.note_gap(empty, "list"), texts.note_moved(empty)} == {"No file of prices was given"}
    few = bundle("too few drinks")
    assert texts.note_gap(few, "paid").startswith("No competitor has 3 kinds")
    assert texts.note_moved(few).startswith("No competitor has 3 kinds")
    assert "moved alike" in texts.note_moved(bundle("dearer", moved=Estimate(0.0)))
    alike = bundle("may be alike", gap=Estimate(0.1))
    assert "nothing tells how far off" in texts.note_gap(alike, "list")
    assert texts.note_gap(bundle("dearer"), "list").startswith("Against our list prices")
    assert texts.note_after(None, 28) == "No file of openings was given"
    assert texts.note_after(NONE, 28).startswith("No opening near a store of ours can be told")
    assert "in up to 28 days" in texts.note_after(GAP, 28)


def test_the_examples_are_read_say_that_they_are_made_up_and_name_no_chain():
    noted = price_file.read_prices(EXAMPLES / "competitor_prices.csv", DRINKS.kinds)
    openings = price_file.read_openings(EXAMPLES / "competitor_openings.csv")
    places, _ = steps.read_places(EXAMPLES / "competitors.csv")
    assert (noted["source"] == "made up: no such shop").all() and len(places) == 5
    assert (openings["source"] == "made up: no such shop").all()
    text = "".join(file.read_text().lower() for file in EXAMPLES.glob("competitor*.csv"))
    assert not [name for name in ("starbucks", "dunkin", "blue bottle") if name in text]
    assert set(openings["change"]) == {"opened", "closed"}


def test_long_names_keep_apart_beside_a_chart():
    names = ["A" * 70 + str(place) for place in range(2)]
    frame = pd.DataFrame({"competitor": names, "list_off": [0.1, 0.2]})
    shown = views.show_gaps(frame)
    assert shown["label"].nunique() == 2 and shown["label"].str.len().max() <= 45
    assert captions.gaps(shown.assign(verdict="dearer"), 0.9)["alt"].count(formats.format_change(0.1)) == 1
