"""Targets as an operator declares them: YAML, a metric and its limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from lucky_analytics.declarations import Block, each, read_text
from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.metrics import REGISTRY

__all__ = ["MET", "MISSED", "UNKNOWN", "Target", "judge", "name_missed", "read_targets"]

MET, MISSED, UNKNOWN = "met", "missed", "nothing measured"


@dataclass(frozen=True)
class Target:
    """``value`` in the metric's own unit; ``is_floor``: the metric should be at least that, else at most."""

    metric: str
    value: float
    is_floor: bool
    source: str


def read_targets(text: str) -> tuple[dict[str, Target], dict[str, LuckyError]]:
    """The targets by metric, and what is wrong by place: a mistaken entry costs itself.

    ``text``: YAML, ``metric: {at_least: 0.95, source: "who set it"}`` or ``at_most``.

    >>> targets, wrong = read_targets("production_seconds: {at_most: 180, source: our own}")
    >>> targets["production_seconds"].value, wrong
    (180.0, {})
    """
    try:
        block = read_text(text, "targets.yml")
    except LuckyError as error:
        return {}, {"targets": error}
    found, faults = each(block, lambda name, value: _target(block, name, value))
    return {target.metric: target for target in found}, {f"targets, {n}": e for n, e in faults.items()}


def judge(target: Target, value: float | None) -> str:
    """Whether a value meets its target; a value that is the target does."""
    if value is None:
        return UNKNOWN
    return MET if (value >= target.value if target.is_floor else value <= target.value) else MISSED


def name_missed(judged: pd.DataFrame) -> list[str]:
    """Labels of the figures that miss their target, of ``steps.judge_metrics``."""
    return judged.loc[judged["target_met"] == MISSED, "label"].tolist()


def _target(block: Block, name: str, value: Any) -> Target:
    if name not in REGISTRY:
        raise UnknownNameError(f"metric of {block.where(name)}", name, REGISTRY)
    if not isinstance(value, Block):
        raise block.wrong(name, "at_least or at_most with a number", "another form")
    value.require_known(["at_least", "at_most", "source"])
    limits = [key for key in ("at_least", "at_most") if key in value]
    if len(limits) != 1:
        raise value.wrong(None, "either at_least or at_most", " and ".join(limits) or "neither")
    (limit,) = limits
    return Target(
        name, float(value.get_as(limit, float, 0.0)), limit == "at_least", value.get_as("source", str, "")
    )
