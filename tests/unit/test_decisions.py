"""How strongly a page may advise: never more than its money, its forecasts, its reach and its data allow."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest
from scipy.stats import norm

from lucky_analytics import decisions, report, report_record
from lucky_analytics.decision_words import UNMEASURED
from lucky_analytics.decisions import DO, LEAN, WAIT, Decision, Strength, add_up, cap, chance, hold, weigh
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.estimate import Estimate


def money(value: float, low: float, high: float, level: float = 0.9) -> Estimate:
    return Estimate(value, low, high, level=level)


CLEAR, LIKELY, OPEN = money(5.0, 1.0, 9.0), money(5.0, -1.0, 11.0), money(1.0, -8.0, 10.0)
LOSS = money(-5.0, -9.0, -1.0)


@pytest.mark.parametrize(
    ("worth", "word"),
    [(CLEAR, DO), (LIKELY, LEAN), (OPEN, WAIT), (LOSS, WAIT), (None, LEAN), (Estimate(None), LEAN)],
)
def test_the_money_decides_first(worth, word):
    assert weigh(worth).word == word


def test_a_count_has_no_interval_and_is_certain():
    assert weigh(Estimate(3.0)).word == DO and weigh(Estimate(0.0)).word == WAIT


@pytest.mark.parametrize(
    ("gain", "word"),
    [(money(0.2, 0.1, 0.3), DO), (money(0.2, -0.1, 0.5), LEAN), (money(-0.1, -0.3, 0.1), WAIT)],
)
def test_forecasts_must_beat_the_naive_rule(gain, word):
    assert weigh(CLEAR, gain=gain).word == word
    assert weigh(CLEAR, gain=Estimate(None)).word == WAIT


def test_every_doubt_takes_its_step():
    assert weigh(CLEAR, is_outside=True).word == LEAN
    assert weigh(CLEAR, doubts=["a"]).word == LEAN
    assert weigh(CLEAR, doubts=["a", "b"]) == Strength(WAIT, ("a", "b"))
    assert weigh(LIKELY, is_outside=True).word == WAIT
    assert weigh(CLEAR, problems=["t_order: no rows"]) == Strength(WAIT, ("t_order: no rows",))


def test_what_draws_know_of_the_chance_goes_first_but_no_do_where_the_interval_holds_0():
    assert weigh(CLEAR, likely=0.5).word == WAIT
    assert weigh(OPEN, likely=decisions.LEANS_FROM).word == LEAN
    assert weigh(OPEN, likely=0.999).word == LEAN


def test_no_do_whatever_else_holds_where_the_interval_of_the_money_holds_0():
    """Brute force over ends, levels and chances."""
    grid = [-3.0, -1.0, 0.0, 0.5, 2.0]
    for low, value, high in itertools.combinations_with_replacement(grid, 3):
        for level, likely in itertools.product((0.5, 0.9, 0.99), (None, 0.0, 0.8, 1.0)):
            word = weigh(money(value, low, high, level), likely=likely).word
            if low <= 0 <= high or high < 0:
                assert word != DO, (low, value, high, level, likely)


def test_the_chance_is_that_of_draws_from_the_same_interval():
    draws = np.random.default_rng(5).normal(3.0, 2.0, 400_000)
    half = norm.ppf(0.95) * 2.0
    assert chance(money(3.0, 3.0 - half, 3.0 + half)) == pytest.approx((draws > 0).mean(), abs=0.002)
    assert chance(money(-3.0, -3.0 - half, -3.0 + half)) == pytest.approx((draws < 0).mean(), abs=0.002)


def test_each_side_of_an_interval_is_read_for_itself():
    assert chance(money(2.0, 1.0, 99.0)) == pytest.approx(norm.cdf(2.0 / (1.0 / norm.ppf(0.95))))
    assert chance(money(-2.0, -99.0, -1.0)) == pytest.approx(norm.cdf(-2.0 / (1.0 / norm.ppf(0.95))))
    assert chance(Estimate(2.0, None, 3.0, level=0.9)) == 0.5 == chance(money(0.0, -1.0, 1.0))
    assert chance(money(2.0, 2.0, 2.0)) == 1.0 and chance(Estimate(None)) == 0.0


def test_a_wider_interval_never_makes_it_stronger():
    order = [DO, LEAN, WAIT]
    words = [weigh(money(4.0, 4.0 - half, 4.0 + half)).word for half in np.linspace(0.1, 40, 100)]
    places = [order.index(word) for word in words]
    assert places == sorted(places) and set(places) == {0, 1, 2}


def test_ends_add_up_and_one_unknown_part_makes_the_sum_unknown():
    assert add_up([CLEAR, LOSS]) == money(0.0, -8.0, 8.0)
    assert add_up([CLEAR, Estimate(None)]).value is None and add_up([]).value is None


def test_a_word_that_the_money_does_not_allow_is_refused(monkeypatch):
    said = []
    monkeypatch.setattr(report_record, "say", lambda record, text, shapes=None: said.append(record))
    with pytest.raises(ParameterError, match="at most 'lean', because the gain may be zero"):
        report.decision("raise", "Product", "do", "", "", LIKELY)
    with pytest.raises(ParameterError, match="got 'lean'"):
        report.decision("raise", "Product", Strength(LEAN), "", "", LOSS)
    with pytest.raises(UnknownNameError, match="maybe"):
        report.decision("raise", "Product", "maybe", "", "", CLEAR)
    assert said == [] and cap(WAIT, CLEAR).word == WAIT


def test_the_record_holds_what_pages_mail_and_apps_show(monkeypatch):
    said = []
    monkeypatch.setattr(report_record, "say", lambda record, text, shapes=None: said.append((record, text)))
    made = Decision("raise it", "Product", weigh(LIKELY), "B.", "C.", LIKELY, {"price of Food": "raise"})
    report.decision(*made)
    ((record, text),) = said
    assert record == made.record and text == record["text"] == "Look first. Product: raise it."
    assert record["worth"] == {
        "value": 5.0, "low": -1.0, "high": 11.0, "level": 0.9, "n": None, "unit": "USD a month",
        "shown": "$5.00 a month (−$1.00 to $11.00)",
    }  # fmt: skip
    kept = [record[key] for key in ("strength", "owner", "because", "would_change_if", "on")]
    assert kept == ["lean", "Product", "B.", "C.", {"price of Food": "raise"}]
    assert record["doubts"] == ["the gain may be zero"]


def test_unsound_data_decides_nothing_and_tells_nothing():
    record = Decision("sign 180 Varick", "Leadership", weigh(CLEAR), "B.", "C.", CLEAR).record
    held = hold(record, ["t_order: stale"])
    assert held["strength"] == WAIT and held["doubts"][0] == "t_order: stale" and held["worth"] is None
    assert "Varick" not in str(held)


def test_a_day_by_which_somebody_outside_asks_is_recorded_and_no_other():
    made = Decision("file", "Finance", Strength(LEAN), "", "", due=dt.date(2026, 1, 20))
    assert made.record["due"] == "2026-01-20"
    assert "due" not in made._replace(due=None).record
    assert not made.record["is_overdue"] and made.record["call"] == UNMEASURED
    assert made._replace(is_overdue=True).text == "Overdue. Finance: file."
