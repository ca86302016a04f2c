"""The journal of a listing in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from matchmaker.domain import codes
from matchmaker.services.history import HistoryEntry
from matchmaker.web.language import translate

MOVES = {
    ("draft", "submitted"): _l("提交审核"),
    ("returned", "submitted"): _l("修改后重新提交"),
    ("confirming", "submitted"): _l("客户确认，提交审核"),
    ("draft", "confirming"): _l("请客户确认"),
    ("returned", "confirming"): _l("修改后再次请客户确认"),
    ("confirming", "draft"): _l("退回草稿"),
    ("submitted", "draft"): _l("撤回提交"),
    ("submitted", "published"): _l("审核通过，已发布"),
    ("submitted", "returned"): _l("退回修改"),
    ("closed", "published"): _l("恢复发布"),
    ("closed", "draft"): _l("恢复为草稿"),
}
ACTIONS = {
    "create": _l("开始填写"),
    "revise": _l("开始修改"),
    "narrow": _l("缩小公开范围"),
    "hand_over": _l("更换负责人"),
    "import": lazy_pgettext("history", "批量导入"),
    "attach": _l("上传附件"),
    "detach": _l("删除附件"),
    "confirm_identity": _l("确认可能透露身份的公开内容"),
    "place": _l("设定所属部门"),
    "name_inventors": lazy_pgettext("history", "登记发明人"),
    "enter": _l("报送征集活动"),
    "leave": lazy_pgettext("history", "撤回报送"),
}
TONES = {"published": "success", "returned": "danger"}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a timeline."""

    at: datetime
    text: str
    by: str
    reason: str
    tone: str


def timeline_of(entries: Iterable[HistoryEntry]) -> tuple[TimelineEntry, ...]:
    """Return the entries in words, in the given order."""
    return tuple(_entry(entry) for entry in entries)


def _entry(entry: HistoryEntry) -> TimelineEntry:
    by = " · ".join(part for part in (entry.actor_name, entry.organization_name) if part) or _("系统")
    tone = TONES.get(entry.after or "", "neutral") if entry.action == "move" else "neutral"
    return TimelineEntry(entry.at, _text(entry), by, _reason(entry), tone)


def _text(entry: HistoryEntry) -> str:
    if entry.action == "narrow":
        to = translate(codes.table("visibilities").name(entry.after))
        return str(_("公开范围缩小为“%(to)s”", to=to))
    if entry.action == "renew":
        return str(_("有效期由 %(before)s 延长至 %(after)s", before=entry.before, after=entry.after))
    if entry.action != "move":
        return str(ACTIONS.get(entry.action, entry.action))
    if entry.after == "closed":
        return str(_("结束：%(reason)s", reason=translate(codes.table("close_reasons").name(entry.reason))))
    if entry.after == "discarded":
        return str(_("放弃修改"))
    text = str(MOVES.get((entry.before or "", entry.after or ""), entry.after or ""))
    if (entry.revision or 1) == 1:
        return text
    return str(_("%(text)s（第 %(number)s 版）", text=text, number=entry.revision))


def _reason(entry: HistoryEntry) -> str:
    if entry.after == "returned":
        names = [translate(codes.table("return_reasons").name(code)) for code in (entry.reason or "").split(",")]
        return "、".join(names) + (f"\n{entry.advice}" if entry.advice else "")
    return (entry.reason or "") if entry.after == "draft" else ""
