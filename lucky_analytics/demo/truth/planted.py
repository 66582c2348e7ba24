"""The planted parameters: their defaults, how a file overrides them, and what was realised."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

from lucky_analytics.demo.truth.anomalies import declared_anomalies
from lucky_analytics.demo.truth.row_changes import declared_changes
from lucky_analytics.errors import DemoError, UnknownNameError

__all__ = ["REMEDIES", "Plants", "Realised", "plants"]

Plants = dict[str, dict[str, Any]]

# What a truth file may plant freely.
_FREE = {"changes": declared_changes, "anomalies": declared_anomalies}
REMEDIES = dict.fromkeys(_FREE, "Say which in a --truth file: docs/demo-estate.md")

DEFAULTS: Plants = {
    # MBG/NBD per day of clock time, and the share of first orders by month (July with 30 June to February).
    "customers": {
        "r": 0.433,
        "alpha": 4.58,
        "a": 0.834,
        "b": 1.275,
        "first_order_shares": [0.171, 0.116, 0.155, 0.141, 0.119, 0.143, 0.120, 0.036],
        "home_store_share": 0.80,
        "favourite_share": 0.50,
    },
    # ln weekly orders = ln plateau - b exp(-k weeks) + ln(1 + hump exp(-weeks / hump_fade_weeks)) + noise;
    # k_sd: by how much ln k differs between stores.
    "ramp": {"b": 1.2, "k": 0.55, "k_sd": 0.0, "hump": 0.15, "hump_fade_weeks": 2.0, "noise_sd": 0.10,
             "plateau_mean": 2100.0, "plateau_sd": 0.35},
    # ln orders + weight x sum over own open stores of exp(-km / distance_km) x their maturity.
    "cannibalisation": {"weight": -0.45, "distance_km": 1.0},
    # The flagship's fading novelty and withdrawn promotion, the second store's launch lift, one opening
    # event, and the path of the average order value from the fixed launch price.
    "promotion": {"novelty": 1.6, "novelty_fade_days": 238.0, "withdrawn_step": -0.17,
                  "withdrawn_date": "2026-02-01", "second_lift": 0.45, "second_fade_days": 55.0,
                  "opening_event": 0.9, "aov_start": 1.77, "aov_february": 5.03, "store_discount": 0.14,
                  "store_discount_days": 20.0},
    # Hazard ratios of leaving after an order: acquired by coupon; an own store opened near the home store.
    "churn": {"coupon_acquired": 1.3, "nearby_opening": 0.85, "coupon_acquired_share": 0.4, "nearby_km": 1.5},
    # Own-price elasticity by category; depths are randomised by user, category and week from start_date.
    "elasticity": {"Fresh Ground Coffee": -1.6, "Classic Drinks": -1.3, "Matcha": -1.2, "Cold Brew": -1.5,
                   "Refreshers": -1.8, "Exfreezo": -1.8, "Super Drink": -1.8, "Food": -2.2,
                   "new": 1.25, "lapsed": 1.4, "loyal": 0.7, "salience": 0.10, "pulled_forward": 0.15,
                   "randomised_share": 0.20, "targeted_share": 0.10, "start_date": "2025-09-15",
                   "depths": [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]},
    # Fixed counts of rows that break a rule, each with its row ids in truth.json.
    "exceptions": {"usd_orders_in_nz_shops": 37, "nz_shops_without_test_flag": 2, "wrong_rate_lines": 140,
                   "zero_tax_lines": 85, "taxed_exempt_lines": 41, "off_by_a_cent_lines": 23,
                   "missing_trades": 25, "duplicate_trades": 180, "orphan_trades": 170,
                   "amount_mismatches": 48, "combined_trades": 6, "unforeseen_trades": 4,
                   "late_posting_share": 0.006,
                   "completed_without_production": 120, "missing_batches": 12, "double_booked_batches": 6,
                   "wrong_amount_bills": 9,
                   "self_invites": 12, "reciprocal_invites": 10, "burst_invites": 60},
    # What the processor takes, by channel in the order of the published table.
    "fees": {"fixed_cents": [4.0, 5.0, 4.0, 2.0, 6.0, 3.0, 5.0, 8.0, 5.0, 5.0, 5.0],
             "rates": [0.0095, 0.013, 0.0095, 0.005, 0.016, 0.011, 0.0125, 0.015, 0.014, 0.014, 0.029],
             "service_rate": 0.0010},
    # What a store costs, by assumption: the lease of each (dollars a week, and a share of sales before tax),
    # what an hour of crew costs with all that is paid on it, how many orders it serves, and the campaign of
    # an opening. No world is without costs.
    "costs": {"rent_a_week": [1050.0, 850.0, 1000.0, 900.0, 0.0, 700.0, 450.0, 400.0, 900.0, 500.0],
              "rent_share_of_sales": 0.10, "dollars_a_crew_hour": 21.0, "orders_a_crew_hour": 22.0,
              "opening_campaign_a_week": 4500.0},
    # Baskets: partner probability of the six true pairs, share of the confounded pair in its one store.
    # Recipe cost: share of the average price, and how near four products lie to the margin cut.
    # Costs: how far the margins of four products are from their category's mean margin, as shares.
    "menu": {"pair_probability": 0.15, "confounded_share": 0.025, "cut_gaps": [0.008, -0.008, 0.015, -0.015]},
    # Repeat rate of the treated minus that of the control; uplift by age of the home store (two oldest,
    # three middle, others); share of the treated who did not return and were not logged.
    "experiments": {"win_1": 0.04, "win_2": 0.03, "broken_ratio": 0.12, "peeking_trap": 0.06,
                    "uplift": [0.04, 0.0, -0.01]},
    # How many more orders (a share) those who were invited place in 90 days than others who came first in one
    # week to one shop; how differently customers invite (standard deviation over mean of their influence).
    # 0.20 is within what a bank's customers showed who had been invited (Schmitt, Skiera and Van den Bulte
    # 2011: worth 16 to 25 % more); of coffee nothing was published.
    "referrals": {"quality": 0.20, "influence_cv": 2.0},
    # Log odds that a notification is opened.
    "pushes": {"open_base": -3.2, "usual_hour": 0.8, "per_recent_push": -0.15},
    # ln seconds = ln units' seconds + learning x exp(-day / learning_days) + load_slope x ln(1 + open tickets
    # of the shop) + noise.
    "production": {"load_slope": 0.18, "noise_sd": 0.35, "learning": 0.50, "learning_days": 60.0},
    # ln forecast - ln demand has sd sigma + sigma_per_lead_day x (lead - 1) around the bias: of stores opened
    # after launch in their first weeks, of the flagship, and of everything from drift_date.
    "forecasts": {"Coffee": 0.18, "Dairy": 0.20, "Packaging": 0.20, "Consumable": 0.20, "Tea": 0.22,
                  "Flavour": 0.24, "Fruit": 0.27, "Food": 0.30, "orders": 0.18, "sigma_per_lead_day": 0.02,
                  "bias_new_stores": 0.12, "new_store_weeks": 8.0, "bias_flagship": -0.06, "drift": 0.10,
                  "drift_date": "2026-01-15", "stock_out_share": 0.015},
    # What keeps a week is ordered so much more (a share) in these stores, by position; the rest expires.
    "waste": {"over_order": 0.8, "over_ordering_stores": [3, 6]},
    # Shares of shipments that arrive by their promised day and of packs refused, and what becomes of both,
    # and of the price, at one supplier (by position) for orders from a day on.
    "suppliers": {"on_time": 0.93, "rejected": 0.008, "degrading": 2, "since": "2025-11-15",
                  "on_time_after": 0.60, "rejected_after": 0.05, "price_rise": 0.04},
    # By position among the servers of a kind: one whose statements are slow so many times as often from a day
    # on, one whose connections near their limit, a replica that stopped so many hours before the cut; tables
    # (by rows, the largest first) and a cache that grow by a share a week, caches that nobody asks, whose
    # keys never expire, and one that wastes memory. A position that no server has plants nothing.
    "servers": {"slow": 45, "slow_factor": 8.0, "slow_since": "2026-02-06", "crowded": 29,
                "crowding_a_week": 0.03, "late_replica": 55, "replica_late_hours": 30.0,
                "growing_tables": [11, 23], "growth_a_week": 0.25, "filling_cache": 41, "filled": 0.88,
                "filling_a_week": 0.05, "fragmented_cache": 60,
                "unused_caches": [3, 9, 18, 21, 26, 27, 53, 66, 71], "caches_without_ttl": [14, 33, 38, 62]},
    # Of the cloud's virtual machines: the share that does next to nothing (published), and how many of those
    # are needed for an hour at night.
    "cloud": {"idle_share": 0.78, "bursting": 15},
    # Cards that accounts share who came with a new-customer voucher in one week to one shop, cards shared by
    # strangers, customers with a share of their orders refunded. No fraud: households of one card.
    "fraud": {"coupon_rings": 24, "shared_cards": 10, "refund_abusers": 24, "refund_share": 0.45,
              "household_share": 0.012},
    # One night's refused logins, in times of a usual day's.
    "security": {"login_burst": 6.0, "login_burst_date": "2026-01-22"},
    # Of the tasks that copy tables into the warehouse: the table whose copy fails from a day on, and the one
    # whose copy takes a share longer each week from a day on. A name that no task copies plants nothing.
    "pipelines": {"failing": "luckyus_scm_shopstock.t_shop_goods_stock", "fails_since": "2026-02-11",
                  "slowing": "luckyus_sales_marketing.t_market_activity_partake", "slowing_a_week": 0.12,
                  "slows_since": "2025-12-15"},
    # Working lives of machines are Weibull: one shape, a scale by type; repaired ones are as good as new.
    "machines": {"shape": 1.4, "repair_days": 4.0, "decommissioned_share": 0.30,
                 "scale_days": [70.0, 80.0, 90.0, 95.0, 100.0, 110.0, 115.0, 125.0, 130.0, 140.0, 150.0,
                                165.0, 180.0, 210.0]},
}  # fmt: skip


def plants(path: Path | None = None) -> Plants:
    """The defaults, with what ``path`` overrides: partial JSON ``{mechanism: {parameter: value}}``.

    An override keeps the default's kind: a number for a number, a list of as many numbers for a list, a
    text for a text. ``changes`` and ``anomalies`` name what they plant themselves (``declared_changes``,
    ``declared_anomalies``). Raises ``UnknownNameError`` for an unknown mechanism or parameter, ``DemoError``
    for a file that is not such JSON or a value of another kind.

    >>> plants()["ramp"]["b"]
    1.2
    """
    merged = copy.deepcopy(DEFAULTS)
    if path is None:
        return merged
    for mechanism, values in _read(path).items():
        if mechanism in _FREE:
            merged[mechanism] = _FREE[mechanism](values)
            continue
        if mechanism not in merged:
            remedy = REMEDIES.get(mechanism, "")
            raise UnknownNameError("mechanism in the truth file", mechanism, [*merged, *_FREE], remedy)
        if not isinstance(values, dict):
            raise DemoError(
                f"truth file {path}, {mechanism}", expected="{parameter: value}", got=repr(values)
            )
        for name, value in values.items():
            if name not in merged[mechanism]:
                raise UnknownNameError(f"parameter of {mechanism} in the truth file", name, merged[mechanism])
            merged[mechanism][name] = _same_kind(f"{mechanism}.{name}", merged[mechanism][name], value)
    return merged


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        overrides = json.loads(text, parse_constant=_finite, parse_float=_finite)
    except (OSError, ValueError) as error:
        raise DemoError(
            f"truth file {path}",
            expected="JSON {mechanism: {parameter: value}}",
            got=str(error),
            remedy="truth.json of a finished build lists the names",
        ) from error
    if not isinstance(overrides, dict):
        raise DemoError(
            f"truth file {path}", expected="{mechanism: {parameter: value}}", got=type(overrides).__name__
        )
    return overrides


def _finite(written: str) -> float:
    """A number as JSON has it; NaN, Infinity and 1e999 would be planted, and break a later step."""
    if not math.isfinite(value := float(written)):
        raise ValueError(f"{written}, which is no finite number")
    return value


def _same_kind(name: str, default: Any, value: Any) -> Any:
    numbers = (int, float)
    if isinstance(default, list):
        fits = isinstance(value, list) and len(value) == len(default)
        fits = fits and all(isinstance(v, numbers) and not isinstance(v, bool) for v in value)
        wanted = f"a list of {len(default)} numbers"
    elif isinstance(default, str):
        fits, wanted = isinstance(value, str), "a text"
    elif isinstance(default, int):
        fits, wanted = isinstance(value, int) and not isinstance(value, bool) and value >= 0, "a count"
    else:
        fits, wanted = isinstance(value, numbers) and not isinstance(value, bool), "a number"
    if not fits:
        raise DemoError(f"truth {name}", expected=wanted, got=repr(value))
    return value


class Realised:
    """What a build planted and what came of it; becomes ``truth.json``.

    ``{mechanism: {parameter: {"planted": ..., "realised": ..., "se": ...}}}``, with ``"held": true`` in place
    of a realised value where no later step moves the plant, and, under ``exceptions.rows``, the ids of the
    planted rows by class.
    """

    def __init__(self, planted: Plants):
        self._facts: dict[str, dict[str, Any]] = {
            mechanism: {name: {"planted": value} for name, value in values.items()}
            for mechanism, values in planted.items()
        }

    def note(self, mechanism: str, name: str, realised: Any, se: float | None = None) -> None:
        """Record what a parameter came out as; a name without a plant is an emerging quantity."""
        fact = self._facts.setdefault(mechanism, {}).setdefault(name, {})
        fact["realised"] = realised
        if se is not None:
            fact["se"] = se

    def hold(self, mechanism: str, name: str) -> None:
        """Mark a plant that acts as planted, because nothing moves it once drawn."""
        self._facts[mechanism][name]["held"] = True

    def rows(self, kind: str, ids: list[str]) -> None:
        """Record the row ids of one planted exception class, as text; a planted count came out as so many."""
        self._facts["exceptions"].setdefault("rows", {})[kind] = sorted(ids)
        if kind in self._facts["exceptions"]:
            self.note("exceptions", kind, len(ids))

    def changed(self, name: str, ids: list[str]) -> None:
        """Record the rows of one change of the truth file."""
        self.note("changes", name, len(ids))
        self._facts["changes"][name]["rows"] = sorted(ids)

    def as_json(self) -> str:
        return json.dumps(self._facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
