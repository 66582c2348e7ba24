"""Outcomes by days and months, the score, evidence and sentences, on controls written by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lucky_analytics.errors import MissingTableError
from lucky_analytics.methods.ledgers.control_limits import Limit
from lucky_analytics.questions.platform.compliance import control_runs, texts, views
from lucky_analytics.questions.platform.compliance.control_runs import Run
from lucky_analytics.questions.platform.compliance.declared_controls import Control
from lucky_analytics.questions.platform.compliance.evidence_rows import list_evidence
from lucky_analytics.questions.platform.compliance.material import Found, list_rows
from lucky_analytics.report_evidence import hash_evidence

AS_OF = dt.date(2026, 2, 13)
STORES = pd.DataFrame({"store_id": ["1"], "store_name": ["8th & Broadway"]})


def control(name="fees", tab="Payment", severity="high", limit="0", **more):
    words = {"title": f"no {name}", "demands": "none", "source": "own rule", "owner": "Finance",
             "of": "payments", "exceptions": f"{name} without", "evidence": "id", "query": name}  # fmt: skip
    return Control(
        name,
        tab=tab,
        severity=severity,
        limit=None if limit is None else Limit.read(limit),
        **{**words, **more},
    )


def run(days, exceptions=(), n=100, cents=None, **declared):
    """A control with ``n`` cases on each of the days, and exceptions on some."""
    cases = pd.DataFrame({"date": pd.to_datetime(list(days)), "n": n})
    rows = [{"case": f"c{place}", "date": day, "store_id": "1", "detail": "wrong", "cents": cents}
            for place, day in enumerate(exceptions)]  # fmt: skip
    listed = list_rows(pd.DataFrame(rows, columns=["case", "date", "store_id", "detail", "cents"]))
    return Run(control(**declared), Found(cases, listed))


def untestable(name="pci", **more):
    declared = control(name, limit=None, not_testable="no table", **more)
    return Run(declared, control_runs._NONE, "no table")


NOW, BEFORE, DAYS = "2026-02-01", "2026-01-10", ["2026-01-10", "2026-02-01"]


def judged(*runs, days=30):
    return control_runs.judge_days(runs, AS_OF, days, 0.95)


@pytest.mark.parametrize(
    ("exceptions", "outcome", "before", "is_new"),
    [
        ([], "passed", "passed", False),
        ([NOW], "failed", "passed", True),
        ([BEFORE], "passed", "failed", False),
        ([NOW, BEFORE], "failed", "failed", False),
    ],
)
def test_the_last_days_and_those_before_are_judged_apart(exceptions, outcome, before, is_new):
    row = judged(run(DAYS, exceptions)).iloc[0]
    assert (row["outcome"], row["before"], bool(row["is_new"])) == (outcome, before, is_new)
    assert row["n_all"] == len(exceptions)


def test_days_end_with_as_of_and_begin_as_many_days_before():
    days = ["2026-01-14", "2026-01-15", "2026-02-13"]
    row = judged(run(days, days, n=1)).iloc[0]
    assert (row["n"], row["cases"]) == (2, 2) and row["before"] == "failed"


def test_a_share_is_judged_by_its_interval_and_never_has_more_exceptions_than_cases():
    few = judged(run([NOW], [NOW], n=20, limit="5 %")).iloc[0]
    assert few["outcome"] == "too few to say" and few["low"] < 0.05 < few["high"]
    assert judged(run([NOW], [NOW] * 3, n=1, limit="5 %")).iloc[0]["share"] == 1


def test_the_score_weighs_by_severity_and_counts_only_what_was_tested():
    rows = judged(
        run(DAYS, severity="high"),
        run(DAYS, [NOW], name="late", severity="medium"),
        run([NOW], [NOW], n=20, limit="5 %", name="few", severity="low"),
        run([], name="none"),
        untestable(),
    )
    assert rows["outcome"].tolist() == ["passed", "failed", "too few to say", "no case", "not testable"]
    assert control_runs.score(rows) == 3 / 6
    assert control_runs.score(rows.tail(2)) is None
    counts = views.count_outcomes(rows)
    assert counts["tested"] == 3 and counts["not testable"] == 1
    assert control_runs.count_open(rows) == 1


def test_months_are_judged_from_the_first_case_on_and_the_last_up_to_as_of():
    months = control_runs.judge_months(
        [run(["2025-11-30", NOW], [NOW, "2026-02-20"]), untestable()], AS_OF, 0.95
    )
    assert [f"{month:%Y-%m}" for month in months["month"]] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert months["outcome"].tolist() == ["passed", "no case", "no case", "failed"]
    assert months["n"].tolist() == [0, 0, 0, 1]
    scores = views.show_scores(months)
    assert scores["score"].tolist()[::3] == [1.0, 0.0] and scores["score"].isna().sum() == 2
    assert scores["Payment"].iloc[0] == 1 and scores["Tax"].isna().all()
    assert control_runs.judge_months([untestable()], AS_OF, 0.95).empty


def test_a_table_that_a_query_lacks_costs_its_control_alone(monkeypatch):
    def lacking(material):
        raise MissingTableError("luckyus_x.t_y", "s1")

    passed = run(DAYS)
    monkeypatch.setattr(
        control_runs, "list_queries", lambda: {"a": lacking, "b": lambda material: passed.found}
    )
    made = control_runs.run_controls([control("x", query="a"), control("y", query="b")], None)
    assert [bool(one.reason) for one in made] == [True, False] and "t_y" in made[0].reason
    assert judged(*made)["outcome"].tolist() == ["not testable", "passed"]


def evidence_of(*runs):
    return list_evidence(runs, control_runs.judge_months(runs, AS_OF, 0.95), STORES)


def test_evidence_is_the_same_however_the_rows_were_found():
    rows = [("b", NOW), ("a", NOW), ("a", BEFORE)]
    made = []
    for order in (rows, rows[::-1]):
        frame = pd.DataFrame(
            [{"case": case, "date": day, "store_id": "1", "detail": "x"} for case, day in order]
        )
        made.append(evidence_of(Run(control(), Found(run(DAYS).found.cases, list_rows(frame)))))
    pd.testing.assert_frame_equal(*made)
    assert made[0]["part"].tolist() == ["declared", "month", "month", *["exception"] * 3]
    assert made[0]["store"].dropna().unique().tolist() == ["8th & Broadway"]


def test_whatever_a_test_rests_on_changes_its_hash_and_no_other():
    other = run(DAYS, [NOW], name="other")
    before = hash_evidence(evidence_of(run(DAYS), other))
    changed = [
        run(DAYS, limit="1"),
        run(DAYS, owner="Treasury"),
        run(DAYS, n=101),
        run(DAYS, [NOW]),
        run(DAYS[:1]),
    ]
    for one in changed:
        now = hash_evidence(evidence_of(one, other))
        assert now["fees"] != before["fees"] and now["other"] == before["other"]


def test_what_is_not_testable_has_evidence_of_that_and_line_breaks_are_none():
    made = evidence_of(untestable(), run(DAYS, demands="two\nlines"))
    assert made["part"].tolist() == ["declared", "declared", "month", "month"]
    assert "no table" in made["detail"].iloc[0] and set(hash_evidence(made)) == {"pci", "fees"}


FAIL, PASS = run(DAYS, [NOW], cents=250), run(DAYS, name="late")
FEW = run([NOW], [NOW], n=20, limit="5 %", name="few")
NEW_AND_OLD = run(DAYS, [NOW, BEFORE], name="old", cents=100)


@pytest.mark.parametrize(
    ("runs", "title", "answer"),
    [
        ([FAIL, untestable()], "{failed:value} of {tested:value} checks fails, {new_failures",
         "{new_failures:value} of the checks that fail did not fail before"),
        ([NEW_AND_OLD], "{failed:value} of {tested:value} checks fails, not newly; {always:value}",
         "No check that fails is new"),
        ([NEW_AND_OLD, NEW_AND_OLD], "{failed:value} of {tested:value} checks fail, none new; {alw",
         "the money is in"),
        ([FAIL, NEW_AND_OLD], "{failed:value} of {tested:value} checks fail", "most of the money is in fees"),
        ([PASS], "All {tested:value} checks pass", "None of what could be"),
        ([PASS, FEW], "No check fails, but of {undecided:value}", "None of what could be"),
        ([untestable()], "No check could be made; {untestable:value}", "nothing passed, and nothing"),
    ],
)  # fmt: skip
def test_title_and_answer_say_no_more_than_the_outcomes(runs, title, answer):
    rows = judged(*runs)
    counts = views.count_outcomes(rows)
    n_new, months = int(rows["is_new"].sum()), control_runs.judge_months(runs, AS_OF, 0.95)
    said = texts.name_finding(counts, n_new, len(views.always_failed(months, rows)))
    assert said.startswith(title) and len(said.split()) <= 14
    failed = views.rank_failed(rows)
    assert answer in texts.describe_answer(counts, n_new, failed, 30)
    taxed = texts.describe_answer(counts, n_new, failed, 30, 128_700.0)
    assert taxed.startswith("{tax_unpaid:value} of sales tax fell due") and len(taxed.split()) <= 40
    title = texts.name_finding(counts, n_new, 0, 128_700.0)
    assert "{tax_unpaid:value} of sales tax shows no payment" in title and len(title.split()) <= 17


def test_what_fails_is_settled_by_its_owner_the_dearest_then_the_severest_and_newest_first():
    rows = judged(
        run(DAYS, [NOW, BEFORE], name="small", severity="low", cents=90_000),
        NEW_AND_OLD, FAIL, run(DAYS, [NOW], name="shifts", owner="People", severity="medium"),
    )  # fmt: skip
    made = texts.decide(rows)
    assert made.action == (
        "have Finance settle small without (2, $1,800), fees without (1, $2.50) and old without (2, $2.00); "
        "People settle shifts without (1)"
    )
    assert made.strength.word == "do" and made.worth.value == pytest.approx(1804.5)


def test_what_failed_in_every_month_is_named_first_and_no_more_than_a_reader_takes_in():
    always = run(DAYS, DAYS, name="shifts", owner="People", severity="low")
    long = [run(DAYS, [NOW], name=f"a control of a long name, number {n},") for n in range(5)]
    runs = [*long, always, run([NOW], [NOW], name="young")]
    rows = judged(*runs)
    found = views.always_failed(control_runs.judge_months(runs, AS_OF, 0.95), rows)
    assert found == ["shifts"]  # one month alone is no "every month"
    made = texts.decide(rows, found).action
    assert made.startswith("have People settle shifts without (2); Finance settle a control of a long name")
    assert made.endswith("4 more as in the table") and len(made.split()) <= 40
    ended = judged(run(DAYS, [BEFORE], name="shifts"))
    assert views.always_failed(control_runs.judge_months(runs, AS_OF, 0.95), ended) == []


def test_the_main_picture_is_titled_by_the_money_that_is_at_stake():
    assert texts.name_failed(views.rank_failed(judged(PASS))) == "No check fails"
    assert texts.name_failed(views.rank_failed(judged(run(DAYS, [NOW])))).startswith("1 check fails, without")
    both = views.rank_failed(judged(FAIL, NEW_AND_OLD))
    assert texts.name_failed(both) == "2 checks fail; 56 % of the money that they found is in fees without"


def test_no_money_or_a_rule_of_tax_takes_a_step_off():
    assert texts.decide(judged(run(DAYS, [NOW]))).strength.word == "lean"
    taxed = texts.decide(judged(run(DAYS, [NOW], tab="Tax", cents=5)))
    assert taxed.strength.word == "lean" and "adviser" in taxed.strength.doubts[0]


def test_sales_tax_without_a_payment_comes_before_all_and_is_no_sure_thing():
    made = texts.decide(judged(FAIL), unpaid=1_000.0)
    assert made.action.startswith(
        "have Finance show that sales tax of $1,000 was paid, or file; Finance settle"
    )
    assert made.worth.value == pytest.approx(1002.5) and made.strength.word == "lean"
    assert "receipt" in made.would_change_if
    alone = texts.decide(judged(PASS), unpaid=1_000.0)
    assert alone.worth.value == 1_000.0 and alone.action.endswith("or file")


def test_what_is_a_share_is_to_be_kept_and_what_fails_at_work_is_named():
    late = run(DAYS, DAYS * 20, name="late", limit="5 %", owner="Operations")
    assert "Operations get late" in texts.decide(judged(late)).action
    assert "within the limit" in texts.decide(judged(late)).action
    shifts = run(DAYS, [NOW], name="shifts", tab="Labour")
    assert texts.point_to_labour(views.rank_failed(judged(shifts))) == "Labor law: 1 shifts without."
    assert texts.point_to_labour(views.rank_failed(judged(FAIL))) == ""


@pytest.mark.parametrize("runs", [[PASS], [PASS, FEW], [untestable()], [run([])]])
def test_where_nothing_fails_nothing_is_decided(runs):
    made = texts.decide(judged(*runs))
    assert made.strength.word == "do not decide on this yet" and made.worth is None
    assert ("by hand" in made.action) == any(one.reason for one in runs)


def test_titles_of_charts_follow_their_rows():
    def months(*runs):
        return control_runs.judge_months(runs, AS_OF, 0.95)

    always = run(DAYS, DAYS, name="always")
    assert texts.name_pattern(months(always, PASS)) == "1 of 2 checks failed in every month, 1 in none"
    assert texts.name_pattern(months(FAIL, PASS)) == "1 of 2 checks failed in some month, none in all"
    assert texts.name_pattern(months(PASS)) == "None of 1 checks failed in any month"
    assert texts.name_pattern(months(untestable())) == "No check was made in any month"
    scores = views.show_scores(months(run(["2025-11-30", "2025-12-31", *DAYS], [NOW, "2025-12-31"])))
    assert scores["is_whole"].tolist() == [False, True, True, False]
    assert texts.describe_scores(scores) == (
        "By weight 0 % of checks passed in February 2026 so far, and 0 to 100 % in whole months before"
    )
    assert texts.describe_scores(scores.iloc[:3]).startswith(
        "By weight 100 % of checks passed in January 2026, and"
    )
    assert texts.describe_scores(views.show_scores(months(run([NOW])))).endswith("so far")
    assert texts.describe_scores(views.show_scores(months(untestable()))) == "No month has a score"


def test_shares_over_their_limit_are_named_only_beyond_chance():
    over = run(DAYS, [NOW] * 50, limit="5 %", name="over")
    assert texts.describe_shares(views.show_shares(judged(over, FEW))) == (
        "Above their limit beyond chance: over without; of 1 too little is known"
    )
    assert texts.describe_shares(views.show_shares(judged(FEW))).startswith("No share is above its limit")
    assert "could be made" in texts.describe_shares(views.show_shares(judged(FAIL)))


def test_the_exception_report_holds_what_fails_in_these_days_with_names_of_stores():
    rows = judged(FAIL, PASS, NEW_AND_OLD)
    issues = views.list_issues([FAIL, PASS, NEW_AND_OLD], rows, STORES, pd.Timestamp("2026-01-15"))
    assert issues["exceptions"].tolist() == ["Fees without", "Old without"]
    assert issues["amount"].tolist() == [2.5, 1.0] and set(issues["store"]) == {"8th & Broadway"}
    assert views.sum_stores(issues).iloc[0][["Payment", "Tax", "total"]].tolist() == [2, 0, 2]
    none = views.list_issues([PASS], judged(PASS), STORES, pd.Timestamp("2026-01-15"))
    assert none.empty and views.sum_stores(none).empty
