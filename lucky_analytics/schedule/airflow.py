"""The schedule as an Airflow DAG file: one DAG for each entry, whose tasks are commands of ours."""

from __future__ import annotations

import datetime as dt
import json
import shlex
import sys
from collections.abc import Sequence

from lucky_analytics.errors import ParameterError
from lucky_analytics.runs import notebooks
from lucky_analytics.schedule.due import slots_between
from lucky_analytics.schedule.entries import Entry, Schedule
from lucky_analytics.schedule.install import environment
from lucky_analytics.settings import Settings

__all__ = ["format_dags"]

DAYS_AHEAD = 400  # of slots written out, for entries with a rule for holidays
MOST_SLOTS = 2000

_HEAD = '''\
"""The analysis schedule, for Airflow 3.1 or newer. Written by: lucky schedule export --to airflow

Export it again when params/schedule.yml changes{once_a_year}.
"""

import datetime as dt

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG
from airflow.timetables.events import EventsTimetable
from airflow.timetables.trigger import CronTriggerTimetable

ENVIRONMENT = {environment}
SLOT = "{{{{ (logical_date or dag_run.run_after) | ts }}}}"


def command(task_id, text, **more):
    return BashOperator(task_id=task_id, bash_command=text, env=ENVIRONMENT, append_env=True, **more)
'''

_DAG = """

with DAG(
    dag_id={dag_id!r},
    description={description!r},
    schedule={timetable},
    start_date=pendulum.datetime(2025, 1, 1, tz={zone!r}),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout={timeout},
    default_args={{"retries": {retries}, "retry_delay": dt.timedelta(minutes=1)}},
    tags=["lucky"],
):
    runs = [
{runs}
    ]
    publish = command("publish", {publish!r}, trigger_rule={rule!r})
    tell = command("tell", {tell!r} + SLOT, trigger_rule={rule!r}, retries=0)
    runs >> publish >> tell
"""

# A failed notebook is published all the same, and told when the portal failed too. With a snapshot that is
# the one success that is needed: where it failed nothing is published, and only tell_not_made has news.
_SNAPSHOT = """\
    snapshot = command("snapshot", {snapshot!r})
    not_made = command("tell_not_made", {not_made!r} + SLOT, trigger_rule="all_failed", retries=0)
    snapshot >> [*runs, publish, tell, not_made]
"""
_RULE, _RULE_WITH_SNAPSHOT = "all_done", "all_done_min_one_success"


def format_dags(settings: Settings, schedule: Schedule) -> str:
    """The text of one DAG file. Each notebook is a task, so that Airflow can spread them over workers.

    An entry's cron expression goes to Airflow with its time zone. One with a rule for holidays becomes the
    list of its slots for ``DAYS_AHEAD`` days, because Airflow knows no holidays. Raises ``ParameterError``
    when that list is longer than ``MOST_SLOTS``.
    """
    has_lists = any(entry.holidays != "run" for entry in schedule.entries)
    variables = {name: _literal(value) for name, value in environment(settings).items()}
    once_a_year = ", and once a year for the holidays" if has_lists else ""
    head = _HEAD.format(environment=json.dumps(variables, indent=4), once_a_year=once_a_year)
    return head + "".join(_format_dag(entry, settings, schedule.source) for entry in schedule.entries)


def _format_dag(entry: Entry, settings: Settings, source: str) -> str:
    names = entry.notebooks or tuple(notebook.name for notebook in notebooks.list_all(settings))
    parameters = [word for name, value in entry.parameters.items() for word in ("-p", _pair(name, value))]
    runs = [f'        command("run_{name}", {_command("run", name, *parameters)!r}),' for name in names]
    minutes = entry.deadline.total_seconds() / 60 if entry.deadline else None
    text = _DAG.format(
        dag_id=f"lucky_{entry.name}",
        description=f"{entry.cron} in {entry.market.time_zone}",
        timetable=_timetable(entry),
        zone=entry.market.time_zone,
        timeout=f"dt.timedelta(minutes={minutes:g})" if minutes else "None",
        retries=entry.retries,
        runs="\n".join(runs),
        publish=_command("publish"),
        tell=_command("schedule", "tell", entry.name, "--slot") + " ",
        rule=_RULE if entry.databases == () else _RULE_WITH_SNAPSHOT,
    )
    if entry.databases == ():
        return text
    names_given = [word for name in entry.databases or () for word in ("--source-name", name)]
    keep = ["--keep-others"] if names_given else []
    return text + _SNAPSHOT.format(
        snapshot=_command("snapshot", "take", "--source", source, *names_given, *keep),
        not_made=_command("schedule", "tell", entry.name, "--not-made", "--slot") + " ",
    )


def _timetable(entry: Entry) -> str:
    if entry.holidays == "run":
        return f"CronTriggerTimetable({entry.cron!r}, timezone={entry.market.time_zone!r})"
    now = dt.datetime.now(dt.UTC)
    slots = slots_between(entry, now, now + dt.timedelta(days=DAYS_AHEAD))
    if len(slots) > MOST_SLOTS:
        raise ParameterError(
            f"entry {entry.name} for Airflow",
            expected=f"holidays: run, or at most {MOST_SLOTS} slots in {DAYS_AHEAD} days",
            got=f"{len(slots):,}",
        )
    dates = "\n".join(f'            pendulum.parse("{slot.isoformat()}"),' for slot in slots)
    return f"EventsTimetable(\n        event_dates=[\n{dates}\n        ]\n    )"


def _command(*words: str) -> str:
    given: Sequence[str] = [sys.executable, "-m", "lucky_analytics.cli", *words]
    return _literal(" ".join(shlex.quote(word) for word in given))


def _pair(name: str, value: object) -> str:
    return f"{name}={value if isinstance(value, str) else json.dumps(value)}"


def _literal(text: str) -> str:
    """Airflow renders commands and variables as Jinja templates: braces of a path stand for themselves."""
    return text.replace("{", "{{ '{' }}")
