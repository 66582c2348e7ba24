"""A small checkout with a schedule, whose clock a test moves by hand."""

from __future__ import annotations

import datetime as dt
import functools
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from lucky_analytics.schedule.run import Round, run_due
from lucky_analytics.schedule.steps import Steps
from lucky_analytics.settings import Settings
from tests import estate_rows
from tests.notebook_cells import OPENING, write_notebook

SHOPS = {"luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}]}
SAID = (
    OPENING,
    "n = int(suite.stores.count().execute())\n"
    'report.headline("shops", "Shops", n, unit="shops", n=n, n_of="shops")\n'
    'report.headline("mape", "Error of the forecast", float(open(error_file).read()) if error_file else 0.2, '
    'low=0.18, high=0.22, level=0.9, unit="share", n=90, n_of="days")\n'
    'report.answer("There are {shops:value}; the forecast errs by {mape}.")',
)
PARAMETERS = (
    'snapshot: str = "newest"  # which snapshot\nas_of: "date | None" = None  # last business date\n'
    'error_file: str = ""  # a file with the error'
)


@dataclass
class World:
    """Settings, and a clock that stands still until it is moved."""

    settings: Settings
    now: dt.datetime
    steps: Steps

    def round(self, now: dt.datetime | None = None, **steps) -> Round:
        """One round at ``now``, with steps in place of the real ones where given."""
        self.now = now or self.now
        return run_due(self.settings, replace(self.steps, **steps))

    def write(self, file: str, text: str) -> None:
        path = self.settings.params_dir / file if file.endswith(".yml") else self.settings.root / file
        path.write_text(text, encoding="utf-8")


@functools.cache
def _snapshots() -> Path:
    """Taken once: a snapshot of the whole estate takes longer than most tests."""
    here = estate_rows.checkout(Path(tempfile.mkdtemp(prefix="lucky-test-")))
    estate_rows.take_snapshot(here, SHOPS)
    return here.snapshots_dir


def make(root: Path, schedule: str, now: dt.datetime, *cells: str) -> World:
    """A checkout with one notebook ``shops``, a snapshot and ``params/schedule.yml``."""
    here = estate_rows.checkout(root)
    shutil.copytree(_snapshots(), here.snapshots_dir)
    shutil.copytree(_snapshots().parent / "demo", here.demo_dir)
    write_notebook(here.notebooks_dir / "operations" / "shops.ipynb", *(cells or SAID), parameters=PARAMETERS)
    world = World(here, now, Steps())
    world.steps = Steps(clock=lambda: world.now)
    world.write("schedule.yml", schedule)
    return world


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
