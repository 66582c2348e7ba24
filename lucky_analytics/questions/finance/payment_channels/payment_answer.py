"""What a shift of payments, a discount for it and a larger basket would save: for app and page alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.block_bootstrap import quantile_interval
from lucky_analytics.questions.finance.payment_channels.payment_prepared import PreparedPayments
from lucky_analytics.questions.finance.payment_channels.payment_what_if import PaymentQuestion

__all__ = ["PaymentAnswer", "answer_payment", "estimate_sum"]

Array = NDArray[Any]
_N_STEPS = 41
_TINY = 1e-9  # of a payment: what a method without one is divided by


@dataclass(frozen=True)
class PaymentAnswer:
    """US dollars a year against today, positive is a gain, unless said otherwise.

    ``steering``: fees saved by the shift alone. ``incentive_cost``: discounts given, less the fees on them.
    ``net``: the shift less the discounts. ``basket``: fees saved by the basket alone. ``together``: all of
    it. ``break_even``: cents off at which nothing is gained, where all who pay by the method get it;
    ``difference``: what one shifted payment saves, cents; a discount for those alone could be as high.
    The interval of what depends on the take-up spans half to twice of it, and the draws of weeks.
    ``fees``: today. ``needed``: the take-up from which the discount pays; null where none does. ``reach``:
    the share of the payments made by customers who keep the other method on file; null where no table says.
    ``curve``: ``take_up``, ``net``, ``low``, ``high``, ``free`` (without a discount): at just that take-up.
    """

    steering: Estimate
    incentive_cost: Estimate
    net: Estimate
    basket: Estimate
    together: Estimate
    break_even: Estimate
    difference: Estimate
    fees: Estimate
    needed: float | None
    reach: float | None
    curve: pd.DataFrame


@dataclass(frozen=True)
class _Year:
    """Cents a year by draw (the first is today's pace) at the middle of every schedule, or at one end.

    ``gross``: saved if every payment of the one method went by the other. ``basket``: saved by the basket.
    ``fees``: taken today. Arrays of (1 + draws,).
    """

    gross: Array
    basket: Array
    fees: Array


def answer_payment(prepared: PreparedPayments, asked: PaymentQuestion) -> PaymentAnswer:
    """What the question would save in a year of weeks like those of ``prepared``.

    Needs ``prepared.can_answer``. At a larger basket the same sales come in fewer payments, so only fixed
    parts are saved. A discount lowers what is billed, too; that it may bring orders is not counted.
    """
    n, cents = prepared.year()
    # To the last digit nothing changes at today's basket, which is rounded to the cent.
    fewer = 1.0 if asked.basket == prepared.basket else prepared.exact_basket / asked.basket
    i, j = prepared.place(asked.source), prepared.place(asked.target)
    ends = {end: _take_year(prepared, n, cents, (i, j), fewer, end) for end in ("", "_low", "_high")}
    after = 1 - float(prepared.methods["rate"].iloc[j])  # of a cent given, what is not saved as a fee
    leave, stay = n[:, i] * fewer, n[:, j] * fewer
    per_cent = {share: after * (share * leave + stay) for share in _shares(asked.take_up)}
    cost = {share: asked.incentive * each for share, each in per_cent.items()}

    def span(of: Any, unit: float = 100.0) -> Estimate:
        """``of(take-up, year)`` at the take-up, between its ends at half and twice of it."""
        least, most = (
            [_quantile(of(share, ends[end]), side, prepared.level) for share in per_cent]
            for side, end in enumerate(("_low", "_high"))
        )
        return _estimate(of(asked.take_up, ends[""]), min(least), max(most), unit, prepared)

    needs = ends[""].gross[0] - asked.incentive * after * leave[0]
    needed = asked.incentive * after * stay[0] / needs if needs > 0 else math.inf
    return PaymentAnswer(
        steering=span(lambda share, year: share * year.gross),
        incentive_cost=span(lambda share, _: cost[share]),
        net=span(lambda share, year: share * year.gross - cost[share]),
        basket=_over_draws(ends, "basket", prepared),
        together=span(lambda share, year: share * year.gross - cost[share] + year.basket),
        break_even=span(
            lambda share, year: share * year.gross / np.maximum(per_cent[share], _TINY), unit=1.0
        ),
        difference=_over_draws(ends, "gross", prepared, per=leave),
        fees=_over_draws(ends, "fees", prepared),
        needed=float(needed) if needed <= 1 else None,
        reach=prepared.reach.get((asked.source, asked.target)),
        curve=_draw_curve(asked, ends, after * leave, after * stay, prepared.level),
    )


def estimate_sum(cents: Array, prepared: PreparedPayments) -> Estimate:
    """Dollars a year from cents by draw, the first of which is today's pace."""
    low, high = (_quantile(cents, side, prepared.level) for side in (0, 1))
    return _estimate(cents, low, high, 100.0, prepared)


def _shares(take_up: float) -> tuple[float, ...]:
    """The take-up, half and twice of it."""
    return (take_up, take_up / 2, min(2 * take_up, 1.0))


def _take_year(
    prepared: PreparedPayments, n: Array, cents: Array, places: tuple[int, int], fewer: float, end: str
) -> _Year:
    """At the ends of both schedules that make the gain least, or most."""
    fixed, rate = (prepared.methods[f"{name}{end}"].to_numpy(float) for name in ("fixed", "rate"))
    other = {"": "", "_low": "_high", "_high": "_low"}[end]
    i, j = places
    cheaper = (fixed[i] - float(prepared.methods[f"fixed{other}"].iloc[j])) * fewer
    lower = rate[i] - float(prepared.methods[f"rate{other}"].iloc[j])
    return _Year(
        n[:, i] * cheaper + cents[:, i] * lower,
        (n * (1 - fewer)) @ fixed,
        n @ fixed + cents @ rate,
    )


def _over_draws(
    ends: dict[str, _Year], name: str, prepared: PreparedPayments, per: Array | None = None
) -> Estimate:
    """Of what no take-up changes; ``per`` payment in cents, or dollars in all."""
    by = 1.0 if per is None else np.maximum(per, _TINY)
    value, *sides = (getattr(each, name) / by for each in ends.values())
    low = min(_quantile(side, 0, prepared.level) for side in sides)
    high = max(_quantile(side, 1, prepared.level) for side in sides)
    return _estimate(value, low, high, 100.0 if per is None else 1.0, prepared)


def _quantile(drawn: Array, side: int, level: float) -> float:
    return float(quantile_interval(drawn[1:], level)[side])


def _estimate(drawn: Array, low: float, high: float, unit: float, prepared: PreparedPayments) -> Estimate:
    value = float(drawn[0])
    # Draws of weeks are not centred on the pace to the last digit.
    ends = min(low, value) / unit, max(high, value) / unit
    return Estimate(value / unit, *ends, level=prepared.level, n=int(prepared.n.sum()))


def _draw_curve(
    asked: PaymentQuestion, ends: dict[str, _Year], leave: Array, stay: Array, level: float
) -> pd.DataFrame:
    steps = np.linspace(0.0, 0.5 if asked.take_up <= 0.5 else 1.0, _N_STEPS)
    net = {
        end: (np.outer(steps, year.gross - asked.incentive * leave) - asked.incentive * stay) / 100
        for end, year in ends.items()
    }
    value = net[""][:, 0]
    low, high = (
        quantile_interval(net[end][:, 1:].T, level)[side] for side, end in enumerate(("_low", "_high"))
    )
    free = steps * ends[""].gross[0] / 100
    bounds = {"low": np.minimum(low, value), "high": np.maximum(high, value)}
    return pd.DataFrame({"take_up": steps, "net": value, **bounds, "free": free})
