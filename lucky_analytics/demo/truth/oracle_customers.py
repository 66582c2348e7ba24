"""What the customer plants came out as: one-step estimates before and after the selection."""

from __future__ import annotations

import numpy as np

from lucky_analytics.demo.build.arrays import Floats, Ints
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.discounts import RANDOMISED, segment_of
from lucky_analytics.demo.process.horizon import N_WEEKS
from lucky_analytics.demo.process.menu_list import CATEGORIES
from lucky_analytics.demo.truth.estimates import Estimate
from lucky_analytics.demo.truth.scores import likelihood_scores

__all__ = ["customer_estimates", "elasticity_estimates"]


def customer_estimates(world: World) -> list[Estimate]:
    """MBG/NBD parameters and hazard ratios on the whole pool (before) and on the customers (after).

    One Newton step on the log scale from the plant, with the outer product of the scores as information:
    as good as the maximum-likelihood estimate this near to it. Standard errors are of the selected customers.
    """
    pool, planted = world.orders.pool, world.planted
    scores = np.c_[likelihood_scores(pool, planted), pool.hazard_scores]
    names = [("customers", name) for name in ("r", "alpha", "a", "b")]
    names += [("churn", name) for name in ("coupon_acquired", "nearby_opening")]
    found = []
    for block in (slice(0, 4), slice(4, 6)):
        own = scores[:, block]
        used = own.std(0) > 0
        own = own[:, used]
        before, _ = _one_step(own)
        after, error = _one_step(own[world.orders.candidate])
        for (mechanism, name), was, now, se in zip(
            np.array(names[block])[used].tolist(), before, after, error, strict=True
        ):
            value = planted[mechanism][name]
            found.append(
                Estimate(mechanism, name, value, value * np.exp(was), value * np.exp(now), value * se)
            )
    return found


def _one_step(scores: Floats) -> tuple[Floats, Floats]:
    """Step from the plant and its standard errors, on the log scale."""
    inverse = np.linalg.inv(scores.T @ scores)
    return inverse @ scores.sum(0), np.sqrt(np.diag(inverse))


def elasticity_estimates(world: World) -> list[Estimate]:
    """Elasticity by category from the randomised coupons: Poisson counts of customer, category and week.

    The regressor is the segment's scale x ln(1 - depth), so that the slope is the plant of the regular
    segment, with an intercept per segment. There is no "before": prices of these units are frozen and no
    raking touches them. A category with too few units at a small scale is left out.
    """
    counts, regressor, category, segment = _exposed_counts(world)
    found = []
    for k, name in enumerate(CATEGORIES):
        mine = category == k
        if counts[mine].sum() < 30 or not regressor[mine].any():
            continue
        slope, se = _poisson_slope(counts[mine], regressor[mine], segment[mine])
        found.append(Estimate("elasticity", name, world.planted["elasticity"][name], None, slope, se))
    return found


def _exposed_counts(world: World) -> tuple[Ints, Floats, Ints, Ints]:
    """Units, scaled ln(1 - depth), category and segment of every randomised exposure."""
    orders, program = world.orders, world.orders.pool.program
    key = orders.candidate
    users = np.flatnonzero(program.arm(key) == RANDOMISED)
    first_day = orders.pool.first_day[key]
    mine = np.flatnonzero((orders.user < orders.n_customers) & np.isin(orders.user, users))
    mine = mine[np.lexsort((orders.day[mine], orders.user[mine]))]
    user_day = orders.user[mine] * 512 + orders.day[mine]
    first_of = np.searchsorted(user_day, users * 512)
    unit = world.items.order
    cell = (orders.user[unit] * 64 + orders.day[unit] // 7) * 8 + world.menu.category[world.items.product]
    cell = np.sort(cell)
    parts = []
    scale = np.array([1.0, *(world.planted["elasticity"][name] for name in ("new", "lapsed", "loyal"))])
    for week in range(program.start_week, N_WEEKS):
        who = np.flatnonzero(first_day[users] // 7 < week)
        user = users[who]
        at = np.searchsorted(user_day, user * 512 + week * 7)
        last = user_day[at - 1] % 512
        monday = week * 7
        segment = segment_of(at - first_of[who], monday - last, monday - first_day[user])
        category, depth = program.coupons(key[user], np.full(len(user), week))
        code = ((user * 64 + week)[:, None] * 8 + category).ravel()
        n = np.searchsorted(cell, code, side="right") - np.searchsorted(cell, code)
        x = (scale[segment][:, None] * np.log1p(-depth)).ravel()
        parts.append((n, x, category.ravel(), np.repeat(segment, 2)))
    counts, regressor, categories, segments = (np.concatenate([part[k] for part in parts]) for k in range(4))
    return counts, regressor, categories, segments


def _poisson_slope(counts: Ints, x: Floats, segment: Ints) -> tuple[float, float]:
    """Slope and robust standard error of a Poisson regression with an intercept per segment.

    Segments order at different rates and differ in the scale of ``x``: a common intercept would mix the two.
    """
    present = np.unique(segment[counts > 0])
    kept = np.isin(segment, present)
    counts, x = counts[kept], x[kept]
    design = np.c_[x, segment[kept, None] == present].astype(float)
    beta = np.r_[0.0, [np.log(counts[design[:, 1 + k] > 0].mean()) for k in range(len(present))]]
    for _ in range(40):
        mean = np.exp(design @ beta)
        bread = np.linalg.inv((design * mean[:, None]).T @ design)
        step = bread @ (design.T @ (counts - mean))
        beta += step
        if np.abs(step).max() < 1e-9:
            break
    residual = design * (counts - np.exp(design @ beta))[:, None]
    return float(beta[0]), float(np.sqrt((bread @ (residual.T @ residual) @ bread)[0, 0]))
