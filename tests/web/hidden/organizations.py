"""What an organization and its people keep to themselves."""

from sqlalchemy.orm import Session

from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.handovers import Handover
from matchmaker.domain.imports import Import
from matchmaker.domain.inventors import Inventor
from matchmaker.domain.jobs import Job
from matchmaker.domain.mails import Mail
from matchmaker.domain.merges import Merge
from matchmaker.domain.notices import Notice
from matchmaker.domain.saved_searches import SavedSearch
from matchmaker.domain.sub_units import SubUnit
from matchmaker.domain.verifications import Verification, VerificationDocument
from matchmaker.domain.webhooks import Webhook, WebhookDelivery
from tests.cast import Member
from tests.web.hidden.rows import Ids, ids_of


def make_inside(session: Session, owner: Member, other: Member) -> Ids:
    """Write what an organization keeps to itself, and a merge that only the bureau knows of; return their ids."""
    unit = SubUnit(organization_id=owner.organization_id, name="密封研究所")
    inventor = Inventor(organization_id=owner.organization_id, name="李明", email="li@cast.example")
    verification = Verification(organization_id=owner.organization_id, name=owner.organization_name, state="submitted")
    document = VerificationDocument(
        verification=verification, kind="other", name="执照.pdf", media_type="application/pdf", size=3, sha256="1" * 64
    )
    handover = Handover(
        organization_id=owner.organization_id, from_user_id=owner.user_id, to_user_id=owner.user_id, state="offered"
    )
    merge = Merge(kept_id=owner.organization_id, merged_id=other.organization_id, reason="重复")
    rows = {
        "sub_unit_id": unit,
        "inventor_id": inventor,
        "verification_id": verification,
        "document_id": document,
        "handover_id": handover,
        "merge_id": merge,
    }
    return ids_of(session, rows)


def make_kept(session: Session, owner: Member) -> Ids:
    """Write what a person is told, looks for and has made, and where his organization's messages go."""
    own = {"organization_id": owner.organization_id, "user_id": owner.user_id}
    robot = Webhook(organization_id=owner.organization_id, name="群", robot="wecom", address="https://a.example/")
    session.add(robot)
    session.flush()
    asked = {"kind": "need", "format": "csv", "everything": False, "state": None}
    rows = {
        "mail_id": Mail(message_id="<1@world>", recipient="alice@cast.example", subject="题", body="文"),
        "notice_id": Notice(user_id=owner.user_id, topic="listing", title="题", body="文", path="/"),
        "search_id": SavedSearch(user_id=owner.user_id, name="搜索", text="词"),
        "webhook_id": robot,
        "delivery_id": WebhookDelivery(uid="1", webhook_id=robot.id, topic="review", title="题", body="文", path="/"),
        "avoidance_id": Avoidance(organization_id=owner.organization_id, name="沙海动力有限公司", kind="rival"),
        "job_id": Job(kind="export", arguments=asked, **own),
        "import_id": _import(own),
    }
    return ids_of(session, rows)


def _import(own: dict[str, int]) -> Import:
    options = {"organization": None, "arrival": "submitted", "visibility": "public", "create_organizations": False}
    job = Job(kind="check_import", **own)
    return Import(kind="need", job=job, name="清单.csv", sha256="0" * 64, size=3, options=options, **own)
