"""Notifications and orders of people whose hours, habits and answers are planted, as the question's log."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from lucky_analytics.questions.marketing.push_timing.opens import NEAR_HOURS
from lucky_analytics.questions.marketing.push_timing.send_log import DAY, HOUR, PushLog, complete_log

ORIGIN, N_DAYS = dt.date(2025, 6, 23), 210
SEND_HOURS = np.array([8, 10, 12, 15, 18])
TEMPLATES = np.array(["coupon", "news", "reminder"])


def simulate(
    seed: int,
    n: int = 1200,
    *,
    near: float = 0.0,
    recent: float = 0.0,
    ratio: float = 1.0,
    is_timed: bool = False,
    follow: float = 0.0,
) -> PushLog:
    """``near``, ``recent``: added to the chance of opening (near the own hour; for each one in the week
    before, six at most); ``ratio``: orders in the 24 hours after a delivered push, times what they would be.
    ``is_timed``: half of the sends follow an order within hours. ``follow``: the chance that an opening is
    followed by one further push within two days. Whoever is notified more opens more, and
    orders more; orders fade with time; weekends are quiet: none of it is the doing of a send."""
    rng = np.random.default_rng(seed)
    registered = rng.integers(0, N_DAYS // 2, n) * DAY + rng.integers(7, 20, n) * HOUR
    eager = rng.gamma(2.0, 0.5, n)
    hour = rng.uniform(8.0, 18.0, n)
    who, at = _draw_orders(rng, registered, eager, hour, 1.0)
    whom, sent = _draw_sends(rng, registered, eager)
    if is_timed:
        pick = rng.random(len(who)) < 0.5
        late = at[pick] + rng.integers(1, 12, pick.sum()) * HOUR
        whom, sent = np.r_[whom, who[pick]], np.r_[sent, late]
    order = np.lexsort((sent, whom))
    whom, sent = whom[order], sent[order]
    kind = pd.Categorical(np.where(rng.random(len(whom)) < 0.12, "text message", "push"))
    delivered = rng.random(len(whom)) < 0.97
    who, at = _act(rng, who, at, _draw_orders(rng, registered, eager, hour, max(ratio - 1, 0.0)), ratio,
                   *(each[delivered & (kind == "push")] for each in (whom, sent)))  # fmt: skip
    nothing = np.zeros(len(whom), bool)
    sends = pd.DataFrame({
        "customer": whom, "at": sent, "kind": kind,
        "template": pd.Categorical(rng.choice(TEMPLATES, len(whom))), "is_delivered": delivered,
        "is_opened": nothing, "was_opened": nothing,
    })  # fmt: skip
    people = pd.DataFrame({
        "customer_id": [f"c{code}" for code in range(n)], "is_allowed": True, "is_gone": False,
        "registered": registered,
    })  # fmt: skip
    orders = pd.DataFrame({"customer": who, "at": at})
    log = complete_log(PushLog(sends, orders, people, ORIGIN, N_DAYS * DAY, 0, "SELECT 1"))
    rows = log.sends
    is_near = (rows["at"] % DAY / HOUR - rows["usual"]).abs() <= NEAR_HOURS
    chance = 0.03 + 0.03 * eager[whom] + near * is_near + recent * np.minimum(rows["recent"], 6)
    opened = (rng.random(len(rows)) < chance.clip(0, 1)) & delivered & (rows["kind"] == "push")
    rows = rows.assign(is_opened=opened, was_opened=opened)
    if follow:
        rows = _follow_openings(rng, rows, 0.03 + 0.03 * eager, follow)
    return complete_log(PushLog(rows, orders, people, ORIGIN, log.end, 0, log.sql))


def _follow_openings(rng, rows, chance, follow):
    """Sends with those that follow openings, each opened by its customer's own chance."""
    made, last = [rows], rows
    while len(last := last[last["is_opened"] & (rng.random(len(last)) < follow)]):
        day = last["at"] // DAY + rng.integers(1, 3, len(last))
        at = day * DAY + rng.choice(SEND_HOURS, len(last)) * HOUR + rng.integers(0, 600, len(last))
        opened = rng.random(len(last)) < chance[last["customer"]]
        last = last.assign(at=at, is_opened=opened, was_opened=opened)
        last = last[last["at"] < N_DAYS * DAY]
        made.append(last)
    return pd.concat(made).sort_values(["customer", "at"], kind="stable", ignore_index=True)


def _draw_orders(rng, registered, eager, hour, times):
    """Customer and second of orders, at ``times`` the usual rate."""
    day = np.arange(N_DAYS)
    age = day[None, :] - registered[:, None] // DAY
    fade = np.exp(-np.maximum(age, 0) / 120) * (age > 0)
    weekday = np.where(day % 7 >= 5, 0.4, 1.0)
    count = rng.poisson(0.12 * times * eager[:, None] * fade * weekday)
    who, when = (np.repeat(each, count.ravel()) for each in np.indices(count.shape).reshape(2, -1))
    clock = np.clip(hour[who] + rng.normal(0, 1.5, len(who)), 7, 20)
    at = when * DAY + (clock * HOUR).astype(np.int64)
    order = np.lexsort((at, who))
    return who[order], at[order]


def _draw_sends(rng, registered, eager):
    """Customer and second of sends, any day from registration on, more to the eager."""
    count = rng.poisson(0.14 * eager * (N_DAYS - registered // DAY))
    whom = np.repeat(np.arange(len(eager)), count)
    first = registered[whom] // DAY + 1
    day = first + (rng.random(len(whom)) * (N_DAYS - first)).astype(np.int64)
    return whom, day * DAY + rng.choice(SEND_HOURS, len(whom)) * HOUR + rng.integers(0, 600, len(whom))


def _act(rng, who, at, extra, ratio, whom, sent):
    """Orders after pushes do what ``ratio`` says of them: more are added, or some fall away."""
    span = 10 * N_DAYS * DAY
    key = whom * span + sent

    def follows(customer, when):
        place = np.searchsorted(key, customer * span + when, side="right") - 1
        return (place >= 0) & (customer * span + when - key[np.maximum(place, 0)] < DAY)

    kept = ~follows(who, at) | (rng.random(len(who)) < ratio)
    added = follows(*extra)
    who, at = np.r_[who[kept], extra[0][added]], np.r_[at[kept], extra[1][added]]
    order = np.lexsort((at, who))
    return who[order], at[order]
