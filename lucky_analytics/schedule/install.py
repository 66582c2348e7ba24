"""One command every minute, by systemd or cron. Which slots are due is our own business, not the timer's."""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from lucky_analytics.errors import LuckyError
from lucky_analytics.settings import Settings

__all__ = ["environment", "format_crontab", "format_units", "install", "merge_crontab"]

NAME = "lucky-schedule"
_SECONDS = 60


def command() -> list[str]:
    """The program that installed this package, whatever the caller's PATH."""
    return [sys.executable, "-m", "lucky_analytics.cli"]


def environment(settings: Settings) -> dict[str, str]:
    """What the command must be told where nobody has set it: folders, files and addresses, no secret."""
    paths = {"HOME": settings.root, "DATA": settings.data_dir, "OUTPUTS": settings.outputs_dir}
    paths |= {"SOURCES": settings.sources_file, "DELIVERY": settings.delivery_file}
    given = {"SOURCE_URL": settings.source_url, "SITE_URL": settings.site_url}
    values = {**paths, **{name: value for name, value in given.items() if value}}
    return {f"LUCKY_{name}": str(value) for name, value in values.items()}


def format_units(settings: Settings) -> dict[str, str]:
    """A service and its timer. The service is one round; systemd never starts a second beside it."""
    start = " ".join(_systemd_word(word) for word in [*command(), "schedule", "run"])
    variables = "\n".join(
        f"Environment={_systemd_word(f'{name}={value}', in_command=False)}"
        for name, value in environment(settings).items()
    )
    service = f"""\
[Unit]
Description=One round of the analysis schedule

[Service]
Type=oneshot
WorkingDirectory={str(settings.root).replace("%", "%%")}
{variables}
ExecStart={start}
TimeoutStartSec=infinity
"""
    timer = f"""\
[Unit]
Description=Looks every minute what is due in the analysis schedule

[Timer]
OnCalendar=*-*-* *:*:00
AccuracySec=1s
Persistent=false
Unit={NAME}.service

[Install]
WantedBy=timers.target
"""
    return {f"{NAME}.service": service, f"{NAME}.timer": timer}


def format_crontab(settings: Settings) -> str:
    """One line for a user's crontab. A round that finds another at work ends at once."""
    words = [f"{name}={shlex.quote(value)}" for name, value in environment(settings).items()]
    words += [shlex.quote(word) for word in [*command(), "schedule", "run"]]
    log = shlex.quote(str(settings.outputs_dir / "schedule.log"))
    # A percent sign ends the command in a crontab unless it is escaped.
    line = f"* * * * * {' '.join(words)} >>{log} 2>&1".replace("%", "\\%")
    return f"# {NAME}: begin\n{line}\n# {NAME}: end\n"


def merge_crontab(before: str, ours: str) -> str:
    """A crontab with our lines in it once, in place of those that an earlier installation left."""
    kept, inside = [], False
    for line in before.splitlines():
        if line == f"# {NAME}: begin":
            inside = True
        if not inside:
            kept.append(line)
        if line == f"# {NAME}: end":
            inside = False
    return "".join(f"{line}\n" for line in kept) + ours


def install(system: str, settings: Settings) -> list[str]:
    """Install for this user; what was done, in lines. Raises ``LuckyError`` naming what refused."""
    if system == "cron":
        before = _call(["crontab", "-l"], empty_when="no crontab")
        _call(["crontab", "-"], given=merge_crontab(before, format_crontab(settings)))
        return ["crontab: lucky schedule run, every minute"]
    folder = Path.home() / ".config" / "systemd" / "user"
    units = format_units(settings)
    verify(units)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in units.items():
        (folder / name).write_text(text, encoding="utf-8")
    _call(["systemctl", "--user", "daemon-reload"])
    _call(["systemctl", "--user", "enable", "--now", f"{NAME}.timer"])
    return [f"{folder / name}" for name in units] + [
        f"timer {NAME} is on; loginctl enable-linger keeps it so"
    ]


def verify(units: dict[str, str]) -> None:
    """Have ``systemd-analyze verify`` look at the units where it is installed; raises what it finds."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in units.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        paths = [str(Path(folder) / name) for name in units]
        try:
            found = subprocess.run(
                ["systemd-analyze", "verify", *paths],
                capture_output=True,
                text=True,
                timeout=_SECONDS,
            )
        except FileNotFoundError:
            return
    complaints = [line for line in found.stderr.splitlines() if NAME in line]
    if found.returncode or complaints:
        got = "; ".join(complaints) or found.stderr.strip()
        raise LuckyError("systemd units", expected="no complaint of systemd-analyze", got=got)


def _systemd_word(word: str, *, in_command: bool = True) -> str:
    """One word of a unit file: quoted, with systemd's own escapes; ``$`` is special in commands only."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return '"' + (escaped.replace("$", "$$") if in_command else escaped) + '"'


def _call(words: Sequence[str], *, given: str | None = None, empty_when: str = "") -> str:
    try:
        done = subprocess.run(words, input=given, capture_output=True, text=True, timeout=_SECONDS)
    except FileNotFoundError as error:
        raise LuckyError(
            words[0], expected="the program", got="none", remedy="Use lucky schedule run --foreground"
        ) from error
    if done.returncode and empty_when and empty_when in done.stderr:
        return ""
    if done.returncode:
        raise LuckyError(
            " ".join(words), expected="no error", got=done.stderr.strip() or str(done.returncode)
        )
    return done.stdout
