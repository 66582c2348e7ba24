"""What the rules of risk control counted and whose limits were passed: delivery platforms are apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["RuleCounts", "read_rules"]

LATELY_DAYS = 28


@dataclass(frozen=True)
class RuleCounts:
    """``rules``: a row a rule, the most passed first: ``rule_id``, ``rule_name``, ``scene``, ``action``,
    ``is_active``, ``records``, ``hits``, ``platform_hits``, ``people_hits``, ``people`` (accounts that are
    no platform's), ``done_share`` (of people's hits on an order, those whose order was completed all the
    same; null without one), ``listed`` (entries of the blacklist that it made; null without the list).
    ``days``: ``rule_id``, ``day`` (UTC), ``records``, ``people_hits``. ``n_platforms`` accounts.
    """

    rules: pd.DataFrame
    days: pd.DataFrame
    n_platforms: int
    sql: str

    @property
    def platform_share(self) -> float | None:
        """Share of all passed limits that are delivery platforms'; null where none was passed."""
        total = float(self.rules["hits"].sum())
        return float(self.rules["platform_hits"].sum()) / total if total else None

    def people_a_day(self, days: int = LATELY_DAYS) -> float:
        """Limits that people passed a day in the last ``days``."""
        last = self.days[self.days["day"] > self.days["day"].max() - pd.Timedelta(days=days)]
        return float(last["people_hits"].sum()) / max(last["day"].nunique(), 1)


def read_rules(suite: Suite) -> RuleCounts | None:
    """All rules up to ``as_of``; None before the first day on which one counted."""
    counted = suite.risk_counts.select("rule_id", "count_date", "n_records")
    days = counted.order_by("rule_id", "count_date").execute()
    if days.empty:
        return None
    days = days.rename(columns={"count_date": "day", "n_records": "records"})
    days["day"] = pd.to_datetime(days["day"])
    customer = suite.customers.filter(suite.customers.is_delivery_account)
    platform = set(customer.customer_id.execute())
    hit = suite.risk_hits
    done = suite.orders.select(done_id="order_id")
    joined = hit.left_join(done, hit.order_id == done.done_id)
    asked = joined.select("hit_id", "rule_id", "customer_id", "order_id", "hit_at", "done_id")
    hits = asked.order_by("hit_id").execute()
    hits["is_platform"] = hits["customer_id"].isin(platform)
    hits["day"] = pd.to_datetime(hits["hit_at"]).dt.floor("D")
    people = hits[~hits["is_platform"]]
    by_day = people.groupby(["rule_id", "day"]).size().rename("people_hits").reset_index()
    days = days.merge(by_day, on=["rule_id", "day"], how="left").fillna({"people_hits": 0})
    rules = _sum_rules(suite, days, hits, people)
    return RuleCounts(rules, days, len(platform), suite.sql(asked))


def _sum_rules(suite: Suite, days: pd.DataFrame, hits: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    rule = suite.risk_rules.select("rule_id", "rule_name", "scene", "action", "is_active").execute()
    known = rule.set_index("rule_id")
    found = days.groupby("rule_id")["records"].sum().to_frame()
    found = found.join(known, how="left")
    found["rule_name"] = found["rule_name"].fillna("a rule that is not described")
    found["hits"] = hits.groupby("rule_id").size()
    found["platform_hits"] = hits[hits["is_platform"]].groupby("rule_id").size()
    found["people"] = people.groupby("rule_id")["customer_id"].nunique()
    found = found.fillna({"hits": 0, "platform_hits": 0, "people": 0})
    found["people_hits"] = found["hits"] - found["platform_hits"]
    on_order = people[people["order_id"].notna()]
    found["done_share"] = on_order["done_id"].notna().groupby(on_order["rule_id"]).mean()
    entry = suite.optional("blacklist")
    found["listed"] = float("nan")
    if entry is not None:
        by_rule = entry.filter(entry.rule_id.notnull())
        made = by_rule.group_by("rule_id").agg(n=by_rule.count()).execute()
        found["listed"] = made.set_index("rule_id")["n"].reindex(found.index).fillna(0).astype(float)
    found = found.sort_values(["hits", "records"], ascending=False, kind="stable")
    return found.reset_index()
