"""The risk control database (rules, their counts and log, the blacklist), and counts of logins of the CRM."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Ints, stream
from lucky_analytics.demo.build.arrow_columns import choose, dates, datetimes, same, table, texts
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.risk_rules import CLIENTS, RULES, Hits, Logins, count_rules, utc_day
from lucky_analytics.demo.tables.coupon_templates import new_york_midnight
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["tables"]

N_BLACKLISTED = 1_395
_ACCOUNT, _CARD, _NETWORK = 1, 2, 3
# Assumed: what is on the list, which rules put it there (none: by hand), how many of the accounts have
# orders, how many entries were lifted.
_SUBJECTS = (0.72, 0.09, 0.19)
_MADE_BY, _BY_SHARES = ("R109", "R110", "R105", "R107", None), (0.46, 0.24, 0.08, 0.12, 0.10)
_WITH_ORDERS, _LIFTED = 0.12, 0.08


def tables(world: World) -> Iterator[NamedTable]:
    """``t_risk_rule``, ``t_risk_rule_count``, ``t_risk_log``, ``t_blacklist``, ``t_login_stat``."""
    declared, crm = (
        estate.load().database(f"luckyus_{name}") for name in ("iriskcontrolservice", "sales_crm")
    )
    schemas = {name: declared.table(name).schema for name in declared.tables}
    hits, logins = count_rules(world)
    yield declared.name, "t_risk_rule", _rules(schemas["t_risk_rule"])
    yield declared.name, "t_risk_rule_count", _counts(schemas["t_risk_rule_count"], hits)
    yield declared.name, "t_risk_log", _log(schemas["t_risk_log"], hits, world)
    yield declared.name, "t_blacklist", _blacklist(schemas["t_blacklist"], world)
    yield crm.name, "t_login_stat", _logins(crm.table("t_login_stat").schema, logins)


def _rules(schema: pa.Schema) -> pa.Table:
    n = len(RULES)
    number, name, scene, limit, window, action = zip(*RULES, strict=True)
    return table(schema, {
        "id": 2_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "rule_no": list(number),
        "rule_name": list(name),
        "scene": list(scene),
        "threshold": list(limit),
        "window_seconds": list(window),
        "action": list(action),
        "status": np.ones(n, np.int64),
        "create_time": datetimes(np.full(n, int(new_york_midnight(np.array([0]))[0]) - 30 * 86_400)),
    })  # fmt: skip


def _counts(schema: pa.Schema, hits: Hits) -> pa.Table:
    n_rules, n_days = hits.records.shape
    cell = hits.rule * n_days + utc_day(hits.when)
    over = np.bincount(cell, minlength=n_rules * n_days)
    accounts = np.unique(np.stack([cell, hits.user])[:, hits.user >= 0], axis=1)[0]
    day, rule = np.repeat(np.arange(n_days), n_rules), np.tile(np.arange(n_rules), n_days)
    return table(schema, {
        "id": 610_001 + np.arange(len(day)),
        "tenant": same(LIVE_TENANT, len(day), pa.string()),
        "rule_no": choose(rule, [each[0] for each in RULES]),
        "stat_date": dates(day),
        "record_count": hits.records[rule, day],
        "hit_count": over[rule * n_days + day],
        "account_count": np.bincount(accounts, minlength=n_rules * n_days)[rule * n_days + day],
    })  # fmt: skip


def _log(schema: pa.Schema, hits: Hits, world: World) -> pa.Table:
    n = len(hits.rule)
    order = texts(world.book.id[np.maximum(hits.order, 0)])
    return table(schema, {
        "id": 620_000_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "rule_no": choose(hits.rule, [each[0] for each in RULES]),
        "user_no": pc.if_else(pa.array(hits.user >= 0), world.user_no(np.maximum(hits.user, 0)), None),
        "order_id": pc.if_else(pa.array(hits.order >= 0), order, None),
        "decision": np.array([each[5] for each in RULES])[hits.rule],
        "create_time": datetimes(hits.when),
    })  # fmt: skip


def _blacklist(schema: pa.Schema, world: World) -> pa.Table:
    """Accounts, cards and networks; which is drawn without regard to what is planted, so it tells of none."""
    rng, n = stream(world.seed, "blacklist"), max(round(N_BLACKLISTED * world.targets.scale), 1)
    kind = rng.choice([_ACCOUNT, _CARD, _NETWORK], n, p=_SUBJECTS)
    customers = np.flatnonzero(world.facts.n_orders[: world.orders.n_customers] > 0)
    without = np.flatnonzero((world.facts.n_orders == 0) & ~world.users.is_rarotonga)
    drawn = [rng.permutation(who)[:n] for who in (customers, without)]
    with_orders = (rng.random(n) < _WITH_ORDERS) | (len(drawn[1]) < n)
    who = np.where(with_orders, drawn[0][np.arange(n) % len(drawn[0])], np.resize(drawn[1], n))
    since = np.maximum(world.users.registered[who], int(new_york_midnight(np.array([0]))[0]))
    when = since + (rng.random(n) * (world.facts.end - since)).astype(np.int64)
    order = np.argsort(when, kind="stable")
    kind, who, when = kind[order], who[order], when[order]
    is_account = pa.array(kind == _ACCOUNT)
    token = pc.binary_join_element_wise("rk_", texts((when * 48_271 + np.arange(n)) % 999_999_999_989), "")
    return table(schema, {
        "id": 630_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "subject_type": kind,
        "user_no": pc.if_else(is_account, world.user_no(who), None),
        "subject_token": pc.if_else(is_account, None, token),
        "rule_no": choose(rng.choice(len(_MADE_BY), n, p=_BY_SHARES), _MADE_BY),
        "status": np.where(rng.random(n) < _LIFTED, 2, 1),
        "create_time": datetimes(when),
    })  # fmt: skip


def _logins(schema: pa.Schema, logins: Logins) -> pa.Table:
    cells: tuple[Ints, ...] = np.nonzero(logins.attempts)
    day, hour, client = cells
    return table(schema, {
        "id": 640_001 + np.arange(len(day)),
        "tenant": same(LIVE_TENANT, len(day), pa.string()),
        "stat_date": dates(day),
        "stat_hour": hour,
        "client": np.array(CLIENTS)[client],
        "attempt_count": logins.attempts[cells],
        "failure_count": logins.failures[cells],
    })  # fmt: skip
