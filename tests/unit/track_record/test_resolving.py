"""Walking through the demo's months: what was predicted is measured when its day has come, and only then."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

import pytest
from click.testing import CliRunner

from lucky_analytics import catalog, snapshot
from lucky_analytics.cli.record import record as record_command
from lucky_analytics.errors import SnapshotError
from lucky_analytics.runs import batch
from lucky_analytics.runs.predicted import book_file, list_predictions, note_predictions
from lucky_analytics.settings import Settings
from lucky_analytics.track_record import resolving
from lucky_analytics.track_record.renewal import renew_record
from lucky_analytics.track_record.resolving import SETTLE_DAYS, describe_resolved, resolve_due
from lucky_analytics.track_record.standing import judge_all
from tests import demo_suite, estate_rows
from tests.notebook_cells import OPENING, PARAMETERS, write_notebook
from tests.predicted_runs import predicted_run
from tests.worlds_once import build_once

PREDICT = """\
import datetime as dt
from lucky_analytics.models.measure import Measure
next_day = suite.as_of + dt.timedelta(days=1)
for weeks in (2, 4):
    due = suite.as_of + dt.timedelta(weeks=weeks)
    past = Measure("orders", start=next_day - dt.timedelta(weeks=weeks)).read(suite, suite.as_of)
    ends = (past * (1 - width), past * (1 + width))
    report.prediction(f"orders_{weeks}", past, *ends, 0.9, due, Measure("orders", start=next_day))"""
WIDTH = PARAMETERS + "\nwidth: float = 0.2  # half width"
MONTHS = ["2025-11-30", "2025-12-31", "2026-01-31"]


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """A question that was asked at the end of each month, and once by hand, on a small demo estate."""
    root = tmp_path_factory.mktemp("walked")
    data = demo_suite.suite().snapshot.folder.parents[1]
    here = Settings(root=root, data_dir=data, outputs_dir=root / "outputs")
    for folder in ("params", "notebooks"):
        (root / folder).mkdir()
    write_notebook(here.notebooks_dir / "operations/next_weeks.ipynb", OPENING, PREDICT, parameters=WIDTH)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUCKY_HOME", str(root))
        patch.setenv("LUCKY_DATA", str(data))
        for month in MONTHS:
            (made,) = batch.run_notebooks(["next_weeks"], here, given={"as_of": month})
            assert made.action == "ran", made.reason
        batch.run_notebooks(["next_weeks"], here, given={"as_of": MONTHS[0], "width": "0.9"})
        batch.run_notebooks(["next_weeks"], here, given={"as_of": MONTHS[0]}, force=True)
        yield here


def test_each_month_is_measured_by_the_metric_and_no_other(walked):
    assert len(list_predictions(walked)) == 2 * len(MONTHS)  # by hand and again: nothing more
    found = resolve_due(walked)
    orders = demo_suite.suite().orders.execute()
    dates = orders["order_date"].astype("datetime64[s]").dt.date
    assert len(found) == 2 * (len(MONTHS) - 1)  # the weeks from 31 January on are not over on 13 February
    for of, measured in found:
        inside = (dates > of.as_of) & (dates <= of.due)
        assert measured.value == int(inside.sum()) > 0, of


def test_nothing_new_is_no_work(walked, monkeypatch):
    resolve_due(walked)
    monkeypatch.setattr(catalog, "Suite", None)  # whoever opens one fails
    assert resolve_due(walked) == []


def test_the_terminal_says_how_it_stands(walked):
    resolve_due(walked)
    (standing,) = judge_all(list_predictions(walked)).values()
    told = CliRunner().invoke(record_command, []).output
    assert f"next_weeks: {standing.n_inside} of 4 inside, 3.6 promised" in told
    assert "2 not due" in told
    assert '"due": "2026-02-28"' in CliRunner().invoke(record_command, ["next_weeks", "--json"]).output


SHOP = {**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}
DUE = dt.date(2026, 2, 20)
LIVE = {"id": "live-1", "cut": "2026-02-14T12:00Z", "source": "live"}


@functools.cache
def taken(n_orders):
    """A snapshot with so many orders on 16 February."""
    about = {"shop_id": 1, "status": 90, "currency_code": "USD", "create_time": "2026-02-16T15:00:00"}
    orders = [{"id": number, **about} for number in range(n_orders)]
    rows = {"luckyus_opshop.t_shop_info": [SHOP], "luckyus_sales_order.t_order": orders}
    name = f"orders_{n_orders}"
    return snapshot.find("newest", build_once(name, lambda here: estate_rows.take_snapshot(here, rows)))


class Live:
    """A company's own data, read again and again, with one prediction of 90 to 110 orders up to 20 Feb."""

    def __init__(self, root, monkeypatch, **said):
        self.here, self.patch = estate_rows.checkout(root), monkeypatch
        started = "2026-02-14T13:00:00+00:00"
        note_predictions(predicted_run(self.here, said, snapshot=LIVE, started_at=started), self.here)

    def read(self, n_orders, last_day, **changes):
        """What is found by a snapshot with so many orders that is complete up to this day."""
        cut = dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time(12), dt.UTC)
        own = taken(n_orders)
        servers = {name: dataclasses.replace(server, cut=cut) for name, server in own.servers.items()}
        facts = {"id": f"{own.id}-{last_day}", "kind": "live", "cut": cut, "servers": servers, "findings": ()}
        manifest = dataclasses.replace(own, **{**facts, **changes})
        self.patch.setattr(resolving, "newest_snapshot", lambda settings: manifest)
        return [measured.value for _, measured in resolve_due(self.here)]

    @property
    def standing(self):
        (found,) = judge_all(list_predictions(self.here)).values()
        return found


