"""What the parsers take, what ``--help`` says and what the documents say are one."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from tests.commands_page import commands, render

DOCS = Path(__file__).parents[3] / "docs"
COMMANDS = dict(commands())


def test_the_page_of_the_commands_is_what_the_parsers_take():
    assert (DOCS / "commands.md").read_text("utf-8") == render(), (
        "run python -m tests.commands_page > docs/commands.md"
    )


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_and_each_of_its_options_says_what_it_does(path):
    command = COMMANDS[path]
    assert command.help
    assert [each.name for each in command.params if isinstance(each, click.Option) and not each.help] == []
