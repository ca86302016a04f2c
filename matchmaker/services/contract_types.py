"""Which type a contract is likely to be, from answers to a few questions, and which answer led there."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.domain.contract_types import QUESTIONS, Answer, Question
from matchmaker.domain.contracts import ContractKind


@dataclass(frozen=True, slots=True)
class Ground:
    """One answer that was given, with its question."""

    question: Question
    answer: Answer


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the answers speak for: one type where they agree best, several where they do not tell these apart.

    `kinds` is empty where nothing speaks for any type. `reasons` led there, `doubts` speak for another type or against
    these; `missing` are questions that could still tell more.
    """

    kinds: tuple[ContractKind, ...]
    sub_kind: str | None
    reasons: tuple[Ground, ...]
    doubts: tuple[Ground, ...]
    missing: tuple[Question, ...]

    @property
    def kind(self) -> ContractKind | None:
        """The one type suggested, None where the answers do not tell."""
        return self.kinds[0] if len(self.kinds) == 1 else None


def suggest(answers: Mapping[str, str]) -> Suggestion | None:
    """Suggest a type from the codes of answers by the codes of their questions; None where none was answered.

    What is no question or answer is passed over. Of each type the answers for it are counted, less those against it.
    """
    given = [
        Ground(question, found) for question in QUESTIONS if (found := question.answer(answers.get(question.code)))
    ]
    if not given:
        return None
    points: Counter[ContractKind] = Counter()
    for ground in given:
        points.update(ground.answer.towards)
        points.subtract(ground.answer.against)
    best = max((points[kind] for kind in ContractKind), default=0)
    kinds = tuple(kind for kind in ContractKind if best > 0 and points[kind] == best)
    kind = kinds[0] if len(kinds) == 1 else None
    sub_kind, finer = _sub_kind(given, kind)
    reasons = tuple(each for each in given if each.answer.towards & set(kinds) or each is finer)
    doubts = tuple(each for each in given if each not in reasons and (each.answer.towards or each.answer.against))
    return Suggestion(kinds, sub_kind, reasons, doubts, _missing(given, kinds))


def questions_for(suggestion: Suggestion | None) -> tuple[Question, ...]:
    """Return the questions worth asking: the general ones, and those about the suggested types."""
    kinds = set(suggestion.kinds) if suggestion else set()
    return tuple(question for question in QUESTIONS if not question.only_for or question.only_for & kinds)


def _sub_kind(given: list[Ground], kind: ContractKind | None) -> tuple[str | None, Ground | None]:
    for ground in given:
        if kind is not None and kind in ground.answer.sub_kinds:
            return ground.answer.sub_kinds[kind], ground
    return None, None


def _missing(given: list[Ground], kinds: tuple[ContractKind, ...]) -> tuple[Question, ...]:
    answered = {ground.question.code for ground in given}
    open_questions = (question for question in QUESTIONS if question.code not in answered)
    return tuple(each for each in open_questions if not each.only_for or each.only_for & set(kinds))
