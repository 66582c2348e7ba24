"""The site what-if as the page sees it: what it is told once, and what each answer holds."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lucky_analytics.apps.app_frame import Action, plain
from lucky_analytics.apps.kept import open_prepared
from lucky_analytics.models.sites.site_outlook import describe_basis
from lucky_analytics.models.sites.site_verdict import decide_sites
from lucky_analytics.questions.strategy.site_scoring.diversion import spread_customers
from lucky_analytics.questions.strategy.site_what_if import prepare as site_prepare
from lucky_analytics.questions.strategy.site_what_if.levers import LEASE, LEVERS
from lucky_analytics.questions.strategy.site_what_if.prepare import PreparedSites
from lucky_analytics.questions.strategy.site_what_if.scenario import (
    OBJECTIVES,
    Scenario,
    format_query,
    parse_query,
    read_scenario,
    write_scenario,
)
from lucky_analytics.questions.strategy.site_what_if.search import search_sites
from lucky_analytics.questions.strategy.site_what_if.sensitivity import weigh_levers
from lucky_analytics.questions.strategy.site_what_if.site_chain import World
from lucky_analytics.questions.strategy.site_what_if.site_sets import N_SETS
from lucky_analytics.questions.strategy.site_what_if.steps import MONTHS, Answer, answer_scenario
from lucky_analytics.questions.strategy.site_what_if.support import count_competitors, warn
from lucky_analytics.reference.manhattan import Layers, load_layers, name_places

__all__ = ["answer_document", "decide_scenario", "make_actions", "open_sites_model", "page_context"]

# What a tract is shaded by: of the layer, per km2 where a count would only show a tract's size.
SHADES = {
    "net": ("Net revenue of a new store", "USD a month, predicted"),
    "density": ("Customers' orders", "a week and km\N{SUPERSCRIPT TWO}, modelled"),
    "residents": ("Residents", "a km\N{SUPERSCRIPT TWO}"),
    "jobs": ("Jobs", "a km\N{SUPERSCRIPT TWO}"),
    "income": ("Median household income", "USD, interpolated"),
    "age": ("Median age", "years, interpolated"),
}


def open_sites_model(snapshot: str = "newest") -> tuple[PreparedSites, str]:
    """The prepared model of a snapshot, from disk when it was prepared before, and the snapshot's id."""
    return open_prepared(
        "site_scoring",
        site_prepare.__name__,
        lambda suite: site_prepare.prepare_sites(suite, load_layers()),
        snapshot,
    )


def make_actions(prepared: PreparedSites, start: Scenario) -> dict[str, Action]:
    """What the page may ask for: ``evaluate`` a scenario or a permalink, ``search`` for the next sites,
    ``weigh`` which lever moves the profit most.
    """

    def read(body: Any) -> Scenario:
        if isinstance(body, Mapping) and isinstance(body.get("query"), str):
            asked = parse_query(body["query"], prepared.store_names)
            # An address that says nothing to us, as one that a mail program decorated, is where one begins.
            return start if asked == Scenario() else asked
        if isinstance(body, Mapping) and body.get("scenario") is not None:
            return read_scenario(body["scenario"], prepared.store_names)
        return start

    def evaluate(body: Any) -> dict[str, Any]:
        scenario = read(body)
        return answer_document(prepared, scenario, answer_scenario(prepared, scenario))

    def search(body: Any) -> dict[str, Any]:
        wanted = body if isinstance(body, Mapping) else {}
        found = search_sites(prepared, read(body), wanted.get("objective", "net"), wanted.get("k", 2))
        return dataclasses.asdict(found)

    def weigh(body: Any) -> dict[str, Any]:
        return {"moved": [dataclasses.asdict(each) for each in weigh_levers(prepared, read(body))]}

    return {"evaluate": evaluate, "search": search, "weigh": weigh}


def page_context(prepared: PreparedSites, snapshot: str) -> dict[str, Any]:
    """Layers, levers and provenance: sent once."""
    layers = prepared.layers
    tracts = layers.tracts[["geoid", "area_id", "area_name", "geometry"]].copy()
    tracts["geometry"] = tracts.geometry.simplify(1e-4).set_precision(1e-5)
    ages = layers.areas.set_index("area_id")["median_age_interpolated"]
    values = {
        "residents": (layers.tracts["residents"] / layers.land_km2).round(0),
        "jobs": (layers.tracts["jobs"] / layers.land_km2).round(0),
        "income": layers.tracts["median_income"],
        "age": layers.tracts["area_id"].map(ages),
    }
    return {
        "tracts": _shapes(tracts),
        "land": _shapes(layers.land),
        "values": {name: column.to_numpy(float) for name, column in values.items()},
        "shades": [[name, *said] for name, said in SHADES.items()],
        "places": name_places(layers).to_numpy(),
        "stations": layers.stations[["station_name", "latitude", "longitude"]].to_numpy(),
        "competitors": None
        if layers.competitors is None
        else layers.competitors[["name", "latitude", "longitude"]].to_numpy(),
        # Where the ledger knows a cost, that is where its lever rests.
        "levers": [
            dataclasses.asdict(lever)
            | {"default": prepared.costs.levers.get(name, lever.default)}
            | {"group": "lease" if name in LEASE else "model"}
            for name, lever in LEVERS.items()
        ],
        "objectives": list(OBJECTIVES.items()),
        "months": MONTHS,
        "vintages": layers.vintages,
        "snapshot": snapshot,
        "as_of": prepared.as_of,
        "is_generated": "-demo-" in snapshot,
    }


