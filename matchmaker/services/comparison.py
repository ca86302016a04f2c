"""Two sides of a pair next to each other: shared words marked in both texts.

Everything is made from what the viewer may read (see projection.py).
"""

from dataclasses import dataclass

from matchmaker.domain.fields import FieldType
from matchmaker.search.explain import Fragment, as_written, mark
from matchmaker.services.listing_views import ListingView
from matchmaker.services.match_views import MatchView
from matchmaker.services.shared_words import shared_words, telling, units_of

SHOWN_WORDS = 24


@dataclass(frozen=True, slots=True)
class MarkedText:
    """One text of a listing: the name of its field, its label, and its fragments, which joined are the whole text."""

    name: str
    label: str
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class MarkedListing:
    """The title and the long texts of one side with what the other side has too marked."""

    title: tuple[Fragment, ...]
    texts: tuple[MarkedText, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`words` are the most telling shared words, the rarest first."""

    words: tuple[str, ...]
    need: MarkedListing
    achievement: MarkedListing


def compare(match: MatchView) -> Comparison:
    """Put both sides of a pair next to each other."""
    return compare_views(match.need, match.achievement)


def compare_views(need: ListingView, achievement: ListingView) -> Comparison:
    """Put a need and an achievement next to each other, stored pair or not."""
    words = shared_words(need, achievement)
    shown = telling(words, units_of(need, achievement))[:SHOWN_WORDS]
    return Comparison(
        words=tuple(as_written(shown, need.text)),
        need=_marked(need, words),
        achievement=_marked(achievement, words),
    )


def _marked(view: ListingView, words: list[str]) -> MarkedListing:
    texts = tuple(
        MarkedText(field.spec.name, field.spec.label, tuple(mark(field.value, words)))
        for field in view.fields
        if field.spec.type is FieldType.PROSE and field.spec.is_text
    )
    return MarkedListing(tuple(mark(view.title, words)), texts)
