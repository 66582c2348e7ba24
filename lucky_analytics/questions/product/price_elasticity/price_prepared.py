"""What report and what-if know of a snapshot: elasticities, today's prices, best ones and what was tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.decisions import Decision
from lucky_analytics.methods.prices.pull_forward import PulledForward
from lucky_analytics.models import elasticities, price_steps, price_terms
from lucky_analytics.models.calendar import find_window
from lucky_analytics.models.coupon_decisions import Rules
from lucky_analytics.models.coupon_program import aggregate_program
from lucky_analytics.models.coupon_withdrawals import estimate_withdrawals
from lucky_analytics.questions.product.price_elasticity import advice, choices

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite
    from lucky_analytics.methods.inference.shrinkage import Shrunk

__all__ = ["EVERYBODY", "PreparedPrices", "judge_prices", "prepare_prices"]

EVERYBODY = "all"
RECENT_WEEKS = 12


@dataclass(frozen=True)
class PreparedPrices:
    """What no lever changes; of a category whose units do not answer to the price nothing else is said.

    ``today``: prices of all categories (``price_terms.load_category_prices``), ``prices``: those that can be
    priced, ``refused``: why not, by category. ``steps``: ``price_steps.estimate_steps``; ``best``,
    ``withdrawals`` and ``programme`` (all depths together): ``choices``, ``withhold_unknown`` applied.
    ``decision``: that of the report, from these frames.

    ``responses``: ``category``, ``segment`` (or all), ``estimate``, ``se``, ``low``, ``high``. ``shares``: of
    a category's units by segment. ``pulled``: share of added units that is missing later. ``deepest``: the
    deepest depth tried.
    """

    responses: pd.DataFrame
    today: pd.DataFrame
    prices: pd.DataFrame
    refused: dict[str, str]
    shares: pd.Series
    pulled: PulledForward
    best: pd.DataFrame
    steps: pd.DataFrame
    withdrawals: pd.DataFrame
    programme: pd.DataFrame
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
    """``judge_prices`` as the report has it without parameters; seconds, once a snapshot."""
    cells = aggregate_program(suite, Rules(30, 5, 28)).cells
    drawn = elasticities.drawn_cells(cells)
    pooled = elasticities.pool_elasticities(drawn, level)
    pulled = elasticities.estimate_pulled(drawn, level)
    return judge_prices(suite, cells, pooled, pulled, RECENT_WEEKS, level)


def judge_prices(
    suite: Suite, cells: pd.DataFrame, pooled: Shrunk, pulled: PulledForward, recent_weeks: int, level: float
) -> PreparedPrices:
    """Today's prices, what another one would earn, and the decision; for the page and for the what-if.

    ``cells``: ``coupon_decisions.aggregate_cells``; ``pooled``, ``pulled``: of its drawn cells, at ``level``.
    Prices, costs and coupons are those of the last ``recent_weeks``.
    """
    drawn = elasticities.drawn_cells(cells)
    deepest, depths = float(drawn["depth"].max()), sorted(drawn["depth"].unique())
    today = price_terms.load_category_prices(suite, recent_weeks, deepest)
    prices, refused = price_terms.split_priced(today, pooled.rows["category"], deepest)
    answer = elasticities.make_price_answer(pooled, pulled, depths, today)
    steps = price_steps.estimate_steps(prices, answer, level)
    found = choices.estimate_best_prices(pooled, prices, pulled, deepest, level)
    asked = (cells, pooled, prices, pulled, suite.as_of, recent_weeks, level)
    best, withdrawals = choices.withhold_unknown(found, estimate_withdrawals(*asked))
    _, programme = choices.withhold_unknown(found, estimate_withdrawals(*asked, by="programme"))
    columns = ["category", "segment", "estimate", "se", "low", "high"]
    responses = pd.concat([pooled.rows.assign(segment=EVERYBODY)[columns], pooled.cells[columns]])
    recent = cells[cells["week_date"] >= pd.Timestamp(find_window(suite.as_of, recent_weeks).start)]
    units = recent.groupby(["category", "segment"])["y"].sum()
    return PreparedPrices(
        responses=responses.reset_index(drop=True),
        today=today,
        prices=prices.reset_index(drop=True),
        refused=refused,
        shares=units / units.groupby(level=0).transform("sum"),
        pulled=pulled,
        best=best,
        steps=steps,
        withdrawals=withdrawals,
        programme=programme,
        decision=advice.decide(steps, withdrawals, level, suite.as_of),
        deepest=deepest,
        level=level,
        n_shown=int(drawn["n"].sum()),
        as_of=str(suite.as_of),
    )
