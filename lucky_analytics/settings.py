"""Where things live and what the environment says. The only module that reads environment variables."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from lucky_analytics.errors import LuckyError

__all__ = ["Settings", "environment_value", "load", "secret_values", "using_engine"]

_SECRET_VARIABLE = re.compile(r"(PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|ACCESS_KEY)(?!.*_(FILE|PATH)$)")
# What DuckDB needs to read the parts of a snapshot at all.
_LEAST_MIB = 64
_MOST_DUCKDB_MIB = 4096
_MIB_A_THREAD = 512


@dataclass(frozen=True)
class Settings:
    """Folders of one checkout. ``data_dir`` and ``outputs_dir`` may lie elsewhere, on a larger disk.

    ``site_url`` is where readers open the portal, without a slash at its end; null when nobody said.
    """

    root: Path
    data_dir: Path
    outputs_dir: Path
    sources_path: Path | None = None
    source_url: str | None = None
    site_url: str | None = None
    apps_url: str | None = None
    delivery_path: Path | None = None
    engine: str = "duckdb"
    threads: int | None = None
    memory_mib: int | None = None
    spark_url: str = "local[2]"
    spark_memory: str = "2g"
    spark_snapshots: str | None = None

    @property
    def duckdb_mib(self) -> int:
        """What DuckDB may take, in MiB: what was said, else half of the machine, and 4 GiB at most.

        A notebook may use half as much again (``runs.limits``): what DuckDB keeps for later must not get it
        refused.
        """
        half = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**21
        return self.memory_mib or min(half, _MOST_DUCKDB_MIB)

    @property
    def duckdb_threads(self) -> int:
        """Cores that DuckDB uses in one process: what was said, else all that this process may use, but one
        for each 512 MiB at most, without which threads wait for memory."""
        cores = len(os.sched_getaffinity(0))
        return self.threads or max(1, min(cores, self.duckdb_mib // _MIB_A_THREAD))

    def share_cores(self, jobs: int) -> Settings:
        """The same for each of so many runs side by side: together they use the cores that one would."""
        return self if self.threads else replace(self, threads=max(1, self.duckdb_threads // max(1, jobs)))

    @property
    def is_spark_remote(self) -> bool:
        """Whether Spark is a server elsewhere (Spark Connect), which needs no Java here."""
        return self.spark_url.startswith("sc://")

    @property
    def sources_file(self) -> Path:
        """Where the source servers are; never tracked."""
        return self.sources_path or self.root / "sources.toml"

    @property
    def delivery_file(self) -> Path:
        """Who gets mail and messages, and through which server; never tracked."""
        return self.delivery_path or self.root / "delivery.toml"

    def is_named(self, path: Path) -> bool:
        """Whether a variable names this file, of servers or recipients: then it is to be there."""
        return path not in (self.root / "sources.toml", self.root / "delivery.toml")

    @property
    def notebooks_dir(self) -> Path:
        return self.root / "notebooks"

    @property
    def params_dir(self) -> Path:
        return self.root / "params"

    @property
    def lock_file(self) -> Path:
        return self.root / "requirements.lock"

    @property
    def demo_dir(self) -> Path:
        return self.data_dir / "demo"

    @property
    def snapshots_dir(self) -> Path:
        return self.data_dir / "snapshots"

    @property
    def external_dir(self) -> Path:
        """Reference layers ship with the checkout, wherever the data folder lies."""
        return self.root / "data" / "external"

    @property
    def runs_dir(self) -> Path:
        return self.outputs_dir / "runs"

    @property
    def site_dir(self) -> Path:
        return self.outputs_dir / "site"

    @property
    def lab_dir(self) -> Path:
        """What JupyterLab keeps: settings and layouts that an analyst chose, kernels, history."""
        return self.outputs_dir / "lab"


def load() -> Settings:
    """The settings of the checkout that we are in.

    The root is ``LUCKY_HOME``, else the nearest folder at or above the working directory that holds
    ``notebooks/`` and ``params/``, else the checkout that this package was installed from.
    ``LUCKY_DATA`` and ``LUCKY_OUTPUTS`` move ``data/`` and ``outputs/``; ``LUCKY_SOURCES`` names another
    file than ``sources.toml``, ``LUCKY_DELIVERY`` another than ``delivery.toml``, and
    ``LUCKY_SOURCE_URL`` one server for everything, without a file.
    ``LUCKY_SITE_URL`` is the web address of the portal, for the links in mails and in the feed;
    ``LUCKY_APPS_URL`` the one under which each app has its name, for the portal's links to them.
    ``LUCKY_MEMORY`` is what DuckDB may take in one process, in MiB (by default half of the machine, 4 GiB at
    most), before it spills to the folder for temporary files; ``LUCKY_THREADS`` how many cores it uses there.
    ``LUCKY_ENGINE`` names what computes the tables; ``LUCKY_SPARK_URL`` is a master (``local[2]``) or a
    server of Spark Connect (``sc://host:15002``; its token is ``LUCKY_SPARK_TOKEN``), ``LUCKY_SPARK_MEMORY``
    what Java here may take, ``LUCKY_SPARK_SNAPSHOTS`` where Spark finds the folder of snapshots, if not here
    (``s3a://bucket/snapshots``).

    Raises ``LuckyError`` when no such folder exists, or when an address is none.
    """
    root = _root()
    return Settings(
        root=root,
        data_dir=_folder("LUCKY_DATA", root / "data"),
        outputs_dir=_folder("LUCKY_OUTPUTS", root / "outputs"),
        sources_path=_folder("LUCKY_SOURCES", root / "sources.toml"),
        source_url=os.environ.get("LUCKY_SOURCE_URL"),
        site_url=_web_address("LUCKY_SITE_URL"),
        apps_url=_web_address("LUCKY_APPS_URL"),
        delivery_path=_folder("LUCKY_DELIVERY", root / "delivery.toml"),
        engine=os.environ.get("LUCKY_ENGINE") or Settings.engine,
        threads=_whole("LUCKY_THREADS", least=1),
        memory_mib=_whole("LUCKY_MEMORY", least=_LEAST_MIB),
        spark_url=_spark_url("LUCKY_SPARK_URL"),
        spark_memory=os.environ.get("LUCKY_SPARK_MEMORY") or Settings.spark_memory,
        spark_snapshots=os.environ.get("LUCKY_SPARK_SNAPSHOTS", "").rstrip("/") or None,
    )


def environment_value(name: str) -> str | None:
    """The value of the variable that a reference such as ``password_env`` names; ``None`` when unset."""
    return os.environ.get(name)


@contextlib.contextmanager
def using_engine(name: str) -> Iterator[None]:
    """Within the block the settings of this process, and of those that it starts, choose the engine."""
    before = os.environ.get("LUCKY_ENGINE")
    os.environ["LUCKY_ENGINE"] = name
    try:
        yield
    finally:
        del os.environ["LUCKY_ENGINE"]
        if before is not None:
            os.environ["LUCKY_ENGINE"] = before


def secret_values() -> list[str]:
    """The values of all variables that are named like secrets, the longest first.

    One of fewer than 8 characters may be a word of any text and is left out, as are names of files.
    """
    named = {value for name, value in os.environ.items() if _SECRET_VARIABLE.search(name.upper())}
    return sorted((value for value in named if len(value) >= 8), key=len, reverse=True)


def _root() -> Path:
    if home := os.environ.get("LUCKY_HOME"):
        if _is_root(Path(home)):
            return Path(home).resolve()
        raise LuckyError(
            "LUCKY_HOME",
            expected="a folder with notebooks/ and params/",
            got=home,
            remedy="Set it to the checkout or unset it",
        )
    here = Path.cwd()
    candidates = [here, *here.parents, Path(__file__).resolve().parents[1]]
    for folder in candidates:
        if _is_root(folder):
            return folder
    raise LuckyError(
        f"no checkout at or above {here}",
        expected="a folder with notebooks/ and params/",
        remedy="Run inside the checkout or set LUCKY_HOME",
    )


def _is_root(folder: Path) -> bool:
    return (folder / "notebooks").is_dir() and (folder / "params").is_dir()


def _folder(variable: str, default: Path) -> Path:
    value = os.environ.get(variable)
    return Path(value).resolve() if value else default


def _whole(variable: str, *, least: int) -> int | None:
    value = os.environ.get(variable, "").strip()
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise LuckyError(
            variable, expected=f"a whole number of {least} or more", got=value, remedy="Change it or unset it"
        )
    return int(value)


def _spark_url(variable: str) -> str:
    value = os.environ.get(variable) or Settings.spark_url
    if "token=" in value:
        raise LuckyError(
            variable,
            expected="no secret, because it is shown",
            got="a token",
            remedy="Set LUCKY_SPARK_TOKEN to it",
        )
    return value


def _web_address(variable: str) -> str | None:
    value = os.environ.get(variable, "").strip().rstrip("/")
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise LuckyError(
            variable,
            expected="an address such as https://reports.example.com/lucky",
            got=value,
            remedy="Set it to what readers open in their browsers, or unset it",
        )
    return value
