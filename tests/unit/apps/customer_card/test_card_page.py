"""The look-up of a customer: a card as plain counts have it, one line for what is none, all in the log."""

from __future__ import annotations

import dataclasses
import functools
import json
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.apps import readers
from lucky_analytics.apps.app_frame import plain
from lucky_analytics.apps.app_parts import needs_login
from lucky_analytics.apps.customer_card import card_page
from lucky_analytics.apps.server import Access
from lucky_analytics.audit_log import read_entries
from lucky_analytics.errors import LuckyError, PublishError
from lucky_analytics.models.customer_worth.customer_classes import Rule
from lucky_analytics.questions.marketing.customer_360 import customer_card
from lucky_analytics.runs import notebooks, parameters
from lucky_analytics.settings import load
from tests import demo_suite
from tests.estate_rows import checkout

SUITE = functools.cache(demo_suite.suite)


@functools.cache
def usual():
    """A customer with orders, open coupons and an experiment; one who never ordered; a platform's account."""
    suite = SUITE()
    tested = set(suite.experiments.customer_id.execute())
    counted = suite.orders.customer_id.execute().value_counts()
    person = suite.customers.filter(~suite.customers.is_delivery_account).customer_id.execute()
    busy = next(who for who in counted.index if who in tested and who in set(person))
    never = next(who for who in sorted(person) if who not in counted.index)
    account = suite.customers.filter("is_delivery_account").customer_id.execute().iloc[0]
    return busy, never, account


@functools.cache
def prepared():
    """Values by hand: how they are made is the pages' and has its tests there."""
    busy, _, _ = usual()
    row = {
        "n_orders": 7, "days_since_last": 3.0, "paid_cents": 2950.0, "p_alive": 0.75, "year_cents": 6150.0,
        "class": "VIP", "score": 12, "reason": "orders so far", "where": "0-39: likely to stay",
        "rfm": "lately and often", "recency": 5, "frequency": 5, "money": 4,
    }  # fmt: skip
    return customer_card.PreparedCards(pd.DataFrame([row], index=[busy]), None, True, SUITE().as_of)


@pytest.fixture
def here(tmp_path):
    return checkout(tmp_path)


def ask(here, number, reader="ann", **body):
    actions = card_page.make_actions(prepared(), SUITE(), here, lambda: reader)
    return plain(actions["evaluate"]({"scenario": {"customer": number}, **body}))


def lookups(here):
    return [entry["looked_up"] for entry in read_entries(here) if entry["command"] == "look up a customer"]


def test_a_card_is_what_plain_counts_of_the_tables_say(here):
    busy, _, _ = usual()
    suite, began = SUITE(), time.process_time()
    card = ask(here, f"  {busy} ")["card"]
    assert time.process_time() - began < 2
    json.dumps(card, allow_nan=False)
    values = ("year", "paid", "p_alive", "class", "score", "scores", "n_orders")
    assert [card[name] for name in values] == [61.5, 29.5, 0.75, "VIP", 12, [5, 5, 4], 7]
    order = suite.orders.execute()
    own = order[order["customer_id"] == busy]
    stores = own["store_id"].value_counts()
    named = suite.stores.execute().set_index("store_id")["store_name"]
    best = sorted(stores.index[stores == stores.max()])
    assert card["stores"] == [{"name": named[store], "n": int(stores.max())} for store in best]
    item = suite.order_items.execute()
    bought = item[item["order_id"].isin(own["order_id"])]["product_name"].value_counts()
    assert [each["n"] for each in card["products"]] == sorted(bought, reverse=True)[:3]
    assert all(bought[each["name"]] == each["n"] for each in card["products"])
    coupon = suite.coupons.execute()
    mine = coupon[coupon["customer_id"] == busy]
    is_open = (mine["status"] == "unused") & (
        mine["expires_at"] >= pd.Timestamp(suite.as_of) + pd.Timedelta(days=1)
    )
    assert (card["n_coupons"], card["n_used"]) == (is_open.sum(), (mine["status"] == "used").sum())
    for name, table in (
        ("states", suite.customer_states),
        ("labels", suite.customer_labels),
        ("experiments", suite.experiments),
    ):
        assert len(card[name]) == min(
            (table.execute()["customer_id"] == busy).sum(), customer_card.MOST_LISTED
        )


def test_dates_are_days_and_what_the_snapshot_lacks_is_null(here):
    busy, _, _ = usual()
    card = ask(here, busy)["card"]
    dates = [each["since_date"] for each in card["states"]] + [each["given_date"] for each in card["labels"]]
    assert dates and all(len(date) == 10 for date in dates)
    bare = SUITE()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bare, "optional", lambda name: None, raising=False)
        bare_card = ask(here, busy)["card"]
    assert [bare_card[name] for name in ("states", "labels", "experiments", "coupons")] == [None] * 4


def test_who_never_ordered_has_a_card_of_dashes(here):
    _, never, _ = usual()
    card = ask(here, never)["card"]
    assert (card["n_orders"], card["stores"], card["products"]) == (0, [], [])
    assert all(
        card[name] is None for name in ("paid", "year", "p_alive", "class", "score", "where", "scores")
    )


STRANGE = ["0000000000", "' OR 1=1 --", "<img src=x onerror=alert(1)>", "ann@mail.com", "+1 212 555 0123",
           "x" * 4000, "\u0000", 7, ["1"], {"a": 1}, "1302775454; DROP TABLE t_user"]  # fmt: skip


