"""What the price what-if knows of a snapshot: elasticities, today's prices, best ones and what was tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.decisions import Decision
from lucky_analytics.methods.prices.pull_forward import PulledForward
from lucky_analytics.models import coupon_decisions as decisions
from lucky_analytics.models import elasticities, price_steps, price_terms
from lucky_analytics.models.calendar import find_window
from lucky_analytics.questions.product.price_elasticity import advice, choices

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["EVERYBODY", "PreparedPrices", "prepare_prices"]

EVERYBODY = "all"
RECENT_WEEKS = 12


@dataclass(frozen=True)
class PreparedPrices:
    """What no lever changes.

    ``best``: the frame of ``estimate_best_prices``, ``steps``: that of ``price_steps.estimate_steps``;
    ``decision``: that of the report price_elasticity, which it makes from the same frames.

    ``responses``: ``category``, ``segment`` (or all), ``estimate``, ``se``, ``low``, ``high``. ``prices``: by
    category (see ``price_terms``), those that can be priced. ``shares``: of a category's units by
    segment. ``pulled``: share of added units that is missing later. ``deepest``: the deepest depth tried.
    """

    responses: pd.DataFrame
    prices: pd.DataFrame
    shares: pd.Series
    pulled: PulledForward
    best: pd.DataFrame
    steps: pd.DataFrame
    decision: Decision
    deepest: float
    level: float
    n_shown: int
    as_of: str

    @property
    def categories(self) -> list[str]:
        return sorted(set(self.prices["category"]) & set(self.responses["category"]))

    def todays_depth(self, category: str) -> float:
        """What customers pay today as a discount off the list price, 0 to 1, at most the deepest tried."""
        row = self.prices[self.prices["category"] == category].iloc[0]
        return float(min(max(round(1 - row["paid_price"] / row["list_price"], 4), 0.0), self.deepest))

    @property
    def largest(self) -> str:
        """The category with the most revenue today."""
        revenue = (
            (self.prices["units_a_month"] * self.prices["paid_price"]).groupby(self.prices["category"]).sum()
        )
        return str(revenue[self.categories].idxmax())

    @property
    def segments(self) -> list[str]:
        return [EVERYBODY, *sorted(set(self.responses["segment"]) - {EVERYBODY})]


def prepare_prices(suite: Suite, level: float = 0.9) -> PreparedPrices:
    """The steps of price_elasticity that no lever changes; seconds, once a snapshot."""
    bought = decisions.load_bought(suite).cache()
    cells = decisions.aggregate_cells(decisions.load_shown(suite, bought, decisions.Rules(30, 5, 28)).cache())
    drawn = elasticities.drawn_cells(cells)
    pooled = elasticities.pool_elasticities(drawn, level)
    columns = ["category", "segment", "estimate", "se", "low", "high"]
    responses = pd.concat([pooled.rows.assign(segment=EVERYBODY)[columns], pooled.cells[columns]])
    deepest = float(drawn["depth"].max())
    known = price_terms.load_category_prices(suite, RECENT_WEEKS, deepest)
    prices, _ = price_terms.split_priced(known, pooled.rows["category"], deepest)
    recent = cells[cells["week_date"] >= pd.Timestamp(find_window(suite.as_of, RECENT_WEEKS).start)]
    units = recent.groupby(["category", "segment"])["y"].sum()
    pulled = elasticities.estimate_pulled(drawn, level)
    answer = elasticities.make_price_answer(pooled, pulled, sorted(drawn["depth"].unique()), known)
    steps = price_steps.estimate_steps(prices, answer, level)
    best = choices.estimate_best_prices(pooled, prices, pulled, deepest, level)
    withdrawals = choices.estimate_withdrawals(
        cells, pooled, prices, pulled, suite.as_of, RECENT_WEEKS, level
    )
    return PreparedPrices(
        responses.reset_index(drop=True),
        prices.reset_index(drop=True),
        units / units.groupby(level=0).transform("sum"),
        pulled,
        best,
        steps,
        advice.decide(steps, withdrawals, level, suite.as_of),
        deepest,
        level,
        int(drawn["n"].sum()),
        str(suite.as_of),
    )
