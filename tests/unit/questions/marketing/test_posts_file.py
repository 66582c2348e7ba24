"""Files of posts, of labels and of topics: what is read as meant, what is refused, what is harmless."""

from __future__ import annotations

import datetime as dt

import pytest

from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.questions.marketing.social_listening import judged_posts, labelled, views
from lucky_analytics.questions.marketing.social_listening.posts import (
    NO_STORE,
    name_author_columns,
    read_posts,
)
from lucky_analytics.questions.marketing.social_listening.topics import load_topics
from tests.listening_world import SAID, TOPICS, UNTIL

HEAD = "post_id,source,posted_at,store,rating,language,text\n"
STORES = ["221 Grand", "102 Fulton"]


def write(tmp_path, text: str):
    path = tmp_path / "posts.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def read(tmp_path, text: str, as_of: dt.date = UNTIL):
    return read_posts(write(tmp_path, HEAD + text), STORES, as_of)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a,google,2026-13-01,,5,,x", r"row 2, posted_at: expected a day or time .*got '2026-13-01'"),
        ("a,google,1 Feb,,5,,x", r"row 2, posted_at"),
        ("a,google,1970-01-01,,5,,x", r"row 2, posted_at: expected a time from 2000"),
        ("a,google,2026-02-01,,6,,x", r"row 2, rating: expected a number from 1 to 5, got '6'"),
        ("a,google,2026-02-01,,nan,,x", r"row 2, rating: .*got 'nan'"),
        ("a,google,2026-02-01,,,,", r"row 2, text: expected a text, or stars in rating"),
        ("a,google,2026-02-01,,,, \u202e\u200b ", r"row 2, text: expected a text, or stars"),
        ("a,<b>,2026-02-01,,5,,x", r"row 2, source: expected a short name"),
        (",google,2026-02-01,,5,,x", r"row 2, post_id: expected text"),
        ("a,google,2026-02-01,,5,,x\na,yelp,2026-02-01,,5,,y", r"row 3: expected each post_id once, got 'a'"),
    ],
)
def test_a_row_that_breaks_the_contract_is_refused_by_row_and_column(tmp_path, line, said):
    with pytest.raises(LuckyError, match=said) as caught:
        read(tmp_path, line)
    assert str(caught.value).count("\n") == 0 and "posts.csv" in str(caught.value)


def test_a_store_that_is_not_ours_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(UnknownNameError, match=r"row 3, store.*221 Grande.*221 Grand"):
        read(tmp_path, "a,google,2026-02-01,221 grand,5,,x\nb,google,2026-02-01,221 Grande,5,,y")
    with pytest.raises(LuckyError) as caught:
        read(tmp_path, f"a,google,{'x' * 1_000_000},,5,,x")
    assert len(str(caught.value)) < 400  # an essay in a column of times does not fill the screen
    with pytest.raises(LuckyError, match="columns post_id, source, posted_at"):
        read_posts(write(tmp_path, "text\nhello\n"), STORES, UNTIL)
    with pytest.raises(LuckyError, match="expected rows"):
        read_posts(write(tmp_path, HEAD), STORES, UNTIL)


def test_times_stores_languages_and_later_rows_are_read_as_meant(tmp_path):
    posts = read(
        tmp_path,
        "a,Google,2026-02-10T03:30:00Z,221 GRAND,4,en-US,fine\n"
        "b,yelp,2026-02-10T23:30,,2,ES,malo\n"
        "g,x,2026-02-09T22:00-05,102 Fulton,,,so slow again\n"
        "c,x,2026-02-09T23:00:00-08:00,102 Fulton,,,so slow\n"
        "d,x,2026-02-14,,,,not yet\n"
        "e,google,2026-02-01,,1,,\n"
        "f,x,2026-01-05,,,,太慢了\n",
    )
    rows = posts.rows.set_index("post_id")
    assert rows["date"].dt.strftime("%d").to_dict() == {
        "f": "05",
        "e": "01",
        "g": "09",
        "a": "09",
        "c": "10",
        "b": "10",
    }
    assert rows.loc["a", ["source", "store"]].tolist() == ["google", "221 Grand"]
    assert rows.loc["b", "store"] == NO_STORE and posts.n_later == 1 and posts.n_file == 7
    assert rows["is_read"].to_dict() == {"f": False, "e": False, "g": True, "a": True, "c": True, "b": False}
    assert posts.until == dt.date(2026, 2, 10) and "FROM 'posts.csv'" in posts.sql
    assert read_posts("", STORES, UNTIL) is None
    early = read(tmp_path, "a,x,2026-02-01,,1,,bad\n", dt.date(2025, 1, 1))
    assert early.until is None and early.n_later == 1


