"""The notebook on posts on a small estate: honest without a file, complete with one, following its rows."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.questions.marketing.social_listening import posts as files
from lucky_analytics.report_data import decode, write_csv_text
from tests import demo_suite
from tests.listening_world import SAID, STORES, make_posts
from tests.notebook_said import assert_sound, headlines, names, page_faults, rows, said_by

NOTEBOOK = "marketing/social_listening"
ROOT = Path(__file__).parents[3]
TILES = {"negative", "change", "alarms", "worse", "posts", "agreement"}
OTHERS = {"order", "unjudged", "copies"}
COUNTED = {"alarms", "worse", "posts", "unjudged", "copies"}
TABLES = {"stores", "topics", "spikes", "naive", "complaints", "proof", "topic_proof", "cells", "sites"}
TABLES |= {"weeks", "copies"}


@functools.cache
def suite():
    return demo_suite.suite()


@functools.cache
def our_stores() -> tuple[str, ...]:
    return tuple(suite().stores.filter("is_trading_store").execute()["store_name"].sort_values())


@functools.cache
def our_openings() -> dict[str, pd.Timestamp]:
    stores = suite().stores.filter("is_trading_store").execute()
    return dict(zip(stores["store_name"], pd.to_datetime(stores["opened_date"]), strict=True))


def write_files(folder: Path, wrong: float = 0.15, n_labels: int = 150, **world) -> dict[str, str]:
    """A made-up file of posts of our stores, with labels that are wrong at times, and where they are."""
    made = make_posts(3, **world).rows
    ours = dict(zip(STORES, our_stores(), strict=True)) | {files.NO_STORE: ""}
    day = made["date"].dt.strftime("%Y-%m-%d")
    store = made["store"].map(ours)
    is_open = made["date"] >= pd.to_datetime(store.map(our_openings()))  # nobody writes of a store to come
    frame = made.assign(store=store.where(is_open, ""), posted_at=day, author="Ann Lee")
    folder.mkdir(parents=True, exist_ok=True)
    kept = ["post_id", "source", "posted_at", "store", "rating", "text", "author"]
    frame[kept].to_csv(folder / "posts.csv", index=False)
    bare = made[made["rating"].isna()].head(n_labels)
    topic = {
        text: (name, bad)
        for name, pair in SAID.items()
        for text, bad in zip(pair, (True, False), strict=True)
    }
    told = [topic[re.sub(r" \d+$", "", text)] for text in bare["text"]]
    is_bad = np.random.default_rng(0).random(len(bare)) < wrong
    feels = ["negative" if bad != other else "positive" for (_, bad), other in zip(told, is_bad, strict=True)]
    labels = pd.DataFrame(
        {"post_id": bare["post_id"], "sentiment": feels, "topic": [name for name, _ in told]}
    )
    labels.to_csv(folder / "labels.csv", index=False)
    return {"posts_file": str(folder / "posts.csv"), "labels_file": str(folder / "labels.csv")}


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    return said_by(NOTEBOOK, suite(), **write_files(tmp_path_factory.mktemp("usual"), n_weeks=20))


def test_without_a_file_the_page_says_what_is_missing_and_what_complaints_say():
    said = said_by(NOTEBOOK, suite())
    assert page_faults(said) == [] and "headline" not in said
    assert said["title"][0]["text"].endswith("no public review is on file")
    assert "No public post or review is on file." in said["answer"][0]["text"]
    (decision,) = said["decision"]
    assert (
        decision["strength"] == "do not decide on this yet" and "own export of reviews" in decision["action"]
    )
    kinds = rows(said, "complaints")
    since = suite().as_of - pd.Timedelta(days=16 * 7 - 1)
    own = suite().complaints.execute()
    own = own[(pd.to_datetime(own["complaint_date"]).dt.date >= since)]
    assert sum(row["n"] for row in kinds) == len(own) and sum(row["share"] for row in kinds) == pytest.approx(
        1
    )
    assert {row["kind"]: row["n"] for row in kinds} == own["kind"].value_counts().to_dict()
    none = said_by(NOTEBOOK, demo_suite.suite(complaints=lambda t: t.filter(ibis.literal(False))))
    assert none["table"][0]["title"].startswith("No complaint is on record") and page_faults(none) == []


def test_the_page_is_complete_keeps_the_rules_and_names_no_author(usual):
    found = assert_sound(usual, TILES | OTHERS)
    for name, record in found.items():
        assert record["n"] > 0, name
        if name in COUNTED:
            assert record["low"] is None and (
                "without an interval" in record["note"] or "Counted" in record["note"]
            )
        else:
            assert record["low"] < record["value"] <= record["high"], name
    assert names(usual, "figure") == {"weeks", "stores", "topics"} and names(usual, "table") == TABLES
    whole = json.dumps(usual["outputs"], default=str) + "".join(
        json.dumps(rows(usual, name), default=str) for name in names(usual, "table")
    )
    assert "Ann Lee" not in whole and not any(bad in whole for bad, _ in SAID.values())
    assert any("left out: author" in check["detail"] for check in usual["check"])
    assert {row["complaints_1000"] is not None for row in rows(usual, "stores")} == {True}


def test_labels_without_posts_are_said_to_serve_nothing(tmp_path):
    labels = write_files(tmp_path, n_weeks=2)["labels_file"]
    n = len(pd.read_csv(labels))
    said = said_by(NOTEBOOK, suite(), labels_file=labels)
    assert page_faults(said) == []
    assert any(
        f"{n:,} labels were handed in and are held against nothing" in c["text"] for c in said["caveat"]
    )


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """Another file: a spike, a worse store, more negative lately, fewer and worse labels, a campaign."""
    folder = tmp_path_factory.mktemp("changed")
    given = write_files(folder, wrong=0.2, n_labels=120, n_weeks=18, spike=("2 Main", "wait", 15), bad=0.2,
                        worse=("1 Main", 0.35), later=0.12, starred=0.6)  # fmt: skip
    frame = pd.read_csv(given["posts_file"], dtype=str, keep_default_na=False)
    told = "Follow this page and get a free coffee in every one of our stores"
    campaign = frame.head(6).assign(post_id=[f"c{k}" for k in range(6)], rating="", text=told)
    unread = frame.tail(9).assign(post_id=[f"u{k}" for k in range(9)], rating="", text="太慢了")
    contrary = frame.sample(40, random_state=0).assign(rating="1", text="I love it")
    contrary = contrary.assign(post_id=[f"s{k}" for k in range(40)])
    pd.concat([frame, campaign, unread, contrary]).to_csv(given["posts_file"], index=False)
    return said_by(NOTEBOOK, suite(), **given, quotes=3, topics="oat: {label: oat milk, words: [oat]}")


@pytest.mark.parametrize("name", sorted(TILES | OTHERS))
def test_a_headline_follows_the_rows(name, usual, changed):
    before, after = headlines(usual)[name]["value"], headlines(changed)[name]["value"]
    assert abs(after - before) > 0.001 * abs(before)


def test_a_spike_opens_the_page_and_the_rest_follows(changed):
    assert page_faults(changed) == []
    store = our_stores()[1]
    assert f"negative posts on long waits at {store} last week" in changed["title"][0]["text"]
    (decision,) = changed["decision"]
    assert decision["strength"] == "lean" and store in decision["action"]
    assert headlines(changed)["copies"]["value"] == 5 and rows(changed, "copies")[0]["n"] == 5
    quotes = rows(changed, "quotes")
    by_topic = pd.Series([row["label"] for row in quotes]).value_counts()
    assert 0 < by_topic.max() <= 3 and by_topic.sum() == len(quotes)
    assert "oat milk" in {row["label"] for row in rows(changed, "topics")}
    assert our_stores()[0] in headlines(changed)["worse"]["counted"]


def test_downloads_of_hostile_texts_are_no_formulas_and_no_markup(tmp_path):
    given = write_files(tmp_path, n_weeks=17)
    frame = pd.read_csv(given["posts_file"], dtype=str, keep_default_na=False)
    hostile = [
        "=cmd|' /C calc'!A0 awful wait",
        "<img src=x onerror=alert(1)> awful wait",
        "\u202eawful wait \x07",
    ]
    more = frame.tail(3).assign(post_id=["h1", "h2", "h3"], rating="1", text=hostile, posted_at="2026-02-13")
    pd.concat([frame, more]).to_csv(given["posts_file"], index=False)
    said = said_by(NOTEBOOK, suite(), **given, quotes=3)
    shown = "".join(output["data"].get("text/html", "") for output in said["outputs"])
    assert "awful wait" in shown and "<img" not in shown and "&lt;img" in shown
    record = next(record for record in said["table"] if record["name"] == "quotes")
    text = "".join(write_csv_text(decode(record["data"])))
    assert not re.search(r"(^|,|\n)\"?[=+\-@\t]", text) and "\u202e" not in text and "\x07" not in text


def test_the_example_of_the_documents_can_be_read_and_decides_nothing():
    given = {f"{kind}_file": str(ROOT / f"docs/examples/made_up_{kind}.csv") for kind in ("posts", "labels")}
    full = demo_suite.suite()
    known = set(files.list_stores(full))
    told = set(pd.read_csv(given["posts_file"], keep_default_na=False)["store"]) - {""}
    assert told <= known
    said = said_by(NOTEBOOK, full, **given)
    assert page_faults(said) == [] and said["decision"][0]["strength"] == "do not decide on this yet"
    assert (
        "decide nothing" in headlines(said)["agreement"]["note"] and headlines(said)["copies"]["value"] == 2
    )


EDGES = {
    "before the first row": ("2025-06-01", {}, {}),
    "one store": (None, {}, {"stores": lambda t: t.filter(t.store_name == "8th & Broadway")}),
    "no orders": (None, {}, {"orders": lambda t: t.filter(ibis.literal(False))}),
    "shortest": (None, {"weeks": 4, "level": 0.5}, {}),
    "longest": (None, {"weeks": 26, "level": 0.99}, {}),
}


@pytest.mark.full
@pytest.mark.parametrize("case", EDGES)
def test_edges_come_with_a_page(case, tmp_path):
    as_of, given, edits = EDGES[case]
    own = write_files(tmp_path, n_weeks=20)
    if case == "one store":
        frame = pd.read_csv(own["posts_file"], dtype=str, keep_default_na=False)
        frame.assign(store="8th & Broadway").to_csv(own["posts_file"], index=False)
    said = said_by(NOTEBOOK, demo_suite.suite(as_of=as_of, **edits), **own, **given)
    assert page_faults(said) == [] and len(said["decision"]) == 1
    if case == "before the first row":
        assert "no post by 1 Jun 2025" in said["answer"][0]["text"]
    if case == "one store":
        assert headlines(said)["worse"]["value"] == 0 and headlines(said)["worse"]["n"] == 0
