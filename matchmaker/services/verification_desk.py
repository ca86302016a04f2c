"""Verification, the bureau's side: one checks, another confirms; either refuses; results run out and are renewed."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today, years_after
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.people import OFFICES, Membership, MembershipState, Organization, Role, User
from matchmaker.domain.permissions import Actor, can_verify_organizations
from matchmaker.domain.states import move
from matchmaker.domain.verifications import Verification, VerificationState
from matchmaker.services.organization_notices import tell_owners
from matchmaker.services.reading.text import prose
from matchmaker.services.verification_terms import verification_path
from matchmaker.services.verifications import begin, get_verification, hand_in, open_verification

PAGE_SIZE = 20
NOTE_LONGEST = 1000
# How long a result counts when nobody says otherwise, and at most.
YEARS, MOST_YEARS = 3, 5


@dataclass(frozen=True, slots=True)
class VerificationPage:
    """One page of verifications; `counts` by state over all, and `mine` are those that the viewer may act on."""

    rows: tuple[Verification, ...]
    total: int
    number: int
    pages: int
    counts: dict[str, int]


def verification_queue(session: Session, actor: Actor, state: str, page: int = 1) -> VerificationPage:
    """Return the verifications in one state, the longest waiting first, decided ones the latest first.

    Raises:
        Forbidden: the actor is not the bureau.
    """
    _require_bureau(actor)
    grouped = sa.select(Verification.state, sa.func.count()).group_by(Verification.state)
    counts = {row[0]: row[1] for row in session.execute(grouped)}
    total = counts.get(state, 0)
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, page), pages)
    waits = state in {VerificationState.SUBMITTED, VerificationState.CHECKED}
    ordered = (Verification.submitted_at, Verification.id) if waits else (Verification.id.desc(),)
    loaded = joinedload(Verification.organization), joinedload(Verification.checked_by)
    query = sa.select(Verification).where(Verification.state == state).order_by(*ordered)
    query = query.options(*loaded, selectinload(Verification.documents))
    rows = session.scalars(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return VerificationPage(tuple(rows), total, number, pages, counts)


def count_waiting(session: Session) -> int:
    """Return how many verifications wait for one of the bureau."""
    waiting = Verification.state.in_((VerificationState.SUBMITTED, VerificationState.CHECKED))
    return session.scalar(sa.select(sa.func.count()).select_from(Verification).where(waiting)) or 0


def is_at_desk(session: Session, organization_id: int) -> bool:
    """Whether a verification of the organization already waits for one of the bureau."""
    standing = open_verification(session, organization_id)
    return standing is not None and standing.state != VerificationState.DRAFT


def other_verifiers(session: Session, actor: Actor) -> int:
    """Return how many people other than the actor could be the second pair of eyes, administrators included."""
    able = Membership.role.in_((Role.BUREAU, Role.ADMIN)), Membership.state == MembershipState.ACTIVE
    here = User.disabled_at.is_(None), User.deleted_at.is_(None), User.id != actor.user_id
    query = sa.select(sa.func.count(sa.distinct(User.id))).join(Membership, Membership.user_id == User.id)
    return session.scalar(query.where(*able, *here)) or 0


def can_check(actor: Actor, verification: Verification) -> bool:
    """Whether the actor may be the first pair of eyes: one of the bureau who did not hand the documents in."""
    return _outside(actor, verification) and verification.state == VerificationState.SUBMITTED


def can_confirm(actor: Actor, verification: Verification) -> bool:
    """Whether the actor may be the second pair of eyes: another one than who checked."""
    second = verification.checked_by_id is None or actor.user_id != verification.checked_by_id
    return _outside(actor, verification) and verification.state == VerificationState.CHECKED and second


def check_verification(session: Session, actor: Actor, verification_id: int, *, note: str = "") -> Verification:
    """Be the first pair of eyes: documents and profile agree with the official register.

    Raises:
        NotFound: there is no such verification.
        Forbidden: the actor is not the bureau, or has handed the documents in himself.
        Conflict: it is not waiting for this, or the profile has changed since.
        Invalid: too long a note (field `note`).
    """
    verification = _at_desk(session, actor, verification_id)
    _require_state(verification, VerificationState.SUBMITTED)
    _require_same(verification)
    verification.check_note = _note(note)
    _check(session, actor, verification)
    return verification


def check_by_register(session: Session, actor: Actor, organization: Organization, *, note: str = "") -> Verification:
    """Be the first pair of eyes without documents: the bureau has looked the organization up itself.

    Raises:
        Forbidden: the actor is not the bureau, or the organization is a public office.
        Conflict: documents of the organization are already with the bureau.
    """
    _require_bureau(actor)
    if organization.kind in OFFICES:
        raise Forbidden(N_("科技主管部门和分中心由管理员登记，不需要核验。"))
    if is_at_desk(session, organization.id):
        raise Conflict(N_("这个单位的核验已经在进行，请到核验列表中处理。"))
    verification = begin(session, actor, organization)
    verification.check_note = _note(note)
    hand_in(session, actor, verification)
    verification.submitted_by_id = None  # nobody of the organization did: it is the bureau's own check
    _check(session, actor, verification)
    return verification


def return_to_check(session: Session, actor: Actor, verification_id: int, *, note: str) -> Verification:
    """Be the second pair of eyes and send the first check back, with what is to be looked at again.

    Raises:
        NotFound, Forbidden, Conflict: see `confirm_verification`.
        Invalid: no note (field `note`).
    """
    verification = _to_confirm(session, actor, verification_id)
    text = _note(note)
    if text is None:
        raise Invalid(N_("请写明需要重新核对什么。"), {"note": N_("请写明需要重新核对什么。")})
    verification.checked_by_id = verification.checked_at = None
    verification.check_note = text
    move(session, verification, VerificationState.SUBMITTED, actor, text)
    return verification


def confirm_verification(
    session: Session, actor: Actor, verification_id: int, *, valid_until: date | None = None
) -> Verification:
    """Be the second pair of eyes: the organization counts as verified until `valid_until` (YEARS years without one).

    Raises:
        NotFound: there is no such verification.
        Forbidden: the actor is not the bureau, has checked it himself, or belongs to the organization.
        Conflict: it is not waiting for this, or the profile has changed since.
        Invalid: a day that has passed or lies more than MOST_YEARS years ahead (field `valid_until`).
    """
    verification = _to_confirm(session, actor, verification_id)
    _require_same(verification)
    until = valid_until or years_after(today(), YEARS)
    if not today() < until <= years_after(today(), MOST_YEARS):
        sentence = N_("有效期请选择今天之后、五年之内的日期。")
        raise Invalid(sentence, {"valid_until": sentence})
    former = sa.select(Verification).where(
        Verification.organization_id == verification.organization_id,
        Verification.state == VerificationState.VERIFIED,
    )
    for row in session.scalars(former):
        move(session, row, VerificationState.LAPSED, actor, "renewed")
    _decide(verification, actor)
    verification.valid_until = until
    organization = verification.organization
    organization.verified_at, organization.verified_until = utc_now(), until
    move(session, verification, VerificationState.VERIFIED, actor)
    title = Sentence(N_("单位已通过核验"))
    body = Sentence(
        N_("%(name)s 的名称和统一社会信用代码已经核验，有效期至 %(day)s。"), name=organization.name, day=until
    )
    tell_owners(session, organization.id, title, body, path=verification_path(organization))
    return verification


def refuse_verification(
    session: Session, actor: Actor, verification_id: int, *, reason: str, advice: str
) -> Verification:
    """Refuse, as first or second pair of eyes, with a coded reason (table `verification_refusals`) and advice.

    Raises:
        NotFound: there is no such verification.
        Forbidden: the actor is not the bureau, or belongs to the organization.
        Conflict: it is decided already, or still the owner's draft.
        Invalid: an unknown reason or no advice.
    """
    verification = _at_desk(session, actor, verification_id)
    errors: dict[str, str] = {}
    text = prose(advice)
    if reason not in codes.table("verification_refusals"):
        errors["reason"] = N_("请选择原因。")
    if not 0 < len(text) <= NOTE_LONGEST:
        errors["advice"] = N_("请写明需要怎样补正（最多 1000 字）。")
    if errors:
        raise Invalid(N_("请选择原因并写明怎样补正。"), errors)
    verification.refusal_reason, verification.advice = reason, text
    _decide(verification, actor)
    move(session, verification, VerificationState.REFUSED, actor, reason)
    title = Sentence(N_("单位核验未通过"))
    name = codes.table("verification_refusals").name(reason)
    body = Sentence(N_("原因：%(reason)s\n\n%(advice)s\n\n补正后可以重新提交。"), reason=name, advice=text)
    tell_owners(session, verification.organization_id, title, body, path=verification_path(verification.organization))
    return verification


def _check(session: Session, actor: Actor, verification: Verification) -> None:
    verification.checked_by_id, verification.checked_at = actor.user_id, utc_now()
    move(session, verification, VerificationState.CHECKED, actor)


def _decide(verification: Verification, actor: Actor) -> None:
    verification.decided_by_id, verification.decided_at = actor.user_id, utc_now()


def _at_desk(session: Session, actor: Actor, verification_id: int) -> Verification:
    _require_bureau(actor)
    verification = get_verification(session, actor, verification_id)
    if not _outside(actor, verification):
        raise Forbidden(N_("材料由您本人或您所在的单位提交，请由另一位同事处理。"))
    return verification


def _to_confirm(session: Session, actor: Actor, verification_id: int) -> Verification:
    verification = _at_desk(session, actor, verification_id)
    _require_state(verification, VerificationState.CHECKED)
    if not can_confirm(actor, verification):
        raise Forbidden(N_("核对和复核必须由两个人完成。请由另一位同事或平台管理员复核。"))
    return verification


def _outside(actor: Actor, verification: Verification) -> bool:
    if not can_verify_organizations(actor) or actor.organization_id == verification.organization_id:
        return False
    return actor.user_id is None or actor.user_id != verification.submitted_by_id


def _require_bureau(actor: Actor) -> None:
    if not can_verify_organizations(actor):
        raise Forbidden(N_("单位由科技局核验。"))


def _require_state(verification: Verification, state: VerificationState) -> None:
    if verification.state != state:
        raise Conflict(N_("这次核验的状态已经变化，可能同事刚刚处理过。请刷新页面查看。"))


def _require_same(verification: Verification) -> None:
    """The profile must still say what was handed in: otherwise another name would be verified than was looked at."""
    organization = verification.organization
    if (organization.name, organization.credit_code) != (verification.name, verification.credit_code):
        raise Conflict(N_("提交之后单位的名称或统一社会信用代码又有更改，请退回，由单位重新提交。"))


def _note(note: str) -> str | None:
    text = prose(note)
    if len(text) > NOTE_LONGEST:
        raise Invalid(N_("说明最多 1000 字。"), {"note": N_("最多 1000 字。")})
    return text or None