def test_copies_count_once_with_the_first_and_columns_of_authors_are_named_and_not_read(tmp_path):
    line = "Free coffee for everybody who follows this page today"
    text = "".join(f"p{k},x,2026-02-0{9 - k},,,,{line} {k} @u{k}\n" for k in range(4))
    posts = read(tmp_path, text + "q,x,2026-02-05,,,,good\nr,x,2026-02-06,,,,good\n")
    assert posts.rows["post_id"].tolist() == ["q", "p3", "r"] and posts.copies["of"].tolist() == ["p3"] * 3
    assert views.assemble_copies(posts)["n"].tolist() == [3]
    head = "post_id,source,posted_at,text,author_name,User Handle,url,=cmd|user\n"
    path = write(tmp_path, head + "a,x,2026-02-01,so slow,Ann Lee,@annlee,http://x.co/1,y\n")
    assert name_author_columns(path) == ("author_name", "User Handle", "one with another name")
    made = read_posts(path, STORES, UNTIL)
    assert not {"author_name", "User Handle", "url"} & set(made.rows) and made.left_out[0] == "author_name"
    assert "Ann" not in made.rows.to_csv() and "annlee" not in made.rows.to_csv()


def test_hostile_texts_are_harmless(tmp_path):
    hostile = [
        '"<script>alert(1)</script> awful"',
        '"=HYPERLINK(""http://x"",""y"") awful"',
        "aw\x00ful \x1b[2J bad",
        "\u202egnp.exe awful",
        '"awful, line\nwith another"',
        "'; DROP TABLE t; -- awful",
        "awful " * 200_000,
    ]
    body = "".join(f"p{k},x,2026-02-0{1 + k},221 Grand,,en,{text}\n" for k, text in enumerate(hostile))
    posts = read(tmp_path, body)
    assert (
        len(posts.rows) == len(hostile) and posts.n_cut == 1 and posts.rows["text"].str.len().max() <= 5_000
    )
    assert not posts.rows["text"].str.contains("[\x00-\x1f\u202a-\u202e]", regex=True).any()
    judged = judged_posts.judge_posts(posts, TOPICS, 8, True)
    assert judged.rows["is_negative"].notna().all()
    quotes = views.assemble_quotes(judged.__class__(judged.rows.assign(about_wait=1.0), judged.topics, 8), 3)
    assert len(quotes) <= 3 and not quotes["quote"].str.contains("http").any()


def test_topics_are_changed_added_and_taken_away_and_a_mistake_costs_itself():
    shipped, none = load_topics()
    assert {topic.name for topic in shipped} == set(SAID) and not none
    changes = "wait: {label: waits, words: [wait*]}\napp: {label: app, words: []}\n"
    changes += "oat: {label: oat milk, words: oat}\nstaff: {label: one two three four, words: [x]}\n"
    made, faults = load_topics(f"{changes}Any: {{}}\nprice: 3\n")
    by = {topic.name: topic for topic in made}
    assert by["wait"].words == ("wait*",) and by["oat"].words == ("oat",) and "app" not in by
    assert set(faults) == {"staff", "Any", "price"} and by["staff"].label == "staff"
    assert "at most 3 words" in str(faults["staff"])
    gone = "\n".join(f"{topic.name}: {{label: x, words: []}}" for topic in shipped)
    assert len(load_topics(gone)[0]) == len(shipped) and "all taken away" in str(
        load_topics(gone)[1]["topics"]
    )
    unread, wrong = load_topics("wait: [")
    assert len(unread) == len(shipped) and list(wrong) == ["topics"]
    assert load_topics("wait: {label: a, words: ['*']}")[1] and load_topics("wait: {label: a, word: x}")[1]


def test_labels_that_break_their_contract_are_refused(tmp_path):
    for line, said in (
        ("a,bad,none", "row 2, sentiment: expected negative or"),
        ("a,negative,waits", "row 2, topic.*wait"),
    ):
        path = tmp_path / "labels.csv"
        path.write_text(f"post_id,sentiment,topic\n{line}\n")
        with pytest.raises(LuckyError, match=said):
            labelled.read_labels(path, TOPICS)
    path.write_text("post_id,sentiment,topic\na,Negative,WAIT\n")
    assert labelled.read_labels(path, TOPICS).iloc[0].tolist() == ["a", "negative", "wait"]
    assert labelled.read_labels("", TOPICS) is None
