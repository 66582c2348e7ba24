"""Steps of the page on recommendations: against plain loops and arithmetic, and every branch of its words."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.recommenders.ranking import place_targets
from lucky_analytics.models import product_pairs
from lucky_analytics.questions.product.recommendations import (
    advice,
    claims,
    customer_lists,
    cuts,
    gains,
    list_tests,
    new_store,
    taste,
    texts,
    views,
)
from lucky_analytics.questions.product.recommendations.list_rules import (
    OWN,
    RECOMMENDERS,
    RULES,
    gather_facts,
)
from lucky_analytics.questions.product.recommendations.sold_lines import NOBODY, code_lines
from tests import recommender_world

HORIZON = 28


@functools.cache
def sales():
    return recommender_world.simulate(1, n_customers=250, loyalty=0.3, taste=0.3).sales


@functools.cache
def judged():
    found = list_tests.run_tests(sales())
    assert found is not None
    return found


def facts():
    category = pd.factorize(sales().products["category"])[0]
    day = cuts.find_cut_days(sales(), HORIZON, 6)[-1]
    return gather_facts(cuts.cut_at(sales(), day, HORIZON), category, np.ones(len(category), int))


def test_units_become_lines_in_the_order_of_time_whatever_their_own_order():
    units = pd.DataFrame(
        {
            "order_id": ["b", "a", "b", "b"], "customer_id": ["x", None, "x", "x"], "store_id": "s",
            "product_id": ["q", "p", "p", "q"], "order_date": pd.Timestamp("2026-01-02"), "local_hour": 9,
            "ordered_at": pd.to_datetime(["2026-01-02 15:00", "2026-01-02 14:00", *["2026-01-02 15:00"] * 2]),
            "paid_cents": [100, 200, 300, 400],
        }
    )  # fmt: skip
    products = pd.DataFrame({"product_id": ["p"], "product_name": ["Tea"], "category": ["T"]})
    stores = pd.DataFrame({"store_id": ["s"], "store_name": ["Here"]})
    made = code_lines(units, products, stores, dt.date(2026, 1, 2))
    assert made.lines["paid_cents"].tolist() == [200.0, 300.0, 500.0]
    assert made.lines["customer"].tolist() == [NOBODY, 0, 0] and len(made.people) == 2
    assert made.products["product_name"].tolist() == ["Tea", "q"]
    again = code_lines(units.sample(frac=1, random_state=2), products, stores, dt.date(2026, 1, 2))
    pd.testing.assert_frame_equal(again.lines, made.lines)


def test_a_cut_knows_what_was_bought_and_looks_up_the_next_order():
    cut, lines = facts().cut, sales().people
    before = lines[lines["day"] <= cut.day]
    after = lines[(lines["day"] > cut.day) & (lines["day"] <= cut.day + HORIZON)]
    n_targets = 0
    for row, customer in enumerate(cut.customer):
        own = before[before["customer"] == customer]
        following = after[after["customer"] == customer]
        following = following[following["order"] == following["order"].iloc[0]]
        n_targets += len(following)
        on_menu = set(following["product"]) & set(cut.items)
        assert on_menu == set(cut.items[cut.item[cut.row == row]])
        assert cut.n_orders[row] == own["order"].nunique()
        counted = own["product"].value_counts().reindex(cut.items, fill_value=0).to_numpy()
        np.testing.assert_array_equal(cut.seen[row], counted)
        bought = cut.items[np.argsort(-cut.last[row])][: (counted > 0).sum()]
        latest = own["product"].drop_duplicates(keep="last")[::-1]
        assert bought.tolist() == latest[latest.isin(cut.items)].tolist()
    assert n_targets == len(cut.row) + cut.n_unknown
    assert (np.diff(cut.recent) <= 0).all()  # equal scores are broken by popularity


def test_nothing_after_the_date_enters_what_a_rule_knows():
    before = facts()
    own = sales()
    late = own.lines["day"] > before.cut.day
    other = dataclasses.replace(own, lines=own.lines.assign(paid_cents=np.where(late, 1.0, 2.0)))
    swapped = other.lines.copy()
    swapped.loc[late, "product"] = swapped.loc[late, "product"].to_numpy()[::-1]
    after = cuts.cut_at(dataclasses.replace(own, lines=swapped), before.cut.day, HORIZON)
    np.testing.assert_array_equal(after.seen, before.cut.seen)
    np.testing.assert_array_equal(after.recent, before.cut.recent)


@pytest.mark.parametrize("name", [f"{OWN}{rule}" for rule in RECOMMENDERS])
def test_own_products_first_has_the_places_of_its_own_scores(name):
    known = facts()
    whole, _ = list_tests.place_rules(known, [name.removeprefix(OWN)])[name]
    scored = place_targets(RULES[name].scores(known), known.cut.row, known.cut.item)
    np.testing.assert_array_equal(whole, scored)


def test_taste_is_popularity_for_who_has_none_and_leans_to_what_was_bought():
    known = facts()
    popular = place_targets(RULES["popular"].scores(known), known.cut.row, known.cut.item)
    blank = dataclasses.replace(known.cut, seen=np.zeros_like(known.cut.seen))
    same = place_targets(
        RULES["taste 5"].scores(dataclasses.replace(known, cut=blank)), known.cut.row, known.cut.item
    )
    np.testing.assert_array_equal(same, popular)
    scores = RULES["taste 5"].scores(known)
    row = int(np.argmax(known.cut.seen.sum(axis=1)))
    leading = np.bincount(known.category, known.cut.seen[row]).argmax()
    raised = scores[row] - np.log(known.cut.recent / known.cut.recent.sum())
    assert raised[known.category == leading].min() >= raised[known.category != leading].max()


def test_rules_are_chosen_on_older_dates_alone():
    whole = judged()
    start = whole.days[whole.n_older]
    own = sales()
    late = own.lines["day"] > start
    mixed = own.lines.copy()
    mixed.loc[late, "product"] = np.random.default_rng(1).permutation(mixed.loc[late, "product"])
    again = list_tests.run_tests(dataclasses.replace(own, lines=mixed))
    pd.testing.assert_frame_equal(again.older, whole.older)
    for chosen in ("families", "personal", "recommender", "first"):
        assert getattr(again, chosen) == getattr(whole, chosen)
    assert again.scored[f"recall {whole.personal}"].mean() < whole.scored[f"recall {whole.personal}"].mean()


def test_the_simple_rule_to_beat_is_the_one_that_did_best():
    found, scored = judged(), judged().scored
    best = max(["popular", "popular ever", "popular in store", "popular by daypart", "last bought",
                "most bought"], key=lambda name: scored[f"recall {name}"].mean())  # fmt: skip
    assert found.naive == best


def test_gains_are_paired_means_and_fall_with_the_level():
    found = gains.estimate_gains(judged(), 0.01)
    row = found.set_index("name").loc["own"]
    both = (judged().scored[f"recall {row[name]}"] for name in ("rule", "against"))
    assert row["gain"] == pytest.approx(np.subtract(*both).mean())
    wide = gains.estimate_gains(judged(), 0.01, 0.99).set_index("name").loc["own"]
    assert wide["low"] < row["low"] < row["gain"]
    assert not gains.estimate_gains(judged(), 0.5)["is_worth"].any()
    by_date, by_group = gains.estimate_by_date(judged()), gains.estimate_by_group(judged())
    n = by_date["n"].to_numpy()
    assert (by_date["own"] * n).sum() / n.sum() == pytest.approx(row["gain"])
    assert by_group["n"].sum() == n.sum() and by_group["group"].iloc[0] == "1 order"
    assert gains.estimate_repeats(judged()).value == pytest.approx(judged().targets["is_repeat"].mean())


def test_taste_carries_over_only_where_it_was_planted():
    def carried(**planted):
        own = recommender_world.simulate(3, n_customers=400, **planted).sales
        category = pd.factorize(own.products["category"])[0]
        cut = cuts.cut_at(own, cuts.find_cut_days(own, HORIZON, 6)[-1], HORIZON)
        return taste.estimate_carry_over(cut, category[cut.items])

    assert carried(taste=0.6).mean.low > 0.05 and carried().mean.holds(0)


def test_profiles_equal_a_plain_loop():
    profile = taste.profile_customers(sales()).set_index("customer")
    own = sales().people.merge(sales().products[["category"]], left_on="product", right_index=True)
    for customer, lines in list(own.groupby("customer"))[::20]:
        row = profile.loc[customer]
        assert row["n_orders"] == lines["order"].nunique() and row["n_purchases"] == len(lines)
        assert row["order_dollars"] == pytest.approx(lines["paid_cents"].sum() / row["n_orders"] / 100)
        if len(lines) >= 4:
            counts = lines["category"].value_counts()
            assert counts[row["category"]] == counts.max()
            assert row["share"] == pytest.approx(counts.max() / len(lines))
        else:
            assert row["category"] == taste.NO_TASTE and pd.isna(row["share"])
    groups = taste.group_by_taste(profile.reset_index())
    assert groups["n"].sum() == len(profile) and "have bought enough" in taste.describe_group(groups)


def test_promises_are_arithmetic_on_the_baskets():
    baskets = claims.measure_baskets(sales())
    lines = sales().people
    recent = lines[lines["day"] > sales().last_day - 28]
    orders = recent.groupby("order")["paid_cents"].agg(["sum", "size"])
    assert baskets.n_orders == len(orders) and baskets.second_share == (orders["size"] > 1).mean()
    assert baskets.order_dollars == pytest.approx(orders["sum"].mean() / 100)
    row = claims.assemble_claims(baskets).iloc[0]
    assert row["added_share"] == pytest.approx(0.5 / baskets.added_dollars)
    assert row["of_today"] == pytest.approx(row["added_share"] / baskets.second_share)
    assert texts.describe_claims(baskets, claims.assemble_claims(baskets)).startswith(
        "+$0.50 an order means "
    )


def test_without_orders_or_second_products_promises_say_so():
    own = sales()
    nothing = claims.measure_baskets(dataclasses.replace(own, lines=own.lines.head(0)))
    assert nothing.n_orders == 0 and nothing.smallest is None
    assert "Nobody has ordered" in texts.describe_claims(nothing, claims.assemble_claims(nothing))
    single = dataclasses.replace(own, lines=own.lines.drop_duplicates("order"))
    alone = claims.measure_baskets(single)
    promised = claims.assemble_claims(alone)
    assert promised["added_share"].isna().all() and "not known" in texts.describe_claims(alone, promised)


def test_stores_taken_for_new_ones():
    world = recommender_world.simulate(5, local=4.0).sales
    units = new_store.count_units(world)
    likeness = pd.DataFrame({"store_id": list("0123"), "log_jobs": [1.0, 1.1, 5.0, 5.2]})
    found = new_store.leave_stores_out(world, units, likeness)
    wide = units.pivot_table(index="place", columns="product", values="n", aggfunc="sum", fill_value=0)
    for place, row in enumerate(found.stores.to_dict("records")):
        top = wide.drop(index=place).sum().nlargest(5).index
        assert row["chain"] == pytest.approx(wide.loc[place, top].sum() / wide.loc[place].sum())
        assert row["own"] >= max(row["chain"], row["alike"])
    assert found.stores["alike_name"].tolist() == ["Store 1", "Store 0", "Store 3", "Store 2"]
    assert found.gain.n == 4 and "misses" in texts.describe_left_out(found)
    blind = new_store.leave_stores_out(world, units, None)
    assert blind.gain.value is None and "Not known" in texts.describe_alike(blind)
    one = new_store.leave_stores_out(world, units[units["place"] == 0], likeness)
    assert "With one store" in texts.describe_left_out(one)
    assert new_store.find_favourites(world, units[units["place"] == 0]).empty


def test_lists_hold_own_products_and_something_new():
    listed = customer_lists.list_customers(sales(), "most bought", 3, active_days=40)
    lines = sales().people
    active = lines.loc[lines["day"] > sales().last_day - 40, "customer"].unique()
    assert len(listed) == len(active) and listed["customer_id"].is_unique
    names = sales().products["product_name"]
    for row in listed.to_dict("records")[::10]:
        own = lines[lines["customer"] == sales().customer_id.get_loc(row["customer_id"])]
        counts = names.reindex(own["product"]).value_counts()
        assert counts[row["product_1"]] == counts.max() and row["new_1"] not in counts.index
    popular = customer_lists.list_customers(sales(), "popular", 2, active_days=40)
    assert popular["product_1"].nunique() == 1 and "product_3" not in popular


def found_gains(**states):
    """Gains of rules with a state each: worth, small, none, loss; circumstances not found unless said."""
    values = {"worth": (0.05, 0.03, 0.07), "small": (0.005, 0.003, 0.007), "none": (0.004, -0.01, 0.02),
              "loss": (-0.03, -0.04, -0.02)}  # fmt: skip
    rows = []
    for name, family in {name: family for name, (family, _) in gains._COMPARED.items()}.items():
        state = states.get(name, "none")
        gain, low, high = values[state]
        rows.append(
            {"name": name, "family": family, "gain": gain, "low": low, "high": high, "n": 900,
             "is_found": state in ("worth", "small"), "is_worth": state == "worth", "rule": f"rule {name}",
             "rule_label": f"List {name}", "against_label": "Most sold", "measure": "recall"}
        )  # fmt: skip
    return pd.DataFrame(rows)


BASKETS = claims.Baskets(5000, 2000, 4.0, 0.12, 3.0, 1.5)
WAITS = "do not decide on this yet"
CASES = {
    "own and recommender": ({"own": "worth", "recommender": "worth"}, "lean", "bought before and the"),
    "own and first": ({"own": "worth", "first": "worth"}, "lean", "where new products are shown"),
    "own alone": ({"own": "worth", "recommender": "small"}, "lean", "show no recommender"),
    "recommender alone": ({"own": "loss", "recommender": "worth"}, "lean", "try the list"),
    "small": ({"own": "small"}, WAITS, "keep one list for all"),
    "none": ({}, WAITS, "keep one list for all"),
    "losses": (dict.fromkeys(("own", "recommender", "first"), "loss"), WAITS, "keep one"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_said_and_advised_follows_the_gains(case):
    states, strength, said = CASES[case]
    found = found_gains(**states)
    made = advice.decide(found, claims.assemble_claims(BASKETS), BASKETS, 0.9)
    assert made.strength.word == strength and said in made.text
    shows = "worth" in (states.get("recommender"), states.get("first"))
    assert made.on == {"recommender in the app": "try" if shows else "do not show"}
    assert ("show no recommender" in made.text) != shows
    title = texts.name_finding(found)
    assert len(title.split()) <= 14 and ("{" not in title)
    answer = texts.phrase_answer(found)
    assert ("not known to be enough" in answer) == (
        states.get("recommender") != "worth" or states["own"] != "worth"
    )
    titles = {texts.name_finding(found_gains(**other)) for other, *_ in CASES.values()}
    assert len(titles) == 6  # "none" and "losses" are alike


def test_lists_for_customers_are_written_by_what_is_worth_showing():
    assert advice.find_list_rule(found_gains(own="worth", recommender="worth")) == "rule recommender"
    assert advice.find_list_rule(found_gains(own="worth")) == "rule own"
    assert advice.find_list_rule(found_gains()) == "popular"


def test_a_trial_without_customers_or_spread_is_not_sized():
    nobody = claims.Baskets(1, 1, 4.0, 0.0, np.nan, np.nan)
    made = advice.decide(found_gains(own="worth"), claims.assemble_claims(nobody), nobody, 0.9)
    assert "drawn by chance" in made.text and "too few customers" in made.would_change_if


def test_verdicts_and_captions_say_no_more_than_the_gains():
    found = found_gains(own="worth", recommender="small", first="loss", season="small")
    shown = views.show_gains(found).set_index("name")
    assert shown["verdict"].to_dict() == {
        "own": "a gain worth having", "recommender": "a gain, too small to act on", "first": "a loss",
        "store": "no gain that is sure", "daypart": "no gain that is sure",
        "season": "a gain, too small to act on",
    }  # fmt: skip
    assert shown.loc["own", "points"] == pytest.approx(5.0)
    assert (
        texts.describe_gains(found, 0.01)
        == "Opening with what the customer bought before helps in 5 of 100 orders more"
    )
    assert (
        texts.describe_gains(found_gains(), 0.01)
        == "No list is surely right for 1 of 100 orders more than a simpler one"
    )
    assert "1 is worth having" in texts.explain_gain(found.to_dict("records")[1], 0.01)
    assert texts.explain_gain(found.to_dict("records")[0], 0.01).endswith("A gain worth having")
    said = texts.describe_circumstances(found)
    assert said.startswith("One list for all is better where it follows the last four weeks")
    assert said.endswith("the store and the time of day do not surely.")
    assert texts.describe_circumstances(found_gains()).startswith("Neither the store")
    both = found_gains(store="worth", daypart="worth")
    assert texts.describe_circumstances(both).endswith("(season and launches) does not surely.")


@pytest.mark.parametrize(("n", "tested_pairs", "start"), [
    (0, 0, "Too few orders"), (0, 9, "0 pairs are"), (1, 9, "1 pair is"), (2, 1200, "2 pairs are"),
])  # fmt: skip
def test_pairs_are_counted_in_words(n, tested_pairs, start):
    assert texts.describe_pairs(n, tested_pairs).startswith(start)


def test_favourites_are_counted_in_words():
    rows = pd.DataFrame({"is_found": [True, True, False]})
    assert texts.describe_favourites(rows).startswith("2 products of one store sell")
    assert texts.describe_favourites(rows.tail(2)).startswith("1 product of one store sells")
    assert texts.describe_favourites(rows.tail(1)).startswith("No store sells")
    assert texts.describe_favourites(rows.head(0)).startswith("There is no second store")


def test_a_like_neighbourhood_is_a_gain_only_where_it_is_sure():
    left_out = new_store.LeftOut(pd.DataFrame(), Estimate(0.02, 0.01, 0.03, level=0.9, n=9))
    assert texts.describe_alike(left_out) == "A gain"
    assert texts.describe_alike(left_out._replace(gain=left_out.gain.times(-1))) == "A loss"
    assert texts.describe_alike(left_out._replace(gain=left_out.gain.plus(-0.02))) == "No gain that is sure"


def test_too_few_weeks_cannot_be_tested():
    own = sales()
    days = own.lines["day"]
    short = dataclasses.replace(own, lines=own.lines[days > own.last_day - 90])
    assert len(cuts.find_cut_days(short, HORIZON, 6)) < list_tests.FEWEST_DATES
    assert list_tests.run_tests(short) is None
    assert list_tests.run_tests(dataclasses.replace(own, lines=own.lines.head(0))) is None
    assert texts.describe_no_tests(0)[0] == "Nobody has ordered yet"
    title, _, made = texts.describe_no_tests(5)
    assert "cannot be tested" in title and made.strength.word == "do not decide on this yet"


def test_where_no_order_holds_two_products_there_is_no_pair():
    empty = pd.DataFrame({"stratum": [], "product_a": [], "product_b": [], "n": []})
    assert product_pairs.estimate_pairs(empty, sales().products).empty
