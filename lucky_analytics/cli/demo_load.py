"""``lucky demo load``: the demo estate into a real server."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import WrittenPath, json_option

__all__ = ["load"]


@click.command()
@click.option(
    "--to",
    "url",
    required=True,
    metavar="URL",
    help="mysql://, postgresql:// or redis://user@host:port?password_env=NAME",
)
@click.option("--source-name", "names", multiple=True, metavar="NAME", help="Only this source; repeatable.")
@click.option("--from", "folder", type=WrittenPath(), help="Estate; data/demo unless said.")
@click.option("--reader", default="lucky_read", show_default=True, help="SELECT-only user to create.")
@click.option("--reader-password-env", metavar="NAME", help="Variable with the reader's password.")
@click.option(
    "--reader-password-file",
    type=WrittenPath(),
    help="File with the reader's password; written when there is none.",
)
@json_option
def load(
    url: str,
    names: tuple[str, ...],
    folder: Path | None,
    reader: str,
    reader_password_env: str | None,
    reader_password_file: Path | None,
    as_json: bool,
) -> None:
    """Load the demo estate into a MySQL, MariaDB or PostgreSQL server: its databases of that kind. Into a
    Redis server: keys as the caches of --source-name have them.

    Without a reference to the reader's password, one is made up and kept in data/.READER.
    """
    from lucky_analytics.demo.build import load as loading
    from lucky_analytics.demo.build.reader import Reader
    from lucky_analytics.secrets import Secret

    where = settings.load()
    if reader_password_env:
        secret = Secret("password_env", reader_password_env)
    else:
        secret = loading.create_secret(reader_password_file or where.data_dir / f".{reader}")
    loaded = loading.load(
        folder or where.demo_dir,
        url,
        names=names or None,
        reader=Reader(reader, secret),
        progress=lambda line: click.echo(line, err=True),
    )
    if as_json:
        click.echo(json.dumps({"rows": loaded.rows, "reader": reader, "password": str(secret)}))
    else:
        n, is_redis = sum(loaded.rows.values()), url.startswith("redis")
        what = (
            f"{n:,} keys of {len(loaded.rows)} caches"
            if is_redis
            else f"{n:,} rows in {len(loaded.rows)} tables"
        )
        click.echo(f"{what}; {reader} may {'ask' if is_redis else 'read'} ({secret})")
