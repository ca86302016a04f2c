"""What a revision still lacks before it may be submitted."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from matchmaker.domain.days import today as city_today
from matchmaker.domain.days import years_after
from matchmaker.domain.fields import FieldSpec, FieldType, Group, Layer, fields_of
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.layers import layer_of
from matchmaker.domain.listings import Revision, Visibility
from matchmaker.services.reading.revisions import typed_values
from matchmaker.services.reading.values import read_values

LONGEST_YEARS = 3
"""Intake rule of the trade: a need runs no longer than three years."""

_CHOSEN = frozenset({FieldType.CODE, FieldType.CODES})


def missing_for_submission(revision: Revision, today: date | None = None) -> dict[str, str]:
    """Return a sentence for each field that keeps `revision` from being submitted, in the order of the form."""
    today = today or city_today()
    faults: dict[str, str] = dict(_faults(revision, today))
    faults |= read_values(revision.kind, revision.raw or {}).errors
    return {spec.name: faults[spec.name] for spec in fields_of(revision.kind) if spec.name in faults}


def _faults(revision: Revision, today: date) -> Iterator[tuple[str, Sentence]]:
    values = typed_values(revision)
    for spec in fields_of(revision.kind):
        if spec.required and not values[spec.name]:
            yield spec.name, _required(spec)
    yield from _faults_of_days(values, today)
    yield from _faults_of_second_language(values, revision.language)
    if revision.visibility == Visibility.ANONYMOUS:
        yield from faults_of_anonymity(revision)


def _required(spec: FieldSpec) -> Sentence:
    return Sentence(N_("请选择这一项。") if spec.type in _CHOSEN else N_("请填写这一项。"))


def _faults_of_days(values: dict[str, date | None], today: date) -> Iterator[tuple[str, Sentence]]:
    deadline, valid_until, completed = (values.get(name) for name in ("deadline_on", "valid_until", "completed_on"))
    if deadline and deadline < today:
        yield "deadline_on", Sentence(N_("期望完成日期已经过去。"))
    if deadline and deadline > years_after(today, LONGEST_YEARS):
        yield "deadline_on", Sentence(N_("期望完成日期不能超过今天起三年。"))
    if valid_until and valid_until < today:
        yield "valid_until", Sentence(N_("有效期已经过去。"))
    if completed and completed > today:
        yield "completed_on", Sentence(N_("完成日期还没有到。"))


def _faults_of_second_language(values: dict[str, Any], first: str) -> Iterator[tuple[str, Sentence]]:
    language, title, abstract = (values[f"second_{name}"] for name in ("language", "title", "abstract"))
    if (title or abstract) and not language:
        yield "second_language", Sentence(N_("请选择第二语言名称和摘要是哪种语言。"))
    if language and language == first:
        yield "second_language", Sentence(N_("第二语言应与正文的语言不同。"))
    if (language or abstract) and not title:
        yield "second_title", Sentence(N_("请填写第二语言的名称，或清空第二语言。"))


def faults_of_anonymity(revision: Revision) -> Iterator[tuple[str, Sentence]]:
    """What everybody may read of an anonymous listing must not name its poster."""
    names = (revision.listing.organization.name, revision.contact_name, revision.contact_phone)
    for spec in fields_of(revision.kind):
        is_open = spec.group is Group.SUMMARY and layer_of(spec, revision) is Layer.ABSTRACT
        if is_open and spec.type in {FieldType.LINE, FieldType.PROSE, FieldType.WORDS}:
            value = getattr(revision, spec.name) or ""
            text = value if isinstance(value, str) else "、".join(value)
            for name in names:
                if name and len(name) > 1 and name in text:
                    yield spec.name, Sentence(N_("匿名发布时这里不能出现“%(name)s”。"), name=name)
