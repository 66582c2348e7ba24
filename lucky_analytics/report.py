"""What a notebook says: each function shows its record to the analyst, and runs, pages and alerts read it.

Records are kept as ``report_record`` says.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from IPython.core.getipython import get_ipython

from lucky_analytics import report_record
from lucky_analytics.decisions import Decision, Strength, cap
from lucky_analytics.errors import NothingToSayError, ParameterError, redact
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value, largest_end, printable
from lucky_analytics.proposed_trials import Trial
from lucky_analytics.report_charts import VEGA_LITE, build_spec
from lucky_analytics.report_data import encode, flatten, remove_private
from lucky_analytics.report_evidence import EVIDENCE, hash_evidence
from lucky_analytics.report_headlines import answer, defaults, finite, headline, point, title
from lucky_analytics.report_names import GIVEN
from lucky_analytics.report_predictions import prediction
from lucky_analytics.report_stills import draw_still, stills_are_left

if TYPE_CHECKING:
    import pandas as pd

    from lucky_analytics.tables.render import Column

__all__ = [
    "Estimate",
    "answer",
    "caveat",
    "check",
    "decision",
    "defaults",
    "evidence",
    "figure",
    "headline",
    "missing",
    "point",
    "prediction",
    "publish_figure",
    "stop",
    "table",
    "title",
]

_published: dict[tuple[str, str, str], str] = {}


def decision(
    action: str,
    owner: str,
    strength: Strength | str,
    because: str,
    would_change_if: str,
    worth: Estimate | None = None,
    on: Mapping[str, str] | None = None,
    worth_unit: str = "USD a month",
    trials: Sequence[Trial] = (),
    due: dt.date | None = None,
    is_overdue: bool = False,
) -> None:
    """What to do with the answer, who decides it, and how strongly (``decisions.weigh``).

    Arguments as the fields of ``decisions.Decision``, which may be handed over whole:
    ``report.decision(*texts.decide(found))``. Raises ``ParameterError`` for a strength that the interval
    of ``worth`` does not allow.

    >>> from lucky_analytics.decisions import weigh
    >>> worth = Estimate(50.0, 10.0, 90.0, level=0.9)
    >>> decision("raise the price", "Product", weigh(worth), "It earns more.", "Costs rise.", worth)
    Act. Product: raise the price.
    """
    made = Decision(
        action,
        owner,
        cap(strength, worth),
        because,
        would_change_if,
        worth,
        on or {},
        worth_unit,
        trials,
        due,
        is_overdue,
    )
    report_record.say(made.record, made.text)


def publish_figure(
    what: str, entity: str, window: str, value: float | Estimate | None, unit: str, reason: str = ""
) -> None:
    """A figure that other pages print too: they must agree, or each say why it differs.

    ``what`` names it for all pages alike ("revenue a month at the plateau"), ``entity`` whose it is ("221
    Grand", or "all stores"), ``window`` the time that it is of ("12 weeks to 13 Feb 2026"). Where two pages
    print different values of one figure, ``lucky publish`` fails, unless their windows differ or each gives a
    ``reason``; the page shows window and reason under *Details*. A null value is not published. Raises
    ``ParameterError`` for a second value of the same figure and window in one notebook.

    >>> publish_figure("price paid", "Food", "12 weeks", 5.0, "USD")
    price paid of Food, 12 weeks: $5.00
    """
    number = value.value if isinstance(value, Estimate) else finite(value, f"figure {what} of {entity}")
    if number is None:
        return
    ends = (value.low, value.high) if isinstance(value, Estimate) else ()
    shown, key = format_value(number, unit, largest_end(*ends)), (what, entity, window)
    before = _published.setdefault(key, shown)
    if before != shown and not reason and get_ipython() is not None:
        raise ParameterError(f"figure {what} of {entity}, {window}", expected=before, got=shown)
    record = {"kind": "published", "what": what, "entity": entity, "window": window, "value": number}
    report_record.say(
        record | {"unit": unit, "shown": shown, "reason": reason}, f"{what} of {entity}, {window}: {shown}"
    )


def stop(finding: str, said: str, made: Decision) -> NoReturn:
    """End the page with this title, answer and decision, because the data cannot answer its question.

    The cells after it do not run, and the run is good: what cannot be said is an answer too. Raises
    ``NothingToSayError``, always.

    >>> from lucky_analytics.decisions import WAIT
    >>> made = Decision("ask again", "Operations", Strength(WAIT), "Nobody ordered.", "Somebody orders.")
    >>> stop("Nobody ordered", "Nobody ordered yet.", made)
    Traceback (most recent call last):
    lucky_analytics.errors.NothingToSayError: Nobody ordered yet.
    """
    report_record.say({"kind": "title", "text": finding, "is_stopped": True}, finding)
    report_record.say({"kind": "answer", "text": said}, said)
    decision(*made)
    raise NothingToSayError(said)


def caveat(text: str) -> None:
    """A limit of the answer that its reader must know."""
    report_record.say({"kind": "caveat", "text": text}, f"Limit: {text}")


def missing(section: str, tables: Mapping[str, str]) -> None:
    """An optional section that is left out: the source tables that the snapshot lacks, each with its server.

    That they were asked for is recorded, so that what was made without them is made again with them.
    """
    by_server: dict[str, list[str]] = {}
    for name, server in tables.items():
        report_record.record_read(name, report_record.NOT_THERE)
        by_server.setdefault(server, []).append(name)
    needs = " and ".join(f"{', '.join(names)} of {server}" for server, names in by_server.items())
    text = f"Not shown: {section}. It needs {needs}, which this snapshot does not have."
    report_record.say({"kind": "missing", "section": section, "tables": list(tables), "text": text}, text)


def check(name: str, passed: bool, detail: str) -> None:
    """A property of the data that the method relies on, and whether it holds."""
    record = {"kind": "check", "name": name, "passed": bool(passed), "detail": detail}
    report_record.say(record, f"{'holds' if passed else 'DOES NOT HOLD'}: {name} ({detail})")


def figure(chart: Any, name: str, finding: str, *, subtitle: str, alt: str = "", source: str = "") -> None:
    """An Altair chart. The first figure of a page is its main one.

    ``finding`` is the title, a sentence; ``subtitle`` says what is plotted and its unit; ``alt`` states
    the finding for those who cannot see it (the finding itself, unless given). What the chart cannot draw
    of its data (infinite values, zeros on a logarithmic scale) is counted under it. Raises an error for a
    field that the data has not, and for a name that another figure has (``report_names``).
    """
    GIVEN.add("figure", name, get_ipython())
    spec, left_out = build_spec(chart, f"figure {name}")
    alt = alt or finding
    spec["description"] = printable(alt)
    record = {"kind": "figure", "name": name, "finding": finding, "subtitle": subtitle}
    record |= {"alt": alt, "source": source, "left_out": left_out}
    shapes: dict[str, Any] = {VEGA_LITE: spec}
    if not stills_are_left():
        shapes["image/svg+xml"] = draw_still(spec)
    report_record.say(record, f"{finding} [{subtitle}]", shapes)


def table(
    frame: pd.DataFrame,
    name: str,
    title: str,
    columns: Mapping[str, Column] | str | None = None,
    *,
    excel: bool = False,
    most_rows: int | None = None,
) -> None:
    """A table: ``columns`` are what readers see (``tables.render.Column``), ``frame`` what they download, to
    the last digit.

    They download it as CSV and Parquet, and with ``excel`` as a workbook, too. The page shows the first
    ``most_rows`` (``tables.render.MOST_ROWS`` unless said), and says so. Without ``columns`` every column is
    shown as it is, those of a labelled index first. Rendered HTML may stand in their place. Raises
    ``ParameterError`` for a name that another table has, for what is no frame (``report_data.flatten``), and
    for a column that no download can hold as it is (``report_data.encode``). What looks like a mail address,
    a telephone number, a payment token or a login is removed (``report_data.remove_private``), and a caveat
    says so.
    """
    from lucky_analytics.tables.render import MOST_ROWS, Column, render  # loads great-tables

    GIVEN.add("table", name, get_ipython())
    frame, n_private = remove_private(flatten(frame, f"table {name}"))
    data = encode(frame, f"table {name}")
    if columns is None:
        columns = {column: Column(column) for column in frame.columns}
    rendered = (
        redact(columns) if isinstance(columns, str) else render(frame, columns, name, most_rows or MOST_ROWS)
    )
    looks = [] if isinstance(columns, str) else [{"name": key, **_look(columns[key])} for key in columns]
    record = {"kind": "table", "name": name, "title": title, "n_rows": len(frame), "data": data}
    record["columns"] = looks
    if excel:
        record["excel"] = True
    report_record.say(record, title, {"text/html": rendered})
    if n_private:
        values, verb = (f"{n_private:,} values", "are") if n_private > 1 else ("1 value", "is")
        caveat(f"{values} of the table {title!r} looked like personal data and {verb} not shown.")


def evidence(
    rows: pd.DataFrame,
    tests: pd.DataFrame,
    title: str,
    columns: Mapping[str, Column],
    *,
    most_rows: int | None = None,
) -> dict[str, str]:
    """What proves tests, as the table ``evidence``, and each test's result for the log of checks.

    ``rows`` have the test's name in their first column. ``tests``: ``name``, ``outcome``, ``n`` (exceptions),
    ``cases``. Returns by name the SHA-256 of the test's lines in the download
    (``report_evidence.hash_evidence``), which the log keeps when the run stands (``publish.check_log``).
    Raises ``ParameterError`` for a test without a line.
    """
    cleaned, _ = remove_private(flatten(rows, f"table {EVIDENCE}"))  # as the table has it
    hashes = hash_evidence(cleaned)
    if bare := [name for name in tests["name"] if name not in hashes]:
        raise ParameterError("evidence", expected="a line for each test", got=f"none of {', '.join(bare)}")
    table(rows, EVIDENCE, title, columns, most_rows=most_rows)
    listed = [
        {"name": row["name"], "outcome": row["outcome"], "n": int(row["n"]), "cases": int(row["cases"]),
         "sha256": hashes[row["name"]]}
        for row in tests.to_dict("records")
    ]  # fmt: skip
    report_record.say({"kind": "attested", "tests": listed}, f"{len(listed)} tests attested")
    return hashes


def _look(column: Column) -> dict[str, Any]:
    """How a column is shown, for whoever shows its rows elsewhere: what is not as usual."""
    usual = {field.name: field.default for field in dataclasses.fields(column)}
    return {name: value for name, value in dataclasses.asdict(column).items() if value != usual[name]}
