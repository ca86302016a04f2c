"""Why two people were brought together, as one of them may know it: the match's reasons, nothing hidden by them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.permissions import Actor
from matchmaker.services.match_views import MatchView
from matchmaker.services.matches import get_matches


@dataclass(frozen=True, slots=True)
class WhyListing:
    """One listing of the pair: where to read it, its title and its language."""

    id: int
    kind: str
    title: str
    language: str


@dataclass(frozen=True, slots=True)
class Why:
    """The pair that led to a meeting: `other` is None where the other side has not said whose listing it is, since who
    meets its person would then know. `match_id` is where to read more, None likewise."""

    match_id: int | None
    own: WhyListing | None
    other: WhyListing | None
    reasons: tuple[str, ...]


def reasons_to_meet(session: Session, actor: Actor, appointments: Collection[Appointment]) -> dict[int, Why]:
    """Return why each of several meetings is held, by its id, for those with a match that `actor` may see."""
    ids = {one.match_id for one in appointments if one.match_id is not None}
    found = get_matches(session, actor, ids)
    return {one.id: _why(found[one.match_id]) for one in appointments if one.match_id in found}


def _why(match: MatchView) -> Why:
    need, achievement = (
        WhyListing(view.id, view.kind, view.title, view.language) for view in (match.need, match.achievement)
    )
    reasons = tuple(reason.verdict or reason.label for reason in match.strongest)
    if match.own_kind is None:
        return Why(match.id, need, achievement, reasons)
    own, other = (need, achievement) if match.own_kind == need.kind else (achievement, need)
    is_named = match.other(match.own_kind).organization_id is not None
    return Why(match.id if is_named else None, own, other if is_named else None, reasons)
