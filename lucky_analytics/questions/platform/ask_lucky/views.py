"""What the page on Ask Lucky shows: what can be asked, what was asked and became of it."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.ask.ask_dimensions import dimensions_of
from lucky_analytics.ask.ask_measures import list_measures
from lucky_analytics.ask.request_words import say_key
from lucky_analytics.metrics import REGISTRY
from lucky_analytics.questions.platform.ask_lucky.golden_questions import FORMS, load_golden

__all__ = ["list_askable", "list_questions", "show_bars"]

_OUTCOMES = {"right": "right", "wrong": "wrong", "asked_back": "asked back", "refused": "not answered"}


def list_askable() -> pd.DataFrame:
    """What can be asked for: ``label``, ``kind`` (figure, rows), ``by``, ``owner``, ``about``."""
    rows = []
    for measure in list_measures().values():
        if measure.name not in REGISTRY and not measure.name.startswith("count:"):
            continue
        by = list(dict.fromkeys(say_key(key) for key in dimensions_of(measure.table)))
        kind = "figure" if measure.name in REGISTRY else "rows"
        rows.append((measure.label, kind, ", ".join(by), measure.owner, measure.description))
    return pd.DataFrame(rows, columns=["label", "kind", "by", "owner", "about"])


def list_questions(scored: pd.DataFrame) -> pd.DataFrame:
    """Every question that was asked: ``question``, ``of``, ``form``, ``part``, ``should``, ``outcome``."""
    golden = {each.id: each for each in load_golden()}
    rows = scored.copy()
    rows["question"] = [
        golden[id_].texts[FORMS.index(form)] for id_, form in zip(rows["id"], rows["form"], strict=True)
    ]
    rows["should"] = ["be answered" if each else "not be answered" for each in rows["is_answerable"]]
    return rows[["question", "of", "form", "part", "should", "outcome"]]


def show_bars(counted: pd.DataFrame, by: str) -> pd.DataFrame:
    """``count_outcomes`` for the chart: ``group``, ``outcome``, ``n``, ``share``."""
    long = counted.melt(id_vars=[by, "n"], value_vars=list(_OUTCOMES), var_name="outcome", value_name="k")
    long["outcome"] = long["outcome"].map(_OUTCOMES)
    long["share"] = long["k"] / long["n"]
    long["group"] = [f"{name} ({n})" for name, n in zip(long[by], long["n"], strict=True)]
    return long[["group", "outcome", "k", "share"]]
