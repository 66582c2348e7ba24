"""The page on campaigns on a small estate: whole, kept to the rules, following its rows."""

from __future__ import annotations

import datetime as dt
import functools

import ibis
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.models.acquisition_cost import measure_marketing_cost
from lucky_analytics.models.customer_worth import paid_orders
from lucky_analytics.questions.marketing.campaign_performance import kept_coupons
from tests import demo_suite, null_world
from tests.notebook_said import assert_names_nobody, headlines, names, page_faults, rows, said_by

NOTEBOOK = "marketing/campaign_performance"
RANGED = {"added", "credited", "use"}
COUNTED = {
    "week",
    "revenue",
    "discount",
    "left",
    "acquired",
    "templates",
    "used_templates",
    "untested",
    "earning",
    "losing",
    "odd",
    "archive_use",
}
FIGURES = {"depths", "campaigns", "course", "use"}
TABLES = {"scorecard", "campaigns", "tests", "depths", "never_drawn", "drawn", "acquired", "days",
          "archive"}  # fmt: skip


def run(as_of=None, parameters=None, **edits):
    return said_by(NOTEBOOK, demo_suite.suite(as_of, **edits), **(parameters or {}))


@functools.cache
def usual():
    return run()


def test_the_page_is_whole_keeps_the_rules_and_names_no_customer():
    said, found = usual(), headlines(usual())
    assert page_faults(said) == [] and set(found) == RANGED | COUNTED
    for name, record in found.items():
        assert record["n"] > 0 and "SELECT" in record["sql"], name
        if name in RANGED:
            assert record["low"] < record["value"] < record["high"] and record["level"] == 0.9, name
        else:
            assert record["low"] is None and "Counted" in record["note"], name
    assert names(said, "figure") == FIGURES and names(said, "table") == TABLES
    assert all(check["passed"] for check in said["check"])
    assert {row["measure"] for row in rows(said, "days")} == {"uses", "discounts", "margin"}
    assert all(row["other_low"] < row["other"] < row["other_high"] for row in rows(said, "depths"))
    assert found["losing"]["n"] == len(rows(said, "depths"))
    assert_names_nobody(said, demo_suite.suite())
    assert any("ran out is no loss" in record["text"] for record in said["caveat"])


def test_the_page_decides_no_more_than_chance_showed():
    (decision,) = usual()["decision"]
    assert decision["strength"] == "do not decide on this yet" and decision["on"] == {}
    assert "no coupon is known" in usual()["title"][0]["text"]


def test_every_template_is_listed_once_and_ranked_with_its_own():
    suite, never, drawn = demo_suite.suite(), rows(usual(), "never_drawn"), rows(usual(), "drawn")
    kinds = suite.coupon_templates.execute()
    listed = [row["template_id"] for row in (*never, *drawn)]
    assert len(listed) == len(set(listed)) == len(kinds) == 1_262
    weekly = set(kinds.loc[kinds["campaign"] == "weekly program", "template_id"])
    assert {row["template_id"] for row in drawn} <= weekly
    assert [row["rank"] for row in never] == list(range(1, len(never) + 1))
    margins = [row["margin"] for row in never if row["margin"] is not None]
    assert margins == sorted(margins, reverse=True)


def test_sums_and_shares_are_those_of_a_loop_over_rows():
    suite = demo_suite.suite()
    coupon = suite.coupons.execute()
    used = coupon[coupon["status"] == "used"]
    found = headlines(usual())
    assert found["discount"]["value"] == pytest.approx(used["discount_cents"].sum() / 100)
    assert found["discount"]["n"] == len(used)
    valid = dict(
        zip(*suite.coupon_templates.execute()[["template_id", "valid_days"]].T.to_numpy(), strict=True)
    )
    at_risk = {}
    for row in coupon[coupon["campaign"] != "weekly program"].itertuples():
        given = row.received_date.date() if hasattr(row.received_date, "date") else row.received_date
        if given < dt.date(2026, 1, 15) or given + dt.timedelta(valid[row.template_id]) <= dt.date(
            2026, 2, 14
        ):
            continue
        own = at_risk.setdefault(given, [0, 0])
        own[0] += 1
        own[1] += row.status == "used"
    # Nobody uses a coupon after a week here, so that whoever was seen so long tells all.
    old = [each for given, each in at_risk.items() if given <= dt.date(2026, 2, 5)]
    share = sum(n for _, n in old) / sum(n for n, _ in old)
    assert found["use"]["value"] == pytest.approx(1000 * share, rel=0.1)
    assert found["use"]["n"] == sum(n for n, _ in at_risk.values())


