"""A quantified indicator: what is measured, how its number is meant, and where it stands."""

from dataclasses import dataclass
from typing import Any

from matchmaker.search.indicators.amounts import Amount


@dataclass(frozen=True, slots=True)
class Indicator:
    """One quantified indicator: `condition` says under which circumstances, `start` and `end` where in its text."""

    name: str
    amount: Amount
    condition: str = ""
    start: int = 0
    end: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The indicator as plain JSON."""
        return {
            "name": self.name,
            "amount": self.amount.as_dict(),
            "condition": self.condition,
            "start": self.start,
            "end": self.end,
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Indicator":
        """Read what `as_dict` wrote."""
        return cls(
            stored["name"], Amount.from_dict(stored["amount"]), stored["condition"], stored["start"], stored["end"]
        )
