"""What ``build`` promises: declared schemas, same seed same bytes, overrides that act, errors before work."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from threadpoolctl import threadpool_limits

from lucky_analytics import demo, estate
from lucky_analytics.cli.demo import demo as command
from lucky_analytics.demo.build import generate as generator
from lucky_analytics.demo.build.estate_folder import locked
from lucky_analytics.demo.truth.planted import DEFAULTS
from lucky_analytics.errors import DemoError, ParameterError, UnknownNameError

SCALE = 0.02


def _hashes(folder: Path) -> dict[str, str]:
    record = json.loads((folder / "demo.json").read_text())
    return {name: facts["sha256"] for name, facts in record["tables_written"].items()}


def _declared() -> list[tuple[str, estate.Table]]:
    return [
        (database.name, table)
        for database in estate.load().databases.values()
        for table in database.tables.values()
    ]


def test_files_have_the_declared_schema_and_a_unique_ascending_key(tiny: Path):
    record = json.loads((tiny / "demo.json").read_text())
    declared = {f"{database}.{table.name}": table for database, table in _declared()}
    assert set(record["tables_written"]) <= set(declared)
    for name in record["tables_written"]:
        table = declared[name]
        rows = pq.read_table(tiny / f"{name.replace('.', '/')}.parquet")
        assert rows.schema.equals(table.schema), name
        keys = list(zip(*(rows[column].to_pylist() for column in table.key), strict=True))
        assert keys == sorted(set(keys)), name


def test_every_declared_table_is_generated_or_says_why_not(tiny: Path):
    written = json.loads((tiny / "demo.json").read_text())["tables_written"].keys()
    absent = demo.absent_tables(estate.load()).keys()
    assert {f"{database}.{table.name}" for database, table in _declared()} == written | absent
    assert written & absent == set()


def without_rows(database: estate.Database) -> estate.Database:
    """A database that says why the demo estate has none of its tables."""
    tables = {
        name: dataclasses.replace(table, not_in_demo="only servers that run say it")
        for name, table in database.tables.items()
    }
    return dataclasses.replace(database, tables=tables)


def test_a_forgotten_table_and_one_that_is_said_to_be_absent_are_refused(tmp_path: Path, monkeypatch):
    made = [("luckyus_upush", "t_push_record"), ("telemetry", "instances")]
    rows = [
        (name, table, estate.load().database(name).tables[table].schema.empty_table()) for name, table in made
    ]
    monkeypatch.setattr(generator, "generate", lambda *given: None)
    monkeypatch.setattr(generator, "tables", lambda world, which: iter(rows))
    small = {name: estate.load().databases[name] for name in ("luckyus_scmsrm", "luckyus_upush")}
    small["telemetry"] = without_rows(estate.load().databases["telemetry"])
    monkeypatch.setattr(estate, "load", lambda: estate.Estate(small))
    with pytest.raises(
        DemoError, match=r"neither for luckyus_scmsrm.t_supplier\. Generate it in lucky_analyt"
    ):
        demo.build_estate(tmp_path / "demo", scale=SCALE)
    small.pop("luckyus_scmsrm")
    with pytest.raises(DemoError, match=r"rows of telemetry.instances\. Take out not_in_demo"):
        demo.build_estate(tmp_path / "demo", scale=SCALE)
    assert not (tmp_path / "demo").exists()


def test_what_the_estate_has_no_file_of_is_said_when_it_is_built(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(demo, "build_estate", lambda out, **given: demo.BuildReport(out, True, {}))
    telemetry = without_rows(estate.load().databases["telemetry"])
    monkeypatch.setattr(estate, "load", lambda: estate.Estate({"telemetry": telemetry}))
    said = CliRunner().invoke(command, ["build", "--out", str(tmp_path)]).output.splitlines()
    why = "only servers that run say it"
    assert f"not in it: instances, instance_metrics, redis_prefixes of telemetry: {why}" in said


def test_the_same_seed_gives_the_same_bytes_with_one_and_with_two_threads(tiny: Path, tmp_path: Path):
    with threadpool_limits(2):
        demo.build_estate(tmp_path / "again", scale=SCALE)
    assert _hashes(tmp_path / "again") == _hashes(tiny)


_THREADS = """
import sys; from pathlib import Path; import pyarrow as pa
pa.set_cpu_count(int(sys.argv[2])); from lucky_analytics import demo
demo.build_estate(Path(sys.argv[1]), scale=0.2)
"""


@pytest.mark.full
def test_a_fifth_of_full_scale_has_the_same_bytes_with_one_and_with_two_threads(tmp_path: Path):
    for n in ("1", "2"):
        limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), n)
        command = [sys.executable, "-c", _THREADS, str(tmp_path / n), n]
        subprocess.run(command, check=True, env={**os.environ, **limits})
    assert _hashes(tmp_path / "1") == _hashes(tmp_path / "2")


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_build_leaves_the_previous_estate(tiny: Path, tmp_path: Path, blow: signal.Signals):
    out = tmp_path / "demo"
    shutil.copytree(tiny, out)
    code = "import sys; from lucky_analytics.cli import main; sys.exit(main())"
    command = [
        sys.executable,
        "-c",
        code,
        "demo",
        "build",
        "--scale",
        "0.02",
        "--seed",
        "9",
        "--replace",
        "--out",
        str(out),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while not list(tmp_path.glob("demo.*.building/*")):  # in the midst of writing
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(blow)
    assert process.returncode != 0
    assert _hashes(out) == _hashes(tiny)
    for name in _hashes(tiny):
        path = f"{name.replace('.', '/')}.parquet"
        assert (out / path).stat().st_size == (tiny / path).stat().st_size
    assert len(list(tmp_path.glob("demo.*"))) == (
        blow == signal.SIGKILL
    )  # the next build removes what is left


def test_another_seed_gives_other_rows_of_the_same_number(tiny: Path, tmp_path: Path):
    other = demo.build_estate(tmp_path / "other", scale=SCALE, seed=8, tables="core")
    assert (
        _hashes(tmp_path / "other")["luckyus_sales_order.t_order"]
        != (_hashes(tiny)["luckyus_sales_order.t_order"])
    )
    orders = pq.read_metadata(tiny / "luckyus_sales_order" / "t_order.parquet").num_rows
    assert other.rows["luckyus_sales_order.t_order"] == pytest.approx(orders, rel=0.01)


def test_an_unchanged_estate_is_left_alone_until_a_file_is_damaged(tmp_path: Path):
    out = tmp_path / "demo"
    first = demo.build_estate(out, scale=SCALE, tables="core")
    orders = out / "luckyus_sales_order" / "t_order.parquet"
    written = orders.stat().st_mtime_ns
    second = demo.build_estate(out, scale=SCALE, tables="core")
    assert (first.unchanged, second.unchanged) == (False, True)
    assert second.rows == first.rows and orders.stat().st_mtime_ns == written
    orders.write_bytes(orders.read_bytes()[:-1])
    assert not demo.build_estate(out, scale=SCALE, tables="core").unchanged


def test_an_unchanged_estate_needs_no_lock_and_a_changed_one_does(tmp_path: Path):
    out = tmp_path / "demo"
    demo.build_estate(out, scale=SCALE, tables="core")
    with locked(out):
        assert demo.build_estate(out, scale=SCALE, tables="core").unchanged
        with pytest.raises(DemoError, match="one build at a time"):
            demo.build_estate(out, scale=SCALE, tables="core", seed=8)


def test_a_planted_value_changes_the_rows(tmp_path: Path):
    truth = tmp_path / "plant.json"
    truth.write_text(json.dumps({"exceptions": {"zero_tax_lines": 850}}))
    demo.build_estate(tmp_path / "more", scale=SCALE, truth=truth, tables="core")
    facts = json.loads((tmp_path / "more" / "truth.json").read_text())["exceptions"]
    assert facts["zero_tax_lines"]["planted"] == 850
    assert len(facts["rows"]["zero_tax_lines"]) == 17


def test_a_plant_far_from_the_published_figures_is_refused(tmp_path: Path):
    truth = tmp_path / "plant.json"
    truth.write_text(json.dumps({"customers": {"a": 5.0, "r": 3.0}}))
    with pytest.raises(DemoError, match="customer plant against the published margins"):
        demo.build_estate(tmp_path / "far", scale=SCALE, truth=truth)
    assert not (tmp_path / "far").exists()


def test_values_of_which_no_estate_can_be_made_are_the_files_mistake(tmp_path: Path):
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps({"customers": {"r": -1.0}}))
    with pytest.raises(DemoError, match=r"truth\.json: expected values of which an estate can be made"):
        demo.build_estate(tmp_path / "estate", scale=0.005, truth=truth, calibrate=False)
    assert not (tmp_path / "estate").exists()


def test_core_tables_are_fewer_and_the_same(tiny: Path, tmp_path: Path):
    demo.build_estate(tmp_path / "core", scale=SCALE, tables="core")
    core, default = _hashes(tmp_path / "core"), _hashes(tiny)
    assert 0 < len(core) < len(default)
    assert core.items() <= default.items()


@pytest.mark.parametrize("only", ["customers", "ramp", "elasticity", "exceptions"])
def test_a_world_with_one_mechanism_has_that_one_alone(tmp_path: Path, only: str):
    out = tmp_path / "only"
    demo.build_estate(out, scale=SCALE, only=only, calibrate=False, tables="core")
    truth = json.loads((out / "truth.json").read_text())
    assert (truth["cannibalisation"]["weight"]["planted"] == 0) == (only != "cannibalisation")
    assert (truth["ramp"]["b"]["planted"] == 0) == (only != "ramp")
    assert (truth["elasticity"]["randomised_share"]["realised"] == 0) == (only != "elasticity")
    assert (len(truth["exceptions"]["rows"]["zero_tax_lines"]) == 0) == (only != "exceptions")


def test_an_uncalibrated_world_meets_no_published_total_and_keeps_the_money_identity(tmp_path: Path):
    loose = demo.build_estate(tmp_path / "loose", scale=SCALE, calibrate=False, tables="core")
    exact = demo.build_estate(tmp_path / "exact", scale=SCALE, tables="core")
    users = [next(f.built for f in r.figures if f.name == "users with one order") for r in (loose, exact)]
    assert users[1] == round(84_341 * SCALE) != users[0]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"scale": -1}, ParameterError, "scale: expected 0.005 to 1, or a whole number"),
        ({"scale": 1.5}, ParameterError, "got 1.5"),
        ({"scale": float("nan")}, ParameterError, "got nan"),
        ({"seed": -3}, ParameterError, "seed: expected a whole number"),
        ({"only": "rmap"}, UnknownNameError, "unknown mechanism 'rmap': expected one of ramp"),
        ({"only": "anomalies"}, UnknownNameError, "Say which in a --truth file"),
        ({"tables": "all"}, UnknownNameError, "unknown set of tables 'all'"),
        ({"scale": 101}, ParameterError, "or a whole number of cities up to 100, got 101"),
        ({"only": "ramp"}, ParameterError, "only 'ramp': expected an uncalibrated world"),
    ],
)
def test_a_wrong_argument_is_one_line_before_any_work(
    tmp_path: Path, arguments: dict, error: type, message: str
):
    with pytest.raises(error) as caught:
        demo.build_estate(tmp_path / "out", **arguments)
    assert message in str(caught.value) and "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


_FULL = """
mount -t tmpfs -o size="$4" tmpfs "$1"
cp -r "$2" "$1/demo" && sync "$1"
"$3" -c 'import sys; from lucky_analytics.cli import main; sys.exit(main())' \
  demo build --scale 0.02 --seed 9 --replace --tables core --out "$1/demo"
