"""What chance tells of the weekly program: each depth against nothing off, as every page measures it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from lucky_analytics.decisions import add_up
from lucky_analytics.estimate import Estimate
from lucky_analytics.models import coupon_decisions, coupon_withdrawals, elasticities
from lucky_analytics.models.calendar import WEEKS_A_MONTH, find_window
from lucky_analytics.models.drawn_coupons import coupon_effects, draw_checks, exposures
from lucky_analytics.models.drawn_coupons.coded_coupons import PER
from lucky_analytics.models.drawn_coupons.coupon_effects import Effects
from lucky_analytics.questions.marketing.campaign_performance.left_out_tests import LEFT_OUT

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Drawn", "find_clear_depths", "measure_drawn", "value_stop"]

_RECENT_WEEKS = 8
_PRICE_WEEKS = 12  # over which the page on prices looks at today's prices


class Drawn(NamedTuple):
    """``effects``: ``coupon_effects.measure_effects``; ``checks`` of the draw; ``withdrawn``: depths that
    the page on prices withdraws; ``given``: by ``depth``, coupons ``a_month`` that the program shows
    now, drawn or by rule; ``per_unit``: coupons of a customer in a week; ``n``: coupons of random depth."""

    effects: Effects
    checks: pd.DataFrame
    withdrawn: list[float]
    given: pd.DataFrame
    per_unit: float
    n: int


def measure_drawn(suite: Suite, level: float) -> Drawn | None:
    """None where depths, nothing off among them, were never drawn, or too few were followed four weeks.

    Raises ``LuckyError`` where no unit has a known cost.
    """
    bought = coupon_decisions.load_bought(suite).cache()
    shown = coupon_decisions.load_shown(suite, bought).cache()
    if not (elasticities.has_drawn_coupons(shown) and exposures.has_nothing_off(shown)):
        return None
    exposed = exposures.load_exposures(suite, shown)
    if not exposures.is_enough(exposed):
        return None
    coded = coupon_effects.encode_outcomes(exposed)
    cells = coupon_decisions.aggregate_cells(shown)
    return Drawn(
        effects=coupon_effects.measure_effects(exposed, coded, level),
        checks=draw_checks.check_draw(exposed),
        withdrawn=coupon_withdrawals.find_withdrawn(suite, cells, _PRICE_WEEKS, level),
        given=_count_given(suite),
        per_unit=exposed.per_unit,
        n=len(exposed.drawn),
    )


def find_clear_depths(effects: Effects, least: float) -> tuple[list[float], list[float]]:
    """Depths that surely leave more margin than nothing off, and those that surely leave less, each by
    ``least`` dollars a week for 100 customers or more. Neither where the margin of other categories surely
    goes the other way: what is left of both is not known."""
    table = effects.by_depth
    is_told = (table["margin"].abs() >= least) & (table["other_clear"] != -table["margin_clear"])
    earn, lose = (table.loc[is_told & (table["margin_clear"] == side), "depth"] for side in (1, -1))
    return [float(depth) for depth in earn], [float(depth) for depth in lose]


def value_stop(drawn: Drawn, depths: list[float], level: float) -> Estimate:
    """Dollars a month that showing ``depths`` without their discount would bring, at today's numbers, but for
    a random ``LEFT_OUT`` that keeps it."""
    table = drawn.effects.by_depth.set_index("depth")
    given = drawn.given.set_index("depth")["a_month"]
    parts = [
        Estimate.of(table.loc[depth].to_dict(), "margin", level=level).times(
            -(1 - LEFT_OUT) * float(given.get(depth, 0.0)) / drawn.per_unit / PER
        )
        for depth in depths
    ]
    return add_up(parts)


def _count_given(suite: Suite) -> pd.DataFrame:
    window = find_window(suite.as_of, _RECENT_WEEKS)
    shown = suite.coupon_exposures
    shown = shown.filter((shown.week_date >= window.start) & (shown.week_date < window.end))
    counts = shown.group_by(depth=shown.depth.round(4)).agg(n=shown.count()).order_by("depth").execute()
    return pd.DataFrame({"depth": counts["depth"], "a_month": counts["n"] * WEEKS_A_MONTH / _RECENT_WEEKS})
