"""What a channel adds where it was withheld from people drawn by chance: the one number that is no credit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.methods.experiments.prior_period import Branch, Difference, compare_branches
from lucky_analytics.methods.experiments.sample_ratio import BROKEN, measure_ratio
from lucky_analytics.methods.inference.fieller import fieller
from lucky_analytics.questions.marketing.channel_attribution.touch_file import DAY, Touches

__all__ = ["FEWEST", "MOST_FALSE", "count_outcomes", "measure_hold_outs"]

FEWEST = 50  # people on each side, below which nothing is said
MOST_FALSE = 0.01  # of pages on which no channel changes orders, so many may say that one does
_COLUMNS = [
    "channel", "n_out", "n_in", "n_mixed", "orders_out", "orders_in", "credited", "sd", "ratio_p", "past_p",
    "adds", "low", "high", "sure_low", "sure_high", "margin", "margin_low", "margin_high", "spent", "net",
    "net_low", "net_high", "cost_added", "cost_added_low", "cost_added_high", "verdict", "stance",
]  # fmt: skip
_TO_BE_EVEN = 0.001  # a gap before the draw, of two sides alike, that comes once in a thousand hold-outs


def measure_hold_outs(
    touches: Touches,
    days: int = 30,
    first_orders: bool = True,
    planned: float | None = None,
    level: float = 0.9,
) -> pd.DataFrame:
    """Each channel that was withheld from some, one row each, by name; empty where none was.

    A person's side is that of the first row with yes or no in ``held_out`` for the channel, whatever came
    later (intention to treat); orders of the ``days`` after it count. With ``first_orders`` of who had not
    ordered before, and first orders alone. ``planned``: the share of people that was to be held out.

    ``channel``, ``n_out`` and ``n_in`` people, ``n_mixed`` (with rows of both kinds), ``orders_out`` and
    ``orders_in`` (a person), ``credited`` (orders a person not held out whose last touch, within ``days``,
    was the channel's), ``adds`` (orders a person, net of what was ordered before) with ``low`` and ``high``,
    ``sd`` of one person's orders; dollars a person: ``margin`` (added), ``spent`` (on those not held out,
    null where a touch has no cost) and ``net`` (margin less cost) with ``_low``, ``_high``, null where an
    order's margin is not known; ``cost_added``: dollars an order that it added, with ends, null where no
    interval has ends above 0; ``ratio_p``, ``past_p``: how surprising the sizes, and what was ordered or
    touched before, would be had chance drawn; ``verdict``: "adds", "takes", "not shown", "too few", or "not
    drawn" where these say that chance did not; ``stance``: "keep" or "stop" by what is left after cost,
    empty where that is not sure. The intervals of all channels hold together; what is called sure holds
    within wider ones, ``sure_low`` to ``sure_high`` of ``adds``, so that at most ``MOST_FALSE`` of pages are
    wrong to call anything so.
    """
    marked = touches.rows[touches.rows["held_out"].notna()]
    channels = sorted(marked["channel"].unique())
    n = max(len(channels), 1)
    levels = 1 - (1 - level) / n, 1 - MOST_FALSE / n
    found = [_measure(touches, marked, channel, days, first_orders, planned, levels) for channel in channels]
    return pd.DataFrame(found, columns=_COLUMNS)


def _measure(
    touches: Touches,
    marked: pd.DataFrame,
    channel: str,
    days: int,
    first_orders: bool,
    planned: float | None,
    levels: tuple[float, float],
) -> dict[str, Any]:
    rows = marked[marked["channel"] == channel]
    drawn = {
        "at": ("at", "min"),
        "side": ("held_out", "first"),
        "least": ("held_out", "min"),
        "most": ("held_out", "max"),
    }
    people = rows.groupby("person").agg(**drawn).reset_index()
    each = count_outcomes(touches, people, channel, days, first_orders)
    out, into = each[each["side"] == 1.0], each[each["side"] == 0.0]
    row: dict[str, Any] = {"channel": channel, "n_out": len(out), "n_in": len(into)}
    row["n_mixed"] = int((each["least"] != each["most"]).sum())
    row |= {"orders_out": out["orders"].mean(), "orders_in": into["orders"].mean()}
    row |= {"credited": into["credited"].mean(), "sd": each["orders"].std()}
    row["ratio_p"] = measure_ratio(len(into), len(out), np.nan if planned is None else planned)
    touched = _compare(out, into, "touched", "nothing")
    past = _compare(out, into, "past", "nothing")
    row["past_p"] = min(1.0, 2 * min(_surprise(touched), _surprise(past)))
    adds = _compare(out, into, "orders", "past")
    level, sure = levels
    row |= _interval(adds, level, ("adds", "low", "high"))
    row |= _interval(adds, sure, ("adds", "sure_low", "sure_high"))
    margin, net = (_compare(out, into, name, "past_margin") for name in ("margin", "net"))
    row |= _interval(margin, level, ("margin", "margin_low", "margin_high"))
    row["spent"] = into["spent"].sum(skipna=False) / max(len(into), 1)
    row |= _interval(net, level, ("net", "net_low", "net_high"))
    row |= _price(out, into, adds, level)
    verdict = _judge(row)
    _, low, high = _interval(net, sure, ("net", "low", "high")).values()
    stance = "keep" if low > 0 else "stop" if high < 0 else ""
    return row | {"verdict": verdict, "stance": stance if verdict in ("adds", "takes", "not shown") else ""}


def count_outcomes(
    touches: Touches, people: pd.DataFrame, channel: str, days: int, first_orders: bool
) -> pd.DataFrame:
    """``people`` (``person``, ``at``: from when on) of whom enough is known, with ``orders`` and ``margin``
    (dollars) of the ``days`` after, ``past`` and ``past_margin`` of those before, ``credited`` (orders whose
    last touch was the channel's), ``spent`` on the channel in these days, ``touched`` (by other channels in
    the days before), ``net`` (margin less what was spent), and ``nothing``: 0.

    Left out: who came so late that the days are not over and, with ``first_orders``, who had ordered.
    """
    people = people[people["at"] <= touches.end - days * DAY].reset_index(drop=True)
    orders = touches.orders.drop_duplicates("person") if first_orders else touches.orders
    joined = orders.merge(people[["person", "at"]], on="person", suffixes=("", "_from"))
    gone = joined["at"] - joined["at_from"]
    is_after, is_before = gone.between(0, days * DAY), gone.between(-days * DAY, -1)
    if first_orders:
        people = people[~people["person"].isin(joined.loc[gone < 0, "person"])]
    every = touches.orders.merge(people[["person", "at"]], on="person", suffixes=("", "_from"))
    later = every["at"] - every["at_from"]
    left, before = (
        _sum(every[each], "margin") for each in (later.between(0, days * DAY), later.between(-days * DAY, -1))
    )
    shown = touches.shown.merge(people[["person", "at"]], on="person", suffixes=("", "_from"))
    since, is_own = shown["at"] - shown["at_from"], shown["channel"] == channel
    spent = _sum(shown[is_own & since.between(0, days * DAY)], "cost")
    other = shown[~is_own & since.between(-days * DAY, -1)].groupby("person").size()
    who = people["person"]
    credited = _credit_last(joined[is_after & joined["person"].isin(who)], touches, channel, days)
    made = people.assign(
        orders=who.map(joined[is_after].groupby("person").size()).fillna(0.0),
        credited=who.map(credited).fillna(0.0),
        past=who.map(joined[is_before].groupby("person").size()).fillna(0.0),
        margin=_fill(who, left), past_margin=_fill(who, before), spent=_fill(who, spent),
        touched=who.map(other).fillna(0.0), nothing=0.0,
    )  # fmt: skip
    # What came before helps alone: unknown, it is taken for nothing.
    return made.assign(past_margin=made["past_margin"].fillna(0.0), net=made["margin"] - made["spent"])


def _credit_last(orders: pd.DataFrame, touches: Touches, channel: str, days: int) -> pd.Series:
    """Orders by person that a dashboard credits to the channel: the last touch before them was its."""
    by_time = orders[["person", "at"]].sort_values("at")
    last = touches.shown[["person", "at", "channel"]].sort_values("at", kind="stable")
    found = pd.merge_asof(by_time, last, on="at", by="person", tolerance=days * DAY)
    return found[found["channel"] == channel].groupby("person").size()


def _sum(rows: pd.DataFrame, name: str) -> pd.Series:
    """By person; null where a part is."""
    by_person = rows.groupby("person")[name]
    return by_person.sum().where(by_person.count() == by_person.size())


def _fill(who: pd.Series, sums: pd.Series) -> pd.Series:
    """0 for those without any; null for those with an unknown one."""
    return who.map(sums).where(who.isin(sums.index), 0.0).astype(float)


def _compare(out: pd.DataFrame, into: pd.DataFrame, y: str, x: str) -> Difference:
    """Those not held out less those held out."""
    sides = [
        Branch(len(one), one[y].sum(skipna=False), (one[y] ** 2).sum(skipna=False), one[x].sum(),
               (one[x] ** 2).sum(), (one[x] * one[y]).sum(skipna=False))
        for one in (out, into)
    ]  # fmt: skip
    return compare_branches(sides[0], sides[1])


def _surprise(found: Difference) -> float:
    value, se = float(found.raw), float(found.raw_se)
    return float(2 * norm.sf(abs(value) / se)) if se > 0 else 1.0


def _interval(found: Difference, level: float, names: tuple[str, str, str]) -> dict[str, float]:
    value, half = float(found.value), float(norm.ppf(0.5 + level / 2) * found.se)
    ends = (value, value - half, value + half) if half > 0 else (value, np.nan, np.nan)
    return dict(zip(names, ends, strict=True))


def _price(out: pd.DataFrame, into: pd.DataFrame, adds: Difference, level: float) -> dict[str, float]:
    """What an added order cost: spent on a person over orders added by one."""
    row = {"cost_added": np.nan, "cost_added_low": np.nan, "cost_added_high": np.nan}
    spent, n = into["spent"], len(into)
    if min(n, len(out)) < FEWEST or spent.isna().any() or not spent.sum() > 0:
        return row
    both = np.cov(spent, into["orders"])
    error = float(adds.raw_se) ** 2
    # Sums of the two sides' errors; what is spent varies together with the orders of its own side alone.
    ends = fieller(float(spent.mean()), float(adds.raw), both[0, 0] / n, error, both[0, 1] / n, level)
    if ends is not None and ends[0] > 0:
        row = dict(zip(row, (spent.mean() / float(adds.raw), *ends), strict=True))
    return row


def _judge(row: dict[str, Any]) -> str:
    if min(row["n_out"], row["n_in"]) < FEWEST:
        return "too few"
    if row["ratio_p"] < BROKEN or row["past_p"] < _TO_BE_EVEN:
        return "not drawn"
    return "adds" if row["sure_low"] > 0 else "takes" if row["sure_high"] < 0 else "not shown"
