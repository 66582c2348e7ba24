from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError, ParameterError, UnknownNameError
from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.sites import site_model as scoring
from lucky_analytics.models.sites import site_outlook as outlook
from lucky_analytics.models.sites import site_range
from lucky_analytics.models.sites import site_steps as steps
from lucky_analytics.questions.strategy.site_scoring import diversion as diverted
from lucky_analytics.reference.manhattan import load_layers
from tests.ramp_world import PLACES

SISTER = scoring.Sister(effect=-0.45, se=0.05, scale_km=1.0)
LINES = ["Near; 40.7305, -73.9915", "Far; 40.8000, -73.9650", "Away; 40.7170, -73.9566"]


@functools.cache
def stores(spread=0.3, seed=1):
    chance = np.random.default_rng(seed)
    frame = pd.DataFrame(PLACES[:9], columns=["latitude", "longitude"])
    frame["site"] = [f"Store {i}" for i in range(9)]
    frame["orders_week"] = 2000 * np.exp(chance.normal(0, spread, 9))
    place = frame["latitude"], frame["longitude"]
    frame["exposure"] = np.exp(-great_circle_km(*place, *place)).sum(axis=1) - 1
    frame["dollars_month"] = frame["orders_week"] * 5.0 * WEEKS_A_MONTH
    return placed(scoring.describe_sites(load_layers(), frame))


def placed(sites):
    return scoring.add_demand(load_layers(), sites, decay_km=1.0, outside=0.5)


def by_place(noise=0.02, extra=0.0):
    """Stores that sell to the people in reach, and ``extra`` by the subway stations near."""
    frame = stores().copy()
    level = frame["log_demand"] - frame["log_demand"].mean() + extra * frame["log_stations"]
    chance = np.random.default_rng(3).normal(0, noise, 9)
    frame["orders_week"] = 2000 * np.exp(level + SISTER.effect * frame["exposure"] + chance)
    return frame


def model(frame=None, **options):
    return scoring.fit_site_model(stores() if frame is None else frame, SISTER, 5.0, **options)


def sites():
    return scoring.describe_sites(load_layers(), scoring.parse_candidates(LINES))


def inside():
    return placed(sites().dropna(subset="area_id").reset_index(drop=True))


@pytest.mark.parametrize(
    "lines",
    [["Astor"], ["Astor; 40.73"], ["Astor; a, b"], ["; 40.7, -74"], ["X; 140, -74"], [], [LINES[0]] * 2],
)
def test_candidates_of_another_form(lines):
    with pytest.raises(ParameterError, match="candidate"):
        scoring.parse_candidates(lines)


def test_a_site_outside_the_layers_is_refused_with_the_reason():
    refused = sites().set_index("site")["refused"]
    assert refused["Away"].startswith("outside the layers") and refused[["Near", "Far"]].isna().all()


def test_where_hardly_anybody_lives_or_works_there_is_no_store():
    lawn = scoring.parse_candidates(["Great Lawn; 40.7813, -73.9665", "Astor; 40.7300, -73.9910"])
    refused = scoring.describe_sites(load_layers(), lawn)["refused"]
    assert refused[0].startswith("hardly anybody lives or works within 400 m") and pd.isna(refused[1])


def test_places_that_foretell_nothing_are_not_told_apart():
    random = model()
    assert random.way == "mean" and not random.is_ranked and random.p_luck > 0.05
    assert (random.errors["error"] == random.errors["error_mean"]).all()
    assert "cannot be ranked" in outlook.describe_basis(random)


def test_people_in_reach_enter_with_the_slope_of_the_theory():
    found = model(by_place())
    assert found.way == "demand" and found.p_luck < 0.01 and found.terms == ()
    two = inside().iloc[[0, 0]].reset_index(drop=True)
    two.loc[1, "log_demand"] += np.log(2)
    gross = scoring.predict_sites(found, two, stores())["gross"]
    assert gross[1] == pytest.approx(2 * gross[0])
    assert "people and jobs" in outlook.describe_basis(found)


