"""Recusal: which pitches a judge must not mark, by the rules or by his own word. Such a pair has no sheet."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.inventors import Inventor, Inventorship
from matchmaker.domain.judges import Judge, Recusal
from matchmaker.domain.language import N_
from matchmaker.domain.people import Membership, MembershipState
from matchmaker.domain.pitches import Pitch
from matchmaker.services.keeping_apart import avoided_by

_NAMES = re.compile(r"[^\w·]+")


class Ground(StrEnum):
    """Why a judge steps back. The rules' own grounds are not told apart to him: an avoid list is nobody else's to
    know."""

    OWN = "own"
    APART = "apart"
    NAMED = "named"
    SELF = "self"


RULE_TEXT = N_("您与项目单位有关联、在其回避名单上，或是项目的完成人，按规则须回避。")
GROUND_NAMES: dict[str, str] = {
    Ground.OWN: N_("本单位项目"),
    Ground.APART: N_("按规则回避"),
    Ground.NAMED: N_("项目完成人或演讲人"),
    Ground.SELF: N_("本人申请"),
}


@dataclass(frozen=True, slots=True)
class Away:
    """That a judge does not mark a pitch: on which ground, and his words where they are his own."""

    ground: Ground
    reason: str = ""


Recusals = Mapping[tuple[int, int], Away]
"""Who steps back from what, by the ids of judge and pitch; a pair that is not in it may be marked."""


def recusals_of(session: Session, judges: Sequence[Judge], pitches: Sequence[Pitch]) -> Recusals:
    """Return every recusal among these judges and pitches, as memberships and avoid lists stand now.

    A judge whose name or e-mail address is that of an inventor, of somebody in the team or of a speaker steps back: a
    namesake costs one sheet, a judge of his own work the whole result.
    """
    found: dict[tuple[int, int], Away] = {}
    ids = [judge.id for judge in judges]
    for row in session.scalars(sa.select(Recusal).where(Recusal.judge_id.in_(ids))):
        found[row.judge_id, row.pitch_id] = Away(Ground.SELF, row.reason)
    offices = _offices(session, judges)
    apart = {office: avoided_by(session, office) for each in offices.values() for office in each}
    named = _named(session, pitches)
    for judge in judges:
        own = offices[judge.user_id]
        avoided = frozenset().union(*(apart[office] for office in own))
        himself = {judge.user.name.casefold(), (judge.user.email or "").casefold()} - {""}
        for pitch in pitches:
            if ground := _ground(judge, pitch, own, avoided, bool(himself & named[pitch.id])):
                found[judge.id, pitch.id] = Away(ground)
    return found


def is_tied(session: Session, judge: Judge, pitch: Pitch) -> bool:
    """Whether this judge steps back from this pitch."""
    return (judge.id, pitch.id) in recusals_of(session, [judge], [pitch])


def _ground(judge: Judge, pitch: Pitch, own: set[int], avoided: frozenset[int], is_named: bool) -> Ground | None:
    people = {pitch.presenter_id}
    if pitch.listing is not None:
        people |= {pitch.listing.owner_id, pitch.listing.broker_id}
    if pitch.organization_id in own:
        return Ground.OWN
    if is_named or judge.user_id in people:
        return Ground.NAMED
    return Ground.APART if pitch.organization_id in avoided else None


def _offices(session: Session, judges: Iterable[Judge]) -> dict[int, set[int]]:
    """Every organization that a judge belongs to now counts, and the one that he was invited for."""
    belongs: dict[int, set[int]] = {judge.user_id: {judge.organization_id} for judge in judges}
    rows = session.execute(
        sa.select(Membership.user_id, Membership.organization_id).where(
            Membership.user_id.in_(belongs), Membership.state != MembershipState.ENDED
        )
    )
    for user_id, organization_id in rows:
        belongs[user_id].add(organization_id)
    return belongs


def _named(session: Session, pitches: Iterable[Pitch]) -> dict[int, set[str]]:
    """Return names and addresses, folded, of the people that stand behind each pitch."""
    people: dict[int, set[str]] = {}
    by_listing: dict[int, set[str]] = defaultdict(set)
    listings = [pitch.listing_id for pitch in pitches if pitch.listing_id is not None]
    rows = session.execute(
        sa.select(Inventorship.listing_id, Inventor.name, Inventor.email)
        .join(Inventor, Inventor.id == Inventorship.inventor_id)
        .where(Inventorship.listing_id.in_(listings), Inventor.deleted_at.is_(None))
    )
    for listing_id, name, email in rows:
        by_listing[listing_id] |= {name.casefold(), (email or "").casefold()} - {""}
    for pitch in pitches:
        team = getattr(pitch.listing.current, "team", None) if pitch.listing is not None else None
        words = _NAMES.split(f"{pitch.speakers} {team or ''}".casefold())
        people[pitch.id] = {word for word in words if word} | by_listing.get(pitch.listing_id or 0, set())
    return people
