"""Reports on paper, through a real Chromium."""

from __future__ import annotations

import re
import zlib

import pytest

from lucky_analytics.errors import PublishError
from lucky_analytics.publish import pdf, publish
from tests.example_runs import make_settings, write_run


@pytest.mark.full
def test_pdf_is_printed_once_and_linked(require, tmp_path, monkeypatch):
    require(*pdf.PROGRAMS)
    settings = make_settings(tmp_path)
    write_run(settings)
    home = publish(settings, pdf=True, mail=True).folder / "operations" / "store_ramp_curves"
    printed = (home / "report.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 2
    assert "report.pdf" in (home / "history.js").read_text()
    assert (home / "report.eml").is_file()
    # a chart drawn is thousands of path operators; a page without one has a few hundred
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", printed, re.DOTALL)
    assert sum(inflate(stream).count(b" l\n") for stream in streams) > 200

    def refuse(*_, **__):
        raise AssertionError("printed twice")

    monkeypatch.setattr(pdf.subprocess, "run", refuse)
    (home / "index.html").parent.parent.parent.joinpath("index.html").unlink()  # damaged: built again
    assert publish(settings, pdf=True, mail=True).is_new
    assert (home / "report.pdf").read_bytes() == printed


def inflate(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_without_chromium_the_error_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf.shutil, "which", lambda *_, **__: None)
    with pytest.raises(PublishError, match="make system-packages"):
        pdf.write_pdf(tmp_path / "page.html", tmp_path / "page.pdf")
    assert not (tmp_path / "page.pdf").exists()
