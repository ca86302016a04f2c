"""Evidence: for each sentence of a need, the sentence of the achievement that answers it best."""

from matchmaker.services.evidence.making import EvidenceMaker
from matchmaker.services.evidence.views import EvidenceRow, EvidenceView, evidence_of, want_evidence

__all__ = ["EvidenceMaker", "EvidenceRow", "EvidenceView", "evidence_of", "want_evidence"]
