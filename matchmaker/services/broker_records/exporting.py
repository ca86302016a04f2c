"""A broker's record as a workbook and as PDF; each row names its record and the journal's head."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from matchmaker.domain import codes
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.deals import DEAL_STATE_NAMES
from matchmaker.domain.language import N_, Sentence
from matchmaker.services.broker_records.reading import COHORT_RULE, BrokerRecord, RecordContract, RecordRow
from matchmaker.services.documents import render_pdf
from matchmaker.services.exports.cells import Cell, text_cell
from matchmaker.services.exports.writers import WRITERS, ExportColumn

Translate = Callable[[str], str]

TITLE = N_("技术经纪人业绩档案")
COLUMNS = (
    ("record", N_("记录"), 26),
    ("opened_on", N_("建立日期"), 12),
    ("sides", N_("双方"), 40),
    ("field", N_("技术领域"), 18),
    ("part", N_("本人作用"), 24),
    ("state", N_("进展"), 12),
    ("meetings", N_("面谈次数"), 10),
    ("contract", N_("合同名称"), 36),
    ("registration", N_("登记编号"), 20),
    ("registered_on", N_("登记日期"), 12),
    ("total_value", N_("成交额（元）"), 16),
    ("transaction_value", N_("技术交易额（元）"), 16),
    ("head", N_("日志末端指纹"), 48),
)
YEAR_HEADS = (
    *(N_("年度"), N_("跟进项目"), N_("促成"), N_("促成后面谈"), N_("促成后签约")),
    *(N_("登记合同"), N_("成交额（元）"), N_("技术交易额（元）")),
)
PDF_HEADS = (
    *(N_("记录"), N_("双方和领域"), N_("本人作用"), N_("进展")),
    *(N_("登记编号和日期"), N_("成交额（元）"), N_("技术交易额（元）")),
)
UNNAMED = N_("双方名称不公开")


def record_workbook(record: BrokerRecord, translate: Translate) -> bytes:
    """Return the record as .xlsx: a row for each contract, or for a deal that has none."""
    columns = [ExportColumn(name, translate(heading), width) for name, heading, width in COLUMNS]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.xlsx"
        with WRITERS["xlsx"](path, columns, translate(N_("业绩"))) as writer:
            for row, contract in _lines(record):
                writer.write(_cells(record, row, contract, translate), {})
        return path.read_bytes()


def record_pdf(record: BrokerRecord, translate: Translate) -> bytes:
    """Return the record as PDF: years, then deals with their contracts, and by what it can be verified."""
    made = record.made_at.astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M")
    proof = Sentence(
        N_("本档案由平台于 %(at)s 按业务记录生成，未经手工填写。其时日志共 %(n)s 条，末端指纹："),
        at=made,
        n=record.head.position,
    )
    data: dict[str, Any] = {
        "title": translate(TITLE),
        "name": record.name,
        "office": record.office,
        "made": made,
        "proof": translate(proof),
        "hash": record.head.hash,
        "rule": translate(COHORT_RULE),
        "year_heads": [translate(words) for words in YEAR_HEADS],
        "years": [
            [
                *(str(each.year), str(each.deals), str(each.introduced)),
                *(_of(each.met, each.met_share), _of(each.signed, each.signed_share), str(each.contracts)),
                *(f"{each.total_value:,.2f}", f"{each.transaction_value:,.2f}"),
            ]
            for each in record.years
        ],
        "heads": [translate(words) for words in PDF_HEADS],
        "rows": [_printed(row, contract, translate) for row, contract in _lines(record)],
    }
    return render_pdf("broker_record", data)


def _lines(record: BrokerRecord) -> Iterator[tuple[RecordRow, RecordContract | None]]:
    for row in record.rows:
        yield from ((row, contract) for contract in row.contracts or (None,))


def _cells(
    record: BrokerRecord, row: RecordRow, contract: RecordContract | None, translate: Translate
) -> tuple[Cell, ...]:
    return (
        _name(row, contract, translate),
        row.opened_on,
        text_cell(_sides(row, translate)),
        _field(row, translate),
        _part(row, translate),
        translate(DEAL_STATE_NAMES[row.state]),
        row.meetings,
        text_cell(contract.name if contract else ""),
        text_cell(contract.registration_number if contract else ""),
        contract.registered_on if contract else None,
        contract.total_value if contract else None,
        contract.transaction_value if contract else None,
        record.head.hash,
    )


def _printed(row: RecordRow, contract: RecordContract | None, translate: Translate) -> list[str]:
    registered = f"{contract.registration_number}\n{contract.registered_on.isoformat()}" if contract else ""
    return [
        f"{_name(row, contract, translate)}\n{row.opened_on.isoformat()}",
        "\n".join(filter(None, (_sides(row, translate), _field(row, translate)))),
        _part(row, translate),
        translate(DEAL_STATE_NAMES[row.state]),
        registered,
        f"{contract.total_value:,.2f}" if contract else "",
        f"{contract.transaction_value:,.2f}" if contract else "",
    ]


def _name(row: RecordRow, contract: RecordContract | None, translate: Translate) -> str:
    deal = translate(Sentence(N_("项目 %(n)s"), n=row.deal_id))
    return f"{deal} / {translate(Sentence(N_('合同 %(n)s'), n=contract.id))}" if contract else deal


def _sides(row: RecordRow, translate: Translate) -> str:
    return row.sides or translate(UNNAMED)


def _field(row: RecordRow, translate: Translate) -> str:
    return translate(codes.table("contract_fields").name(row.field)) if row.field else ""


def _part(row: RecordRow, translate: Translate) -> str:
    parts = []
    if row.introduced:
        parts.append(translate(N_("促成（有异议）") if row.disputed else N_("促成")))
    if row.follows_up:
        parts.append(translate(N_("负责")))
    if row.share is not None:
        parts.append(translate(Sentence(N_("分成 %(n)s%%"), n=f"{row.share:f}")))
    return " · ".join(parts)


def _of(count: int, share: float | None) -> str:
    return f"{count} ({share:.0%})" if share is not None else str(count)
