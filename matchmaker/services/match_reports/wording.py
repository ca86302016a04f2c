"""Wording the report of one pair in its maker's language; texts of people stay in the language they were written in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from matchmaker.domain import codes, formats
from matchmaker.domain.language import N_, SOURCE, Language, Sentence, translate
from matchmaker.domain.listings import ListingKind
from matchmaker.domain.permissions import Actor
from matchmaker.search.indicators import Verdict
from matchmaker.services.documents import (
    MatchReport,
    ReportEvidence,
    ReportHeadings,
    ReportReason,
    ReportSide,
    ReportVerdict,
)
from matchmaker.services.evidence import EvidenceRow, EvidenceView
from matchmaker.services.listing_views import ListingView
from matchmaker.services.match_reports.audiences import AUDIENCE_NAMES, Audience, Numbers
from matchmaker.services.match_views import MatchView
from matchmaker.services.reasons import Reason, by_family, reasons_of
from matchmaker.services.verdicts import Verdicts, VerdictView

MOST_REASONS = 8
MOST_EVIDENCE = 8
MOST_VERDICTS = 10
VERDICTS = {Verdict.MET: N_("满足"), Verdict.UNMET: N_("不满足"), Verdict.UNSTATED: N_("未说明")}
GRADES = (N_("无"), N_("弱"), N_("较强"), N_("强"))
KINDS = {ListingKind.NEED: N_("需求"), ListingKind.ACHIEVEMENT: N_("成果")}
REST = N_("其余各项")
CENTS = 100


@dataclass(frozen=True, slots=True)
class ReadPair:
    """Both listings of a pair as an audience reads them, with the evidence and the verdicts that it may read."""

    need: ListingView
    achievement: ListingView
    evidence: EvidenceView
    verdicts: Verdicts


@dataclass(frozen=True, slots=True)
class Material:
    """What a report is written from: what its audience has `read`, and `match` as its maker sees it."""

    match: MatchView
    audience: Audience
    read: ReadPair
    numbers: Numbers
    city: str
    maker: Actor
    made_at: datetime


@dataclass(frozen=True, slots=True)
class _Words:
    """Marked text, put into one language."""

    language: Language

    def __call__(self, text: str, **values: object) -> str:
        return translate(Sentence(text, **values) if values else text, self.language)


def write_report(material: Material, language: Language | None) -> MatchReport:
    """Word the report."""
    words = _Words(language or SOURCE)
    numbers, match = material.numbers, material.match
    percent = f"{numbers.probability:.0%}"
    return MatchReport(
        title=words(N_("匹配报告")),
        audience=words(AUDIENCE_NAMES[material.audience]),
        office=words(N_("%(city)s科技成果供需对接平台"), city=material.city),
        number=f"No. {match.id}",
        grade=words(GRADES[numbers.grade]),
        level=numbers.grade,
        percent=percent,
        sentence=words(N_("在专业人员给出的分级中，这一对达到“较强”以上的概率是 %(percent)s。"), percent=percent),
        need=_side(material.read.need, words),
        achievement=_side(material.read.achievement, words),
        headings=_headings(words),
        reasons=_reasons(numbers, words),
        score=numbers.score,
        total=formats.decimal(numbers.score, 2, words.language, signed=True),
        evidence=tuple(_evidence(row, words) for row in material.read.evidence.best[:MOST_EVIDENCE]),
        evidence_note=_evidence_note(material.read.evidence, words),
        is_compared=material.read.evidence.is_ready,
        verdicts=tuple(_verdict(line, words) for line in material.read.verdicts.lines[:MOST_VERDICTS]),
        next_steps=tuple(_next_steps(material, words)),
        made=_made(material, words),
        versions=words(N_("排序模型 %(ranker)s · 语义模型 %(model)s"), ranker=match.ranker, model=match.model or "—"),
        disclaimer=words(
            N_(
                "百分比是估计专业人员把这一对评为“较强”以上的概率，不代表技术可行或合作成功。"
                "内容由系统按双方填写的文字整理，未经核实；只含读者可以看到的内容。"
            )
        ),
        cut_note=words(N_("较长的内容有节略，全文见平台。")),
        language=words.language,
    )


def _headings(words: _Words) -> ReportHeadings:
    return ReportHeadings(
        reasons=words(N_("为什么匹配")),
        score=words(N_("合计得分")),
        evidence=words(N_("逐句对照")),
        asked=words(N_("需求的话")),
        answer=words(N_("成果的回应")),
        verdicts=words(N_("技术指标")),
        next_steps=words(N_("下一步")),
    )


def _side(view: ListingView, words: _Words) -> ReportSide:
    spoken = view.spoken(words.language)[0]
    poster = view.organization_name if view.organization_id is not None else words(view.organization_name)
    facts = (poster, _name("regions", view.region, words), _name("contract_fields", view.field, words))
    return ReportSide(
        kind=words(KINDS[ListingKind(view.kind)]),
        title=spoken.title,
        facts=" · ".join(filter(None, facts)),
        abstract=" ".join(spoken.abstract.split()),
        language=spoken.language,
    )


def _name(table: str, code: str | None, words: _Words) -> str:
    return words(codes.table(table).name(code)) if code else ""


def _reasons(numbers: Numbers, words: _Words) -> tuple[ReportReason, ...]:
    """The addends of the score, the weightiest first, small ones together, the base last."""
    reasons = reasons_of(numbers.terms)
    families = sorted(by_family(reasons), key=lambda reason: -abs(reason.contribution))
    rows = [(words(reason.label), _said(reason, words), reason.contribution) for reason in families[:MOST_REASONS]]
    if rest := families[MOST_REASONS:]:
        rows.append((words(REST), "", sum(reason.contribution for reason in rest)))
    rows += [(words(reason.label), "", reason.contribution) for reason in reasons if reason.is_base]
    shown = _adding_up([added for _, _, added in rows], numbers.score)
    return tuple(
        ReportReason(label, said, formats.decimal(cents / CENTS, 2, words.language, signed=True), added)
        for (label, said, added), cents in zip(rows, shown, strict=True)
    )


def _said(reason: Reason, words: _Words) -> str:
    if reason.verdict:
        return words(reason.verdict)
    return "" if reason.value is None else formats.decimal(reason.value, 2, words.language)


def _adding_up(values: Sequence[float], total: float) -> list[int]:
    """Round to hundredths so that what is printed adds up to the printed total, moving those that are nearest to it."""
    rounded = [round(value * CENTS) for value in values]
    missing = round(total * CENTS) - sum(rounded)
    step = 1 if missing > 0 else -1
    nearest = sorted(range(len(values)), key=lambda place: step * (rounded[place] - values[place] * CENTS))
    for place in nearest[: abs(missing)]:
        rounded[place] += step
    return rounded


def _evidence(row: EvidenceRow, words: _Words) -> ReportEvidence:
    how = words(N_("明确对应") if row.is_certain else N_("可能对应"))
    answer = row.answer.text if row.answer else ""
    return ReportEvidence(" ".join(row.need.text.split()), " ".join(answer.split()), how)


def _evidence_note(evidence: EvidenceView, words: _Words) -> str:
    if not evidence.is_ready:
        return words(N_("逐句对照还没有完成，请过一会儿重新打开。"))
    return "" if evidence.answered else words(N_("成果里没有找到与需求各句对应的内容。"))


def _verdict(line: VerdictView, words: _Words) -> ReportVerdict:
    verdict = Verdict(line.verdict)
    if line.by_answer and line.question is not None:
        stated = line.question.answer or ""
    else:
        stated = line.achievement.said if line.achievement and not line.is_hidden else ""
    return ReportVerdict(
        f"{line.name} {words(line.requirement)}", stated or "—", words(VERDICTS[verdict]), line.verdict
    )


def _next_steps(material: Material, words: _Words) -> list[str]:
    if material.match.is_mutual:
        steps = [
            words(N_("双方都已表示感兴趣，联系方式已在平台上互相打开：请约定一次洽谈。")),
            words(N_("需要交换未公开资料的，先在平台上签署保密协议。")),
        ]
    else:
        steps = [words(N_("请在平台上对这一对表示“感兴趣”；双方都感兴趣后，互相打开联系方式。"))]
    if unstated := material.read.verdicts.count(Verdict.UNSTATED):
        steps.append(words(N_("成果没有说明的技术指标有 %(count)d 项，请逐项提问。"), count=unstated))
    unanswered = len(material.read.evidence.rows) - material.read.evidence.answered
    if unanswered:
        steps.append(words(N_("需求里有 %(count)d 句话在成果里没有找到回应，建议洽谈时逐一确认。"), count=unanswered))
    return steps


def _made(material: Material, words: _Words) -> str:
    maker = material.maker
    return words(
        N_("%(organization)s %(name)s 制作于 %(at)s"),
        organization=maker.organization_name,
        name=maker.name,
        at=material.made_at,
    )
