"""A report as a mail: pictures inside, nothing from elsewhere, the same bytes twice."""

from __future__ import annotations

import email
import struct
import zlib
from email.policy import default

import pytest
import vl_convert
from nbformat.v4 import new_code_cell

from lucky_analytics import report
from lucky_analytics.publish.mail import format_mail
from lucky_analytics.publish.shelf import read_shelf
from lucky_analytics.publish.small_png import pack_png
from tests.example_pages import HOSTILE, example_notebook, record
from tests.example_runs import make_settings, write_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    settings = make_settings(tmp_path_factory.mktemp("mail"))
    write_run(settings, example_notebook(store_name=HOSTILE))
    return read_shelf(settings).shown[0]


@pytest.fixture(scope="module")
def mail(run):
    return email.message_from_bytes(bytes(format_mail(run)), policy=default)


def test_a_mail_is_small_enough_for_any_program(mail):
    assert len(bytes(mail)) < 100_000


def test_both_texts_carry_answer_numbers_and_limits(mail):
    plain = mail.get_body(("plain",)).get_content()
    rich = mail.get_body(("html",)).get_content()
    for text in (plain, rich):
        assert "$57.9K" in text
        assert "budget nine weeks of ramp" in text
        assert "21st &amp; 3rd has one week" in text or "21st & 3rd has one week" in text
        assert "Generated data" in text
        assert "Worth $1,900" in text and "Two stores opened without it." in text
    assert "Decision: Act. Expansion: budget nine weeks" in " ".join(plain.split())
    assert "Decision: Act" in rich
    assert mail["Subject"].endswith("how high is it? (13 Feb 2026)")


def test_the_subject_is_what_was_found(tmp_path):
    node = example_notebook()
    found = record(report.title, "Seven of ten stores level off")
    node.cells.append(new_code_cell("title", outputs=found))
    settings = make_settings(tmp_path)
    write_run(settings, node)
    made = email.message_from_bytes(bytes(format_mail(read_shelf(settings).shown[0])), policy=default)
    assert made["Subject"] == "Seven of ten stores level off (13 Feb 2026)"


def test_a_packed_picture_has_the_same_pixels_in_fewer_bytes():
    circle = '<circle r="90" cx="99" cy="99"/>'
    image = f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">{circle}</svg>'
    drawn = vl_convert.svg_to_png(image, scale=2.0)
    packed = pack_png(drawn)
    assert len(packed) < len(drawn)
    assert inflate(packed) == inflate(drawn)
    assert packed[:33] == drawn[:33] and packed[-12:] == drawn[-12:]  # header and end
    assert pack_png(packed) == packed


def inflate(picture):
    """The rows of a PNG, by its chunks."""
    data, at = b"", 8
    while at < len(picture):
        (size,) = struct.unpack_from(">I", picture, at)
        assert (
            zlib.crc32(picture[at + 4 : at + 8 + size]) == struct.unpack_from(">I", picture, at + 8 + size)[0]
        )
        data += picture[at + 8 : at + 8 + size] if picture[at + 4 : at + 8] == b"IDAT" else b""
        at += size + 12
    return zlib.decompress(data)


def test_the_picture_is_inside_and_nothing_is_elsewhere(mail):
    rich = mail.get_body(("html",)).get_content()
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert picture.get_content().startswith(b"\x89PNG")
    assert f"cid:{picture['Content-ID'].strip('<>')}" in rich
    assert "http" not in rich
    assert 'alt="Ten small line charts' in rich


def test_text_from_the_database_is_escaped(mail):
    assert "<script" not in mail.get_body(("html",)).get_content()
    assert HOSTILE in mail.get_body(("plain",)).get_content().replace("\n", " ")


def test_a_mail_links_to_the_portal_or_says_that_it_does_not(run, mail):
    linked = email.message_from_bytes(bytes(format_mail(run, "https://reports.example.com")), policy=default)
    for kind in ("plain", "html"):
        link = "https://reports.example.com/operations/store_ramp_curves/index.html"
        assert link in linked.get_body((kind,)).get_content()
        assert "has no link to it" in " ".join(mail.get_body((kind,)).get_content().split())


def test_same_run_same_bytes(run):
    assert bytes(format_mail(run)) == bytes(format_mail(run))
