"""One pair as one viewer sees it: his numbers, his reasons, and which decisions he may know of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import joinedload, load_only, selectinload

from matchmaker.domain.listings import Listing, ListingKind, Revision
from matchmaker.domain.matches import Decision, DeclineReason, Match, MatchDecision
from matchmaker.domain.permissions import Actor, can_see_all_matches, owns
from matchmaker.domain.questions import Question
from matchmaker.services.listing_views import ListingView
from matchmaker.services.offers import Offer, offer_of
from matchmaker.services.projection import project
from matchmaker.services.reasons import Reason, reasons_of, strongest
from matchmaker.services.shared_words import shared_in_short
from matchmaker.services.verdicts.views import Verdicts, verdicts_of

FEW_REASONS = 3
FEW_WORDS = 3


class Side(StrEnum):
    """Who decided: the need's organization, the achievement's, or a broker between them."""

    NEED = "need"
    ACHIEVEMENT = "achievement"
    BROKER = "broker"


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What one organization decided: shown to itself whole, to the other side only interest or the coded reason.

    The other side is not told when (`at` is None): a quick no would say more than its reason.
    """

    organization_id: int | None
    organization_name: str
    side: Side
    decision: str
    reason: str | None
    note: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class MatchView:
    """A pair as one viewer sees it. `probability` is of a professional's 较强 or better; reasons add up to `score`.

    `own_kind` is the side that is the viewer's own, `offer` what his interest opens of it; None for those beside it.
    """

    id: int
    need: ListingView
    achievement: ListingView
    score: float
    probability: float
    grade: int
    reasons: tuple[Reason, ...]
    mine: DecisionView | None
    others: tuple[DecisionView, ...]
    proposed_by: str | None
    proposal_note: str | None
    own_kind: str | None
    offer: Offer | None
    updated_at: datetime
    ranker: str
    model: str
    verdicts: Verdicts

    @property
    def decisions(self) -> tuple[DecisionView, ...]:
        """All decisions that the viewer knows of, his own first."""
        return (*((self.mine,) if self.mine else ()), *self.others)

    @property
    def is_mutual(self) -> bool:
        """Whether both parties have said that they are interested; a broker's opinion is not a party's."""
        said = {view.side for view in self.decisions if view.decision == Decision.INTERESTED}
        return said >= {Side.NEED, Side.ACHIEVEMENT}

    @property
    def wanted_by_other(self) -> bool:
        """Whether a party other than the viewer is interested."""
        return any(view.decision == Decision.INTERESTED and view.side is not Side.BROKER for view in self.others)

    @property
    def strongest(self) -> tuple[Reason, ...]:
        """What speaks most for the pair, a few reasons for a list."""
        return strongest(self.reasons, FEW_REASONS)

    @property
    def shared_words(self) -> tuple[str, ...]:
        """A few telling words that both sides use, for a list."""
        return shared_in_short(self.need, self.achievement, FEW_WORDS)

    def other(self, kind: str) -> ListingView:
        """The listing on the other side of one of `kind`."""
        return self.achievement if kind == ListingKind.NEED else self.need


@dataclass(frozen=True, slots=True)
class MatchSides:
    """What a pair is about, as one viewer sees it: the two listings, and which of them is his own (None: neither)."""

    id: int
    need: ListingView
    achievement: ListingView
    own_kind: str | None


def side_options() -> Iterable[Any]:
    """What to load with a match so that `view_sides` asks the database nothing more; numbers and reasons are left."""
    numbers = (Match.need_side_score, Match.achievement_side_score)
    yield load_only(Match.need_id, Match.achievement_id, *numbers)
    for side in (Match.need, Match.achievement):
        listing: Any = joinedload(side)
        yield listing.joinedload(Listing.organization)
        yield listing.joinedload(Listing.published_revision).selectinload(Revision.indicators)


def view_sides(match: Match, actor: Actor) -> MatchSides:
    """Show what `match` is about to `actor`; the caller has checked that he may see it."""
    own = next((listing for listing in (match.need, match.achievement) if owns(actor, listing)), None)
    sides = project(match.need, actor), project(match.achievement, actor)
    return MatchSides(match.id, *sides, own.kind if own else None)


