"""How long a verification counts: until its day, or until name or credit code change; owners are reminded before."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.domain.verifications import Verification, VerificationState
from matchmaker.services.organization_notices import tell_owners

REMIND_BEFORE = timedelta(days=30)
EXPIRED, CHANGED, MERGED = "expired", "changed", "merged"


def void_verification(session: Session, actor: Actor, organization: Organization, reason: str) -> None:
    """Let an organization count as unverified from now on: its name or code changed, or its time has run out.

    The caller has authorised it. What is with the bureau is taken back: it was about the former name.
    """
    rows = session.scalars(
        sa.select(Verification).where(
            Verification.organization_id == organization.id,
            Verification.state.in_(
                (VerificationState.VERIFIED, VerificationState.SUBMITTED, VerificationState.CHECKED)
            ),
        )
    )
    for row in rows:
        ended = row.state == VerificationState.VERIFIED
        move(session, row, VerificationState.LAPSED if ended else VerificationState.WITHDRAWN, actor, reason)
    if organization.verified_at is None:
        return
    organization.verified_at = organization.verified_until = None
    record(session, actor, "unverify", "organization", organization.id, reason=reason)
    if reason == MERGED:
        return
    expired = reason == EXPIRED
    title = Sentence(N_("单位核验已过期") if expired else N_("单位需要重新核验"))
    text = (
        N_("%(name)s 的核验有效期已到，请重新提交材料。")
        if expired
        else N_("名称或统一社会信用代码已更改：%(name)s。请重新提交材料。")
    )
    tell_owners(
        session, organization.id, title, Sentence(text, name=organization.name), path=verification_path(organization)
    )


def end_verifications_due(session: Session, day: date, limit: int = 100) -> int:
    """Let results run out whose last day is before `day`; return how many (0: none left)."""
    due = sa.select(Organization).where(Organization.verified_until < day, Organization.verified_at.is_not(None))
    rows = session.scalars(due.order_by(Organization.id).limit(limit)).all()
    for organization in rows:
        void_verification(session, Actor.system(), organization, EXPIRED)
    session.flush()
    return len(rows)


def remind_of_renewal(session: Session, day: date, limit: int = 100) -> int:
    """Tell owners once that their result runs out within REMIND_BEFORE; return of how many organizations."""
    due = sa.select(Verification).where(
        Verification.state == VerificationState.VERIFIED,
        Verification.valid_until.between(day, day + REMIND_BEFORE),
        Verification.reminded_at.is_(None),
    )
    rows = session.scalars(
        due.options(joinedload(Verification.organization)).order_by(Verification.id).limit(limit)
    ).all()
    for row in rows:
        row.reminded_at = utc_now()
        title = Sentence(N_("单位核验将于 %(day)s 到期"), day=row.valid_until)
        body = Sentence(
            N_("请为 %(name)s 重新提交材料；新的结果出来之前，现在的核验继续有效。"), name=row.organization.name
        )
        tell_owners(session, row.organization_id, title, body, path=verification_path(row.organization))
    session.flush()
    return len(rows)


def verification_path(organization: Organization) -> str:
    """Return where on the site an organization's verification is dealt with by its owner."""
    return f"/organizations/{organization.id}/verification"
