"""The declared controls: all can be read, a mistaken one costs itself, an operator changes three fields."""

from __future__ import annotations

import pytest

from lucky_analytics import declarations, settings
from lucky_analytics.methods.ledgers.control_limits import Limit
from lucky_analytics.questions.platform.compliance.declared_controls import TABS, load_controls
from lucky_analytics.questions.platform.compliance.query_list import list_queries

SOUND = """\
fees:
  tab: Payment
  title: each payment has a fee record
  demands: No payment is without one
  source: own rule
  owner: Finance
  severity: high
  query: fee_record
  of: payments
  exceptions: payments without one
  limit: 0
  evidence: payment
pci:
  {tab: Payment, title: cards are safe, demands: PCI, source: PCI, owner: IT, severity: low,
   not_testable: no table}
"""


CHANGED = """\
fees: {owner: Treasury, severity: low, limit: 0.5 %}
pci: {owner: Ann}
"""


def load(tmp_path, text=SOUND, changes=""):
    file = tmp_path / "controls.yml"
    file.write_text(text, encoding="utf-8")
    return load_controls(list_queries(), changes, file)


def test_the_shipped_controls_can_be_read_and_use_every_query():
    controls, wrong = load_controls(list_queries())
    assert wrong == {}
    assert [control.tab for control in controls] == sorted((c.tab for c in controls), key=TABS.index)
    assert {control.tab for control in controls} == set(TABS)
    tested = [control for control in controls if not control.not_testable]
    assert {control.query for control in tested} == set(list_queries())
    assert len(tested) >= 12 and len(tested) < len(controls)
    assert all(control.limit is not None and control.of and control.evidence for control in tested)
    assert len({control.exceptions for control in tested}) == len(tested)


def test_the_shipped_parameters_change_nothing_that_is_not_there():
    given = declarations.read(settings.load().params_dir / "compliance.yml", as_text=True)
    assert load_controls(list_queries(), given.get("changes", ""))[1] == {}


def test_a_sound_file_is_read_as_written(tmp_path):
    (fees, pci), wrong = load(tmp_path)
    assert wrong == {}
    assert (fees.name, fees.limit, fees.weight) == ("fees", Limit(cases=0), 3)
    assert (pci.not_testable, pci.query, pci.limit) == ("no table", "", None)
    assert "demands: No payment is without one" in fees.line and "limit: 0" in fees.line


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("tab: Payment\n", "tab: Payments\n", "line 2, fees.tab: expected Tax or Payment"),
        ("severity: high", "severity: grave", "severity: expected high or medium or low"),
        ("query: fee_record", "query: fee_records", "fee_record"),
        ("limit: 0", "limit: few", "limit: expected a whole number of exceptions"),
        ("  limit: 0\n", "", "limit: expected a text, got nothing"),
        ("owner: Finance", "owner: [a, b]", "owner: expected a text"),
        ("evidence: payment", "evidences: payment", "evidence"),
        ("evidence: payment\n", "evidence: payment\n  not_testable: no table\n", "not testable"),
        ("evidence: payment\n", "evidence: payment\nfees: {}\n", "declared once"),
    ],
)
def test_a_mistaken_entry_costs_itself_and_is_named(tmp_path, old, new, told):
    controls, wrong = load(tmp_path, SOUND.replace(old, new, 1))
    assert [control.name for control in controls] == ["pci"]
    assert list(wrong) == ["controls.yml, fees"] and told in str(wrong["controls.yml, fees"])


def test_an_operator_changes_owner_severity_and_limit(tmp_path):
    (fees, pci), wrong = load(tmp_path, changes=CHANGED)
    assert wrong == {} and pci.owner == "Ann"
    assert (fees.owner, fees.severity, fees.limit) == ("Treasury", "low", Limit(share=0.005))


@pytest.mark.parametrize(
    ("changes", "place", "told"),
    [
        ("fee: {limit: 1}", "changes, fee", "fees"),
        ("fees: {title: another}", "changes, fees", "title"),
        ("fees: {limit: many}", "changes, fees", "whole number"),
        ("pci: {limit: 1}", "changes, pci", "not testable"),
        ("fees: {owner: A}\nfees: {owner: B}", "changes, fees", "declared once"),
        ("fees: [", "changes", "YAML"),
        ("a text", "changes", "name: value"),
    ],
)
def test_a_mistaken_change_leaves_the_control_as_it_is_declared(tmp_path, changes, place, told):
    (fees, pci), wrong = load(tmp_path, changes=changes)
    assert (fees.limit, fees.owner, pci.owner) == (Limit(cases=0), "Finance", "IT")
    assert list(wrong) == [place] and told in str(wrong[place])