def match_options() -> Iterable[Any]:
    """What to load with a match so that `view_match` asks the database nothing more."""
    for side in (Match.need, Match.achievement):
        listing: Any = joinedload(side)
        yield listing.joinedload(Listing.organization)
        yield listing.selectinload(Listing.attachments)
        yield listing.joinedload(Listing.published_revision).selectinload(Revision.indicators)
    yield selectinload(Match.decisions).joinedload(MatchDecision.organization)
    yield joinedload(Match.proposed_by)
    # One query each for a whole list: verdicts are drawn from what the viewer may read, so not from a stored count.
    yield from (
        selectinload(Match.sheet),
        selectinload(Match.need_indicators),
        selectinload(Match.achievement_indicators),
    )
    yield selectinload(Match.questions).joinedload(Question.asked_by)


def view_match(match: Match, actor: Actor) -> MatchView:
    """Show `match` to `actor`; the caller has checked that he may see it."""
    score, probability, grade, terms = _numbers(match, actor)
    need, achievement = project(match.need, actor), project(match.achievement, actor)
    shown = {Side.NEED: need, Side.ACHIEVEMENT: achievement}
    decisions = [view for row in match.decisions if (view := _decision(row, match, actor, shown))]
    mine = next((view for view in decisions if view.organization_id == actor.organization_id), None)
    own = next((listing for listing in (match.need, match.achievement) if owns(actor, listing)), None)
    return MatchView(
        id=match.id,
        need=need,
        achievement=achievement,
        score=score,
        probability=probability,
        grade=grade,
        reasons=reasons_of(terms),
        mine=mine,
        others=tuple(view for view in decisions if view is not mine),
        proposed_by=match.proposed_by.name if match.proposed_by else None,
        proposal_note=match.proposal_note if can_see_all_matches(actor) else None,
        own_kind=own.kind if own else None,
        offer=offer_of(own) if own else None,
        updated_at=match.updated_at,
        ranker=match.ranker,
        model=match.model,
        verdicts=verdicts_of(match, actor, need, achievement),
    )


def _numbers(match: Match, actor: Actor) -> tuple[float, float, int, Sequence[Any]]:
    if can_see_all_matches(actor):
        return match.score, match.probability, match.grade, match.terms
    return numbers_for(match, ListingKind.NEED if owns(actor, match.need) else ListingKind.ACHIEVEMENT)


def numbers_for(match: Match, own_kind: str) -> tuple[float, float, int, Sequence[Any]]:
    """Return score, probability, grade and terms as the owner of one side of a pair sees them."""
    view = match.need_view if own_kind == ListingKind.NEED else match.achievement_view
    if view is None:
        return match.score, match.probability, match.grade, match.terms
    return view["score"], view["probability"], view["grade"], view["terms"]


def _decision(row: MatchDecision, match: Match, actor: Actor, shown: Mapping[Side, ListingView]) -> DecisionView | None:
    side = _side(row, match)
    if row.organization_id != actor.organization_id and not can_see_all_matches(actor):
        return _decision_of_other_side(row, side, shown.get(side))
    name = row.organization.name
    return DecisionView(row.organization_id, name, side, row.decision, row.reason, row.note, row.at)


def _decision_of_other_side(row: MatchDecision, side: Side, seen: ListingView | None) -> DecisionView | None:
    # The other side learns of interest and of a coded reason, never of a shortlist, a note, or a broker's opinion, nor
    # that it was called a rival.
    if seen is None or row.decision == Decision.SHORTLISTED or row.reason == DeclineReason.RIVAL:
        return None
    return DecisionView(seen.organization_id, seen.organization_name, side, row.decision, row.reason, None, None)


def _side(row: MatchDecision, match: Match) -> Side:
    if row.organization_id == match.need.organization_id:
        return Side.NEED
    return Side.ACHIEVEMENT if row.organization_id == match.achievement.organization_id else Side.BROKER
