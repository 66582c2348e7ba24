"""Run by Airflow's own Python: what a real DagBag makes of a folder of DAG files, as JSON on the last line.

    python read_dags.py FOLDER START N

``START`` (ISO 8601) and ``N``: the first N runs that each DAG's timetable gives after that moment.
"""

import datetime as dt
import json
import sys

import pendulum
from airflow.models.dagbag import DagBag
from airflow.timetables.base import TimeRestriction


def describe(dag, start, n):
    restriction = TimeRestriction(pendulum.instance(start), None, catchup=True)
    runs, last = [], None
    while len(runs) < n:
        info = dag.timetable.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)
        if info is None:
            break
        last = info.data_interval
        runs.append(info.run_after.in_timezone("UTC").isoformat())
    return {
        "runs": runs,
        "time_zone": str(dag.timezone),
        "catchup": dag.catchup,
        "timeout": dag.dagrun_timeout.total_seconds() if dag.dagrun_timeout else None,
        "tasks": {
            task.task_id: {
                "after": sorted(task.upstream_task_ids),
                "rule": str(task.trigger_rule.value),
                "retries": task.retries,
                "command": task.bash_command,
            }
            for task in dag.tasks
        },
    }


folder, start, n = sys.argv[1:]
bag = DagBag(folder, include_examples=False)
moment = dt.datetime.fromisoformat(start)
dags = {name: describe(dag, moment, int(n)) for name, dag in bag.dags.items()}
print("\n" + json.dumps({"errors": bag.import_errors, "dags": dags}))
