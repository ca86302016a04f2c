"""The items of the health check with their weights, and the check itself.

What a complete need names (material, method, effect, product, application) and the share of needs that are returned as
unclear come from the practice of technology markets; the weights were set by hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from matchmaker.domain.listings import ListingKind, Revision
from matchmaker.services.health import judging as judge
from matchmaker.services.health.judging import Written
from matchmaker.services.health.texts import ADVICE, LABELS
from matchmaker.services.reading.revisions import typed_values


@dataclass(frozen=True, slots=True)
class _Item:
    """One question: its weight in points of 100, the field in which it is mended, and what answers it."""

    name: str
    weight: int
    field: str
    passes: Callable[[Written], bool]


_NEED = (
    _Item("indicator_number", 15, "indicators", judge.has_number),
    _Item("indicator_unit", 5, "indicators", judge.units_are_given),
    _Item("method", 10, "problem", judge.names_method),
    _Item("material", 8, "problem", judge.names_material),
    _Item("effect", 8, "problem", judge.names_effect),
    _Item("product", 6, "problem", judge.names_product),
    _Item("application", 8, "problem", judge.names_application),
    _Item("length", 8, "problem", judge.is_long_enough),
    _Item("title", 5, "title", judge.title_says_something),
    _Item("abstract", 6, "abstract", judge.abstract_is_its_own),
    _Item("budget", 6, "budget", judge.has("budget")),
    _Item("deadline", 4, "deadline_on", judge.has("deadline_on")),
    _Item("ip", 4, "ip_ownership", judge.has("ip_ownership")),
    _Item("cooperation", 2, "cooperation", judge.has("cooperation")),
    _Item("keywords", 3, "keywords", judge.has("keywords")),
    _Item("industry", 2, "industry", judge.has("industry")),
)
_ACHIEVEMENT = (
    _Item("indicator_number", 12, "indicators", judge.has_number),
    _Item("indicator_unit", 5, "indicators", judge.units_are_given),
    _Item("method", 6, "description", judge.describes_method),
    _Item("effect", 8, "description", judge.names_effect),
    _Item("length", 6, "description", judge.is_long_enough),
    _Item("title", 5, "title", judge.title_says_something),
    _Item("abstract", 6, "abstract", judge.abstract_is_its_own),
    _Item("stage", 8, "stage", judge.has("stage")),
    _Item("trl", 6, "trl", judge.has("trl")),
    _Item("trl_evidence", 8, "trl_evidence", judge.has("trl_evidence")),
    _Item("applications", 10, "applications", judge.applications_are_given),
    _Item("price", 5, "price", judge.price_is_given),
    _Item("patents", 6, "patents", judge.rights_are_given),
    _Item("cooperation", 4, "cooperation", judge.has("cooperation")),
    _Item("keywords", 3, "keywords", judge.has("keywords")),
    _Item("industry", 2, "industry", judge.has("industry")),
)
ITEMS: dict[str, tuple[_Item, ...]] = {ListingKind.NEED: _NEED, ListingKind.ACHIEVEMENT: _ACHIEVEMENT}
GOOD, FAIR = 80, 60


@dataclass(frozen=True, slots=True)
class HealthItem:
    """How one item came out: its weight in points, and where it did not pass, what to do in which field."""

    name: str
    label: str
    weight: int
    field: str
    passed: bool
    advice: str


@dataclass(frozen=True, slots=True)
class Health:
    """The whole check: all items in the order of the table."""

    items: tuple[HealthItem, ...]

    @property
    def score(self) -> int:
        """Points, from 0 to 100."""
        return sum(item.weight for item in self.items if item.passed)

    @property
    def wanting(self) -> tuple[HealthItem, ...]:
        """What did not pass, the weightiest first."""
        return tuple(sorted((item for item in self.items if not item.passed), key=lambda item: -item.weight))

    @property
    def passed(self) -> tuple[HealthItem, ...]:
        """What passed."""
        return tuple(item for item in self.items if item.passed)

    @property
    def tone(self) -> str:
        """How the score is to be taken: "good", "fair" or "poor"."""
        return "good" if self.score >= GOOD else "fair" if self.score >= FAIR else "poor"


def check_health(revision: Revision) -> Health:
    """Return how complete and how judgeable a revision is, whatever state it is in."""
    return check_values(revision.kind, typed_values(revision))


def check_values(kind: str, values: Mapping[str, Any]) -> Health:
    """Return the same of typed values (see `Reading`) that are in no revision yet."""
    written = Written.of(kind, values)
    return Health(tuple(_result(kind, item, written) for item in ITEMS[kind]))


def _result(kind: str, item: _Item, written: Written) -> HealthItem:
    label, advice = LABELS[kind][item.name], ADVICE[kind][item.name]
    return HealthItem(item.name, label, item.weight, item.field, item.passes(written), advice)
