"""Who might meet whom: wishes, the organiser's pairs and the platform's own proposals, less whatever forbids it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, product

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Origin
from matchmaker.domain.events import Event, EventKind
from matchmaker.domain.registrations import Registration
from matchmaker.domain.timetables import Arrangement, Wish, WishKind, ordered
from matchmaker.services.keeping_apart import apart_among, avoids
from matchmaker.services.timetables.board import Board
from matchmaker.services.timetables.mutual_talks import mutual_talks
from matchmaker.services.timetables.proposals import Pairing, pairings
from matchmaker.services.timetables.worth import BOTH, Claim

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two people who might meet, what speaks for it, and whether the organiser insists (`must`).

    `source` is where a meeting of the two that stands already came from.
    """

    pair: Pair
    claim: Claim = field(default_factory=Claim)
    must: bool = False
    match_id: int | None = None
    broker_id: int | None = None
    with_broker: bool = False
    source: str | None = None

    @property
    def origin(self) -> str:
        """Where a meeting of the two comes from."""
        if self.source is not None:
            return self.source
        if self.must:
            return Origin.ORGANIZER
        return Origin.WISH if self.claim.musts or self.claim.likes else Origin.MATCH


def candidates(session: Session, board: Board) -> dict[Pair, Candidate]:
    """Return everybody who might meet, by pair; whom a veto or a list keeps apart is none of them.

    At a roadshow nobody is proposed for his listings alone: there people talk about what was shown, where both want to.

    A match pairs two organizations, and one meeting is enough for it: where people of the two wish to meet anyway, it
    speaks for their meeting; otherwise those who answer for the listings meet, or who has the fewest meetings so far.
    """
    never = vetoes(session, board)
    found = {pair: row for pair, row in _wished(session, board).items() if pair not in never}
    if board.event.kind == EventKind.ROADSHOW:
        found |= _talks(session, board, found, never)
    else:
        for pairing in pairings(session, board.event, board.by_organization.keys()):
            _propose(board, found, never, pairing)
    return {pair: found[pair] for pair in sorted(found)}


def vetoes(session: Session, board: Board) -> frozenset[Pair]:
    """Return who never meets: where either said no, where one organization avoids the other, and colleagues."""
    said = sa.select(Wish).where(Wish.event_id == board.event.id, Wish.kind == WishKind.NO)
    found = {ordered(wish.registration_id, wish.other_id) for wish in session.scalars(said)}
    for people in board.by_organization.values():
        found |= {ordered(one.id, other.id) for one, other in combinations(people, 2)}
    for apart in apart_among(session, board.by_organization.keys()):
        sides = [board.by_organization[organization] for organization in apart]
        found |= {ordered(one.id, other.id) for one, other in product(*sides)}
    return frozenset(found)


def may_meet(session: Session, event: Event, one: Registration, other: Registration) -> bool:
    """Whether nothing forbids two people to meet. The answer is for those who run the event, never for the two."""
    if one.organization_id == other.organization_id:
        return False
    if avoids(session, one.organization_id, other.organization_id):
        return False
    no = sa.select(Wish.id).where(
        Wish.event_id == event.id,
        Wish.kind == WishKind.NO,
        sa.or_(
            sa.and_(Wish.registration_id == one.id, Wish.other_id == other.id),
            sa.and_(Wish.registration_id == other.id, Wish.other_id == one.id),
        ),
    )
    return session.scalar(no.limit(1)) is None


def _wished(session: Session, board: Board) -> dict[Pair, Candidate]:
    musts: dict[Pair, int] = defaultdict(int)
    likes: dict[Pair, int] = defaultdict(int)
    with_broker: set[Pair] = set()
    for wish in session.scalars(sa.select(Wish).where(Wish.event_id == board.event.id)):
        pair = ordered(wish.registration_id, wish.other_id)
        musts[pair] += wish.kind == WishKind.MUST
        likes[pair] += wish.kind == WishKind.LIKE
        if wish.with_broker:
            with_broker.add(pair)
    found = {
        pair: Candidate(pair, Claim(musts[pair], likes[pair]), with_broker=pair in with_broker)
        for pair in musts.keys() | likes.keys()
        if musts[pair] or likes[pair]
    }
    for row in _arranged(session, board.event):
        pair = row.one_id, row.other_id
        found[pair] = replace(found.get(pair, Candidate(pair)), must=True, broker_id=row.broker_id)
    return {pair: row for pair, row in found.items() if board.people.keys() >= set(pair)}


def _talks(
    session: Session, board: Board, found: Mapping[Pair, Candidate], never: frozenset[Pair]
) -> dict[Pair, Candidate]:
    """What both sides of a pitch want counts as a wish of each."""
    wanted = {pair: match for pair, match in mutual_talks(session, board.event).items() if pair not in never}
    known = {pair: found.get(pair, Candidate(pair)) for pair in wanted}
    return {
        pair: replace(row, claim=replace(row.claim, likes=BOTH), match_id=wanted[pair]) for pair, row in known.items()
    }


def _arranged(session: Session, event: Event) -> Iterable[Arrangement]:
    return session.scalars(sa.select(Arrangement).where(Arrangement.event_id == event.id))


def _propose(board: Board, found: dict[Pair, Candidate], never: frozenset[Pair], pairing: Pairing) -> None:
    """Let a match speak for the best meeting of its two organizations, or add one."""
    sides = [board.by_organization[organization] for organization in pairing.organizations]
    between = [pair for one in sides[0] for other in sides[1] if (pair := ordered(one.id, other.id)) not in never]
    wished = [found[pair] for pair in between if pair in found]
    if any(row.match_id is not None for row in wished) or not between:
        return
    if wished:
        best = max(wished, key=lambda row: (row.must, row.claim.musts, row.claim.likes, -row.pair[0]))
    else:
        best = Candidate(min(between, key=lambda pair: _unfit(board, found, pairing, pair)))
    claim = replace(best.claim, probability=pairing.probability)
    found[best.pair] = replace(best, claim=claim, match_id=pairing.match_id)


def _unfit(board: Board, found: Mapping[Pair, Candidate], pairing: Pairing, pair: Pair) -> tuple[int, int, Pair]:
    """How little two people are the ones to talk about a match: who answers for the listings is best."""
    users = {board.people[person].user_id for person in pair} - {None}
    strangers = len({owner for owner in pairing.owners if owner is not None} - users)
    load = sum(1 for other in found if set(other) & set(pair))
    return strangers, load, pair
