"""What the page on posts shows: frames for charts and tables, and the checks of the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError, one_line
from lucky_analytics.methods.texts.clean_text import list_small_words, mask_people
from lucky_analytics.questions.marketing.social_listening.judged_posts import FEW_STARS, Judged
from lucky_analytics.questions.marketing.social_listening.labelled import Proof
from lucky_analytics.questions.marketing.social_listening.own_records import OwnRecords
from lucky_analytics.questions.marketing.social_listening.places import ANY, shrink_shares
from lucky_analytics.questions.marketing.social_listening.posts import NO_STORE, Posts
from lucky_analytics.questions.marketing.social_listening.spikes import Spikes

__all__ = [
    "MOST_DAYS",
    "assemble_cells",
    "assemble_copies",
    "assemble_naive",
    "assemble_quotes",
    "assemble_spikes",
    "assemble_stores",
    "check_posts",
    "describe_file",
    "is_stale",
    "name_topics",
]

MOST_DAYS = 21  # between the newest post and the day of the page, after which the file is old
_QUIET_DAYS = 14  # without a post of a site, after which the file may not hold all of it
_SHORTEST, _LONGEST = 20, 160  # characters of a quotation
_FEW_REVIEWS = 30  # below which a mean of stars tells little
_MOST_COPIED = 0.05  # of all posts, from which copies are more than a few reposts


def name_topics(judged: Judged) -> dict[str, str]:
    """Labels of the topics by name, with that of all posts."""
    return {ANY: "all topics"} | {topic.name: topic.label for topic in judged.topics}


def is_stale(posts: Posts, as_of: dt.date) -> bool:
    """Whether the newest post is older than ``MOST_DAYS`` days, or there is none."""
    return posts.until is None or (as_of - posts.until).days > MOST_DAYS


def assemble_stores(judged: Judged, table: pd.DataFrame, own: OwnRecords, level: float) -> pd.DataFrame:
    """One row a store, the most negative first: ``store``, ``n``, ``n_events``, ``raw``, ``rate`` with
    ``low``, ``high`` (drawn towards what stores share), ``ratio``, ``verdict`` and ``worse_on`` (topics) from
    ``compare_stores``, ``posts_1000`` and ``complaints_1000`` (of 1,000 orders)."""
    shrunk = shrink_shares(judged.known, "is_negative", level)
    labels = name_topics(judged)
    worse = table[(table["verdict"] == "worse") & (table["topic"] != ANY)]
    on = worse.groupby("store")["topic"].agg(lambda names: ", ".join(labels[name] for name in names))
    any_ = table[table["topic"] == ANY][["store", "ratio", "verdict"]]
    written = judged.rows.groupby("store").size()
    made = own.stores.merge(shrunk, on="store", how="outer").merge(any_, on="store", how="left")
    made = made[made["store"] != NO_STORE]
    per = 1000 / made["n_orders"].where(made["n_orders"] > 0)
    made = made.assign(
        n=made["n"].fillna(0).astype(int),
        n_events=made["n_events"].fillna(0).astype(int),
        verdict=made["verdict"].fillna("too few"),
        worse_on=made["store"].map(on).astype(object).fillna(""),
        posts_1000=made["store"].map(written).fillna(0) * per,
        complaints_1000=made["n_complaints"] * per,
    )
    return made.sort_values(["rate", "store"], ascending=[False, True], ignore_index=True)


def assemble_cells(judged: Judged, table: pd.DataFrame) -> pd.DataFrame:
    """``compare_stores`` with ``label`` of the topic; what is called first, then by how surprising."""
    made = table.assign(label=table["topic"].map(name_topics(judged)))
    return made.sort_values(["p_value", "store", "topic"], ignore_index=True)


def assemble_spikes(judged: Judged, spikes: Spikes, most: int = 15) -> pd.DataFrame:
    """The most surprising places and topics of the newest week, with ``label`` and ``verdict``."""
    shown = spikes.table.head(most)
    verdict = np.where(shown["is_alarm"].astype(bool), "beyond chance", "may be chance")
    return shown.assign(label=shown["topic"].map(name_topics(judged)), verdict=verdict)


def assemble_naive(posts: Posts) -> pd.DataFrame:
    """What a dashboard would show: mean stars of each store over the whole file, copies and all.

    ``store``, ``n`` reviews with stars, ``stars``, ``bad`` (share with ``FEW_STARS`` or fewer), ``n_copies``,
    ``why`` it misleads; the worst first.
    """
    whole = pd.concat([posts.rows.assign(is_copy=False), posts.copies.assign(is_copy=True)])
    starred = whole[whole["rating"].notna() & (whole["store"] != NO_STORE)]
    by = starred.groupby("store").agg(
        n=("rating", "size"),
        stars=("rating", "mean"),
        bad=("rating", lambda stars: float((stars <= FEW_STARS).mean())),
        n_copies=("is_copy", "sum"),
        sites=("source", "nunique"),
        first=("date", "min"),
    )
    why = [
        "; ".join(
            [f"all since {row['first']:%b %Y} alike"]
            + ([f"only {row['n']} reviews"] if row["n"] < _FEW_REVIEWS else [])
            + ([f"{row['n_copies']} copies of a text"] if row["n_copies"] else [])
            + ([f"{row['sites']} sites mixed"] if row["sites"] > 1 else [])
        )
        for row in by.to_dict("records")
    ]
    return by.assign(why=why).reset_index().sort_values(["stars", "store"], ignore_index=True)


def assemble_copies(posts: Posts) -> pd.DataFrame:
    """Texts that came more than once, the most often first: ``n`` (further times), ``n_sites``, ``n_stores``,
    ``first``, ``last``. The texts themselves are not shown."""
    first = posts.rows[posts.rows["post_id"].isin(posts.copies["of"])].assign(of=lambda rows: rows["post_id"])
    whole = pd.concat([first, posts.copies])
    by = whole.groupby("of").agg(
        n=("post_id", "size"), n_sites=("source", "nunique"), n_stores=("store", "nunique"),
        first=("date", "min"), last=("date", "max"),
    )  # fmt: skip
    by = by.assign(n=by["n"] - 1)
    return by.sort_values(["n", "first"], ascending=[False, True]).reset_index(drop=True)


def assemble_quotes(judged: Judged, n_each: int) -> pd.DataFrame:
    """At most ``n_each`` negative posts of the later window on each topic, newest first, without what may
    name or reach somebody: ``label``, ``store``, ``quote``. Who wrote, where and when is not told."""
    rows = judged.known
    small = list_small_words(judged.rows["text"].tolist())
    late = rows[rows["is_late"] & (rows["is_negative"] == 1)]
    late = late[late["text"].str.len().between(_SHORTEST, _LONGEST)]
    late = late.sort_values(["date", "post_id"], ascending=[False, True])
    found: list[tuple[str, str, str]] = []
    for topic in judged.topics:
        own = late[late[f"about_{topic.name}"] == 1].head(n_each)
        quotes = [one_line(mask_people(text, small)) for text in own["text"]]
        found += [(topic.label, store, quote) for store, quote in zip(own["store"], quotes, strict=True)]
    return pd.DataFrame(found, columns=["label", "store", "quote"])


def describe_file(judged: Judged) -> pd.DataFrame:
    """Posts of both windows by site: ``source``, ``n``, ``n_stars``, ``n_text`` (judged by their text),
    ``n_nothing`` (no stars, and no text that counts), ``n_unread``, ``n_no_store``, ``share`` negative."""
    by = judged.rows.assign(is_unread=~judged.rows["is_read"].astype(bool)).groupby("source")
    return by.agg(
        n=("post_id", "size"),
        n_stars=("by", lambda kind: int((kind == "stars").sum())),
        n_text=("by", lambda kind: int((kind == "text").sum())),
        n_nothing=("by", lambda kind: int((kind == "nothing").sum())),
        n_unread=("is_unread", "sum"),
        n_no_store=("store", lambda store: int((store == NO_STORE).sum())),
        share=("is_negative", "mean"),
    ).reset_index()  # fmt: skip


def check_posts(
    posts: Posts,
    proof: Proof,
    spikes: Spikes,
    faults: Mapping[str, LuckyError],
    opened: Mapping[str, dt.date],
    as_of: dt.date,
) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``."""
    counted = len(posts.rows) + len(posts.copies) + posts.n_later
    left = ", ".join(posts.left_out) or "the file has none"
    last = posts.rows.groupby("source")["date"].max()
    quiet = [str(name) for name in last.index[(last.max() - last).dt.days > _QUIET_DAYS]]
    share = len(posts.copies) / max(len(posts.rows) + len(posts.copies), 1)
    newest = "no post" if posts.until is None else f"the newest post is of {posts.until:%-d %b %Y}"
    young = ", ".join(spikes.young) or "all were"
    opening = pd.to_datetime(posts.rows["store"].map(dict(opened)))
    n_before = int((posts.rows["date"] < opening).sum())
    facts = [
        ("every row of the file is counted once", counted == posts.n_file, f"{posts.n_file:,} rows"),
        ("no column that may name who wrote is read", True, f"left out: {left}"),
        ("the file is new", not is_stale(posts, as_of), newest),
        ("every site of the file goes on to its end", not quiet, ", ".join(quiet) or "all do"),
        ("every site was there before the weeks that are compared", not spikes.young, young),
        ("few texts are copies", share <= _MOST_COPIED, f"{len(posts.copies):,} copies, {100 * share:.1f} %"),
        ("no post is of a store before it opened", not n_before, f"{n_before:,} are"),
        ("labels are of posts in the file", not proof.n_lost, f"{proof.n_lost:,} are not"),
        (
            "topics are as somebody declared them",
            not faults,
            "; ".join(map(str, faults.values())) or "all are",
        ),
    ]
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])
