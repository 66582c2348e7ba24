"""The notebook on invitations on a small estate: complete, following the rows, honest where rows lack."""

from __future__ import annotations

import functools

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.models.calendar import find_window
from lucky_analytics.questions.marketing.referral_network import brought, invitations, review, rewards
from tests import demo_suite, null_world
from tests.notebook_said import assert_names_nobody, headlines, names, page_faults, rows, said_by

NOTEBOOK = "marketing/referral_network"
TILES = {"share", "gap", "again", "reproduction", "top", "worth"}
OTHERS = {"invitations", "inviters", "review", "connectors", "reward", "needed", "unlinked", "all_each"}
ESTIMATED = {"gap", "again", "reproduction", "worth", "needed", "top"}
TABLES = {
    "measures", "trials", "months", "rules", "rewards", "tops", "reproduction", "generations", "naive",
}  # fmt: skip
NOTHING = ibis.literal(False)


@functools.cache
def histories():
    """People by registration, with their first order and how many they placed."""
    suite = demo_suite.suite()
    person = suite.customers.filter(~suite.customers.is_delivery_account)
    order = suite.orders.group_by("customer_id").agg(
        first=lambda t: t.order_date.min(), n=lambda t: t.count()
    )
    found = person.select("customer_id", "registered_at", "registered_date").left_join(order, "customer_id")
    frame = found.drop("customer_id_right").execute().sort_values("registered_at", ignore_index=True)
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("registered_date", "first")})


def bring(share: float = 0.25, few: int = 40, bias: float = 0.0):
    """Invitations for so large a ``share`` of people in the place of those of the estate; the first ``few``
    customers bring as many as all others. ``bias``: whoever orders again is invited oftener."""

    def edit(table):
        people, chance = histories(), np.random.default_rng(5)
        buyers = people[people["first"].notna()].sort_values("first", kind="stable")
        earlier = np.searchsorted(buyers["first"], people["registered_date"])
        odds = share * (1 + bias * (people["n"].fillna(0) > 1).to_numpy())
        invited = np.flatnonzero((earlier > few) & (chance.random(len(people)) < odds))
        place = (chance.random(len(invited)) * earlier[invited]).astype(int)
        place = np.where(chance.random(len(invited)) < 0.5, place, place % few)
        ids = people["customer_id"].to_numpy(object)
        frame = pd.DataFrame({"customer_id": ids[invited]})
        own = people.iloc[invited]
        frame = frame.assign(
            partake_id=[str(k) for k in range(len(frame))],
            campaign_id="A1",
            campaign_name="<b>Share</b>",
            kind="share with a friend",
            inviter_id=buyers["customer_id"].to_numpy(object)[place],
            order_id=None,
            partaken_at=(own["registered_at"] + pd.Timedelta(seconds=60)).to_numpy(),
            partake_date=own["registered_date"].to_numpy(),
        )
        return ibis.memtable(frame.astype({"order_id": "string"}))

    return edit


def run(parameters=None, **edits):
    return said_by(NOTEBOOK, demo_suite.suite(**edits), **(parameters or {}))


@functools.cache
def usual():
    return run(campaign_partakes=bring())


def test_the_page_is_complete_keeps_the_rules_and_names_no_customer():
    said, found = usual(), headlines(usual())
    assert page_faults(said) == [] and set(found) == TILES | OTHERS
    for name, record in found.items():
        assert "SELECT" in record["sql"] and record["n"] > 0
        if name in ESTIMATED:
            assert record["low"] < record["value"] < record["high"], name
        else:
            assert record["low"] is None and "Counted" in record["note"], name
    assert (
        names(said, "figure") == {"coupons", "differences", "months", "counts"}
        and names(said, "table") == TABLES
    )
    assert all(check["passed"] for check in said["check"])
    assert said["decision"][0]["strength"] == "do not decide on this yet"
    assert_names_nobody(said, demo_suite.suite())
    assert sum(row["n"] for row in rows(said, "generations")) == len(histories())


@functools.cache
def changed():
    """Fewer are invited, who order again; referral coupons take off twice as much."""
    return run(
        campaign_partakes=bring(0.12, few=8, bias=1.5),
        coupons=lambda t: t.mutate(discount_cents=t.discount_cents * 2),
    )


@pytest.mark.parametrize("name", sorted(TILES | OTHERS - {"review"}))
def test_a_headline_follows_the_rows(name):
    before, after = (headlines(said)[name]["value"] for said in (usual(), changed()))
    assert abs(after - before) > 0.001 * abs(before)


def test_a_coupon_is_an_inviters_from_the_first_invitation_on():
    suite = demo_suite.suite(campaign_partakes=bring())
    network = invitations.load_network(suite)
    rules = review.judge_invites(network)
    who = brought.mark_people(network, rules)
    found = rewards.measure_rewards(suite, network, who, rules)
    ids = network.people["customer_id"]
    begin: dict[str, pd.Timestamp] = {}
    for row in network.invites[rules == ""].itertuples():  # in order of time
        begin.setdefault(ids[row.inviter], row.at)
    used = suite.coupons.filter(suite.coupons.campaign == "referral").execute()
    window = find_window(suite.as_of, rewards.WEEKS)
    used = used[
        (used["used_at"] >= pd.Timestamp(window.start)) & (used["used_at"] < pd.Timestamp(window.end))
    ]
    dollars = late = 0.0
    for row in used.itertuples():
        since = begin.get(row.customer_id)
        dollars += row.discount_cents / 100 if since is not None and since <= row.used_at else 0.0
        late += since is not None and since > row.used_at
    assert found.inviter_dollars == pytest.approx(dollars) and late > 0