code=$?
cp -r "$1/." "$5"
exit $code
"""


def test_a_full_disk_leaves_the_previous_estate(tiny: Path, tmp_path: Path):
    """A file system with room for one estate and a bit; where nobody may mount one, files may not grow."""
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    kept.mkdir()
    room = sum(path.stat().st_size for path in tiny.rglob("*.*")) + (3 << 20)
    mine = ["unshare", "-rm", "sh", "-c", _FULL, "sh", disk, tiny, sys.executable, str(room), kept]
    may_mount = (
        shutil.which("unshare")
        and not subprocess.run(
            ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", str(disk)], capture_output=True
        ).returncode
    )
    if may_mount:
        ended = subprocess.run([str(part) for part in mine], capture_output=True, text=True)
        reason = "No space left on device"
    else:
        shutil.copytree(tiny, kept / "demo")
        ended, reason = _with_short_files(kept / "demo"), "File too large"
    assert ended.returncode == DemoError.exit_code
    line = ended.stderr.strip().splitlines()[-1]
    assert reason in line and "the previous estate is untouched" in line
    assert [path.name for path in kept.glob("demo*")] == ["demo"]
    assert all((kept / "demo" / path.relative_to(tiny)).read_bytes() == path.read_bytes()
               for path in tiny.rglob("*.*") if path.is_file())  # fmt: skip


def test_a_file_that_may_not_grow_leaves_the_previous_estate(tiny: Path, tmp_path: Path):
    shutil.copytree(tiny, tmp_path / "demo")
    ended = _with_short_files(tmp_path / "demo")
    assert (ended.returncode, "File too large" in ended.stderr) == (DemoError.exit_code, True)
    assert _hashes(tmp_path / "demo") == _hashes(tiny)
    assert not list(tmp_path.glob("demo.*"))


def _with_short_files(out: Path) -> subprocess.CompletedProcess[str]:
    """A build that may write no file above 200 KB."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)); "
        "from lucky_analytics.cli import main; sys.exit(main())"
    )
    arguments = [
        "demo",
        "build",
        "--scale",
        "0.02",
        "--seed",
        "9",
        "--replace",
        "--tables",
        "core",
        "--out",
        str(out),
    ]
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("standing", "asked", "word"),
    [
        ({"scale": 1.0}, {"scale": 0.02}, "scale 1.0"),
        ({"scale": 0.02, "seed": 7}, {"scale": 0.02, "seed": 8}, "seed 7"),
        ({"scale": 1.0, "truth_file": "x"}, {"scale": 1.0}, "another truth file"),
    ],
)
def test_an_estate_is_not_lost_without_being_asked_for(tmp_path, standing, asked, word):
    (tmp_path / "demo.json").write_text(json.dumps(standing))
    with pytest.raises(DemoError, match=f"got one of {word}.* --replace") as refused:
        demo.build_estate(tmp_path, **asked, tables="core", may_replace=False)
    assert "\n" not in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json"]


def test_a_larger_one_and_a_newer_version_replace_without_being_asked(tmp_path, monkeypatch):
    (tmp_path / "demo.json").write_text(json.dumps({"scale": 0.005, "inputs": "older code", "seed": 3}))
    assert not demo.build_estate(tmp_path, scale=0.01, tables="core", may_replace=False).unchanged
    record = json.loads((tmp_path / "demo.json").read_text())
    (tmp_path / "demo.json").write_text(json.dumps({**record, "inputs": "older code"}))
    assert not demo.build_estate(tmp_path, scale=0.01, tables="core", may_replace=False).unchanged
    assert demo.build_estate(tmp_path, scale=0.01, tables="core", may_replace=False).unchanged
    monkeypatch.setitem(DEFAULTS["costs"], "dollars_a_crew_hour", 22.0)  # a version that plants otherwise
    assert not demo.build_estate(tmp_path, scale=0.01, tables="core", may_replace=False).unchanged
