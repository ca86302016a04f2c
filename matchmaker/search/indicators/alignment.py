"""Which indicators of an achievement speak of which of a need, and what each says of it."""

from collections.abc import Callable, Sequence

from matchmaker.search.indicators.indicator import Indicator
from matchmaker.search.indicators.names import Likeness, is_variant, likeness
from matchmaker.search.indicators.units import is_comparable
from matchmaker.search.indicators.verdicts import Doubt, Finding, Verdict, compare

KEPT_MOST = 6

Cosine = Callable[[str, str], float]


def align(need: Indicator, offered: Sequence[Indicator], cosine: Cosine | None = None) -> tuple[Finding, ...]:
    """Return what the achievement's indicators say of one of the need, the surest first; a few at most.

    What measures something else is none of it, unless it has the very name: then its unit is the doubt.
    """
    found = []
    for place, other in enumerate(offered):
        fits = need.amount.change == other.amount.change and is_comparable(need.amount.unit, other.amount.unit)
        near = cosine(need.name, other.name) if cosine is not None and fits else None
        like = likeness(need.name, other.name, near)
        if like is Likeness.SAME:
            found.append(Finding(place, like, *compare(need, other)))
        elif like is Likeness.UNSURE and fits:
            verdict = compare(need, other)[0] if is_variant(need.name, other.name) else Verdict.UNSTATED
            found.append(Finding(place, like, verdict, Doubt.NAME))
    # Python sorts stably: among equals the order of the text stands.
    return tuple(sorted(found, key=lambda finding: -finding.likeness)[:KEPT_MOST])
