"""An audience's folder holds what it may see, and nothing else."""

from __future__ import annotations

import pytest

from lucky_analytics.publish import publish_audiences
from lucky_analytics.publish.audience_names import find_unknown_sights
from lucky_analytics.publish.audiences import load_audiences
from tests.example_runs import RECORD, make_settings, write_portal_runs, write_run
from tests.notebook_cells import PARAMETERS, write_notebook

DECLARED = """
leadership: everything
marketing: {departments: [marketing]}
grand: {notebooks: [store_ramp_curves], parameters: {store: 221 Grand}}
nobody: {departments: [legal]}
"""

STORE = PARAMETERS + '\nstore: str = ""'
SLIPS = """dept:
  departments: [operatons, operations]
book:
  notebooks: [shosp]
value:
  notebooks: [shops]
  parameters: {stor: 221 Grand}
right:
  notebooks: [shops]
  parameters: {store: 221 Grand}
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    settings = make_settings(tmp_path_factory.mktemp("audiences"))
    write_portal_runs(settings)
    write_run(settings, run_id="5101e5101e", parameters={**RECORD.parameters, "store": "221 Grand"})
    (settings.params_dir / "audiences.yml").write_text(DECLARED)
    return settings, {audience.name: portal for audience, portal in publish_audiences(settings).portals}


def everything_in(folder):
    return "\n".join(path.read_text(errors="ignore") for path in folder.rglob("*") if path.is_file())


def test_leadership_sees_every_department(published):
    _, portals = published
    text = (portals["leadership"].folder / "index.html").read_text()
    assert all(name in text for name in ("Marketing", "Operations", "Supply chain"))
    assert (portals["leadership"].folder / "demo.html").is_file()


def test_a_department_sees_nothing_of_another_in_any_file(published):
    _, portals = published
    folder = portals["marketing"].folder
    assert "c0ffee00c0ffee00" in everything_in(folder)
    for secret in (
        "How fast does a new store reach its plateau, and how high is it?</a>",
        "a1b2c3d4e5f60718",
    ):
        assert secret not in everything_in(folder)
    assert not (folder / "operations").exists()
    assert not (folder / "dictionary").exists()
    assert {path.name for path in (folder / "runs").iterdir()} == set(portals["marketing"].runs)


def test_a_store_sees_only_runs_made_from_its_rows(published):
    _, portals = published
    folder = portals["grand"].folder
    assert [path.name for path in (folder / "runs").iterdir()] == ["5101e5101e"]
    assert "a1b2c3d4e5f60718" not in everything_in(folder)
    assert "00b2c3d4e5f60718" not in everything_in(folder)


def test_an_audience_without_runs_has_no_folder(published):
    settings, portals = published
    assert portals["nobody"] is None
    assert not (settings.outputs_dir / "audiences" / "nobody").exists()


def test_unchanged_audiences_are_not_built_again(published):
    settings, _ = published
    again = publish_audiences(settings).portals
    assert [portal.is_new for _, portal in again if portal] == [False, False, False]


def test_a_narrower_rule_takes_away_what_was_there(tmp_path):
    settings = make_settings(tmp_path)
    write_portal_runs(settings)
    file = settings.params_dir / "audiences.yml"
    file.write_text("a: everything\nb: everything\nc: {departments: [marketing]}\n")
    publish_audiences(settings)
    file.write_text("a: {departments: [marketing]}\nc: {departments: [legal]}\n")
    publish_audiences(settings)
    home = settings.outputs_dir / "audiences"
    assert [path.name for path in home.iterdir()] == ["a"]
    assert not (home / "a" / "operations").exists()
    file.unlink()
    publish_audiences(settings)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ("a: {department: [marketing]}", "departments"),  # a typo must not widen what a sees
        ("a: {}", "rules from"),
        ("a: {departments: marketing}", "a list"),
        ("a: {parameters: {}}", "names with values"),
        ("../a: everything", "letters, digits"),
        ("- a", "name: value lines"),
        ("a: [", "YAML"),
    ],
)
def test_what_is_not_understood_is_refused(tmp_path, declared, message):
    settings = make_settings(tmp_path)
    write_run(settings)
    (settings.params_dir / "audiences.yml").write_text(declared)
    made = publish_audiences(settings)
    assert message in str(made.faults[0])
    assert "audiences.yml line" in str(made.faults[0])
    assert not made.portals
    assert not (settings.outputs_dir / "audiences").exists()


def test_one_wrong_audience_costs_itself_and_keeps_its_last_portal(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    file, home = settings.params_dir / "audiences.yml", settings.outputs_dir / "audiences"
    file.write_text("a: everything\nb: everything\nc: everything\n")
    publish_audiences(settings)
    file.write_text("a: {department: [x]}\nb: everything\nb: everything\nd: everything\n")
    made = publish_audiences(settings)
    assert [audience.name for audience, _ in made.portals] == ["d"]
    assert len(made.faults) == 2
    assert "line 2 and line 3" in str(made.faults[1])
    assert sorted(path.name for path in home.iterdir()) == ["a", "b", "d"]
    file.write_text("- a")
    assert not publish_audiences(settings).portals
    assert sorted(path.name for path in home.iterdir()) == ["a", "b", "d"]


def test_an_audience_whose_folder_cannot_be_written_costs_itself(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    (settings.params_dir / "audiences.yml").write_text("a: everything\nb: everything\n")
    ours = settings.outputs_dir / "audiences" / "a"
    ours.mkdir(parents=True)
    (ours / "of somebody else.txt").write_text("kept")
    made = publish_audiences(settings)
    assert [audience.name for audience, _ in made.portals] == ["b"]
    assert str(ours) in str(made.faults[0])
    assert (ours / "of somebody else.txt").is_file()


def test_a_value_must_stand_in_the_run_as_it_is_written(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings, parameters={**RECORD.parameters, "is_new": True, "zip": "07030"})
    declared = "a: {parameters: {is_new: true, zip: 07030}}\nb: {parameters: {nowhere: null}}\n"
    (settings.params_dir / "audiences.yml").write_text(declared)
    assert [portal is not None for _, portal in publish_audiences(settings).portals] == [True, False]


def test_a_value_that_no_run_can_have_is_told_with_the_nearest(tmp_path):
    settings = make_settings(tmp_path)
    write_notebook(
        settings.notebooks_dir / "operations" / "shops.ipynb",
        parameters='store: str = "1"\nlevel: "float in [0.5, 0.99]" = 0.9',
    )
    (settings.params_dir / "grids").mkdir()
    (settings.params_dir / "grids" / "shops.yml").write_text("store: [221 Grand, 8th & Broadway]\n")
    declared = "a: {parameters: {store: 221 Grnd}}\nb: {parameters: {level: 99}}\n"
    declared += "c: {parameters: {store: 221 Grand, level: 0.8}}\n"
    (settings.params_dir / "audiences.yml").write_text(declared)
    assert [str(fault) for fault in find_unknown_sights(load_audiences(settings), settings)] == [
        "unknown value of audiences.yml line 1, a.parameters.store '221 Grnd': expected one of 221 Grand",
        "value of audiences.yml line 2, b.parameters.level: expected float in [0.5, 0.99], got '99'",
    ]
    write_run(settings, notebook="shops", parameters={**RECORD.parameters, "store": "221 Grnd", "level": 99})
    assert find_unknown_sights(load_audiences(settings), settings) == []  # a run of before had it


def test_an_audience_that_sees_nothing_or_shares_a_folder_is_wrong(tmp_path):
    settings = make_settings(tmp_path)
    declared = (
        "ops: {departments: [operations]}\nOPS: everything\nnone: {departments: []}\nno: {notebooks: }\n"
    )
    (settings.params_dir / "audiences.yml").write_text(declared)
    found = load_audiences(settings)
    assert [audience.name for audience in found.listed] == ["ops"]
    said = "; ".join(map(str, found.faults))
    assert "audiences.yml line 2, OPS: expected another name than ops, case aside" in said
    assert "none.departments: expected names, got none, so that nobody sees anything" in said
    assert "no.notebooks: expected names, got none, so that nobody sees anything" in said


def test_a_slip_in_a_name_is_told_with_its_line_and_the_nearest_and_takes_away_no_portal(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    write_notebook(settings.notebooks_dir / "operations" / "shops.ipynb", parameters=STORE)
    (settings.params_dir / "audiences.yml").write_text(SLIPS)
    made = publish_audiences(settings)
    assert [str(fault) for fault in made.faults] == [
        f"unknown {kind} of audiences.yml line {line}, {place} {slip!r}: expected one of {near}"
        for kind, line, place, slip, near in (
            ("department", 2, "dept.departments", "operatons", "operations"),
            ("notebook", 4, "book.notebooks", "shosp", "shops"),
            ("parameter", 7, "value.parameters.stor", "stor", "store"),
        )
    ]
    assert [portal is not None for _, portal in made.portals] == [True, False, False, False]
