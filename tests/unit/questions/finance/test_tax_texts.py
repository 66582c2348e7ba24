"""Each sentence of the tax page: no branch says more than the lines do, none divides by nothing."""

from __future__ import annotations

import pandas as pd
import pytest

from lucky_analytics.decisions import LEAN, WAIT
from lucky_analytics.methods.ledgers.tax_lines import ERRORS, NO_RATE, ZERO_TAX
from lucky_analytics.models.taxed_sales.booked import Remitted
from lucky_analytics.models.taxed_sales.open_returns import find_open
from lucky_analytics.questions.finance.tax_compliance import advice, texts

NONE = pd.DataFrame({"remitted_cents": []})
EMPTY, UNREAD = Remitted(NONE, 0), Remitted(NONE, None)
FEES = "; {fee_tax:value} on fees is open"


def returns(*rows):
    """Period, due date, whether its period is over and its return due, dollars to pay, dollars on record."""
    names = ["period", "due_date", "is_over", "is_due", "to_pay", "remitted"]
    return pd.DataFrame(rows, columns=names).astype({"due_date": "datetime64[ns]"})


JUNE = ("Jun to Aug 2025", "2025-09-22", True, True, 24.0, None)
AUTUMN = ("Sep to Nov 2025", "2025-12-22", True, True, 74.0, None)
DECEMBER = ("Dec 2025", "2026-01-20", True, True, 29.0, None)
JANUARY = ("Jan 2026", "2026-02-20", True, False, 32.0, None)
FEBRUARY = ("Feb 2026", "2026-03-20", False, False, 13.0, None)
NONE_DUE = find_open(returns(JANUARY, FEBRUARY), EMPTY)
UNPAID = find_open(returns(JUNE, AUTUMN, DECEMBER, JANUARY), EMPTY)


