"""Asking the worker for evidence that a page lacks."""

from matchmaker.services.evidence import want_evidence
from matchmaker.web.platform import platform


def ask_for_evidence(match_id: int) -> None:
    """Have a pair compared next, in a short transaction of its own: for requests that only read."""
    with platform().database.transaction() as writing:
        want_evidence(writing, match_id)
