"""Further forms of the newest reports, made when asked for: on paper and as a mail."""

from __future__ import annotations

import filecmp
import os
from dataclasses import dataclass
from pathlib import Path

from lucky_analytics.publish.mail import format_mail
from lucky_analytics.publish.pdf import write_pdf
from lucky_analytics.publish.shelf import Run

__all__ = ["MAIL", "PDF", "Forms", "write_forms"]

PDF, MAIL = "report.pdf", "report.eml"


@dataclass(frozen=True)
class Forms:
    """Which forms each notebook's newest good report has beside its page.

    ``site_url`` is where readers open the portal (``Settings.site_url``); a mail links to it.
    """

    pdf: bool = False
    mail: bool = False
    site_url: str | None = None

    def prints(self, run: Run) -> bool:
        """Whether the run gets a PDF; one that is stale does not, because paper carries its numbers on."""
        return self.pdf and not run.is_stale


def write_forms(folder: Path, run: Run, forms: Forms, previous: Path) -> None:
    """Write ``report.pdf`` and ``report.eml`` beside the page in ``folder``.

    Printing takes seconds, so the one in ``previous``, the same folder of the portal that is being
    replaced, is taken when it was printed from the very same page.
    """
    if forms.prints(run):
        same = all((previous / name).is_file() for name in ("index.html", PDF))
        if same and filecmp.cmp(previous / "index.html", folder / "index.html", shallow=False):
            os.link(previous / PDF, folder / PDF)
        else:
            write_pdf(folder / "index.html", folder / PDF)
    if forms.mail:
        (folder / MAIL).write_bytes(bytes(format_mail(run, forms.site_url)))
