"""The what-if: at rest it is site_scoring to the last digit; each lever moves what it says it moves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.sites import site_model as scoring
from lucky_analytics.models.sites import site_outlook as outlook
from lucky_analytics.models.sites.site_draws import draw_revenue, draw_weekly_shares
from lucky_analytics.models.sites.site_payback import Lease, estimate_payback
from lucky_analytics.models.sites.site_range import inside_range, mark_range
from lucky_analytics.questions.strategy.site_what_if.prepare import prepare_sites
from lucky_analytics.questions.strategy.site_what_if.search import search_sites
from lucky_analytics.questions.strategy.site_what_if.site_chain import build_world, kernel_between
from lucky_analytics.questions.strategy.site_what_if.site_sets import draw_sets, estimate_set
from lucky_analytics.questions.strategy.site_what_if.steps import (
    answer_scenario,
    require_sites,
)
from lucky_analytics.questions.strategy.site_what_if.support import warn
from tests.ramp_suite import SimulatedSuite
from tests.site_world import (
    BROOKLYN,
    COLUMBUS,
    RIVER,
    UPTOWN,
    VARICK,
    prepared,
    prepared_blind,
    scenario,
    telling,
)


def answer(*places, **levers):
    return answer_scenario(prepared(), scenario(*places, **levers))


def test_at_rest_it_is_site_scoring_to_the_last_digit():
    ready, asked = prepared(), scenario(VARICK, COLUMBUS)
    model, fitted = ready.models[1.0, 0.4], ready.fitted[1.0]
    frame = pd.DataFrame([VARICK, COLUMBUS], columns=["site", "latitude", "longitude"])
    places = (scoring.describe_sites(ready.layers, frame), scoring.list_reference_sites(ready.layers))
    sites, reference = (
        inside_range(
            mark_range(
                model,
                scoring.predict_sites(
                    model,
                    scoring.add_demand(ready.layers, each, decay_km=1.0, outside=fitted.outside.weight),
                    fitted.open_sites,
                ),
            )
        )
        for each in places
    )
    scored = outlook.score_sites(model, sites, reference, seed=1).set_index("site")
    payback = estimate_payback(
        model, fitted.fit, scored.reset_index(), Lease(15_000, 200_000, 0.4, 36), seed=1
    )
    found = answer_scenario(ready, asked).sites.set_index("site")
    for name in (
        "gross",
        "gross_low",
        "taken",
        "taken_high",
        "net",
        "net_low",
        "net_high",
        "score",
        "p_top3",
    ):
        assert found[name].to_dict() == scored[name].to_dict(), name
    assert found["p_payback"].to_dict() == payback.set_index("site")["p_payback"].to_dict()


@pytest.mark.full
def test_a_report_prepares_only_what_it_needs_and_gets_the_same():
    asked = scenario(VARICK, COLUMBUS, decay=0.7, radius=0.6, outside=2.0, jobs_share=1.0, price=1.1)
    lean = prepare_sites(SimulatedSuite(telling(5)), prepared().layers, only=asked)
    whole, part = (answer_scenario(ready, asked) for ready in (prepared(), lean))
    assert whole.together == part.together
    pd.testing.assert_frame_equal(whole.sites, part.sites, check_exact=True)


def test_together_is_the_scenario_of_the_report_on_site_scoring():
    found, ready = answer(VARICK, COLUMBUS), prepared()
    sites = found.sites[["site", "latitude", "longitude", "log_demand", *scoring.TERMS.keys() & found.sites]]
    rows = outlook.combine_sites(
        ready.models[1.0, 0.4], sites, ready.fitted[1.0].open_sites, ["180 Varick", "Columbus Circle"]
    ).set_index("site")
    for name in ("gross", "taken", "net", "taken_from_each_other"):
        # combine_sites gives gross before the sites take from each other
        expected = rows.loc["together", name] - (
            rows.loc["together", "taken_from_each_other"] if name == "gross" else 0
        )
        assert found.together[name] == pytest.approx(expected)


def test_one_site_together_is_that_site():
    found = answer(VARICK)
    for name in ("gross", "taken", "net", "net_low", "net_high"):
        assert found.together[name] == pytest.approx(found.sites[name].iloc[0])
    assert found.losses.sum(axis=1).iloc[0] == pytest.approx(found.sites["taken"].iloc[0])
    for name in ("score", "score_low", "score_high"):
        assert found.together[name] == found.sites[name].iloc[0], name
    assert found.losses_together.sum() == pytest.approx(found.together["taken"])


def test_what_the_choice_levers_move():
    rest, alone = answer(VARICK), answer(VARICK, outside=0.25)
    assert alone.together["taken"] > rest.together["taken"]  # nobody else to take from
    assert answer(VARICK, outside=4.0).together["taken"] < rest.together["taken"]
    grand = ["Grand Central", 40.7527, -73.9772]  # jobs; few live there
    more, less = (answer(grand, jobs_share=share).together["gross"] for share in (1.0, 0.0))
    assert more > answer(grand).together["gross"] > less


def test_price_and_costs_move_only_what_they_should():
    rest = answer(VARICK)
    dear = answer(VARICK, price=1.2, response=0.0)
    assert dear.together["gross"] == pytest.approx(1.2 * rest.together["gross"])
    assert dear.together["taken"] == rest.together["taken"]
    neutral = answer(VARICK, price=1.2)  # response -1: as much revenue from fewer orders
    assert neutral.together["gross"] == pytest.approx(rest.together["gross"])
    assert neutral.sites["orders_week"].iloc[0] == pytest.approx(rest.sites["orders_week"].iloc[0] / 1.2)
    assert neutral.lease.margin_rate == pytest.approx(1 - 0.6 / 1.2)
    free = answer(VARICK, rent=0, build_out=0)
    assert free.sites["p_payback"].iloc[0] >= rest.sites["p_payback"].iloc[0]
    for name in ("gross", "taken", "net", "score"):
        assert free.together[name] == rest.together[name]
    # The lease moves profit, dollar for dollar.
    assert free.together["profit"] - rest.together["profit"] == pytest.approx(15_000 + 200_000 / 36)
    assert answer(VARICK, fixed=4_000).together["profit"] == pytest.approx(rest.together["profit"] - 4_000)
    richer = answer(VARICK, margin=0.5).together["profit"] - rest.together["profit"]
    assert richer == pytest.approx(0.1 * rest.together["net"])


def test_radius_and_walking_distance_change_the_model():
    near, far = answer(COLUMBUS, radius=0.2), answer(COLUMBUS, radius=0.8)
    assert near.sites["jobs"].iloc[0] < answer(COLUMBUS).sites["jobs"].iloc[0] < far.sites["jobs"].iloc[0]
    taken = {reach: answer(COLUMBUS, decay=reach).together["taken"] for reach in prepared().fitted}
    assert len(set(taken.values())) == len(taken) >= 3


def test_a_store_left_out_loses_nothing_and_its_neighbours_get_some_back():
    name = prepared().store_names[0]
    rest, without = answer(VARICK), answer(VARICK, left_out=(name,))
    assert name in rest.losses.columns and name not in without.losses.columns
    assert 0 < without.world.regained <= without.world.closed
    sold = without.world.open_sites.set_index("site")["orders_week"]
    before = rest.world.open_sites.set_index("site")["orders_week"]
    assert (sold > before[sold.index]).all()
    # closing what opened gives back what opening took
    kept = without.world.open_sites
    gone = rest.world.open_sites[rest.world.open_sites["site"] == name]
    km = scoring.great_circle_km(kept["latitude"], kept["longitude"], gone["latitude"], gone["longitude"])
    sister = without.world.model.sister
    took = np.exp(sister.effect * np.exp(-km[:, 0] / sister.scale_km))
    gained, uncapped = sold.to_numpy() / before[sold.index].to_numpy() - 1, 1 / took - 1
    assert gained == pytest.approx(uncapped * (gained.max() / uncapped.max()))
    assert gained.max() <= uncapped.max() * (1 + 1e-9)


def test_no_more_comes_back_than_was_lost():
    names = prepared().store_names
    worlds = [build_world(prepared(), scenario(VARICK, left_out=(name,))) for name in names]
    back = [world.regained / world.closed for world in worlds]
    assert max(back) == pytest.approx(1) and min(back) < 0.99  # some would have had more, and are held


def test_ramp_ends_at_the_plateau_and_rises():
    found = answer(VARICK)
    ramp = found.ramps.iloc[0].to_numpy()
    assert ramp[-1] == pytest.approx(found.sites["gross"].iloc[0], rel=0.02)
    assert ramp[0] < ramp[3]


def test_outside_the_support_is_said():
    store = prepared().stores.iloc[2]
    close = ["Close", store["latitude"] + 0.001, store["longitude"]]
    found = answer(BROOKLYN, RIVER, close, COLUMBUS, UPTOWN, ["Lawn", 40.7813, -73.9665])
    brooklyn, river, near, _, uptown, lawn = (warn(prepared(), found, place) for place in range(6))
    assert "in Brooklyn" in brooklyn[0] and "in the water" in river[0]
    assert f"our store {store['store_name']}" in near[0] and near[0].startswith("111 m")
    assert "farther from our stores" in uptown[0] and "hardly anybody" in lawn[0]
    assert found.sites["site"].tolist() == ["Close", "Columbus Circle"]
    # What a place must sell is said where somebody lives, in the range of our stores or not.
    assert found.needs["site"].tolist() == ["Close", "Columbus Circle", "East 86th St"]
    nothing = answer(BROOKLYN, UPTOWN)
    assert nothing.together is None and nothing.needs["site"].tolist() == ["East 86th St"]
    with pytest.raises(LuckyError, match="a site inside the layers"):
        require_sites(nothing)


def test_where_places_say_nothing_there_is_no_score_and_no_proposal():
    blind, asked = prepared_blind(), scenario(VARICK, COLUMBUS)
    found = answer_scenario(blind, asked)
    assert found.sites[["score", "rank", "p_first"]].isna().all(axis=None) and np.isnan(
        found.together["score"]
    )
    assert found.sites["gross"].between(20_000, 80_000).all()
    searched = search_sites(blind, asked, "net", 2)
    assert searched.sites == [] and "cannot be ranked" in (searched.refused or "")


def test_search_is_greedy_by_brute_force():
    ready, asked = prepared(), scenario(VARICK)
    found = search_sites(ready, asked, "net", 2)
    assert found.is_complete and len(found.sites) == 2
    best = max(found.surface, key=lambda point: point[2])
    assert found.sites[0][1:3] == best[:2]

    def net(*places):
        return answer_scenario(ready, scenario(VARICK, *places)).together["net"]

    first, second = (["A", *found.sites[0][1:3]], ["B", *found.sites[1][1:3]])
    assert net(first) - net() == pytest.approx(found.sites[0][3], rel=1e-6)
    assert net(first, second) - net(first) == pytest.approx(found.sites[1][3], rel=1e-6)
    for latitude, longitude, _ in found.surface[::120]:
        assert net(["C", latitude, longitude]) <= net(first) + 1e-6
    revenue = search_sites(ready, asked, "gross", 1)
    assert revenue.sites[0][3] >= found.sites[0][3]
    for objective, k in (("profit", 1), ("net", 0), ("net", 6), ("net", "2")):
        with pytest.raises(ParameterError, match="search"):
            search_sites(ready, asked, objective, k)
    assert not search_sites(ready, asked, "net", 2, seconds=0).is_complete


def test_the_set_pays_back_as_its_one_site_does_and_ends_at_its_plateau():
    alone = answer(VARICK)
    site = alone.sites.iloc[0]
    for name in ("payback", "payback_low", "break_even", "own_payback", "bearable_rent", "p_payback"):
        assert alone.payback_together[name] == pytest.approx(site[name]), name
    both = answer(VARICK, COLUMBUS)
    ramp = both.ramp_together
    assert ramp["y"].iloc[-1] == pytest.approx(both.together["gross"], rel=0.02)
    assert (ramp["low"] <= ramp["y"]).all() and (ramp["y"] <= ramp["high"]).all()
    # sites that miss independently: narrower than if both missed in the same direction
    width = (ramp["high"] - ramp["low"]).iloc[-1]
    assert width < both.together["gross_high"] - both.together["gross_low"]
    assert both.lease_together.rent_dollars_month == 30_000 and both.payback_together["rent"] == 30_000


def test_a_set_sells_less_than_its_sites_alone_most_of_all_side_by_side():
    kept = []
    for other in (COLUMBUS, ["Next door", VARICK[1] + 0.0005, VARICK[2]]):
        both = answer(VARICK, other)
        kept.append(both.ramp_together["y"].sum() / both.ramps.sum().sum())
    assert kept[1] < kept[0] <= 1


def test_payback_of_a_set_by_brute_force():
    found = answer(VARICK, COLUMBUS)
    model, fit, sites = found.world.model, found.world.fitted.fit, found.sites
    lease, shares = Lease(8_000, 300_000, 0.4, 36), draw_weekly_shares(fit, 157, n_draws=150)
    row, _ = estimate_set(model, sites, found.ramp_together["y"].to_numpy(), lease, shares)
    gross, taken = draw_revenue(model, sites, n_draws=150)
    paid = []
    for draw in range(150):
        balance, week = -lease.build_out_dollars, 0
        while balance < 0 and week < 157:
            for site in range(2):
                sold = (
                    gross[draw, site] * shares.own[draw, week] - taken[draw, site] * shares.pull[draw, week]
                )
                balance += lease.margin_rate * sold / WEEKS_A_MONTH
            balance, week = balance - lease.rent_dollars_month / WEEKS_A_MONTH, week + 1
        paid.append(week / WEEKS_A_MONTH if balance >= 0 else np.inf)
    assert 0 < row["p_payback"] == pytest.approx(np.isfinite(paid).mean())
    assert row["payback_low"] == pytest.approx(
        np.quantile(paid, 0.5 - model.level / 2, method="inverted_cdf")
    )


def test_the_score_of_a_set_is_its_place_among_sets_drawn_from_the_tracts():
    asked = scenario(VARICK, COLUMBUS, outside=0.5)
    found = answer_scenario(prepared(), asked)
    points, world = found.reference, found.world
    between = kernel_between(world.model, points, points) - np.eye(len(points))
    pull, _ = world.choose(points)
    to_stores = kernel_between(world.model, points, world.open_sites) * pull
    gross, effect = points["gross"].to_numpy(), world.model.sister.effect
    chosen, nets = draw_sets(gross, between, to_stores, world.sold, effect, 2, seed=3, n_sets=40)
    assert chosen.shape == (40, 2) and (chosen[:, 0] != chosen[:, 1]).all()
    for row in (0, 17, 39):
        places = points.iloc[chosen[row]]
        pair = [[f"P{i}", *at] for i, at in enumerate(places[["latitude", "longitude"]].to_numpy().tolist())]
        alone = answer_scenario(prepared(), scenario(*pair, outside=0.5)).together["net"]
        assert nets[row] == pytest.approx(alone, rel=1e-3)  # a scenario rounds its places
    assert 0 <= found.together["score_low"] <= found.together["score"] <= found.together["score_high"] <= 100
    earning_less = np.mean(world.rank_sets(2) <= found.together["net"])
    assert found.together["score"] == pytest.approx(100 * earning_less)


def test_of_a_few_sites_the_chance_to_be_the_best_of_many_to_be_among_three():
    found = answer(VARICK, COLUMBUS).sites
    assert found["p_first"].sum() == pytest.approx(1) and (found["p_top3"] == 1).all()
    assert found["p_first"].idxmax() == found["rank"].idxmin()
