"""One pair's evidence: which tier decides, what several opinions come to, and what counts for nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.domain import codes
from matchmaker.domain.teaching import EVIDENCE_RULES, RULES
from matchmaker.services.teaching.settling import Evidence, settle

DAY = datetime(2026, 3, 2, tzinfo=UTC)


def _grade(*pieces: str | Evidence) -> int | None:
    settled = settle([Evidence(piece, DAY) if isinstance(piece, str) else piece for piece in pieces])
    return None if settled is None else settled.grade


@pytest.mark.parametrize(
    ("pieces", "grade"),
    [
        (["contract", "declined_out_of_scope", "meeting"], 3),
        (["intent"], 2),
        (["meeting", "both_interested"], 3),
        (["meeting", "declined_too_early"], 2),
        (["interested", "declined_out_of_scope"], 1),
        (["shortlisted", "interested", "declined_out_of_scope"], 2),
        (["declined_too_early"], 1),
        (["declined_price"], None),
        (["declined_price", "unopened"], 1),
        (["interested", "unopened"], 2),
        (["lost_technology"], 1),
        ([], None),
    ],
)
def test_strongest_tier_decides_and_opinions_meet_in_the_middle(pieces: list[str], grade: int | None) -> None:
    assert _grade(*pieces) == grade


def test_meeting_is_lowered_only_by_what_was_said_after_it() -> None:
    before, after = (Evidence("declined_out_of_scope", DAY + timedelta(days=days)) for days in (-1, 1))
    assert (_grade("meeting", before), _grade("meeting", after)) == (2, 1)


def test_untrusted_grader_changes_neither_grade_nor_weight_much() -> None:
    good, spiteful = Evidence("judged", DAY, 3, trust=0.9), Evidence("judged", DAY, 0, trust=0.05)
    settled = settle([good, spiteful])
    assert settled is not None
    assert (settled.grade, settled.weight) == (3, pytest.approx(0.8 * 0.95))
    alone = settle([spiteful])
    assert alone is not None
    assert alone.weight == pytest.approx(0.04)
    assert settle([Evidence("judged", DAY, 0, trust=0.0)]) is None


def test_correction_changes_the_weight_and_never_the_grade() -> None:
    deep = Evidence("interested", DAY, correction=1.8)
    settled = settle([deep, Evidence("declined_out_of_scope", DAY, correction=0.2)])
    assert settled is not None
    assert (settled.grade, settled.weight) == (1, 1.0)


def test_every_decline_reason_has_its_rule_and_every_rule_a_reason() -> None:
    reasons = {f"declined_{entry.code}" for entry in codes.table("decline_reasons")}
    assert {code for code in EVIDENCE_RULES if code.startswith("declined_")} == reasons
    assert len(EVIDENCE_RULES) == len(RULES)
    assert all(rule.why and (not rule.teaches or 0 < rule.weight <= 1) for rule in RULES)