@pytest.mark.full
def test_the_cost_of_a_new_customer_is_that_of_the_neighbours():
    suite = demo_suite.suite()
    (entered,) = [each for each in usual()["published"] if each["what"].startswith("marketing bills")]
    paid = paid_orders.load_paid_orders(suite)
    first = paid.rows.loc[paid.rows["is_first"], "order_date"]
    assert entered["value"] == measure_marketing_cost(suite, first)["value"]


def changed_coupons(coupon):
    """Used ones are twice as deep; every third unused one is gone."""
    is_used = coupon.status == "used"
    kept = coupon.filter(is_used | (coupon.coupon_id.hash() % 3 != 0))
    return kept.mutate(discount_cents=kept.discount_cents * 2)


@pytest.fixture(scope="module")
def changed():
    return run(
        parameters={"weeks_apart": 1.0},
        orders=lambda order: order.mutate(revenue_cents=order.revenue_cents * 2),
        coupons=changed_coupons,
        order_items=lambda item: item.mutate(paid_cents=item.paid_cents * 2),
        fees=lambda fee: fee.mutate(fee_cents=fee.fee_cents * 2),
        coupon_templates=lambda kind: kind.filter(kind.template_id.hash() % 5 != 0),
    )


@pytest.mark.parametrize("name", sorted((RANGED | COUNTED) - {"earning", "losing", "odd"}))
def test_a_headline_follows_the_rows(name, changed):
    before, after = headlines(usual())[name]["value"], headlines(changed)[name]["value"]
    assert abs(after - before) > 0.001 * abs(before)


def test_a_coupon_that_is_off_its_order_fails_the_check(changed):
    failed = {check["name"] for check in changed["check"] if not check["passed"]}
    assert "Coupons took off what their orders' items were reduced by" in failed


def test_before_the_first_use_the_page_says_so():
    said = run("2025-09-22")
    assert "No coupon" in said["title"][0]["text"] and page_faults(said) == []
    assert said["decision"][0]["strength"] == "do not decide on this yet"


@pytest.mark.full
def test_without_a_draw_the_page_describes_alone():
    for edits in (
        {"coupon_exposures": lambda e: e.filter(e.assignment == "rule")},
        {"coupon_exposures": lambda e: e.filter(e.depth < 0)},
    ):
        said = run(**edits)
        assert page_faults(said) == [] and "not known" in said["title"][0]["text"]
        assert headlines(said)["added"]["value"] is None and "depths" not in names(said, "figure")


@pytest.mark.full
def test_without_costs_nothing_is_made_up():
    with pytest.raises(LuckyError, match="known cost"):
        run(costs=lambda cost: cost.filter(cost.unit_cost_cents < 0))


@pytest.mark.full
@pytest.mark.parametrize(
    "edits",
    [
        {"orders": lambda order: order.filter(order.store_id == order.store_id.min())},
        {
            "coupons": lambda c: c.mutate(
                discount_cents=ibis.ifelse(c.status == "used", 0, ibis.null("int64"))
            )
        },
        {"coupons": lambda c: c.filter(c.campaign == "weekly program")},
        {"coupons": lambda c: c.filter(c.coupon_id.hash() % 400 == 0)},
        {"coupons": lambda c: c.mutate(order_id=ibis.literal("none"))},
        {"coupon_templates": lambda kind: kind.filter(kind.depth < 0)},
        {"accounting_costs": lambda bill: bill.filter(bill.kind != "marketing")},
    ],
)
def test_at_the_edges_the_page_comes(edits):
    """One store; nothing taken off; one campaign; a handful; orders, kinds or bills that are not there."""
    said = run(**edits)
    assert page_faults(said) == [] and len(said["answer"]) == 1
    records = [record for kind in said if kind != "outputs" for record in said[kind]]
    words = [record[part] for record in records for part in ("text", "note") if record.get(part)]
    assert not any("nan" in word.lower().split() for word in words if isinstance(word, str))


