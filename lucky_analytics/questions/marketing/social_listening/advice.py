"""What marketing is advised to do with posts: read what stands out, and no more."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_estimate, format_value
from lucky_analytics.questions.marketing.social_listening.judged_posts import Judged
from lucky_analytics.questions.marketing.social_listening.labelled import FEWEST_LABELS, Proof
from lucky_analytics.questions.marketing.social_listening.own_records import OwnRecords
from lucky_analytics.questions.marketing.social_listening.places import FEWEST_POSTS
from lucky_analytics.questions.marketing.social_listening.posts import Posts
from lucky_analytics.questions.marketing.social_listening.spikes import Spikes
from lucky_analytics.questions.marketing.social_listening.texts import count_compared, find_worse, name_cell
from lucky_analytics.questions.marketing.social_listening.views import MOST_DAYS, is_stale, name_topics

__all__ = ["decide", "describe_unknown"]

_OWNER = "Marketing"
_ASK_DAYS = 14
_WAITS = "long wait"  # the kind of complaint that the page on waits is about
_ASK = "ask whoever keeps our business pages for each site's own export of reviews, and hand it in"


def describe_unknown(has_file: bool, own: OwnRecords, kinds: pd.DataFrame) -> tuple[str, str, Decision]:
    """Title, answer and decision where no post is on file, or the file has none by then: what is known
    instead, customers' complaints to us. ``kinds`` of ``measure_kinds``.

    >>> import datetime as dt
    >>> own = OwnRecords(pd.DataFrame(), None, dt.date(2026, 1, 1), dt.date(2026, 2, 13), "")
    >>> describe_unknown(False, own, pd.DataFrame(columns=["kind", "share"]))[0]
    'What people say of us in public is not known'
    """
    said = "No public post or review is on file."
    doubt, change = "no post is on file", "A file of posts and reviews is handed in."
    if has_file:
        said = f"The file has no post by {own.until:%-d %b %Y}."
        doubt, change = "the file has no post yet", "The file has posts of these weeks."
    ask = f"by {own.until + dt.timedelta(days=_ASK_DAYS):%-d %b} {_ASK}"
    because = "What is said of us in public, and whether it is getting worse, stands in no table of ours."
    if kinds.empty:
        return "What people say of us in public is not known", said, _hand_in(ask, doubt, because, change)
    first, others = kinds.iloc[0], kinds["share"].iloc[1:]
    share, total = format_value(first["share"], "share"), int(kinds["n"].sum())
    known = f"Since {own.since:%-d %b} customers made {total:,} complaints to us, {share} of them on "
    known += str(first["kind"])
    if len(others):
        known += f", against {format_value(others.iloc[0], 'share')} on {kinds['kind'].iloc[1]}"
    if first["kind"] == _WAITS:
        because = f"{because} What shortens waits is on the page on how long customers wait."
    title = "No one kind of complaint to us leads; no public review is on file"
    if leads(kinds):
        title = f"{share} of complaints: {first['kind']}; no public review is on file"
        ask = f"hand the complaints on {first['kind']} to Operations; {ask}"
    return title, f"{known}. {said}", _hand_in(ask, doubt, because, change)


def leads(kinds: pd.DataFrame) -> bool:
    """Whether the first kind of complaint is more frequent than the second, beyond both intervals.

    >>> leads(pd.DataFrame({"low": [0.42, 0.22], "high": [0.48, 0.27]}))
    True
    >>> leads(pd.DataFrame({"low": [0.42, 0.40], "high": [0.48, 0.46]}))
    False
    """
    return len(kinds) == 1 or (len(kinds) > 1 and bool(kinds["low"].iloc[0] > kinds["high"].iloc[1:].max()))


def _hand_in(action: str, doubt: str, because: str, change: str) -> Decision:
    return Decision(action, _OWNER, Strength(WAIT, (doubt,)), because, change)


def decide(
    judged: Judged, posts: Posts, share: Estimate, change: Estimate, table: pd.DataFrame, spikes: Spikes,
    proof: Proof, as_of: dt.date,
) -> Decision:  # fmt: skip
    """Whether something is to be read and answered, the newest first; never more than that, because who
    writes is no sample of customers."""
    labels = name_topics(judged)
    if is_stale(posts, as_of):
        old = f"The newest post is of {posts.until:%-d %b %Y}."
        strength = weigh(None, problems=("the file is old",))
        return Decision(_ASK, _OWNER, strength, old, f"A file with posts of the last {MOST_DAYS} days comes.")
    if len(spikes.alarms):
        top = spikes.alarms.iloc[0]
        cell = name_cell(top["place"], top["topic"], labels)
        return Decision(
            f"read the {top['now']} negative posts {cell} of the last seven days first, and answer them",
            _OWNER, weigh(None),
            f"A usual week there has {top['before']:.1f}. Many may tell of one event; whether customers at "
            "large noticed it, posts do not say.",
            "The next week is as those before, or the posts turn out to be of one writer.",
        )  # fmt: skip
    if share.value is None:
        return _wait(proof, "Too few posts have stars or a text whose reading is proven.")
    worse = find_worse(table)
    if len(worse):
        row = worse.iloc[0]
        return Decision(
            f"read the negative posts {name_cell(row['store'], row['topic'], labels)} beside its complaints "
            "and making times, with Operations",
            _OWNER, weigh(None),
            f"It has {row['events']:.0f} of them where stores on the same sites and weeks lead to expect "
            f"{row['expected']:.0f}. Who writes is no sample of its customers.",
            "Its own complaints and making times are as elsewhere.",
        )  # fmt: skip
    if change.low is not None and change.low > 0:
        moved = change.times(100)
        points = format_estimate(moved.value, moved.low, moved.high, "points")
        return Decision(
            "read the negative posts of these weeks by topic before anything is changed", _OWNER,
            weigh(None),
            f"The share of negative posts rose by {points}.",
            "The next weeks are as those before.",
        )  # fmt: skip
    if change.value is None and not count_compared(table):
        return _wait(
            proof, f"No store has {FEWEST_POSTS} posts, and the weeks before have too few to compare."
        )
    usual, what = format_value(share.value, "share"), "no store, topic or week"
    if not count_compared(table):
        what = "no store has enough posts to be compared, and no week"
    return Decision(
        "go on reading and answering posts as today", _OWNER,
        idle(f"{what} stands out"),
        f"{usual} of posts are negative; {what} differs beyond chance.",
        "A week, a store or a topic stands out beyond chance.",
    )  # fmt: skip


def _wait(proof: Proof, because: str) -> Decision:
    action = (
        f"have somebody label {FEWEST_LABELS} or more posts without stars, drawn by lot, and hand them in"
    )
    if proof.is_proven:
        action = "go on collecting posts, and ask again in a month"
    return Decision(
        action, _OWNER, Strength(WAIT, ("there are too few posts to tell",)), because,
        "There are more posts with stars, or labels show that texts are read rightly.",
    )  # fmt: skip
