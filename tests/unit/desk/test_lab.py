"""The kernel that ``lucky lab`` writes, started for real: commands, completion, what JupyterLab shows."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from lucky_analytics import report_charts, report_record
from lucky_analytics.desk import lab
from lucky_analytics.desk import lab_charts as charts
from lucky_analytics.desk import suite_kernel as kernel
from tests import estate_rows


@pytest.fixture(scope="module")
def client(tmp_path_factory) -> Iterator[Any]:
    here = estate_rows.checkout(tmp_path_factory.mktemp("lab"))
    estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    folder = lab.write_kernel(here)
    specs = KernelSpecManager(kernel_dirs=[str(folder.parent)])
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=specs)
    manager.start_kernel(env=lab.lab_environment(here, os.environ), stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(client: Any, code: str) -> list[dict[str, Any]]:
    """What a cell puts out."""
    messages: list[dict[str, Any]] = []
    reply = client.execute_interactive(code, timeout=60, output_hook=messages.append)
    assert reply["content"]["status"] == "ok", reply["content"]
    kinds = ("stream", "display_data", "execute_result")
    return [message["content"] for message in messages if message["msg_type"] in kinds]


def complete(client: Any, code: str) -> list[str]:
    return client.complete(code, reply=True, timeout=60)["content"]["matches"]


def test_lucky_is_found_in_a_cell_and_knows_the_checkout(client):
    # one command a line: dash, the shell where none is set, answers only the first of several names
    said = run(client, "!command -v lucky; command -v papermill")
    lucky, papermill = "".join(part["text"] for part in said).splitlines()
    assert lucky.endswith("/lucky") and Path(lucky).parent == Path(papermill).parent


def test_completion_knows_tables_columns_and_raw_tables(client):
    run(client, "import lucky_analytics; suite = lucky_analytics.open(); raw = suite.source('opshop')")
    assert complete(client, "suite.or") == [".order_forecasts", ".order_items", ".order_steps", ".orders"]
    assert complete(client, "suite.orders.n_") == [".n_items"]
    assert ".t_shop_info" in complete(client, "raw.")
    assert ".shop_name" in complete(client, "raw.t_shop_info.shop")


def test_an_own_chart_has_the_suites_look_and_needs_no_network(client):
    (chart,) = run(client, "import altair as alt\nalt.Chart().mark_bar()")
    assert "application/vnd.jupyter.widget-view+json" in chart["data"]
    (config,) = run(client, "alt.Chart().mark_bar().to_dict()['config']['view']")
    assert "'stroke': None" in config["data"]["text/plain"]


def test_a_figure_is_shown_with_its_finding(client):
    figure_of = "report.figure(alt.Chart().mark_bar(), 'f', 'A < B', subtitle='s', alt='a')"
    (figure,) = run(client, f"import altair as alt\nfrom lucky_analytics import report\n{figure_of}")
    drawn = figure["data"][charts.VEGA]
    assert (drawn["title"]["text"], drawn["title"]["subtitle"]) == (["A < B"], ["s"])
    assert "text/html" not in figure["data"]  # which JupyterLab would show instead
    assert figure["metadata"][charts.VEGA]["embed_options"]["renderer"] == "svg"
    assert (
        figure["data"][report_record.MIME]["kind"] == "figure" and report_charts.VEGA_LITE in figure["data"]
    )


def test_an_edited_module_is_read_again_before_the_next_cell(client, tmp_path):
    module = tmp_path / "edited_step.py"
    module.write_text("def answer():\n    return 1\n")
    start = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nimport edited_step\nedited_step.answer()"
    (before,) = run(client, start)
    module.write_text("def answer():\n    return 22222\n")
    os.utime(module, (module.stat().st_mtime + 10,) * 2)  # an edit in the same second is one too
    (after,) = run(client, "edited_step.answer()")
    assert (before["data"]["text/plain"], after["data"]["text/plain"]) == ("1", "22222")


def test_no_cell_runs_with_an_old_step_while_the_edited_one_cannot_be_read(client, tmp_path):
    file = tmp_path / "broken_step.py"
    file.write_text("def load():\n    return 1\n")
    run(client, f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import broken_step")
    file.write_text("def load(:\n    return 22\n")
    for _ in range(2):
        reply = client.execute_interactive("broken_step.load()", timeout=60, output_hook=lambda message: None)
        assert reply["content"]["ename"] == "InputRejected"
        assert "broken_step.py line 1: invalid syntax" in reply["content"]["evalue"]
    assert run(client, "!echo here")[0]["text"].strip() == "here"  # it may write or restore the file
    file.write_text("def load():\n    return 333\n")
    (shown,) = run(client, "broken_step.load()")
    assert shown["data"]["text/plain"] == "333"


def test_checkpoints_are_kept_away_from_the_notebooks(tmp_path):
    here = estate_rows.checkout(tmp_path)
    (kept,) = [part for part in lab.lab_command(here) if "checkpoint_dir" in part]
    assert Path(kept.partition("=")[2]) == here.lab_dir / "checkpoints"
    assert here.notebooks_dir not in here.lab_dir.parents


def test_what_is_no_figure_and_no_table_is_shown_as_it_is():
    for content in ({}, {"data": {"text/plain": "x"}}, {"data": {report_record.MIME: {"kind": "headline"}}}):
        message = {"content": dict(content)}
        assert kernel.show_record(message) == {"content": content}
