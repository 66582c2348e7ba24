"""A report as a mail: the answer, the key numbers and the main chart as a picture inside it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from lucky_analytics.errors import PublishError
from lucky_analytics.pages.content import Content, Figure, read_content
from lucky_analytics.pages.facts import RunFacts, format_day
from lucky_analytics.pages.templating import templates
from lucky_analytics.publish.shelf import Run
from lucky_analytics.publish.small_png import pack_png

__all__ = ["WORDED", "format_mail"]

WORDED = "Worded by a language model; every number was held against the report."
_TEMPLATES = Path(__file__).parent / "templates"
_WIDTH = 640  # pixels that mail programs show without scrolling
_SCALES = (2.0, 1.5, 1.0)  # the sharpest that is small enough
_LARGEST = 55_000  # bytes: with the text a mail stays under 100 KB, beyond which some programs cut it off


def format_mail(run: Run, site_url: str | None = None, worded: Sequence[str] = ()) -> EmailMessage:
    """The mail of a good run, without sender, recipients and date: plain text, and HTML with its pictures.

    Pictures are PNG parts of the message, named by ``cid:``, so that nothing is loaded from elsewhere.
    It links to the report in the portal at ``site_url`` (``Settings.site_url``); without one it says that
    there is no link. ``worded``: its answer and points in other words. The same run gives the same bytes.
    Mail programs open it as a draft (``X-Unsent``).

    >>> format_mail(run, settings.load().site_url)["Subject"]  # doctest: +SKIP
    'How fast does a new store reach its plateau, and how high is it? (13 Feb 2026)'
    """
    content = _read(run)
    if worded:
        content = replace(content, answers=list(worded[:1]), points=list(worded[1:]))
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = f"{' '.join((content.title or run.title).split())} ({format_day(run.record.as_of)})"
    mail["X-Unsent"] = "1"
    context = {
        "run": run,
        "content": content,
        "figure": content.figures[0] if content.figures else None,
        "width": _WIDTH,
        "worded": WORDED if worded else "",
        "link": f"{site_url}/{run.link}/index.html" if site_url else "",
    }
    mail.set_content(templates(_TEMPLATES).get_template("mail.txt.j2").render(context))
    mail.add_alternative(templates(_TEMPLATES).get_template("mail.html.j2").render(context), subtype="html")
    *_, html = mail.iter_parts()
    if content.figures:
        picture = _format_png(content.figures[0])
        html.add_related(picture, "image", "png", cid="<figure>", filename="figure.png", disposition="inline")
        html.set_boundary(f"related-{run.id}")
    mail.set_boundary(f"alternative-{run.id}")
    return mail


def _read(run: Run) -> Content:
    if run.problems:
        return Content(problems=list(run.problems))
    try:
        notebook = json.loads((run.folder / "executed.ipynb").read_text(encoding="utf-8"))
    except ValueError as error:
        raise PublishError(
            f"mail of {run.key}",
            expected=f"the notebook as run {run.id} executed it",
            got=f"{type(error).__name__} {error}"[:120],
            remedy=f"Run lucky run {run.notebook} --force",
        ) from error
    record = run.record
    facts = RunFacts(
        run_id=record.run_id,
        parameters=record.parameters,
        snapshot_id=record.snapshot["id"],
        cut=record.snapshot["cut"],
        as_of=record.as_of,
        code_version=record.code_version,
    )
    return read_content(notebook, facts)


def _format_png(figure: Figure) -> bytes:
    import vl_convert

    kind, _, data = figure.picture.partition(";base64,")
    picture = base64.b64decode(data)
    if kind != "data:image/svg+xml":
        return picture
    for scale in _SCALES:
        drawn = pack_png(vl_convert.svg_to_png(picture.decode(), scale=scale))
        if len(drawn) <= _LARGEST:
            break
    return drawn
