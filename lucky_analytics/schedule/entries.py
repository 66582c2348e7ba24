"""``params/schedule.yml``: what is declared, typed and checked against the notebooks before anything runs."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lucky_analytics import declarations, estate
from lucky_analytics.declarations import Block
from lucky_analytics.errors import LuckyError, ParameterError, UnknownNameError
from lucky_analytics.estate.markets import MARKETS, Market
from lucky_analytics.runs import notebooks, parameters
from lucky_analytics.schedule.cron import require_valid
from lucky_analytics.settings import Settings
from lucky_analytics.sources.kinds import KINDS

__all__ = ["FILE", "Entry", "Schedule", "load", "parse_duration", "require_recipients"]

FILE = "schedule.yml"
HOLIDAYS = ("run", "skip", "next_day")
CATCH_UP = ("once", "never")
SEND = ("always", "on_change", "on_alert")
SNAPSHOT = ("all", "none")
MOST_RETRIES = 10
MOST_SECONDS = 366 * 86_400
_FIELDS = (
    "notebook",
    "cron",
    "market",
    "parameters",
    "holidays",
    "snapshot",
    "deadline",
    "retries",
    "catch_up",
    "recipients",
    "send",
)
T = TypeVar("T")


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
    """The whole file: where snapshots come from, the entries that stand in file order, and what is wrong.

    ``broken`` has the error of each entry that does not stand; it is not run.
    """

    source: str
    entries: tuple[Entry, ...]
    broken: Mapping[str, LuckyError] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[LuckyError, ...]:
        return tuple(self.broken.values())

    def entry(self, name: str) -> Entry:
        """Raises ``UnknownNameError``, or what is wrong with the entry of that name."""
        known = {entry.name: entry for entry in self.entries}
        if name in self.broken:
            raise self.broken[name]
        if name not in known:
            raise UnknownNameError("schedule entry", name, known, remedy="lucky schedule list shows them")
        return known[name]


def load(settings: Settings, recipients: Collection[str] | None = ()) -> Schedule:
    """The schedule of ``params/schedule.yml``; one without entries when there is no such file.

    ``recipients`` are the names that are known (see ``recipients``), null when they could not be read.
    Each entry is checked by itself: a bad cron expression, an unknown market, notebook, parameter, database
    or recipient, a value that a notebook would refuse, become a fault of that entry, naming file, line and
    field. Raises ``ParameterError`` or ``UnknownNameError`` where the file as a whole cannot be read.
    """
    path = settings.params_dir / FILE
    if not declarations.is_written(path):
        return Schedule(KINDS[0], ())
    body = declarations.read(path, as_text=True, by_entry=True)
    body.require_sound(deep=False)
    body.require_known(("source", "entries"))
    source = body.get_as("source", str, "demo")
    if source not in KINDS[:2]:
        raise UnknownNameError(body.where("source"), source, KINDS[:2])
    entries = body["entries"] if body.get("entries") else Block(FILE)
    if not isinstance(entries, Block):
        raise body.wrong("entries", "names with their fields", repr(entries)[:60])
    built, faults = declarations.each(
        entries, lambda name, fields: _entry(entries, name, fields, settings, recipients)
    )
    return Schedule(source, tuple(built), faults)


def parse_duration(text: str) -> dt.timedelta:
    """A length of time as written: ``45 min``, ``2 h``, ``90 s``. Raises ``ParameterError``.

    >>> parse_duration("1.5 h")
    datetime.timedelta(seconds=5400)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(s|min|h)", text.strip())
    seconds = float(found[1]) * {"s": 1, "min": 60, "h": 3600}[found[2]] if found else 0
    if not 0 < seconds < MOST_SECONDS:
        raise ParameterError("length of time", expected="like 45 min or 2 h, a year at most", got=text)
    return dt.timedelta(seconds=seconds)


def _entry(
    entries: Block, name: str, fields: Any, settings: Settings, recipients: Collection[str] | None
) -> Entry:
    if not re.fullmatch(r"[A-Za-z][\w-]{0,60}", name):
        raise entries.wrong(name, "a name of letters, digits, - and _")
    if not isinstance(fields, Block):
        raise entries.wrong(name, "fields", repr(fields)[:60])
    fields.require_known(_FIELDS)
    for needed in ("notebook", "cron"):
        if not fields.get(needed):
            raise fields.wrong(needed, "a value", "none")

    def of(field: str, read: Callable[[], T]) -> T:
        """What ``read`` gives; its error said with the field's line."""
        try:
            return read()
        except UnknownNameError as error:
            what = f"{error.kind} in {fields.where(field)}"
            raise UnknownNameError(what, error.name, error.known, error.remedy) from error
        except ParameterError as error:
            if error.what.startswith(FILE):
                raise
            what = f"{fields.where(field)}: {error.what}"
            raise ParameterError(what, expected=error.expected, got=error.got, remedy=error.remedy) from error

    cron = fields.get_as("cron", str, "")
    of("cron", lambda: require_valid(cron))
    chosen = of("notebook", lambda: _notebooks(fields, settings))
    given = fields["parameters"] if fields.get("parameters") else Block(FILE)
    of("parameters", lambda: _check_parameters(given, chosen, settings))
    market = fields.get_as("market", str, "New York")
    deadline = fields.get_as("deadline", str, "")
    return Entry(
        name=name,
        notebooks=chosen,
        cron=cron,
        market=of("market", lambda: _market(market)),
        parameters=given,
        holidays=fields.choice("holidays", HOLIDAYS),
        databases=of("snapshot", lambda: _databases(fields.get("snapshot", "all"))),
        deadline=of("deadline", lambda: parse_duration(deadline)) if "deadline" in fields else None,
        retries=of("retries", lambda: _retries(fields.get_as("retries", str, "1"))),
        catch_up=fields.choice("catch_up", CATCH_UP),
        recipients=of("recipients", lambda: require_recipients(fields.names("recipients"), recipients)),
        send=fields.choice("send", SEND),
    )


def _notebooks(fields: Block, settings: Settings) -> tuple[str, ...]:
    if fields["notebook"] == "all":
        return ()
    found = tuple(notebooks.find(name, settings).name for name in fields.names("notebook"))
    if twice := sorted({name for name in found if found.count(name) > 1}):
        raise ParameterError("notebook", expected="each once", got=f"{', '.join(twice)} twice")
    return found


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


def require_recipients(names: tuple[str, ...], known: Collection[str] | None) -> tuple[str, ...]:
    """``names``, all of them known; any where ``known`` is null. Raises ``UnknownNameError``."""
    for name in names:
        if known is not None and name not in known:
            raise UnknownNameError("recipient", name, known, remedy="Add it to delivery.toml")
    return names


def _retries(given: str) -> int:
    if not given.isdecimal() or int(given) > MOST_RETRIES:
        raise ParameterError("retries", expected=f"0 to {MOST_RETRIES}", got=given)
    return int(given)
