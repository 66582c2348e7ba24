"""Names of headlines, figures and tables: what may be one, and that it is given once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.report_names import Given, check


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("by store/week", "by_store_week"),
        ("../../../../escaped", "escaped"),
        ("x" * 300, "x" * 40),
        ("", "Name it"),
        (".hidden", "hidden"),
        ("café", "caf"),
        ("a\x00b", "a_b"),
        ("a\n", "a"),
        (7, "7"),
        (None, "none"),
    ],
)
def test_a_name_that_cannot_be_a_file_or_an_anchor_is_refused_with_one_that_can(name, remedy):
    with pytest.raises(ParameterError, match="letters a to z, digits") as raised:
        check("table", name)
    assert remedy in str(raised.value)


def test_a_plain_name_passes():
    assert [check("figure", name) for name in ("ramps", "by-store_2", "7days")] == [
        "ramps",
        "by-store_2",
        "7days",
    ]


def _shell(cell=""):
    kernel = SimpleNamespace(get_parent=lambda channel: {"metadata": {"cellId": kernel.cell}}, cell=cell)
    return SimpleNamespace(execution_count=1, kernel=kernel)


def test_two_cells_of_a_run_may_not_give_one_name():
    given, shell = Given(), _shell()
    given.add("table", "stores", shell)
    given.add("figure", "stores", shell)  # another kind is another place
    shell.execution_count = 2
    for same in ("stores", "Stores"):
        with pytest.raises(ParameterError, match="each name once in a notebook"):
            given.add("table", same, shell)
    given.add("headline", "n_a", shell)
    with pytest.raises(ParameterError, match="headline n-a"):
        given.add("headline", "n-a", shell)


def test_a_cell_of_the_desk_may_run_again_but_not_take_the_name_of_another():
    given, shell = Given(), _shell("cell-1")
    given.add("table", "stores", shell)
    with pytest.raises(ParameterError):
        given.add("table", "stores", shell)  # twice in one run of the cell
    shell.execution_count = 2
    given.add("table", "stores", shell)
    shell.execution_count, shell.kernel.cell = 3, "cell-2"
    with pytest.raises(ParameterError, match="restart the kernel"):
        given.add("table", "stores", shell)


def test_outside_a_notebook_only_the_form_is_checked():
    given = Given()
    given.add("table", "stores", None)
    given.add("table", "stores", None)
    with pytest.raises(ParameterError):
        given.add("table", "a/b", None)
