"""Parameters keep what was written and refuse what was not declared."""

from __future__ import annotations

import pytest

from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.runs import parameters

CELL = """\
level: "float in [0.5, 0.99]" = 0.9  # confidence level
zip_code: str = "10003"
as_of: "date | None" = None
curve: "'gompertz' | 'logistic'" = "gompertz"
weeks: int = 8
stores: list[str] = []
"""


def resolve(**given):
    return parameters.resolve(parameters.declared(CELL, "nb"), given)


def test_declarations_carry_type_default_and_description():
    found = parameters.declared(CELL, "nb")
    assert list(found) == ["level", "zip_code", "as_of", "curve", "weeks", "stores"]
    assert (found["level"].default, found["level"].about) == (0.9, "confidence level")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("zip_code", "07030", "07030"),
        ("as_of", "2026-02-13", "2026-02-13"),
        ("as_of", "", None),
        ("level", "0.8", 0.8),
        ("level", "0.5", 0.5),  # both ends of a range belong to it
        ("level", "0.99", 0.99),
        ("weeks", "12", 12),
        ("curve", "logistic", "logistic"),
        ("stores", '["1", "2"]', ["1", "2"]),
    ],
)
def test_text_becomes_what_is_declared(name, text, value):
    assert resolve(**{name: text})[name] == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("level", "1.2"),
        ("level", "0.49"),
        ("level", "high"),
        ("as_of", "13 February"),
        ("curve", "spline"),
        ("weeks", "8.5"),
        ("weeks", "true"),
        ("stores", "[1, 2]"),
    ],
)
def test_a_wrong_value_is_refused_with_name_type_and_value(name, text):
    with pytest.raises(ParameterError, match=f"parameter {name}: expected .*, got '.*"):
        resolve(**{name: text})


def test_an_unknown_parameter_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="unknown parameter 'levle': expected one of level"):
        resolve(levle="0.9")


def test_a_file_keeps_what_was_written(tmp_path):
    path = tmp_path / "p.yml"
    path.write_text("zip_code: 07030\nas_of: 2026-02-13\nweeks: 12\n")
    assert parameters.read_file(path) == {"zip_code": "07030", "as_of": "2026-02-13", "weeks": "12"}
    path.write_text("- a\n- b\n")
    with pytest.raises(ParameterError, match="name: value lines, got a list"):
        parameters.read_file(path)


def test_only_annotated_literals_declare():
    with pytest.raises(ParameterError, match="line 2: expected a literal default"):
        parameters.declared("a: int = 1\nb: int = len('x')", "nb")
    with pytest.raises(ParameterError, match="expected name: type = default"):
        parameters.declared("a = 1", "nb")
    with pytest.raises(ParameterError, match="parameter a: expected int, got 'x'"):
        parameters.declared("a: int = 'x'", "nb")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("b: int = 'x'", "nb: parameters cell, line 2: parameter b: expected int, got 'x'"),
        ("b: int", "nb: parameters cell, line 2: expected a literal default, got none"),
        ("b: 'str | None'", "nb: parameters cell, line 2: expected a literal default, got none"),
        ("b: int = 3 * 4", "nb: parameters cell, line 2: expected a literal default, got 3 * 4"),
        ("b: int = {[]: 1}", "nb: parameters cell, line 2: expected a literal default"),
        ("a: int = 2", "nb: parameters cell, line 2: expected a declared once, got a second declaration"),
        ('b: "int in [3, x]" = 4', "nb: parameters cell, line 2: range of parameter b: expected two numbers"),
        ("b: \"str in [1, 2]\" = 'x'", "nb: parameters cell, line 2: range of parameter b"),
        ("b: \"'old' | 'new\" = 'new'", "nb: parameters cell, line 2: parameter type 'new: expected a text"),
        ("b: list = []", "nb: parameters cell, line 2: parameter type 'list': expected one of str, int"),
    ],
)
def test_what_is_declared_wrongly_names_its_notebook_and_line(line, said):
    with pytest.raises(ParameterError) as error:
        parameters.declared(f"a: int = 1\n{line}", "nb")
    assert str(error.value).startswith(said)


def test_later_layers_win():
    declared = parameters.declared(CELL, "nb")
    assert parameters.resolve(declared, {"weeks": "9"}, {"weeks": "10"})["weeks"] == 10


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400", float("nan")])
def test_a_number_is_finite(value):
    for kind in ("float", "list[float]"):
        given = value if kind == "float" else [value]
        with pytest.raises(ParameterError, match="parameter rate"):
            parameters.Parameter("rate", kind, 0.5, "").convert(given)


def test_null_can_be_given_where_the_type_has_it():
    assert parameters.Parameter("city", "str | None", "x", "").convert("null") is None
    assert parameters.Parameter("city", "str | None", "x", "").convert("") == ""
    assert parameters.Parameter("city", "str", "x", "").convert("null") == "null"


def test_text_that_is_no_utf_8_is_refused():
    with pytest.raises(ParameterError, match="parameter city: expected str"):
        parameters.Parameter("city", "str", "x", "").convert("caf\udce9")
