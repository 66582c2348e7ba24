"""Which kind takes longer or comes most: found where planted and named nowhere else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.naive_bayes import MultinomialNB

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.customers.survival import compare_survival, estimate_time, shuffle_log_rank
from lucky_analytics.methods.texts.word_votes import learn_votes
from lucky_analytics.questions.platform.incident_runbooks import incident_kinds as kinds
from lucky_analytics.questions.platform.incident_runbooks import incidents, texts
from lucky_analytics.questions.platform.incident_runbooks import solving_times as standing
from tests.incident_world import EXAMPLES, UNTIL, make_incidents, write

KNOWN = kinds.load_kinds()
VOTES = kinds.learn(EXAMPLES)


def measure(folder, seed, **world):
    path = write(folder, make_incidents(seed, **world))
    found = incidents.read_incidents(path, KNOWN, VOTES, 0.5, UNTIL, 365)
    return standing.measure_kinds(found.rows, KNOWN, 0.9), standing.find_lead(found.rows), found


def test_votes_are_those_of_scikit_learn():
    marks = (VOTES.seen > 0).astype(float)
    theirs = MultinomialNB(alpha=1.0, fit_prior=False).fit(marks, VOTES.kind)
    said = ["the disk of the order database is full", "redis and dns", "hello there"]
    row = np.array([[float(word in text.split()) for word in VOTES.words] for text in said])
    np.testing.assert_allclose(VOTES.weigh(said), theirs.predict_proba(row), rtol=1e-9)


def test_each_text_is_tried_by_the_others_alone():
    said, of = EXAMPLES["said"].tolist(), EXAMPLES["kind"].tolist()
    left_out = VOTES.weigh_left_out()
    for place in range(0, len(said), 23):
        rest = learn_votes(said[:place] + said[place + 1 :], of[:place] + of[place + 1 :])
        np.testing.assert_allclose(left_out[place], rest.weigh([said[place]])[0], rtol=1e-9)
    np.testing.assert_allclose(left_out.sum(axis=1), 1.0)


def test_the_reading_beats_the_commonest_kind_and_a_lot_does_not():
    truth = EXAMPLES["kind"].to_numpy(object)
    told = kinds.put_under(VOTES, VOTES.weigh_left_out(), 0.5)
    proof = kinds.prove_reading(told, truth, KNOWN)
    assert proof.beats_naive and proof.right.n == len(truth) == 160
    assert proof.right.value == pytest.approx((told == truth).mean())
    named = told != kinds.NONE
    assert proof.wrong.value == pytest.approx((told != truth)[named].mean()) and proof.wrong.n == named.sum()
    assert proof.by_kind["n"].sum() == (truth != kinds.NONE).sum()
    assert proof.by_kind["n_wrong"].sum() == ((told != truth) & named).sum()
    drawn = np.random.default_rng(0).permutation(truth)
    assert not kinds.prove_reading(drawn, truth, KNOWN).beats_naive


def test_the_surer_one_must_be_the_fewer_are_named():
    table = kinds.list_thresholds(VOTES)
    assert (table["n_named"].diff().dropna() <= 0).all() and (table["n_wrong"].diff().dropna() <= 0).all()
    assert (table["n_named"] + table["n_none"] == len(EXAMPLES)).all()


def test_shuffling_agrees_with_the_log_rank_test_on_many_and_its_sum_is_observed_less_expected():
    rng = np.random.default_rng(3)
    days, own = rng.exponential(10, 300), np.arange(300) < 120
    ends = rng.random(300) < 0.8
    days[own] *= 1.25
    excess, p_value = shuffle_log_rank(days, ends, own)
    expected = sum(
        ends[days == t].sum() * (own & (days >= t)).sum() / (days >= t).sum() for t in np.unique(days[ends])
    )
    assert excess == pytest.approx(ends[own].sum() - expected)
    counts = pd.DataFrame({"duration": days, "n_event": ends, "n_censored": ~ends, "g": own}).astype(float)
    assert p_value == pytest.approx(compare_survival(counts, "g").p_value, abs=0.03)
    with pytest.raises(ParameterError):
        shuffle_log_rank(days, ends, np.ones(300, bool))


def test_half_of_all_is_the_median_where_nothing_is_open():
    counts = pd.DataFrame({"duration": np.arange(1.0, 100.0), "n_event": 1, "n_censored": 0})
    found = estimate_time(counts, 0.5)
    assert found.value == 50 and found.low < 50 < found.high
    assert estimate_time(counts.assign(n_event=0, n_censored=1), 0.5).value is None


def test_where_all_kinds_are_alike_hardly_a_world_names_one(tmp_path):
    told = [measure(tmp_path, seed) for seed in range(12)]
    assert sum(len(texts.find_slow(times)) > 0 for times, _lead, _found in told) <= 2
    assert sum(bool(lead.kind) for _times, lead, _found in told) <= 1


def test_a_kind_that_takes_long_or_comes_often_is_named(tmp_path):
    for seed in range(3):
        times, lead, _found = measure(
            tmp_path, seed, n=120, slow=("disk_full", 8), frequent=("name_lookup", 5)
        )
        assert texts.find_slow(times)["name"].iloc[0] == "disk_full" and lead.kind == "name_lookup"


def test_a_kind_read_from_words_leads_nothing(tmp_path):
    _times, lead, _found = measure(tmp_path, 1, n=120, frequent=("name_lookup", 8), share_given=0.0)
    assert lead == standing.Lead("", 0, 0, 0)
