"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

import click

__all__ = ["allow_host_option", "json_option"]

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
allow_host_option = click.option(
    "--allow-host", "named", multiple=True, metavar="NAME", help="A name a proxy asks by; repeatable."
)
