"""Channels against others alike on simulated people: plants, null worlds, costs, files, branches."""

from __future__ import annotations

import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import LEAN, WAIT
from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.estimate import Estimate
from lucky_analytics.figures.marketing import channel_charts
from lucky_analytics.models.acquisition_cost import note_cost
from lucky_analytics.models.channel_names import CHANNELS
from lucky_analytics.questions.marketing.acquisition_channels import (
    advice,
    channel_captions,
    channel_gaps,
    channel_spend,
    funnel,
    texts,
    views,
)
from lucky_analytics.questions.marketing.acquisition_channels.channel_people import People
from lucky_analytics.questions.marketing.acquisition_channels.platforms import Platforms
from tests.channel_world import AS_OF, simulate

PLATFORMS = Platforms(3, 23_600, 141_000.0, 0.064, 4.35, 2.63)


@functools.cache
def world():
    people = simulate(8_000, 2, gain={"search": 1.5})
    return people, channel_gaps.compare_channels(people)


def row_of(table, channel, measure="margin", kind="touch"):
    own = table[(table["channel"] == channel) & (table["measure"] == measure) & (table["kind"] == kind)]
    return own.iloc[0]


def test_what_was_planted_is_found_and_nothing_else():
    people, table = world()
    row = row_of(table, "search")
    old = people.aged("first_date", 90)
    planted = 1.5 * old.loc[old["touch"] == "search", "orders_90"].mean()
    assert row["verdict"] == "more" and row["low"] <= planted <= row["high"]
    others = table[(table["kind"] != "touch") | ~table["measure"].isin(["margin", "aov"])]
    assert set(others["verdict"]) <= {"not shown", "too few"}
    # One family: no q-value is below its p-value, and the least p-value has the least q-value.
    tested = table[table["p_value"].notna()]
    assert (tested["q_value"] >= tested["p_value"]).all() and len(tested) > 40
    assert texts.name_finding(table).startswith("First touch search: customers bring in more")


def test_channels_that_come_late_mislead_the_naive_mean_alone():
    people = simulate(16_000, 4, late="social")
    table = channel_gaps.compare_channels(people)
    naive = channel_gaps.compare_naively(people, table).set_index("channel").loc["social"]
    assert naive["age"] < 100 and naive["naive"] < -0.5  # younger by weeks, so poorer so far
    row = row_of(table, "social")
    assert row["verdict"] == "not shown" and row["low"] < 0 < row["high"]


def test_each_measure_is_that_of_a_loop_over_cells():
    people, table = world()
    as_of = pd.Timestamp(AS_OF)
    rows = people.rows[people.rows["registered_date"] <= as_of - pd.Timedelta(days=30)]
    week = (rows["registered_date"] - pd.Timestamp("2025-06-30")).dt.days // 7
    made = (rows["first_date"] - rows["registered_date"]).dt.days <= 30
    gap = total = 0.0
    for _, own in made.groupby(week):
        is_web = rows.loc[own.index, "origin"] == "web"
        if is_web.any() and (~is_web).any():
            weight = is_web.sum() * (~is_web).sum() / len(own)
            gap += weight * (own[is_web].mean() - own[~is_web].mean())
            total += weight
    assert row_of(table, "web", "started", "origin")["gap"] == pytest.approx(gap / total)


def test_who_has_not_been_here_long_enough_counts_for_nothing():
    people, table = world()
    young = people.rows["first_date"] > pd.Timestamp(AS_OF) - pd.Timedelta(days=90)
    changed = people.rows.copy()
    changed.loc[young, "margin_90_cents"] *= 50
    other = channel_gaps.compare_channels(People(changed, AS_OF, True, ""))
    margin = table["measure"] == "margin"
    pd.testing.assert_frame_equal(
        other[margin].drop(columns="q_value"), table[margin].drop(columns="q_value")
    )


