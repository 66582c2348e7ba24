"""The estate as types: server, database, table, column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lucky_analytics.errors import UnknownNameError

# pyarrow is imported where a type is asked for: commands that only look at names do without it.
if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Column", "Database", "Estate", "Table"]

PERSONAL_CLASSES = ("none", "pseudonym", "contact", "address", "device", "card")


@dataclass(frozen=True)
class Column:
    """One column of a source table. ``personal`` says what becomes of it at the snapshot's boundary.

    ``zero_dates`` marks a datetime that the platform writes as ``0000-00-00`` when it is not set: null
    in Parquet, a zero date in MySQL. ``public`` is what the company itself publishes, such as the address of
    a shop: its text passes as it is. ``like`` is the pattern (RE2) of every whole value, of names that a tool
    writes beside what people do: a value of another form does not pass.
    """

    name: str
    type: str
    about: str = ""
    unit: str = ""
    nullable: bool = False
    personal: str = "none"
    zero_dates: bool = False
    public: bool = False
    like: str = ""

    @property
    def passes(self) -> bool:
        """Whether it may leave its source: contact and address columns are not even asked for."""
        return self.personal not in ("contact", "address")

    def find_unlike(self, values: pa.Array) -> pa.Array:
        """Where a text is not of the declared form; never where none is declared, and not at a null.

        >>> import pyarrow as pa
        >>> verb = Column("verb", "varchar(16)", like="[A-Z]+")
        >>> verb.find_unlike(pa.array(["SELECT", "a name"])).to_pylist()
        [False, True]
        """
        import pyarrow.compute as pc

        return pc.invert(pc.match_substring_regex(values, f"^(?:{self.like})$")).fill_null(False)

    @property
    def arrow(self) -> pa.Field:
        import pyarrow as pa

        from lucky_analytics.estate.types import arrow_type

        return pa.field(self.name, arrow_type(self.type), nullable=self.nullable or self.zero_dates)


@dataclass(frozen=True)
class Table:
    """One source table: grain, key and columns. ``rows`` is the count the company published, if any.

    ``aliases`` are what other documents call it. ``append_only`` says that rows come with ever higher keys
    and never change; ``not_in_demo``, why the demo estate has no file of it; ``cold``, that it has one only
    when it was built with ``--tables cold``.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: dict[str, Column]
    rows: int | None = None
    about: str = ""
    aliases: tuple[str, ...] = ()
    append_only: bool = False
    not_in_demo: str = ""
    cold: bool = False

    @property
    def why_absent(self) -> str:
        """Why the demo estate has no file of it as it is built by default; empty where it has one."""
        return self.not_in_demo or ("comes with --tables cold alone" if self.cold else "")

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of the whole table, in declared order."""
        import pyarrow as pa

        return pa.schema([column.arrow for column in self.columns.values()])

    @property
    def integer_key(self) -> str | None:
        """The key, when it is a single integer column that always passes into a snapshot."""
        import pyarrow as pa

        column = self.columns[self.key[0]]
        single = len(self.key) == 1 and column.personal == "none" and not column.arrow.nullable
        return column.name if single and pa.types.is_integer(column.arrow.type) else None

    @property
    def changed_by(self) -> str | None:
        """The column that says when a row last changed, when the table has one that is always set."""
        import pyarrow as pa

        column = self.columns.get("modify_time")
        is_set = column is not None and pa.types.is_timestamp(column.arrow.type) and not column.arrow.nullable
        return "modify_time" if is_set else None


@dataclass(frozen=True)
class Database:
    """One database on one server. ``kind`` is the server's; ``time_zone`` is the zone of its datetimes."""

    name: str
    server: str
    tables: dict[str, Table]
    time_zone: str = "UTC"
    about: str = ""
    aliases: tuple[str, ...] = ()
    kind: str = "mysql"

    @property
    def source(self) -> str:
        """The short name used in commands: the server's without ``aws-luckyus-`` and ``-rw``."""
        return self.server.removeprefix("aws-luckyus-").removesuffix("-rw")

    def table(self, name: str) -> Table:
        for table in self.tables.values():
            if name == table.name or name in table.aliases:
                return table
        raise UnknownNameError(f"table of {self.name}", name, self.tables)


@dataclass(frozen=True)
class Estate:
    """Every declared database, by its own name; ``database`` also takes source, server and alias."""

    databases: dict[str, Database] = field(default_factory=dict)

    def database(self, name: str) -> Database:
        """The database of that name, source name, server name or alias.

        >>> load().database("salesorder").name    # doctest: +SKIP
        'luckyus_sales_order'
        """
        for database in self.databases.values():
            if name in (database.name, database.source, database.server, *database.aliases):
                return database
        raise UnknownNameError("source", name, [d.source for d in self.databases.values()])
