"""Build the demo estate: check the arguments, skip what is unchanged, generate, write, verify, replace."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from threadpoolctl import threadpool_limits

import lucky_analytics
from lucky_analytics import estate
from lucky_analytics.demo.build import generate as generator
from lucky_analytics.demo.build.cities import MOST_CITIES, repeat_city
from lucky_analytics.demo.build.declared_tables import require_all_generated
from lucky_analytics.demo.build.estate_folder import MARK, building, locked
from lucky_analytics.demo.build.published_check import Figure, check_money, measure, open_files
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.build.write import Written, write_table
from lucky_analytics.demo.truth.planted import REMEDIES, Plants, plants
from lucky_analytics.demo.truth.row_changes import change_rows
from lucky_analytics.demo.truth.single import STORE_LED, only_plants
from lucky_analytics.errors import DemoError, LuckyError, ParameterError, UnknownNameError

__all__ = ["BuildReport", "build_estate"]

TABLE_SETS = ("core", "default", "cold")


@dataclass(frozen=True)
class BuildReport:
    """What ``build`` did: rows per ``database.table``, and each published figure beside the built one."""

    out: Path
    unchanged: bool
    rows: dict[str, int]
    figures: list[Figure] = field(default_factory=list)
    seconds: float = 0.0


def build_estate(
    out: Path,
    *,
    scale: float = 1.0,
    seed: int = 7,
    truth: Path | None = None,
    only: str | None = None,
    calibrate: bool = True,
    tables: str = "default",
    may_replace: bool = True,
) -> BuildReport:
    """Build the demo estate into ``out``; at scale 1 every published figure is met or nothing is replaced.

    ``truth`` overrides planted values (partial JSON), ``only`` plants one mechanism alone, ``calibrate``
    False leaves the published figures out, ``tables`` says how much is built. A whole number as ``scale``
    above 1 is a chain of so many cities, each the calibrated one under other ids (``cities``); truth and
    figures are of the first. An estate that was built from the same inputs is left alone (``unchanged``);
    without ``may_replace`` also one that is at least as large and was built with other arguments. Raises
    ``ParameterError``, ``UnknownNameError`` or ``DemoError`` before any work for bad arguments,
    ``DemoError`` for a figure that was missed, a declared table that is neither generated nor
    ``not_in_demo``, a second build at the same time, or a full disk.

    >>> build_estate(Path("data/demo")).rows["luckyus_sales_order.t_order"]      # doctest: +SKIP
    516000
    """
    started = time.monotonic()
    out = out.resolve()  # "." has no name that a folder beside it could begin with
    planted = _checked(scale, seed, truth, only, calibrate, tables)
    arguments: dict[str, object] = {
        "scale": scale,
        "seed": seed,
        "only": only,
        "calibrate": calibrate,
        "tables": tables,
    }
    inputs = _fingerprint(arguments, planted)
    if rows := _unchanged(out, inputs):  # needs no lock: another build could only write the same again
        return BuildReport(out, True, rows, seconds=time.monotonic() - started)
    asked = {**arguments, "truth_file": _name_truth(truth, planted)}
    if not may_replace:
        _require_nothing_lost(out, asked)
    with locked(out), building(out) as folder, threadpool_limits(1):
        targets = replace(
            Targets.at(min(scale, 1.0)), is_calibrated=calibrate, is_store_led=only in STORE_LED
        )
        with _values_of(truth):
            written, truth_json, shifts = _write(folder, targets, planted, seed, tables)
            figures = _verify(
                folder, targets.is_full and truth is None, is_changed=bool(planted.get("changes"))
            )
        written = repeat_city(folder, max(1, int(scale)), written)
        (folder / "truth.json").write_text(truth_json, encoding="utf-8")
        _dump(folder / "fit.json", {"figures": [asdict(figure) for figure in figures], "plants": shifts})
        record = {
            "inputs": inputs,
            **asked,
            "tables_written": {k: asdict(w) for k, w in written.items()},
        }
        _dump(folder / MARK, record)
    rows = {name: table.rows for name, table in written.items()}
    return BuildReport(out, False, rows, figures, time.monotonic() - started)


@contextlib.contextmanager
def _values_of(truth: Path | None) -> Iterator[None]:
    """What a file plants may be numbers of which no estate can be made (a shape of 0, a share of 5): that is
    the file's mistake, said as one. Without a file an error is ours, and is not touched."""
    try:
        yield
    except (ArithmeticError, ValueError, TypeError, LookupError) as error:
        if truth is None or isinstance(error, LuckyError):
            raise
        raise DemoError(
            f"truth file {truth}",
            expected="values of which an estate can be made",
            got=f"{type(error).__name__}: {error}",
            remedy="Plant nearer values to the defaults, which docs/demo-estate.md explains",
        ) from error


