"""Tables of risk control by plain Python."""

from __future__ import annotations

from collections.abc import Iterator

from tests.catalog_loops.raw import AS_OF, Raw, Row, day

__all__ = ["blacklist", "logins", "risk_counts", "risk_hits", "risk_rules"]

ACTIONS = {1: "noted", 2: "asked for a proof", 3: "refused"}


def risk_rules(raw: Raw) -> Iterator[Row]:
    for rule in raw("iriskcontrolservice.t_risk_rule"):
        if day(rule["create_time"]) <= AS_OF:
            yield {
                "rule_id": rule["rule_no"],
                "rule_name": rule["rule_name"],
                "scene": rule["scene"],
                "limit": rule["threshold"],
                "window_seconds": rule["window_seconds"],
                "action": ACTIONS.get(rule["action"], "other"),
                "is_active": rule["status"] == 1,
            }


def risk_counts(raw: Raw) -> Iterator[Row]:
    for count in raw("iriskcontrolservice.t_risk_rule_count"):
        if count["stat_date"] <= AS_OF:
            yield {
                "rule_id": count["rule_no"],
                "count_date": count["stat_date"],
                "n_records": count["record_count"],
                "n_hits": count["hit_count"],
                "n_accounts": count["account_count"],
            }


def risk_hits(raw: Raw) -> Iterator[Row]:
    for hit in raw("iriskcontrolservice.t_risk_log"):
        if (date := day(hit["create_time"])) <= AS_OF:
            yield {
                "hit_id": str(hit["id"]),
                "rule_id": hit["rule_no"],
                "customer_id": hit["user_no"],
                "order_id": hit["order_id"],
                "action": ACTIONS.get(hit["decision"], "other"),
                "hit_at": hit["create_time"],
                "hit_date": date,
            }


def blacklist(raw: Raw) -> Iterator[Row]:
    subjects = {1: "account", 2: "card", 3: "network"}
    for entry in raw("iriskcontrolservice.t_blacklist"):
        if (date := day(entry["create_time"])) <= AS_OF:
            yield {
                "entry_id": str(entry["id"]),
                "subject": subjects.get(entry["subject_type"], "other"),
                "customer_id": entry["user_no"],
                "token": entry["subject_token"],
                "rule_id": entry["rule_no"],
                "is_active": entry["status"] == 1,
                "listed_at": entry["create_time"],
                "listed_date": date,
            }


def logins(raw: Raw) -> Iterator[Row]:
    clients = {1: "android", 2: "ios", 8: "web"}
    for login in raw("salescrm.t_login_stat"):
        if login["stat_date"] <= AS_OF:
            yield {
                "login_date": login["stat_date"],
                "hour": login["stat_hour"],
                "client": clients.get(login["client"], "other"),
                "n_attempts": login["attempt_count"],
                "n_refused": login["failure_count"],
            }