def test_what_is_near_corrects_the_theory_only_where_it_errs_less():
    found = model(by_place(noise=0.01, extra=0.8))
    sizes = found.errors[["error_corrected", "error_demand", "error_mean"]].abs().mean()
    assert found.way == "corrected" and sizes["error_corrected"] < sizes["error_demand"]
    stations = found.terms.index("log_stations")
    assert found.fit.slopes[stations] > 0.1
    held = model(by_place(noise=0.01, extra=0.8), penalty=50.0)
    assert held.way != "corrected" or abs(held.fit.slopes[stations]) < found.fit.slopes[stations]


def test_a_factor_is_tried_only_where_it_is_known_of_every_store():
    known = stores().assign(log_people_day=np.arange(9.0))
    partly = known.assign(log_people_day=known["log_people_day"].where(known.index > 0))
    tried = [
        scoring.fit_site_model(f, SISTER, 5.0).errors["error_corrected"] for f in (known, partly, stores())
    ]
    assert not tried[0].equals(tried[2]) and tried[1].equals(tried[2])


def test_errors_are_of_what_is_predicted_for_a_store_left_out():
    """By hand: the other stores without their sisters, then the sisters of the store left out."""
    frame = stores()
    alone = np.log(frame["orders_week"]) - SISTER.effect * frame["exposure"]
    expected = alone.drop(3).mean() + SISTER.effect * frame["exposure"][3] - np.log(frame["orders_week"][3])
    found = model().errors
    assert found["error_mean"][3] == pytest.approx(expected)
    plain = np.log(frame["orders_week"].drop(3)).mean() - np.log(frame["orders_week"][3])
    assert found["error_plain"][3] == pytest.approx(plain)


def test_a_young_sister_counts_as_far_as_it_had_grown():
    """A store whose exposure was lower when its level was reached has less to be added back."""
    varick = scoring.parse_candidates(["180 Varick; 40.7275, -74.0054"])
    varick = placed(scoring.describe_sites(load_layers(), varick))
    grown = scoring.predict_sites(model(), varick, stores())
    young = stores().assign(exposure=0.9 * stores()["exposure"])
    assert scoring.predict_sites(model(young), varick, stores())["gross"][0] < grown["gross"][0]


def test_level_is_held_to_what_nine_stores_allow():
    assert model(level=0.99).level == pytest.approx(0.9)
    assert model(level=0.5).level == 0.5


def test_too_few_stores():
    with pytest.raises(LuckyError, match="at least 4 stores with a known level, got 3"):
        model(stores().head(3))


def test_a_site_among_sisters_sells_less_and_takes_more():
    predicted = scoring.predict_sites(model(), inside(), stores()).set_index("site")
    assert predicted.loc["Near", "gross"] < predicted.loc["Far", "gross"]
    assert predicted.loc["Near", "taken"] > 5 * predicted.loc["Far", "taken"]
    assert (predicted["net"] == predicted["gross"] - predicted["taken"]).all()
    for name in ("gross", "taken", "net"):
        assert (predicted[f"{name}_low"] < predicted[name]).all()
        assert (predicted[name] < predicted[f"{name}_high"]).all()


def test_what_is_taken_equals_a_plain_loop():
    frame, near = stores(), inside().iloc[[0]].reset_index(drop=True)
    expected = 0.0
    for row in frame.itertuples():
        north = (row.latitude - 40.7305) * 111.195
        east = (row.longitude + 73.9915) * 111.195 * np.cos(np.radians(40.73))
        loss = 1 - np.exp(-0.45 * np.exp(-np.hypot(north, east)))
        expected += loss * row.orders_week * 5.0 * 365.25 / 12 / 7
    assert scoring.predict_sites(model(), near, frame)["taken"].iloc[0] == pytest.approx(expected, rel=1e-3)


