from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.lists import write_list

ROWS = pd.DataFrame({"customer_id": ["U1", "U2"], "score": [91, 88]})
DAY = dt.date(2026, 2, 13)


def write(folder, name="at_risk", **facts):
    return write_list(
        ROWS, name, **{"owner": "marketing", "purpose": "win-back", "as_of": DAY, "folder": folder, **facts}
    )


def test_a_list_says_whose_it_is_and_until_when(tmp_path):
    path = write(tmp_path, valid_days=7)
    assert path.name == "at_risk-2026-02-13.csv"
    assert pd.read_csv(path)["customer_id"].tolist() == ["U1", "U2"]
    facts = json.loads(path.with_suffix(".json").read_text())
    assert (facts["owner"], facts["expires"], facts["rows"]) == ("marketing", "2026-02-20", 2)
    assert path.stat().st_mode & 0o077 == 0


def test_expired_lists_are_deleted(tmp_path):
    old = write(tmp_path, valid_days=7)
    kept = write(tmp_path, name="other", valid_days=30)
    write(tmp_path, as_of=DAY + dt.timedelta(days=8))
    assert not old.exists() and not old.with_suffix(".json").exists()
    assert kept.exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"expires": "soon"}', "{}"])
def test_a_list_that_lost_its_facts_is_warned_of_and_expires_with_the_longest(tmp_path, text):
    old = write(tmp_path, valid_days=7)
    old.with_suffix(".json").write_text(text)
    with pytest.warns(UserWarning, match="at_risk-2026-02-13.json: .* it is kept until 2026-05-14"):
        write(tmp_path, name="other", as_of=DAY + dt.timedelta(days=20))
    assert old.exists()
    with pytest.warns(UserWarning, match="damaged"):
        write(tmp_path, name="other", as_of=DAY + dt.timedelta(days=91))
    assert not old.exists()


@pytest.mark.parametrize("wrong", [{"owner": " "}, {"purpose": ""}, {"name": "../x"}, {"valid_days": 400}])
def test_a_list_without_owner_purpose_or_end_is_refused(tmp_path, wrong):
    with pytest.raises(ParameterError, match="an owner, a purpose, and 1 to 90 days"):
        write(tmp_path, **wrong)
    assert list(tmp_path.iterdir()) == []


def test_the_default_folder_is_no_part_of_the_portal(tmp_path, monkeypatch):
    monkeypatch.setenv("LUCKY_OUTPUTS", str(tmp_path))
    path = write(None)
    assert path.parent == tmp_path / "lists"


def test_a_name_that_a_spreadsheet_would_run_is_led_by_an_apostrophe(tmp_path):
    rows = pd.DataFrame({"=cmd": ['=HYPERLINK("http://x")', "Ana"], "score": [-1.5, 2.0]})
    path = write_list(rows, "at_risk", owner="m", purpose="p", as_of=DAY, folder=tmp_path)
    back = pd.read_csv(path)
    assert back.to_dict("list") == {"'=cmd": ['\'=HYPERLINK("http://x")', "Ana"], "score": [-1.5, 2.0]}