def test_steps_are_shares_by_hand_where_all_were_seen_and_by_days_seen_where_not():
    people, _ = world()
    old = people.aged("registered_date", 150)  # ordered or not, each seen for 30 days
    steps = funnel.count_funnel(People(old, AS_OF, True, ""))
    (row,) = steps[(steps["channel"] == "android") & (steps["step"] == "started")].to_dict("records")
    own = old[old["origin"] == "android"]
    made = ((own["first_date"] - own["registered_date"]).dt.days <= 30).mean()
    assert row["n"] == len(own) and row["share"] == pytest.approx(made)
    assert row["low"] < row["share"] < row["high"]
    steps = funnel.count_funnel(people)
    whole = steps[steps["channel"] == "all"].set_index("step")["n"]
    assert whole.to_dict() == {"started": len(people.rows)} | dict.fromkeys(
        ("again", "loyal"), len(people.bought)
    )
    parts = steps[steps["channel"] != "all"].groupby("step")["n"].sum()
    assert parts.to_dict() == whole.to_dict()
    months = funnel.count_months(people)
    assert months["n_registered"].sum() == len(people.rows)
    assert np.isnan(months["share_started"].iloc[-1])  # nobody had 30 days
    nobody = funnel.count_funnel(People(people.rows.head(0), AS_OF, True, ""))
    assert nobody["n"].tolist() == [0, 0, 0] and nobody["share"].isna().all()


def test_the_tile_and_the_title_of_the_steps_say_one_number():
    people, _ = world()
    steps = funnel.count_funnel(people)
    title = channel_captions.funnel(views.assemble_funnel(steps), 0.9)["finding"]
    started, again = (funnel.find_step(steps, step).value for step in ("started", "again"))
    assert title.startswith(f"{100 * started:.1f} % order within 30 days, {100 * again:.1f} % of customers")


def spend_rows(**dollars):
    months = pd.to_datetime(["2025-11-01"] * len(dollars))
    kinds = ["touch" if name in CHANNELS["touch"] else "origin" for name in dollars]
    return pd.DataFrame(
        {"month": months, "kind": kinds, "channel": list(dollars), "dollars": list(dollars.values())}
    )


def test_cost_and_payback_of_a_channel_by_hand():
    people, _ = world()
    costs = channel_spend.cost_channels(people, spend_rows(search=400.0, press=9_000.0, web=0.0))
    by = costs.set_index("channel")
    came = people.rows["first_date"].between("2025-11-01", "2025-11-30") & (people.rows["touch"] == "search")
    assert by.loc["search", "n"] == came.sum() and by.loc["search", "cost"] == pytest.approx(400 / came.sum())
    old = people.aged("first_date", 30)
    mean = old.loc[old["touch"] == "search", "margin_30_cents"].mean() / 100
    assert by.loc["search", "margin_30"] == pytest.approx(mean) and by.loc["search", "low_30"] < mean
    assert by.loc["search", "verdict"] == "back within 30 days"
    assert by.loc["press", "cost"] > 100 and by.loc["press", "verdict"] == "not back within 180 days"
    shown = views.assemble_costs(costs)
    assert shown["since"].tolist() == ["Nov 2025"] * 3 and "Registered: web" in set(shown["label"])
    # Between the ends of the last interval nothing is said; where nobody came no cost is known.
    middle = by.loc["search", ["margin_180"]].iloc[0] * came.sum()
    near = channel_spend.cost_channels(people, spend_rows(search=middle)).iloc[0]
    assert near["verdict"] == "not known"
    early = spend_rows(search=5.0).assign(month=pd.Timestamp("2024-01-01"))
    nobody = channel_spend.cost_channels(people, early).iloc[0]
    assert nobody["n"] == 0 and np.isnan(nobody["cost"]) and nobody["verdict"] == "not known"


BROKEN = {
    "2026-13,ios,5": "row 2, month: expected a month like 2026-01, got '2026-13'",
    "2026-02,ios,5": "row 2, month: expected a month that was over by 2026-02-13, got '2026-02'",
    "2026-01,ios,much": "row 2, dollars: expected a number from 0 to 100,000,000, got 'much'",
    "2026-01,ios,-4": "row 2, dollars: expected a number",
    "2026-01,ios,5\n2026-01,ios,6": "row 3: expected each month and channel once",
    "2026-01,ios,5\n2026-01,IOS,6": "row 3, channel: expected each channel once a month, got 'IOS'",
    "2026-01,,5": "row 2, channel: expected text",
    "0001-01,ios,5": "row 2, month: expected 2025-06, of the first registration, or later, got '0001-01'",
    "2025-06,ios,5\n2025-05,ios,6": "row 3, month: expected 2025-06, of the first registration, or later",
}


