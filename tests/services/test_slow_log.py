"""The slow query log of a real MariaDB through a mapping: kinds of statements, and nobody's values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from lucky_analytics import snapshot
from lucky_analytics.catalog import Suite
from lucky_analytics.cli import main
from lucky_analytics.settings import Settings
from lucky_analytics.sources import kinds
from tests.services import mariadb


def test_what_a_server_wrote_is_read_by_kind_and_by_the_first_mapping(
    start_mariadb: Callable[..., mariadb.Mariadb], where: Settings
):
    folder = where.root / "exports"
    folder.mkdir()
    log = folder / "salesorder-slow.log"
    server = start_mariadb("--slow-query-log=1", f"--slow-query-log-file={log}", "--long-query-time=0")
    server.execute(
        "CREATE DATABASE shop",
        "CREATE TABLE shop.t_order (id int PRIMARY KEY, receiver varchar(40))",
        *(f"INSERT INTO shop.t_order VALUES ({number}, 'Ann Doe {number}')" for number in range(5)),
        "SELECT * FROM shop.t_order WHERE receiver LIKE '%Ann Doe 3%'",
        "SELECT * FROM shop.t_order WHERE receiver LIKE '%Bob Roe%'",
    )
    server.stop()
    assert "Ann Doe 3" in log.read_text(errors="replace")  # it stands in the log
    main(["sources", "map", str(folder)])
    mapping = (folder / "mapping.yml").read_text()
    assert "monitoring.slow_statements:" in mapping
    assert "server: ???" in mapping  # no column of the log says it: somebody corrects the draft
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)  # so that today is a closed day
    text = mapping.replace("server: ???", "server: file")
    (folder / "mapping.yml").write_text(f"cut: {later:%Y-%m-%dT%H:%M:%SZ}\n{text}")
    taken = snapshot.take(kinds.connect("files", where, path=folder), settings=where)
    rows = Suite(taken).slow_statements.execute()
    own = rows[rows["tables"] == "shop.t_order"]
    assert own.set_index("verb")["n_slow"].to_dict() == {"INSERT": 5, "SELECT": 2, "CREATE": 1}
    assert (own["seconds"] >= own["longest_seconds"]).all() and (own["longest_seconds"] > 0).all()
    assert own.set_index("verb").loc["SELECT", ["n_examined", "n_sent"]].tolist() == [10, 1]
    assert set(rows["server"]) == {"salesorder-slow"}
    written = [path for path in where.data_dir.rglob("*") if path.is_file() and path != log]
    assert not [path for path in written if b"Ann" in Path(path).read_bytes()]
