"""The voucher for a second cup: what the experiment that drew who gets it says of each group of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2, norm

from lucky_analytics.methods.experiments.prior_period import Branch, compare_branches
from lucky_analytics.methods.experiments.sample_ratio import BROKEN, measure_ratio
from lucky_analytics.methods.policies.outcome_model import assign_folds
from lucky_analytics.methods.uplift.heterogeneity import calibrate_gains, rank_within
from lucky_analytics.methods.uplift.learners import FIRST_JUDGED, learn_gains
from lucky_analytics.methods.uplift.qini import Qini, measure_qini
from lucky_analytics.models.drawn_coupons.depth_effects import FALSE_CLAIMS
from lucky_analytics.models.experiment_outcomes import follow_customers
from lucky_analytics.questions.marketing.coupon_uplift.who import MAIN

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["KINDS", "Voucher", "count_more", "judge_voucher", "load_voucher"]

Array = NDArray[Any]
_N_FOLDS = 5
_FEWEST = 100  # customers in each branch of a group
# The groups, all known before the branch was drawn: column, what readers call it.
KINDS = {"store": "Store of the first order", "phone": "Phone", "came_by": "Came by"}


class Voucher(NamedTuple):
    """``n`` customers, five weeks after the assignment or later; ``is_even``: whether branches have their
    planned ratio. ``groups``: ``kind``, ``group``, ``n``, ``again`` (share who order again, more than without
    the voucher) and ``margin`` (USD a customer in five weeks) with ends that hold for all groups together,
    ``verdict``. ``differ``: by kind, how surprising such differences in ``again`` would be by chance.
    ``qini``: of ``again`` by prediction, a customer; null where nothing can be learnt; ``p``: of its
    calibration. ``is_planned``: whether a share was; without, no ratio is known."""

    n: int
    is_even: bool
    groups: pd.DataFrame
    differ: dict[str, float]
    qini: Qini | None
    p: float
    is_planned: bool = True

    @property
    def clear(self) -> pd.DataFrame:
        """Groups whose customers surely order again more, or less, with the voucher."""
        return self.groups[self.groups["verdict"] != _NOT_KNOWN]

    @property
    def differs(self) -> bool:
        """Whether groups surely differ: of all kinds together a false word in a hundred."""
        return any(p < FALSE_CLAIMS / len(KINDS) for p in self.differ.values())


_NOT_KNOWN, _MORE, _LESS = "not known", "order again more", "order again less"
_PHONES = {"ios": "iPhone", "android": "Android", "other": "neither",
           "delivery platform": "a delivery platform"}  # fmt: skip
_ROWS = ["is_treated", "planned", "again", "margin", "past", "first", *KINDS]
_COLUMNS = ["kind", "group", "n", "again", "again_low", "again_high", "margin", "margin_low", "margin_high",
            "verdict"]  # fmt: skip


def count_more(voucher: Voucher) -> int | None:
    """Groups whom the voucher surely brings back more of; null where no group can be told."""
    return None if voucher.groups.empty else int((voucher.groups["verdict"] == _MORE).sum())


def load_voucher(suite: Suite, name: str) -> pd.DataFrame:
    """Customers of the experiment ``name``, one row each, five weeks after their assignment or later.

    ``is_treated``, ``planned`` (share meant for the voucher); ``again``, ``margin`` and ``past`` as in
    ``experiment_outcomes.follow_customers``; ``first`` (USD paid for the newest order by then), and the
    groups ``store``, ``phone``, ``came_by``. Empty without the experiment.
    """
    each = follow_customers(suite, [name])
    if each is None:
        return pd.DataFrame(columns=_ROWS)
    each = each.filter(each.is_over == 1)
    each = each.select("customer_id", "assigned_at", "planned", "again", "margin", "past", "is_control")
    first = _load_first(suite, each)
    known = suite.customers.select("customer_id", "is_coupon_acquired")
    rows = each.left_join(first, "customer_id").drop("customer_id_right")
    rows = rows.left_join(known, "customer_id").drop("customer_id_right")
    rows = rows.select(
        "planned", "customer_id", "again", "margin", "past",
        is_treated=~rows.is_control,
        first=rows.first.fill_null(0.0),
        store=rows.store_name.fill_null("not known"),
        phone=rows.channel.cases(*_PHONES.items(), else_="not known"),
        came_by=ibis.cases(
            (rows.is_coupon_acquired.isnull(), "not known"),
            (rows.is_coupon_acquired, "a new-customer voucher"), else_="no voucher",
        ),
    )  # fmt: skip
    return rows.order_by("customer_id").drop("customer_id").execute()[_ROWS]


def _load_first(suite: Suite, hits: ir.Table) -> ir.Table:
    """By customer: the newest order by the assignment: ``store_name``, ``channel``, ``first`` (USD)."""
    order = suite.orders.semi_join(hits, "customer_id")
    order = order.join(hits.select("customer_id", "assigned_at"), "customer_id")
    order = order.filter(order.ordered_at <= order.assigned_at)
    newest = order.group_by("customer_id").agg(
        store_id=order.store_id.argmax(order.ordered_at),
        channel=order.channel.argmax(order.ordered_at),
        first=order.items_cents.argmax(order.ordered_at) / 100,
    )
    store = suite.stores.select("store_id", "store_name")
    return newest.left_join(store, "store_id").drop("store_id", "store_id_right")


def judge_voucher(rows: pd.DataFrame, level: float = 0.9) -> Voucher:
    """``rows``: ``load_voucher``. Groups with fewer than 100 customers in a branch are left out."""
    treated = rows["is_treated"].to_numpy(bool)
    n, n_treated = len(rows), int(treated.sum())
    if min(n_treated, n - n_treated) < _FEWEST:
        return Voucher(n, True, pd.DataFrame(columns=_COLUMNS), {}, None, 1.0)
    planned = float(rows["planned"].iloc[0])
    if not 0 < planned < 1:
        return Voucher(n, False, pd.DataFrame(columns=_COLUMNS), {}, None, 1.0, is_planned=False)
    if measure_ratio(n - n_treated, n_treated, planned) < BROKEN:
        return Voucher(n, False, pd.DataFrame(columns=_COLUMNS), {}, None, 1.0)
    names = [(kind, name) for kind in KINDS for name in _list_large(rows, kind)]
    groups = pd.DataFrame([_compare(rows[rows[kind] == name], kind, name) for kind, name in names])
    if groups.empty:
        return Voucher(n, True, pd.DataFrame(columns=_COLUMNS), {}, None, 1.0)
    half = norm.ppf(1 - (1 - level) / 2 / len(groups))
    reach = norm.ppf(1 - FALSE_CLAIMS / 2 / len(groups))
    for name in ("again", "margin"):
        error = groups[f"{name}_se"]
        groups[f"{name}_low"], groups[f"{name}_high"] = (
            groups[name] + side * half * error for side in (-1, 1)
        )
    surely = np.sign(groups["again"]) * (groups["again"].abs() > reach * groups["again_se"])
    groups["verdict"] = np.select([surely > 0, surely < 0], [_MORE, _LESS], _NOT_KNOWN)
    differ = {str(kind): _test_alike(own) for kind, own in groups.groupby("kind", sort=False)}
    qini, p = _learn(rows, groups, treated, planned, level)
    return Voucher(n, True, groups[_COLUMNS].reset_index(drop=True), differ, qini, p)


def _list_large(rows: pd.DataFrame, kind: str) -> list[str]:
    """Groups of a kind with customers enough in both branches, by name."""
    counts = pd.crosstab(rows[kind], rows["is_treated"])
    return [str(name) for name in counts.index[(counts >= _FEWEST).all(axis=1)]]


def _compare(own: pd.DataFrame, kind: str, name: str) -> dict[str, Any]:
    """Treated less control of one group, net of what its customers left before."""
    row: dict[str, Any] = {"kind": kind, "group": name, "n": len(own)}
    for column in ("again", "margin"):
        sides = []
        for is_treated in (False, True):
            side = own[own["is_treated"] == is_treated]
            y, x = side[column].to_numpy(float), side["past"].to_numpy(float)
            sides.append(Branch(len(side), y.sum(), y @ y, x.sum(), x @ x, x @ y))
        found = compare_branches(*sides)
        row[column], row[f"{column}_se"] = float(found.value), float(found.se)
    return row


def _test_alike(own: pd.DataFrame) -> float:
    """How surprising such differences between groups would be, were all effects the same (Cochran 1954)."""
    known = own[own["again_se"] > 0]
    if len(known) < 2:
        return 1.0
    weight = 1 / known["again_se"] ** 2
    away = known["again"] - (weight * known["again"]).sum() / weight.sum()
    return float(chi2.sf((weight * away**2).sum(), len(known) - 1))


def _learn(
    rows: pd.DataFrame, groups: pd.DataFrame, treated: Array, planned: float, level: float
) -> tuple[Qini, float]:
    """The Qini curve of ordering again by what is predicted of each, per customer, and its p."""
    # Of groups alike large enough to be told; the others are what all of these are not.
    dummies = [rows[kind] == name for kind, name in zip(groups["kind"], groups["group"], strict=True)]
    features = np.column_stack([np.ones(len(rows)), *dummies, np.log1p(rows["first"].clip(lower=0))])
    folds = assign_folds(np.arange(len(rows)), _N_FOLDS)
    chances, again = np.array([1 - planned, planned]), rows["again"].to_numpy(float)
    data = (treated.astype(int), again, chances, features, features, folds)
    predicted = learn_gains(*data, forward=True).gains[MAIN][:, 1]
    made = learn_gains(*data)
    # Doubly robust scores of the difference, from what the other folds predict of each branch.
    both = np.column_stack([made.level, made.level + made.gains["T"][:, 1]])
    own = (again - both[np.arange(len(rows)), treated.astype(int)]) / np.where(treated, planned, 1 - planned)
    gains = both[:, 1] - both[:, 0] + np.where(treated, own, -own)
    judged = folds >= FIRST_JUDGED
    predicted, gains, folds, who = predicted[judged], gains[judged], folds[judged], np.arange(judged.sum())
    curve = measure_qini(rank_within(predicted, folds), gains, who, np.ones(len(who)), level)
    return curve, calibrate_gains(predicted, gains, who, folds, level).p