def answer_document(prepared: PreparedSites, scenario: Scenario, answer: Answer) -> dict[str, Any]:
    """Everything that the page draws for a scenario; the report draws from the same ``Answer``."""
    world, reference = answer.world, answer.reference
    layers: Layers = prepared.layers
    model = world.model
    net = layers.tracts["geoid"].map(reference.set_index("site")["net"])
    net = net if model.is_ranked else net * np.nan
    return {
        "scenario": write_scenario(scenario),
        "query": format_query(scenario),
        "sites": [_site(prepared, answer, place) for place in range(len(answer.described))],
        "together": answer.together,
        "set": _set(answer),
        "decision": decide_scenario(answer),
        "closed": {"lost": world.closed, "regained": world.regained},
        "stores": _stores(prepared, answer, scenario),
        "areas": {"net": net.round(0).to_numpy(float), "density": _density(world)},
        "lease": dataclasses.asdict(answer.lease),
        "level": model.level,
        "n_stores": len(model.sites),
        "n_reference": len(reference),
        "n_sets": N_SETS,
        "basis": describe_basis(model),
        "is_ranked": model.is_ranked,
        "error": float(np.expm1(model.errors["error"].abs().mean())),
    }


@functools.lru_cache(maxsize=24)
def _density(world: World) -> np.ndarray:
    """Orders a week and km2 by tract, modelled; the same for every candidate, so drawn once a world."""
    outside = world.fitted.outside.weight * world.levers["outside"]
    customers = spread_customers(
        world.prepared.layers, world.open_sites, decay_km=world.levers["decay"], outside=outside
    )
    return customers["density"].round(0).to_numpy(float)


def _site(prepared: PreparedSites, answer: Answer, place: int) -> dict[str, Any]:
    about = answer.described.iloc[place]
    document = plain(about.to_dict())
    why = [about[name] for name in ("refused", "outside") if isinstance(about.get(name), str)]
    document["refused"] = why[0] if why else None
    document["warnings"] = warn(prepared, answer, place)
    needs = answer.needs[answer.needs["site"] == about["site"]] if len(answer.needs) else answer.needs
    document |= plain(needs.iloc[0].to_dict()) if len(needs) else {}
    if document["refused"]:
        return document
    row = answer.sites.index[answer.sites["site"] == about["site"]][0]
    found = answer.sites.loc[row].to_dict()
    document |= {name: value for name, value in found.items() if name not in ("refused", "outside")}
    document["competitors"] = count_competitors(prepared.layers, found, answer.world.levers["radius"])
    document["losses"] = answer.losses.loc[about["site"]].to_dict()
    document["ramp"] = answer.ramps.loc[row].tolist()
    document["drivers"] = answer.drivers.loc[about["site"]].to_dict()
    return plain(document)


def decide_scenario(answer: Answer) -> dict[str, Any] | None:
    """The decision of the report site_what_if on this scenario; null without a site."""
    if answer.described.empty:
        return None
    model = answer.world.model
    return decide_sites(model, answer.sites, answer.payback, answer.lease, together=answer.together).record


def _set(answer: Answer) -> dict[str, Any] | None:
    """How the sites grow together, and when all their build-outs are back."""
    if answer.payback_together is None:
        return None
    ramp = answer.ramp_together.to_dict("list")
    lease = dataclasses.asdict(answer.lease_together)
    return plain({**answer.payback_together, "ramp": ramp, "lease": lease})


def _stores(prepared: PreparedSites, answer: Answer, scenario: Scenario) -> list[dict[str, Any]]:
    open_sites = answer.world.fitted.open_sites.set_index("site")
    today, typical = open_sites["orders_week"].to_dict(), float(open_sites["orders_week"].median())
    sold = pd.Series(answer.world.sold, index=answer.world.open_sites["site"])
    return [
        {
            "name": store.store_name,
            "latitude": store.latitude,
            "longitude": store.longitude,
            "opened": f"{store.opened:%Y-%m-%d}",
            "is_out": store.store_name in scenario.left_out,
            "sold": sold.get(store.store_name),
            "orders_week": today.get(store.store_name),
            "compared": today[store.store_name] / typical - 1,
            "lost": answer.losses_together.get(store.store_name),
        }
        for store in prepared.stores.itertuples()
    ]


def _shapes(frame: gpd.GeoDataFrame) -> Any:
    import json

    return json.loads(frame.to_json(drop_id=True))
