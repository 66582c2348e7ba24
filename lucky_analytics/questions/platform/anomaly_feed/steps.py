"""From the suite to the cards of the last days: the steps in the notebook's order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from lucky_analytics.decisions import add_up
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.baselines.smallest_change import find_smallest
from lucky_analytics.models.calendar import find_special_days
from lucky_analytics.models.store_day import list_sold_out
from lucky_analytics.models.watched_days.chain_numbers import hours_of
from lucky_analytics.models.watched_days.judged_days import LEVEL, WatchedDays, judge_kpi, load_watched
from lucky_analytics.models.watched_days.kpis import CHAIN, KPIS, Kpi
from lucky_analytics.models.watched_days.store_events import find_events
from lucky_analytics.questions.platform.anomaly_feed.cards import list_cards, list_symptoms
from lucky_analytics.questions.platform.anomaly_feed.feed_series import FEED, MATTERS, load_feed
from lucky_analytics.questions.platform.anomaly_feed.judged_feed import Rates, Taught, list_drifts, watch_days
from lucky_analytics.questions.platform.anomaly_feed.severity import CRITICAL, INFO, WARNING, Thresholds

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "DAYS_DRAWN",
    "Answered",
    "Found",
    "Seen",
    "find",
    "list_smallest",
    "load",
    "mark_answers",
    "watch",
]

DAYS_DRAWN = 56
SEEN_WITH = 0.9  # chance with which the smallest change is seen


class Answered(Taught, Protocol):
    """What is needed of an answer (``runs.answered.Answer``) to show it."""

    @property
    def card(self) -> str: ...
    @property
    def who(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class Seen:
    """``judged`` of ``watch_days``; all ``cards`` with what was answered (``mark_answers``); their
    ``symptoms``."""

    judged: pd.DataFrame
    cards: pd.DataFrame
    symptoms: pd.DataFrame


@dataclass(frozen=True)
class Found:
    """Of the last ``n_days``: ``open`` cards, those ``acknowledged`` and ``dismissed``; ``quieted``: alarms
    of other pages that dismissals keep quiet here. ``off``: dollars of the open cards on the bad side (null
    where none has any). ``n_watched`` numbers could be judged on ``as_of``, ``n_outside`` of them left their
    own range of usual days; ``n_alarm_days`` of ``n_judged_days`` had an alarm. ``fall``: by what share a
    store's orders would have to fall to be seen (median of stores)."""

    as_of: dt.date
    n_days: int
    open: pd.DataFrame
    acknowledged: pd.DataFrame
    dismissed: pd.DataFrame
    quieted: pd.DataFrame
    off: Estimate
    n_watched: int
    n_outside: int
    n_alarm_days: int
    n_judged_days: int
    fall: float | None

    def count(self, severity: str) -> int:
        """Open cards of a severity."""
        return int((self.open["severity"] == severity).sum())

    @property
    def serious(self) -> pd.DataFrame:
        """Open cards that somebody must look at."""
        return self.open[self.open["severity"].isin([CRITICAL, WARNING])]

    @property
    def is_only_info(self) -> bool:
        return len(self.open) > 0 and bool((self.open["severity"] == INFO).all())


def load(suite: Suite) -> tuple[WatchedDays, pd.DataFrame]:
    """All watched days, and what only this page watches; both without a row before the first order."""
    watched = load_watched(suite)
    is_empty = watched.stores.empty or watched.days.empty or watched.days["orders"].sum() == 0
    return watched, pd.DataFrame() if is_empty else load_feed(suite, watched)


def watch(
    suite: Suite, watched: WatchedDays, feed: pd.DataFrame, rates: Rates, limits: Thresholds,
    answers: Sequence[Answered],
) -> Seen:  # fmt: skip
    """Judge every day, look for drifts, and tell each event as one card."""
    newest = {answer.card: answer for answer in answers}  # who changed his mind teaches what he thinks now
    judged = watch_days(watched, feed, rates, newest.values())
    drifts = list_drifts(judged, rates.drift)
    events = find_events(suite, judged[judged["is_shared"]], watched, list_sold_out(suite, 28), DAYS_DRAWN)
    days = watched.days["ds"]
    special = find_special_days(days.min().date(), days.max().date())
    named = {pd.Timestamp(day): name for day, name in special.items()}
    cards = list_cards(judged, drifts, watched, events, named, limits)
    names: dict[Any, str] = watched.stores.set_index("store_id")["store_name"].to_dict()
    return Seen(judged, mark_answers(cards, answers), list_symptoms(judged, cards, names))