def test_late_and_restated_rows_count_until_they_have_settled_and_no_longer(tmp_path, monkeypatch):
    live = Live(tmp_path, monkeypatch)
    assert live.read(85, DUE - dt.timedelta(days=1)) == []  # its day is not over
    assert live.read(85, DUE) == [85]
    assert (live.standing.n_inside, len(live.standing.resolved)) == (0, 1)
    assert live.read(100, DUE + dt.timedelta(days=9)) == []  # measured once
    settled = DUE + dt.timedelta(days=SETTLE_DAYS)
    assert live.read(100, settled) == [100]  # and once more
    (of,) = live.standing.resolved
    assert (of.first.value, of.came, of.is_held) == (85, 100, True)
    assert live.read(85, settled + dt.timedelta(days=1)) == []  # what a source says later changes nothing
    assert live.standing.n_inside == 1


def test_what_cannot_be_measured_is_said_once_a_snapshot_and_given_up_when_it_would_have_settled(
    tmp_path, monkeypatch
):
    live = Live(tmp_path, monkeypatch, metric="orderz")
    assert live.read(100, DUE) == [None]
    assert resolve_due(live.here) == []
    (of,) = live.standing.waiting
    (line,) = describe_resolved([(of, of.newest)])
    assert line.startswith("record: 1 cannot be measured, store_ramp_curves: unknown metric 'orderz'")
    assert live.read(100, DUE + dt.timedelta(days=SETTLE_DAYS)) == [None]
    assert (len(live.standing.lost), live.standing.resolved, live.standing.waiting) == (1, [], [])
    assert live.read(100, DUE + dt.timedelta(days=SETTLE_DAYS + 1)) == []


def test_unsound_data_measures_nothing(tmp_path, monkeypatch):
    live = Live(tmp_path, monkeypatch)
    broken = snapshot.Finding("luckyus_sales_order.t_order", "key", "id", False, 9, "9 of 100 twice")
    assert live.read(100, DUE, findings=(broken,)) == [None]
    assert "9 of 100 twice" in live.standing.waiting[0].newest.reason
    assert live.read(100, DUE + dt.timedelta(days=1)) == [100]


def test_a_server_that_could_not_be_read_is_waited_for(tmp_path, monkeypatch):
    live = Live(tmp_path, monkeypatch)

    def refuse(suite, of):
        raise SnapshotError("t_order of salesorder", expected="all rows", got="those up to 19 Feb")

    with monkeypatch.context() as patch:
        patch.setattr(resolving, "_measure", refuse)
        assert live.read(100, DUE) == []
    assert live.standing.waiting[0].newest is None


def test_what_generated_data_was_predicted_to_bring_is_held_against_no_other(tmp_path, monkeypatch):
    live = Live(tmp_path, monkeypatch)
    assert live.read(100, DUE, kind="demo") == []


def test_a_record_that_cannot_be_read_is_one_fault_and_stops_nobody(walked, tmp_path):
    here = dataclasses.replace(walked, outputs_dir=tmp_path)
    whole = book_file(walked).read_bytes()
    book_file(here).write_bytes(whole[:3000])
    measured, (fault,) = renew_record(here)
    assert measured == [] and "record.sqlite" in str(fault) and "\n" not in str(fault)
    book_file(here).write_bytes(whole)
    assert renew_record(here)[1] == []
