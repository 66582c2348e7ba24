"""Files of posts, topics, labels, comparisons and sentences, on rows made by hand; calm where nothing is."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import LEAN, WAIT
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.marketing.social_listening import (
    advice,
    judged_posts,
    labelled,
    listening_captions,
    places,
    spikes,
    texts,
    views,
)
from lucky_analytics.questions.marketing.social_listening import (
    listening_notes as notes,
)
from lucky_analytics.questions.marketing.social_listening.posts import (
    NO_STORE,
)
from tests.listening_world import OPENED, SAID, TOPICS, UNTIL, make_posts

LEVEL = 0.9


def judge(posts, reads: bool = True, weeks: int = 8):
    return judged_posts.judge_posts(posts, TOPICS, weeks, reads)


def watch(posts, judged):
    return spikes.find_alarms(judged, posts.first_dates, OPENED)


def test_stars_say_it_whatever_the_text_and_texts_count_only_where_proven():
    rows = pd.DataFrame(
        {"post_id": list("abcde"), "source": "x", "date": pd.Timestamp(UNTIL), "store": NO_STORE,
         "rating": [1.0, 3.0, np.nan, np.nan, np.nan], "is_read": [True] * 4 + [False],
         "text": ["I love it", "horrible", "horrible wait", "lovely", "太慢了"]}
    )  # fmt: skip
    posts = make_posts(0).__class__(rows, rows.head(0).assign(of=[]), 5, 0, 0, ())
    for reads, expected in ((True, [1, 0, 1, 0, None]), (False, [1, 0, None, None, None])):
        judged = judge(posts, reads)
        told = [None if np.isnan(value) else value for value in judged.rows["is_negative"]]
        assert told == expected
        assert judged.rows["about_wait"].iloc[2] == 1 and np.isnan(judged.rows["about_wait"].iloc[4])
    assert len(judge(posts, False).known) == 2


def label(posts, n: int, wrong: float = 0.0, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    bare = posts.rows[posts.rows["rating"].isna()].head(n)
    bad_words = {bad for bad, _ in SAID.values()}
    is_bad = np.array([re.sub(r" \d+$", "", text) in bad_words for text in bare["text"]])
    is_bad = np.where(rng.random(len(bare)) < wrong, ~is_bad, is_bad)
    return pd.DataFrame({"post_id": bare["post_id"], "sentiment": np.where(is_bad, "negative", "positive"),
                         "topic": "none"})  # fmt: skip


def test_reading_is_proven_by_enough_labels_that_agree_and_by_nothing_else():
    posts = make_posts(1)
    proven = labelled.prove_reading(posts, label(posts, 150), TOPICS)
    assert proven.is_proven and proven.kappa.low > labelled.LEAST_KAPPA and proven.kappa.n == 150
    assert labelled.find_order(proven).value > 0.95
    few = labelled.prove_reading(posts, label(posts, 40), TOPICS)
    poor = labelled.prove_reading(posts, label(posts, 200, wrong=0.4), TOPICS)
    none = labelled.prove_reading(posts, None, TOPICS)
    assert [each.why for each in (few, poor, none)] == ["few", "poor", "few"]
    assert not any(each.is_proven for each in (few, poor, none)) and few.kappa.value is None
    for proof, words in ((few, "decide nothing"), (poor, "decide nothing"), (proven, "texts count")):
        assert words in notes.note_agreement(proof)
    assert "count nowhere" in notes.note_share(Estimate(None), few)
    lost = pd.concat(
        [label(posts, 60), pd.DataFrame({"post_id": ["?"], "sentiment": "neutral", "topic": "none"})]
    )
    assert labelled.prove_reading(posts, lost, TOPICS).n_lost == 1


def test_words_of_topics_are_held_against_people_as_a_loop_does():
    posts = make_posts(3)
    topic = {bad: name for name, pair in SAID.items() for bad in pair}
    rows = posts.rows.head(300)
    told = [topic[re.sub(r" \d+$", "", text)] for text in rows["text"]]
    labels = pd.DataFrame({"post_id": rows["post_id"], "sentiment": "neutral", "topic": told})
    found = labelled.prove_reading(posts, labels, TOPICS).topics.set_index("label")
    for own in TOPICS:
        assert found.loc[own.label, "n"] == (labels["topic"] == own.name).sum()
        assert found.loc[own.label, "n_found"] == found.loc[own.label, "n"]
    assert found.loc["the place", "n_others"] == 0


def test_counts_of_spikes_are_those_of_a_loop_and_a_spike_is_named():
    posts = make_posts(5, spike=("3 Main", "wait", 12))
    judged = judge(posts)
    found = watch(posts, judged)
    for row in found.table.head(20).itertuples():
        counts = [0] * 9
        for post in judged.rows.itertuples():
            here = row.place in (spikes.EVERYWHERE, post.store)
            about = row.topic == places.ANY or getattr(post, f"about_{row.topic}") == 1
            if post.is_negative == 1 and post.week <= 8 and here and about:
                counts[post.week] += 1
        assert row.now == counts[0] and row.before == pytest.approx(np.mean(counts[1:]))
    top = found.alarms.iloc[0]
    assert (top["place"], top["topic"]) == ("3 Main", "wait")
    share, change, table = (
        places.measure_share(judged),
        places.measure_change(judged),
        places.compare_stores(judged),
    )
    assert texts.name_finding(judged, share, change, table, found, False).startswith(
        f"{top['now']} negative posts on long waits at 3 Main"
    )
    made = advice.decide(
        judged, posts, share, change, table, found, labelled.prove_reading(posts, None, TOPICS), UNTIL
    )
    assert made.strength.word == LEAN and "read the" in made.action and "3 Main" in made.action
    assert "on long waits at 3 Main" in texts.phrase_answer(judged, share, change, table, found)
    assert texts.name_alarms(judged, found)["3 Main, wait"].endswith("on long waits at 3 Main")


def test_a_site_or_store_that_is_new_is_no_spike():
    posts = make_posts(6)
    late = (posts.rows["source"] == "yelp") & (
        posts.rows["date"] < pd.Timestamp(UNTIL) - pd.Timedelta(days=6)
    )
    cut = posts.__class__(posts.rows[~late].reset_index(drop=True), posts.copies, 0, 0, 0, ())
    judged = judge(cut)
    opened = OPENED | {"2 Main": dt.date(2026, 2, 1)}
    found = spikes.find_alarms(judged, cut.first_dates, opened)
    assert (
        found.young == ("yelp",) and found.young_stores == ("2 Main",) and "yelp" in notes.note_alarms(found)
    )
    assert "2 Main" not in set(found.table["place"]) and not len(found.alarms)
    young = spikes.find_alarms(judged, dict.fromkeys(cut.first_dates, UNTIL), OPENED)
    assert not young.is_watched and "long enough" in notes.note_alarms(young)
    share, change, table = (
        places.measure_share(judged),
        places.measure_change(judged),
        places.compare_stores(judged),
    )
    table = table.assign(verdict="not shown")
    assert "too young" in texts.name_finding(judged, share, change.times(0), table, young, False)
    assert "too young" in texts.phrase_answer(judged, share, change, table, young)
    assert any(
        not row.passed
        for row in views.check_posts(
            cut, labelled.prove_reading(cut, None, TOPICS), found, {}, OPENED, UNTIL
        ).itertuples()
    )


def test_a_worse_store_is_named_whatever_site_it_is_talked_of_on():
    posts = make_posts(7, worse=("4 Main", 0.3))
    judged = judge(posts)
    table = places.compare_stores(judged)
    worse = texts.find_worse(table)
    assert set(worse["store"]) == {"4 Main"} and texts.count_worse(table) == 1
    found, share, change = watch(posts, judged), places.measure_share(judged), places.measure_change(judged)
    calm = found.__class__(found.table.assign(is_alarm=False), (), (), {})
    assert (
        texts.name_finding(judged, share, change, table, calm, False)
        == "4 Main: more negative posts than other stores"
    )
    made = advice.decide(
        judged, posts, share, change, table, calm, labelled.prove_reading(posts, None, TOPICS), UNTIL
    )
    assert made.strength.word == LEAN and "4 Main" in made.action and "no sample" in made.because
    assert texts.name_worse(judged, table)["4 Main"].startswith("4 Main, all topics")


def test_where_nothing_changed_nothing_is_claimed():
    claims = 0
    for seed in range(12):
        posts = make_posts(seed)
        judged = judge(posts)
        found, table = watch(posts, judged), places.compare_stores(judged)
        claims += bool(len(found.alarms)) + bool(texts.count_worse(table))
    assert claims <= 3  # of 24 chances of 5 % each; 4 or more come by chance in 3 of 100 runs of this test


def test_shares_are_drawn_together_where_stores_are_alike_and_topics_are_counted():
    posts = make_posts(8)
    judged = judge(posts)
    shrunk = places.shrink_shares(judged.known, "is_negative", LEVEL)
    assert np.ptp(shrunk["rate"]) < np.ptp(shrunk["raw"]) and (shrunk["low"] < shrunk["rate"]).all()
    found = places.measure_topics(judged, LEVEL)
    for row in found.itertuples():
        about = judged.rows[f"about_{row.topic}"]
        assert (
            row.n_posts == about.sum()
            and row.share == pytest.approx(about.mean())
            and row.low < row.share < row.high
        )
    weeks = places.count_weeks(judged, LEVEL)
    assert weeks["n"].sum() == len(judged.known) and weeks["week"].tolist() == list(range(16))[::-1]
    assert places.measure_share(judged, 0.5).low > places.measure_share(judged, 0.99).low


def test_where_all_posts_are_negative_the_share_has_an_interval_and_no_change_is_claimed():
    posts = make_posts(9)
    for stars, value in ((1.0, 1.0), (5.0, 0.0)):
        rows = posts.rows.assign(rating=stars)
        judged = judge(dataclasses.replace(posts, rows=rows))
        share, change = places.measure_share(judged), places.measure_change(judged)
        assert share.value == value and 0 < share.high - share.low < 0.05
        told = texts.phrase_answer(judged, share, change, places.compare_stores(judged), watch(posts, judged))
        assert change.value is None and "whether that changed is not known" in told


def test_posts_of_one_store_alone_claim_nothing_of_stores():
    posts = make_posts(9)
    judged = judge(dataclasses.replace(posts, rows=posts.rows.assign(store="221 Grand")))
    share, change, table = (
        measure(judged) for measure in (places.measure_share, places.measure_change, places.compare_stores)
    )
    found, proof = watch(posts, judged), labelled.prove_reading(posts, None, TOPICS)
    found = dataclasses.replace(found, table=found.table.assign(is_alarm=False))
    made = advice.decide(judged, posts, share, change, table, found, proof, UNTIL)
    assert made.strength.is_idle and "no store has enough posts to be compared" in made.because
    assert "no store has enough" in texts.name_finding(judged, share, change, table, found, False)


def test_old_files_few_posts_and_no_claims_have_their_own_words():
    posts = make_posts(9, a_week=0.3)
    judged = judge(posts)
    found, table = watch(posts, judged), places.compare_stores(judged)
    share, change = places.measure_share(judged), places.measure_change(judged)
    assert share.value is None and set(table["verdict"]) <= {"too few"}
    proof = labelled.prove_reading(posts, None, TOPICS)
    made = advice.decide(judged, posts, share, change, table, found, proof, UNTIL)
    assert made.strength.word == WAIT and "label" in made.action
    assert "Too few posts" in texts.name_finding(judged, share, change, table, found, False)
    assert "Too few" in texts.phrase_answer(judged, share, change, table, found)
    assert listening_captions.stores(
        pd.DataFrame(
            {"store": ["a"], "verdict": ["too few"], "rate": [0.1], "low": [0.0], "high": [0.2], "n": [1]}
        ),
        None,
        LEVEL,
    )["finding"].startswith("No store has enough")
    later = UNTIL + dt.timedelta(days=views.MOST_DAYS + 1)
    old = advice.decide(judged, posts, share, change, table, found, proof, later)
    assert (
        old.strength.word == WAIT
        and "the file is old" in old.strength.doubts
        and views.is_stale(posts, later)
    )
    assert texts.name_finding(judged, share, change, table, found, True).startswith(
        "The file of posts is old"
    )
    whole = make_posts(10)
    judged = judge(whole)
    found, table = watch(whole, judged), places.compare_stores(judged)
    calm = found.__class__(found.table.assign(is_alarm=False), (), (), {})
    table = table.assign(verdict="not shown")
    share, change = (
        Estimate(0.2, 0.1, 0.3, level=LEVEL, n=500),
        Estimate(0.01, -0.02, 0.04, level=LEVEL, n=500),
    )
    idle = advice.decide(judged, whole, share, change, table, calm, proof, UNTIL)
    assert idle.strength.is_idle and texts.name_finding(judged, share, change, table, calm, False).startswith(
        "No store, topic"
    )
    assert "may be chance" in texts.phrase_answer(judged, share, change, table, calm)
    rose = Estimate(0.05, 0.02, 0.08, level=LEVEL, n=500)
    assert advice.decide(judged, whole, share, rose, table, calm, proof, UNTIL).because.endswith(
        "rose by 5 points (2 to 8)."
    )
    assert "larger share" in texts.name_finding(judged, share, rose, table, calm, False)
    assert "smaller share" in texts.name_finding(judged, share, rose.times(-1), table, calm, False)
    assert "beyond chance" in texts.phrase_answer(judged, share, rose, table, calm)
    assert "above" in listening_captions.weeks(places.count_weeks(judged), rose, LEVEL)["finding"]


def test_the_dashboards_worst_store_may_be_one_of_few_reviews():
    posts = make_posts(11)
    few = posts.rows["store"].eq("9 Main") & posts.rows["rating"].notna()
    rows = posts.rows.drop(posts.rows[few].index[3:])
    rows.loc[rows["store"].eq("9 Main"), "rating"] = 1.0
    cut = posts.__class__(rows.reset_index(drop=True), posts.copies, len(rows), 0, 0, ())
    naive = views.assemble_naive(cut)
    judged = judge(cut, reads=False)
    assert naive.iloc[0]["store"] == "9 Main" and "9 Main" in notes.describe_naive(naive)
    assert "sites mixed" in naive.iloc[1]["why"]
    assert notes.describe_naive(naive.head(0)).startswith("Not to go by: no review")
    table = places.compare_stores(judged)
    few_rows = table[(table["store"] == "9 Main") & (table["n"] < places.FEWEST_POSTS)]
    assert set(few_rows["verdict"]) <= {"too few"}


def test_no_topic_is_called_first_unless_its_interval_is_above_all_others():
    topics = pd.DataFrame({"label": ["long waits", "price"], "n_posts": [30, 20], "share": [0.3, 0.2],
                           "low": [0.25, 0.15], "high": [0.35, 0.24]})  # fmt: skip
    assert (
        listening_captions.topics(topics, LEVEL)["finding"]
        == "Long waits: named most often, by 30.0 % of posts"
    )
    close = listening_captions.topics(topics.assign(high=[0.35, 0.26]), LEVEL)["finding"]
    assert close.startswith("Long waits: among the topics named most often")
    assert listening_captions.topics(topics.assign(n_posts=0), LEVEL)["finding"] == "No post names a topic"
