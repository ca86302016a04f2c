"""The guide to the types: answers lead to a suggestion, and each says why; nothing is decided."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain import codes
from matchmaker.domain.contract_types import MEANINGS, QUESTIONS
from matchmaker.domain.contracts import ContractKind
from matchmaker.services.contract_types import questions_for, suggest

SCHEMA = {question.code: st.sampled_from(["", *(answer.code for answer in question.answers)]) for question in QUESTIONS}


@pytest.mark.parametrize(
    ("answers", "kind", "sub_kind"),
    [
        ({"delivers": "result", "known": "no", "rights": "agreed", "work": "both"}, "development", "joint_development"),
        ({"delivers": "result", "known": "laboratory"}, "development", None),
        ({"delivers": "ownership", "known": "protected", "right": "patent"}, "transfer", "patent_transfer"),
        ({"delivers": "use", "known": "protected", "right": "secret"}, "licence", "secret_licence"),
        ({"delivers": "use", "right": "application"}, "licence", "other_licence"),
        ({"delivers": "report", "risk": "advice"}, "consulting", None),
        ({"delivers": "solution", "rights": "none"}, "service", "technical_service"),
        ({"delivers": "training"}, "service", "training_service"),
        ({"delivers": "introduction"}, "service", "intermediary_service"),
    ],
)
def test_answers_lead_to_a_type(answers: dict[str, str], kind: str, sub_kind: str | None) -> None:
    suggestion = suggest(answers)
    assert suggestion is not None
    assert (suggestion.kind, suggestion.sub_kind, suggestion.doubts) == (kind, sub_kind, ())
    assert {ground.question.code for ground in suggestion.reasons} == set(answers)


def test_answer_that_speaks_for_another_type_is_a_doubt() -> None:
    suggestion = suggest({"delivers": "use", "rights": "seller", "risk": "advice"})
    assert suggestion is not None
    assert (suggestion.kind, [ground.question.code for ground in suggestion.doubts]) == ("licence", ["risk"])


def test_answers_that_tell_two_types_not_apart_suggest_neither() -> None:
    suggestion = suggest({"known": "protected"})
    assert suggestion is not None
    assert (suggestion.kind, suggestion.kinds) == (None, (ContractKind.TRANSFER, ContractKind.LICENCE))
    assert [question.code for question in suggestion.missing] == ["delivers", "rights", "risk", "right"]


def test_goods_are_no_type_at_all() -> None:
    suggestion = suggest({"delivers": "goods"})
    assert suggestion is not None
    assert (suggestion.kinds, [ground.answer.code for ground in suggestion.doubts]) == ((), ["goods"])


@pytest.mark.parametrize("answers", [{}, {"delivers": ""}, {"delivers": "'; --", "nonsense": "result"}])
def test_nothing_answered_suggests_nothing(answers: dict[str, str]) -> None:
    assert suggest(answers) is None


def test_questions_about_one_type_are_asked_with_it_only() -> None:
    asked = [
        [question.code for question in questions_for(suggest(answers))]
        for answers in ({}, {"delivers": "result"}, {"delivers": "use"}, {"delivers": "report"})
    ]
    general = ["delivers", "known", "rights", "risk"]
    assert asked == [general, [*general, "work"], [*general, "right"], general]


def test_every_answer_names_types_that_are_registered() -> None:
    kinds = codes.table("contract_kinds")
    subs = {
        (kind, sub) for question in QUESTIONS for answer in question.answers for kind, sub in answer.sub_kinds.items()
    }
    assert {(kind, sub) for kind, sub in subs if kinds.parent(sub) != kind} == set()
    assert list(MEANINGS) == [row.code for row in kinds.children(None)]


@given(st.fixed_dictionaries(SCHEMA))
def test_every_answer_is_a_reason_or_a_doubt_or_tells_nothing_of_the_type(answers: dict[str, str]) -> None:
    suggestion = suggest(answers)
    given_answers = {code for code, answer in answers.items() if answer}
    if suggestion is None:
        assert given_answers == set()
        return
    told = {ground.question.code for ground in (*suggestion.reasons, *suggestion.doubts)}
    assert given_answers - told <= {"work", "right"}
    assert suggestion.kinds == () or suggestion.reasons != ()
