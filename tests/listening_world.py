"""Made-up posts and reviews: sites, stores, stars and texts, with a spike or a worse store where planted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from lucky_analytics.questions.marketing.social_listening.posts import NO_STORE, Posts
from lucky_analytics.questions.marketing.social_listening.topics import Topic, load_topics

TOPICS: tuple[Topic, ...] = tuple(load_topics()[0])
STORES = tuple(f"{k} Main" for k in range(1, 11))
UNTIL = dt.date(2026, 2, 13)
OPENED = dict.fromkeys(STORES, dt.date(2025, 7, 1))
# A clause on each topic, bad and good; every text has one of them, and a number that sets it apart.
SAID = {
    "wait": ("awful wait again", "no wait today, great"),
    "taste": ("burnt and bitter, terrible", "delicious, love it"),
    "price": ("overpriced and sad", "great deal, happy"),
    "app": ("the app is horrible", "the app is great"),
    "staff": ("rude barista, bad", "friendly barista, nice"),
    "cleanliness": ("dirty tables, disgusting", "spotless, lovely"),
    "order_wrong": ("wrong drink, angry", "never a wrong drink, good"),
    "sold_out": ("sold out again, sad", "nothing was sold out, good"),
    "place": ("cramped and ugly, hate it", "cozy and beautiful"),
}


def make_posts(
    seed: int,
    a_week: float = 8.0,
    n_weeks: int = 16,
    bad: float = 0.25,
    starred: float = 0.7,
    spike: tuple[str, str, float] | None = None,
    worse: tuple[str, float] | None = None,
    later: float = 0.0,
    scatter: float = 0.0,
    shares: Mapping[str, float] | None = None,
) -> Posts:
    """Posts at a constant rate ``a_week`` in each store over ``n_weeks`` weeks, ``bad`` of them negative.

    ``starred``: share with stars. ``spike``: (store, topic, further negative posts in the newest week).
    ``worse``: (store, how much more of its posts are negative). ``later``: how much more are negative in the
    later half. ``scatter``: squared coefficient of variation by which the rate of a store's week differs.
    ``shares``: of sites; those differ in how negative they are.
    """
    rng = np.random.default_rng(seed)
    sites = dict(shares or {"google": 0.5, "yelp": 0.3, "tiktok": 0.2})
    grim = dict(zip(sites, np.linspace(-0.1, 0.1, len(sites)) if len(sites) > 1 else [0.0], strict=True))
    weeks = np.arange(n_weeks)
    rate = np.full((len(STORES), n_weeks), a_week)
    if scatter:
        rate = rate * rng.gamma(1 / scatter, scatter, rate.shape)
    counts = rng.poisson(rate)
    store = np.repeat(np.array(STORES, object), counts.sum(axis=1))
    week = np.concatenate([np.repeat(weeks, row) for row in counts])
    n = len(store)
    site = rng.choice(list(sites), n, p=list(sites.values()))
    chance = bad + np.array([grim[name] for name in site]) * (bad > 0.1)
    if worse:
        chance = chance + worse[1] * (store == worse[0])
    chance = chance + later * (week < n_weeks // 2)
    is_bad = rng.random(n) < chance
    topic = rng.choice(list(SAID), n)
    if spike:
        more = rng.poisson(spike[2])
        store, week = np.append(store, [spike[0]] * more), np.append(week, [0] * more)
        site, topic = np.append(site, ["google"] * more), np.append(topic, [spike[1]] * more)
        is_bad = np.append(is_bad, [True] * more)
        n += more
    stars = np.where(is_bad, rng.integers(1, 3, n), rng.integers(3, 6, n)).astype(float)
    rating = np.where(rng.random(n) < starred, stars, np.nan)
    text = [f"{SAID[name][0 if b else 1]} {k}" for k, (name, b) in enumerate(zip(topic, is_bad, strict=True))]
    day = pd.Timestamp(UNTIL) - pd.to_timedelta(7 * week + rng.integers(0, 7, n), unit="D")
    rows = pd.DataFrame(
        {"post_id": [f"p{k}" for k in range(n)], "source": site, "date": day, "store": store,
         "rating": rating, "text": text, "is_read": True}
    )  # fmt: skip
    unnamed = rng.random(n) < 0.05
    rows["store"] = rows["store"].where(~unnamed, NO_STORE)
    rows = rows.sort_values("date", kind="stable", ignore_index=True)
    return Posts(rows, rows.head(0).assign(of=[]), n, 0, 0, ())
