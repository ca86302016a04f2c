"""Indicators in words: what is asked for, why nothing can be said, and the question that follows from it."""

from decimal import Decimal

from matchmaker.domain.language import N_, Sentence
from matchmaker.search.indicators import Amount, Change, Comparator, Doubt, Indicator, aimed

SIGNS = {
    Comparator.GE: "≥",
    Comparator.GT: ">",
    Comparator.LE: "≤",
    Comparator.LT: "<",
    Comparator.EQ: "",
    Comparator.ABOUT: "≈",
}
DOUBTS: dict[str, str] = {
    Doubt.NONE: "",
    Doubt.ABSENT: N_("成果里没有写到这项指标。"),
    Doubt.NAME: N_("成果里有一项可能相关的指标，但名称不同，不能确定说的是同一件事。"),
    Doubt.UNIT: N_("两边的单位或口径不同，无法比较。"),
    Doubt.PARTIAL: N_("成果给出的范围只有一部分符合要求，不能确定是否达到。"),
    Doubt.DIRECTION: N_("需求没有写明是不低于还是不高于这个数。"),
    Doubt.CONDITION: N_("两边说的条件不同，不能直接比较。"),
    Doubt.CONTRADICTION: N_("成果里有互相矛盾的数值。"),
}
BY_ANSWER = N_("原文没有写明，按对方的答复判断。")
HIDDEN = N_("对方的这部分内容尚未向您公开，须双方有意后可见。")
_CHANGES = {Change.UP: N_("提高 %(amount)s"), Change.DOWN: N_("降低 %(amount)s")}
_QUESTIONS = {
    Change.UP: N_("贵方成果能使%(name)s提高多少？需求方要求 %(amount)s。"),
    Change.DOWN: N_("贵方成果能使%(name)s降低多少？需求方要求 %(amount)s。"),
}
_HOW_MUCH = N_("贵方成果的%(name)s能达到多少？需求方要求 %(amount)s。")
_HOW_LITTLE = N_("贵方成果的%(name)s能控制在多少？需求方要求 %(amount)s。")
_WHICH = N_("贵方成果的%(name)s是多少？需求方写的是 %(amount)s。")
_RANGE = N_("贵方成果的%(name)s是什么范围？需求方要求 %(amount)s。")
_UNDER = N_("%(question)s（条件：%(condition)s）")


def amount_text(amount: Amount) -> str:
    """An amount in signs: ≥ 99 %, 40–50 kWh/t, ± 0.5 %; a change with its word: 降低 ≥ 30 %."""
    number = _plain(amount.low)
    if amount.comparator is Comparator.BETWEEN and amount.high is not None:
        text = f"{number}–{_plain(amount.high)}"
    elif amount.is_tolerance:
        text = f"± {number}"
    else:
        text = f"{SIGNS[amount.comparator]} {number}".strip()
    text = f"{text} {amount.unit.text}".strip()
    template = _CHANGES.get(amount.change)
    return Sentence(template, amount=text) if template else text


def question_text(indicator: Indicator) -> Sentence:
    """The question that is put to the other side about an indicator of a need."""
    wanted = aimed(indicator)
    values = {"name": indicator.name, "amount": amount_text(indicator.amount)}
    if indicator.amount.change in _QUESTIONS:
        template = _QUESTIONS[indicator.amount.change]
    elif wanted.comparator in {Comparator.GE, Comparator.GT}:
        template = _HOW_MUCH
    elif wanted.comparator in {Comparator.LE, Comparator.LT}:
        template = _HOW_LITTLE
    else:
        template = _RANGE if wanted.comparator is Comparator.BETWEEN else _WHICH
    question = Sentence(template, **values)
    if not indicator.condition:
        return question
    return Sentence(_UNDER, question=question, condition=indicator.condition)


def _plain(number: Decimal) -> str:
    text = f"{number:.12f}".rstrip("0").rstrip(".") if number % 1 else f"{number:.0f}"
    return text.replace("-", "−")
