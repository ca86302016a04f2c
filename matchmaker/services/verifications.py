"""Verification, the organization's side: gather documents, hand them in, take them back; and what is known of it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization, OrganizationKind
from matchmaker.domain.permissions import Actor, can_apply_for_verification, can_verify_organizations
from matchmaker.domain.states import move
from matchmaker.domain.verifications import OPEN_STATES, Verification, VerificationDocument, VerificationState
from matchmaker.services.reading.text import prose
from matchmaker.services.uploads import StoredFile

MOST_DOCUMENTS = 10
NOTE_LONGEST = 1000
LARGEST_ID = 2**63 - 1
NOT_FOUND = N_("没有找到这次核验。")


def verifications_of(session: Session, actor: Actor, organization: Organization) -> list[Verification]:
    """Return an organization's verifications with their documents, the newest first.

    Raises:
        Forbidden: the actor is neither its owner nor the bureau.
    """
    _require_reader(actor, organization)
    query = sa.select(Verification).where(Verification.organization_id == organization.id)
    return list(session.scalars(query.options(*_loaded()).order_by(Verification.id.desc())))


def get_verification(session: Session, actor: Actor, verification_id: int) -> Verification:
    """Return a verification with its documents, to the organization's owner and the bureau.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    found = None
    if 0 < verification_id <= LARGEST_ID:
        found = session.scalar(sa.select(Verification).where(Verification.id == verification_id).options(*_loaded()))
    if found is None or not _may_read(actor, found.organization):
        raise NotFound(NOT_FOUND)
    # What the owner still gathers is not before the bureau yet.
    if found.state == VerificationState.DRAFT and not can_apply_for_verification(actor, found.organization):
        raise NotFound(NOT_FOUND)
    return found


def open_verification(session: Session, organization_id: int) -> Verification | None:
    """Return the verification of an organization on which somebody still has to act, if there is one."""
    return session.scalar(
        sa.select(Verification)
        .where(Verification.organization_id == organization_id, Verification.state.in_(OPEN_STATES))
        .order_by(Verification.id.desc())
        .limit(1)
    )


def require_gathering(session: Session, actor: Actor, organization: Organization) -> Verification | None:
    """Let pass only who may add a document now; return the draft it goes into, if it has been begun already.

    Raises:
        Forbidden: the actor is no owner of the organization.
        Conflict: a verification is with the bureau, or the draft has MOST_DOCUMENTS documents.
    """
    _require_owner(actor, organization)
    standing = open_verification(session, organization.id)
    if standing is None:
        return None
    if standing.state != VerificationState.DRAFT:
        raise Conflict(N_("材料已经提交，正在核验。需要更换材料请先撤回。"))
    if len(_present(standing)) >= MOST_DOCUMENTS:
        raise Conflict(N_("最多 %(most)d 份材料，请先删除不需要的。"), most=MOST_DOCUMENTS)
    return standing


def add_document(
    session: Session, actor: Actor, organization: Organization, stored: StoredFile, kind: str
) -> VerificationDocument:
    """Add a stored file to the organization's draft, which is begun with the first one. The same file is added once.

    Raises:
        Forbidden, Conflict: see `require_gathering`.
        Invalid: an unknown kind of document (field `kind`).
    """
    if kind not in codes.table("document_kinds"):
        raise Invalid(N_("请选择材料种类。"), {"kind": N_("请从列表中选择。")})
    draft = require_gathering(session, actor, organization)
    if draft is None:
        draft = begin(session, actor, organization)
    same = next((row for row in _present(draft) if row.sha256 == stored.sha256), None)
    if same is not None:
        return same
    document = VerificationDocument(
        verification=draft,
        kind=kind,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        uploaded_by_id=actor.user_id,
    )
    session.add(document)
    session.flush()
    record(session, actor, "add_document", "verification", draft.id, document_id=document.id, kind=kind)
    return document


def remove_document(session: Session, actor: Actor, document_id: int) -> Organization:
    """Take a document out of a draft again; return the organization.

    Raises:
        NotFound: there is no such document that the actor may know of.
        Conflict: it has been handed in.
    """
    document = find_document(session, actor, document_id)
    verification = document.verification
    _require_owner(actor, verification.organization)
    if verification.state != VerificationState.DRAFT:
        raise Conflict(N_("材料已经提交，正在核验。需要更换材料请先撤回。"))
    document.deleted_at = utc_now()
    session.flush()
    record(session, actor, "remove_document", "verification", verification.id, document_id=document.id)
    return verification.organization


def open_document(session: Session, actor: Actor, document_id: int) -> VerificationDocument:
    """Return a document to be read; that it was opened, and by whom, goes into the journal.

    Raises:
        NotFound: there is none, it was deleted, or the actor is neither the organization's owner nor the bureau.
    """
    document = find_document(session, actor, document_id)
    record(session, actor, "open_document", "verification", document.verification_id, document_id=document.id)
    return document


