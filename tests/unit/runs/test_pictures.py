"""Pictures beside a notebook travel with its run; others do not."""

from __future__ import annotations

from nbformat.v4 import new_markdown_cell, new_notebook

from lucky_analytics.runs.pictures import MOST_BYTES, attach, files_of


def test_pictures_of_the_folder_are_attached_and_nothing_else(tmp_path):
    folder = tmp_path / "operations"
    (folder / "img").mkdir(parents=True)
    (folder / "a b.png").write_bytes(b"1")
    (folder / "img" / "c.SVG").write_bytes(b"<svg/>")
    (folder / "secret.txt").write_bytes(b"s")
    (tmp_path / "outside.png").write_bytes(b"o")
    (folder / "large.png").write_bytes(b"0" * (MOST_BYTES + 1))
    text = (
        '![](a%20b.png "title") ![](<a b.png>) <img src="img/c.SVG"> ![](secret.txt) ![](../outside.png) '
        "![](large.png)"
        " ![](https://x.example/p.png) ![](gone.png)"
    )
    node = new_notebook(cells=[new_markdown_cell(text)])
    attach(node, folder)
    assert node.cells[0]["attachments"] == {
        "a%20b.png": {"image/png": "MQ=="},
        "a b.png": {"image/png": "MQ=="},
        "img/c.SVG": {"image/svg+xml": "PHN2Zy8+"},
    }
    assert [file.name for file in files_of([text], folder)] == ["a b.png", "a b.png", "c.SVG"]