def mark_answers(cards: pd.DataFrame, answers: Sequence[Answered]) -> pd.DataFrame:
    """``cards`` with ``state`` ("open", "acknowledged" or "dismissed": the newest answer counts), ``who``,
    ``reason`` and ``note`` (empty without one)."""
    newest = {answer.card: answer for answer in answers}
    told = [newest.get(name) for name in cards["id"]]
    return cards.assign(
        state=[answer.act if answer else "open" for answer in told],
        who=[answer.who if answer else "" for answer in told],
        reason=[answer.reason if answer else "" for answer in told],
        note=[answer.note if answer else "" for answer in told],
    )


def find(seen: Seen, smallest: pd.DataFrame, as_of: dt.date, n_days: int) -> Found:
    """What of the last ``n_days`` the page tells. ``smallest`` of ``list_smallest``."""
    last = pd.Timestamp(as_of)
    start = last - pd.Timedelta(days=n_days - 1)
    recent = seen.cards[seen.cards["last"] >= start]
    of = {state: own.reset_index(drop=True) for state, own in recent.groupby("state")}
    still = of.get("open", recent.head(0))
    known = seen.judged[seen.judged["p_value"].notna()]
    today = known[known["ds"] == last]
    by_day = known.groupby("ds")["is_alarm"].any()
    quieted = known[known["is_told"] & ~known["is_alarm"] & (known["ds"] >= start)]
    bad = still[(still["n_worse"] > 0) & still["off"].notna()]
    fall = smallest.loc[smallest["kpi"] == "orders_hour", "fall"].dropna()
    return Found(
        as_of=as_of,
        n_days=n_days,
        open=still,
        acknowledged=of.get("acknowledged", recent.head(0)),
        dismissed=of.get("dismissed", recent.head(0)),
        quieted=quieted,
        off=add_up([Estimate.of(row, "off", level=LEVEL) for row in bad.to_dict("records")]),
        n_watched=len(today),
        n_outside=int((today["p_value"] <= 1 - LEVEL).sum()),
        n_alarm_days=int(by_day.sum()),
        n_judged_days=len(by_day),
        fall=round(float(fall.median()), 2) if len(fall) else None,
    )


def list_smallest(
    judged: pd.DataFrame, watched: WatchedDays, feed: pd.DataFrame, rates: Rates
) -> pd.DataFrame:
    """How small a change of the newest day would be an alarm with a chance of ``SEEN_WITH``, alone among the
    day's numbers: one row a series, ``kpi``, ``store_id``, ``fall`` and ``rise`` (shares of what is usual;
    a fall is null where even nothing at all need not be seen)."""
    newest = judged[(judged["ds"] == judged["ds"].max()) & judged["p_value"].notna()]
    special = pd.to_datetime(list(find_special_days(judged["ds"].min().date(), judged["ds"].max().date())))
    parts = [pd.DataFrame(columns=["kpi", "store_id", "fall", "rise"])]
    stores = watched.days.assign(planned_hours=hours_of(watched.days))
    for days, kpis, beside, weeks in (
        (watched.days, KPIS, None, rates.shared),
        (watched.chain, CHAIN, stores, rates.shared),
        (feed, FEED, None, rates.own),
    ):
        is_shared = kpis is not FEED
        n_tests = max(int((newest["is_shared"] == is_shared).sum()), 1)
        for kpi in kpis:
            if kpi.kind == "plain":  # a mean of deviations, which is no share of anything
                continue
            weight = newest.loc[newest["kpi"] == kpi.name, "weight"].mean()
            needed = (1.0 if pd.isna(weight) else float(weight)) / (7 * weeks * n_tests)
            found = judge_kpi(days, kpi, special, beside, needed)
            if found is None:
                continue
            counted = found.drop(columns=["expected", "low", "high"]).assign(
                unique_id=found["store_id"],
                expected=found["usual_y"],
                **{name: _as_counted(found, name, kpi) for name in ("low", "high")},
            )
            seen = find_smallest(counted, chance=SEEN_WITH, level=LEVEL)
            if not is_shared:
                seen[["fall", "rise"]] = seen[["fall", "rise"]].clip(lower=MATTERS)
            parts.append(seen.assign(kpi=kpi.name).rename(columns={"unique_id": "store_id"}))
    return pd.concat(parts, ignore_index=True)[["kpi", "store_id", "fall", "rise"]]


def _as_counted(days: pd.DataFrame, name: str, kpi: Kpi) -> pd.Series:
    """An end as ``y`` counts: what readers see may be scaled, a share, or one less it."""
    per = 1.0 if kpi.is_total else days["per"]
    if kpi.is_complement:
        name = {"low": "high", "high": "low"}[name]
    shown = days[name] / kpi.scale
    return ((1 - shown) if kpi.is_complement else shown) * per
