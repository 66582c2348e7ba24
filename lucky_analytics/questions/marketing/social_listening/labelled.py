"""Whether the reading of texts is right: held against people who read the same posts, and against stars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.calibration import wilson_interval
from lucky_analytics.methods.inference.rater_agreement import (
    estimate_accuracy,
    estimate_kappa,
    estimate_order,
)
from lucky_analytics.methods.texts.sentiment import score_texts
from lucky_analytics.methods.texts.word_topics import match_words
from lucky_analytics.questions.marketing.social_listening.judged_posts import FEW_STARS, is_bad
from lucky_analytics.questions.marketing.social_listening.posts import Posts
from lucky_analytics.questions.marketing.social_listening.topics import Topic
from lucky_analytics.reference.imports import read_import, refuse_rows

__all__ = [
    "FEELINGS",
    "FEWEST_EACH",
    "FEWEST_LABELS",
    "LEAST_KAPPA",
    "Proof",
    "describe_unused",
    "find_order",
    "prove_reading",
    "read_labels",
]

FEELINGS = ("negative", "neutral", "positive")
NO_TOPIC = "none"
# The reading counts where it agrees with people more than "fairly" (Landis and Koch 1977, Biometrics 33),
# interval included, on enough posts of the kind that it is used on.
LEAST_KAPPA, FEWEST_LABELS, FEWEST_EACH = 0.4, 50, 10
_MOST_STARS = 2_000  # reviews that the reading is held against; drawn by lot where there are more


@dataclass(frozen=True)
class Proof:
    """``kappa``: agreement with people on posts without stars, on negative or not. ``is_proven``: whether
    texts count; if not, ``why``: few, poor. ``table``: one row for each thing that the reading is held
    against; ``topics``: of the posts that people put under a topic, how many the words found. ``n_lost``:
    labels of posts that are not in the file."""

    kappa: Estimate
    is_proven: bool
    why: str
    table: pd.DataFrame
    topics: pd.DataFrame
    n_lost: int


def read_labels(path: str | Path, topics: Sequence[Topic]) -> pd.DataFrame | None:
    """Rows that people labelled, or null when ``path`` is empty: ``post_id``, ``sentiment``, ``topic``.

    Raises ``LuckyError`` with file, row and column for what breaks the contract ``labels``, for a sentiment
    that is none of ``FEELINGS`` and a topic that is none of ``topics`` nor ``none``.
    """
    rows = read_import("labels", path)
    if rows is None:
        return None
    names = [*(topic.name for topic in topics), NO_TOPIC]
    rows = rows.assign(**{column: rows[column].str.lower() for column in ("sentiment", "topic")})
    is_feeling, is_topic = rows["sentiment"].isin(FEELINGS), rows["topic"].isin(names)
    refuse_rows("labels", path, "sentiment", " or ".join(FEELINGS), ~is_feeling, rows["sentiment"])
    if not is_topic.all():
        first = int((~is_topic).to_numpy().argmax())
        where = f"import labels from {path}, row {first + 2}, topic"
        raise UnknownNameError(where, rows["topic"].iloc[first][:60], names)
    return rows


def describe_unused(labels: pd.DataFrame | None) -> list[str]:
    """What is said of labels where no post counts that they could be held against.

    >>> describe_unused(pd.DataFrame({"post_id": ["a", "b"]}))
    ['2 labels were handed in and are held against nothing: no post counts']
    """
    n = 0 if labels is None else len(labels)
    return [f"{n:,} labels were handed in and are held against nothing: no post counts"] if n else []


def prove_reading(
    posts: Posts, labels: pd.DataFrame | None, topics: Sequence[Topic], level: float = 0.9
) -> Proof:
    """The reading held against ``labels`` and against stars, on posts of which a list of English words can
    tell something; copies count once.

    The text of a post with stars is not used elsewhere, so that only posts without stars prove the reading.
    """
    read = posts.rows[posts.rows["is_read"]]
    starred = read[read["rating"].notna()]
    drawn = starred.sample(min(len(starred), _MOST_STARS), random_state=0).assign(
        is_negative=lambda rows: rows["rating"] <= FEW_STARS
    )
    labelled = read.assign(sentiment="", topic="").head(0)
    n_lost = 0
    if labels is not None:
        labelled = read.merge(labels, on="post_id")
        n_lost = int((~labels["post_id"].isin([*posts.rows["post_id"], *posts.copies["post_id"]])).sum())
    labelled = labelled.assign(is_negative=labelled["sentiment"] == FEELINGS[0])
    bare = labelled[labelled["rating"].isna()]
    held = {
        "people, posts without stars": bare,
        "people, posts with stars": labelled[labelled["rating"].notna()],
        f"stars, {FEW_STARS} or fewer": drawn,
    }
    rows = [_hold(name, own, level) for name, own in held.items()]
    kappa = estimate_kappa(_reads(bare), bare["is_negative"], level)
    n_negative = int(bare["is_negative"].sum())
    is_enough = len(bare) >= FEWEST_LABELS and min(n_negative, len(bare) - n_negative) >= FEWEST_EACH
    is_proven = is_enough and kappa.low is not None and kappa.low >= LEAST_KAPPA
    return Proof(
        kappa if is_enough else Estimate(None, n=len(bare)), is_proven,
        "" if is_proven else "few" if not is_enough else "poor",
        pd.DataFrame(rows), _find_topics(labelled, topics, level), n_lost,
    )  # fmt: skip


def find_order(proof: Proof, level: float = 0.9) -> Estimate:
    """How often the reading puts a review with few stars below another, from the last row of the table."""
    row = proof.table.iloc[-1]
    return Estimate.of(row.to_dict(), "order", level=level, n=int(row["n"]))


def _reads(rows: pd.DataFrame) -> np.ndarray:
    return is_bad(score_texts(rows["text"].tolist())) == 1


def _hold(name: str, rows: pd.DataFrame, level: float) -> dict[str, object]:
    score, truth = score_texts(rows["text"].tolist()), rows["is_negative"].to_numpy(bool)
    told = is_bad(score) == 1
    found: dict[str, object] = {"against": name, "n": len(rows), "n_negative": int(truth.sum())}
    for measure, made in (
        ("accuracy", estimate_accuracy(told, truth, level)),
        ("kappa", estimate_kappa(told, truth, level)),
        ("order", estimate_order(-score, truth, level)),
    ):
        ends = {measure: made.value, f"{measure}_low": made.low, f"{measure}_high": made.high}
        found |= {key: np.nan if value is None else value for key, value in ends.items()}
    return found | {
        "found": told[truth].mean() if truth.any() else np.nan,
        "false": told[~truth].mean() if (~truth).any() else np.nan,
    }


def _find_topics(labelled: pd.DataFrame, topics: Sequence[Topic], level: float) -> pd.DataFrame:
    """Of posts that people put under each topic, the share that its words find, with Wilson's interval."""
    named = match_words(labelled["text"].tolist(), {topic.name: topic.words for topic in topics})
    rows = []
    for topic in topics:
        own = (labelled["topic"] == topic.name).to_numpy()
        hits = int(named[topic.name].to_numpy(bool)[own].sum())
        n = int(own.sum())
        low, high = wilson_interval(hits, n, level) if n else (np.nan, np.nan)
        others = int(named[topic.name].sum()) - hits
        rows.append((topic.label, n, hits, hits / n if n else np.nan, float(low), float(high), others))
    columns = ["label", "n", "n_found", "share", "low", "high", "n_others"]
    return pd.DataFrame(rows, columns=columns)
