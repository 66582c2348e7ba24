"""A planted value beside what came of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Estimate"]


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

    def as_json(self) -> dict[str, object]:
        return {
            "plant": f"{self.mechanism}.{self.name}",
            "planted": self.planted,
            "before": None if self.before is None else round(float(self.before), 5),
            "after": round(float(self.after), 5),
            "se": round(float(self.se), 5),
            "shift_in_se": None if self.shift is None else round(float(self.shift), 2),
        }
