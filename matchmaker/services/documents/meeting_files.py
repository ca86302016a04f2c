"""The sheets of an event's meetings as PDF."""

from dataclasses import asdict
from typing import Any

from matchmaker.domain.language import N_
from matchmaker.services.documents.meeting_sheets import MeetingSheets
from matchmaker.services.documents.pdf import render_pdf


def table_cards_pdf(sheets: MeetingSheets) -> bytes:
    """Return a card for each table, A5 across, with the day's meetings at it."""
    words = {
        "table": N_("桌号"),
        "time": N_("时间"),
        "one": N_("一方"),
        "other": N_("另一方"),
        "helpers": N_("翻译和经纪人"),
        "empty": N_("这张桌上没有安排洽谈。"),
    }
    return render_pdf("table_cards", _data(sheets, words) | {"cards": [asdict(card) for card in sheets.cards]})


def day_sheets_pdf(sheets: MeetingSheets) -> bytes:
    """Return a sheet of A4 for each person who comes."""
    words = {"empty": N_("没有安排洽谈。")}
    return render_pdf("day_sheets", _data(sheets, words) | {"days": [asdict(day) for day in sheets.days]})


def door_list_pdf(sheets: MeetingSheets) -> bytes:
    """Return the list of who is expected, by organization."""
    words = {
        "door": N_("签到名单"),
        "count": N_("共 %(count)d 人") % {"count": len(sheets.door)},
        "heads": [N_("序号"), N_("姓名"), N_("单位和职务"), N_("洽谈"), N_("签到时间"), N_("签到")],
    }
    return render_pdf("door_list", _data(sheets, words) | {"door": [asdict(line) for line in sheets.door]})


def _data(sheets: MeetingSheets, words: dict[str, Any]) -> dict[str, Any]:
    return {"head": asdict(sheets.head), "words": words}
