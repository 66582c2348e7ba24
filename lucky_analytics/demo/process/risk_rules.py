"""What the rules of risk control counted, what went over their limits, logins, and the blacklist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Floats, Ints, largest_remainder, stream, times_before
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.horizon import FIRST_DATE, N_DAYS, day_of
from lucky_analytics.demo.process.trades import FAILED
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["CLIENTS", "N_RECORDS", "RULES", "Hits", "Logins", "count_rules", "draw_logins"]

N_RECORDS = 4_100_000
HOUR, DAY = 3_600, 86_400
_START = int(np.datetime64(FIRST_DATE, "s").astype(np.int64))
N_UTC_DAYS = N_DAYS + 1  # the last evening in New York is the next day's
# Number, what it counts, scene, limit, window, action (1 noted, 2 asked for a proof, 3 refused). The
# documents name no rule: these are ours. None counts cards or refunds, as no published one does.
RULES = (
    ("R101", "Orders of an account in an hour", "order", 4, HOUR, 1),
    ("R102", "Orders of an account in a day", "order", 6, DAY, 2),
    ("R103", "Amount of a payment", "payment", 6_000, 0, 2),
    ("R104", "Payments of an account in a day", "payment", 6, DAY, 1),
    ("R105", "Failed payments of an account in a day", "payment", 2, DAY, 2),
    ("R106", "Discounted orders of an account in a day", "coupon", 3, DAY, 1),
    ("R107", "Registrations in a minute", "account", 12, 60, 1),
    ("R108", "Logins of an account in an hour", "login", 5, HOUR, 1),
    ("R109", "Failed logins of an account in an hour", "login", 5, HOUR, 3),
    ("R110", "Codes asked for by an account in an hour", "login", 3, HOUR, 3),
)
# Of logins: how many an hour's orders and registrations bring, by hour of the day (UTC); how many fail, how
# many ask for a code, how many are over a limit, by client.
CLIENTS = (1, 2, 8)
_CLIENT_SHARES = np.array([0.14, 0.80, 0.06])
_FAILED_SHARE, _CODE_SHARE = 0.06, 0.34
_OVER = {"R108": 4e-4, "R109": 9e-3, "R110": 8e-4}
_BURST_HOUR, _BURST_HOURS, _WEB = 7, 3, 2  # from which hour (UTC) a planted burst comes, how long, and where


@dataclass(frozen=True)
class Logins:
    """Logins tried and refused, [230 UTC days, 24 hours, 3 clients]."""

    attempts: Ints
    failures: Ints


@dataclass(frozen=True)
class Hits:
    """``records`` of each rule and UTC day [10, 230]; and a position for each time a limit was passed, in the
    order of time: rule, user and order (-1: none), UTC second."""

    records: Ints
    rule: Ints
    user: Ints
    order: Ints
    when: Ints


def utc_day(seconds: Ints) -> Ints:
    """Days since the horizon's first, in UTC, within the horizon."""
    return np.clip((seconds - _START) // DAY, 0, N_UTC_DAYS - 1)


def draw_logins(world: World, total: int) -> Logins:
    """``total`` logins, following orders and registrations hour by hour; a planted burst comes on top.

    ``security.login_burst``: so many times a usual day's refused logins come within three hours of one
    night, by the web. Each account is tried once or twice, so that no rule on single accounts sees it.
    """
    rng, plant = stream(world.seed, "logins"), world.planted["security"]
    cells = N_UTC_DAYS * 24
    comes = np.r_[world.book.created, world.users.registered[world.users.registered >= _START]]
    hour = np.clip((comes - _START) // HOUR, 0, cells - 1)
    weight = np.bincount(hour, minlength=cells) + 0.02
    weight = weight * np.exp(rng.normal(0, 0.05, cells))
    tried = largest_remainder((weight[:, None] * _CLIENT_SHARES).ravel(), total).reshape(cells, 3)
    failed = rng.binomial(tried, _FAILED_SHARE)
    if plant["login_burst"]:
        first = day_of(plant["login_burst_date"]) * 24 + _BURST_HOUR
        more = round(plant["login_burst"] * failed.sum() / N_UTC_DAYS)
        at = slice(first, first + _BURST_HOURS)
        failed[at, _WEB] += largest_remainder(np.ones(_BURST_HOURS), more)
        tried[at, _WEB] += largest_remainder(np.ones(_BURST_HOURS), more)
    shape = (N_UTC_DAYS, 24, 3)
    return Logins(tried.reshape(shape), failed.reshape(shape))


def count_rules(world: World) -> tuple[Hits, Logins]:
    """Records of every rule, which add up to the published count, and what went over a limit.

    Rules on orders, payments, coupons and registrations count what the estate has of them; logins fill the
    count. Which accounts passed a limit of logins is drawn.
    """
    book, trades, users = world.book, world.trades, world.users
    paid = np.flatnonzero((trades.status != FAILED) & (trades.order >= 0))
    failed = np.flatnonzero((trades.status == FAILED) & (trades.order >= 0))
    off = np.bincount(book.lines.order, book.lines.sale - book.lines.pay, book.n)
    used = np.flatnonzero(book.is_completed & (off > 0))
    everything = np.arange(book.n)
    of_trade = (trades.user, trades.order, trades.created)
    sources = {
        "R101": (book.user, everything, book.created),
        "R102": (book.user, everything, book.created),
        "R103": tuple(each[paid] for each in of_trade),
        "R104": tuple(each[paid] for each in of_trade),
        "R105": tuple(each[failed] for each in of_trade),
        "R106": (book.user[used], used, book.created[used]),
        "R107": (np.full(users.n, -1), np.full(users.n, -1), np.sort(users.registered)),
    }
    records = np.zeros((len(RULES), N_UTC_DAYS), np.int64)
    parts = []
    for place, (number, _, _, limit, window, _) in enumerate(RULES):
        if number not in sources:
            continue
        user, order, when = sources[number]
        records[place] = np.bincount(utc_day(when), minlength=N_UTC_DAYS)
        if window:
            over = times_before((user + 1) * (1 << 34) + (when - _START) // window) >= limit
        else:
            over = trades.amount[paid] > limit
        parts.append((np.full(int(over.sum()), place), user[over], order[over], when[over]))
    logins = draw_logins(world, _n_logins(int(records.sum()), world.targets, world.planted))
    parts += _login_hits(world, logins, records)
    rule, user, order, when = (np.concatenate([part[k] for part in parts]) for k in range(4))
    by_time = np.lexsort((rule, when))
    return Hits(records, rule[by_time], user[by_time], order[by_time], when[by_time]), logins


def _n_logins(counted: int, targets: Targets, planted: Plants) -> int:
    """Logins whose records, with those of refused ones and of codes, fill the published count."""
    burst = planted["security"]["login_burst"] * _FAILED_SHARE / N_UTC_DAYS
    left = max(round(N_RECORDS * targets.scale) - counted, 0)
    return round(left / (1 + _FAILED_SHARE + _CODE_SHARE + 2 * burst))


def _login_hits(world: World, logins: Logins, records: Ints) -> list[tuple[Ints, Ints, Ints, Ints]]:
    """Fills the ``records`` of the three rules on logins; rule, user, order, second of each hit."""
    rng = stream(world.seed, "login hits")
    tried, refused = (each.sum(axis=(1, 2)) for each in (logins.attempts, logins.failures))
    left = max(round(N_RECORDS * world.targets.scale) - int(records.sum() + tried.sum() + refused.sum()), 0)
    usual: Floats = np.minimum(tried, np.quantile(tried, 0.99)).astype(float)
    of_rule = {"R108": tried, "R109": refused, "R110": largest_remainder(usual + 1e-9, left)}
    some = np.flatnonzero(world.facts.n_orders[: world.orders.n_customers] > 0)
    parts = []
    for place, (number, *_) in enumerate(RULES):
        if number not in of_rule:
            continue
        records[place] = of_rule[number]
        level = np.minimum(of_rule[number], 2 * np.median(of_rule[number]))
        n = rng.poisson(level * _OVER[number])
        when = (
            _START + np.repeat(np.arange(N_UTC_DAYS), n) * DAY + rng.integers(11 * HOUR, 23 * HOUR, n.sum())
        )
        who = rng.choice(some, n.sum())
        parts.append((np.full(n.sum(), place), who, np.full(n.sum(), -1), when))
    return parts
