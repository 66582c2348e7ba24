"""Three databases of a real server: the portal has what can run, and the request for what cannot."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lucky_analytics import snapshot
from lucky_analytics.cli import main
from lucky_analytics.demo.build.load import load
from lucky_analytics.runs import records
from lucky_analytics.settings import Settings
from tests import demo_suite
from tests.estate_rows import checkout
from tests.services import mariadb

ROOT = Path(__file__).parents[2]
GRANTED = {
    "salesorder": "luckyus_sales_order",
    "opshop": "luckyus_opshop",
    "salespayment": "luckyus_sales_payment",
}
READER = "lucky_three"
FEW = (
    "finance/tax_compliance",
    "marketing/churn_cohorts",
    "supply_chain/suppliers",
)


@pytest.fixture
def here(
    server: mariadb.Mariadb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Settings]:
    """A checkout with some notebooks of the suite, or all, whose user may read three databases alone."""
    here = checkout(tmp_path)
    for name in getattr(request, "param", FEW):
        found = sorted((ROOT / "notebooks").glob(f"{name}.ipynb"))
        for notebook in found:
            target = here.notebooks_dir / notebook.parent.name / notebook.name
            target.parent.mkdir(exist_ok=True)
            shutil.copy2(notebook, target)
            params = ROOT / "params" / f"{notebook.stem}.yml"
            if params.exists():
                shutil.copy2(params, here.params_dir)
    shutil.copytree(ROOT / "data" / "external", here.external_dir)
    shutil.copytree(ROOT / "params" / "runbooks", here.params_dir / "runbooks")
    load(demo_suite.estate(), server.root, names=list(GRANTED))
    server.execute(
        f"CREATE OR REPLACE USER {READER} IDENTIFIED BY '{mariadb.PASSWORD}'",
        *(f"GRANT SELECT ON {name}.* TO {READER}" for name in GRANTED.values()),
    )
    monkeypatch.setenv(mariadb.PASSWORD_VARIABLE, mariadb.PASSWORD)
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources.toml").write_text(
        "\n".join(
            f'[{name}]\nprimary = "mysql://{READER}@127.0.0.1:{server.port}"\nallow_primary = true\n'
            f'password_env = "{mariadb.PASSWORD_VARIABLE}"\ncut = "2026-02-14T12:00:00Z"'
            for name in GRANTED
        )
    )
    yield here
    server.execute(f"DROP USER {READER}", *(f"DROP DATABASE {name}" for name in GRANTED.values()))


def test_what_can_run_is_published_and_the_rest_is_a_request(
    here: Settings, capsys: pytest.CaptureFixture[str]
):
    main(["snapshot", "take", "--source", "live"])
    taken = snapshot.find("newest", here)
    assert {name.split(".")[0] for name in taken.tables} == set(GRANTED.values())
    main(["run", "--all"])  # README: run, and then publish
    said = capsys.readouterr()
    assert "2 notebooks wait for tables that nobody has read: churn_cohorts, suppliers" in said.err
    main(["publish"])
    assert "3 reports, 2 wait for tables" in capsys.readouterr().out

    (run,) = records.list_runs("tax_compliance", here)
    assert run.left_out["what was booked"] == [
        "luckyus_ifiaccounting.t_acc_income_bill"
    ]  # payments are there
    access = (here.site_dir / "access.html").read_text()
    assert "2 of 3 questions wait for data that nobody has read yet" in access
    assert "GRANT SELECT ON luckyus_scm_purchase.t_ship_order TO lucky_read;" in access
    assert not [name for name in GRANTED.values() if f"GRANT SELECT ON {name}." in access]
    home = (here.site_dir / "index.html").read_text()
    assert "2 questions wait for tables" in home and "Did not complete" not in home
    assert "Every report that was begun completed" in (here.site_dir / "failures.html").read_text()
    page = (here.site_dir / "marketing" / "churn_cohorts" / "index.html").read_text()
    assert "This report waits for data" in page and "luckyus_sales_crm.t_user" in page
    _assert_links(here.site_dir)

    main(["list", "--access", "--json"])
    grants = json.loads(capsys.readouterr().out)
    assert {name for grant in grants for name in grant["completes"]} == {"churn_cohorts", "suppliers"}
    with pytest.raises(SystemExit) as ended:
        main(["run", "churn_cohorts"])  # asked for by name, and not made
    assert ended.value.code == 5
    assert "luckyus_sales_crm.t_user" in capsys.readouterr().out


@pytest.mark.full
@pytest.mark.parametrize("here", [("*/*",)], indirect=True)
def test_every_notebook_runs_or_waits(here: Settings, capsys: pytest.CaptureFixture[str]):
    main(["snapshot", "take", "--source", "live"])
    main(["run", "--all"])
    newest = [
        next(iter(records.list_runs(path.stem, here))) for path in here.notebooks_dir.glob("[!a]*/*.ipynb")
    ]
    assert {run.status for run in newest if not run.is_waiting} == {records.OK}
    assert {"store_week", "kpi_command_center", "payment_channels"} <= {
        run.notebook for run in newest if not run.is_waiting
    }
    assert {"churn_cohorts", "executive_briefing"} <= {run.notebook for run in newest if run.is_waiting}
    capsys.readouterr()
    main(["publish"])
    _assert_links(here.site_dir)
    main(["list", "--access", "--json"])
    grants = json.loads(capsys.readouterr().out.partition("\n[")[2].join(["[", ""]))
    assert {name for grant in grants for name in grant["completes"]} == {
        run.notebook for run in newest if run.is_waiting
    }


def _assert_links(site: Path) -> None:
    for page in (site / "index.html", site / "access.html", site / "failures.html"):
        for address in re.findall(r'href="([^"#]+)', page.read_text()):
            assert (page.parent / address).exists(), f"{page.name}: {address}"
