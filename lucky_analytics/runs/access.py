"""The request for access: which databases to ask for first, with which statements, and what each brings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lucky_analytics import estate
from lucky_analytics.runs.wanted import Wanted

__all__ = ["Grant", "format_request", "order_grants"]

_READER = "lucky_read"
_HANDED_IN = {
    "exports": "no server holds it: hand its exports in as files, [files] in sources.toml",
    "telemetry": "what the servers say of themselves: collect = true under [telemetry] in sources.toml",
}


@dataclass(frozen=True)
class Grant:
    """One database to ask for. ``tables`` are those that notebooks read; ``completes`` the notebooks that can
    run once this database and those before it are there, ``helps`` those that wait for another one still,
    ``in_part`` those that run without it and then say more. ``about`` says what it holds."""

    server: str
    database: str
    kind: str
    about: str
    tables: tuple[str, ...]
    completes: tuple[str, ...]
    helps: tuple[str, ...]
    in_part: tuple[str, ...]

    @property
    def statements(self) -> list[str]:
        """What whoever keeps the server runs, or what else is to be done, a line each; ``lucky_read`` stands
        for the user of ``sources.toml``.

        >>> Grant("s", "luckyus_upush", "mysql", "", ("t_push_record",), (), (), ()).statements
        ['GRANT SELECT ON luckyus_upush.t_push_record TO lucky_read;']
        """
        if self.kind in _HANDED_IN:
            return [f"-- {_HANDED_IN[self.kind]}: {', '.join(self.tables)}"]
        prefix = f"{self.database}." if self.kind == "mysql" else ""
        return [f"GRANT SELECT ON {prefix}{table} TO {_READER};" for table in self.tables]


def order_grants(wanted: Sequence[Wanted]) -> list[Grant]:
    """The databases in the order in which to ask for them: next is always the one that lets most notebooks
    run together with what was asked for before; among equals the one for which most wait, then the one with
    which most say more.

    >>> asked = [Wanted("a", "luckyus_upush.t_push_record", ("pushes", "both")),
    ...          Wanted("b", "luckyus_sales_crm.t_user", ("both",))]
    >>> [(grant.database, grant.completes) for grant in order_grants(asked)]
    [('luckyus_upush', ('pushes',)), ('luckyus_sales_crm', ('both',))]
    """
    lacks: dict[str, set[str]] = {}
    for one in wanted:
        for notebook in one.notebooks:
            lacks.setdefault(notebook, set()).add(_database(one))
    left, granted = sorted({_database(one) for one in wanted}), list[Grant]()
    while left:
        ready = {name: _completed(lacks, name) for name in left}
        waiting = {name: {who for who, lacking in lacks.items() if name in lacking} for name in left}
        more = {name: _in_part(wanted, name) - waiting[name] for name in left}
        chosen = max(left, key=lambda name: (len(ready[name]), len(waiting[name]), len(more[name])))
        left.remove(chosen)
        granted.append(_grant(chosen, wanted, ready[chosen], waiting[chosen] - ready[chosen]))
        lacks = {who: lacking - {chosen} for who, lacking in lacks.items() if who not in ready[chosen]}
    return granted


def format_request(grants: Sequence[Grant]) -> str:
    """The request as a text that can be sent: by database what it is, what it brings, and the statements."""
    parts = []
    for place, grant in enumerate(grants, 1):
        brings = [f"-- {place}. {grant.server}, {grant.database}: {grant.about}"]
        for what, names in (
            ("lets run", grant.completes),
            ("needed besides others by", grant.helps),
            ("says more then", grant.in_part),
        ):
            brings += [f"--    {what}: {', '.join(names)}"] if names else []
        parts.append("\n".join([*brings, *grant.statements]))
    return "\n\n".join(parts)


def _database(one: Wanted) -> str:
    return one.table.partition(".")[0]


def _in_part(wanted: Iterable[Wanted], name: str) -> set[str]:
    return {who for one in wanted if _database(one) == name for who in one.in_part}


def _completed(lacks: dict[str, set[str]], name: str) -> set[str]:
    return {who for who, lacking in lacks.items() if lacking == {name}}


def _grant(name: str, wanted: Iterable[Wanted], completes: set[str], helps: set[str]) -> Grant:
    database = estate.load().database(name)
    own = [one for one in wanted if _database(one) == name]
    in_part = _in_part(own, name) - completes - helps
    return Grant(
        server=database.server,
        database=name,
        kind=database.kind,
        about=database.about.partition(". ")[0].rstrip("."),
        tables=tuple(one.table.partition(".")[2] for one in own),
        completes=tuple(sorted(completes)),
        helps=tuple(sorted(helps)),
        in_part=tuple(sorted(in_part)),
    )