def test_a_place_unlike_every_store_is_not_predicted():
    found = model()
    predicted = scoring.predict_sites(found, inside(), stores())
    marked = site_range.mark_range(found, predicted).set_index("site")["outside"]
    assert "farther from our stores" in marked["Far"] and "closer to our stores" in marked["Near"]
    own = scoring.predict_sites(found, stores(), stores()).assign(exposure=stores()["exposure"])
    assert site_range.mark_range(found, own)["outside"].isna().all()
    for change, words in (
        ({"log_demand": 20.0}, "more people"),
        ({"jobs": 0.0, "residents": 0.0}, "fewer people"),
    ):
        marked = site_range.mark_range(found, own.assign(**change))
        assert marked["outside"].str.startswith(words).all() and site_range.inside_range(marked).empty
    assert site_range.list_outside(site_range.mark_range(found, predicted))[1].startswith(
        "Far is not predicted"
    )


def test_no_place_wins_by_being_remote():
    """Four places of which three are far away, one of them a park: none of those has a figure to win with."""
    lines = [
        "East 86th St; 40.7794, -73.9559",
        "Inwood Hill; 40.8700, -73.9250",
        "Fort Washington; 40.8500, -73.9450",
    ]
    remote = placed(scoring.describe_sites(load_layers(), scoring.parse_candidates(lines)))
    for found in (model(), model(by_place())):
        predicted = scoring.predict_sites(found, remote, stores())
        assert site_range.mark_range(found, predicted)["outside"].notna().all()
    assert scoring.predict_sites(model(by_place()), remote, stores())["gross"].nunique() == 3


def test_a_store_of_unknown_level_loses_nothing_that_is_counted():
    unknown = stores().assign(dollars_month=np.nan)
    assert (scoring.predict_sites(model(), inside(), unknown)["taken"] == 0).all()


def scored(seed=1, frame=None):
    found = model(by_place() if frame is None else frame)
    predicted = scoring.predict_sites(found, inside(), stores())
    points = placed(scoring.list_reference_sites(load_layers()))
    reference = scoring.predict_sites(found, points, stores())
    return outlook.score_sites(found, predicted, reference, seed=seed), reference


def test_score_is_the_percentile_of_net():
    table, reference = scored()
    for row in table.itertuples():
        assert row.score == pytest.approx(100 * (reference["net"] <= row.net).mean())
        assert row.score_low <= row.score <= row.score_high
    assert table["net"].is_monotonic_decreasing and table["rank"].tolist() == [1, 2]
    assert (table["p_top3"] == 1).all()
    assert scored(seed=1)[0].equals(scored(seed=1)[0])


def test_sites_that_are_not_told_apart_have_no_score_and_keep_their_order():
    table, _ = scored(frame=stores())
    assert table["site"].tolist() == inside()["site"].tolist()
    assert table[["score", "rank", "p_first", "p_top3"]].isna().all(axis=None)


def test_together_each_takes_from_the_other():
    pair = pd.concat([inside().iloc[[0]], inside().iloc[[0]].assign(site="Twin")], ignore_index=True)
    table = outlook.combine_sites(model(), pair, stores(), ["Near", "Twin"]).set_index("site")
    total = table.loc["together"]
    # Next door to each other: both lose 1 - exp(-.45).
    assert total["taken_from_each_other"] == pytest.approx(table["gross"][:2].sum() * (1 - np.exp(-0.45)))
    # The second takes from what the first has left, so less than twice as much.
    assert table["taken"].iloc[0] < total["taken"] < 2 * table["taken"].iloc[0]
    assert total["net"] == pytest.approx(total["gross"] - total["taken"] - total["taken_from_each_other"])
    with pytest.raises(UnknownNameError, match="Near"):
        outlook.combine_sites(model(), pair, stores(), ["Nera"])


def test_a_scenario_names_sites_and_leaves_out_those_refused():
    assert outlook.pick_together(["Far", "Away"], sites(), inside()) == ["Far"]
    with pytest.raises(UnknownNameError, match="site in together"):
        outlook.pick_together(["Nowhere"], sites(), inside())


def test_a_scenario_of_one_site_has_that_sites_interval_and_a_store_without_a_place_loses_nothing():
    lost = pd.concat([stores(), stores().head(1).assign(site="Lost", latitude=np.nan, longitude=np.nan)])
    alone = scoring.predict_sites(model(), inside(), stores()).set_index("site").loc["Far"]
    table = outlook.combine_sites(model(), inside(), lost, ["Far"]).set_index("site").loc["together"]
    for name in ("gross", "taken", "net", "net_low", "net_high"):
        assert table[name] == pytest.approx(alone[name])


