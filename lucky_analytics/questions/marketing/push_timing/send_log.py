"""Every notification that was sent, with what was known of its customer when it was: one row each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.catalog.local_time import local_time
from lucky_analytics.estate.markets import HOME

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["DAY", "HOUR", "NEW_DAYS", "OPEN_HOURS", "RECENT_DAYS", "PushLog", "complete_log", "load_log"]

Array = NDArray[Any]
HOUR, DAY = 3600, 86_400
OPEN_HOURS = 24  # after the send in which an opening counts, so that young and old sends count alike
RECENT_DAYS = 7  # before a send in which others count as recent ones
NEW_DAYS = 7  # after registration in which sends are not compared: their recent ones are not whole


@dataclass(frozen=True)
class PushLog:
    """Times are seconds on New York's clock since ``origin``, a Monday at midnight.

    ``sends``, by customer and time: ``customer`` (code), ``at``, ``kind``, ``template`` (categories),
    ``is_delivered``, ``is_opened`` (within ``OPEN_HOURS``), ``was_opened`` (ever); from ``complete_log``
    ``hour`` (of the send, 0-23), ``age`` (whole days since registration), ``recent`` (delivered in the
    ``RECENT_DAYS`` before), ``following`` (in as many after), ``usual`` (mean hour of day of
    the customer's orders before it, null without one).
    ``orders``, by customer and time: ``customer``, ``at``. ``people``, by code: ``customer_id``,
    ``registered``, ``is_gone``, ``is_allowed`` (lets the app notify, at the cut; null where not known).
    ``end``: the end of ``as_of``; ``n_unknown``: sends to nobody who is registered, in none of these;
    ``sql``: the query of the sends.
    """

    sends: pd.DataFrame
    orders: pd.DataFrame
    people: pd.DataFrame
    origin: dt.date
    end: int
    n_unknown: int
    sql: str


def load_log(suite: Suite) -> PushLog:
    """All sends by ``as_of`` to people, delivery platforms' accounts left out. Empty frames without any."""
    people = _load_people(suite)
    code = people.select("customer_id", "customer")
    push = suite.pushes
    first = push.agg(first=push.sent_date.min()).execute()["first"].iloc[0]
    start = suite.as_of if pd.isna(first) else pd.Timestamp(first).date()
    oldest = suite.orders.agg(first=suite.orders.order_date.min()).execute()["first"].iloc[0]
    start = start if pd.isna(oldest) else min(start, pd.Timestamp(oldest).date())
    origin = start - dt.timedelta(days=start.weekday() + 7)
    at = _seconds(push.sent_at, origin)
    wait = push.opened_at.epoch_seconds() - push.sent_at.epoch_seconds()
    sent = push.mutate(at=at, wait=wait).inner_join(code, "customer_id")
    sent = sent.select(
        "customer", "at", "kind", "template", "is_delivered",
        is_opened=(sent.wait.fill_null(-1) >= 0) & (sent.wait < OPEN_HOURS * HOUR),
        was_opened=sent.is_opened,
    )  # fmt: skip
    order = suite.orders.inner_join(code, "customer_id")
    order = order.select("customer", at=_seconds(order.ordered_at, origin))
    frame = (
        people.order_by("customer").drop("customer").mutate(registered=_seconds(people.registered_at, origin))
    )
    end = (suite.as_of - origin).days * DAY + DAY
    unknown = push.anti_join(suite.customers, "customer_id").count().execute()
    log = PushLog(
        _fetch(sent), _fetch(order), frame.drop("registered_at").execute(), origin, end, int(unknown),
        suite.sql(push),
    )  # fmt: skip
    return complete_log(log)


def complete_log(log: PushLog) -> PushLog:
    """The log with what was known of the customer at each send. ``sends`` and ``orders`` are in order."""
    sends, orders = log.sends, log.orders
    who, at = sends["customer"].to_numpy(np.int64), sends["at"].to_numpy(np.int64)
    span = 4 * log.end + 8 * DAY * RECENT_DAYS
    key, past = who * span + at, RECENT_DAYS * DAY
    reached = key[sends["is_delivered"].to_numpy(bool)]
    recent = np.searchsorted(reached, key) - np.searchsorted(reached, np.maximum(key - past, who * span))
    following = np.searchsorted(reached, key + past, side="right") - np.searchsorted(
        reached, key, side="right"
    )
    buyer, bought = orders["customer"].to_numpy(np.int64), orders["at"].to_numpy(np.int64)
    ordered = buyer * span + bought
    clock = np.r_[0.0, np.cumsum((bought % DAY) / HOUR)]
    first, last = np.searchsorted(ordered, who * span), np.searchsorted(ordered, key)
    n_before = last - first
    usual = np.where(n_before > 0, (clock[last] - clock[first]) / np.maximum(n_before, 1), np.nan)
    registered = log.people["registered"].to_numpy(np.int64)[who] if len(who) else at
    made = sends.assign(
        hour=(at % DAY // HOUR).astype(np.int8),
        age=(at - registered) // DAY,
        recent=recent.astype(np.int32),
        following=following.astype(np.int32),
        usual=usual,
    )
    return PushLog(made, orders, log.people, log.origin, log.end, log.n_unknown, log.sql)


def _load_people(suite: Suite) -> ir.Table:
    """Registered people with a code each, in the order of their numbers."""
    person = suite.customers.filter(~suite.customers.is_delivery_account)
    profile = suite.optional("customer_profiles")
    if profile is None:
        person = person.mutate(is_allowed=ibis.null("boolean"))
    else:
        allowed = profile.group_by("customer_id").agg(is_allowed=profile.is_push_allowed.all())
        person = person.left_join(allowed, "customer_id").drop("customer_id_right")
    return person.select(
        "customer_id", "registered_at", "is_allowed",
        is_gone=person.is_deleted,
        customer=ibis.row_number().over(order_by=person.customer_id),
    ).cache()  # fmt: skip


def _seconds(utc: ir.TimestampValue, origin: dt.date) -> ir.IntegerValue:
    """Seconds on the home market's clock since the midnight on which ``origin`` began."""
    zone = HOME.time_zone
    midnight = int(dt.datetime(origin.year, origin.month, origin.day, tzinfo=dt.UTC).timestamp())
    return local_time(utc, ibis.literal(zone), [zone]).epoch_seconds() - midnight


def _fetch(table: ir.Table) -> pd.DataFrame:
    """The rows by customer and time; words as categories, because objects of each row would cost more than
    all else. Rows of one customer and second are in the order of what else they hold."""
    found = table.to_pyarrow()
    for place, name in enumerate(found.column_names):
        if str(found.schema.field(name).type) == "string":
            found = found.set_column(place, name, found.column(name).dictionary_encode())
    frame = found.to_pandas()
    for name in frame.select_dtypes("category"):
        frame[name] = frame[name].cat.reorder_categories(sorted(frame[name].cat.categories))
    keys = [
        frame[name].cat.codes if name in ("kind", "template") else frame[name] for name in frame.columns[::-1]
    ]
    return frame.iloc[np.lexsort(keys)].reset_index(drop=True)
