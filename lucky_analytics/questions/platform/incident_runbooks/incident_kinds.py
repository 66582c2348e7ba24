"""The kinds of incident, the texts that they are learnt from, and how well that works."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lucky_analytics.declarations import read
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.rater_agreement import estimate_accuracy
from lucky_analytics.methods.texts.word_votes import Votes, learn_votes

__all__ = ["NONE", "Kind", "Proof", "learn", "list_thresholds", "load_examples", "load_kinds", "name_kinds",
           "prove_reading", "put_under"]  # fmt: skip

NONE = "none"  # of texts that are of no kind of ours, and of those of which that is not sure
_THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Kind:
    """``name`` in files, ``label`` of one (a clause), ``short`` of several, ``runbook``: its file."""

    name: str
    label: str
    short: str
    runbook: str


@dataclass(frozen=True)
class Proof:
    """On texts whose kind somebody gave: ``right`` (put under their kind, or under none where they are of
    none), ``wrong`` (under another kind, of those put under one), ``naive`` (right, had every text been put
    under the most frequent kind); ``by_kind``: ``kind``, ``n``, ``right`` with ``low`` and ``high``,
    ``n_wrong`` put under it that are of another."""

    right: Estimate
    wrong: Estimate
    naive: Estimate
    by_kind: pd.DataFrame

    @property
    def beats_naive(self) -> bool:
        """Whether the reading is better than the most frequent kind, intervals of both apart."""
        return (self.right.low or 0.0) > (1.0 if self.naive.high is None else self.naive.high)


def load_kinds() -> list[Kind]:
    """The kinds as ``kinds.yml`` declares them, in its order.

    >>> [kind.runbook for kind in load_kinds()][:2]
    ['restart_machine', 'reset_pool']
    """
    return [Kind(name, **facts) for name, facts in read(_FOLDER / "kinds.yml").items()]


def load_examples() -> pd.DataFrame:
    """The made-up texts: ``said``, ``kind`` (a name of ``load_kinds``, or ``NONE``)."""
    given = read(_FOLDER / "examples.yml", as_text=True)
    rows = [(text, kind) for kind in given for text in given.names(kind)]
    return pd.DataFrame(rows, columns=["said", "kind"])


def name_kinds(kinds: list[Kind]) -> dict[str, str]:
    """Labels by name, and what is said of those that are of none."""
    return {kind.name: kind.label for kind in kinds} | {NONE: "not classed"}


def learn(examples: pd.DataFrame) -> Votes:
    """What the words of the examples say."""
    return learn_votes(examples["said"].tolist(), examples["kind"].tolist())


def put_under(votes: Votes, weights: np.ndarray, sure: float) -> np.ndarray:
    """The kind of each row of ``weights``; ``NONE`` where the likeliest is not likelier than ``sure``.

    >>> votes = learn_votes(["disk full", "query slow"], ["disk_full", "slow_statements"])
    >>> put_under(votes, votes.weigh(["the disk", "both: disk slow"]), 0.5).tolist()
    ['disk_full', 'none']
    """
    names = np.array(votes.kinds, dtype=object)
    best = weights.argmax(axis=1) if len(weights) else np.zeros(0, int)
    is_sure = weights.max(axis=1) > sure + 1e-9 if len(weights) else np.zeros(0, bool)
    return np.where(is_sure, names[best], NONE)


def prove_reading(told: np.ndarray, truth: np.ndarray, kinds: list[Kind], level: float = 0.9) -> Proof:
    """``told`` held against ``truth``, both kinds by name, each text by the others alone."""
    said, given = np.asarray(told, object), np.asarray(truth, object)
    names, counts = np.unique(given.astype(str), return_counts=True)
    most = names[counts.argmax()] if len(names) else NONE
    is_named = said != NONE
    rows = []
    for kind in kinds:
        own = given == kind.name
        right = estimate_accuracy(said[own], given[own], level)
        n_wrong = int((said[~own] == kind.name).sum())
        rows.append((kind.label, int(own.sum()), right.value, right.low, right.high, n_wrong))
    by_kind = pd.DataFrame(rows, columns=["kind", "n", "right", "low", "high", "n_wrong"])
    return Proof(
        estimate_accuracy(said, given, level),
        estimate_accuracy((said != given)[is_named], np.ones(int(is_named.sum()), bool), level),
        estimate_accuracy(np.full(len(given), most, dtype=object), given, level),
        by_kind,
    )


def list_thresholds(votes: Votes) -> pd.DataFrame:
    """What other lines would do to the examples, each tried by the others: ``sure``, ``n_named``,
    ``n_wrong``, ``n_none`` (left without a kind)."""
    weights = votes.weigh_left_out()
    truth = np.array(votes.kinds, dtype=object)[votes.kind]
    rows = []
    for sure in _THRESHOLDS:
        told = put_under(votes, weights, sure)
        is_named = told != NONE
        rows.append(
            (sure, int(is_named.sum()), int((is_named & (told != truth)).sum()), int((~is_named).sum()))
        )
    return pd.DataFrame(rows, columns=["sure", "n_named", "n_wrong", "n_none"])
