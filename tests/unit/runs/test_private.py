"""What a notebook prints or shows of secrets and of people is in no file of its run."""

from __future__ import annotations

from lucky_analytics.runs import batch, records
from tests import estate_rows
from tests.notebook_cells import OPENING, write_notebook

CELLS = (
    "import os, pandas as pd\nsecret = os.environ['SHOP_PASSWORD']",
    "print(secret, 'ann' + '@example.com')\nsecret",
    "people = pd.DataFrame({'who': ['bob' + '@example.com', '221 Grand']})",
    "report.table(people, 'people', 'People')",
    "import altair as alt\nchart = alt.Chart(people).mark_bar().encode(y='who:N')",
    "report.figure(chart, 'who', 'Who it is', subtitle='People')",
    "people",
    "suite.stores",
)


def test_what_a_cell_shows_of_secrets_and_people_is_in_no_file(tmp_path, monkeypatch):
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    monkeypatch.setenv("SHOP_PASSWORD", 'bridge"troll\\7')
    here = estate_rows.checkout(tmp_path)
    estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    write_notebook(here.notebooks_dir / "operations" / "prints.ipynb", OPENING, *CELLS)
    (outcome,) = batch.run_notebooks(["prints"], here)
    assert outcome.action == "ran", outcome.reason
    files = [path for path in (here.runs_dir / "prints" / outcome.record.run_id).rglob("*") if path.is_file()]
    assert {"executed.ipynb", "report.html", "people.csv", "people.parquet"} <= {path.name for path in files}
    for file in files:
        kept = file.read_bytes()
        assert not any(word in kept for word in (b"troll", b"ann@", b"bob@")), file
    (caveat,) = records.read_results(outcome.record, here)["caveats"]
    assert caveat["text"] == "1 value of the table 'People' looked like personal data and is not shown."
