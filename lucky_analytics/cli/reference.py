"""``lucky reference``: the layers of the map."""

from __future__ import annotations

import click

from lucky_analytics import settings

__all__ = ["reference"]


@click.group()
def reference() -> None:
    """The layers of the map: shipped extracts and the official refresh."""


@reference.command()
@click.option("--year", default=2023, show_default=True, help="Last year of the five of the census survey.")
@click.option("--jobs-year", default=2022, show_default=True, help="Year of the jobs by place of work.")
def refresh(year: int, jobs_year: int) -> None:
    """Fetch residents, jobs and coffee shops from the official services (needs CENSUS_API_KEY)."""
    from lucky_analytics.reference import official

    key = settings.environment_value("CENSUS_API_KEY")
    for path in official.refresh(settings.load().external_dir, key, year=year, jobs_year=jobs_year):
        print(f"written {path.name}")
