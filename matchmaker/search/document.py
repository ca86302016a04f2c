"""What the search floor knows of one listing: an id, text, and facets to compare."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Document:
    """The text and facets of a need or an achievement in one scope.

    `field` is a contract field's code, `industry` a division of GB/T 4754 ("01".."97"), `region` a GB/T 2260 code of
    six digits or a country's two letters. `stage` is the stage that an achievement has reached, or that a need asks
    for; `money` the price of an achievement or the budget of a need, in yuan. None means not stated.
    """

    id: int
    title: str
    body: str = ""
    field: str | None = None
    industry: str | None = None
    region: str | None = None
    stage: str | None = None
    money: Decimal | None = None
    cooperation: frozenset[str] = frozenset()
    keywords: tuple[str, ...] = ()
