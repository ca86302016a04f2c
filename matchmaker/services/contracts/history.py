"""What happened to a contract, told from the journal, and what its states are called."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.contracts import Contract, ContractState
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.people import User

CONTRACT_STATE_NAMES: dict[str, str] = {
    ContractState.DRAFT: N_("草稿"),
    ContractState.SUBMITTED: N_("待登记"),
    ContractState.RETURNED: N_("退回修改"),
    ContractState.REGISTERED: N_("已登记"),
    ContractState.CANCELLED: N_("已注销"),
    ContractState.DISCARDED: N_("已放弃"),
}
TONES: dict[str, str] = {
    ContractState.REGISTERED: "success",
    ContractState.RETURNED: "danger",
    ContractState.CANCELLED: "danger",
}
ACTIONS = {
    "open": N_("建立合同"),
    "fill": N_("保存了填写的内容"),
    "swap": N_("买卖双方对调"),
    "amend": N_("登记变更"),
}


@dataclass(frozen=True, slots=True)
class ContractEvent:
    """One line of a contract's history, for a timeline."""

    at: datetime
    text: str
    by: str
    reason: str = ""
    tone: str = "neutral"


def contract_history(session: Session, contract: Contract) -> tuple[ContractEvent, ...]:
    """Return what happened to a contract that the caller has loaded for its reader, the newest first."""
    rows = session.execute(
        sa.select(JournalEntry, User.name)
        .outerjoin(User, JournalEntry.actor_id == User.id)
        .where(JournalEntry.subject_kind == Contract.subject_kind, JournalEntry.subject_id == contract.id)
        .order_by(JournalEntry.id.desc())
    )
    return tuple(_event(entry, name or "") for entry, name in rows)


def _event(entry: JournalEntry, by: str) -> ContractEvent:
    if entry.action != "move":
        return ContractEvent(entry.at, ACTIONS.get(entry.action, entry.action), by, entry.reason or "")
    before, after = (CONTRACT_STATE_NAMES.get(state or "", state or "") for state in (entry.before, entry.after))
    text = Sentence(N_("从“%(before)s”到“%(after)s”"), before=before, after=after)
    return ContractEvent(entry.at, text, by, entry.reason or "", TONES.get(entry.after or "", "neutral"))
