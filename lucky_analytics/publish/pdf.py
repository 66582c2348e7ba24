"""A report on paper: Chromium prints the published page, offline, with the page's own print style."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from lucky_analytics.errors import PublishError

__all__ = ["PROGRAMS", "find_chromium", "write_pdf"]

# The shell first: the same engine without windows, which starts in a quarter of the time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = [
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing is looked up, whatever a page asks for
    "--virtual-time-budget=20000",  # time for the charts to be drawn; it passes as fast as they are
]


def find_chromium() -> str:
    """The path of an installed Chromium. Raises ``PublishError`` when there is none."""
    for name in PROGRAMS:
        if path := shutil.which(name):
            return path
    raise PublishError("PDF", expected="an installed Chromium", got="none", remedy="Run make system-packages")


def write_pdf(page: Path, pdf: Path, *, deadline: float = 60) -> None:
    """Print the HTML file ``page`` to ``pdf``, within ``deadline`` seconds.

    Raises ``PublishError`` when Chromium is missing, fails or takes longer.

    >>> write_pdf(site / "operations/staffing/index.html", Path("staffing.pdf"))  # doctest: +SKIP
    """
    # As root, as in a container, Chromium has no sandbox to drop into.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="lucky-pdf-") as profile:
        target = Path(profile) / "page.pdf"
        command = [find_chromium(), *_FLAGS, *sandbox, f"--user-data-dir={profile}"]
        command += [f"--print-to-pdf={target}", page.absolute().as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, timeout=deadline, check=False)
        except subprocess.TimeoutExpired as error:
            raise PublishError(f"PDF of {page}", expected=f"less than {deadline:g} s", got="more") from error
        if done.returncode or not target.is_file():
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise PublishError(
                f"PDF of {page}", expected="a printed page", got=said[-1] if said else "nothing"
            )
        shutil.copyfile(target, pdf)
