"""Every declaration is read by one function: what is wrong is one line with file, line and nearest name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lucky_analytics import declarations
from lucky_analytics.errors import LuckyError

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.yml", "a: 1\nb: 2\na: 3\n", "a.yml, a: expected to be declared once, got line 1 and line 3"),
        (
            "a.yml",
            "a:\n  - b: 1\n    b: 2\n",
            "a.yml, a.1.b: expected to be declared once, got line 2 and",
        ),
        ("a.yml", "a: 1\nb: [\n", "a.yml line 3: expected YAML"),
        ("a.yml", "<<<<<<< HEAD\na: 1\n", "a.yml line 2: expected YAML"),
        ("a.yml", "\n- a\n", "a.yml line 2: expected name: value lines, got a list"),
        ("a.yml", "a:\n  b: 2026-02-30\n", "a.yml line 2: expected a value, got '2026-02-30'"),
        ("a.yml", "a: !!python/object:os.system x\n", "a.yml line 1: expected a value"),
        ("a.yml", "a: &x {b: *x}\n", "a.yml line 1: expected at most 40 levels"),
        ("a.yml", "a: 1\nb: \xff\n".encode("latin-1"), "a.yml line 2: expected UTF-8, got byte 0xff"),
        ("a.yml", "a: \x00\n", "a.yml: expected YAML"),
        (
            "a.toml",
            "[t]\na = 1\n\na = 2\n",
            "t.a: expected to be declared once, got line 2 and line 4",
        ),
        ("a.toml", "[t]\na = 1\n[t]\n", "a.toml, t: expected to be declared once, got line 1 and line 3"),
        ("a.toml", "[t]\na = \n", "a.toml line 2: expected TOML"),
        ("a.toml", "[t", "a.toml line 1: expected TOML"),
    ],
)
def test_what_cannot_be_read_is_one_line_with_its_place(tmp_path, name, text, line):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(LuckyError) as error:
        declarations.read(path)
    assert line in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_and_an_empty_one(tmp_path):
    with pytest.raises(LuckyError, match=r"nowhere\.yml: expected a file"):
        declarations.read(tmp_path / "nowhere.yml")
    (tmp_path / "empty.yml").write_text("# nothing yet\n")
    assert declarations.read(tmp_path / "empty.yml") == {}


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    (tmp_path / "a.yml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert declarations.read(tmp_path / "a.yml") == {"a": 1}


def test_values_know_their_lines_and_forms():
    block = declarations.read_text("a:\n  n: 1\n  name: [x, 2]\n", "a.yml")["a"]
    assert block.get_as("n", int, 0) == block.get_as("n", float, 0.0) == 1
    for call, line in (
        (lambda: block.get_as("n", str, ""), "a.yml line 2, a.n: expected a text, got 1"),
        (lambda: block.names("name"), "a.yml line 3, a.name: expected a name or a list of names"),
        (lambda: block.choice("n", ("x", "y")), "a.yml line 2, a.n: expected x or y, got 1"),
        (
            lambda: block.require_known(("n", "names")),
            "field of a.yml line 3, a 'name': expected one of n",
        ),
    ):
        with pytest.raises(LuckyError) as error:
            call()
        assert line in str(error.value)


def test_toml_lines_pass_over_texts_and_lists_of_tables():
    text = 'a = """\nb = 1\n"""\nb = 2\n[[t]]\nc = 1\n[[t]]\nc = 2\n[d.e]\nf = 1\n'
    block = declarations.read_text(text, "a.toml")
    assert block.where("b") == "a.toml line 4, b"
    assert block["d"]["e"].where("f") == "a.toml line 10, d.e.f"


def test_of_a_toml_name_that_is_declared_twice_the_first_stands_and_both_lines_are_known():
    text = (
        "[a]\nn = [\n  [1],\n  [1],\n]\nn = [\n  2,\n]\n[b]\nm = 1\n[a]\nn = 3\nk = 4\n[b.c]\nd = 5\n"
        '[e]\ntext = """\n[a]\n"""\n'
    )
    block = declarations.read_text(text, "a.toml")
    assert block == {"a": {"n": [[1], [1]]}, "b": {"m": 1, "c": {"d": 5}}, "e": {"text": "[a]\n"}}
    assert (block.repeated, block["a"].repeated) == ({"a": [11]}, {"n": [6, 12]})
    built, faults = declarations.each(block, lambda name, value: name)
    assert built == ["b", "e"]
    assert str(faults["a"]) == "a.toml, a: expected to be declared once, got line 1 and line 11"


def test_nothing_else_reads_yaml_or_toml():
    package = ROOT / "lucky_analytics"
    readers = {
        path.relative_to(package).parts[0]
        for path in package.rglob("*.py")
        if re.search(r"^\s*(import|from) (yaml|tomllib)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert readers == {"declarations"}
