"""What the platform cannot see itself, by approved records of evidence."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from matchmaker.domain.evidence_records import EvidenceRecord, RecordState
from matchmaker.domain.indicators import Definition
from matchmaker.services.ledger.rules.reading import Reading, Row


def evidence(reading: Reading, definition: Definition) -> Iterable[Row]:
    """Records of the indicator that a second person approved and none has corrected since."""
    return reading.shared(evidence_by_indicator).get(definition.indicator, ())


def evidence_by_indicator(reading: Reading) -> dict[str, list[Row]]:
    """Return the span's rows of every indicator, in one query for all of them."""
    # A day is no moment: the span's days themselves are compared.
    within: Any = EvidenceRecord.on.between(reading.since, reading.until)
    columns = (EvidenceRecord.indicator, EvidenceRecord.id, EvidenceRecord.on, EvidenceRecord.amount)
    query = sa.select(*columns, EvidenceRecord.branch_id).where(within, EvidenceRecord.state == RecordState.APPROVED)
    found: dict[str, list[Row]] = {}
    for indicator, record_id, on, amount, branch_id in reading.session.execute(query):
        row = Row(EvidenceRecord.subject_kind, record_id, on, amount, branch_id)
        found.setdefault(indicator, []).append(row)
    return found
