"""Save as report, and what an app prepares once: other people's mistakes and damaged files cost no report."""

from __future__ import annotations

import asyncio

import pytest

from lucky_analytics.apps.kept import keep
from lucky_analytics.apps.reports import ReportQueue
from lucky_analytics.errors import LuckyError
from tests import estate_rows
from tests.notebook_cells import OPENING, PARAMETERS, write_notebook

HEADLINE = 'report.headline("n", "Shops", 1, unit="shops", n=1, n_of="shops")'
SCENARIO = f'{PARAMETERS}\nscenario: str = ""  # what is asked'


@pytest.mark.full
def test_a_report_is_saved_though_other_declarations_are_wrong(tmp_path, monkeypatch):
    here = estate_rows.checkout(tmp_path)
    taken = estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    what_if = here.notebooks_dir / "operations" / "what_if.ipynb"
    write_notebook(what_if, OPENING, "assert 'bad' not in scenario", HEADLINE, parameters=SCENARIO)
    (here.notebooks_dir / "operations" / "draft.ipynb").write_text("{")
    (here.params_dir / "decisions.yml").write_text("bad: 7\n")
    (here.params_dir / "audiences.yml").write_text("broken: 5\n")
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    queue = ReportQueue("what_if", here)
    saved = asyncio.run(queue.save({"scenario": {"sites": []}, "snapshot": taken.id}))
    assert (here.site_dir / saved["page"]).is_file()
    assert queue.is_ours((saved["run"],))
    with pytest.raises(LuckyError, match="report what_if: got lucky: 1 of 1 notebooks failed: what_if"):
        asyncio.run(queue.save({"scenario": {"bad": []}, "snapshot": taken.id}))


@pytest.mark.parametrize("damage", [b"", b"\x80", b"no pickle", b"cnowhere\nmissing\n."])
def test_what_was_kept_and_cannot_be_read_is_prepared_again(tmp_path, damage):
    here = estate_rows.checkout(tmp_path)
    assert keep("room", "lucky_analytics.formats", "s", here, lambda: [1]) == [1]
    assert keep("room", "lucky_analytics.formats", "s", here, lambda: [2]) == [1]
    (kept,) = (here.outputs_dir / "apps").glob("room-*.pickle")
    kept.write_bytes(damage)
    assert keep("room", "lucky_analytics.formats", "s", here, lambda: [3]) == [3]
    assert keep("room", "lucky_analytics.formats", "s", here, lambda: [4]) == [3]
