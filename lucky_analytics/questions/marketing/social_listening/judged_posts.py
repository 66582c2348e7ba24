"""Which posts are negative, by stars or by their text, and what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.methods.texts.sentiment import BAD_BELOW, score_texts
from lucky_analytics.methods.texts.word_topics import match_words
from lucky_analytics.questions.marketing.social_listening.posts import Posts
from lucky_analytics.questions.marketing.social_listening.topics import Topic

__all__ = ["FEW_STARS", "Judged", "is_bad", "judge_posts"]

FEW_STARS = 2  # stars of a review that is negative, or fewer


@dataclass(frozen=True)
class Judged:
    """``rows``: posts of the last two windows of ``n_weeks`` weeks: ``post_id``, ``source``, ``store``,
    ``date``, ``week`` (0 is the newest seven days), ``is_late`` (in the later window), ``by`` (stars, text or
    nothing), ``is_negative`` (1, 0; null where nothing says so), ``text``, ``is_read``, and for each of
    ``topics`` ``about_<name>``: whether the text names it (1, 0; null where it was not read)."""

    rows: pd.DataFrame
    topics: tuple[Topic, ...]
    n_weeks: int

    @property
    def known(self) -> pd.DataFrame:
        """The posts of which something says whether they are negative."""
        return self.rows[self.rows["is_negative"].notna()]


def judge_posts(posts: Posts, topics: Sequence[Topic], n_weeks: int, reads_text: bool) -> Judged:
    """Posts of the last ``2 n_weeks`` weeks by the last day with a post.

    A post with stars is negative with ``FEW_STARS`` or fewer, whatever its text says. One without is judged
    by its text where ``reads_text``, which somebody who read posts must have shown to be right; otherwise by
    nothing, and it counts nowhere as negative or not.
    """
    rows = posts.rows
    week = (((rows["date"].max() - rows["date"]).dt.days // 7) if len(rows) else pd.Series(dtype=int)).astype(
        int
    )
    kept = rows.assign(week=week)[week < 2 * n_weeks].reset_index(drop=True)
    has_stars = kept["rating"].notna().to_numpy()
    by_stars = np.where(has_stars, kept["rating"].to_numpy(float) <= FEW_STARS, np.nan)
    is_text = ~has_stars & kept["is_read"].to_numpy(bool) & reads_text
    by_text = np.full(len(kept), np.nan)
    by_text[is_text] = is_bad(score_texts(kept["text"][is_text].tolist()))
    named = match_words(kept["text"].tolist(), {topic.name: topic.words for topic in topics}).astype(float)
    named.loc[~kept["is_read"].to_numpy(bool)] = np.nan
    made = kept.assign(
        is_late=kept["week"] < n_weeks,
        by=np.select([has_stars, is_text], ["stars", "text"], "nothing"),
        is_negative=np.where(has_stars, by_stars, by_text),
        **{f"about_{topic.name}": named[topic.name] for topic in topics},
    )
    return Judged(made, tuple(topics), n_weeks)


def is_bad(score: np.ndarray) -> np.ndarray:
    """Whether scores are of texts that feel bad; null stays null.

    >>> is_bad(np.array([-0.6, 0.0, np.nan])).tolist()
    [1.0, 0.0, nan]
    """
    return np.where(np.isnan(score), np.nan, score <= BAD_BELOW)
