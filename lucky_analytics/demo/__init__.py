"""The demo estate: generated tables in the sources' own shapes, calibrated to the published figures.

Planted truth lies beside it in ``truth.json``, for tests only.
"""

from __future__ import annotations

from lucky_analytics.demo.build.declared_tables import absent_tables
from lucky_analytics.demo.build.estate_build import BuildReport, build_estate

__all__ = ["BuildReport", "absent_tables", "build_estate"]