def test_names_in_files_that_are_no_candidates_are_listed():
    rent = pd.DataFrame({"site": ["Near", "Nera"], "rent_dollars_month": [1.0, 2.0]})
    assert steps.list_unmatched(["Near"], rent=rent, predictions=None) == ["Nera (rent)"]


def test_comparables_and_reasons():
    own = stores().iloc[[4]].reset_index(drop=True)
    assert outlook.find_comparables(model(), own, n=1).tolist() == ["Store 4"]
    for frame in (by_place(), by_place(noise=0.01, extra=0.8), stores()):
        found = model(frame)
        predicted = scoring.predict_sites(found, inside(), stores())
        reasons = outlook.explain_sites(found, predicted)
        demand = frame["log_demand"].mean() if found.is_ranked else 0.0
        typical = demand + found.fit.mean + SISTER.effect * frame["exposure"].mean()
        product = (1 + reasons.drop(columns="site")).prod(axis=1) * np.exp(typical)
        np.testing.assert_allclose(product, predicted["orders_week"])


def test_event_losses_fall_with_distance():
    losses = diverted.estimate_event_losses(model(), inside(), stores())
    assert losses.sort_values("km")["loss"].is_monotonic_decreasing
    assert len(losses) == 18


def test_choice_losses_shrink_with_an_outside_option():
    named = stores().rename(columns={"site": "store_name"})
    few, many = (
        diverted.estimate_huff_losses(load_layers(), named, inside(), decay_km=1.0, outside=o)["loss"]
        for o in (0.1, 5.0)
    )
    assert (many < few).all() and (few < 1).all()


def test_customers_are_spread_without_losing_an_order():
    tracts = diverted.spread_customers(load_layers(), stores(), decay_km=1.0, outside=0.5)
    orders = (tracts["density"] * tracts.to_crs(6933).area / 1e6).sum()
    assert orders == pytest.approx(stores()["orders_week"].sum())


def test_imports_stand_beside_a_site():
    rent = pd.DataFrame({"site": ["Near"], "rent_dollars_month": [21_000.0]})
    rivals = pd.DataFrame({"name": ["X"], "latitude": [40.7306], "longitude": [-73.9916]})
    table = steps.attach_imports(inside(), rent, None, rivals).set_index("site")
    assert table.loc["Near", "rent_dollars_month"] == 21_000 and np.isnan(
        table.loc["Far", "rent_dollars_month"]
    )
    assert table["competitors"].to_dict() == {"Near": 1, "Far": 0} and "people_day" not in table


def test_an_existing_model_is_scored_beside_ours():
    perfect = pd.DataFrame(
        {
            "store_name": stores()["site"],
            "predicted_dollars_month": stores()["orders_week"] * 5.0 * 365.25 / 12 / 7,
        }
    )
    table = steps.compare_with_existing_model(model(), perfect).set_index("way")
    assert table.loc["existing model (imported)", "error"] == pytest.approx(0)
    assert table.loc["existing model (imported)", "r2"] == pytest.approx(1)
    assert table.loc["mean of the other stores", "r2"] == 0
    assert len(steps.compare_with_existing_model(model(), None)) == 4
    assert (table["low"] <= table["error"]).all()
    # However good, an imported model is not what the predictions rest on.
    assert table.index[table["is_used"]].tolist() == ["the same, with sister stores"]
    by_people = steps.compare_with_existing_model(model(by_place()), None).set_index("way")
    assert by_people.index[by_people["is_used"]].tolist() == ["people in reach, with sister stores"]
    assert by_people.loc["people in reach, with sister stores", "r2"] > 0.5
    with pytest.raises(LuckyError, match=r"expected stores among Store 0.*got Elsewhere"):
        steps.compare_with_existing_model(model(), perfect.head(1).assign(store_name="Elsewhere"))
