"""Each sentence of the tax page: no branch says more than the lines do, none divides by nothing."""

from __future__ import annotations

import pandas as pd
import pytest

from lucky_analytics.decisions import WAIT
from lucky_analytics.methods.ledgers.tax_lines import ERRORS, NO_RATE, ZERO_TAX
from lucky_analytics.models.taxed_sales.booked import Remitted
from lucky_analytics.questions.finance.tax_compliance import texts, views

NONE = pd.DataFrame({"remitted_cents": []})
EMPTY, UNREAD = Remitted(NONE, 0), Remitted(NONE, None)
FEES = "; {fee_tax:value} on delivery fees is open"


@pytest.mark.parametrize(
    ("given", "title", "answer"),
    [
        ((0, 0.0, 0.0), "Every line carries the tax due", "no line is wrong"),
        ((3, 2.0, 0.0), "Tax is right but for {not_charged:value}", "{not_charged:value} was never charged"),
        (
            (3, 2.0, 1.0),
            "Tax was {not_charged:value} short and {over_charged:value} over",
            "was never charged",
        ),
        ((3, 0.0, 1.0), "Tax was charged that is not due: {over_charged:value}", "{over_charged:value} more"),
        # Such as lines of shops without a rate: nothing is known to be wrong, and none is called right.
        ((3, 0.0, 0.0), "No cent is wrong; look at {wrong_lines:value}", "{wrong_lines:value} need a look"),
    ],
)
def test_title_and_answer_say_what_the_lines_do(given, title, answer):
    assert texts.name_finding(*given, 0.0) == title and texts.name_finding(*given, 5.0) == title + FEES
    for fee_tax in (0.0, 5.0):
        for remitted in (EMPTY, UNREAD):
            said = texts.describe_answer(*given, fee_tax, remitted)
            assert answer in said and ("delivery fees carried none" in said) == bool(fee_tax)
            # "41 lines" are two words, dollars one.
            assert len(said.split()) + said.count("{wrong_lines") <= 40, said
        assert len(texts.name_finding(*given, fee_tax).split()) <= 14
    assert "was not read" in texts.describe_answer(*given, 0.0, UNREAD)
    assert "holds no row" in texts.describe_answer(*given, 0.0, EMPTY)
    assert "holds no return" in texts.describe_answer(*given, 0.0, Remitted(NONE, 5))


def classes(*names, n=1):
    return pd.DataFrame({"class": names, "n": n, "n_errors": n})


def test_what_finance_does_is_in_the_singular_for_one_line_and_waits_where_no_cent_is_wrong():
    made = texts.decide(classes(ZERO_TAX), 1.5, 0.0, 0.0)
    assert made.action == "find why 1 line had no tax" and made.worth.value == 1.5
    assert "20 lines" in texts.decide(classes(ZERO_TAX, n=20), 1.5, 0.0, 0.0).action
    assert texts.decide(classes(NO_RATE, n=4), 0.0, 0.0, 0.0).strength.word == WAIT
    every = texts.decide(classes(*ERRORS, n=2), 3.0, 1.0, 7.0).action
    assert every.startswith("ask a tax adviser") and every.endswith("then the other 8")
    for fee_tax, action in ((0.0, "file what was charged"), (7.0, "ask a tax adviser whether")):
        made = texts.decide(classes().iloc[:0], 0.0, 0.0, fee_tax)
        assert made.action.startswith(action) and made.strength.word == WAIT and made.worth is None


def test_the_chart_has_a_title_where_nothing_is_open():
    bars = pd.DataFrame({"label": ["fees"], "kind": [views.OPEN], "amount": [0.0], "n": [3]})
    assert texts.name_gaps(bars) == "Nothing is open: no tax would be due on fees, which carried none"
    assert texts.name_gaps(bars.assign(amount=2.0)).startswith("100 % of what is open is tax on fees")
    other = pd.concat([bars.assign(label=ZERO_TAX, kind=views.OWED, amount=6.0), bars.assign(amount=2.0)])
    assert texts.name_gaps(other) == f"75 % of what is open is of one kind: {ZERO_TAX}"
    assert texts.name_gaps(bars.iloc[:0]) == "Nothing was charged wrongly"
