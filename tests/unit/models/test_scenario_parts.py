"""A what-if's document is refused in one line where it is none, or says what nothing reads."""

from __future__ import annotations

import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.models.scenario_parts import parse_scenario, require_parts
from lucky_analytics.questions.finance.payment_channels import payment_what_if
from lucky_analytics.questions.finance.payment_channels.payment_prepared import prepare_payments
from lucky_analytics.questions.strategy.site_what_if.scenario import read_scenario
from tests import payment_rows


@pytest.mark.parametrize("text", ["", "not json", "{'a': 1}", "[" * 100_000])
def test_what_is_no_json_is_one_line(text):
    with pytest.raises(LuckyError, match="the what-if's document as JSON, got") as caught:
        parse_scenario(text)
    assert len(str(caught.value)) < 200 and "\n" not in str(caught.value)


@pytest.mark.parametrize("document", [None, [1, 2], "text", 5])
def test_no_document_is_refused(document):
    with pytest.raises(LuckyError, match="a document with names"):
        require_parts(document, ["levers"], "part of a scenario")


def test_what_nothing_reads_is_named_and_not_passed_over():
    with pytest.raises(LuckyError, match="unknown part of a scenario 'levrs'"):
        read_scenario({"levrs": {}}, ())
    prepared = prepare_payments(payment_rows.suite(payment_rows.make_payments()))
    for document, said in (
        ({"category": "Coffee", "levers": {"depth": 0.2}}, "unknown part of a scenario 'category'"),
        ({"levers": {"take_upp": 0.2}}, "unknown lever 'take_upp'"),
        ({"levers": [0.2]}, "a document with names"),
    ):
        with pytest.raises(LuckyError, match=said):
            payment_what_if.read_payment_question(document, prepared)