def _name_truth(truth: Path | None, planted: Plants) -> str | None:
    """What a truth file planted; none without one, so that new defaults are no other arguments."""
    return hashlib.sha256(json.dumps(planted).encode()).hexdigest()[:16] if truth else None


def _require_nothing_lost(out: Path, asked: dict[str, object]) -> None:
    """Raise ``DemoError`` where another estate stands that is as large as the one asked for, or larger."""
    try:
        standing = json.loads((out / MARK).read_text(encoding="utf-8"))
        is_smaller = float(standing["scale"]) < float(str(asked["scale"]))
    except (OSError, ValueError, KeyError, TypeError):
        return  # nothing there that could be lost
    other = {name: standing[name] for name in asked if name in standing and standing[name] != asked[name]}
    if other and not is_smaller:
        described = ", ".join(
            "another truth file" if name == "truth_file" else f"{name} {value}"
            for name, value in other.items()
        )
        raise DemoError(
            f"demo estate {out}",
            expected="an empty folder, or an estate of the same arguments",
            got=f"one of {described}",
            remedy="Add --replace to build over it, or --out DIR to build beside it",
        )


def _checked(
    scale: float, seed: int, truth: Path | None, only: str | None, calibrate: bool, tables: str
) -> Plants:
    if not (0.005 <= scale <= 1 or (1 < scale <= MOST_CITIES and scale == int(scale))):
        expected = f"0.005 to 1, or a whole number of cities up to {MOST_CITIES}"
        raise ParameterError("scale", expected=expected, got=f"{scale:g}", remedy="Tests use 0.02")
    if not 0 <= seed < 1 << 32:
        raise ParameterError("seed", expected="a whole number from 0 to 4294967295", got=f"{seed}")
    planted = plants(truth)
    if only is not None and only not in planted:
        raise UnknownNameError("mechanism", only, planted, remedy=REMEDIES.get(only, ""))
    if only is not None and calibrate:
        raise ParameterError(
            f"only {only!r}",
            expected="an uncalibrated world",
            got="calibrate=True",
            remedy="Published figures need every mechanism: add --no-calibrate (calibrate=False)",
        )
    if tables not in TABLE_SETS:
        raise UnknownNameError("set of tables", tables, TABLE_SETS)
    return only_plants(planted, only) if only else planted


def _write(
    folder: Path, targets: Targets, planted: Plants, seed: int, which: str
) -> tuple[dict[str, Written], str, list[dict[str, object]]]:
    world = generator.generate(targets, planted, seed)
    written = {
        f"{database}.{name}": write_table(folder, database, name, rows)
        for database, name, rows in generator.tables(world, which)
    }
    if which != "core":
        require_all_generated(written, estate.load(), with_cold=which == "cold")
    shifts = [estimate.as_json() for estimate in generator.estimates(world)]
    realised = generator.realised(world)
    for name, changed, ids, file in change_rows(folder, planted.get("changes", {}), seed):
        written[changed] = file
        realised.changed(name, ids)
    return written, realised.as_json(), shifts


def _verify(folder: Path, must_agree: bool, is_changed: bool) -> list[Figure]:
    """The figures as built; rows that a truth file changed may break the identity of money, no others."""
    with open_files(folder) as connection:
        if not is_changed:
            check_money(connection)
        figures = measure(connection)
    wrong = [figure for figure in figures if not figure.agrees]
    if wrong and must_agree:
        first = wrong[0]
        raise DemoError(
            f"published figure {first.name!r}" + (f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""),
            expected=f"{first.published:,}",
            got=f"{first.built:,}",
        )
    return figures


def _fingerprint(arguments: dict[str, object], planted: Plants) -> str:
    """Of everything that decides the bytes: the generator's and the estate's files, lock and arguments."""
    package = Path(lucky_analytics.__file__).parent
    digest = hashlib.sha256(json.dumps([arguments, planted]).encode())  # changes are made in their order
    sources = [*package.glob("demo/**/*.*"), *package.glob("estate/**/*.*")]
    sources = [path for path in sources if path.suffix in {".py", ".yml"}]
    for path in [*sorted(sources), package.parent / "requirements.lock"]:
        if path.is_file():
            digest.update(str(path.relative_to(package.parent)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _unchanged(out: Path, inputs: str) -> dict[str, int]:
    """Rows per table of an estate built from ``inputs`` whose files are all there; empty otherwise."""
    try:
        record = json.loads((out / MARK).read_text(encoding="utf-8"))
        if record["inputs"] != inputs:
            return {}
        for name, facts in record["tables_written"].items():
            if os.path.getsize(out / f"{name.replace('.', '/')}.parquet") != facts["bytes"]:  # noqa: PTH202
                return {}
        return {name: facts["rows"] for name, facts in record["tables_written"].items()}
    except (OSError, ValueError, KeyError):
        return {}


def _dump(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
