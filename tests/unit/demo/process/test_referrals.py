"""Invitations: who is invited, by whom, and the few that break a rule."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pytest

from lucky_analytics.demo.build.published_check import open_files
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.referrals import QUALITY_DAYS, draw_referrals, list_facts
from lucky_analytics.demo.truth.planted import plants
from lucky_analytics.errors import DemoError

N, N_NEVER, DAY = 20_000, 10_000, 86_400


@pytest.fixture(scope="module")
def history() -> tuple[Any, Any]:
    """Customers who differ in how often they order, and people who never do."""
    chance = np.random.default_rng(7)
    start = chance.integers(0, 229, N)
    count = chance.geometric(1 / (1 + chance.gamma(0.5, 4.0, N)))
    user = np.repeat(np.arange(N), count)
    day = start[user] + np.where(np.r_[True, user[1:] != user[:-1]], 0, chance.integers(1, 150, len(user)))
    kept = day < 229
    user, day = user[kept], day[kept]
    created = day * DAY + chance.integers(0, DAY, len(day))
    everyone = np.ones(len(day), bool)
    book = SimpleNamespace(
        user=user, day=day, created=created, is_completed=everyone, is_usd=everyone, shop=user % 10
    )
    first = np.full(N, 230 * DAY)
    np.minimum.at(first, user, created)
    registered = np.r_[first - chance.integers(60, 3 * DAY, N), chance.integers(0, 229 * DAY, N_NEVER)]
    n = N + N_NEVER
    nobody = np.zeros(n, bool)
    users = SimpleNamespace(n=n, registered=registered, is_deleted=nobody, is_rarotonga=nobody)
    return book, users


def draw(history: tuple[Any, Any], n: int = 4_000, scale: float = 1.0, **plant: float) -> Any:
    planted = copy.deepcopy(plants())
    planted["referrals"].update(plant)
    return draw_referrals(*history, N, n, planted, Targets.at(scale), 7)


def measure(history: tuple[Any, Any], found: Any) -> tuple[float, float]:
    """Orders of the invited over the mean of their week and shop, by a loop; and its error."""
    facts = list_facts(history[0], N, history[1].n)
    cells: dict[int, list[int]] = {}
    for user in range(N):
        cells.setdefault(int(facts.cell[user]), []).append(int(facts.orders[user]))
    mean = {cell: np.mean(values) for cell, values in cells.items()}
    own = [u for u, kind in zip(found.invited, found.planted, strict=True) if kind == "" and u < N]
    values = [facts.orders[u] / mean[int(facts.cell[u])] for u in own]
    return float(np.mean(values)), float(np.std(values) / np.sqrt(len(values)))


@pytest.mark.parametrize("quality", [-0.2, 0.0, 0.2])
def test_the_invited_place_so_many_more_orders_than_others_alike(history: tuple[Any, Any], quality: float):
    value, error = measure(history, draw(history, quality=quality))
    assert abs(value - 1 - quality) < 3 * error < 0.12


def test_inviters_had_ordered_before_and_differ_as_planted(history: tuple[Any, Any]):
    first = list_facts(history[0], N, history[1].n).first
    spread = {}
    for cv in (0.0, 2.0):
        found = draw(history, influence_cv=cv)
        plain = found.planted == ""
        assert (first[found.inviter[plain]] < history[1].registered[found.invited[plain]]).all()
        assert len(np.unique(found.invited[plain])) == plain.sum()
        spread[cv] = np.bincount(found.inviter[plain]).max()
    assert spread[2.0] > 2 * spread[0.0]


def test_what_breaks_a_rule_does_so_by_its_definition_and_shrinks_with_the_scale(history: tuple[Any, Any]):
    book, users = history
    found, facts = draw(history), list_facts(book, N, users.n)
    assert len(found.invited) == 4_000
    rows = {kind: np.flatnonzero(found.planted == kind) for kind in np.unique(found.planted)}
    pairs = set(zip(found.invited, found.inviter, strict=True))
    assert len(rows["self_invites"]) == 12 and len(rows["reciprocal_invites"]) == 10
    assert all(found.invited[i] == found.inviter[i] for i in rows["self_invites"])
    assert all((found.inviter[i], found.invited[i]) in pairs for i in rows["reciprocal_invites"])
    assert len(rows["burst_invites"]) == 60
    for own in rows["burst_invites"].reshape(-1, 6):
        times = users.registered[found.invited[own]]
        assert len(set(found.inviter[own])) == 1 and np.ptp(times) < 3_600
        assert (facts.orders[found.invited[own]] <= 1).all()
    assert (draw(history, scale=0.1).planted == "self_invites").sum() == 2


def test_a_quality_that_no_choice_gives_is_refused_and_nobody_is_brought_by_nobody(history: tuple[Any, Any]):
    with pytest.raises(DemoError, match=r"referrals.quality.*expected orders .* got"):
        draw(history, quality=50.0)
    book, users = history
    none = SimpleNamespace(**{**vars(book), "is_completed": np.zeros(len(book.day), bool)})
    assert len(draw((none, users)).invited) == 0


def test_orders_are_counted_for_as_long_as_said(history: tuple[Any, Any]):
    book, users = history
    facts = list_facts(book, N, users.n)
    for user in range(0, N, 2_500):
        days = book.day[book.user == user]
        assert facts.orders[user] == (days - days.min() <= QUALITY_DAYS).sum()
    assert (facts.first[N:] == -1).all() and (facts.cell[N:] == -1).all()


def test_the_estate_has_the_rows_that_its_truth_names(tiny: Path):
    db: duckdb.DuckDBPyConnection = open_files(tiny)
    truth = json.loads((tiny / "truth.json").read_text())
    own = db.execute("select id from t_market_activity_partake where inviter_user_no = user_no").fetchall()
    assert [str(i) for (i,) in own] == truth["exceptions"]["rows"]["self_invites"]
    kinds = ("self_invites", "reciprocal_invites", "burst_invites")
    named = {row for kind in kinds for row in truth["exceptions"]["rows"][kind]}
    late = """select p.id from t_market_activity_partake p join luckyus_sales_crm.t_user u using (user_no)
              left join (select user_no as inviter, min(create_time) as first from t_order where status = 90
                         group by 1) on inviter = inviter_user_no
              where inviter_user_no is not null and coalesce(first >= u.create_time, true)"""
    assert {str(i) for (i,) in db.execute(late).fetchall()} <= named
    assert abs(truth["referrals"]["quality"]["realised"] - 0.2) < 4 * truth["referrals"]["quality"]["se"]
