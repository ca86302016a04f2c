"""What waits for the bureau on each page of its register."""

from dataclasses import dataclass

from matchmaker.services.brokers import brokers_to_confirm
from matchmaker.services.merging import proposed_merges
from matchmaker.services.verification_desk import count_waiting
from matchmaker.web.access import current_actor
from matchmaker.web.database import session


@dataclass(frozen=True, slots=True)
class WaitingCounts:
    """How many brokers, verifications and merges wait for one of the bureau."""

    brokers: int
    verifications: int
    merges: int


def waiting_counts() -> WaitingCounts:
    """Count for the tabs of the register."""
    actor = current_actor()
    return WaitingCounts(
        len(brokers_to_confirm(session(), actor)), count_waiting(session()), len(proposed_merges(session(), actor))
    )
