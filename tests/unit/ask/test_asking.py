"""From question to answer on the small demo estate, against SQL and frames of its own."""

import json

import pytest

from lucky_analytics import report_record, settings
from lucky_analytics.ask.ask_answer import Answer, write_csv
from lucky_analytics.ask.ask_request import Condition, Request
from lucky_analytics.ask.asked_rows import compute_request
from lucky_analytics.ask.asking import Asker
from lucky_analytics.ask.expression_of import build_expression
from lucky_analytics.ask.request_checks import Scope
from lucky_analytics.ask.request_document import from_document
from lucky_analytics.errors import LuckyError
from lucky_analytics.metrics import REGISTRY, aggregate
from tests import ask_demo, demo_suite

STORE = "stores.store_name"


def ask(text, **options):
    return ask_demo.asker(**options).ask(text)


def test_every_metric_is_that_of_the_metrics_layer():
    suite = ask_demo.suite()
    for name in REGISTRY:
        ours = compute_request(suite, Request((name,))).frame[name][0]
        theirs = aggregate(suite, [name]).execute()[name][0]
        assert ours == pytest.approx(theirs, nan_ok=True), name


def test_a_filter_a_group_and_a_period_are_those_of_a_frame():
    suite = ask_demo.suite()
    orders = suite.orders.execute().merge(
        suite.stores.execute()[["store_id", "store_name", "is_trading_store"]], on="store_id"
    )
    chosen = orders[orders["is_trading_store_y"] & (orders["channel"] == "ios")]
    chosen = chosen[(chosen["order_date"] >= "2026-01-01") & (chosen["order_date"] < "2026-02-01")]
    answer = ask("revenue on iOS by store in January")
    expected = (chosen.groupby("store_name")["revenue_cents"].sum() / 100).to_dict()
    assert {row[0]: row[1] for row in answer.rows} == pytest.approx(expected)
    assert answer.n == len(chosen)


def test_a_limit_in_dollars_or_percent_is_that_of_the_rows():
    """Money is kept in cents and shares as shares; a limit is said in dollars and percent."""
    suite = ask_demo.suite()
    stores = suite.stores.execute().query("is_trading_store")[["store_id", "store_name"]]
    orders = suite.orders.execute().merge(stores, on="store_id").groupby("store_name")
    dollars = orders["revenue_cents"].sum() / 100
    limit = round(dollars.median())
    answer = ask(f"which stores sold more than ${limit:,}?")
    assert {row[0] for row in answer.rows} == set(dollars[dollars > limit].index)
    assert f"more than ${limit:,}" in answer.read_as
    rates = aggregate(suite, ["discount_rate"], by=["store_id"]).execute().merge(stores, on="store_id")
    limit = round(100 * rates["discount_rate"].median())
    answer = ask(f"stores with a discount rate above {limit} %")
    above = rates[100 * rates["discount_rate"] > limit]["store_name"]
    assert {row[0] for row in answer.rows} == set(above) and 0 < len(above) < len(stores)
    assert f"more than {limit} %" in answer.read_as


def test_changing_the_rows_changes_the_answer():
    def doubled(orders):
        return orders.mutate(revenue_cents=orders.revenue_cents * 2)

    before = ask("revenue in January").rows[0][0]
    after = Asker(demo_suite.suite(orders=doubled), vocabulary=ask_demo.vocabulary()).ask(
        "revenue in January"
    )
    assert after.rows[0][0] == pytest.approx(2 * before)


def test_an_answer_says_number_unit_period_n_and_where_it_comes_from():
    answer = ask("How much revenue did we make in January?")
    assert answer.outcome == "answered"
    assert "in January 2026" in answer.sentence and "n = " in answer.sentence and "$" in answer.sentence
    assert answer.read_as == "Revenue, in January 2026"
    assert "luckyus_sales_order.t_order" in answer.sources
    assert "FROM" in answer.sql and ask_demo.suite().snapshot.id in answer.fresh
    assert answer.meaning[0]["owner"] == "finance"
    assert answer.next and from_document(answer.request).measures == ("revenue",)


def test_each_proposed_follow_up_can_be_asked():
    asker = ask_demo.asker()
    for text in (
        "orders at 221 Grand last week",
        "waste rate of Whole Milk by store in January",
        "complaints in January",
    ):
        answer = asker.ask(text)
        for following in answer.next:
            again = asker.ask(following, from_document(answer.request))
            assert again.outcome == "answered", (text, following, again.sentence)


def test_customers_are_ranked_without_their_numbers():
    answer = ask("top 10 users by order count")
    assert [row[0] for row in answer.rows] == [
        f"{i}{end}" for i, end in zip(range(1, 11), ["st", "nd", "rd"] + ["th"] * 7, strict=True)
    ]
    numbers = set(ask_demo.suite().customers.customer_id.execute())
    assert not any(number in json.dumps(vars(answer), default=str) for number in numbers)