@pytest.mark.parametrize(
    ("given", "title", "answer"),
    [
        ((0, 0.0, 0.0), "Every line carries the tax due", "none is wrong"),
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
    assert texts.name_finding(*given, 0.0, NONE_DUE) == title
    assert texts.name_finding(*given, 5.0, NONE_DUE) == title + FEES
    for open_ in (NONE_DUE, UNPAID, find_open(returns(JUNE), UNREAD)):
        said = texts.describe_answer(*given, open_)
        # "41 lines" are two words, dollars one.
        told = answer if open_ is not UNPAID else "interest and penalty come to {late_on_all:value} at most"
        assert told in said and len(said.split()) + said.count("{wrong_lines") <= 40, said
        assert len(texts.name_finding(*given, 5.0, open_).split()) <= 14


def filed(open_):
    """Title, answer, what the tile says, title of the chart."""
    return (texts.name_finding(0, 0.0, 0.0, 0.0, open_), texts.describe_answer(0, 0.0, 0.0, open_),
            texts.describe_unpaid(open_), texts.describe_returns(open_))  # fmt: skip


def test_what_fell_due_is_never_called_unpaid_only_not_on_record():
    title, answer, tile, chart = filed(UNPAID)
    assert UNPAID.dollars == 127 and UNPAID.n_due == 3
    assert title == "{unpaid:value} of tax fell due, no payment on record; {next_return:value} more by 20 Feb"
    assert "We cannot see that the {unpaid:value} that fell due was paid" in answer
    assert "{next_return:value} follows by 20 Feb 2026" in answer and "does not say" in tile
    assert chart == "3 returns have fallen due without a payment on record: $127"
    alone = find_open(returns(JUNE), EMPTY)
    assert alone.following is None and filed(alone)[0].endswith("no payment on record")
    assert filed(alone)[3] == "1 return has fallen due without a payment on record: $24.00"


def test_returns_that_are_on_record_not_due_or_not_read_claim_nothing():
    paid = find_open(returns((*JUNE[:5], 24.0), AUTUMN[:5] + (80.0,), JANUARY), on_record(104.0))
    title, answer, tile, chart = filed(paid)
    assert paid.dollars == 0 and paid.step == "" and title == "Every line carries the tax due"
    assert answer.startswith("Each return that has fallen due has its payment") and "on record" in tile
    assert chart == "2 returns have fallen due, each with its payment on record"
    part = find_open(returns((*JUNE[:5], 20.0), DECEMBER, (*AUTUMN[:5], 74.0)), on_record(94.0))
    assert part.dollars == 33 and filed(part)[3].startswith("3 returns have fallen due, 2 of them without")
    assert [text[:22] for text in filed(NONE_DUE)[1:]] == ["No return has fallen d"] * 3
    for remitted, why in ((UNREAD, "was not read"), (on_record(9.0), "fits no period")):
        unread = find_open(returns(JUNE, JANUARY), remitted)
        assert unread.dollars is None and unread.step == "" and "fell due" not in filed(unread)[0]
        assert why in filed(unread)[1] and why in filed(unread)[2]
        assert filed(unread)[3] == "1 return has fallen due; what was paid of it cannot be told"


def on_record(dollars):
    return Remitted(pd.DataFrame({"remitted_cents": [round(100 * dollars)]}), 1)


def test_finance_first_shows_the_receipts_and_files_the_next_return():
    made = advice.decide(classes(*ERRORS, n=2), 3.0, 1.0, 7.0, UNPAID, late=18.0)
    receipts, following, ask = made.action.split("; ")
    assert receipts == (
        "find today the filing receipts of Jun to Aug ($24.00), Sep to Nov ($74.00) and Dec ($29.00), and "
        "file what has none"
    )
    assert following == "file Jan ($32.00) by 20 Feb 2026" and ask.endswith("packaging fees ($7.00)")
    assert len(made.action.split()) <= 40
    assert (
        made.strength.word == LEAN
        and made.worth.value == 127
        and "may have been paid" in made.strength.doubts[0]
    )
    assert "$18.00 at most" in made.because and "14 lines with wrong tax ($4.00)" in made.because
    many = find_open(returns(JUNE, AUTUMN, DECEMBER, DECEMBER, FEBRUARY), EMPTY)
    made = advice.decide(classes().iloc[:0], 0.0, 0.0, 0.0, many)
    assert (
        "the 4 returns without a payment on record ($156), and file what has none; file Feb ($13.00 so far)"
        in made.action
    )
    assert made.because == "A return is owed by its day whatever else is right."
    assert "still runs" in many.following.note and "still runs" not in UNPAID.following.note


def classes(*names, n=1):
    return pd.DataFrame({"class": names, "n": n, "n_errors": n})


def decide(*given):
    return advice.decide(*given, NONE_DUE)


def test_what_finance_does_is_in_the_singular_for_one_line_and_waits_where_no_cent_is_wrong():
    made = decide(classes(ZERO_TAX), 1.5, 0.0, 0.0)
    assert made.action == "find why 1 line had no tax" and made.worth.value == 1.5
    assert "20 lines" in decide(classes(ZERO_TAX, n=20), 1.5, 0.0, 0.0).action
    assert decide(classes(NO_RATE, n=4), 0.0, 0.0, 0.0).strength.word == WAIT
    every = decide(classes(*ERRORS, n=2), 3.0, 1.0, 7.0).action
    assert every.startswith("ask an adviser") and every.endswith("then look at the other 10 lines")
    for fee_tax, action in ((0.0, "file what was charged"), (7.0, "ask an adviser about")):
        made = decide(classes().iloc[:0], 0.0, 0.0, fee_tax)
        assert made.action.startswith(action) and made.strength.word == WAIT and made.worth is None


def test_charts_have_a_title_where_nothing_is_wrong():
    bars = pd.DataFrame({"label": [ZERO_TAX, "wrong rate"], "amount": [6.0, 2.0], "n": [3, 1]})
    assert texts.name_gaps(bars) == f"$8.00 was charged wrongly, 75 % of it of one kind: {ZERO_TAX}"
    assert texts.name_gaps(bars.iloc[:0]) == "No cent was charged wrongly"
    said = "Rate times revenue says $9.00; $7.00 was due, "
    assert texts.describe_naive(9.0, 7.0, 2.0) == said + "all but $2.00 of it charged"
    assert texts.describe_naive(9.0, 7.0, 0.0) == said + "all of it charged"
