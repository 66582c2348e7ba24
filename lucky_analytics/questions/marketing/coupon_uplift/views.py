"""The frames that the page draws and lists."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from lucky_analytics.methods.uplift.qini import Qini
from lucky_analytics.models.drawn_coupons.coded_coupons import Coded
from lucky_analytics.models.drawn_coupons.coupon_effects import Effects
from lucky_analytics.models.drawn_coupons.depth_effects import compare_depths
from lucky_analytics.questions.marketing.coupon_uplift.targeting import NOTHING, TARGETED, TODAY, Targeting
from lucky_analytics.questions.marketing.coupon_uplift.voucher import KINDS, Voucher
from lucky_analytics.questions.marketing.coupon_uplift.who import Who

__all__ = [
    "find_first_depths",
    "list_curves",
    "list_groups",
    "list_policies",
    "list_types",
    "list_voucher",
    "name_groups",
    "stack_depths",
    "stack_fifths",
]

ORDERS_PANEL, MARGIN_PANEL = "Extra orders", "Extra margin, US dollars"
_TYPES = {
    "only with it": "Buy the category only with the discount",
    "either way": "Buy it either way",
    "never": "Buy it in no case that week",
    "only without it": "Buy it only without the discount",
}
_CURVES = {"predicted": "most predicted to change first", "likely": "likeliest to buy anyway first"}


def stack_depths(effects: Effects) -> pd.DataFrame:
    """``panel``, ``depth``, ``value``, ``low``, ``high``: orders and margin by depth, under each other."""
    parts = []
    for name, panel in (("orders", ORDERS_PANEL), ("margin", MARGIN_PANEL)):
        ends = {f"{name}{end}": to for end, to in (("", "value"), ("_low", "low"), ("_high", "high"))}
        part = effects.by_depth[["depth", *ends]].rename(columns=ends)
        parts.append(part.assign(panel=panel))
    return pd.concat(parts, ignore_index=True)


def list_types(effects: Effects) -> pd.DataFrame:
    """``what``, and of 100 coupons ``least``, ``most`` and ``simple`` (if a discount keeps nobody away)."""
    found = effects.types.rename(columns={"if_none_deterred": "simple"})
    found[["least", "most", "simple"]] *= 100
    return found.assign(what=found["kind"].map(_TYPES))[["what", "least", "most", "simple"]]


def list_policies(targeting: Targeting, of_learners: bool = False) -> pd.DataFrame:
    """Policies but nothing off, the highest first, with ``verdict`` against nothing off; those of the other
    learners ``of_learners`` alone. What a policy brings over itself is null."""
    table = targeting.table
    is_other = table["policy"].str.startswith(f"{TARGETED},")
    rows = table[(table["policy"] != NOTHING) & (is_other == of_learners)]
    rows = rows.sort_values("over", ascending=False)
    verdict = np.select([rows["clear"] > 0, rows["clear"] < 0], ["more", "less"], "not known yet")
    rows = rows.assign(verdict=verdict)
    for policy, name in ((TARGETED, "lead"), (TODAY, "gain")):
        rows.loc[rows["policy"] == policy, [name, f"{name}_low", f"{name}_high"]] = np.nan
    return rows.reset_index(drop=True)


def list_curves(who: Who) -> pd.DataFrame:
    """``order``, ``share``, ``value``, ``low``, ``high``: extra orders by the share of coupons given."""
    named: Mapping[str, Qini] = {"predicted": who.qini, "likely": who.likely}
    parts = [
        pd.DataFrame({"order": _CURVES[name], "share": each.shares, "value": each.curve,
                      "low": each.low, "high": each.high})
        for name, each in named.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def list_voucher(voucher: Voucher) -> pd.DataFrame:
    """Groups by kind in words, the largest effect of a kind first."""
    rows = voucher.groups.assign(kind=voucher.groups["kind"].map(KINDS))
    rows["place"] = rows["kind"].map({name: at for at, name in enumerate(KINDS.values())})
    rows = rows.sort_values(["place", "again"], ascending=[True, False])
    return rows.drop(columns="place").reset_index(drop=True)


def list_groups(coded: Coded, level: float) -> pd.DataFrame:
    """What each depth adds by group of customers, for 100 coupons: ``orders`` and ``margin`` with ends that
    hold for all groups and depths together, ``clear`` (of orders), ``n``."""
    names = {"gain": "", "gain_low": "_low", "gain_high": "_high"}
    orders, margin = (
        compare_depths(coded, level, each).rename(columns={old: f"{each}{end}" for old, end in names.items()})
        for each in ("orders", "margin")
    )
    keys = ["segment", "depth"]
    return orders.merge(margin.drop(columns=["clear", "n"]), on=keys)


def stack_fifths(who: Who) -> pd.DataFrame:
    """``panel``, ``fifth``, ``value``, ``low``, ``high``: the fifth that changes most first."""
    rows = who.fifths.iloc[::-1].rename(columns={"orders": "orders_value", "margin": "margin_value"})
    parts = []
    for name, panel in (("orders", ORDERS_PANEL), ("margin", MARGIN_PANEL)):
        ends = {end: rows[f"{name}_{end}"] for end in ("value", "low", "high")}
        parts.append(rows[["fifth"]].assign(panel=panel, **ends))
    return pd.concat(parts, ignore_index=True)


def name_groups(voucher: Voucher) -> pd.DataFrame:
    """``list_voucher`` for its chart: ``name`` of kind and group, ``again`` in points, ``is_clear``."""
    rows = list_voucher(voucher)
    points = {f"again{end}": 100 * rows[f"again{end}"].astype(float) for end in ("", "_low", "_high")}
    name = rows["kind"] + ": " + rows["group"]
    return rows.assign(name=name, is_clear=rows["verdict"] != "not known", **points)


def find_first_depths(by_group: pd.DataFrame) -> dict[str, float | None]:
    """The smallest depth from which on every deeper one surely adds orders, by group; null where none is.

    ``by_group``: ``depth_effects.compare_depths`` of orders.

    >>> frame = pd.DataFrame({"segment": "new", "depth": [0.0, 0.1, 0.2, 0.3], "clear": [0, 1, 0, 1]})
    >>> find_first_depths(frame)
    {'new': 0.3}
    """
    found: dict[str, float | None] = {}
    for name, own in by_group.groupby("segment", sort=False):
        own = own[own["depth"] > 0].sort_values("depth")
        sure = np.logical_and.accumulate(own["clear"].to_numpy()[::-1] > 0)[::-1]
        found[str(name)] = float(own["depth"].to_numpy()[sure][0]) if sure.any() else None
    return found
