"""Records, times and targets of the ledger, made by the verbs that the site uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from matchmaker.domain.clock import StoryClock, clock_is
from matchmaker.domain.evidence_records import EvidenceRecord
from matchmaker.domain.people import Organization, Role
from matchmaker.domain.permissions import Actor
from matchmaker.services.ledger.records import RecordDraft, approve_record, enter_record
from tests.cast import Cast, Member, make_member, make_organization


@contextmanager
def on_day(year: int, month: int, day: int) -> Iterator[StoryClock]:
    """Let what is done inside happen at noon of a day in the city."""
    clock = StoryClock(datetime(year, month, day, 4, tzinfo=UTC))
    with clock_is(clock):
        yield clock


def make_second(session: Session, cast: Cast) -> Member:
    """Add a colleague of dave's, who looks at what dave entered."""
    bureau = session.get_one(Organization, cast.dave.organization_id)
    return make_member(session, bureau, "diana", "狄安娜", Role.BUREAU)


def make_branch_staff(session: Session, name: str = "高新区分中心", key: str = "frank") -> Member:
    """Add a branch and somebody who works there."""
    return make_member(session, make_organization(session, "branch", name), key, "范可", Role.BUREAU)


def a_record(indicator: str = "envoys", **values: str) -> RecordDraft:
    """Return a complete record of 30 June 2025 but for what `values` change."""
    whole = {"on": "2025-06-30", "subject": "第一批科技特派员", "amount": "12", "reference": "乌科发〔2025〕8号"}
    return RecordDraft(indicator=indicator, **{**whole, **values})


def make_approved(session: Session, enterer: Actor, approver: Actor, draft: RecordDraft) -> EvidenceRecord:
    """Enter a record and let somebody else approve it."""
    entered = enter_record(session, enterer, draft)
    approve_record(session, approver, entered)
    return entered
