"""``lucky lab``."""

from __future__ import annotations

import os
import sys

import click

from lucky_analytics import settings

__all__ = ["lab"]


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def lab(options: tuple[str, ...]) -> None:
    """JupyterLab on the suite; OPTIONS are JupyterLab's own (--no-browser, --port 8899)."""
    from lucky_analytics.desk import git_filter
    from lucky_analytics.desk import lab as desk

    here = settings.load()
    if git_filter.install_filter(here.root):
        click.echo("git: notebooks are committed without outputs from now on (in this clone)", err=True)
    desk.write_kernel(here)
    command = desk.lab_command(here, options)
    os.execve(sys.executable, command, desk.lab_environment(here, os.environ))
