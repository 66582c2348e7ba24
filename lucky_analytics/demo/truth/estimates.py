"""A planted value beside what came of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Estimate"]

# What readers call a plant; elasticities are named by their category.
_LABELS = {
    "customers.r": "How alike customers' order rates are (r)",
    "customers.alpha": "Days between orders: scale of the order rates (alpha)",
    "customers.a": "Leaving after an order: first shape (a)",
    "customers.b": "Leaving after an order: second shape (b)",
    "churn.coupon_acquired": "Leaving of customers acquired by coupon, ratio",
    "churn.nearby_opening": "Leaving after a sister store opened nearby, ratio",
    "ramp.b": "New store: how low it starts (b)",
    "ramp.k": "New store: growth a week (k)",
    "ramp.plateau_mean": "New store: typical plateau, orders a week",
    "ramp.plateau_sd": "New store: spread of ln plateau",
    "ramp.noise_sd": "Noise of a store's week, sd of ln orders",
    "promotion.novelty": "Flagship: novelty at its opening, ln orders",
    "promotion.withdrawn_step": "Flagship: promotion withdrawn in February, ln orders",
    "promotion.second_lift": "Second store: lift at its opening, ln orders",
    "promotion.second_fade_days": "Second store: days in which the lift fades",
    "promotion.store_discount": "New store: how much cheaper its orders begin",
    "promotion.store_discount_days": "New store: days in which that fades",
    "customers.home_store_share": "Orders meant for the home store, share",
    "menu.pair_probability": "Second unit is the partner of the first, probability",
    "menu.confounded_share": "Two products favoured by one store, share of its units",
    "exceptions.late_posting_share": "Payments posted a day or two late, share",
    "cannibalisation.weight": "What a sister store next door takes, ln orders",
}


@dataclass(frozen=True)
class Estimate:
    """``before``: estimate on what was drawn, None where raking does not touch it; ``after``: on the estate.

    ``se`` is the standard error of ``after``.
    """

    mechanism: str
    name: str
    planted: float
    before: float | None
    after: float
    se: float

    @property
    def shift(self) -> float | None:
        """What raking moved, in standard errors; from ``before``, or from the plant where there is none."""
        start = self.planted if self.before is None else self.before
        return (self.after - start) / self.se if self.se > 0 else None

    @property
    def label(self) -> str:
        """In words: the category's price elasticity, or what ``_LABELS`` says."""
        if self.mechanism == "elasticity":
            return f"Price elasticity of {self.name}"
        return _LABELS.get(f"{self.mechanism}.{self.name}", f"{self.mechanism}: {self.name}")

    def as_json(self) -> dict[str, object]:
        return {
            "plant": f"{self.mechanism}.{self.name}",
            "label": self.label,
            "planted": self.planted,
            "before": None if self.before is None else round(float(self.before), 5),
            "after": round(float(self.after), 5),
            "se": round(float(self.se), 5),
            "from_plant_in_se": round((self.after - self.planted) / self.se, 2) if self.se > 0 else None,
            "shift_in_se": None if self.shift is None else round(float(self.shift), 2),
        }
