"""The parts of rules that the reference layer ships as YAML: each checked, and none without its source."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from lucky_analytics.declarations import Block

__all__ = ["read_number", "read_part", "read_source"]


def read_part(block: Block, name: str) -> Block:
    """The rules under ``name``. Raises ``ParameterError`` where there are none, or what is there is no
    block."""
    value = block.get(name)
    if not isinstance(value, Block):
        raise block.wrong(name, "names with their values", "nothing" if value is None else "another form")
    return value


def read_source(block: Block) -> str:
    """The source of a rule. Raises ``ParameterError`` for a rule without one: it is not taken."""
    source = block.get("source")
    if not isinstance(source, str) or not source:
        raise block.wrong("source", "where the rule is published", "nothing")
    return source


def read_number(block: Block, name: str) -> Decimal:
    """A number of 0 or more, exact as written. Raises ``ParameterError`` for anything else."""
    try:
        value = Decimal(str(block.get(name)))
    except InvalidOperation as error:
        raise block.wrong(name, "a number", repr(block.get(name))) from error
    if not value.is_finite() or value < 0:
        raise block.wrong(name, "a number from 0 on", str(value))
    return value
