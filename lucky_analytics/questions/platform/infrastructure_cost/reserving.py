"""How many hours of databases and caches to buy ahead for a year: a newsvendor on what will be used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.methods.goods.newsvendor import critical_ratio, expect_from_draws, order_from_draws
from lucky_analytics.models.cloud_month import MONTH_HOURS, Bill

__all__ = ["SERVICES", "Plan", "plan_reserving"]

SERVICES = ("RDS", "ElastiCache")
_DRAWS = 400


@dataclass(frozen=True)
class Plan:
    """``rows`` by service: ``service``, ``nodes`` (used on a mean day), ``held`` (bought ahead today),
    ``covered`` (share), ``price`` and ``ahead`` (cents an hour on demand and bought ahead), ``discount``,
    ``buy`` (more nodes), ``saves`` with ends (cents a month over the term), ``idle`` (share of what is bought
    that nobody uses, on average), ``all_in`` (cents a month if all were bought ahead and nothing given up).
    Null where no hour of the service is bought ahead, so that nobody knows its price."""

    rows: pd.DataFrame

    def total(self, name: str) -> float | None:
        """The sum of ``saves``, ``saves_low``, ``saves_high`` or ``all_in`` in cents a month; null without
        one."""
        known = self.rows[name].dropna()
        return float(known.sum()) if len(known) else None


def plan_reserving(bill: Bill, days: pd.DataFrame, given_up: float, level: float) -> Plan:
    """``days``: by ``service`` and ``day`` the node-hours. What will be used is what a day of the past used,
    less a share that is given up within the term: anything from none to ``given_up``, each as likely.

    An hour bought and not used costs its price ahead; one used and not bought costs what it is dearer on
    demand. Ends of the saving are those of the use: the share of worlds ``level``.
    """
    table = []
    for service in SERVICES:
        own = bill.lines[(bill.lines["service"] == service) & (bill.lines["unit"] == "hours")]
        free = own["paid_by"] == "on_demand"
        price, ahead = _price(own[free]), _price(own[~free])
        if price is None:
            continue
        hours = days.loc[days["service"] == service, "hours"].to_numpy(float) / 24
        nodes, covered = float(hours.mean()), bill.covered_share(service) or 0.0
        named = (service, nodes, covered * nodes, covered, price)
        if ahead is None:
            table.append((*named, *[np.nan] * 8))
            continue
        less = given_up * (np.arange(_DRAWS) + 0.5) / _DRAWS
        draws = (hours[:, None] * (1 - less)[None, :]).ravel()
        buy = saves = low = high = idle = 0.0
        held = covered * nodes
        if price > ahead:
            enough = float(order_from_draws(draws, critical_ratio(price - ahead, ahead))) - held
            # Nodes are whole: the better of the two beside the newsvendor's quantity.
            gains = {
                n: MONTH_HOURS * (price * np.clip(draws - held, 0, n) - ahead * n)
                for n in (max(0.0, np.floor(enough)), max(0.0, np.ceil(enough)))
            }
            buy, gain = max(gains.items(), key=lambda each: float(each[1].mean()))
            saves = float(gain.mean())
            low, high = (float(np.quantile(gain, end)) for end in ((1 - level) / 2, (1 + level) / 2))
            low, high = min(low, saves), max(high, saves)  # where all worlds are one, but for rounding
            idle = float(expect_from_draws(held + buy, draws).left) / (held + buy) if held + buy else 0.0
        all_in = max(0.0, price - ahead) * (1 - covered) * nodes * MONTH_HOURS
        table.append((*named, ahead, 1 - ahead / price, buy, saves, low, high, idle, all_in))
    columns = ["service", "nodes", "held", "covered", "price", "ahead", "discount", "buy", "saves",
               "saves_low", "saves_high", "idle", "all_in"]  # fmt: skip
    return Plan(pd.DataFrame(table, columns=columns))


def _price(lines: pd.DataFrame) -> float | None:
    """Cents an hour; null without an hour."""
    hours = float(lines["amount"].sum())
    return float(lines["month_cents"].sum()) / hours if hours > 0 else None