@pytest.mark.parametrize("line", BROKEN)
def test_a_row_of_spend_that_breaks_the_contract_is_named(line, tmp_path):
    file = tmp_path / "spend.csv"
    file.write_text(f"month,channel,dollars\n{line}\n")
    with pytest.raises(LuckyError) as caught:
        channel_spend.read_spend(file, AS_OF, dt.date(2025, 6, 28))
    assert BROKEN[line] in str(caught.value) and str(file) in str(caught.value)


def test_a_channel_that_nobody_has_is_named_with_the_nearest(tmp_path):
    file = tmp_path / "spend.csv"
    file.write_text("month,channel,dollars\n2026-01,socail,5\n")
    with pytest.raises(UnknownNameError, match=r"row 2, channel.*social"):
        channel_spend.read_spend(file, AS_OF)


def test_spend_is_read_in_any_case_and_order(tmp_path):
    file = tmp_path / "spend.csv"
    file.write_text("channel,note,dollars,month\nSocial,x,5,2026-01\nIOS,y,7.5,2025-12\n")
    rows = channel_spend.read_spend(file, AS_OF)
    assert rows[["kind", "channel", "dollars"]].to_numpy().tolist() == [
        ["origin", "ios", 7.5],
        ["touch", "social", 5.0],
    ]
    assert channel_spend.read_spend("", AS_OF) is None
    assert channel_spend.read_spend(file, dt.date(2026, 1, 31)) is not None  # its last day is over


def costs_of(**cost):
    kinds = ["touch" if name in CHANNELS["touch"] else "origin" for name in cost]
    return pd.DataFrame({"kind": kinds, "channel": list(cost), "cost": list(cost.values())})


def test_without_spend_nothing_is_moved_whatever_channels_differ():
    _, table = world()
    made = advice.decide(table, None)
    assert made.strength.word == WAIT and made.worth is None and made.on == {"spend between channels": "keep"}
    assert "bring in more or less than others" in made.because or "brings in more or less" in made.because


def test_spend_is_moved_as_a_trial_where_margin_and_cost_agree_beyond_their_intervals():
    _, table = world()
    made = advice.decide(table, costs_of(search=1.0, press=9.0, ios=2.0))
    assert made.strength.word == LEAN and made.strength.doubts == (advice._ONE_MORE,)
    assert made.action.startswith("move part of the spend on press to search, as a trial")
    assert made.worth.low > 0 and made.on == {"spend between channels": "press to search"}
    gaps = [row_of(table, name) for name in ("search", "press")]
    assert made.worth.value == pytest.approx(gaps[0]["gap"] - 1.0 - gaps[1]["gap"] + 9.0)
    assert made.worth.low == pytest.approx(gaps[0]["low"] - 1.0 - gaps[1]["high"] + 9.0)


def test_spend_stays_where_channels_may_be_alike_after_cost_or_too_little_is_known():
    _, table = world()
    near = advice.decide(table, costs_of(ios=2.0, android=2.1))
    assert near.strength.word == WAIT and "after what each cost" in near.because
    alone = advice.decide(table, costs_of(ios=2.0, press=9.0))  # of two kinds: no pair
    assert alone.strength.word == WAIT and "Costs of two channels to compare are not known" in alone.because
    unknown = advice.decide(table, costs_of(ios=np.nan, android=2.0))
    assert unknown.strength.word == WAIT


def frame(*verdicts, measure="margin"):
    names = list(CHANNELS["touch"])[: len(verdicts)]
    return pd.DataFrame({"kind": "touch", "channel": names, "measure": measure, "verdict": verdicts})


