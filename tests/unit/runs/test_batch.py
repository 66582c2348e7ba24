"""Runs end to end on small notebooks: what is kept, what is skipped, what a failure leaves."""

from __future__ import annotations

import contextlib
import json
import os
import shutil

import pytest

from lucky_analytics import snapshot
from lucky_analytics.errors import LuckyError, ParameterError, SnapshotError, UnknownNameError
from lucky_analytics.runs import alone, batch, identity, records
from lucky_analytics.runs.limits import Limits
from tests import estate_rows
from tests.notebook_cells import OPENING, PARAMETERS, write_notebook

SHOPS = [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}]
HEADLINE = (
    'report.headline("orders", "Orders", int(suite.orders.count().execute()), unit="orders", n=1, n_of="x")'
)
EXTRA = PARAMETERS + "\nfactor: int = 1  # tries a parameter"


def _orders(n):
    facts = {"shop_id": 1, "status": 90, "currency_code": "USD", "pay_money": 1}
    return [{"id": number, "create_time": "2025-07-01T15:00:00", **facts} for number in range(n)]


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A checkout with good and bad notebooks, all run once."""
    root = tmp_path_factory.mktemp("checkout")
    here = estate_rows.checkout(root)
    take(here, 3)
    folder = here.notebooks_dir / "operations"
    write_notebook(folder / "counts.ipynb", OPENING, HEADLINE, parameters=EXTRA)
    write_notebook(
        folder / "products.ipynb",
        OPENING,
        "from lucky_analytics.methods.places import huff\nn = suite.products.count().execute()",
        'report.caveat("x")',
    )
    write_notebook(folder / "breaks.ipynb", OPENING, HEADLINE, "suite.orders.no_such_column")
    write_notebook(folder / "dies.ipynb", OPENING, "import os; os._exit(9)")
    write_notebook(
        folder / "grows.ipynb", OPENING, "block = bytearray(3 * 2**30); import time; time.sleep(60)"
    )
    limits = Limits(notebook=90, memory_mib=2000)
    before = os.environ.copy()
    os.environ.update(LUCKY_HOME=str(root))
    outcomes = batch.run_notebooks([], here, limits=limits)
    yield here, {outcome.notebook: outcome for outcome in outcomes}
    os.environ.clear()
    os.environ.update(before)


def take(here, n):
    return estate_rows.take_snapshot(
        here, {"luckyus_opshop.t_shop_info": SHOPS, "luckyus_sales_order.t_order": _orders(n)}
    )


def test_a_good_run_keeps_notebook_page_results_and_manifest(here):
    settings, outcomes = here
    record = outcomes["counts"].record
    folder = settings.runs_dir / "counts" / record.run_id
    assert {path.name for path in folder.iterdir()} == {
        "executed.ipynb",
        "report.html",
        "results.json",
        "manifest.json",
        "tables",
    }
    (line,) = json.loads((folder / "results.json").read_text())["headlines"]
    assert (line["name"], line["value"], line["status"]) == ("orders", 3, "ok")
    assert set(record.tables_read) == {
        "luckyus_sales_order.t_order",
        "luckyus_sales_order.t_order_item",
        "luckyus_sales_order.t_order_amount",
        "luckyus_sales_payment.t_trade",
        "luckyus_opshop.t_shop_info",
    }
    assert record.as_of == "2026-02-13"
    assert record.peak_mib > 50


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("breaks", "AttributeError in cell 5"),
        ("dies", "DeadKernelError in cell"),
        ("grows", "memory: expected at most 2000 MiB"),
    ],
)
def test_a_failed_run_says_why_and_keeps_its_notebook(here, name, words):
    settings, outcomes = here
    assert (outcomes[name].action, words in outcomes[name].reason) == ("failed", True), outcomes[name].reason
    folder = settings.runs_dir / name / outcomes[name].record.run_id
    assert folder.name.endswith("-failed")
    assert (folder / "executed.ipynb").is_file()
    assert outcomes[name].record.status == records.FAILED
    assert "failed" in str(batch.failures([outcomes[name]]))


def test_no_kernel_and_no_half_written_folder_is_left(here):
    settings, _ = here
    left = [path for path in settings.runs_dir.glob("*/.*") if path.parent.name != ".locks"]
    assert left == []
    assert not list(settings.runs_dir.glob("**/*.new"))


def test_only_what_a_touched_table_or_method_reaches_runs_again_and_says_so(here, monkeypatch):
    settings, _ = here
    wanted = ["counts", "products"]
    actions = lambda **more: {  # noqa: E731
        o.notebook: (o.action, o.reason) for o in batch.run_notebooks(wanted, settings, **more)
    }
    assert {action for action, _ in actions().values()} == {"skipped"}
    take(settings, 4)
    ran = actions()
    assert ran["counts"] == ("ran", "changed: tables luckyus_sales_order.t_order")
    assert ran["products"] == ("skipped", "nothing that matters changed")
    whole = identity._module_hash
    touched = lambda name, **more: "touched" if name.endswith(".huff") else whole(name, **more)  # noqa: E731
    with monkeypatch.context() as patched:
        patched.setattr(identity, "_module_hash", touched)
        ran = actions()
    assert ran["counts"] == ("skipped", "nothing that matters changed")
    assert ran["products"] == ("ran", "changed: code")
    assert records.find("counts", None, settings).run_id != records.list_runs("counts", settings)[1].run_id


@pytest.mark.full
def test_the_same_run_gives_the_same_bytes(here, own_server):
    settings, _ = here
    first = records.find("counts", None, settings)
    folder = settings.runs_dir / "counts" / first.run_id
    before = [(folder / name).read_bytes() for name in ("report.html", "results.json")]
    (again,) = batch.run_notebooks(["counts"], settings, force=True)
    assert (again.action, again.record.run_id) == ("ran", first.run_id)
    assert [(folder / name).read_bytes() for name in ("report.html", "results.json")] == before


def test_bad_requests_stop_before_a_kernel_starts(here):
    settings, _ = here
    with pytest.raises(UnknownNameError, match="unknown notebook 'count': expected one of counts"):
        batch.run_notebooks(["count"], settings)
    with pytest.raises(UnknownNameError, match="unknown parameter 'factr'"):
        batch.run_notebooks(["counts"], settings, given={"factr": "2"})
    with pytest.raises(ParameterError, match="parameter factor: expected int, got 'x'"):
        batch.run_notebooks(["counts"], settings, given={"factor": "x"})
    with pytest.raises(ParameterError, match="as_of: expected at most 2026-02-13"):
        batch.run_notebooks(["counts"], settings, given={"as_of": "2027-01-01"})
    with pytest.raises(LuckyError, match="unknown snapshot"):
        batch.run_notebooks(["counts"], settings, snapshot="nope")


def test_no_snapshot_and_no_notebook_are_one_line_each(tmp_path):
    empty = estate_rows.checkout(tmp_path)
    with pytest.raises(SnapshotError, match="lucky snapshot take"):
        batch.run_notebooks([], empty)
    take(empty, 1)
    (empty.notebooks_dir / "operations" / "broken.ipynb").write_text("not a notebook")
    (outcome,) = batch.run_notebooks([], empty)
    assert (outcome.action, outcome.record) == ("failed", None)
    assert outcome.reason.startswith("notebook broken.ipynb: expected a Jupyter notebook")


def test_two_commands_do_not_run_the_same_notebook(here):
    settings, _ = here
    with alone.alone("counts", settings, 0):
        busy, skipped = batch.run_notebooks(["counts", "products"], settings, wait=0)
    assert (busy.action, busy.reason) == ("busy", f"being run by process {os.getpid()}, waited 0 s")
    assert skipped.action == "skipped"  # the others go on
    error = batch.left_to_others([busy, skipped])
    assert (error.exit_code, "1 of 2 notebooks left to another command: counts" in str(error)) == (75, True)
    assert batch.failures([busy, skipped]) is None


def test_a_notebook_is_waited_for_and_then_not_run_twice(here):
    settings, _ = here
    lines = []
    with contextlib.ExitStack() as stack:
        stack.enter_context(alone.alone("counts", settings, 0))

        def hear(line):
            lines.append(line)
            stack.close()  # the other command ends

        (outcome,) = batch.run_notebooks(["counts"], settings, wait=60, tell_waiting=hear)
    assert outcome.action == "skipped"
    assert lines == [f"counts: being run by process {os.getpid()}, waiting up to 60 s"]


def test_verify_proves_a_page_and_finds_a_changed_byte(here, own_server):
    from lucky_analytics.runs.verify import verify

    settings, _ = here
    record = records.find("counts", None, settings)
    kept = snapshot.kept_folder(snapshot.find(record.snapshot["id"], settings))
    assert list(kept.glob("orders-*.parquet"))  # which the second run reads
    assert verify(record, settings) == []
    shutil.rmtree(kept)  # and computes again
    assert verify(record, settings) == [] and list(kept.glob("orders-*.parquet"))
    page = settings.runs_dir / "counts" / record.run_id / "report.html"
    good = page.read_bytes()
    page.write_bytes(good.replace(b"Orders", b"0rders", 1))
    assert verify(record, settings) == ["report.html"]
    page.write_bytes(good)


def test_diff_names_the_headline_that_moved_and_the_table_that_moved_it(here):
    from lucky_analytics.runs.diff import diff

    settings, _ = here
    after, before = records.list_runs("counts", settings)[:2]
    found = diff(before, after, settings)
    (moved,) = found.moved
    assert (moved.name, moved.before, moved.after, moved.beyond_interval) == ("orders", 3, 4, None)
    assert found.causes == {
        "parameters": [],
        "data": ["luckyus_sales_order.t_order"],
        "code": [],
        "notebook": [],
        "environment": [],
    }
    assert found.restated == {"luckyus_sales_order.t_order": {"2025-07-01": 1}}


def test_history_can_be_rebuilt_from_the_runs_on_disk(here):
    from lucky_analytics.runs import history

    settings, _ = here
    lines = history.headline_history("counts", "orders", settings)
    assert [line["value"] for line in lines][:2] == [3, 4]
    (settings.outputs_dir / "history.sqlite").unlink()
    names = ("counts", "products", "breaks", "dies", "grows")
    assert history.rebuild(settings) == (sum(len(records.list_runs(name, settings)) for name in names), [])
    rebuilt = history.headline_history("counts", "orders", settings)
    assert {line["value"] for line in rebuilt} == {3, 4}
    with pytest.raises(UnknownNameError, match="unknown headline of counts 'order': expected one of orders"):
        history.headline_history("counts", "order", settings)


def test_retention_keeps_the_newest_good_runs_and_the_headlines(here):
    from lucky_analytics.runs import history

    settings, _ = here
    newest = records.find("counts", None, settings)
    removed = history.prune(settings, keep=1)
    assert {record.notebook for record in removed} == {"counts", "products"}
    assert [record.run_id for record in records.list_runs("counts", settings)] == [newest.run_id]
    assert len(records.list_runs("breaks", settings)) == 1
    assert {line["value"] for line in history.headline_history("counts", "orders", settings)} == {3, 4}
    with pytest.raises(ParameterError, match="keep: expected 1 or more, got 0"):
        history.prune(settings, keep=0)


@pytest.mark.full
def test_a_changed_definition_reruns_its_users_and_says_so(here, monkeypatch):
    settings, _ = here
    actions = lambda: {  # noqa: E731
        o.notebook: (o.action, o.reason) for o in batch.run_notebooks(["counts", "products"], settings)
    }
    actions()
    defined = identity.definition_hash
    other = lambda name, module: "other" if name == "table orders" else defined(name, module)  # noqa: E731
    with monkeypatch.context() as patched:
        patched.setattr(identity, "definition_hash", other)
        ran = actions()
    assert ran["counts"] == ("ran", "changed: definitions table orders")
    assert ran["products"] == ("skipped", "nothing that matters changed")
    assert actions()["counts"] == ("skipped", "nothing that matters changed")
