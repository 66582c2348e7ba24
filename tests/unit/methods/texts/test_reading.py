"""Sentiment against the package that it is of, and topics against a plain loop."""

from __future__ import annotations

import math
import re
import socket

import numpy as np
import pytest

from lucky_analytics.methods.texts.sentiment import MOST_READ, is_readable, score_texts
from lucky_analytics.methods.texts.word_topics import match_words

# Scores that the authors print for these sentences (README of vaderSentiment 3.3.2).
PRINTED = {
    "VADER is smart, handsome, and funny.": 0.8316,
    "VADER is smart, handsome, and funny!": 0.8439,
    "VADER is VERY SMART, handsome, and FUNNY.": 0.9227,
    "VADER is not smart, handsome, nor funny.": -0.7424,
    "The book was good.": 0.4404,
    "At least it isn't a horrible book.": 0.431,
    "Today SUX!": -0.5461,
    "Not bad at all": 0.431,
    "Catch utf-8 emoji such as such as 💘 and 💋 and 😁": 0.875,
}


def test_scores_are_those_that_the_authors_print():
    assert score_texts(list(PRINTED)).tolist() == list(PRINTED.values())


def test_it_reads_without_a_connection(monkeypatch: pytest.MonkeyPatch):
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    assert score_texts(["awful, awful"])[0] < -0.5


def test_what_cannot_be_read_is_null_and_long_texts_are_read_by_their_beginning():
    texts = ["太慢了", "", "   ", "慢 slow 慢慢慢慢慢", "مقهى سيئ", "so slow 慢"]
    assert [is_readable(text) for text in texts] == [False, False, False, False, False, True]
    assert np.isnan(score_texts(texts)[:5]).all()
    long = "fine " * (MOST_READ // 5) + "horrible " * 100_000
    assert score_texts([long])[0] > 0
    assert score_texts(["El café es malo"])[0] == 0.0  # no word of the list: Latin letters tell no language


def test_topics_are_those_of_a_loop_over_words():
    words = {
        "wait": ["wait*", "line", "half an hour"],
        "app": ["app"],
        "none": [],
        "tricky": ["c++", "o'clock*"],
    }
    texts = ["Waited HALF  an hour", "an apple", "the app.", "in-line", "online, waiter", "c++ at 5 o’clock",
             "line", "", "app"]  # fmt: skip
    found = match_words(texts, words)
    assert found.columns.tolist() == list(words) and len(found) == len(texts)
    for place, text in enumerate(texts):
        plain = " ".join(["", *re.findall(r"[\w+']+", text.lower().replace("’", "'")), ""])
        for topic, own in words.items():
            hit = any(
                f" {word.rstrip('*')}" in plain if word.endswith("*") else f" {word} " in plain
                for word in own
            )
            assert found[topic][place] == hit, (text, topic)
    assert not math.isnan(found.to_numpy(float).sum()) and found.dtypes.eq(bool).all()
