"""An Atom feed of the newest answers, for readers who want to be told."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote
from xml.etree import ElementTree as ET

from lucky_analytics.formats import printable
from lucky_analytics.pages.facts import stale_from
from lucky_analytics.publish.shelf import Run, Shelf

__all__ = ["format_feed"]

_ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = 50


def format_feed(shelf: Shelf, site_url: str | None = None) -> str:
    """The feed's XML (RFC 4287): one entry for each notebook's newest run, newest first.

    Its links begin with ``site_url``; without one they are relative to the feed, which works wherever the
    portal is put but not in programs that keep entries apart from their feed. A run that failed is an
    entry too and carries no number; nor does one that is stale, which is updated on the day it became so.
    """
    newest = [runs[0] for runs in shelf.runs.values()]
    newest.sort(key=_updated, reverse=True)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(
        _feed(newest, f"{site_url}/" if site_url else ""), encoding="unicode"
    )


def _feed(runs: Sequence[Run], base: str) -> ET.Element:
    feed = ET.Element("feed", {"xmlns": _ATOM})
    _add(feed, "id", "urn:lucky-analytics:portal")
    _add(feed, "title", "Lucky Analytics")
    _add(feed, "updated", _updated(runs[0]))
    ET.SubElement(feed, "link", {"rel": "self", "href": f"{base}feed.xml"})
    ET.SubElement(feed, "link", {"href": f"{base}index.html"})
    for run in runs[:_ENTRIES]:
        entry = ET.SubElement(feed, "entry")
        _add(entry, "id", f"urn:lucky-analytics:run:{quote(run.notebook)}:{run.id}")
        _add(entry, "title", f"{run.title} ({run.variant})" if run.variant else run.title)
        _add(entry, "updated", _updated(run))
        author = ET.SubElement(entry, "author")
        _add(author, "name", run.department.replace("_", " "))
        ET.SubElement(entry, "link", {"href": f"{base}{run.link}/index.html"})
        _add(entry, "summary", run.answer if run.is_good else _say_unmade(run))
    return feed


def _say_unmade(run: Run) -> str:
    return "It waits for access to its data." if run.is_waiting else "The newest run did not complete."


def _updated(run: Run) -> str:
    """When the entry last changed: when the run ended, or when its data became stale."""
    ended = run.record.ended_at
    if not run.is_stale:
        return ended
    return max(ended, f"{stale_from(run.record.as_of, run.fresh_days)}T00:00:00.000+00:00")


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = printable(text)  # one character that XML has not ends a feed for all
