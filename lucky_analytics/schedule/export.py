"""The schedule as files for another system: systemd, cron, Airflow."""

from __future__ import annotations

from lucky_analytics.schedule.airflow import format_dags
from lucky_analytics.schedule.entries import Schedule
from lucky_analytics.schedule.install import format_crontab, format_units
from lucky_analytics.settings import Settings

__all__ = ["export"]


def export(system: str, settings: Settings, schedule: Schedule) -> dict[str, str]:
    """File names and contents. systemd and cron call one command; Airflow gets a DAG for each entry."""
    if system == "systemd":
        return format_units(settings)
    if system == "cron":
        return {"lucky-schedule.cron": format_crontab(settings)}
    return {"lucky_schedule_dags.py": format_dags(settings, schedule)}
