"""While a report counts rows of another market nothing is published, and what stands is left as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import lucky_analytics
from lucky_analytics.errors import PublishError
from lucky_analytics.publish import publish, publish_audiences
from tests import estate_rows
from tests.example_runs import make_settings, write_run
from tests.notebook_cells import OPENING, write_notebook

SOURCE = "luckyus_sales_order.t_order"
LEAK = "orders holds 2 rows of another market (order_id 2, 3): orders in another currency"
LATER = "2026-02-15T12:00:00.000+00:00"


def stands(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_publishing_is_refused_in_one_line_that_names_rows_reports_and_remedy(tmp_path):
    here = make_settings(tmp_path)
    write_run(here)
    publish(here)
    before = stands(here.site_dir)
    write_run(here, problem=LEAK, run_id="beef", ended_at=LATER, leaks={SOURCE: LEAK})
    write_run(here, problem=LEAK, run_id="cafe", notebook="other", ended_at=LATER, leaks={SOURCE: LEAK})
    for _ in range(2):  # as often as it is asked
        with pytest.raises(PublishError) as refused:
            publish(here)
        line = str(refused.value)
        assert line.startswith("reports other, store_ramp_curves: expected no row of another market")
        assert line.count("order_id 2, 3") == 1 and "Mend the definition of orders" in line
        assert "\n" not in line and stands(here.site_dir) == before


def test_an_audience_that_sees_the_report_keeps_its_last_portal_and_the_others_are_built(tmp_path):
    here = make_settings(tmp_path)
    declared = "both: everything\nothers:\n  notebooks: [other]\n"
    (here.params_dir / "audiences.yml").write_text(declared)
    write_run(here, notebook="other")
    write_run(here, problem=LEAK, run_id="beef", leaks={SOURCE: LEAK})
    made = publish_audiences(here)
    assert [audience.name for audience, _ in made.portals] == ["others"]
    assert [type(fault) for fault in made.faults] == [PublishError]


def test_with_a_sound_run_in_its_place_the_portal_comes_and_the_old_page_shows_no_number(tmp_path):
    here = make_settings(tmp_path)
    write_run(here, problem=LEAK, run_id="beef", leaks={SOURCE: LEAK})
    write_run(here, run_id="cafe", ended_at=LATER)
    built = publish(here)
    assert set(built.runs) == {"beef", "cafe"}
    old = (built.folder / "runs" / "beef" / "index.html").read_text()
    assert "rows of another market" in old and not (built.folder / "runs" / "beef" / "tables").exists()


@pytest.mark.full
@pytest.mark.timeout(600)
def test_a_build_whose_filter_was_lost_is_run_refused_mended_and_published(tmp_path):
    """Commands of a copy of the package in which ``orders`` no longer leaves out what is not its own."""
    here = estate_rows.checkout(tmp_path / "checkout")
    order = {"shop_id": 1, "status": 90, "currency_code": "USD", "tenant": "LKUS", "pay_money": 4.71}
    shops = [estate_rows.NEW_YORK, estate_rows.RAROTONGA]
    orders = [
        order | {"id": 1},
        order | {"id": 2, "currency_code": "NZD"},
        order | {"id": 3, "tenant": "LKTEST"},
    ]
    estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": shops, SOURCE: orders})
    said = "n = int(suite.orders.count().execute())\n"
    said += 'report.headline("n", "Orders", n, unit="orders", n=n, n_of="x")'
    write_notebook(here.notebooks_dir / "operations" / "counts.ipynb", OPENING, said)
    package = tmp_path / "copy" / "lucky_analytics"
    shutil.copytree(
        Path(lucky_analytics.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__")
    )

    def lucky(*words: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(package.parent), "LUCKY_HOME": str(here.root)}
        command = [sys.executable, "-m", "lucky_analytics.cli", *words]
        return subprocess.run(command, env=env, cwd=here.root, capture_output=True, text=True, check=False)

    assert lucky("run", "--all").returncode == lucky("publish").returncode == 0
    before = stands(here.site_dir)
    file = package / "catalog/sales/orders.py"
    sound = file.read_text()
    lost = sound.replace('(placed.currency_code != "USD", "not in USD"),', "")
    lost = lost.replace('(is_foreign(placed), "of another tenant"),', "")
    assert len(lost) < len(sound) - 80
    file.write_text(lost)
    run = lucky("run", "--all")
    assert run.returncode == 0 and "orders holds 2 rows of another market (order_id 2, 3)" in run.stdout
    refused = lucky("publish")
    assert refused.returncode == PublishError.exit_code != 0
    (line,) = refused.stderr.strip().splitlines()
    assert "reports counts: expected no row of another market" in line and "order_id 2, 3" in line
    assert refused.stdout == "" and stands(here.site_dir) == before
    file.write_text(sound)
    assert lucky("run", "--all").returncode == 0
    assert "portal published" in lucky("publish").stdout
