"""``params/schedule.yml``: what is declared, typed and checked against the notebooks before anything runs."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from lucky_analytics import estate
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.estate.markets import MARKETS, Market
from lucky_analytics.runs import notebooks, parameters
from lucky_analytics.schedule.cron import require_valid
from lucky_analytics.settings import Settings
from lucky_analytics.sources.kinds import KINDS

__all__ = ["FILE", "Entry", "Schedule", "load", "parse_duration"]

FILE = "schedule.yml"
HOLIDAYS = ("run", "skip", "next_day")
CATCH_UP = ("once", "never")
SEND = ("always", "on_change", "on_alert")
SNAPSHOT = ("all", "none")
MOST_RETRIES = 10


@dataclass(frozen=True)
class Entry:
    """One line of the schedule.

    ``notebooks`` are names, each with its grid; empty means all of them. ``databases`` are read again
    before the run: null means all, an empty tuple none (the newest snapshot is taken as it is).
    ``deadline`` is how long after its start a slot may take; null without a limit.
    """

    name: str
    notebooks: tuple[str, ...]
    cron: str
    market: Market
    parameters: Mapping[str, Any] = field(default_factory=dict)
    holidays: str = "run"
    databases: tuple[str, ...] | None = None
    deadline: dt.timedelta | None = None
    retries: int = 1
    catch_up: str = "once"
    recipients: tuple[str, ...] = ()
    send: str = "always"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.market.time_zone)


@dataclass(frozen=True)
class Schedule:
    """The whole file: where snapshots come from, and the entries in file order."""

    source: str
    entries: tuple[Entry, ...]

    def entry(self, name: str) -> Entry:
        """Raises ``UnknownNameError``."""
        known = {entry.name: entry for entry in self.entries}
        if name not in known:
            raise UnknownNameError("schedule entry", name, known, remedy="lucky schedule list shows them")
        return known[name]


def load(settings: Settings, recipients: Collection[str] = ()) -> Schedule:
    """The schedule of ``params/schedule.yml``; one without entries when there is no such file.

    ``recipients`` are the names that are known (see ``recipients``). Everything is checked: raises
    ``ParameterError`` or ``UnknownNameError`` naming entry and field for a bad cron expression, an unknown
    market, notebook, parameter, database or recipient, and a value that a notebook would refuse.
    """
    path = settings.params_dir / FILE
    body = parameters.read_file(path) if path.exists() else {}
    _require_known(FILE, body, {"source", "entries"})
    source = str(body.get("source", "demo"))
    if source not in KINDS[:2]:
        raise UnknownNameError(f"{FILE}, source", source, KINDS[:2])
    entries = body.get("entries") or {}
    if not isinstance(entries, dict):
        raise ParameterError(f"{FILE}, entries", expected="names with their fields", got=repr(entries)[:60])
    return Schedule(
        source, tuple(_entry(name, fields, settings, recipients) for name, fields in entries.items())
    )


def parse_duration(text: str) -> dt.timedelta:
    """A length of time as written: ``45 min``, ``2 h``, ``90 s``. Raises ``ParameterError``.

    >>> parse_duration("1.5 h")
    datetime.timedelta(seconds=5400)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(s|min|h)", text.strip())
    if not found or float(found[1]) == 0:
        raise ParameterError("length of time", expected="like 45 min or 2 h", got=text)
    return dt.timedelta(seconds=float(found[1]) * {"s": 1, "min": 60, "h": 3600}[found[2]])


def _entry(name: str, fields: Any, settings: Settings, recipients: Collection[str]) -> Entry:
    where = f"{FILE}, {name}"
    if not re.fullmatch(r"[A-Za-z][\w-]{0,60}", name):
        raise ParameterError(where, expected="a name of letters, digits, - and _")
    if not isinstance(fields, dict):
        raise ParameterError(where, expected="fields", got=repr(fields)[:60])
    _require_known(
        where,
        fields,
        {"notebook", "cron", "market", "parameters", "holidays", "snapshot", "deadline", "retries"}
        | {"catch_up", "recipients", "send"},
    )
    for needed in ("notebook", "cron"):
        if not fields.get(needed):
            raise ParameterError(f"{where}, {needed}", expected="a value", got="none")
    try:
        require_valid(str(fields["cron"]))
        chosen = _notebooks(fields["notebook"], settings)
        given = fields.get("parameters") or {}
        _check_parameters(given, chosen, settings)
        return Entry(
            name=name,
            notebooks=chosen,
            cron=str(fields["cron"]),
            market=_market(str(fields.get("market", "New York"))),
            parameters=given,
            holidays=_one_of("holidays", fields, HOLIDAYS),
            databases=_databases(fields.get("snapshot", "all")),
            deadline=parse_duration(str(fields["deadline"])) if "deadline" in fields else None,
            retries=_retries(str(fields.get("retries", 1))),
            catch_up=_one_of("catch_up", fields, CATCH_UP),
            recipients=_recipients(fields.get("recipients") or [], recipients),
            send=_one_of("send", fields, SEND),
        )
    except UnknownNameError as error:
        raise UnknownNameError(f"{error.kind} in {where}", error.name, error.known, error.remedy) from error
    except ParameterError as error:
        what = f"{where}: {error.what}"
        raise ParameterError(what, expected=error.expected, got=error.got, remedy=error.remedy) from error


def _notebooks(given: Any, settings: Settings) -> tuple[str, ...]:
    if given == "all":
        return ()
    names = given if isinstance(given, list) else [given]
    return tuple(notebooks.find(str(name), settings).name for name in names)


def _check_parameters(given: Any, chosen: tuple[str, ...], settings: Settings) -> None:
    if not isinstance(given, dict):
        raise ParameterError("parameters", expected="name: value lines", got=repr(given)[:60])
    if not given:
        return
    for notebook in [notebooks.find(name, settings) for name in chosen] or notebooks.list_all(settings):
        parameters.resolve(notebooks.load(notebook).parameters, given)


def _market(name: str) -> Market:
    """A market by the name of its time zone, with or without the continent."""
    by_name = {market.time_zone: market for market in MARKETS}
    short = {zone.rpartition("/")[2].replace("_", " "): market for zone, market in by_name.items()}
    found = by_name.get(name) or short.get(name)
    if found is None:
        raise UnknownNameError("market time zone", name, [*short, *by_name])
    return found


def _databases(given: Any) -> tuple[str, ...] | None:
    if given in SNAPSHOT:
        return None if given == "all" else ()
    if not isinstance(given, list) or not given:
        raise ParameterError("snapshot", expected="all, none, or a list of sources", got=repr(given))
    known = estate.load()
    return tuple(known.database(str(name)).source for name in given)


def _recipients(given: Any, known: Collection[str]) -> tuple[str, ...]:
    names = tuple(map(str, given if isinstance(given, list) else [given]))
    for name in names:
        if name not in known:
            raise UnknownNameError("recipient", name, known, remedy="Add it to delivery.toml")
    return names


def _retries(given: str) -> int:
    if not given.isdigit() or int(given) > MOST_RETRIES:
        raise ParameterError("retries", expected=f"0 to {MOST_RETRIES}", got=given)
    return int(given)


def _one_of(name: str, fields: Mapping[str, Any], options: tuple[str, ...]) -> str:
    value = str(fields.get(name, options[0]))
    if value not in options:
        raise ParameterError(name, expected=" or ".join(options), got=value)
    return value


def _require_known(where: str, fields: Mapping[str, Any], known: set[str]) -> None:
    for name in fields:
        if name not in known:
            raise UnknownNameError(f"field of {where}", str(name), known)
