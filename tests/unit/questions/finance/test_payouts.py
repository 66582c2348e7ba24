"""The payout file of the processor: refused in one line where it is wrong, matched where it is right."""

from __future__ import annotations

import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.models.matched_books import books as three_books
from lucky_analytics.models.matched_books import legs as matching
from lucky_analytics.questions.finance.revenue_reconciliation import payouts
from tests import estate_rows, hand_ledger

HEAD = "line_id,payment_id,currency,gross_dollars,fee_dollars,paid_out\n"
GOOD = "1,P1,USD,5.00,0.20,2026-02-10\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + GOOD + "2,P2,USD,4.715,0,2026-02-10\n", r"row 3, gross_dollars: expected whole cents"),
        (HEAD + GOOD + "2,P2,USD,4.71,0,10.02.2026\n", r"row 3, paid_out: expected a date like 2026-02-13"),
        (HEAD + GOOD + "2,,USD,4.71,0,2026-02-10\n", r"row 3, payment_id: expected text"),
        (HEAD + GOOD + "2,P2,USD,five,0,2026-02-10\n", r"row 3, gross_dollars: expected a number"),
        (HEAD + GOOD + GOOD, r"row 3: expected each line_id once"),
        (HEAD, r"expected rows"),
        (HEAD + GOOD + "2,P2,US$,4.71,0,2026-02-10\n", r"row 3, currency: expected USD or NZD, got 'US\$'"),
        (HEAD + GOOD + "2,P2,USD,4.71,0\n", r"row 3, paid_out: expected text"),
        (HEAD + GOOD + "2,P2,USD,4.71,0,2026-02-10,9\n", r"expected a CSV file"),
        ("fee_dollars, " + HEAD + "0," + GOOD, r"expected each column once, got 'fee_dollars'"),
        ("line_id,amount\n1,2\n", r"expected columns line_id, payment_id"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(tmp_path, text, message):
    file = tmp_path / "payouts.csv"
    file.write_text(text)
    with pytest.raises(LuckyError, match=message) as raised:
        payouts.read_payouts(file)
    assert str(file) in str(raised.value) and "\n" not in str(raised.value)


def test_no_file_is_no_comparison():
    assert payouts.read_payouts("") is None


def test_lines_meet_payments(tmp_path):
    rows = [
        "1,P1,USD,5.00,0.2050,2026-02-10", "2,P2,USD,4.70,0.20,2026-02-10", "3,P4,USD,6.00,0.20,2026-02-10",
        "4,P5,USD,3.33,0.20,2026-02-10", "5,P5,USD,3.33,0.20,2026-02-11", "6,P98,USD,1.00,0.20,2026-02-10",
        "7,P27,USD,3.51,0.20,2026-02-10", "8,P6,USD,9.99,0.20,2026-02-14",
    ]  # fmt: skip
    file = tmp_path / "payouts.csv"
    file.write_text(HEAD + "\n".join(rows) + "\n")
    record = {"channel_id": 53, "transaction_fee": "0.20", "create_time": "2026-02-08T17:00:00"}
    ledger = hand_ledger.rows()
    ledger["luckyus_sales_payment.t_channel_fee"] = [
        {**record, "id": 1, "trade_no": "P1", "total_fee": "0.2050"},
        {**record, "id": 2, "trade_no": "P2", "total_fee": "0.5000"},
        {**record, "id": 3, "trade_no": "P7a", "total_fee": "0.5000"},  # not paid out: stands there
    ]
    suite = estate_rows.suite(tmp_path, ledger, hand_ledger.AS_OF)
    books = three_books.load_books(suite)
    leg, fees = payouts.match_payouts(books, payouts.read_payouts(file), matching.Rules(suite.as_of))
    lines = leg.right.execute().set_index("row_id")["class"].to_dict()
    assert lines == {"1": "matched", "2": "rounding", "3": "amount", "4": "matched", "5": "duplicate",
                     "6": "orphan", "7": "currency"}  # fmt: skip
    paid = leg.left.execute().set_index("key")["class"]
    assert paid["P27"] == "currency" and paid["P6"] == paid["P7a"] == "missing counterpart"  # P6: after as_of
    charged = fees.right.execute().set_index("row_id")["class"].to_dict()
    assert charged == {"1": "matched", "2": "amount", **dict.fromkeys("34567", "orphan")}
    assert fees.left.execute().set_index("key")["class"].to_dict() == {"P1": "matched", "P2": "amount"}
    assert (leg.sums["off_cents"] == leg.sums["right_cents"] - leg.sums["left_cents"]).all()