@pytest.mark.full
def test_without_unused_coupons_no_share_is_made_up():
    said = run(coupons=lambda coupon: coupon.filter(coupon.status == "used"))
    assert headlines(said)["use"]["value"] is None and page_faults(said) == []
    assert {row["known"] for row in rows(said, "never_drawn")} <= {
        "not known: moved to the archive", "not in the live table",
    }  # fmt: skip


@pytest.mark.full
def test_an_earlier_day_is_read_from_what_the_table_still_holds():
    said = run("2026-01-31")
    assert (
        page_faults(said) == []
        and headlines(said)["discount"]["value"] < headlines(usual())["discount"]["value"]
    )
    assert headlines(said)["use"]["value"] is None


@pytest.mark.full
def test_words_of_templates_cannot_become_markup():
    said = run(coupon_templates=lambda kind: kind.mutate(template_name=ibis.literal("<b>x</b>")))
    assert "<b>x" not in str(said["outputs"])


@pytest.mark.full
def test_in_the_null_world_nothing_is_claimed():
    said = said_by(NOTEBOOK, null_world.suite(null_world.SMALL))
    found = headlines(said)
    assert found["earning"]["value"] == found["losing"]["value"] == 0 and page_faults(said) == []
    assert said["decision"][0]["strength"] == "do not decide on this yet" and said["decision"][0]["on"] == {}
    assert "known to earn" in said["title"][0]["text"]


def test_weekly_coupons_are_counted_from_what_was_shown():
    suite = demo_suite.suite()
    coupon = kept_coupons.load_coupons(suite)
    kept = kept_coupons.find_kept(kept_coupons.count_given(coupon))
    ages = kept_coupons.load_ages(suite, coupon, kept)
    weekly = ages[ages["campaign"] == "weekly program"]
    shown = suite.coupon_exposures.filter(lambda row: (row.depth > 0) & (row.week_date >= kept.used_from))
    assert weekly[["n_event", "n_censored"]].sum().sum() == shown.count().execute()
    used = coupon.filter((coupon.campaign == "weekly program") & coupon.is_used).execute()
    pairs = set(zip(*shown.select("template_id", "customer_id").execute().T.to_numpy(), strict=True))
    # One that is used twice in its week counts once.
    twice = set(zip(used["template_id"], used["customer_id"], strict=True)) & pairs
    assert weekly["n_event"].sum() == len(twice) < len(used)


def test_the_share_of_the_archive_is_of_weeks_that_are_wholly_in_it():
    suite, said = demo_suite.suite(), usual()
    used_from = kept_coupons.find_kept(kept_coupons.count_given(kept_coupons.load_coupons(suite))).used_from
    weeks = suite.archived_coupons.execute().merge(
        suite.coupon_templates.select("template_id", "valid_days").execute(), on="template_id"
    )
    n_given = n_used = 0
    for row in weeks.itertuples():
        if row.week_date.date() + dt.timedelta(days=7 + int(row.valid_days)) <= used_from:
            n_given, n_used = n_given + row.n_given, n_used + row.n_used
    found = headlines(said)["archive_use"]
    assert found["n"] == n_given > 100_000 and found["value"] == pytest.approx(1_000 * n_used / n_given)
    assert rows(said, "archive")[-1]["n_used"] == n_used < sum(weeks["n_used"])


def test_more_used_in_the_archive_is_more_and_without_one_nobody_can_tell():
    twice = run(archived_coupons=lambda table: table.mutate(n_used=table.n_used * 2))
    before = headlines(usual())["archive_use"]["value"]
    assert headlines(twice)["archive_use"]["value"] == pytest.approx(2 * before)
    none = run(archived_coupons=lambda table: table.filter(False))
    assert headlines(none)["archive_use"]["value"] is None and "archive" not in names(none, "table")
    assert page_faults(none) == []
