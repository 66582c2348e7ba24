"""What is sent: a report, the explanation of one that cannot be shown, an alert, its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lucky_analytics.formats import format_estimate
from lucky_analytics.publish.mail import WORDED, format_mail
from lucky_analytics.publish.shelf import Run
from lucky_analytics.schedule.message import Message, redact
from lucky_analytics.schedule.wording import Wording

__all__ = ["format_alert", "format_explanation", "format_report"]


def format_report(
    run: Run, site_url: str | None = None, *, with_mail: bool, wording: Wording | None = None
) -> Message:
    """A good run that may be shown: what it found (or its question), its answer, points and decision, and the
    whole mail where somebody gets mail. ``wording``: answer and points as a language model words them, or why
    they stand as they are.

    A report in which something looks personal is not sent: an explanation takes its place.
    """
    title = next((str(said["text"]) for said in run.results.get("title", [])), run.title)
    answer = [run.answer, *(f"- {text}" for text in run.points)]
    rest = [f"Decision: {said['text']}" for said in run.decisions]
    headlines = [_headline(h) for h in run.headlines]
    texts = [title, *answer, *rest, *(text for h in headlines for text in (h["label"], h["shown"]))]
    if any(redact(text) != text for text in texts):
        return format_explanation(run, ["Something in it looks personal, so that it is not sent."])
    if run.is_generated:
        rest.append("Generated data, calibrated to published figures.")
    if run.mark:
        rest.append(run.mark)
    worded = wording.lines if wording else ()
    mail = format_mail(run, site_url, worded) if with_mail else None
    told = [*worded[:1], *(f"- {text}" for text in worded[1:]), *rest, WORDED] if worded else []
    words = {"wording": "model" if worded else f"plain: {wording.why}"} if wording else {}
    return Message(
        kind="report",
        title=title,
        lines=tuple(line for line in (*answer, *rest) if line),
        path=f"{run.link}/index.html",
        facts=_facts(run) | {"headlines": headlines} | words,
        mail=bytes(mail) if mail else b"",
        worded=tuple(told),
    )


def format_explanation(run: Run, reasons: Sequence[str]) -> Message:
    """In place of a report whose numbers must not be shown: why, and nothing of what it says."""
    title = f"Not sent: {run.title}"
    lines = tuple(redact(reason) for reason in reasons)
    return Message(
        "explanation", redact(title), lines, "failures.html" if not run.is_good else "", _facts(run)
    )


def format_alert(kind: str, rule: str, run: Run, reasons: Sequence[str], subject: str = "") -> Message:
    """An alert (``alert``) or its end (``resolved``), about a run or about the ``subject`` that is given."""
    begin = "Alert" if kind == "alert" else "Resolved"
    lines = tuple(redact(reason) for reason in reasons)
    path = f"{run.link}/index.html" if run.is_good else "failures.html"
    facts = _facts(run) | {"rule": rule}
    if subject:
        path, facts = "quality.html", {"rule": rule, "subject": subject, "as_of": run.record.as_of}
    return Message(
        kind, redact(f"{begin}: {rule.replace('_', ' ')} ({subject or run.key})"), lines, path, facts
    )


def _facts(run: Run) -> dict[str, Any]:
    return {
        "notebook": run.notebook,
        "variant": redact(run.variant),
        "run": run.id,
        "as_of": run.record.as_of,
        "status": run.record.status,
        "generated": run.is_generated,
    }


def _headline(headline: Any) -> dict[str, Any]:
    kept = {name: headline[name] for name in ("name", "label", "value", "low", "high", "level", "unit", "n")}
    shown = format_estimate(headline["value"], headline["low"], headline["high"], headline["unit"])
    return kept | {"shown": shown}