def test_rows_of_other_stores_are_left_out_before_anything_is_computed():
    suite = ask_demo.suite()
    ids = frozenset(suite.stores.filter(suite.stores.store_name == "221 Grand").store_id.execute())
    scope = Scope("store_221_grand", None, ids, frozenset({"221 Grand"}))
    own = ask("orders at 221 Grand in January").rows[0][0]
    assert ask("orders in January", scope=scope).rows[0][0] == own
    assert {row[0] for row in ask("orders by store in January", scope=scope).rows} <= {"221 Grand"}
    assert "Only rows of 221 Grand count" in ask("orders in January", scope=scope).notes[0]
    assert ask("orders at 221 Grand in January", scope=scope).rows[0][0] == own
    for text in ("orders at 102 Fulton in January", "orders not at 221 Grand in January"):
        answer = ask(text, scope=scope)  # no number: nothing is not what another store sold
        assert (answer.outcome, answer.why) == (
            "refused",
            "not yours",
        ) and "221 Grand only" in answer.sentence
    assert ask("share of payments that failed", scope=scope).outcome == "refused"
    said = {"measures": ["orders"], "where": [{"key": STORE, "values": ["102 Fulton"]}]}
    assert Asker(suite, scope, vocabulary=ask_demo.vocabulary()).ask_request(said).why == "not yours"


def test_what_is_typed_is_no_part_of_a_query():
    suite = ask_demo.suite()
    hostile = "x') OR 1=1; DROP TABLE orders; --"
    found = compute_request(suite, Request(("orders",), where=(Condition("orders.channel", (hostile,)),)))
    assert found.frame["orders"][0] == 0
    assert suite.orders.count().execute() > 0


def test_the_log_has_what_was_read_and_never_what_was_typed(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir(), (tmp_path / "params").mkdir()
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    monkeypatch.setenv("LUCKY_OUTPUTS", str(tmp_path / "out"))
    asker = ask_demo.asker(settings=settings.load(), reader="ann")
    asker.ask("orders in January")
    asker.ask("call me at +1 917 555 0100 about ann@example.com")
    (file,) = (tmp_path / "out/audit").glob("*.jsonl")
    text = file.read_text()
    lines = [json.loads(line)["asked"] for line in text.splitlines()]
    assert [line["outcome"] for line in lines] == ["answered", "refused"]
    assert lines[0]["read_as"] == "Orders, in January 2026" and lines[0]["reader"] == "ann"
    assert "917" not in text and "example.com" not in text


def test_a_question_that_takes_too_long_is_stopped():
    with pytest.raises(LuckyError, match="within 0 seconds"):
        compute_request(
            demo_suite.suite(),
            Request(("count:all_orders",), ("stores.store_name", "all_orders.channel", "day")),
            seconds=0,
        )


def test_a_broken_contract_or_a_leak_withholds_the_number(monkeypatch):
    monkeypatch.setattr(
        report_record, "leaks_found", lambda: {"luckyus_sales_order.t_order": "3 rows of New Zealand"}
    )
    answer = ask("orders in January")
    assert (answer.outcome, answer.why, answer.rows) == ("refused", "withheld", ())


def test_a_table_that_is_missing_costs_its_own_questions(monkeypatch):
    suite = demo_suite.suite()
    gone = {k: v for k, v in suite.snapshot.tables.items() if not k.endswith("t_complaint")}
    assert len(gone) < len(suite.snapshot.tables)
    monkeypatch.setitem(vars(suite), "snapshot", suite.snapshot)
    object.__setattr__(suite, "snapshot", type(suite.snapshot)(**{**vars(suite.snapshot), "tables": gone}))
    asker = Asker(suite, vocabulary=ask_demo.vocabulary())
    assert asker.ask("complaints in January").outcome == "refused"
    assert asker.ask("orders in January").outcome == "answered"


def test_a_table_for_a_spreadsheet_runs_no_formula():
    answer = Answer(
        "answered", "", heads=("store", "Orders"), units=("orders",), rows=(("@SUM(1)", 2.0), ("-1", 1.0))
    )
    assert write_csv(answer).splitlines()[1:] == ["'@SUM(1),2.0", "'-1,1.0"]


def test_only_the_first_rows_are_fetched():
    made = build_expression(
        ask_demo.suite(), Request(("orders",), (STORE, "day", "orders.local_hour", "orders.channel"))
    )
    assert len(made.execute()) == 1_001
    answer = ask_demo.asker().ask_request(
        {"measures": ["orders"], "by": [STORE, "day", "orders.local_hour", "orders.channel"]}
    )
    assert len(answer.rows) == 1_000 and any("first 1,000" in note for note in answer.notes)