@pytest.mark.parametrize("number", STRANGE, ids=range(len(STRANGE)))
def test_what_is_nobodys_number_is_one_line_that_does_not_repeat_it_and_one_in_the_log(here, number):
    with pytest.raises(LuckyError) as error:
        ask(here, number)
    said, typed = str(error.value), str(number)[:12] if len(str(number)) > 3 else "\0"
    assert said.startswith("customer: expected") and "\n" not in said and typed not in said
    (line,) = lookups(here)
    assert line["found"] is False and line["reader"] == "ann"
    assert line["customer"].startswith("#") and len(line["customer"]) == 17
    (log,) = (here.outputs_dir / "audit").glob("*.jsonl")
    assert typed not in log.read_text()


def test_every_look_up_is_a_line_with_reader_number_and_outcome(here):
    busy, never, account = usual()
    for number in (busy, never, busy):
        ask(here, number, reader="by token")
    with pytest.raises(LuckyError, match="an account of a delivery platform"):
        ask(here, account)
    assert [(line["reader"], line["customer"], line["found"]) for line in lookups(here)[:3]] == [
        ("by token", number, True) for number in (busy, never, busy)
    ]
    assert lookups(here)[3]["found"] is False and len(lookups(here)) == 4
    assert ask(here, "")["card"] is None and len(lookups(here)) == 4
    same = [card_page.name_asked(here, "5551234", False) for _ in range(2)]
    assert same[0] == same[1] != card_page.name_asked(here, "5551235", False)
    other = dataclasses.replace(here, data_dir=here.root / "elsewhere")
    other.data_dir.mkdir()
    assert card_page.name_asked(other, "5551234", False) != same[0]  # the hash has a key of its own


def test_without_a_reader_or_a_log_nobody_is_shown(here):
    busy, _, _ = usual()
    with pytest.raises(LuckyError, match="expected a reader who is signed in"):
        ask(here, busy, reader=None)
    assert lookups(here) == [
        {"reader": "nobody", "customer": card_page.name_asked(here, busy, False), "found": False}
    ]
    (here.outputs_dir / "audit").rename(here.outputs_dir / "gone")
    (here.outputs_dir / "audit").write_text("no folder")
    with pytest.raises(PublishError, match="audit log"):
        ask(here, busy)


def test_a_number_in_the_address_is_refused(here):
    busy, _, _ = usual()
    with pytest.raises(LuckyError, match="typed on the page"):
        ask(here, busy, query=f"customer={busy}")
    assert ask(here, busy)["query"] == ""


def test_the_page_is_told_of_no_customer_and_the_app_asks_for_a_login():
    told = json.dumps(plain(card_page.page_context(prepared(), SUITE())))
    assert not any(number in told for number in usual())
    notebook = load().notebooks_dir / "apps" / "customer_card.ipynb"
    assert needs_login(notebook) and not needs_login(notebook.with_name("price_what_if.ipynb"))


def test_the_reader_is_who_signed_in(tmp_path, monkeypatch):
    user = SimpleNamespace(username="ann")
    for access, said in (
        (Access(identity_header="X-User"), "ann"),
        (Access(token="x" * 16), readers.BY_TOKEN),
        (Access(), None),
    ):  # fmt: skip
        (tmp_path / "reader").unlink(missing_ok=True)
        readers.note_reader(str(tmp_path), access, user)
        monkeypatch.setattr("ipykernel.connect.get_connection_file", lambda: str(tmp_path / "k.json"))
        assert readers.find_reader() == said
    readers.note_reader(None, Access(token="x" * 16), user)
    monkeypatch.setattr("ipykernel.connect.get_connection_file", lambda: str(Path("/nowhere/k.json")))
    assert readers.find_reader() is None


@pytest.mark.full
def test_values_and_scores_are_those_of_the_pages_to_the_last_digit():
    from lucky_analytics.models import churn_scores
    from lucky_analytics.models.customer_histories import find_fit
    from lucky_analytics.models.customer_purchases import load_purchases
    from lucky_analytics.models.customer_worth import customer_margins, paid_orders

    suite = SUITE()
    found = customer_card.prepare_cards(suite).rows
    paid = paid_orders.load_paid_orders(suite)
    level = paid_orders.measure_level(paid.rows, suite.as_of)
    known = paid_orders.know_customers(paid.rows, suite.as_of, level)
    valued = customer_margins.value_customers(known, customer_margins.find_model(known, level))
    valued.index = paid.customer_id[valued.index]
    for name in ("p_alive", "year_cents"):
        assert np.array_equal(found[name].astype(float).to_numpy(), valued.loc[found.index, name].to_numpy())
    bought = load_purchases(suite)
    features, back = churn_scores.load_features(bought, suite.as_of), churn_scores.dates_back(60)
    tests = churn_scores.run_back_tests(bought, 60, back)
    scored, _ = churn_scores.score_active(tests.newest, features, find_fit(features), tests.best, 60)
    scored = scored.set_index("customer_id")
    assert found["score"].notna().sum() == len(scored)
    assert (found.loc[scored.index, "score"].astype(int) == scored["score"]).all()


@pytest.mark.parametrize("page", ["lifetime_value", "customer_360"])
def test_the_card_has_the_classes_of_the_pages_as_they_are_run(page):
    notebook = notebooks.find(page, load())
    written = parameters.read_file(notebook.parameter_file)
    given = parameters.resolve(notebooks.load(notebook).parameters, written, {})
    assert Rule(*(given[name] for name in ("vip_dollars", "let_go_dollars", "alive_chance"))) == Rule()
