"""The command line. Thin: parses, calls, prints; one module per command group, imported when it is called."""

from __future__ import annotations

import errno
import importlib
import os
import shutil
import sys

import click

from lucky_analytics import settings
from lucky_analytics.errors import LuckyError

__all__ = ["main"]

_LITTLE_ROOM = 16 << 20

# command -> module:attribute. Listed here so that `lucky --help` imports none of them.
COMMANDS = {
    "demo": ("lucky_analytics.cli.demo:demo", "Build the demo estate, or load it into real servers."),
    "estate": ("lucky_analytics.cli.estate:estate", "The source databases: what is known of them."),
    "snapshot": ("lucky_analytics.cli.snapshot:snapshot", "Take, list and verify immutable snapshots."),
    "reference": ("lucky_analytics.cli.reference:reference", "The layers of the map: official refresh."),
    "sources": ("lucky_analytics.cli.sources:sources", "Exported files: a first mapping to the estate."),
    "doctor": ("lucky_analytics.cli.doctor:doctor", "Check versions, disk and every configured server."),
    "list": ("lucky_analytics.cli.runs:list_notebooks", "The notebooks: question, parameters, last run."),
    "run": ("lucky_analytics.cli.runs:run", "Run notebooks through papermill."),
    "results": ("lucky_analytics.cli.past_runs:results", "The headlines of a run."),
    "verify": ("lucky_analytics.cli.past_runs:verify", "Run again and compare the page byte for byte."),
    "diff": ("lucky_analytics.cli.past_runs:diff", "What moved between two runs, and why."),
    "history": ("lucky_analytics.cli.past_runs:history", "Headlines over time; old runs removed."),
    "record": ("lucky_analytics.cli.record:record", "What was predicted and decided, and what came of it."),
    "checks": ("lucky_analytics.cli.checks:checks", "The log of tested controls, and whether it is whole."),
    "anomalies": ("lucky_analytics.cli.anomalies:anomalies", "Unusual things, and what people answer."),
    "new": ("lucky_analytics.cli.new:new", "A new question, ready to run."),
    "lab": ("lucky_analytics.cli.lab:lab", "JupyterLab on the suite."),
    "publish": ("lucky_analytics.cli.publish:publish", "Build the portal from the runs."),
    "app": ("lucky_analytics.cli.app:app", "Open an interactive what-if."),
    "schedule": ("lucky_analytics.cli.schedule:schedule", "What runs when, and who hears of it."),
    "ask": ("lucky_analytics.cli.ask:ask", "A question in plain words, answered from a snapshot."),
    "prune": ("lucky_analytics.cli.prune:prune", "Remove old runs, snapshots and files by one rule."),
    "serve": ("lucky_analytics.cli.publish:serve", "Serve the portal on this machine."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        return getattr(importlib.import_module(module), attribute)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def lucky() -> None:
    """The analysis suite: snapshots of the source databases, notebooks, published pages."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit: 0, or the exit code of the error that is printed on one line."""
    _open_standard_streams()
    # An optional grammar of jsonschema that costs every process more than a second; only IRI checks lose.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    try:
        lucky.main(args=arguments, prog_name="lucky", standalone_mode=False)
    except LuckyError as error:
        _fail(str(error), error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _fail(" ".join(error.format_message().split()), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _fail("interrupted", 130)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            sys.exit(141)
        _fail(f"{error.filename or _full_folders(error)}: {error.strerror or error}", 74)


def _open_standard_streams() -> None:
    """What a closed standard stream (``lucky run >&-``) is told goes nowhere; else the next socket or file
    takes its place, and what a child prints lands there."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free


def _full_folders(error: OSError) -> str:
    """Where a write failed that does not say it itself: our folders on full disks, or all of them."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return "file"
    where = settings.load()
    folders = [folder for folder in (where.outputs_dir, where.data_dir) if folder.is_dir()]
    full = [folder for folder in folders if shutil.disk_usage(folder).free < _LITTLE_ROOM]
    return " or ".join(str(folder) for folder in full or folders)


def _fail(line: str, code: int) -> None:
    print(f"lucky: {line}", file=sys.stderr)
    sys.exit(code)
