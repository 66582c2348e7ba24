"""What the pages on sites say beside their answer: titles, labels, and what the prediction is worth."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.models.sites.site_model import TERMS, SiteModel

__all__ = [
    "UNMEASURED",
    "describe_existing",
    "describe_factors",
    "describe_needs",
    "describe_proof",
    "explain_map",
    "label_chance",
    "label_gross",
    "label_sites",
    "title_map",
]

UNMEASURED = (
    "None of these predictions is on the record of what came true: a site sells nothing that can be measured "
    "until a store is open there."
)
# What the existing model is said to foretell of the differences between stores.
CLAIMED_R2 = 0.94


def title_map(model: SiteModel, scored: pd.DataFrame) -> str:
    """The finding of the map."""
    if model.is_ranked and len(scored):
        return f"{scored['site'].iloc[0]} has the highest score, {scored['score'].iloc[0]:.0f} of 100"
    return "No site can be said to be better than another" if len(scored) else "No site is like our stores"


def label_gross(model: SiteModel, row: pd.Series) -> str:
    """The label of what a store would sell: at the site ranked first, or anywhere."""
    where = f"at {row['site']}" if model.is_ranked else "wherever it stands"
    return f"Revenue of a new store {where}"


def label_chance(model: SiteModel, lead: pd.Series) -> str:
    """The label of the chance to pay back: of the site ranked first, or of the likeliest."""
    return f"Chance that {lead['site']} pays back" if model.is_ranked else "Best chance of a site to pay back"


def explain_map(model: SiteModel) -> str:
    """The subtitle of the map."""
    sites = "sites with their score, 0 to 100" if model.is_ranked else "sites, not ranked"
    return (
        f"Circles: {sites}; squares: open stores with their revenue a month at the plateau (new: too "
        "young to tell); deeper colour of the land: more of today's orders, modelled"
    )


def label_sites(every: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    """All places of ``mark_range`` for the map, with ``score`` (null where there is none) and ``label``."""
    score = every["site"].map(scored.set_index("site")["score"]).astype(float)
    names = every["site"].where(every["outside"].isna(), every["site"] + ": not predicted")
    label = names.where(score.isna(), every["site"] + score.map(lambda value: f" {value:.0f}"))
    return every.assign(score=score, label=label)


def describe_needs(needs: pd.DataFrame, best_dollars: float) -> str:
    """How many sites need more than our best store sells (``best_dollars`` a month), in a sentence.

    >>> needs = pd.DataFrame({"needed": [60e3, 90e3]})
    >>> describe_needs(needs, 78e3)
    '1 of 2 sites needs more than the $78K a month of our best store to pay back'
    >>> describe_needs(needs.head(1), 78e3)
    'The site needs no more than the $78K a month of our best store to pay back'
    """
    above = int((needs["needed"] > best_dollars).sum())
    best = f"the ${best_dollars / 1e3:.0f}K a month of our best store"
    if above == 0:
        none = "The site needs no more" if len(needs) == 1 else f"None of these {len(needs)} sites needs more"
        return f"{none} than {best} to pay back"
    who = "Every site" if above == len(needs) else f"{above} of {len(needs)} sites"
    verb = "needs" if above == len(needs) or above == 1 else "need"
    return f"{who} {verb} more than {best} to pay back"


def describe_proof(model: SiteModel, ways: pd.DataFrame) -> str:
    """What tells places apart and how sure that is, in a sentence or two; ``ways`` with their errors."""
    errors = {way: f"{100 * error:.0f} %" for way, error in zip(ways["way"], ways["error"], strict=True)}
    plain, demand, corrected = (list(errors.values())[place] for place in (0, 2, 3))
    verdict = "Places can be told apart" if model.is_ranked else "Places cannot be told apart"
    return (
        f"The level of a store left out of {len(model.sites)} is missed by {plain} with the mean of the "
        f"others, by "
        f"{demand} with people in reach, by {corrected} with that corrected. {verdict}: luck does as well in "
        f"{100 * model.p_luck:.0f} % of random deals. Intervals are jackknife-minmax at "
        f"{100 * model.level:.0f} %, the choice of a way included."
    )


def describe_existing(ways: pd.DataFrame) -> str:
    """What the existing model's own figure is worth on our stores, in a sentence."""
    row = ways[ways["way"] == "existing model (imported)"].iloc[0]
    if row["n"] < 3:
        return (
            f"The existing model names {row['n']} of our stores: too few to judge its R2 of {CLAIMED_R2:.2f}."
        )
    return (
        f"The existing model claims an R2 of {CLAIMED_R2:.2f}. On {row['n']} of our stores its "
        f"predictions reach "
        f"{row['r2']:.2f} (below 0: worse than the mean), and less where it had seen them before."
    )


def describe_factors(model: SiteModel, passing: pd.DataFrame | None) -> str:
    """Which factors of a place entered, in a sentence or two."""
    tried = [TERMS[name] for name in TERMS if name in model.sites and model.sites[name].notna().all()]
    kept = [TERMS[name] for name in model.terms]
    said = (
        f"Tested as corrections: {', '.join(tried)}; kept: {', '.join(kept) or 'none'}. Rent, people "
        f"passing and "
        "competitors are tested where a file or layer knows them of every store. Median income stands "
        "beside a "
        "site and is no part of its prediction."
    )
    if passing is None:
        return said
    return said + " People passing were counted: " + "; ".join(sorted(set(passing["counted"]))) + "."
