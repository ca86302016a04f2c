"""Matches as a workbook: an organization's own pairs as the viewer sees them, nothing that runs when it is opened."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.decisions import DECISION_NAMES
from matchmaker.services.forwarding import ForwardingView, forwardings_of
from matchmaker.services.forwarding_answers import ANSWER_NAMES
from matchmaker.services.imports.formulas import inert
from matchmaker.services.listing_views import ListingView
from matchmaker.services.match_views import MatchView
from matchmaker.services.triage import TriageFilter, ids_to_export, in_batches

CELL_MOST = 32_000
Translate = Callable[[str], str]
COLON, SEMICOLON = N_("："), N_("；")
GRADES = (N_("无"), N_("弱"), N_("较强"), N_("强"))


@dataclass(frozen=True, slots=True)
class _Row:
    """One pair: the viewer's own side, the other one, and what the organization forwarded of it."""

    match: MatchView
    own: ListingView
    other: ListingView
    forwarded: tuple[ForwardingView, ...]


def _names(row: _Row, translate: Translate) -> str:
    reasons = row.match.strongest
    named = (translate(COLON).join(translate(part) for part in (each.label, each.verdict) if part) for each in reasons)
    return translate(SEMICOLON).join(named)


def _forwarded(row: _Row, translate: Translate) -> str:
    answers = {str(answer): translate(name) for answer, name in ANSWER_NAMES.items()}
    people = (f"{each.recipient_name} {answers.get(each.answer or '', '')}".strip() for each in row.forwarded)
    return translate(SEMICOLON).join(people)


def _mine(row: _Row, translate: Translate) -> str:
    names = {str(decision): name for decision, name in DECISION_NAMES.items()}
    return translate(names[row.match.mine.decision]) if row.match.mine else ""


def _named(table: str, value: str | None, translate: Translate) -> str:
    return translate(codes.table(table).name(value)) if value else ""


def _reason(row: _Row, translate: Translate) -> str:
    return _named("decline_reasons", row.match.mine.reason if row.match.mine else None, translate)


# Heading, width in characters, what stands there.
COLUMNS: tuple[tuple[str, int, Callable[[_Row, Translate], Any]], ...] = (
    (N_("我方编号"), 9, lambda row, _: row.own.id),
    (N_("我方内容"), 36, lambda row, _: row.own.title),
    (N_("对方编号"), 9, lambda row, _: row.other.id),
    (N_("对方内容"), 36, lambda row, _: row.other.title),
    (N_("对方单位"), 24, lambda row, translate: translate(row.other.organization_name)),
    (N_("对方摘要"), 60, lambda row, _: row.other.abstract),
    (N_("技术领域"), 16, lambda row, translate: _named("contract_fields", row.other.field, translate)),
    (N_("所在地区"), 12, lambda row, translate: _named("regions", row.other.region, translate)),
    (N_("匹配程度"), 9, lambda row, translate: translate(GRADES[row.match.grade])),
    (N_("概率"), 8, lambda row, _: round(row.match.probability, 3)),
    (N_("主要理由"), 40, _names),
    (N_("本单位判断"), 12, _mine),
    (N_("不合适的原因"), 16, _reason),
    (N_("备注"), 30, lambda row, _: (row.match.mine.note or "") if row.match.mine else ""),
    (N_("对方感兴趣"), 11, lambda row, translate: translate(N_("是")) if row.match.wanted_by_other else ""),
    (N_("已转发"), 24, _forwarded),
)


def export_matches(session: Session, actor: Actor, chosen: TriageFilter, translate: Translate) -> bytes:
    """Return an .xlsx of the actor's own pairs within a filter, best first as in the queue.

    `translate` puts marked text into the viewer's language. Every text is written as text, and one that a spreadsheet
    might run, if it is saved in another format, has an apostrophe before it.

    Raises:
        Forbidden: the actor belongs to neither side of the market.
        Invalid: there are too many.
    """
    ids = ids_to_export(session, actor, chosen)  # before anything is opened that would have to be closed again
    book = Workbook(write_only=True)
    sheet = book.create_sheet(translate(N_("匹配")))
    sheet.freeze_panes = "A2"
    for place, (_, width, _value) in enumerate(COLUMNS):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    sheet.append([_heading(sheet, translate(name)) for name, _, _ in COLUMNS])
    for row in _rows(session, actor, ids):
        sheet.append([_cell(sheet, value(row, translate)) for _, _, value in COLUMNS])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _rows(session: Session, actor: Actor, ids: Sequence[int]) -> Iterator[_Row]:
    for matches in in_batches(session, actor, ids):
        forwarded = forwardings_of(session, actor, [match.id for match in matches])
        for match in matches:
            own = match.achievement if match.own_kind == match.achievement.kind else match.need
            yield _Row(match, own, match.other(own.kind), forwarded[match.id])


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=inert(ILLEGAL_CHARACTERS_RE.sub("", value))[:CELL_MOST])
    cell.data_type = "s"
    return cell
