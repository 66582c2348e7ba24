"""Where a site what-if stands on thin ground, in sentences a reader can act on; and who else is near."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.questions.strategy.site_what_if.prepare import PreparedSites
from lucky_analytics.questions.strategy.site_what_if.steps import Answer
from lucky_analytics.reference.manhattan import Layers, name_borough

__all__ = ["TOO_NEAR_KM", "count_competitors", "warn"]

TOO_NEAR_KM = 0.2
_AREAS = {
    "MN0401": "the jobs layer (CTPP 2012-16) predates Hudson Yards, so jobs are too low here",
    "MN0191": "the jobs figure of this area is an artefact of how tracts were assigned",
}


def warn(prepared: PreparedSites, answer: Answer, place: int) -> list[str]:
    """What to know before believing the numbers of the candidate in that row of ``answer.described``.

    Another borough, the water, a place without people or unlike every store learned from (nothing is
    predicted there), within 200 m of an own store or of another candidate, and what is known to be wrong in
    a layer.
    """
    site, said = answer.described.iloc[place], []
    if isinstance(site["refused"], str) and pd.notna(site["area_id"]):
        return [f"Not predicted: {site['refused']}."]
    if isinstance(site["refused"], str):
        borough = name_borough(prepared.layers, site["latitude"], site["longitude"])
        where = (
            f"in {borough}: its jobs are not in the layers"
            if borough
            else "in the water, or outside the city"
        )
        return [f"Not predicted: this place is {where}."]
    if isinstance(site["outside"], str):
        return [f"Not predicted: {site['outside']}. None of our stores says what one there would sell."]
    stores = answer.world.open_sites
    km = great_circle_km(site["latitude"], site["longitude"], stores["latitude"], stores["longitude"])[0]
    if np.nanmin(km, initial=np.inf) < TOO_NEAR_KM:
        nearest = stores["site"].iloc[int(np.nanargmin(km))]
        said.append(
            f"{1000 * np.nanmin(km):.0f} m from our store {nearest}: no two of our stores are that close, "
            "so the loss there is a guess."
        )
    every = answer.described
    apart = great_circle_km(site["latitude"], site["longitude"], every["latitude"], every["longitude"])[0]
    apart[place] = np.inf
    if apart.min() < TOO_NEAR_KM:
        said.append(f"{1000 * apart.min():.0f} m from {every['site'].iloc[int(apart.argmin())]}.")
    if site["area_id"] in _AREAS and "official" not in prepared.layers.vintages["jobs"]:
        said.append(f"{site['area_name']}: {_AREAS[site['area_id']]}.")
    return said


def count_competitors(layers: Layers, site: Mapping[str, Any], km: float) -> int | None:
    """Within ``km`` of the site's coordinates, in a straight line; null without the layer."""
    if layers.competitors is None:
        return None
    places = (layers.competitors[name] for name in ("latitude", "longitude"))
    return int((great_circle_km(site["latitude"], site["longitude"], *places) <= km).sum())
