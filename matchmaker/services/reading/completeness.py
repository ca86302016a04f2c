"""What a revision still lacks before it may be submitted, and what would make it match better."""

from collections.abc import Iterator
from datetime import date

from matchmaker.domain.days import today as city_today
from matchmaker.domain.days import years_after
from matchmaker.domain.fields import FieldSpec, FieldType, Group, Layer, fields_of
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.layers import layer_of
from matchmaker.domain.listings import ListingKind, Revision, Visibility
from matchmaker.services.reading.revisions import typed_values
from matchmaker.services.reading.values import read_values

LONGEST_YEARS = 3
"""Intake rule of the trade: a need runs no longer than three years."""

SHORT_PROSE = 60
"""Below this many characters a problem or a description rarely names material, method, effect and product."""

_CHOSEN = frozenset({FieldType.CODE, FieldType.CODES})


def missing_for_submission(revision: Revision, today: date | None = None) -> dict[str, str]:
    """Return a sentence for each field that keeps `revision` from being submitted, in the order of the form."""
    today = today or city_today()
    faults: dict[str, str] = dict(_faults(revision, today))
    faults |= read_values(revision.kind, revision.raw or {}).errors
    return {spec.name: faults[spec.name] for spec in fields_of(revision.kind) if spec.name in faults}


def suggestions(revision: Revision) -> tuple[Sentence, ...]:
    """Return advice that is worth taking but need not be: what reviewers most often ask for."""
    return tuple(_suggestions(revision))


def _faults(revision: Revision, today: date) -> Iterator[tuple[str, Sentence]]:
    values = typed_values(revision)
    for spec in fields_of(revision.kind):
        if spec.required and not values[spec.name]:
            yield spec.name, _required(spec)
    yield from _faults_of_days(values, today)
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


def _suggestions(revision: Revision) -> Iterator[Sentence]:
    is_need = revision.kind == ListingKind.NEED
    values = typed_values(revision)
    if not values["indicators"]:
        yield Sentence(N_("还没有技术指标。写上两三项带数值的指标，匹配会准得多。"))
    if len(values["problem" if is_need else "description"] or "") < SHORT_PROSE:
        yield Sentence(N_("正文比较短。请尽量写清材料、方法、效果、产品和应用场合。"))
    if not values["keywords"]:
        yield Sentence(N_("还没有关键词。"))
    if is_need and values["budget"] is None:
        yield Sentence(N_("没有填写拟投入资金，对方难以判断是否合适。"))
    if not values["industry"]:
        yield Sentence(N_("没有选择国民经济行业。"))
