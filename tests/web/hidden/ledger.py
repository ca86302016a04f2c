"""Records and closed months."""

from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain.closed_periods import ClosedPeriod
from matchmaker.domain.days import today
from matchmaker.domain.evidence_records import EvidenceRecord
from tests.web.hidden.rows import Ids, ids_of


def make_ledger(session: Session) -> Ids:
    """Write a record that waits for a second person, and a month that was closed."""
    rows = {
        "record_id": EvidenceRecord(
            indicator="envoys", on=today(), subject="名单", amount=Decimal(3), reference="1 号"
        ),
        "period_id": ClosedPeriod(year=2025, kind="month", number=1, standing_key="2025-month-1", sha256="0" * 64),
    }
    return ids_of(session, rows)
