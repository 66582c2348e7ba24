"""Which prices apply near which store, and what openings there tell."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.questions.strategy.competitive_intelligence import (
    near_stores,
    opening_effects,
    price_gaps,
    texts,
    views,
)
from tests.opening_world import make_days, make_openings, make_stores
from tests.rival_world import AS_OF, DRINKS, make_basket, make_prices

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
