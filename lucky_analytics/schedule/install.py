"""One command every minute, by systemd or cron. Which slots are due is our own business, not the timer's."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from lucky_analytics.errors import LuckyError
from lucky_analytics.settings import Settings

__all__ = ["environment", "format_crontab", "format_units", "install", "merge_crontab", "remove"]

NAME = "lucky-schedule"
_SECONDS = 60
_OTHER_WAYS = "Use --to cron, or lucky schedule run --foreground"


def command() -> list[str]:
    """The program that installed this package, whatever the caller's PATH."""
    return [sys.executable, "-m", "lucky_analytics.cli"]


def environment(settings: Settings) -> dict[str, str]:
    """What the command must be told where nobody has set it: the checkout, and what lies elsewhere than in
    it; no secret. Short, because cron takes lines of no more than 998 characters."""
    usual = Settings(settings.root, settings.root / "data", settings.root / "outputs")
    places = {
        "DATA": (settings.data_dir, usual.data_dir),
        "OUTPUTS": (settings.outputs_dir, usual.outputs_dir),
        "SOURCES": (settings.sources_file, usual.sources_file),
        "DELIVERY": (settings.delivery_file, usual.delivery_file),
        "SOURCE_URL": (settings.source_url, None),
        "SITE_URL": (settings.site_url, None),
        "ENGINE": (settings.engine, usual.engine),
        "SPARK_URL": (settings.spark_url, usual.spark_url),
        "SPARK_MEMORY": (settings.spark_memory, usual.spark_memory),
        "SPARK_SNAPSHOTS": (settings.spark_snapshots, None),
    }
    elsewhere = {name: given for name, (given, default) in places.items() if given != default}
    return {f"LUCKY_{name}": str(value) for name, value in {"HOME": settings.root, **elsewhere}.items()}


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
    """A crontab with our lines in it once, in place of those that an earlier installation left.

    Only a whole block of ours goes: of one whose last line somebody took away, nothing is known to be ours.
    """
    block = rf"^# {NAME}: begin\n(?:(?!# {NAME}: ).*\n)*# {NAME}: end(?:\n|\Z)"
    kept = re.sub(block, "", before, flags=re.MULTILINE)
    return kept + ("\n" if kept and not kept.endswith("\n") else "") + ours


def install(system: str, settings: Settings) -> list[str]:
    """Install for this user; what was done, in lines. Raises ``LuckyError`` naming what refused."""
    if system == "cron":
        _call(["crontab", "-"], given=merge_crontab(_crontab(), format_crontab(settings)))
        return ["crontab: lucky schedule run, every minute"]
    units = format_units(settings)
    verify(units)
    folder = _units_folder()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in units.items():
        (folder / name).write_text(text, encoding="utf-8")
    _call(["systemctl", "--user", "daemon-reload"])
    _call(["systemctl", "--user", "enable", "--now", f"{NAME}.timer"])
    return [f"{folder / name}" for name in units] + [
        f"timer {NAME} is on; loginctl enable-linger keeps it so"
    ]


def remove(system: str) -> list[str]:
    """Take back what ``install`` did for this user, and nothing else; what was done, in lines."""
    if system == "cron":
        before = _crontab()
        after = merge_crontab(before, "")
        if after == before:
            return ["crontab: nothing of ours"]
        _call(["crontab", "-"], given=after)
        return ["crontab: our lines are gone"]
    folder = _units_folder()
    units = [folder / f"{NAME}.{kind}" for kind in ("timer", "service")]
    if not any(unit.exists() for unit in units):
        return [f"{folder}: nothing of ours"]
    _call(["systemctl", "--user", "disable", "--now", f"{NAME}.timer"])
    for unit in units:
        unit.unlink(missing_ok=True)
    _call(["systemctl", "--user", "daemon-reload"])
    return [f"timer {NAME} is off, its units are gone"]


def _crontab() -> str:
    return _call(["crontab", "-l"], empty_when="no crontab")


def _units_folder() -> Path:
    """Where this user's units are, once systemd has answered: a container mostly has none at work."""
    _call(["systemctl", "--user", "show-environment"])
    return Path.home() / ".config" / "systemd" / "user"


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
        # undecodable lines of others come back byte for byte
        done = subprocess.run(
            words,
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            encoding="utf-8",
            errors="surrogateescape",
        )
    except FileNotFoundError as error:
        raise LuckyError(words[0], expected="the program", got="none", remedy=_OTHER_WAYS) from error
    if done.returncode and empty_when and empty_when in done.stderr:
        return ""
    if done.returncode:
        got = done.stderr.strip() or str(done.returncode)
        remedy = _OTHER_WAYS if "connect to bus" in got else ""
        raise LuckyError(" ".join(words), expected="no error", got=got, remedy=remedy)
    return done.stdout
