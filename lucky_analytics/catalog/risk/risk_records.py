"""``risk_rules``, ``risk_counts``, ``risk_hits``, ``blacklist``, ``logins``: what risk control counts."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, name, text
from lucky_analytics.catalog.local_time import home_date

__all__ = ["BLACKLIST", "LOGINS", "RISK_COUNTS", "RISK_HITS", "RISK_RULES"]

ACTIONS = {1: "noted", 2: "asked for a proof", 3: "refused"}
SUBJECTS = {1: "account", 2: "card", 3: "network"}
CLIENTS = {1: "android", 2: "ios", 8: "web"}


def _rules(suite: Tables) -> ir.Table:
    rule = suite.source("iriskcontrolservice").t_risk_rule
    rule = rule.filter(home_date(rule.create_time) <= suite.as_of)
    return rule.select(
        rule_id=rule.rule_no,
        rule_name=name(rule.rule_name),
        scene=rule.scene,
        limit=rule.threshold.cast("int64"),
        window_seconds=rule.window_seconds.cast("int64"),
        action=rule.action.cases(*ACTIONS.items(), else_="other"),
        is_active=rule.status == 1,
    )


def _counts(suite: Tables) -> ir.Table:
    count = suite.source("iriskcontrolservice").t_risk_rule_count
    count = count.filter(count.stat_date <= suite.as_of)
    return count.select(
        rule_id=count.rule_no,
        count_date=count.stat_date,
        n_records=count.record_count,
        n_hits=count.hit_count,
        n_accounts=count.account_count,
    )


def _hits(suite: Tables) -> ir.Table:
    hit = suite.source("iriskcontrolservice").t_risk_log
    hit = hit.mutate(hit_date=home_date(hit.create_time))
    hit = hit.filter(hit.hit_date <= suite.as_of)
    return hit.select(
        hit_id=text(hit.id),
        rule_id=hit.rule_no,
        customer_id=hit.user_no,
        order_id=hit.order_id,
        action=hit.decision.cases(*ACTIONS.items(), else_="other"),
        hit_at=hit.create_time,
        hit_date=hit.hit_date,
    )


def _blacklist(suite: Tables) -> ir.Table:
    entry = suite.source("iriskcontrolservice").t_blacklist
    entry = entry.mutate(listed_date=home_date(entry.create_time))
    entry = entry.filter(entry.listed_date <= suite.as_of)
    return entry.select(
        entry_id=text(entry.id),
        subject=entry.subject_type.cases(*SUBJECTS.items(), else_="other"),
        customer_id=entry.user_no,
        token=entry.subject_token,
        rule_id=entry.rule_no,
        is_active=entry.status == 1,
        listed_at=entry.create_time,
        listed_date=entry.listed_date,
    )


def _logins(suite: Tables) -> ir.Table:
    login = suite.source("salescrm").t_login_stat
    login = login.filter(login.stat_date <= suite.as_of)
    return login.select(
        login_date=login.stat_date,
        hour=login.stat_hour.cast("int64"),
        client=login.client.cases(*CLIENTS.items(), else_="other"),
        n_attempts=login.attempt_count,
        n_refused=login.failure_count,
    )


RISK_RULES = Conformed(
    name="risk_rules",
    grain="one row per rule of risk control made by as_of, those switched off included",
    key=("rule_id",),
    columns={
        "rule_id": Field("string", "number of the rule, text"),
        "rule_name": Field("string", "what it counts, in words"),
        "scene": Field("string", "order, payment, coupon, account, login"),
        "limit": Field("int64", "counts in a window over which it acts; cents for a rule on one amount"),
        "window_seconds": Field("int64", "length of the window; 0 for a rule on one amount", "seconds"),
        "action": Field("string", "noted, asked for a proof, refused, other"),
        "is_active": Field("boolean", "in force at the snapshot's cut"),
    },
    build=_rules,
)

RISK_COUNTS = Conformed(
    name="risk_counts",
    grain="one row per rule and day (UTC) up to and including as_of",
    key=("rule_id", "count_date"),
    columns={
        "rule_id": Field("string", "joins risk_rules"),
        "count_date": Field("date", "day in UTC"),
        "n_records": Field("int64", "events that the rule counted: not that anything was wrong"),
        "n_hits": Field("int64", "of them over the rule's limit"),
        "n_accounts": Field("int64", "accounts over the limit; 0 for a rule that counts no single account"),
    },
    build=_counts,
)

RISK_HITS = Conformed(
    name="risk_hits",
    grain="one row per time that a rule's limit was passed, up to and including as_of",
    key=("hit_id",),
    columns={
        "hit_id": Field("string", "text"),
        "rule_id": Field("string", "joins risk_rules"),
        "customer_id": Field("string", "null for a rule that counts no single account", nullable=True),
        "order_id": Field("string", "text; null where no order was under way", nullable=True),
        "action": Field("string", "noted, asked for a proof, refused, other"),
        "hit_at": Field("timestamp", "UTC", "UTC"),
        "hit_date": Field("date", "date in the home market"),
    },
    build=_hits,
)

BLACKLIST = Conformed(
    name="blacklist",
    grain="one row per entry of the blacklist made by as_of, lifted ones included",
    key=("entry_id",),
    columns={
        "entry_id": Field("string", "text"),
        "subject": Field("string", "account, card, network, other"),
        "customer_id": Field("string", "joins customers; null for a card or a network", nullable=True),
        "token": Field("string", "hash of the card or network; null for an account", nullable=True),
        "rule_id": Field("string", "rule that made the entry; null for one made by hand", nullable=True),
        "is_active": Field("boolean", "not lifted at the snapshot's cut"),
        "listed_at": Field("timestamp", "UTC", "UTC"),
        "listed_date": Field("date", "date in the home market"),
    },
    build=_blacklist,
)

LOGINS = Conformed(
    name="logins",
    grain="one row per day (UTC), hour and client with a login tried, up to and including as_of; unverified",
    key=("login_date", "hour", "client"),
    columns={
        "login_date": Field("date", "day in UTC"),
        "hour": Field("int64", "0 to 23, UTC"),
        "client": Field("string", "android, ios, web, other"),
        "n_attempts": Field("int64", "logins tried"),
        "n_refused": Field("int64", "of them with a wrong code or password"),
    },
    build=_logins,
)
