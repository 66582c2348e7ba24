"""The record of predictions: what was said first stands, nothing counts twice, nothing is taken back."""

from __future__ import annotations

import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.runs import history
from lucky_analytics.runs.predicted import (
    Measured,
    book_file,
    list_predictions,
    note_measured,
    note_predictions,
)
from tests.example_runs import make_settings
from tests.predicted_runs import predicted_run

LIVE = {"snapshot": {"id": "live-1", "cut": "2026-02-14T12:00Z", "source": "live"}}


@pytest.fixture
def settings(tmp_path):
    return make_settings(tmp_path)


def test_a_run_leaves_what_it_predicted(settings):
    record = predicted_run(settings, {}, {"name": "store_3", "where": {"store_id": "3"}, "variant": ""})
    assert note_predictions(record, settings) == 2
    week, store = list_predictions(settings)
    assert (week.name, week.value, week.low, week.high, week.level) == ("week", 100, 90, 110, 0.9)
    assert (str(week.as_of), str(week.due), week.run_id) == ("2026-02-13", "2026-02-20", record.run_id)
    assert store.measure == {
        "metric": "orders",
        "where": {"store_id": "3"},
        "start": "2026-02-14",
        "until": None,
    }
    assert week.parameters == record.parameters and week.is_held is None and week.came is None


def test_a_rerun_from_data_up_to_the_same_day_is_not_counted_twice_and_changes_nothing(settings):
    note_predictions(predicted_run(settings), settings)
    again = predicted_run(
        settings, {"value": 50.0, "low": 0.0, "high": 1000.0}, run_id="8" * 12, code_hash="c2"
    )
    assert note_predictions(again, settings) == 0
    assert [each.value for each in list_predictions(settings)] == [100]
    later = predicted_run(settings, {"value": 105.0}, run_id="7" * 12, as_of="2026-02-14")
    assert note_predictions(later, settings) == 1


@pytest.mark.parametrize(
    "changes",
    [{"by_hand": ["factor"]}, {"leaks": {"a.b": "3 rows"}}, {"problem": "no rows since 1 Feb"}],
    ids=["by hand", "a leak", "unsound data"],
)
def test_what_is_no_report_or_shows_no_numbers_predicts_nothing(settings, changes):
    assert note_predictions(predicted_run(settings, **changes), settings) == 0
    assert not book_file(settings).exists()


def test_what_was_due_when_its_data_ended_is_no_prediction(settings):
    assert note_predictions(predicted_run(settings, {"due": "2026-02-13"}), settings) == 0


@pytest.mark.parametrize(
    ("started", "is_ahead"), [("2026-02-20T23:00:00+00:00", True), ("2026-02-21T00:01:00+00:00", False)]
)
def test_one_of_real_data_that_is_made_when_its_day_is_over_looked_back(settings, started, is_ahead):
    note_predictions(predicted_run(settings, **LIVE, started_at=started), settings)
    assert [each.is_ahead for each in list_predictions(settings)] == [is_ahead]


def test_worlds_are_kept_apart(settings):
    note_predictions(predicted_run(settings), settings)
    note_predictions(predicted_run(settings, run_id="8" * 12, **LIVE), settings)
    assert len(list_predictions(settings)) == 2
    assert [each.run_id for each in list_predictions(settings, "")] == ["8" * 12]


def test_what_was_measured_stands_and_what_could_not_be_is_tried_again(settings):
    note_predictions(predicted_run(settings), settings)

    def measure(*values):
        (of,) = list_predictions(settings)
        note_measured(settings, [(of, value) for value in values])
        return list_predictions(settings)[0]

    assert measure(Measured(None, "s1", False, "no table")).newest.reason == "no table"
    assert measure(Measured(120.0, "s2", False)).came == 120
    assert measure(Measured(99.0, "s3", False)).came == 120  # nobody writes over it
    settled = measure(Measured(108.0, "s4", True))
    assert (settled.first.value, settled.came, settled.is_held) == (120, 108, True)


def test_a_value_that_came_due_stays_where_it_can_be_settled_no_more(settings):
    note_predictions(predicted_run(settings), settings)
    (of,) = list_predictions(settings)
    note_measured(settings, [(of, Measured(120.0, "s", False)), (of, Measured(None, "t", True, "gone"))])
    (of,) = list_predictions(settings)
    assert (of.came, of.is_held, of.miss) == (120, False, 1.0)


def test_the_record_outlives_the_runs(settings):
    for day, run_id in (("2026-02-12", "1" * 12), ("2026-02-13", "2" * 12)):
        ended = f"{day}T12:00:00+00:00"
        note_predictions(predicted_run(settings, run_id=run_id, as_of=day, ended_at=ended), settings)
    assert len(history.prune(settings, keep=1)) == 1
    assert len(list_predictions(settings)) == 2


def test_a_damaged_record_is_one_line_with_its_remedy(settings):
    book_file(settings).parent.mkdir(parents=True)
    book_file(settings).write_text("no database, but long enough to be taken for one" * 9)
    with pytest.raises(LuckyError, match=r"Bring .*record\.sqlite back from a backup"):
        list_predictions(settings)
