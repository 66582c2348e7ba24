"""When customers first order in a world where nobody selects them: so that the stores' plan comes.

What they order later is the customers' own process. Were first orders spread as published all the same, two
stores would have the customers of ten, and lose them to each opening however little was planted.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import beta

from lucky_analytics.demo.build.arrays import Floats
from lucky_analytics.demo.process.horizon import N_DAYS
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["share_first_days"]


def share_first_days(orders: Floats, weight: Floats, planted: Plants) -> Floats:
    """Share of all customers whose first order falls on each day, [229], at which orders add up to a plan.

    ``orders``: expected a day, in any unit; ``weight``: what each day is worth on the clock (``clock``). Each
    day gets the customers that earlier ones leave it short of; none where they already bring more.

    >>> shares = share_first_days(clock(), clock(), plants())       # doctest: +SKIP
    >>> shares.sum(), shares[0] > 2 * shares[-1]                     # doctest: +SKIP
    (1.0, True)
    """
    start = np.cumsum(weight) - weight / 2
    customers = np.zeros(N_DAYS)
    for day in range(N_DAYS):
        age = start[day] - start[:day]
        again = weight[day] * expect_repeats(age, planted) @ customers[:day]
        own = 1 + weight[day] / 2 * float(expect_repeats(np.zeros(1), planted)[0])
        customers[day] = max((orders[day] - again) / own, 0.0)
    return customers / customers.sum()


def expect_repeats(age: Floats, planted: Plants) -> Floats:
    """Further orders a clock day of a customer whose first one was ``age`` clock days ago, in the mean.

    MBG/NBD: of a customer with rate l and dropout p it is l (1 - p) exp(-l p age); l is integrated in closed
    form, p over 200 equally likely values.
    """
    plant = planted["customers"]
    leave = beta.ppf((np.arange(200) + 0.5) / 200, plant["a"], plant["b"])[:, None]
    rate = plant["r"] / plant["alpha"] * (1 + leave * age / plant["alpha"]) ** -(plant["r"] + 1)
    repeats: Floats = ((1 - leave) * rate).mean(0)
    return repeats
