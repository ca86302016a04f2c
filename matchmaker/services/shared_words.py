"""Words that two listings share, chosen for people: no numbers, no units, nothing twice."""

from collections.abc import Collection, Sequence

from matchmaker.search.explain import as_written, matched_words
from matchmaker.search.statistics import load_statistics
from matchmaker.search.text import tokenize
from matchmaker.services.listing_views import ListingView


def shared_words(one: ListingView, other: ListingView) -> list[str]:
    """Return all words that both texts hold, the most telling first; from what the viewer may read only."""
    return matched_words(one.text, other.text, load_statistics())


def shared_in_short(one: ListingView, other: ListingView, most: int) -> tuple[str, ...]:
    """Return the most telling words that titles, keywords and abstracts share: quick enough for every row of a list."""
    text = _short(one)
    words = telling(matched_words(text, _short(other), load_statistics()), units_of(one, other))[:most]
    return tuple(as_written(words, text))


def telling(words: Sequence[str], units: Collection[str] = ()) -> tuple[str, ...]:
    """Leave out numbers, units, and what is part of a longer shared word: 尺度 beside 中尺度 says nothing new."""
    real = [word for word in words if len(word) > 1 and word not in units and not any(map(str.isdigit, word))]
    return tuple(word for word in real if not any(word != other and word in other for other in real))


def units_of(*views: ListingView) -> set[str]:
    """Return the units of all indicators as words."""
    return {word for view in views for row in view.indicators if row.unit for word in tokenize(row.unit)}


def _short(view: ListingView) -> str:
    return "\n".join((view.title, "、".join(view.keywords), view.abstract))
