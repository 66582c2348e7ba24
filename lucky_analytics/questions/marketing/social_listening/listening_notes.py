"""What stands beside the numbers of the page on posts, and its limits."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.questions.marketing.social_listening.judged_posts import FEW_STARS, Judged
from lucky_analytics.questions.marketing.social_listening.labelled import (
    FEWEST_EACH,
    FEWEST_LABELS,
    LEAST_KAPPA,
    Proof,
)
from lucky_analytics.questions.marketing.social_listening.own_records import OwnRecords
from lucky_analytics.questions.marketing.social_listening.places import MOST_FALSE
from lucky_analytics.questions.marketing.social_listening.posts import Posts
from lucky_analytics.questions.marketing.social_listening.spikes import Spikes
from lucky_analytics.questions.marketing.social_listening.texts import count_compared

__all__ = [
    "describe_kinds",
    "describe_naive",
    "list_limits",
    "list_missing",
    "note_agreement",
    "note_alarms",
    "note_change",
    "note_posts",
    "note_share",
    "note_worse",
]

_TERMS = (
    "Most sites forbid, in their terms, that programs copy their pages; this suite collects nothing. The "
    "file is to come from a site's own export or paid interface, and Legal is to say what may be kept."
)


def note_share(share: Estimate, proof: Proof) -> str:
    """What makes a post negative, or why that cannot be said."""
    how = f"{FEW_STARS} stars or fewer"
    how += (
        "; without stars, a text that reads so" if proof.is_proven else "; posts without stars count nowhere"
    )
    if share.value is None:
        return f"Too few such posts. Negative: {how}"
    return f"Of those who write, no sample of customers. Negative: {how}"


def note_change(change: Estimate, n_weeks: int) -> str:
    if change.value is None:
        return f"Too few posts of the same sites in both times of {n_weeks} weeks"
    return f"Points, against the {n_weeks} weeks before, on the same sites"


def note_alarms(spikes: Spikes) -> str:
    """What the count of alarms rests on, or why there is none."""
    if not spikes.is_watched:
        return "No site is in the file for long enough to say what a usual week has"
    said = (
        f"A count, without an interval: of {len(spikes.table)} places and topics; where nothing changed, a "
        f"week has one with a chance of at most {100 * MOST_FALSE:g} %"
    )
    away = [*spikes.young, *spikes.young_stores]
    return said + (f". Too new to be watched: {', '.join(away)}" if away else "")


def note_worse(table: pd.DataFrame) -> str:
    n = count_compared(table)
    return (
        f"A count, without an interval: of {n} comparisons, by store and topic, on the same sites and weeks; "
        f"at most {100 * MOST_FALSE:g} % of those called are chance"
    )


def note_posts(posts: Posts) -> str:
    return f"Counted: {posts.n_file:,} rows of the file, {len(posts.copies):,} of them copies of another text"


def note_agreement(proof: Proof) -> str:
    """What the agreement means for the page."""
    n = f"{proof.kappa.n or 0:,} posts without stars were read by somebody"
    if proof.why == "few":
        return f"Unproven: {n}; it takes {FEWEST_LABELS}, {FEWEST_EACH} of each kind. Texts decide nothing"
    if proof.why == "poor":
        return f"Unproven: the low end is below {LEAST_KAPPA:g}. Texts decide nothing"
    return "1 is all, 0 is what chance agrees; texts count, because the low end is high enough"


def describe_naive(naive: pd.DataFrame) -> str:
    """Title of the table that a dashboard would show."""
    if naive.empty:
        return "Not to go by: no review has stars"
    last = naive.iloc[0]
    return f"Not to go by: mean stars, by which {last['store']} is worst with {last['stars']:.1f} of 5"


def describe_kinds(kinds: pd.DataFrame, own: OwnRecords) -> str:
    """Title of the table on complaints to us."""
    when = f"{own.since:%-d %b %Y} to {own.until:%-d %b %Y}"
    if own.kinds is None:
        return "Complaints to us are not in the snapshot"
    if kinds.empty:
        return f"No complaint is on record, {when}"
    first = kinds.iloc[0]
    share = format_value(first["share"], "share")
    return f"What customers complain of to us, {when}: {first['kind']} first, {share} of complaints"


def list_missing() -> list[str]:
    """What a reader must know where no file was handed in."""
    return [
        "What would tell: a file of posts and reviews (site, day, text; store, stars and language where "
        "known), with rows labelled by somebody, so that the reading of texts can be held against people. "
        'Its form is in docs/connecting.md, "Posts and reviews"; no name of an author belongs in it.',
        _TERMS,
        "Complaints are what customers told us about an order, by five kinds; no text of them is on record. "
        "Which store has unusually many is judged on the page on stores, not here.",
    ]


def list_limits(
    judged: Judged, posts: Posts, proof: Proof, faults: dict[str, LuckyError], quotes: int
) -> list[str]:
    """What a reader must know."""
    rows = judged.rows
    unread = int((~rows["is_read"].astype(bool) & (rows["text"] != "")).sum())
    nothing = int((rows["by"] == "nothing").sum())
    found = [
        "Who writes is no sample of customers: mostly those who are delighted or angry, on the sites that "
        "they use. A share of posts is no share of customers, and a store with many posts is no worse one.",
        "Posts, orders and complaints stand side by side by store; that they go together in some stores "
        "would not show that one makes the other. Which store is off its usual is judged on the page on "
        "stores, by its own numbers.",
        "The file is what somebody collected. A site or a store that was collected more closely has more "
        "posts; sites that begin within the compared weeks are not watched for spikes.",
        'A list of words does not understand: it misses irony ("great, another half hour"), reads denied '
        'words as named ("no wait"), knows signs and emoji only by their names, and is English. '
        f"{unread:,} texts of other languages or letters were not read; one in Latin letters without its "
        "language in the file is taken for English.",
        "The same text again counts once, whoever posted it; copies with changed words, and stars without "
        "a text, cannot be told from others.",
        _TERMS,
    ]
    if nothing:
        found.append(
            f"{nothing:,} posts have neither stars nor a text that counts, and are neither negative nor not."
        )
    if proof.is_proven:
        row = proof.table.iloc[0]
        found.append(
            f"The reading calls {100 * row['found']:.0f} % of the negative posts negative and "
            f"{100 * row['false']:.0f} % of the others, of {row['n']:,} that somebody read; shares of "
            "negative posts are as it reads them."
        )
    if posts.n_cut:
        found.append(f"Of {posts.n_cut:,} texts only the beginning counts: they are longer than any post.")
    if quotes:
        found.append(
            "Quotations are without addresses, numbers, handles and capitalised names; a name in small "
            "letters may be left, and whoever searches for a quotation may find who wrote it."
        )
    found += [f"Topic {name} is not as meant: {error}." for name, error in faults.items()]
    return found
