"""What the pages on sites say beside their answer: titles, labels, and what the prediction is worth."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from lucky_analytics.models.sites.site_model import TERMS, SiteModel

__all__ = [
    "UNMEASURED",
    "describe_existing",
    "describe_factors",
    "describe_needs",
    "describe_proof",
    "describe_taken",
    "explain_gross",
    "explain_map",
    "label_chance",
    "label_gross",
    "label_sites",
    "list_easier",
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
    return f"What a new store sells {where}"


def explain_gross(model: SiteModel) -> str:
    """The note of what a store would sell: why the level of the page on new stores' growth is another; empty
    where sites are ranked, because then it is of one place."""
    if model.is_ranked:
        return ""
    return (
        "Middle of our grown-up stores, those of the first day too, with what sister stores take given back; "
        "the page on new stores' growth counts the later ones alone, as they sold"
    )


def label_chance(model: SiteModel, lead: pd.Series) -> str:
    """The label of the chance to pay back: of the site ranked first, or of the likeliest."""
    return (
        f"Chance that {lead['site']} pays back" if model.is_ranked else "Chance of the likeliest to pay back"
    )


def explain_map(model: SiteModel) -> str:
    """The subtitle of the map."""
    sites = "sites with their score, 0 to 100" if model.is_ranked else "sites, not ranked"
    return (
        f"Circles: {sites} (?: no forecast); squares: open stores with their revenue a month once grown up "
        "(new: too young to tell); deeper colour of the land: more of today's orders, modelled"
    )


def label_sites(every: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    """All places of ``mark_range`` for the map, with ``score`` (null where there is none) and ``label``."""
    score = every["site"].map(scored.set_index("site")["score"]).astype(float)
    names = every["site"].where(every["outside"].isna(), every["site"] + " (?)")
    label = names.where(score.isna(), every["site"] + score.map(lambda value: f" {value:.0f}"))
    return every.assign(score=score, label=label)


def describe_needs(needs: pd.DataFrame, ours: pd.Series) -> str:
    """How many of our stores (``ours``: dollars a month) sell what the easiest site needs, in a sentence.

    >>> needs = pd.DataFrame({"needed": [60e3, 90e3]})
    >>> describe_needs(needs, pd.Series([40e3, 50e3, 78e3]))
    'Even the easiest of 2 sites must sell $60K a month to pay back, as 1 of our 3 stores does'
    >>> describe_needs(needs.head(1), pd.Series([40e3, 50e3]))
    'The site must sell $60K a month to pay back, as none of our 2 stores does'
    """
    least = float(needs["needed"].min())
    n, n_stores = int((ours >= least).sum()), len(ours)
    who = "The site" if len(needs) == 1 else f"Even the easiest of {len(needs)} sites"
    as_many = f"{n or 'none'} of our {n_stores} stores {'do' if n > 1 else 'does'}"
    if n == n_stores:
        as_many = "each of our stores does"
    return f"{who} must sell ${least / 1e3:.0f}K a month to pay back, as {as_many}"


def describe_taken(together: Mapping[str, float]) -> str:
    """How much of what sites would sell together comes from our own stores, in a sentence.

    >>> describe_taken({"gross": 80e3, "taken": 60e3})
    'About 75 of 100 dollars that they would sell would come from our own stores'
    >>> describe_taken({"gross": 80e3, "taken": 0.0})
    'What they would sell takes nothing from our own stores, as far as the openings so far tell'
    """
    share = together["taken"] / together["gross"] if together["gross"] > 0 else 0.0
    if round(100 * share) == 0:
        return "What they would sell takes nothing from our own stores, as far as the openings so far tell"
    return f"About {100 * share:.0f} of 100 dollars that they would sell would come from our own stores"


def list_easier(needs: pd.DataFrame, every: pd.DataFrame, easiest: pd.Series) -> str:
    """That a site for which nothing is predicted would have to sell less than ``easiest``; empty for none.

    ``every`` of ``mark_range``.
    """
    both = needs.merge(every.loc[every["outside"].notna(), ["site", "outside"]], on="site")
    less = both[both["needed"] < easiest["needed"]].sort_values("needed")
    if less.empty or len(both) == len(needs):
        return ""
    row = less.iloc[0]
    return (
        f"{row['site']} would have to sell less, ${row['needed'] / 1e3:.1f}K a month, but it is "
        f"{row['outside']}: what a store there would sell cannot be said."
    )


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