def find_document(session: Session, actor: Actor, document_id: int) -> VerificationDocument:
    """Return a document of a verification that the actor may read (see `get_verification`).

    Raises:
        NotFound: see `open_document`.
    """
    missing = NotFound(N_("没有找到这份材料，它可能已被删除，或您无权查看。"))
    document = session.get(VerificationDocument, document_id) if 0 < document_id <= LARGEST_ID else None
    if document is None or document.deleted_at is not None:
        raise missing
    try:
        get_verification(session, actor, document.verification_id)
    except NotFound:
        raise missing from None
    return document


def submit_verification(session: Session, actor: Actor, organization: Organization, *, note: str = "") -> Verification:
    """Hand the draft in, for the name and credit code that the profile shows now.

    Raises:
        Forbidden: the actor is no owner of the organization.
        Invalid: no document, no credit code where one is needed, or too long a note.
        Conflict: it has been handed in already.
    """
    _require_owner(actor, organization)
    draft = open_verification(session, organization.id)
    if draft is not None and draft.state != VerificationState.DRAFT:
        raise Conflict(N_("材料已经提交，正在核验。"))
    if draft is None or not _present(draft):
        raise Invalid(N_("请先上传至少一份证明材料。"), {"file": N_("请上传营业执照或法人证书。")})
    if organization.credit_code is None and needs_code(organization):
        raise Invalid(N_("请先在单位资料中填写统一社会信用代码。"))
    text = prose(note)
    if len(text) > NOTE_LONGEST:
        raise Invalid(N_("说明最多 1000 字。"), {"note": N_("最多 1000 字。")})
    draft.note = text or None
    hand_in(session, actor, draft)
    return draft


def withdraw_verification(session: Session, actor: Actor, organization: Organization) -> None:
    """Take back what has been handed in and not been decided yet; its documents stay in a new draft.

    Raises:
        Forbidden: the actor is no owner of the organization.
        Conflict: nothing is with the bureau.
    """
    _require_owner(actor, organization)
    standing = open_verification(session, organization.id)
    if standing is None or standing.state == VerificationState.DRAFT:
        raise Conflict(N_("没有正在核验的材料，它可能刚刚有了结果。请刷新页面查看。"))
    move(session, standing, VerificationState.WITHDRAWN, actor)
    again = begin(session, actor, organization)
    for document in _present(standing):
        session.add(_copy(document, again))
    session.flush()


def begin(session: Session, actor: Actor, organization: Organization) -> Verification:
    """Begin a verification of the organization as its profile shows it now; the caller has authorised it."""
    made = Verification(organization=organization, name=organization.name, credit_code=organization.credit_code)
    session.add(made)
    session.flush()
    record(session, actor, "begin", "verification", made.id, after=made.state)
    return made


def hand_in(session: Session, actor: Actor, verification: Verification) -> None:
    """Put a verification before the bureau; the caller has authorised it."""
    verification.name = verification.organization.name
    verification.credit_code = verification.organization.credit_code
    verification.submitted_by_id, verification.submitted_at = actor.user_id, utc_now()
    move(session, verification, VerificationState.SUBMITTED, actor)


def needs_code(organization: Organization) -> bool:
    """Whether the organization is of a kind and region that have credit codes."""
    abroad = organization.region in codes.table("countries") or organization.region in {"710000", "810000", "820000"}
    return not abroad and organization.kind != OrganizationKind.BROKER


def _require_owner(actor: Actor, organization: Organization) -> None:
    if not can_apply_for_verification(actor, organization):
        raise Forbidden(N_("只有本单位的负责人可以提交核验材料。"))


def _require_reader(actor: Actor, organization: Organization) -> None:
    if not _may_read(actor, organization):
        raise Forbidden(N_("核验情况只对本单位负责人和科技局开放。"))


def _may_read(actor: Actor, organization: Organization) -> bool:
    return can_apply_for_verification(actor, organization) or can_verify_organizations(actor)


def _present(verification: Verification) -> list[VerificationDocument]:
    return [document for document in verification.documents if document.deleted_at is None]


def _copy(document: VerificationDocument, into: Verification) -> VerificationDocument:
    kept = ("kind", "name", "media_type", "size", "sha256", "uploaded_by_id", "uploaded_at")
    return VerificationDocument(verification=into, **{name: getattr(document, name) for name in kept})


def _loaded() -> tuple[sa.orm.interfaces.ORMOption, ...]:
    people = (Verification.submitted_by, Verification.checked_by, Verification.decided_by)
    return (
        joinedload(Verification.organization),
        selectinload(Verification.documents),
        *(joinedload(person) for person in people),
    )