def test_people_who_order_again_are_found_to_be_worth_more():
    assert page_faults(changed()) == []
    (shown,) = [figure for figure in changed()["figure"] if figure["name"] == "differences"]
    assert shown["finding"].startswith("Invited customers bring in more margin than")
    assert "more than comparable ones" in changed()["answer"][0]["text"]


@functools.cache
def own():
    """The estate as it is: too few of the invited have been here for long enough."""
    return run()


@pytest.mark.full
def test_the_estates_own_invitations_are_counted_and_reviewed_as_planted():
    found = headlines(own())
    assert page_faults(own()) == [] and found["review"]["value"] == 1 + 2 + 6
    by_rule = {row["rule"]: row["n"] for row in rows(own(), "rules")}
    assert by_rule["self"] == 1 and by_rule["each"] == 2 and by_rule["burst"] == 6
    people = {(r["what"], r["window"]): r["value"] for r in own()["published"]}
    assert people[("people registered", "by 2026-02-13")] == len(histories())


def test_where_nothing_was_planted_nothing_is_claimed():
    said = said_by(NOTEBOOK, null_world.suite(null_world.SMALL))
    assert page_faults(said) == [] and headlines(said)["connectors"]["value"] == 0
    assert headlines(said)["top"]["value"] is None
    told = str([said["title"], said["figure"]])
    assert "bring in more margin" not in told and "bring in less margin" not in told
    assert said["decision"][0]["strength"] == "do not decide on this yet"


UNKNOWN = {
    "no customer": ({"orders": lambda t: t.filter(NOTHING)}, None, "No customer has ordered yet"),
    "before the first row": ({}, "2025-06-01", "No customer has ordered yet"),
    "an empty table": (
        {"campaign_partakes": lambda t: t.filter(NOTHING)}, None,
        "Who brings whom is not known: no invitation names its inviter",
    ),
    "no inviter": (
        {"campaign_partakes": lambda t: t.mutate(inviter_id=ibis.null("string"))}, None,
        "Who brings whom is not known: no invitation names its inviter",
    ),
}  # fmt: skip


ALWAYS = ("an empty table",)  # the others take another way to the same end


@pytest.mark.parametrize(
    "case", [case if case in ALWAYS else pytest.param(case, marks=pytest.mark.full) for case in UNKNOWN]
)
def test_what_cannot_be_known_ends_the_page_with_what_is(case):
    edits, as_of, finding = UNKNOWN[case]
    said = said_by(NOTEBOOK, demo_suite.suite(as_of=as_of, **edits))
    assert said["title"][0]["text"] == finding and page_faults(said) == []
    assert said["decision"][0]["strength"] == "do not decide on this yet"


@pytest.mark.full
def test_a_snapshot_without_the_table_says_so(monkeypatch: pytest.MonkeyPatch):
    suite = demo_suite.suite()
    optional = suite.optional
    monkeypatch.setattr(
        suite, "optional", lambda name: None if name == "campaign_partakes" else optional(name)
    )
    said = said_by(NOTEBOOK, suite)
    assert "not in the snapshot" in said["title"][0]["text"] and page_faults(said) == []


@pytest.mark.full
def test_lists_are_files_with_an_owner(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LUCKY_OUTPUTS", str(tmp_path))
    run({"export_lists": True, "list_owner": "marketing"}, campaign_partakes=bring(few=3))
    lists = {path.name.split("-")[0]: pd.read_csv(path) for path in tmp_path.glob("lists/*.csv")}
    assert set(lists) == {"super_connectors", "invitations_to_review"}
    assert len(lists["super_connectors"]) >= 3 and "rule" in lists["invitations_to_review"]


@pytest.mark.full
def test_one_store_no_cards_no_coupons_no_costs_zeros_and_other_days():
    one = run(
        {"days": 45},
        campaign_partakes=bring(),
        orders=lambda t: t.filter(t.store_id == "100001"),
        coupons=lambda t: t.filter(NOTHING),
        payment_methods=lambda t: t.filter(NOTHING),
    )
    assert page_faults(one) == [] and headlines(one)["reward"]["value"] is None
    free = run(campaign_partakes=bring(), costs=lambda t: t.filter(NOTHING))
    assert page_faults(free) == [] and headlines(free)["worth"]["value"] is None
    zeros = run(
        campaign_partakes=bring(),
        orders=lambda t: t.mutate(items_cents=ibis.literal(0), revenue_cents=ibis.literal(0)),
    )
    assert page_faults(zeros) == [] and "pay no reward" in zeros["decision"][0]["action"]
    young = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-07-20"))
    assert page_faults(young) == []