def test_titles_say_no_more_than_verdicts():
    assert texts.name_finding(frame("not shown", "too few")).startswith("No channel")
    one = texts.name_finding(frame("less", "not shown"))
    assert one == "First touch unpaid: customers bring in less than comparable ones"
    two = texts.name_finding(frame("less", "more", "not shown"))
    assert two == "2 of 3 channels' customers bring in more or less than comparable ones"
    assert "perhaps by less than $0.10" in texts.name_finding(frame("little less", "not shown"))
    for verdicts in (
        ("not shown",),
        ("not shown", "not shown", "not shown", "less"),
        ("more", "less"),
        ("little more",),
    ):
        assert len(texts.name_finding(frame(*verdicts)).split()) <= 14


def test_differences_are_small_where_their_near_end_is():
    row = {"p_value": 0.001, "q_value": 0.01, "gap": 0.2, "low": 0.05, "high": 0.35, "measure": "margin"}
    assert channel_gaps._judge(row) == "little more"
    assert channel_gaps._judge(row | {"low": 0.15}) == "more"
    assert channel_gaps._judge(row | {"gap": -0.3, "low": -0.4, "high": -0.2}) == "less"
    assert channel_gaps._judge(row | {"q_value": 0.06}) == "not shown"
    assert channel_gaps._judge(row | {"p_value": np.nan}) == "too few"


def test_each_branch_of_notes_and_answers():
    sizes, none = ["ios", "android", "web"], Estimate(None, n=3)
    few = texts.phrase_answer(0, sizes, none, False, False)
    assert few.startswith("No channel") and "{different}" not in few
    assert "Too few of Android app, second largest" in few
    assert "costs is not known; each channel's is not recorded" in few
    found = texts.phrase_answer(2, sizes, Estimate(0.1, 0.0, 0.2, level=0.9), True, True)
    assert "costs marketing {cost}; by channel, see below" in found
    assert "Those of Android app, second largest, differ by {second}." in found
    assert (
        found.startswith("Customers of {different} bring in") and len(found.split()) + 4 <= 40
    )  # "0 channels", and an interval of four words
    clear = texts.phrase_answer(0, sizes, Estimate(-0.9, -1.6, -0.1, level=0.9), True, True)
    assert "by {second}, which may be chance." in clear and len(clear.split()) + 4 <= 40
    assert "chance" not in texts.phrase_answer(
        0, sizes, Estimate(-0.9, -1.6, 0.1, level=0.9), True, True
    ) + texts.phrase_answer(1, sizes, Estimate(-0.9, -1.6, -0.1, level=0.9), True, True)
    assert "Those of web, second largest" in texts.phrase_answer(
        1, ["android", "web"], Estimate(0.1, 0.0, 0.2, level=0.9), True, True
    )
    for alone in (["ios"], []):
        assert "Nobody came by a second channel" in texts.phrase_answer(0, alone, none, True, False)
        assert texts.label_gap(alone, 90).startswith("Margin of a customer of a second channel")
    assert "in the ledger, or nobody came" in note_cost(None)
    assert texts.note_gap(Estimate(None, n=0)).startswith("Too few")
    assert texts.note_touched(None) == "First touches are not in the snapshot"
    assert texts.note_platforms(PLATFORMS).startswith("Counted, so without an interval: 3 accounts")
    one = Platforms(1, 5, 10.0, 0.1, 4.0, float("nan"))
    assert "1 account, " in texts.note_platforms(one) and "not known" in texts.describe_platforms(one)
    none = Platforms(0, 0, 0.0, 0.0, float("nan"), float("nan"))
    assert texts.note_platforms(none).startswith("No account") and "No order" in texts.describe_platforms(
        none
    )
    assert "above 60 % of what is paid" in texts.describe_platforms(PLATFORMS)
    assert texts.describe_naive(pd.DataFrame()) == "No order yet"
    with_spend = texts.list_limits(90, None, True, 0.2)
    assert (
        "for none of the registered" in with_spend[1] and "what-if" in with_spend[3] and len(with_spend) == 7
    )


