"""docs/commands.md, written from the parsers: every command, its arguments and options, what each does.

    python -m tests.commands_page > docs/commands.md

A command shows the same words with ``--help``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from lucky_analytics.cli import lucky

__all__ = ["commands", "render"]

INTRODUCTION = """\
# Commands

Every command with its options, as `--help` shows them. Written from the parsers by
`python -m tests.commands_page > docs/commands.md`; a test keeps the two equal.

Whatever is wrong is one line on standard error that begins with `lucky:`, and the command ends non-zero.
"""


def commands(group: click.Group = lucky, path: str = "lucky") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by what is typed: ``("lucky snapshot take", <Command take>)``."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def render() -> str:
    parts = [INTRODUCTION]
    for path, command in commands():
        usage = " ".join([path, *command.collect_usage_pieces(click.Context(command))])
        paragraphs = [" ".join(each.split()) for each in (command.help or "").split("\n\n")]
        parts += [f"## {path}", f"`{usage}`", *paragraphs]
        if options := [each for each in command.params if isinstance(each, click.Option)]:
            rows = [f"| {_written(option)} | {_about(option)} |" for option in options]
            parts.append("\n".join(["| option | what it does |", "| --- | --- |", *rows]))
        parts[-1] += "\n"
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _written(option: click.Option) -> str:
    value = "" if option.is_flag else f" {option.make_metavar(click.Context(click.Command('')))}"
    return f"`{', '.join(option.opts)}{value}`".replace("|", r"\|")


def _about(option: click.Option) -> str:
    said = (option.help or "").replace("|", r"\|")
    if option.required:
        return f"{said} Required."
    is_shown = option.show_default and not option.is_flag
    return f"{said} Default: `{option.default}`." if is_shown else said


if __name__ == "__main__":
    sys.stdout.write(render())
