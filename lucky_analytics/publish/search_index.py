"""What the portal's search looks through: a classic script, because file:// has no fetch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from lucky_analytics.formats import format_estimate, keep_together
from lucky_analytics.pages.charts import format_json
from lucky_analytics.pages.templating import format_words, slug
from lucky_analytics.publish.app_links import AppLink
from lucky_analytics.publish.catalogue import METRICS
from lucky_analytics.publish.entities import Entities
from lucky_analytics.publish.shelf import Run

if TYPE_CHECKING:
    from lucky_analytics.estate import Database
    from lucky_analytics.metrics import Metric

__all__ = ["format_index"]

# Kind, title as shown, address, further words that find it, and the report whose numbers it shows, if any.
Entry = tuple[str, str, str, str, str]


def format_index(
    shown: Sequence[Run],
    entities: Entities,
    metrics: Sequence[Metric],
    databases: Sequence[Database],
    apps: Sequence[AppLink] = (),
) -> str:
    """``search.js``: one entry for each report, finding, table, key number, store, product, app, metric
    and source table; a withheld report has its question alone.

    >>> format_index([], Entities(), [], [])
    'window.luckySearch = [];\\n'
    """
    entries = [
        *_reports(shown),
        *_entities(entities),
        *(("App", app.title, app.href, f"try {format_words(app.name)}", "") for app in apps),
        *(entry for run in shown if run.is_good and not run.problems for entry in _parts(run)),
        *_metrics(metrics),
        *_tables(databases),
    ]
    return f"window.luckySearch = {format_json(entries)};\n"


def _reports(shown: Sequence[Run]) -> Iterator[Entry]:
    for run in shown:
        title = f"{run.title} ({run.variant.replace('=', ' ')})" if run.variant else run.title
        names = [name.replace("_", " ") for name in (run.notebook, run.department)]
        decisions = [] if run.problems else [said["text"] for said in run.results.get("decision", [])]
        yield "Report", title, f"{run.link}/index.html", " ".join([*names, run.answer, *decisions]), ""


def _entities(entities: Entities) -> Iterator[Entry]:
    for entity in entities.found:
        yield entity.kind.word.capitalize(), entity.name, entity.link, entity.kind.plural, ""


def _parts(run: Run) -> Iterator[Entry]:
    """Findings, tables and key numbers of one report, each with the place where it stands."""
    page, about = f"{run.link}/index.html", f"{run.title} {run.variant}".strip()
    for headline in run.headlines:
        ends = headline["low"], headline["high"]
        value = format_estimate(headline["value"], *ends, headline["unit"])
        yield "Number", keep_together(f"{headline['label']}: {value}"), f"{page}#numbers", about, run.key
    for figure in run.results["figures"]:
        address, words = f"{page}#figure-{slug(figure['name'])}", f"{figure['subtitle']} {about}"
        yield "Chart", keep_together(figure["finding"]), address, words, run.key
    for table in run.results["tables"]:
        columns = " ".join(look["label"] for look in table.get("columns", []))
        yield "Table", table["title"], f"{page}#table-{slug(table['name'])}", f"{columns} {about}", run.key


def _metrics(metrics: Sequence[Metric]) -> Iterator[Entry]:
    for metric in metrics:
        words = f"{metric.name.replace('_', ' ')} {metric.description}"
        yield "Metric", metric.label, f"{METRICS.address}#metric-{slug(metric.name)}", words, ""


def _tables(databases: Sequence[Database]) -> Iterator[Entry]:
    for database in databases:
        for table in database.tables.values():
            columns = " ".join(f"{column.name} {column.about or ''}" for column in table.columns.values())
            address = f"dictionary/{quote(database.name)}.html#{slug(table.name)}"
            title = f"{database.name}.{table.name}"
            yield "Data", title, address, f"{format_words(table.name)} {table.grain} {columns}", ""
