"""Avoid lists (回避名单): whom an organization must not meet here. The other side never learns of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.avoidances import Avoidance, AvoidanceKind
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.matches import Match
from matchmaker.domain.people import OFFICES, Organization
from matchmaker.domain.permissions import Actor, can_avoid
from matchmaker.services.decisions import withdraw_interest
from matchmaker.services.identifiers import read_credit_code, read_organization_name
from matchmaker.services.match_lists import undecided
from matchmaker.services.match_views import view_match
from matchmaker.services.matches import load_match
from matchmaker.services.organizations import find_known
from matchmaker.services.reading.text import Unreadable

MOST = 200
MAX_NOTE = 500

KIND_NAMES = {
    AvoidanceKind.RIVAL: N_("竞争对手"),
    AvoidanceKind.RELATED: N_("关联单位"),
    AvoidanceKind.OTHER: N_("其他"),
}


def avoid_list(session: Session, actor: Actor) -> list[Avoidance]:
    """Return the list of the actor's own organization, the newest first.

    Raises:
        Forbidden: he acts for no organization.
    """
    if actor.organization_id is None:
        raise Forbidden(N_("加入一个单位之后才能使用回避名单。"))
    mine = sa.select(Avoidance).where(Avoidance.organization_id == actor.organization_id)
    return list(session.scalars(mine.order_by(Avoidance.id.desc())))


def avoid(
    session: Session, actor: Actor, *, name: str, credit_code: str = "", kind: str = "", note: str = ""
) -> Avoidance:
    """Put an organization on the list of the actor's own, by its name and credit code; it need not be registered yet.

    From now on neither is shown, matched or proposed to the other, and what was open between them is closed. Putting
    the same one on the list twice is one entry.

    Raises:
        Forbidden: the actor does not answer for an organization.
        Invalid: by field; the organization itself and public offices cannot be avoided.
        Conflict: the list is full.
    """
    _require(actor)
    name, code, note = _read(name, credit_code, kind, note)
    avoided_id = _avoidable(session, actor, name, code)
    mine = avoid_list(session, actor)
    same = next((row for row in mine if _is_same(row, avoided_id, name, code)), None)
    if same is not None:
        return same
    if len(mine) >= MOST:
        raise Conflict(N_("回避名单最多 %(most)d 个单位。"), most=MOST)
    row = Avoidance(
        organization_id=actor.organization_id,
        avoided_id=avoided_id,
        name=name,
        credit_code=code,
        kind=kind,
        note=note or None,
        created_by_id=actor.user_id,
    )
    session.add(row)
    session.flush()
    record(session, actor, "avoid", "organization", row.organization_id, avoidance_id=row.id)
    if row.avoided_id is not None:
        _part(session, actor, row.organization_id, row.avoided_id)
    return row


def avoid_other_side(session: Session, actor: Actor, match_id: int) -> Avoidance:
    """Put whoever posted the other side of an own pair on the list, as a rival.

    Raises:
        NotFound: the actor may not see the pair.
        Forbidden: it is not his own pair, or he does not answer for his organization.
        Conflict: he may not know who the other side is; its name on his list would tell him.
    """
    match = load_match(session, actor, match_id)
    view = view_match(match, actor)
    if view.own_kind is None:
        raise Forbidden(N_("只能回避本单位匹配的另一方。"))
    _require(actor)
    other = view.other(view.own_kind)
    if other.organization_id is None:
        raise Conflict(N_("对方匿名，不能从这里回避。知道是哪个单位时，可以把它写进回避名单。"))
    organization = session.get_one(Organization, other.organization_id)
    code = organization.credit_code or ""
    return avoid(session, actor, name=organization.name, credit_code=code, kind=AvoidanceKind.RIVAL)


def stop_avoiding(session: Session, actor: Actor, avoidance_id: int) -> None:
    """Take an entry off the list; pairs are looked for again, but what was closed stays closed.

    Raises:
        NotFound: there is none on the list of the actor's organization. Forbidden: he does not answer for it.
    """
    row = session.get(Avoidance, avoidance_id)
    if row is None or row.organization_id != actor.organization_id:
        raise NotFound(N_("回避名单里没有这一项。"))
    _require(actor)
    record(session, actor, "stop-avoiding", "organization", row.organization_id, avoidance_id=row.id)
    parted = [row.organization_id] if row.avoided_id is None else [row.organization_id, row.avoided_id]
    session.delete(row)
    session.flush()
    _match_again(session, parted)


def _part(session: Session, actor: Actor, one: int, other: int) -> None:
    """Take the pairs of two organizations out of both sides' lists, and with them the interest of the one who asks.

    That closes what was open between them, and ends an agreement.
    """
    ours, theirs = (sa.select(Listing.id).where(Listing.organization_id == side) for side in (one, other))
    between = sa.or_(
        sa.and_(Match.need_id.in_(ours), Match.achievement_id.in_(theirs)),
        sa.and_(Match.need_id.in_(theirs), Match.achievement_id.in_(ours)),
    )
    found = session.scalars(sa.select(Match).where(between).options(selectinload(Match.decisions))).all()
    for match in found:
        withdraw_interest(session, actor, match)
    pairs = [match.id for match in found]
    unlisted = {"in_need_list": False, "in_achievement_list": False}
    session.execute(sa.update(Match).where(Match.id.in_(pairs)).values(unlisted))
    session.execute(sa.delete(Match).where(Match.id.in_(pairs), *undecided()))
    _match_again(session, [one, other])


def _match_again(session: Session, organization_ids: Sequence[int]) -> None:
    """Have the worker fill the places that became free, or find the pairs that may be found again."""
    live = (Listing.organization_id.in_(organization_ids), Listing.state == ListingState.PUBLISHED)
    session.execute(sa.update(Listing).where(*live).values(pair_revision=Listing.pair_revision + 1))


def _require(actor: Actor) -> None:
    if not can_avoid(actor):
        raise Forbidden(N_("回避名单由本单位的负责人维护。"))


def _avoidable(session: Session, actor: Actor, name: str, code: str | None) -> int | None:
    """Return the id of the organization that is meant, None while none is registered."""
    known = find_known(session, name, code)
    if known is None:
        return None
    if known[1].id == actor.organization_id:
        raise Invalid(N_("不能回避自己的单位。"), {"name": N_("请填写其他单位。")})
    if known[1].kind in OFFICES:
        raise Invalid(N_("科技主管部门负责审核，不能列入回避名单。"), {"name": N_("请填写其他单位。")})
    return known[1].id


def _is_same(row: Avoidance, avoided_id: int | None, name: str, code: str | None) -> bool:
    if avoided_id is not None and row.avoided_id == avoided_id:
        return True
    return (row.name, row.credit_code) == (name, code)


def _read(name: str, credit_code: str, kind: str, note: str) -> tuple[str, str | None, str]:
    errors: dict[str, str] = {}
    code = None
    try:
        name = read_organization_name(name)
    except Unreadable as error:
        errors["name"] = error.sentence
    try:
        code = read_credit_code(credit_code) if credit_code.strip() else None
    except Unreadable as error:
        errors["credit_code"] = error.sentence
    if kind not in set(AvoidanceKind):
        errors["kind"] = N_("请选择一项。")
    note = note.replace("\x00", "").strip()
    if len(note) > MAX_NOTE:
        errors["note"] = N_("最多 500 字。")
    if errors:
        raise Invalid(N_("有些内容需要修改，请看标出的地方。"), errors)
    return name, code, note