@pytest.mark.parametrize(
    ("why", "title"), [("nobody", "No customer"), ("few", "Channels"), ("costs", "What")]
)
def test_what_cannot_be_compared_decides_nothing(why, title):
    finding, said, made = texts.describe_unknown(why, 12 if why == "few" else 0)
    assert finding.startswith(title) and made.strength.word == WAIT and said


def test_a_commission_is_a_what_if_and_comes_off_what_is_paid():
    rows = views.assemble_platforms(PLATFORMS, 0.2)
    assert rows["dollars"].iloc[-1] == pytest.approx(2.63 - 0.2 * 4.35) and "20 %" in rows["what"].iloc[-1]
    assert len(views.assemble_platforms(PLATFORMS, None)) == 2
    assert PLATFORMS.after(PLATFORMS.most_commission) == pytest.approx(0)


def test_captions_of_months_and_of_nobody():
    month = pd.to_datetime(["2025-07-01", "2025-07-01", "2026-01-01", "2026-01-01"])
    shown = pd.DataFrame({"month": month, "label": ["web", "iPhone app"] * 2, "share": [0.1, 0.8, 0.3, 0.7],
                          "is_whole": True})  # fmt: skip
    assert channel_captions.mix(shown)["finding"] == "Web: 10.0 % of orders in Jul 2025, 30.0 % in Jan 2026"
    assert "no two whole months" in channel_captions.mix(shown.head(2))["finding"]
    assert channel_captions.mix(shown)["subtitle"].endswith("came through")
    open_month = shown.tail(2).assign(month=pd.Timestamp("2026-02-01"), is_whole=False)
    goes_on = channel_captions.mix(pd.concat([shown, open_month]))["subtitle"]
    assert goes_on.endswith("numbers: Jan 2026, the last whole month; Feb 2026 goes on")
    chart = channel_charts.plot_mix(pd.concat([shown, open_month])).to_dict()
    (rows,) = chart["datasets"].values()
    assert {row["text"] for row in rows if row["month"].startswith("2026-01")} == {"30.0 %", "70.0 %"}
    assert {row["text"] for row in rows if row["month"].startswith("2026-02")} == {""}
    empty = pd.DataFrame({"channel": [], "step": [], "label": [], "step_label": [], "share": []})
    assert channel_captions.funnel(empty, 0.9)["finding"].startswith("Nobody has been here")


def test_names_that_look_like_html_are_shown_as_text_and_cut():
    name = views.name_channel("touch", "<b>" + "x" * 200)
    assert name.startswith("First touch: <b>") and len(name) < 80  # pages escape it


def test_where_no_margin_can_be_compared_nothing_is_whatever_else_can():
    people, _ = world()
    young = people.rows.assign(margin_90_cents=np.nan)
    table = channel_gaps.compare_channels(People(young, AS_OF, True, ""))
    assert table["p_value"].notna().any() and not channel_gaps.has_any(table)


def test_channels_come_by_size_and_a_code_without_a_name_is_none():
    people, _ = world()
    assert people.by_size == ["ios", "android", "web"]
    swapped = people.rows.assign(origin=people.rows["origin"].replace({"ios": "web", "web": "other"}))
    assert People(swapped, AS_OF, True, "").by_size == ["web", "android"]
    assert People(people.rows.head(0), AS_OF, True, "").by_size == []


def test_a_world_of_one_channel_or_of_nobody_is_not_compared():
    people, _ = world()
    one = people.rows.assign(origin="ios", first_channel="ios", touch=None)
    table = channel_gaps.compare_channels(People(one, AS_OF, False, ""))
    assert not channel_gaps.has_any(table)
    nobody = People(people.rows[people.rows["first_date"].isna()], AS_OF, True, "")
    assert channel_gaps.find_hindrance(nobody) == "nobody"
    free = People(people.rows.assign(margin_cents=np.nan), AS_OF, True, "")
    assert channel_gaps.find_hindrance(free) == "costs"
    assert channel_gaps.mean_of(pd.Series([1.0])).value is None
    assert channel_gaps.find_gap(table, "android").value is None
